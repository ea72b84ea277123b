-- Who sends parcels and who receives them: sealed by the key of each shipment or quote. In the clear stays where that is, as
-- far as rules, prices and figures ask for it. (In PL/pgSQL, whose plans a session keeps.)

-- What of an address tells of nobody: enough for figures, too little to find anybody.
create function private.without_person(place jsonb) returns jsonb
language plpgsql immutable set search_path = ''
as $$
begin
    return (
        select coalesce(jsonb_object_agg(e.key, e.value), '{}') from jsonb_each(place) e
        where e.key in ('city', 'emirate', 'state', 'country', 'kind'));
end
$$;

-- All the rest of it; null: nothing.
create function private.person_at(place jsonb) returns jsonb
language plpgsql immutable set search_path = ''
as $$
begin
    return nullif(place - array(select jsonb_object_keys(private.without_person(place))), '{}');
end
$$;

-- Keeps what the facts of a record say of people, as far as they are known. Both parties are found by their e-mails and phones.
create function private.keep_parties(organization_id uuid, record_type text, record_id uuid, facts jsonb) returns void
language plpgsql security definer set search_path = ''
as $$
begin
    perform private.keep_personal(organization_id, record_type, record_id, private.without_nulls(jsonb_build_object(
            'sender', private.person_at(facts -> 'sender'), 'recipient', private.person_at(facts -> 'recipient'),
            'instructions', facts -> 'instructions', 'signed_by', facts -> 'signed_by')),
        facts #>> '{sender,email}', facts #>> '{sender,phone}', facts #>> '{recipient,email}', facts #>> '{recipient,phone}');
end
$$;

-- Adds what is learned of people later, such as who took the parcel, and says whether that was new. A shipment of which
-- nothing is known has been erased, and stays so.
create function private.put_shipment_person(shipment public.shipments, changes jsonb) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
    known jsonb;
begin
    if changes = '{}' then
        return false;
    end if;
    known := private.personal(shipment.id);
    if known = '{}' or known @> changes then
        return false;
    end if;
    perform private.keep_parties(shipment.organization_id, 'shipment', shipment.id, known || changes);
    return true;
end
$$;

-- The arguments that a quote was asked with.
create function private.whole_request(quote public.shipment_quotes) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
    known constant jsonb := private.personal(quote.id);
begin
    return quote.request || jsonb_build_object(
        'sender', (quote.request -> 'sender') || coalesce(known -> 'sender', '{}'),
        'recipient', (quote.request -> 'recipient') || coalesce(known -> 'recipient', '{}'));
end
$$;
grant execute on function private.whole_request(public.shipment_quotes) to authenticated, service_role, wasl_worker;

-- Computed columns. Who may read the record may read them; once it is erased only the place is left. Of two tables no two have
-- one name: PostgREST could not tell which is meant in an RPC's answer.

create function public.sender(shipment public.shipments) returns jsonb
language sql volatile set search_path = ''
as $$
    select s.origin || coalesce(private.personal(s.id) -> 'sender', '{}') from public.shipments s where s.id = shipment.id
$$;
comment on function public.sender(public.shipments) is 'Who sends a shipment, and where it is fetched.';

create function public.recipient(shipment public.shipments) returns jsonb
language sql volatile set search_path = ''
as $$
    select s.destination || coalesce(private.personal(s.id) -> 'recipient', '{}') from public.shipments s where s.id = shipment.id
$$;
comment on function public.recipient(public.shipments) is 'Who receives a shipment, and where it goes.';

create function public.instructions(shipment public.shipments) returns text
language sql volatile set search_path = ''
as $$ select private.personal(s.id) ->> 'instructions' from public.shipments s where s.id = shipment.id $$;
comment on function public.instructions(public.shipments) is 'What the driver is told.';

create function public.signed_by(shipment public.shipments) returns text
language sql volatile set search_path = ''
as $$ select private.personal(s.id) ->> 'signed_by' from public.shipments s where s.id = shipment.id $$;
comment on function public.signed_by(public.shipments) is 'Who took a shipment, as the carrier wrote it.';

create function public.asked(shipment_quote public.shipment_quotes) returns jsonb
language sql volatile set search_path = ''
as $$ select private.whole_request(q) from public.shipment_quotes q where q.id = shipment_quote.id $$;
comment on function public.asked(public.shipment_quotes) is
'What was asked, as request has it, with all that was said of sender and recipient.';

grant execute on function
    public.sender(public.shipments), public.recipient(public.shipments), public.instructions(public.shipments),
    public.signed_by(public.shipments), public.asked(public.shipment_quotes)
to authenticated, service_role;
