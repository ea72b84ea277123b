-- Looking after parcels on their way: when each is asked about next, and who is told when something is in its way or it is
-- silent for too long. What goes through many shipments does so by index, also while statistics lag behind.

-- How long to wait before a parcel is asked about again; null: it is not asked about. What moves is looked at often, what
-- has been silent for long is not.
create function private.tracking_interval(status public.shipment_status, detail text, silent_for interval) returns interval
language plpgsql immutable set search_path = ''
as $$
begin
    return case
        when silent_for > interval '45 days' then null
        when status = 'created' then
            case when silent_for > interval '3 days' then interval '12 hours' else interval '4 hours' end
        when status = 'exception' then
            case when silent_for > interval '2 days' then interval '6 hours' else interval '2 hours' end
        when status in ('picked_up', 'in_transit', 'out_for_delivery') then case
            when silent_for > interval '5 days' then interval '12 hours'
            when silent_for > interval '2 days' or detail = 'awaiting_collection' then interval '6 hours'
            when status = 'out_for_delivery' then interval '20 minutes'
            else interval '2 hours' end
    end;
end
$$;

-- When each of some shipments is asked about next, with some chance in it, so that what was made together is not asked
-- about together for ever. What has been silent for 45 days is given up, and somebody is told.
create function private.plan_tracking(variadic shipment_ids uuid[]) returns void
language plpgsql security definer set search_path = '' set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
declare
    untracked record;
begin
    for untracked in
        with watched as materialized (
            select s.id, s.organization_id, s.connection_id, s.reference, s.status,
                now() - coalesce(s.last_event_at, s.created_at) as silent_for, s.detail
            from unnest(shipment_ids) as n (id)
            join public.shipments s on s.id = n.id and s.tracking_number is not null
            join public.integration_connections c on c.id = s.connection_id and c.status <> 'disconnected'
            join public.integration_providers p on p.key = c.provider_key and 'tracks_shipments' = any (p.capabilities)
        ),
        planned as materialized (
            select w.id, w.connection_id, w.pause
            from (select w.*, private.tracking_interval(w.status, w.detail, w.silent_for) as pause from watched w) w
            where w.pause is not null
        ),
        ended as (
            delete from private.tracking_watch w
            where w.shipment_id = any (shipment_ids) and w.shipment_id not in (select p.id from planned p)
        ),
        begun as (
            insert into private.tracking_watch as w (shipment_id, connection_id, due_at)
            select p.id, p.connection_id, clock_timestamp() + p.pause * (0.9 + 0.2 * random()) from planned p order by p.id
            on conflict on constraint tracking_watch_pkey do update
            set due_at = excluded.due_at, connection_id = excluded.connection_id
        )
        select w.* from watched w
        where w.silent_for > interval '45 days'
          and w.status in ('created', 'picked_up', 'in_transit', 'out_for_delivery', 'exception')
        order by w.id
    loop
        perform private.raise_alert(untracked.organization_id, untracked.connection_id, 'shipment.untracked',
            private.shipment_alert(untracked.id, 'untracked'), 'warning',
            format('Shipment %s: nothing heard for 45 days, so it is not asked about any more', untracked.reference),
            jsonb_build_object('shipment_id', untracked.id, 'reference', untracked.reference));
    end loop;
end
$$;

create function private.shipment_alert(shipment_id uuid, trouble text) returns text
language sql immutable set search_path = ''
as $$ select format('shipment:%s:%s', shipment_id, trouble) $$;

