-- Searching stocks by a part of the symbol or the name.

-- Loads pg_trgm. Until it is loaded, pg_trgm.word_similarity_threshold is an unknown setting, which
-- only a superuser may set.
select extensions.show_limit();

-- The stocks whose symbol or name starts with the query, or whose name has a similar word.
-- `relevance` is 6 for the exact symbol, 4 for a symbol prefix and 2 for a name prefix, else 0,
-- plus the word similarity (0 to 1).
-- The threshold allows for typing errors: one missing letter in a short name leaves little more
-- than half of its trigrams ("aple" and "Apple" have a similarity of 0.57).
create function public.search_stocks(p_query text) returns table (
  symbol text,
  name text,
  exchange text,
  currency text,
  kind text,
  active boolean,
  status text,
  first_day date,
  as_of date,
  refreshed_at timestamptz,
  refresh_error jsonb,
  has_error boolean,
  rejected_rows jsonb,
  relevance double precision
)
language plpgsql stable
-- With the policy of API users, Postgres would not use the index of names.
security definer
set search_path = pg_catalog, pg_temp
-- The planner underestimates the cost of comparing a name, and would compare all of them.
set enable_seqscan = off
set pg_trgm.word_similarity_threshold = 0.4
as $$
#variable_conflict use_column
declare
  v_prefix text;
begin
  -- As the route: a longer text would be compared with every name.
  if p_query is null or char_length(p_query) not between 1 and 100 then
    raise sqlstate 'PT400' using message = 'invalid_query',
      detail = 'The query must have 1 to 100 characters.';
  end if;
  -- The request may also filter the stocks that are found.
  perform private.admits_query();
  -- Escapes the wildcards of `like`.
  v_prefix := regexp_replace(p_query, '([\\%_])', '\\\1', 'g') || '%';
  return query
    select
      symbol, name, exchange, currency, kind, active, status, first_day, as_of, refreshed_at,
      refresh_error, has_error, rejected_rows,
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

-- For pg_trgm.
grant usage on schema extensions to market_reader;
-- The new owner of a function needs the right to create in its schema, only while it is given.
grant create on schema public to market_reader;
alter function public.search_stocks (text) owner to market_reader;
revoke create on schema public from market_reader;
