-- Events that organizations want sent to them, and each sending.

create table public.webhook_subscriptions (
    id uuid primary key default gen_random_uuid(),
    organization_id uuid not null references public.organizations (id) on delete cascade,
    name text not null check (char_length(btrim(name)) between 1 and 100),
    url text not null check (url ~ '^https?://[^\s]+$' and char_length(url) <= 2048),
    event_types text[] not null check (cardinality(event_types) > 0),
    connection_id uuid,
    enabled boolean not null default true,
    disabled_reason text,
    failing_since timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (organization_id, id),
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade
);
comment on table public.webhook_subscriptions is 'Where an organization wants its events sent, and which.';
comment on column public.webhook_subscriptions.connection_id is 'Only events of this connection; null for all.';
comment on column public.webhook_subscriptions.disabled_reason is 'Why workers switched it off.';
comment on column public.webhook_subscriptions.failing_since is 'Since when no delivery has got through; null when the last one did.';
comment on column public.webhook_subscriptions.event_types is 'Such as payment.succeeded or payment.*.';
create index webhook_subscriptions_by_connection on public.webhook_subscriptions (organization_id, connection_id);
create trigger webhook_subscriptions_touch before update on public.webhook_subscriptions
for each row execute function private.touch_updated_at();

create trigger webhook_subscriptions_audit after insert or update or delete on public.webhook_subscriptions
for each row when (current_user in ('authenticated', 'service_role'))
execute function private.audit_direct_change('webhook_subscription', 'id');

create type public.delivery_status as enum ('pending', 'delivered', 'failed', 'dead');

create table public.webhook_deliveries (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null,
    subscription_id uuid not null,
    event_id uuid not null,
    event_type text not null,
    payload jsonb not null,
    status public.delivery_status not null default 'pending',
    attempts integer not null default 0,
    next_attempt_at timestamptz,
    last_status integer,
    last_error text,
    created_at timestamptz not null default now(),
    delivered_at timestamptz,
    foreign key (organization_id, subscription_id)
        references public.webhook_subscriptions (organization_id, id) on delete cascade
);
comment on table public.webhook_deliveries is 'One event on its way to one subscription.';
comment on column public.webhook_deliveries.event_id is 'What the receiver knows a repeat by.';
comment on column public.webhook_deliveries.event_type is 'In Wasl''s words, such as payment.succeeded.';
comment on column public.webhook_deliveries.payload is 'What is sent, before it is signed.';
comment on column public.webhook_deliveries.last_status is 'The receiver''s last HTTP status.';
create index webhook_deliveries_by_subscription on public.webhook_deliveries (organization_id, subscription_id, created_at desc);
create index webhook_deliveries_by_organization on public.webhook_deliveries (organization_id, created_at desc);

alter table public.webhook_subscriptions enable row level security;
alter table public.webhook_deliveries enable row level security;
create policy "members read subscriptions" on public.webhook_subscriptions for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'webhooks:read'))));
create policy "developers add subscriptions" on public.webhook_subscriptions for insert to authenticated
with check (organization_id = any (array(select private.my_organizations('developer', 'webhooks:write'))));
create policy "developers change subscriptions" on public.webhook_subscriptions for update to authenticated
using (organization_id = any (array(select private.my_organizations('developer', 'webhooks:write'))))
with check (organization_id = any (array(select private.my_organizations('developer', 'webhooks:write'))));
create policy "developers remove subscriptions" on public.webhook_subscriptions for delete to authenticated
using (organization_id = any (array(select private.my_organizations('developer', 'webhooks:write'))));
create policy "members read deliveries" on public.webhook_deliveries for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'webhooks:read'))));
grant select, delete, insert (organization_id, name, url, event_types, connection_id, enabled),
    update (name, url, event_types, connection_id, enabled) on public.webhook_subscriptions to authenticated;
grant select on public.webhook_deliveries to authenticated, service_role;
grant select, insert, update, delete on public.webhook_subscriptions to service_role;
grant select, update (enabled, disabled_reason, failing_since) on public.webhook_subscriptions to wasl_worker;
grant select, insert, update on public.webhook_deliveries to wasl_worker;
