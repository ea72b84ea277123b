-- Analytics: webhooks become figures too, and clients ask for figures of any range, in hours, days or months.

-- A webhook counts once its processing has come to an end, or has failed for now; what changes later is corrected.
create function private.count_webhook() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
    counted record;
begin
    for counted in
        select * from (values
            (-1, old.status, old.event_type, old.processed_at),
            (1, new.status, new.event_type, new.processed_at)
        ) as v (sign, status, event_type, processed_at)
        -- Before it was inserted there was nothing to take back.
        where v.status <> 'received' and (v.sign = 1 or tg_op = 'UPDATE')
    loop
        insert into private.analytics_increments (organization_id, connection_id, environment, provider_key, source,
            operation, hour, calls, errors, refusals, failures, duration_ms_sum, duration_ms_max, latency, bytes_received)
        select new.organization_id, new.connection_id, c.environment, new.provider_key, 'webhook',
            left(coalesce(counted.event_type, 'webhook'), 200), date_trunc('hour', new.received_at, 'UTC'),
            counted.sign, counted.sign * (f.refused + f.failed), counted.sign * f.refused, counted.sign * f.failed,
            counted.sign * f.ms, case counted.sign when 1 then f.ms else 0 end,
            case when counted.processed_at is null then 0 else counted.sign * private.latency_mark(f.ms) end,
            counted.sign * octet_length(new.body)
        from public.integration_connections c
        cross join (select
            (counted.status = 'refused')::integer as refused,
            (counted.status in ('failed', 'dead'))::integer as failed,
            greatest(coalesce(extract(epoch from counted.processed_at - new.received_at) * 1000, 0), 0)::double precision as ms
        ) f
        where c.id = new.connection_id;
    end loop;
    return null;
end
$$;
create trigger webhook_events_count_new after insert on public.webhook_events
for each row when (new.status <> 'received') execute function private.count_webhook();
create trigger webhook_events_count after update on public.webhook_events
for each row when ((old.status, old.event_type, old.processed_at) is distinct from
                   (new.status, new.event_type, new.processed_at))
execute function private.count_webhook();

-- The duration in a bucket that is off by the same part of the true one at both its ends, in ms.
create function private.latency_of(bucket integer) returns double precision
language sql immutable parallel safe set search_path = ''
as $$ select case bucket when 0 then 1.0 else power(2.0, bucket / 5.0) * 2 / (1 + power(2.0, 0.2)) end $$;

-- p50, p95 and p99 in ms of a histogram (private.latency_mark); nulls for an empty one.
create function private.latency_percentiles(latency numeric) returns double precision[]
language plpgsql immutable parallel safe set search_path = ''
as $$
declare
    -- A number's digits in groups of twelve add up to what remains when it is divided by twelve nines.
    total constant bigint := mod(latency, 999999999999);
    half constant bigint := ceil(0.50 * total);
    nearly_all constant bigint := ceil(0.95 * total);
    all_but_a_hundredth constant bigint := ceil(0.99 * total);
    written constant text := latency::text;
    -- Bytes, whose places are found at once; the places of characters are counted.
    digits constant bytea := lpad(written, (length(written) + 11) / 12 * 12, '0')::bytea;
    bucket integer := (length(written) - length(rtrim(written, '0'))) / 12;
    place integer := length(digits) - 12 * bucket - 11;
    seen bigint := 0;
    p50 double precision;
    p95 double precision;
begin
    if total is null or total <= 0 then
        return array[null, null, null]::double precision[];
    end if;
    loop
        seen := seen + convert_from(substring(digits from place for 12), 'UTF8')::bigint;
        if seen >= half then
            p50 := coalesce(p50, private.latency_of(bucket));
            if seen >= nearly_all then
                p95 := coalesce(p95, private.latency_of(bucket));
                if seen >= all_but_a_hundredth then
                    return array[p50, p95, private.latency_of(bucket)];
                end if;
            end if;
        end if;
        bucket := bucket + 1;
        place := place - 12;
    end loop;
end
$$;

