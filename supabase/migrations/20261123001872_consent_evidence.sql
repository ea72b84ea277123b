-- What proves a consent, sealed by the lead's key; and when that key is destroyed (docs/compliance.md).

create table private.consent_evidence (
    consent_id uuid primary key references public.lead_consents (id) on delete cascade,
    lead_id uuid not null references public.leads (id) on delete cascade,
    subject_id uuid not null,
    sealed bytea not null
);
comment on table private.consent_evidence is 'From where somebody agreed: {page, ip_hash}, sealed by the key of subject_id, the lead as it was then.';
create index consent_evidence_by_lead on private.consent_evidence (lead_id);
alter table private.consent_evidence enable row level security;

create function private.keep_evidence(consent public.lead_consents, evidence jsonb) returns void
language plpgsql security definer set search_path = ''
as $$
begin
    if evidence <> '{}' then
        insert into private.consent_evidence (consent_id, lead_id, subject_id, sealed)
        values (consent.id, consent.lead_id, consent.lead_id, private.seal(consent.organization_id, consent.lead_id, evidence));
    end if;
end
$$;

create function private.consent_evidence(consent_id uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    consent public.lead_consents;
    opened jsonb;
begin
    select * into consent from public.lead_consents c where c.id = consent_evidence.consent_id;
    if consent.id is null or not private.may(consent.organization_id, 'admin', 'leads:read') then
        perform private.refuse(404, 'consent_not_found', 'There is no such consent of yours.', 'consent_id');
    end if;
    select private.unseal(e.subject_id, e.sealed) into opened from private.consent_evidence e where e.consent_id = consent.id;
    perform private.audit(consent.organization_id, 'consent.evidence_shown', 'consent', consent.id::text);
    return consent.evidence || coalesce(opened, '{}');
end
$$;

create function public.consent_evidence(consent_id uuid) returns jsonb
language sql set search_path = ''
as $$ select private.consent_evidence(consent_id) $$;
comment on function public.consent_evidence is
'What proves a consent, {form_id, page, ip_hash}; without the last two once they are erased. That it was shown stands in the audit log.';
grant execute on function private.consent_evidence(uuid), public.consent_evidence(uuid) to authenticated, service_role;

-- Once a lead is deleted and no tool has to be told any more whom to forget, nothing opens what its key has sealed.
create function private.destroy_keys(variadic lead_ids uuid[]) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    destroyed integer;
begin
    with gone as (
        select l.id from public.leads l
        where l.id = any (lead_ids) and l.status = 'deleted'
          and not exists (select from private.addresses_to_forget f where f.lead_id = l.id)
    ),
    keys as (
        select g.id as subject_id from gone g
        union select e.subject_id from private.consent_evidence e join gone g on g.id = e.lead_id
    ),
    evidence as (delete from private.consent_evidence e using gone g where e.lead_id = g.id)
    delete from private.subject_keys k using keys where k.subject_id = keys.subject_id;
    get diagnostics destroyed = row_count;
    return destroyed;
end
$$;

create function private.destroy_keys_of_forgotten() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    perform private.destroy_keys(variadic array(select o.lead_id from forgotten o));
    return null;
end
$$;
create trigger addresses_to_forget_gone after delete on private.addresses_to_forget
referencing old table as forgotten for each statement execute function private.destroy_keys_of_forgotten();
