-- What may come in at an endpoint: from where, how fast, and what is told of the rest.

create function private.check_webhook_endpoint() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    if new.allowed_networks is distinct from old.allowed_networks then
        if cardinality(new.allowed_networks) > 200 or exists (
            select from unnest(new.allowed_networks) n
            -- cidr alone takes abbreviations, and 192.168 for 192.168.0.0/24.
            where n is null or not pg_catalog.pg_input_is_valid(n, 'cidr') or not pg_catalog.pg_input_is_valid(n, 'inet')
        ) then
            perform private.refuse(400, 'invalid_network',
                'Give up to 200 networks in CIDR notation, such as 203.0.113.0/24, with no bits set beyond the mask.',
                'allowed_networks');
        end if;
        new.allowed_networks := array(select n::cidr::text from unnest(new.allowed_networks) with ordinality u (n, place) order by place);
    end if;
    if new.ignored_event_types is distinct from old.ignored_event_types then
        if cardinality(new.ignored_event_types) > 100 or exists (
            select from unnest(new.ignored_event_types) p
            where p is null or char_length(p) not between 1 and 200 or p ~ '[][?[:cntrl:]]'
        ) then
            perform private.refuse(400, 'invalid_event_type',
                'Give up to 100 of the provider''s event types, each of 1 to 200 characters, with * for any part of one.',
                'ignored_event_types');
        end if;
    end if;
    return new;
end
$$;
create trigger webhook_endpoints_check before insert or update on public.webhook_endpoints
for each row execute function private.check_webhook_endpoint();

create table private.webhook_buckets (
    endpoint_id uuid primary key references public.webhook_endpoints (id) on delete cascade,
    tokens double precision not null,
    refilled_at timestamptz not null
);
comment on table private.webhook_buckets is
'How much of its rate each limited endpoint has left: one bucket for all processes that take webhooks in.';
alter table private.webhook_buckets enable row level security;

-- For each endpoint that is limited: how many deliveries may be taken now, at most as many as wanted, and at most a quarter
-- of the bucket and of a second's worth, so that several processes get some. No row for an endpoint that is not limited.
create function private.take_webhook_tokens(endpoint_ids uuid[], wanted integer[])
returns table (endpoint_id uuid, granted integer, wait_seconds double precision, refill_per_second double precision)
language sql security definer set search_path = ''
as $$
    insert into private.webhook_buckets (endpoint_id, tokens, refilled_at)
    select e.id, coalesce(e.rate_burst, greatest(1, e.rate_per_second)), clock_timestamp()
    from public.webhook_endpoints e
    where e.id = any (endpoint_ids) and e.rate_per_second is not null
    order by e.id
    on conflict do nothing;

    with bucket as materialized (
        select b.endpoint_id, e.rate_per_second::double precision as rate, burst.size, asked.most, clock.now,
            least(burst.size, b.tokens
                + e.rate_per_second * greatest(0, extract(epoch from clock.now - b.refilled_at))) as available
        from private.webhook_buckets b
        join public.webhook_endpoints e on e.id = b.endpoint_id
        join unnest(endpoint_ids, wanted) as asked (id, most) on asked.id = b.endpoint_id
        cross join lateral (
            select coalesce(e.rate_burst, greatest(1, e.rate_per_second))::double precision as size
        ) burst
        cross join lateral (select greatest(clock_timestamp(), b.refilled_at) as now) clock
        where e.rate_per_second is not null
        order by b.endpoint_id
        for no key update of b
    ), granted as (
        select b.*, floor(greatest(0, least(
            b.available, b.most, greatest(1, floor(least(b.size, b.rate) * 0.25))))) as tokens
        from bucket b
    )
    update private.webhook_buckets b set tokens = g.available - g.tokens, refilled_at = g.now
    from granted g
    where b.endpoint_id = g.endpoint_id
    returning b.endpoint_id, g.tokens::integer,
        case when g.tokens > 0 then 0 else greatest(0, 1 - g.available) / g.rate end, g.rate;
$$;
comment on function private.take_webhook_tokens is 'Takes from the buckets of limited endpoints; each endpoint is named once.';

