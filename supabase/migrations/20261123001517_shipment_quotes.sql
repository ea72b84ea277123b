-- What a shipment would cost: clients ask, workers ask the carriers.

-- `asked` with what a client may leave out.
create function private.with_shipment_defaults(organization_id uuid, asked jsonb) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
    if not asked ? 'sender' then
        asked := asked || jsonb_build_object('sender', private.default_location(organization_id, 'sender'));
    end if;
    return jsonb_build_object('ships_at', now(), 'contents', 'goods', 'description', 'Goods', 'currency', 'AED',
        'signature_required', false) || asked;
end
$$;

-- Those of the named connections, which must be of one environment, or any that the organization has.
create function private.quote_environment(organization_id uuid, asked jsonb) returns public.environment
language plpgsql stable security definer set search_path = ''
as $$
declare
    environment public.environment := asked ->> 'environment';
    connection_id uuid;
begin
    if not asked ? 'connection_ids' then
        return private.connection_environment(organization_id, null, environment, 'shipping');
    elsif jsonb_array_length(asked -> 'connection_ids') not between 1 and 20 then
        perform private.refuse(400, 'invalid_connection_ids', 'Name 1 to 20 connections, or none for all.', 'connection_ids');
    end if;
    for connection_id in select each::uuid from jsonb_array_elements_text(asked -> 'connection_ids') each loop
        environment := private.connection_environment(organization_id, connection_id, environment, 'shipping', 'connection_ids');
    end loop;
    return environment;
end
$$;

create function private.quote_shipment(organization_id uuid, input jsonb, idempotency_key text) returns public.shipment_quotes
language plpgsql security definer set search_path = ''
as $$
declare
    quote public.shipment_quotes;
    earlier public.operations;
    request jsonb;
begin
    organization_id := private.resolve_organization(organization_id, 'developer', 'shipments:write');
    earlier := private.find_repeated_operation(organization_id, 'shipment.quote', idempotency_key, input);
    if earlier.id is not null then
        select * into quote from public.shipment_quotes q where q.id = earlier.subject_id;
        return quote;
    end if;
    if (input ->> 'deadline_seconds')::numeric not between 0.5 and 30 then
        perform private.refuse(400, 'invalid_deadline_seconds', 'The deadline lies between 0.5 and 30 seconds.', 'deadline_seconds');
    end if;
    request := private.with_shipment_defaults(organization_id, input - 'rank_by' - 'environment');
    perform private.check_place(request -> 'sender', 'sender');
    perform private.check_place(request -> 'recipient', 'recipient');
    request := private.checked_parcel_facts(request);
    insert into public.shipment_quotes as q (organization_id, environment, request, rank_by, created_by)
    values (organization_id, private.quote_environment(organization_id, input), request || jsonb_build_object(
            'sender', private.without_person(request -> 'sender'), 'recipient', private.without_person(request -> 'recipient')),
        (input ->> 'rank_by')::public.shipping_rule, private.actor())
    returning q.* into quote;
    perform private.keep_parties(organization_id, 'quote', quote.id, request);
    perform private.enqueue_operation(organization_id, 'shipment.quote', 'shipment_quote', quote.id, input, null, idempotency_key,
        kept_input => input - array['sender', 'recipient']);
    return quote;
end
$$;

create function public.quote_shipment(
    recipient jsonb, parcels jsonb, sender jsonb default null, ships_at timestamptz default null,
    contents text default 'goods', description text default 'Goods', customs jsonb default null,
    cash_on_delivery_amount text default null, declared_value text default null, insured_value text default null,
    currency text default 'AED', signature_required boolean default false,
    rank_by public.shipping_rule default 'price', connection_ids uuid[] default null,
    levels public.service_level[] default null, deadline_seconds numeric default 5,
    environment public.environment default null, idempotency_key text default null, organization_id uuid default null
) returns public.shipment_quotes
language sql set search_path = ''
as $$
    select private.quote_shipment(organization_id, private.without_nulls(jsonb_build_object(
        'recipient', recipient, 'parcels', parcels, 'sender', sender, 'ships_at', ships_at, 'contents', contents,
        'description', description, 'customs', customs, 'cash_on_delivery_amount', cash_on_delivery_amount,
        'declared_value', declared_value, 'insured_value', insured_value, 'currency', currency,
        'signature_required', signature_required, 'rank_by', coalesce(rank_by, 'price'),
        'connection_ids', connection_ids, 'levels', levels, 'deadline_seconds', coalesce(deadline_seconds, 5),
        'environment', environment)), idempotency_key)
$$;
comment on function public.quote_shipment is
'Asks the carriers what a shipment would cost. Answers with the quote, still pending; its rates appear in shipment_rates.';

grant execute on function
    private.quote_shipment(uuid, jsonb, text),
    public.quote_shipment(jsonb, jsonb, jsonb, timestamptz, text, text, jsonb, text, text, text, text, boolean,
        public.shipping_rule, uuid[], public.service_level[], numeric, public.environment, text, uuid)
to authenticated, service_role;
