-- A connection: one organization's account at one provider, in one environment.

create type public.connection_status as enum ('pending', 'active', 'paused', 'needs_attention', 'disconnected');
comment on type public.connection_status is
'pending: required credentials are missing; paused: by a person; needs_attention: the provider refuses the credentials.';
create type public.health_state as enum ('unknown', 'up', 'degraded', 'down');
comment on type public.health_state is 'unknown: not checked yet; degraded: slow, throttled or failing now and then.';

create table public.integration_connections (
    id uuid primary key default gen_random_uuid(),
    organization_id uuid not null references public.organizations (id) on delete cascade,
    provider_key text not null references public.integration_providers (key),
    name text not null check (char_length(btrim(name)) between 1 and 100),
    environment public.environment not null,
    status public.connection_status not null default 'pending',
    settings jsonb not null default '{}'::jsonb check (jsonb_typeof(settings) = 'object'),
    credentials_version integer not null default 0,
    health_state public.health_state not null default 'unknown',
    health_changed_at timestamptz,
    health_checked_at timestamptz,
    health_streak integer not null default 0,
    health_interval_seconds integer not null default 60 check (health_interval_seconds between 10 and 86400),
    next_health_check_at timestamptz not null default now(),
    last_error jsonb,
    created_by uuid references auth.users (id) on delete set null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (organization_id, id),
    unique (organization_id, provider_key, environment, name)
);
comment on table public.integration_connections is 'An organization''s account at a provider.';
comment on column public.integration_connections.environment is 'Never changes: connect the other one anew.';
comment on column public.integration_connections.last_error is '{code, message, …} of the last check or call that failed; null after one that succeeded.';
comment on column public.integration_connections.health_state is 'Damped over several checks; each one is in integration_health.';
comment on column public.integration_connections.health_interval_seconds is 'How often the connection is checked.';
comment on column public.integration_connections.settings is 'What is not secret, checked against the provider''s settings fields.';
comment on column public.integration_connections.credentials_version is 'Rises with each change of a credential; workers cache by it.';
comment on column public.integration_connections.health_streak is
'Consecutive checks that disagree with health_state; the state changes only when it is long enough.';
create index integration_connections_due_for_health on public.integration_connections (next_health_check_at)
where status in ('active', 'needs_attention');
create index integration_connections_by_provider on public.integration_connections (provider_key);
create index integration_connections_by_creator on public.integration_connections (created_by);

create trigger integration_connections_touch before update on public.integration_connections
for each row execute function private.touch_updated_at();

alter table public.integration_connections enable row level security;
create policy "members read connections" on public.integration_connections for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'connections:read'))));
grant select on public.integration_connections to authenticated;
grant select, insert, update, delete on public.integration_connections to service_role;
grant select on public.integration_connections to wasl_worker;
grant update (status, health_state, health_changed_at, health_checked_at, health_streak, next_health_check_at, last_error)
on public.integration_connections to wasl_worker;

-- A setting that the provider does not know is a spelling mistake, and is told as one.
create function private.check_settings(provider_key text, settings jsonb) returns void
language plpgsql stable set search_path = ''
as $$
declare
    unknown text;
begin
    if settings is null or jsonb_typeof(settings) <> 'object' or octet_length(settings::text) > 16384 then
        perform private.refuse(400, 'invalid_settings', 'The settings must be a JSON object of at most 16 KB.', 'settings');
    end if;
    select given into unknown from jsonb_object_keys(settings) as given
    where not exists (
        select from public.integration_providers p, jsonb_array_elements(p.settings_fields) as field
        where p.key = check_settings.provider_key and field ->> 'name' = given)
    order by given limit 1;
    perform private.refuse_card_number(settings::text, 'settings');
    if unknown is not null then
        perform private.refuse(400, 'invalid_settings',
            format('%s has no setting named %s.', provider_key, quote_literal(left(unknown, 60))), 'settings.' || left(unknown, 60));
    end if;
end
$$;

create function private.create_connection(
    organization_id uuid, provider text, name text, environment public.environment, settings jsonb
) returns public.integration_connections
language plpgsql security definer set search_path = ''
as $$
declare
    chosen public.integration_providers;
    connection public.integration_connections;
