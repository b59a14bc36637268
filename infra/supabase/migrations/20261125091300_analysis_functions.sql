-- Creating an analysis and appending events. The Rust state machine decides which events are
-- allowed in which state; the database checks that it decided on the current version.

-- Raises unless the stock exists and the workflow exists and is enabled.
create function private.check_request(p_symbol text, p_workflow text) returns void
language plpgsql stable
set search_path = ''
as $$
declare
  v_enabled boolean;
begin
  perform from public.stocks where symbol = p_symbol;
  if not found then
    raise sqlstate 'PT404' using message = 'stock_not_found',
      detail = format('There is no stock with the symbol %s.', p_symbol);
  end if;
  select enabled into v_enabled from public.workflows where name = p_workflow;
  if not found then
    raise sqlstate 'PT404' using message = 'workflow_not_found',
      detail = format('There is no workflow with the name %s.', p_workflow);
  elsif not v_enabled then
    raise sqlstate 'PT409' using message = 'workflow_disabled',
      detail = format('The workflow %s is disabled.', p_workflow);
  end if;
end
$$;

-- Raises when a user has requested `p_quota` analyses within 24 hours. The hint is the number of
-- seconds until the oldest of these is older than that.
create function private.check_quota(p_user uuid, p_quota integer) returns void
language plpgsql
set search_path = ''
as $$
declare
  v_requested_at timestamptz;
begin
  -- Concurrent requests of one user wait here, so that each counts those before it.
  perform pg_advisory_xact_lock(hashtextextended('quota ' || p_user, 0));
  select requested_at into v_requested_at from public.analyses
    where user_id = p_user and requested_at > clock_timestamp() - interval '24 hours'
    order by requested_at desc offset p_quota - 1 limit 1;
  if found then
    raise sqlstate 'PT429' using message = 'quota_exceeded',
      detail = format('You can request %s analyses within 24 hours.', p_quota),
      hint = ceil(extract(
        epoch from v_requested_at + interval '24 hours' - clock_timestamp()
      ))::integer::text;
  end if;
end
$$;

-- The result of create_analysis. `outbox` is what the creator needs to send the message and mark it
-- as sent; null after the outbox row was deleted.
create function private.created_analysis(a public.analyses, o public.outbox) returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object(
    'analysis', to_jsonb(a),
    'outbox', case when o.id is not null
      then jsonb_build_object('id', o.id, 'claim_token', o.claim_token, 'payload', o.payload) end
  )
$$;

-- Writes the analysis, its first event and outbox message in one transaction. Idempotent by p_id.
-- p_quota limits the analyses of one user within 24 hours.
create function public.create_analysis(
  p_id uuid, p_actor uuid, p_symbol text, p_workflow text, p_parameters jsonb, p_traceparent text,
  p_quota integer default 100
) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_analysis public.analyses;
  v_event public.analysis_events;
  v_outbox public.outbox;
begin
  -- A concurrent request with the same id waits here, and then finds the analysis.
  perform pg_advisory_xact_lock(hashtextextended(p_id::text, 0));
  select * into v_analysis from public.analyses where id = p_id;
  if found then
    if v_analysis.user_id <> p_actor then
      raise sqlstate 'PT409' using message = 'analysis_exists',
        detail = 'The id is already in use.';
    end if;
    select * into v_outbox from public.outbox where id = p_id;
    return private.created_analysis(v_analysis, v_outbox);
  end if;

  perform private.check_request(p_symbol, p_workflow);
  perform private.check_quota(p_actor, p_quota);
  v_event := (p_id, 1, 'requested', clock_timestamp(), p_actor::text, jsonb_build_object(
    'user_id', p_actor, 'symbol', p_symbol, 'workflow', p_workflow,
    'parameters', p_parameters, 'traceparent', p_traceparent
  ), null);
  v_analysis := private.project_event(null, v_event);
  -- The message has the id of its analysis, so that a repeated request finds it.
  v_outbox := (p_id, 'analyses', jsonb_build_object(
    'type', 'analysis.requested', 'analysis_id', p_id, 'occurred_at', v_event.occurred_at,
    'version', 1, 'traceparent', p_traceparent
  ), v_event.occurred_at, v_event.occurred_at + interval '15 seconds', gen_random_uuid(), null);
  insert into public.analyses select v_analysis.*;
  insert into public.analysis_events select v_event.*;
  insert into public.outbox select v_outbox.*;
  return private.created_analysis(v_analysis, v_outbox);
