-- What went wrong and who is told.

create type public.alert_severity as enum ('info', 'warning', 'critical');
create type public.alert_status as enum ('open', 'acknowledged', 'resolved');

create table public.alerts (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null references public.organizations (id) on delete cascade,
    connection_id uuid,
    kind text not null check (kind ~ '^[a-z_]+\.[a-z_]+$'),
    group_key text not null,
    severity public.alert_severity not null,
    status public.alert_status not null default 'open',
    title text not null,
    detail jsonb not null default '{}'::jsonb,
    occurrences integer not null default 1,
    first_seen_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    acknowledged_by uuid references auth.users (id) on delete set null,
    acknowledged_at timestamptz,
    resolved_at timestamptz,
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade
);
comment on table public.alerts is 'One line per trouble, however often it is seen.';
comment on type public.alert_status is 'acknowledged: somebody is on it; resolved: it is over, and the next sighting is a new alert.';
comment on column public.alerts.kind is 'Such as connection.down or operation.dead.';
comment on column public.alerts.occurrences is 'How often it was seen, from first_seen_at to last_seen_at.';
comment on column public.alerts.detail is 'What helps to mend it; never a secret.';
comment on column public.alerts.group_key is 'What makes two sightings the same trouble.';
create unique index alerts_one_open on public.alerts (organization_id, group_key) where status <> 'resolved';
create index alerts_by_organization on public.alerts (organization_id, last_seen_at desc);
create index alerts_by_connection on public.alerts (organization_id, connection_id);
create index alerts_by_acknowledger on public.alerts (acknowledged_by);

create table public.alert_channels (
    id uuid primary key default gen_random_uuid(),
    organization_id uuid not null references public.organizations (id) on delete cascade,
    name text not null check (char_length(btrim(name)) between 1 and 100),
    kind text not null check (kind in ('email', 'webhook', 'slack', 'teams', 'in_app')),
    target text not null check (char_length(target) <= 2048),
    minimum_severity public.alert_severity not null default 'warning',
    enabled boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (organization_id, name)
);
comment on table public.alert_channels is 'Where alerts are sent.';
comment on column public.alert_channels.minimum_severity is 'Lesser alerts are not sent here.';
comment on column public.alert_channels.target is 'An address or URL. A secret URL belongs in api_credentials, not here.';
create trigger alert_channels_touch before update on public.alert_channels
for each row execute function private.touch_updated_at();

create trigger alert_channels_audit after insert or update or delete on public.alert_channels
for each row when (current_user in ('authenticated', 'service_role'))
execute function private.audit_direct_change('alert_channel', 'id');

-- Another sighting of the same trouble, or a new one.
create function private.raise_alert(
    organization_id uuid, connection_id uuid, kind text, group_key text, severity public.alert_severity, title text,
    detail jsonb
) returns void
language sql security definer set search_path = ''
as $$
    insert into public.alerts (organization_id, connection_id, kind, group_key, severity, title, detail)
    values (organization_id, connection_id, kind, group_key, severity, title, detail)
    on conflict (organization_id, group_key) where status <> 'resolved' do update
    set occurrences = alerts.occurrences + 1, last_seen_at = now(), severity = excluded.severity, title = excluded.title,
        detail = excluded.detail;
$$;

create function private.resolve_alert(organization_id uuid, group_key text) returns void
language sql security definer set search_path = ''
as $$
    update public.alerts a set status = 'resolved', resolved_at = now()
    where a.organization_id = resolve_alert.organization_id and a.group_key = resolve_alert.group_key
      and a.status <> 'resolved';
$$;
grant execute on function
    private.raise_alert(uuid, uuid, text, text, public.alert_severity, text, jsonb), private.resolve_alert(uuid, text)
to wasl_worker;

alter table public.alerts enable row level security;
alter table public.alert_channels enable row level security;
create policy "members read alerts" on public.alerts for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'alerts:read'))));
create policy "members read channels" on public.alert_channels for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'alerts:read'))));
create policy "admins add channels" on public.alert_channels for insert to authenticated
with check (organization_id = any (array(select private.my_organizations('admin', 'alerts:write'))));
create policy "admins change channels" on public.alert_channels for update to authenticated
using (organization_id = any (array(select private.my_organizations('admin', 'alerts:write'))))
with check (organization_id = any (array(select private.my_organizations('admin', 'alerts:write'))));
create policy "admins remove channels" on public.alert_channels for delete to authenticated
using (organization_id = any (array(select private.my_organizations('admin', 'alerts:write'))));
grant select on public.alerts to authenticated, service_role;
grant select, delete, insert (organization_id, name, kind, target, minimum_severity, enabled),
    update (name, target, minimum_severity, enabled) on public.alert_channels to authenticated;
grant select, insert, update, delete on public.alert_channels to service_role;
grant select, insert, update on public.alerts to wasl_worker;
grant select on public.alert_channels to wasl_worker;

create function private.acknowledge_alert(alert_id uuid) returns public.alerts
language plpgsql security definer set search_path = ''
as $$
declare
    alert public.alerts;
begin
    update public.alerts a set status = 'acknowledged', acknowledged_at = now(),
        acknowledged_by = (select u.id from auth.users u where u.id = auth.uid())
    where a.id = alert_id and a.status = 'open'
      and (private.is_service()
           or a.organization_id = any (array(select private.my_organizations('developer', 'alerts:write'))))
    returning a.* into alert;
    if alert.id is null then
        perform private.refuse(404, 'alert_not_found', 'There is no such open alert of yours.', 'alert_id');
    end if;
    perform private.audit(alert.organization_id, 'alert.acknowledged', 'alert', alert_id::text);
    return alert;
end
$$;

create function public.acknowledge_alert(alert_id uuid) returns public.alerts
language sql set search_path = ''
as $$ select private.acknowledge_alert(alert_id) $$;
comment on function public.acknowledge_alert is 'Says that somebody is on it.';
grant execute on function private.acknowledge_alert(uuid), public.acknowledge_alert(uuid) to authenticated, service_role;
