-- The calls of each provider of market data, shared by all sandboxes of refresh-symbol.

create table private.provider_calls (
  provider text primary key,
  -- The current window of the rate, and the calls asked for in it, refused ones included.
  window_start timestamptz,
  window_calls integer not null default 0,
  -- The current day (UTC), and the calls asked for in it.
  day_start timestamptz,
  day_calls integer not null default 0,
  -- After a 429: no call before this instant.
  paused_until timestamptz
);

-- PostgREST does not expose the schema `private`.
alter table private.provider_calls enable row level security;
revoke all on private.provider_calls from public, anon, authenticated, service_role;
grant select, insert, update on private.provider_calls to service_role;

-- The instant of a retry: p_until, or in p_seconds, or in 15 minutes; at most in 24 hours.
create function private.retry_instant(p_seconds integer, p_until timestamptz) returns timestamptz
language sql volatile
set search_path = ''
as $$
  select least(
    coalesce(p_until, clock_timestamp() + make_interval(secs => coalesce(p_seconds, 900))),
    clock_timestamp() + interval '24 hours'
  )
$$;

-- The windows are fixed, not sliding: around the end of one, twice the budget may be taken in less
-- than a window. Takes one call of a budget of p_calls in each p_window, and p_daily_calls in each day; null means
-- no limit. Returns null, or the instant of a retry if the provider is paused or a budget is used
-- up. The more calls were refused, the later the instant, so that the retries are spread.
create function public.take_provider_call(
  p_provider text, p_calls integer, p_window interval, p_daily_calls integer
) returns timestamptz
language plpgsql
set search_path = ''
as $$
declare
  v_calls private.provider_calls;
  v_now timestamptz;
  v_retry timestamptz;
  v_window timestamptz;
  v_day timestamptz;
begin
  insert into private.provider_calls (provider) values (p_provider) on conflict do nothing;
  select * into v_calls from private.provider_calls where provider = p_provider for update;
  -- After the lock: not the time at which the transaction began to wait for it.
  v_now := clock_timestamp();
  if v_calls.paused_until > v_now then
    return v_calls.paused_until;
  end if;
  v_window := date_bin(p_window, v_now, 'epoch');
  if v_calls.window_start is distinct from v_window then
    v_calls.window_start := v_window;
    v_calls.window_calls := 0;
  end if;
  v_day := date_bin('1 day', v_now, 'epoch');
  if v_calls.day_start is distinct from v_day then
    v_calls.day_start := v_day;
    v_calls.day_calls := 0;
  end if;
  v_retry := greatest(
    case when v_calls.window_calls >= p_calls
      then v_window + p_window * (v_calls.window_calls / p_calls) end,
    case when v_calls.day_calls >= p_daily_calls
      then v_day + interval '1 day' * (v_calls.day_calls / p_daily_calls) end
  );
  update private.provider_calls set
    window_start = v_window, window_calls = v_calls.window_calls + 1,
    -- A call that only the rate refuses is none of the day's.
    day_start = v_day, day_calls = v_calls.day_calls
      + case when v_retry is null or v_calls.day_calls >= p_daily_calls then 1 else 0 end
    where provider = p_provider;
  return v_retry;
end
$$;

-- After a 429: no call to the provider before the instant of the retry.
create function public.pause_provider(
  p_provider text, p_seconds integer, p_until timestamptz
) returns void
language sql
set search_path = ''
as $$
  insert into private.provider_calls as c (provider, paused_until)
    values (p_provider, private.retry_instant(p_seconds, p_until))
    on conflict (provider) do update
      set paused_until = greatest(c.paused_until, excluded.paused_until)
$$;

-- Makes a stock due at the instant of a retry, or later if it waits for another retry already. That
-- is not a failure: neither the error of the stock nor its number of failures changes.
create function public.postpone_refresh(
  p_symbol text, p_seconds integer, p_until timestamptz
) returns void
language sql
set search_path = ''
as $$
  update private.stocks set
    retry_at = greatest(retry_at, private.retry_instant(p_seconds, p_until)),
    claimed_until = null, updated_at = now()
    where symbol = p_symbol
$$;

revoke all on function
  private.retry_instant (integer, timestamptz),
  public.take_provider_call (text, integer, interval, integer),
  public.pause_provider (text, integer, timestamptz),
  public.postpone_refresh (text, integer, timestamptz)
from public, anon, authenticated, service_role;
grant execute on function
  private.retry_instant (integer, timestamptz),
  public.take_provider_call (text, integer, interval, integer),
  public.pause_provider (text, integer, timestamptz),
  public.postpone_refresh (text, integer, timestamptz)
to service_role;
