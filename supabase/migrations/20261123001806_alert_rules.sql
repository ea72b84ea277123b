-- Rules: what is measured, from where on it is a trouble, and for how long. Each organization begins with one of each metric.

create table private.alert_metrics (
    metric text primary key,
    unit text not null,
    lower_is_worse boolean not null default false,
    lowest numeric not null,
    highest numeric not null,
    threshold numeric not null,
    recover_at numeric not null,
    shortest_window integer,
    longest_window integer,
    window_minutes integer,
    minimum_calls integer,
    for_seconds integer not null,
    severity public.alert_severity not null,
    by_connection boolean not null default true,
    name text not null
);
comment on table private.alert_metrics is 'What rules can measure: bounds of their parameters, and the defaults.';
alter table private.alert_metrics enable row level security;
insert into private.alert_metrics (metric, unit, lower_is_worse, lowest, highest, threshold, recover_at, shortest_window,
    longest_window, window_minutes, minimum_calls, for_seconds, severity, by_connection, name) values
    ('error_rate', 'percent', false, 0.1, 100, 20, 10, 1, 120, 10, 20, 120, 'warning', true, 'Calls that fail'),
    ('latency', 'ms', false, 1, 120000, 5000, 4000, 1, 120, 10, 20, 300, 'warning', true, 'Slow calls'),
    ('consecutive_failures', 'calls', false, 2, 100, 10, 1, 1, 120, 60, null, 60, 'critical', true, 'Calls that fail one after the other'),
    ('webhook_backlog', 'webhooks', false, 1, 1000000, 100, 20, null, null, null, null, 300, 'warning', false, 'Webhooks that wait'),
    ('dead_letters', 'jobs', false, 1, 1000000, 5, 2, 1, 10080, 60, null, 60, 'warning', false, 'Work that was given up'),
    ('credential_expiry', 'days', true, 0, 365, 14, 15, null, null, null, null, 300, 'warning', true, 'Access that ends'),
    ('rate_budget', 'percent', true, 0, 100, 5, 20, null, null, null, null, 300, 'info', true, 'Rate limits that are used up'),
    ('stalled_shipments', 'shipments', false, 1, 1000000, 10, 5, null, null, null, null, 60, 'warning', true, 'Parcels that are silent'),
    ('reconciliation_differences', 'differences', false, 1, 1000000, 20, 10, null, null, null, null, 60, 'warning', true,
        'Payments that differ from the gateway''s');

create table public.alert_rules (
    id uuid primary key default gen_random_uuid(),
    organization_id uuid not null references public.organizations (id) on delete cascade,
    name text not null check (char_length(btrim(name)) between 1 and 100),
    metric text not null,
    threshold numeric not null,
    recover_at numeric not null,
    window_minutes integer,
    minimum_calls integer,
    percentile integer,
    for_seconds integer not null,
    severity public.alert_severity not null,
    connection_id uuid,
    provider_key text references public.integration_providers (key) on delete cascade,
    environment public.environment,
    enabled boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (organization_id, name),
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade
);
comment on table public.alert_rules is 'What is measured and from where on it is a trouble. What is left out when one is made is the metric''s default.';
comment on column public.alert_rules.metric is
'error_rate, latency, consecutive_failures, webhook_backlog, dead_letters, credential_expiry, rate_budget, stalled_shipments or reconciliation_differences; see docs/alerts.md.';
comment on column public.alert_rules.threshold is 'It is a trouble from here on, in the metric''s unit: upward, or downward for credential_expiry and rate_budget.';
comment on column public.alert_rules.recover_at is 'It is over from here on; between the two nothing changes.';
comment on column public.alert_rules.window_minutes is 'Of how much time calls or given-up jobs are counted; null for metrics that look at the present.';
comment on column public.alert_rules.minimum_calls is 'With fewer calls in the window nothing is said.';
comment on column public.alert_rules.percentile is 'Of latency: 50 to 99.';
comment on column public.alert_rules.for_seconds is 'How long it has to last before an alert is raised, and to be over before it ends.';
comment on column public.alert_rules.environment is 'Only connections there; null for both.';
comment on column public.alert_rules.connection_id is 'Only this connection; null for all.';
create index alert_rules_by_connection on public.alert_rules (organization_id, connection_id);
create index alert_rules_by_metric on public.alert_rules (metric) where enabled;
create index alert_rules_by_provider on public.alert_rules (provider_key);
alter table public.alerts add foreign key (rule_id) references public.alert_rules (id) on delete set null;

create function private.check_alert_rule() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
    metric private.alert_metrics;
