-- A hosted project grants everything in `public` to the roles of the API. Here nothing is granted
-- unless the migration that creates an object says so.

alter default privileges in schema public
revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public
revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public
revoke all on functions from anon, authenticated, service_role;

-- Postgres itself lets everyone call a new function. That default belongs to no schema, so it can
-- only be taken away for all of them.
alter default privileges revoke execute on functions from public;

-- Not exposed by PostgREST. `partitions` holds the years of the big tables: who could read a
-- partition would read around the policies of its parent.
create schema partitions;
revoke all on schema partitions from public;

-- What the functions in `public` share, so that it is no route under /rpc.
create schema private;
revoke all on schema private from public;
grant usage on schema private to service_role;
