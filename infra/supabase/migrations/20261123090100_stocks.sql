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

alter table public.stocks enable row level security;
create policy "everyone reads stocks" on public.stocks
  for select to anon, authenticated using (true);

revoke all on public.stocks from public, anon, authenticated, service_role;
revoke all on sequence public.stocks_id_seq from public, anon, authenticated, service_role;

-- The schedule of retries is nobody's business outside.
grant select (
  id, symbol, name, exchange, currency, active, provider,
  refreshed_at, refresh_version, refresh_error, created_at, updated_at
) on public.stocks to anon, authenticated;
grant select on public.stocks to service_role;
grant update (
  provider, refreshed_at, refresh_version, refresh_error, refresh_failures, retry_at, updated_at
) on public.stocks to service_role;
