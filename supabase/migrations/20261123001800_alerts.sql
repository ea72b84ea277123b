-- What went wrong: one line per trouble, its life from open to resolved, and the history of that.

create type public.alert_severity as enum ('info', 'warning', 'critical');
create type public.alert_status as enum ('open', 'acknowledged', 'resolved');

create table public.alerts (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null references public.organizations (id) on delete cascade,
    connection_id uuid,
    rule_id uuid,
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
    snoozed_until timestamptz,
    muted_by text check (muted_by in ('snooze', 'maintenance', 'cause')),
    cause_id uuid references public.alerts (id) on delete set null,
    told_at timestamptz,
    next_look_at timestamptz,
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade
);
comment on table public.alerts is 'One line per trouble, however often it is seen.';
comment on type public.alert_status is 'acknowledged: somebody is on it; resolved: it is over, and the next sighting is a new alert.';
comment on column public.alerts.rule_id is 'The rule that saw it; null for what the hub tells by itself.';
comment on column public.alerts.kind is 'Such as connection.down or operation.dead; rule.<metric> when a rule saw it.';
comment on column public.alerts.occurrences is 'How often it was seen, from first_seen_at to last_seen_at.';
comment on column public.alerts.detail is 'What helps to mend it; never a secret.';
comment on column public.alerts.group_key is 'What makes two sightings the same trouble.';
comment on column public.alerts.snoozed_until is 'Nobody is told of it before.';
comment on column public.alerts.muted_by is 'Why nobody is told of it now: snooze, a maintenance window, or a cause that is told instead.';
comment on column public.alerts.cause_id is 'The alert that explains this one, such as connection.down.';
comment on column public.alerts.told_at is 'When channels were first told; null while muted from the beginning.';
comment on column public.alerts.next_look_at is 'When it is next seen to who has to be told what; null: nothing is due.';
create unique index alerts_one_open on public.alerts (organization_id, group_key) where status <> 'resolved';
create index alerts_by_organization on public.alerts (organization_id, last_seen_at desc);
create index alerts_by_connection on public.alerts (organization_id, connection_id);
create index alerts_by_acknowledger on public.alerts (acknowledged_by);
create index alerts_by_rule on public.alerts (rule_id);
create index alerts_by_cause on public.alerts (cause_id);
create index alerts_due on public.alerts (next_look_at) where next_look_at is not null;
create index alerts_resolved on public.alerts (resolved_at) where status = 'resolved';

create table public.alert_events (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null references public.organizations (id) on delete cascade,
    alert_id uuid not null references public.alerts (id) on delete cascade,
    type text not null check (type in (
        'opened', 'worsened', 'eased', 'acknowledged', 'snoozed', 'woken', 'muted', 'unmuted', 'escalated', 'resolved')),
    actor text not null,
    occurred_at timestamptz not null default clock_timestamp(),
    detail jsonb not null default '{}'::jsonb
);
comment on table public.alert_events is 'The history of each alert. Append-only.';
comment on column public.alert_events.type is 'What happened to the alert; woken: its snooze is over.';
comment on column public.alert_events.actor is 'user:<id>, api_key:<id>, service or worker.';
comment on column public.alert_events.detail is 'Such as {severity}, {until} or {reason}.';
create index alert_events_by_alert on public.alert_events (alert_id, occurred_at);
create index alert_events_by_organization on public.alert_events (organization_id, occurred_at desc);

-- Whoever writes alerts, workers in their own statements too: what changes here has to be told, and stands in the history.
create function private.look_at_alert() returns trigger
language plpgsql set search_path = ''
as $$
begin
    if tg_op = 'INSERT' then
        new.next_look_at := clock_timestamp();
    elsif (new.status, new.severity, new.snoozed_until) is distinct from (old.status, old.severity, old.snoozed_until)
          and new.next_look_at is not distinct from old.next_look_at then
        new.next_look_at := clock_timestamp();
    end if;
    if new.status = 'resolved' then
        new.snoozed_until := null;
        new.muted_by := null;
    end if;
    return new;
end
$$;
create trigger alerts_look before insert or update on public.alerts
for each row execute function private.look_at_alert();

create function private.note_alert_event(
    alert public.alerts, type text, detail jsonb default '{}'::jsonb
) returns void
language sql security definer set search_path = ''
as $$
    insert into public.alert_events (organization_id, alert_id, type, actor, detail)
    values (alert.organization_id, alert.id, type, private.actor(), detail)
$$;

create function private.keep_alert_history() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    if tg_op = 'INSERT' then
        perform private.note_alert_event(new, 'opened', jsonb_build_object('severity', new.severity));
        return null;
    end if;
    if new.severity <> old.severity then
        perform private.note_alert_event(new, case when new.severity > old.severity then 'worsened' else 'eased' end,
            jsonb_build_object('severity', new.severity));
    end if;
    if new.status <> old.status and new.status in ('acknowledged', 'resolved') then
        perform private.note_alert_event(new, new.status::text);
    end if;
    if new.status <> 'resolved' and new.snoozed_until is distinct from old.snoozed_until then
        if new.snoozed_until is null then
            perform private.note_alert_event(new, 'woken');
        else
            perform private.note_alert_event(new, 'snoozed', jsonb_build_object('until', new.snoozed_until));
        end if;
    end if;
    if new.status <> 'resolved' and new.muted_by is distinct from old.muted_by then
        if new.muted_by is null then
            perform private.note_alert_event(new, 'unmuted', jsonb_build_object('reason', old.muted_by));
        else
            perform private.note_alert_event(new, 'muted',
                jsonb_strip_nulls(jsonb_build_object('reason', new.muted_by, 'cause_id', new.cause_id)));
        end if;
    end if;
    return null;
