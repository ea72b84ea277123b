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

create table public.integration_analytics (
    organization_id uuid not null,
    connection_id uuid not null,
    provider_key text not null,
    operation text not null,
    hour timestamptz not null check (hour = date_trunc('hour', hour, 'UTC')),
    calls bigint not null default 0,
    errors bigint not null default 0,
    throttled bigint not null default 0,
    retried bigint not null default 0,
    unknown bigint not null default 0,
    duration_ms_sum double precision not null default 0,
    duration_ms_max real not null default 0,
    latency_buckets bigint[] not null default array_fill(0::bigint, array[12]) check (cardinality(latency_buckets) = 12),
    bytes_sent bigint not null default 0,
    bytes_received bigint not null default 0,
    primary key (connection_id, operation, hour),
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade
);
comment on table public.integration_analytics is 'Calls counted by the hour, connection and operation, as they are logged.';
comment on column public.integration_analytics.operation is 'As in integration_logs.';
comment on column public.integration_analytics.hour is 'The UTC hour''s beginning.';
comment on column public.integration_analytics.throttled is 'Calls put off by our own limit or refused by the provider''s.';
comment on column public.integration_analytics.retried is 'Calls that were not the first try.';
comment on column public.integration_analytics.unknown is 'Calls that were sent and not answered.';
comment on column public.integration_analytics.latency_buckets is
'Calls that took at most 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000 ms, and longer; each call in one bucket.';
create index integration_analytics_by_organization on public.integration_analytics (organization_id, hour desc);
create index integration_analytics_by_connection on public.integration_analytics (organization_id, connection_id);
alter table public.integration_analytics enable row level security;
create policy "members read analytics" on public.integration_analytics for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'analytics:read'))));
grant select on public.integration_analytics to authenticated, service_role;
grant select, insert, update on public.integration_analytics to wasl_worker;
