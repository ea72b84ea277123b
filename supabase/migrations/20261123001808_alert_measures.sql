-- What rules measure, one statement for each metric. No reading, no alarm: what cannot be measured is not a trouble.

-- Calls by the minute and by how long they took, made from the log again and again: the last minutes anew each time, since
-- a call is logged when it is over. Bucket b holds calls of up to 1.1^b ms, so that a percentile is right to a tenth.
create table private.call_minutes (
    connection_id uuid not null,
    minute timestamptz not null,
    bucket smallint not null,
    calls bigint not null,
    failures bigint not null,
    primary key (connection_id, minute, bucket)
);
comment on table private.call_minutes is 'Calls of the last hours, counted for alert rules.';
create index call_minutes_by_minute on private.call_minutes (minute);
alter table private.call_minutes enable row level security;

-- A call fails when the provider is at fault or lets nobody in, not when it refuses what it was asked (a declined card).
-- What our own limit held back says nothing of the provider. A view, since functions that pin their search path are not
-- inlined, and this is asked of every call.
create view private.counted_calls with (security_invoker = true) as
select l.occurred_at, l.id, l.connection_id,
    case when l.outcome = 'not_sent' then -1
        else least(200, ceil(ln(greatest(l.duration_ms, 1)) / ln(1.1))) end::smallint as bucket,
    l.outcome in ('retryable', 'unknown', 'not_sent')
        or l.outcome = 'refused' and (l.status in (401, 403) or l.status >= 500) as failed
from public.integration_logs l
where l.outcome <> 'not_sent' or l.error_code is not distinct from 'breaker_open';
comment on view private.counted_calls is 'Calls that rules count, and whether they failed; -1 is the bucket of what was not sent.';

create function private.count_call_minutes() returns void
language plpgsql security definer set search_path = ''
as $$
declare
    -- A leader that was away for long begins two hours ago.
    since constant timestamptz := date_trunc('minute', greatest(
        coalesce((select max(m.minute) from private.call_minutes m), '-infinity') - interval '2 minutes',
        now() - interval '125 minutes'));
begin
    insert into private.call_minutes as m (connection_id, minute, bucket, calls, failures)
    select c.connection_id, date_trunc('minute', c.occurred_at), c.bucket, count(*), count(*) filter (where c.failed)
    from private.counted_calls c
    where c.occurred_at >= since
    group by 1, 2, 3
    on conflict on constraint call_minutes_pkey do update set calls = excluded.calls, failures = excluded.failures
    where (m.calls, m.failures) is distinct from (excluded.calls, excluded.failures);
    delete from private.call_minutes m where m.minute < now() - interval '130 minutes';
end
$$;

create type private.alert_reading as (
    rule_id uuid, organization_id uuid, connection_id uuid, target_id uuid, subject text, value numeric, calls bigint);

-- The rules of a metric, each with every connection that it looks at.
create function private.rule_connections(metric text)
returns table (rule public.alert_rules, connection public.integration_connections)
language sql stable security definer set search_path = ''
as $$
    select r, c
    from public.alert_rules r
    join public.integration_connections c on c.organization_id = r.organization_id
        and c.status in ('active', 'needs_attention')
        and (r.connection_id is null or c.id = r.connection_id)
        and (r.provider_key is null or c.provider_key = r.provider_key)
        and (r.environment is null or c.environment = r.environment)
    where r.metric = rule_connections.metric and r.enabled
$$;

create function private.measure_error_rate() returns setof private.alert_reading
language sql stable security definer set search_path = ''
as $$
    select (t.rule).id, (t.rule).organization_id, (t.connection).id, (t.connection).id, (t.connection).name,
        round(100 * m.failures / m.calls, 1), m.calls::bigint
    from private.rule_connections('error_rate') t
    cross join lateral (
        select sum(m.calls) as calls, sum(m.failures) as failures from private.call_minutes m
        where m.connection_id = (t.connection).id
          and m.minute > now() - make_interval(mins => (t.rule).window_minutes)) m
    where m.calls > 0
$$;

create function private.measure_latency() returns setof private.alert_reading
language sql stable security definer set search_path = ''
as $$
    select (t.rule).id, (t.rule).organization_id, (t.connection).id, (t.connection).id, (t.connection).name,
        round(power(1.1, p.bucket)::numeric), p.calls::bigint
    from private.rule_connections('latency') t
    cross join lateral (
        select b.bucket, b.calls
        from (
            select m.bucket, sum(sum(m.calls)) over (order by m.bucket) as so_far, sum(sum(m.calls)) over () as calls
            from private.call_minutes m
            where m.connection_id = (t.connection).id and m.bucket >= 0
              and m.minute > now() - make_interval(mins => (t.rule).window_minutes)
            group by m.bucket) b
        where b.so_far >= b.calls * (t.rule).percentile / 100.0
        order by b.bucket limit 1) p
$$;

