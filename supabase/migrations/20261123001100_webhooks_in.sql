-- Webhooks from providers: where they may come in, every event with its exact bytes, and the keys that tell repeats.

create table public.webhook_endpoints (
    id uuid primary key default gen_random_uuid(),
    organization_id uuid not null,
    connection_id uuid not null,
    token_hash bytea not null unique check (octet_length(token_hash) = 32),
    token_hint text not null,
    description text not null default '',
    enabled boolean not null default true,
    record_only boolean not null default false,
    max_body_bytes integer not null default 1048576 check (max_body_bytes between 1024 and 10485760),
    tolerance_seconds integer not null default 300 check (tolerance_seconds between 30 and 86400),
    received_count bigint not null default 0,
    refused_count bigint not null default 0,
    last_received_at timestamptz,
    last_refused_at timestamptz,
    last_refusal text,
    created_at timestamptz not null default now(),
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade
);
comment on table public.webhook_endpoints is 'Addresses that providers send to. The address holds a token of which only the hash is kept.';
comment on column public.webhook_endpoints.token_hash is 'SHA-256 of the token, which has 256 random bits; not granted to clients.';
comment on column public.webhook_endpoints.token_hint is 'The first characters of the token, to tell addresses apart.';
comment on column public.webhook_endpoints.tolerance_seconds is 'How old a signed time may be.';
comment on column public.webhook_endpoints.refused_count is 'Deliveries with a wrong or stale signature, or too large.';
comment on column public.webhook_endpoints.last_refusal is 'Why the last one was refused.';
comment on column public.webhook_endpoints.record_only is 'Keep events without acting on them.';
create index webhook_endpoints_by_connection on public.webhook_endpoints (organization_id, connection_id);

create type public.webhook_event_status as enum ('received', 'processed', 'ignored', 'duplicate', 'refused', 'failed', 'dead');
comment on type public.webhook_event_status is
'ignored: no event of ours; refused: its signature turned out wrong; failed: will be tried again; dead: given up.';

create table public.webhook_events (
    id uuid not null,
    received_at timestamptz not null,
    organization_id uuid not null,
    connection_id uuid not null,
    endpoint_id uuid not null,
    provider_key text not null,
    verified boolean not null,
    status public.webhook_event_status not null default 'received',
    provider_event_id text,
    event_type text,
    headers jsonb not null,
    query text not null default '',
    body bytea not null,
    canonical_types text[] not null default '{}',
    attempts integer not null default 0,
    error jsonb,
    processed_at timestamptz,
    trace_id text,
    primary key (received_at, id)
) partition by range (received_at);
comment on table public.webhook_events is 'Every webhook accepted, byte for byte. A partition a day, dropped when old.';
comment on column public.webhook_events.verified is 'False only between arrival through the Supabase function and the worker''s check.';
comment on column public.webhook_events.headers is 'Names in lower case; without cookies and authorization.';
comment on column public.webhook_events.query is 'The query string as it came.';
comment on column public.webhook_events.body is
'The bytes as sent: what the signature covers. Only a payment card''s number or security code in them is masked.';
comment on column public.webhook_events.provider_event_id is 'The provider''s own id; null before verification, or where it has none.';
comment on column public.webhook_events.event_type is 'The provider''s own name of what happened.';
comment on column public.webhook_events.canonical_types is 'What it meant in Wasl''s words, such as payment.succeeded.';
comment on column public.webhook_events.error is '{code, message} of the last attempt that failed.';
comment on column public.webhook_events.trace_id is 'Ties the event to the log lines about it.';
create index webhook_events_by_organization on public.webhook_events (organization_id, received_at desc);
create index webhook_events_by_connection on public.webhook_events (connection_id, received_at desc);
create index webhook_events_by_id on public.webhook_events (id);
create index webhook_events_unsettled on public.webhook_events (organization_id, status, received_at desc)
where status in ('refused', 'failed', 'dead');

create table private.webhook_event_keys (
    endpoint_id uuid not null references public.webhook_endpoints (id) on delete cascade,
    key bytea not null,
    event_id uuid not null,
    received_at timestamptz not null,
    primary key (endpoint_id, key)
);
comment on table private.webhook_event_keys is
'Which events have been seen: a unique index on the partitioned table would stop at the partition.';
comment on column private.webhook_event_keys.key is 'SHA-256 of the provider''s event id, or of the body where there is none.';
create index webhook_event_keys_by_age on private.webhook_event_keys (received_at);
alter table private.webhook_event_keys enable row level security;

