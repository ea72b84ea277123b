-- Secrets arrive sealed and leave the database only as ciphertext, to workers. See docs/security.md.

create type public.encryption_key_state as enum ('active', 'retiring', 'retired');
comment on type public.encryption_key_state is
'active: clients seal to it; retiring: still opens what was sealed to it; retired: nothing is sealed to it any more.';

create table public.encryption_keys (
    id text primary key check (id ~ '^[A-Za-z0-9_-]{4,64}$'),
    organization_id uuid references public.organizations (id) on delete cascade,
    algorithm text not null default 'HPKE-X25519-HKDF-SHA256-AES-256-GCM'
        check (algorithm = 'HPKE-X25519-HKDF-SHA256-AES-256-GCM'),
    public_key text not null check (public_key ~ '^[A-Za-z0-9_-]{43}$'),
    state public.encryption_key_state not null default 'active',
    created_at timestamptz not null default now(),
    retired_at timestamptz
);
comment on table public.encryption_keys is 'Public keys that clients seal to. The private halves are in the workers'' keyring only.';
comment on column public.encryption_keys.organization_id is 'Null: the hub''s own key, which every organization seals to.';
comment on column public.encryption_keys.public_key is 'X25519, 32 bytes, base64url without padding.';
create unique index encryption_keys_one_active
on public.encryption_keys (coalesce(organization_id, '00000000-0000-0000-0000-000000000000')) where state = 'active';
create index encryption_keys_by_organization on public.encryption_keys (organization_id);

create table public.api_credentials (
    id uuid primary key default gen_random_uuid(),
    organization_id uuid not null,
    connection_id uuid not null,
    name text not null check (name ~ '^[a-z][a-z0-9_]{0,60}$'),
    hint text check (char_length(hint) <= 8),
    fingerprint text not null check (fingerprint ~ '^[0-9a-f]{64}$'),
    version integer not null default 1,
    key_id text not null references public.encryption_keys (id) deferrable initially deferred,
    created_by uuid references auth.users (id) on delete set null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    last_used_at timestamptz,
    unique (connection_id, name),
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade
);
comment on table public.api_credentials is 'What may be known of a credential without opening it.';
comment on column public.encryption_keys.id is 'Names the private half in the keyring.';
comment on column public.api_credentials.name is 'One of the provider''s credential_fields, such as secret_key.';
comment on column public.api_credentials.version is 'Counts how often it was set.';
comment on column public.api_credentials.key_id is 'The encryption key its present ciphertext is sealed to.';
comment on column public.api_credentials.last_used_at is 'When workers last opened it, to within a minute or so.';
comment on column public.api_credentials.hint is 'The last characters of a long secret, as the client chose to show them.';
comment on column public.api_credentials.fingerprint is 'SHA-256 of the ciphertext: changes with it, says nothing of the secret.';
create index api_credentials_by_organization on public.api_credentials (organization_id, connection_id);
create index api_credentials_by_key on public.api_credentials (key_id);
create index api_credentials_by_creator on public.api_credentials (created_by);

create table private.sealed_credentials (
    credential_id uuid not null references public.api_credentials (id) on delete cascade,
    version integer not null,
    key_id text not null references public.encryption_keys (id) deferrable initially deferred,
    ciphertext bytea check (octet_length(ciphertext) between 48 and 65536),
    created_by uuid,
    created_at timestamptz not null default now(),
    superseded_at timestamptz,
    primary key (credential_id, version),
    check ((ciphertext is null) = (superseded_at is not null))
);
comment on table private.sealed_credentials is
'HPKE ciphertexts, one row a version. A superseded version keeps its line and loses its ciphertext.';
create index sealed_credentials_by_key on private.sealed_credentials (key_id, superseded_at);
alter table private.sealed_credentials enable row level security;

alter table public.encryption_keys enable row level security;
alter table public.api_credentials enable row level security;
create policy "everybody signed in reads the keys they seal to" on public.encryption_keys for select to authenticated
using (organization_id is null
    or organization_id = any (array(select private.my_organizations('viewer', 'connections:read'))));
create policy "members read what is known of credentials" on public.api_credentials for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'connections:read'))));

