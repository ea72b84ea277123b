-- Comparing our payments with the gateways' own: what agrees after that is healed, what does not is for people to act on.

create type public.reconciliation_status as enum ('running', 'finished', 'failed');
create type public.payment_difference_status as enum ('open', 'healed', 'dismissed');
comment on type public.payment_difference_status is
'healed: a later comparison found no difference any more; dismissed: a person has dealt with it.';

create table public.payment_reconciliations (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null,
    connection_id uuid not null,
    operation_id uuid,
    since timestamptz not null,
    until timestamptz not null,
    status public.reconciliation_status not null default 'running',
    compared integer not null default 0,
    healed integer not null default 0,
    differences integer not null default 0,
    strangers integer not null default 0,
    error jsonb,
    started_at timestamptz not null default now(),
    finished_at timestamptz,
    unique (organization_id, id),
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade,
    check (since < until)
);
comment on table public.payment_reconciliations is 'One comparison each of a connection''s payments with the gateway''s.';
comment on column public.payment_reconciliations.since is 'Payments that were made from then on, until the other moment.';
comment on column public.payment_reconciliations.until is 'The end of the span, exclusive.';
comment on column public.payment_reconciliations.compared is 'How many payments of ours were compared.';
comment on column public.payment_reconciliations.error is '{code, message, …}: why it could not be made.';
comment on column public.payment_reconciliations.started_at is 'When it was asked for.';
comment on column public.payment_reconciliations.healed is 'Payments that had fallen behind and were brought up to date by it.';
comment on column public.payment_reconciliations.differences is 'What was left that does not agree.';
comment on column public.payment_reconciliations.strangers is 'The gateway''s payments that were not made through the hub.';
create index payment_reconciliations_by_organization on public.payment_reconciliations (organization_id, started_at desc);
create index payment_reconciliations_by_connection on public.payment_reconciliations (organization_id, connection_id, started_at desc);
create index payment_reconciliations_by_operation on public.payment_reconciliations (operation_id);
create unique index payment_reconciliations_one_running on public.payment_reconciliations (connection_id)
where status = 'running';

create table private.reconciliation_progress (
    reconciliation_id uuid primary key references public.payment_reconciliations (id) on delete cascade,
    cursor text,
    listed boolean not null default false,
    after_payment_id uuid
);
comment on table private.reconciliation_progress is
'How far a comparison has come: the gateway''s next page, then our payments that it did not list.';
alter table private.reconciliation_progress enable row level security;

create table private.listed_payments (
    reconciliation_id uuid not null references public.payment_reconciliations (id) on delete cascade,
    provider_payment_id text not null,
    payment_id uuid not null,
    provider_status text not null,
    agrees boolean not null,
    primary key (reconciliation_id, provider_payment_id)
);
comment on table private.listed_payments is
'What the gateway''s list has of our payments; those that do not agree are asked about. Gone when the comparison ends.';
create index listed_payments_by_payment on private.listed_payments (reconciliation_id, payment_id);
alter table private.listed_payments enable row level security;

create table public.payment_differences (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null,
    connection_id uuid not null,
    reconciliation_id uuid not null,
    payment_id uuid,
    provider_payment_id text not null,
    kind text not null check (kind in ('missing_here', 'missing_there', 'status', 'amount', 'captured', 'refunded')),
    ours text,
    theirs text,
    status public.payment_difference_status not null default 'open',
    note text check (char_length(note) <= 500),
    resolved_by text,
    resolved_at timestamptz,
    created_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    foreign key (organization_id, reconciliation_id)
        references public.payment_reconciliations (organization_id, id) on delete cascade
);
comment on table public.payment_differences is 'Where a payment of ours and the gateway''s do not agree.';
comment on column public.payment_differences.kind is
'missing_here: the gateway says that it is ours, and we have no such payment, or (with payment_id) another one for it; missing_there: the gateway does not know it.';
comment on column public.payment_differences.reconciliation_id is 'The comparison that saw it last.';
comment on column public.payment_differences.provider_payment_id is 'What the gateway calls the payment.';
comment on column public.payment_differences.theirs is 'What the gateway has.';
comment on column public.payment_differences.note is 'What the person who dismissed it wrote.';
comment on column public.payment_differences.ours is 'What we have: a status or an amount; likewise theirs.';
comment on column public.payment_differences.resolved_by is 'user:<id>, api_key:<id>, service, or worker when it healed.';
-- What the gateway calls a payment changes when its page becomes a payment: ours is known by our id.
create unique index payment_differences_one_open on public.payment_differences (
    connection_id, kind,
    (case when kind = 'missing_here' or payment_id is null then provider_payment_id else payment_id::text end)
) where status = 'open';
create index payment_differences_by_organization on public.payment_differences (organization_id, created_at desc);
create index payment_differences_by_reconciliation on public.payment_differences (organization_id, reconciliation_id);
create index payment_differences_by_connection on public.payment_differences (organization_id, connection_id, status);
create index payment_differences_by_payment on public.payment_differences (organization_id, payment_id);

