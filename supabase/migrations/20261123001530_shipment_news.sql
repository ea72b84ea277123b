-- How news of a shipment (an answer, a webhook, a look) becomes its state. What happened to it stands in shipment_events,
-- each line once; where it stands now follows from them.

-- What a shipment's row holds that its events do not say.
create function private.with_shipment_facts(shipment public.shipments, news jsonb) returns public.shipments
language plpgsql stable set search_path = ''
as $$
begin
    -- Once a carrier has it, it stays that carrier's.
    shipment.connection_id := case when shipment.tracking_number is null
        then coalesce((news ->> 'connection_id')::uuid, shipment.connection_id)
        else coalesce(shipment.connection_id, (news ->> 'connection_id')::uuid) end;
    shipment.service := coalesce(news ->> 'service', shipment.service);
    shipment.level := coalesce((news ->> 'level')::public.service_level, shipment.level);
    shipment.tracking_number := coalesce(news ->> 'tracking_number', shipment.tracking_number);
    if jsonb_typeof(news -> 'parcel_tracking_numbers') = 'array' and news -> 'parcel_tracking_numbers' <> '[]' then
        shipment.parcel_tracking_numbers := array(select jsonb_array_elements_text(news -> 'parcel_tracking_numbers'));
    end if;
    shipment.provider_shipment_id := coalesce(news ->> 'provider_shipment_id', shipment.provider_shipment_id);
    shipment.provider_data := shipment.provider_data || coalesce(nullif(news -> 'provider_data', 'null'), '{}');
    shipment.tracking_url := coalesce(news ->> 'tracking_url', shipment.tracking_url);
    if news ->> 'cost' is not null then
        shipment.cost_currency := coalesce(news ->> 'cost_currency', shipment.cost_currency, shipment.currency);
        shipment.cost := private.at_scale((news ->> 'cost')::numeric, shipment.cost_currency);
    end if;
    shipment.estimated_delivery_at := coalesce((news ->> 'estimated_delivery_at')::timestamptz, shipment.estimated_delivery_at);
    return shipment;
end
$$;

create function private.tells_new_events(shipment_id uuid, events jsonb) returns boolean
language plpgsql stable set search_path = ''
as $$
begin
    return exists (
        select from jsonb_to_recordset(events) as n (occurred_at timestamptz, provider_code text, place text)
        where not exists (
            select from public.shipment_events e
            where e.shipment_id = tells_new_events.shipment_id and e.occurred_at = n.occurred_at
              and e.provider_code is not distinct from n.provider_code and e.place is not distinct from n.place));
end
$$;

-- Writes down what is not there yet, in the carrier's order; answers how many lines that was.
create function private.put_shipment_events(shipment public.shipments, events jsonb, source text, source_id uuid) returns integer
language plpgsql set search_path = ''
as $$
declare
    written integer;
begin
    insert into public.shipment_events (organization_id, shipment_id, occurred_at, status, detail, provider_code, description,
        place, country, source, source_id)
    select shipment.organization_id, shipment.id, e.occurred_at, e.status, e.detail, e.provider_code, e.description,
        e.place, e.country, put_shipment_events.source, put_shipment_events.source_id
    from rows from (jsonb_to_recordset(events) as (occurred_at timestamptz, status public.shipment_status, detail text,
        provider_code text, description text, place text, country text)) with ordinality as
        e (occurred_at, status, detail, provider_code, description, place, country, turn)
    order by e.turn
    on conflict do nothing;
    get diagnostics written = row_count;
    return written;
end
$$;

-- Where its events leave a shipment, as workers/providers/shipping/statuses.py has it: the newest that has a status; what
-- is final stays, but what was called delivered may still come back. The hub's own word that it was made comes first,
-- whatever the carrier's clock says.
create function private.with_standing(shipment public.shipments) returns public.shipments
language plpgsql stable set search_path = ''
as $$
declare
    standing record;
begin
    with told as (
        select e.status, e.detail, e.occurred_at, row_number() over (
            order by e.status = 'created' and e.source in ('operation', 'client') desc, e.occurred_at, e.id) as turn
        from public.shipment_events e
        where e.organization_id = shipment.organization_id and e.shipment_id = shipment.id and e.status is not null
    ),
    ending as (
        select t.status, t.turn from told t where t.status in ('delivered', 'returned', 'cancelled') order by t.turn limit 1
    )
    select t.status, t.detail, t.occurred_at into standing
    from told t
    where t.turn = coalesce(
        (select min(r.turn) from told r, ending e where e.status = 'delivered' and r.status = 'returned' and r.turn > e.turn),
        (select e.turn from ending e),
        (select max(r.turn) from told r));
    if standing.status is not null then
        shipment.status := standing.status;
        shipment.detail := standing.detail;
        shipment.delivered_at := case when standing.status = 'delivered' then standing.occurred_at end;
    end if;
    return shipment;
end
$$;

-- The hub's own lines: that a carrier has taken the shipment, or has given it up again before it had it in hands.
create function private.events_in_news(shipment public.shipments, news jsonb) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
    told constant jsonb := coalesce(nullif(news -> 'events', 'null'), '[]');
    own constant jsonb := jsonb_build_object('occurred_at', clock_timestamp(), 'status', news ->> 'status');
