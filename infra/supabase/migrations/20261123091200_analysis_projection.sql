-- How events become the row of an analysis.

-- What one event makes of an analysis: the only place that knows.
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
      a.requested_at := e.occurred_at;
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
      -- Still dispatched: a workflow whose answer was lost may call back. Nobody calls it again before
      -- the next attempt is due.
      a.lease_until := case when a.status = 'dispatched'
        then (e.data ->> 'next_attempt_at')::timestamptz end;
    when 'succeeded', 'failed', 'cancelled', 'expired' then
      a.status := e.type;
      a.execution_id := coalesce(e.data ->> 'execution_id', a.execution_id);
      a.result := e.data -> 'result';
      a.error := case when e.data ? 'code'
        then jsonb_build_object('code', e.data -> 'code', 'message', e.data -> 'message') end;
      a.lease_until := null;
      a.finished_at := e.occurred_at;
    when 'redriven' then
      -- A new run of the same request.
      a.status := 'requested';
      a.attempts := 0;
      a.execution_id := null;
      a.progress := null;
      a.result := null;
      a.error := null;
      a.dispatched_at := null;
      a.accepted_at := null;
      a.finished_at := null;
    when 'callback_ignored' then
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
    id, user_id, symbol, workflow, parameters, status, version, attempts, lease_until, execution_id,
    progress, result, error, requested_at, dispatched_at, accepted_at, finished_at, updated_at,
    traceparent
  ) = row(a.*)
  where id = a.id
$$;

-- The projection from nothing but the events; progress is none of them and stays.
create function public.rebuild_analysis(p_analysis_id uuid) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_progress integer;
  v_analysis public.analyses;
begin
  select progress into v_progress from public.analyses where id = p_analysis_id for no key update;
  if not found then
    raise sqlstate 'PT404' using message = 'analysis_not_found', detail = 'There is no such analysis.';
  end if;
  v_analysis := (
    select private.project_events(e order by e.version)
    from public.analysis_events as e where e.analysis_id = p_analysis_id
  );
  v_analysis.progress := v_progress;
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
