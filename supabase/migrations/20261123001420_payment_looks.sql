-- Looking after payments that are not settled: workers look at them now and then, the sooner the less their gateway can be
-- relied on to tell, and complete those whose payers have agreed.

create table private.payment_looks (
    payment_id uuid primary key references public.payments (id) on delete cascade,
    looks integer not null default 0,
    due_at timestamptz not null
);
comment on table private.payment_looks is 'When each unsettled payment is to be looked at next. Rows leave when it is settled.';
create index payment_looks_due on private.payment_looks (due_at);
alter table private.payment_looks enable row level security;
grant select, update, delete on private.payment_looks to wasl_worker;

create function private.is_unsettled(payment public.payments) returns boolean
language sql stable set search_path = ''
as $$
    select payment.provider_payment_id is not null and (
        payment.status in ('created', 'requires_action', 'processing', 'authorized', 'partially_captured')
        or exists (select from public.payment_refunds r
                   where r.organization_id = payment.organization_id and r.payment_id = payment.id
                     and r.status = 'pending' and r.provider_refund_id is not null))
$$;

-- For news: each change begins the schedule anew, since what changed once may change again soon.
create function private.plan_look(payment_id uuid) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    payment public.payments;
    minutes integer;
begin
    select * into payment from public.payments p where p.id = plan_look.payment_id;
    if not private.is_unsettled(payment) then
        delete from private.payment_looks l where l.payment_id = payment.id;
        return;
    end if;
    select p.poll_minutes[1] into minutes
    from public.integration_connections c join public.integration_providers p on p.key = c.provider_key
    where c.id = payment.connection_id;
    if minutes is not null then
        insert into private.payment_looks as l (payment_id, due_at)
        values (payment.id, clock_timestamp() + make_interval(mins => minutes))
        on conflict on constraint payment_looks_pkey do update set looks = 0, due_at = excluded.due_at;
    end if;
end
$$;

-- The payer has agreed, and the gateway moves the money only when it is told to. While the client is having the payment
-- cancelled, nothing is taken; should that fail, or a completion be answered as if nothing had happened, the next look leads
-- here again. `source_id` is the operation or webhook that told it.
create function private.complete_when_agreed(payment_id uuid, source_id uuid) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    payment public.payments;
    operation public.operations;
begin
    select * into payment from public.payments p where p.id = complete_when_agreed.payment_id;
    if payment.next_action ->> 'type' is distinct from 'complete'
       and not (payment.status = 'authorized' and payment.capture_method = 'automatic' and exists (
           select from public.integration_connections c join public.integration_providers p on p.key = c.provider_key
           where c.id = payment.connection_id and 'completes_payments' = any (p.capabilities)))
       or exists (select from public.operations o
                  where o.subject_id = payment.id
                    and (o.status = 'pending' and o.kind in ('payment.complete', 'payment.cancel')
                         or o.id = source_id and o.kind = 'payment.complete')) then
        return;
    end if;
    insert into public.operations as o (organization_id, connection_id, kind, subject_type, subject_id, input, created_by)
    values (payment.organization_id, payment.connection_id, 'payment.complete', 'payment', payment.id,
        jsonb_build_object('payment_id', payment.id), 'worker')
    returning o.* into operation;
    insert into private.jobs (id, kind, organization_id) values (operation.id, operation.kind, operation.organization_id);
end
$$;
