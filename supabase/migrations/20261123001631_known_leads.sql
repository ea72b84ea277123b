-- What is known of a lead beside its row, {email, phone, first_name, last_name, company, attributes}: how it is written, and how
-- a lead is found by it. Whoever changes leads locks addresses first, then leads, then their links.

-- As checks of the table's columns would.
create function private.check_known(known jsonb) returns void
language plpgsql immutable set search_path = ''
as $$
declare
    wrong constant text := case
        when not known ?| array['email', 'phone'] then 'address'
        when known ->> 'email' !~ '^[^\s@]+@[^\s@]+\.[^\s@]+$' or char_length(known ->> 'email') > 254 then 'email'
        when known ->> 'phone' !~ '^\+[1-9][0-9]{6,14}$' then 'phone'
        when jsonb_typeof(known -> 'attributes') <> 'object' then 'attributes' end;
begin
    if wrong is not null then
        raise check_violation using message = case wrong when 'address' then 'A lead has an email or a phone.'
                else format('That is no %s of a lead''s.', wrong) end,
            schema = 'public', table = 'leads', column = wrong, constraint = format('leads_%s_check', wrong);
    end if;
end
$$;

-- Nothing else writes what is known of a lead: it is sealed, and found by the addresses in it.
create function private.keep_known(organization_id uuid, lead_id uuid, known jsonb) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    key constant bytea := private.blind_key(organization_id);
begin
    perform private.check_known(known);
    insert into private.lead_addresses as a (lead_id, organization_id, email_index, phone_index)
    values (lead_id, organization_id, private.blind_index(key, known ->> 'email'), private.blind_index(key, known ->> 'phone'))
    on conflict on constraint lead_addresses_pkey do update
    set email_index = excluded.email_index, phone_index = excluded.phone_index
    where (a.email_index, a.phone_index) is distinct from (excluded.email_index, excluded.phone_index);
    perform private.keep_personal(organization_id, 'lead', lead_id, known, known ->> 'email', known ->> 'phone');
end
$$;

