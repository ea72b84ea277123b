-- Figures of traffic: increments are folded into hours, days and totals.

-- name: alone
-- Whoever folds or cuts days anew does so alone: an old leader may not know yet that there is a new one.
select pg_advisory_xact_lock(hashtextextended('wasl.analytics', 0))

-- name: fold
-- One statement: either the increments are gone and counted, or nothing has happened. What is erased meanwhile has no
-- figures. An organization's first figures settle by which zone its days are cut.
with taken as materialized (
    delete from private.analytics_increments i
    where i.id = any (array(select o.id from private.analytics_increments o order by o.id limit %(limit)s))
    returning i.*
),
zoned as (
    insert into private.analytics_zones (organization_id, time_zone)
    select o.id, o.time_zone from public.organizations o
    where o.id in (select organization_id from taken)
    on conflict do nothing
),
hourly as materialized (
    select i.organization_id, i.connection_id, i.environment, i.provider_key, i.source, i.operation, i.hour,
        sum(i.calls)::bigint as calls, sum(i.errors)::bigint as errors,
        sum(i.authentication_errors)::bigint as authentication_errors,
        sum(i.rate_limit_errors)::bigint as rate_limit_errors, sum(i.refusals)::bigint as refusals,
        sum(i.provider_errors)::bigint as provider_errors, sum(i.unanswered)::bigint as unanswered,
        sum(i.failures)::bigint as failures, sum(i.throttled)::bigint as throttled, sum(i.retried)::bigint as retried,
        sum(i.unknown)::bigint as unknown, sum(i.duration_ms_sum) as duration_ms_sum,
        max(i.duration_ms_max) as duration_ms_max, sum(i.latency) as latency, sum(i.bytes_sent)::bigint as bytes_sent,
        sum(i.bytes_received)::bigint as bytes_received
    from taken i
    join public.organizations o on o.id = i.organization_id
    left join public.integration_connections c on c.id = i.connection_id
    where i.connection_id is null or c.id is not null
    group by i.organization_id, i.connection_id, i.environment, i.provider_key, i.source, i.operation, i.hour
),
into_hours as (
    insert into public.integration_analytics as a (organization_id, connection_id, environment, provider_key, source,
        operation, hour, calls, errors, authentication_errors, rate_limit_errors, refusals, provider_errors, unanswered,
        failures, throttled, retried, unknown, duration_ms_sum, duration_ms_max, latency, bytes_sent, bytes_received)
    select * from hourly
    on conflict (counted_id, hour, source, operation, environment) do update
    set calls = a.calls + excluded.calls, errors = a.errors + excluded.errors,
        authentication_errors = a.authentication_errors + excluded.authentication_errors,
        rate_limit_errors = a.rate_limit_errors + excluded.rate_limit_errors, refusals = a.refusals + excluded.refusals,
        provider_errors = a.provider_errors + excluded.provider_errors, unanswered = a.unanswered + excluded.unanswered,
        failures = a.failures + excluded.failures, throttled = a.throttled + excluded.throttled,
        retried = a.retried + excluded.retried, unknown = a.unknown + excluded.unknown,
        duration_ms_sum = a.duration_ms_sum + excluded.duration_ms_sum,
        duration_ms_max = greatest(a.duration_ms_max, excluded.duration_ms_max), latency = a.latency + excluded.latency,
        bytes_sent = a.bytes_sent + excluded.bytes_sent, bytes_received = a.bytes_received + excluded.bytes_received
),
dated as materialized (
    select h.*, (h.hour at time zone coalesce(z.time_zone, o.time_zone))::date as day
    from hourly h
    join public.organizations o on o.id = h.organization_id
    left join private.analytics_zones z on z.organization_id = h.organization_id
),
into_days as (
    insert into public.integration_analytics_daily as a (organization_id, environment, provider_key, source, operation,
        day, calls, errors, authentication_errors, rate_limit_errors, refusals, provider_errors, unanswered, failures,
        throttled, retried, unknown, duration_ms_sum, duration_ms_max, latency, bytes_sent, bytes_received)
    select h.organization_id, h.environment, h.provider_key, h.source, h.operation, h.day,
        sum(h.calls), sum(h.errors), sum(h.authentication_errors), sum(h.rate_limit_errors), sum(h.refusals),
        sum(h.provider_errors), sum(h.unanswered), sum(h.failures), sum(h.throttled), sum(h.retried), sum(h.unknown),
        sum(h.duration_ms_sum), max(h.duration_ms_max), sum(h.latency), sum(h.bytes_sent), sum(h.bytes_received)
    from dated h
    group by h.organization_id, h.environment, h.provider_key, h.source, h.operation, h.day
    on conflict (organization_id, day, environment, source, provider_key, operation) do update
    set calls = a.calls + excluded.calls, errors = a.errors + excluded.errors,
        authentication_errors = a.authentication_errors + excluded.authentication_errors,
        rate_limit_errors = a.rate_limit_errors + excluded.rate_limit_errors, refusals = a.refusals + excluded.refusals,
        provider_errors = a.provider_errors + excluded.provider_errors, unanswered = a.unanswered + excluded.unanswered,
        failures = a.failures + excluded.failures, throttled = a.throttled + excluded.throttled,
        retried = a.retried + excluded.retried, unknown = a.unknown + excluded.unknown,
        duration_ms_sum = a.duration_ms_sum + excluded.duration_ms_sum,
        duration_ms_max = greatest(a.duration_ms_max, excluded.duration_ms_max), latency = a.latency + excluded.latency,
        bytes_sent = a.bytes_sent + excluded.bytes_sent, bytes_received = a.bytes_received + excluded.bytes_received
),
into_totals as (
    insert into private.analytics_totals as a (organization_id, kind, connection_id, environment, provider_key, source,
        period, calls, errors, authentication_errors, rate_limit_errors, refusals, provider_errors,
        unanswered, failures, throttled, retried, unknown, duration_ms_sum, duration_ms_max, latency, bytes_sent,
        bytes_received)
    select h.organization_id,
        case when h.hour is not null then 'hour' when grouping(h.connection_id) = 1 then 'day' else 'connection_day' end,
        h.connection_id, h.environment, h.provider_key, h.source, coalesce(h.hour, h.day::timestamp at time zone 'UTC'),
        sum(h.calls), sum(h.errors), sum(h.authentication_errors), sum(h.rate_limit_errors), sum(h.refusals),
        sum(h.provider_errors), sum(h.unanswered), sum(h.failures), sum(h.throttled), sum(h.retried), sum(h.unknown),
        sum(h.duration_ms_sum), max(h.duration_ms_max), sum(h.latency), sum(h.bytes_sent), sum(h.bytes_received)
    from dated h
    group by h.organization_id, h.environment, h.provider_key, h.source,
        grouping sets ((h.hour), (h.day), (h.day, h.connection_id))
    on conflict (organization_id, kind, source, period, counted_id, environment, provider_key) do update
    set calls = a.calls + excluded.calls, errors = a.errors + excluded.errors,
        authentication_errors = a.authentication_errors + excluded.authentication_errors,
        rate_limit_errors = a.rate_limit_errors + excluded.rate_limit_errors, refusals = a.refusals + excluded.refusals,
        provider_errors = a.provider_errors + excluded.provider_errors, unanswered = a.unanswered + excluded.unanswered,
        failures = a.failures + excluded.failures, throttled = a.throttled + excluded.throttled,
        retried = a.retried + excluded.retried, unknown = a.unknown + excluded.unknown,
        duration_ms_sum = a.duration_ms_sum + excluded.duration_ms_sum,
        duration_ms_max = greatest(a.duration_ms_max, excluded.duration_ms_max), latency = a.latency + excluded.latency,
        bytes_sent = a.bytes_sent + excluded.bytes_sent, bytes_received = a.bytes_received + excluded.bytes_received
)
select count(*) from taken

