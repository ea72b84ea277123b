-- Webhooks as they come in, and what is done with them.

-- name: find_endpoints
select e.token_hash, e.id, e.organization_id, e.connection_id, c.provider_key, c.environment::text, c.settings,
    c.credentials_version, e.record_only, e.max_body_bytes, e.tolerance_seconds, e.rate_per_second is not null,
    e.allowed_networks, e.ignored_event_types
from public.webhook_endpoints e
join public.integration_connections c on c.id = e.connection_id
where e.token_hash = any (%(token_hashes)s) and e.enabled and c.status <> 'disconnected'

-- name: keep_events
-- One statement for a whole batch, so one commit. Keys are taken in one order everywhere, or two processes that keep
-- the same repeats could wait for each other. A repeat within the batch is a repeat too. Arrays travel in binary form:
-- as text every body would be escaped.
with incoming as materialized (
    select *
    from unnest(%(id)b::uuid[], %(received_at)b::timestamptz[], %(endpoint_id)b::uuid[], %(organization_id)b::uuid[],
                %(connection_id)b::uuid[], %(provider_key)b::text[], %(key)b::bytea[], %(provider_event_id)b::text[],
                %(event_type)b::text[], %(headers)b::text[], %(query)b::text[], %(source_address)b::text[],
                %(body)b::bytea[], %(body_bytes)b::integer[], %(status)b::text[])
        as i (id, received_at, endpoint_id, organization_id, connection_id, provider_key, key, provider_event_id,
              event_type, headers, query, source_address, body, body_bytes, status)
),
fresh as (
    insert into private.webhook_event_keys (endpoint_id, key, event_id, received_at)
    select endpoint_id, key, id, received_at from incoming
    order by endpoint_id, key, id
    on conflict do nothing
    returning event_id
),
kept as (
    insert into public.webhook_events (id, received_at, organization_id, connection_id, endpoint_id, provider_key,
        verified, status, provider_event_id, event_type, headers, query, source_address, body, body_bytes, trace_id)
    select id, received_at, organization_id, connection_id, endpoint_id, provider_key,
        true, status::public.webhook_event_status, provider_event_id, event_type, headers::jsonb, query, source_address,
        body, body_bytes, replace(id::text, '-', '')
    from incoming
    where id = any (array(select event_id from fresh))
),
queued as (
    insert into private.jobs (id, kind, organization_id, payload, trace_id)
    select id, 'webhook.process', organization_id, jsonb_build_object('event_id', id, 'received_at', received_at),
        replace(id::text, '-', '')
    from incoming
    where id = any (array(select event_id from fresh)) and status = 'received'
)
select event_id from fresh

-- name: count_deliveries
-- Locked in one order, because several processes count on the same endpoints.
with counted as materialized (
    select *
    from unnest(%(endpoint_id)s::uuid[], %(received)s::bigint[], %(last_received_at)s::timestamptz[],
                %(refused)s::bigint[], %(last_refused_at)s::timestamptz[], %(last_refusal)s::text[])
        as t (endpoint_id, received, last_received_at, refused, last_refused_at, last_refusal)
),
locked as materialized (
    select e.id from public.webhook_endpoints e where e.id = any (%(endpoint_id)s) order by e.id for no key update
)
update public.webhook_endpoints e set
    received_count = e.received_count + c.received,
    last_received_at = greatest(e.last_received_at, c.last_received_at),
    refused_count = e.refused_count + c.refused,
    last_refused_at = greatest(e.last_refused_at, c.last_refused_at),
    last_refusal = coalesce(c.last_refusal, e.last_refusal)
from counted c join locked l on l.id = c.endpoint_id
where e.id = c.endpoint_id

-- name: load_event
select e.id, e.received_at, e.organization_id, e.connection_id, e.endpoint_id, e.provider_key, e.verified,
    e.status::text, e.provider_event_id, e.event_type, e.headers, e.query, e.body,
    c.environment::text, c.settings, c.credentials_version,
    coalesce(w.record_only, false), coalesce(w.ignored_event_types, '{}'), w.tolerance_seconds
from public.webhook_events e
join public.integration_connections c on c.id = e.connection_id
left join public.webhook_endpoints w on w.id = e.endpoint_id
where e.received_at = %(received_at)s and e.id = %(id)s

-- name: lock_event
-- What follows continues the event's trace, until it is known what it is about.
select e.status::text, set_config('wasl.trace_id', coalesce(e.trace_id, ''), true)
from public.webhook_events e
where e.received_at = %(received_at)s and e.id = %(id)s
for no key update

-- name: claim_key
-- Whose event the key stands for. No row: somebody else is taking the key at this moment.
with taken as (
    insert into private.webhook_event_keys (endpoint_id, key, event_id, received_at)
    values (%(endpoint_id)s, %(key)s, %(id)s, %(received_at)s)
    on conflict do nothing
    returning event_id
)
select event_id from taken
union all
select k.event_id from private.webhook_event_keys k where k.endpoint_id = %(endpoint_id)s and k.key = %(key)s
limit 1

-- name: find_shipments
-- The parcels with that number: the connection's own, or any carrier's of the organization when the connection only tracks.
select s.id
from public.shipments s
join public.integration_connections c on c.id = %(connection_id)s
join public.integration_providers p on p.key = c.provider_key
where s.organization_id = %(organization_id)s and s.environment = %(environment)s::public.environment
  and s.tracking_number = %(tracking_number)s
  and (s.connection_id = c.id or not 'ships_parcels' = any (p.capabilities))

