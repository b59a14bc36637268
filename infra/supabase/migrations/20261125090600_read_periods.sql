-- The history of one stock as rows: bars joined with all metrics, by day, week or month. The result
-- lists every metric: a column added to metric_history must be added here.
-- A function rather than a view: a view would join by symbol, which reads and sorts the whole
-- range. With the stock's id as a parameter, the plan reads the days in order and stops at the
-- limit.

-- A weekly or monthly row is dated by its last day with a bar, the day its values became known.
create function public.read_periods(
  p_symbol text, p_interval text, p_adjusted boolean,
  p_from date default null, p_to date default null, p_limit integer default 1000
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
-- One plan per connection, which prunes partitions at execution: planning each call would cost more
-- than reading.
set plan_cache_mode = force_generic_plan
-- The planner prefers a sequential scan of an empty partition, which is one more table to open.
set enable_seqscan = off
-- The planner cannot estimate the number of periods. It assumes one, and would then use a nested
-- loop that scans all metrics of the range for every period.
set enable_nestloop = off
as $$
#variable_conflict use_column
declare
  v_stock_id bigint;
  v_first date;
  v_last date;
begin
  select id into v_stock_id from public.stocks where symbol = p_symbol;
  if not found then
    raise sqlstate 'PT404' using message = 'stock_not_found',
      detail = format('There is no stock with the symbol %s.', p_symbol);
  end if;

  -- The exact days of the page: the planner does not apply a range of one table to the other, so
  -- without them the join would read all metrics of the stock.
  -- At most 1000 rows, because PostgREST truncates more without an error.
  if p_interval = 'day' then
    select min(day), max(day) into v_first, v_last
    from (
      select day from public.price_bars
      where stock_id = v_stock_id
        and day >= coalesce(p_from, '-infinity') and day <= coalesce(p_to, 'infinity')
      order by day limit least(p_limit, 1000)
    ) as page;
    return query
      select *
      from (
        select
          stock_id,
          day,
          case when p_adjusted then round(open * adj_close / close, 14) else open end,
          case when p_adjusted then round(high * adj_close / close, 14) else high end,
          case when p_adjusted then round(low * adj_close / close, 14) else low end,
          case when p_adjusted then adj_close else close end,
          adj_close,
          volume
        from public.price_bars
        where stock_id = v_stock_id and day between v_first and v_last
      ) as bars
      left join (
        select * from public.metric_history
        where stock_id = v_stock_id and day between v_first and v_last
      ) as metrics using (stock_id, day)
      order by day;
  else
    select min(first), max(last) into v_first, v_last
    from (
      select min(day) as first, max(day) as last from public.price_bars
      where stock_id = v_stock_id
        and day >= coalesce(p_from, '-infinity') and day <= coalesce(p_to, 'infinity')
      group by date_trunc(p_interval, day::timestamp)
      order by first limit least(p_limit, 1000)
    ) as page;
    return query
      select *
      from (
        select
          v_stock_id as stock_id,
          max(day) as day,
          (array_agg(open order by day))[1],
          max(high),
          min(low),
          (array_agg(close order by day desc))[1],
          (array_agg(adj_close order by day desc))[1],
          case when count(volume) = count(*) then sum(volume)::bigint end
        from (
          select
            day,
            case when p_adjusted then round(open * adj_close / close, 14) else open end as open,
            case when p_adjusted then round(high * adj_close / close, 14) else high end as high,
            case when p_adjusted then round(low * adj_close / close, 14) else low end as low,
            case when p_adjusted then adj_close else close end as close,
            adj_close,
            volume
          from public.price_bars
          where stock_id = v_stock_id and day between v_first and v_last
        ) as bars
        group by date_trunc(p_interval, day::timestamp)
      ) as periods
      left join (
        select * from public.metric_history
        where stock_id = v_stock_id and day between v_first and v_last
      ) as metrics using (stock_id, day)
      order by day;
  end if;
end
$$;

revoke all on function public.read_periods (text, text, boolean, date, date, integer)
from public, anon, authenticated, service_role;
grant execute on function public.read_periods (text, text, boolean, date, date, integer)
to anon, authenticated, service_role;
