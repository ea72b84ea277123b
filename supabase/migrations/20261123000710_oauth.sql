-- What access by consent (OAuth) is good for, and its renewal ahead of its end. The tokens themselves are credentials.

create table public.connection_grants (
    connection_id uuid primary key,
    organization_id uuid not null,
    scopes text[],
    subject_id text,
    subject_name text,
    refreshable boolean not null default false,
    access_expires_at timestamptz,
    refresh_expires_at timestamptz,
    refresh_due_at timestamptz,
    granted_at timestamptz,
    refreshed_at timestamptz,
    inspected_at timestamptz,
    revoked_at timestamptz,
    last_error jsonb,
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade
);
comment on table public.connection_grants is 'What a connection''s access token is good for, and until when.';
comment on column public.connection_grants.scopes is 'What the provider has granted; null where it does not say.';
comment on column public.connection_grants.subject_id is 'Whose access it is, by the provider''s own id.';
comment on column public.connection_grants.subject_name is 'Whose access it is, as the provider calls them.';
comment on column public.connection_grants.refreshable is 'Whether workers can renew it without anybody.';
comment on column public.connection_grants.access_expires_at is 'When the access token runs out; null: never, or not known.';
comment on column public.connection_grants.refresh_expires_at is 'Until when it can be renewed; null: without end.';
comment on column public.connection_grants.refresh_due_at is 'When workers renew it next.';
comment on column public.connection_grants.granted_at is 'When somebody consented.';
comment on column public.connection_grants.refreshed_at is 'When workers last renewed it.';
comment on column public.connection_grants.inspected_at is 'When the provider was last asked what the token is good for.';
comment on column public.connection_grants.revoked_at is 'When the provider said that it is good for nothing any more.';
comment on column public.connection_grants.last_error is '{code, message, …} of the last renewal or inspection that failed.';
create index connection_grants_by_organization on public.connection_grants (organization_id, connection_id);
create index connection_grants_due on public.connection_grants (refresh_due_at) where refresh_due_at is not null;

alter table public.connection_grants enable row level security;
create policy "members read what access is good for" on public.connection_grants for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'connections:read'))));
grant select on public.connection_grants to authenticated, service_role, wasl_worker;

create function private.access_alert(connection_id uuid) returns text
language sql immutable set search_path = ''
as $$ select format('connection:%s:access', connection_id) $$;

-- When access ends that nobody can renew without a person; null: it does not.
create function private.access_ends_at(access public.connection_grants) returns timestamptz
language sql immutable set search_path = ''
as $$
    select case when access.access_expires_at is null then null
        when not access.refreshable then access.access_expires_at
        when access.refresh_expires_at is not null then greatest(access.access_expires_at, access.refresh_expires_at)
    end
$$;

-- A quarter of its life before the end, at most a week and at least two minutes; but not while it is young.
create function private.refresh_moment(access public.connection_grants) returns timestamptz
language sql stable set search_path = ''
as $$
    select case when access.refreshable then greatest(
        access.access_expires_at - greatest(interval '2 minutes',
            least(interval '7 days', (access.access_expires_at - now()) / 4)),
        now() + (access.access_expires_at - now()) / 2) end
$$;

-- The facts of a grant, [scopes, subject_id, subject_name, refreshable, access_expires_at, refresh_expires_at]: what is not
-- there stays, null clears.
create function private.save_grant(connection public.integration_connections, facts jsonb, source text) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    before public.connection_grants;
    access public.connection_grants;
begin
    select * into before from public.connection_grants g where g.connection_id = connection.id;
    access := jsonb_populate_record(before, (
        select coalesce(jsonb_object_agg(f.key, f.value), '{}') from jsonb_each(facts) f
        where f.key in ('scopes', 'subject_id', 'subject_name', 'refreshable', 'access_expires_at', 'refresh_expires_at')));
    access.refreshable := coalesce(access.refreshable, false);
    -- Asking does not make it any younger.
    access.refresh_due_at := private.refresh_moment(access);
    if source = 'inspection' and access.refresh_due_at is not null then
        access.refresh_due_at := least(before.refresh_due_at, access.refresh_due_at);
    end if;
    insert into public.connection_grants as g
        (connection_id, organization_id, scopes, subject_id, subject_name, refreshable, access_expires_at,
         refresh_expires_at, refresh_due_at, granted_at, refreshed_at, inspected_at)
    values (connection.id, connection.organization_id, access.scopes, access.subject_id, access.subject_name,
        access.refreshable, access.access_expires_at, access.refresh_expires_at, access.refresh_due_at,
        case source when 'consent' then now() else before.granted_at end,
        case source when 'refresh' then now() when 'consent' then null else before.refreshed_at end,
        case source when 'inspection' then now() else before.inspected_at end)
    on conflict on constraint connection_grants_pkey do update
    set scopes = excluded.scopes, subject_id = excluded.subject_id, subject_name = excluded.subject_name,
        refreshable = excluded.refreshable, access_expires_at = excluded.access_expires_at,
        refresh_expires_at = excluded.refresh_expires_at, refresh_due_at = excluded.refresh_due_at,
        granted_at = excluded.granted_at, refreshed_at = excluded.refreshed_at, inspected_at = excluded.inspected_at,
        revoked_at = null, last_error = null;
    if source = 'consent' or private.access_ends_at(access) > now() + interval '10 days'
       or private.access_ends_at(access) is null then
        perform private.end_alert(connection.organization_id, private.access_alert(connection.id));
    end if;
