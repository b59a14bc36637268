-- Finding a stock by what one remembers of it.

-- Without this line Postgres does not know the setting below yet, and takes it from nobody but a
-- superuser.
select extensions.show_limit();

-- The stocks whose symbol or name begins with a text, or whose name has words much like it. The more
-- relevant, the better the match: the symbol itself, a symbol that begins so, a name that does, and
-- below 1 how alike the words are.
-- A missing letter leaves a short name with little more than half of its trigrams: "aple" has 0.57
-- in common with "Apple".
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
set pg_trgm.word_similarity_threshold = 0.4
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

revoke all on function public.search_stocks (text) from public, anon, authenticated, service_role;
grant execute on function public.search_stocks (text) to anon, authenticated, service_role;
