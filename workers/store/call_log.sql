-- What was said to providers, and how often.

-- name: write
-- The log and its figures are one statement, so they cannot disagree. A batch that is offered again, because nobody knows
-- whether its commit came through, is neither kept nor counted twice. A connection that was erased meanwhile keeps its
-- log and has no figures. Losing the last half second of the log in a crash is no harm; waiting for the disk with each
-- batch would be.
with soon as materialized (
    select set_config('synchronous_commit', 'off', true)
), calls as materialized (
    select * from json_to_recordset(%(calls)s) as c (
        id uuid, occurred_at timestamptz, organization_id uuid, connection_id uuid, provider_key text, operation_id uuid,
        operation text, method text, url text, status integer, outcome text, error_code text, duration_ms real,
        attempt integer, request_headers jsonb, request_body text, response_headers jsonb, response_body text,
        request_bytes integer, response_bytes integer, provider_request_id text, trace_id text)
), logged as (
    insert into public.integration_logs (id, occurred_at, organization_id, connection_id, provider_key, operation_id,
        operation, method, url, status, outcome, error_code, duration_ms, attempt, request_headers, request_body,
        response_headers, response_body, request_bytes, response_bytes, provider_request_id, trace_id)
    select c.* from calls c cross join soon
    on conflict (occurred_at, id) do nothing
    returning occurred_at, organization_id, connection_id, provider_key, operation, status, outcome, error_code,
        duration_ms, attempt, request_bytes, response_bytes
), sent as (
    select l.*, i.environment, date_trunc('hour', l.occurred_at, 'UTC') as hour, l.outcome <> 'not_sent' as was_sent,
        l.outcome not in ('ok', 'not_sent') as failed,
        case when l.status is null then 'unanswered' when l.status in (401, 403) then 'authentication'
             when l.status = 429 then 'rate_limit' when l.status between 400 and 499 then 'refusal'
             else 'provider' end as class
    from logged l
    join public.integration_connections i on i.id = l.connection_id and i.organization_id = l.organization_id
)
insert into private.analytics_increments (organization_id, connection_id, environment, provider_key, source, operation,
    hour, calls, errors, authentication_errors, rate_limit_errors, refusals, provider_errors, unanswered, throttled, retried,
    unknown, duration_ms_sum, duration_ms_max, latency, bytes_sent, bytes_received)
select organization_id, connection_id, environment, provider_key, 'call', operation, hour,
    count(*) filter (where was_sent),
    count(*) filter (where failed),
    count(*) filter (where failed and class = 'authentication'),
    count(*) filter (where failed and class = 'rate_limit'),
    count(*) filter (where failed and class = 'refusal'),
    count(*) filter (where failed and class = 'provider'),
    count(*) filter (where failed and class = 'unanswered'),
    count(*) filter (where status = 429 or error_code = 'throttled'),
    count(*) filter (where attempt > 1 and was_sent),
    count(*) filter (where outcome = 'unknown'),
    coalesce(sum(duration_ms) filter (where was_sent), 0),
    coalesce(max(duration_ms) filter (where was_sent), 0),
    coalesce(sum(private.latency_mark(duration_ms)) filter (where was_sent), 0),
    coalesce(sum(request_bytes) filter (where was_sent), 0),
    coalesce(sum(response_bytes), 0)
from sent
group by organization_id, connection_id, environment, provider_key, operation, hour
