-- What clients may do with organizations, members and API keys.
-- Each RPC is a thin invoker function in `public` over a definer function in `private`, which checks the caller first.

create function private.create_organization(name text, slug text, country text, time_zone text)
returns public.organizations
language plpgsql security definer set search_path = ''
as $$
declare
    caller uuid := (select u.id from auth.users u where u.id = auth.uid());
    organization public.organizations;
begin
    if caller is null then
        perform private.refuse(403, 'forbidden', 'Only a signed-in user creates an organization.');
    end if;
    if name is null or char_length(btrim(name)) not between 1 and 200 then
        perform private.refuse(400, 'invalid_name', 'The name must have 1 to 200 characters.', 'name');
    end if;
    perform private.refuse_card_number(concat_ws('; ', name, slug, time_zone), 'name');
    slug := coalesce(slug, trim(both '-' from left(regexp_replace(lower(name), '[^a-z0-9]+', '-', 'g'), 40)
        || '-' || encode(extensions.gen_random_bytes(3), 'hex')));
    if slug !~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$' then
        perform private.refuse(400, 'invalid_slug',
            'The slug takes 1 to 63 lower-case letters, digits and inner hyphens.', 'slug');
    end if;
    if country is null or country !~ '^[A-Z]{2}$' then
        perform private.refuse(400, 'invalid_country', 'The country is an ISO 3166 code such as AE.', 'country');
    end if;
    insert into public.organizations as o (name, slug, country, time_zone)
    values (btrim(name), slug, country, coalesce(time_zone, ''))
    on conflict on constraint organizations_slug_key do nothing
    returning o.* into organization;
    if organization.id is null then
        perform private.refuse(409, 'slug_taken', 'Another organization has that slug.', 'slug');
    end if;
    insert into public.organization_members (organization_id, user_id, role) values (organization.id, caller, 'owner');
    perform private.audit(organization.id, 'organization.created', 'organization', organization.id::text);
    return organization;
end
$$;

create function public.create_organization(
    name text, slug text default null, country text default 'AE', time_zone text default 'Asia/Dubai'
) returns public.organizations
language sql set search_path = ''
as $$ select private.create_organization(name, slug, country, time_zone) $$;
comment on function public.create_organization is 'Creates an organization whose owner is the caller.';

-- Roles are granted downwards only: nobody makes another more powerful than themselves. That goes for API keys too:
-- one that is limited to some scopes may not make a member or another key that is not.
-- Members see both environments.
create function private.refuse_bound_key() returns void
language plpgsql stable security definer set search_path = ''
as $$
begin
    if private.key_environment() is not null then
        perform private.refuse(403, 'wrong_environment',
            format('This API key is for %s only.', private.key_environment()), 'organization_id');
    end if;
end
$$;

create function private.set_member(organization_id uuid, email text, role public.organization_role)
returns public.organization_members
language plpgsql security definer set search_path = ''
as $$
declare
    member public.organization_members;
    target uuid;
    role_of_target public.organization_role;
begin
    perform private.authorize(organization_id, 'admin', '*');
    perform private.refuse_bound_key();
    if role is null then
        perform private.refuse(400, 'invalid_role', 'The role is viewer, developer, admin or owner.', 'role');
    end if;
    -- Two changes of one organization's members happen one after the other.
    perform from public.organizations o where o.id = organization_id for no key update;
    select u.id into target from auth.users u where lower(u.email) = lower(btrim(set_member.email)) limit 1;
    select m.role into role_of_target from public.organization_members m
    where m.organization_id = set_member.organization_id and m.user_id = target;
    perform private.authorize(organization_id, greatest('admin'::public.organization_role, role, role_of_target), '*');
    if target is null then
        perform private.refuse(404, 'user_not_found', 'No user has signed up with that address.', 'email');
    end if;
    insert into public.organization_members as m (organization_id, user_id, role)
    values (set_member.organization_id, target, set_member.role)
    on conflict on constraint organization_members_pkey do update set role = excluded.role
    returning m.* into member;
    perform private.audit_change(organization_id, 'member.set', 'user', target::text,
        case when role_of_target is not null then jsonb_build_object('role', role_of_target) end, jsonb_build_object('role', role));
    return member;
end
$$;

create function public.set_member(organization_id uuid, email text, role public.organization_role)
returns public.organization_members
language sql set search_path = ''
as $$ select private.set_member(organization_id, email, role) $$;
comment on function public.set_member is 'Adds a user to an organization, or changes a member''s role.';

