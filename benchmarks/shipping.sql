-- name: organization
insert into public.organizations (name, slug) values ('Benchmark', %(slug)s) returning id

-- name: connection
-- A carrier's connection that no rate limit holds back.
with connection as (
    insert into public.integration_connections (organization_id, provider_key, name, environment, status, settings)
    values (%(organization_id)s, %(provider)s, %(provider)s || ' ' || %(number)s, 'sandbox', 'active', %(settings)s)
    returning id, organization_id
),
rules as (
    insert into public.shipping_providers (connection_id, organization_id) select id, organization_id from connection
),
free as (
    insert into public.rate_limits (connection_id, organization_id, capacity, refill_per_second, tokens)
    select id, organization_id, 1000000, 1000000, 1000000 from connection
)
select id from connection

-- name: parcels
-- Parcels on their way, of which nothing has been heard yet, all due to be asked about.
with made as (
    insert into public.shipments (organization_id, environment, connection_id, reference, status, origin, destination, parcels,
        ships_at, description, currency, tracking_number, created_by, created_at)
    select %(organization_id)s, 'sandbox', %(connection_id)s, 'bench-' || n, 'created',
        '{"city": "Dubai", "country": "AE"}', '{"city": "Abu Dhabi", "country": "AE"}',
        '[{"weight_kg": "1"}]', '2026-11-24 04:00+00', 'Phone cases', 'AED', (700000000000 + n)::text, 'service',
        '2026-11-24 04:00+00'
    from generate_series(1, %(count)s) n
    returning id, organization_id, connection_id
)
insert into private.tracking_watch (shipment_id, connection_id, due_at)
select m.id, m.connection_id, now()
from made m
cross join lateral (
    select private.keep_parties(m.organization_id, 'shipment', m.id, '{"sender": {"name": "S"}, "recipient": {"name": "R"}}')
    offset 0
) kept

-- name: all_due
update private.tracking_watch set due_at = now()

-- name: batch
update public.integration_providers set carrier = carrier || jsonb_build_object('tracking_batch', %(batch)s::integer)
where key = %(provider)s

-- name: left
select count(*) from private.jobs where kind = 'shipment.track'

-- name: moved
select count(*) filter (where status = 'in_transit') as moved, (select count(*) from public.shipment_events) as events
from public.shipments
