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
