-- The record that Art. 7 of Federal Decree-Law 45/2021 wants a controller to keep: what for, on which basis, who gets to see
-- it, where it goes. Written by people; what the hub knows itself is put beside it by processing_register.

create table public.processing_purposes (
    id uuid primary key default gen_random_uuid(),
    organization_id uuid not null references public.organizations (id) on delete cascade,
    key text not null check (key ~ '^[a-z][a-z0-9_]{0,49}$'),
    title text not null check (char_length(btrim(title)) between 1 and 200),
    description text not null default '' check (char_length(description) <= 2000),
    lawful_basis text not null check (lawful_basis in ('consent', 'contract', 'legal_obligation', 'public_interest',
        'vital_interest', 'legal_claims', 'made_public', 'legitimate_interest')),
    data_categories text[] not null default '{}',
    subject_categories text[] not null default '{}',
    access_by text not null default '' check (char_length(access_by) <= 1000),
    security text not null default '' check (char_length(security) <= 2000),
    impact_assessment text check (char_length(impact_assessment) <= 2000),
    active boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (organization_id, key)
);
comment on table public.processing_purposes is 'What an organization processes personal data for. Earlier versions stand in the audit log.';
comment on column public.processing_purposes.key is 'As consents name it, such as marketing_email.';
comment on column public.processing_purposes.lawful_basis is
'Why it may: consent, contract, legal_obligation, public_interest, vital_interest, legal_claims, made_public (Art. 4); legitimate_interest only where DIFC, ADGM or GDPR apply.';
comment on column public.processing_purposes.data_categories is 'Such as contacts or financial: the classes of retention_plan.';
comment on column public.processing_purposes.subject_categories is 'Such as customers or visitors.';
comment on column public.processing_purposes.access_by is 'Who may see the data.';
comment on column public.processing_purposes.security is 'How it is kept safe.';
comment on column public.processing_purposes.impact_assessment is 'What the assessment of Art. 21 came to, where one was made.';
comment on column public.processing_purposes.active is 'Whether it still is.';

create table public.data_transfers (
    id uuid primary key default gen_random_uuid(),
    organization_id uuid not null references public.organizations (id) on delete cascade,
    provider_key text not null references public.integration_providers (key),
    country text not null check (country ~ '^[A-Z]{2}$'),
    basis text not null check (basis in ('adequate_country', 'contract_clauses', 'explicit_consent', 'contract_performance',
        'legal_claims', 'judicial_cooperation', 'public_interest', 'within_country')),
    source text not null check (char_length(btrim(source)) between 1 and 500),
    agreement_url text check (agreement_url ~ '^https?://' and char_length(agreement_url) <= 2048),
    reviewed_on date not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (organization_id, provider_key, country)
);
comment on table public.data_transfers is 'Where a provider processes an organization''s data, and why it may go there. A provider without one counts as unverified.';
comment on column public.data_transfers.country is 'ISO 3166-1 alpha-2.';
comment on column public.data_transfers.basis is 'Arts 22 and 23; within_country: it stays in the UAE.';
comment on column public.data_transfers.source is 'Where the country is said: a contract, the provider''s page.';
comment on column public.data_transfers.agreement_url is 'The agreement on processing.';
comment on column public.data_transfers.reviewed_on is 'When somebody last looked.';
create index data_transfers_by_provider on public.data_transfers (provider_key);

