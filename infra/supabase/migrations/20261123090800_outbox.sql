-- Messages written in the transaction that makes them true, and sent afterwards. The creator holds
-- the first claim and sends at once; relay-outbox claims what a crash left behind.

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

-- No policy: the roles of users never see it.
alter table public.outbox enable row level security;
revoke all on public.outbox from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.outbox to service_role;
