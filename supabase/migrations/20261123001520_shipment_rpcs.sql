-- What clients ask of shipments: a label, the way back, a cancellation. Each call checks, writes the domain row
-- and its operation in one transaction, and answers with the domain row.

-- The rate that is to be bought, locked, so that two at once do not both buy it.
create function private.rate_to_buy(organization_id uuid, rate_id uuid) returns public.shipment_rates
language plpgsql security definer set search_path = ''
as $$
declare
    rate public.shipment_rates;
    bought_by uuid;
begin
    select * into rate from public.shipment_rates r
    where r.id = rate_to_buy.rate_id and r.organization_id = rate_to_buy.organization_id for no key update;
    if rate.id is null then
        perform private.refuse(404, 'rate_not_found', 'There is no such rate of yours.', 'rate_id');
    elsif (select q.expires_at from public.shipment_quotes q where q.id = rate.quote_id) <= now() then
        perform private.refuse(409, 'quote_expired', 'The quote of that rate has expired: ask for a new one.', 'rate_id');
    end if;
    select s.id into bought_by from public.shipments s
    where s.organization_id = rate.organization_id and s.rate_id = rate.id and s.status not in ('failed', 'cancelled') limit 1;
    if bought_by is not null then
        perform private.refuse(409, 'rate_bought', format('The shipment %s has bought that rate already.', bought_by), 'rate_id');
    end if;
    return rate;
end
$$;

-- `asked` with all that it leaves out and the quote of the rate says.
create function private.with_quoted_facts(rate public.shipment_rates, asked jsonb) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
    quote public.shipment_quotes;
begin
    select * into quote from public.shipment_quotes q where q.id = rate.quote_id;
    if asked ->> 'connection_id' <> rate.connection_id::text or asked ->> 'service' <> rate.service then
        perform private.refuse(400, 'invalid_rate_id', 'A rate is of one connection and service: leave those out.', 'rate_id');
    end if;
    return private.whole_request(quote) - array['connection_ids', 'levels', 'deadline_seconds'] || jsonb_build_object(
        'connection_id', rate.connection_id, 'service', rate.service, 'level', rate.level,
        'ships_at', greatest((quote.request ->> 'ships_at')::timestamptz, now()),
        'cost', private.at_scale(rate.amount::numeric, rate.currency)::text, 'cost_currency', rate.currency) || asked;
end
$$;

-- `facts` are by the arguments' names, complete, without nulls; answers with them as they are to be stored.
create function private.checked_shipment(facts jsonb) returns jsonb
language plpgsql stable set search_path = ''
as $$
begin
    perform private.check_text(coalesce(facts -> 'reference', '""'), 200, 'reference');
    perform private.check_text(facts -> 'service', 100, 'service');
    perform private.check_text(facts -> 'instructions', 255, 'instructions');
    perform private.check_pattern(facts ->> 'label_format', '^(pdf|zpl|png)$', 'The format is pdf, zpl or png.', 'label_format');
    perform private.check_metadata(facts -> 'metadata');
    perform private.check_party(facts -> 'sender', 'sender');
    perform private.check_party(facts -> 'recipient', 'recipient');
    facts := private.checked_parcel_facts(facts);
    if facts ->> 'contents' = 'goods' and not facts ? 'customs'
       and facts #>> '{sender,country}' <> facts #>> '{recipient,country}' then
        perform private.refuse(400, 'customs_required', 'Goods that cross a border need customs.', 'customs');
    end if;
    return facts;
end
$$;

-- The shipment and its operation, once all is checked. `asked` is what tells a repeat from another call.
create function private.make_shipment(
    organization_id uuid, environment public.environment, facts jsonb, asked jsonb, idempotency_key text
) returns public.shipments
language plpgsql security definer set search_path = ''
as $$
declare
    shipment public.shipments := jsonb_populate_record(null::public.shipments, facts);
begin
    insert into public.shipments as s (organization_id, environment, connection_id, rate_id, return_of, reference, rule,
        service, level, origin, destination, parcels, ships_at, contents, description, customs, cash_on_delivery_amount,
        declared_value, insured_value, currency, signature_required, label_format, cost, cost_currency, metadata, created_by)
    values (organization_id, environment, shipment.connection_id, shipment.rate_id, shipment.return_of, shipment.reference,
        shipment.rule, shipment.service, shipment.level, private.without_person(facts -> 'sender'),
        private.without_person(facts -> 'recipient'), shipment.parcels, shipment.ships_at, shipment.contents, shipment.description, shipment.customs, shipment.cash_on_delivery_amount,
        shipment.declared_value, shipment.insured_value, shipment.currency, shipment.signature_required,
        shipment.label_format, shipment.cost, shipment.cost_currency, shipment.metadata, private.actor())
    returning s.* into shipment;
    perform private.keep_parties(organization_id, 'shipment', shipment.id, facts);
    perform private.enqueue_operation(organization_id, 'shipment.create', 'shipment', shipment.id, asked,
        shipment.connection_id, idempotency_key, kept_input => asked - array['sender', 'recipient', 'instructions']);
    return shipment;
