-- Screening by comparisons of two columns: a filter of PostgREST compares a column with a value only.

-- The snapshots that meet all comparisons: an array of 1 to 8 objects, as in
-- {"column": "adj_close", "operator": "gt", "other": "sma_200"}. Columns are those of numbers. A null
-- meets no comparison. Has the rights of its caller, whose row policy applies.
create function public.compare_metrics(p_comparisons jsonb) returns setof public.stock_metrics
language plpgsql stable
set search_path = ''
as $$
declare
  v_conditions text;
begin
  if jsonb_typeof(p_comparisons) is distinct from 'array'
    or jsonb_array_length(p_comparisons) not between 1 and 8
  then
    raise sqlstate 'PT400' using message = 'invalid_comparison',
      detail = 'There must be 1 to 8 comparisons.';
  end if;
  with numbers as (
    select attname::text as name from pg_catalog.pg_attribute
    where attrelid = 'public.stock_metrics'::regclass and attnum > 0 and not attisdropped
      and atttypid in ('double precision'::regtype, 'numeric'::regtype, 'bigint'::regtype)
      and attname <> 'stock_id'
  )
  select
    -- A comparison that is not valid makes the whole condition null.
    case when bool_and(one.name is not null and o.sign is not null and two.name is not null)
      then string_agg(format('%I %s %I', one.name, o.sign, two.name), ' and ')
        filter (where one.name is not null and o.sign is not null and two.name is not null)
    end
    into v_conditions
    from jsonb_array_elements(p_comparisons) as c
    left join numbers as one on one.name = c ->> 'column'
    left join numbers as two on two.name = c ->> 'other'
    left join (values ('eq', '='), ('gte', '>='), ('gt', '>'), ('lt', '<'), ('lte', '<='))
      as o (name, sign) on o.name = c ->> 'operator';
  if v_conditions is null then
    raise sqlstate 'PT400' using message = 'invalid_comparison',
      detail = 'A comparison names no column of numbers, or no operator.';
  end if;
  return query execute 'select * from public.stock_metrics where ' || v_conditions;
end
$$;

revoke all on function public.compare_metrics (jsonb)
from public, anon, authenticated, service_role;
grant execute on function public.compare_metrics (jsonb) to anon, authenticated, service_role;
