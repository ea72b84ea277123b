-- Health checks: which are due, and what each means for its connection. Its history and its incident follow by a trigger.

-- name: claim_due
-- The next check is set at once, with a little jitter: whoever dies during a check loses one check and no more.
with due as materialized (
    select c.id
    from public.integration_connections c
    where c.status in ('active', 'needs_attention') and c.next_health_check_at <= now()
    order by c.next_health_check_at
    limit %(limit)s
    for no key update skip locked
)
update public.integration_connections c
set next_health_check_at = now() + make_interval(secs => c.health_interval_seconds * (0.9 + 0.2 * random()))
where c.id = any (array(select id from due))
returning c.id, c.organization_id, c.provider_key, c.environment::text, c.status::text, c.settings,
    c.credentials_version

-- name: claim_synthetic
-- As with claim_due: whoever dies during a check loses that one.
with due as materialized (
    select s.id
    from public.synthetic_checks s
    join public.integration_connections c on c.id = s.connection_id
    where s.enabled and s.next_check_at <= now() and c.status in ('active', 'needs_attention')
    order by s.next_check_at
    limit %(limit)s
    for no key update of s skip locked
),
claimed as (
    update public.synthetic_checks s
    set next_check_at = now() + make_interval(secs => s.interval_seconds * (0.9 + 0.2 * random()))
    where s.id = any (array(select id from due))
    returning s.id, s.capability, s.connection_id
)
select s.id as check_id, s.capability, c.id, c.organization_id, c.provider_key, c.environment::text, c.status::text,
    c.settings, c.credentials_version
from claimed s
join public.integration_connections c on c.id = s.connection_id

-- name: record_synthetic
select private.record_synthetic_check(%(check_id)s, %(seen)s::public.health_state, %(latency_ms)s::real, %(error_code)s,
    %(detail)s, %(worse_after)s, %(better_after)s)

-- name: record_check
-- The state changes only after enough checks in a row that disagree with it, so that a connection does not flap: more of
-- them to get worse than to get better. Credentials that are refused are the provider's definite word and count at once.
with before as materialized (
    select c.id, c.organization_id, c.name, c.provider_key, c.health_state, c.status,
        case when c.health_state = %(seen)s::public.health_state then 0 else c.health_streak + 1 end as streak,
        case when %(seen)s::public.health_state > c.health_state then %(worse_after)s::integer
             else %(better_after)s::integer end as needed,
        %(error_code)s::text = 'authentication_failed' as refused
    from public.integration_connections c
    where c.id = %(connection_id)s
    for no key update
),
judged as materialized (
    select b.*,
        case when b.health_state = 'unknown' or b.streak >= b.needed then %(seen)s::public.health_state
             else b.health_state end as state,
        case when b.refused and b.status = 'active' then 'needs_attention'
             when %(error_code)s::text is null and b.status in ('pending', 'needs_attention') then 'active'
             else b.status end::public.connection_status as new_status
    from before b
),
moved as (
    update public.integration_connections c
    set health_state = j.state,
        health_streak = case when j.state = %(seen)s::public.health_state then 0 else j.streak end,
        health_changed_at = case when j.state <> j.health_state then now() else c.health_changed_at end,
        health_checked_at = now(),
        status = j.new_status,
        last_error = %(error)s
    from judged j
    where c.id = j.id
),
logged as (
    insert into public.integration_health (organization_id, connection_id, state, latency_ms, error_code, detail)
    select organization_id, id, %(seen)s::public.health_state, %(latency_ms)s, %(error_code)s, %(detail)s from judged
),
troubles as (
    select j.*, 'connection.' || j.state as kind, 'connection.health:' || j.id as group_key,
        case j.state when 'down' then 'critical' else 'warning' end::public.alert_severity as severity,
        format('%%s (%%s) is %%s', j.name, j.provider_key, j.state) as title
    from judged j where j.state <> j.health_state and j.state in ('degraded', 'down')
    union all
    select j.*, 'connection.needs_attention', 'connection.needs_attention:' || j.id, 'critical',
        format('%%s refuses the credentials of %%s', j.provider_key, j.name)
    from judged j where j.new_status <> j.status and j.new_status = 'needs_attention'
),
opened as (
    insert into public.alerts (organization_id, connection_id, kind, group_key, severity, title, detail)
    select organization_id, id, kind, group_key, severity, title,
        jsonb_build_object('connection_id', id, 'error', %(error)s::jsonb)
    from troubles
    on conflict (organization_id, group_key) where status <> 'resolved' do update
    set kind = excluded.kind, severity = excluded.severity, title = excluded.title, detail = excluded.detail,
        occurrences = alerts.occurrences + 1, last_seen_at = now()
),
resolved as (
    update public.alerts a
    set status = 'resolved', resolved_at = now()
    from judged j
    where a.organization_id = j.organization_id and a.status <> 'resolved'
      and (j.state = 'up' and j.health_state <> 'up' and a.group_key = 'connection.health:' || j.id
           or %(error_code)s::text is null and a.group_key = 'connection.needs_attention:' || j.id)
)
select health_state::text as was, state::text as state, new_status::text as status from judged
