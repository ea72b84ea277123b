-- The queue. A job is found by the index jobs_ready, held by lease, and deleted when done.
-- Run on connections that plan by index (pool.BY_INDEX): this table's statistics are never right for long.

-- name: claim_jobs
-- The array makes the limit hold: a join could run the inner query twice. Nobody waits for the disk: should a crash of
-- the database undo the claim, nothing had been sent under it, because begin_sending is committed durably before that,
-- and the claim with it.
with soon as materialized (
    select set_config('synchronous_commit', 'off', true)
),
ready as materialized (
    select j.id
    from private.jobs j
    where j.claim_id is null and j.run_at <= now() and j.kind = any (%(kinds)s)
    order by j.priority, j.run_at, j.id
    limit %(limit)s
    for update skip locked
),
claimed as (
    update private.jobs j
    set claim_id = %(claim_id)s, lease_until = now() + make_interval(secs => %(lease_seconds)s), attempt = j.attempt + 1
    where j.id = any (array(select id from ready))
    returning j.id, j.claim_id, j.kind, j.organization_id, j.payload, j.run_at, j.attempt, j.max_attempts,
        j.cancel_requested, j.outcome_unknown, j.created_at, j.trace_id, j.priority
)
select id, claim_id, kind, organization_id, payload, run_at, attempt, max_attempts, cancel_requested, outcome_unknown,
    created_at, trace_id
from claimed cross join soon
order by priority, run_at, id

-- name: release_expired
-- Their workers are gone or have been cut off. What writes outward may have been sent: the next worker asks first.
with expired as materialized (
    select j.id
    from private.jobs j
    where j.claim_id is not null and j.lease_until < now()
    order by j.lease_until
    limit 1000
    for update skip locked
)
update private.jobs j
set claim_id = null, lease_until = null, outcome_unknown = j.outcome_unknown or j.kind = any (%(writing_kinds)s)
where j.id = any (array(select id from expired))
returning j.id

-- name: extend_leases
-- Tells which are still held; the others have been taken by somebody else.
update private.jobs j
set lease_until = now() + make_interval(secs => %(lease_seconds)s)
from unnest(%(ids)s::uuid[], %(claim_ids)s::uuid[]) as held (id, claim_id)
where j.id = held.id and j.claim_id = held.claim_id
returning j.id

-- name: finish_jobs
-- The job's row is locked before the operation's, as cancel_operation does. What the transaction of a single job goes
-- on to write continues its trace.
with done as materialized (
    select d.id, d.claim_id, d.status::public.operation_status as status, d.result, d.error, d.trace_id
    from jsonb_to_recordset(%(batch)s)
        as d (id uuid, claim_id uuid, status text, result jsonb, error jsonb, trace_id text)
),
traced as materialized (
    select set_config('wasl.trace_id', coalesce((select d.trace_id from done d limit 1), ''), true)
),
gone as (
    delete from private.jobs j
    using done d
    where j.id = d.id and j.claim_id = d.claim_id
    returning j.id, j.attempt, d.status, d.result, d.error
),
finished as (
    update public.operations o
    set status = g.status, result = g.result, error = g.error, attempts = g.attempt, finished_at = now()
    from gone g
    where o.id = g.id
)
select id from gone cross join traced

-- name: postpone_jobs
-- Also for jobs that a worker hands back unfinished. The operation shows the last error while it waits.
with put_off as materialized (
    select *
    from jsonb_to_recordset(%(batch)s)
        as p (id uuid, claim_id uuid, after_seconds float8, counted boolean, outcome_unknown boolean, error jsonb)
),
waiting as (
    update private.jobs j
    set claim_id = null, lease_until = null,
        run_at = case when p.after_seconds > 0 then now() + make_interval(secs => p.after_seconds) else j.run_at end,
        attempt = case when p.counted then j.attempt else j.attempt - 1 end,
        outcome_unknown = coalesce(p.outcome_unknown, j.outcome_unknown),
        last_error = coalesce(p.error, j.last_error)
    from put_off p
    where j.id = p.id and j.claim_id = p.claim_id
    returning j.id, j.attempt, p.error
),
shown as (
    update public.operations o
    set attempts = w.attempt, error = w.error
    from waiting w
    where o.id = w.id and w.error is not null
)
select id from waiting

-- name: bury_jobs
-- Attempts ran out: the job becomes a dead letter, its operation dead, and somebody is told.
with given_up as materialized (
    select * from jsonb_to_recordset(%(batch)s) as g (id uuid, claim_id uuid, error jsonb)
),
gone as (
    delete from private.jobs j
    using given_up g
    where j.id = g.id and j.claim_id = g.claim_id
    returning j.id, j.kind, j.organization_id, j.payload, j.attempt, j.created_at, coalesce(g.error, j.last_error) as error
),
buried as (
    insert into private.dead_jobs (id, kind, organization_id, payload, attempt, last_error, created_at)
    select id, kind, organization_id, payload, attempt, error, created_at from gone
    on conflict (id) do update
    set payload = excluded.payload, attempt = excluded.attempt, last_error = excluded.last_error, died_at = clock_timestamp()
),
finished as (
    update public.operations o
    set status = 'dead', error = g.error, attempts = g.attempt, finished_at = now()
    from gone g
    where o.id = g.id
    returning o.id, o.connection_id
),
told as (
    insert into public.alerts (organization_id, connection_id, kind, group_key, severity, title, detail)
    select g.organization_id, (select f.connection_id from finished f where f.id = g.id), 'operation.dead',
        'operation.dead:' || g.id, 'critical', format('%%s was given up after %%s attempts', g.kind, g.attempt),
        jsonb_build_object('operation_id', g.id, 'kind', g.kind, 'attempts', g.attempt, 'error', g.error)
    from gone g
    where exists (select from public.organizations o where o.id = g.organization_id)
    on conflict (organization_id, group_key) where status <> 'resolved' do update
    set occurrences = alerts.occurrences + 1, last_seen_at = now(), detail = excluded.detail
)
select id from gone

-- name: queue_state
-- How many jobs are ready and how long the oldest of them has been, in seconds. Bounded: as cheap when the queue is long.
select count(*), coalesce(extract(epoch from now() - min(ready.run_at)), 0)::float8
from (
    select j.run_at
    from private.jobs j
    where j.claim_id is null and j.run_at <= now()
    order by j.priority, j.run_at, j.id
    limit 10000
) ready

-- name: listen
listen wasl_jobs
