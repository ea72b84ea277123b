-- What clients say of leads. Whoever is known already, by e-mail or else by phone, is found and not made again.

create function private.check_attributes(attributes jsonb) returns void
language plpgsql immutable set search_path = ''
as $$
declare
    wrong text;
begin
    if jsonb_typeof(attributes) is distinct from 'object' or (select count(*) from jsonb_object_keys(attributes)) > 100 then
        perform private.refuse(400, 'invalid_attributes', 'The attributes are an object with at most 100 texts.', 'attributes');
    end if;
    select e.key into wrong from jsonb_each(attributes) e
    where e.key !~ '^[A-Za-z][A-Za-z0-9_]{0,39}$' or jsonb_typeof(e.value) not in ('string', 'null')
       or char_length(e.value #>> '{}') > 1000
       or e.key in ('email', 'phone', 'first_name', 'last_name', 'company', 'language', 'country')
    order by e.key limit 1;
    if wrong is not null then
        perform private.refuse(400, 'invalid_attributes', 'An attribute has a name of at most 40 letters, digits and _ '
            'that is none of a lead''s fields, and a text of at most 1000 characters; null takes it away.',
            'attributes.' || left(wrong, 60));
    end if;
    perform private.refuse_card_number(e.key || ': ' || e.value, 'attributes.' || e.key) from jsonb_each_text(attributes) e;
end
$$;

create function private.check_tags(tags jsonb, field text) returns void
language plpgsql immutable set search_path = ''
as $$
begin
    if jsonb_typeof(tags) <> 'array' or jsonb_array_length(tags) > 100 then
        perform private.refuse(400, 'invalid_' || field, 'The tags are a list of at most 100.', field);
    end if;
    perform private.check_text(e.value, 100, format('%s.%s', field, e.ordinality - 1))
    from jsonb_array_elements(tags) with ordinality e;
end
$$;

create function private.check_attribution(attribution jsonb) returns void
language plpgsql immutable set search_path = ''
as $$
begin
    perform private.check_keys(attribution, array['utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content',
        'gclid', 'fbclid', 'referrer', 'landing_page', 'client_id'], 'attribution');
    perform private.check_text(e.value, 2048, 'attribution.' || e.key) from jsonb_each(attribution) e;
end
$$;

create function private.check_occurred_at(occurred_at timestamptz, field text) returns void
language plpgsql stable set search_path = ''
as $$
begin
    if occurred_at > clock_timestamp() + interval '1 minute' or not isfinite(occurred_at) then
        perform private.refuse(400, 'invalid_' || split_part(field, '.', 1), 'It does not lie in the future.', field);
    end if;
end
$$;

create function private.check_purpose(purpose text, field text) returns void
language plpgsql immutable set search_path = ''
as $$
begin
    if purpose is null or purpose !~ '^[a-z][a-z0-9_]{0,49}$' then
        perform private.refuse(400, 'invalid_' || split_part(field, '.', 1),
            'A purpose is a name such as marketing_email.', field);
    end if;
end
$$;

create function private.as_time(value text, field text) returns timestamptz
language plpgsql stable set search_path = ''
as $$
begin
    return value::timestamptz;
exception when others then
    perform private.refuse(400, 'invalid_' || split_part(field, '.', 1), 'It is a time such as 2026-11-23T12:00:00Z.', field);
end
$$;

create function private.check_consent(consent jsonb, field text) returns void
language plpgsql stable set search_path = ''
as $$
begin
    perform private.check_keys(consent, array['purpose', 'state', 'text_version', 'given_at'], field);
    perform private.check_purpose(consent ->> 'purpose', field || '.purpose');
    if coalesce(consent ->> 'state', 'given') not in ('given', 'pending', 'withdrawn') then
        perform private.refuse(400, 'invalid_consents', 'The state is given, pending or withdrawn.', field || '.state');
    end if;
    perform private.check_text(consent -> 'text_version', 100, field || '.text_version');
    perform private.check_occurred_at(private.as_time(consent ->> 'given_at', field || '.given_at'), field || '.given_at');
end
$$;

create function private.check_lead(facts jsonb) returns void
language plpgsql stable set search_path = ''
as $$
begin
    if not facts ?| array['email', 'phone'] then
        perform private.refuse(400, 'address_required', 'A lead has an email or a phone.', 'email');
    end if;
    perform private.check_pattern(facts ->> 'email', '^[^\s@]+@[^\s@]+\.[^\s@]+$', 'The email is not an address.', 'email');
    perform private.check_text(facts -> 'email', 254, 'email');
    perform private.check_pattern(facts ->> 'phone', '^\+[1-9][0-9]{6,14}$', 'The phone is written like +971500000001.', 'phone');
    perform private.check_text(facts -> each, 255, each) from unnest(array['first_name', 'last_name', 'company']) each;
    perform private.check_pattern(facts ->> 'language', '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$',
        'The language is a code such as ar or en.', 'language');
    perform private.check_country(facts ->> 'country', 'country');
    perform private.check_text(facts -> 'source', 150, 'source');
    perform private.check_attribution(facts -> 'attribution');
    perform private.check_attributes(facts -> 'attributes');
    perform private.check_tags(facts -> 'tags', 'tags');
    perform private.check_tags(facts -> 'untags', 'untags');
    if jsonb_typeof(facts -> 'consents') is distinct from 'array' or jsonb_array_length(facts -> 'consents') > 20 then
        perform private.refuse(400, 'invalid_consents', 'The consents are a list of at most 20.', 'consents');
    end if;
    perform private.check_consent(e.value, format('consents.%s', e.ordinality - 1))
    from jsonb_array_elements(facts -> 'consents') with ordinality e;
end
$$;

create function private.first_touch(attribution jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
    select coalesce(jsonb_object_agg(e.key, e.value), '{}') from jsonb_each(attribution) e where not starts_with(e.key, 'last_')
$$;

-- First touch stays; the last one is kept beside it.
create function private.with_attribution(before jsonb, touch jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
    select case when touch = '{}' then before when before = '{}' then touch
        else private.first_touch(before) || (select jsonb_object_agg('last_' || e.key, e.value) from jsonb_each(touch) e) end
$$;

-- The lead with all that is told of it, a new one unless one was found; what is left out stays, and so does the spelling of an
-- e-mail. `facts` are by the arguments' names, without nulls.
create function private.save_lead(
    organization_id uuid, lead public.leads, facts jsonb, changed_at timestamptz default null
) returns public.leads
language plpgsql security definer set search_path = ''
as $$
declare
    before constant jsonb := private.personal(lead.id);
    told jsonb;
    added constant text[] := array(select jsonb_array_elements_text(coalesce(facts -> 'tags', '[]')));
    removed constant text[] := array(select jsonb_array_elements_text(coalesce(facts -> 'untags', '[]')));
begin
    if lead.id is null then
        lead.organization_id := save_lead.organization_id;
        lead.source := facts ->> 'source';
        lead.status := coalesce(facts ->> 'status', 'active');
        lead.attribution := '{}';
    end if;
    select coalesce(jsonb_object_agg(e.key, e.value), '{}') into told from jsonb_each(facts) e
    where e.key in ('phone', 'first_name', 'last_name', 'company', 'attributes')
       or e.key = 'email' and lower(btrim(e.value #>> '{}')) is distinct from lower(btrim(before ->> 'email'));
    lead.language := coalesce(facts ->> 'language', lead.language);
    lead.country := coalesce(facts ->> 'country', lead.country);
    lead.attribution := private.with_attribution(lead.attribution, facts -> 'attribution');
    lead.tags := array(select distinct t from unnest(lead.tags || added) t where t <> all (removed) order by t);
    return private.put_lead(lead, private.known_with(before, told), changed_at);
end
$$;

-- For facts that have been checked, in an organization that the caller may write in.
create function private.keep_lead(organization_id uuid, facts jsonb) returns public.leads
language plpgsql security definer set search_path = ''
as $$
declare
    before public.leads;
    lead public.leads;
    consent jsonb;
    is_news boolean;
    withdrawn jsonb := '[]';
begin
    before := private.find_lead(organization_id, facts ->> 'email', facts ->> 'phone');
    lead := private.save_lead(organization_id, before, facts);
    for consent in select e from jsonb_array_elements(facts -> 'consents') e loop
        is_news := private.put_consent(lead, consent ->> 'purpose', coalesce(consent ->> 'state', 'given'), facts ->> 'source',
            consent ->> 'text_version', (consent ->> 'given_at')::timestamptz);
        if is_news and private.lead_consent(lead.id, consent ->> 'purpose') = 'withdrawn' then
            withdrawn := withdrawn || (consent -> 'purpose');
        end if;
    end loop;
    select * into lead from public.leads l where l.id = lead.id;
    if before.id is null then
        perform private.tell_of_lead(lead, 'lead.captured');
    elsif lead.version > before.version then
        perform private.tell_of_lead(lead, 'lead.updated');
    end if;
    perform private.tell_of_lead(lead, 'lead.consent_withdrawn', jsonb_build_object('purpose', w))
    from jsonb_array_elements(withdrawn) w;
    return lead;
end
$$;

create function private.upsert_lead(organization_id uuid, facts jsonb, idempotency_key text) returns public.leads
language plpgsql security definer set search_path = ''
as $$
declare
    lead public.leads;
    earlier public.operations;
begin
    organization_id := private.resolve_organization(organization_id, 'developer', 'leads:write');
    perform private.check_lead(facts);
    earlier := private.find_repeated_operation(organization_id, 'lead.upsert', idempotency_key, facts);
    if earlier.id is not null then
        select * into lead from public.leads l where l.id = earlier.subject_id;
        return lead;
    end if;
    lead := private.keep_lead(organization_id, facts);
    if idempotency_key is not null then
        -- Without the address: it is to be erased with the lead.
        insert into public.operations (organization_id, kind, status, subject_type, subject_id, idempotency_key, input_hash,
            created_by, finished_at)
        values (organization_id, 'lead.upsert', 'succeeded', 'lead', lead.id, idempotency_key,
            private.input_hash(organization_id, facts), private.actor(), now());
    end if;
    return lead;
end
$$;

create function public.upsert_lead(
    email text default null, phone text default null, first_name text default null, last_name text default null,
    company text default null, language text default null, country text default null, source text default 'api',
    consents jsonb default '[]', attribution jsonb default '{}', attributes jsonb default '{}', tags text[] default null,
    untags text[] default null, idempotency_key text default null, organization_id uuid default null
) returns public.leads
language sql set search_path = ''
as $$
    select private.upsert_lead(organization_id, private.without_nulls(jsonb_build_object(
        'email', btrim(email), 'phone', phone, 'first_name', nullif(btrim(first_name), ''),
        'last_name', nullif(btrim(last_name), ''), 'company', nullif(btrim(company), ''), 'language', language, 'country', country, 'source', coalesce(source, 'api'),
        'consents', coalesce(consents, '[]'), 'attribution', coalesce(attribution, '{}'),
        'attributes', coalesce(attributes, '{}'), 'tags', tags, 'untags', untags)), idempotency_key)
$$;
comment on function public.upsert_lead is
'Keeps a lead, found by e-mail or else by phone if it is known; what is left out stays as it is. Answers with the lead.';

-- The lead, locked, after the caller has been checked against its organization.
create function private.own_lead(lead_id uuid) returns public.leads
language plpgsql security definer set search_path = ''
as $$
declare
    lead public.leads;
begin
    select * into lead from public.leads l where l.id = own_lead.lead_id for no key update;
    if lead.id is null or not private.may(lead.organization_id, 'developer', 'leads:write') then
        perform private.refuse(404, 'lead_not_found', 'There is no such lead of yours.', 'lead_id');
    end if;
    return lead;
end
$$;

create function private.record_consent(
    lead_id uuid, purpose text, state text, source text, text_version text, occurred_at timestamptz
) returns public.lead_consents
language plpgsql security definer set search_path = ''
as $$
declare
    lead public.leads := private.own_lead(lead_id);
    consent public.lead_consents;
begin
    perform private.check_purpose(purpose, 'purpose');
    if coalesce(state, '') not in ('given', 'pending', 'withdrawn') then
        perform private.refuse(400, 'invalid_state', 'The state is given, pending or withdrawn.', 'state');
    elsif lead.status = 'deleted' then
        perform private.refuse(409, 'lead_deleted', 'That lead has been deleted.', 'lead_id');
    end if;
    perform private.check_text(to_jsonb(source), 150, 'source');
    perform private.check_text(to_jsonb(text_version), 100, 'text_version');
    perform private.check_occurred_at(occurred_at, 'occurred_at');
    insert into public.lead_consents as c (organization_id, lead_id, purpose, state, source, text_version, occurred_at,
        created_by)
    values (lead.organization_id, lead.id, purpose, state, source, text_version, coalesce(occurred_at, clock_timestamp()),
        private.actor())
    returning c.* into consent;
    if state = 'withdrawn' and private.lead_consent(lead.id, purpose) = 'withdrawn' then
        perform private.tell_of_lead(lead, 'lead.consent_withdrawn', jsonb_build_object('purpose', purpose));
    end if;
    return consent;
end
$$;

create function public.record_consent(
    lead_id uuid, purpose text, state text, source text default 'api', text_version text default null,
    occurred_at timestamptz default null
) returns public.lead_consents
language sql set search_path = ''
as $$ select private.record_consent(lead_id, purpose, state, coalesce(source, 'api'), text_version, occurred_at) $$;
comment on function public.record_consent is 'Says that a lead has agreed to something, or has withdrawn it.';

-- For a lead that is locked: nothing of it stays but that there was one, and what it agreed to.
create function private.erase_lead(lead public.leads) returns public.leads
language plpgsql security definer set search_path = ''
as $$
begin
    if lead.status = 'deleted' then
        return lead;
    end if;
    perform private.forget_lead(lead);
    perform private.drop_known(lead.id);
    update public.leads l set status = 'deleted', language = null, country = null, attribution = '{}', tags = '{}'
    where l.id = lead.id
    returning l.* into lead;
    update public.events e set data = jsonb_build_object('lead_id', lead.id, 'erased', true)
    where e.subject_id = lead.id and e.subject_type = 'lead';
    perform private.destroy_keys(lead.id);
    perform private.audit(lead.organization_id, 'lead.deleted', 'lead', lead.id::text);
    return lead;
end
$$;

create function private.delete_lead(lead_id uuid) returns public.leads
language plpgsql security definer set search_path = ''
as $$
begin
    return private.erase_lead(private.own_lead(lead_id));
end
$$;

create function public.delete_lead(lead_id uuid) returns public.leads
language sql set search_path = ''
as $$ select private.delete_lead(lead_id) $$;
comment on function public.delete_lead is
'Erases a lead''s name and address, here and at every tool that it was synchronized with. What it agreed to stays on record.';

grant execute on function
    private.upsert_lead(uuid, jsonb, text),
    public.upsert_lead(text, text, text, text, text, text, text, text, jsonb, jsonb, jsonb, text[], text[], text, uuid),
    private.record_consent(uuid, text, text, text, text, timestamptz),
    public.record_consent(uuid, text, text, text, text, timestamptz),
    private.delete_lead(uuid), public.delete_lead(uuid)
to authenticated, service_role;