create table public.data_breaches (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null references public.organizations (id) on delete cascade,
    title text not null check (char_length(btrim(title)) between 1 and 200),
    known_at timestamptz not null,
    occurred_at timestamptz,
    nature text not null default '' check (char_length(nature) <= 4000),
    causes text not null default '' check (char_length(causes) <= 4000),
    data_categories text[] not null default '{}',
    approximate_subjects bigint check (approximate_subjects >= 0),
    approximate_records bigint check (approximate_records >= 0),
    effects text not null default '' check (char_length(effects) <= 4000),
    measures text not null default '' check (char_length(measures) <= 4000),
    endangers_subjects boolean,
    notify_due_at timestamptz not null,
    authority_notified_at timestamptz,
    authority_reference text check (char_length(authority_reference) <= 200),
    subjects_notified_at timestamptz,
    closed_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
comment on table public.data_breaches is 'Breaches of personal data, with what Art. 9 of Federal Decree-Law 45/2021 wants the authority told.';
comment on column public.data_breaches.known_at is 'When the organization came to know of it: the clock begins.';
comment on column public.data_breaches.nature is 'What kind and form it has.';
comment on column public.data_breaches.causes is 'How it came about.';
comment on column public.data_breaches.data_categories is 'As in retention_plan.';
comment on column public.data_breaches.approximate_subjects is 'How many people it concerns.';
comment on column public.data_breaches.approximate_records is 'How many records.';
comment on column public.data_breaches.effects is 'What is likely to come of it.';
comment on column public.data_breaches.measures is 'What was done, and is proposed.';
comment on column public.data_breaches.endangers_subjects is 'Whether people''s privacy or security is at risk: then they are told as well.';
comment on column public.data_breaches.notify_due_at is 'Until when the authority is to be told, by privacy_settings.';
comment on column public.data_breaches.authority_notified_at is 'When it was.';
comment on column public.data_breaches.authority_reference is 'The authority''s own number.';
comment on column public.data_breaches.subjects_notified_at is 'When the people were told.';
comment on column public.data_breaches.closed_at is 'When it was over and documented.';
create index data_breaches_by_organization on public.data_breaches (organization_id, known_at desc);
create index data_breaches_open on public.data_breaches (notify_due_at) where authority_notified_at is null and closed_at is null;

create function private.set_breach_deadline() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    new.notify_due_at := new.known_at
        + make_interval(hours => (select d.breach_hours from private.privacy_deadlines(new.organization_id) d));
    return new;
end
$$;
create trigger data_breaches_deadline before insert or update of known_at on public.data_breaches
for each row execute function private.set_breach_deadline();

create trigger processing_purposes_touch before update on public.processing_purposes
for each row execute function private.touch_updated_at();
create trigger data_transfers_touch before update on public.data_transfers
for each row execute function private.touch_updated_at();
create trigger data_breaches_touch before update on public.data_breaches
for each row execute function private.touch_updated_at();
create trigger processing_purposes_audit after insert or update or delete on public.processing_purposes
for each row when (current_user in ('authenticated', 'service_role')) execute function private.audit_direct_change('processing_purpose', 'id');
create trigger data_transfers_audit after insert or update or delete on public.data_transfers
for each row when (current_user in ('authenticated', 'service_role')) execute function private.audit_direct_change('data_transfer', 'id');
create trigger data_breaches_audit after insert or update on public.data_breaches
for each row when (current_user in ('authenticated', 'service_role')) execute function private.audit_direct_change('data_breach', 'id');
create trigger processing_purposes_card_data before insert or update on public.processing_purposes
for each row when (current_user in ('authenticated', 'service_role')) execute function private.refuse_card_data();
create trigger data_transfers_card_data before insert or update on public.data_transfers
for each row when (current_user in ('authenticated', 'service_role')) execute function private.refuse_card_data();
create trigger data_breaches_card_data before insert or update on public.data_breaches
for each row when (current_user in ('authenticated', 'service_role')) execute function private.refuse_card_data();

alter table public.processing_purposes enable row level security;
alter table public.data_transfers enable row level security;
alter table public.data_breaches enable row level security;
create policy "members read purposes" on public.processing_purposes for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'privacy:read'))));
create policy "admins add purposes" on public.processing_purposes for insert to authenticated
with check (organization_id = any (array(select private.my_organizations('admin', 'privacy:write'))));
create policy "admins change purposes" on public.processing_purposes for update to authenticated
using (organization_id = any (array(select private.my_organizations('admin', 'privacy:write'))))
with check (organization_id = any (array(select private.my_organizations('admin', 'privacy:write'))));
create policy "admins remove purposes" on public.processing_purposes for delete to authenticated
using (organization_id = any (array(select private.my_organizations('admin', 'privacy:write'))));
create policy "members read transfers" on public.data_transfers for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'privacy:read'))));
create policy "admins add transfers" on public.data_transfers for insert to authenticated
with check (organization_id = any (array(select private.my_organizations('admin', 'privacy:write'))));
create policy "admins change transfers" on public.data_transfers for update to authenticated
using (organization_id = any (array(select private.my_organizations('admin', 'privacy:write'))))
with check (organization_id = any (array(select private.my_organizations('admin', 'privacy:write'))));
create policy "admins remove transfers" on public.data_transfers for delete to authenticated
using (organization_id = any (array(select private.my_organizations('admin', 'privacy:write'))));
create policy "admins read breaches" on public.data_breaches for select to authenticated
using (organization_id = any (array(select private.my_organizations('admin', 'privacy:read'))));
create policy "admins add breaches" on public.data_breaches for insert to authenticated
with check (organization_id = any (array(select private.my_organizations('admin', 'privacy:write'))));
create policy "admins change breaches" on public.data_breaches for update to authenticated
using (organization_id = any (array(select private.my_organizations('admin', 'privacy:write'))))
with check (organization_id = any (array(select private.my_organizations('admin', 'privacy:write'))));

grant select, insert (organization_id, key, title, description, lawful_basis, data_categories, subject_categories, access_by,
        security, impact_assessment, active),
    update (title, description, lawful_basis, data_categories, subject_categories, access_by, security, impact_assessment, active),
    delete on public.processing_purposes to authenticated;
