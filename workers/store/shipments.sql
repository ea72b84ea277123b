-- What shipping's handlers read and write.

-- name: load_work
select
    o.id as operation_id, s.id as shipment_id, s.organization_id, s.environment::text, s.connection_id, s.return_of,
    s.reference, s.status::text, s.rule::text, s.service, s.level::text, s.origin || coalesce(p.known -> 'sender', '{}') as sender,
    s.destination || coalesce(p.known -> 'recipient', '{}') as recipient, s.parcels, s.ships_at,
    s.contents, s.description, s.customs, s.cash_on_delivery_amount::numeric as cash_on_delivery_amount,
    s.declared_value::numeric as declared_value, s.insured_value::numeric as insured_value, s.currency,
    s.signature_required, p.known ->> 'instructions' as instructions, s.label_format, s.metadata, s.tracking_number, s.provider_shipment_id,
    s.provider_data, s.created_at,
    coalesce(r.provider_data, '{}') as rate_data, r.amount::numeric as rate_amount, r.currency as rate_currency,
    coalesce(j.cancel_requested, false) as cancel_requested
from public.operations o
join public.shipments s on s.id = o.subject_id
cross join lateral (select private.personal(s.id) as known offset 0) p
left join public.shipment_rates r on r.organization_id = s.organization_id and r.id = s.rate_id
left join private.jobs j on j.id = o.id
where o.id = %(operation_id)s

-- name: carriers
-- Every carrier's connection of the organization in that environment, also those that cannot be used: the reasons are
-- part of the answer to "why this one?".
select
    c.id, c.organization_id, c.provider_key, c.environment::text, c.status::text, c.settings, c.credentials_version,
    c.name, c.health_state::text, r.enabled, r.priority, r.countries, r.emirates, r.services,
    r.levels::text[] as levels, r.default_service, r.cash_on_delivery,
    r.minimum_weight_kg, r.maximum_weight_kg, r.tariff, p.countries as provider_countries, p.capabilities,
    p.carrier as facts, coalesce(b.state = 'open' and b.retry_at > now(), false) as breaker_open
from public.integration_connections c
join public.shipping_providers r on r.connection_id = c.id
join public.integration_providers p on p.key = c.provider_key
left join private.circuit_breakers b on b.connection_id = c.id
where c.organization_id = %(organization_id)s and c.environment = %(environment)s::public.environment
  and p.carrier is not null
order by r.priority, c.id

-- name: load_quote
select q.id as quote_id, q.organization_id, q.environment::text, private.whole_request(q) as request, q.rank_by::text,
    q.created_at
from public.operations o
join public.shipment_quotes q on q.id = o.subject_id
where o.id = %(operation_id)s

-- name: keep_rates
insert into public.shipment_rates (organization_id, quote_id, connection_id, provider_key, rank, service, service_name,
    level, amount, currency, tax, charges, transit_days, estimated_delivery_at, source, provider_data)
select q.organization_id, q.id, r.connection_id, r.provider_key, r.rank, r.service, r.service_name, r.level,
    r.amount, r.currency, r.tax, r.charges, r.transit_days,
    r.estimated_delivery_at, r.source, r.provider_data
from public.shipment_quotes q,
    jsonb_to_recordset(%(rates)s) r (connection_id uuid, provider_key text, rank smallint, service text, service_name text,
        level public.service_level, amount numeric, currency text, tax numeric, charges jsonb, transit_days smallint,
        estimated_delivery_at timestamptz, source text, provider_data jsonb)
where q.id = %(quote_id)s and q.status = 'pending'

-- name: finish_quote
update public.shipment_quotes q set status = 'ready', failures = %(failures)s, ready_at = clock_timestamp()
where q.id = %(quote_id)s and q.status = 'pending'

-- name: apply_shipment_news
select private.apply_shipment_news(%(shipment_id)s, %(news)s, %(source)s, %(source_id)s)

-- name: apply_tracking
select private.apply_tracking(%(news)s, %(source)s)

-- name: plan_label
-- A label that could not be had with the shipment is fetched by a job under the shipment's own id.
insert into private.jobs (id, kind, organization_id, priority)
values (%(shipment_id)s, 'shipment.fetch_label', %(organization_id)s, 1)
on conflict do nothing

-- name: on_their_way
-- Shipments to ask about through a connection of the same organization, in the order of their ids.
select s.id as shipment_id, s.organization_id, s.tracking_number, s.provider_shipment_id, s.provider_data, s.reference,
    s.created_at