alter table public.webhook_endpoints enable row level security;
alter table public.webhook_events enable row level security;
create policy "members read endpoints" on public.webhook_endpoints for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'webhooks:read'))));
create policy "developers change endpoints" on public.webhook_endpoints for update to authenticated
using (organization_id = any (array(select private.my_organizations('developer', 'webhooks:write'))))
with check (organization_id = any (array(select private.my_organizations('developer', 'webhooks:write'))));
create policy "members read events" on public.webhook_events for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'webhooks:read'))));

grant select (id, organization_id, connection_id, token_hint, description, enabled, record_only, max_body_bytes,
    tolerance_seconds, received_count, refused_count, last_received_at, last_refused_at, last_refusal, created_at),
    update (description, enabled, record_only, max_body_bytes, tolerance_seconds)
on public.webhook_endpoints to authenticated;
grant select on public.webhook_endpoints to service_role;
grant select on public.webhook_events to authenticated, service_role;
grant select, update (received_count, refused_count, last_received_at, last_refused_at, last_refusal)
on public.webhook_endpoints to wasl_worker;
grant select, insert, update on public.webhook_events to wasl_worker;
grant select, insert, delete on private.webhook_event_keys to wasl_worker;

create trigger webhook_endpoints_audit after update on public.webhook_endpoints
for each row when (current_user in ('authenticated', 'service_role'))
execute function private.audit_direct_change('webhook_endpoint', 'id');