begin
    if news ->> 'status' = 'cancelled' and shipment.status in ('created', 'exception') then
        return told || own;
    elsif news ->> 'status' = 'created' and not exists (
        select from public.shipment_events e
        where e.organization_id = shipment.organization_id and e.shipment_id = shipment.id and e.status = 'created'
          and e.source in ('operation', 'client')) then
        return own || told;
    end if;
    return told;
end
$$;

-- In plpgsql, which keeps its plan, as do the other functions that news goes through.
create function private.save_shipment_state(shipment public.shipments) returns void
language plpgsql set search_path = ''
as $$
begin
    update public.shipments s set
        status = shipment.status, detail = shipment.detail, connection_id = shipment.connection_id,
        service = shipment.service, level = shipment.level, tracking_number = shipment.tracking_number,
        parcel_tracking_numbers = shipment.parcel_tracking_numbers, provider_shipment_id = shipment.provider_shipment_id,
        provider_data = shipment.provider_data, tracking_url = shipment.tracking_url, cost = shipment.cost,
        cost_currency = shipment.cost_currency, estimated_delivery_at = shipment.estimated_delivery_at,
        delivered_at = shipment.delivered_at, last_event_at = shipment.last_event_at, failure = shipment.failure
    where s.id = shipment.id;
end
$$;

-- Says 'applied', 'unchanged' or 'unknown' (there is no such shipment). `news` holds: status (failed and cancelled of one
-- that no carrier has yet, cancelled of one that was not picked up, created), failure, connection_id, service, level,
-- tracking_number, parcel_tracking_numbers, provider_shipment_id, provider_data, tracking_url, cost, cost_currency,
-- estimated_delivery_at, delivered_at, signed_by, and events, [{occurred_at, status, detail, provider_code, description,
-- place, country}], in the carrier's order. Everything may be missing. What tells nothing new locks nothing.
-- Always by index, also while statistics lag behind tables that were small a minute ago.
create function private.apply_shipment_news(shipment_id uuid, news jsonb, source text, source_id uuid) returns text
language plpgsql security definer set search_path = '' set enable_seqscan = off
as $$
declare
    before public.shipments;
    shipment public.shipments;
    told constant text := news ->> 'status';
    signed constant jsonb := private.without_nulls(jsonb_build_object('signed_by', news -> 'signed_by'));
    events jsonb;
    fresh integer;
    is_signed boolean;
begin
    select * into before from public.shipments s where s.id = apply_shipment_news.shipment_id;
    if before.id is null then
        return 'unknown';
    elsif told is null and private.with_shipment_facts(before, news) is not distinct from before
       and not private.tells_new_events(before.id, coalesce(nullif(news -> 'events', 'null'), '[]'))
       and (signed = '{}' or private.personal(before.id) @> signed) then
        return 'unchanged';
    end if;
    select * into before from public.shipments s where s.id = apply_shipment_news.shipment_id for no key update;
    shipment := private.with_shipment_facts(before, news);
    if before.status = 'pending' and told in ('failed', 'cancelled') then
        shipment.status := told;
    end if;
    events := private.events_in_news(before, news);
    fresh := private.put_shipment_events(before, events, source, source_id);
    if fresh > 0 then
        shipment := private.with_standing(shipment);
        shipment.last_event_at := greatest(before.last_event_at,
            (select max(e.occurred_at) from jsonb_to_recordset(events) as e (occurred_at timestamptz)));
        if shipment.status = 'delivered' then
            shipment.delivered_at := coalesce((news ->> 'delivered_at')::timestamptz, shipment.delivered_at);
        end if;
    end if;
    shipment.failure := case when shipment.status in ('failed', 'cancelled')
        then coalesce(nullif(news -> 'failure', 'null'), shipment.failure) end;
    is_signed := private.put_shipment_person(before, signed);
    if fresh = 0 and not is_signed and shipment is not distinct from before then
        return 'unchanged';
    end if;
    perform private.save_shipment_state(shipment);
    if fresh > 0 or shipment.status <> before.status then
        perform private.settle_shipment_alerts(before, shipment);
        perform private.plan_tracking(shipment.id);
    end if;
    return 'applied';
end
$$;

-- For abandon_subject: what an operation that was called off was about does not happen.
create function private.abandon_shipment(operation public.operations) returns void
language plpgsql security definer set search_path = ''
as $$
begin
    case operation.kind
        when 'shipment.create' then
            update public.shipments s set status = 'cancelled' where s.id = operation.subject_id and s.status = 'pending';
        when 'shipment.quote' then
            update public.shipment_quotes q set status = 'ready', ready_at = now(), expires_at = now()
            where q.id = operation.subject_id and q.status = 'pending';
        when 'pickup.create' then
            update public.pickups p set status = 'cancelled' where p.id = operation.subject_id and p.status = 'pending';
    end case;
end
$$;

grant execute on function private.apply_shipment_news(uuid, jsonb, text, uuid) to wasl_worker;
