-- What was said to providers, and how often.

-- name: write
-- The log and the counts are one statement, so they cannot disagree. A connection that was erased meanwhile keeps its
-- log and has no counts. Counts are written in one order, so that two workers never wait for each other. Losing the
-- last half second of the log in a crash is no harm; waiting for the disk with each batch would be.
with soon as materialized (
    select set_config('synchronous_commit', 'off', true)
), calls as materialized (
    select * from json_to_recordset(%(calls)s) as c (
        occurred_at timestamptz, organization_id uuid, connection_id uuid, provider_key text, operation_id uuid,
        operation text, method text, url text, status integer, outcome text, error_code text, duration_ms real,
        attempt integer, request_headers jsonb, request_body text, response_headers jsonb, response_body text,
        request_bytes integer, response_bytes integer, provider_request_id text, trace_id text)
), logged as (
    insert into public.integration_logs (occurred_at, organization_id, connection_id, provider_key, operation_id,
        operation, method, url, status, outcome, error_code, duration_ms, attempt, request_headers, request_body,
        response_headers, response_body, request_bytes, response_bytes, provider_request_id, trace_id)
    select c.* from calls c cross join soon
), counted as (
    select c.organization_id, c.connection_id, c.provider_key, c.operation,
           date_trunc('hour', c.occurred_at, 'UTC') as hour,
           count(*) filter (where c.outcome <> 'not_sent') as calls,
           count(*) filter (where c.outcome not in ('ok', 'not_sent')) as errors,
           count(*) filter (where c.status = 429 or c.error_code = 'throttled') as throttled,
           count(*) filter (where c.attempt > 1 and c.outcome <> 'not_sent') as retried,
           count(*) filter (where c.outcome = 'unknown') as unknown,
           coalesce(sum(c.duration_ms) filter (where c.outcome <> 'not_sent'), 0) as duration_ms_sum,
           coalesce(max(c.duration_ms) filter (where c.outcome <> 'not_sent'), 0) as duration_ms_max,
           array(
               select count(*) filter (where place = bucket and outcome <> 'not_sent')
               from unnest(
                   array_agg(11 - width_bucket(-c.duration_ms::double precision,
                       '{-10000,-5000,-2500,-1000,-500,-250,-100,-50,-25,-10,-5}'::double precision[])),
                   array_agg(c.outcome)) as timed (place, outcome)
               right join generate_series(0, 11) as bucket on true
               group by bucket order by bucket
           ) as latency_buckets,
           sum(c.request_bytes) filter (where c.outcome <> 'not_sent') as bytes_sent,
           sum(c.response_bytes) as bytes_received
    from calls c
    join public.integration_connections i on i.id = c.connection_id and i.organization_id = c.organization_id
    group by c.organization_id, c.connection_id, c.provider_key, c.operation, hour
)
insert into public.integration_analytics as a (organization_id, connection_id, provider_key, operation, hour, calls,
    errors, throttled, retried, unknown, duration_ms_sum, duration_ms_max, latency_buckets, bytes_sent, bytes_received)
select organization_id, connection_id, provider_key, operation, hour, calls, errors, throttled, retried, unknown,
       duration_ms_sum, duration_ms_max, latency_buckets, coalesce(bytes_sent, 0), bytes_received
from counted
order by connection_id, operation, hour
on conflict (connection_id, operation, hour) do update
set calls = a.calls + excluded.calls,
    errors = a.errors + excluded.errors,
    throttled = a.throttled + excluded.throttled,
    retried = a.retried + excluded.retried,
    unknown = a.unknown + excluded.unknown,
    duration_ms_sum = a.duration_ms_sum + excluded.duration_ms_sum,
    duration_ms_max = greatest(a.duration_ms_max, excluded.duration_ms_max),
    latency_buckets = array(
        select before + more
        from unnest(a.latency_buckets, excluded.latency_buckets) with ordinality as pair (before, more, place)
        order by place),
    bytes_sent = a.bytes_sent + excluded.bytes_sent,
    bytes_received = a.bytes_received + excluded.bytes_received
