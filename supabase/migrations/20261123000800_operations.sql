-- An operation is what a client asked for; a job is the work still to be done. Jobs are few and leave when done;
-- operations stay as the record that clients read.

create type public.operation_status as enum ('pending', 'succeeded', 'failed', 'cancelled', 'dead');
comment on type public.operation_status is
'failed: the provider refused, nothing more will be tried; dead: attempts ran out or the outcome could not be resolved.';

create table public.operations (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null references public.organizations (id) on delete cascade,
    connection_id uuid,
    kind text not null check (kind ~ '^[a-z_]+\.[a-z_]+$'),
    status public.operation_status not null default 'pending',
    subject_type text check (subject_type ~ '^[a-z_]+$'),
    subject_id uuid,
    input jsonb not null default '{}'::jsonb,
    result jsonb,
    error jsonb,
    why jsonb,
    attempts integer not null default 0,
    idempotency_key text check (char_length(idempotency_key) between 1 and 255),
    input_hash bytea,
    created_by text,
    trace_id text default private.trace_id(),
    created_at timestamptz not null default now(),
    finished_at timestamptz,
    unique (organization_id, idempotency_key),
    foreign key (organization_id, connection_id) references public.integration_connections (organization_id, id),
    check ((status = 'pending') = (finished_at is null))
) with (fillfactor = 70); -- every row is updated once: room for that on its page spares five index entries
comment on table public.operations is 'Everything clients asked workers to do, and how it went.';
comment on column public.operations.subject_type is 'What it is about, with subject_id: payment, payment_refund, connection …';
comment on column public.operations.attempts is 'How often a worker has tried.';
comment on column public.operations.result is 'What came of it, for kinds whose result is not in a row of its own.';
comment on column public.operations.input_hash is 'Keyed hash of all arguments: tells a repeat from another call with the same idempotency key.';
comment on column public.operations.idempotency_key is 'Chosen by the client; one operation for each within the organization.';
comment on column public.operations.trace_id is 'W3C trace of the request that asked for it; ties it to its calls, events and log lines.';
comment on column public.operations.kind is 'Such as payment.create or connection.test; names the handler.';
comment on column public.operations.input is
'The arguments, without any secret, and without what a payment, parcel or lead says of people: that is in its row.';
comment on column public.operations.error is '{code, message, field, provider, http_status, provider_code, request_id}.';
comment on column public.operations.why is 'How the connection was chosen.';
comment on column public.operations.created_by is 'user:<id>, api_key:<id>, service or worker.';
create index operations_by_organization on public.operations (organization_id, created_at desc);
create index operations_by_subject on public.operations (subject_id, created_at desc);
create index operations_by_connection on public.operations (organization_id, connection_id, created_at desc);

create table private.jobs (
    id uuid primary key,
    kind text not null,
    organization_id uuid not null,
    payload jsonb not null default '{}'::jsonb,
    priority smallint not null default 0,
    run_at timestamptz not null default clock_timestamp(),
    attempt integer not null default 0,
    max_attempts integer not null default 12 check (max_attempts > 0),
    claim_id uuid,
    lease_until timestamptz,
    cancel_requested boolean not null default false,
    outcome_unknown boolean not null default false,
    last_error jsonb,
    trace_id text default private.trace_id(),
    created_at timestamptz not null default clock_timestamp()
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);
comment on table private.jobs is
'The one queue. A job of an operation has the operation''s id. Claimed by lease, deleted when done; see docs/operations.md.';
comment on column private.jobs.claim_id is 'Which claim holds it; null while it waits.';
comment on column private.jobs.lease_until is 'When the claim lapses unless it is renewed.';
comment on column private.jobs.cancel_requested is 'A client asked for it while a worker held the job: the worker decides.';
comment on column private.jobs.trace_id is 'The trace of whoever put it here; what comes of it continues that.';
comment on column private.jobs.priority is 'Lower runs first.';
comment on column private.jobs.run_at is 'Not before; while a job is leased this stays, lease_until guards it.';
comment on column private.jobs.outcome_unknown is 'The last attempt was sent and not answered: ask the provider before sending again.';
create index jobs_ready on private.jobs (priority, run_at, id) where claim_id is null;
create index jobs_leased on private.jobs (lease_until) where claim_id is not null;
alter table private.jobs enable row level security;

create table private.dead_jobs (
    id uuid primary key,
    kind text not null,
    organization_id uuid not null,
    payload jsonb not null,
    attempt integer not null,
    last_error jsonb,
    created_at timestamptz not null,
    died_at timestamptz not null default clock_timestamp()
);
comment on table private.dead_jobs is 'Dead letters: work that was given up, kept until somebody revives or dismisses it.';
create index dead_jobs_by_organization on private.dead_jobs (organization_id, died_at desc);
alter table private.dead_jobs enable row level security;

