-- What docs/openapi.json tells of the schema beyond PostgREST's own description: what signed-in callers may write, and what
-- functions return.

-- name: writable_columns
select c.relname as table_name,
    array_agg(a.attname::text order by a.attnum) filter (where has_column_privilege('authenticated', c.oid, a.attnum, 'insert'))
        as insertable,
    array_agg(a.attname::text order by a.attnum) filter (where has_column_privilege('authenticated', c.oid, a.attnum, 'update'))
        as updatable,
    has_table_privilege('authenticated', c.oid, 'delete') as deletable
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
group by c.oid, c.relname

-- name: enumerations
select t.typname as name, array_agg(e.enumlabel::text order by e.enumsortorder) as labels
from pg_type t
join pg_enum e on e.enumtypid = t.oid
where t.typnamespace = 'public'::regnamespace
group by t.typname

-- name: results
select p.proname as name, p.proretset as many,
    case when c.relname is not null then c.relname::text else format_type(p.prorettype, null) end as type,
    coalesce(c.relkind <> 'c', false) as is_row,
    -- Of `returns table (…)`, and of a type that is no table's, the columns.
    case when c.relkind = 'c' then (
        select jsonb_object_agg(a.attname, format_type(a.atttypid, null)) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0
    ) else (
        select jsonb_object_agg(n.name, format_type(p.proallargtypes[n.turn], null))
        from unnest(p.proargnames) with ordinality as n (name, turn) where p.proargmodes[n.turn] = 't'
    ) end as columns
from pg_proc p
left join pg_type t on t.oid = p.prorettype
left join pg_class c on c.oid = t.typrelid and t.typtype = 'c'
where p.pronamespace = 'public'::regnamespace and has_function_privilege('authenticated', p.oid, 'execute')
  and not exists (
    select from pg_type r join pg_class k on k.oid = r.typrelid
    where r.oid = p.proargtypes[0] and p.pronargs = 1 and k.relkind in ('r', 'p') and k.relnamespace = 'public'::regnamespace)

-- name: computed_columns
-- By functions of a table's row; PostgREST tells of them as of functions.
select c.relname as table_name, p.proname as name, format_type(p.prorettype, null) as type, obj_description(p.oid, 'pg_proc') as comment
from pg_proc p
join pg_type r on r.oid = p.proargtypes[0]
join pg_class c on c.oid = r.typrelid and c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
where p.pronamespace = 'public'::regnamespace and p.pronargs = 1 and has_function_privilege('authenticated', p.oid, 'execute')
order by 1, 2

-- name: domains
-- PostgREST tells of the type below a domain.
select c.relname as table_name, a.attname as column_name, t.typname as type
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_type t on t.oid = a.atttypid and t.typtype = 'd'
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