end
$$;

-- What a consent, a renewal or an inspection (`source`) brought: credentials as set_credentials takes them, settings to lay
-- over the connection's, and facts as save_grant takes them. Answers with the connection's new credentials_version; null:
-- nothing was stored, since it is disconnected, or its credentials are not those of `expected_version` any more: a newer
-- consent stands.
create function private.store_grant(
    connection_id uuid, credentials jsonb, settings jsonb, facts jsonb, source text, expected_version integer default null
) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    connection public.integration_connections;
    item jsonb;
    saved public.api_credentials;
    brought constant jsonb := coalesce(nullif(credentials, 'null'), '[]');
    merged jsonb;
begin
    if source not in ('consent', 'refresh', 'inspection') then
        raise exception 'the source is consent, refresh or inspection';
    end if;
    select * into connection from public.integration_connections c where c.id = store_grant.connection_id for no key update;
    if connection.id is null or connection.status = 'disconnected' or expected_version <> connection.credentials_version then
        return null;
    end if;
    for item in select value from jsonb_array_elements(brought) loop
        saved := private.put_credential(connection, item, null);
        -- Some access holds for half an hour: lines of what workers renewed themselves do not stay for ever.
        delete from private.sealed_credentials s
        where source = 'refresh' and s.credential_id = saved.id and s.superseded_at < now() - interval '30 days'
          and s.created_by is null;
    end loop;
    merged := connection.settings || coalesce(nullif(store_grant.settings, 'null'), '{}');
    perform private.check_settings(connection.provider_key, merged);
    update public.integration_connections c
    set credentials_version = c.credentials_version + (brought <> '[]')::integer, settings = merged, last_error = null,
        next_health_check_at = now(),
        status = case when c.status = 'paused' then c.status else private.status_by_credentials(c) end
    where c.id = connection.id
    returning c.* into connection;
    perform private.save_grant(connection, coalesce(nullif(facts, 'null'), '{}'), source);
    if source = 'consent' then
        perform private.audit(connection.organization_id, 'connection.authorized', 'connection', connection.id::text,
            jsonb_build_object('credentials', (select jsonb_agg(e.value -> 'name') from jsonb_array_elements(brought) e),
                'version', connection.credentials_version));
    end if;
    return connection.credentials_version;
end
$$;

-- Access cannot be renewed, or is good for nothing any more: somebody has to consent again.
create function private.note_access_failure(connection_id uuid, error jsonb) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    connection public.integration_connections;
    refused constant boolean := coalesce(error ->> 'code' = 'authentication_failed', false);
begin
    select * into connection from public.integration_connections c
    where c.id = note_access_failure.connection_id for no key update;
    if connection.id is null or connection.status = 'disconnected' then
        return;
    end if;
    insert into public.connection_grants as g (connection_id, organization_id, last_error, revoked_at)
    values (connection.id, connection.organization_id, error, case when refused then now() end)
    on conflict on constraint connection_grants_pkey do update
    set last_error = excluded.last_error, revoked_at = coalesce(g.revoked_at, excluded.revoked_at),
        refresh_due_at = case when not refused then g.refresh_due_at end;
    if connection.status in ('active', 'needs_attention') then
        update public.integration_connections c set status = 'needs_attention', last_error = error where c.id = connection.id;
        perform private.raise_alert(connection.organization_id, connection.id, 'connection.reauthorize',
            private.access_alert(connection.id), 'critical', format('%s: sign in again', connection.name),
            jsonb_build_object('connection_id', connection.id, 'provider', connection.provider_key, 'error', error));
    end if;
end
$$;

-- For calls that met access which had run out. Says whether it can be renewed; it is then, by a job that exists once. What
-- was renewed within a minute is not renewed again: the access that was refused may be the one before. Nor is what could
-- not be renewed the last time.
create function private.request_refresh(connection_id uuid) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
    connection public.integration_connections;
    access public.connection_grants;
begin
    select * into access from public.connection_grants g
    where g.connection_id = request_refresh.connection_id and g.refreshable and g.revoked_at is null and g.last_error is null;
    select * into connection from public.integration_connections c
    where c.id = access.connection_id and c.status <> 'disconnected';
    if connection.id is null then
        return false;
    elsif access.refreshed_at is null or access.refreshed_at <= now() - interval '1 minute' then
        perform private.plan_access_job(connection, 'connection.refresh', 'refresh', 0);
    end if;
    return true;
