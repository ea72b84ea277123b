-- What happened, in Wasl's words, whatever it came from. Automations and subscriptions are led by it.

create table public.events (
    id uuid not null default private.uuid_v7(),
    created_at timestamptz not null default clock_timestamp(),
    organization_id uuid not null,
    type text not null check (type ~ '^[a-z_]+(\.[a-z_0-9]+)+$' and char_length(type) <= 100),
    subject_type text check (subject_type ~ '^[a-z_]+$'),
    subject_id uuid,
    environment public.environment,
    data jsonb not null default '{}'::jsonb check (jsonb_typeof(data) = 'object'),
    source text not null,
    occurred_at timestamptz not null,
    causes uuid[] not null default '{}',
    trace_id text default private.trace_id(),
    primary key (created_at, id)
) partition by range (created_at);
comment on table public.events is 'Everything that happened, as it is told to automations and subscriptions. A partition a day, dropped when old.';
comment on column public.events.type is 'Such as payment.succeeded, shipment.delivered, lead.captured, or track.<name> of the client''s own.';
comment on column public.events.subject_type is 'What it is about, with subject_id: payment, shipment, lead, post …';
comment on column public.events.data is 'What is known of the subject at that moment, without secrets.';
comment on column public.events.environment is 'That of the connection concerned; null where there is none.';
comment on column public.events.source is 'worker, or who told it: user:<id>, api_key:<id>, service.';
comment on column public.events.occurred_at is 'When it happened; created_at is when the hub learned of it.';
comment on column public.events.causes is 'The automations that led to it, so that none of them is led by it again.';
comment on column public.events.trace_id is 'W3C trace of what led to it; deliveries and automations continue it.';
create index events_by_organization on public.events (organization_id, created_at desc);
create index events_by_type on public.events (organization_id, type, created_at desc);
create index events_by_subject on public.events (subject_id, created_at desc);
create index events_by_id on public.events (id);

alter table public.events enable row level security;
create policy "members read events of the hub" on public.events for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'events:read'))));
grant select on public.events to authenticated, service_role;
grant select, insert on public.events to wasl_worker;

-- Tells that something happened, in the transaction in which it did. Whoever acts on it is led by a job of the event's id.
-- What an automation does tells of itself by the setting wasl.causes of its transaction.
create function private.emit_event(
    organization_id uuid, type text, subject_type text, subject_id uuid, data jsonb,
    environment public.environment default null, occurred_at timestamptz default null
) returns uuid
language plpgsql security definer set search_path = ''
as $$
declare
    event public.events;
begin
    insert into public.events as e
        (organization_id, type, subject_type, subject_id, environment, data, source, occurred_at, causes)
    values (organization_id, type, subject_type, subject_id, coalesce(environment, private.key_environment()), coalesce(data, '{}'),
        -- Workers, who tell most, are known at once.
        case when coalesce(current_setting('request.jwt.claims', true), '') = '' then 'worker' else private.actor() end,
        coalesce(occurred_at, clock_timestamp()),
        coalesce(nullif(current_setting('wasl.causes', true), '')::uuid[], '{}'))
    returning e.* into event;
    if private.is_event_wanted(event) then
        insert into private.jobs (id, kind, organization_id, payload, priority, max_attempts, trace_id)
        values (event.id, 'event.route', event.organization_id, jsonb_build_object('created_at', event.created_at), 2, 20,
            event.trace_id);
    end if;
    return event.id;
end
$$;
grant execute on function private.emit_event(uuid, text, text, uuid, jsonb, public.environment, timestamptz) to wasl_worker;
