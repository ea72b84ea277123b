-- Parcels: how carriers are chosen, what they ask for their services, shipments, and what has happened to them on the way.

create type public.shipment_status as enum (
    'pending', 'created', 'picked_up', 'in_transit', 'out_for_delivery', 'delivered', 'exception', 'returned',
    'cancelled', 'failed');
comment on type public.shipment_status is 'pending: no carrier has it yet; created: there is a label. See docs/shipping.md for the moves between them.';
create type public.service_level as enum ('same_day', 'next_day', 'express', 'standard', 'economy', 'freight');
comment on type public.service_level is 'How fast a service is, so that those of different carriers can be compared.';
create type public.shipping_rule as enum ('priority', 'price', 'speed');
comment on type public.shipping_rule is 'What decides between carriers: their order in shipping_providers, the price, or the time until delivery.';

create table public.shipping_providers (
    connection_id uuid primary key,
    organization_id uuid not null,
    enabled boolean not null default true,
    priority smallint not null default 100 check (priority between 0 and 1000),
    countries text[] not null default '{}',
    emirates text[] not null default '{}',
    services text[] not null default '{}',
    levels public.service_level[] not null default '{}',
    default_service text check (char_length(default_service) between 1 and 100),
    cash_on_delivery boolean not null default true,
    minimum_weight_kg numeric(8, 3) check (minimum_weight_kg between 0 and 99999),
    maximum_weight_kg numeric(8, 3) check (maximum_weight_kg between 0 and 99999),
    tariff jsonb not null default '[]'::jsonb check (jsonb_typeof(tariff) = 'array'),
    stalled_after_hours smallint not null default 48 check (stalled_after_hours between 1 and 720),
    updated_at timestamptz not null default now(),
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade,
    check (minimum_weight_kg <= maximum_weight_kg)
);
comment on table public.shipping_providers is 'Which shipments a carrier''s connection takes, and in which order carriers are considered.';
comment on column public.shipping_providers.priority is 'Lower is considered first.';
comment on column public.shipping_providers.countries is 'Destinations it takes, ISO 3166-1 alpha-2; empty: all. Likewise emirates (of a destination in the Emirates).';
comment on column public.shipping_providers.services is 'The carrier''s services to use, by its own codes; empty: all.';
comment on column public.shipping_providers.levels is 'How fast the services to use may be; empty: however fast.';
comment on column public.shipping_providers.default_service is 'What a shipment without a service gets; null: what the connector thinks right for the route.';
comment on column public.shipping_providers.cash_on_delivery is 'Whether shipments with cash to collect may go by it, if the carrier can at all.';
comment on column public.shipping_providers.tariff is
'[{service, name, level, countries, emirates, base_kg, base_amount, step_kg, step_amount, cash_amount, currency, transit_days}]: agreed prices, for carriers that cannot be asked.';
comment on column public.shipping_providers.stalled_after_hours is 'How long a parcel on its way may be silent before an alert is raised; abroad three times that.';
create index shipping_providers_by_organization on public.shipping_providers (organization_id, connection_id);
create trigger shipping_providers_touch before update on public.shipping_providers
for each row execute function private.touch_updated_at();

create trigger shipping_providers_audit after insert or update or delete on public.shipping_providers
for each row when (current_user in ('authenticated', 'service_role'))
execute function private.audit_direct_change('shipping_provider', 'connection_id');

create table public.shipping_locations (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null references public.organizations (id) on delete cascade,
    name text not null check (char_length(btrim(name)) between 1 and 100),
    address jsonb not null,
    is_default boolean not null default false,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (organization_id, id),
    unique (organization_id, name)
);
comment on table public.shipping_locations is 'Where the organization ships from and takes returns.';
comment on column public.shipping_locations.address is '{name, company, phone, email, line1, line2, area, city, emirate, state, postal_code, country, makani, latitude, longitude, tax_number}.';
comment on column public.shipping_locations.is_default is 'The sender of shipments that name none.';
create unique index shipping_locations_one_default on public.shipping_locations (organization_id) where is_default;
create trigger shipping_locations_touch before update on public.shipping_locations
for each row execute function private.touch_updated_at();

