-- Which law an organization answers to, with its deadlines, and who answers for it there.

create table private.jurisdictions (
    jurisdiction text primary key,
    title text not null,
    answer_days integer not null,
    extension_days integer not null,
    breach_hours integer not null,
    basis text not null
);
comment on table private.jurisdictions is 'What each law gives for an answer and for reporting a breach; an organization may set others.';
alter table private.jurisdictions enable row level security;
insert into private.jurisdictions (jurisdiction, title, answer_days, extension_days, breach_hours, basis) values
    ('uae', 'Federal Decree-Law 45/2021', 30, 30, 72,
     'The law leaves the periods to its Executive Regulations; whether these are in force is not settled. The numbers are a cautious choice, no law''s.'),
    ('difc', 'DIFC Law 5/2020', 30, 0, 72,
     'Arts 32-39: one month. Art. 41: as soon as practicable; 72 hours is a choice. An extension has to be set after a look at the law.'),
    ('adgm', 'ADGM Data Protection Regulations 2021', 60, 30, 72, 'Two months, and one more; a breach within 72 hours.'),
    ('gdpr', 'Regulation (EU) 2016/679', 30, 60, 72, 'Arts 12 and 33.');

create table public.privacy_settings (
    organization_id uuid primary key references public.organizations (id) on delete cascade,
    jurisdiction text not null default 'uae' references private.jurisdictions (jurisdiction),
    answer_days integer check (answer_days between 1 and 365),
    breach_hours integer check (breach_hours between 1 and 720),
    dpo_name text check (char_length(dpo_name) <= 200),
    dpo_email text check (char_length(dpo_email) <= 254),
    dpo_phone text check (char_length(dpo_phone) <= 40),
    updated_at timestamptz not null default now()
);
comment on table public.privacy_settings is 'The law an organization answers to, its deadlines where they are others, and its data protection officer.';
comment on column public.privacy_settings.jurisdiction is 'uae, difc, adgm or gdpr.';
comment on column public.privacy_settings.answer_days is 'For an answer to a person; null: as the jurisdiction has it.';
comment on column public.privacy_settings.breach_hours is 'For telling the authority of a breach; null: as the jurisdiction has it.';
comment on column public.privacy_settings.dpo_name is 'The data protection officer.';
comment on column public.privacy_settings.dpo_email is 'Where they are reached.';
comment on column public.privacy_settings.dpo_phone is 'Likewise.';
create index privacy_settings_by_jurisdiction on public.privacy_settings (jurisdiction);
create trigger privacy_settings_touch before update on public.privacy_settings
for each row execute function private.touch_updated_at();
create trigger privacy_settings_audit after update on public.privacy_settings
for each row when (current_user in ('authenticated', 'service_role'))
execute function private.audit_direct_change('privacy_settings', 'organization_id');
create trigger privacy_settings_card_data before update on public.privacy_settings
for each row when (current_user in ('authenticated', 'service_role')) execute function private.refuse_card_data();

alter table public.privacy_settings enable row level security;
create policy "members read privacy settings" on public.privacy_settings for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'privacy:read'))));
create policy "admins change privacy settings" on public.privacy_settings for update to authenticated
using (organization_id = any (array(select private.my_organizations('admin', 'privacy:write'))))
with check (organization_id = any (array(select private.my_organizations('admin', 'privacy:write'))));
grant select, update (jurisdiction, answer_days, breach_hours, dpo_name, dpo_email, dpo_phone)
on public.privacy_settings to authenticated;
grant select, update on public.privacy_settings to service_role;

-- Every organization has them from the first.
create function private.make_privacy_settings() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    insert into public.privacy_settings (organization_id) values (new.id);
    return null;
end
$$;
create trigger organizations_privacy_settings after insert on public.organizations
for each row execute function private.make_privacy_settings();

-- The deadlines that hold for an organization.
create function private.privacy_deadlines(
    organization_id uuid, out jurisdiction text, out answer_days integer, out extension_days integer, out breach_hours integer
)
language sql stable security definer set search_path = ''
as $$
    select j.jurisdiction, coalesce(s.answer_days, j.answer_days), j.extension_days, coalesce(s.breach_hours, j.breach_hours)
    from public.privacy_settings s join private.jurisdictions j on j.jurisdiction = s.jurisdiction
    where s.organization_id = privacy_deadlines.organization_id
$$;
