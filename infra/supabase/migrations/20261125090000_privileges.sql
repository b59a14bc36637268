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
grant usage on schema public to market_reader;
-- `postgres` is not a superuser on a hosted project: it can only give a function to a role of which
-- it is a member.
grant market_reader to postgres;

-- PostgREST is public: these limit how long a request holds a connection. The limits of our own
-- requests are a second longer (shared/src/config/supabase.rs).
alter role anon set statement_timeout = '2s';
alter role authenticated set statement_timeout = '4s';
notify pgrst, 'reload config';