create table public.shipment_quotes (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null references public.organizations (id) on delete cascade,
    environment public.environment not null,
    request jsonb not null,
    rank_by public.shipping_rule not null default 'price',
    status text not null default 'pending' check (status in ('pending', 'ready')),
    failures jsonb not null default '[]'::jsonb check (jsonb_typeof(failures) = 'array'),
    expires_at timestamptz not null default now() + interval '1 day',
    created_by text not null,
    created_at timestamptz not null default now(),
    ready_at timestamptz,
    unique (organization_id, id)
);
comment on table public.shipment_quotes is 'Questions what a shipment would cost; the answers are in shipment_rates.';
comment on column public.shipment_quotes.environment is 'Whose carriers are asked.';
comment on column public.shipment_quotes.request is
'What was asked, by the arguments of quote_shipment; of sender and recipient only {city, emirate, state, country}. The whole is the computed column asked.';
comment on column public.shipment_quotes.rank_by is 'What the order of the rates follows.';
comment on column public.shipment_quotes.status is 'ready: every carrier has answered, or the time was up.';
comment on column public.shipment_quotes.ready_at is 'When it became ready.';
comment on column public.shipment_quotes.failures is '[{connection_id, provider, code, message}]: the carriers that named no price, and why.';
comment on column public.shipment_quotes.expires_at is 'Until then its rates can be bought.';
create index shipment_quotes_by_organization on public.shipment_quotes (organization_id, created_at desc);

create table public.shipment_rates (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null,
    quote_id uuid not null,
    connection_id uuid not null,
    provider_key text not null references public.integration_providers (key),
    rank smallint not null,
    service text not null,
    service_name text not null,
    level public.service_level not null,
    amount public.money_amount not null,
    currency text not null references private.currencies (code),
    tax public.money_amount,
    charges jsonb not null default '[]'::jsonb check (jsonb_typeof(charges) = 'array'),
    transit_days smallint,
    estimated_delivery_at timestamptz,
    source text not null check (source in ('carrier', 'tariff')),
    provider_data jsonb not null default '{}'::jsonb,
    created_at timestamptz not null default now(),
    unique (organization_id, id),
    unique (quote_id, rank),
    foreign key (organization_id, quote_id) references public.shipment_quotes (organization_id, id) on delete cascade,
    foreign key (organization_id, connection_id) references public.integration_connections (organization_id, id) on delete cascade
);
comment on table public.shipment_rates is 'What carriers ask for a quoted shipment, the best first.';
comment on column public.shipment_rates.rank is '1 is the best, by the quote''s rank_by.';
comment on column public.shipment_rates.service is 'The carrier''s code.';
comment on column public.shipment_rates.amount is 'Everything, with tax; in currency.';
comment on column public.shipment_rates.quote_id is 'The quote that it answers.';
comment on column public.shipment_rates.service_name is 'The service as the carrier calls it.';
comment on column public.shipment_rates.level is 'How fast the service is.';
comment on column public.shipment_rates.tax is 'What of the amount is tax, where the carrier tells.';
comment on column public.shipment_rates.transit_days is 'Working days by the carrier''s counting.';
comment on column public.shipment_rates.charges is '[{name, amount, currency}]: what it is made of, where the carrier tells.';
comment on column public.shipment_rates.source is 'tariff: computed from shipping_providers.tariff.';
comment on column public.shipment_rates.provider_data is 'What the carrier wants to see again when it is bought.';
create index shipment_rates_by_quote on public.shipment_rates (organization_id, quote_id, rank);
create index shipment_rates_by_connection on public.shipment_rates (organization_id, connection_id);
create index shipment_rates_by_provider on public.shipment_rates (provider_key);
create index shipment_rates_by_currency on public.shipment_rates (currency);

create table public.shipping_manifests (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null references public.organizations (id) on delete cascade,
    environment public.environment not null,
    connection_id uuid not null,
    shipments integer not null check (shipments > 0),
    created_by text not null,
    created_at timestamptz not null default now(),
    unique (organization_id, id),
    foreign key (organization_id, connection_id) references public.integration_connections (organization_id, id)
);
comment on table public.shipping_manifests is 'What was handed to a carrier''s driver at once: a list to be signed.';
comment on column public.shipping_manifests.shipments is 'How many stand on it.';
comment on column public.shipping_manifests.environment is 'That of the connection.';
create index shipping_manifests_by_connection on public.shipping_manifests (organization_id, connection_id, created_at desc);