begin
    organization_id := private.resolve_organization(organization_id, 'developer', 'connections:write');
    select * into chosen from public.integration_providers p where p.key = provider and p.enabled;
    if chosen.key is null then
        perform private.refuse(404, 'provider_not_found',
            format('There is no provider named %s.', coalesce(quote_literal(left(provider, 60)), 'null')), 'provider');
    end if;
    name := coalesce(btrim(name), chosen.name);
    if char_length(name) not between 1 and 100 then
        perform private.refuse(400, 'invalid_name', 'The name must have 1 to 100 characters.', 'name');
    end if;
    perform private.refuse_card_number(name, 'name');
    if environment is null then
        perform private.refuse(400, 'invalid_environment', 'The environment is sandbox or live.', 'environment');
    end if;
    environment := private.chosen_environment(environment);
    perform private.check_settings(chosen.key, settings);
    insert into public.integration_connections as c
        (organization_id, provider_key, name, environment, settings, created_by)
    values (organization_id, chosen.key, create_connection.name, environment, settings,
            (select u.id from auth.users u where u.id = auth.uid()))
    on conflict do nothing
    returning c.* into connection;
    if connection.id is null then
        perform private.refuse(409, 'connection_exists', 'There is a connection of that name already.', 'name');
    end if;
    insert into public.rate_limits (connection_id, organization_id, capacity, refill_per_second, tokens)
    select connection.id, connection.organization_id, b.capacity, b.refill_per_second, b.capacity
    from jsonb_to_record(chosen.rate_limits -> environment::text) as b (capacity numeric, refill_per_second numeric);
    if chosen.category = 'payments' then
        insert into public.payment_providers (connection_id, organization_id) values (connection.id, organization_id);
    elsif chosen.category = 'shipping' then
        insert into public.shipping_providers (connection_id, organization_id) values (connection.id, organization_id);
    end if;
    perform private.audit(organization_id, 'connection.created', 'connection', connection.id::text,
        jsonb_build_object('provider', chosen.key, 'environment', environment, 'name', connection.name));
    return connection;
end
$$;

create function public.create_connection(
    provider text, environment public.environment default 'sandbox', name text default null,
    settings jsonb default '{}', organization_id uuid default null
) returns public.integration_connections
language sql set search_path = ''
as $$ select private.create_connection(organization_id, provider, name, environment, settings) $$;
comment on function public.create_connection is
'Creates a connection, still without credentials: seal them for its id and call set_credentials next.';

-- The connection, locked, after the caller has been checked against its organization.
create function private.own_connection(connection_id uuid, minimum_role public.organization_role, scope text)
returns public.integration_connections
language plpgsql security definer set search_path = ''
as $$
declare
    connection public.integration_connections;
begin
    -- Rows that refer to the connection may be written meanwhile: `for update` would hold them up.
    select * into connection from public.integration_connections c where c.id = connection_id for no key update;
    if connection.id is null or not private.may(connection.organization_id, minimum_role, scope, connection.environment) then
        perform private.refuse(404, 'connection_not_found',
            'There is no such connection in an organization where you may do this.', 'connection_id');
    end if;
    return connection;
end
$$;

-- Which environment something belongs to that needs a connection of a category: that of the one that was named, or of any
-- of the organization's that is active.
create function private.connection_environment(
    organization_id uuid, connection_id uuid, environment public.environment, category public.provider_category,
    field text default 'connection_id'
) returns public.environment
language plpgsql stable security definer set search_path = ''
as $$
declare
    noun constant text := case category when 'payments' then 'payment' else category::text end;
    found_environments public.environment[];
    named public.integration_connections;
begin
    environment := private.chosen_environment(environment);
    if connection_id is not null then
        select c.* into named
        from public.integration_connections c join public.integration_providers p on p.key = c.provider_key
        where c.id = connection_id and c.organization_id = connection_environment.organization_id
          and p.category = connection_environment.category;
        if named.id is null then
            perform private.refuse(404, 'connection_not_found',
                format('That is not a %s connection of your organization.', noun), field);
        elsif named.status not in ('active', 'needs_attention') then
            perform private.refuse(409, 'connection_not_active', format('That connection is %s.', named.status), field);
        elsif environment is not null and environment <> named.environment then
            perform private.refuse(409, 'environment_mismatch',
                format('That connection is a %s connection.', named.environment), 'environment');
        end if;
        return named.environment;
    end if;
    select array_agg(distinct c.environment) into found_environments
    from public.integration_connections c join public.integration_providers p on p.key = c.provider_key
    where c.organization_id = connection_environment.organization_id and p.category = connection_environment.category
      and c.status = 'active'
      and (connection_environment.environment is null or c.environment = connection_environment.environment);
    if found_environments is null then
        perform private.refuse(409, format('no_%s_connection', noun),
            format('Connect a %s provider first: no active connection can take this.', noun), field);
    elsif cardinality(found_environments) > 1 then
        perform private.refuse(400, 'environment_required',
            format('You have sandbox and live %s connections: say which environment.', noun), 'environment');
    end if;
    return found_environments[1];
