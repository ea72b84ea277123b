-- Who is told what: an outbox of each channel, filled in the transaction in which an alert is looked at.

create table public.alert_notifications (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null,
    alert_id uuid not null references public.alerts (id) on delete cascade,
    channel_id uuid not null,
    transition text not null check (
        transition ~ '^(opened|acknowledged|resolved|worsened\.(warning|critical)|reminded\.[0-9]+|escalated\.[0-9a-f-]{36})$'),
    severity public.alert_severity not null,
    status text not null default 'pending' check (status in ('pending', 'sent', 'failed', 'dropped')),
    message_id uuid,
    attempts integer not null default 0,
    next_attempt_at timestamptz not null default clock_timestamp(),
    last_error jsonb,
    created_at timestamptz not null default clock_timestamp(),
    sent_at timestamptz,
    unique (organization_id, id),
    unique (alert_id, channel_id, transition),
    foreign key (organization_id, channel_id)
        references public.alert_channels (organization_id, id) on delete cascade
);
comment on table public.alert_notifications is 'What each channel is told of each alert: once for each transition. Those of in_app channels are the hub''s own inbox.';
comment on column public.alert_notifications.transition is
'opened, acknowledged, resolved, worsened.<severity>, reminded.<count> or escalated.<escalation>.';
comment on column public.alert_notifications.severity is 'The alert''s at that time.';
comment on column public.alert_notifications.status is 'failed: given up after the last attempt, or refused for good; dropped: the channel is switched off.';
comment on column public.alert_notifications.message_id is 'The message that it is told in, with others where there were many; the same at each attempt.';
comment on column public.alert_notifications.sent_at is 'When the channel took it.';
create index alert_notifications_by_channel on public.alert_notifications (organization_id, channel_id, created_at desc);
create index alert_notifications_pending on public.alert_notifications (channel_id, created_at, id) where status = 'pending';
create index alert_notifications_sent on public.alert_notifications (channel_id, sent_at) where sent_at is not null;

create table public.alert_reads (
    user_id uuid not null references auth.users (id) on delete cascade,
    notification_id uuid not null,
    organization_id uuid not null,
    read_at timestamptz not null default now(),
    primary key (user_id, notification_id),
    foreign key (organization_id, notification_id)
        references public.alert_notifications (organization_id, id) on delete cascade
);
comment on table public.alert_reads is 'What each member has read of the inbox; each sees their own.';
comment on column public.alert_reads.user_id is 'In auth.users.';
comment on column public.alert_reads.notification_id is 'One of an in_app channel.';
comment on column public.alert_reads.read_at is 'When it was marked as read.';
create index alert_reads_by_notification on public.alert_reads (organization_id, notification_id);

alter table public.alert_notifications enable row level security;
alter table public.alert_reads enable row level security;
create policy "members read notifications" on public.alert_notifications for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'alerts:read'))));
create policy "members read their own marks" on public.alert_reads for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'alerts:read')))
       and user_id = (select auth.uid()));
grant select on public.alert_notifications, public.alert_reads to authenticated, service_role;
grant select, update (status, message_id, attempts, next_attempt_at, last_error, sent_at)
on public.alert_notifications to wasl_worker;

create function private.read_alert_notifications(notification_ids uuid[]) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    reader constant uuid := (select u.id from auth.users u where u.id = auth.uid());
    marked integer;
begin
    if reader is null then
        perform private.refuse(403, 'forbidden', 'Only a signed-in user reads the inbox.');
    end if;
    if notification_ids is null or cardinality(notification_ids) not between 1 and 1000 then
        perform private.refuse(400, 'invalid_notification_ids', 'Send 1 to 1000 ids.', 'notification_ids');
    end if;
    if (select count(*) from public.alert_notifications n
        join public.alert_channels c on c.id = n.channel_id and c.kind = 'in_app'
        where n.id = any (notification_ids)
          and n.organization_id = any (array(select private.my_organizations('viewer', 'alerts:read'))))
       <> cardinality(array(select distinct unnest(notification_ids))) then
        perform private.refuse(404, 'notification_not_found',
            'Some of these are not in your inbox; none was marked.', 'notification_ids');
    end if;
    insert into public.alert_reads (user_id, notification_id, organization_id)
    select reader, n.id, n.organization_id from public.alert_notifications n where n.id = any (notification_ids)
    on conflict do nothing;
    get diagnostics marked = row_count;
    return marked;
end
$$;