from public.shipments s
join public.integration_connections c on c.id = %(connection_id)s and c.organization_id = s.organization_id
where s.id = any (%(shipment_ids)s) and s.tracking_number is not null
order by s.id

-- name: give_up_silent
-- What has been silent for so long that it is not asked about any more ends here, and people are told.
select private.plan_tracking(variadic array_agg(w.shipment_id))
from private.tracking_watch w
join public.shipments s on s.id = w.shipment_id
where w.due_at <= now()
  and private.tracking_interval(s.status, s.detail, now() - coalesce(s.last_event_at, s.created_at)) is null
having count(*) > 0

-- name: enqueue_due_tracking
-- One job for as many parcels of a connection as its carrier takes in one call. When each is due again is decided before
-- it is asked about, so that a worker that dies costs one look and no more.
with due as materialized (
    select w.shipment_id, w.connection_id, c.organization_id, c.status <> 'disconnected' as connected,
        greatest((p.carrier ->> 'tracking_batch')::integer, 1) as batch
    from private.tracking_watch w
    join public.integration_connections c on c.id = w.connection_id
    join public.integration_providers p on p.key = c.provider_key
    where w.due_at <= now()
    order by w.due_at
    limit %(limit)s
    for update of w skip locked
),
moved as (
    update private.tracking_watch w
    set due_at = now() + (0.9 + 0.2 * random()) * coalesce(
        private.tracking_interval(s.status, s.detail, now() - coalesce(s.last_event_at, s.created_at)), interval '1 day')
    from due d join public.shipments s on s.id = d.shipment_id
    where w.shipment_id = d.shipment_id
    returning w.shipment_id
),
numbered as (
    select d.*, (row_number() over (partition by d.connection_id order by d.shipment_id) - 1) / d.batch as part
    from due d join moved m on m.shipment_id = d.shipment_id
    where d.connected
)
insert into private.jobs (id, kind, organization_id, payload, priority, max_attempts)
select private.uuid_v7(), 'shipment.track', n.organization_id,
    jsonb_build_object('connection_id', n.connection_id, 'shipment_ids', jsonb_agg(n.shipment_id order by n.shipment_id)), 5, 3
from numbered n
group by n.organization_id, n.connection_id, n.part

-- name: find_stalled
select private.find_stalled_shipments()

-- name: load_pickup
select
    o.id as operation_id, k.id as pickup_id, k.organization_id, k.connection_id, k.status, k.place, k.ready_at,
    k.closes_at, k.parcels, k.weight_kg, k.location, k.instructions, k.provider_pickup_id, k.provider_data,
    coalesce((
        select jsonb_agg(jsonb_build_object('shipment_id', s.id, 'tracking_number', s.tracking_number,
            'provider_shipment_id', s.provider_shipment_id, 'provider_data', s.provider_data, 'reference', s.reference,
            'created_at', s.created_at) order by s.id)
        from public.shipments s
        where s.organization_id = k.organization_id and s.pickup_id = k.id and s.tracking_number is not null
    ), '[]') as shipments,
    not exists (
        select from public.shipments s
        where s.organization_id = k.organization_id and s.pickup_id = k.id
          and s.origin ->> 'country' <> s.destination ->> 'country') as is_domestic,
    coalesce(j.cancel_requested, false) as cancel_requested
from public.operations o
join public.pickups k on k.id = o.subject_id
left join private.jobs j on j.id = o.id
where o.id = %(operation_id)s

-- name: move_pickup
update public.pickups k
set status = coalesce(%(status)s, k.status),
    provider_pickup_id = coalesce(%(provider_pickup_id)s, k.provider_pickup_id),
    provider_data = k.provider_data || coalesce(%(provider_data)s::jsonb, '{}'),
    failure = %(failure)s::jsonb
where k.id = %(pickup_id)s

-- name: outcome_needs_a_person
select private.raise_alert(s.organization_id, s.connection_id, 'shipment.outcome_unknown',
    'shipment:' || s.id || ':outcome', 'critical',
    format('Whether a label was bought for %%s is not known: look for it at the carrier and resolve it', s.reference),
    jsonb_build_object('shipment_id', s.id, 'connection_id', %(connection_id)s::uuid, 'carrier_reference', %(reference)s::text))
from public.shipments s
where s.id = %(shipment_id)s
