-- What a worker asks before it refreshes a stock, with the provider whose history it is: that of the
-- first bar, as later ones may come from a fallback.
create or replace function public.refresh_state(p_symbol text) returns jsonb
language plpgsql stable
set search_path = ''
as $$
declare
  v_stock public.stocks;
  v_latest public.stock_metrics;
begin
  select * into v_stock from public.stocks where symbol = p_symbol;
  if not found then
    raise sqlstate 'PT404' using message = 'stock_not_found', detail = format('No stock %s.', p_symbol);
  end if;
  select * into v_latest from public.stock_metrics where stock_id = v_stock.id;
  return jsonb_build_object(
    'symbol', v_stock.symbol,
    'version', v_stock.refresh_version,
    'active', v_stock.active,
    'provider', (
      select provider from public.price_bars where stock_id = v_stock.id and day = v_stock.first_day
    ),
    'last_day', v_latest.as_of,
    'recent', (
      select coalesce(jsonb_agg(to_jsonb(b) - '{stock_id,provider}'::text[] order by b.day), '[]')
      from public.price_bars as b
      where b.stock_id = v_stock.id and b.day between v_latest.as_of - 7 and v_latest.as_of
    ),
    'beta_from', case when v_latest.beta_252d is null and v_latest.as_of is not null
      then private.first_missing_beta(v_stock.id, v_latest.as_of) end
  );
end
$$;
