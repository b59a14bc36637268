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
  provider text not null,
  -- Serves every read: one stock, a range of days, in order.
  primary key (stock_id, day),
  constraint prices_are_positive check (low > 0 and adj_close > 0),
  constraint high_is_highest check (high >= greatest(open, close)),
  constraint low_is_lowest check (low <= least(open, close)),
  -- numeric allows NaN and sorts it above every number, so NaN passes the checks above.
  constraint prices_are_numbers check (high <> 'NaN' and adj_close <> 'NaN'),
  constraint volume_is_not_negative check (volume >= 0)
) partition by range (day);

alter table public.price_bars enable row level security;
create policy "read functions read bars" on public.price_bars
  for select to market_reader using (true);

revoke all on public.price_bars from public, anon, authenticated, service_role;
-- Not to anon and authenticated: through PostgREST they could scan, sort and embed all rows.
grant select on public.price_bars to market_reader;
grant select, insert, delete on public.price_bars to service_role;
