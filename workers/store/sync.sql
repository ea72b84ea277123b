-- What the synchronization engine reads and writes.

-- name: begin
select s.id as stream_id, s.organization_id, s.connection_id, s.stream, s.run_id, s.run_mode::text as mode,
    case when s.run_mode = 'incremental' then s.since end as since, s.page_cursor as cursor, s.run_started_at as started_at
from private.begin_sync(%(stream_id)s) s
where s.id is not null

-- name: advance
select private.advance_sync(%(stream_id)s, %(run_id)s, %(at_cursor)s, %(next_cursor)s, %(read)s::integer,
    %(changed)s::integer, %(total)s::integer)

-- name: finish
select private.finish_sync(%(stream_id)s, %(run_id)s, %(error)s)

-- name: enqueue_due
select private.enqueue_due_syncs()

-- name: apply_contacts
select private.apply_contacts(%(connection_id)s, %(items)s)

-- name: mapping
select s.mapping from public.lead_syncs s where s.connection_id = %(connection_id)s

-- name: apply_audiences
select private.apply_audiences(%(connection_id)s, %(run_id)s, %(items)s)

-- name: apply_campaigns
select private.apply_campaigns(%(connection_id)s, %(run_id)s, %(items)s)

-- name: apply_deals
select private.apply_deals(%(connection_id)s, %(run_id)s, %(items)s)
