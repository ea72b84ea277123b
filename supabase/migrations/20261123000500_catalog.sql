-- The provider catalog: generated from the connectors' manifests into seed.sql, the same for every organization.

create type public.provider_category as enum ('payments', 'shipping', 'social', 'marketing');
create table public.integration_providers (
    key text primary key check (key ~ '^[a-z][a-z0-9_]{1,40}$'),
    name text not null,
    category public.provider_category not null,
    description text not null,
    countries text[] not null,
    currencies text[] not null,
    methods text[] not null default '{}',
    poll_minutes integer[] not null default '{}',
    carrier jsonb,
    social jsonb,
    marketing jsonb,
    consent jsonb,
    capabilities text[] not null,
    auth_scheme text not null,
    credential_fields jsonb not null check (jsonb_typeof(credential_fields) = 'array'),
    settings_fields jsonb not null check (jsonb_typeof(settings_fields) = 'array'),
    rate_limits jsonb not null check (
        coalesce((rate_limits #>> '{sandbox,capacity}')::numeric >= 1, false)
        and coalesce((rate_limits #>> '{sandbox,refill_per_second}')::numeric > 0, false)
        and coalesce((rate_limits #>> '{live,capacity}')::numeric >= 1, false)
        and coalesce((rate_limits #>> '{live,refill_per_second}')::numeric > 0, false)),
    sandbox_base_url text not null,
    live_base_url text not null,
    documentation_url text not null,
    status_page_url text,
    webhook_scheme jsonb,
    api_version text,
    enabled boolean not null default true
);
comment on table public.integration_providers is 'What can be connected. Generated from the connectors'' manifests.';
comment on column public.integration_providers.key is 'The connector''s name in code, such as stripe.';
comment on column public.integration_providers.countries is 'ISO 3166-1 alpha-2 codes of the merchants it serves.';
comment on column public.integration_providers.currencies is 'ISO 4217 codes it takes; empty where money plays no part.';
comment on column public.integration_providers.methods is 'What payers can pay with, such as card or knet; for gateways.';
comment on column public.integration_providers.poll_minutes is
'How long after each look at an unsettled payment the next one is taken.';
comment on column public.integration_providers.carrier is
'{domestic, international, destinations, collects_cash, most_parcels, …}: what a carrier carries; null for others.';
comment on column public.integration_providers.social is
'{formats: [{format, longest_text, images, videos, …}], longest_comment, …}: what a network takes of posts; null for others.';
comment on column public.integration_providers.marketing is
'{contact_batch, event_batch, tells_deletions}: how a marketing tool is spoken to; null for others.';
comment on column public.integration_providers.consent is
'{scopes, pkce, refreshes, access_days, …}: how it is connected by OAuth; null where it is not.';
comment on column public.integration_providers.capabilities is 'What its connector can do, such as takes_payments.';
comment on column public.integration_providers.auth_scheme is 'How its requests are authenticated, such as bearer.';
comment on column public.integration_providers.credential_fields is
'[{name, label, help, type, secret, required, by_consent, …}]: the form that asks for the secrets.';
comment on column public.integration_providers.settings_fields is
'[{name, label, help, type, required, default, choices, …}]: the form that asks for what is not secret.';
comment on column public.integration_providers.rate_limits is
'{sandbox: {capacity, refill_per_second}, live: {…}}: the token bucket a new connection starts with.';
comment on column public.integration_providers.webhook_scheme is
'How its webhooks prove their sender, and how to set them up; null where it sends none.';
comment on column public.integration_providers.api_version is 'The version of the provider''s API that the connector speaks.';
comment on column public.integration_providers.enabled is 'False: nobody can connect it anew.';

alter table public.integration_providers enable row level security;
create policy "everybody signed in reads the catalog" on public.integration_providers for select to authenticated
using (true);
grant select on public.integration_providers to authenticated, wasl_worker;
grant select, insert, update, delete on public.integration_providers to service_role;
