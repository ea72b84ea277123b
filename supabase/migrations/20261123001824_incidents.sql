-- Health over time: every change of a connection's state, and the incidents that changes make.

create table public.health_changes (
    id bigint generated always as identity primary key,
    organization_id uuid not null,
    connection_id uuid not null,
    state public.health_state not null,
    began_at timestamptz not null,
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade
);
comment on table public.health_changes is
'From when on a connection was in a state, until its next row. Uptime is counted from these, not from single checks.';
comment on column public.health_changes.began_at is 'From when on; the next row of the connection ends it.';
comment on column public.health_changes.state is 'The damped state; unknown while it was paused, or nobody checked.';
create index health_changes_by_connection on public.health_changes (organization_id, connection_id, began_at);
alter table public.health_changes enable row level security;
create policy "members read changes of health" on public.health_changes for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'connections:read'))));
grant select on public.health_changes to authenticated, service_role;

create table public.health_incidents (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null,
    connection_id uuid not null,
    provider_key text not null,
    state public.health_state not null,
    worst_state public.health_state not null,
    page_indicator public.page_indicator,
    source text not null check (source in ('checks', 'status_page')),
    title text not null,
    opened_at timestamptz not null default now(),
    closed_at timestamptz,
    unique (organization_id, id),
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade
);
comment on table public.health_incidents is
'Times of trouble: a connection is down, or degraded for ten minutes, or its provider''s status page tells of a major outage.';
comment on column public.health_incidents.state is 'The connection''s own state, as of the last entry.';
comment on column public.health_incidents.opened_at is 'When it was opened.';
comment on column public.health_incidents.worst_state is 'The worst state so far.';
comment on column public.health_incidents.page_indicator is 'What the provider''s page said, as of the last entry.';
comment on column public.health_incidents.source is 'What opened it.';
comment on column public.health_incidents.closed_at is 'Null while it goes on.';
create unique index health_incidents_one_open on public.health_incidents (connection_id) where closed_at is null;
create index health_incidents_by_organization on public.health_incidents (organization_id, opened_at desc);
create index health_incidents_by_connection on public.health_incidents (organization_id, connection_id, opened_at desc);

create table public.health_incident_entries (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null,
    incident_id uuid not null,
    at timestamptz not null default now(),
    kind text not null check (kind in ('opened', 'changed', 'closed')),
    state public.health_state not null,
    page_indicator public.page_indicator,
    message text not null,
    foreign key (organization_id, incident_id) references public.health_incidents (organization_id, id) on delete cascade
);
comment on table public.health_incident_entries is 'An incident''s timeline. Append-only.';
comment on column public.health_incident_entries.incident_id is 'In health_incidents.';
comment on column public.health_incident_entries.at is 'When that was found out.';
comment on column public.health_incident_entries.kind is 'opened, changed (the state, or what the page says) or closed.';
comment on column public.health_incident_entries.state is 'The connection''s own state then; page_indicator what the page said.';
comment on column public.health_incident_entries.page_indicator is 'Null where the provider has no page that can be read.';
comment on column public.health_incident_entries.message is 'The same in words.';
create index health_incident_entries_by_incident on public.health_incident_entries (organization_id, incident_id, id);
create trigger health_incident_entries_append_only before update on public.health_incident_entries
for each row execute function private.refuse_update();

alter table public.health_incidents enable row level security;
alter table public.health_incident_entries enable row level security;
create policy "members read incidents" on public.health_incidents for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'connections:read'))));
create policy "members read timelines" on public.health_incident_entries for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'connections:read'))));
grant select on public.health_incidents, public.health_incident_entries to authenticated, service_role;
grant select on public.health_changes, public.health_incidents, public.health_incident_entries to wasl_worker;

-- Opens, moves or closes the connection's incident, by how things stand now: to do it again changes nothing. The caller
-- has locked the connection. The page speaks for the provider's live systems only.
create function private.follow_incident(c public.integration_connections) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    watched constant boolean := c.status in ('active', 'needs_attention');
    page public.provider_status;
    incident public.health_incidents;
    own_trouble boolean;
    page_trouble boolean;
    said text;
