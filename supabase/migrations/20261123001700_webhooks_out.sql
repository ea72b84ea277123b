-- Events that organizations want sent to them, each sending, and each attempt at it.

create table public.webhook_subscriptions (
    id uuid primary key default gen_random_uuid(),
    organization_id uuid not null references public.organizations (id) on delete cascade,
    name text not null check (char_length(btrim(name)) between 1 and 100),
    url text not null check (url ~ '^https?://[^\s]+$' and char_length(url) <= 2048),
    event_types text[] not null check (cardinality(event_types) > 0),
    connection_id uuid,
    environment public.environment,
    conditions text[] not null default '{}',
    template jsonb,
    ordered boolean not null default false,
    rate_per_minute integer check (rate_per_minute between 1 and 60000),
    enabled boolean not null default true,
    disabled_reason text check (disabled_reason in ('gone', 'failing', 'invalid')),
    fault jsonb,
    secret_set_at timestamptz,
    former_secret_until timestamptz,
    failures integer not null default 0,
    failing_since timestamptz,
    paused_until timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (organization_id, id),
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade
);
comment on table public.webhook_subscriptions is 'Where an organization wants its events sent, and which.';
comment on column public.webhook_subscriptions.connection_id is 'Only events of this connection; null for all.';
comment on column public.webhook_subscriptions.environment is 'Only events of it, and such that are of none; null: all.';
comment on column public.webhook_subscriptions.event_types is 'Such as payment.succeeded, payment.* or * for all.';
comment on column public.webhook_subscriptions.conditions is
'JSONPath queries (RFC 9535) of the message, each of which has to find something, such as $[?@.currency == ''AED''].';
comment on column public.webhook_subscriptions.template is
'What is sent instead of the message: texts with placeholders such as {{data.reference}}; null: the message as it is.';
comment on column public.webhook_subscriptions.ordered is
'Whether an event is sent only once the one before it was delivered or given up.';
comment on column public.webhook_subscriptions.rate_per_minute is 'At most so many attempts a minute; null: as fast as the receiver answers.';
comment on column public.webhook_subscriptions.disabled_reason is
'Why workers switched it off: gone (the receiver answered 410), failing (for days), invalid (see fault).';
comment on column public.webhook_subscriptions.fault is '{field, message}: what a worker found wrong with it.';
comment on column public.webhook_subscriptions.secret_set_at is 'Since when its present signing secret is in use; null: it has none, and nothing is sent.';
comment on column public.webhook_subscriptions.former_secret_until is 'Until when deliveries are signed with the secret before as well.';
comment on column public.webhook_subscriptions.failures is 'Attempts that failed since one got through.';
comment on column public.webhook_subscriptions.failing_since is 'Since when no delivery has got through; null when the last one did.';
comment on column public.webhook_subscriptions.paused_until is 'Nothing is sent before: the receiver asked for it, keeps failing, or has a rate.';
create index webhook_subscriptions_by_connection on public.webhook_subscriptions (organization_id, connection_id);
create trigger webhook_subscriptions_touch before update of name, url, event_types, connection_id, environment, conditions,
    template, ordered, rate_per_minute, enabled, secret_set_at
on public.webhook_subscriptions for each row execute function private.touch_updated_at();

create trigger webhook_subscriptions_audit after insert or update or delete on public.webhook_subscriptions
for each row when (current_user in ('authenticated', 'service_role'))
execute function private.audit_direct_change('webhook_subscription', 'id');

create table private.webhook_secrets (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null,
    subscription_id uuid not null,
    key_id text not null references public.encryption_keys (id) deferrable initially deferred,
    ciphertext bytea not null check (octet_length(ciphertext) between 48 and 1024),
    created_by text not null,
    created_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz,
    foreign key (organization_id, subscription_id)
        references public.webhook_subscriptions (organization_id, id) on delete cascade
);
comment on table private.webhook_secrets is
'What deliveries are signed with, sealed for the workers (HPKE); nobody else can read them again.';
comment on column private.webhook_secrets.expires_at is 'Null: the present one; a former one signs until then.';
create unique index webhook_secrets_one_present on private.webhook_secrets (subscription_id) where expires_at is null;
create index webhook_secrets_by_subscription on private.webhook_secrets (organization_id, subscription_id);
create index webhook_secrets_by_key on private.webhook_secrets (key_id);
alter table private.webhook_secrets enable row level security;

create type public.delivery_status as enum ('pending', 'delivered', 'dead');
comment on type public.delivery_status is 'pending: to be sent, perhaps once more; dead: given up, until somebody replays it.';

