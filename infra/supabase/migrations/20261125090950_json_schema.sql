-- The schemas of workflows: a subset of JSON Schema, which the schemas may not exceed, and the check
-- of values against them.
--
-- Checked: type, enum, const, minimum, maximum, exclusiveMinimum, exclusiveMaximum, minLength,
-- maxLength, minItems, maxItems, required, properties, additionalProperties, items. Without effect:
-- title, description, default, examples, $schema, $comment.

create function private.is_schema_type(p_name jsonb) returns boolean
language sql immutable
set search_path = ''
as $$
  select p_name <@ '["object", "array", "string", "number", "integer", "boolean", "null"]'
    and jsonb_typeof(p_name) = 'string'
$$;

create function private.is_schema_keyword(p_name text, p_value jsonb) returns boolean
language sql immutable
set search_path = ''
as $$
  select case
    when p_name in ('title', 'description', 'default', 'examples', '$schema', '$comment', 'const')
      then true
    when p_name = 'type' and jsonb_typeof(p_value) = 'array' then
      jsonb_array_length(p_value) > 0
      and (select bool_and(private.is_schema_type(t)) from jsonb_array_elements(p_value) as t)
    when p_name = 'type' then private.is_schema_type(p_value)
    when p_name = 'enum' then jsonb_typeof(p_value) = 'array' and p_value <> '[]'
    when p_name = 'required' then jsonb_typeof(p_value) = 'array'
      and not jsonb_path_exists(p_value, 'strict $[*] ? (@.type() <> "string")')
    when p_name in ('minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum')
      then jsonb_typeof(p_value) = 'number'
    when p_name in ('minLength', 'maxLength', 'minItems', 'maxItems')
      then p_value::text ~ '^[0-9]{1,9}$'
    when p_name in ('properties', 'items') then jsonb_typeof(p_value) = 'object'
    when p_name = 'additionalProperties' then jsonb_typeof(p_value) in ('boolean', 'object')
    else false
  end
$$;

-- The schemas within a schema.
create function private.subschemas(p_schema jsonb) returns setof jsonb
language sql immutable
set search_path = ''
as $$
  select value from jsonb_each(
    case when jsonb_typeof(p_schema -> 'properties') = 'object' then p_schema -> 'properties' end
  )
  union all
  select value from jsonb_each(p_schema)
  where key = 'items' or key = 'additionalProperties' and jsonb_typeof(value) = 'object'
$$;

-- Why a schema is not supported, as a sentence; null when it is.
create function private.schema_problem(p_schema jsonb, p_depth integer default 1) returns text
language plpgsql immutable
set search_path = ''
as $$
declare
  c_max_bytes constant integer := 16384;
  c_max_depth constant integer := 8;
  v_keyword text;
  v_problem text;
begin
  if jsonb_typeof(p_schema) <> 'object' then
    return 'A schema must be an object.';
  elsif p_depth = 1 and octet_length(p_schema::text) > c_max_bytes then
    return format('The schema is longer than %s bytes.', c_max_bytes);
  elsif p_depth > c_max_depth then
    return format('The schema is nested more than %s levels deep.', c_max_depth);
  end if;
  select key into v_keyword from jsonb_each(p_schema)
    where not private.is_schema_keyword(key, value) order by key limit 1;
  if found then
    return format('The keyword %s is not supported, or its value is malformed.', v_keyword);
  end if;
  select problem into v_problem
    from private.subschemas(p_schema) as s, private.schema_problem(s, p_depth + 1) as problem
    where problem is not null limit 1;
  return v_problem;
end
$$;

create function private.has_schema_type(p_value jsonb, p_type text) returns boolean
language sql immutable
set search_path = ''
as $$
  select case when p_type = 'integer' and jsonb_typeof(p_value) = 'number'
    then trunc(p_value::numeric) = p_value::numeric
    else jsonb_typeof(p_value) = p_type end
$$;