create table public.pickups (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null references public.organizations (id) on delete cascade,
    environment public.environment not null,
    connection_id uuid not null,
    status text not null default 'pending' check (status in ('pending', 'scheduled', 'cancelled', 'failed')),
    place jsonb not null,
    ready_at timestamptz not null,
    closes_at timestamptz not null check (closes_at > ready_at),
    parcels smallint not null check (parcels > 0),
    weight_kg numeric(8, 3) not null check (weight_kg > 0),
    location text,
    instructions text,
    provider_pickup_id text,
    failure jsonb,
    provider_data jsonb not null default '{}'::jsonb,
    created_by text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (organization_id, id),
    foreign key (organization_id, connection_id) references public.integration_connections (organization_id, id)
);
comment on table public.pickups is 'Drivers that were sent for.';
comment on column public.pickups.place is 'Where; as a location''s address.';
comment on column public.pickups.environment is 'That of the connection.';
comment on column public.pickups.parcels is 'How many there are.';
comment on column public.pickups.weight_kg is 'What all parcels weigh.';
comment on column public.pickups.instructions is 'For the driver.';
comment on column public.pickups.ready_at is 'From then on the parcels can be fetched.';
comment on column public.pickups.closes_at is 'Until then; on the same day as ready_at.';
comment on column public.pickups.location is 'Where to find them, such as the reception.';
comment on column public.pickups.provider_pickup_id is 'The carrier''s number of it.';
comment on column public.pickups.failure is '{code, message} of what went wrong.';
comment on column public.pickups.provider_data is 'Further ids that later requests need.';
create index pickups_by_organization on public.pickups (organization_id, created_at desc);
create index pickups_by_connection on public.pickups (organization_id, connection_id, created_at desc);
create trigger pickups_touch before update on public.pickups
for each row execute function private.touch_updated_at();

create table public.shipments (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null references public.organizations (id) on delete cascade,
    environment public.environment not null,
    connection_id uuid,
    rate_id uuid,
    return_of uuid,
    manifest_id uuid,
    pickup_id uuid,
    reference text not null check (char_length(reference) between 1 and 200),
    status public.shipment_status not null default 'pending',
    detail text check (detail ~ '^[a-z_]{1,40}$'),
    rule public.shipping_rule not null default 'priority',
    service text,
    level public.service_level,
    origin jsonb not null,
    destination jsonb not null,
    parcels jsonb not null check (jsonb_typeof(parcels) = 'array'),
    ships_at timestamptz not null,
    contents text not null default 'goods' check (contents in ('goods', 'documents')),
    description text not null check (char_length(description) <= 500),
    customs jsonb,
    cash_on_delivery_amount public.money_amount,
    declared_value public.money_amount,
    insured_value public.money_amount,
    currency text not null references private.currencies (code),
    signature_required boolean not null default false,
    label_format text not null default 'pdf' check (label_format in ('pdf', 'zpl', 'png')),
    cost public.money_amount,
    cost_currency text references private.currencies (code),
    tracking_number text,
    parcel_tracking_numbers text[] not null default '{}',
    tracking_url text,
    tracking_token text not null unique
        default 'tr_' || rtrim(translate(encode(extensions.gen_random_bytes(18), 'base64'), E'+/\n', '-_'), '='),
    provider_shipment_id text,
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
    foreign key (organization_id, connection_id) references public.integration_connections (organization_id, id),
    foreign key (organization_id, rate_id) references public.shipment_rates (organization_id, id) on delete set null (rate_id),
    foreign key (organization_id, return_of) references public.shipments (organization_id, id),
    foreign key (organization_id, manifest_id) references public.shipping_manifests (organization_id, id),
    foreign key (organization_id, pickup_id) references public.pickups (organization_id, id)
);
comment on table public.shipments is 'One shipment each, of one or several parcels, with whichever carrier took it.';
comment on column public.shipments.environment is 'That of the connections that may take it.';
comment on column public.shipments.reference is 'The merchant''s own, such as an order number.';
comment on column public.shipments.connection_id is 'The carrier that was chosen; null until then.';
comment on column public.shipments.rate_id is 'The quoted rate that was bought, if it was one.';
comment on column public.shipments.return_of is 'The shipment whose goods it brings back.';
comment on column public.shipments.manifest_id is 'The list that its carrier''s driver signs.';
comment on column public.shipments.pickup_id is 'The driver that was sent for to fetch it.';
comment on column public.shipments.detail is 'What lies behind the status, such as customs_hold or attempt_failed.';
comment on column public.shipments.rule is 'What decides between carriers, where none was named.';
comment on column public.shipments.service is 'The carrier''s product.';
comment on column public.shipments.level is 'How fast it was asked to be, or how fast the service is.';
comment on column public.shipments.origin is
'Where it is fetched: {city, emirate, state, country}. The whole address, with who sends it, is the computed column sender.';
comment on column public.shipments.destination is 'Where it goes, likewise; the whole is the computed column recipient.';
comment on column public.shipments.parcels is '[{weight_kg, length_cm, width_cm, height_cm, reference, description}].';
comment on column public.shipments.ships_at is 'From when on the parcels can be taken.';
comment on column public.shipments.contents is 'goods or documents, which customs and prices tell apart.';
comment on column public.shipments.description is 'What it is, in English, as carriers and customs want it.';
comment on column public.shipments.customs is '{items, currency, incoterm, purpose, invoice_number, invoice_date} of goods that cross a border.';
comment on column public.shipments.cash_on_delivery_amount is 'To be collected at the door. It, declared_value and insured_value are in currency.';
comment on column public.shipments.insured_value is 'What it is insured for; null: not at all.';
comment on column public.shipments.signature_required is 'Whether it is handed over only against a signature.';
comment on column public.shipments.label_format is 'pdf, zpl or png, if the carrier can.';
comment on column public.shipments.cost is 'What the carrier charges, in cost_currency.';
comment on column public.shipments.cost_currency is 'Of cost; ISO 4217.';
comment on column public.shipments.parcel_tracking_numbers is 'Of each parcel, where the carrier gives them own ones.';
comment on column public.shipments.tracking_url is 'The carrier''s page about it.';
comment on column public.shipments.tracking_token is 'Lets anybody who has it follow the parcel, and see nothing else: track_parcel.';
comment on column public.shipments.last_event_at is 'When the carrier last reported something, by its clock.';
comment on column public.shipments.failure is '{code, message} of what went wrong.';
comment on column public.shipments.metadata is 'The client''s own facts; strings by name.';
comment on column public.shipments.provider_data is 'Further ids that later requests need.';
comment on column public.shipments.created_by is 'user:<id>, api_key:<id> or service.';
create index shipments_by_organization on public.shipments (organization_id, created_at desc);
create index shipments_by_reference on public.shipments (organization_id, reference);
create index shipments_by_connection on public.shipments (organization_id, connection_id, created_at desc);
create index shipments_by_rate on public.shipments (organization_id, rate_id);
create index shipments_by_return on public.shipments (organization_id, return_of);
create index shipments_by_manifest on public.shipments (organization_id, manifest_id);
create index shipments_by_pickup on public.shipments (organization_id, pickup_id);
create index shipments_by_tracking_number on public.shipments (tracking_number) where tracking_number is not null;
create index shipments_by_currency on public.shipments (currency);
create index shipments_by_cost_currency on public.shipments (cost_currency);
create index shipments_under_way on public.shipments (status, last_event_at)
where status in ('created', 'picked_up', 'in_transit', 'out_for_delivery', 'exception');
create trigger shipments_touch before update on public.shipments
for each row execute function private.touch_updated_at();