create type private.traffic as (
    starts_at timestamptz, environment public.environment, provider_key text, connection_id uuid, operation text,
    calls bigint, errors bigint, authentication_errors bigint, rate_limit_errors bigint, refusals bigint,
    provider_errors bigint, unanswered bigint, failures bigint, throttled bigint, retried bigint, unknown bigint,
    duration_ms_sum double precision, duration_ms_max real, latency numeric, bytes_sent bigint, bytes_received bigint
);
create type private.traffic_question as (
    since timestamptz, until timestamptz, zoom text, breakdown text[], source public.traffic_source,
    environment public.environment, provider_key text, connection_id uuid, operation text
);

create function private.check_traffic_question(asked private.traffic_question) returns void
language plpgsql immutable set search_path = ''
as $$
declare
    longest constant interval := case when asked.zoom = 'hour' then '31 days'
        when asked.connection_id is not null or 'connection' = any (asked.breakdown) then '400 days' else '3660 days' end;
begin
    if asked.zoom is null or asked.zoom not in ('hour', 'day', 'month') then
        perform private.refuse(400, 'invalid_zoom', 'The zoom is hour, day or month.', 'zoom');
    elsif asked.breakdown is null or not asked.breakdown <@ array['provider', 'connection', 'operation'] then
        perform private.refuse(400, 'invalid_breakdown', 'Figures can be broken down by provider, connection, operation.', 'breakdown');
    elsif asked.since is null or asked.until is null or asked.since >= asked.until then
        perform private.refuse(400, 'invalid_range', 'The range begins before it ends.', 'since');
    elsif asked.until - asked.since > longest then
        perform private.refuse(400, 'invalid_range',
            format('At this zoom and breakdown a range has at most %s days.', extract(day from longest)), 'since');
    end if;
end
$$;

-- The figures of every period that the range touches, each period whole; of its columns those of one part: usage, latency
-- or errors. Single connections and hours are told by the hourly figures, which go back 13 months; all else by the daily
-- ones, which are few. What is not asked for is not added up, which halves the time.
create function private.traffic_figures(organization_id uuid, asked private.traffic_question, part text)
returns setof private.traffic
language plpgsql stable security definer set search_path = '' set jit = off set plan_cache_mode = force_custom_plan
as $$
declare
    organization constant uuid := private.resolve_organization(organization_id, 'viewer', 'analytics:read');
    -- Planned anew for each question, in which these are constants: what was not asked for costs nothing then.
    zoom constant text := asked.zoom;
    only_source constant public.traffic_source := asked.source;
    only_environment constant public.environment := private.chosen_environment(asked.environment);
    only_provider_key constant text := asked.provider_key;
    only_connection_id constant uuid := asked.connection_id;
    only_operation constant text := asked.operation;
    by_provider constant boolean := 'provider' = any (asked.breakdown);
    by_connection constant boolean := 'connection' = any (asked.breakdown);
    by_operation constant boolean := 'operation' = any (asked.breakdown);
    u constant boolean := part = 'usage';
    l constant boolean := part = 'latency';
    e constant boolean := part = 'errors';
    zone text;
    -- The periods' beginnings, and the end of the last.
    starts timestamptz[];
    first_day date;
    last_day date;