end
$$;

create function private.create_shipment(organization_id uuid, input jsonb, idempotency_key text) returns public.shipments
language plpgsql security definer set search_path = ''
as $$
declare
    shipment public.shipments;
    earlier public.operations;
    rate public.shipment_rates;
    environment public.environment := input ->> 'environment';
    facts jsonb := input;
begin
    organization_id := private.resolve_organization(organization_id, 'developer', 'shipments:write');
    earlier := private.find_repeated_operation(organization_id, 'shipment.create', idempotency_key, input);
    if earlier.id is not null then
        select * into shipment from public.shipments s where s.id = earlier.subject_id;
        return shipment;
    end if;
    if input ? 'rate_id' then
        rate := private.rate_to_buy(organization_id, (input ->> 'rate_id')::uuid);
        facts := private.with_quoted_facts(rate, facts);
    end if;
    facts := private.checked_shipment(private.with_shipment_defaults(organization_id, facts));
    environment := private.connection_environment(organization_id, (facts ->> 'connection_id')::uuid, environment, 'shipping');
    return private.make_shipment(organization_id, environment, facts, input, idempotency_key);
end
$$;

create function public.create_shipment(
    reference text, recipient jsonb default null, parcels jsonb default null, sender jsonb default null,
    rate_id uuid default null, connection_id uuid default null, service text default null,
    level public.service_level default null, rule public.shipping_rule default 'priority',
    ships_at timestamptz default null, contents text default null, description text default null,
    customs jsonb default null, cash_on_delivery_amount text default null, declared_value text default null,
    insured_value text default null, currency text default null, signature_required boolean default null,
    instructions text default null, label_format text default 'pdf', metadata jsonb default '{}',
    environment public.environment default null, idempotency_key text default null, organization_id uuid default null
) returns public.shipments
language sql set search_path = ''
as $$
    select private.create_shipment(organization_id, private.without_nulls(jsonb_build_object(
        'reference', reference, 'recipient', recipient, 'parcels', parcels, 'sender', sender, 'rate_id', rate_id,
        'connection_id', connection_id, 'service', service, 'level', level, 'rule', coalesce(rule, 'priority'),
        'ships_at', ships_at, 'contents', contents, 'description', description, 'customs', customs,
        'cash_on_delivery_amount', cash_on_delivery_amount, 'declared_value', declared_value,
        'insured_value', insured_value, 'currency', currency, 'signature_required', signature_required,
        'instructions', instructions, 'label_format', coalesce(label_format, 'pdf'),
        'metadata', coalesce(metadata, '{}'), 'environment', environment)), idempotency_key)
$$;
comment on function public.create_shipment is
'Buys a label. With rate_id all that is left out is as it was quoted. Answers with the shipment, still pending; a worker carries it out.';

-- The shipment, locked, after the caller has been checked against its organization.
create function private.own_shipment(
    shipment_id uuid, scope text, minimum_role public.organization_role default 'developer'
) returns public.shipments
language plpgsql security definer set search_path = ''
as $$
declare
    shipment public.shipments;
begin
    select * into shipment from public.shipments s where s.id = own_shipment.shipment_id for no key update;
    if shipment.id is null or not private.may(shipment.organization_id, minimum_role, scope, shipment.environment) then
        perform private.refuse(404, 'shipment_not_found', 'There is no such shipment of yours.', 'shipment_id');
    end if;
    return shipment;
end
$$;

create function private.return_shipment(shipment_id uuid, input jsonb, idempotency_key text) returns public.shipments
language plpgsql security definer set search_path = ''
as $$
declare
    outward public.shipments := private.own_shipment(shipment_id, 'shipments:write');
    shipment public.shipments;
    earlier public.operations;
    facts jsonb;
