-- What a process looks at before it says that it can work.

-- name: reachable
select 1

-- name: latest_migration
select private.latest_migration()

-- name: active_keys
-- The hub's own keys: what clients seal to when their organization has none.
select k.id from public.encryption_keys k where k.organization_id is null and k.state = 'active'

-- name: somebody_leads
select exists (
    select from pg_locks l
    where l.locktype = 'advisory' and l.granted and l.objsubid = 1
      and l.database = (select d.oid from pg_database d where d.datname = current_database())
      and ((l.classid::bigint << 32) | l.objid::bigint) = hashtextextended('wasl.leader', 0)
)