create function private.create_webhook_endpoint(connection_id uuid, description text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    connection public.integration_connections := private.own_connection(connection_id, 'developer', 'webhooks:write');
    token text := 'wh_' || rtrim(translate(encode(extensions.gen_random_bytes(32), 'base64'), E'+/\n', '-_'), '=');
    endpoint public.webhook_endpoints;
begin
    if connection.status = 'disconnected' then
        perform private.refuse(409, 'connection_disconnected', 'This connection has been disconnected.', 'connection_id');
    end if;
    perform private.refuse_card_number(description, 'description');
    insert into public.webhook_endpoints as e (organization_id, connection_id, token_hash, token_hint, description)
    values (connection.organization_id, connection.id, extensions.digest(token, 'sha256'), left(token, 7),
            coalesce(description, ''))
    returning e.* into endpoint;
    perform private.audit(connection.organization_id, 'webhook_endpoint.created', 'webhook_endpoint', endpoint.id::text,
        jsonb_build_object('connection_id', connection.id));
    return jsonb_build_object('id', endpoint.id, 'organization_id', endpoint.organization_id,
        'connection_id', endpoint.connection_id, 'description', endpoint.description, 'token', token,
        'path', '/functions/v1/webhooks/' || token, 'created_at', endpoint.created_at);
end
$$;

create function public.create_webhook_endpoint(connection_id uuid, description text default '') returns jsonb
language sql set search_path = ''
as $$ select private.create_webhook_endpoint(connection_id, description) $$;
comment on function public.create_webhook_endpoint is
'Makes an address for a provider''s webhooks. The answer holds its token and path, this once.';

-- Bytes to be searched as words, whatever they are.
create function private.as_text(raw bytea) returns text
language plpgsql immutable set search_path = ''
as $$
begin
    return convert_from(raw, 'UTF8');
exception when character_not_in_repertoire or untranslatable_character then
    return regexp_replace(encode(raw, 'escape'), '\\[0-3][0-7]{2}', '?', 'g');
end
$$;

-- Headers come decoded as Latin-1, whatever they are.
create function private.header_as_text(header text) returns text
language plpgsql immutable set search_path = ''
as $$
begin
    return convert_from(convert_to(header, 'LATIN1'), 'UTF8');
exception when character_not_in_repertoire or untranslatable_character then
    return header;
end
$$;

-- For the Supabase function `webhooks`, which has no keyring: it keeps the exact bytes, the worker verifies them
-- before believing anything. A repeat is told after that too, so a forger cannot spoil a true event's key.
create function private.ingest_webhook(token text, headers jsonb, query text, body text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    endpoint public.webhook_endpoints;
    raw bytea;
    event uuid := private.uuid_v7();
    arrived timestamptz := clock_timestamp();
    provider text;
    words text;
begin
    select * into endpoint from public.webhook_endpoints e
    where e.token_hash = extensions.digest(coalesce(token, ''), 'sha256') and e.enabled;
    select c.provider_key into provider from public.integration_connections c
    where c.id = endpoint.connection_id and c.status <> 'disconnected';
    if provider is null then
        perform private.refuse(404, 'not_found', 'Not found.');
    end if;
    -- Base64 is a third longer: too much is refused before it is decoded.
    if char_length(body) / 4 * 3 > endpoint.max_body_bytes + 3 then
        perform private.refuse(413, 'body_too_large', 'The body is too large.', 'body');
    elsif body is null or body !~ '^[A-Za-z0-9+/]*={0,2}$' or char_length(body) % 4 <> 0 then
        perform private.refuse(400, 'invalid_body', 'The body must come in base64.', 'body');
    elsif headers is null or jsonb_typeof(headers) <> 'object' then
        perform private.refuse(400, 'invalid_headers', 'The headers must be a JSON object.', 'headers');
    end if;
    raw := decode(body, 'base64');
    if octet_length(raw) > endpoint.max_body_bytes then
        perform private.refuse(413, 'body_too_large', 'The body is too large.', 'body');
    end if;
    -- To be verified the bytes must stay as they are, so here a card's data cannot be masked: it is not taken.
    words := concat_ws(E'\n', query, (
        -- A proxy before the function may have taken UTF-8 for Latin-1 once more.
        select string_agg(private.header_as_text(private.header_as_text(concat(h.key, ': ', h.value))), E'\n')
        from jsonb_each_text(headers) h), private.as_text(raw));
    if private.contains_card_number(words) or private.contains_security_code(words) then
        perform private.refuse(422, 'card_number_refused', 'That holds a payment card''s number, which Wasl never takes.', 'body');
    end if;
    select jsonb_object_agg(lower(h.key), h.value) into headers from jsonb_each(headers) h
    where lower(h.key) not in ('authorization', 'cookie', 'apikey', 'proxy-authorization');
    insert into public.webhook_events (id, received_at, organization_id, connection_id, endpoint_id, provider_key,
        verified, headers, query, body)
    values (event, arrived, endpoint.organization_id, endpoint.connection_id, endpoint.id, provider,
        false, coalesce(headers, '{}'::jsonb), coalesce(query, ''), raw);
    insert into private.jobs (id, kind, organization_id, payload)
    values (event, 'webhook.process', endpoint.organization_id,
        jsonb_build_object('event_id', event, 'received_at', arrived));
    update public.webhook_endpoints e set received_count = e.received_count + 1, last_received_at = arrived
    where e.id = endpoint.id;
    return jsonb_build_object('status', 'accepted');
end
$$;

create function public.ingest_webhook(token text, headers jsonb, query text, body text) returns jsonb
language sql set search_path = ''
as $$ select private.ingest_webhook(token, headers, query, body) $$;
comment on function public.ingest_webhook is
'For the Supabase function `webhooks` only: keeps a webhook (body in base64) until a worker verifies it.';

create function private.replay_webhook_events(event_ids uuid[]) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    replayed integer;
    batch record;
begin
    if event_ids is null or cardinality(event_ids) not between 1 and 1000 then
        perform private.refuse(400, 'invalid_event_ids', 'Send 1 to 1000 event ids.', 'event_ids');
    end if;
    with mine as (
        update public.webhook_events e set status = 'received', error = null, processed_at = null
        where e.id = any (event_ids)
          and (private.is_service()
               or e.organization_id = any (array(select private.my_organizations('developer', 'webhooks:write'))))
        returning e.id, e.received_at, e.organization_id
    ), queued as (
        insert into private.jobs (id, kind, organization_id, payload)
        select private.uuid_v7(), 'webhook.process', organization_id,
            jsonb_build_object('event_id', id, 'received_at', received_at, 'replay', true)
        from mine
        returning 1
    )
    select count(*) into replayed from queued;
    if replayed <> cardinality(array(select distinct unnest(event_ids))) then
        perform private.refuse(404, 'event_not_found', 'Some of these events are not yours or do not exist; none was replayed.', 'event_ids');
    end if;
    for batch in
        select e.organization_id, jsonb_agg(e.id order by e.id) as ids
        from public.webhook_events e where e.id = any (event_ids) group by e.organization_id order by 1
    loop
        perform private.audit(batch.organization_id, 'webhook_event.replayed', 'webhook_event', batch.ids ->> 0,
            jsonb_build_object('events', batch.ids));
    end loop;
    return replayed;
end
$$;

create function public.replay_webhook_events(event_ids uuid[]) returns integer
language sql set search_path = ''
as $$ select private.replay_webhook_events(event_ids) $$;
comment on function public.replay_webhook_events is 'Processes stored webhooks again, all or none; answers with how many.';

grant execute on function
    private.create_webhook_endpoint(uuid, text), public.create_webhook_endpoint(uuid, text),
    private.replay_webhook_events(uuid[]), public.replay_webhook_events(uuid[])
to authenticated, service_role;
grant execute on function private.ingest_webhook(text, jsonb, text, text), public.ingest_webhook(text, jsonb, text, text)
to service_role;