begin
    perform private.check_traffic_question(asked);
    -- Days stay in the zone in which they were cut until they are cut anew.
    select coalesce(z.time_zone, o.time_zone) into zone
    from public.organizations o left join private.analytics_zones z on z.organization_id = o.id
    where o.id = organization;
    if zoom = 'hour' or by_connection or only_connection_id is not null then
        select array_agg(s.at order by s.at) into starts
        from (
            select case zoom when 'hour' then g at time zone 'UTC' else g at time zone zone end as at
            from generate_series(
                date_trunc(zoom, asked.since at time zone case zoom when 'hour' then 'UTC' else zone end),
                (asked.until - interval '1 microsecond') at time zone case zoom when 'hour' then 'UTC' else zone end
                    + ('1 ' || zoom)::interval,
                ('1 ' || zoom)::interval) g
        ) s;
        return query
        select starts[f.period], f.environment, f.provider_key, f.connection_id, f.operation, f.calls, f.errors,
            f.authentication_errors, f.rate_limit_errors, f.refusals, f.provider_errors, f.unanswered, f.failures,
            f.throttled, f.retried, f.unknown, f.duration_ms_sum, f.duration_ms_max, f.latency, f.bytes_sent,
            f.bytes_received
        from (
            select width_bucket(a.hour, starts) as period, a.environment,
                case when by_provider then a.provider_key end as provider_key,
                case when by_connection then a.connection_id end as connection_id,
                case when by_operation then a.operation end as operation,
                sum(a.calls)::bigint as calls, sum(a.errors)::bigint as errors,
                sum(case when e then a.authentication_errors end)::bigint as authentication_errors,
                sum(case when e then a.rate_limit_errors end)::bigint as rate_limit_errors,
                sum(case when e then a.refusals end)::bigint as refusals,
                sum(case when e then a.provider_errors end)::bigint as provider_errors,
                sum(case when e then a.unanswered end)::bigint as unanswered,
                sum(case when e then a.failures end)::bigint as failures,
                sum(case when u then a.throttled end)::bigint as throttled,
                sum(case when u then a.retried end)::bigint as retried,
                sum(case when u then a.unknown end)::bigint as unknown,
                sum(case when l then a.duration_ms_sum end) as duration_ms_sum,
                max(case when l then a.duration_ms_max end) as duration_ms_max,
                sum(case when l then a.latency end) as latency,
                sum(case when u then a.bytes_sent end)::bigint as bytes_sent,
                sum(case when u then a.bytes_received end)::bigint as bytes_received
            from public.integration_analytics a
            where a.organization_id = organization and a.source = only_source
              and a.hour >= starts[1] and a.hour < starts[cardinality(starts)]
              and (only_connection_id is null or a.connection_id = only_connection_id)
              and (only_environment is null or a.environment = only_environment)
              and (only_provider_key is null or a.provider_key = only_provider_key)
              and (only_operation is null or a.operation = only_operation)
            group by 1, 2, 3, 4, 5
        ) f
        order by f.period, f.environment, f.provider_key, f.connection_id, f.operation;
        return;
    end if;
    first_day := date_trunc(zoom, asked.since at time zone zone);
    last_day := date_trunc(zoom, (asked.until - interval '1 microsecond') at time zone zone) + ('1 ' || zoom)::interval
        - interval '1 day';
    return query
    select f.period at time zone zone, f.environment, f.provider_key, null::uuid, f.operation, f.calls, f.errors,
        f.authentication_errors, f.rate_limit_errors, f.refusals, f.provider_errors, f.unanswered, f.failures,
        f.throttled, f.retried, f.unknown, f.duration_ms_sum, f.duration_ms_max, f.latency, f.bytes_sent, f.bytes_received
    from (
        select date_trunc(zoom, a.day::timestamp) as period, a.environment,
            case when by_provider then a.provider_key end as provider_key,
            case when by_operation then a.operation end as operation,
            sum(a.calls)::bigint as calls, sum(a.errors)::bigint as errors,
            sum(case when e then a.authentication_errors end)::bigint as authentication_errors,
            sum(case when e then a.rate_limit_errors end)::bigint as rate_limit_errors,
            sum(case when e then a.refusals end)::bigint as refusals,
            sum(case when e then a.provider_errors end)::bigint as provider_errors,
            sum(case when e then a.unanswered end)::bigint as unanswered,
            sum(case when e then a.failures end)::bigint as failures,
            sum(case when u then a.throttled end)::bigint as throttled,
            sum(case when u then a.retried end)::bigint as retried,
            sum(case when u then a.unknown end)::bigint as unknown,
            sum(case when l then a.duration_ms_sum end) as duration_ms_sum,
            max(case when l then a.duration_ms_max end) as duration_ms_max,
            sum(case when l then a.latency end) as latency,
            sum(case when u then a.bytes_sent end)::bigint as bytes_sent,
            sum(case when u then a.bytes_received end)::bigint as bytes_received
        from public.integration_analytics_daily a
        where a.organization_id = organization and a.source = only_source
          and a.day between first_day and last_day
          and (only_environment is null or a.environment = only_environment)
          and (only_provider_key is null or a.provider_key = only_provider_key)
          and (only_operation is null or a.operation = only_operation)
        group by 1, 2, 3, 4
    ) f
    order by f.period, f.environment, f.provider_key, f.operation;
end
$$;

create type public.usage_figures as (
    starts_at timestamptz, environment public.environment, provider_key text, connection_id uuid, operation text,
    calls bigint, errors bigint, throttled bigint, retried bigint, unknown bigint, bytes_sent bigint, bytes_received bigint
);