create function private.remove_member(organization_id uuid, user_id uuid) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    role_of_target public.organization_role;
begin
    perform from public.organizations o where o.id = organization_id for no key update;
    select m.role into role_of_target from public.organization_members m
    where m.organization_id = remove_member.organization_id and m.user_id = remove_member.user_id;
    -- Anyone may leave; removing another takes at least the other's role.
    if user_id = auth.uid() then
        perform private.authorize(organization_id, 'viewer', '*');
    else
        perform private.authorize(organization_id, 'admin', '*');
        perform private.authorize(organization_id, greatest('admin'::public.organization_role, role_of_target), '*');
    end if;
    if role_of_target is null then
        perform private.refuse(404, 'member_not_found', 'That user is not a member.', 'user_id');
    end if;
    delete from public.organization_members m
    where m.organization_id = remove_member.organization_id and m.user_id = remove_member.user_id;
    perform private.audit_change(organization_id, 'member.removed', 'user', user_id::text,
        jsonb_build_object('role', role_of_target), null);
end
$$;

create function public.remove_member(organization_id uuid, user_id uuid) returns void
language sql set search_path = ''
as $$ select private.remove_member(organization_id, user_id) $$;
comment on function public.remove_member is 'Removes a member; anyone may remove themselves unless they are the last owner.';

-- The key itself is in the answer of the call that makes it, and nowhere else.
create function private.make_api_key(wanted public.api_keys) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    api_key constant text :=
        'wasl_' || rtrim(translate(encode(extensions.gen_random_bytes(32), 'base64'), E'+/\n', '-_'), '=');
    created public.api_keys;
begin
    insert into public.api_keys as k (organization_id, name, key_hash, hint, role, scopes, environment,
        requests_per_minute, created_by, expires_at)
    values (wanted.organization_id, btrim(wanted.name), extensions.digest(api_key, 'sha256'), left(api_key, 9),
        wanted.role, wanted.scopes, wanted.environment, wanted.requests_per_minute,
        (select u.id from auth.users u where u.id = auth.uid()), wanted.expires_at)
    returning k.* into created;
    return jsonb_build_object('id', created.id, 'organization_id', created.organization_id, 'name', created.name,
        'role', created.role, 'scopes', created.scopes, 'environment', created.environment,
        'requests_per_minute', created.requests_per_minute, 'expires_at', created.expires_at,
        'created_at', created.created_at, 'api_key', api_key);
end
$$;

