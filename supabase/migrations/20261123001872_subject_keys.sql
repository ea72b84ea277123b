-- Personal data that nobody has to search or join is sealed by a key of its subject. To destroy the key is to erase what it
-- sealed, in every copy: the keys are left out of backups of the database and kept beside them (docs/compliance.md).

create table private.subject_keys (
    subject_id uuid primary key,
    organization_id uuid not null references public.organizations (id) on delete cascade,
    key bytea not null check (octet_length(key) = 32),
    created_at timestamptz not null default clock_timestamp()
);
comment on table private.subject_keys is
'A random key for each lead and each request. No role but the database''s owner reads it; functions seal and open by it.';
create index subject_keys_by_organization on private.subject_keys (organization_id);
alter table private.subject_keys enable row level security;

create table private.blind_keys (
    organization_id uuid primary key references public.organizations (id) on delete cascade,
    key bytea not null default extensions.gen_random_bytes(32) check (octet_length(key) = 32)
);
comment on table private.blind_keys is 'By which an address is turned into an index that tells the same address again, and nothing else.';
alter table private.blind_keys enable row level security;

create function private.blind_key(organization_id uuid) returns bytea
language plpgsql security definer set search_path = ''
as $$
begin
    insert into private.blind_keys (organization_id) values (organization_id) on conflict do nothing;
    return (select b.key from private.blind_keys b where b.organization_id = blind_key.organization_id);
end
$$;

-- HMAC-SHA-256 of an e-mail or phone; the same for all spellings of one.
create function private.blind_index(key bytea, address text) returns bytea
language sql immutable set search_path = ''
as $$
    select case when btrim(coalesce(address, '')) <> '' then extensions.hmac(convert_to(
        case when position('@' in address) > 0 then lower(btrim(address)) else regexp_replace(address, '[^0-9+]', '', 'g') end, 'UTF8'),
        key, 'sha256') end
$$;

-- The key is random, so there is nothing to stretch: s2k-mode 1 saves nine tenths of the time. The MDC shows tampering.
create function private.seal(organization_id uuid, subject_id uuid, value jsonb) returns bytea
language plpgsql security definer set search_path = ''
as $$
declare
    own bytea;
begin
    insert into private.subject_keys (subject_id, organization_id, key)
    values (subject_id, organization_id, extensions.gen_random_bytes(32)) on conflict do nothing;
    select k.key into own from private.subject_keys k where k.subject_id = seal.subject_id;
    return extensions.pgp_sym_encrypt(value::text, encode(own, 'hex'), 'cipher-algo=aes256, s2k-mode=1, compress-algo=0');
end
$$;

-- Null when the key has been destroyed.
create function private.unseal(subject_id uuid, sealed bytea) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
    own constant bytea := (select k.key from private.subject_keys k where k.subject_id = unseal.subject_id);
begin
    return case when own is not null and sealed is not null
        then extensions.pgp_sym_decrypt(sealed, encode(own, 'hex'))::jsonb end;
end
$$;

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