create function private.usage(organization_id uuid, asked private.traffic_question) returns setof public.usage_figures
language sql stable security definer set search_path = ''
as $$
    select t.starts_at, t.environment, t.provider_key, t.connection_id, t.operation, t.calls, t.errors, t.throttled,
        t.retried, t.unknown, t.bytes_sent, t.bytes_received
    from private.traffic_figures(organization_id, asked, 'usage') t
    where t.calls > 0 or t.throttled > 0
$$;

create function public.usage(
    since timestamptz, until timestamptz default now(), zoom text default 'day', breakdown text[] default '{}',
    source public.traffic_source default 'call', environment public.environment default null,
    provider_key text default null, connection_id uuid default null, operation text default null,
    organization_id uuid default null
) returns setof public.usage_figures
language sql stable set search_path = ''
as $$ select * from private.usage($10, row($1, $2, $3, $4, $5, $6, $7, $8, $9)::private.traffic_question) $$;
comment on function public.usage is
'How much was called from since to until, in whole hours, days or months of the organization''s time zone, sandbox and live apart. A period without traffic has no row.';

create type public.latency_figures as (
    starts_at timestamptz, environment public.environment, provider_key text, connection_id uuid, operation text,
    calls bigint, mean_ms double precision, p50_ms double precision, p95_ms double precision, p99_ms double precision,
    longest_ms double precision
);

create function private.latency(organization_id uuid, asked private.traffic_question) returns setof public.latency_figures
language sql stable security definer set search_path = ''
as $$
    select t.starts_at, t.environment, t.provider_key, t.connection_id, t.operation, t.calls,
        t.duration_ms_sum / mod(t.latency, 999999999999)::double precision,
        least(p.ms[1], t.duration_ms_max), least(p.ms[2], t.duration_ms_max), least(p.ms[3], t.duration_ms_max),
        t.duration_ms_max
    from private.traffic_figures(organization_id, asked, 'latency') t
    cross join lateral (select private.latency_percentiles(t.latency) as ms offset 0) p
    where t.calls > 0 and t.latency > 0
$$;

create function public.latency(
    since timestamptz, until timestamptz default now(), zoom text default 'day', breakdown text[] default '{}',
    source public.traffic_source default 'call', environment public.environment default null,
    provider_key text default null, connection_id uuid default null, operation text default null,
    organization_id uuid default null
) returns setof public.latency_figures
language sql stable set search_path = ''
as $$ select * from private.latency($10, row($1, $2, $3, $4, $5, $6, $7, $8, $9)::private.traffic_question) $$;
comment on function public.latency is
'How long it took, in the periods of usage(): percentiles are within 7 % of the true ones, in milliseconds.';

create type public.error_figures as (
    starts_at timestamptz, environment public.environment, provider_key text, connection_id uuid, operation text,
    calls bigint, errors bigint, authentication_errors bigint, rate_limit_errors bigint, refusals bigint,
    provider_errors bigint, unanswered bigint, failures bigint
);

create function private.traffic_errors(organization_id uuid, asked private.traffic_question) returns setof public.error_figures
language sql stable security definer set search_path = ''
as $$
    select t.starts_at, t.environment, t.provider_key, t.connection_id, t.operation, t.calls, t.errors,
        t.authentication_errors, t.rate_limit_errors, t.refusals, t.provider_errors, t.unanswered, t.failures
    from private.traffic_figures(organization_id, asked, 'errors') t
    where t.errors > 0
$$;

create function public.traffic_errors(
    since timestamptz, until timestamptz default now(), zoom text default 'day', breakdown text[] default '{}',
    source public.traffic_source default 'call', environment public.environment default null,
    provider_key text default null, connection_id uuid default null, operation text default null,
    organization_id uuid default null
) returns setof public.error_figures
language sql stable set search_path = ''
as $$ select * from private.traffic_errors($10, row($1, $2, $3, $4, $5, $6, $7, $8, $9)::private.traffic_question) $$;
comment on function public.traffic_errors is 'What went wrong, by class, in the periods of usage(); periods without errors have no row.';

-- What is told by gateway or carrier, and what the fee model of a connection says where the gateway tells nothing. Few
-- enough rows to be added up when they are asked for, so a fee that is told later, or a changed model, is right at once.
create type public.cost_figures as (
    starts_at timestamptz, environment public.environment, provider_key text, connection_id uuid, category text,
    currency text, items bigint, told text, estimated text, without_cost bigint
);