begin
    earlier := private.find_repeated_operation(outward.organization_id, 'shipment.create', idempotency_key, input);
    if earlier.id is not null then
        select * into shipment from public.shipments s where s.id = earlier.subject_id;
        return shipment;
    end if;
    if outward.tracking_number is null or outward.status in ('cancelled', 'failed') then
        perform private.refuse(409, 'shipment_not_returnable',
            format('A shipment that is %s cannot come back.', outward.status), 'shipment_id');
    end if;
    perform private.check_text(input -> 'reason', 200, 'reason');
    facts := private.without_nulls(jsonb_build_object('reference', outward.reference, 'rule', 'priority',
        'connection_id', outward.connection_id, 'sender', public.recipient(outward), 'recipient', public.sender(outward),
        'parcels', outward.parcels, 'contents', outward.contents, 'description', outward.description,
        'customs', outward.customs || '{"purpose": "return"}', 'declared_value', outward.declared_value::numeric::text,
        'currency', outward.currency, 'label_format', outward.label_format, 'metadata', outward.metadata,
        'return_of', outward.id)) || input;
    facts := private.checked_shipment(private.with_shipment_defaults(outward.organization_id, facts));
    perform private.connection_environment(outward.organization_id, (facts ->> 'connection_id')::uuid, outward.environment,
        'shipping');
    return private.make_shipment(outward.organization_id, outward.environment, facts, input, idempotency_key);
end
$$;

create function public.return_shipment(
    shipment_id uuid, parcels jsonb default null, connection_id uuid default null, service text default null,
    reason text default null, idempotency_key text default null
) returns public.shipments
language sql set search_path = ''
as $$
    select private.return_shipment(shipment_id, private.without_nulls(jsonb_build_object('return_of', shipment_id,
        'parcels', parcels, 'connection_id', connection_id, 'service', service, 'reason', reason)), idempotency_key)
$$;
comment on function public.return_shipment is
'Brings a shipment''s goods back from its recipient: a shipment of its own, by the same carrier unless another is named.';

-- A shipment that no carrier has yet is called off with the operation that would make it.
create function private.call_off_shipment(shipment public.shipments) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    operation public.operations;
begin
    select * into operation from public.operations o
    where o.subject_id = shipment.id and o.kind = 'shipment.create' for no key update;
    if operation.status = 'pending' then
        perform private.call_off_operation(operation);
        return;
    end if;
    delete from private.dead_jobs d
    where d.id = operation.id and d.last_error ->> 'code' is distinct from 'outcome_unknown';
    if not found then
        perform private.refuse(409, 'shipment_not_cancellable',
            'Nobody knows whether the carrier has it: look there, and say so with resolve_shipment.', 'shipment_id');
    end if;
    perform private.abandon_shipment(operation);
end
$$;

create function private.cancel_shipment(shipment_id uuid, idempotency_key text) returns public.shipments
language plpgsql security definer set search_path = ''
as $$
declare
    shipment public.shipments;
    input constant jsonb := jsonb_build_object('shipment_id', shipment_id);
begin
    -- The job before the shipment, as workers lock them.
    perform from private.jobs j join public.operations o on o.id = j.id
    where o.subject_id = cancel_shipment.shipment_id and o.kind = 'shipment.create' for update of j;
    shipment := private.own_shipment(shipment_id, 'shipments:write');
    if shipment.status = 'cancelled' or (private.find_repeated_operation(
        shipment.organization_id, 'shipment.cancel', idempotency_key, input)).id is not null then
        return shipment;
    elsif shipment.status = 'pending' then
        perform private.call_off_shipment(shipment);
        select * into shipment from public.shipments s where s.id = shipment.id;
        return shipment;
    elsif shipment.status <> 'created' then
        perform private.refuse(409, 'shipment_not_cancellable',
            format('A shipment that is %s cannot be cancelled.', shipment.status), 'shipment_id');
    end if;
    if not exists (select from public.operations o
                   where o.subject_id = shipment.id and o.status = 'pending' and o.kind = 'shipment.cancel') then
        perform private.enqueue_operation(shipment.organization_id, 'shipment.cancel', 'shipment', shipment.id, input,
            shipment.connection_id, idempotency_key);
    end if;
    return shipment;
end
$$;

create function public.cancel_shipment(shipment_id uuid, idempotency_key text default null) returns public.shipments
language sql set search_path = ''
as $$ select private.cancel_shipment(shipment_id, idempotency_key) $$;
comment on function public.cancel_shipment is
'Gives up a shipment before the carrier has picked it up. One that no carrier has yet is cancelled at once, others by a worker.';

grant execute on function
    private.create_shipment(uuid, jsonb, text),
    public.create_shipment(text, jsonb, jsonb, jsonb, uuid, uuid, text, public.service_level, public.shipping_rule,
        timestamptz, text, text, jsonb, text, text, text, text, boolean, text, text, jsonb, public.environment, text, uuid),
    private.return_shipment(uuid, jsonb, text), public.return_shipment(uuid, jsonb, uuid, text, text, text),
    private.cancel_shipment(uuid, text), public.cancel_shipment(uuid, text)
to authenticated, service_role;
