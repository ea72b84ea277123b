-- What clients ask and say of shipments on their way, and what whoever waits for a parcel may see of it.

-- At most once a minute for each shipment; the clock asks again should this job be lost.
create function private.track_shipment(shipment_id uuid) returns public.shipments
language plpgsql security definer set search_path = ''
as $$
declare
    shipment public.shipments := private.own_shipment(shipment_id, 'shipments:write');
begin
    if shipment.status in ('delivered', 'returned', 'cancelled', 'failed') then
        return shipment;
    elsif shipment.tracking_number is null or not exists (
        select from public.integration_connections c join public.integration_providers p on p.key = c.provider_key
        where c.id = shipment.connection_id and c.status <> 'disconnected' and 'tracks_shipments' = any (p.capabilities)) then
        perform private.refuse(409, 'shipment_not_trackable', 'No carrier can be asked about that shipment.', 'shipment_id');
    end if;
    insert into private.tracking_watch as w (shipment_id, connection_id, due_at, asked_at)
    values (shipment.id, shipment.connection_id, now() + interval '1 minute', now())
    on conflict on constraint tracking_watch_pkey do update set due_at = excluded.due_at, asked_at = excluded.asked_at
    where w.asked_at is null or w.asked_at <= now() - interval '1 minute';
    if found then
        insert into private.jobs (id, kind, organization_id, payload, priority, max_attempts)
        values (private.uuid_v7(), 'shipment.track', shipment.organization_id, jsonb_build_object(
            'connection_id', shipment.connection_id, 'shipment_ids', jsonb_build_array(shipment.id)), 0, 3);
    end if;
    return shipment;
end
$$;

create function public.track_shipment(shipment_id uuid) returns public.shipments
language sql set search_path = ''
as $$ select private.track_shipment(shipment_id) $$;
comment on function public.track_shipment is
'Has the carrier asked about a shipment at once, at most once a minute. Answers with the shipment as it is known now.';

create function private.record_shipment_event(shipment_id uuid, event jsonb) returns public.shipments
language plpgsql security definer set search_path = ''
as $$
declare
    shipment public.shipments := private.own_shipment(shipment_id, 'shipments:write');
    occurred_at constant timestamptz := event ->> 'occurred_at';
begin
    if shipment.status in ('pending', 'failed', 'cancelled') then
        perform private.refuse(409, 'shipment_not_created',
            format('Nothing happens to a shipment that is %s.', shipment.status), 'shipment_id');
    elsif coalesce(event ->> 'status', '') not in
        ('picked_up', 'in_transit', 'out_for_delivery', 'delivered', 'exception', 'returned') then
        perform private.refuse(400, 'invalid_status',
            'The status is picked_up, in_transit, out_for_delivery, delivered, exception or returned.', 'status');
    elsif occurred_at > now() or occurred_at < shipment.created_at - interval '1 day' then
        perform private.refuse(400, 'invalid_occurred_at',
            'It lies neither in the future nor before the shipment.', 'occurred_at');
    end if;
    perform private.check_text(event -> 'description', 500, 'description');
    perform private.check_text(event -> 'place', 255, 'place');
    perform private.check_pattern(event ->> 'detail', '^(awaiting_collection|customs_hold|partial|damaged|lost|attempt_failed'
        '|address_problem|refused|delayed|on_hold|pickup_failed|return_in_progress)$',
        'The detail is one of those in docs/shipping.md, such as attempt_failed.', 'detail');
    perform private.apply_shipment_news(shipment.id, jsonb_build_object('events', jsonb_build_array(event)), 'client', null);
    perform private.audit(shipment.organization_id, 'shipment.event_recorded', 'shipment', shipment.id::text,
        jsonb_build_object('status', event -> 'status', 'occurred_at', event -> 'occurred_at'));
    select * into shipment from public.shipments s where s.id = shipment.id;
    return shipment;
end
$$;

create function public.record_shipment_event(
    shipment_id uuid, status public.shipment_status, description text default null, place text default null,
    occurred_at timestamptz default now(), detail text default null
) returns public.shipments
language sql set search_path = ''
as $$
    select private.record_shipment_event(shipment_id, private.without_nulls(jsonb_build_object('status', status,
        'description', description, 'place', place, 'occurred_at', coalesce(occurred_at, now()), 'detail', detail)))
$$;
comment on function public.record_shipment_event is
'Says what happened to a shipment, for carriers that tell nothing. The place is shown to whoever follows the parcel.';

-- The create operation of a shipment that has ended, and nobody knows whether the carrier has it: it was given up, or the
-- carrier cannot be asked.
create function private.unresolved_operation(shipment public.shipments) returns public.operations
language plpgsql security definer set search_path = ''
as $$
declare
    operation public.operations;
begin
    select o.* into operation from public.operations o
    where o.subject_id = shipment.id and o.kind = 'shipment.create' and o.status in ('dead', 'failed')
      and coalesce((select d.last_error from private.dead_jobs d where d.id = o.id), o.error) ->> 'code' = 'outcome_unknown'
    for no key update of o;
    if operation.id is null or shipment.status <> 'pending' then
        perform private.refuse(409, 'shipment_not_unresolved',
            'It is known how that shipment ended, or workers are still finding out.', 'shipment_id');
    end if;
    return operation;
end
$$;