-- A hint for sleeping workers; polling is the truth. Once per statement: a NOTIFY per row would serialize commits.
create function private.notify_jobs() returns trigger
language plpgsql set search_path = ''
as $$
begin
    perform pg_notify('wasl_jobs', '');
    return null;
end
$$;
create trigger jobs_notify after insert on private.jobs
for each statement execute function private.notify_jobs();

grant select, insert, update, delete on private.jobs, private.dead_jobs to wasl_worker;
grant select, insert, update on public.operations to wasl_worker;

alter table public.operations enable row level security;
create policy "members read operations" on public.operations for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'operations:read'))));
grant select on public.operations to authenticated, service_role;

create function private.actor() returns text
language plpgsql stable set search_path = ''
as $$
begin
    return case
        when private.current_api_key_id() is not null then 'api_key:' || private.current_api_key_id()
        when auth.uid() is not null then 'user:' || auth.uid()
        when private.is_service() then 'service'
        else 'worker'
    end;
end
$$;

-- Tells a repeat from another call, and nothing else: keyed, so that nobody who has a copy can try what was said of people.
create function private.input_hash(organization_id uuid, input jsonb) returns bytea
language plpgsql security definer set search_path = ''
as $$
begin
    return extensions.hmac(convert_to(input::text, 'UTF8'), private.blind_key(organization_id), 'sha256');
end
$$;

-- Finds what an idempotency key already stands for. The same key with other arguments is a mistake of the caller.
create function private.find_repeated_operation(
    organization_id uuid, kind text, idempotency_key text, input jsonb
) returns public.operations
language plpgsql security definer set search_path = ''
as $$
declare
    earlier public.operations;
begin
    if idempotency_key is null then
        return null;
    end if;
    if char_length(idempotency_key) not between 1 and 255 then
        perform private.refuse(400, 'invalid_idempotency_key', 'An idempotency key has 1 to 255 characters.', 'idempotency_key');
    end if;
    perform private.refuse_card_number(idempotency_key, 'idempotency_key');
    -- Two calls with one key at the same moment: the second waits here and then finds the first.
    perform pg_advisory_xact_lock(hashtextextended(organization_id::text || idempotency_key, 1));
    select * into earlier from public.operations o
    where o.organization_id = find_repeated_operation.organization_id
      and o.idempotency_key = find_repeated_operation.idempotency_key;
    if earlier.id is not null
       and (earlier.kind, earlier.input_hash) is distinct from (kind, private.input_hash(organization_id, input)) then
        perform private.refuse(409, 'idempotency_key_reused',
            'That idempotency key was used with other arguments.', 'idempotency_key');
    end if;
    return earlier;
end
$$;

-- From here on the transaction continues the trace in which something was asked for, if it was.
create function private.follow_trace(subject_id uuid) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    trace constant text := (select o.trace_id from public.operations o
        where o.subject_id = follow_trace.subject_id order by o.created_at limit 1);
begin
    if trace is not null then
        perform set_config('wasl.trace_id', trace, true);
    end if;
end
$$;
grant execute on function private.follow_trace(uuid) to wasl_worker;

-- Records an operation and the job that will carry it out, in the caller's transaction; at `run_at`, or at once. By `input` a
-- repeat is known; where that tells of people, `kept_input` is what the operation keeps in its place.
create function private.enqueue_operation(
    organization_id uuid, kind text, subject_type text, subject_id uuid, input jsonb,
    connection_id uuid default null, idempotency_key text default null, priority smallint default 0,
    run_at timestamptz default null, kept_input jsonb default null
) returns public.operations
language plpgsql security definer set search_path = ''
as $$
declare
    operation public.operations;
begin
    insert into public.operations as o
        (organization_id, connection_id, kind, subject_type, subject_id, input, idempotency_key, input_hash, created_by)
    values (organization_id, connection_id, kind, subject_type, subject_id, coalesce(kept_input, input), idempotency_key,
            case when idempotency_key is not null then private.input_hash(organization_id, input) end, private.actor())
    returning o.* into operation;
    insert into private.jobs (id, kind, organization_id, priority, run_at)
    values (operation.id, kind, organization_id, priority, coalesce(run_at, clock_timestamp()));
    return operation;
end
$$;

create function private.own_operation(operation_id uuid, scope text) returns public.operations
language plpgsql security definer set search_path = ''
as $$
declare
    operation public.operations;
