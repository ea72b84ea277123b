-- Handing parcels over: their labels and other papers, the driver who is sent for, the list that the driver signs.

create function private.link_document(document_id uuid) returns public.operations
language plpgsql security definer set search_path = ''
as $$
declare
    document public.shipment_documents;
begin
    select * into document from public.shipment_documents d where d.id = document_id;
    if document.id is null or not private.may(document.organization_id, 'viewer', 'shipments:read',
        private.environment_of('shipment_document', document.id)) then
        perform private.refuse(404, 'document_not_found', 'There is no such document of yours.', 'document_id');
    end if;
    return private.enqueue_operation(document.organization_id, 'document.link', 'shipment_document', document.id,
        jsonb_build_object('document_id', document.id));
end
$$;

create function public.link_document(document_id uuid) returns public.operations
language sql set search_path = ''
as $$ select private.link_document(document_id) $$;
comment on function public.link_document is
'Makes a link by which a document can be fetched for a while; answers with the operation whose result will have it.';

-- The organization of some shipments, which must all be its own.
create function private.organization_of_shipments(shipment_ids uuid[]) returns uuid
language plpgsql stable security definer set search_path = ''
as $$
declare
    organization uuid;
begin
    select s.organization_id into organization from public.shipments s where s.id = shipment_ids[1];
    if organization is null or not private.may(organization, 'developer', 'shipments:write')
       or (select count(*) from public.shipments s where s.id = any (shipment_ids)
             and s.organization_id = organization
             and coalesce(s.environment = private.key_environment(), true)) <> cardinality(shipment_ids) then
        perform private.refuse(404, 'shipment_not_found', 'They are not all shipments of yours, each named once.', 'shipment_ids');
    end if;
    return organization;
end
$$;

create function private.print_labels(shipment_ids uuid[], idempotency_key text) returns public.operations
language plpgsql security definer set search_path = ''
as $$
declare
    organization uuid;
    earlier public.operations;
    without_label uuid;
    input constant jsonb := jsonb_build_object('shipment_ids', to_jsonb(shipment_ids));
begin
    if coalesce(cardinality(shipment_ids), 0) not between 1 and 100 then
        perform private.refuse(400, 'invalid_shipment_ids', 'Name 1 to 100 shipments.', 'shipment_ids');
    end if;
    organization := private.organization_of_shipments(shipment_ids);
    earlier := private.find_repeated_operation(organization, 'shipment.print_labels', idempotency_key, input);
    if earlier.id is not null then
        return earlier;
    end if;
    select each into without_label from unnest(shipment_ids) each
    where not exists (
        select from public.shipment_documents d
        where d.organization_id = organization and d.shipment_id = each and d.kind = 'label') limit 1;
    if without_label is not null then
        perform private.refuse(409, 'label_missing', format('The shipment %s has no label.', without_label), 'shipment_ids');
    end if;
    return private.enqueue_operation(organization, 'shipment.print_labels', null, null, input, null, idempotency_key);
end
$$;

create function public.print_labels(shipment_ids uuid[], idempotency_key text default null) returns public.operations
language sql set search_path = ''
as $$ select private.print_labels(shipment_ids, idempotency_key) $$;
comment on function public.print_labels is
'Puts the labels of up to 100 shipments into one file, in their order; answers with the operation whose result will link it.';

-- The connection to a carrier, after the caller has been checked against its organization; it must be in use.
create function private.own_carrier(connection_id uuid) returns public.integration_connections
language plpgsql security definer set search_path = ''
as $$
declare
    connection public.integration_connections;
begin
    select * into connection from public.integration_connections c where c.id = own_carrier.connection_id;
    if connection.id is null or not private.may(connection.organization_id, 'developer', 'shipments:write',
        connection.environment) then
        perform private.refuse(404, 'connection_not_found', 'There is no such connection of yours.', 'connection_id');
    end if;
    perform private.connection_environment(connection.organization_id, connection.id, null, 'shipping');
    return connection;
end
$$;

-- Those of a carrier's shipments that wait for its driver, locked; all of those that are named must.
create function private.waiting_shipments(connection public.integration_connections, shipment_ids uuid[])
returns setof public.shipments
language plpgsql security definer set search_path = ''
as $$
declare
    elsewhere uuid;
begin
    if shipment_ids is not null then
        select each into elsewhere from unnest(shipment_ids) each
        where not exists (
            select from public.shipments s
            where s.id = each and s.organization_id = connection.organization_id and s.connection_id = connection.id
              and s.status = 'created') limit 1;
        if elsewhere is not null then
            perform private.refuse(409, 'shipment_not_waiting',
                format('The shipment %s does not wait for a driver of that carrier.', elsewhere), 'shipment_ids');
        end if;
    end if;
    return query
        select s.* from public.shipments s
        where s.organization_id = connection.organization_id and s.connection_id = connection.id and s.status = 'created'
          and (shipment_ids is null or s.id = any (shipment_ids))
        order by s.id for no key update;
end
$$;

-- `asked` with the place, and with how many parcels there are and what they weigh, where shipments say it.
create function private.checked_pickup(connection public.integration_connections, asked jsonb, shipment_ids uuid[]) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    listed record;
    taken uuid;
    zone text;
