-- Transactional outbox: a message is written in the transaction of the change it announces, and
-- sent after the commit. The creator holds the first claim and sends immediately; relay-outbox
-- claims messages that are still unsent when that claim expires.

create table public.outbox (
  id uuid primary key,
  topic text not null check (topic in ('analyses', 'events', 'refreshes')),
  payload jsonb not null,
  occurred_at timestamptz not null,
  claimed_until timestamptz not null,
  claim_token uuid not null,
  sent_at timestamptz
);
create index outbox_unsent_idx on public.outbox (claimed_until) where sent_at is null;
create index outbox_sent_idx on public.outbox (sent_at) where sent_at is not null;

-- No policy: anon and authenticated cannot read or write it.
alter table public.outbox enable row level security;
revoke all on public.outbox from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.outbox to service_role;

-- Claims unsent messages whose claim has expired, for one minute, and deletes messages sent more
-- than 7 days ago. A message can be sent twice, so consumers must be idempotent.
create function public.claim_outbox(p_limit integer)
returns table (id uuid, topic text, payload jsonb, claim_token uuid)
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_token uuid := gen_random_uuid();
begin
  delete from public.outbox where id = any(array(
    select id from public.outbox where sent_at < now() - interval '7 days'
    limit 1000 for update skip locked
  ));
  return query
    with claimed as (
      update public.outbox set claimed_until = now() + interval '1 minute', claim_token = v_token
      -- An array, so that the limited subselect runs exactly once, whatever the plan.
      where id = any(array(
        select id from public.outbox
        where sent_at is null and claimed_until < now()
        -- PostgREST returns at most 250 rows: more would be claimed and never sent.
        order by claimed_until limit least(p_limit, 250) for update skip locked
      ))
      returning *
    )
    select id, topic, payload, claim_token from claimed order by occurred_at;
end
$$;

-- Returns the number of messages marked as sent. Messages claimed by another caller since are not
-- marked: the new claimant marks them.
create function public.mark_outbox_sent(p_ids uuid[], p_claim_token uuid) returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_marked integer;
begin
  update public.outbox set sent_at = now()
    where id = any(p_ids) and claim_token = p_claim_token and sent_at is null;
  get diagnostics v_marked = row_count;
  return v_marked;
end
$$;

revoke all on function
  public.claim_outbox (integer),
  public.mark_outbox_sent (uuid[], uuid)
from public, anon, authenticated, service_role;
grant execute on function
  public.claim_outbox (integer),
  public.mark_outbox_sent (uuid[], uuid)
to service_role;
