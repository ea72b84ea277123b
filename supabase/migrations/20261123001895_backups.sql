-- Backups are read by a role of their own. What was restored from one is held until somebody lets it go on.

-- It has no password here: the operator gives it one with `wasl deploy backup-role`.
do $$
begin
    if not exists (select from pg_roles where rolname = 'wasl_backup') then
        create role wasl_backup with nologin noinherit bypassrls;
    end if;
end
$$;
comment on role wasl_backup is 'Reads everything that a backup holds, and writes nothing.';

create table private.restores (
    id uuid primary key default gen_random_uuid(),
    organization_id uuid references public.organizations (id) on delete cascade,
    backup_id text not null,
    taken_at timestamptz not null,
    restored_at timestamptz not null default clock_timestamp(),
    resumed_at timestamptz,
    paused_connections uuid[] not null default '{}'
);
comment on table private.restores is
'What was restored from a backup. Until it is resumed its jobs are held, and of a whole hub no worker starts.';
comment on column private.restores.organization_id is 'Null: the whole hub.';
comment on column private.restores.taken_at is 'The moment that the backup shows.';
comment on column private.restores.paused_connections is 'Connections that were active, and are again when it is resumed.';
create index restores_by_organization on private.restores (organization_id);
alter table private.restores enable row level security;
grant select on private.restores to wasl_worker;

grant usage on schema public, private, extensions to wasl_backup;
grant select on all tables in schema public, private to wasl_backup;
revoke select on private.subject_keys, private.blind_keys from wasl_backup;  -- a destroyed key is to be in no copy
alter default privileges in schema public grant select on tables to wasl_backup;
alter default privileges in schema private grant select on tables to wasl_backup;

-- Which migrations the rows belong to; the table is the Supabase CLI's.
do $$
begin
    if to_regclass('supabase_migrations.schema_migrations') is not null then
        grant usage on schema supabase_migrations to wasl_backup;
        grant select on supabase_migrations.schema_migrations to wasl_backup;
    end if;
end
$$;

-- Schema auth belongs to Supabase, so what is read there is read in the owner's name: accounts and how people sign in
-- to them, no sessions and no tokens of sessions.
create function private.users_to_back_up() returns setof auth.users
language sql stable security definer set search_path = ''
as $$ select u.* from auth.users u $$;

create function private.identities_to_back_up() returns setof auth.identities
language sql stable security definer set search_path = ''
as $$ select i.* from auth.identities i $$;
grant execute on function private.users_to_back_up(), private.identities_to_back_up() to wasl_backup;