end
$$;
create trigger alerts_history after insert or update on public.alerts
for each row execute function private.keep_alert_history();

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

create function private.end_alert(organization_id uuid, group_key text) returns void
language sql security definer set search_path = ''
as $$
    update public.alerts a set status = 'resolved', resolved_at = now()
    where a.organization_id = end_alert.organization_id and a.group_key = end_alert.group_key
      and a.status <> 'resolved';
$$;
grant execute on function
    private.raise_alert(uuid, uuid, text, text, public.alert_severity, text, jsonb), private.end_alert(uuid, text)
to wasl_worker;

alter table public.alerts enable row level security;
alter table public.alert_events enable row level security;
create policy "members read alerts" on public.alerts for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'alerts:read'))));
create policy "members read the history of alerts" on public.alert_events for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'alerts:read'))));
grant select on public.alerts, public.alert_events to authenticated, service_role;
grant select, insert, update on public.alerts to wasl_worker;

-- The alert, locked, after the caller has been checked against its organization; one that is over is not there.
create function private.own_alert(alert_id uuid) returns public.alerts
language plpgsql security definer set search_path = ''
as $$
declare
    alert public.alerts;
begin
    select * into alert from public.alerts a where a.id = alert_id and a.status <> 'resolved' for no key update;
    if alert.id is null or not private.may(alert.organization_id, 'developer', 'alerts:write')
       or not private.keeps_to_key(coalesce(private.environment_of('alert', alert.id), private.key_environment())) then
        perform private.refuse(404, 'alert_not_found', 'There is no such open alert of yours.', 'alert_id');
    end if;
    return alert;
end
$$;

create function private.acknowledge_alert(alert_id uuid) returns public.alerts
language plpgsql security definer set search_path = ''
as $$
declare
    alert public.alerts := private.own_alert(alert_id);
begin
    if alert.status <> 'open' then
        perform private.refuse(404, 'alert_not_found', 'There is no such open alert of yours.', 'alert_id');
    end if;
    update public.alerts a set status = 'acknowledged', acknowledged_at = now(),
        acknowledged_by = (select u.id from auth.users u where u.id = auth.uid())
    where a.id = alert_id
    returning a.* into alert;
    perform private.audit(alert.organization_id, 'alert.acknowledged', 'alert', alert_id::text);
    return alert;
end
$$;

create function public.acknowledge_alert(alert_id uuid) returns public.alerts
language sql set search_path = ''
as $$ select private.acknowledge_alert(alert_id) $$;
comment on function public.acknowledge_alert is 'Says that somebody is on it: nobody is reminded of it, and it is not escalated.';

-- By hand. One that a rule sees begins anew when its condition has held for the rule's time once more.
create function private.resolve_alert(alert_id uuid) returns public.alerts
language plpgsql security definer set search_path = ''
as $$
declare
    alert public.alerts := private.own_alert(alert_id);
begin
    update public.alerts a set status = 'resolved', resolved_at = now() where a.id = alert_id returning a.* into alert;
    delete from private.alert_rule_states s where s.rule_id = alert.rule_id and s.group_key = alert.group_key;
    perform private.audit(alert.organization_id, 'alert.resolved', 'alert', alert_id::text);
    return alert;
end
$$;

create function public.resolve_alert(alert_id uuid) returns public.alerts
language sql set search_path = ''
as $$ select private.resolve_alert(alert_id) $$;
comment on function public.resolve_alert is 'Says that it is over. Another sighting is a new alert.';

create function private.snooze_alert(alert_id uuid, until timestamptz) returns public.alerts
language plpgsql security definer set search_path = ''
as $$
declare
    alert public.alerts := private.own_alert(alert_id);
begin
    if until is not null and (until <= now() or until > now() + interval '30 days') then
        perform private.refuse(400, 'invalid_until', 'The time lies ahead, at most 30 days.', 'until');
    end if;
    update public.alerts a set snoozed_until = until where a.id = alert_id returning a.* into alert;
    perform private.audit(alert.organization_id, 'alert.snoozed', 'alert', alert_id::text,
        jsonb_build_object('until', until));
    return alert;
end
$$;

create function public.snooze_alert(alert_id uuid, until timestamptz) returns public.alerts
language sql set search_path = ''
as $$ select private.snooze_alert(alert_id, until) $$;
comment on function public.snooze_alert is 'Has nobody told of an alert before a time; null ends that.';

grant execute on function
    private.acknowledge_alert(uuid), public.acknowledge_alert(uuid),
    private.resolve_alert(uuid), public.resolve_alert(uuid),
    private.snooze_alert(uuid, timestamptz), public.snooze_alert(uuid, timestamptz)
to authenticated, service_role;

-- By the clock: what has been over for more than a year is forgotten. Answers how many.
create function private.forget_old_alerts(most integer default 5000) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    forgotten integer;
begin
    delete from public.alerts a
    where a.id in (select o.id from public.alerts o where o.status = 'resolved' and o.resolved_at < now() - interval '400 days'
                   order by o.resolved_at limit most);
    get diagnostics forgotten = row_count;
    return forgotten;
end
$$;
grant execute on function private.forget_old_alerts(integer) to wasl_worker;