begin
    select o.time_zone into zone from public.organizations o where o.id = connection.organization_id;
    perform private.check_text(asked -> 'location', 80, 'location');
    perform private.check_text(asked -> 'instructions', 255, 'instructions');
    perform private.check_ships_at((asked ->> 'ready_at')::timestamptz, 'ready_at');
    if not asked ? 'ready_at' or not coalesce((asked ->> 'closes_at')::timestamptz > (asked ->> 'ready_at')::timestamptz, false)
       or date_trunc('day', (asked ->> 'closes_at')::timestamptz, zone)
          <> date_trunc('day', (asked ->> 'ready_at')::timestamptz, zone) then
        perform private.refuse(400, 'invalid_closes_at', 'It lies after ready_at, on the same day.', 'closes_at');
    end if;
    if shipment_ids is not null then
        -- Locked first: what another pickup has done meanwhile is seen only by the next statement.
        perform from private.waiting_shipments(connection, shipment_ids);
        select sum(jsonb_array_length(s.parcels)) as parcels,
            sum((select sum((p ->> 'weight_kg')::numeric) from jsonb_array_elements(s.parcels) p)) as weight_kg,
            (array_agg(s.id) filter (where p.status in ('pending', 'scheduled')))[1] as taken into listed
        from public.shipments s left join public.pickups p on p.id = s.pickup_id where s.id = any (shipment_ids);
        taken := listed.taken;
        asked := jsonb_build_object('parcels', listed.parcels, 'weight_kg', listed.weight_kg) || asked;
    end if;
    if taken is not null then
        perform private.refuse(409, 'pickup_exists', format('A driver has been sent for the shipment %s already.', taken), 'shipment_ids');
    elsif not coalesce((asked ->> 'parcels')::numeric between 1 and 999, false) then
        perform private.refuse(400, 'invalid_parcels', 'Say how many parcels there are, 1 to 999, or name shipments.', 'parcels');
    elsif not coalesce((asked ->> 'weight_kg')::numeric > 0 and (asked ->> 'weight_kg')::numeric <= 30000, false) then
        perform private.refuse(400, 'invalid_weight_kg', 'Say what all parcels weigh, at most 30000 kg, or name shipments.', 'weight_kg');
    end if;
    if not asked ? 'place' then
        asked := asked || jsonb_build_object('place', private.default_location(connection.organization_id, 'place'));
    end if;
    perform private.check_party(asked -> 'place', 'place');
    return asked;
end
$$;

create function private.schedule_pickup(connection_id uuid, input jsonb, shipment_ids uuid[], idempotency_key text)
returns public.pickups
language plpgsql security definer set search_path = ''
as $$
declare
    connection constant public.integration_connections := private.own_carrier(connection_id);
    pickup public.pickups;
    earlier public.operations;
    facts jsonb;
begin
    earlier := private.find_repeated_operation(connection.organization_id, 'pickup.create', idempotency_key, input);
    if earlier.id is not null then
        select * into pickup from public.pickups p where p.id = earlier.subject_id;
        return pickup;
    end if;
    facts := private.checked_pickup(connection, input, shipment_ids);
    insert into public.pickups as p (organization_id, environment, connection_id, place, ready_at, closes_at, parcels,
        weight_kg, location, instructions, created_by)
    values (connection.organization_id, connection.environment, connection.id, facts -> 'place',
        (facts ->> 'ready_at')::timestamptz, (facts ->> 'closes_at')::timestamptz, (facts ->> 'parcels')::smallint,
        (facts ->> 'weight_kg')::numeric, facts ->> 'location', facts ->> 'instructions', private.actor())
    returning p.* into pickup;
    update public.shipments s set pickup_id = pickup.id where s.id = any (shipment_ids);
    perform private.enqueue_operation(connection.organization_id, 'pickup.create', 'pickup', pickup.id, input, connection.id,
        idempotency_key);
    return pickup;
end
$$;

create function public.schedule_pickup(
    connection_id uuid, ready_at timestamptz, closes_at timestamptz, place jsonb default null,
    parcels integer default null, weight_kg numeric default null, shipment_ids uuid[] default null,
    location text default null, instructions text default null, idempotency_key text default null
) returns public.pickups
language sql set search_path = ''
as $$
    select private.schedule_pickup(connection_id, private.without_nulls(jsonb_build_object('connection_id', connection_id,
        'ready_at', ready_at, 'closes_at', closes_at, 'place', place, 'parcels', parcels, 'weight_kg', weight_kg,
        'shipment_ids', nullif(shipment_ids, '{}'), 'location', location, 'instructions', instructions)),
        nullif(shipment_ids, '{}'), idempotency_key)
$$;
comment on function public.schedule_pickup is
'Sends for a carrier''s driver, to the default location unless a place is named. Answers with the pickup, still pending.';

create function private.cancel_pickup(pickup_id uuid) returns public.pickups
language plpgsql security definer set search_path = ''
as $$
declare
    pickup public.pickups;
    operation public.operations;