alter table public.payment_reconciliations enable row level security;
alter table public.payment_differences enable row level security;
create policy "members read reconciliations" on public.payment_reconciliations for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'payments:read'))));
create policy "members read differences" on public.payment_differences for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'payments:read'))));
grant select on public.payment_reconciliations, public.payment_differences to authenticated, service_role;
grant select, insert, update on public.payment_reconciliations, public.payment_differences to wasl_worker;
grant select, insert, update, delete on private.reconciliation_progress, private.listed_payments to wasl_worker;

-- Nothing comes back while another is running.
create function private.begin_reconciliation(
    connection public.integration_connections, since timestamptz, until timestamptz, input jsonb, idempotency_key text
) returns public.operations
language plpgsql security definer set search_path = ''
as $$
declare
    reconciliation uuid;
    operation public.operations;
begin
    insert into public.payment_reconciliations (organization_id, connection_id, since, until)
    values (connection.organization_id, connection.id, since, until)
    on conflict (connection_id) where status = 'running' do nothing
    returning id into reconciliation;
    if reconciliation is null then
        return null;
    end if;
    insert into private.reconciliation_progress (reconciliation_id) values (reconciliation);
    operation := private.enqueue_operation(connection.organization_id, 'payment.reconcile', 'payment_reconciliation',
        reconciliation, input, connection.id, idempotency_key, 10::smallint);
    update public.payment_reconciliations r set operation_id = operation.id where r.id = reconciliation;
    return operation;
end
$$;

-- A comparison whose operation is cancelled or given up does not go on.
create function private.end_reconciliation() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    update public.payment_reconciliations r
    set status = 'failed', finished_at = now(),
        error = coalesce(new.error, jsonb_build_object('code', new.status, 'message', format('It was %s.', new.status)))
    where r.id = new.subject_id and r.status = 'running';
    delete from private.reconciliation_progress p where p.reconciliation_id = new.subject_id;
    delete from private.listed_payments l where l.reconciliation_id = new.subject_id;
    return null;
end
$$;
create trigger operations_end_reconciliation after update of status on public.operations
for each row when (new.kind = 'payment.reconcile' and new.status in ('cancelled', 'dead'))
execute function private.end_reconciliation();

create function private.reconcile_payments(
    connection_id uuid, since timestamptz, until timestamptz, idempotency_key text
) returns public.operations
language plpgsql security definer set search_path = ''
as $$
declare
    connection public.integration_connections := private.own_connection(connection_id, 'developer', 'payments:write');
    input constant jsonb := private.without_nulls(
        jsonb_build_object('connection_id', connection_id, 'since', since, 'until', until));
    operation public.operations := private.find_repeated_operation(
        connection.organization_id, 'payment.reconcile', idempotency_key, input);
begin
    if operation.id is not null then
        return operation;
    end if;
    until := least(coalesce(until, now()), now());
    since := coalesce(since, until - interval '1 day');
    if since >= until then
        perform private.refuse(400, 'invalid_since', 'The span must begin before it ends, and in the past.', 'since');
    elsif until - since > interval '366 days' then
        perform private.refuse(400, 'invalid_since', 'The span has at most a year.', 'since');
    elsif not exists (select from public.payment_providers r where r.connection_id = connection.id) then
        perform private.refuse(409, 'not_a_payment_connection', 'That connection takes no payments.', 'connection_id');
    elsif connection.status not in ('active', 'needs_attention') then
        perform private.refuse(409, 'connection_not_active', format('That connection is %s.', connection.status), 'connection_id');
    end if;
    operation := private.begin_reconciliation(connection, since, until, input, idempotency_key);
    if operation.id is null then
        perform private.refuse(409, 'operation_in_progress', 'Its payments are being compared already.', 'connection_id');
    end if;
    return operation;
