-- Times in which alerts are recorded and nobody is told.

create table public.maintenance_windows (
    id uuid primary key default gen_random_uuid(),
    organization_id uuid not null references public.organizations (id) on delete cascade,
    name text not null check (char_length(btrim(name)) between 1 and 100),
    connection_id uuid,
    starts_at timestamptz,
    ends_at timestamptz,
    weekdays smallint[],
    start_time time,
    duration_minutes integer,
    time_zone text,
    enabled boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade
);
comment on table public.maintenance_windows is
'Once (starts_at, ends_at) or every week (weekdays, start_time, duration_minutes, time_zone): alerts are recorded and nobody is told.';
comment on column public.maintenance_windows.connection_id is 'Only alerts about this connection; null for all.';
comment on column public.maintenance_windows.starts_at is 'Of a window that is once.';
comment on column public.maintenance_windows.ends_at is 'Of a window that is once, at most 30 days later.';
comment on column public.maintenance_windows.weekdays is 'ISO: 1 is Monday, 7 Sunday.';
comment on column public.maintenance_windows.start_time is 'On the clock of the time zone.';
comment on column public.maintenance_windows.duration_minutes is '5 to 1440, counted from the beginning, whatever the clock does meanwhile.';
comment on column public.maintenance_windows.time_zone is 'An IANA name; the organization''s own when it is left out.';
create index maintenance_windows_by_organization on public.maintenance_windows (organization_id, enabled);
create index maintenance_windows_by_connection on public.maintenance_windows (organization_id, connection_id);

create function private.check_maintenance_window() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
    weekly constant boolean := coalesce(new.weekdays, '{}') <> '{}';
begin
    if weekly = (new.starts_at is not null) then
        perform private.refuse(400, 'invalid_starts_at',
            'A window is once, with starts_at and ends_at, or weekly, with weekdays, start_time and duration_minutes.', 'starts_at');
    end if;
    if not weekly then
        if new.ends_at is null or new.ends_at <= new.starts_at or new.ends_at > new.starts_at + interval '30 days' then
            perform private.refuse(400, 'invalid_ends_at', 'A window ends after it starts, at most 30 days later.', 'ends_at');
        end if;
        if coalesce(new.start_time::text, new.duration_minutes::text) is not null then
            perform private.refuse(400, 'invalid_start_time', 'Only a weekly window has a start time and a duration.', 'start_time');
        end if;
        return new;
    end if;
    if not new.weekdays <@ '{1,2,3,4,5,6,7}'::smallint[] or cardinality(new.weekdays) > 7 then
        perform private.refuse(400, 'invalid_weekdays', 'Weekdays are 1 (Monday) to 7 (Sunday).', 'weekdays');
    elsif new.start_time is null then
        perform private.refuse(400, 'invalid_start_time', 'Say when a weekly window starts, such as 02:00.', 'start_time');
    elsif new.duration_minutes is null or new.duration_minutes not between 5 and 1440 then
        perform private.refuse(400, 'invalid_duration_minutes', 'A weekly window lasts 5 to 1440 minutes.', 'duration_minutes');
    elsif new.ends_at is not null then
        perform private.refuse(400, 'invalid_ends_at', 'A weekly window ends by its duration.', 'ends_at');
    end if;
    new.time_zone := coalesce(new.time_zone,
        (select o.time_zone from public.organizations o where o.id = new.organization_id), 'UTC');
    if new.time_zone <> 'Asia/Dubai'
       and not exists (select from pg_catalog.pg_timezone_names z where z.name = new.time_zone) then
        perform private.refuse(400, 'invalid_time_zone', 'The time zone is an IANA name such as Asia/Dubai.', 'time_zone');
    end if;
    return new;
end
$$;
create trigger maintenance_windows_check before insert or update on public.maintenance_windows
for each row execute function private.check_maintenance_window();
create trigger maintenance_windows_touch before update on public.maintenance_windows
for each row execute function private.touch_updated_at();
create trigger maintenance_windows_audit after insert or update or delete on public.maintenance_windows
for each row when (current_user in ('authenticated', 'service_role'))
execute function private.audit_direct_change('maintenance_window', 'id');

-- Whether nobody is told of a connection's alerts (null: of the organization's) at a moment. A weekly window lasts at most
-- a day, so that one which holds began today or yesterday by its own clock.
create function private.in_maintenance(organization_id uuid, connection_id uuid, moment timestamptz) returns boolean
language sql stable security definer set search_path = ''
as $$
    select exists (
        select from public.maintenance_windows w
        where w.organization_id = in_maintenance.organization_id and w.enabled
          and (w.connection_id is null or w.connection_id = in_maintenance.connection_id)
          and case when w.starts_at is not null then moment >= w.starts_at and moment < w.ends_at else exists (
              select from generate_series(0, 1) as back,
                  lateral (select (moment at time zone w.time_zone)::date - back as day) d,
                  lateral (select (d.day + w.start_time) at time zone w.time_zone as begun) b
              where extract(isodow from d.day)::smallint = any (w.weekdays)
                and moment >= b.begun and moment < b.begun + make_interval(mins => w.duration_minutes)) end)
$$;

alter table public.maintenance_windows enable row level security;
create policy "members read maintenance" on public.maintenance_windows for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'alerts:read'))));
create policy "developers add maintenance" on public.maintenance_windows for insert to authenticated
with check (organization_id = any (array(select private.my_organizations('developer', 'alerts:write'))));
create policy "developers change maintenance" on public.maintenance_windows for update to authenticated
using (organization_id = any (array(select private.my_organizations('developer', 'alerts:write'))))
with check (organization_id = any (array(select private.my_organizations('developer', 'alerts:write'))));
create policy "developers remove maintenance" on public.maintenance_windows for delete to authenticated
using (organization_id = any (array(select private.my_organizations('developer', 'alerts:write'))));
grant select, delete,
    insert (organization_id, name, connection_id, starts_at, ends_at, weekdays, start_time, duration_minutes, time_zone, enabled),
    update (name, connection_id, starts_at, ends_at, weekdays, start_time, duration_minutes, time_zone, enabled)
on public.maintenance_windows to authenticated, service_role;
