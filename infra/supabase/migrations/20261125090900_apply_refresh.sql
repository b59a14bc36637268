-- Stores the result of a refresh in one transaction.

-- Returns the range of the days that can be stored, or null without any, and the other days: those
-- without a partition and those later than tomorrow. A day that can be stored must occur once.
create function private.checked_days(
  p_rows json, out p_days daterange, out p_others date[]
)
language plpgsql stable
set search_path = ''
as $$
declare
  v_tomorrow constant date := current_date + 1;
  v_year record;
begin
  for v_year in
    select
      extract(year from day) as number,
      count(day) filter (where day <= v_tomorrow)
        > count(distinct day) filter (where day <= v_tomorrow) as repeats,
      array_agg(distinct day order by day) as days,
      array_agg(distinct day order by day) filter (where day > v_tomorrow) as later,
      min(day) as first,
      least(max(day), v_tomorrow) as last
    from json_to_recordset(p_rows) as (day date) group by 1 order by 1
  loop
    if v_year.number is null then
      raise sqlstate 'PT422' using message = 'invalid_rows', detail = 'A day is missing.';
    elsif v_year.first > v_tomorrow or not exists (
      select from pg_class
      where relnamespace = 'partitions'::regnamespace and relname = 'price_bars_' || v_year.number
    ) then
      p_others := p_others || v_year.days;
    elsif v_year.repeats then
      raise sqlstate 'PT422' using message = 'invalid_rows',
        detail = format('A day is duplicated (year: %s).', v_year.number);
    else
      p_others := p_others || v_year.later;
      p_days := range_merge(
        coalesce(p_days, 'empty'), daterange(v_year.first, v_year.last, '[]')
      );
    end if;
  end loop;
end
$$;

-- The days of the rows that can be stored, oldest first.
create function private.storable_days(p_rows json) returns date[]
language sql stable
set search_path = ''
as $$
  select array(
    select day from json_to_recordset(p_rows) as (day date)
    where day <@ (select p_days from private.checked_days(p_rows)) order by day
  )
$$;

-- Upserts rows into the table of p_base's row type, or with p_replace replaces all rows of the
-- stock. Leaves out the days that cannot be stored, and returns them. p_base supplies the columns
-- that the rows omit. Unchanged rows are not rewritten. The range of days lets the planner prune all
-- partitions but one or two. The rows are json, not jsonb: they arrive as text, and parsing them
-- directly takes half the time of a conversion to jsonb.
create function private.store_days(
  p_base anyelement, p_replace boolean, p_rows json
) returns date[]
language plpgsql
set search_path = ''
as $$
declare
  v_table regtype := pg_typeof(p_base);
  v_days daterange;
  v_others date[];
begin
  select p_days, p_others into v_days, v_others from private.checked_days(p_rows);
  if p_replace then
    if v_days is null then
      raise sqlstate 'PT422' using message = 'invalid_rows',
        detail = 'A replacement must have rows that can be stored.';
    end if;
    execute format('delete from %s where stock_id = $1', v_table) using p_base.stock_id;
  elsif v_days is null then
    return v_others;
  else
    execute format(
      'delete from %s as stored using json_populate_recordset($1, $2) as sent
       where stored.stock_id = $3 and stored.day between $4 and $5
         and stored.day = sent.day and stored is distinct from sent', v_table
    ) using p_base, p_rows, p_base.stock_id, lower(v_days), upper(v_days);
  end if;
  execute format(
    'insert into %s select * from json_populate_recordset($1, $2) where day <@ $3
     on conflict (stock_id, day) do nothing', v_table
  ) using p_base, p_rows, v_days;
  return v_others;
end
$$;

-- Adds days that cannot be stored to the rows that refresh-symbol rejected.
create function private.rejected_rows(p_rejected jsonb, p_days date[]) returns jsonb
language sql stable
set search_path = ''
as $$
  select case when p_days is null then p_rejected else jsonb_build_object(
    'count', coalesce((p_rejected ->> 'count')::bigint, 0) + cardinality(p_days),
    'clipped', coalesce((p_rejected ->> 'clipped')::bigint, 0),
    'reasons', coalesce(p_rejected -> 'reasons', '[]')
      || jsonb_build_array(format('days that cannot be stored: %s', cardinality(p_days))),
    'days', jsonb_path_query_array(
      coalesce(p_rejected -> 'days', '[]') || to_jsonb(p_days), '$[0 to 4]'
    )
  ) end
$$;

-- The days with a bar of a stock, oldest first.
create function private.stored_days(p_stock_id bigint) returns date[]
language sql stable
set search_path = ''
as $$
  select array(select day from public.price_bars where stock_id = p_stock_id order by day)
$$;

