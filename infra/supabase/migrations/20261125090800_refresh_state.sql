-- The reads of refresh-symbol before it refreshes a stock.

-- The changes of the benchmark's adjusted closes: betas of `first_day` and later are outdated if they
-- were computed from an older version of the benchmark. A new close is a change too, so a stock that
-- was refreshed before the benchmark has an outdated beta as soon as the benchmark has its bar.
-- Stocks name the version that they have read (stocks.benchmark_version), so neither refresh waits
-- for the other. A change is deleted when a later one begins no later: the days of what is left rise
-- with the versions. There is about one for each day since the last correction. `benchmark` is the
-- symbol of the benchmark: it is a setting of the functions, and a stock whose betas are of another
-- one (stocks.benchmark) is outdated from its first day on. The first refresh after a stock has
-- become the benchmark is a change of all its closes.
create table private.benchmark_changes (
  benchmark text not null,
  version bigint not null,
  first_day date not null,
  primary key (benchmark, version)
);

-- PostgREST does not expose the schema `private`.
alter table private.benchmark_changes enable row level security;
revoke all on private.benchmark_changes from public, anon, authenticated, service_role;
grant select, insert, delete on private.benchmark_changes to service_role;

-- `provider` is the provider of the first bar: later bars may come from a fallback provider.
-- `beta_from` is the first day whose beta is outdated; null without one. p_benchmark: the symbol of
-- the benchmark.
create function public.refresh_state(p_symbol text, p_benchmark text) returns json
language plpgsql stable
set search_path = ''
as $$
declare
  v_stock private.stocks;
  v_benchmark_version bigint;
begin
  select * into v_stock from private.stocks where symbol = p_symbol;
  if not found then
    raise sqlstate 'PT404' using message = 'stock_not_found',
      detail = format('There is no stock with the symbol %s.', p_symbol);
  end if;
  select refresh_version into v_benchmark_version
    from private.stocks where symbol = p_benchmark and p_symbol <> p_benchmark;
  -- Not jsonb, for the numbers of the state.
  return json_build_object(
    'symbol', v_stock.symbol,
    'version', v_stock.refresh_version,
    'active', v_stock.active,
    'refreshed_at', v_stock.refreshed_at,
    'reconciled_at', v_stock.reconciled_at,
    'waits_for_retry', coalesce(v_stock.retry_at > now(), false),
    'provider', (
      select provider from public.price_bars where stock_id = v_stock.id and day = v_stock.first_day
    ),
    'last_day', v_stock.as_of,
    'recent', (
      select coalesce(jsonb_agg(to_jsonb(b) - '{stock_id,provider}'::text[] order by b.day), '[]')
      from public.price_bars as b
      where b.stock_id = v_stock.id and b.day between v_stock.as_of - 7 and v_stock.as_of
    ),
    'state', v_stock.metrics_state,
    'is_benchmark', p_symbol = p_benchmark,
    'benchmark_version', v_benchmark_version,
    'beta_from', case
      when v_stock.benchmark is distinct from p_benchmark then v_stock.first_day
      else (
        select min(first_day) from private.benchmark_changes
        where v_benchmark_version is not null and benchmark = p_benchmark
          and version > coalesce(v_stock.benchmark_version, -1) and first_day <= v_stock.as_of
      )
    end
  );
end
$$;

-- The last p_count bars of a stock up to the day p_until, and all later ones; without the two, all
-- bars. Oldest first. A single json value, because PostgREST would truncate rows at its row limit.
-- Empty for a stock without bars and for an unknown symbol.
create function public.read_bars(
  p_symbol text, p_until date default null, p_count integer default null
) returns json
language plpgsql stable
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_stock_id bigint := (select id from private.stocks where symbol = p_symbol);
  v_first date;
begin
  -- Null if the stock has fewer bars.
  if p_until is not null then
    select day into v_first from public.price_bars
      where stock_id = v_stock_id and day <= p_until order by day desc offset p_count - 1 limit 1;
  end if;
  return (
    select coalesce(json_agg(bars), '[]')
    from (
      select day, open, high, low, close, adj_close, volume
      from public.price_bars
      where stock_id = v_stock_id and day >= coalesce(v_first, '-infinity')
      order by day
    ) as bars
  );
end
$$;

-- The adjusted closes of a stock from a day on, as [day, close], oldest first.
create function public.read_closes(p_symbol text, p_since date) returns json
language plpgsql stable
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_stock_id bigint := (select id from private.stocks where symbol = p_symbol);
begin
  return (
    select coalesce(json_agg(json_build_array(day, adj_close) order by day), '[]')
    from public.price_bars where stock_id = v_stock_id and day >= p_since
  );
end
$$;

revoke all on function
  public.refresh_state (text, text),
  public.read_bars (text, date, integer),
  public.read_closes (text, date)
from public, anon, authenticated, service_role;
grant execute on function
  public.refresh_state (text, text),
  public.read_bars (text, date, integer),
  public.read_closes (text, date)
to service_role;
