-- What payment handlers read, and the mark they leave before they send anything.

-- name: load_work
select
    o.id as operation_id, o.input, p.id as payment_id, p.organization_id, p.environment::text, p.connection_id,
    p.reference, p.amount::numeric as amount, p.currency, p.status::text, p.capture_method, p.description, p.customer,
    p.metadata, p.return_url, p.cancel_url, p.provider_payment_id, p.provider_data,
    p.amount_captured::numeric as amount_captured,
    r.id as refund_id, r.amount::numeric as refund_amount, r.reason as refund_reason,
    coalesce(j.cancel_requested, false) as cancel_requested
from public.operations o
left join public.payment_refunds r on o.subject_type = 'payment_refund' and r.id = o.subject_id
join public.payments p on p.id = coalesce(r.payment_id, o.subject_id)
left join private.jobs j on j.id = o.id
where o.id = %(operation_id)s

-- name: candidates
-- Every payment connection of the organization in that environment, also those that cannot be used: the reasons are
-- part of the answer to "why this one?".
select
    c.id, c.organization_id, c.provider_key, c.environment::text, c.status::text, c.settings, c.credentials_version,
    c.health_state::text, r.enabled, r.priority, r.weight, r.currencies,
    r.minimum_amount::numeric as minimum_amount, r.maximum_amount::numeric as maximum_amount,
    coalesce(b.state = 'open' and b.retry_at > now(), false) as breaker_open
from public.integration_connections c
join public.payment_providers r on r.connection_id = c.id
left join private.circuit_breakers b on b.connection_id = c.id
where c.organization_id = %(organization_id)s and c.environment = %(environment)s::public.environment
order by r.priority, c.id

-- name: begin_sending
-- Committed before anything is sent, so that whoever takes the job over knows where to ask and since when. Nothing
-- comes back when the job is no longer ours, or not for long enough.
with mine as (
    update private.jobs j
    set payload = j.payload || jsonb_build_object('sent_to', %(connection_id)s::uuid, 'sent_at', clock_timestamp())
    where j.id = %(operation_id)s and j.claim_id = %(claim_id)s
      and j.lease_until > now() + make_interval(secs => %(safe_seconds)s)
    returning j.id, j.cancel_requested, j.payload ->> 'sent_at' as sent_at
),
shown as (
    update public.operations o
    set connection_id = %(connection_id)s, why = coalesce(%(why)s, o.why)
    from mine
    where o.id = mine.id
)
select cancel_requested from mine

-- name: apply_payment_news
select private.apply_payment_news(%(payment_id)s, %(news)s, %(source)s, %(operation_id)s)

-- name: apply_refund_news
select private.apply_refund_news(%(payment_id)s, %(refund_id)s, %(news)s, %(source)s, %(operation_id)s)