create function public.read_alert_notifications(notification_ids uuid[]) returns integer
language sql set search_path = ''
as $$ select private.read_alert_notifications(notification_ids) $$;
comment on function public.read_alert_notifications is 'Marks what the caller has read of the inbox; answers with how many were new.';
grant execute on function
    private.read_alert_notifications(uuid[]), public.read_alert_notifications(uuid[])
to authenticated, service_role;

-- Alerts that another one of the same connection explains.
create function private.cause_of_alert(alert public.alerts) returns uuid
language sql stable security definer set search_path = ''
as $$
    select c.id
    from public.alerts c
    where c.organization_id = alert.organization_id and c.connection_id = alert.connection_id and c.status <> 'resolved'
      and c.id <> alert.id and c.kind in ('connection.down', 'connection.needs_attention', 'connection.reauthorize')
      and alert.kind in ('rule.error_rate', 'rule.latency', 'rule.consecutive_failures', 'rule.rate_budget', 'connection.degraded')
    order by c.severity desc, c.first_seen_at limit 1
$$;

-- Whether a channel wants an alert. A channel's own failure is told to the others.
create function private.channel_wants(channel public.alert_channels, alert public.alerts) returns boolean
language sql immutable set search_path = ''
as $$
    select alert.severity >= channel.minimum_severity
        and (channel.connection_id is null or channel.connection_id = alert.connection_id)
        and alert.group_key <> 'alert_channel:' || channel.id
        and exists (
            select from unnest(channel.kinds) k
            where k in ('*', alert.kind, alert.rule_id::text)
               or k like '%.*' and split_part(k, '.', 1) = split_part(alert.kind, '.', 1))
$$;

-- What each channel is to be told of an alert now. Who was told that it began is told whatever comes after.
create function private.alert_transitions(alert public.alerts, is_woken boolean)
returns table (channel_id uuid, transition text, is_in_app boolean)
language sql stable security definer set search_path = ''
as $$
    select c.id, t.transition, c.kind = 'in_app'
    from public.alert_channels c
    cross join lateral (
        select count(*) as count, max(n.severity) as severity, max(n.created_at) as last_at,
            count(*) filter (where n.transition like 'reminded.%') as reminders
        from public.alert_notifications n where n.alert_id = alert.id and n.channel_id = c.id) told
    left join lateral (
        select e.id from public.alert_escalations e
        where e.channel_id = c.id and alert.severity >= e.minimum_severity and alert.status = 'open'
          and alert.told_at <= clock_timestamp() - make_interval(mins => e.after_minutes)
          and not exists (select from public.alert_notifications n
                          where n.alert_id = alert.id and n.channel_id = c.id and n.transition = 'escalated.' || e.id)
        order by e.after_minutes limit 1) due on true
    cross join lateral (
        select case
            when alert.status = 'resolved' then case when told.count > 0 then 'resolved' end
            when alert.muted_by is not null then null
            when due.id is not null then 'escalated.' || due.id
            when told.count = 0 then case
                when private.channel_wants(c, alert) and not c.only_escalations and alert.status = 'open'
                     and c.created_at <= alert.last_seen_at then 'opened' end
            when alert.severity > told.severity then 'worsened.' || alert.severity
            when alert.status = 'acknowledged' then 'acknowledged'
            when c.kind <> 'in_app' and (is_woken
                 or told.last_at <= clock_timestamp() - make_interval(mins => c.repeat_minutes))
                then 'reminded.' || told.reminders + 1
        end as transition) t
    where c.organization_id = alert.organization_id and c.enabled and c.ready and t.transition is not null
$$;

-- When something may be due next if nothing happens before. What is muted is looked at again soon.
create function private.next_look_at_alert(alert public.alerts) returns timestamptz
language sql stable security definer set search_path = ''
as $$
    select case
        when alert.status = 'resolved' then null
        when alert.muted_by is not null then least(alert.snoozed_until, clock_timestamp() + interval '30 seconds')
        when alert.status = 'open' then (
            select min(d.due_at) from (
                select alert.told_at + make_interval(mins => e.after_minutes) as due_at
                from public.alert_escalations e
                where e.organization_id = alert.organization_id and alert.severity >= e.minimum_severity
                  and not exists (select from public.alert_notifications n where n.alert_id = alert.id
                                  and n.channel_id = e.channel_id and n.transition = 'escalated.' || e.id)
                  and exists (select from public.alert_channels c where c.id = e.channel_id and c.enabled and c.ready)
                union all
                select max(n.created_at) + make_interval(mins => c.repeat_minutes)
                from public.alert_channels c join public.alert_notifications n on n.channel_id = c.id
                where c.organization_id = alert.organization_id and n.alert_id = alert.id
                  and c.repeat_minutes is not null and c.enabled and c.ready
                group by c.id) d)
    end
