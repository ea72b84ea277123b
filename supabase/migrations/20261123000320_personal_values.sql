-- What is known of people lies sealed beside the records that are about them, each by a key of its own. To destroy the key is
-- to erase what it sealed, in every copy: the keys are left out of backups of the database and kept beside them
-- (docs/compliance.md). Whom a record is about is found by keyed hashes of e-mails and phones.

create table private.subject_keys (
    subject_id uuid primary key,
    organization_id uuid not null references public.organizations (id) on delete cascade,
    key bytea not null check (octet_length(key) = 32),
    created_at timestamptz not null default clock_timestamp()
);
comment on table private.subject_keys is
'A random key for each record about somebody (lead, payment, parcel …) and for each request. No role but the database''s owner reads it; functions seal and open by it.';
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
declare
    own bytea := (select b.key from private.blind_keys b where b.organization_id = blind_key.organization_id);
begin
    if own is null then
        insert into private.blind_keys (organization_id) values (organization_id) on conflict do nothing;
        own := (select b.key from private.blind_keys b where b.organization_id = blind_key.organization_id);
    end if;
    return own;
end
$$;

-- HMAC-SHA-256 of an e-mail or phone; the same for all spellings of one. (In PL/pgSQL, as `personal` below.)
create function private.blind_index(key bytea, address text) returns bytea
language plpgsql immutable set search_path = ''
as $$
begin
    return case when btrim(coalesce(address, '')) <> '' then extensions.hmac(convert_to(
        case when position('@' in address) > 0 then lower(btrim(address)) else regexp_replace(address, '[^0-9+]', '', 'g') end, 'UTF8'),
        key, 'sha256') end;
end
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

create table private.personal_values (
    subject_id uuid primary key,
    organization_id uuid not null references public.organizations (id) on delete cascade,
    record_type text not null check (record_type in ('lead', 'payment', 'payment_link', 'shipment', 'quote')),
    sealed bytea not null,
    address_indexes bytea[] not null default '{}'
);
comment on table private.personal_values is
'What a record says of people, {column: value}, sealed by the record''s key. Computed columns show it to who may read the record.';
comment on column private.personal_values.subject_id is 'The record''s id.';
comment on column private.personal_values.address_indexes is 'Blind indexes of the e-mails and phones in it.';
create index personal_values_by_organization on private.personal_values (organization_id);
create index personal_values_by_address on private.personal_values using gin (address_indexes);
alter table private.personal_values enable row level security;

-- Keeps what a record says of people, in place of what it said before; `addresses` are all e-mails and phones by which it is
-- to be found.
create function private.keep_personal(
    organization_id uuid, record_type text, subject_id uuid, value jsonb, variadic addresses text[] default '{}'
) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    blind_key constant bytea := private.blind_key(organization_id);
begin
    if value = '{}' then
        delete from private.personal_values v where v.subject_id = keep_personal.subject_id;
        return;
    end if;
    insert into private.personal_values as v (subject_id, organization_id, record_type, sealed, address_indexes)
    values (subject_id, organization_id, record_type, private.seal(organization_id, subject_id, value),
        array(select private.blind_index(blind_key, a) from unnest(addresses) a where btrim(a) <> ''))
    on conflict on constraint personal_values_pkey do update
    set sealed = excluded.sealed, address_indexes = excluded.address_indexes;
end
$$;

-- What a record says of people, {} once it is erased. Whoever calls this has made sure that the caller may read the record.
-- In PL/pgSQL, whose plans a session keeps: it is called for every row of a page.
create function private.personal(subject_id uuid) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
    return coalesce((
        select private.unseal(v.subject_id, v.sealed) from private.personal_values v where v.subject_id = personal.subject_id), '{}');
end
$$;
grant execute on function private.personal(uuid) to authenticated, service_role, wasl_worker;

-- Erases what records say of people: the values, and the keys that open them in any copy.
create function private.forget_personal(variadic subject_ids uuid[]) returns void
language sql security definer set search_path = ''
as $$
    delete from private.personal_values v where v.subject_id = any (subject_ids);
    delete from private.subject_keys k where k.subject_id = any (subject_ids);
$$;
