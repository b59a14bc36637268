-- The n8n workflows that an analysis can run.

create table public.workflows (
  name text collate "C" primary key check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  title text not null check (char_length(title) <= 120),
  -- Relative to the configured n8n URL: an absolute URL would let a row choose the host to call.
  webhook_path text not null check (webhook_path ~ '^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$'),
  parameters_schema jsonb not null default '{}'
    constraint parameters_schema_is_supported
    check (private.schema_problem(parameters_schema) is null),
  result_schema jsonb not null default '{}'
    constraint result_schema_is_supported check (private.schema_problem(result_schema) is null),
  -- From the acceptance to the result.
  result_timeout_seconds integer not null default 900 check (result_timeout_seconds > 0),
  -- From one sign of life to the next; null for a workflow that sends no progress.
  heartbeat_timeout_seconds integer check (heartbeat_timeout_seconds > 0),
  fallback text references public.workflows (name) check (fallback <> name),
  enabled boolean not null default true,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index workflows_fallback_idx on public.workflows (fallback) where fallback is not null;

alter table public.workflows enable row level security;
create policy "users read workflows" on public.workflows
  for select to authenticated using (true);

revoke all on public.workflows from public, anon, authenticated, service_role;
-- `webhook_path` and `fallback` are internal: the path is half of what is needed to call the
-- webhook.
grant select (
  name, title, parameters_schema, result_schema, result_timeout_seconds,
  heartbeat_timeout_seconds, enabled, version, created_at, updated_at
) on public.workflows to authenticated;
grant select on public.workflows to service_role;

insert into public.workflows (name, title, webhook_path, parameters_schema, result_schema)
values (
  'stock-analysis',
  'Stock analysis',
  'stock-analysis',
  '{
    "type": "object",
    "additionalProperties": false,
    "properties": {"horizon_days": {"type": "integer", "minimum": 1, "maximum": 365}}
  }',
  '{
    "type": "object",
    "required": ["verdict", "summary"],
    "properties": {
      "verdict": {"type": "string", "enum": ["bullish", "neutral", "bearish"]},
      "summary": {"type": "string"}
    }
  }'
);