grant select on public.encryption_keys, public.api_credentials to authenticated, service_role;
grant select, insert, update on public.encryption_keys to wasl_worker;
grant select on public.api_credentials, private.sealed_credentials to wasl_worker;
grant update (key_id, fingerprint, last_used_at) on public.api_credentials to wasl_worker;
grant update (key_id, ciphertext) on private.sealed_credentials to wasl_worker;

create function private.from_base64url(encoded text) returns bytea
language sql immutable strict set search_path = ''
as $$
    select decode(rpad(translate(encoded, '-_', '+/'), (ceil(char_length(encoded) / 4.0) * 4)::integer, '='), 'base64')
$$;

-- A connection is of use once every credential is there that its provider requires.
create function private.status_by_credentials(connection public.integration_connections)
returns public.connection_status
language sql stable set search_path = ''
as $$
    select case when exists (
        select from public.integration_providers p, jsonb_array_elements(p.credential_fields) as field
        where p.key = connection.provider_key
          and ((field ->> 'required')::boolean or coalesce((field ->> 'by_consent')::boolean, false))
          and not exists (select from public.api_credentials a
                          where a.connection_id = connection.id and a.name = field ->> 'name')
    ) then 'pending' else 'active' end::public.connection_status
$$;

-- {ciphertext, key_id}, as the SDK seals a secret.
create function private.check_ciphertext(item jsonb, organization_id uuid, field text) returns void
language plpgsql set search_path = ''
as $$
declare
    ciphertext text := coalesce(item ->> 'ciphertext', '');
begin
    -- 48 to 65536 bytes. One base64url character too many stands for no byte.
    if ciphertext !~ '^[A-Za-z0-9_-]+$' or char_length(ciphertext) not between 64 and 87382
       or char_length(ciphertext) % 4 = 1 then
        perform private.refuse(400, 'invalid_' || field,
            'A ciphertext is base64url without padding, as the SDK seals it. Never send the secret itself.',
            field || '.ciphertext');
    end if;
    -- A key that is being retired is refused too: whoever sealed to it has only to fetch the active one. The lock lets
    -- a retirement wait until this ciphertext is in place, so that it counts.
    perform from public.encryption_keys k
    where k.id = item ->> 'key_id' and k.state = 'active'
      and (k.organization_id is null or k.organization_id = check_ciphertext.organization_id)
    for key share;
    if not found then
        perform private.refuse(409, 'encryption_key_not_active',
            'That encryption key is not active: fetch the active one and seal again.', field || '.key_id');
    end if;
end
$$;

create function private.check_sealed_credential(item jsonb, fields jsonb, organization_id uuid) returns void
language plpgsql set search_path = ''
as $$
begin
    if not exists (select from jsonb_array_elements(fields) field where field ->> 'name' = item ->> 'name') then
        perform private.refuse(400, 'invalid_credentials', format('There is no credential named %s; the provider has: %s.',
            coalesce(quote_literal(left(item ->> 'name', 60)), 'null'),
            (select string_agg(field ->> 'name', ', ') from jsonb_array_elements(fields) field)), 'credentials.name');
    end if;
    perform private.refuse_card_number((item - 'ciphertext')::text, 'credentials');
    perform private.check_ciphertext(item, organization_id, 'credentials');
end
$$;

-- Stores one sealed credential, {name, ciphertext, key_id, hint}, of a connection that the caller has locked; the former
-- ciphertext is erased.
create function private.put_credential(connection public.integration_connections, item jsonb, author uuid)
returns public.api_credentials
language plpgsql security definer set search_path = ''
as $$
declare
    fields constant jsonb := (select p.credential_fields from public.integration_providers p
                              where p.key = connection.provider_key);
    sealed bytea;
    saved public.api_credentials;
