-- What the leader notes of backups by the clock.

-- name: note_plan
select private.note_backup_plan(%(schedule)s, %(newest_at)s, %(due_at)s)

-- name: note_run
select private.note_backup_run(%(began_at)s, %(backup_id)s, %(data_bytes)s)