begin
    -- The job before the pickup, as workers lock them.
    perform from private.jobs j join public.operations o on o.id = j.id
    where o.subject_id = cancel_pickup.pickup_id and o.kind = 'pickup.create' for update of j;
    select * into pickup from public.pickups p where p.id = cancel_pickup.pickup_id for no key update;
    if pickup.id is null or not private.may(pickup.organization_id, 'developer', 'shipments:write', pickup.environment) then
        perform private.refuse(404, 'pickup_not_found', 'There is no such pickup of yours.', 'pickup_id');
    end if;
    select * into operation from public.operations o
    where o.subject_id = pickup.id and o.kind in ('pickup.create', 'pickup.cancel') and o.status = 'pending' for no key update;
    if operation.kind = 'pickup.create' then
        perform private.call_off_operation(operation);
        select * into pickup from public.pickups p where p.id = pickup.id;
    elsif pickup.status in ('pending', 'failed') then
        perform private.refuse(409, 'pickup_not_cancellable', case pickup.status
            when 'pending' then 'Its operation was given up: look at the carrier''s, then retry it.'
            else 'That pickup was never made.' end, 'pickup_id');
    elsif pickup.status = 'scheduled' and operation.id is null then
        perform private.enqueue_operation(pickup.organization_id, 'pickup.cancel', 'pickup', pickup.id,
            jsonb_build_object('pickup_id', pickup.id), pickup.connection_id);
    end if;
    return pickup;
end
$$;

create function public.cancel_pickup(pickup_id uuid) returns public.pickups
language sql set search_path = ''
as $$ select private.cancel_pickup(pickup_id) $$;
comment on function public.cancel_pickup is 'Calls a driver off; a worker tells the carrier, if it has been told of the pickup.';

create function private.close_manifest(connection_id uuid, shipment_ids uuid[]) returns public.shipping_manifests
language plpgsql security definer set search_path = ''
as $$
declare
    connection constant public.integration_connections := private.own_carrier(connection_id);
    manifest public.shipping_manifests;
    listed uuid[];
begin
    -- Two at once: the second waits for the locks of the first, and then sees what is on its manifest.
    listed := array(
        select s.id from private.waiting_shipments(connection, shipment_ids) s where s.manifest_id is null order by s.id);
    if listed = '{}' or cardinality(listed) < cardinality(shipment_ids) then
        perform private.refuse(409, 'nothing_to_hand_over', case when shipment_ids is null
            then 'Every shipment that waits for that carrier is on a manifest already.'
            else 'Some of these shipments are named twice, or are on a manifest already.' end, 'shipment_ids');
    end if;
    insert into public.shipping_manifests as m (organization_id, environment, connection_id, shipments, created_by)
    values (connection.organization_id, connection.environment, connection.id, cardinality(listed), private.actor())
    returning m.* into manifest;
    update public.shipments s set manifest_id = manifest.id where s.id = any (listed);
    perform private.enqueue_operation(connection.organization_id, 'manifest.create', 'shipping_manifest', manifest.id,
        jsonb_build_object('manifest_id', manifest.id, 'shipment_ids', to_jsonb(listed)), connection.id);
    return manifest;
end
$$;

create function public.close_manifest(connection_id uuid, shipment_ids uuid[] default null) returns public.shipping_manifests
language sql set search_path = ''
as $$ select private.close_manifest(connection_id, nullif(shipment_ids, '{}')) $$;
comment on function public.close_manifest is
'Lists what is handed to a carrier''s driver: all shipments that are on no manifest yet, or those named. A worker draws the list.';

create function private.check_delivery_address(connection_id uuid, place jsonb, direction text) returns public.operations
language plpgsql security definer set search_path = ''
as $$
declare
    connection constant public.integration_connections := private.own_carrier(connection_id);
begin
    perform private.check_place(place, 'place');
    perform private.check_pattern(direction, '^(pickup|delivery)$', 'The direction is pickup or delivery.', 'direction');
    return private.enqueue_operation(connection.organization_id, 'address.check', 'connection', connection.id,
        jsonb_build_object('place', place - array['name', 'company', 'phone', 'email', 'tax_number'], 'direction', direction),
        connection.id);
end
$$;

create function public.check_delivery_address(connection_id uuid, place jsonb, direction text default 'delivery')
returns public.operations
language sql set search_path = ''
as $$ select private.check_delivery_address(connection_id, place, coalesce(direction, 'delivery')) $$;
comment on function public.check_delivery_address is
'Asks a carrier whether it serves a place; answers with the operation whose result will say.';

grant execute on function
    private.link_document(uuid), public.link_document(uuid),
    private.print_labels(uuid[], text), public.print_labels(uuid[], text),
    private.schedule_pickup(uuid, jsonb, uuid[], text),
    public.schedule_pickup(uuid, timestamptz, timestamptz, jsonb, integer, numeric, uuid[], text, text, text),
    private.cancel_pickup(uuid), public.cancel_pickup(uuid),
    private.close_manifest(uuid, uuid[]), public.close_manifest(uuid, uuid[]),
    private.check_delivery_address(uuid, jsonb, text), public.check_delivery_address(uuid, jsonb, text)
to authenticated, service_role;
