-- What the leader measures for Prometheus every few seconds: each bounded, or of a table that stays small.

-- name: queue_kinds
-- By kind, of the ten thousand jobs that are to be done next.
select ready.kind, count(*), coalesce(extract(epoch from now() - min(ready.run_at)), 0)::float8
from (
    select j.kind, j.run_at
    from private.jobs j
    where j.claim_id is null and j.run_at <= now()
    order by j.priority, j.run_at, j.id
    limit 10000
) ready
group by ready.kind

-- name: dead_jobs
select count(*) from (select from private.dead_jobs limit 10000) dead

-- name: breakers
select c.provider_key, b.state::text, count(*)
from private.circuit_breakers b
join public.integration_connections c on c.id = b.connection_id
group by 1, 2

-- name: rate_budgets
-- What the connection that has least left has left, of each provider, from 0 to 1.
select c.provider_key,
    min(greatest(0, least(1, (r.tokens + r.refill_per_second * extract(epoch from now() - r.refilled_at)) / r.capacity)))::float8
from public.rate_limits r
join public.integration_connections c on c.id = r.connection_id and c.status = 'active'
group by 1

-- name: deliveries
-- How many are under way, and for how long the oldest has been due.
select count(*), coalesce(extract(epoch from now() - min(q.next_attempt_at)), 0)::float8 from private.webhook_queue q