-- name: moved_organizations
select z.organization_id
from private.analytics_zones z
join public.organizations o on o.id = z.organization_id
where o.time_zone <> z.time_zone

-- name: months
-- Those of which hours are left, as a whole year at once may take longer than a statement may.
select m, date_add(m, interval '1 month', 'UTC')
from generate_series(
    (select date_trunc('month', min(a.hour), 'UTC') from public.integration_analytics a
     where a.organization_id = %(organization_id)s),
    (select max(a.hour) from public.integration_analytics a where a.organization_id = %(organization_id)s),
    interval '1 month', 'UTC') m

-- name: clear_days
-- From the first day of which hours are left; those before stay as they were cut.
with first as materialized (
    select ((select min(a.hour) from public.integration_analytics a
             where a.organization_id = %(organization_id)s) at time zone z.time_zone)::date as day
    from private.analytics_zones z
    where z.organization_id = %(organization_id)s
),
totals as (
    delete from private.analytics_totals t
    using first
    where t.organization_id = %(organization_id)s and t.kind in ('day', 'connection_day')
      and t.period >= first.day::timestamp at time zone 'UTC'
)
delete from public.integration_analytics_daily d
using first
where d.organization_id = %(organization_id)s and d.day >= first.day

-- name: move_zone
update private.analytics_zones z set time_zone = o.time_zone
from public.organizations o
where o.id = z.organization_id and z.organization_id = %(organization_id)s