begin
    perform private.check_sealed_credential(item, fields, connection.organization_id);
    sealed := private.from_base64url(item ->> 'ciphertext');
    insert into public.api_credentials as c
        (organization_id, connection_id, name, hint, fingerprint, key_id, created_by)
    values (connection.organization_id, connection.id, item ->> 'name', left(item ->> 'hint', 8),
            encode(extensions.digest(sealed, 'sha256'), 'hex'), item ->> 'key_id', author)
    on conflict on constraint api_credentials_connection_id_name_key do update
    set hint = excluded.hint, fingerprint = excluded.fingerprint, key_id = excluded.key_id,
        version = c.version + 1, updated_at = now()
    returning c.* into saved;
    update private.sealed_credentials s set ciphertext = null, superseded_at = now()
    where s.credential_id = saved.id and s.superseded_at is null;
    insert into private.sealed_credentials (credential_id, version, key_id, ciphertext, created_by)
    values (saved.id, saved.version, saved.key_id, sealed, author);
    return saved;
end
$$;

create function private.set_credentials(connection_id uuid, credentials jsonb)
returns setof public.api_credentials
language plpgsql security definer set search_path = ''
as $$
declare
    connection public.integration_connections := private.own_connection(connection_id, 'developer', 'connections:write');
    item jsonb;
    saved public.api_credentials;
    author uuid := (select u.id from auth.users u where u.id = auth.uid());
begin
    if connection.status = 'disconnected' then
        perform private.refuse(409, 'connection_disconnected', 'This connection has been disconnected.', 'connection_id');
    end if;
    if credentials is null or jsonb_typeof(credentials) <> 'array'
       or jsonb_array_length(credentials) not between 1 and 20
       or (select count(value ->> 'name') <> count(distinct value ->> 'name') from jsonb_array_elements(credentials)) then
        perform private.refuse(400, 'invalid_credentials',
            'Send an array of 1 to 20 sealed credentials, each name once.', 'credentials');
    end if;
    for item in select value from jsonb_array_elements(credentials) loop
        saved := private.put_credential(connection, item, author);
        perform private.audit(connection.organization_id, 'credential.set', 'credential', saved.id::text,
            jsonb_build_object('connection_id', connection.id, 'name', saved.name, 'version', saved.version));
        return next saved;
    end loop;
    -- What is known of access that was consented to does not hold for a token that somebody has typed.
    if credentials @? '$[*] ? (@.name == "access_token" || @.name == "refresh_token")' then
        delete from public.connection_grants g where g.connection_id = connection.id;
        perform private.end_alert(connection.organization_id, private.access_alert(connection.id));
    end if;
    update public.integration_connections c
    set credentials_version = c.credentials_version + 1, next_health_check_at = now(),
        status = case when c.status = 'paused' then c.status else private.status_by_credentials(c) end
    where c.id = connection.id;
end
$$;

create function public.set_credentials(connection_id uuid, credentials jsonb) returns setof public.api_credentials
language sql set search_path = ''
as $$ select * from private.set_credentials(connection_id, credentials) $$;
comment on function public.set_credentials is
'Stores sealed credentials: [{name, ciphertext, key_id, hint}], all or none. Replacing one erases the former ciphertext.';

create function private.credential_history(connection_id uuid)
returns table (name text, version integer, key_id text, created_by uuid, created_at timestamptz, superseded_at timestamptz)
language plpgsql stable security definer set search_path = ''
as $$
begin
    if not exists (select from public.integration_connections c
                   where c.id = credential_history.connection_id
                     and private.may(c.organization_id, 'viewer', 'connections:read', c.environment)) then
        perform private.refuse(404, 'connection_not_found',
            'There is no such connection in an organization where you may do this.', 'connection_id');
    end if;
    return query
    select c.name, s.version, s.key_id, s.created_by, s.created_at, s.superseded_at
    from private.sealed_credentials s join public.api_credentials c on c.id = s.credential_id
    where c.connection_id = credential_history.connection_id
    order by c.name, s.version desc;
end
$$;

create function public.credential_history(connection_id uuid)
returns table (name text, version integer, key_id text, created_by uuid, created_at timestamptz, superseded_at timestamptz)
language sql stable set search_path = ''
as $$ select * from private.credential_history(connection_id) $$;
comment on function public.credential_history is 'When each credential of a connection was set and replaced, and by whom.';

grant execute on function
    private.set_credentials(uuid, jsonb), public.set_credentials(uuid, jsonb),
    private.credential_history(uuid), public.credential_history(uuid)
to authenticated, service_role;
