-- From readings to alerts: a trouble has to last, and ends when it has been over for as long.

create table private.alert_rule_states (
    rule_id uuid not null references public.alert_rules (id) on delete cascade,
    target_id uuid not null,
    group_key text not null,
    breached_since timestamptz not null,
    calm_since timestamptz,
    primary key (rule_id, target_id)
);
comment on table private.alert_rule_states is 'What a rule finds wrong at present: since when, and since when no more.';
alter table private.alert_rule_states enable row level security;

create function private.alert_readings() returns setof private.alert_reading
language sql stable security definer set search_path = ''
as $$
    select * from private.measure_error_rate()
    union all select * from private.measure_latency()
    union all select * from private.measure_consecutive_failures()
    union all select * from private.measure_webhook_backlog()
    union all select * from private.measure_dead_letters()
    union all select * from private.measure_credential_expiry()
    union all select * from private.measure_rate_budget()
    union all select * from private.measure_stalled_shipments()
    union all select * from private.measure_reconciliation_differences()
$$;

create function private.rule_title(rule public.alert_rules, subject text, value numeric) returns text
language sql immutable set search_path = ''
as $$
    select case rule.metric
        when 'error_rate' then format('%s: %s %% of the calls fail', subject, value)
        when 'latency' then format('%s: %s %% of the calls take up to %s ms, the others longer', subject, rule.percentile, value)
        when 'consecutive_failures' then format('%s: the last %s calls have failed', subject, value)
        when 'webhook_backlog' then format('%s webhooks have waited for more than a minute', value)
        when 'dead_letters' then format('%s jobs were given up within %s minutes', value, rule.window_minutes)
        when 'credential_expiry' then format('%s: access ends in %s days', subject, value)
        when 'rate_budget' then format('%s: %s %% of the rate limit is left', subject, value)
        when 'stalled_shipments' then format('%s: %s parcels are silent on their way', subject, value)
        when 'reconciliation_differences' then format('%s: %s payments differ from the gateway''s', subject, value)
    end
$$;

-- By the clock, as one transaction: whoever dies in it has changed nothing. Answers how many alerts are new.
create function private.evaluate_alert_rules() returns integer
language plpgsql security definer set search_path = ''
set enable_seqscan = on set enable_bitmapscan = on set enable_hashjoin = on set enable_mergejoin = on
as $$
declare
    raised integer;
begin
    -- A leader that has just been replaced may still be at it.
    if not pg_try_advisory_xact_lock(hashtextextended('wasl.alert_rules', 0)) then
        return 0;
    end if;
    perform private.count_call_minutes();
    with judged as materialized (
        select g.*, r as rule, format('rule:%s:%s', r.id, g.target_id) as group_key,
            case when m.lower_is_worse then g.value <= r.threshold else g.value >= r.threshold end
                and g.calls >= coalesce(r.minimum_calls, 0) as is_breached,
            case when m.lower_is_worse then g.value < r.recover_at else g.value > r.recover_at end
                and g.calls >= coalesce(r.minimum_calls, 0) as is_near
        from private.alert_readings() g
        join public.alert_rules r on r.id = g.rule_id
        join private.alert_metrics m on m.metric = r.metric
    ),
    breached as (
        insert into private.alert_rule_states as s (rule_id, target_id, group_key, breached_since)
        select j.rule_id, j.target_id, j.group_key, now() from judged j where j.is_breached
        order by j.rule_id, j.target_id
        on conflict on constraint alert_rule_states_pkey do update set calm_since = null
        returning s.*
    ),
    -- Between threshold and end nothing changes, but what has not been told yet begins anew.
    calm as (
        update private.alert_rule_states s
        set calm_since = case
            when exists (select from judged j where j.rule_id = s.rule_id and j.target_id = s.target_id and j.is_near)
                and exists (
                    select from public.alerts a join public.alert_rules r on r.organization_id = a.organization_id
                    where r.id = s.rule_id and a.group_key = s.group_key and a.status <> 'resolved') then null
            else coalesce(s.calm_since, now()) end
        where not exists (
            select from judged j where j.rule_id = s.rule_id and j.target_id = s.target_id and j.is_breached)
    ),
    told as (
        insert into public.alerts as a
            (organization_id, connection_id, rule_id, kind, group_key, severity, title, detail)
        select j.organization_id, j.connection_id, j.rule_id, 'rule.' || (j.rule).metric, j.group_key, (j.rule).severity,
            private.rule_title(j.rule, j.subject, j.value),
            jsonb_strip_nulls(jsonb_build_object('rule_id', j.rule_id, 'rule', (j.rule).name, 'metric', (j.rule).metric,
                'subject', j.subject, 'value', j.value, 'threshold', (j.rule).threshold,
                'window_minutes', (j.rule).window_minutes, 'percentile', (j.rule).percentile, 'calls', j.calls))
        from judged j
        join breached b on b.rule_id = j.rule_id and b.target_id = j.target_id
        where j.is_breached and b.breached_since <= now() - make_interval(secs => (j.rule).for_seconds)
        order by j.organization_id, j.group_key
        on conflict (organization_id, group_key) where status <> 'resolved' do update
        set last_seen_at = now(), severity = excluded.severity, title = excluded.title, detail = excluded.detail
        returning a.xmax = 0 as is_new
    )
    select count(*) filter (where is_new) into raised from told;
    with over as (
        delete from private.alert_rule_states s
        using public.alert_rules r
        where r.id = s.rule_id and s.calm_since is not null
          and (s.calm_since <= now() - make_interval(secs => r.for_seconds)
               or not exists (select from public.alerts a where a.organization_id = r.organization_id
                              and a.group_key = s.group_key and a.status <> 'resolved'))
        returning r.organization_id, s.group_key
    )
    update public.alerts a set status = 'resolved', resolved_at = now()
    from over o
    where a.organization_id = o.organization_id and a.group_key = o.group_key and a.status <> 'resolved';
    return raised;
end
$$;
grant execute on function private.evaluate_alert_rules() to wasl_worker;

-- What a rule has seen ends with the rule.
create function private.end_alerts_of_rule() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    update public.alerts a set status = 'resolved', resolved_at = now()
    where a.rule_id = old.id and a.status <> 'resolved';
    return old;
end
$$;
create trigger alert_rules_end_alerts before delete on public.alert_rules
for each row execute function private.end_alerts_of_rule();
