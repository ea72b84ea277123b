-- What `supabase gen types` leaves out: the true type of a column, and whether a signed-in client may read it.

-- name: client_columns
select c.table_name, c.column_name, c.udt_name as type
from information_schema.columns c
where c.table_schema = 'public'
  and has_column_privilege('authenticated', format('%I.%I', c.table_schema, c.table_name), c.column_name, 'select')
order by c.table_name, c.ordinal_position
