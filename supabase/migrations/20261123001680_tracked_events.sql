-- What visitors and customers do, as clients tell it: kept as an event, and counted by the tools that measure such things.

create function private.check_tracked_item(item jsonb, currency text, field text) returns void
language plpgsql stable set search_path = ''
as $$
begin
    perform private.check_keys(item, array['id', 'name', 'price', 'quantity'], field);
    perform private.check_present(item, array['id', 'name'], field);
    perform private.check_text(item -> 'id', 255, field || '.id');
    perform private.check_text(item -> 'name', 255, field || '.name');
    if item ? 'price' and (jsonb_typeof(item -> 'price') <> 'string' or item ->> 'price' !~ '^[0-9]{1,12}(\.[0-9]{1,6})?$') then
        perform private.refuse(400, 'invalid_items', 'The price is a decimal string such as "99.00".', field || '.price');
    elsif coalesce(item -> 'quantity', '1')::text !~ '^[1-9][0-9]{0,5}$' then
        perform private.refuse(400, 'invalid_items', 'The quantity is a whole number of at least 1.', field || '.quantity');
    end if;
end
$$;

create function private.check_properties(properties jsonb) returns void
language plpgsql immutable set search_path = ''
as $$
declare
    wrong text;
begin
    if jsonb_typeof(properties) is distinct from 'object' or (select count(*) from jsonb_object_keys(properties)) > 50 then
        perform private.refuse(400, 'invalid_properties', 'The properties are an object with at most 50 texts and numbers.', 'properties');
    end if;
    select e.key into wrong from jsonb_each(properties) e
    where e.key !~ '^[A-Za-z][A-Za-z0-9_]{0,39}$' or jsonb_typeof(e.value) not in ('string', 'number')
       or char_length(e.value #>> '{}') > 500
    order by e.key limit 1;
    if wrong is not null then
        perform private.refuse(400, 'invalid_properties', 'A property has a name of at most 40 letters, digits and _, and a text '
            'of at most 500 characters or a number.', 'properties.' || left(wrong, 60));
    end if;
    perform private.refuse_card_number(e.key || ': ' || e.value, 'properties.' || e.key) from jsonb_each_text(properties) e;
end
$$;

create function private.check_tracked_event(facts jsonb) returns void
language plpgsql stable set search_path = ''
as $$
declare
    occurred_at constant timestamptz := facts ->> 'occurred_at';
begin
    if coalesce(facts ->> 'name', '') !~ '^[A-Za-z][A-Za-z0-9_]{0,39}$' then
        perform private.refuse(400, 'invalid_name', 'The name has at most 40 letters, digits and _, such as add_to_cart.', 'name');
    end if;
    perform private.check_properties(facts -> 'properties');
    perform private.check_text(facts -> each, 255, each) from unnest(array['client_id', 'user_id', 'session_id', 'reference']) each;
    perform private.check_pattern(facts ->> 'email', '^[^\s@]+@[^\s@]+\.[^\s@]+$', 'The email is not an address.', 'email');
    perform private.check_text(facts -> 'email', 254, 'email');
    if (facts ? 'amount') <> (facts ? 'currency') then
        perform private.refuse(400, 'invalid_amount', 'An amount has a currency.', case when facts ? 'amount' then 'currency' else 'amount' end);
    elsif jsonb_typeof(facts -> 'items') <> 'array' or jsonb_array_length(facts -> 'items') > 200 then
        perform private.refuse(400, 'invalid_items', 'The items are a list of at most 200.', 'items');
    elsif occurred_at > clock_timestamp() + interval '1 minute' or occurred_at < clock_timestamp() - interval '72 hours' then
        perform private.refuse(400, 'invalid_occurred_at', 'It lies neither in the future nor more than 72 hours back.', 'occurred_at');
    end if;
    perform private.check_tracked_item(e.value, facts ->> 'currency', format('items.%s', e.ordinality - 1))
    from jsonb_array_elements(facts -> 'items') with ordinality e;
    if facts ? 'consent' then
        perform private.check_keys(facts -> 'consent', array['user_data', 'personalization'], 'consent');
        if exists (select from jsonb_each(facts -> 'consent') e where jsonb_typeof(e.value) not in ('boolean', 'null')) then
            perform private.refuse(400, 'invalid_consent', 'Each is true or false.', 'consent');
        end if;
    end if;
end
$$;

-- AddToCart and add_to_cart are one.
create function private.snake_case(name text) returns text
language sql immutable set search_path = ''
as $$ select lower(regexp_replace(regexp_replace(name, '([a-z0-9])([A-Z])', '\1_\2', 'g'), '([A-Z])([A-Z][a-z])', '\1_\2', 'g')) $$;

-- The connections that are to count an event: those named, or all of the environment's that are active.
create function private.counting_connections(organization_id uuid, connection_ids uuid[], environment public.environment)
returns setof public.integration_connections
language plpgsql stable security definer set search_path = ''
as $$
declare
    wrong integer;
    environments public.environment[];
begin
    environment := private.chosen_environment(environment);
    select count(distinct each) into wrong from unnest(connection_ids) each
    where not exists (
        select from public.integration_connections c join public.integration_providers p on p.key = c.provider_key
        where c.id = each and c.organization_id = counting_connections.organization_id and c.status in ('active', 'needs_attention')
          and 'tracks_events' = any (p.capabilities)
          and (counting_connections.environment is null or c.environment = counting_connections.environment));
    if wrong > 0 then
        perform private.refuse(404, 'connection_not_found',
            'They are active connections of your organization that track events, of one environment.', 'connection_ids');
    end if;
    select array_agg(distinct c.environment) into environments
    from public.integration_connections c join public.integration_providers p on p.key = c.provider_key
    where c.organization_id = counting_connections.organization_id and 'tracks_events' = any (p.capabilities)
      and (c.id = any (connection_ids) or connection_ids is null and c.status = 'active')
      and (counting_connections.environment is null or c.environment = counting_connections.environment);
    if cardinality(environments) > 1 then
        perform private.refuse(400, 'environment_required',
            'You have sandbox and live connections that track events: say which environment.', 'environment');
    end if;
    return query
    select c.* from public.integration_connections c join public.integration_providers p on p.key = c.provider_key
    where c.organization_id = counting_connections.organization_id and 'tracks_events' = any (p.capabilities)
      and (c.id = any (connection_ids) or connection_ids is null and c.status = 'active')
      and (counting_connections.environment is null or c.environment = counting_connections.environment)
    order by c.id;
end
$$;

-- Who did it, if it can be known.
create function private.lead_of_event(organization_id uuid, facts jsonb) returns uuid
language plpgsql stable security definer set search_path = ''
as $$
declare
    lead_id constant uuid := facts ->> 'lead_id';
begin
    if lead_id is null then
        return private.lead_by_email(organization_id, facts ->> 'email');
    elsif not exists (select from public.leads l where l.organization_id = lead_of_event.organization_id and l.id = lead_id) then
        perform private.refuse(404, 'lead_not_found', 'There is no such lead of yours.', 'lead_id');
    end if;
    return lead_id;
end
$$;

-- The event, and an operation for each connection that is to count it; for facts that have been checked.
create function private.record_event(
    organization_id uuid, facts jsonb, connection_ids uuid[], environment public.environment
) returns public.events
language plpgsql security definer set search_path = ''
as $$
declare
    began constant timestamptz := clock_timestamp();
    occurred_at constant timestamptz := coalesce((facts ->> 'occurred_at')::timestamptz, began);
    event public.events;
    lead_id uuid;
    counting uuid[];
begin
    if facts ? 'amount' then
        facts := facts || jsonb_build_object('amount', private.checked_amount(facts ->> 'amount', facts ->> 'currency')::numeric::text);
    end if;
    lead_id := private.lead_of_event(organization_id, facts);
    counting := array(
        select c.id from private.counting_connections(organization_id, connection_ids, environment) c
        where not exists (select from public.leads l where l.id = lead_id and l.restricted_at is not null));
    environment := coalesce(environment, (select c.environment from public.integration_connections c where c.id = counting[1]));
    event.id := private.emit_event(organization_id, 'track.' || private.snake_case(facts ->> 'name'),
        case when lead_id is not null then 'lead' end, lead_id,
        facts || jsonb_build_object('occurred_at', occurred_at) || private.without_nulls(jsonb_build_object('lead_id', lead_id)),
        environment, occurred_at);
    select * into event from public.events e where e.id = event.id and e.created_at >= began;
    perform private.enqueue_operation(organization_id, 'event.track', 'event', event.id,
        jsonb_build_object('event_id', event.id, 'created_at', event.created_at), each)
    from unnest(counting) each;
    return event;
end
$$;

create function private.track_event(
    organization_id uuid, facts jsonb, connection_ids uuid[], environment public.environment, idempotency_key text
) returns public.events
language plpgsql security definer set search_path = ''
as $$
declare
    asked constant jsonb := facts || private.without_nulls(jsonb_build_object('connection_ids', connection_ids, 'environment', environment));
    earlier public.operations;
    event public.events;
begin
    organization_id := private.resolve_organization(organization_id, 'developer', 'events:write');
    perform private.check_tracked_event(facts);
    earlier := private.find_repeated_operation(organization_id, 'event.record', idempotency_key, asked);
    if earlier.id is not null then
        select * into event from public.events e where e.id = earlier.subject_id;
        return event;
    end if;
    event := private.record_event(organization_id, facts, connection_ids, environment);
    if idempotency_key is not null then
        insert into public.operations (organization_id, kind, status, subject_type, subject_id, idempotency_key, input_hash,
            created_by, finished_at)
        values (organization_id, 'event.record', 'succeeded', 'event', event.id, idempotency_key,
            private.input_hash(organization_id, asked), private.actor(), now());
    end if;
    return event;
end
$$;

create function public.track_event(
    name text, properties jsonb default '{}', client_id text default null, user_id text default null,
    session_id text default null, email text default null, lead_id uuid default null, amount text default null,
    currency text default null, reference text default null, items jsonb default '[]', consent jsonb default null,
    occurred_at timestamptz default null, connection_ids uuid[] default null, environment public.environment default null,
    idempotency_key text default null, organization_id uuid default null
) returns public.events
language sql set search_path = ''
as $$
    select private.track_event(organization_id, private.without_nulls(jsonb_build_object('name', name,
        'properties', coalesce(properties, '{}'), 'client_id', client_id, 'user_id', user_id, 'session_id', session_id,
        'email', btrim(email), 'lead_id', lead_id, 'amount', amount, 'currency', currency, 'reference', reference,
        'items', coalesce(items, '[]'), 'consent', consent, 'occurred_at', occurred_at)), connection_ids, environment,
        idempotency_key)
$$;
comment on function public.track_event is
'Tells what a visitor or customer did: an event track.<name>, and an operation event.track for each connection that is to count it.';

grant execute on function
    private.track_event(uuid, jsonb, uuid[], public.environment, text),
    public.track_event(text, jsonb, text, text, text, text, uuid, text, text, text, jsonb, jsonb, timestamptz, uuid[],
        public.environment, text, uuid)
to authenticated, service_role;
