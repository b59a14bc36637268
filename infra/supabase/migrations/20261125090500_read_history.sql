-- The history of one stock in one request: bars joined with metrics, by day, week or month, and
-- when the stock was last refreshed. The only access of API users to the bars and their metrics.

-- The product of numbers, null without any.
create aggregate private.product (numeric) (
  sfunc = pg_catalog.numeric_mul, stype = numeric, parallel = safe
);
revoke all on function private.product (numeric) from public, anon, authenticated, service_role;
grant execute on function private.product (numeric) to market_reader;

-- Returns {name, currency, as_of, refreshed_at, interval, rows, bars}. `rows` are the first p_limit rows
-- of the range in ascending order, or the last ones in descending order, each with the metrics named
-- in p_metrics. The range starts at p_from or at p_back before the stock's last day, whichever is
-- later. With p_fit and the interval day, rows are weeks if the range has more than about p_fit days,
-- and months if it has more weeks; `interval` in the result says which.
-- The result is a single json value: the row limit of PostgREST does not truncate it, and all rows
-- come from the same refresh.
-- With p_bars, `bars` are the bars of the interval as [day, high, low, close], adjusted, oldest first,
-- from the stock's first bar to the last row, whatever p_from is: what metrics of weeks and months are
-- computed from.
-- A weekly or monthly row is dated by its last day with a bar, the day its values became known. Its
-- volumes and dividends are sums and its split factor is a product, each null when that of a day is.
create function public.read_history_page(
  p_symbol text, p_interval text, p_adjusted boolean, p_metrics text[],
  p_from date default null, p_back interval default null, p_to date default null,
  p_descending boolean default false, p_limit integer default 50, p_fit integer default null,
  p_bars boolean default false
) returns json
language plpgsql stable
security definer
-- With an empty path, a type of that name in the caller's temporary schema would come first.
set search_path = pg_catalog, pg_temp
-- The planner cannot estimate the number of bars. It assumes one, and would then use a nested loop
-- that scans all metrics of the range for every bar.
set enable_nestloop = off
-- The planner prefers a sequential scan of an empty partition, which is one more table to open.
set enable_seqscan = off
as $$
declare
  v_stock record;
  v_first date;
  v_last date;
  v_begin date;
  v_end date;
  -- One more than the largest page, to detect that there is a next one.
  c_max_rows constant integer := 5001;
  c_max_metrics constant integer := 28;
  -- Calendar days times columns of a short read; a page of 200 days with 10 metrics is one. Longer
  -- reads take a slot, so that they do not slow down other requests.
  c_short constant integer := 5000;
  v_has_slot boolean := false;
  -- Calendar periods that contain p_limit trading periods, unless the history has gaps.
  v_periods integer;
  v_one interval;
  v_columns text :=
    'day, open, high, low, close, adj_close, volume, adj_volume, split_factor, dividend';
  v_bars text := 'select ' || v_columns || ' from public.price_bars where %s';
  v_days text;
  v_rows json := '[]';
  v_count integer;
  v_adjusted json := '[]';