create table public.webhook_requests (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null,
    connection_id uuid not null,
    endpoint_id uuid not null references public.webhook_endpoints (id) on delete cascade,
    received_at timestamptz not null,
    reason text not null,
    http_status smallint not null,
    verified boolean,
    method text not null,
    source_address text,
    headers jsonb not null default '{}',
    body_bytes integer,
    provider_event_id text
);
comment on table public.webhook_requests is
'The newest requests to each endpoint that became no event: refused ones and repeats, 500 at most and for 30 days. Of many in a second only some are shown; webhook_endpoints counts all.';
comment on column public.webhook_requests.reason is
'Why: duplicate, rate_limited, address_not_allowed, body_too_large, body_incomplete, malformed_payload, signature_invalid, signature_stale, …';
comment on column public.webhook_requests.http_status is 'What its sender was answered.';
comment on column public.webhook_requests.verified is 'Whether its signature was right; null where it was not looked at.';
comment on column public.webhook_requests.source_address is 'Where it came from, behind the proxies that are trusted.';
comment on column public.webhook_requests.headers is
'The headers'' names, and the values of a few that hold no secret: who knows what a sender that is not believed puts there.';
comment on column public.webhook_requests.body_bytes is 'How long the body was, or was said to be; it is not kept.';
comment on column public.webhook_requests.provider_event_id is 'Of a repeat: the provider''s own id of the event.';
create index webhook_requests_by_organization on public.webhook_requests (organization_id, received_at desc);
create index webhook_requests_by_endpoint on public.webhook_requests (endpoint_id, received_at desc);
alter table public.webhook_requests enable row level security;
create policy "members read requests" on public.webhook_requests for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'webhooks:read'))));
grant select on public.webhook_requests to authenticated, service_role;
grant select, delete on public.webhook_requests to wasl_worker;