grant select, insert (organization_id, provider_key, country, basis, source, agreement_url, reviewed_on),
    update (country, basis, source, agreement_url, reviewed_on), delete on public.data_transfers to authenticated;
grant select, insert (organization_id, title, known_at, occurred_at, nature, causes, data_categories, approximate_subjects,
        approximate_records, effects, measures, endangers_subjects),
    update (title, known_at, occurred_at, nature, causes, data_categories, approximate_subjects, approximate_records, effects,
        measures, endangers_subjects, authority_notified_at, authority_reference, subjects_notified_at, closed_at)
on public.data_breaches to authenticated;
grant select, insert, update, delete on public.processing_purposes, public.data_transfers to service_role;
grant select, insert, update on public.data_breaches to service_role;

create function private.processing_register(organization_id uuid) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
    own uuid := private.resolve_organization(organization_id, 'viewer', 'privacy:read');
begin
    return jsonb_build_object(
        'controller', (select jsonb_build_object('name', o.name, 'country', o.country, 'dpo_name', s.dpo_name,
                'dpo_email', s.dpo_email, 'dpo_phone', s.dpo_phone, 'jurisdiction', s.jurisdiction)
            from public.organizations o join public.privacy_settings s on s.organization_id = o.id where o.id = own),
        'purposes', (select coalesce(jsonb_agg(to_jsonb(p) - 'organization_id' order by p.key), '[]')
            from public.processing_purposes p where p.organization_id = own),
        'consents', (select coalesce(jsonb_object_agg(c.purpose, c.number), '{}') from (
            select c.purpose, count(*) as number from public.lead_consents c where c.organization_id = own group by 1) c),
        'retention', private.retention_plan(own),
        'recipients', (
            select coalesce(jsonb_agg(jsonb_build_object('provider', p.key, 'name', p.name, 'category', p.category,
                'environments', p.environments, 'transfers', coalesce(t.transfers, '[]'),
                'verified', t.transfers is not null) order by p.key), '[]')
            from (
                select v.key, v.name, v.category, array_agg(distinct c.environment order by c.environment) as environments
                from public.integration_connections c join public.integration_providers v on v.key = c.provider_key
                where c.organization_id = own and c.status <> 'disconnected' group by 1, 2, 3
            ) p
            left join lateral (
                select jsonb_agg(jsonb_build_object('country', d.country, 'basis', d.basis, 'source', d.source,
                    'agreement_url', d.agreement_url, 'reviewed_on', d.reviewed_on) order by d.country) as transfers
                from public.data_transfers d where d.organization_id = own and d.provider_key = p.key
            ) t on true),
        'made_at', clock_timestamp());
end
$$;

create function public.processing_register(organization_id uuid default null) returns jsonb
language sql stable set search_path = ''
as $$ select private.processing_register(organization_id) $$;
comment on function public.processing_register is
'The record of processing: {controller, purposes, consents, retention, recipients: [{provider, transfers, verified}], made_at}.';
grant execute on function private.processing_register(uuid), public.processing_register(uuid) to authenticated, service_role;

-- By the clock: an alert for each answer that is due within three days, and each breach that the authority is to be told of
-- within a day. Answers how many there are.
create function private.warn_of_privacy_deadlines() returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    due record;
    warned integer := 0;
begin
    for due in
        select r.organization_id, 'privacy.due' as kind, r.id, r.due_at, 'request' as what
        from public.data_subject_requests r where r.finished_at is null and r.due_at < now() + interval '3 days'
        union all
        select b.organization_id, 'privacy.breach_due', b.id, b.notify_due_at, 'breach'
        from public.data_breaches b
        where b.authority_notified_at is null and b.closed_at is null and b.notify_due_at < now() + interval '1 day'
    loop
        perform private.raise_alert(due.organization_id, null, due.kind, due.kind || ':' || due.id,
            case when due.due_at < now() then 'critical' else 'warning' end::public.alert_severity,
            case due.what when 'request' then 'Somebody has to be answered about their data'
                else 'The authority has to be told of a breach' end,
            jsonb_build_object(due.what || '_id', due.id, 'due_at', due.due_at));
        warned := warned + 1;
    end loop;
    return warned;
end
$$;
grant execute on function private.warn_of_privacy_deadlines() to wasl_worker;

create function private.resolve_breach_alert() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    perform private.end_alert(new.organization_id, 'privacy.breach_due:' || new.id);
    return null;
end
$$;
create trigger data_breaches_told after update on public.data_breaches
for each row when (new.authority_notified_at is not null or new.closed_at is not null) execute function private.resolve_breach_alert();
