-- What the alerts' room asks of the database: rules and outboxes by the clock, and the messages of one channel.

-- name: evaluate_rules
select private.evaluate_alert_rules()

-- name: tell
select private.tell_of_alerts()

-- name: forget_old
select private.forget_old_alerts()

-- name: load_channel
select c.id, c.organization_id, o.name as organization_name, c.name, c.kind, c.target, c.language,
    c.enabled and c.ready as is_open
from public.alert_channels c
join public.organizations o on o.id = c.organization_id
where c.id = %(channel_id)s

-- name: channel_of_operation
select o.subject_id from public.operations o where o.id = %(operation_id)s

-- name: sealed_secrets
select s.name, s.key_id, s.ciphertext from private.sealed_channel_secrets s where s.channel_id = %(channel_id)s

-- name: pending
-- In the order in which they were made; those that have been in a message keep to it.
select n.id, n.message_id, n.attempts, n.next_attempt_at <= clock_timestamp() as is_due, n.transition, n.severity::text,
    n.created_at, a.id as alert_id, a.kind, a.title, a.detail, a.status::text, a.connection_id, c.name as connection_name,
    a.occurrences, a.first_seen_at, a.last_seen_at, a.resolved_at
from public.alert_notifications n
join public.alerts a on a.id = n.alert_id
left join public.integration_connections c on c.id = a.connection_id
where n.channel_id = %(channel_id)s and n.status = 'pending'
order by n.message_id is null, n.created_at, n.id
limit 50

-- name: room_this_minute
-- How many more messages this minute takes, and in how many seconds it takes another one.
select %(most)s - count(*), coalesce(extract(epoch from min(m.sent_at) + interval '1 minute' - clock_timestamp()), 0)::float8
from (
    select max(n.sent_at) as sent_at from public.alert_notifications n
    where n.channel_id = %(channel_id)s and n.sent_at > clock_timestamp() - interval '1 minute'
    group by n.message_id
) m

-- name: begin_message
-- Committed before anything is sent, so that the message has the same id when it has to be sent again.
update public.alert_notifications n
set message_id = %(message_id)s, attempts = n.attempts + 1
where n.id = any (%(ids)s) and n.status = 'pending'

-- name: mark_sent
update public.alert_notifications n
set status = 'sent', sent_at = clock_timestamp(), last_error = null
where n.message_id = %(message_id)s and n.channel_id = %(channel_id)s and n.status = 'pending'

-- name: mark_failed
update public.alert_notifications n
set status = case when %(given_up)s then 'failed' else 'pending' end, last_error = %(error)s
where n.message_id = %(message_id)s and n.channel_id = %(channel_id)s and n.status = 'pending'

-- name: put_off
-- All that waits for the channel: it is told in order.
update public.alert_notifications n
set next_attempt_at = clock_timestamp() + make_interval(secs => %(seconds)s)
where n.channel_id = %(channel_id)s and n.status = 'pending'

-- name: drop_pending
update public.alert_notifications n set status = 'dropped'
where n.channel_id = %(channel_id)s and n.status = 'pending'

-- name: note_channel
select private.note_channel(%(channel_id)s, %(error)s, %(given_up)s)

-- name: count_stale
select count(*)
from private.sealed_channel_secrets s
join public.encryption_keys old on old.id = s.key_id and old.state <> 'active'
where exists (
    select from public.encryption_keys k
    where k.state = 'active' and (k.organization_id is null or k.organization_id = old.organization_id)
)

-- name: stale_batch
select s.id, s.version, c.organization_id, s.channel_id, s.name, s.key_id, target.id, s.ciphertext
from private.sealed_channel_secrets s
join public.alert_channels c on c.id = s.channel_id
join public.encryption_keys old on old.id = s.key_id and old.state <> 'active'
join lateral (
    select k.id
    from public.encryption_keys k
    where k.state = 'active' and (k.organization_id is null or k.organization_id = old.organization_id)
    order by k.organization_id nulls last
    limit 1
) target on true
where %(after)s::uuid is null or s.id > %(after)s
order by s.id
limit %(limit)s

-- name: replace_ciphertexts
with fresh as (
    select *
    from unnest(%(ids)s::uuid[], %(versions)s::integer[], %(old_key_ids)s::text[], %(key_ids)s::text[], %(ciphertexts)s::bytea[])
        as f (id, version, old_key_id, key_id, ciphertext)
),
unchanged as materialized (
    select s.id
    from private.sealed_channel_secrets s
    join fresh f on f.id = s.id and f.version = s.version and f.old_key_id = s.key_id
    for no key update of s skip locked
)
update private.sealed_channel_secrets s
set key_id = f.key_id, ciphertext = f.ciphertext
from fresh f join unchanged u on u.id = f.id
where s.id = f.id
