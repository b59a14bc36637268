-- The stocks that are or were followed, and the outcome of their last refresh. `private.stocks` has
-- all columns. `public.stocks` has those that everyone reads, so that PostgREST can select them as
-- `*`: for a table, that requires a right on every column.

create table private.stocks (
  id bigint generated always as identity primary key,
  -- Collation "C" sorts the same on every server, so paging by symbol does not depend on a locale.
  symbol text collate "C" not null unique check (symbol ~ '^[A-Z0-9.-]{1,15}$'),
  name text not null check (char_length(name) <= 120),
  -- In capitals, like the currency: filters compare it without regard to case.
  exchange text not null check (exchange = upper(exchange)),
  currency text not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
  kind text not null default 'stock' check (kind in ('stock', 'index', 'etf')),
  active boolean not null default true,
  -- A followed stock is pending until it has a bar.
  status text not null generated always as (
    case when not active then 'inactive' when as_of is null then 'pending' else 'active' end
  ) stored,
  provider text,
  -- The first and the last day with a bar; null before the first refresh. Shown in lists, and the
  -- bounds of every history read. Written by private.rebuild_snapshot.
  first_day date,
  as_of date,
  refreshed_at timestamptz,
  -- When the whole history was last fetched.
  reconciled_at timestamptz,
  -- The days that replacements of the history lacked, since the last forced one: at most 5, so that
  -- many replacements do not wear it away. Some may be stored again. See check_replacement.
  lost_days date[] not null default '{}',
  refresh_version bigint not null default 0,
  -- The symbol of the stock against which its betas were computed; null before the first refresh.
  benchmark text,
  -- The version of the benchmark, or a later one, whose closes are in the stock's betas; null before
  -- there is a benchmark, and for the benchmark itself. See private.benchmark_changes.
  benchmark_version bigint,
  -- What the metrics of later days need to know of all days up to the last one, besides their
  -- windows (market::metrics::State); null: they are computed from the first bar on. Not jsonb, which
  -- would write its numbers in another way.
  metrics_state json,
  -- {code, detail, at}; null after a successful refresh. Public, so it must not contain a URL or a
  -- secret.
  refresh_error jsonb,
  has_error boolean not null generated always as (refresh_error is not null) stored,
  -- {count, clipped, reasons, days}: the provider's rows that the last successful refresh rejected
  -- or clipped; null if there were none. Public, like refresh_error.
  rejected_rows jsonb,
  refresh_failures integer not null default 0,
  -- When the history was last to be fetched in full, by a plan.
  reconcile_tried_at timestamptz,
  -- When the next refresh is due after one that failed; otherwise null.
  retry_at timestamptz,
  -- Until then a queued message is expected to refresh the stock. Set by claim_due_stocks.
  claimed_until timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create extension if not exists pg_trgm with schema extensions;
-- search_stocks: name prefixes, and names with a similar word.
create index stocks_name_idx on private.stocks using gin (name extensions.gin_trgm_ops);

alter table private.stocks enable row level security;
create policy "everyone reads stocks" on private.stocks
  for select to anon, authenticated using ((select private.admits_query()));
create policy "read functions read stocks" on private.stocks
  for select to market_reader using (true);

revoke all on private.stocks from public, anon, authenticated, service_role;
revoke all on sequence private.stocks_id_seq from public, anon, authenticated, service_role;

-- Without benchmark, benchmark_version, metrics_state, lost_days and the schedule: reconciled_at,
-- reconcile_tried_at, refresh_failures, retry_at and claimed_until.
create view public.stocks with (security_invoker = true) as
select
  id, symbol, name, exchange, currency, kind, active, status, provider,
  first_day, as_of, refreshed_at, refresh_version, refresh_error, has_error, rejected_rows,
  created_at, updated_at
from private.stocks;
revoke all on public.stocks from public, anon, authenticated, service_role;

-- read_history_page and search_stocks, which are market_reader's, find stocks here.
grant select on public.stocks to anon, authenticated, market_reader, service_role;
-- The view has the rights of its caller, who needs all of its columns.
grant select (
  id, symbol, name, exchange, currency, kind, active, status, provider,
  first_day, as_of, refreshed_at, refresh_version, refresh_error, has_error, rejected_rows,
  created_at, updated_at
) on private.stocks to anon, authenticated, market_reader;
grant select on private.stocks to service_role;
grant update (
  provider, first_day, as_of, refreshed_at, reconciled_at, lost_days, refresh_version,
  benchmark, benchmark_version, metrics_state, refresh_error, rejected_rows, reconcile_tried_at,
  refresh_failures, retry_at, claimed_until, updated_at
) on private.stocks to service_role;