-- What was known with what is told: the latter counts where both say something.
create function private.known_with(before jsonb, told jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
    select before || told
        || jsonb_build_object('attributes', coalesce(before -> 'attributes', '{}') || coalesce(told -> 'attributes', '{}'))
$$;

-- Out of facts by a mapping's names: those that a lead's row does not have.
create function private.known_in_facts(facts jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
    select coalesce(jsonb_object_agg(e.key, e.value) filter (where e.key in ('email', 'phone', 'first_name', 'last_name', 'company')), '{}')
        || jsonb_build_object('attributes',
            facts - array['email', 'phone', 'first_name', 'last_name', 'company', 'language', 'country'])
    from jsonb_each(facts) e
$$;

-- Since when somebody with these addresses is restricted; null: they are not.
create function private.restricted_since(organization_id uuid, variadic indexes bytea[]) returns timestamptz
language plpgsql stable security definer set search_path = ''
as $$
begin
    return (select clock_timestamp() from private.restricted_subjects r
            where r.organization_id = restricted_since.organization_id and r.subject_index = any (indexes) limit 1);
end
$$;

-- Writes a lead that is locked, or a new one, with what is known of it in place of what was. Its version rises when that
-- changes what is synchronized. `changed_at`: when a provider made the change.
create function private.put_lead(lead public.leads, known jsonb, changed_at timestamptz default null) returns public.leads
language plpgsql security definer set search_path = ''
as $$
declare
    key constant bytea := private.blind_key(lead.organization_id);
    before constant jsonb := private.personal(lead.id);
    news integer;
begin
    known := private.without_nulls(known || jsonb_build_object('attributes',
        nullif(private.without_nulls(coalesce(known -> 'attributes', '{}')), '{}')));
    if lead.id is null then
        insert into public.leads as l (organization_id, language, country, source, status, attribution, tags, restricted_at, updated_at)
        values (lead.organization_id, lead.language, lead.country, lead.source, lead.status, lead.attribution, lead.tags,
            private.restricted_since(lead.organization_id, private.blind_index(key, known ->> 'email'),
                private.blind_index(key, known ->> 'phone')), coalesce(changed_at, clock_timestamp()))
        returning l.* into lead;
    else
        news := (private.facts_of_known(known) <> private.facts_of_known(before))::integer;
        update public.leads l set language = lead.language, country = lead.country, status = lead.status, attribution = lead.attribution,
            tags = lead.tags, confirmed_at = lead.confirmed_at, restricted_at = lead.restricted_at,
            version = greatest(lead.version, l.version + news), updated_at = coalesce(changed_at, l.updated_at)
        where l.id = lead.id
        returning l.* into lead;
    end if;
    if known <> before then
        perform private.keep_known(lead.organization_id, lead.id, known);
    end if;
    return lead;
end
$$;

-- Of a lead that goes, or is nobody's any more.
create function private.drop_known(lead_id uuid) returns void
language sql security definer set search_path = ''
as $$
    delete from private.personal_values v where v.subject_id = drop_known.lead_id;
    delete from private.lead_addresses a where a.lead_id = drop_known.lead_id;
$$;

-- Who has an e-mail; null: nobody.
create function private.lead_by_email(organization_id uuid, email text) returns uuid
language sql stable security definer set search_path = ''
as $$
    select a.lead_id from private.blind_keys k join private.lead_addresses a on a.organization_id = k.organization_id
    where k.organization_id = lead_by_email.organization_id
      and a.email_index = private.blind_index(k.key, lead_by_email.email)
$$;

-- By which an address is locked.
create function private.address_key(organization_id uuid, address text) returns bigint
language plpgsql immutable set search_path = ''
as $$
begin
    return hashtextextended(organization_id::text || address, 4);
end
$$;

-- Two at once about the same person: the second waits here and then finds the first. Whoever locks many locks them by key.
create function private.lock_addresses(organization_id uuid, email text, phone text) returns void
language plpgsql security definer set search_path = ''
as $$
begin
    perform pg_advisory_xact_lock(a.key)
    from (
        select private.address_key(lock_addresses.organization_id, each) as key
        from unnest(array[lower(btrim(email)), phone]) each where each is not null
        order by key
    ) a;
end
$$;

-- The older of two that turn out to be one stays, with what it has; what it lacks, the other gives.
create function private.merge_leads(one public.leads, another public.leads) returns public.leads
language plpgsql security definer set search_path = ''
as $$
declare
    stays public.leads := case when (one.created_at, one.id) <= (another.created_at, another.id) then one else another end;
    goes public.leads := case when stays.id = one.id then another else one end;
    known constant jsonb := private.known_with(private.personal(goes.id), private.personal(stays.id));
begin
    update public.lead_consents c set lead_id = stays.id where c.organization_id = goes.organization_id and c.lead_id = goes.id;
    update public.lead_links k set lead_id = stays.id
    where k.organization_id = goes.organization_id and k.lead_id = goes.id
      and not exists (select from public.lead_links s where s.lead_id = stays.id and s.connection_id = k.connection_id);
    update public.events e set subject_id = stays.id where e.subject_id = goes.id and e.subject_type = 'lead';
    update private.lead_confirmations c set lead_id = stays.id where c.lead_id = goes.id;
    update private.consent_evidence e set lead_id = stays.id where e.lead_id = goes.id;
    perform private.drop_known(goes.id);
    delete from public.leads l where l.id = goes.id;
    delete from private.subject_keys k
    where k.subject_id = goes.id and not exists (select from private.consent_evidence e where e.subject_id = goes.id);
    stays.language := coalesce(stays.language, goes.language);
    stays.country := coalesce(stays.country, goes.country);
    stays.tags := array(select distinct t from unnest(stays.tags || goes.tags) t order by t);
    stays.attribution := private.with_attribution(stays.attribution, private.first_touch(goes.attribution));
    stays.status := case when 'active' in (stays.status, goes.status) then 'active' else stays.status end;
    stays.confirmed_at := coalesce(stays.confirmed_at, goes.confirmed_at);
    stays.restricted_at := coalesce(stays.restricted_at, goes.restricted_at);
    stays.version := greatest(stays.version, goes.version) + 1;
    stays := private.put_lead(stays, known);
    perform private.audit(stays.organization_id, 'lead.merged', 'lead', stays.id::text,
        jsonb_build_object('merged_lead_id', goes.id));
    return stays;
end
$$;

-- Who is meant, locked; null: nobody is known by that. By e-mail first, then by the phone of one without an e-mail, and
-- where no e-mail is told, by anybody's. `linked` is known to be meant from elsewhere.
create function private.find_lead(organization_id uuid, email text, phone text, linked public.leads default null)
returns public.leads
language plpgsql security definer set search_path = ''
as $$
declare
    key constant bytea := private.blind_key(organization_id);
    of_email constant bytea := private.blind_index(key, email);
    of_phone constant bytea := private.blind_index(key, phone);
    by_email public.leads;
    by_phone public.leads := linked;
begin
    perform private.lock_addresses(organization_id, email, phone);
    select l.* into by_email from public.leads l join private.lead_addresses a on a.lead_id = l.id
    where a.organization_id = find_lead.organization_id and a.email_index = of_email for no key update of l, a;
    if by_phone.id is null then
        select l.* into by_phone from public.leads l join private.lead_addresses a on a.lead_id = l.id
        where a.organization_id = find_lead.organization_id and a.phone_index = of_phone
          and (a.email_index is null or of_email is null)
        order by a.email_index is not null, l.created_at, l.id limit 1 for no key update of l, a;
    end if;
    if by_email.id <> by_phone.id
       and exists (select from private.lead_addresses a where a.lead_id = by_phone.id and a.email_index is null) then
        return private.merge_leads(by_email, by_phone);
    end if;
    return case when by_email.id is null or linked.id is not null then by_phone else by_email end;
end
$$;

create function private.find_leads(email text, phone text, organization_id uuid) returns uuid[]
language plpgsql stable security definer set search_path = ''
as $$
begin
    email := nullif(btrim(email), '');
    phone := nullif(btrim(phone), '');
    if email is null and phone is null then
        perform private.refuse(400, 'address_required', 'Say who it is by an email or a phone.', 'email');
    elsif organization_id is not null then
        perform private.authorize(organization_id, 'viewer', 'leads:read');
    end if;
    return array(
        with keys as (
            select k.organization_id, k.key from private.blind_keys k
            where (find_leads.organization_id is null or k.organization_id = find_leads.organization_id)
              and (private.is_service() or k.organization_id = any (array(select private.my_organizations('viewer', 'leads:read'))))
        )
        select a.lead_id from keys k join private.lead_addresses a
            on a.organization_id = k.organization_id and a.email_index = private.blind_index(k.key, find_leads.email)
        where find_leads.phone is null or a.phone_index = private.blind_index(k.key, find_leads.phone)
        union all
        select a.lead_id from keys k join private.lead_addresses a
            on a.organization_id = k.organization_id and a.phone_index = private.blind_index(k.key, find_leads.phone)
        where find_leads.email is null);
end
$$;

create function public.find_leads(email text default null, phone text default null, organization_id uuid default null)
returns setof public.leads
language plpgsql stable rows 2 set search_path = ''
as $$
declare
    ids constant uuid[] := private.find_leads(email, phone, organization_id);
begin
    return query select l.* from public.leads l where l.id = any (ids) order by l.created_at desc, l.id desc;
end
$$;
comment on function public.find_leads is
'The leads with an e-mail, whatever its capitals, or a phone, or both where both are told: the newest first, of all organizations of the caller''s unless one is named.';
grant execute on function private.find_leads(text, text, uuid), public.find_leads(text, text, uuid) to authenticated, service_role;
