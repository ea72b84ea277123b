-- Reading what providers keep, page by page and again and again: how far each read has come, and what came of it.

create type public.sync_status as enum ('idle', 'running', 'failed');
create type public.sync_mode as enum ('incremental', 'full');
comment on type public.sync_mode is 'incremental: what has changed since the last read; full: everything, so that what is gone is noticed.';

create table public.sync_streams (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null,
    connection_id uuid not null,
    stream text not null check (stream in ('contacts', 'audiences', 'campaigns', 'deals', 'posts')),
    enabled boolean not null default true,
    every_minutes integer not null check (every_minutes between 1 and 10080),
    full_every_hours integer check (full_every_hours between 1 and 8760),
    status public.sync_status not null default 'idle',
    since timestamptz,
    page_cursor text,
    run_id uuid,
    run_mode public.sync_mode,
    run_started_at timestamptz,
    next_run_at timestamptz not null default clock_timestamp(),
    next_full_at timestamptz,
    pages integer not null default 0,
    read integer not null default 0,
    changed integer not null default 0,
    removed integer not null default 0,
    total integer,
    last_error jsonb,
    last_finished_at timestamptz,
    created_at timestamptz not null default now(),
    unique (organization_id, id),
    unique (connection_id, stream),
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade
);
comment on table public.sync_streams is 'What is read of a connection, how often, and how far it has come.';
comment on column public.sync_streams.stream is 'What is read, such as contacts.';
comment on column public.sync_streams.every_minutes is 'How long after a read the next one begins.';
comment on column public.sync_streams.full_every_hours is 'How often everything is read, which shows what is gone; null: only when asked for.';
comment on column public.sync_streams.since is 'The watermark: what has changed since then is read next; null: everything.';
comment on column public.sync_streams.page_cursor is 'The page that the present read is to go on with, as the provider named it.';
comment on column public.sync_streams.run_id is 'The present read, or the last one.';
comment on column public.sync_streams.run_mode is 'Of that read.';
comment on column public.sync_streams.run_started_at is 'When that read began.';
comment on column public.sync_streams.next_run_at is 'When the next read is due.';
comment on column public.sync_streams.next_full_at is 'From when on the next read is a full one.';
comment on column public.sync_streams.pages is 'Of the present or last read; likewise read, changed, removed and total.';
comment on column public.sync_streams.read is 'How many items were read.';
comment on column public.sync_streams.changed is 'How many of these were news.';
comment on column public.sync_streams.removed is 'How many were gone, found by a full read.';
comment on column public.sync_streams.total is 'How many there are to read, if the provider says.';
comment on column public.sync_streams.last_finished_at is 'When a read last came to its end.';
create index sync_streams_by_connection on public.sync_streams (organization_id, connection_id);
create index sync_streams_due on public.sync_streams (next_run_at) where enabled;

create table public.sync_runs (
    id uuid primary key,
    organization_id uuid not null,
    stream_id uuid not null,
    mode public.sync_mode not null,
    status text not null default 'running' check (status in ('running', 'finished', 'failed', 'reset')),
    pages integer not null default 0,
    read integer not null default 0,
    changed integer not null default 0,
    removed integer not null default 0,
    error jsonb,
    started_at timestamptz not null,
    finished_at timestamptz,
    foreign key (organization_id, stream_id) references public.sync_streams (organization_id, id) on delete cascade
);
comment on table public.sync_runs is 'The reads of the last 30 days.';
comment on column public.sync_runs.stream_id is 'What was read.';
comment on column public.sync_runs.mode is 'Whether everything was read.';
comment on column public.sync_runs.status is 'reset: it was given up since somebody had everything read anew.';
comment on column public.sync_runs.pages is 'How many pages came; likewise read, changed and removed items.';
comment on column public.sync_runs.read is 'How many items were read.';
comment on column public.sync_runs.changed is 'How many of these were news.';
comment on column public.sync_runs.removed is 'How many were gone.';
comment on column public.sync_runs.error is '{code, message, …}: why it failed.';
comment on column public.sync_runs.started_at is 'When it began.';
create index sync_runs_by_stream on public.sync_runs (organization_id, stream_id, started_at desc);
create index sync_runs_by_age on public.sync_runs (started_at);

