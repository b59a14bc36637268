-- The stocks that plan-refresh queues.

-- The last instant at which the history of a stock was to be fetched in full: once in each
-- p_interval, at a time that depends on the symbol, so that the stocks are spread over it.
create function private.reconcile_slot(
  p_symbol text, p_interval interval, p_now timestamptz
) returns timestamptz
language sql immutable
set search_path = ''
as $$
  select date_bin(
    p_interval, p_now,
    'epoch'::timestamptz
      + p_interval * ((hashtextextended(p_symbol, 0) & 1048575) / 1048576.0::double precision)
  )
$$;

-- Claims at most p_limit due stocks, so that a second plan does not queue them again. A stock is
-- due at its retry or, without one, p_interval after its last refresh, or as soon as its betas are of
-- another benchmark than p_benchmark, or the benchmark has changed a close that is in them. The claim
-- ends with the refresh, its failure, or after 2 hours: longer than a message waits in the queue and
-- is redelivered. The benchmark comes first, then the stocks with the oldest data. Its status is
-- null if it is not among the stocks.
-- Once in each p_reconcile_interval, the history of a stock is fetched in full. If that fails, later
-- refreshes are ordinary ones until the next interval: new days do not wait for it, and a provider
-- whose history is always rejected is not asked for it again and again.
create function public.claim_due_stocks(
  p_interval interval, p_reconcile_interval interval, p_limit integer, p_benchmark text
) returns jsonb
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_stocks jsonb;
begin
  with claimed as (
    update private.stocks set claimed_until = now() + interval '2 hours',
      reconcile_tried_at = case
        when refresh_failures = 0 and greatest(reconciled_at, reconcile_tried_at)
          < private.reconcile_slot(symbol, p_reconcile_interval, now()) then now()
        else reconcile_tried_at
      end
    -- An array, so that the limited subselect runs exactly once, whatever the plan.
    where id = any(array(
      select id from private.stocks
      where active and coalesce(claimed_until, '-infinity') <= now()
        and (
          coalesce(retry_at, refreshed_at + p_interval, '-infinity') <= now()
          or retry_at is null and (
            as_of is not null and benchmark is distinct from p_benchmark
            or symbol <> p_benchmark and exists (
              select from private.benchmark_changes
              where benchmark = p_benchmark
                and version > coalesce(benchmark_version, -1) and first_day <= as_of
            )
          )
        )
      order by symbol <> p_benchmark, refreshed_at nulls first, symbol
      -- Not FOR UPDATE, so that inserting an analysis, which references the row, does not wait.
      limit p_limit for no key update skip locked
    ))
    returning symbol, refreshed_at,
      case when reconcile_tried_at = now() then 'reconcile' end as full_fetch
  )
  select coalesce(
    jsonb_agg(
      jsonb_build_object('symbol', symbol, 'full', full_fetch)
      order by symbol <> p_benchmark, refreshed_at nulls first, symbol
    ), '[]'
  ) into v_stocks from claimed;
  -- The instant is the database's, as refreshed_at is: a message older than that does nothing.
  return jsonb_build_object(
    'planned_at', now(),
    'benchmark_status', (select status from private.stocks where symbol = p_benchmark),
    'stocks', v_stocks
  );
end
$$;

-- Makes stocks due again whose messages the plan of p_planned_at could not queue. A full fetch was
-- not tried then. The claim of another plan remains.
create function public.release_stocks(p_symbols text[], p_planned_at timestamptz) returns void
language sql
set search_path = ''
as $$
  update private.stocks set
    claimed_until = null, reconcile_tried_at = nullif(reconcile_tried_at, p_planned_at)
    where symbol = any(p_symbols) and claimed_until = p_planned_at + interval '2 hours'
$$;

revoke all on function
  private.reconcile_slot (text, interval, timestamptz),
  public.claim_due_stocks (interval, interval, integer, text),
  public.release_stocks (text[], timestamptz)
from public, anon, authenticated, service_role;
grant execute on function
  private.reconcile_slot (text, interval, timestamptz),
  public.claim_due_stocks (interval, interval, integer, text),
  public.release_stocks (text[], timestamptz)
to service_role;
