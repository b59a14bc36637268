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

-- The last bar and the metrics of its day as before, and the two days.
create or replace function private.rebuild_snapshot(p_stock_id bigint, p_symbol text, p_refreshed_at timestamptz)
returns date
language plpgsql
set search_path = ''
as $$
declare
  v_bar public.price_bars;
  v_metrics public.metric_history;
begin
  delete from public.stock_metrics where stock_id = p_stock_id;
  select * into v_bar from public.price_bars where stock_id = p_stock_id order by day desc limit 1;
  update public.stocks set
    first_day = (select day from public.price_bars where stock_id = p_stock_id order by day limit 1),
    as_of = v_bar.day
    where id = p_stock_id;
  if v_bar.day is null then
    return null;
  end if;
  select * into v_metrics from public.metric_history where stock_id = p_stock_id and day = v_bar.day;
  insert into public.stock_metrics
    select * from jsonb_populate_record(
      null::public.stock_metrics,
      to_jsonb(v_metrics) || to_jsonb(v_bar) || jsonb_build_object(
        'symbol', p_symbol, 'as_of', v_bar.day, 'refreshed_at', p_refreshed_at
      )
    );
  return v_bar.day;
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