-- For news: an exception is told when it begins and is over when it ends; a parcel that was heard of is silent no more.
create function private.settle_shipment_alerts(before public.shipments, shipment public.shipments) returns void
language plpgsql security definer set search_path = ''
as $$
begin
    if shipment.status = 'exception' and (before.status, before.detail) is distinct from (shipment.status, shipment.detail) then
        perform private.raise_alert(shipment.organization_id, shipment.connection_id, 'shipment.exception',
            private.shipment_alert(shipment.id, 'exception'), 'warning',
            format('Shipment %s: %s', shipment.reference, replace(coalesce(shipment.detail, 'exception'), '_', ' ')),
            jsonb_build_object('shipment_id', shipment.id, 'reference', shipment.reference, 'detail', shipment.detail));
    end if;
    update public.alerts a set status = 'resolved', resolved_at = now()
    where a.organization_id = shipment.organization_id and a.status <> 'resolved'
      and a.group_key in (
        select private.shipment_alert(shipment.id, t.trouble)
        from (values
            ('exception', shipment.status <> 'exception'),
            ('not_picked_up', shipment.status <> 'created'),
            ('stalled', shipment.status in ('delivered', 'returned', 'cancelled') or before.last_event_at is null
                or shipment.last_event_at > before.last_event_at),
            ('untracked', shipment.status in ('delivered', 'returned', 'cancelled') or before.last_event_at is null
                or shipment.last_event_at > before.last_event_at)
        ) t (trouble, is_over)
        where t.is_over);
end
$$;

-- News of many shipments at once, [{shipment_id, news}]: all that were asked about, also those of which there is none; each
-- is asked about again after its time. Answers how many have changed.
create function private.apply_tracking(news jsonb, source text) returns integer
language plpgsql security definer set search_path = '' set enable_seqscan = off
as $$
declare
    each record;
    changed integer := 0;
begin
    -- In one order, so that two rounds never wait for each other.
    for each in
        select n.shipment_id, n.news from jsonb_to_recordset(apply_tracking.news) as n (shipment_id uuid, news jsonb)
        where n.news is not null
        order by n.shipment_id
    loop
        changed := changed
            + (private.apply_shipment_news(each.shipment_id, each.news, source, null) = 'applied')::integer;
    end loop;
    perform private.plan_tracking(variadic array(
        select n.shipment_id from jsonb_to_recordset(apply_tracking.news) as n (shipment_id uuid)));
    return changed;
end
$$;

-- By the clock: raises an alert for each parcel that is silent on its way, or that nobody has come for. Answers how many
-- are new.
create function private.find_stalled_shipments() returns integer
language plpgsql security definer set search_path = '' set enable_seqscan = off
as $$
declare
    each record;
    raised integer := 0;
begin
    for each in
        select s.organization_id, s.connection_id, s.id, s.reference, t.*
        from public.shipments s
        left join public.shipping_providers r on r.connection_id = s.connection_id
        cross join lateral (
            select 'stalled' as trouble, 'warning'::public.alert_severity as severity, 'is silent on its way' as what
            where s.status in ('picked_up', 'in_transit', 'out_for_delivery', 'exception')
              and coalesce(s.last_event_at, s.created_at) < now() - coalesce(r.stalled_after_hours, 48)
                  * case when s.origin ->> 'country' = s.destination ->> 'country' then 1 else 3 end * interval '1 hour'
            union all
            select 'not_picked_up', 'info', 'has not been picked up'
            where s.status = 'created' and s.ships_at < now() - interval '72 hours'
        ) t
        where s.status in ('created', 'picked_up', 'in_transit', 'out_for_delivery', 'exception')
          and not exists (
            select from public.alerts a
            where a.organization_id = s.organization_id and a.status <> 'resolved'
              and a.group_key = private.shipment_alert(s.id, t.trouble))
    loop
        perform private.raise_alert(each.organization_id, each.connection_id, 'shipment.' || each.trouble,
            private.shipment_alert(each.id, each.trouble), each.severity,
            format('Shipment %s %s', each.reference, each.what),
            jsonb_build_object('shipment_id', each.id, 'reference', each.reference));
        raised := raised + 1;
    end loop;
    return raised;
end
$$;

grant execute on function
    private.plan_tracking(uuid[]), private.tracking_interval(public.shipment_status, text, interval),
    private.apply_tracking(jsonb, text), private.find_stalled_shipments()
to wasl_worker;
