-- Subscriptions and the deliveries that are made for them.

-- name: subscriptions_for
select s.id as subscription_id, s.conditions, s.template
from private.subscriptions_for(%(event_id)s, %(created_at)s) s

-- name: add_deliveries
-- Nobody waits for the disk: when the job of the event ends durably, so has this; until then it is done again.
with soon as materialized (
    select set_config('synchronous_commit', 'off', true)
)
select private.add_deliveries(%(event_id)s, %(created_at)s, %(deliveries)s) from soon

-- name: load_subscription
select s.id as subscription_id, s.organization_id, s.url, s.conditions, s.template, s.ordered, s.rate_per_minute, s.enabled,
    s.failures, coalesce(s.paused_until > clock_timestamp(), false) as paused
from public.webhook_subscriptions s
where s.id = %(subscription_id)s

-- name: load_secrets
-- The present one first.
select w.id, w.key_id, w.ciphertext
from private.webhook_secrets w
where w.subscription_id = %(subscription_id)s and (w.expires_at is null or w.expires_at > clock_timestamp())
order by w.expires_at desc nulls first, w.id desc

-- name: due_deliveries
select q.delivery_id, q.created_at, q.event_id, d.event_type, d.trace_id, q.step, d.attempts + 1 as number,
    d.payload::text
from private.webhook_queue q
join public.webhook_deliveries d on d.id = q.delivery_id and d.created_at = q.created_at
where q.subscription_id = %(subscription_id)s and q.next_attempt_at <= clock_timestamp()
    and q.delivery_id <> all (%(busy)s::uuid[])
order by q.next_attempt_at, q.delivery_id
limit %(limit)s

-- name: first_delivery
-- In order: the first of all, if it is due and no earlier event is still to be routed.
select q.delivery_id, q.created_at, q.event_id, d.event_type, d.trace_id, q.step, d.attempts + 1 as number,
    d.payload::text
from (
    select * from private.webhook_queue w where w.subscription_id = %(subscription_id)s order by w.event_id limit 1
) q
join public.webhook_deliveries d on d.id = q.delivery_id and d.created_at = q.created_at
where q.next_attempt_at <= clock_timestamp()
    and not exists (
        select from private.jobs j
        where j.kind = 'event.route' and j.organization_id = d.organization_id and j.id < q.event_id
            and j.created_at > now() - interval '1 minute'
    )

-- name: record_deliveries
select r.enabled, r.paused, r.failures
from private.record_deliveries(%(subscription_id)s, %(results)s, %(pause_seconds)s, %(gone)s,
    make_interval(secs => %(patience_seconds)s)) r

-- name: plan_next_sender
select private.plan_next_sender(%(subscription_id)s)

-- name: disable_subscription
select private.disable_subscription(%(subscription_id)s, %(reason)s, %(fault)s)

-- name: operation_subject
select o.subject_id from public.operations o where o.id = %(operation_id)s

-- name: replay_batch
select private.replay_batch(%(job_id)s, %(claim_id)s, %(size)s)

-- name: replay_progress
select o.result from public.operations o where o.id = %(operation_id)s

-- name: look_after
select private.look_after_deliveries()
