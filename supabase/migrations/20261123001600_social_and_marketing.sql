-- Social accounts and what is published to them; leads and the consent they came with.

create table public.social_media_accounts (
    id uuid primary key default gen_random_uuid(),
    organization_id uuid not null,
    connection_id uuid not null,
    provider_account_id text not null,
    kind text not null check (kind in ('page', 'business', 'organization', 'member')),
    name text not null,
    handle text,
    picture_url text,
    enabled boolean not null default true,
    followers bigint check (followers >= 0),
    token_expires_at timestamptz,
    refreshed_at timestamptz,
    created_at timestamptz not null default now(),
    unique (organization_id, id),
    unique (connection_id, provider_account_id),
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade
);
comment on table public.social_media_accounts is 'Pages and profiles that a connection may publish to.';
comment on column public.social_media_accounts.provider_account_id is 'The network''s own id.';
comment on column public.social_media_accounts.enabled is 'Whether posts may go to it.';
comment on column public.social_media_accounts.token_expires_at is 'When its access ends unless it is renewed before.';
comment on column public.social_media_accounts.refreshed_at is 'When name, picture and followers were last looked up.';
create trigger social_media_accounts_audit after update on public.social_media_accounts
for each row when (current_user in ('authenticated', 'service_role'))
execute function private.audit_direct_change('social_media_account', 'id');
create index social_media_accounts_by_connection on public.social_media_accounts (organization_id, connection_id);

create type public.post_status as enum ('draft', 'scheduled', 'publishing', 'published', 'failed', 'deleted');

create table public.social_posts (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null,
    account_id uuid not null,
    campaign_id uuid,
    status public.post_status not null default 'draft',
    content jsonb not null check (jsonb_typeof(content) = 'object'),
    scheduled_at timestamptz,
    published_at timestamptz,
    provider_post_id text,
    permalink text,
    engagement jsonb not null default '{}'::jsonb,
    failure jsonb,
    created_by text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    foreign key (organization_id, account_id) references public.social_media_accounts (organization_id, id) on delete cascade
);
comment on table public.social_posts is 'One post on one account; posts made together share campaign_id.';
comment on column public.social_posts.campaign_id is 'Shared by posts that were made together.';
comment on column public.social_posts.scheduled_at is 'When it is to be published; null at once.';
comment on column public.social_posts.engagement is 'Likes, comments, shares … as last counted.';
comment on column public.social_posts.failure is '{code, message} of what went wrong.';
comment on column public.social_posts.created_by is 'user:<id>, api_key:<id> or service.';
comment on column public.social_posts.content is '{text, link, media: [...], first_comment}: this account''s variant.';
create index social_posts_by_organization on public.social_posts (organization_id, created_at desc);
create index social_posts_by_account on public.social_posts (organization_id, account_id, created_at desc);
create index social_posts_due on public.social_posts (scheduled_at) where status = 'scheduled';
create unique index social_posts_by_provider_id on public.social_posts (account_id, provider_post_id)
where provider_post_id is not null;
create trigger social_posts_touch before update on public.social_posts
for each row execute function private.touch_updated_at();

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

alter table public.social_media_accounts enable row level security;
alter table public.social_posts enable row level security;
alter table public.leads enable row level security;
create policy "members read accounts" on public.social_media_accounts for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'social:read'))));
create policy "developers change accounts" on public.social_media_accounts for update to authenticated
using (organization_id = any (array(select private.my_organizations('developer', 'social:write'))))
with check (organization_id = any (array(select private.my_organizations('developer', 'social:write'))));
create policy "members read posts" on public.social_posts for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'social:read'))));
create policy "members read leads" on public.leads for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'leads:read'))));
grant select, update (enabled) on public.social_media_accounts to authenticated;
grant select on public.social_posts, public.leads to authenticated;
grant select on public.social_media_accounts, public.social_posts, public.leads to service_role;
grant select, insert, update on public.social_media_accounts, public.social_posts, public.leads to wasl_worker;
