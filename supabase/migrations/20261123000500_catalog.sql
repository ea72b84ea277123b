-- The provider catalog: generated from the connectors' manifests into seed.sql, the same for every organization.

create type public.provider_category as enum ('payments', 'shipping', 'social', 'marketing');
create type public.environment as enum ('sandbox', 'live');
comment on type public.environment is 'Sandbox and live never mix: a connection belongs to one of them for ever.';

create table public.integration_providers (
    key text primary key check (key ~ '^[a-z][a-z0-9_]{1,40}$'),
    name text not null,
    category public.provider_category not null,
    description text not null,
    countries text[] not null,
    currencies text[] not null,
    capabilities text[] not null,
    auth_scheme text not null,
    credential_fields jsonb not null check (jsonb_typeof(credential_fields) = 'array'),
    settings_fields jsonb not null check (jsonb_typeof(settings_fields) = 'array'),
    rate_limit jsonb not null check (rate_limit ?& array['capacity', 'refill_per_second']),
    sandbox_base_url text not null,
    live_base_url text not null,
    documentation_url text not null,
    status_page_url text,
    webhook_scheme jsonb,
    api_version text,
    enabled boolean not null default true
);
comment on table public.integration_providers is 'What can be connected. Generated from the connectors'' manifests.';
comment on column public.integration_providers.credential_fields is
'[{name, label, help, secret, required, …}]: the form that asks for the secrets.';
comment on column public.integration_providers.rate_limit is
'{capacity, refill_per_second}: the token bucket a new connection starts with.';

alter table public.integration_providers enable row level security;
create policy "everybody signed in reads the catalog" on public.integration_providers for select to authenticated
using (true);
grant select on public.integration_providers to authenticated, wasl_worker;
grant select, insert, update, delete on public.integration_providers to service_role;
