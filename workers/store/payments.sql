-- What payment handlers read and write.

-- name: load_work
select
    o.id as operation_id, o.input, p.id as payment_id, p.organization_id, p.environment::text, p.connection_id,
    p.reference, p.amount::numeric as amount, p.currency, p.status::text, p.capture_method, p.description,
    coalesce(said -> 'customer', '{}') as customer, said -> 'billing_address' as billing_address,
    said -> 'shipping_address' as shipping_address, p.metadata, p.method, p.country, p.locale, p.items, p.save_payment_method,
    t.token as saved_token, coalesce(t.provider_data, '{}') as saved_token_data,
    p.return_url, p.cancel_url, p.provider_payment_id, p.provider_data,
    p.amount_captured::numeric as amount_captured,
    r.id as refund_id, r.amount::numeric as refund_amount, r.reason as refund_reason,
    coalesce(j.cancel_requested, false) as cancel_requested
from public.operations o
left join public.payment_refunds r on o.subject_type = 'payment_refund' and r.id = o.subject_id
join public.payments p on p.id = coalesce(r.payment_id, o.subject_id)
left join private.payment_method_tokens t on t.payment_method_id = p.payment_method_id
left join private.jobs j on j.id = o.id
-- Who pays is told a gateway only when the payment is made.
cross join lateral private.personal(case o.kind when 'payment.create' then p.id end) as said
where o.id = %(operation_id)s

-- name: candidates
-- Every payment connection of the organization in that environment, also those that cannot be used: the reasons are
-- part of the answer to "why this one?".
select
    c.id, c.organization_id, c.provider_key, c.environment::text, c.status::text, c.settings, c.credentials_version,
    c.name, c.health_state::text, r.enabled, r.priority, r.weight, r.currencies, r.countries, r.methods,
    r.minimum_amount::numeric as minimum_amount, r.maximum_amount::numeric as maximum_amount,
    r.fee_percent, r.fee_fixed::numeric as fee_fixed, r.fee_currency,
    p.currencies as provider_currencies, p.methods as provider_methods, p.capabilities,
    coalesce(b.state = 'open' and b.retry_at > now(), false) as breaker_open
from public.integration_connections c
join public.payment_providers r on r.connection_id = c.id
join public.integration_providers p on p.key = c.provider_key
left join private.circuit_breakers b on b.connection_id = c.id
where c.organization_id = %(organization_id)s and c.environment = %(environment)s::public.environment
order by r.priority, c.id

-- name: policy
select version, rule::text, cases, failover
from public.payment_policies
where organization_id = %(organization_id)s and environment = %(environment)s::public.environment

-- name: routing_input
select organization_id, input from public.operations where id = %(operation_id)s

-- name: apply_payment_news
select private.apply_payment_news(%(payment_id)s, %(news)s, %(source)s, %(source_id)s)

-- name: apply_refund_news
select private.apply_refund_news(%(payment_id)s, %(refund_id)s, %(news)s, %(source)s, %(source_id)s)

-- name: known_payment
-- For looking at a payment: where to ask, and about which refunds.
select p.id as payment_id, p.organization_id, p.connection_id, p.provider_payment_id, p.currency, p.status::text,
    p.amount::numeric as amount, p.amount_captured::numeric as amount_captured,
    p.amount_refunded::numeric as amount_refunded,
    array(select r.provider_refund_id from public.payment_refunds r
          where r.organization_id = p.organization_id and r.payment_id = p.id and r.status = 'pending'
            and r.provider_refund_id is not null
          order by r.id) as pending_refunds
from public.payments p
where p.id = %(payment_id)s

-- name: subject_of_operation
select subject_id from public.operations where id = %(operation_id)s

-- name: enqueue_due_looks
-- A look is a job under the payment's own id: one that is still waiting is enough, and one that is ending is not waited for,
-- since it may be about to plan the next. Nothing can be asked through a connection that has been disconnected.
with due as materialized (
    select l.payment_id, p.organization_id, c.status <> 'disconnected' as connected,
        case when c.status <> 'disconnected' then v.poll_minutes[l.looks + 2] end as minutes
    from private.payment_looks l
    join public.payments p on p.id = l.payment_id
    join public.integration_connections c on c.id = p.connection_id
    join public.integration_providers v on v.key = c.provider_key
    where l.due_at <= now()
    order by l.due_at
    limit 500
    for update of l skip locked
),
moved as (
    update private.payment_looks l
    set looks = l.looks + 1, due_at = now() + make_interval(mins => d.minutes)
    from due d
    where l.payment_id = d.payment_id and d.minutes is not null
),
ended as (
    delete from private.payment_looks l using due d where l.payment_id = d.payment_id and d.minutes is null
)
insert into private.jobs (id, kind, organization_id, priority, max_attempts)
select d.payment_id, 'payment.look', d.organization_id, 5, 5 from due d
where d.connected and not exists (select from private.jobs j where j.id = d.payment_id)
on conflict do nothing

-- name: method_of_operation
select m.id as payment_method_id, m.connection_id, t.token, t.provider_data,
    exists (
        select from public.payments p
        join public.operations c on c.subject_id = p.id and c.kind = 'payment.create' and c.status = 'pending'
        where p.organization_id = m.organization_id and p.payment_method_id = m.id and p.status = 'pending'
    ) as in_use
from public.operations o
join public.payment_methods m on m.id = o.subject_id
join private.payment_method_tokens t on t.payment_method_id = m.id
where o.id = %(operation_id)s

-- name: forget_payment_method
select private.forget_payment_method(%(payment_method_id)s)

-- name: check_recent_ledgers
select private.check_recent_ledgers()
