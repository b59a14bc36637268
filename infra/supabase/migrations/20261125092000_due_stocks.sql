-- The stocks that plan-refresh queues.

-- Claims at most p_limit due stocks, so that a second plan does not queue them again. A stock is
-- due at its retry or, without one, p_interval after its last refresh. The claim ends with the
-- refresh, its failure, or after 2 hours: longer than a message waits in the queue and is
-- redelivered. The benchmark comes first, then the stocks with the oldest data.
create function public.claim_due_stocks(p_interval interval, p_limit integer) returns jsonb
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_symbols jsonb;
begin
  with claimed as (
    update public.stocks set claimed_until = now() + interval '2 hours'
    -- An array, so that the limited subselect runs exactly once, whatever the plan.
    where id = any(array(
      select id from public.stocks
      where active and coalesce(claimed_until, '-infinity') <= now()
        and coalesce(retry_at, refreshed_at + p_interval, '-infinity') <= now()
      order by symbol <> 'SPX', refreshed_at nulls first, symbol
      -- Not FOR UPDATE, so that inserting an analysis, which references the row, does not wait.
      limit p_limit for no key update skip locked
    ))
    returning symbol, refreshed_at
  )
  select coalesce(jsonb_agg(symbol order by symbol <> 'SPX', refreshed_at nulls first, symbol), '[]')
    into v_symbols from claimed;
  -- The instant is the database's, as refreshed_at is: a message older than that does nothing.
  return jsonb_build_object('planned_at', now(), 'symbols', v_symbols);
end
$$;

-- Makes stocks due again whose messages could not be queued.
create function public.release_stocks(p_symbols text[]) returns void
language sql
set search_path = ''
as $$
  update public.stocks set claimed_until = null where symbol = any(p_symbols)
$$;

revoke all on function
  public.claim_due_stocks (interval, integer),
  public.release_stocks (text[])
from public, anon, authenticated, service_role;
grant execute on function
  public.claim_due_stocks (interval, integer),
  public.release_stocks (text[])
to service_role;
