-- What gateways tell beside payments and refunds: disputes, which move a payment, and payouts, which move none.

create type public.dispute_status as enum ('open', 'won', 'lost', 'closed');
comment on type public.dispute_status is 'closed: it ended without a winner, as an inquiry that went away.';
create type public.payout_status as enum ('pending', 'in_transit', 'paid', 'failed', 'cancelled');

create table public.payment_disputes (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null,
    payment_id uuid not null,
    connection_id uuid not null,
    provider_dispute_id text not null,
    status public.dispute_status not null default 'open',
    provider_status text not null,
    reason text,
    amount public.money_amount not null,
    currency text not null references private.currencies (code),
    evidence_due_by timestamptz,
    told_at timestamptz not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (connection_id, provider_dispute_id),
    foreign key (organization_id, payment_id) references public.payments (organization_id, id) on delete cascade
);
comment on table public.payment_disputes is 'Payers'' banks that ask for money back (chargebacks).';
comment on column public.payment_disputes.provider_dispute_id is 'The gateway''s own id.';
comment on column public.payment_disputes.provider_status is 'The status in the gateway''s words; likewise reason.';
comment on column public.payment_disputes.evidence_due_by is 'Until when it can be answered, at the gateway.';
comment on column public.payment_disputes.told_at is 'When it became so, by the gateway''s clock.';
create index payment_disputes_by_organization on public.payment_disputes (organization_id, created_at desc);
create index payment_disputes_by_payment on public.payment_disputes (organization_id, payment_id);
create index payment_disputes_by_currency on public.payment_disputes (currency);
create trigger payment_disputes_touch before update on public.payment_disputes
for each row execute function private.touch_updated_at();

create table public.payouts (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null,
    connection_id uuid not null,
    provider_payout_id text not null,
    status public.payout_status not null,
    provider_status text not null,
    amount public.money_amount not null,
    currency text not null references private.currencies (code),
    arrives_on date,
    failure_reason text,
    told_at timestamptz not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (connection_id, provider_payout_id),
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade
);
comment on table public.payouts is 'Money on its way from a gateway to the merchant''s bank account.';
comment on column public.payouts.provider_payout_id is 'The gateway''s own id.';
comment on column public.payouts.failure_reason is 'Why it failed, in the gateway''s words.';
comment on column public.payouts.provider_status is 'The status in the gateway''s words; likewise failure_reason.';
comment on column public.payouts.arrives_on is 'When the gateway expects it in the account.';
comment on column public.payouts.told_at is 'When it became so, by the gateway''s clock.';
create index payouts_by_organization on public.payouts (organization_id, created_at desc);
create index payouts_by_connection on public.payouts (organization_id, connection_id);
create index payouts_by_currency on public.payouts (currency);
create trigger payouts_touch before update on public.payouts
for each row execute function private.touch_updated_at();

alter table public.payment_disputes enable row level security;
alter table public.payouts enable row level security;
create policy "members read disputes" on public.payment_disputes for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'payments:read'))));
create policy "members read payouts" on public.payouts for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'payments:read'))));
grant select on public.payment_disputes, public.payouts to authenticated, service_role, wasl_worker;

-- Says whether it was news. A dispute that has ended stays so, whatever is told of it while it was open, before or after;
-- and older news than what is known changes nothing but that.
-- `news` holds: provider_dispute_id, status, provider_status, reason, amount, currency, evidence_due_by, occurred_at.
create function private.apply_dispute_news(payment_id uuid, connection_id uuid, news jsonb, source_id uuid) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
    payment public.payments;
    before public.payment_disputes;
    dispute public.payment_disputes;
    told constant public.dispute_status := news ->> 'status';
begin
    select * into payment from public.payments p where p.id = payment_id for no key update;
    select * into before from public.payment_disputes d
    where d.connection_id = apply_dispute_news.connection_id and d.provider_dispute_id = news ->> 'provider_dispute_id';
    insert into public.payment_disputes as d (organization_id, payment_id, connection_id, provider_dispute_id, status,
        provider_status, reason, amount, currency, evidence_due_by, told_at)
    values (payment.organization_id, payment.id, connection_id, news ->> 'provider_dispute_id', told, news ->> 'provider_status',
        news ->> 'reason', private.at_scale((news ->> 'amount')::numeric, news ->> 'currency'), news ->> 'currency',
        (news ->> 'evidence_due_by')::timestamptz, (news ->> 'occurred_at')::timestamptz)
    on conflict on constraint payment_disputes_connection_id_provider_dispute_id_key do update
    set status = excluded.status, provider_status = excluded.provider_status, reason = coalesce(excluded.reason, d.reason),
        amount = excluded.amount, evidence_due_by = coalesce(excluded.evidence_due_by, d.evidence_due_by),
        told_at = greatest(excluded.told_at, d.told_at)
    where (d.status = 'open' or excluded.status <> 'open')
      and (excluded.told_at >= d.told_at or d.status = 'open' and excluded.status <> 'open')
    returning d.* into dispute;
    if dispute.id is null then
        return false;
    end if;
    if dispute.status is distinct from before.status then
        perform private.put_payment_event(payment, null, dispute.told_at, 'dispute.' || dispute.status, before.status::text,
            dispute.status::text, dispute.amount, 'webhook', source_id, true,
            jsonb_build_object('dispute_id', dispute.id, 'reason', dispute.reason));
        perform private.tell_of_dispute(payment, dispute);
    end if;
    return true;
end
$$;

create function private.tell_of_dispute(payment public.payments, dispute public.payment_disputes) returns void
language plpgsql security definer set search_path = ''
as $$
begin
    if dispute.status <> 'open' then
        perform private.end_alert(payment.organization_id, 'payment.disputed:' || dispute.id);
        return;
    end if;
    perform private.raise_alert(payment.organization_id, dispute.connection_id, 'payment.disputed',
        'payment.disputed:' || dispute.id, 'critical',
        format('Payment %s is disputed: %s %s', payment.reference, dispute.amount::numeric, dispute.currency),
        jsonb_build_object('payment_id', payment.id, 'dispute_id', dispute.id, 'reason', dispute.reason,
            'evidence_due_by', dispute.evidence_due_by));
end
$$;

-- `news` holds: provider_payout_id, status, provider_status, amount, currency, arrives_on, failure_reason, occurred_at.
create function private.apply_payout_news(connection_id uuid, news jsonb) returns void
language sql security definer set search_path = ''
as $$
    insert into public.payouts as p (organization_id, connection_id, provider_payout_id, status, provider_status, amount,
        currency, arrives_on, failure_reason, told_at)
    select c.organization_id, c.id, news ->> 'provider_payout_id', (news ->> 'status')::public.payout_status,
        news ->> 'provider_status', private.at_scale((news ->> 'amount')::numeric, news ->> 'currency'), news ->> 'currency',
        (news ->> 'arrives_on')::date, news ->> 'failure_reason', (news ->> 'occurred_at')::timestamptz
    from public.integration_connections c where c.id = apply_payout_news.connection_id
    on conflict on constraint payouts_connection_id_provider_payout_id_key do update
    set status = excluded.status, provider_status = excluded.provider_status, amount = excluded.amount,
        arrives_on = coalesce(excluded.arrives_on, p.arrives_on), failure_reason = excluded.failure_reason,
        told_at = excluded.told_at
    where excluded.told_at > p.told_at or excluded.told_at = p.told_at and excluded.status > p.status;
$$;

grant execute on function
    private.apply_dispute_news(uuid, uuid, jsonb, uuid),
    private.apply_payout_news(uuid, jsonb)
to wasl_worker;
