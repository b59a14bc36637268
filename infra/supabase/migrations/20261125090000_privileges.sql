-- Least privilege by default. A hosted project grants every object in `public` to the API roles;
-- here each migration grants what its own objects need.

alter default privileges in schema public
revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public
revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public
revoke all on functions from anon, authenticated, service_role;

-- Postgres grants `execute` on every new function to `public`. This default is global, so it cannot
-- be revoked for a single schema.
alter default privileges revoke execute on functions from public;

-- The yearly partitions. PostgREST does not expose this schema: reading a partition directly would
-- bypass the policies of its parent table.
create schema partitions;
revoke all on schema partitions from public;

-- Helpers of the functions in `public`. PostgREST does not expose this schema, so they are not
-- callable under /rpc.
create schema private;
revoke all on schema private from public;
grant usage on schema private to service_role;

-- The owner of the functions that read market data for everyone (SECURITY DEFINER). It cannot log
-- in, PostgREST cannot switch to it, and it may select from the tables of these functions only. A
-- role belongs to the whole server, so it may be left from an earlier database.
do $$
begin
  if not exists (select from pg_roles where rolname = 'market_reader') then
    create role market_reader nologin noinherit;
  end if;
end
$$;
grant usage on schema public, private to market_reader;
-- `postgres` is not a superuser on a hosted project: it can only give a function to a role of which
-- it is a member.
grant market_reader to postgres;

-- Bulkhead: of each class of expensive requests, only a few run at the same time. Takes one of the
-- slots until the transaction ends, without waiting, as that would hold a connection.
-- Advisory locks are allowed in the read-only transactions of PostgREST.
create function private.take_slot(p_class integer, p_slots integer) returns boolean
language plpgsql
set search_path = ''
as $$
begin
  for v_slot in 1..p_slots loop
    if pg_try_advisory_xact_lock(p_class, v_slot) then
      return true;
    end if;
  end loop;
  raise sqlstate 'PT503' using message = 'busy',
    detail = 'Too many expensive requests are running. Try again in a second.';
end
$$;

-- The row policy of tables that API users query directly. PostgREST accepts any filter from them, and
-- some take a long time for each row of the table: patterns, regular expressions, text search, long
-- lists and many conditions or columns. Requests with such filters take the only slot of class 1.
-- PostgREST passes values as parameters, so the query has these words only if a filter needs them.
-- A policy selects from this function, so it runs once for a query, at the first row and before any
-- filter that is not read from an index.
create function private.admits_query() returns boolean
language sql
return case
  when length(current_query()) < 3000
    -- Fewer than 30 values to compare with.
    and position('$30' in current_query()) = 0
    and position('~' in current_query()) = 0
    and position('like' in lower(current_query())) = 0
    and position('@@' in current_query()) = 0
    and position('ALL(' in current_query()) = 0
    -- A list of symbols is read by index, unless another condition is an alternative to it.
    and (
      position('ANY' in current_query()) = 0
      or position('ANY' in replace(current_query(), '"symbol" = ANY', '')) = 0
      and position('NOT' in current_query()) = 0 and position(' OR ' in current_query()) = 0
    )
    then true
  else private.take_slot(1, 1)
end;

revoke all on function private.take_slot(integer, integer), private.admits_query() from public;
-- These roles cannot call them under /rpc.
grant execute on function private.take_slot(integer, integer), private.admits_query()
to anon, authenticated, market_reader;

-- PostgREST is public: these limit how long a request holds a connection. The limits of our own
-- requests are a second longer (shared/src/config/supabase.rs).
alter role anon set statement_timeout = '2s';
alter role authenticated set statement_timeout = '4s';
notify pgrst, 'reload config';
