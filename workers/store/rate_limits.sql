-- The shared token buckets. Time is the database's: workers' clocks differ.

-- name: take_tokens
-- A lease is at most a share of the bucket, so that several workers get some. Rows are locked for one statement only,
-- and nobody waits for the disk: tokens taken just before a crash may come back.
with soon as materialized (
    select set_config('synchronous_commit', 'off', true)
), bucket as materialized (
    select r.connection_id, r.capacity, r.refill_per_second, r.blocked_until, clock.now,
           least(r.capacity, r.tokens
               + r.refill_per_second * greatest(0, extract(epoch from clock.now - r.refilled_at))) as available
    from public.rate_limits r
    cross join lateral (select greatest(clock_timestamp(), r.refilled_at) as now) clock
    where r.connection_id = %(connection_id)s
    for no key update of r
), granted as (
    select b.*, case when b.blocked_until > clock_timestamp() then 0 else floor(greatest(0, least(
        b.available, %(wanted)s, greatest(1, floor(least(b.capacity, b.refill_per_second) * %(share)s))))) end as tokens
    from bucket b
)
update public.rate_limits r
set tokens = g.available - g.tokens, refilled_at = g.now, updated_at = g.now
from granted g cross join soon
where r.connection_id = g.connection_id
returning g.tokens::integer,
    case when g.tokens > 0 then 0 else greatest(
        greatest(0, 1 - g.available) / g.refill_per_second,
        coalesce(extract(epoch from g.blocked_until - clock_timestamp()), 0))::double precision end,
    g.refill_per_second::double precision

-- name: block
-- The bucket is empty when it opens again, and a block never shortens another.
update public.rate_limits
set tokens = 0,
    blocked_until = greatest(blocked_until, clock_timestamp() + make_interval(secs => %(seconds)s)),
    refilled_at = greatest(refilled_at, blocked_until, clock_timestamp() + make_interval(secs => %(seconds)s)),
    updated_at = clock_timestamp()
where connection_id = %(connection_id)s
