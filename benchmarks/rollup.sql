-- What `wasl bench rollup` fills a database with, and how it asks.

-- name: organization
insert into public.organizations (name, slug) values ('Bench', 'bench-' || left(gen_random_uuid()::text, 8)) returning id

-- name: connections
insert into public.integration_connections (organization_id, provider_key, name, environment, status)
select %(organization_id)s, p.keys[1 + n %% cardinality(p.keys)], 'Connection ' || n,
    case when n %% 5 = 0 then 'sandbox' else 'live' end::public.environment, 'active'
from generate_series(1, %(connections)s) n, (select array_agg(key order by key) as keys from public.integration_providers) p

-- name: partitions
-- Of the months that are to be filled; the schema makes those of this and the last month.
select private.make_partition('integration_analytics', m at time zone 'UTC', (m + interval '1 month') at time zone 'UTC')
from generate_series(date_trunc('month', (now() at time zone 'UTC') - make_interval(days => %(days)s)),
    now() at time zone 'UTC', interval '1 month') m

-- name: begin_filling
-- Without looking up for each of millions of rows that its connection exists, and however long a slice takes.
select set_config('session_replication_role', 'replica', false), set_config('synchronous_commit', 'off', false),
    set_config('statement_timeout', '0', false)

-- name: end_filling
select set_config('session_replication_role', 'origin', false)

-- name: hours
-- Every connection is busy every hour with every operation, some 130 calls a row, in about ten buckets.
insert into public.integration_analytics (organization_id, connection_id, environment, provider_key, source, operation,
    hour, calls, errors, refusals, duration_ms_sum, duration_ms_max, latency, bytes_sent, bytes_received)
select c.organization_id, c.id, c.environment, c.provider_key, 'call', 'operation_' || o, h.hour, 130, 3, 3, 20000, 900,
    marks.latency * 10, 40000, 90000
from generate_series(date_trunc('hour', now()) - make_interval(days => %(from_days)s),
    date_trunc('hour', now()) - make_interval(days => %(to_days)s, hours => 1), interval '1 hour') h (hour)
cross join public.integration_connections c
cross join generate_series(1, %(operations)s) o
cross join lateral (
    select sum(private.latency_mark(ms)) as latency
    from unnest(array[40, 50, 60, 70, 80, 90, 100, 110, 130, 150, 200, 400, 900]) ms
) marks
where c.organization_id = %(organization_id)s

-- name: hour_totals
-- As folding keeps them; the totals of days come with the days.
insert into private.analytics_totals (organization_id, kind, environment, provider_key, source, period, calls, errors,
    refusals, duration_ms_sum, duration_ms_max, latency, bytes_sent, bytes_received)
select a.organization_id, 'hour', a.environment, a.provider_key, a.source, a.hour, sum(a.calls), sum(a.errors),
    sum(a.refusals), sum(a.duration_ms_sum), max(a.duration_ms_max), sum(a.latency), sum(a.bytes_sent),
    sum(a.bytes_received)
from public.integration_analytics a
where a.organization_id = %(organization_id)s
  and a.hour >= date_trunc('hour', now()) - make_interval(days => %(from_days)s)
  and a.hour < date_trunc('hour', now()) - make_interval(days => %(to_days)s)
group by a.organization_id, a.environment, a.provider_key, a.source, a.hour

-- name: zone
insert into private.analytics_zones (organization_id, time_zone) values (%(organization_id)s, 'Etc/UTC')

-- name: increments
-- As many as workers leave behind when each of a hundred busy connections is logged in batches.
insert into private.analytics_increments (organization_id, connection_id, environment, provider_key, source, operation,
    hour, calls, duration_ms_sum, duration_ms_max, latency)
select c.organization_id, c.id, c.environment, c.provider_key, 'call', 'operation_1', date_trunc('hour', now()), 10, 800,
    200, 10 * private.latency_mark(80)
from generate_series(1, %(increments)s) n
join lateral (
    select * from public.integration_connections k where k.organization_id = %(organization_id)s
    order by k.id limit 1 offset n %% 100
) c on true

-- name: vacuum
vacuum analyze public.integration_analytics, public.integration_analytics_daily, private.analytics_totals

-- name: size
select pg_size_pretty(sum(pg_total_relation_size(i.inhrelid))),
    (select pg_size_pretty(sum(pg_total_relation_size(t.relid))) from pg_partition_tree('private.analytics_totals') t)
from pg_inherits i
where i.inhparent = 'public.integration_analytics'::regclass

-- name: counts
select (select count(*) from public.integration_analytics), (select count(*) from public.integration_analytics_daily),
    (select count(*) from private.analytics_totals)

-- name: member
-- Somebody who looks at the dashboard.
with person as (
    insert into auth.users (id, email) values (gen_random_uuid(), gen_random_uuid() || '@example.com') returning id
)
insert into public.organization_members (organization_id, user_id, role)
select %(organization_id)s, p.id, 'viewer' from person p
returning user_id::text

-- name: a_connection
select id from public.integration_connections where organization_id = %(organization_id)s order by id limit 1

-- name: be_member
-- As PostgREST asks for somebody who has signed in: under row-level security.
select set_config('role', 'authenticated', false), set_config('request.jwt.claims',
    json_build_object('role', 'authenticated', 'aud', 'authenticated', 'sub', %(user_id)s::text)::text, false)

-- name: be_oneself
select set_config('role', 'none', false)
