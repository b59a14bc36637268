-- Creating an analysis and appending events. The Rust state machine decides which events are
-- allowed in which state; the database checks that it decided on the current version.

-- Raises unless the stock exists and has bars, the workflow exists and is enabled, and the parameters
-- match its schema.
create function private.check_request(
  p_symbol text, p_workflow text, p_parameters jsonb
) returns void
language plpgsql stable
set search_path = ''
as $$
declare
  v_as_of date;
  v_enabled boolean;
  v_violation jsonb;
begin
  select as_of into v_as_of from public.stocks where symbol = p_symbol;
  if not found then
    raise sqlstate 'PT404' using message = 'stock_not_found',
      detail = format('There is no stock with the symbol %s.', p_symbol);
  end if;
  select enabled, private.schema_violation(parameters_schema, p_parameters, 'parameters')
    into v_enabled, v_violation from public.workflows where name = p_workflow;
  if not found then
    raise sqlstate 'PT404' using message = 'workflow_not_found',
      detail = format('There is no workflow with the name %s.', p_workflow);
  elsif not v_enabled then
    raise sqlstate 'PT409' using message = 'workflow_disabled',
      detail = format('The workflow %s is disabled.', p_workflow);
  elsif v_violation is not null then
    raise sqlstate 'PT422' using message = 'invalid_parameters', detail = v_violation::text;
  elsif v_as_of is null then
    raise sqlstate 'PT409' using message = 'metrics_not_ready',
      detail = format('%s has no metrics yet: its first refresh is pending.', p_symbol);
  end if;
end
$$;

-- Raises unless the result of an analysis matches the schema of its workflow.
create function private.check_result(p_workflow text, p_result jsonb) returns void
language plpgsql stable
set search_path = ''
as $$
declare
  v_violation jsonb := (
    select private.schema_violation(result_schema, p_result, 'result')
    from public.workflows where name = p_workflow
  );
begin
  if v_violation is not null then
    raise sqlstate 'PT422' using message = 'invalid_result', detail = v_violation::text;
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
  v_since timestamptz;
  v_requested_at timestamptz;
begin
  -- Concurrent requests of one user wait here, so that each counts those before it.
  perform pg_advisory_xact_lock(hashtextextended('quota ' || p_user, 0));
  -- A variable, because an index condition cannot be volatile.
  v_since := clock_timestamp() - interval '24 hours';
  select requested_at into v_requested_at from public.analyses
    where user_id = p_user and requested_at > v_since
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

  perform private.check_request(p_symbol, p_workflow, p_parameters);
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

-- A safety net below the state machine: `expired` and `failed` with the code `undeliverable` can
-- only be left by `redriven`, the other final states not at all.
create function private.may_follow(a public.analyses, p_type text) returns boolean
language sql immutable
set search_path = ''
as $$
  select case
    when p_type in ('attempt_failed', 'callback_ignored') then true
    when a.status = 'expired' then p_type = 'redriven'
    when a.status = 'failed'
      then p_type = 'redriven' and a.error ->> 'code' is not distinct from 'undeliverable'
    when a.status in ('succeeded', 'cancelled') then false
    else p_type <> 'redriven'
  end
$$;

-- Appends one event to an analysis whose row is locked, and updates the projection.
create function private.append_event(
  a public.analyses, p_type text, p_data jsonb, p_actor text, p_webhook_id text
) returns public.analyses
language plpgsql
set search_path = ''
as $$
declare
  v_event public.analysis_events;
begin
  -- Not now(): the transaction may have started before the event whose lock it waited for.
  v_event := (a.id, a.version + 1, p_type, clock_timestamp(), p_actor, p_data, p_webhook_id);
  insert into public.analysis_events select v_event.*;
  a := private.project_event(a, v_event);
  perform private.store_analysis(a);
  return a;
end
$$;

-- Appends one event and updates the projection in one transaction. Idempotent by p_webhook_id: the
-- id of a callback or of a redrive.
create function public.append_analysis_event(
  p_analysis_id uuid, p_version integer, p_type text, p_data jsonb, p_actor text,
  p_webhook_id text default null
) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_analysis public.analyses;
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
  elsif not private.may_follow(v_analysis, p_type) then
    raise sqlstate 'PT409' using message = 'illegal_transition',
      detail = format(
        'The event %s is not allowed in the state %s.', p_type, v_analysis.status
      );
  end if;
  if p_type = 'succeeded' then
    perform private.check_result(v_analysis.workflow, p_data -> 'result');
  end if;
  return to_jsonb(private.append_event(v_analysis, p_type, p_data, p_actor, p_webhook_id));
