-- Organizations, their members, their API keys, and the one question that every policy asks: which organizations are mine?

create type public.organization_role as enum ('viewer', 'developer', 'admin', 'owner');
comment on type public.organization_role is 'In rising order of power.';

create type public.environment as enum ('sandbox', 'live');
comment on type public.environment is 'Sandbox and live never mix: a connection belongs to one of them for ever.';

create table public.organizations (
    id uuid primary key default gen_random_uuid(),
    name text not null check (char_length(btrim(name)) between 1 and 200),
    slug text not null unique check (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    country text not null default 'AE' check (country ~ '^[A-Z]{2}$'),
    time_zone text not null default 'Asia/Dubai',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
comment on table public.organizations is 'A company that uses the hub; everything else belongs to one.';
comment on column public.organizations.slug is 'A short unique name for addresses; never changes.';
comment on column public.organizations.country is 'ISO 3166-1 alpha-2.';
comment on column public.organizations.time_zone is 'IANA name, for what people read; stored times are UTC.';

create table public.organization_members (
    organization_id uuid not null references public.organizations (id) on delete cascade,
    user_id uuid not null references auth.users (id) on delete cascade,
    role public.organization_role not null,
    created_at timestamptz not null default now(),
    primary key (organization_id, user_id)
);
comment on table public.organization_members is 'Who may do what in an organization. Changed through RPCs only.';
comment on column public.organization_members.user_id is 'In auth.users.';
create index organization_members_by_user on public.organization_members (user_id, organization_id);

create table public.api_keys (
    id uuid primary key default gen_random_uuid(),
    organization_id uuid not null references public.organizations (id) on delete cascade,
    name text not null check (char_length(btrim(name)) between 1 and 100),
    key_hash bytea not null unique check (octet_length(key_hash) = 32),
    hint text not null,
    role public.organization_role not null default 'developer' check (role <> 'owner'),
    scopes text[] not null check (cardinality(scopes) > 0),
    environment public.environment,
    requests_per_minute integer not null default 600 check (requests_per_minute between 1 and 100000),
    replaced_by uuid references public.api_keys (id) on delete set null,
    created_by uuid references auth.users (id) on delete set null,
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz
);
comment on table public.api_keys is 'Keys of machines: shown once, stored as a hash, traded for short tokens.';
comment on column public.api_keys.key_hash is 'SHA-256 of the key, which has 256 random bits; not granted to clients.';
comment on column public.api_keys.hint is 'The first characters after the prefix, to tell keys apart.';
comment on column public.api_keys.role is 'What the key may do at most; owner is for people only.';
comment on column public.api_keys.last_used_at is 'When it was last traded for a token, or a token of it last used.';
comment on column public.api_keys.environment is 'The one environment it sees and touches; null: both.';
comment on column public.api_keys.requests_per_minute is 'How many requests its tokens may make, with as many at once.';
comment on column public.api_keys.replaced_by is 'The key that it was rotated to.';
comment on column public.api_keys.scopes is 'Such as payments:read, payments:*, or * for all that the role may do.';
create index api_keys_by_organization on public.api_keys (organization_id, created_at desc);
create index api_keys_by_creator on public.api_keys (created_by);
create index api_keys_by_successor on public.api_keys (replaced_by);

create function private.current_api_key_id() returns uuid
language sql stable set search_path = ''
as $$ select nullif((select auth.jwt()) ->> 'api_key_id', '')::uuid $$;

-- The environment that the caller's API key is bound to; null for everybody else.
create function private.key_environment() returns public.environment
language plpgsql stable security definer set search_path = ''
as $$
declare
    api_key constant uuid := private.current_api_key_id();
begin
    if api_key is null then
        return null;
    end if;
    return (select k.environment from public.api_keys k where k.id = api_key);
end
$$;
grant execute on function private.key_environment() to authenticated, service_role;

-- Whether a bound key may touch what is of this environment; null is both, which is too much for one.
create function private.keeps_to_key(environment public.environment) returns boolean
language sql stable security definer set search_path = ''
as $$ select coalesce(environment = private.key_environment(), private.key_environment() is null) $$;

-- The environment to work in: what was asked for, or the one the caller's API key is bound to.
create function private.chosen_environment(asked public.environment) returns public.environment
language plpgsql stable security definer set search_path = ''
as $$
declare
    bound constant public.environment := private.key_environment();
begin
    if asked <> bound then
        perform private.refuse(403, 'wrong_environment', format('This API key is for %s only.', bound), 'environment');
    end if;
    return coalesce(asked, bound);
end
$$;

-- The secret key: servers of the organization's own operator, whom row-level security does not hold back either.
create function private.is_service() returns boolean
language sql stable set search_path = ''
as $$ select coalesce((select auth.role()) = 'service_role', false) $$;

-- Looked up at every request, never read from the token: a removed member or a revoked key loses access at once. In PL/pgSQL, whose
-- plans a session keeps: computed columns ask anew for every row.
create function private.my_organizations(minimum_role public.organization_role, scope text) returns setof uuid
language plpgsql stable security definer rows 3 set search_path = ''
as $$
begin
    return query
    select m.organization_id
    from public.organization_members m
    where m.user_id = (select auth.uid()) and m.role >= minimum_role
    union all
    select k.organization_id
    from public.api_keys k
    where k.id = (select private.current_api_key_id())
      and k.revoked_at is null
      and (k.expires_at is null or k.expires_at > now())
      and k.role >= minimum_role
      and k.scopes && array['*', split_part(scope, ':', 1) || ':*', scope]
      -- What people ask about their data concerns the whole organization, so no key of one environment sees to it.
      and (k.environment is null or scope not like 'privacy:%');
end
$$;
grant execute on function private.current_api_key_id() to authenticated, service_role;
grant execute on function private.my_organizations(public.organization_role, text) to authenticated, service_role;

-- The same question for one organization and, where it matters, environment, asked by RPCs.
create function private.may(
    organization_id uuid, minimum_role public.organization_role, scope text, environment public.environment default null
) returns boolean
language sql stable security definer set search_path = ''
as $$
    select private.is_service()
        or coalesce(organization_id in (select private.my_organizations(minimum_role, scope)), false)
            and coalesce(environment = private.key_environment(), true)
$$;

-- Refuses whoever may not. To a member of nothing the answer does not tell whether the organization exists.
create function private.authorize(organization_id uuid, minimum_role public.organization_role, scope text) returns void
language plpgsql stable security definer set search_path = ''
as $$
begin
    if private.is_service() then
        if organization_id is null then
            perform private.refuse(400, 'organization_required', 'Say which organization.', 'organization_id');
        elsif not exists (select from public.organizations o where o.id = organization_id) then
            perform private.refuse(404, 'organization_not_found', 'There is no such organization.', 'organization_id');
        end if;
        return;
    end if;
    if not private.may(organization_id, minimum_role, scope) then
        perform private.refuse(403, 'forbidden',
            format('You need the role %s and the scope %s in that organization.', minimum_role, scope), 'organization_id');
    end if;
end
$$;

-- RPCs take an optional organization: a caller that belongs to exactly one need not name it.
create function private.resolve_organization(organization_id uuid, minimum_role public.organization_role, scope text)
returns uuid
language plpgsql stable security definer set search_path = ''
as $$
declare
    mine uuid[];
begin
    if organization_id is null then
        select array_agg(distinct id) into mine from private.my_organizations('viewer', scope) as id;
        if cardinality(mine) = 1 then
            organization_id := mine[1];
        elsif cardinality(mine) > 1 then
            perform private.refuse(400, 'organization_required',
                'You belong to several organizations: say which one.', 'organization_id');
        end if;
    end if;
    perform private.authorize(organization_id, minimum_role, scope);
    return organization_id;
end
$$;

alter table public.organizations enable row level security;
alter table public.organization_members enable row level security;
alter table public.api_keys enable row level security;

create policy "members read their organizations" on public.organizations for select to authenticated
using (id = any (array(select private.my_organizations('viewer', 'organization:read'))));

create policy "admins update their organization" on public.organizations for update to authenticated
using (id = any (array(select private.my_organizations('admin', 'organization:write'))))
with check (id = any (array(select private.my_organizations('admin', 'organization:write'))));

create policy "members read members" on public.organization_members for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'organization:read'))));