-- name: apply_shipment_news
with followed as materialized (select private.follow_trace(%(shipment_id)s))
select private.apply_shipment_news(%(shipment_id)s, %(news)s, 'webhook', %(event_id)s) from followed

-- name: ask_about_shipment
-- For events whose contents nobody signed: the carrier is asked itself, through the connection that the event came by.
insert into private.jobs (id, kind, organization_id, payload, priority, max_attempts)
values (private.uuid_v7(), 'shipment.track', %(organization_id)s,
    jsonb_build_object('connection_id', %(connection_id)s::uuid, 'shipment_ids', jsonb_build_array(%(shipment_id)s::uuid)), 1, 3)

-- name: stream_has_news
select private.stream_has_news(%(connection_id)s, %(stream)s)

-- name: post_has_news
select private.post_has_news(%(connection_id)s, %(provider_account_id)s, %(provider_post_id)s)

-- name: withdraw_consent
select private.withdraw_consent_of(%(connection_id)s, %(email)s)

-- name: fetch_lead
-- The same lead is told of more than once: one job for each.
insert into private.jobs (id, kind, organization_id, payload, priority, max_attempts)
values (private.derived_id(%(connection_id)s, 'lead:' || %(provider_lead_id)s::text), 'lead.fetch', %(organization_id)s,
    jsonb_build_object('connection_id', %(connection_id)s::uuid, 'provider_lead_id', %(provider_lead_id)s::text), 1, 12)
on conflict do nothing

-- name: settle_event
update public.webhook_events e set
    status = %(status)s::public.webhook_event_status,
    verified = e.verified or %(verified)s,
    provider_event_id = coalesce(%(provider_event_id)s, e.provider_event_id),
    event_type = coalesce(%(event_type)s, e.event_type),
    headers = coalesce(%(headers)s, e.headers),
    query = coalesce(%(query)s, e.query),
    canonical_types = %(canonical_types)s,
    error = %(error)s,
    attempts = e.attempts + 1,
    trace_id = coalesce(nullif(current_setting('wasl.trace_id', true), ''), e.trace_id),
    processed_at = clock_timestamp()
where e.received_at = %(received_at)s and e.id = %(id)s
returning e.trace_id

-- name: fail_event
-- An event that another worker has settled meanwhile stays settled.
update public.webhook_events e set
    status = %(status)s::public.webhook_event_status, error = %(error)s, attempts = e.attempts + 1
where e.received_at = %(received_at)s and e.id = %(id)s and e.status in ('received', 'failed')

-- name: find_payment
-- By our own id, which the provider gave back; else by the provider's ids. Never another organization's, never one
-- that another connection took.
select p.id, p.currency
from (
    select p.id, p.currency, 1 as choice
    from public.payments p
    where p.id = %(payment_id)s and p.organization_id = %(organization_id)s
      and p.environment = %(environment)s::public.environment
      and (p.connection_id = %(connection_id)s or p.connection_id is null)
    union all
    select p.id, p.currency, 2
    from public.payments p
    where p.connection_id = %(connection_id)s and p.provider_payment_id = any (%(provider_ids)s)
    union all
    select p.id, p.currency, 3
    from public.payments p
    where p.connection_id = %(connection_id)s and p.provider_session_id = any (%(provider_ids)s)
) p
order by p.choice
limit 1

-- name: is_payment_under_way
-- A payment of which the provider's id is not known yet: the event may be about it.
select exists (
    select from public.payments p
    where p.status = 'pending' and p.provider_payment_id is null and p.updated_at > now() - interval '15 minutes'
      and p.organization_id = %(organization_id)s and p.environment = %(environment)s::public.environment
      and (p.connection_id = %(connection_id)s or p.connection_id is null)
)

-- name: apply_payment_news
with followed as materialized (select private.follow_trace(%(payment_id)s))
select private.apply_payment_news(%(payment_id)s, %(news)s, 'webhook', %(event_id)s) from followed

-- name: apply_refund_news
with followed as materialized (select private.follow_trace(%(payment_id)s))
select private.apply_refund_news(%(payment_id)s, %(refund_id)s, %(news)s, 'webhook', %(event_id)s) from followed

-- name: ask_about_payment
-- For events whose contents nobody signed: the provider is asked itself. A question that no worker has taken yet is
-- enough; one that has been taken may have been answered before what the event is about happened.
with asked as (
    insert into public.operations (organization_id, connection_id, kind, subject_type, subject_id, input, created_by)
    select p.organization_id, p.connection_id, 'payment.sync', 'payment', p.id,
        jsonb_build_object('payment_id', p.id), 'worker'
    from public.payments p
    where p.id = %(payment_id)s and p.connection_id is not null
      and not exists (
          select from public.operations o join private.jobs j on j.id = o.id
          where o.subject_id = p.id and o.kind = 'payment.sync' and o.status = 'pending' and j.claim_id is null)
    returning id, kind, organization_id
)
insert into private.jobs (id, kind, organization_id) select id, kind, organization_id from asked

-- name: apply_dispute_news
select private.apply_dispute_news(%(payment_id)s, %(connection_id)s, %(news)s, %(event_id)s)

-- name: apply_payout_news
select private.apply_payout_news(%(connection_id)s, %(news)s)
