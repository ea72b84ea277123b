-- Outbound traffic: how much a connection may be called, whether it is called at all, what was said, and the counts.

create table public.rate_limits (
    connection_id uuid primary key,
    organization_id uuid not null,
    capacity numeric not null check (capacity between 1 and 1000000),
    refill_per_second numeric not null check (refill_per_second > 0 and refill_per_second <= 1000000),
    tokens numeric not null check (tokens <= capacity),
    refilled_at timestamptz not null default clock_timestamp(),
    blocked_until timestamptz,
    source text not null default 'default' check (source in ('default', 'custom', 'learned')),
    updated_at timestamptz not null default clock_timestamp(),
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade
) with (fillfactor = 50);
comment on table public.rate_limits is 'One token bucket per connection, shared by all workers, who take tokens in small leases.';
comment on column public.rate_limits.capacity is 'Calls that may go out at once after a quiet time.';
comment on column public.rate_limits.refill_per_second is 'Tokens that come back in a second: the rate in the long run.';
comment on column public.rate_limits.tokens is 'What was left at refilled_at; below zero when workers took in advance.';
comment on column public.rate_limits.source is 'learned: from the provider''s headers; custom: set by a person, and not learned over.';
comment on column public.rate_limits.blocked_until is 'Set when the provider answered 429: nothing goes out before.';
create index rate_limits_by_organization on public.rate_limits (organization_id, connection_id);

create function private.custom_rate_limit() returns trigger
language plpgsql set search_path = ''
as $$
begin
    if (new.capacity, new.refill_per_second) is distinct from (old.capacity, old.refill_per_second)
       and current_user <> 'wasl_worker' then
        new.source := 'custom';
        new.tokens := least(old.tokens, new.capacity);
    end if;
    return new;
end
$$;
create trigger rate_limits_custom before update on public.rate_limits
for each row execute function private.custom_rate_limit();

alter table public.rate_limits enable row level security;
create policy "members read rate limits" on public.rate_limits for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'connections:read'))));
create policy "developers set rate limits" on public.rate_limits for update to authenticated
using (organization_id = any (array(select private.my_organizations('developer', 'connections:write'))))
with check (organization_id = any (array(select private.my_organizations('developer', 'connections:write'))));
grant select, update (capacity, refill_per_second) on public.rate_limits to authenticated;
grant select on public.rate_limits to service_role;
grant select, update on public.rate_limits to wasl_worker;

create trigger rate_limits_audit after update on public.rate_limits
for each row when (current_user in ('authenticated', 'service_role'))
execute function private.audit_direct_change('rate_limit', 'connection_id');

create type public.breaker_state as enum ('closed', 'open', 'half_open');

create unlogged table private.circuit_breakers (
    connection_id uuid primary key references public.integration_connections (id) on delete cascade,
    state public.breaker_state not null default 'closed',
    failures integer not null default 0,
    successes integer not null default 0,
    window_started_at timestamptz not null default clock_timestamp(),
    consecutive_failures integer not null default 0,
    opened_at timestamptz,
    retry_at timestamptz,
    probe_claimed_until timestamptz,
    version bigint not null default 1,
    updated_at timestamptz not null default clock_timestamp()
);
comment on table private.circuit_breakers is 'What all workers know of a provider''s trouble. Unlogged: after a crash every breaker is closed.';
comment on column private.circuit_breakers.version is 'Compared and raised by each transition, so that one worker makes it.';
alter table private.circuit_breakers enable row level security;
grant select, insert, update, delete on private.circuit_breakers to wasl_worker;