create table public.shipment_events (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null,
    shipment_id uuid not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null default clock_timestamp(),
    status public.shipment_status,
    detail text check (detail ~ '^[a-z_]{1,40}$'),
    provider_code text,
    description text,
    place text,
    country text check (country ~ '^[A-Z]{2}$'),
    source text not null check (source in ('operation', 'webhook', 'poll', 'client')),
    source_id uuid,
    unique nulls not distinct (shipment_id, occurred_at, provider_code, place),
    foreign key (organization_id, shipment_id) references public.shipments (organization_id, id) on delete cascade
);
comment on table public.shipment_events is 'Append-only: what carriers reported of a shipment, each line once.';
comment on column public.shipment_events.occurred_at is 'By the carrier''s clock; recorded_at is ours.';
comment on column public.shipment_events.status is 'What it means for the shipment; null: nothing, or nobody knows.';
comment on column public.shipment_events.provider_code is 'The carrier''s own code of the event.';
comment on column public.shipment_events.place is 'As the carrier wrote it.';
comment on column public.shipment_events.country is 'ISO 3166-1 alpha-2.';
comment on column public.shipment_events.source is 'How we learned of it; source_id is the operation or webhook, where there was one.';
-- Erasing somebody takes away what the carrier wrote, and nothing else.
create trigger shipment_events_append_only before update on public.shipment_events
for each row when (
    new.description is not null or to_jsonb(old) - 'description' is distinct from to_jsonb(new) - 'description')
execute function private.refuse_update();
create index shipment_events_by_shipment on public.shipment_events (organization_id, shipment_id, occurred_at);