create table public.webhook_deliveries (
    id uuid not null default private.uuid_v7(),
    created_at timestamptz not null default clock_timestamp(),
    organization_id uuid not null,
    subscription_id uuid not null,
    event_id uuid not null,
    event_type text not null,
    payload json not null,
    status public.delivery_status not null default 'pending',
    attempts integer not null default 0,
    next_attempt_at timestamptz,
    last_status integer,
    last_error text,
    delivered_at timestamptz,
    replayed_at timestamptz,
    trace_id text,
    primary key (created_at, id)
) partition by range (created_at);
comment on table public.webhook_deliveries is 'One event on its way to one subscription. A partition a day, dropped when old.';
comment on column public.webhook_deliveries.created_at is 'The event''s own, so that the same event makes no second delivery.';
comment on column public.webhook_deliveries.event_id is 'Sent as webhook-id: what the receiver knows a repeat by.';
comment on column public.webhook_deliveries.event_type is 'In Wasl''s words, such as payment.succeeded.';
comment on column public.webhook_deliveries.payload is 'What is sent, letter for letter, before it is signed.';
comment on column public.webhook_deliveries.last_status is 'The receiver''s last HTTP status.';
comment on column public.webhook_deliveries.replayed_at is 'When somebody last had it sent anew.';
comment on column public.webhook_deliveries.trace_id is 'The event''s W3C trace, which each attempt continues and the receiver is told in traceparent.';
create index webhook_deliveries_by_organization on public.webhook_deliveries (organization_id, created_at desc, id desc);
create index webhook_deliveries_by_subscription on public.webhook_deliveries (subscription_id, created_at, id);
create index webhook_deliveries_by_id on public.webhook_deliveries (id);
create index webhook_deliveries_by_event on public.webhook_deliveries (event_id);
create index webhook_deliveries_dead on public.webhook_deliveries (organization_id, created_at desc) where status = 'dead';

create table public.webhook_delivery_attempts (
    id uuid not null default private.uuid_v7(),
    created_at timestamptz not null default clock_timestamp(),
    organization_id uuid not null,
    subscription_id uuid not null,
    delivery_id uuid not null,
    number integer not null,
    http_status integer,
    duration_ms integer not null,
    response text check (char_length(response) <= 2000),
    error jsonb,
    primary key (created_at, id)
) partition by range (created_at);
comment on table public.webhook_delivery_attempts is 'Append-only: each time that a delivery was sent. A partition a day, dropped when old.';
comment on column public.webhook_delivery_attempts.delivery_id is 'Which delivery.';
comment on column public.webhook_delivery_attempts.number is 'Counts from 1, replays included.';
comment on column public.webhook_delivery_attempts.http_status is 'What the receiver answered; null: nothing.';
comment on column public.webhook_delivery_attempts.duration_ms is 'From the beginning to the end of the answer.';
comment on column public.webhook_delivery_attempts.response is 'The beginning of the answer, without card data.';
comment on column public.webhook_delivery_attempts.error is '{code, message}: why it failed; null when it was delivered.';
create index webhook_delivery_attempts_by_organization
on public.webhook_delivery_attempts (organization_id, created_at desc, id desc);
create index webhook_delivery_attempts_by_delivery on public.webhook_delivery_attempts (delivery_id, created_at desc);

create table private.webhook_queue (
    delivery_id uuid primary key,
    created_at timestamptz not null,
    subscription_id uuid not null references public.webhook_subscriptions (id) on delete cascade,
    event_id uuid not null,
    step smallint not null default 0,
    next_attempt_at timestamptz not null default clock_timestamp()
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);
comment on table private.webhook_queue is 'The deliveries that are pending, and no others, so that what is due is found at once.';
comment on column private.webhook_queue.created_at is 'The delivery''s, by which its partition is known.';
comment on column private.webhook_queue.step is 'How far it has come on the schedule of attempts.';
create index webhook_queue_due on private.webhook_queue (subscription_id, next_attempt_at, delivery_id);
create index webhook_queue_in_order on private.webhook_queue (subscription_id, event_id);
alter table private.webhook_queue enable row level security;

alter table public.webhook_subscriptions enable row level security;
alter table public.webhook_deliveries enable row level security;
alter table public.webhook_delivery_attempts enable row level security;
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
create policy "members read attempts" on public.webhook_delivery_attempts for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'webhooks:read'))));
grant select, delete,
    insert (organization_id, name, url, event_types, connection_id, environment, conditions, template, ordered,
        rate_per_minute, enabled),
    update (name, url, event_types, connection_id, environment, conditions, template, ordered, rate_per_minute, enabled)
on public.webhook_subscriptions to authenticated;
grant select on public.webhook_deliveries, public.webhook_delivery_attempts to authenticated, service_role;
grant select, insert, update, delete on public.webhook_subscriptions to service_role;
grant select on public.webhook_subscriptions, public.webhook_deliveries, private.webhook_queue, private.webhook_secrets
to wasl_worker;
grant update (key_id, ciphertext) on private.webhook_secrets to wasl_worker;