-- What is wrong with a value itself, not with its members or items; null when nothing is.
create function private.value_violation(p_schema jsonb, p_value jsonb) returns text
language plpgsql immutable
set search_path = ''
as $$
declare
  v_types jsonb := case when jsonb_typeof(p_schema -> 'type') = 'string'
    then jsonb_build_array(p_schema -> 'type') else p_schema -> 'type' end;
  v_number numeric := case when jsonb_typeof(p_value) = 'number' then p_value::numeric end;
  v_characters integer := case when jsonb_typeof(p_value) = 'string'
    then char_length(p_value #>> '{}') end;
  v_items integer := case when jsonb_typeof(p_value) = 'array' then jsonb_array_length(p_value) end;
begin
  return case
    when v_types is not null and not exists (
      select from jsonb_array_elements_text(v_types) as t where private.has_schema_type(p_value, t)
    ) then 'must be of the type ' ||
      (select string_agg(t, ' or ') from jsonb_array_elements_text(v_types) as t)
    when p_schema ? 'enum' and not exists (
      select from jsonb_array_elements(p_schema -> 'enum') as e where e = p_value
    ) then 'must be one of ' ||
      (select string_agg(e::text, ', ') from jsonb_array_elements(p_schema -> 'enum') as e)
    when p_schema -> 'const' <> p_value then format('must be %s', p_schema -> 'const')
    when v_number < (p_schema -> 'minimum')::numeric
      then format('must be at least %s', p_schema -> 'minimum')
    when v_number > (p_schema -> 'maximum')::numeric
      then format('must be at most %s', p_schema -> 'maximum')
    when v_number <= (p_schema -> 'exclusiveMinimum')::numeric
      then format('must be more than %s', p_schema -> 'exclusiveMinimum')
    when v_number >= (p_schema -> 'exclusiveMaximum')::numeric
      then format('must be less than %s', p_schema -> 'exclusiveMaximum')
    when v_characters < (p_schema -> 'minLength')::integer
      then format('must have at least %s characters', p_schema -> 'minLength')
    when v_characters > (p_schema -> 'maxLength')::integer
      then format('must have at most %s characters', p_schema -> 'maxLength')
    when v_items < (p_schema -> 'minItems')::integer
      then format('must have at least %s items', p_schema -> 'minItems')
    when v_items > (p_schema -> 'maxItems')::integer
      then format('must have at most %s items', p_schema -> 'maxItems')
  end;
end
$$;

-- Members and items with the schema of each: null for a member that is not allowed. A required
-- member that is missing has no value.
create function private.schema_parts(p_schema jsonb, p_value jsonb, p_field text)
returns table (field text, value jsonb, schema jsonb)
language plpgsql immutable
set search_path = ''
as $$
declare
  v_known jsonb := coalesce(p_schema -> 'properties', '{}');
  v_rest jsonb := coalesce(p_schema -> 'additionalProperties', 'true');
begin
  if jsonb_typeof(p_value) = 'object' then
    return query
      select p_field || '.' || r, null::jsonb, '{}'::jsonb
      from jsonb_array_elements_text(p_schema -> 'required') as r where not p_value ? r;
    return query
      select p_field || '.' || m.key, m.value,
        case when v_known ? m.key then v_known -> m.key
          when v_rest = 'true' then '{}' when v_rest <> 'false' then v_rest end
      from jsonb_each(p_value) as m;
  elsif jsonb_typeof(p_value) = 'array' and p_schema ? 'items' then
    return query
      select format('%s[%s]', p_field, i.number - 1), i.item, p_schema -> 'items'
      from jsonb_array_elements(p_value) with ordinality as i (item, number);
  end if;
end
$$;

-- The first field of a value that does not match a supported schema, as
-- `{"field": "parameters.days", "detail": "is required"}`; null when all match. The detail repeats
-- the schema, never the value.
create function private.schema_violation(p_schema jsonb, p_value jsonb, p_field text) returns jsonb
language plpgsql immutable
set search_path = ''
as $$
declare
  v_detail text := private.value_violation(p_schema, p_value);
  v_part record;
  v_found jsonb;
begin
  if v_detail is not null then
    return jsonb_build_object('field', p_field, 'detail', v_detail);
  end if;
  for v_part in select * from private.schema_parts(p_schema, p_value, p_field) loop
    v_found := case
      when v_part.value is null
        then jsonb_build_object('field', v_part.field, 'detail', 'is required')
      when v_part.schema is null
        then jsonb_build_object('field', v_part.field, 'detail', 'is not a known field')
      when v_part.schema <> '{}'
        then private.schema_violation(v_part.schema, v_part.value, v_part.field)
    end;
    if v_found is not null then
      return v_found;
    end if;
  end loop;
  return null;
end
$$;

revoke all on function
  private.is_schema_type (jsonb),
  private.is_schema_keyword (text, jsonb),
  private.subschemas (jsonb),
  private.schema_problem (jsonb, integer),
  private.has_schema_type (jsonb, text),
  private.value_violation (jsonb, jsonb),
  private.schema_parts (jsonb, jsonb, text),
  private.schema_violation (jsonb, jsonb, text)
from public, anon, authenticated, service_role;
grant execute on function
  private.is_schema_type (jsonb),
  private.is_schema_keyword (text, jsonb),
  private.subschemas (jsonb),
  private.schema_problem (jsonb, integer),
  private.has_schema_type (jsonb, text),
  private.value_violation (jsonb, jsonb),
  private.schema_parts (jsonb, jsonb, text),
  private.schema_violation (jsonb, jsonb, text)
to service_role;
