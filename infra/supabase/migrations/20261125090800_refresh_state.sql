-- The reads of refresh-symbol before it refreshes a stock.

-- The first day whose beta is missing and can be computed now, because the benchmark's bar arrived
-- after the stock's. Null when no beta is missing.
create function private.first_missing_beta(p_stock_id bigint, p_last_day date) returns date
language plpgsql stable
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  -- A beta needs 252 returns of both, that is 253 bars.
  c_warm_up constant integer := 252;
  v_benchmark_id bigint;
  v_known_until date;
  v_stock_warm date;
  v_benchmark_warm date;
begin
  select id into v_benchmark_id from private.stocks where symbol = 'SPX' and id <> p_stock_id;
  if not found then
    return null;
  end if;
  select day into v_known_until from public.metric_history
    where stock_id = p_stock_id and beta_252d is not null order by day desc limit 1;
  select day into v_stock_warm from public.price_bars
    where stock_id = p_stock_id order by day offset c_warm_up - 1 limit 1;
  select day into v_benchmark_warm from public.price_bars
    where stock_id = v_benchmark_id order by day offset c_warm_up - 1 limit 1;
  return (
    select b.day
    from public.price_bars as b
    join public.price_bars as own on own.stock_id = p_stock_id and own.day = b.day
    where b.stock_id = v_benchmark_id
      and b.day > greatest(v_known_until, v_stock_warm, v_benchmark_warm)
      and b.day <= p_last_day
    order by b.day limit 1
  );
end
$$;

-- `provider` is the provider of the first bar: later bars may come from a fallback provider.
create function public.refresh_state(p_symbol text) returns jsonb
language plpgsql stable
set search_path = ''
as $$
declare
  v_stock private.stocks;
  v_latest public.stock_metrics;
begin
  select * into v_stock from private.stocks where symbol = p_symbol;
  if not found then
    raise sqlstate 'PT404' using message = 'stock_not_found',
      detail = format('There is no stock with the symbol %s.', p_symbol);
  end if;
  select * into v_latest from public.stock_metrics where stock_id = v_stock.id;
  return jsonb_build_object(
    'symbol', v_stock.symbol,
    'version', v_stock.refresh_version,
    'active', v_stock.active,
    'refreshed_at', v_stock.refreshed_at,
    'reconciled_at', v_stock.reconciled_at,
    'waits_for_retry', coalesce(v_stock.retry_at > now(), false),
    'provider', (
      select provider from public.price_bars where stock_id = v_stock.id and day = v_stock.first_day
    ),
    'last_day', v_latest.as_of,
    'recent', (
      select coalesce(jsonb_agg(to_jsonb(b) - '{stock_id,provider}'::text[] order by b.day), '[]')
      from public.price_bars as b
      where b.stock_id = v_stock.id and b.day between v_latest.as_of - 7 and v_latest.as_of
    ),
    'beta_from', case when v_latest.beta_252d is null and v_latest.as_of is not null
      then private.first_missing_beta(v_stock.id, v_latest.as_of) end
  );
end
$$;

-- All bars of a stock, oldest first. A single json value, because PostgREST would truncate rows at
-- its row limit and recursive metrics need every bar. Empty for a stock without bars and for an
-- unknown symbol.
create function public.read_bars(p_symbol text) returns json
language plpgsql stable
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_stock_id bigint := (select id from private.stocks where symbol = p_symbol);
begin
  return (
    select coalesce(json_agg(bars), '[]')
    from (
      select day, open, high, low, close, adj_close, volume
      from public.price_bars where stock_id = v_stock_id order by day
    ) as bars
  );
end
$$;

revoke all on function
  private.first_missing_beta (bigint, date),
  public.refresh_state (text),
  public.read_bars (text)
from public, anon, authenticated, service_role;
grant execute on function
  private.first_missing_beta (bigint, date),
  public.refresh_state (text),
  public.read_bars (text)
to service_role;