-- Rejects a replacement (p_new) that begins later than the stored history or lacks more than 5 days
-- of it and of p_lost, the days that earlier replacements lacked: a provider may return its last
-- rows only, or a truncated file. Returns the days that it lacks.
create function private.check_replacement(
  p_stored date[], p_lost date[], p_new date[]
) returns date[]
language plpgsql immutable
set search_path = ''
as $$
declare
  c_missing_days constant integer := 5;
  v_missing date[] := array(
    select unnest(p_stored || p_lost) except select unnest(p_new) order by 1
  );
begin
  if p_new[1] > p_stored[1] or cardinality(v_missing) > c_missing_days then
    raise sqlstate 'PT422' using message = 'history_shorter',
      detail = format(
        'Stored are %s days from %s to %s; the replacement has %s from %s to %s and lacks %s of'
        ' the days that were stored.',
        cardinality(p_stored), p_stored[1], p_stored[cardinality(p_stored)],
        cardinality(p_new), p_new[1], p_new[cardinality(p_new)], cardinality(v_missing)
      );
  end if;
  return v_missing;
end
$$;

-- The adjusted closes of a stock on the days of p_bars, or on all days.
create function private.closes_by_day(
  p_stock_id bigint, p_all boolean, p_bars json
) returns jsonb
language sql stable
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(day, adj_close), '{}') from public.price_bars
  where stock_id = p_stock_id
    and (p_all or day in (select day from json_to_recordset(p_bars) as (day date)))
$$;

-- Records from which day on a refresh of the benchmark changed its closes, if it changed any.
create function private.record_benchmark_change(
  p_benchmark text, p_version bigint, p_old jsonb, p_new jsonb
) returns void
language plpgsql
set search_path = ''
as $$
declare
  v_first_day date := (
    select min(key)::date
    from jsonb_each(p_old) as old
    full join jsonb_each(p_new) as new using (key)
    where old.value is distinct from new.value
  );
begin
  if v_first_day is not null then
    delete from private.benchmark_changes
      where benchmark = p_benchmark and first_day >= v_first_day;
    insert into private.benchmark_changes values (p_benchmark, p_version, v_first_day);
  end if;
end
$$;

-- Rebuilds the snapshot of a stock from its last bar and the metrics of that day, matched to the
-- columns by name, and sets the stock's first_day and as_of. Returns the last day.
create function private.rebuild_snapshot(
  p_stock_id bigint, p_refreshed_at timestamptz
) returns date
language plpgsql
set search_path = ''
as $$
declare
  v_bar public.price_bars;
  v_metrics public.metric_history;
  v_stock private.stocks;
begin
  delete from public.stock_metrics where stock_id = p_stock_id;
  select * into v_bar from public.price_bars
    where stock_id = p_stock_id order by day desc limit 1;
  update private.stocks set
    first_day = (
      select day from public.price_bars where stock_id = p_stock_id order by day limit 1
    ),
    as_of = v_bar.day
    where id = p_stock_id
    returning * into v_stock;
  if v_bar.day is null then
    return null;
  end if;
  select * into v_metrics from public.metric_history
    where stock_id = p_stock_id and day = v_bar.day;
  insert into public.stock_metrics
    select * from jsonb_populate_record(
      null::public.stock_metrics,
      to_jsonb(v_metrics) || to_jsonb(v_bar) || jsonb_build_object(
        'symbol', v_stock.symbol, 'name', v_stock.name, 'exchange', v_stock.exchange,
        'kind', v_stock.kind, 'as_of', v_bar.day, 'refreshed_at', p_refreshed_at,
        'price_basis', 'adjusted'
      )
    );
  return v_bar.day;
end
$$;

-- p_force replaces a history even by a shorter one. p_rejected: the rows of the provider that are
-- not among the bars, as stocks.rejected_rows. p_benchmark: the symbol of the benchmark of the
-- betas. p_benchmark_version: its version in refresh_state, read before its closes. If they were of a
-- later one, some betas are recomputed once more. p_state is of the last of the bars: it is dropped
-- when some of them cannot be stored.
create function public.apply_refresh(
  p_symbol text, p_version bigint, p_provider text, p_replace boolean, p_force boolean,
  p_bars json, p_history json, p_rejected jsonb default null, p_benchmark text default null,
  p_benchmark_version bigint default null, p_state json default null
) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_stock private.stocks;
  v_bars public.price_bars;
  v_history public.metric_history;
  v_others date[];
  v_as_of date;
  v_rule text;
  v_lost date[];
  v_closes jsonb;
  v_becomes_benchmark boolean;