end
$$;

-- A safety net below the state machine: `failed` and `expired` can only be left by `redriven`,
-- `succeeded` and `cancelled` not at all.
create function private.may_follow(p_status text, p_type text) returns boolean
language sql immutable
set search_path = ''
as $$
  select case
    when p_type in ('attempt_failed', 'callback_ignored') then true
    when p_status in ('failed', 'expired') then p_type = 'redriven'
    when p_status in ('succeeded', 'cancelled') then false
    else p_type <> 'redriven'
  end
$$;

-- Appends one event and updates the projection in one transaction. Idempotent by p_webhook_id.
create function public.append_analysis_event(
  p_analysis_id uuid, p_version integer, p_type text, p_data jsonb, p_actor text,
  p_webhook_id text default null
) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_analysis public.analyses;
  v_event public.analysis_events;
begin
  select * into v_analysis from public.analyses where id = p_analysis_id for no key update;
  if not found then
    raise sqlstate 'PT404' using message = 'analysis_not_found',
      detail = 'There is no analysis with this id.';
  end if;
  -- Checked before the version, so that a redelivered callback succeeds instead of conflicting.
  perform from public.analysis_events
    where analysis_id = p_analysis_id and webhook_id = p_webhook_id;
  if found then
    return to_jsonb(v_analysis);
  elsif v_analysis.version is distinct from p_version then
    raise sqlstate 'PT412' using message = 'stale_version',
      detail = format('The analysis is at version %s.', v_analysis.version);
  elsif not private.may_follow(v_analysis.status, p_type) then
    raise sqlstate 'PT409' using message = 'illegal_transition',
      detail = format(
        'The event %s is not allowed in the state %s.', p_type, v_analysis.status
      );
  end if;

  -- Not now(): the transaction may have started before the event whose lock it waited for.
  v_event := (
    p_analysis_id, p_version + 1, p_type, clock_timestamp(), p_actor, p_data, p_webhook_id
  );
  insert into public.analysis_events select v_event.*;
  v_analysis := private.project_event(v_analysis, v_event);
  perform private.store_analysis(v_analysis);
  return to_jsonb(v_analysis);
end
$$;

-- Increases the progress of a running analysis; a lower or late value is ignored.
create function public.record_analysis_progress(
  p_analysis_id uuid, p_progress integer
) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_analysis public.analyses;
begin
  update public.analyses set progress = p_progress
    where id = p_analysis_id and status in ('dispatched', 'accepted')
      and p_progress > coalesce(progress, -1);
  select * into v_analysis from public.analyses where id = p_analysis_id;
  if not found then
    raise sqlstate 'PT404' using message = 'analysis_not_found',
      detail = 'There is no analysis with this id.';
  end if;
  return to_jsonb(v_analysis);
end
$$;

revoke all on function
  private.check_request (text, text),
  private.check_quota (uuid, integer),
  private.created_analysis (public.analyses, public.outbox),
  private.may_follow (text, text),
  public.create_analysis (uuid, uuid, text, text, jsonb, text, integer),
  public.append_analysis_event (uuid, integer, text, jsonb, text, text),
  public.record_analysis_progress (uuid, integer)
from public, anon, authenticated, service_role;
grant execute on function
  private.check_request (text, text),
  private.check_quota (uuid, integer),
  private.created_analysis (public.analyses, public.outbox),
  private.may_follow (text, text),
  public.create_analysis (uuid, uuid, text, text, jsonb, text, integer),
  public.append_analysis_event (uuid, integer, text, jsonb, text, text),
  public.record_analysis_progress (uuid, integer)
to service_role;
