-- Requested refreshes: by webhooks, and by operators. plan-refresh queues due stocks without one.

create table public.refreshes (
  id uuid primary key,
  -- The id of the webhook, the same for every delivery of it; null for a request of an operator.
  webhook_id text unique,
  requested_by text not null,
  requested_at timestamptz not null default now(),
  -- How the whole history is to be fetched, `replace` or `reconcile`; null for an ordinary refresh.
  full_fetch text,
  -- [{symbol, status, error: {code, detail}}] in the order of the request. `error` says why an item
  -- failed or was skipped; otherwise it is null.
  items jsonb not null,
  constraint items_have_a_status check (
    jsonb_typeof(items) = 'array' and not items @? '$[*] ? (!(
      @.status == "queued" || @.status == "done" || @.status == "failed" || @.status == "skipped"
    ))'
  )
);
-- request_refresh deletes old rows.
create index refreshes_requested_idx on public.refreshes (requested_at);
-- private.end_lost_items finds the queued items of a symbol.
create index refreshes_items_idx on public.refreshes using gin (items jsonb_path_ops);

-- No policy: anon and authenticated cannot read or write it.
alter table public.refreshes enable row level security;
revoke all on public.refreshes from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.refreshes to service_role;

-- The error of an item, or null without a code. Without p_detail: that of a skipped item.
create function private.item_error(p_code text, p_detail text default null) returns jsonb
language sql immutable
set search_path = ''
as $$
  select case when p_code is not null then jsonb_build_object(
    'code', p_code,
    'detail', coalesce(left(p_detail, 500), case p_code
      when 'stock_not_found' then 'There is no stock with this symbol.'
      when 'stock_inactive' then 'The stock is not followed.'
      when 'retry_later' then 'The stock waits for the retry of a failed refresh.'
      when 'provider_rate_limited' then 'The rate limit of the provider is reached.'
      else p_code
    end)
  ) end
$$;

-- The items of a new request. A stock that is unknown or not followed is skipped. So is one that
-- waits for its retry, unless p_force is true.
create function private.refresh_items(p_symbols text[], p_force boolean) returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_agg(jsonb_build_object(
    'symbol', asked.symbol,
    'status', case when asked.code is null then 'queued' else 'skipped' end,
    'error', private.item_error(asked.code)
  ) order by asked.place)
  from (
    select distinct on (sent.symbol) sent.symbol, sent.place, case
      when s.id is null then 'stock_not_found'
      when not s.active then 'stock_inactive'
      when s.retry_at > now() and not p_force then 'retry_later'
    end as code
    from unnest(p_symbols) with ordinality as sent (symbol, place)
    left join private.stocks as s on s.symbol = sent.symbol
    order by sent.symbol, sent.place
  ) as asked
$$;

-- Writes a request of 1 to 100 symbols and the outbox messages of its queued items in one
-- transaction. Idempotent by p_webhook_id and p_id: a known request is returned with the current
-- status of its items, and `messages` is empty. p_full `replace` implies p_force: it is the answer
-- to a refresh that failed. Requests are kept for 30 days.
create function public.request_refresh(
  p_id uuid, p_webhook_id text, p_actor text, p_symbols text[], p_force boolean, p_full text,
  p_traceparent text
) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_refresh public.refreshes;
  v_token uuid := gen_random_uuid();
  v_messages jsonb;
  v_force boolean := p_force or p_full is not distinct from 'replace';
begin
  if coalesce(cardinality(p_symbols), 0) not between 1 and 100 then
    raise sqlstate 'PT422' using message = 'invalid_length',
      detail = 'There must be 1 to 100 symbols.';
  end if;
  delete from public.refreshes where id = any(array(
    select id from public.refreshes where requested_at < now() - interval '30 days'
    limit 100 for update skip locked
  ));
  insert into public.refreshes (id, webhook_id, requested_by, full_fetch, items)
    values (p_id, p_webhook_id, p_actor, p_full, private.refresh_items(p_symbols, v_force))
    on conflict do nothing returning * into v_refresh;
  if not found then
    select * into v_refresh from public.refreshes
      where id = p_id or webhook_id = p_webhook_id limit 1;
  else
    with stored as (
      insert into public.outbox (id, topic, payload, occurred_at, claimed_until, claim_token)
        select gen_random_uuid(), 'refreshes', jsonb_build_object(
          'type', 'refresh.requested', 'symbol', item ->> 'symbol', 'refresh_id', p_id,
          'occurred_at', v_refresh.requested_at, 'traceparent', p_traceparent,
          'full', p_full, 'force', v_force
        ), now(), now() + interval '15 seconds', v_token
        from jsonb_array_elements(v_refresh.items) as item where item ->> 'status' = 'queued'
      returning id, payload
    )
    select jsonb_agg(jsonb_build_object('id', id, 'payload', payload)) into v_messages from stored;
  end if;
  return jsonb_build_object(
    'id', v_refresh.id, 'items', v_refresh.items, 'claim_token', v_token,
    'messages', coalesce(v_messages, '[]')
  );
end
$$;

-- Items with this end of the queued one of the symbol.
create function private.ended_items(
  p_items jsonb, p_symbol text, p_status text, p_code text, p_detail text
) returns jsonb
language sql immutable
set search_path = ''
as $$
  select jsonb_agg(
    case when item ->> 'symbol' = p_symbol and item ->> 'status' = 'queued'
      then item || jsonb_build_object(
        'status', p_status, 'error', private.item_error(p_code, p_detail)
      ) else item end
    order by place
  )
  from jsonb_array_elements(p_items) with ordinality as each (item, place)
$$;

-- Records the end of one item: `done`, `failed` or `skipped`. An ended item stays as it is.
create function public.end_refresh_item(
  p_id uuid, p_symbol text, p_status text, p_code text, p_detail text
) returns void
language sql
set search_path = ''
as $$
  update public.refreshes
    set items = private.ended_items(items, p_symbol, p_status, p_code, p_detail)
    where id = p_id
$$;

-- Gives the queued items of a symbol whose message was lost, e.g. as a dead letter, the end of
-- another refresh of the stock. After 2 hours, as in claim_due_stocks, no message is expected. Only
-- a refresh with the whole history (p_whole) ends the items that ask for it. The rows are locked in
-- one order, so that the refreshes of two stocks cannot wait for each other.
create function private.end_lost_items(
  p_symbol text, p_whole boolean, p_status text, p_code text, p_detail text
) returns void
language sql
set search_path = ''
as $$
  update public.refreshes
    set items = private.ended_items(items, p_symbol, p_status, p_code, p_detail)
    where id = any(array(
      select id from public.refreshes
      where items @> jsonb_build_array(jsonb_build_object('symbol', p_symbol, 'status', 'queued'))
        and requested_at < now() - interval '2 hours' and (p_whole or full_fetch is null)
      order by id for update
    ))
$$;

revoke all on function
  private.item_error (text, text),
  private.refresh_items (text[], boolean),
  private.ended_items (jsonb, text, text, text, text),
  private.end_lost_items (text, boolean, text, text, text),
  public.request_refresh (uuid, text, text, text[], boolean, text, text),
  public.end_refresh_item (uuid, text, text, text, text)
from public, anon, authenticated, service_role;
grant execute on function
  private.item_error (text, text),
  private.refresh_items (text[], boolean),
  private.ended_items (jsonb, text, text, text, text),
  private.end_lost_items (text, boolean, text, text, text),
  public.request_refresh (uuid, text, text, text[], boolean, text, text),
  public.end_refresh_item (uuid, text, text, text, text)
to service_role;
