-- How far a stock's history goes, beside when it was refreshed: lists show it, and a read of the history
-- knows which years it has to look at.

alter table public.stocks
  -- The first and the last day with a bar; null before the first refresh.
  add column first_day date,
  add column as_of date;

update public.stocks set first_day = bars.first_day, as_of = bars.as_of
from (
  select stock_id, min(day) as first_day, max(day) as as_of from public.price_bars group by stock_id
) as bars
where bars.stock_id = stocks.id;

grant select (first_day, as_of) on public.stocks to anon, authenticated;
grant update (first_day, as_of) on public.stocks to service_role;

-- As before, and it sets the two days.
create or replace function public.apply_refresh(
  p_symbol text, p_version bigint, p_provider text, p_replace boolean, p_bars json, p_history json
) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_stock public.stocks;
  v_bars public.price_bars;
  v_history public.metric_history;
  v_as_of date;
  v_row text;
begin
  -- Not FOR UPDATE: analyses that are requested meanwhile refer to this row and need not wait.
  select * into v_stock from public.stocks where symbol = p_symbol for no key update;
  if not found then
    raise sqlstate 'PT404' using message = 'stock_not_found', detail = format('No stock %s.', p_symbol);
  elsif v_stock.refresh_version is distinct from p_version then
    raise sqlstate 'PT412' using message = 'stale_version',
      detail = format('%s is at version %s.', p_symbol, v_stock.refresh_version);
  end if;

  v_bars.stock_id := v_stock.id;
  v_bars.provider := p_provider;
  v_history.stock_id := v_stock.id;
  begin
    perform private.store_days(v_bars, p_replace, p_bars);
    perform private.store_days(v_history, p_replace, p_history);
  exception
    -- One code for all that a row can be refused for; what was written before it is undone.
    when data_exception or integrity_constraint_violation then
      get stacked diagnostics v_row = pg_exception_detail;
      raise sqlstate 'PT422' using message = 'invalid_rows',
        detail = concat_ws(' ', sqlerrm, nullif(v_row, ''));
  end;

  v_as_of := private.rebuild_snapshot(v_stock.id, v_stock.symbol, now());
  update public.stocks set
    first_day = (select day from public.price_bars where stock_id = v_stock.id order by day limit 1),
    as_of = v_as_of,
    provider = p_provider, refreshed_at = now(), refresh_version = refresh_version + 1,
    refresh_error = null, refresh_failures = 0, retry_at = null, updated_at = now()
    where id = v_stock.id;
  return jsonb_build_object(
    'version', v_stock.refresh_version + 1, 'refreshed_at', now(), 'as_of', v_as_of
  );
end
$$;

-- The functions that call it do so with all columns by name: two more change nothing for them.
drop function public.search_stocks (text);
create function public.search_stocks(p_query text) returns table (
  symbol text,
  name text,
  exchange text,
  currency text,
  active boolean,
  first_day date,
  as_of date,
  refreshed_at timestamptz,
  refresh_error jsonb,
  relevance double precision
)
language plpgsql stable
set search_path = ''
as $$
#variable_conflict use_column
declare
  -- What has a meaning in a pattern has none in a text.
  v_prefix text := regexp_replace(p_query, '([\\%_])', '\\\1', 'g') || '%';
begin
  return query
    select
      symbol, name, exchange, currency, active, first_day, as_of, refreshed_at, refresh_error,
      case
        when symbol = upper(p_query) then 6
        when symbol like upper(v_prefix) then 4
        when name ilike v_prefix then 2
        else 0
      end + extensions.word_similarity(p_query, name)::double precision
    from public.stocks
    where symbol like upper(v_prefix)
      or name ilike v_prefix
      or p_query operator(extensions.<%) name;
end
$$;
-- Without this line Postgres does not know the setting yet, and takes it from nobody but a superuser.
select extensions.show_limit();
alter function public.search_stocks (text) set pg_trgm.word_similarity_threshold = 0.4;

revoke all on function public.search_stocks (text) from public, anon, authenticated, service_role;
grant execute on function public.search_stocks (text) to anon, authenticated, service_role;