create function private.resolve_shipment(shipment_id uuid, tracking_number text) returns public.shipments
language plpgsql security definer set search_path = ''
as $$
declare
    shipment public.shipments := private.own_shipment(shipment_id, 'shipments:write', 'admin');
    operation public.operations := private.unresolved_operation(shipment);
    news jsonb;
begin
    perform private.check_pattern(tracking_number, '^[\x21-\x7e]{1,80}$',
        'A tracking number has 1 to 80 characters and no spaces.', 'tracking_number');
    news := case when tracking_number is not null then jsonb_build_object('status', 'created',
        'tracking_number', tracking_number, 'connection_id', operation.connection_id)
    else jsonb_build_object('status', 'failed', 'failure', jsonb_build_object('code', 'not_made',
        'message', 'Somebody looked: the carrier does not have it.')) end;
    perform private.apply_shipment_news(shipment.id, news, 'client', operation.id);
    delete from private.dead_jobs d where d.id = operation.id;
    update public.operations o
    set status = case when tracking_number is null then 'failed' else 'succeeded' end::public.operation_status
    where o.id = operation.id;
    if tracking_number is not null then
        insert into private.jobs (id, kind, organization_id)
        select shipment.id, 'shipment.fetch_label', shipment.organization_id
        from public.integration_connections c join public.integration_providers p on p.key = c.provider_key
        where c.id = operation.connection_id and 'prints_labels' = any (p.capabilities)
        on conflict do nothing;
    end if;
    perform private.end_alert(shipment.organization_id, 'operation.dead:' || operation.id);
    perform private.end_alert(shipment.organization_id, 'shipment:' || shipment.id || ':outcome');
    perform private.audit(shipment.organization_id, 'shipment.resolved', 'shipment', shipment.id::text,
        jsonb_build_object('was_made', tracking_number is not null));
    select * into shipment from public.shipments s where s.id = shipment.id;
    return shipment;
end
$$;

create function public.resolve_shipment(shipment_id uuid, tracking_number text default null) returns public.shipments
language sql set search_path = ''
as $$ select private.resolve_shipment(shipment_id, tracking_number) $$;
comment on function public.resolve_shipment is
'Says how a shipment ended whose carrier never answered: made, with the tracking number that it has there, or not made.';

create function private.prove_delivery(shipment_id uuid) returns public.operations
language plpgsql security definer set search_path = ''
as $$
declare
    shipment public.shipments := private.own_shipment(shipment_id, 'shipments:write');
begin
    if shipment.status <> 'delivered' then
        perform private.refuse(409, 'shipment_not_delivered',
            format('A shipment that is %s has no proof of delivery.', shipment.status), 'shipment_id');
    end if;
    return private.enqueue_operation(shipment.organization_id, 'shipment.prove_delivery', 'shipment', shipment.id,
        jsonb_build_object('shipment_id', shipment.id), shipment.connection_id);
end
$$;

create function public.prove_delivery(shipment_id uuid) returns public.operations
language sql set search_path = ''
as $$ select private.prove_delivery(shipment_id) $$;
comment on function public.prove_delivery is
'Asks the carrier who took a parcel; answers with the operation whose result will say, with the carrier''s papers.';

-- Whoever has the token may know this much: nothing of who sends or receives, of streets or of what is in it.
create function private.track_parcel(token text) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
    answer jsonb;
begin
    select jsonb_build_object('carrier', p.name, 'tracking_number', s.tracking_number, 'status', s.status,
        'detail', s.detail, 'estimated_delivery_at', s.estimated_delivery_at, 'delivered_at', s.delivered_at,
        'destination', jsonb_build_object('city', s.destination -> 'city', 'country', s.destination -> 'country'),
        'events', coalesce((
            select jsonb_agg(jsonb_build_object('occurred_at', e.occurred_at, 'status', e.status, 'detail', e.detail,
                'place', e.place, 'country', e.country) order by e.occurred_at, e.id)
            from public.shipment_events e where e.organization_id = s.organization_id and e.shipment_id = s.id), '[]'))
    into answer
    from public.shipments s
    left join public.integration_connections c on c.id = s.connection_id
    left join public.integration_providers p on p.key = c.provider_key
    where s.tracking_token = track_parcel.token;
    if answer is null then
        perform private.refuse(404, 'parcel_not_found', 'There is no such parcel.', 'token');
    end if;
    return answer;
end
$$;

-- Bound to what it calls when it is made: whoever is not signed in may run it and reach nothing else of that schema.
create function public.track_parcel(token text) returns jsonb
language sql stable set search_path = ''
begin atomic
    select private.track_parcel(token);
end;
comment on function public.track_parcel is
'For anybody with a shipment''s tracking_token: {carrier, tracking_number, status, detail, estimated_delivery_at, delivered_at, destination, events}.';

grant execute on function
    private.track_shipment(uuid), public.track_shipment(uuid),
    private.record_shipment_event(uuid, jsonb),
    public.record_shipment_event(uuid, public.shipment_status, text, text, timestamptz, text),
    private.resolve_shipment(uuid, text), public.resolve_shipment(uuid, text),
    private.prove_delivery(uuid), public.prove_delivery(uuid)
to authenticated, service_role;
grant execute on function private.track_parcel(text), public.track_parcel(text) to anon, authenticated, service_role;
