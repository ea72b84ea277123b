-- Health checks, each with its figure; the damped state stands on the connection.

create table public.integration_health (
    id uuid not null default private.uuid_v7(),
    checked_at timestamptz not null default clock_timestamp(),
    organization_id uuid not null,
    connection_id uuid not null,
    capability text,
    state public.health_state not null,
    latency_ms real,
    error_code text,
    detail text,
    primary key (checked_at, id)
) partition by range (checked_at);
comment on table public.integration_health is 'One line per health check. A partition a month, dropped when old.';
comment on column public.integration_health.capability is
'What a synthetic check tried, such as lists_payments; null for the check of the connection itself.';
comment on column public.integration_health.state is 'What this single check saw: up, degraded (slow or throttled) or down.';
comment on column public.integration_health.error_code is 'The code of the error, as in operations.error.';
create index integration_health_by_connection on public.integration_health (organization_id, connection_id, checked_at desc);
alter table public.integration_health enable row level security;
create policy "members read health" on public.integration_health for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'connections:read'))));
grant select on public.integration_health to authenticated, service_role;
grant select, insert on public.integration_health to wasl_worker;