alter table public.sync_streams enable row level security;
alter table public.sync_runs enable row level security;
create policy "members read streams" on public.sync_streams for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'connections:read'))));
create policy "members read sync runs" on public.sync_runs for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'connections:read'))));
grant select on public.sync_streams, public.sync_runs to authenticated, service_role, wasl_worker;

-- Whether contacts are wanted at all: only once leads are to come from the tool.
create function private.pulls_leads(connection_id uuid) returns boolean
language sql stable security definer set search_path = ''
as $$
    select exists (select from public.lead_syncs s
                   where s.connection_id = pulls_leads.connection_id and s.enabled and s.direction <> 'push')
$$;

-- A connection that becomes active has the streams that its provider can fill.
create function private.add_sync_streams() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    insert into public.sync_streams (organization_id, connection_id, stream, enabled, every_minutes, full_every_hours)
    select new.organization_id, new.id, s.stream, s.stream <> 'contacts' or private.pulls_leads(new.id), s.every_minutes,
        case when s.has_full and not coalesce((p.marketing ->> 'tells_deletions')::boolean and s.stream in ('contacts', 'deals'), false)
            then 24 end
    from public.integration_providers p
    join (values
        ('keeps_contacts', 'contacts', 15, true),
        ('lists_audiences', 'audiences', 360, true),
        ('lists_campaigns', 'campaigns', 60, true),
        ('keeps_deals', 'deals', 60, true),
        ('lists_posts', 'posts', 60, false)
    ) as s (capability, stream, every_minutes, has_full) on s.capability = any (p.capabilities)
    where p.key = new.provider_key
    order by s.stream
    on conflict do nothing;
    return null;
end
$$;
create trigger integration_connections_streams_new after insert on public.integration_connections
for each row when (new.status = 'active') execute function private.add_sync_streams();
create trigger integration_connections_streams after update of status on public.integration_connections
for each row when (new.status = 'active' and old.status <> 'active') execute function private.add_sync_streams();

-- For set_lead_sync.
create function private.follow_lead_sync(sync public.lead_syncs) returns void
language plpgsql security definer set search_path = ''
as $$
begin
    update public.sync_streams s set enabled = private.pulls_leads(sync.connection_id), next_run_at = clock_timestamp()
    where s.organization_id = sync.organization_id and s.connection_id = sync.connection_id and s.stream = 'contacts'
      and s.enabled <> private.pulls_leads(sync.connection_id);
end
$$;

-- The stream, locked, after the caller has been checked against its organization.
create function private.own_stream(connection_id uuid, stream text) returns public.sync_streams
language plpgsql security definer set search_path = ''
as $$
declare
    own public.sync_streams;
begin
    select * into own from public.sync_streams s
    where s.connection_id = own_stream.connection_id and s.stream = own_stream.stream for no key update;
    if own.id is null or not private.may(own.organization_id, 'developer', 'connections:write',
        private.environment_of('connection', own.connection_id)) then
        perform private.refuse(404, 'stream_not_found', 'There is no such connection of yours, or it has no such stream.',
            'stream');
    end if;
    return own;
end
$$;

create function private.run_sync(connection_id uuid, stream text, "full" boolean) returns public.sync_streams
language plpgsql security definer set search_path = ''
as $$
declare
    own public.sync_streams := private.own_stream(connection_id, stream);
    standing public.connection_status;
begin
    select c.status into standing from public.integration_connections c where c.id = own.connection_id;
    if not own.enabled then
        perform private.refuse(409, 'sync_disabled', case when own.stream = 'contacts'
            then 'Contacts are read once set_lead_sync has them pulled.' else 'That stream is disabled.' end, 'stream');
    elsif standing <> 'active' then
        perform private.refuse(409, 'connection_not_active', format('That connection is %s.', standing), 'connection_id');
    end if;
    update public.sync_streams s set next_run_at = clock_timestamp(),
        next_full_at = case when run_sync."full" then clock_timestamp() else s.next_full_at end
    where s.id = own.id
    returning s.* into own;
    perform private.plan_job(own.id, 'sync.run', own.organization_id);
    return own;