create function private.measure_consecutive_failures() returns setof private.alert_reading
language sql stable security definer set search_path = ''
as $$
    select (t.rule).id, (t.rule).organization_id, (t.connection).id, (t.connection).id, (t.connection).name,
        f.failures, f.failures
    from private.rule_connections('consecutive_failures') t
    cross join lateral (
        select count(*) as failures
        from (
            select bool_or(not c.failed) over (order by c.occurred_at desc, c.id desc) as is_broken
            from (
                select c.occurred_at, c.id, c.failed from private.counted_calls c
                where c.connection_id = (t.connection).id
                  and c.occurred_at > now() - make_interval(mins => (t.rule).window_minutes)
                order by c.occurred_at desc limit 100) c) c
        where not c.is_broken) f
    where exists (
        select from private.call_minutes m
        where m.connection_id = (t.connection).id and m.failures > 0
          and m.minute > now() - make_interval(mins => (t.rule).window_minutes + 1))
$$;

-- Webhooks that are not processed, and deliveries that should have been sent. What waits for its receiver is not behind:
-- for a pause to end, for a retry, or in order for one before it.
create function private.measure_webhook_backlog() returns setof private.alert_reading
language sql stable security definer set search_path = ''
as $$
    select r.id, r.organization_id, null::uuid, r.organization_id, 'The organization', w.waiting, w.waiting::bigint
    from public.alert_rules r
    join (
        select b.organization_id, sum(b.waiting) as waiting
        from (
            select j.organization_id, count(*) as waiting from private.jobs j
            where j.kind = 'webhook.process' and j.created_at < now() - interval '1 minute'
            group by 1
            union all
            select s.organization_id, q.waiting
            from (
                select subscription_id, count(*) as waiting from private.webhook_queue
                where next_attempt_at < now() - interval '1 minute' group by 1) q
            join public.webhook_subscriptions s on s.id = q.subscription_id
            where private.next_send(s) < now() - interval '1 minute') b
        group by 1) w on w.organization_id = r.organization_id
    where r.metric = 'webhook_backlog' and r.enabled
$$;

create function private.measure_dead_letters() returns setof private.alert_reading
language sql stable security definer set search_path = ''
as $$
    select r.id, r.organization_id, null::uuid, r.organization_id, 'The organization', d.jobs::numeric, d.jobs
    from public.alert_rules r
    cross join lateral (
        select count(*) as jobs from private.dead_jobs d
        where d.organization_id = r.organization_id and d.died_at > now() - make_interval(mins => r.window_minutes)) d
    where r.metric = 'dead_letters' and r.enabled and d.jobs > 0
$$;

-- Access of connections, and API keys of the organization. What connection.reauthorize tells already is not told twice.
create function private.measure_credential_expiry() returns setof private.alert_reading
language sql stable security definer set search_path = ''
as $$
    select (t.rule).id, (t.rule).organization_id, (t.connection).id, (t.connection).id, (t.connection).name,
        round(extract(epoch from private.access_ends_at(g) - now())::numeric / 86400, 1), 1::bigint
    from private.rule_connections('credential_expiry') t
    join public.connection_grants g on g.connection_id = (t.connection).id and g.revoked_at is null
    where private.access_ends_at(g) is not null
      and not exists (
          select from public.alerts a where a.organization_id = (t.rule).organization_id and a.status <> 'resolved'
            and a.group_key = private.access_alert((t.connection).id))
    union all
    select r.id, r.organization_id, null::uuid, k.id, 'API key ' || k.name,
        round(extract(epoch from k.expires_at - now())::numeric / 86400, 1), 1
    from public.alert_rules r
    join public.api_keys k on k.organization_id = r.organization_id and k.revoked_at is null and k.expires_at > now()
    where r.metric = 'credential_expiry' and r.enabled
      and coalesce(r.connection_id::text, r.provider_key, r.environment::text) is null
$$;

create function private.measure_rate_budget() returns setof private.alert_reading
language sql stable security definer set search_path = ''
as $$
    select (t.rule).id, (t.rule).organization_id, (t.connection).id, (t.connection).id, (t.connection).name,
        case when l.blocked_until > now() then 0 else round(100 * greatest(0, least(l.capacity, l.tokens
            + l.refill_per_second * extract(epoch from clock_timestamp() - l.refilled_at)::numeric)) / l.capacity, 1) end,
        1::bigint
    from private.rule_connections('rate_budget') t
    join public.rate_limits l on l.connection_id = (t.connection).id
$$;

-- What counts as stalled is decided by shipment.stalled, by each carrier's own patience.
create function private.measure_stalled_shipments() returns setof private.alert_reading
language sql stable security definer set search_path = ''
as $$
    select (t.rule).id, (t.rule).organization_id, (t.connection).id, (t.connection).id, (t.connection).name,
        s.shipments::numeric, s.shipments
    from private.rule_connections('stalled_shipments') t
    cross join lateral (
        select count(*) as shipments from public.alerts a
        where a.organization_id = (t.rule).organization_id and a.connection_id = (t.connection).id
          and a.kind = 'shipment.stalled' and a.status <> 'resolved') s
    where s.shipments > 0
$$;

create function private.measure_reconciliation_differences() returns setof private.alert_reading
language sql stable security definer set search_path = ''
as $$
    select (t.rule).id, (t.rule).organization_id, (t.connection).id, (t.connection).id, (t.connection).name,
        d.differences::numeric, d.differences
    from private.rule_connections('reconciliation_differences') t
    cross join lateral (
        select count(*) as differences from public.payment_differences d
        where d.organization_id = (t.rule).organization_id and d.connection_id = (t.connection).id
          and d.status = 'open') d
    where d.differences > 0
$$;
