-- What workers ask before they say that they are ready.

-- The newest migration applied; null where nobody keeps track (supabase_migrations is the command line's).
create function private.latest_migration() returns text
language plpgsql stable security definer set search_path = ''
as $$
declare
    version text;
begin
    if to_regclass('supabase_migrations.schema_migrations') is not null then
        execute 'select max(m.version) from supabase_migrations.schema_migrations m' into version;
    end if;
    return version;
end
$$;
grant execute on function private.latest_migration() to wasl_worker;

