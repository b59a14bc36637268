-- Daily bars, prices as traded. `adj_close` is adjusted for splits and dividends. Open to close
-- have 6 decimals, `adj_close` has 14. refresh-symbol rounds fetched bars to the same digits, so
-- they equal the stored ones when read back.

create table public.price_bars (
  stock_id bigint not null references private.stocks (id),
  day date not null,
  open numeric(18, 6) not null,
  high numeric(18, 6) not null,
  low numeric(18, 6) not null,
  close numeric(18, 6) not null,
  adj_close numeric(26, 14) not null,
  -- Null where the provider gives none, as for many indices.
  volume bigint,
  -- Adjusted for later splits: the provider's, or the volume times the later split factors. Null where
  -- no split factor is known.
  adj_volume bigint,
  -- Shares after a split for each share before it, 1 on a day without one; and the dividend per share
  -- as paid, on its ex-date, 0 on a day without one. Null where the provider gives none.
  split_factor numeric(26, 14),
  dividend numeric(26, 14),
  provider text not null,
  -- Serves every read: one stock, a range of days, in order.
  primary key (stock_id, day),
  constraint prices_are_positive check (low > 0 and adj_close > 0),
  constraint high_is_highest check (high >= greatest(open, close)),
  constraint low_is_lowest check (low <= least(open, close)),
  -- numeric allows NaN and sorts it above every number, so NaN passes the checks above.
  constraint prices_are_numbers check (high <> 'NaN' and adj_close <> 'NaN'),
  constraint volume_is_not_negative check (volume >= 0),
  constraint adj_volume_is_not_negative check (adj_volume >= 0),
  constraint adj_volume_has_split_factor check (adj_volume is null or split_factor is not null),
  constraint split_factor_is_positive check (split_factor > 0 and split_factor < 1e12),
  constraint dividend_is_not_negative check (dividend >= 0 and dividend < 1e12)
) partition by range (day);

alter table public.price_bars enable row level security;
create policy "read functions read bars" on public.price_bars
  for select to market_reader using (true);

revoke all on public.price_bars from public, anon, authenticated, service_role;
-- Not to anon and authenticated: through PostgREST they could scan, sort and embed all rows.
grant select on public.price_bars to market_reader;
grant select, insert, delete on public.price_bars to service_role;
