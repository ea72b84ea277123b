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

create table private.hub (
    id uuid primary key default gen_random_uuid(),
    is_only boolean not null default true unique check (is_only)
);
comment on table private.hub is
'Which hub this is, so that no other one replaces the keys beside its backups. A hub that is restored is the same.';
alter table private.hub enable row level security;
insert into private.hub default values;

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
revoke select on private.subject_keys, private.blind_keys from wasl_backup;  -- but by keys_to_keep, below
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

-- The keys of data subjects, and who was erased, on their way into the file beside the backups, of which there is one, replaced
-- each time: so that a key that was destroyed is in no copy. Why not select on the tables: then `pg_dump` as this role would
-- copy the keys without a word, while now it is refused. What this role gains is little: e-mails and phones stand readable in
-- what it reads anyway (accounts, webhooks, events), and whoever has its password, a worker, may ask private.personal() too.
-- `wasl backup` seals what it reads to the recovery key, which no hub has.
create function private.keys_to_keep(organization_id uuid) returns setof jsonb
language sql stable security definer set search_path = ''
as $$
    with mine as materialized (
        select o.id from public.organizations o where keys_to_keep.organization_id is null or o.id = keys_to_keep.organization_id
    )
    select jsonb_build_object('kind', 'blind_key', 'organization_id', b.organization_id, 'key', encode(b.key, 'base64'))
    from private.blind_keys b join mine on mine.id = b.organization_id
    union all
    select jsonb_build_object('kind', 'subject_key', 'organization_id', k.organization_id, 'subject_id', k.subject_id,
        'key', encode(k.key, 'base64'), 'created_at', k.created_at)
    from private.subject_keys k join mine on mine.id = k.organization_id
    union all
    select jsonb_build_object('kind', 'erased', 'organization_id', e.organization_id,
        'index', encode(e.subject_index, 'base64'), 'erased_at', e.erased_at)
    from private.erased_subjects e join mine on mine.id = e.organization_id
    union all
    select jsonb_build_object('kind', 'restricted', 'organization_id', r.organization_id,
        'index', encode(r.subject_index, 'base64'), 'restricted_at', r.restricted_at)
    from private.restricted_subjects r join mine on mine.id = r.organization_id
    union all
    select jsonb_build_object('kind', 'deleted_lead', 'organization_id', l.organization_id, 'lead_id', l.id)
    from public.leads l join mine on mine.id = l.organization_id where l.status = 'deleted'
$$;
grant execute on function private.keys_to_keep(uuid) to wasl_backup;
