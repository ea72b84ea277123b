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