end
$$;

create function private.update_connection(
    connection_id uuid, name text, settings jsonb, health_interval_seconds integer, paused boolean
) returns public.integration_connections
language plpgsql security definer set search_path = ''
as $$
declare
    connection public.integration_connections := private.own_connection(connection_id, 'developer', 'connections:write');
    before constant jsonb := to_jsonb(connection);
begin
    if name is not null and char_length(btrim(name)) not between 1 and 100 then
        perform private.refuse(400, 'invalid_name', 'The name must have 1 to 100 characters.', 'name');
    end if;
    perform private.refuse_card_number(name, 'name');
    if health_interval_seconds not between 10 and 86400 then
        perform private.refuse(400, 'invalid_health_interval_seconds',
            'The interval lies between 10 seconds and a day.', 'health_interval_seconds');
    end if;
    if settings is not null then
        perform private.check_settings(connection.provider_key, settings);
    end if;
    if connection.status = 'disconnected' then
        perform private.refuse(409, 'connection_disconnected', 'This connection has been disconnected.', 'connection_id');
    end if;
    update public.integration_connections c set
        name = coalesce(btrim(update_connection.name), c.name),
        settings = coalesce(update_connection.settings, c.settings),
        health_interval_seconds = coalesce(update_connection.health_interval_seconds, c.health_interval_seconds),
        status = case
            when paused then 'paused'::text
            when paused = false and c.status = 'paused' then private.status_by_credentials(c)::text
            else c.status::text
        end::public.connection_status,
        next_health_check_at = now()
    where c.id = connection_id
    returning c.* into connection;
    perform private.audit_change(connection.organization_id, 'connection.updated', 'connection', connection_id::text,
        before - 'next_health_check_at', to_jsonb(connection) - 'next_health_check_at');
    return connection;
exception when unique_violation then
    perform private.refuse(409, 'connection_exists', 'There is a connection of that name already.', 'name');
end
$$;

create function public.update_connection(
    connection_id uuid, name text default null, settings jsonb default null,
    health_interval_seconds integer default null, paused boolean default null
) returns public.integration_connections
language sql set search_path = ''
as $$ select private.update_connection(connection_id, name, settings, health_interval_seconds, paused) $$;
comment on function public.update_connection is 'Changes a connection; what is left out stays as it is.';

create function private.disconnect_connection(connection_id uuid) returns public.integration_connections
language plpgsql security definer set search_path = ''
as $$
declare
    connection public.integration_connections := private.own_connection(connection_id, 'admin', 'connections:write');
begin
    if connection.status = 'disconnected' then
        return connection;
    end if;
    -- The history keeps pointing here, so the row stays; the secrets do not.
    delete from public.api_credentials c where c.connection_id = disconnect_connection.connection_id;
    delete from public.connection_grants g where g.connection_id = disconnect_connection.connection_id;
    delete from private.oauth_states s where s.connection_id = disconnect_connection.connection_id;
    perform private.end_alert(connection.organization_id, private.access_alert(connection.id));
    update public.webhook_endpoints e set enabled = false where e.connection_id = disconnect_connection.connection_id;
    update public.integration_connections c
    set status = 'disconnected', credentials_version = c.credentials_version + 1,
        name = left(c.name, 60) || ' (disconnected ' || right(c.id::text, 12) || ')'
    where c.id = disconnect_connection.connection_id
    returning c.* into connection;
    perform private.audit(connection.organization_id, 'connection.disconnected', 'connection', connection_id::text);
    return connection;
end
$$;

create function public.disconnect_connection(connection_id uuid) returns public.integration_connections
language sql set search_path = ''
as $$ select private.disconnect_connection(connection_id) $$;
comment on function public.disconnect_connection is 'Erases a connection''s credentials and stops its use; its history stays.';

grant execute on function
    private.create_connection(uuid, text, text, public.environment, jsonb),
    public.create_connection(text, public.environment, text, jsonb, uuid),
    private.update_connection(uuid, text, jsonb, integer, boolean),
    public.update_connection(uuid, text, jsonb, integer, boolean),
    private.disconnect_connection(uuid), public.disconnect_connection(uuid)
to authenticated, service_role;

create trigger integration_connections_audit after insert or update or delete on public.integration_connections
for each row when (current_user in ('authenticated', 'service_role'))
execute function private.audit_direct_change('connection', 'id');