begin
    select * into metric from private.alert_metrics m where m.metric = new.metric;
    if metric.metric is null then
        perform private.refuse(400, 'invalid_metric', format('There is no such metric; there are: %s.',
            (select string_agg(m.metric, ', ' order by m.metric) from private.alert_metrics m)), 'metric');
    end if;
    new.threshold := coalesce(new.threshold, metric.threshold);
    if new.threshold not between metric.lowest and metric.highest then
        perform private.refuse(400, 'invalid_threshold',
            format('The threshold lies between %s and %s %s.', metric.lowest, metric.highest, metric.unit), 'threshold');
    end if;
    -- With a threshold of one's own and nothing said about its end: as far from it as the defaults are, in proportion.
    new.recover_at := coalesce(new.recover_at,
        round(new.threshold * metric.recover_at / greatest(metric.threshold, 0.001), 3));
    if metric.lower_is_worse and new.recover_at < new.threshold
       or not metric.lower_is_worse and new.recover_at > new.threshold then
        perform private.refuse(400, 'invalid_recover_at', format('It is over %s the threshold, or at it.',
            case when metric.lower_is_worse then 'above' else 'below' end), 'recover_at');
    end if;
    new.window_minutes := coalesce(new.window_minutes, metric.window_minutes);
    if metric.window_minutes is null and new.window_minutes is not null
       or new.window_minutes not between metric.shortest_window and metric.longest_window then
        perform private.refuse(400, 'invalid_window_minutes', coalesce(
            format('The window has %s to %s minutes.', metric.shortest_window, metric.longest_window),
            format('%s looks at the present: it has no window.', metric.metric)), 'window_minutes');
    end if;
    new.minimum_calls := coalesce(new.minimum_calls, metric.minimum_calls);
    if metric.minimum_calls is null and new.minimum_calls is not null or new.minimum_calls not between 1 and 100000 then
        perform private.refuse(400, 'invalid_minimum_calls',
            'Only error_rate and latency have a minimum of calls, from 1 to 100000.', 'minimum_calls');
    end if;
    new.percentile := coalesce(new.percentile, case when new.metric = 'latency' then 95 end);
    if new.metric <> 'latency' and new.percentile is not null or new.percentile not between 50 and 99 then
        perform private.refuse(400, 'invalid_percentile', 'Only latency has a percentile, from 50 to 99.', 'percentile');
    end if;
    new.for_seconds := coalesce(new.for_seconds, metric.for_seconds);
    if new.for_seconds not between 0 and 86400 then
        perform private.refuse(400, 'invalid_for_seconds', 'A trouble lasts 0 to 86400 seconds before it is told.', 'for_seconds');
    end if;
    new.severity := coalesce(new.severity, metric.severity);
    if not metric.by_connection and coalesce(new.connection_id::text, new.provider_key, new.environment::text) is not null then
        perform private.refuse(400, 'invalid_connection_id',
            format('%s is measured of the whole organization.', new.metric), 'connection_id');
    end if;
    return new;
end
$$;
create trigger alert_rules_check before insert or update of metric, threshold, recover_at, window_minutes, minimum_calls,
    percentile, for_seconds, severity, connection_id, provider_key, environment on public.alert_rules
for each row execute function private.check_alert_rule();
create trigger alert_rules_touch before update on public.alert_rules
for each row execute function private.touch_updated_at();
create trigger alert_rules_audit after insert or update or delete on public.alert_rules
for each row when (current_user in ('authenticated', 'service_role'))
execute function private.audit_direct_change('alert_rule', 'id');

alter table public.alert_rules enable row level security;
create policy "members read rules" on public.alert_rules for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'alerts:read'))));
create policy "developers add rules" on public.alert_rules for insert to authenticated
with check (organization_id = any (array(select private.my_organizations('developer', 'alerts:write'))));
create policy "developers change rules" on public.alert_rules for update to authenticated
using (organization_id = any (array(select private.my_organizations('developer', 'alerts:write'))))
with check (organization_id = any (array(select private.my_organizations('developer', 'alerts:write'))));
create policy "developers remove rules" on public.alert_rules for delete to authenticated
using (organization_id = any (array(select private.my_organizations('developer', 'alerts:write'))));
grant select, delete,
    insert (organization_id, name, metric, threshold, recover_at, window_minutes, minimum_calls, percentile, for_seconds,
        severity, connection_id, provider_key, environment, enabled),
    update (name, threshold, recover_at, window_minutes, minimum_calls, percentile, for_seconds, severity, connection_id,
        provider_key, environment, enabled)
on public.alert_rules to authenticated, service_role;

-- What every organization begins with: a rule of each metric, and what happened shown within the hub.
create function private.add_default_alerting() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    insert into public.alert_rules (organization_id, name, metric)
    select new.id, m.name, m.metric from private.alert_metrics m order by m.metric;
    insert into public.alert_channels (organization_id, name, kind, minimum_severity)
    values (new.id, 'In the hub', 'in_app', 'info');
    return null;
end
$$;
create trigger organizations_alerting after insert on public.organizations
for each row execute function private.add_default_alerting();
