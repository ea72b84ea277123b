-- What people ask about their data, and what is older than it is kept.

-- name: begin_request
select private.begin_subject_request(%(operation_id)s)

-- name: take_step
select private.take_subject_step(%(request_id)s, %(most)s)

-- name: archive_head
select private.subject_archive_head(%(request_id)s)

-- name: archive_rows
select private.subject_rows(%(request_id)s, %(table)s, %(already)s, %(most)s)

-- name: note_archive
select private.note_subject_archive(%(step_id)s, %(rows)s, %(path)s, %(keep_days)s)

-- name: files
select f.document_id, f.path, f.format, f.stored from private.subject_files(%(request_id)s) f

-- name: note_empty_files
select private.note_empty_files(%(step_id)s, %(document_ids)s)

-- name: request_of
-- What an operation about a request needs to know of it.
select r.id, r.organization_id, r.status::text, r.archive_path, r.archive_expires_at
from public.operations o join public.data_subject_requests r on r.id = o.subject_id
where o.id = %(operation_id)s

-- name: note_expired_archive
select private.note_expired_archive(%(request_id)s)

-- name: enqueue_expired_archives
select private.enqueue_expired_archives()

-- name: due_retention
select d.organization_id, d.table_name from private.due_retention() d order by 1, 2

-- name: expire_rows
select private.expire_rows(%(organization_id)s, %(table)s, %(most)s)

-- name: erase_postponed
select private.erase_postponed(%(most)s)

-- name: warn_of_deadlines
select private.warn_of_privacy_deadlines()

-- name: open_requests
select r.id, r.organization_id, r.kind::text, r.status::text, r.received_at, r.due_at, r.due_at < now() as overdue,
    (select count(*) from public.data_subject_steps s
     where s.organization_id = r.organization_id and s.request_id = r.id and s.status = 'by_person') as by_person
from public.data_subject_requests r
where r.finished_at is null and (%(organization_id)s::uuid is null or r.organization_id = %(organization_id)s)
order by r.due_at, r.id
