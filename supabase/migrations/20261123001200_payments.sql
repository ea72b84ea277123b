-- Payments and refunds: what clients see, the state machine that late and repeated news cannot move backwards,
-- and the append-only ledger behind it.

create type public.payment_status as enum (
    'pending', 'created', 'requires_action', 'processing', 'authorized', 'partially_captured', 'captured',
    'partially_refunded', 'refunded', 'cancelled', 'failed', 'expired', 'disputed');
comment on type public.payment_status is 'pending: not sent to a gateway yet. See docs/payments.md for the moves between them.';
create type public.refund_status as enum ('pending', 'succeeded', 'failed', 'cancelled');
comment on type public.refund_status is 'cancelled: it was never sent, or the provider called it off.';

create table public.payment_providers (
    connection_id uuid primary key,
    organization_id uuid not null,
    enabled boolean not null default true,
    priority smallint not null default 100 check (priority between 0 and 1000),
    weight smallint not null default 1 check (weight between 0 and 1000),
    currencies text[] not null default '{}',
    countries text[] not null default '{}',
    methods text[] not null default '{}',
    minimum_amount public.money_amount,
    maximum_amount public.money_amount,
    fee_percent numeric(6, 4) check (fee_percent between 0 and 100),
    fee_fixed public.money_amount,
    fee_currency text,
    settlement_currency text,
    updated_at timestamptz not null default now(),
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade,
    check (minimum_amount <= maximum_amount)
);
comment on table public.payment_providers is 'Which payments go through a connection, and in which order connections are considered.';
comment on column public.payment_providers.priority is 'Lower is considered first; among equals the weight decides.';
comment on column public.payment_providers.weight is 'Shares payments out among connections of the same priority.';
comment on column public.payment_providers.currencies is 'Empty: whatever the provider takes. Likewise countries and methods.';
comment on column public.payment_providers.minimum_amount is 'Payments below it go elsewhere; above maximum_amount too.';
comment on column public.payment_providers.fee_percent is 'What the provider charges, for choosing the cheapest: fee_percent of the amount and fee_fixed in fee_currency.';
comment on column public.payment_providers.settlement_currency is 'What the provider pays out in; ISO 4217.';
create trigger payment_providers_audit after insert or update or delete on public.payment_providers
for each row when (current_user in ('authenticated', 'service_role'))
execute function private.audit_direct_change('payment_provider', 'connection_id');
create index payment_providers_by_organization on public.payment_providers (organization_id, connection_id);
create trigger payment_providers_touch before update on public.payment_providers
for each row execute function private.touch_updated_at();