begin
    -- The job first and then the operation, as workers lock them.
    perform from private.jobs j where j.id = operation_id for update;
    select * into operation from public.operations o where o.id = operation_id for no key update;
    if operation.id is null or not private.may(operation.organization_id, 'developer', scope,
        private.operation_environment(operation)) then
        perform private.refuse(404, 'operation_not_found', 'There is no such operation of yours.', 'operation_id');
    end if;
    return operation;
end
$$;

-- Nothing of this operation has been sent or will be: what it was about does not happen.
create function private.abandon_subject(operation public.operations) returns void
language plpgsql security definer set search_path = ''
as $$
begin
    case operation.kind
        when 'payment.create', 'payment.refund' then perform private.abandon_payment(operation);
        when 'shipment.create', 'shipment.quote', 'pickup.create' then perform private.abandon_shipment(operation);
        when 'post.publish', 'comment.create' then perform private.abandon_post(operation);
        else null;
    end case;
end
$$;

-- For an operation whose job and row the caller has locked, in this order, and that is pending.
create function private.call_off_operation(operation public.operations) returns public.operations
language plpgsql security definer set search_path = ''
as $$
begin
    -- Nothing has been sent: it simply does not happen. Otherwise the worker that holds it is asked, and decides.
    delete from private.jobs j
    where j.id = operation.id and j.claim_id is null and not j.outcome_unknown;
    if found then
        update public.operations o set status = 'cancelled', finished_at = now() where o.id = operation.id
        returning o.* into operation;
        perform private.abandon_subject(operation);
    else
        update private.jobs j set cancel_requested = true where j.id = operation.id;
    end if;
    perform private.audit(operation.organization_id, 'operation.cancel_requested', 'operation', operation.id::text);
    return operation;
end
$$;

create function private.cancel_operation(operation_id uuid) returns public.operations
language plpgsql security definer set search_path = ''
as $$
declare
    operation public.operations := private.own_operation(operation_id, 'operations:write');
begin
    if operation.status <> 'pending' then
        return operation;
    end if;
    return private.call_off_operation(operation);
end
$$;

create function public.cancel_operation(operation_id uuid) returns public.operations
language sql set search_path = ''
as $$ select private.cancel_operation(operation_id) $$;
comment on function public.cancel_operation is
'Cancels an operation that has not been sent; one that is under way is cancelled if it still can be.';

create function private.retry_operation(operation_id uuid) returns public.operations
language plpgsql security definer set search_path = ''
as $$
declare
    operation public.operations := private.own_operation(operation_id, 'operations:write');
begin
    if operation.status <> 'dead' then
        perform private.refuse(409, 'operation_not_dead', 'Only an operation that was given up can be retried.', 'operation_id');
    end if;
    -- Given up with an unknown outcome, it is asked about first, not sent again.
    insert into private.jobs (id, kind, organization_id, payload, outcome_unknown, trace_id)
    select d.id, d.kind, d.organization_id, d.payload,
           coalesce(d.last_error ->> 'code' = 'outcome_unknown', false), operation.trace_id
    from private.dead_jobs d where d.id = operation_id;
    if not found then
        perform private.refuse(409, 'operation_not_dead', 'The operation was given up for good.', 'operation_id');
    end if;
    delete from private.dead_jobs d where d.id = operation_id;
    update public.operations o set status = 'pending', finished_at = null, error = null where o.id = operation_id
    returning o.* into operation;
    perform private.audit(operation.organization_id, 'operation.retried', 'operation', operation_id::text);
    return operation;
end
$$;

create function public.retry_operation(operation_id uuid) returns public.operations
language sql set search_path = ''
as $$ select private.retry_operation(operation_id) $$;
comment on function public.retry_operation is 'Takes up again an operation that workers had given up.';

create function private.test_connection(connection_id uuid) returns public.operations
language plpgsql security definer set search_path = ''
as $$
declare
    connection public.integration_connections := private.own_connection(connection_id, 'developer', 'connections:write');
begin
    if connection.status = 'disconnected' then
        perform private.refuse(409, 'connection_disconnected', 'This connection has been disconnected.', 'connection_id');
    end if;
    return private.enqueue_operation(connection.organization_id, 'connection.test', 'connection', connection.id,
        '{}'::jsonb, connection.id);
end
$$;

create function public.test_connection(connection_id uuid) returns public.operations
language sql set search_path = ''
as $$ select private.test_connection(connection_id) $$;
comment on function public.test_connection is 'Asks a worker to check the connection''s credentials now; answers with the operation to watch.';

grant execute on function
    private.cancel_operation(uuid), public.cancel_operation(uuid),
    private.retry_operation(uuid), public.retry_operation(uuid),
    private.test_connection(uuid), public.test_connection(uuid)
to authenticated, service_role;