end
$$;

-- Why a running analysis has expired at p_now, as code and message; null while it has not.
create function private.expiry(a public.analyses, w public.workflows, p_now timestamptz)
returns jsonb
language sql stable
set search_path = ''
as $$
  select case
    -- The net below dispatch-analysis, whose last attempt begins 23 h 30 min after queued_at.
    when a.status in ('requested', 'dispatched') and a.queued_at <= p_now - interval '24 hours'
      then jsonb_build_object(
        'code', 'not_accepted', 'message', 'The workflow did not accept the request in 24 hours.'
      )
    when a.status = 'accepted'
      and a.accepted_at <= p_now - make_interval(secs => w.result_timeout_seconds)
      then jsonb_build_object('code', 'no_result', 'message', format(
        'The workflow sent no result within %s seconds.', w.result_timeout_seconds
      ))
    when a.status = 'accepted' and greatest(a.accepted_at, a.heartbeat_at)
        <= p_now - make_interval(secs => w.heartbeat_timeout_seconds)
      then jsonb_build_object('code', 'no_progress', 'message', format(
        'The workflow sent no progress for %s seconds.', w.heartbeat_timeout_seconds
      ))
  end
$$;

-- Ends at most p_limit analyses that have expired. Rows that another transaction has locked are
-- left for the next call: a result may be on its way.
create function public.expire_analyses(p_limit integer)
returns table (analysis_id uuid, code text)
language plpgsql
set search_path = ''
as $$
declare
  v_analysis public.analyses;
  v_workflow public.workflows;
  v_expiry jsonb;
begin
  for v_analysis in
    select a.* from public.analyses as a join public.workflows as w on w.name = a.workflow
    where a.status in ('requested', 'dispatched', 'accepted')
      and private.expiry(a, w, clock_timestamp()) is not null
    order by a.queued_at limit p_limit for no key update of a skip locked
  loop
    select * into v_workflow from public.workflows as w where w.name = v_analysis.workflow;
    v_expiry := private.expiry(v_analysis, v_workflow, clock_timestamp());
    -- The timeout of the workflow was made longer in the meantime.
    continue when v_expiry is null;
    perform private.append_event(v_analysis, 'expired', v_expiry, 'expire-analyses', null);
    analysis_id := v_analysis.id;
    code := v_expiry ->> 'code';
    return next;
  end loop;
end
$$;

-- Records a sign of life of the current run of an analysis, and increases its progress. A late
-- value, or one of an earlier run, is ignored.
create function public.record_analysis_progress(
  p_analysis_id uuid, p_progress integer, p_attempt integer
) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_analysis public.analyses;
begin
  update public.analyses
    set progress = greatest(progress, p_progress), heartbeat_at = clock_timestamp()
    where id = p_analysis_id and status in ('dispatched', 'accepted') and attempts = p_attempt;
  select * into v_analysis from public.analyses where id = p_analysis_id;
  if not found then
    raise sqlstate 'PT404' using message = 'analysis_not_found',
      detail = 'There is no analysis with this id.';
  end if;
  return to_jsonb(v_analysis);
end
$$;

revoke all on function
  private.check_request (text, text, jsonb),
  private.check_result (text, jsonb),
  private.check_quota (uuid, integer),
  private.created_analysis (public.analyses, public.outbox),
  private.may_follow (public.analyses, text),
  private.append_event (public.analyses, text, jsonb, text, text),
  private.expiry (public.analyses, public.workflows, timestamptz),
  public.create_analysis (uuid, uuid, text, text, jsonb, text, integer),
  public.append_analysis_event (uuid, integer, text, jsonb, text, text),
  public.expire_analyses (integer),
  public.record_analysis_progress (uuid, integer, integer)
from public, anon, authenticated, service_role;
grant execute on function
  private.check_request (text, text, jsonb),
  private.check_result (text, jsonb),
  private.check_quota (uuid, integer),
  private.created_analysis (public.analyses, public.outbox),
  private.may_follow (public.analyses, text),
  private.append_event (public.analyses, text, jsonb, text, text),
  private.expiry (public.analyses, public.workflows, timestamptz),
  public.create_analysis (uuid, uuid, text, text, jsonb, text, integer),
  public.append_analysis_event (uuid, integer, text, jsonb, text, text),
  public.expire_analyses (integer),
  public.record_analysis_progress (uuid, integer, integer)
to service_role;