-- name: cut_days
-- A month at a time. A day may lie in two of them, or, west of the old zone, have stayed: figures are added.
with dated as materialized (
    select h.organization_id, h.connection_id, h.environment, h.provider_key, h.source, h.operation,
        (h.hour at time zone z.time_zone)::date as day, sum(h.calls) as calls, sum(h.errors) as errors,
        sum(h.authentication_errors) as authentication_errors, sum(h.rate_limit_errors) as rate_limit_errors,
        sum(h.refusals) as refusals, sum(h.provider_errors) as provider_errors, sum(h.unanswered) as unanswered,
        sum(h.failures) as failures, sum(h.throttled) as throttled, sum(h.retried) as retried, sum(h.unknown) as unknown,
        sum(h.duration_ms_sum) as duration_ms_sum, max(h.duration_ms_max) as duration_ms_max, sum(h.latency) as latency,
        sum(h.bytes_sent) as bytes_sent, sum(h.bytes_received) as bytes_received
    from public.integration_analytics h
    join private.analytics_zones z on z.organization_id = h.organization_id
    where h.organization_id = %(organization_id)s and h.hour >= %(since)s and h.hour < %(until)s
    group by h.organization_id, h.connection_id, h.environment, h.provider_key, h.source, h.operation, 7
),
into_totals as (
    insert into private.analytics_totals as a (organization_id, kind, connection_id, environment, provider_key, source,
        period, calls, errors, authentication_errors, rate_limit_errors, refusals, provider_errors,
        unanswered, failures, throttled, retried, unknown, duration_ms_sum, duration_ms_max, latency, bytes_sent,
        bytes_received)
    select h.organization_id, case when grouping(h.connection_id) = 1 then 'day' else 'connection_day' end,
        h.connection_id, h.environment, h.provider_key, h.source, h.day::timestamp at time zone 'UTC',
        sum(h.calls), sum(h.errors), sum(h.authentication_errors), sum(h.rate_limit_errors), sum(h.refusals),
        sum(h.provider_errors), sum(h.unanswered), sum(h.failures), sum(h.throttled), sum(h.retried), sum(h.unknown),
        sum(h.duration_ms_sum), max(h.duration_ms_max), sum(h.latency), sum(h.bytes_sent), sum(h.bytes_received)
    from dated h
    group by h.organization_id, h.environment, h.provider_key, h.source, h.day,
        grouping sets ((), (h.connection_id))
    on conflict (organization_id, kind, source, period, counted_id, environment, provider_key) do update
    set calls = a.calls + excluded.calls, errors = a.errors + excluded.errors,
        authentication_errors = a.authentication_errors + excluded.authentication_errors,
        rate_limit_errors = a.rate_limit_errors + excluded.rate_limit_errors, refusals = a.refusals + excluded.refusals,
        provider_errors = a.provider_errors + excluded.provider_errors, unanswered = a.unanswered + excluded.unanswered,
        failures = a.failures + excluded.failures, throttled = a.throttled + excluded.throttled,
        retried = a.retried + excluded.retried, unknown = a.unknown + excluded.unknown,
        duration_ms_sum = a.duration_ms_sum + excluded.duration_ms_sum,
        duration_ms_max = greatest(a.duration_ms_max, excluded.duration_ms_max), latency = a.latency + excluded.latency,
        bytes_sent = a.bytes_sent + excluded.bytes_sent, bytes_received = a.bytes_received + excluded.bytes_received
)
insert into public.integration_analytics_daily as a (organization_id, environment, provider_key, source, operation,
    day, calls, errors, authentication_errors, rate_limit_errors, refusals, provider_errors,
    unanswered, failures, throttled, retried, unknown, duration_ms_sum, duration_ms_max, latency, bytes_sent,
    bytes_received)
select h.organization_id, h.environment, h.provider_key, h.source, h.operation, h.day,
    sum(h.calls), sum(h.errors), sum(h.authentication_errors), sum(h.rate_limit_errors), sum(h.refusals),
    sum(h.provider_errors), sum(h.unanswered), sum(h.failures), sum(h.throttled), sum(h.retried), sum(h.unknown),
    sum(h.duration_ms_sum), max(h.duration_ms_max), sum(h.latency), sum(h.bytes_sent), sum(h.bytes_received)
from dated h
group by h.organization_id, h.environment, h.provider_key, h.source, h.operation, h.day
on conflict (organization_id, day, environment, source, provider_key, operation) do update
set calls = a.calls + excluded.calls, errors = a.errors + excluded.errors,
    authentication_errors = a.authentication_errors + excluded.authentication_errors,
    rate_limit_errors = a.rate_limit_errors + excluded.rate_limit_errors, refusals = a.refusals + excluded.refusals,
    provider_errors = a.provider_errors + excluded.provider_errors, unanswered = a.unanswered + excluded.unanswered,
    failures = a.failures + excluded.failures, throttled = a.throttled + excluded.throttled,
    retried = a.retried + excluded.retried, unknown = a.unknown + excluded.unknown,
    duration_ms_sum = a.duration_ms_sum + excluded.duration_ms_sum,
    duration_ms_max = greatest(a.duration_ms_max, excluded.duration_ms_max), latency = a.latency + excluded.latency,
    bytes_sent = a.bytes_sent + excluded.bytes_sent, bytes_received = a.bytes_received + excluded.bytes_received

-- name: expire_totals
-- With the partitions of the hours that they are of, in bites. Days of whole organizations stay.
delete from private.analytics_totals t
using (
    select old.organization_id, old.kind, old.source, old.period, old.counted_id, old.environment, old.provider_key
    from private.analytics_totals old
    where old.kind in ('hour', 'connection_day') and old.period < date_trunc('month',
        now() - (select p.keep from private.partitioned_tables p where p.name = 'integration_analytics'), 'UTC')
    limit %(limit)s
) o
where t.organization_id = o.organization_id and t.kind = o.kind and t.source = o.source and t.period = o.period
  and t.counted_id = o.counted_id and t.environment = o.environment and t.provider_key = o.provider_key
