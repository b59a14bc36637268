-- Analyses are event-sourced: `analysis_events` is the log of events, `analyses` its projection.
-- user_id has no foreign key, because the users table belongs to Supabase Auth. No function erases
-- a user's data yet.

create table public.analyses (
  id uuid primary key,
  user_id uuid not null,
  symbol text collate "C" not null references private.stocks (symbol),
  workflow text collate "C" not null references public.workflows (name),
  parameters jsonb not null,
  status text not null check (status in (
    'requested', 'dispatched', 'accepted', 'succeeded', 'failed', 'cancelled', 'expired'
  )),
  -- The version of the last event, which is the number of events.
  version integer not null check (version > 0),
  -- The number of calls begun. It goes on after a redrive, so that it identifies the current run.
  attempts integer not null default 0,
  -- The number of calls begun before the last redrive.
  earlier_attempts integer not null default 0,
  lease_until timestamptz,
  execution_id text,
  -- Not event-sourced until it is 100 by success: it only increases, and its history is not needed.
  progress integer check (progress between 0 and 100),
  -- Not event-sourced, too: the time of the last progress, also if that was no higher.
  heartbeat_at timestamptz,
  result jsonb,
  error jsonb,
  requested_at timestamptz not null,
  -- The time of the request or of the last redrive.
  queued_at timestamptz not null,
  dispatched_at timestamptz,
  accepted_at timestamptz,
  finished_at timestamptz,
  updated_at timestamptz not null,
  traceparent text
);
create index analyses_user_idx on public.analyses (user_id, requested_at desc, id);
create index analyses_symbol_idx on public.analyses (symbol);
create index analyses_workflow_idx on public.analyses (workflow);
create index analyses_running_idx on public.analyses (queued_at)
  where status in ('requested', 'dispatched', 'accepted');

create table public.analysis_events (
  analysis_id uuid not null references public.analyses (id),
  version integer not null check (version > 0),
  type text not null check (type in (
    'requested', 'dispatched', 'accepted', 'attempt_failed', 'succeeded', 'failed',
    'cancelled', 'expired', 'redriven', 'callback_ignored', 'result_invalid'
  )),
  occurred_at timestamptz not null,
  actor text not null,
  data jsonb not null check (jsonb_typeof(data) = 'object'),
  webhook_id text,
  primary key (analysis_id, version),
  -- A redelivered callback is recorded once.
  unique (analysis_id, webhook_id),
  constraint begins_with_its_request check ((type = 'requested') = (version = 1))
);

alter table public.analyses enable row level security;
alter table public.analysis_events enable row level security;

-- The subselect evaluates auth.uid() once per query instead of once per row.
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
-- Append-only: no API role may update or delete events.
grant select, insert on public.analysis_events to service_role;

-- The projection. project_event applies one event to an analysis, and no other code does.
create function private.project_event(a public.analyses, e public.analysis_events)
returns public.analyses
language plpgsql stable
set search_path = ''
as $$
begin
  case e.type
    when 'requested' then
      a := jsonb_populate_record(null::public.analyses, e.data);
      a.id := e.analysis_id;
      a.status := 'requested';
      a.attempts := 0;
      a.earlier_attempts := 0;
      a.requested_at := e.occurred_at;
      a.queued_at := e.occurred_at;
    when 'dispatched' then
      a.status := 'dispatched';
      a.attempts := (e.data ->> 'attempt')::integer;
      a.lease_until := (e.data ->> 'lease_until')::timestamptz;
      a.dispatched_at := e.occurred_at;
    when 'accepted' then
      a.status := 'accepted';
      a.execution_id := e.data ->> 'execution_id';
      a.lease_until := null;
      a.accepted_at := e.occurred_at;
    when 'attempt_failed' then
      -- Stays dispatched: a workflow whose response was lost may still call back. The lease
      -- prevents another call before the next attempt is due.
      a.lease_until := case when a.status = 'dispatched'
        then (e.data ->> 'next_attempt_at')::timestamptz end;
    when 'succeeded', 'failed', 'cancelled', 'expired' then
      a.status := e.type;
      a.execution_id := coalesce(e.data ->> 'execution_id', a.execution_id);
      a.progress := case e.type when 'succeeded' then 100 else a.progress end;
      a.result := e.data -> 'result';
      a.error := case when e.data ? 'code'
        then jsonb_build_object('code', e.data -> 'code', 'message', e.data -> 'message') end;
      a.lease_until := null;
      a.finished_at := e.occurred_at;
    when 'redriven' then
      -- A new run of the same request.
      a.status := 'requested';
      a.earlier_attempts := a.attempts;
      a.queued_at := e.occurred_at;
      a.execution_id := null;
      a.progress := null;
      a.heartbeat_at := null;
      a.result := null;
      a.error := null;
      a.dispatched_at := null;
      a.accepted_at := null;
      a.finished_at := null;
    when 'callback_ignored', 'result_invalid' then
      null;
  end case;
  a.version := e.version;
  a.updated_at := e.occurred_at;
  return a;
end
$$;

create aggregate private.project_events(public.analysis_events) (
  sfunc = private.project_event,
  stype = public.analyses
);

create function private.store_analysis(a public.analyses) returns void
language sql
set search_path = ''
as $$
  update public.analyses set (
    id, user_id, symbol, workflow, parameters, status, version, attempts, earlier_attempts,
    lease_until, execution_id, progress, heartbeat_at, result, error, requested_at, queued_at,
    dispatched_at, accepted_at, finished_at, updated_at, traceparent
  ) = row(a.*)
  where id = a.id
$$;

-- Rebuilds the projection from the events. `heartbeat_at`, and `progress` before a success, do not
-- change: they are not event-sourced.
create function public.rebuild_analysis(p_analysis_id uuid) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_before public.analyses;
  v_analysis public.analyses;
begin
  select * into v_before from public.analyses where id = p_analysis_id for no key update;
  if not found then
    raise sqlstate 'PT404' using message = 'analysis_not_found',
      detail = 'There is no analysis with this id.';
  end if;
  v_analysis := (
    select private.project_events(e order by e.version)
    from public.analysis_events as e where e.analysis_id = p_analysis_id
  );
  v_analysis.progress := coalesce(v_analysis.progress, v_before.progress);
  v_analysis.heartbeat_at := v_before.heartbeat_at;
  perform private.store_analysis(v_analysis);
  return to_jsonb(v_analysis);
end
$$;

revoke all on function
  private.project_event (public.analyses, public.analysis_events),
  private.project_events (public.analysis_events),
  private.store_analysis (public.analyses),
  public.rebuild_analysis (uuid)
from public, anon, authenticated, service_role;
grant execute on function
  private.project_event (public.analyses, public.analysis_events),
  private.project_events (public.analysis_events),
  private.store_analysis (public.analyses),
  public.rebuild_analysis (uuid)
to service_role;
