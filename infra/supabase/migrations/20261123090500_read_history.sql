-- Bars and metrics of one stock side by side, so that its history is one request.
-- A function, not a view: a join by symbol reads and sorts the whole range, where a plan that knows
-- the stock's id reads its days in order and stops at the limit.

create function public.read_history(
  p_symbol text, p_from date default null, p_to date default null, p_limit integer default 1000
) returns table (
  stock_id bigint,
  day date,
  open numeric,
  high numeric,
  low numeric,
  close numeric,
  adj_close numeric,
  volume bigint,
  return_1d double precision,
  return_5d double precision,
  return_21d double precision,
  return_63d double precision,
  return_252d double precision,
  sma_20 double precision,
  sma_50 double precision,
  sma_200 double precision,
  ema_12 double precision,
  ema_26 double precision,
  macd double precision,
  macd_signal double precision,
  macd_histogram double precision,
  rsi_14 double precision,
  atr_14 double precision,
  adx_14 double precision,
  bollinger_upper double precision,
  bollinger_lower double precision,
  stochastic_k double precision,
  stochastic_d double precision,
  volatility_21d double precision,
  volatility_252d double precision,
  sharpe_252d double precision,
  max_drawdown_252d double precision,
  high_252d double precision,
  low_252d double precision,
  avg_volume_20d double precision,
  beta_252d double precision
)
language plpgsql stable
set search_path = ''
-- One plan a connection, which prunes partitions when it runs: planning anew costs more than reading.
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
  v_stock_id bigint;
  v_first date;
  v_last date;
begin
  select id into v_stock_id from public.stocks where symbol = p_symbol;
  if not found then
    raise sqlstate 'PT404' using message = 'stock_not_found', detail = format('No stock %s.', p_symbol);
  end if;
  -- The exact days of the page, because the planner carries no range over from one table to the
  -- other: without them the join would read all metrics of the stock.
  select min(day), max(day) into v_first, v_last
  from (
    select day from public.price_bars
    where stock_id = v_stock_id
      and day >= coalesce(p_from, '-infinity') and day <= coalesce(p_to, 'infinity')
    -- PostgREST would cut a longer answer without a word.
    order by day limit least(p_limit, 1000)
  ) as page;
  return query
    select *
    from (
      select stock_id, day, open, high, low, close, adj_close, volume from public.price_bars
      where stock_id = v_stock_id and day between v_first and v_last
    ) as bars
    left join (
      select * from public.metric_history where stock_id = v_stock_id and day between v_first and v_last
    ) as metrics using (stock_id, day)
    order by day;
end
$$;

revoke all on function public.read_history (text, date, date, integer)
from public, anon, authenticated, service_role;
grant execute on function public.read_history (text, date, date, integer)
to anon, authenticated, service_role;