create table public.integration_logs (
    id uuid not null default private.uuid_v7(),
    occurred_at timestamptz not null,
    organization_id uuid not null,
    connection_id uuid not null,
    provider_key text not null,
    operation_id uuid,
    operation text not null,
    method text not null,
    url text not null,
    status integer,
    outcome text not null check (outcome in ('ok', 'refused', 'retryable', 'unknown', 'not_sent')),
    error_code text,
    duration_ms real not null,
    attempt integer not null default 1,
    request_headers jsonb,
    request_body text,
    response_headers jsonb,
    response_body text,
    request_bytes integer not null default 0,
    response_bytes integer not null default 0,
    provider_request_id text,
    trace_id text,
    primary key (occurred_at, id)
) partition by range (occurred_at);
comment on table public.integration_logs is 'Every call to a provider, redacted before it was stored. A partition a day, dropped when old.';
comment on column public.integration_logs.outcome is
'ok; refused: the provider said no; retryable: certainly nothing happened; unknown: sent and not answered; not_sent: limited or breaker open.';
comment on column public.integration_logs.occurred_at is 'When the call began.';
comment on column public.integration_logs.operation is 'What the connector did, such as create_payment.';
comment on column public.integration_logs.operation_id is 'The operation it was for; null for health checks and the like.';
comment on column public.integration_logs.url is 'Without secrets, as all that follows.';
comment on column public.integration_logs.status is 'The HTTP status; null when there was no answer.';
comment on column public.integration_logs.duration_ms is 'From the first byte sent to the last received.';
comment on column public.integration_logs.attempt is 'Which try of the same call this was, from 1.';
comment on column public.integration_logs.request_body is 'Redacted and cut; request_bytes is the true length. Likewise for the response.';
comment on column public.integration_logs.provider_request_id is 'What the provider calls this request, for its support.';
create index integration_logs_by_organization on public.integration_logs (organization_id, occurred_at desc);
create index integration_logs_by_connection on public.integration_logs (connection_id, occurred_at desc);
create index integration_logs_by_operation on public.integration_logs (operation_id) where operation_id is not null;
alter table public.integration_logs enable row level security;
create policy "members read logs" on public.integration_logs for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'logs:read'))));
grant select on public.integration_logs to authenticated, service_role;
grant select, insert on public.integration_logs to wasl_worker;

-- Figures of traffic, as increments to be added up. Whoever writes a log line adds its increment in the same transaction;
-- the leader folds increments into the hours, days and totals below and deletes them, in one statement (store/analytics.sql).
-- So there is no watermark that a transaction which commits late could fall behind: its increment is folded when it can be
-- seen. Whatever is killed, nothing is counted twice or lost. And writers never wait for each other, as they would if
-- each of them counted on the same row. What changes a line that has been counted adds the difference, which may be negative.

create type public.traffic_source as enum ('call', 'webhook', 'delivery');
comment on type public.traffic_source is 'call: a call to a provider; webhook: one from a provider; delivery: a webhook of ours.';

-- How long something took goes into one of 101 buckets, five to a doubling: bucket 0 ends at 1 ms, bucket n at 2^(n/5) ms,
-- the last takes what is longer than 15 minutes. A histogram is one number of 12 decimal digits for each bucket, so that
-- histograms are merged by `sum`, in a hundredth of the time that arrays take. A percentile read from it is within 7 %
-- of the true one.
create function private.latency_mark(ms double precision) returns numeric
language sql immutable parallel safe set search_path = ''
as $$
    select ('1e' || 12 * case when ms <= 1 then 0
        else least(100, ceil(5 * ln(ms) / 0.6931471805599453 - 0.000001)::integer) end)::numeric
$$;

create table private.analytics_increments (
    id bigint generated always as identity primary key,
    organization_id uuid not null,
    connection_id uuid,
    environment public.environment not null,
    provider_key text not null,
    source public.traffic_source not null,
    operation text not null,
    hour timestamptz not null,
    calls bigint not null default 0,
    errors bigint not null default 0,
    authentication_errors bigint not null default 0,
    rate_limit_errors bigint not null default 0,
    refusals bigint not null default 0,
    provider_errors bigint not null default 0,
    unanswered bigint not null default 0,
    failures bigint not null default 0,
    throttled bigint not null default 0,
    retried bigint not null default 0,
    unknown bigint not null default 0,
    duration_ms_sum double precision not null default 0,
    duration_ms_max real not null default 0,
    latency numeric not null default 0,
    bytes_sent bigint not null default 0,
    bytes_received bigint not null default 0
) with (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);
comment on table private.analytics_increments is 'Figures that have not been folded into integration_analytics yet; empty within seconds.';
alter table private.analytics_increments enable row level security;
grant select, insert, delete on private.analytics_increments to wasl_worker;