-- Writes requests (an array of objects with the table's columns) down and lets each endpoint's oldest go.
create function private.note_webhook_requests(requests jsonb) returns void
language plpgsql security definer set search_path = ''
as $$
begin
    insert into public.webhook_requests (organization_id, connection_id, endpoint_id, received_at, reason, http_status,
        verified, method, source_address, headers, body_bytes, provider_event_id)
    select e.organization_id, e.connection_id, e.id, r.received_at, r.reason, r.http_status,
        r.verified, r.method, r.source_address, r.headers, r.body_bytes, r.provider_event_id
    from jsonb_to_recordset(requests) as r (endpoint_id uuid, received_at timestamptz, reason text, http_status smallint,
        verified boolean, method text, source_address text, headers jsonb, body_bytes integer, provider_event_id text)
    join public.webhook_endpoints e on e.id = r.endpoint_id;
    delete from public.webhook_requests r
    where r.id in (
        select q.id from public.webhook_requests q
        where q.id = any (array(
            select old.id
            from (select distinct x.endpoint_id from jsonb_to_recordset(requests) as x (endpoint_id uuid)) told
            cross join lateral (
                select o.id from public.webhook_requests o
                where o.endpoint_id = told.endpoint_id
                order by o.received_at desc, o.id desc offset 500
            ) old))
        for update skip locked  -- whoever else is at it lets the same ones go
    );
end
$$;

-- Whether an address lies in one of the networks; what is no address lies nowhere.
create function private.is_within(address text, networks text[]) returns boolean
language sql immutable set search_path = ''
as $$
    select case when address !~ '/' and pg_catalog.pg_input_is_valid(address, 'inet')
        then regexp_replace(address, '^::ffff:(?=\d+\.)', '', 'i')::inet <<= any (networks::cidr[])
        else false end
$$;

-- What may be shown of the headers of a request that was refused. The Python ingress shows the same.
create function private.shown_headers(headers jsonb) returns jsonb
language plpgsql immutable set search_path = ''
as $$
begin
    return coalesce((
        select jsonb_object_agg(h.name, case
            when h.name = any ('{accept,content-encoding,content-length,content-type,date,host,user-agent}')
                and h.value ~ '^[\x01-\x7f]*$'
                and not private.contains_card_number(h.value) and not private.contains_security_code(h.value)
            then regexp_replace(left(h.value, 200), '[[:cntrl:]]', '', 'g') else '[hidden]' end)
        from (select lower(key) as name, value from jsonb_each_text(headers) limit 100) h
        where h.name ~ '^[a-z-]{1,64}$'), '{}'::jsonb);
end
$$;

create function private.refuse_webhook(
    endpoint public.webhook_endpoints, reason text, status integer, request jsonb, retry_after integer default null
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    arrived timestamptz := clock_timestamp();
begin
    if (select count(*) from (
            select from public.webhook_requests r
            where r.endpoint_id = endpoint.id and r.received_at > arrived - interval '1 second' limit 20) recent) < 20 then
        perform private.note_webhook_requests(jsonb_build_array(request || jsonb_build_object(
            'endpoint_id', endpoint.id, 'received_at', arrived, 'reason', reason, 'http_status', status, 'method', 'POST',
            'headers', private.shown_headers(request -> 'headers'))));
    end if;
    update public.webhook_endpoints e
    set refused_count = e.refused_count + 1, last_refused_at = arrived, last_refusal = reason
    where e.id = endpoint.id;
    return jsonb_build_object('status', 'refused', 'code', reason, 'http_status', status, 'retry_after', retry_after);
end
$$;

-- For the Supabase function `webhooks`, which has no keyring: it keeps the exact bytes, the worker verifies them
-- before believing anything. A repeat is told after that too, so a forger cannot spoil a true event's key. What the
-- endpoint does not take is an answer here and no error, which would undo that it is counted.
create function private.ingest_webhook(token text, headers jsonb, query text, body text, source_address text)
returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    endpoint public.webhook_endpoints;
    raw bytea;
    event uuid := private.uuid_v7();
    arrived timestamptz := clock_timestamp();
    provider text;
    words text;
    request jsonb;
    bucket record;
begin
    select * into endpoint from public.webhook_endpoints e
    where e.token_hash = extensions.digest(coalesce(token, ''), 'sha256') and e.enabled;
    select c.provider_key into provider from public.integration_connections c
    where c.id = endpoint.connection_id and c.status <> 'disconnected';
    if provider is null then
        perform private.refuse(404, 'not_found', 'Not found.');
    elsif headers is null or jsonb_typeof(headers) <> 'object' then
        perform private.refuse(400, 'invalid_headers', 'The headers must be a JSON object.', 'headers');
    end if;
    source_address := case when pg_catalog.pg_input_is_valid(source_address, 'inet') then source_address end;
    request := jsonb_build_object('source_address', source_address, 'headers', headers,
        'body_bytes', coalesce(char_length(body) / 4 * 3, 0));
    if endpoint.allowed_networks <> '{}' and private.is_within(source_address, endpoint.allowed_networks) is not true then
        return private.refuse_webhook(endpoint, 'address_not_allowed', 403, request);
    end if;
    -- Base64 is a third longer: too much is refused before it is decoded.
    if char_length(body) / 4 * 3 > endpoint.max_body_bytes + 3 then
        return private.refuse_webhook(endpoint, 'body_too_large', 413, request);
    elsif body is null or body !~ '^[A-Za-z0-9+/]*={0,2}$' or char_length(body) % 4 <> 0 then
        perform private.refuse(400, 'invalid_body', 'The body must come in base64.', 'body');
    end if;
    raw := decode(body, 'base64');
    request := request || jsonb_build_object('body_bytes', octet_length(raw));
    if octet_length(raw) > endpoint.max_body_bytes then
        return private.refuse_webhook(endpoint, 'body_too_large', 413, request);
    end if;
    select * into bucket from private.take_webhook_tokens(array[endpoint.id], array[1]);
    if bucket.granted = 0 then
        return private.refuse_webhook(endpoint, 'rate_limited', 429, request, greatest(1, ceil(bucket.wait_seconds))::integer);
    end if;
    -- To be verified the bytes must stay as they are, so here a card's data cannot be masked: it is not taken.
    words := concat_ws(E'\n', query, (
        -- A proxy before the function may have taken UTF-8 for Latin-1 once more.
        select string_agg(private.header_as_text(private.header_as_text(concat(h.key, ': ', h.value))), E'\n')
        from jsonb_each_text(headers) h), private.as_text(raw));
    if private.contains_card_number(words) or private.contains_security_code(words) then
        return private.refuse_webhook(endpoint, 'card_number_refused', 422, request);
    end if;
    select jsonb_object_agg(lower(h.key), h.value) into headers from jsonb_each(headers) h
    where lower(h.key) not in ('authorization', 'cookie', 'apikey', 'proxy-authorization');
    insert into public.webhook_events (id, received_at, organization_id, connection_id, endpoint_id, provider_key,
        verified, headers, query, source_address, body, body_bytes, trace_id)
    values (event, arrived, endpoint.organization_id, endpoint.connection_id, endpoint.id, provider,
        false, coalesce(headers, '{}'::jsonb), coalesce(query, ''), source_address, raw, octet_length(raw),
        replace(event::text, '-', ''));
    insert into private.jobs (id, kind, organization_id, payload, trace_id)
    values (event, 'webhook.process', endpoint.organization_id,
        jsonb_build_object('event_id', event, 'received_at', arrived), replace(event::text, '-', ''));
    update public.webhook_endpoints e set received_count = e.received_count + 1, last_received_at = arrived
    where e.id = endpoint.id;
    return jsonb_build_object('status', 'accepted');
end
$$;

create function public.ingest_webhook(
    token text, headers jsonb, query text, body text, source_address text default null
) returns jsonb
language sql set search_path = ''
as $$ select private.ingest_webhook(token, headers, query, body, source_address) $$;
comment on function public.ingest_webhook is
'For the Supabase function `webhooks` only: keeps a webhook (body in base64) until a worker verifies it; {status, code, http_status, retry_after} of one that is refused.';

grant execute on function
    private.ingest_webhook(text, jsonb, text, text, text), public.ingest_webhook(text, jsonb, text, text, text)
to service_role;
grant execute on function private.take_webhook_tokens(uuid[], integer[]), private.note_webhook_requests(jsonb) to wasl_worker;
