-- What docs/schema.md tells of the schema: tables, columns, enumerations and RPCs, with their comments.

-- name: tables
select c.relname as name, obj_description(c.oid, 'pg_class') as comment
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
order by 1

-- name: columns
select c.relname as table_name, a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as required,
    false as computed,
    (select string_agg(distinct format('%s', k.confrelid::regclass), ', ') from pg_constraint k
     where k.conrelid = c.oid and k.contype = 'f' and k.conkey[cardinality(k.conkey)] = a.attnum) as refers_to,
    coalesce(col_description(c.oid, a.attnum), '') as comment
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
order by c.relname, a.attnum

-- name: computed_columns
select c.relname as table_name, p.proname as name, format_type(p.prorettype, null) as type, true as computed,
    coalesce(obj_description(p.oid, 'pg_proc'), '') as comment
from pg_proc p
join pg_type r on r.oid = p.proargtypes[0]
join pg_class c on c.oid = r.typrelid and c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
where p.pronamespace = 'public'::regnamespace and p.pronargs = 1
order by 1, 2

-- name: enumerations
select t.typname as name, array_agg(e.enumlabel::text order by e.enumsortorder) as labels,
    obj_description(t.oid, 'pg_type') as comment
from pg_type t
join pg_enum e on e.enumtypid = t.oid
where t.typnamespace = 'public'::regnamespace
group by t.oid, t.typname
order by 1

-- name: functions
select p.proname as name, pg_get_function_arguments(p.oid) as arguments, pg_get_function_result(p.oid) as result,
    obj_description(p.oid, 'pg_proc') as comment, has_function_privilege('authenticated', p.oid, 'execute') as for_clients
from pg_proc p
where p.pronamespace = 'public'::regnamespace and not exists (
    select from pg_type r join pg_class c on c.oid = r.typrelid
    where r.oid = p.proargtypes[0] and p.pronargs = 1 and c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace)
order by 1