create table public.shipment_documents (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null references public.organizations (id) on delete cascade,
    shipment_id uuid,
    manifest_id uuid,
    kind text not null check (kind in ('label', 'commercial_invoice', 'waybill', 'receipt', 'proof_of_delivery', 'other',
        'merged_labels', 'manifest')),
    format text not null check (format in ('pdf', 'zpl', 'png')),
    tracking_number text,
    path text not null unique,
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    bytes integer not null check (bytes > 0),
    stored_at timestamptz,
    created_at timestamptz not null default now(),
    unique (organization_id, id),
    foreign key (organization_id, shipment_id) references public.shipments (organization_id, id) on delete cascade,
    foreign key (organization_id, manifest_id) references public.shipping_manifests (organization_id, id) on delete cascade
);
comment on table public.shipment_documents is 'Labels and papers; the files themselves are in the object store.';
comment on column public.shipment_documents.shipment_id is 'Null for what is about several, such as merged labels.';
comment on column public.shipment_documents.manifest_id is 'The manifest that it is the paper of.';
comment on column public.shipment_documents.format is 'pdf, zpl or png.';
comment on column public.shipment_documents.sha256 is 'Of the file, in hexadecimal digits.';
comment on column public.shipment_documents.bytes is 'How long the file is.';
comment on column public.shipment_documents.tracking_number is 'Of the parcel it is for, where each has its own.';
comment on column public.shipment_documents.path is 'In the object store.';
comment on column public.shipment_documents.stored_at is 'When the object store had it; null: soon.';
create index shipment_documents_by_shipment on public.shipment_documents (organization_id, shipment_id);
create index shipment_documents_by_manifest on public.shipment_documents (organization_id, manifest_id);

create table private.document_contents (
    document_id uuid primary key references public.shipment_documents (id) on delete cascade,
    content bytea not null
);
comment on table private.document_contents is
'Files on their way to the object store: a label that was paid for is safe in the very transaction that says so.';
alter table private.document_contents enable row level security;

create table private.tracking_watch (
    shipment_id uuid primary key references public.shipments (id) on delete cascade,
    connection_id uuid not null references public.integration_connections (id) on delete cascade,
    due_at timestamptz not null,
    asked_at timestamptz
);
comment on table private.tracking_watch is 'When each parcel on its way is asked about next. Rows leave when it has arrived.';
comment on column private.tracking_watch.asked_at is 'When a client last had it asked about out of turn.';
create index tracking_watch_due on private.tracking_watch (due_at);
create index tracking_watch_by_connection on private.tracking_watch (connection_id);
alter table private.tracking_watch enable row level security;

alter table public.shipping_providers enable row level security;
alter table public.shipping_locations enable row level security;
alter table public.shipment_quotes enable row level security;
alter table public.shipment_rates enable row level security;
alter table public.shipping_manifests enable row level security;
alter table public.pickups enable row level security;
alter table public.shipments enable row level security;
alter table public.shipment_events enable row level security;
alter table public.shipment_documents enable row level security;
create policy "members read carriers' rules" on public.shipping_providers for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'shipments:read'))));
create policy "developers change carriers' rules" on public.shipping_providers for update to authenticated
using (organization_id = any (array(select private.my_organizations('developer', 'shipments:write'))))
with check (organization_id = any (array(select private.my_organizations('developer', 'shipments:write'))));
create policy "members read locations" on public.shipping_locations for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'shipments:read'))));
create policy "members read quotes" on public.shipment_quotes for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'shipments:read'))));
create policy "members read rates" on public.shipment_rates for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'shipments:read'))));
create policy "members read manifests" on public.shipping_manifests for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'shipments:read'))));
create policy "members read pickups" on public.pickups for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'shipments:read'))));
create policy "members read shipments" on public.shipments for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'shipments:read'))));
create policy "members read shipment events" on public.shipment_events for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'shipments:read'))));
create policy "members read documents" on public.shipment_documents for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'shipments:read'))));

grant select, update (enabled, priority, countries, emirates, services, levels, default_service, cash_on_delivery,
    minimum_weight_kg, maximum_weight_kg, tariff, stalled_after_hours)
on public.shipping_providers to authenticated;
grant select on public.shipping_locations, public.shipment_quotes, public.shipment_rates, public.shipping_manifests,
    public.pickups, public.shipments, public.shipment_events, public.shipment_documents
to authenticated, service_role;
grant select, insert, update, delete on public.shipping_providers to service_role;
grant select on public.shipping_providers, public.shipping_locations, public.shipping_manifests to wasl_worker;
grant select, update on public.shipments, public.pickups, public.shipment_quotes to wasl_worker;
grant select, insert on public.shipment_rates, public.shipment_events to wasl_worker;
grant select, insert, update on public.shipment_documents to wasl_worker;
grant select, insert, delete on private.document_contents to wasl_worker;
grant select, update, delete on private.tracking_watch to wasl_worker;