end
$$;

create function public.reconcile_payments(
    connection_id uuid, since timestamptz default null, until timestamptz default null, idempotency_key text default null
) returns public.operations
language sql set search_path = ''
as $$ select private.reconcile_payments(connection_id, since, until, idempotency_key) $$;
comment on function public.reconcile_payments is
'Compares our payments of a span of time (by default the last day) with the gateway''s; answers with the operation to watch.';

-- By the clock, for the leading worker: each connection that takes payments once a day, with two days' overlap for what
-- changes late. A shorter one that somebody asked for does not stand in for it. Says how many were begun.
create function private.begin_due_reconciliations() returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    connection public.integration_connections;
    since constant timestamptz := now() - interval '3 days';
    until constant timestamptz := now() - interval '10 minutes';
    begun integer := 0;
begin
    for connection in
        select c.* from public.integration_connections c
        join public.payment_providers r on r.connection_id = c.id
        where c.status = 'active'
          and (exists (select from public.payments p where p.organization_id = c.organization_id and p.connection_id = c.id
                         and p.created_at between since and until)
               or exists (select from public.payment_differences d where d.organization_id = c.organization_id
                            and d.connection_id = c.id and d.status = 'open'))
          and not exists (select from public.payment_reconciliations d
                          where d.organization_id = c.organization_id and d.connection_id = c.id
                            and d.started_at > now() - interval '1 day' and d.until - d.since > interval '2 days')
        limit 500
    loop
        if (private.begin_reconciliation(connection, since, until, jsonb_build_object(
                'connection_id', connection.id, 'since', since, 'until', until), null)).id is not null then
            begun := begun + 1;
        end if;
    end loop;
    return begun;
end
$$;
grant execute on function private.begin_due_reconciliations() to wasl_worker;

-- The alert is over when no difference of the connection is left, whichever comparison saw it.
create function private.settle_difference_alert(organization_id uuid, connection_id uuid) returns void
language plpgsql security definer set search_path = ''
as $$
begin
    if not exists (select from public.payment_differences d
                   where d.organization_id = settle_difference_alert.organization_id
                     and d.connection_id = settle_difference_alert.connection_id and d.status = 'open') then
        perform private.end_alert(organization_id, 'payment.reconciliation:' || connection_id);
    end if;
end
$$;
grant execute on function private.settle_difference_alert(uuid, uuid) to wasl_worker;

create function private.dismiss_payment_difference(difference_id uuid, note text) returns public.payment_differences
language plpgsql security definer set search_path = ''
as $$
declare
    difference public.payment_differences;
begin
    select * into difference from public.payment_differences d where d.id = difference_id for no key update;
    if difference.id is null or not private.may(difference.organization_id, 'developer', 'payments:write',
        private.environment_of('connection', difference.connection_id)) then
        perform private.refuse(404, 'difference_not_found', 'There is no such difference of yours.', 'difference_id');
    elsif char_length(note) > 500 then
        perform private.refuse(400, 'invalid_note', 'The note has at most 500 characters.', 'note');
    end if;
    perform private.refuse_card_number(note, 'note');
    if difference.status <> 'open' then
        return difference;
    end if;
    update public.payment_differences d
    set status = 'dismissed', note = dismiss_payment_difference.note, resolved_by = private.actor(), resolved_at = now()
    where d.id = difference_id
    returning d.* into difference;
    perform private.settle_difference_alert(difference.organization_id, difference.connection_id);
    perform private.audit(difference.organization_id, 'payment_difference.dismissed', 'payment_difference', difference_id::text,
        jsonb_strip_nulls(jsonb_build_object('payment_id', difference.payment_id, 'kind', difference.kind, 'note', note)));
    return difference;
end
$$;

create function public.dismiss_payment_difference(difference_id uuid, note text default null)
returns public.payment_differences
language sql set search_path = ''
as $$ select private.dismiss_payment_difference(difference_id, note) $$;
comment on function public.dismiss_payment_difference is 'Says that a person has dealt with a difference.';

grant execute on function
    private.reconcile_payments(uuid, timestamptz, timestamptz, text),
    public.reconcile_payments(uuid, timestamptz, timestamptz, text),
    private.dismiss_payment_difference(uuid, text), public.dismiss_payment_difference(uuid, text)
to authenticated, service_role;
