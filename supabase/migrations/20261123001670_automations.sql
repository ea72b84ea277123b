-- A stand-in for what another file brings: whether events are wanted, and leads.

create function private.is_event_wanted(event public.events) returns boolean
language sql stable set search_path = ''
as $$ select false $$;

create table public.leads (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null references public.organizations (id) on delete cascade,
    email text,
    email_key text generated always as (lower(btrim(email))) stored,
    phone text check (phone ~ '^\+[1-9][0-9]{6,14}$'),
    full_name text,
    company text,
    consent jsonb not null default '[]'::jsonb check (jsonb_typeof(consent) = 'array'),
    attribution jsonb not null default '{}'::jsonb,
    attributes jsonb not null default '{}'::jsonb,
    source text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    check (email is not null or phone is not null)
);
comment on table public.leads is 'People who left their address, once each, with the consent they gave.';
comment on column public.leads.email_key is 'The address in lower case: one lead for each.';
comment on column public.leads.attribution is 'Where the person came from: campaign, medium, page …';
comment on column public.leads.attributes is 'Further answers, by name.';
comment on column public.leads.source is 'The form or provider that brought it.';
comment on column public.leads.consent is '[{purpose, source, given_at, withdrawn_at, text_version}].';
comment on column public.leads.phone is 'E.164.';
create unique index leads_by_email on public.leads (organization_id, email_key) where email_key is not null;
create unique index leads_by_phone on public.leads (organization_id, phone) where email_key is null;
create index leads_by_organization on public.leads (organization_id, created_at desc);
create trigger leads_touch before update on public.leads
for each row execute function private.touch_updated_at();

alter table public.leads enable row level security;
create policy "members read leads" on public.leads for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'leads:read'))));
grant select on public.leads to authenticated, service_role;
grant select, insert, update on public.leads to wasl_worker;