begin
    select s.* into page from public.provider_status s where s.provider_key = c.provider_key and c.environment = 'live';
    select i.* into incident from public.health_incidents i where i.connection_id = c.id and i.closed_at is null for update;
    own_trouble := watched and (c.health_state = 'down' or c.health_state = 'degraded'
        and (incident.id is not null or c.health_changed_at <= now() - interval '10 minutes'));
    page_trouble := watched and coalesce(page.indicator >= 'major', false);
    if incident.id is null and not own_trouble and not page_trouble then
        return;
    end if;
    said := case when not watched then format('The connection is %s.', c.status)
        else format('Our checks find it %s.', c.health_state) end
        || case when page.indicator > 'none' then format(' The provider says: %s.', rtrim(page.description, '.')) else '' end;
    if incident.id is null then
        insert into public.health_incidents as i (organization_id, connection_id, provider_key, state, worst_state,
            page_indicator, source, title)
        values (c.organization_id, c.id, c.provider_key, c.health_state, c.health_state, page.indicator,
            case when own_trouble then 'checks' else 'status_page' end,
            case when own_trouble then format('%s (%s) is %s', c.name, c.provider_key, c.health_state)
                else format('%s: %s', c.provider_key, page.description) end)
        returning i.* into incident;
        insert into public.health_incident_entries (organization_id, incident_id, kind, state, page_indicator, message)
        values (c.organization_id, incident.id, 'opened', c.health_state, page.indicator, said);
    elsif not own_trouble and not page_trouble then
        update public.health_incidents i
        set state = c.health_state, page_indicator = page.indicator, closed_at = now() where i.id = incident.id;
        insert into public.health_incident_entries (organization_id, incident_id, kind, state, page_indicator, message)
        values (c.organization_id, incident.id, 'closed', c.health_state, page.indicator, said);
    elsif (incident.state, incident.page_indicator) is distinct from (c.health_state, page.indicator) then
        update public.health_incidents i
        set state = c.health_state, worst_state = greatest(i.worst_state, c.health_state), page_indicator = page.indicator
        where i.id = incident.id;
        insert into public.health_incident_entries (organization_id, incident_id, kind, state, page_indicator, message)
        values (c.organization_id, incident.id, 'changed', c.health_state, page.indicator, said);
    end if;
end
$$;

-- For how long a check's word holds when no other follows.
create function private.check_holds(interval_seconds integer) returns interval
language sql immutable set search_path = ''
as $$ select make_interval(secs => 3 * interval_seconds + 60) $$;

-- With every check, and with every change of the status by hand. Whatever writes the state writes its history with it.
create function private.follow_health() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
    was constant public.health_state :=
        case when old.status in ('active', 'needs_attention') then old.health_state else 'unknown' end;
    is_now constant public.health_state :=
        case when new.status in ('active', 'needs_attention') then new.health_state else 'unknown' end;
    held_until constant timestamptz := old.health_checked_at + private.check_holds(old.health_interval_seconds);
    silent constant boolean := was <> 'unknown' and held_until < now();
begin
    if silent then
        insert into public.health_changes (organization_id, connection_id, state, began_at)
        values (new.organization_id, new.id, 'unknown', held_until);
    end if;
    if silent or was <> is_now then
        insert into public.health_changes (organization_id, connection_id, state, began_at)
        values (new.organization_id, new.id, is_now, now());
    end if;
    perform private.follow_incident(new);
    return null;
end
$$;
create trigger integration_connections_follow_health after update on public.integration_connections
for each row when ((old.health_state, old.status, old.health_checked_at)
    is distinct from (new.health_state, new.status, new.health_checked_at))
execute function private.follow_health();

-- After a status page was read: the live connections of its provider, locked in one order.
create function private.follow_status_page(provider_key text) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    connection public.integration_connections;
begin
    for connection in
        select c.* from public.integration_connections c
        where c.provider_key = follow_status_page.provider_key and c.environment = 'live'
        order by c.id for no key update
    loop
        perform private.follow_incident(connection);
    end loop;
end
$$;
grant execute on function private.follow_status_page(text) to wasl_worker;

-- Seconds in each state for every day (hour, month) that the range touches, in the organization's time zone.
create type public.uptime_figures as (
    starts_at timestamptz, connection_id uuid, seconds_up double precision, seconds_degraded double precision,
    seconds_down double precision, seconds_unknown double precision, uptime double precision
);

create function private.uptime(
    organization_id uuid, since timestamptz, until timestamptz, zoom text, connection_id uuid
) returns setof public.uptime_figures
language plpgsql stable security definer set search_path = ''
as $$
declare
    organization constant uuid := private.resolve_organization(organization_id, 'viewer', 'connections:read');
    zone text;
