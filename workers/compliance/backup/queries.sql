-- What backups and restores ask of the catalog. Run with an empty search_path, so that every name says its schema.

-- name: begin_session
select set_config('search_path', '', false), set_config('timezone', 'UTC', false), set_config('datestyle', 'ISO', false),
    set_config('intervalstyle', 'postgres', false), set_config('extra_float_digits', '1', false),
    set_config('client_encoding', 'UTF8', false)

-- name: try_alone
-- One scheduled backup at a time, whoever leads.
select pg_try_advisory_lock(hashtextextended('wasl.backup', 0))

-- name: keys_alone
-- Whoever writes the file of keys reads them after the last one has written it: what was destroyed does not come back.
select pg_advisory_xact_lock(hashtextextended('wasl.backup.keys', 0))

-- name: keys_scope
-- Statistics count what was deleted and do not forget before the database crashes; that of a rollback counts as well.
select h.id, pg_stat_get_tuples_deleted('private.subject_keys'::regclass), clock_timestamp(),
    exists (select from private.restores r
            where r.resumed_at is null and r.organization_id is not distinct from %(organization_id)s)
from private.hub h

-- name: moment
select now()

-- name: tables
-- Every table whose rows are the hub's, the partitioned ones as one, with the columns that are stored. Of schema auth, what
-- makes an account. Keys whose destruction is an erasure are in no backup but in the file beside them.
select quote_ident(n.nspname) || '.' || quote_ident(c.relname),
    jsonb_agg(jsonb_build_array(a.attname, format_type(a.atttypid, a.atttypmod)) order by a.attnum)
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
where c.relkind in ('r', 'p') and not c.relispartition
  and (n.nspname in ('public', 'private') or n.nspname = 'auth' and c.relname in ('users', 'identities'))
  and (n.nspname, c.relname) not in (('private', 'subject_keys'), ('private', 'blind_keys'))
group by n.nspname, c.relname
order by 1

-- name: references
-- Every foreign key: its name, both tables, both lists of columns, and what the end of the other row means.
select f.conname, f.conrelid::regclass::text, f.confrelid::regclass::text,
    (select array_agg(a.attname::text order by k.position)
     from unnest(f.conkey) with ordinality k (number, position)
     join pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.number),
    (select array_agg(a.attname::text order by k.position)
     from unnest(f.confkey) with ordinality k (number, position)
     join pg_attribute a on a.attrelid = f.confrelid and a.attnum = k.number),
    case f.confdeltype when 'c' then 'cascade' when 'n' then 'set null' else 'keep' end
from pg_constraint f
where f.contype = 'f' and f.conparentid = 0
  and f.connamespace in (select n.oid from pg_namespace n where n.nspname in ('public', 'private'))
order by 2, 1

-- name: partitions
select kind.name, to_date(right(child.relname, 8), 'YYYYMMDD')::timestamp at time zone 'UTC',
    (to_date(right(child.relname, 8), 'YYYYMMDD')::timestamp + kind.step) at time zone 'UTC'
from private.partitioned_tables kind
join pg_inherits i on i.inhparent = to_regclass('public.' || quote_ident(kind.name))
join pg_class child on child.oid = i.inhrelid
order by 1, 2

-- name: knows_migrations
select coalesce(has_table_privilege(to_regclass('supabase_migrations.schema_migrations'), 'select'), false)

-- name: migrations
select version from supabase_migrations.schema_migrations order by version

-- name: workers
select count(*) from pg_stat_activity where usename = 'wasl_worker' and datname = current_database()

-- name: has_organization
select exists (select from public.organizations o where o.id = %(organization_id)s)

-- name: make_partition
select private.make_partition(%(table)s, %(start_at)s, %(end_at)s)

-- name: hold_jobs
-- As if a worker held them that never ends. When they are let go, the workers find leases that have run out, and what
-- writes outward is asked about before it is sent: the hub that the backup was taken of may have sent it since.
update private.jobs j set claim_id = %(restore_id)s, lease_until = 'infinity'
where %(organization_id)s::uuid is null or j.organization_id = %(organization_id)s

-- name: pause_connections
-- An organization that came from another hub may still be at work there: tokens that replace each other at every refresh
-- would be lost to one of them.
with active as materialized (
    select c.id from public.integration_connections c
    where c.organization_id = %(organization_id)s and c.status = 'active'
),
paused as (
    update public.integration_connections c set status = 'paused' from active a where c.id = a.id
)
select coalesce(array_agg(id), '{}') from active

-- name: note_restore
insert into private.restores (id, organization_id, backup_id, taken_at, paused_connections)
values (%(restore_id)s, %(organization_id)s, %(backup_id)s, %(taken_at)s, %(paused)s)

-- name: find_held
select r.id, r.organization_id, r.backup_id, r.taken_at
from private.restores r
where r.resumed_at is null and r.organization_id is not distinct from %(organization_id)s
order by r.restored_at
for update

-- name: release_jobs
update private.jobs j set lease_until = clock_timestamp()
where j.lease_until = 'infinity'
  and (%(organization_id)s::uuid is null or j.organization_id = %(organization_id)s)

-- name: wake_connections
update public.integration_connections c
set status = private.status_by_credentials(c), next_health_check_at = now()
from private.restores r
where r.id = any (%(restores)s) and c.id = any (r.paused_connections) and c.status = 'paused'

-- name: note_resumed
update private.restores r set resumed_at = clock_timestamp() where r.id = any (%(restores)s)

-- name: audit_restored
select private.audit(o.id, 'organization.restored', 'organization', o.id::text,
    jsonb_build_object('backup_id', %(backup_id)s::text, 'taken_at', %(taken_at)s::timestamptz))
from public.organizations o
where %(organization_id)s::uuid is null or o.id = %(organization_id)s
