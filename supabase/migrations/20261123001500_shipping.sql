-- Parcels: how carriers are chosen, shipments, and what has happened to them on the way.

create type public.shipment_status as enum (
    'pending', 'quoted', 'created', 'picked_up', 'in_transit', 'out_for_delivery', 'delivered', 'exception',
    'returned', 'cancelled', 'failed');

create table public.shipping_providers (
    connection_id uuid primary key,
    organization_id uuid not null,
    enabled boolean not null default true,
    priority smallint not null default 100 check (priority between 0 and 1000),
    countries text[] not null default '{}',
    emirates text[] not null default '{}',
    services text[] not null default '{}',
    cash_on_delivery boolean not null default false,
    minimum_weight_kg numeric(8, 3) check (minimum_weight_kg between 0 and 99999),
    maximum_weight_kg numeric(8, 3) check (maximum_weight_kg between 0 and 99999),
    updated_at timestamptz not null default now(),
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade,
    check (minimum_weight_kg <= maximum_weight_kg)
);
comment on table public.shipping_providers is 'Which shipments a carrier''s connection takes, and in which order carriers are considered.';
comment on column public.shipping_providers.priority is 'Lower is considered first.';
comment on column public.shipping_providers.countries is 'Destinations it takes, ISO 3166-1 alpha-2; empty: all. Likewise emirates and services.';
comment on column public.shipping_providers.cash_on_delivery is 'Whether it collects money at the door.';
create index shipping_providers_by_organization on public.shipping_providers (organization_id, connection_id);
create trigger shipping_providers_touch before update on public.shipping_providers
for each row execute function private.touch_updated_at();

create trigger shipping_providers_audit after insert or update or delete on public.shipping_providers
for each row when (current_user in ('authenticated', 'service_role'))
execute function private.audit_direct_change('shipping_provider', 'connection_id');

create table public.shipments (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null references public.organizations (id) on delete cascade,
    environment public.environment not null,
    connection_id uuid,
    reference text not null check (char_length(reference) between 1 and 200),
    status public.shipment_status not null default 'pending',
    service text,
    sender jsonb not null,
    recipient jsonb not null,
    parcels jsonb not null check (jsonb_typeof(parcels) = 'array'),
    customs jsonb,
    cash_on_delivery_amount public.money_amount,
    declared_value public.money_amount,
    cost public.money_amount,
    currency text references private.currencies (code),
    tracking_number text,
    provider_shipment_id text,
    label_path text,
    estimated_delivery_at timestamptz,
    delivered_at timestamptz,
    last_event_at timestamptz,
    failure jsonb,
    metadata jsonb not null default '{}'::jsonb,
    provider_data jsonb not null default '{}'::jsonb,
    created_by text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (organization_id, id),
    foreign key (organization_id, connection_id) references public.integration_connections (organization_id, id)
);
comment on table public.shipments is 'One shipment each, of one or several parcels, with whichever carrier took it.';
comment on column public.shipments.environment is 'That of the connections that may take it.';
comment on column public.shipments.reference is 'The merchant''s own, such as an order number.';
comment on column public.shipments.connection_id is 'The carrier that was chosen; null until then.';
comment on column public.shipments.service is 'The carrier''s product, such as same_day.';
comment on column public.shipments.parcels is '[{weight_kg, length_cm, width_cm, height_cm, …}].';
comment on column public.shipments.customs is 'What customs wants to know of a shipment abroad.';
comment on column public.shipments.cash_on_delivery_amount is 'To be collected at the door. It, declared_value and cost are in currency.';
comment on column public.shipments.cost is 'What the carrier charges.';
comment on column public.shipments.label_path is 'Where the label is stored.';
comment on column public.shipments.last_event_at is 'When the carrier last reported something.';
comment on column public.shipments.failure is '{code, message} of what went wrong.';
comment on column public.shipments.metadata is 'The client''s own facts; strings by name.';
comment on column public.shipments.provider_data is 'Further ids that later requests need.';
comment on column public.shipments.created_by is 'user:<id>, api_key:<id> or service.';
create index shipments_by_organization on public.shipments (organization_id, created_at desc);
create index shipments_by_reference on public.shipments (organization_id, reference);
create index shipments_by_connection on public.shipments (organization_id, connection_id, created_at desc);
create index shipments_by_tracking_number on public.shipments (tracking_number) where tracking_number is not null;
create index shipments_by_currency on public.shipments (currency);
create trigger shipments_touch before update on public.shipments
for each row execute function private.touch_updated_at();

create table public.shipment_events (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null,
    shipment_id uuid not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null default clock_timestamp(),
    status public.shipment_status not null,
    provider_code text,
    description text,
    place text,
    country text check (country ~ '^[A-Z]{2}$'),
    source text not null check (source in ('operation', 'webhook', 'poll')),
    unique nulls not distinct (shipment_id, occurred_at, provider_code),
    foreign key (organization_id, shipment_id) references public.shipments (organization_id, id) on delete cascade
);
comment on table public.shipment_events is 'Append-only: what carriers reported of a shipment, each line once.';
comment on column public.shipment_events.occurred_at is 'By the carrier''s clock; recorded_at is ours.';
comment on column public.shipment_events.provider_code is 'The carrier''s own code of the event.';
comment on column public.shipment_events.place is 'As the carrier wrote it.';
comment on column public.shipment_events.country is 'ISO 3166-1 alpha-2.';
comment on column public.shipment_events.source is 'How we learned of it.';
create index shipment_events_by_shipment on public.shipment_events (organization_id, shipment_id, occurred_at);

alter table public.shipping_providers enable row level security;
alter table public.shipments enable row level security;
alter table public.shipment_events enable row level security;
create policy "members read carriers' rules" on public.shipping_providers for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'shipments:read'))));
create policy "developers change carriers' rules" on public.shipping_providers for update to authenticated
using (organization_id = any (array(select private.my_organizations('developer', 'shipments:write'))))
with check (organization_id = any (array(select private.my_organizations('developer', 'shipments:write'))));
create policy "members read shipments" on public.shipments for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'shipments:read'))));
create policy "members read shipment events" on public.shipment_events for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'shipments:read'))));
grant select, update (enabled, priority, countries, emirates, services, cash_on_delivery, minimum_weight_kg, maximum_weight_kg)
on public.shipping_providers to authenticated;
grant select on public.shipments, public.shipment_events to authenticated, service_role;
grant select, insert, update, delete on public.shipping_providers to service_role;
grant select on public.shipping_providers to wasl_worker;
grant select, update on public.shipments to wasl_worker;
grant select, insert on public.shipment_events to wasl_worker;