begin
    perform private.check_traffic_question(row(since, until, zoom, array['connection'], 'call', null, null, connection_id,
        null)::private.traffic_question);
    select o.time_zone into zone from public.organizations o where o.id = organization;
    until := least(until, now());
    return query
    with spans as (
        select h.connection_id, h.state, h.began_at, lead(h.began_at) over following as ended_at
        from public.health_changes h
        where h.organization_id = organization and (uptime.connection_id is null or h.connection_id = uptime.connection_id)
        window following as (partition by h.connection_id order by h.began_at, h.id)
    ),
    -- What has not ended holds as long as its last check does.
    known as (
        select s.connection_id, s.state, greatest(s.began_at, date_trunc(zoom, since, zone)) as began_at,
            least(s.ended_at, until, case when s.ended_at is null and s.state <> 'unknown'
                then c.health_checked_at + private.check_holds(c.health_interval_seconds) end) as ended_at
        from spans s join public.integration_connections c on c.id = s.connection_id and private.keeps_to_key(c.environment)
    ),
    cut as (
        select k.connection_id, k.state, p.starts_at,
            extract(epoch from least(k.ended_at, p.ends_at) - greatest(k.began_at, p.starts_at))::double precision as seconds
        from known k
        cross join lateral (
            select g at time zone zone as starts_at, (g + ('1 ' || zoom)::interval) at time zone zone as ends_at
            from generate_series(date_trunc(zoom, k.began_at at time zone zone), k.ended_at at time zone zone,
                ('1 ' || zoom)::interval) g
        ) p
        where k.ended_at > k.began_at and least(k.ended_at, p.ends_at) > greatest(k.began_at, p.starts_at)
    ),
    periods as (
        select c.connection_id, c.starts_at,
            coalesce(sum(c.seconds) filter (where c.state = 'up'), 0) as up,
            coalesce(sum(c.seconds) filter (where c.state = 'degraded'), 0) as degraded,
            coalesce(sum(c.seconds) filter (where c.state = 'down'), 0) as down
        from cut c group by 1, 2
    )
    select p.starts_at, p.connection_id, p.up, p.degraded, p.down,
        greatest(extract(epoch from least((p.starts_at at time zone zone + ('1 ' || zoom)::interval) at time zone zone, until)
            - p.starts_at)::double precision - p.up - p.degraded - p.down, 0),
        (p.up + p.degraded) / nullif(p.up + p.degraded + p.down, 0)
    from periods p
    order by p.connection_id, p.starts_at;
end
$$;

create function public.uptime(
    since timestamptz, until timestamptz default now(), zoom text default 'day', connection_id uuid default null,
    organization_id uuid default null
) returns setof public.uptime_figures
language sql stable set search_path = ''
as $$ select * from private.uptime($5, $1, $2, $3, $4) $$;
comment on function public.uptime is
'For how many seconds of each hour, day or month connections were up, degraded, down or unwatched. uptime: the share of the watched time in which they were not down; null when nothing is known.';

-- How checks went, each period of the range: of the connection itself, and of what synthetic checks tried.
create type public.check_figures as (
    starts_at timestamptz, capability text, checks bigint, checks_degraded bigint, checks_down bigint,
    p50_ms double precision, p95_ms double precision, p99_ms double precision
);

create function private.health_history(
    organization_id uuid, connection_id uuid, since timestamptz, until timestamptz, zoom text
) returns setof public.check_figures
language plpgsql stable security definer set search_path = ''
as $$
declare
    organization constant uuid := private.resolve_organization(organization_id, 'viewer', 'connections:read');
    zone text;
begin
    perform private.check_traffic_question(row(since, until, zoom, '{}'::text[], 'call', null, null, connection_id, null)::private.traffic_question);
    select o.time_zone into zone from public.organizations o where o.id = organization;
    if not exists (select from public.integration_connections c
                   where c.id = health_history.connection_id and c.organization_id = organization
                     and private.keeps_to_key(c.environment)) then
        perform private.refuse(404, 'connection_not_found', 'There is no such connection of yours.', 'connection_id');
    end if;
    return query
    select g.period, g.capability, g.checks, g.degraded, g.down, g.ms[1], g.ms[2], g.ms[3]
    from (
        select date_trunc(zoom, h.checked_at, zone) as period, h.capability, count(*) as checks,
            count(*) filter (where h.state = 'degraded') as degraded, count(*) filter (where h.state = 'down') as down,
            percentile_disc(array[0.5, 0.95, 0.99]) within group (order by h.latency_ms::double precision) as ms
        from public.integration_health h
        where h.organization_id = organization and h.connection_id = health_history.connection_id
          and h.checked_at >= date_trunc(zoom, since, zone) and h.checked_at < until
        group by 1, 2
    ) g
    order by g.period, g.capability nulls first;
end
$$;

create function public.health_history(
    connection_id uuid, since timestamptz, until timestamptz default now(), zoom text default 'day',
    organization_id uuid default null
) returns setof public.check_figures
language sql stable set search_path = ''
as $$ select * from private.health_history($5, $1, $2, $3, $4) $$;
comment on function public.health_history is
'What single checks of a connection saw in each hour, day or month, and how long they took: exact percentiles in ms. capability: what a synthetic check tried; null for the check of the connection itself.';

grant execute on function
    private.uptime(uuid, timestamptz, timestamptz, text, uuid), public.uptime(timestamptz, timestamptz, text, uuid, uuid),
    private.health_history(uuid, uuid, timestamptz, timestamptz, text),
    public.health_history(uuid, timestamptz, timestamptz, text, uuid)
to authenticated, service_role;