$$;

create function private.tell_of_alert(alert public.alerts) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    is_woken constant boolean := coalesce(alert.snoozed_until <= clock_timestamp(), false) and alert.status <> 'resolved';
    told integer;
begin
    if is_woken then
        alert.snoozed_until := null;
    end if;
    alert.cause_id := case when alert.status <> 'resolved' then private.cause_of_alert(alert) else alert.cause_id end;
    alert.muted_by := case
        when alert.status = 'resolved' then null
        when alert.snoozed_until is not null then 'snooze'
        when private.in_maintenance(alert.organization_id, alert.connection_id, clock_timestamp()) then 'maintenance'
        when alert.cause_id is not null then 'cause'
    end;
    if alert.muted_by is null and alert.status <> 'resolved' then
        alert.told_at := coalesce(alert.told_at, clock_timestamp());
    end if;
    insert into public.alert_notifications (organization_id, alert_id, channel_id, transition, severity, status, sent_at)
    select alert.organization_id, alert.id, t.channel_id, t.transition, alert.severity,
        case when t.is_in_app then 'sent' else 'pending' end, case when t.is_in_app then clock_timestamp() end
    from private.alert_transitions(alert, is_woken) t
    on conflict do nothing;
    get diagnostics told = row_count;
    insert into public.alert_events (organization_id, alert_id, type, actor, detail)
    select alert.organization_id, alert.id, 'escalated', 'worker',
        jsonb_build_object('channel_id', n.channel_id, 'escalation_id', substr(n.transition, 11))
    from public.alert_notifications n
    where n.alert_id = alert.id and n.transition like 'escalated.%'
      and not exists (select from public.alert_events e where e.alert_id = alert.id and e.type = 'escalated'
                      and e.detail ->> 'escalation_id' = substr(n.transition, 11));
    update public.alerts a
    set snoozed_until = alert.snoozed_until, cause_id = alert.cause_id, muted_by = alert.muted_by, told_at = alert.told_at,
        next_look_at = private.next_look_at_alert(alert)
    where a.id = alert.id;
    return told;
end
$$;

-- Sees to it that what waits is sent: one job for each channel, so that it is told in order. Also by the clock, whatever
-- became of earlier jobs.
create function private.plan_alert_sending() returns integer
language sql security definer set search_path = ''
as $$
    select count(*) filter (where private.plan_job(private.derived_id(w.channel_id, 'alert.send'), 'alert.send',
        w.organization_id, jsonb_build_object('channel_id', w.channel_id), 1))::integer
    from (
        select distinct n.channel_id, n.organization_id from public.alert_notifications n
        where n.status = 'pending' and n.next_attempt_at <= clock_timestamp()) w
$$;

-- By the clock: looks at the alerts that are due. Answers how many notifications are new.
create function private.tell_of_alerts(most integer default 500) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    alert public.alerts;
    told integer := 0;
begin
    for alert in
        select a.* from public.alerts a
        where a.next_look_at <= clock_timestamp()
        order by a.next_look_at limit most
        for no key update skip locked
    loop
        told := told + private.tell_of_alert(alert);
    end loop;
    perform private.plan_alert_sending();
    return told;
end
$$;
grant execute on function private.tell_of_alerts(integer) to wasl_worker;

-- A channel has taken messages, or has been given up on: who looks elsewhere learns of it.
create function private.note_channel(channel_id uuid, error jsonb, is_given_up boolean) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    channel public.alert_channels;
begin
    update public.alert_channels c
    set failing_since = case when error is not null then coalesce(c.failing_since, clock_timestamp()) end,
        last_error = error, last_sent_at = case when error is null then clock_timestamp() else c.last_sent_at end
    where c.id = channel_id
    returning c.* into channel;
    if channel.id is null then
        return;
    elsif error is null then
        perform private.end_alert(channel.organization_id, 'alert_channel:' || channel.id);
    elsif is_given_up then
        perform private.raise_alert(channel.organization_id, null, 'alert_channel.failing', 'alert_channel:' || channel.id,
            'warning', format('Alerts do not get through to %s', channel.name),
            jsonb_build_object('channel_id', channel.id, 'error', error));
    end if;
end
$$;
grant execute on function private.note_channel(uuid, jsonb, boolean) to wasl_worker;
