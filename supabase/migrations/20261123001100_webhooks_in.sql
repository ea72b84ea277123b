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
    rate_per_second numeric check (rate_per_second between 0.01 and 100000),
    rate_burst integer check (rate_burst between 1 and 1000000),
    allowed_networks text[] not null default '{}',
    ignored_event_types text[] not null default '{}',
    body_retention_days integer check (body_retention_days between 1 and 90),
    bodies_erased_until timestamptz,
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
comment on column public.webhook_endpoints.rate_per_second is
'Deliveries taken per second in the long run, by all ingress processes together; more are answered 429. Null: no limit.';
comment on column public.webhook_endpoints.rate_burst is 'How many may come at once; null: a second''s worth.';
comment on column public.webhook_endpoints.allowed_networks is
'Networks in CIDR notation that deliveries may come from; others are answered 403. Empty: any.';
comment on column public.webhook_endpoints.ignored_event_types is
'Patterns of the provider''s event types, such as invoice.* or *.created: such events are kept and not acted on.';
comment on column public.webhook_endpoints.body_retention_days is
'After so many days a settled event''s body is replaced by its digest. Null: it is kept as long as the event.';
comment on column public.webhook_endpoints.bodies_erased_until is 'Bodies of events received before then have been erased.';
comment on column public.webhook_endpoints.refused_count is
'Deliveries with a wrong or stale signature, too large, too fast, or from elsewhere.';
comment on column public.webhook_endpoints.last_refusal is 'Why the last one was refused.';
comment on column public.webhook_endpoints.record_only is 'Keep events without acting on them; to replay one acts on it.';
create index webhook_endpoints_by_connection on public.webhook_endpoints (organization_id, connection_id);

create type public.webhook_event_status as enum
('received', 'processed', 'ignored', 'recorded', 'filtered', 'duplicate', 'refused', 'failed', 'dead');
comment on type public.webhook_event_status is
'ignored: no event of ours; recorded: its endpoint only records; filtered: of a type its endpoint ignores; refused: its signature turned out wrong; failed: will be tried again; dead: given up.';

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
    source_address text,
    body bytea not null,
    body_bytes integer not null default 0,
    body_sha256 bytea,
    body_erased_at timestamptz,
    canonical_types text[] not null default '{}',
    attempts integer not null default 0,
    error jsonb,
    processed_at timestamptz,
    trace_id text default private.trace_id(),
    primary key (received_at, id)
) partition by range (received_at);
comment on table public.webhook_events is 'Every webhook accepted, byte for byte. A partition a day, dropped when old.';
comment on column public.webhook_events.verified is 'False only between arrival through the Supabase function and the worker''s check.';
comment on column public.webhook_events.headers is 'Names in lower case; without cookies and authorization.';
comment on column public.webhook_events.query is 'The query string as it came.';
comment on column public.webhook_events.body is
'The bytes as sent: what the signature covers. Only a payment card''s number or security code in them is masked.';
comment on column public.webhook_events.source_address is 'Where it came from, behind the proxies that are trusted.';
comment on column public.webhook_events.body_bytes is 'How long the body was as it came.';
comment on column public.webhook_events.body_sha256 is 'SHA-256 of the body that was kept, once that has been erased.';
comment on column public.webhook_events.body_erased_at is
'When the body was erased (webhook_endpoints.body_retention_days). Such an event cannot be replayed.';
comment on column public.webhook_events.provider_event_id is 'The provider''s own id; null before verification, or where it has none.';
comment on column public.webhook_events.event_type is 'The provider''s own name of what happened.';
comment on column public.webhook_events.canonical_types is 'What it meant in Wasl''s words, such as payment.succeeded.';
comment on column public.webhook_events.error is '{code, message} of the last attempt that failed.';
comment on column public.webhook_events.trace_id is 'W3C trace: its own at first, then that of what it turns out to be about.';
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
comment on column private.webhook_event_keys.key is 'SHA-256 of the provider''s event id, or where there is none of the body as it is kept.';
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
    tolerance_seconds, rate_per_second, rate_burst, allowed_networks, ignored_event_types, body_retention_days,
    bodies_erased_until, received_count, refused_count, last_received_at, last_refused_at, last_refusal, created_at),
    update (description, enabled, record_only, max_body_bytes, tolerance_seconds, rate_per_second, rate_burst,
    allowed_networks, ignored_event_types, body_retention_days)
on public.webhook_endpoints to authenticated;
grant select on public.webhook_endpoints to service_role;
grant select on public.webhook_events to authenticated, service_role;
grant select, update (received_count, refused_count, last_received_at, last_refused_at, last_refusal, bodies_erased_until)
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

create function private.replay_webhook_events(event_ids uuid[]) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    replayed integer;
    erased integer;
    batch record;
begin
    if event_ids is null or cardinality(event_ids) not between 1 and 1000 then
        perform private.refuse(400, 'invalid_event_ids', 'Send 1 to 1000 event ids.', 'event_ids');
    end if;
    with mine as (
        update public.webhook_events e set status = 'received', error = null, processed_at = null
        where e.id = any (event_ids)
          and (private.is_service()
               or e.organization_id = any (array(select private.my_organizations('developer', 'webhooks:write')))
               and coalesce(private.environment_of('connection', e.connection_id) = private.key_environment(), true))
        returning e.id, e.received_at, e.organization_id, e.body_erased_at
    ), queued as (
        insert into private.jobs (id, kind, organization_id, payload)
        select private.uuid_v7(), 'webhook.process', organization_id,
            jsonb_build_object('event_id', id, 'received_at', received_at, 'replay', true)
        from mine
        returning 1
    )
    select (select count(*) from queued), count(body_erased_at) into replayed, erased from mine;
    if replayed <> cardinality(array(select distinct unnest(event_ids))) then
        perform private.refuse(404, 'event_not_found', 'Some of these events are not yours or do not exist; none was replayed.', 'event_ids');
    elsif erased > 0 then
        perform private.refuse(409, 'body_erased', 'The bodies of some of these events have been erased; none was replayed.', 'event_ids');
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
