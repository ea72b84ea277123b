-- Where the organization ships from: addresses that shipments copy, so that a change of one rewrites no shipment.

create function private.set_shipping_location(organization_id uuid, name text, address jsonb, is_default boolean)
returns public.shipping_locations
language plpgsql security definer set search_path = ''
as $$
declare
    before public.shipping_locations;
    location public.shipping_locations;
begin
    organization_id := private.resolve_organization(organization_id, 'developer', 'shipments:write');
    name := btrim(coalesce(name, ''));
    perform private.check_text(to_jsonb(name), 100, 'name');
    perform private.check_party(address, 'address');
    -- Two that become the default at once: the second waits here, and takes it from the first.
    perform pg_advisory_xact_lock(hashtextextended('wasl.locations.' || organization_id::text, 0));
    update public.shipping_locations l set is_default = false
    where set_shipping_location.is_default and l.is_default
      and l.organization_id = set_shipping_location.organization_id and l.name <> set_shipping_location.name;
    select * into before from public.shipping_locations l
    where l.organization_id = set_shipping_location.organization_id and l.name = set_shipping_location.name;
    insert into public.shipping_locations as l (organization_id, name, address, is_default)
    values (organization_id, name, address, is_default)
    on conflict on constraint shipping_locations_organization_id_name_key do update
    set address = excluded.address, is_default = excluded.is_default
    returning l.* into location;
    perform private.audit_change(organization_id, 'shipping_location.set', 'shipping_location', location.id::text,
        case when before.id is not null then to_jsonb(before) end, to_jsonb(location),
        jsonb_build_object('name', name, 'is_default', is_default));
    return location;
end
$$;

create function public.set_shipping_location(
    name text, address jsonb, is_default boolean default false, organization_id uuid default null
) returns public.shipping_locations
language sql set search_path = ''
as $$ select private.set_shipping_location(organization_id, name, address, coalesce(is_default, false)) $$;
comment on function public.set_shipping_location is
'Adds the location of that name, or replaces it. The default one is the sender of shipments that name none; there is one at most.';

create function private.delete_shipping_location(location_id uuid) returns public.shipping_locations
language plpgsql security definer set search_path = ''
as $$
declare
    location public.shipping_locations;
begin
    select * into location from public.shipping_locations l where l.id = location_id for update;
    if location.id is null or not private.may(location.organization_id, 'developer', 'shipments:write') then
        perform private.refuse(404, 'shipping_location_not_found', 'There is no such location of yours.', 'location_id');
    end if;
    delete from public.shipping_locations l where l.id = location.id;
    perform private.audit(location.organization_id, 'shipping_location.deleted', 'shipping_location', location.id::text,
        jsonb_build_object('name', location.name));
    return location;
end
$$;

create function public.delete_shipping_location(location_id uuid) returns public.shipping_locations
language sql set search_path = ''
as $$ select private.delete_shipping_location(location_id) $$;
comment on function public.delete_shipping_location is 'Deletes a location; shipments from there keep their address.';

create function private.default_location(organization_id uuid, field text) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
    address jsonb;
begin
    select l.address into address from public.shipping_locations l
    where l.organization_id = default_location.organization_id and l.is_default;
    if address is null then
        perform private.refuse(400, field || '_required',
            format('Say the %s, or set a default location with set_shipping_location.', field), field);
    end if;
    return address;
end
$$;

grant execute on function
    private.set_shipping_location(uuid, text, jsonb, boolean), public.set_shipping_location(text, jsonb, boolean, uuid),
    private.delete_shipping_location(uuid), public.delete_shipping_location(uuid)
to authenticated, service_role;
