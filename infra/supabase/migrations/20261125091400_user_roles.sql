-- The roles of users, and the Supabase Auth hook that adds the role to access tokens.

create table public.user_roles (
  user_id uuid primary key,
  role text not null check (role in ('viewer', 'analyst', 'operator', 'admin')),
  granted_at timestamptz not null default now()
);

alter table public.user_roles enable row level security;
create policy "users read their own role" on public.user_roles
  for select to authenticated using (user_id = (select auth.uid()));
create policy "the auth service reads roles" on public.user_roles
  for select to supabase_auth_admin using (true);

revoke all on public.user_roles from public, anon, authenticated, service_role;
grant select on public.user_roles to authenticated, supabase_auth_admin;

-- One row. A table, because a hosted project cannot set a parameter such as app.default_role.
create table private.settings (
  only_row boolean primary key default true check (only_row),
  default_role text not null default 'analyst'
  check (default_role in ('viewer', 'analyst', 'operator', 'admin'))
);
insert into private.settings default values;

alter table private.settings enable row level security;
create policy "the auth service reads settings" on private.settings
  for select to supabase_auth_admin using (true);

revoke all on private.settings from public, anon, authenticated, service_role;
grant usage on schema private to supabase_auth_admin;
grant select on private.settings to supabase_auth_admin;

-- Adds the claim `user_role`. Runs as supabase_auth_admin at every login and token refresh. An
-- error here would block every login, so there is always a role: the user's, else the default role.
create function public.custom_access_token_hook(event jsonb) returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_set(event, '{claims,user_role}', to_jsonb(coalesce(
    (select role from public.user_roles where user_id = (event ->> 'user_id')::uuid),
    (select default_role from private.settings),
    'analyst'
  )))
$$;
revoke all on function public.custom_access_token_hook (jsonb)
from public, anon, authenticated, service_role;
grant usage on schema public to supabase_auth_admin;
grant execute on function public.custom_access_token_hook (jsonb) to supabase_auth_admin;
