-- Analyses are event-sourced: `analysis_events` is what happened, `analyses` is what follows from it.
-- Users live in the schema of Supabase Auth, which is not ours to reference: erasing a user replaces
-- the id and keeps the events.

create table public.analyses (
  id uuid primary key,
  user_id uuid not null,
  symbol text collate "C" not null references public.stocks (symbol),
  workflow text collate "C" not null references public.workflows (name),
  parameters jsonb not null,
  status text not null check (status in (
    'requested', 'dispatched', 'accepted', 'succeeded', 'failed', 'cancelled', 'expired'
  )),
  -- The number of events.
  version integer not null check (version > 0),
  attempts integer not null default 0,
  lease_until timestamptz,
  execution_id text,
  -- Not an event: it only grows, and nobody asks later when it did.
  progress integer check (progress between 0 and 100),
  result jsonb,
  error jsonb,
  requested_at timestamptz not null,
  dispatched_at timestamptz,
  accepted_at timestamptz,
  finished_at timestamptz,
  updated_at timestamptz not null,
  traceparent text
);
create index analyses_user_idx on public.analyses (user_id, requested_at desc, id);
create index analyses_symbol_idx on public.analyses (symbol);
create index analyses_workflow_idx on public.analyses (workflow);

create table public.analysis_events (
  analysis_id uuid not null references public.analyses (id),
  version integer not null check (version > 0),
  type text not null check (type in (
    'requested', 'dispatched', 'accepted', 'attempt_failed', 'succeeded', 'failed',
    'cancelled', 'expired', 'redriven', 'callback_ignored'
  )),
  occurred_at timestamptz not null,
  actor text not null,
  data jsonb not null check (jsonb_typeof(data) = 'object'),
  webhook_id text,
  primary key (analysis_id, version),
  -- A callback delivered twice is recorded once.
  unique (analysis_id, webhook_id),
  constraint begins_with_its_request check ((type = 'requested') = (version = 1))
);

alter table public.analyses enable row level security;
alter table public.analysis_events enable row level security;

-- The subselect makes auth.uid() a constant of the query instead of a call per row.
create policy "users read their own analyses" on public.analyses
  for select to authenticated using (user_id = (select auth.uid()));
create policy "users read the events of their own analyses" on public.analysis_events
  for select to authenticated using (
    exists (
      select from public.analyses
      where analyses.id = analysis_events.analysis_id and analyses.user_id = (select auth.uid())
    )
  );

revoke all on public.analyses from public, anon, authenticated, service_role;
revoke all on public.analysis_events from public, anon, authenticated, service_role;
grant select on public.analyses, public.analysis_events to authenticated;
grant select, insert, update on public.analyses to service_role;
-- What happened is never changed and never deleted, by nobody.
grant select, insert on public.analysis_events to service_role;
