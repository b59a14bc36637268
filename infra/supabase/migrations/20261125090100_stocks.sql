-- The stocks that are followed, and how their last refresh went.

create table public.stocks (
  id bigint generated always as identity primary key,
  -- "C" sorts alike on every server, so that paging by symbol never depends on a locale.
  symbol text collate "C" not null unique check (symbol ~ '^[A-Z0-9.-]{1,15}$'),
  name text not null,
  exchange text not null,
  currency text not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
  active boolean not null default true,
  provider text,
  -- The first and the last day with a bar; null before the first refresh. Lists show them, and a
  -- read of the history knows which years it has to look at.
  first_day date,
  as_of date,
  refreshed_at timestamptz,
  refresh_version bigint not null default 0,
  -- {code, detail, at}; null after a refresh that worked. Public: its text names no URL and no secret.
  refresh_error jsonb,
  refresh_failures integer not null default 0,
  retry_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- plan-refresh: the stocks never refreshed, or not since a moment.
create index stocks_due_idx on public.stocks (refreshed_at) where active;

create extension if not exists pg_trgm with schema extensions;
-- Serves "the name begins with" and "the name has a word much like it".
create index stocks_name_idx on public.stocks using gin (name extensions.gin_trgm_ops);

alter table public.stocks enable row level security;
create policy "everyone reads stocks" on public.stocks
  for select to anon, authenticated using (true);

revoke all on public.stocks from public, anon, authenticated, service_role;
revoke all on sequence public.stocks_id_seq from public, anon, authenticated, service_role;

-- The schedule of retries is nobody's business outside.
grant select (
  id, symbol, name, exchange, currency, active, provider,
  first_day, as_of, refreshed_at, refresh_version, refresh_error, created_at, updated_at
) on public.stocks to anon, authenticated;
grant select on public.stocks to service_role;
grant update (
  provider, first_day, as_of, refreshed_at, refresh_version, refresh_error, refresh_failures,
  retry_at, updated_at
) on public.stocks to service_role;