create function private.create_api_key(
    organization_id uuid, name text, scopes text[], role public.organization_role, expires_at timestamptz,
    environment public.environment, requests_per_minute integer
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    created jsonb;
begin
    organization_id := private.resolve_organization(
        organization_id, greatest('admin'::public.organization_role, role), '*');
    environment := private.chosen_environment(environment);
    if name is null or char_length(btrim(name)) not between 1 and 100 then
        perform private.refuse(400, 'invalid_name', 'The name must have 1 to 100 characters.', 'name');
    end if;
    perform private.refuse_card_number(name, 'name');
    if role is null or role = 'owner' then
        perform private.refuse(400, 'invalid_role', 'A key is a viewer, a developer or an admin.', 'role');
    end if;
    if scopes is null or cardinality(scopes) = 0
       or exists (select from unnest(scopes) s where s is null or s !~ '^(\*|[a-z_]+:(\*|read|write))$') then
        perform private.refuse(400, 'invalid_scopes', 'Scopes look like payments:read, payments:* or *.', 'scopes');
    end if;
    if expires_at <= now() then
        perform private.refuse(400, 'invalid_expires_at', 'The expiry must lie in the future.', 'expires_at');
    end if;
    if requests_per_minute is null or requests_per_minute not between 1 and 100000 then
        perform private.refuse(400, 'invalid_requests_per_minute', 'A key makes 1 to 100000 requests a minute.',
            'requests_per_minute');
    end if;
    created := private.make_api_key(jsonb_populate_record(null::public.api_keys, jsonb_build_object(
        'organization_id', organization_id, 'name', name, 'role', role, 'scopes', scopes, 'environment', environment,
        'requests_per_minute', requests_per_minute, 'expires_at', expires_at)));
    perform private.audit(organization_id, 'api_key.created', 'api_key', created ->> 'id', created - 'api_key');
    return created;
end
$$;

create function public.create_api_key(
    name text, scopes text[], role public.organization_role default 'developer',
    expires_at timestamptz default null, environment public.environment default null,
    requests_per_minute integer default 600, organization_id uuid default null
) returns jsonb
language sql set search_path = ''
as $$
    select private.create_api_key(organization_id, name, scopes, role, expires_at, environment, requests_per_minute)
$$;
comment on function public.create_api_key is 'Creates an API key. The answer holds it under `api_key`, this once.';

-- The key, locked, if the caller is an admin of its organization and not bound to another environment.
create function private.own_api_key(api_key_id uuid, scope text) returns public.api_keys
language plpgsql security definer set search_path = ''
as $$
declare
    own public.api_keys;
    bound constant public.environment := private.key_environment();
begin
    select * into own from public.api_keys k where k.id = api_key_id for no key update;
    if own.id is null or not private.may(own.organization_id, 'admin', scope)
       or bound is not null and own.environment is distinct from bound then
        perform private.refuse(404, 'api_key_not_found',
            'There is no such API key in an organization of which you are an admin.', 'api_key_id');
    end if;
    return own;
end
$$;

-- Both keys work during the overlap, so that nothing stops while the new one is being put in place.
create function private.rotate_api_key(api_key_id uuid, overlap interval) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    old public.api_keys := private.own_api_key(api_key_id, '*');
    created jsonb;
begin
    if overlap is null or overlap < interval '0' or overlap > interval '90 days' then
        perform private.refuse(400, 'invalid_overlap', 'The overlap is 0 to 90 days long, such as "1 day".', 'overlap');
    elsif old.revoked_at is not null or old.expires_at <= now() or old.replaced_by is not null then
        perform private.refuse(409, 'api_key_over', 'That key is revoked, expired or rotated already.', 'api_key_id');
    end if;
    -- One that was made for a while is made for as long again.
    created := private.make_api_key(jsonb_populate_record(old, jsonb_build_object(
        'expires_at', now() + (old.expires_at - old.created_at))));
    update public.api_keys k
    set replaced_by = (created ->> 'id')::uuid, expires_at = least(k.expires_at, now() + overlap)
    where k.id = old.id;
    perform private.audit(old.organization_id, 'api_key.rotated', 'api_key', old.id::text,
        jsonb_build_object('replaced_by', created -> 'id', 'overlap', overlap));
    return created;
end
$$;

create function public.rotate_api_key(api_key_id uuid, overlap interval default '1 day') returns jsonb
language sql set search_path = ''
as $$ select private.rotate_api_key(api_key_id, overlap) $$;
comment on function public.rotate_api_key is
'Makes a key that may do the same; the old one works on for the overlap. The answer holds the new one under `api_key`, this once.';

create function private.revoke_api_key(api_key_id uuid) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    own public.api_keys := private.own_api_key(api_key_id, 'organization:write');
begin
    if own.revoked_at is null then
        update public.api_keys k set revoked_at = now() where k.id = own.id;
        perform private.audit(own.organization_id, 'api_key.revoked', 'api_key', own.id::text);
    end if;
end
$$;

create function public.revoke_api_key(api_key_id uuid) returns void
language sql set search_path = ''
as $$ select private.revoke_api_key(api_key_id) $$;
comment on function public.revoke_api_key is 'Revokes an API key, and with it every token it was traded for, at once.';

-- Asked by the token endpoint, which signs what this returns. One answer for every bad key: no hint to a guesser.
create function private.exchange_api_key(api_key text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    found_key public.api_keys;
begin
    update public.api_keys k set last_used_at = now()
    where k.key_hash = extensions.digest(coalesce(api_key, ''), 'sha256')
      and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
    returning k.* into found_key;
    if found_key.id is null then
        perform private.refuse(401, 'invalid_client', 'The API key is unknown, expired or revoked.', 'client_secret');
    end if;
    return jsonb_build_object('api_key_id', found_key.id, 'organization_id', found_key.organization_id,
        'scopes', found_key.scopes, 'expires_at', found_key.expires_at);
end
$$;

create function public.exchange_api_key(api_key text) returns jsonb
language sql set search_path = ''
as $$ select private.exchange_api_key(api_key) $$;
comment on function public.exchange_api_key is 'For the token endpoint only: checks an API key and says what its token may claim.';

grant execute on function private.create_organization(text, text, text, text),
    public.create_organization(text, text, text, text),
    private.set_member(uuid, text, public.organization_role), public.set_member(uuid, text, public.organization_role),
    private.remove_member(uuid, uuid), public.remove_member(uuid, uuid),
    private.create_api_key(uuid, text, text[], public.organization_role, timestamptz, public.environment, integer),
    public.create_api_key(text, text[], public.organization_role, timestamptz, public.environment, integer, uuid),
    private.rotate_api_key(uuid, interval), public.rotate_api_key(uuid, interval),
    private.revoke_api_key(uuid), public.revoke_api_key(uuid)
to authenticated, service_role;
grant execute on function private.exchange_api_key(text), public.exchange_api_key(text) to service_role;