create table public.payments (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null references public.organizations (id) on delete cascade,
    environment public.environment not null,
    connection_id uuid,
    reference text not null check (char_length(reference) between 1 and 200),
    amount public.money_amount not null,
    currency text not null references private.currencies (code),
    status public.payment_status not null default 'pending',
    capture_method text not null default 'automatic' check (capture_method in ('automatic', 'manual')),
    amount_authorized public.money_amount not null default 0,
    amount_captured public.money_amount not null default 0,
    amount_refunded public.money_amount not null default 0,
    description text check (char_length(description) <= 500),
    metadata jsonb not null default '{}'::jsonb,
    method text,
    country text,
    locale text,
    items jsonb not null default '[]'::jsonb,
    save_payment_method boolean not null default false,
    payment_method_id uuid,
    payment_link_id uuid,
    return_url text,
    cancel_url text,
    checkout_url text,
    next_action jsonb,
    failure jsonb,
    provider_payment_id text,
    provider_session_id text,
    provider_status text,
    provider_data jsonb not null default '{}'::jsonb,
    fee public.money_amount,
    status_told_at timestamptz,
    created_by text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (organization_id, id),
    foreign key (organization_id, connection_id) references public.integration_connections (organization_id, id),
    check (amount_refunded <= amount_captured)
);
comment on table public.payments is 'One payment each, through whichever gateway took it.';
comment on column public.payments.environment is 'That of the connections that may take it.';
comment on column public.payments.amount_authorized is 'Reserved so far; it only grows.';
comment on column public.payments.amount_captured is 'Taken so far; it only grows.';
comment on column public.payments.amount_refunded is 'The sum of the refunds that succeeded.';
comment on column public.payments.metadata is 'The client''s own facts; strings by name.';
comment on column public.payments.method is 'What the payer is to pay with, such as card or knet; null leaves it to the payer.';
comment on column public.payments.country is 'Where the payer is: ISO 3166-1 alpha-2.';
comment on column public.payments.locale is 'The language of the gateway''s page: en or ar.';
comment on column public.payments.items is '[{name, quantity, unit_amount, reference, category, image_url, product_url}]: what is paid for.';
comment on column public.payments.save_payment_method is 'Whether the gateway is to keep the payment method for later payments.';
comment on column public.payments.payment_method_id is 'The saved payment method that it is made with.';
comment on column public.payments.payment_link_id is 'The link that the payer followed.';
comment on column public.payments.fee is 'What the gateway charges for it, in the payment''s currency, where it tells.';
comment on column public.payments.return_url is 'Where the payer comes back to; cancel_url after giving up.';
comment on column public.payments.checkout_url is 'The gateway''s page that the payer is to be sent to.';
comment on column public.payments.provider_payment_id is 'The gateway''s own id; may begin as the session''s.';
comment on column public.payments.provider_session_id is 'The id of the gateway''s hosted page.';
comment on column public.payments.provider_status is 'The status in the gateway''s words.';
comment on column public.payments.provider_data is 'Further ids that later requests need.';
comment on column public.payments.status_told_at is
'By the gateway''s clock, the newest webhook that told the status: an older one cannot take the payment back.';
comment on column public.payments.created_by is 'user:<id>, api_key:<id> or service.';
comment on column public.payments.reference is 'The merchant''s own, such as an order number.';
comment on column public.payments.connection_id is 'The gateway that was chosen; null until a worker has chosen.';
comment on column public.payments.failure is '{code, reason, message}: the provider''s code, the unified reason, a sentence.';
comment on column public.payments.next_action is 'What the payer must do, for payments that are not on a hosted page.';
create index payments_by_organization on public.payments (organization_id, created_at desc);
create index payments_by_reference on public.payments (organization_id, reference);
create index payments_by_connection on public.payments (organization_id, connection_id, created_at desc);
create index payments_by_currency on public.payments (currency);
create unique index payments_by_provider_id on public.payments (connection_id, provider_payment_id)
where provider_payment_id is not null;
create unique index payments_by_session_id on public.payments (connection_id, provider_session_id)
where provider_session_id is not null;
create index payments_by_method on public.payments (organization_id, payment_method_id);
create index payments_by_link on public.payments (organization_id, payment_link_id, created_at desc);
create trigger payments_touch before update on public.payments
for each row execute function private.touch_updated_at();

create table public.payment_refunds (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null,
    payment_id uuid not null,
    amount public.money_amount not null check (amount > 0),
    currency text not null references private.currencies (code),
    status public.refund_status not null default 'pending',
    reason text check (char_length(reason) <= 200),
    provider_refund_id text,
    failure jsonb,
    made_elsewhere boolean not null default false,
    created_by text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (payment_id, provider_refund_id),
    foreign key (organization_id, payment_id) references public.payments (organization_id, id) on delete cascade
);
comment on table public.payment_refunds is 'Money given back. Pending ones count against what may still be refunded.';
comment on column public.payment_refunds.failure is '{code, message} in the provider''s words.';
comment on column public.payment_refunds.created_by is 'user:<id>, api_key:<id> or service; provider when made elsewhere.';
comment on column public.payment_refunds.made_elsewhere is 'Not asked for through the hub: seen in a webhook, as from the provider''s own dashboard.';
create index payment_refunds_by_payment on public.payment_refunds (organization_id, payment_id, created_at);
create index payment_refunds_by_currency on public.payment_refunds (currency);
create trigger payment_refunds_touch before update on public.payment_refunds
for each row execute function private.touch_updated_at();

create table public.payment_events (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null,
    payment_id uuid not null,
    refund_id uuid,
    recorded_at timestamptz not null default clock_timestamp(),
    occurred_at timestamptz not null,
    type text not null check (type ~ '^[a-z_]+\.[a-z_]+$'),
    from_status text,
    to_status text not null,
    amount public.money_amount,
    source text not null check (source in ('client', 'operation', 'webhook', 'sync')),
    source_id uuid,
    applied boolean not null default true,
    detail jsonb not null default '{}'::jsonb,
    foreign key (organization_id, payment_id) references public.payments (organization_id, id) on delete cascade
);
comment on table public.payment_events is 'Append-only: every movement of a payment, also news that came too late to be applied.';
comment on column public.payment_events.occurred_at is 'By the clock of whoever told it; recorded_at is ours.';
comment on column public.payment_events.type is 'payment.<status> or refund.<status> reached, or payment.requested and refund.requested.';
comment on column public.payment_events.amount is 'For payments what has been captured, for refunds their amount; what was asked for in requests.';
comment on column public.payment_events.source is 'Who told it; source_id is the operation or webhook event.';
comment on column public.payment_events.refund_id is
'The refund it is about; one that was seen first and turned out to be another is there only.';
comment on column public.payment_events.detail is
'What else became known: facts (amounts, the gateway''s ids), failure, the status in the gateway''s words.';
comment on column public.payment_events.applied is 'False: stale news, which changed no status.';
create function private.refuse_update() returns trigger
language plpgsql set search_path = ''
as $$
begin
    raise exception '% is append-only', tg_table_name;