create policy "admins read api keys" on public.api_keys for select to authenticated
using (organization_id = any (array(select private.my_organizations('admin', 'organization:read'))));

grant select on public.organizations to authenticated;
grant update (name, country, time_zone) on public.organizations to authenticated;
grant select on public.organization_members to authenticated;
grant select (id, organization_id, name, hint, role, scopes, environment, requests_per_minute, replaced_by, created_by,
    created_at, expires_at, revoked_at, last_used_at)
on public.api_keys to authenticated;
grant select, insert, update, delete on public.organizations, public.organization_members, public.api_keys to service_role;
grant select on public.organizations, public.organization_members to wasl_worker;

create trigger organizations_touch before update on public.organizations
for each row execute function private.touch_updated_at();

create function private.check_time_zone() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    if not exists (select from pg_catalog.pg_timezone_names z where z.name = new.time_zone) then
        perform private.refuse(400, 'invalid_time_zone', 'The time zone is an IANA name such as Asia/Dubai.', 'time_zone');
    end if;
    return new;
end
$$;
create trigger organizations_check_time_zone before insert or update of time_zone on public.organizations
for each row when (new.time_zone is distinct from 'Asia/Dubai') execute function private.check_time_zone();

-- An organization always keeps an owner.
create function private.keep_an_owner() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    -- Two owners leaving at once must not both see the other still there.
    perform from public.organizations where id = old.organization_id for no key update;
    if found and not exists (
        select from public.organization_members where organization_id = old.organization_id and role = 'owner'
    ) then
        perform private.refuse(409, 'last_owner', 'An organization keeps at least one owner.', 'role');
    end if;
    return null;
end
$$;
create constraint trigger organization_members_keep_an_owner
after update or delete on public.organization_members
deferrable initially immediate for each row when (old.role = 'owner')
execute function private.keep_an_owner();