create function private.costs(
    organization_id uuid, since timestamptz, until timestamptz, zoom text, environment public.environment,
    provider_key text, connection_id uuid
) returns setof public.cost_figures
language plpgsql stable security definer set search_path = ''
as $$
declare
    organization constant uuid := private.resolve_organization(organization_id, 'viewer', 'analytics:read');
    zone text;
begin
    if zoom is null or zoom not in ('day', 'month') then
        perform private.refuse(400, 'invalid_zoom', 'The zoom is day or month.', 'zoom');
    end if;
    environment := private.chosen_environment(environment);
    perform private.check_traffic_question(row(since, until, zoom, array['connection'], 'call', environment, provider_key,
        connection_id, null)::private.traffic_question);
    select o.time_zone into zone from public.organizations o where o.id = organization;
    since := date_trunc(zoom, since, zone);
    until := (date_trunc(zoom, (until - interval '1 microsecond') at time zone zone) + ('1 ' || zoom)::interval)
        at time zone zone;
    return query
    with items as (
        select p.created_at, p.environment, p.connection_id, 'payments' as category, p.currency, p.fee::numeric as told,
            case when p.fee is null and (coalesce(m.fee_fixed::numeric, 0) = 0 or coalesce(m.fee_currency, p.currency) = p.currency)
                then coalesce(p.amount_captured::numeric * m.fee_percent / 100, case when m.fee_fixed is not null then 0 end)
                    + coalesce(m.fee_fixed::numeric, 0) end as estimated
        from public.payments p
        left join public.payment_providers m on m.connection_id = p.connection_id
        where p.organization_id = organization and p.created_at >= since and p.created_at < until
          and p.connection_id is not null and p.amount_captured > 0
        union all
        select s.created_at, s.environment, s.connection_id, 'shipping', s.cost_currency, s.cost::numeric, null
        from public.shipments s
        where s.organization_id = organization and s.created_at >= since and s.created_at < until
          and s.connection_id is not null and s.cost is not null and s.status not in ('cancelled', 'failed')
    )
    select date_trunc(zoom, i.created_at, zone), i.environment, c.provider_key, i.connection_id, i.category, i.currency,
        count(*), private.at_scale(round(coalesce(sum(i.told), 0), 4), i.currency)::text,
        private.at_scale(round(coalesce(sum(i.estimated), 0), 4), i.currency)::text,
        count(*) filter (where i.told is null and i.estimated is null)
    from items i join public.integration_connections c on c.id = i.connection_id
    where (costs.environment is null or i.environment = costs.environment)
      and (costs.provider_key is null or c.provider_key = costs.provider_key)
      and (costs.connection_id is null or i.connection_id = costs.connection_id)
    group by 1, 2, 3, 4, 5, 6
    order by 1, 2, 3, 4, 5, 6;
end
$$;

create function public.costs(
    since timestamptz, until timestamptz default now(), zoom text default 'month',
    environment public.environment default null, provider_key text default null, connection_id uuid default null,
    organization_id uuid default null
) returns setof public.cost_figures
language sql stable set search_path = ''
as $$ select * from private.costs($7, $1, $2, $3, $4, $5, $6) $$;
comment on function public.costs is
'What payments and shipments of each connection cost, by the day or month they were made in: told by gateways and carriers, or estimated by the connection''s fee model; without_cost counts those of which nobody knows.';

grant execute on function
    private.usage(uuid, private.traffic_question), private.latency(uuid, private.traffic_question),
    private.traffic_errors(uuid, private.traffic_question),
    private.costs(uuid, timestamptz, timestamptz, text, public.environment, text, uuid),
    public.usage(timestamptz, timestamptz, text, text[], public.traffic_source, public.environment, text, uuid, text, uuid),
    public.latency(timestamptz, timestamptz, text, text[], public.traffic_source, public.environment, text, uuid, text, uuid),
    public.traffic_errors(timestamptz, timestamptz, text, text[], public.traffic_source, public.environment, text, uuid, text, uuid),
    public.costs(timestamptz, timestamptz, text, public.environment, text, uuid, uuid)
to authenticated, service_role;
grant execute on function private.latency_mark(double precision) to wasl_worker;
