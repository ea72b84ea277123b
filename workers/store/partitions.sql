-- Upkeep of what grows with traffic.

-- name: make_partitions
select private.make_partitions()

-- name: drop_old_partitions
select private.drop_old_partitions()

-- name: expire_webhook_keys
-- In small bites, which no ingress has to wait for.
delete from private.webhook_event_keys k
where k.ctid = any (array(
    select old.ctid
    from private.webhook_event_keys old
    where old.received_at < now() - make_interval(days => %(days)s)
    limit %(limit)s
))

-- name: erase_webhook_bodies
-- What remains is the digest. An event that may still be processed keeps its body, and holds the mark up to which the
-- endpoint's have been erased; locked, so that none is replayed meanwhile. In bites, by endpoint.
with due as materialized (
    select e.id, e.connection_id, coalesce(e.bodies_erased_until, '-infinity') as since,
        now() - make_interval(days => e.body_retention_days) as until
    from public.webhook_endpoints e
    where e.body_retention_days is not null
      and coalesce(e.bodies_erased_until, '-infinity') < now() - make_interval(days => e.body_retention_days)
),
old as materialized (
    select v.* from due d
    cross join lateral (
        select v.received_at, v.id, v.endpoint_id, v.status in ('received', 'failed') as needed
        from public.webhook_events v
        where v.connection_id = d.connection_id and v.endpoint_id = d.id
          and v.received_at >= d.since and v.received_at < d.until and v.body_erased_at is null
        order by v.received_at
        limit %(limit)s
        for no key update of v
    ) v
),
erased as (
    update public.webhook_events v
    set body_sha256 = sha256(v.body), body = '', body_erased_at = clock_timestamp()
    from old o
    where v.received_at = o.received_at and v.id = o.id and not o.needed
    returning v.endpoint_id
),
marks as materialized (
    select d.id, case when count(o.id) < %(limit)s then d.until else max(o.received_at) end as last,
        min(o.received_at) filter (where o.needed) as needed
    from due d left join old o on o.endpoint_id = d.id
    group by d.id, d.until
),
marked as (
    update public.webhook_endpoints e set bodies_erased_until = least(m.last, m.needed)
    from marks m where e.id = m.id
)
select count(*) from erased

-- name: drop_old_webhook_requests
delete from public.webhook_requests where received_at < now() - interval '30 days'