create table public.integration_analytics (
    organization_id uuid not null references public.organizations (id) on delete cascade,
    connection_id uuid,
    counted_id uuid not null generated always as (coalesce(connection_id, organization_id)) stored,
    environment public.environment not null,
    provider_key text not null,
    source public.traffic_source not null,
    operation text not null,
    hour timestamptz not null check (hour = date_trunc('hour', hour, 'UTC')),
    calls bigint not null default 0,
    errors bigint not null default 0,
    authentication_errors bigint not null default 0,
    rate_limit_errors bigint not null default 0,
    refusals bigint not null default 0,
    provider_errors bigint not null default 0,
    unanswered bigint not null default 0,
    failures bigint not null default 0,
    throttled bigint not null default 0,
    retried bigint not null default 0,
    unknown bigint not null default 0,
    duration_ms_sum double precision not null default 0,
    duration_ms_max real not null default 0,
    latency numeric not null default 0,
    bytes_sent bigint not null default 0,
    bytes_received bigint not null default 0,
    primary key (counted_id, hour, source, operation, environment),
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade
) partition by range (hour);
comment on table public.integration_analytics is 'Traffic by the hour, connection and operation. A partition a month, dropped when old.';
comment on column public.integration_analytics.connection_id is 'Null for deliveries, which are the whole organization''s.';
comment on column public.integration_analytics.counted_id is 'The connection, or the organization: what the figures are of.';
comment on column public.integration_analytics.environment is
'That of the connection; of deliveries that of the event, live where it has none.';
comment on column public.integration_analytics.provider_key is 'Of deliveries: wasl.';
comment on column public.integration_analytics.source is 'What was counted.';
comment on column public.integration_analytics.operation is
'For calls as in integration_logs; for webhooks the provider''s own name of what happened; for deliveries the event''s type.';
comment on column public.integration_analytics.hour is 'The UTC hour''s beginning.';
comment on column public.integration_analytics.calls is 'Calls that were sent, webhooks whose processing has ended, or attempts to deliver.';
comment on column public.integration_analytics.errors is 'The sum of the six columns that follow: each error is in one of them.';
comment on column public.integration_analytics.authentication_errors is 'Answered 401 or 403.';
comment on column public.integration_analytics.rate_limit_errors is 'Answered 429.';
comment on column public.integration_analytics.refusals is 'Answered with another 4xx; of webhooks: the signature was wrong.';
comment on column public.integration_analytics.provider_errors is 'Answered 5xx, or with what is no answer.';
comment on column public.integration_analytics.unanswered is 'No whole answer came.';
comment on column public.integration_analytics.failures is 'Webhooks that could not be processed so far.';
comment on column public.integration_analytics.throttled is 'Calls put off by our own limit or refused by the provider''s.';
comment on column public.integration_analytics.retried is 'Calls that were not the first try.';
comment on column public.integration_analytics.unknown is 'Calls that were sent and not answered.';
comment on column public.integration_analytics.duration_ms_sum is
'How long calls and attempts to deliver took; of webhooks from arrival to the end of processing.';
comment on column public.integration_analytics.latency is
'A histogram of durations as one number, see private.latency_mark; percentiles are had from latency().';
create index integration_analytics_by_organization on public.integration_analytics (organization_id, hour);
create index integration_analytics_by_connection on public.integration_analytics (organization_id, connection_id, hour);

create table public.integration_analytics_daily (
    organization_id uuid not null references public.organizations (id) on delete cascade,
    environment public.environment not null,
    provider_key text not null,
    source public.traffic_source not null,
    operation text not null,
    day date not null,
    calls bigint not null default 0,
    errors bigint not null default 0,
    authentication_errors bigint not null default 0,
    rate_limit_errors bigint not null default 0,
    refusals bigint not null default 0,
    provider_errors bigint not null default 0,
    unanswered bigint not null default 0,
    failures bigint not null default 0,
    throttled bigint not null default 0,
    retried bigint not null default 0,
    unknown bigint not null default 0,
    duration_ms_sum double precision not null default 0,
    duration_ms_max real not null default 0,
    latency numeric not null default 0,
    bytes_sent bigint not null default 0,
    bytes_received bigint not null default 0,
    primary key (organization_id, day, environment, source, provider_key, operation)
);
comment on table public.integration_analytics_daily is
'Traffic by the day, provider and operation, kept for years: some fifty rows a day for seventeen providers. Columns as in integration_analytics.';
comment on column public.integration_analytics_daily.day is
'In the organization''s time zone; an hour belongs to the day in which it begins.';
do $$
declare
    explained record;
begin
    for explained in
        select h.attname, col_description(h.attrelid, h.attnum) as words
        from pg_catalog.pg_attribute h
        join pg_catalog.pg_attribute d on d.attrelid = 'public.integration_analytics_daily'::regclass and d.attname = h.attname
        where h.attrelid = 'public.integration_analytics'::regclass and col_description(h.attrelid, h.attnum) is not null
    loop
        execute format('comment on column public.integration_analytics_daily.%I is %L', explained.attname, explained.words);
    end loop;
