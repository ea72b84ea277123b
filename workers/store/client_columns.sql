-- What `supabase gen types` leaves out: the true type of a column, whether a signed-in client may read it, and columns that are
-- computed, by functions of a table's row.

-- name: client_columns
select c.table_name, c.column_name, c.udt_name as type
from information_schema.columns c
where c.table_schema = 'public'
  and has_column_privilege('authenticated', format('%I.%I', c.table_schema, c.table_name), c.column_name, 'select')
order by c.table_name, c.ordinal_position

-- name: computed_columns
select c.relname as table_name, p.proname as column_name, t.typname as type
from pg_proc p
join pg_type r on r.oid = p.proargtypes[0]
join pg_class c on c.oid = r.typrelid and c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
join pg_type t on t.oid = p.prorettype
where p.pronamespace = 'public'::regnamespace and p.pronargs = 1 and has_function_privilege('authenticated', p.oid, 'execute')
order by 1, 2
