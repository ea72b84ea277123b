-- What organizations have done by itself when something happens, and how each time went.

create type public.automation_run_status as enum ('running', 'finished', 'failed', 'skipped', 'cancelled');
comment on type public.automation_run_status is 'skipped: nothing was done, for the reason that is named; failed: some step did not succeed.';
create type public.automation_step_status as enum ('waiting', 'succeeded', 'failed', 'unknown', 'skipped', 'cancelled');
comment on type public.automation_step_status is 'unknown: it was sent, and nobody knows whether it was done.';

create table public.automations (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null references public.organizations (id) on delete cascade,
    name text not null check (char_length(btrim(name)) between 1 and 100),
    description text check (char_length(description) <= 1000),
    enabled boolean not null default false,
    version integer not null default 1 check (version > 0),
    definition jsonb not null check (jsonb_typeof(definition) = 'object'),
    events text[] not null,
    environment public.environment,
    deleted_at timestamptz,
    created_by text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (organization_id, id)
);
comment on table public.automations is 'What is done by itself when something happens.';
comment on column public.automations.version is 'Rises by one with each change of the definition; earlier ones are in automation_versions.';
comment on column public.automations.definition is
'{events: [types], conditions: [{field, op, value} or {all|any: [...]} or {not: {...}}], actions: [{kind, connection_id, after_seconds, when: [conditions], with: {...}}]}.';
comment on column public.automations.events is 'Those of the definition, by which it is found.';
comment on column public.automations.environment is 'Only events of it, and such that are of none; null: all.';
comment on column public.automations.deleted_at is 'Since when it is deleted, for good; its runs stay.';
create index automations_by_organization on public.automations (organization_id, created_at desc);
create index automations_listening on public.automations (organization_id) where enabled and deleted_at is null;
create trigger automations_touch before update on public.automations
for each row execute function private.touch_updated_at();

create table public.automation_versions (
    automation_id uuid not null,
    version integer not null,
    organization_id uuid not null,
    definition jsonb not null,
    created_by text not null,
    created_at timestamptz not null default now(),
    primary key (automation_id, version),
    foreign key (organization_id, automation_id) references public.automations (organization_id, id) on delete cascade
);
comment on table public.automation_versions is 'Append-only: what automations were at any time.';
comment on column public.automation_versions.automation_id is 'Whose version it is.';
comment on column public.automation_versions.version is 'From 1 on.';
comment on column public.automation_versions.definition is 'As in automations.';
create index automation_versions_by_automation on public.automation_versions (organization_id, automation_id, version desc);
create trigger automation_versions_append_only before update on public.automation_versions
for each row execute function private.refuse_update();

create table public.automation_runs (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null,
    automation_id uuid not null,
    version integer not null,
    event_id uuid not null,
    event_type text not null,
    event_created_at timestamptz not null,
    subject_type text,
    subject_id uuid,
    status public.automation_run_status not null default 'running',
    reason text,
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    unique (organization_id, id),
    unique (automation_id, event_id),
    foreign key (organization_id, automation_id) references public.automations (organization_id, id) on delete cascade
);
comment on table public.automation_runs is 'Each time that an automation met an event.';
comment on column public.automation_runs.automation_id is 'Which one.';
comment on column public.automation_runs.version is 'Of the automation, as it was then.';
comment on column public.automation_runs.event_id is 'The event, in events as long as it is kept.';
comment on column public.automation_runs.event_type is 'Such as payment.succeeded.';
comment on column public.automation_runs.event_created_at is 'By which the event is found at once.';
comment on column public.automation_runs.subject_type is 'What the event is about.';
comment on column public.automation_runs.reason is
'Why nothing was done: conditions, loop (it led to the event itself), too_deep, too_often; or why it ended early.';
comment on column public.automation_runs.started_at is 'When the event was met.';
create index automation_runs_by_organization on public.automation_runs (organization_id, started_at desc);
create index automation_runs_by_automation on public.automation_runs (organization_id, automation_id, started_at desc);
create index automation_runs_by_subject on public.automation_runs (subject_id, automation_id, started_at desc);

create table public.automation_steps (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null,
    run_id uuid not null,
    position smallint not null,
    kind text not null,
    connection_id uuid,
    status public.automation_step_status not null default 'waiting',
    due_at timestamptz not null,
    input jsonb not null default '{}'::jsonb,
    result jsonb,
    error jsonb,
    attempts integer not null default 0,
    finished_at timestamptz,
    unique (run_id, position),
    foreign key (organization_id, run_id) references public.automation_runs (organization_id, id) on delete cascade,
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade
);
comment on table public.automation_steps is 'What a run does, each action once.';
comment on column public.automation_steps.run_id is 'The run it belongs to.';
comment on column public.automation_steps.position is 'Its place among the definition''s actions, from 0.';
comment on column public.automation_steps.due_at is 'When it is to be done.';
comment on column public.automation_steps.input is 'What it is done with: the texts of the definition, filled in.';
comment on column public.automation_steps.result is 'What came of it.';
comment on column public.automation_steps.error is '{code, message, …}: why it did not succeed.';
create index automation_steps_by_run on public.automation_steps (organization_id, run_id, position);
create index automation_steps_by_connection on public.automation_steps (organization_id, connection_id);

alter table public.automations enable row level security;
alter table public.automation_versions enable row level security;
alter table public.automation_runs enable row level security;
alter table public.automation_steps enable row level security;
create policy "members read automations" on public.automations for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'automations:read'))));
create policy "members read automation versions" on public.automation_versions for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'automations:read'))));
create policy "members read automation runs" on public.automation_runs for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'automations:read'))));
create policy "members read automation steps" on public.automation_steps for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'automations:read'))));
grant select on public.automations, public.automation_versions, public.automation_runs, public.automation_steps
to authenticated, service_role, wasl_worker;

-- A name, payment.* for all whose names begin so, or * for every event.
create function private.matches_event(patterns text[], type text) returns boolean
language sql immutable set search_path = ''
as $$
    select exists (select from unnest(patterns) p
                   where p in (type, '*') or right(p, 2) = '.*' and starts_with(type, left(p, -1)))
$$;

create function private.automations_of(event public.events) returns setof public.automations
language sql stable security definer rows 2 set search_path = ''
as $$
    select a.* from public.automations a
    where a.organization_id = event.organization_id and a.enabled and a.deleted_at is null
      and (a.environment is null or event.environment is null or a.environment = event.environment)
      and private.matches_event(a.events, event.type)
      and not exists (select from public.leads l
                      where event.subject_type = 'lead' and l.id = event.subject_id and l.restricted_at is not null)
    order by a.id
$$;

create function private.automations_for(event_id uuid, created_at timestamptz) returns setof public.automations
language sql stable security definer rows 2 set search_path = ''
as $$
    select a.* from public.events e, private.automations_of(e) a
    where e.id = automations_for.event_id and e.created_at = automations_for.created_at
$$;
grant execute on function private.automations_for(uuid, timestamptz) to wasl_worker;