begin
  if p_interval is null or p_interval not in ('day', 'week', 'month') then
    raise sqlstate 'PT400' using message = 'unknown_interval',
      detail = 'The interval must be day, week or month.';
  end if;
  if p_limit is null or p_limit not between 1 and c_max_rows then
    raise sqlstate 'PT400' using message = 'limit_out_of_range',
      detail = format('The limit must be from 1 to %s.', c_max_rows);
  end if;
  -- Every column is counted once, so a repeated name leaves the counts different.
  if p_metrics is null or cardinality(p_metrics) > c_max_metrics or cardinality(p_metrics) <> (
    select count(*) from pg_attribute
    where attrelid = 'public.metric_history'::regclass
      and atttypid = 'double precision'::regtype
      and attname = any (p_metrics)
  ) then
    raise sqlstate 'PT400' using message = 'unknown_metric',
      detail = 'The metrics must be distinct names of metrics.';
  end if;
  select id, name, currency, first_day, as_of, refreshed_at into v_stock
    from public.stocks where symbol = p_symbol;
  if not found then
    raise sqlstate 'PT404' using message = 'stock_not_found',
      detail = format('There is no stock with the symbol %s.', p_symbol);
  end if;

  if v_stock.first_day is not null then
    v_first := greatest(v_stock.first_day, p_from, v_stock.as_of - p_back);
  end if;
  v_last := least(p_to, v_stock.as_of);
  -- An empty range may begin or end at infinity.
  if v_first <= v_last then
    -- A year has 252 trading days in 365.
    if (v_last - v_first) * 0.69 > p_fit then
      p_interval := case when (v_last - v_first) / 7.0 > p_fit then 'month' else 'week' end;
    end if;
  end if;

  v_one := '1 ' || p_interval;
  v_periods := p_limit * 3 / 2 + 10;
  select concat_ws(', ', v_columns, string_agg(quote_ident(name), ', ' order by place))
    into v_columns
    from unnest(p_metrics) with ordinality as metrics (name, place);
  if p_adjusted then
    v_bars := 'select
        day,
        round(open * adj_close / close, 14) as open,
        round(high * adj_close / close, 14) as high,
        round(low * adj_close / close, 14) as low,
        adj_close as close,
        adj_close,
        volume,
        adj_volume,
        split_factor,
        dividend
      from public.price_bars where %s';
  end if;
  if p_interval <> 'day' then
    v_bars := 'select
        max(day) as day,
        (array_agg(open order by day))[1] as open,
        max(high) as high,
        min(low) as low,
        (array_agg(close order by day))[count(*)] as close,
        (array_agg(adj_close order by day))[count(*)] as adj_close,
        case when count(volume) = count(*) then sum(volume)::bigint end as volume,
        case when count(adj_volume) = count(*) then sum(adj_volume)::bigint end as adj_volume,
        case when count(split_factor) = count(*)
          then round(private.product(split_factor), 14)
        end as split_factor,
        case when count(dividend) = count(*) then sum(dividend) end as dividend
      from (' || v_bars || ') as days
      group by date_trunc(' || quote_literal(p_interval) || ', day::timestamp)';
  end if;

  -- The days are literals in the query, so the planner opens only the partitions of the page. With
  -- parameters it would open and plan every year, which takes longer than reading the page. When
  -- gaps leave the page short, the loop reads a range four times as long.
  while v_first <= v_last loop
    v_begin := v_first;
    v_end := v_last;
    if p_descending then
      v_begin := greatest(
        v_first, date_trunc(p_interval, v_last::timestamp) - v_periods * v_one
      );
    else
      v_end := least(
        v_last,
        date_trunc(p_interval, v_first::timestamp) + v_periods * v_one - interval '1 day'
      );
    end if;
    if not v_has_slot and (v_end - v_begin) * (5 + cardinality(p_metrics)) > c_short then
      v_has_slot := private.take_slot(2, 2);
    end if;
    v_days := format('stock_id = %s and day between %L and %L', v_stock.id, v_begin, v_end);
    execute format(
      'select coalesce(json_agg(page), ''[]''), count(*) from (
         select %s from (%s) as bars
         left join (select * from public.metric_history where %s) as metrics using (day)
         order by day %s limit %s
       ) as page',
      v_columns, format(v_bars, v_days), v_days,
      case when p_descending then 'desc' else 'asc' end, p_limit
    ) into v_rows, v_count;
    exit when v_count >= p_limit or (v_begin = v_first and v_end = v_last);
    v_periods := v_periods * 4;
  end loop;

  if p_bars and v_count > 0 then
    v_last := v_rows -> case when p_descending then 0 else -1 end ->> 'day';
    if not v_has_slot and (v_last - v_stock.first_day) * 5 > c_short then
      v_has_slot := private.take_slot(2, 2);
    end if;
    execute format(
      'select json_agg(json_build_array(day, high, low, close) order by day) from (
         select
           max(day) as day,
           max(round(high * adj_close / close, 14)) as high,
           min(round(low * adj_close / close, 14)) as low,
           (array_agg(adj_close order by day))[count(*)] as close
         from public.price_bars where stock_id = %s and day between %L and %L
         group by date_trunc(%L, day::timestamp)
       ) as bars',
      v_stock.id, v_stock.first_day, v_last, p_interval
    ) into v_adjusted;
  end if;
  return json_build_object(
    'name', v_stock.name, 'currency', v_stock.currency,
    'as_of', v_stock.as_of, 'refreshed_at', v_stock.refreshed_at,
    'interval', p_interval, 'rows', v_rows, 'bars', v_adjusted
  );
end
$$;

revoke all on function
  public.read_history_page (
    text, text, boolean, text[], date, interval, date, boolean, integer, integer, boolean
  )
from public, anon, authenticated, service_role;
grant execute on function
  public.read_history_page (
    text, text, boolean, text[], date, interval, date, boolean, integer, integer, boolean
  )
to anon, authenticated, service_role;

-- The new owner of a function needs the right to create in its schema, only while it is given.
grant create on schema public to market_reader;
alter function
  public.read_history_page (
    text, text, boolean, text[], date, interval, date, boolean, integer, integer, boolean
  )
owner to market_reader;
revoke create on schema public from market_reader;