end
$$;

create function public.run_sync(connection_id uuid, stream text, "full" boolean default false) returns public.sync_streams
language sql set search_path = ''
as $$ select private.run_sync(connection_id, stream, coalesce("full", false)) $$;
comment on function public.run_sync is
'Has a stream read now, with full everything of it; one that is being read is read once more after that.';

create function private.reset_sync(connection_id uuid, stream text) returns public.sync_streams
language plpgsql security definer set search_path = ''
as $$
declare
    own public.sync_streams := private.own_stream(connection_id, stream);
begin
    update public.sync_runs r set status = 'reset', finished_at = clock_timestamp(), pages = own.pages, read = own.read,
        changed = own.changed
    where r.id = own.run_id and r.status = 'running';
    update public.sync_streams s set status = 'idle', since = null, page_cursor = null, run_id = null, run_mode = null,
        next_run_at = clock_timestamp(), next_full_at = null, last_error = null
    where s.id = own.id
    returning s.* into own;
    perform private.audit(own.organization_id, 'sync.reset', 'sync_stream', own.id::text, jsonb_build_object(
        'connection_id', own.connection_id, 'stream', own.stream));
    return own;
end
$$;

create function public.reset_sync(connection_id uuid, stream text) returns public.sync_streams
language sql set search_path = ''
as $$ select private.reset_sync(connection_id, stream) $$;
comment on function public.reset_sync is 'Has everything of a stream read anew, giving up a read that is under way.';

create function private.set_sync(
    connection_id uuid, stream text, enabled boolean, every_minutes integer, full_every_hours integer
) returns public.sync_streams
language plpgsql security definer set search_path = ''
as $$
declare
    own public.sync_streams := private.own_stream(connection_id, stream);
    before constant jsonb := to_jsonb(own);
begin
    if every_minutes not between 1 and 10080 then
        perform private.refuse(400, 'invalid_every_minutes', 'It lies between a minute and a week.', 'every_minutes');
    elsif full_every_hours not between 0 and 8760 then
        perform private.refuse(400, 'invalid_full_every_hours', 'It lies between an hour and a year; 0: only when asked for.',
            'full_every_hours');
    elsif enabled and own.stream = 'contacts' and not private.pulls_leads(own.connection_id) then
        perform private.refuse(409, 'lead_sync_required', 'Contacts are read once set_lead_sync has them pulled.', 'enabled');
    end if;
    update public.sync_streams s set
        enabled = coalesce(set_sync.enabled, s.enabled), every_minutes = coalesce(set_sync.every_minutes, s.every_minutes),
        full_every_hours = case set_sync.full_every_hours when 0 then null
            else coalesce(set_sync.full_every_hours, s.full_every_hours) end,
        next_run_at = least(s.next_run_at, clock_timestamp() + make_interval(mins => coalesce(set_sync.every_minutes, s.every_minutes))),
        next_full_at = case when set_sync.full_every_hours = 0 then null
            when set_sync.full_every_hours is not null then least(s.next_full_at, clock_timestamp()
                + make_interval(hours => set_sync.full_every_hours))
            else s.next_full_at end
    where s.id = own.id
    returning s.* into own;
    perform private.audit_change(own.organization_id, 'sync.set', 'sync_stream', own.id::text,
        before - 'next_run_at' - 'next_full_at', to_jsonb(own) - 'next_run_at' - 'next_full_at');
    return own;
end
$$;

create function public.set_sync(
    connection_id uuid, stream text, enabled boolean default null, every_minutes integer default null,
    full_every_hours integer default null
) returns public.sync_streams
language sql set search_path = ''
as $$ select private.set_sync(connection_id, stream, enabled, every_minutes, full_every_hours) $$;
comment on function public.set_sync is 'Says how often a stream is read; what is left out stays. full_every_hours 0: everything only when asked for.';

grant execute on function
    private.run_sync(uuid, text, boolean), public.run_sync(uuid, text, boolean),
    private.reset_sync(uuid, text), public.reset_sync(uuid, text),
    private.set_sync(uuid, text, boolean, integer, integer), public.set_sync(uuid, text, boolean, integer, integer)
to authenticated, service_role;
