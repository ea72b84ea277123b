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
-- Of floating-point numbers: powers of `numeric` ones take many times as long.
create function private.latency_of(bucket integer) returns double precision
language sql immutable parallel safe set search_path = ''
as $$ select case bucket when 0 then 1 else power(2::float8, bucket / 5::float8) * 2 / (1 + power(2::float8, 0.2::float8)) end $$;

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
    -- Where the twelve digits of bucket 0 begin.
    last_place constant integer := length(digits) - 11;
    seen bigint := 0;
    wanted bigint := half;
    p50 double precision;
    p95 double precision;
begin
    if total is null or total <= 0 then
        return array[null, null, null]::double precision[];
    end if;
    for bucket in (length(written) - length(rtrim(written, '0'))) / 12 .. 100 loop
        seen := seen + convert_from(substring(digits from last_place - 12 * bucket for 12), 'UTF8')::bigint;
        continue when seen < wanted;
        p50 := coalesce(p50, private.latency_of(bucket));
        wanted := nearly_all;
        if seen >= nearly_all then
            p95 := coalesce(p95, private.latency_of(bucket));
            wanted := all_but_a_hundredth;
            if seen >= all_but_a_hundredth then
                return array[p50, p95, private.latency_of(bucket)];
            end if;
        end if;
    end loop;
    return array[p50, p95, null];
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
-- or errors. Where operations do not matter they are told by the sums that are kept, which are few; else single connections
-- and hours by the hourly figures, which go back 13 months, and all else by the daily ones. The statement is planned anew for
-- each question, in which what was asked are constants: what was not asked for is not added up, which halves the time.
create function private.traffic_figures(organization_id uuid, asked private.traffic_question, part text)
returns setof private.traffic
language plpgsql stable security definer set search_path = '' set jit = off
as $$
declare
    organization constant uuid := private.resolve_organization(organization_id, 'viewer', 'analytics:read');
    only_environment constant public.environment := private.chosen_environment(asked.environment);
    by_connection constant boolean := asked.connection_id is not null or 'connection' = any (asked.breakdown);
    by_operation constant boolean := asked.operation is not null or 'operation' = any (asked.breakdown);
    by_hour constant boolean := asked.zoom = 'hour';
    -- Hours are UTC's.
    zone text := 'UTC';
    -- Where the figures are; the period of one as it is written there, and when that begins; the range of those periods.
    place text;
    period text;
    starts_at text;
    bounds text;
    -- In the zone's time.
    first_at timestamp;
    end_at timestamp;
begin
    perform private.check_traffic_question(asked);
    if not by_hour then
        -- Days stay in the zone in which they were cut until they are cut anew.
        select coalesce(z.time_zone, o.time_zone) into zone
        from public.organizations o left join private.analytics_zones z on z.organization_id = o.id
        where o.id = organization;
    end if;
    first_at := date_trunc(asked.zoom, asked.since at time zone zone);
    end_at := date_trunc(asked.zoom, (asked.until - interval '1 microsecond') at time zone zone)
        + ('1 ' || asked.zoom)::interval;
    if not by_operation and not (by_hour and by_connection) then
        place := 'private.analytics_totals';
        bounds := format('a.kind = %L and a.period >= $9 at time zone ''UTC'' and a.period < $10 at time zone ''UTC''',
            case when by_hour then 'hour' when by_connection then 'connection_day' else 'day' end);
        period := case asked.zoom when 'month' then 'date_trunc(''month'', a.period, ''UTC'')' else 'a.period' end;
        starts_at := 'f.period at time zone ''UTC'' at time zone $11';
    elsif by_hour or by_connection then
        place := 'public.integration_analytics';
        bounds := 'a.hour >= $9 at time zone $11 and a.hour < $10 at time zone $11';
        period := case when by_hour then 'a.hour' else format('date_trunc(%L, a.hour, $11)', asked.zoom) end;
        starts_at := 'f.period';
    else
        place := 'public.integration_analytics_daily';
        bounds := 'a.day >= $9::date and a.day < $10::date';
        period := case asked.zoom when 'month' then 'date_trunc(''month'', a.day::timestamp)' else 'a.day::timestamp' end;
        starts_at := 'f.period at time zone $11';
    end if;
    return query execute format($query$
        select %1$s, f.environment, f.provider_key, f.connection_id, f.operation, f.calls, f.errors,
            f.authentication_errors, f.rate_limit_errors, f.refusals, f.provider_errors, f.unanswered, f.failures,
            f.throttled, f.retried, f.unknown, f.duration_ms_sum, f.duration_ms_max, f.latency, f.bytes_sent,
            f.bytes_received
        from (
            select %2$s as period, a.environment,
                case when 'provider' = any ($4) then a.provider_key end as provider_key,
                case when 'connection' = any ($4) then %3$s end as connection_id,
                case when 'operation' = any ($4) then %4$s end as operation,
                sum(a.calls)::bigint as calls, sum(a.errors)::bigint as errors,
                sum(case $8 when 'errors' then a.authentication_errors end)::bigint as authentication_errors,
                sum(case $8 when 'errors' then a.rate_limit_errors end)::bigint as rate_limit_errors,
                sum(case $8 when 'errors' then a.refusals end)::bigint as refusals,
                sum(case $8 when 'errors' then a.provider_errors end)::bigint as provider_errors,
                sum(case $8 when 'errors' then a.unanswered end)::bigint as unanswered,
                sum(case $8 when 'errors' then a.failures end)::bigint as failures,
                sum(case $8 when 'usage' then a.throttled end)::bigint as throttled,
                sum(case $8 when 'usage' then a.retried end)::bigint as retried,
                sum(case $8 when 'usage' then a.unknown end)::bigint as unknown,
                sum(case $8 when 'latency' then a.duration_ms_sum end) as duration_ms_sum,
                max(case $8 when 'latency' then a.duration_ms_max end) as duration_ms_max,
                sum(case $8 when 'latency' then a.latency end) as latency,
                sum(case $8 when 'usage' then a.bytes_sent end)::bigint as bytes_sent,
                sum(case $8 when 'usage' then a.bytes_received end)::bigint as bytes_received
            from %5$s a
            where a.organization_id = $1 and a.source = $2 and %6$s
              and ($3 is null or a.environment = $3)
              and ($5 is null or a.provider_key = $5)
              and ($6 is null or %3$s = $6)
              and ($7 is null or %4$s = $7)
            group by 1, 2, 3, 4, 5
        ) f
        order by f.period, f.environment, f.provider_key, f.connection_id, f.operation
        $query$,
        starts_at, period, case when by_connection then 'a.connection_id' else 'null::uuid' end,
        case when by_operation then 'a.operation' else 'null::text' end, place, bounds)
    using organization, asked.source, only_environment, asked.breakdown, asked.provider_key, asked.connection_id,
        asked.operation, part, first_at, end_at, zone;
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
