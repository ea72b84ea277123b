-- What was restored from a backup and is held.

-- name: held_hub
select r.backup_id from private.restores r
where r.organization_id is null and r.resumed_at is null
order by r.restored_at desc
limit 1