end
$$;
create trigger payment_events_append_only before update on public.payment_events
for each row execute function private.refuse_update();
create index payment_events_by_payment on public.payment_events (organization_id, payment_id, id);
create index payment_events_by_refund on public.payment_events (refund_id);

create table private.payment_transitions (
    from_status public.payment_status not null,
    to_status public.payment_status not null,
    primary key (from_status, to_status)
);
comment on table private.payment_transitions is 'The moves a payment may make; all else is stale news.';
alter table private.payment_transitions enable row level security;
insert into private.payment_transitions (from_status, to_status)
select f::public.payment_status, t::public.payment_status
from (values
    ('pending', 'created requires_action processing authorized partially_captured captured cancelled failed expired disputed'),
    ('created', 'requires_action processing authorized partially_captured captured cancelled failed expired disputed'),
    ('requires_action', 'processing authorized partially_captured captured cancelled failed expired disputed'),
    -- Back only to an agreement of the payer's that waits for the hub, such as a lender's after a review.
    ('processing', 'requires_action authorized partially_captured captured cancelled failed expired disputed'),
    ('authorized', 'partially_captured captured cancelled failed expired disputed'),
    ('partially_captured', 'captured disputed'),
    ('captured', 'disputed'),
    ('partially_refunded', 'disputed'),
    ('refunded', 'disputed'),
    -- Only for news that the dispute is over: a gateway calls a disputed payment captured all along.
    ('disputed', 'captured'),
    -- A gateway may let the payer try again with another card, and money that was taken is a fact.
    ('failed', 'requires_action processing authorized partially_captured captured cancelled expired disputed'),
    ('cancelled', 'partially_captured captured disputed'),
    ('expired', 'partially_captured captured disputed')
) as moves (f, targets), unnest(string_to_array(targets, ' ')) as t;

alter table public.payment_providers enable row level security;
alter table public.payments enable row level security;
alter table public.payment_refunds enable row level security;
alter table public.payment_events enable row level security;
create policy "members read routing" on public.payment_providers for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'payments:read'))));
create policy "developers change routing" on public.payment_providers for update to authenticated
using (organization_id = any (array(select private.my_organizations('developer', 'payments:write'))))
with check (organization_id = any (array(select private.my_organizations('developer', 'payments:write'))));
create policy "members read payments" on public.payments for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'payments:read'))));
create policy "members read refunds" on public.payment_refunds for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'payments:read'))));
create policy "members read the ledger" on public.payment_events for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'payments:read'))));
grant select, update (enabled, priority, weight, currencies, countries, methods, minimum_amount, maximum_amount,
    fee_percent, fee_fixed, fee_currency, settlement_currency) on public.payment_providers to authenticated;
grant select on public.payments, public.payment_refunds, public.payment_events to authenticated, service_role;
grant select, insert, update, delete on public.payment_providers to service_role;
grant select on public.payment_providers, public.payments, public.payment_refunds, public.payment_events,
    private.payment_transitions to wasl_worker;

-- What a payment says of people lies in private.personal_values and is opened for whoever may read the payment. A client can call
-- these with a row of its own making: nothing of it is believed but the id.
create function public.customer(payment public.payments) returns jsonb
language sql volatile set search_path = ''
as $$ select coalesce(private.personal(p.id) -> 'customer', '{}') from public.payments p where p.id = payment.id $$;
comment on function public.customer(public.payments) is
'What the client told of the payer: name, email, phone and reference, all strings.';

create function public.billing_address(payment public.payments) returns jsonb
language sql volatile set search_path = ''
as $$ select private.personal(p.id) -> 'billing_address' from public.payments p where p.id = payment.id $$;
comment on function public.billing_address(public.payments) is
'{line1, line2, city, state, postal_code, country}; likewise shipping_address.';

create function public.shipping_address(payment public.payments) returns jsonb
language sql volatile set search_path = ''
as $$ select private.personal(p.id) -> 'shipping_address' from public.payments p where p.id = payment.id $$;
comment on function public.shipping_address(public.payments) is 'Where what is paid for goes, in the same form.';

grant execute on function
    public.customer(public.payments), public.billing_address(public.payments), public.shipping_address(public.payments)
to authenticated, service_role;