end
$$;

create table private.analytics_zones (
    organization_id uuid primary key references public.organizations (id) on delete cascade,
    time_zone text not null
);
comment on table private.analytics_zones is
'The time zone by which an organization''s days are cut. After the organization''s own changed, they are cut anew.';
alter table private.analytics_zones enable row level security;
grant select, insert, update on private.analytics_zones to wasl_worker;

-- Sums that are kept so that a year of a big organization is asked for in milliseconds. They are added to in the statement
-- that adds to hours and days, from the same increments, so they are never behind them and cannot disagree with them.
create table private.analytics_totals (
    organization_id uuid not null references public.organizations (id) on delete cascade,
    kind text not null check (kind in ('hour', 'day', 'connection_day')),
    connection_id uuid,
    counted_id uuid not null generated always as (coalesce(connection_id, organization_id)) stored,
    environment public.environment not null,
    provider_key text not null,
    source public.traffic_source not null,
    period timestamptz not null,
    calls bigint not null default 0,
    errors bigint not null default 0,
    authentication_errors bigint not null default 0,
    rate_limit_errors bigint not null default 0,
    refusals bigint not null default 0,
    provider_errors bigint not null default 0,
    unanswered bigint not null default 0,
    failures bigint not null default 0,
    throttled bigint not null default 0,
    retried bigint not null default 0,
    unknown bigint not null default 0,
    duration_ms_sum double precision not null default 0,
    duration_ms_max real not null default 0,
    latency numeric not null default 0,
    bytes_sent bigint not null default 0,
    bytes_received bigint not null default 0,
    primary key (organization_id, kind, source, period, counted_id, environment, provider_key),
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade
) partition by list (kind);
-- Each kind by itself, so that a year's days lie together and not among the hours.
create table private.analytics_totals_of_hours partition of private.analytics_totals for values in ('hour');
create table private.analytics_totals_of_days partition of private.analytics_totals for values in ('day');
create table private.analytics_totals_of_connections partition of private.analytics_totals for values in ('connection_day');
comment on table private.analytics_totals is
'Traffic over all operations, by provider: of an organization''s connections together in an hour or a day, or of one connection in a day. Sums of days are kept for good, the others as long as hours are. Figures as in integration_analytics.';
comment on column private.analytics_totals.kind is
'hour and day: over all connections, those too that are gone since; connection_day: of one connection.';
comment on column private.analytics_totals.connection_id is 'Of a connection_day; null for deliveries, which are the organization''s.';
comment on column private.analytics_totals.period is
'The hour''s beginning; of days midnight in UTC of the day''s date, whatever the zone in which it was cut.';
create index analytics_totals_by_connection on private.analytics_totals (organization_id, connection_id, period);
create index analytics_totals_by_age on private.analytics_totals using brin (period);
alter table private.analytics_totals enable row level security;
alter table private.analytics_totals_of_hours enable row level security;
alter table private.analytics_totals_of_days enable row level security;
alter table private.analytics_totals_of_connections enable row level security;
grant select, insert, update, delete on private.analytics_totals to wasl_worker;

alter table public.integration_analytics enable row level security;
alter table public.integration_analytics_daily enable row level security;
create policy "members read analytics" on public.integration_analytics for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'analytics:read'))));
create policy "members read daily analytics" on public.integration_analytics_daily for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'analytics:read'))));
-- Without latency, which no client can read.
grant select (organization_id, connection_id, environment, provider_key, source, operation, hour, calls, errors,
    authentication_errors, rate_limit_errors, refusals, provider_errors, unanswered, failures, throttled, retried, unknown,
    duration_ms_sum, duration_ms_max, bytes_sent, bytes_received) on public.integration_analytics to authenticated;
grant select (organization_id, environment, provider_key, source, operation, day, calls, errors,
    authentication_errors, rate_limit_errors, refusals, provider_errors, unanswered, failures, throttled, retried, unknown,
    duration_ms_sum, duration_ms_max, bytes_sent, bytes_received) on public.integration_analytics_daily to authenticated;
grant select on public.integration_analytics, public.integration_analytics_daily to service_role;
grant select, insert, update on public.integration_analytics to wasl_worker;
grant select, insert, update, delete on public.integration_analytics_daily to wasl_worker;
