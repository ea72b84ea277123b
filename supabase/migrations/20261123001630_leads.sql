-- People who left their address, once each, and what they agreed to. Who they are lies sealed in private.personal_values.

create type public.lead_status as enum ('active', 'pending', 'deleted');
comment on type public.lead_status is
'pending: they have not confirmed their address yet; deleted: their name and address are erased.';

create table public.leads (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null references public.organizations (id) on delete cascade,
    language text check (language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'),
    country text check (country ~ '^[A-Z]{2}$'),
    source text not null,
    status public.lead_status not null default 'active',
    attribution jsonb not null default '{}'::jsonb check (jsonb_typeof(attribution) = 'object'),
    tags text[] not null default '{}',
    confirmed_at timestamptz,
    restricted_at timestamptz,
    version bigint not null default 1,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    unique (organization_id, id)
);
comment on table public.leads is 'People who left their address: one for each e-mail, or for each phone where there is no e-mail.';
comment on column public.leads.language is 'What to write to them in, such as ar or en.';
comment on column public.leads.country is 'ISO 3166-1 alpha-2.';
comment on column public.leads.source is 'What brought them first: api, form:<name>, provider:<key> …';
comment on column public.leads.attribution is
'{utm_source, utm_medium, utm_campaign, utm_term, utm_content, gclid, fbclid, referrer, landing_page, client_id}: where they first came from; the last time under last_<name>.';
comment on column public.leads.tags is 'By which they are told apart.';
comment on column public.leads.confirmed_at is 'When they followed the link that was sent to their address.';
comment on column public.leads.restricted_at is
'Since when nothing but keeping is done with what is known of them: no tool writes to them, no automation runs about them.';
comment on column public.leads.version is 'Rises with every change of what is synchronized.';
create index leads_by_organization on public.leads (organization_id, created_at desc);

create table private.lead_addresses (
    lead_id uuid primary key references public.leads (id) on delete cascade,
    organization_id uuid not null references public.organizations (id) on delete cascade,
    email_index bytea,
    phone_index bytea,
    check (email_index is not null or phone_index is not null)
);
comment on table private.lead_addresses is
'By which leads are found, one for each e-mail, or for each phone where there is no e-mail: blind indexes. A deleted lead has none.';
create unique index lead_addresses_by_email on private.lead_addresses (organization_id, email_index) where email_index is not null;
create unique index lead_addresses_by_phone_alone on private.lead_addresses (organization_id, phone_index) where email_index is null;
create index lead_addresses_by_phone on private.lead_addresses (organization_id, phone_index);
alter table private.lead_addresses enable row level security;

create table public.lead_consents (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null,
    lead_id uuid not null,
    purpose text not null check (purpose ~ '^[a-z][a-z0-9_]{0,49}$'),
    state text not null check (state in ('given', 'pending', 'withdrawn')),
    source text not null,
    text_version text,
    occurred_at timestamptz not null default clock_timestamp(),
    evidence jsonb not null default '{}'::jsonb check (jsonb_typeof(evidence) = 'object'),
    created_by text not null,
    created_at timestamptz not null default clock_timestamp(),
    foreign key (organization_id, lead_id) references public.leads (organization_id, id) on delete cascade
);
comment on table public.lead_consents is 'Append-only: every time somebody agreed to something or withdrew it. The latest of a purpose counts.';
comment on column public.lead_consents.lead_id is 'Who.';
comment on column public.lead_consents.purpose is 'To what, such as marketing_email.';
comment on column public.lead_consents.state is 'pending: until they confirm by the link that was sent to their address.';
comment on column public.lead_consents.source is 'Where they said so: api, form:<name>, provider:<key> …';
comment on column public.lead_consents.text_version is 'Which wording they agreed to.';
comment on column public.lead_consents.evidence is '{form_id, confirmed}: what proves it. Page and ip_hash are sealed: consent_evidence tells them.';
create index lead_consents_by_lead on public.lead_consents (organization_id, lead_id, purpose, occurred_at desc, id desc);
-- Leads that turn out to be one are merged, and their consents with them: nothing else of a line ever changes.
create trigger lead_consents_append_only before update on public.lead_consents
for each row when (to_jsonb(old) - 'lead_id' is distinct from to_jsonb(new) - 'lead_id')
execute function private.refuse_update();

alter table public.leads enable row level security;
alter table public.lead_consents enable row level security;
create policy "members read leads" on public.leads for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'leads:read'))));
create policy "members read consents" on public.lead_consents for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'leads:read'))));
grant select on public.leads, public.lead_consents to authenticated, service_role, wasl_worker;

-- Computed columns. A client can call them with a row of its own making, so whose lead it is, is looked up anew; and they see
-- what the statement has written that they are part of.
create function public.email(lead public.leads) returns text
language sql volatile set search_path = ''
as $$ select private.personal(l.id) ->> 'email' from public.leads l where l.id = lead.id $$;
comment on function public.email(public.leads) is 'As they gave it.';

create function public.phone(lead public.leads) returns text
language sql volatile set search_path = ''
as $$ select private.personal(l.id) ->> 'phone' from public.leads l where l.id = lead.id $$;
comment on function public.phone(public.leads) is 'E.164.';

create function public.first_name(lead public.leads) returns text
language sql volatile set search_path = ''
as $$ select private.personal(l.id) ->> 'first_name' from public.leads l where l.id = lead.id $$;
comment on function public.first_name(public.leads) is 'As they gave it; likewise last_name.';