end
$$;

-- A job about a connection's access, of which there is one at a time; says whether it is new.
create function private.plan_access_job(
    connection public.integration_connections, kind text, purpose text, priority integer
) returns boolean
language plpgsql security definer set search_path = ''
as $$
begin
    return private.plan_job(private.derived_id(connection.id, purpose), kind, connection.organization_id,
        jsonb_build_object('connection_id', connection.id, 'version', connection.credentials_version), priority, 5);
end
$$;

-- By the clock: has access renewed that is due. When it would be due again is decided first, so that a worker that dies
-- costs five minutes and no more. Answers how many jobs are new.
create function private.enqueue_due_refreshes() returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    connection public.integration_connections;
    enqueued integer := 0;
begin
    for connection in
        with due as materialized (
            select g.connection_id
            from public.connection_grants g join public.integration_connections c on c.id = g.connection_id
            where g.refresh_due_at <= now() and g.refreshable and g.revoked_at is null
              and c.status not in ('paused', 'disconnected')
            order by g.refresh_due_at limit 1000
            for no key update of g skip locked
        )
        update public.connection_grants g set refresh_due_at = now() + interval '5 minutes'
        from due d join public.integration_connections c on c.id = d.connection_id
        where g.connection_id = d.connection_id
        returning c.*
    loop
        enqueued := enqueued + private.plan_access_job(connection, 'connection.refresh', 'refresh', 0)::integer;
    end loop;
    return enqueued;
end
$$;

-- By the clock: has each access token looked at once a day, where the provider tells of it. Answers how many jobs are new.
create function private.enqueue_inspections() returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    connection public.integration_connections;
    enqueued integer := 0;
begin
    for connection in
        select c.*
        from public.integration_connections c
        join public.integration_providers p on p.key = c.provider_key and 'inspects_tokens' = any (p.capabilities)
        join public.api_credentials a on a.connection_id = c.id and a.name = 'access_token'
        left join public.connection_grants g on g.connection_id = c.id
        where c.status in ('active', 'needs_attention')
          and (g.inspected_at is null or g.inspected_at <= now() - interval '1 day')
        order by g.inspected_at nulls first limit 1000
    loop
        -- Whoever comes second finds it asked already.
        insert into public.connection_grants as g (connection_id, organization_id, inspected_at)
        values (connection.id, connection.organization_id, now())
        on conflict on constraint connection_grants_pkey do update set inspected_at = excluded.inspected_at
        where g.inspected_at is null or g.inspected_at <= now() - interval '1 day';
        if found then
            enqueued := enqueued + private.plan_access_job(connection, 'connection.inspect', 'inspect', 5)::integer;
        end if;
    end loop;
    return enqueued;
end
$$;

-- By the clock: tells of access that ends within ten days and that only a person can renew; what has ended needs attention.
-- Answers how many alerts are new, or have become critical.
create function private.warn_of_ending_access() returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    each record;
    raised integer := 0;
begin
    for each in
        select c.id, c.organization_id, c.name, c.provider_key, e.ends_at, e.ends_at <= now() as has_ended,
            case when e.ends_at <= now() + interval '2 days' then 'critical' else 'warning' end::public.alert_severity as severity
        from public.connection_grants g
        join public.integration_connections c on c.id = g.connection_id
        cross join lateral (select private.access_ends_at(g) as ends_at) e
        where e.ends_at <= now() + interval '10 days' and g.revoked_at is null
          and c.status not in ('paused', 'disconnected')
        order by c.id
    loop
        update public.integration_connections c set status = 'needs_attention'
        where c.id = each.id and c.status = 'active' and each.has_ended;
        if not exists (
            select from public.alerts a
            where a.organization_id = each.organization_id and a.group_key = private.access_alert(each.id)
              and a.status <> 'resolved' and a.severity >= each.severity) then
            perform private.raise_alert(each.organization_id, each.id, 'connection.reauthorize',
                private.access_alert(each.id), each.severity,
                case when each.has_ended then format('%s: sign in again', each.name)
                    else format('%s: access ends on %s, sign in again before that', each.name,
                        to_char(each.ends_at at time zone 'UTC', 'YYYY-MM-DD')) end,
                jsonb_build_object('connection_id', each.id, 'name', each.name, 'provider', each.provider_key,
                    'ends_at', each.ends_at));
            raised := raised + 1;
        end if;
    end loop;
    return raised;
end
$$;

grant execute on function
    private.store_grant(uuid, jsonb, jsonb, jsonb, text, integer), private.note_access_failure(uuid, jsonb),
    private.request_refresh(uuid), private.enqueue_due_refreshes(), private.enqueue_inspections(),
    private.warn_of_ending_access()
to wasl_worker;