begin
  -- Not FOR UPDATE, so that inserting an analysis, which references this row, does not wait.
  select * into v_stock from private.stocks where symbol = p_symbol for no key update;
  if not found then
    raise sqlstate 'PT404' using message = 'stock_not_found',
      detail = format('There is no stock with the symbol %s.', p_symbol);
  elsif v_stock.refresh_version is distinct from p_version then
    raise sqlstate 'PT412' using message = 'stale_version',
      detail = format('%s is at version %s.', p_symbol, v_stock.refresh_version);
  end if;

  v_bars.stock_id := v_stock.id;
  v_bars.provider := p_provider;
  v_history.stock_id := v_stock.id;
  v_lost := case when p_replace then '{}' else v_stock.lost_days end;
  v_becomes_benchmark := p_symbol = p_benchmark and v_stock.benchmark is distinct from p_symbol;
  begin
    -- Before anything is written: a history that is always rejected leaves no dead rows.
    if p_replace and not p_force then
      v_lost := private.check_replacement(
        private.stored_days(v_stock.id), v_stock.lost_days, private.storable_days(p_bars)
      );
    end if;
    if p_symbol = p_benchmark then
      v_closes := case when v_becomes_benchmark then '{}'
        else private.closes_by_day(v_stock.id, p_replace, p_bars) end;
    end if;
    v_others := private.store_days(v_bars, p_replace, p_bars);
    perform private.store_days(v_history, p_replace, p_history);
  exception
    -- One error code for every rejected row, without the row or the message of Postgres: the detail
    -- is stored on the stock. The block's writes are rolled back.
    when data_exception or integrity_constraint_violation then
      get stacked diagnostics v_rule = constraint_name;
      raise sqlstate 'PT422' using message = 'invalid_rows',
        detail = case when v_rule <> '' then format('A row violates the rule %s.', v_rule)
          else 'A value of a row is missing or malformed.' end;
  end;

  if p_symbol = p_benchmark then
    perform private.record_benchmark_change(
      p_benchmark, p_version + 1, v_closes,
      private.closes_by_day(v_stock.id, p_replace or v_becomes_benchmark, p_bars)
    );
  end if;

  v_as_of := private.rebuild_snapshot(v_stock.id, now());
  update private.stocks set
    provider = p_provider, refreshed_at = now(), refresh_version = refresh_version + 1,
    reconciled_at = case when p_replace then now() else reconciled_at end, lost_days = v_lost,
    benchmark = p_benchmark, benchmark_version = p_benchmark_version,
    metrics_state = case when v_others is null then p_state end,
    refresh_error = null, rejected_rows = private.rejected_rows(p_rejected, v_others),
    refresh_failures = 0, retry_at = null, claimed_until = null, updated_at = now()
    where id = v_stock.id;
  perform private.end_lost_items(p_symbol, p_replace, 'done', null, null);
  return jsonb_build_object(
    'version', v_stock.refresh_version + 1, 'refreshed_at', now(), 'as_of', v_as_of
  );
end
$$;

-- Records a failed refresh and leaves the stored data unchanged. The retry is due after 15 minutes,
-- doubling with each failure up to 24 hours. A stock that was refreshed since p_version was read has
-- no error: the failed attempt was a duplicate, or late.
create function public.record_refresh_error(
  p_symbol text, p_version bigint, p_code text, p_detail text
) returns void
language plpgsql
set search_path = ''
as $$
begin
  update private.stocks set
    refresh_error = jsonb_build_object('code', p_code, 'detail', left(p_detail, 500), 'at', now()),
    refresh_failures = refresh_failures + 1,
    retry_at = now()
      + least(interval '15 minutes' * 2 ^ least(refresh_failures, 7), interval '24 hours'),
    claimed_until = null,
    updated_at = now()
    where symbol = p_symbol and refresh_version = p_version;
  if not found then
    raise sqlstate 'PT412' using message = 'stale_version',
      detail = format('There is no stock %s at version %s.', p_symbol, p_version);
  end if;
  perform private.end_lost_items(p_symbol, true, 'failed', p_code, p_detail);
end
$$;

revoke all on function
  private.checked_days (json),
  private.storable_days (json),
  private.store_days (anyelement, boolean, json),
  private.rejected_rows (jsonb, date[]),
  private.stored_days (bigint),
  private.check_replacement (date[], date[], date[]),
  private.closes_by_day (bigint, boolean, json),
  private.record_benchmark_change (text, bigint, jsonb, jsonb),
  private.rebuild_snapshot (bigint, timestamptz),
  public.apply_refresh (
    text, bigint, text, boolean, boolean, json, json, jsonb, text, bigint, json
  ),
  public.record_refresh_error (text, bigint, text, text)
from public, anon, authenticated, service_role;
grant execute on function
  private.checked_days (json),
  private.storable_days (json),
  private.store_days (anyelement, boolean, json),
  private.rejected_rows (jsonb, date[]),
  private.stored_days (bigint),
  private.check_replacement (date[], date[], date[]),
  private.closes_by_day (bigint, boolean, json),
  private.record_benchmark_change (text, bigint, jsonb, jsonb),
  private.rebuild_snapshot (bigint, timestamptz),
  public.apply_refresh (
    text, bigint, text, boolean, boolean, json, json, jsonb, text, bigint, json
  ),
  public.record_refresh_error (text, bigint, text, text)
to service_role;
