-- One partition per year, from 1990 to 2045; a later migration has to add further years. There is
-- no default partition: apply_refresh sets a day without a partition aside, as refresh-symbol does.

create function private.create_year_partitions(p_year integer) returns void
language plpgsql
set search_path = ''
as $$
declare
  v_parent text;
  v_partition text;
begin
  foreach v_parent in array array['price_bars', 'metric_history'] loop
    v_partition := format('%s_%s', v_parent, p_year);
    execute format(
      'create table if not exists partitions.%I partition of public.%I
       for values from (%L) to (%L)',
      v_partition, v_parent, make_date(p_year, 1, 1), make_date(p_year + 1, 1, 1)
    );
    -- A partition does not inherit row level security or revokes from its parent.
    execute format('alter table partitions.%I enable row level security', v_partition);
    execute format(
      'revoke all on partitions.%I from public, anon, authenticated, service_role', v_partition
    );
  end loop;
end
$$;
revoke all on function private.create_year_partitions (integer)
from public, anon, authenticated, service_role;

select private.create_year_partitions(year)
from generate_series(1990, 2045) as year;
