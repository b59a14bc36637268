-- One stock with its latest metrics; null for an unknown symbol. An embedding would need a foreign
-- key (see stock_metrics).

create function public.find_stock(p_symbol text) returns json
language sql stable
set search_path = ''
as $$
  select to_json(found)
  from (
    select
      s.symbol, s.name, s.exchange, s.currency, s.kind, s.active, s.status, s.first_day, s.as_of,
      s.refreshed_at, s.refresh_error, s.has_error, s.rejected_rows, to_json(m) as metrics
    from public.stocks as s
    left join public.stock_metrics as m on m.stock_id = s.id
    where s.symbol = p_symbol
  ) as found
$$;

revoke all on function public.find_stock (text) from public, anon, authenticated, service_role;
grant execute on function public.find_stock (text) to anon, authenticated, service_role;