create function public.last_name(lead public.leads) returns text
language sql volatile set search_path = ''
as $$ select private.personal(l.id) ->> 'last_name' from public.leads l where l.id = lead.id $$;
comment on function public.last_name(public.leads) is 'As they gave it.';

create function public.company(lead public.leads) returns text
language sql volatile set search_path = ''
as $$ select private.personal(l.id) ->> 'company' from public.leads l where l.id = lead.id $$;
comment on function public.company(public.leads) is 'Where they work.';

create function public.attributes(lead public.leads) returns jsonb
language sql volatile set search_path = ''
as $$ select coalesce(private.personal(l.id) -> 'attributes', '{}') from public.leads l where l.id = lead.id $$;
comment on function public.attributes(public.leads) is 'Further answers: texts by name.';

grant execute on function public.email(public.leads), public.phone(public.leads), public.first_name(public.leads),
    public.last_name(public.leads), public.company(public.leads), public.attributes(public.leads)
to authenticated, service_role;

-- The state of a purpose as it is now; null: they were never asked.
create function private.lead_consent(lead_id uuid, purpose text) returns text
language sql stable security definer set search_path = ''
as $$
    select c.state from public.leads l
    join public.lead_consents c on c.organization_id = l.organization_id and c.lead_id = l.id
    where l.id = lead_consent.lead_id and c.purpose = lead_consent.purpose
    order by c.occurred_at desc, c.id desc
    limit 1
$$;
grant execute on function private.lead_consent(uuid, text) to wasl_worker;

create function private.lead_consents_of(lead public.leads) returns jsonb
language sql stable security definer set search_path = ''
as $$
    select coalesce(jsonb_object_agg(c.purpose, c.state), '{}')
    from (
        select distinct on (c.purpose) c.purpose, c.state from public.lead_consents c
        where c.organization_id = lead.organization_id and c.lead_id = lead.id
        order by c.purpose, c.occurred_at desc, c.id desc
    ) c
$$;

-- What is known of somebody, {email, phone, first_name, last_name, company, attributes}, as texts by the names that a mapping
-- knows.
create function private.facts_of_known(known jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
    select coalesce(known -> 'attributes', '{}') || (known - 'attributes')
        || case when known ? 'email' then jsonb_build_object('email', lower(btrim(known ->> 'email'))) else '{}' end
$$;

-- What is synchronized of a lead beside tags and consent, likewise.
create function private.lead_facts(lead public.leads) returns jsonb
language sql stable security definer set search_path = ''
as $$
    select private.facts_of_known(private.personal(lead.id))
        || private.without_nulls(jsonb_build_object('language', lead.language, 'country', lead.country))
$$;

-- The version rises with what is synchronized, and that of what is sealed by put_lead; whoever applies a provider's change
-- says when that was made.
create function private.touch_lead() returns trigger
language plpgsql set search_path = ''
as $$
begin
    if new.version = old.version
       and (new.language, new.country, new.tags, new.status, new.restricted_at)
           is distinct from (old.language, old.country, old.tags, old.status, old.restricted_at) then
        new.version := old.version + 1;
    end if;
    if new.updated_at = old.updated_at and coalesce(current_setting('wasl.pulled_from', true), '') = '' then
        new.updated_at := clock_timestamp();
    end if;
    return new;
end
$$;
create trigger leads_touch before update on public.leads
for each row execute function private.touch_lead();

create function private.count_consents() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    update public.leads l set version = l.version + 1
    where l.id in (select n.lead_id from new_consents n);
    return null;
end
$$;
create trigger lead_consents_count after insert on public.lead_consents
referencing new table as new_consents for each statement execute function private.count_consents();

-- Appends what they said, unless it is what they have said already. Says whether it was news.
create function private.put_consent(
    lead public.leads, purpose text, state text, source text, text_version text default null,
    occurred_at timestamptz default null, evidence jsonb default '{}'
) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
    shown constant text[] := array['form_id', 'confirmed', 'consent'];
    latest public.lead_consents;
    consent public.lead_consents;
begin
    select * into latest from public.lead_consents c
    where c.organization_id = lead.organization_id and c.lead_id = lead.id and c.purpose = put_consent.purpose
    order by c.occurred_at desc, c.id desc limit 1;
    if (latest.state, coalesce(text_version, latest.text_version)) is not distinct from (state, latest.text_version) then
        return false;
    end if;
    insert into public.lead_consents as c (organization_id, lead_id, purpose, state, source, text_version, occurred_at, evidence,
        created_by)
    values (lead.organization_id, lead.id, purpose, state, source, text_version, coalesce(occurred_at, clock_timestamp()),
        coalesce((select jsonb_object_agg(e.key, e.value) from jsonb_each(evidence) e where e.key = any (shown)), '{}'),
        private.actor())
    returning c.* into consent;
    perform private.keep_evidence(consent, coalesce(evidence, '{}') - shown);
    return true;
end
$$;

create function private.tell_of_lead(lead public.leads, type text, more jsonb default '{}') returns uuid
language plpgsql security definer set search_path = ''
as $$
declare
    known constant jsonb := private.personal(lead.id);
begin
    return private.emit_event(lead.organization_id, type, 'lead', lead.id, jsonb_build_object(
        'lead_id', lead.id, 'email', known -> 'email', 'phone', known -> 'phone', 'first_name', known -> 'first_name',
        'last_name', known -> 'last_name', 'company', known -> 'company', 'language', lead.language, 'country', lead.country,
        'source', lead.source, 'status', lead.status, 'tags', lead.tags, 'attributes', coalesce(known -> 'attributes', '{}'),
        'attribution', lead.attribution, 'consents', private.lead_consents_of(lead)) || more);
end
$$;
