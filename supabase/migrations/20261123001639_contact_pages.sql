-- Contacts as tools tell them, a page at a time. Most of a page is somebody new, or nothing new: these are taken all at once,
-- which is many times as quick as one by one; what is left goes by apply_contact.

-- A contact and, made out of it, what it tells of a lead. `lead_id` is for a new one.
create type private.told_contact as (
    place bigint, contact jsonb, contact_id text, deleted boolean, consent text, facts jsonb, hash jsonb, tags text[],
    email_index bytea, phone_index bytea, lead_id uuid
);

-- The page's contacts in their order. Their addresses are locked, all in one order, so that two pages never wait for each
-- other, nor for somebody who tells of one of these people meanwhile.
create function private.read_contacts(sync public.lead_syncs, contacts jsonb) returns private.told_contact[]
language plpgsql security definer set search_path = ''
as $$
declare
    key constant bytea := private.blind_key(sync.organization_id);
    told private.told_contact[];
begin
    select array_agg((c.ordinality, c.value, c.value ->> 'provider_contact_id', coalesce((c.value ->> 'deleted')::boolean, false),
        coalesce(c.value ->> 'consent', 'none'), f.facts, private.facts_hash(key, f.facts),
        private.tags_in_contact(c.value, sync, k), private.blind_index(key, f.facts ->> 'email'),
        private.blind_index(key, f.facts ->> 'phone'), private.uuid_v7()
    )::private.told_contact order by c.ordinality)
    into told
    from jsonb_array_elements(contacts) with ordinality c
    cross join lateral (select private.facts_in_contact(c.value) as facts offset 0) f
    left join public.lead_links k
        on k.connection_id = sync.connection_id and k.provider_contact_id = c.value ->> 'provider_contact_id';
    perform pg_advisory_xact_lock(a.key)
    from (
        select distinct private.address_key(sync.organization_id, a.value) as key
        from unnest(told) t, lateral (values (t.facts ->> 'email'), (t.facts ->> 'phone')) a (value)
        where a.value is not null
        order by key
    ) a;
    return coalesce(told, '{}');
end
$$;

-- The places of contacts that tell nothing new of the lead they belong to: an echo, with a consent that is known.
create function private.echoes_among(connection_id uuid, purpose text, told private.told_contact[]) returns bigint[]
language plpgsql stable security definer set search_path = ''
as $$
begin
    return array(
        select t.place
        from unnest(told) t
        join public.lead_links k on k.connection_id = echoes_among.connection_id and k.provider_contact_id = t.contact_id
        join public.leads l on l.id = k.lead_id
        where not t.deleted and l.status <> 'deleted' and k.pushed_hash @> t.hash
          and coalesce(t.tags <@ k.pushed_tags and k.pushed_tags <@ t.tags, true)
          and case t.consent
              when 'subscribed' then private.lead_consent(l.id, purpose) in ('given', 'withdrawn')
              when 'unsubscribed' then private.lead_consent(l.id, purpose) = 'withdrawn'
              when 'bounced' then private.lead_consent(l.id, purpose) = 'withdrawn'
              else true end);
end
$$;

-- The places of contacts that nobody knows yet, neither by the tool's id nor by an address; each of them is there once.
create function private.newcomers_among(organization_id uuid, connection_id uuid, told private.told_contact[]) returns bigint[]
language plpgsql stable security definer set search_path = ''
as $$
begin
    return array(
        select t.place
        from (
            select u.*, count(*) over (partition by u.contact_id) as same_id,
                count(*) over (partition by u.facts ->> 'email') as same_email,
                count(*) over (partition by u.facts ->> 'phone') as same_phone
            from unnest(told) u
        ) t
        where not t.deleted and t.contact_id is not null and t.same_id = 1 and t.facts ?| array['email', 'phone']
          and (t.same_email = 1 or not t.facts ? 'email') and (t.same_phone = 1 or not t.facts ? 'phone')
          and not exists (select from public.lead_links k
                          where k.connection_id = newcomers_among.connection_id and k.provider_contact_id = t.contact_id)
          and not exists (select from private.lead_addresses a
                          where a.organization_id = newcomers_among.organization_id and a.email_index = t.email_index)
          and not exists (select from private.lead_addresses a
                          where a.organization_id = newcomers_among.organization_id and a.phone_index = t.phone_index));
end
$$;

-- Leads out of contacts that nobody knew, with their consents and links, each of which is told.
create function private.take_newcomers(
    connection public.integration_connections, purpose text, told private.told_contact[], full_run uuid
) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    told_by constant text := 'provider:' || connection.provider_key;
    lead_ids constant uuid[] := array(select t.lead_id from unnest(told) t order by t.place);
begin
    insert into public.leads (id, organization_id, language, country, source, tags, restricted_at, updated_at)
    select t.lead_id, connection.organization_id, t.facts ->> 'language', t.facts ->> 'country', told_by, coalesce(t.tags, '{}'),
        private.restricted_since(connection.organization_id, t.email_index, t.phone_index),
        private.change_time((t.contact ->> 'updated_at')::timestamptz)
    from unnest(told) t
    order by t.place;
    perform private.keep_known(connection.organization_id, t.lead_id, private.known_in_facts(t.facts))
    from unnest(told) t order by t.place;
    insert into public.lead_consents (organization_id, lead_id, purpose, state, source, evidence, created_by)
    select connection.organization_id, t.lead_id, take_newcomers.purpose,
        case t.consent when 'subscribed' then 'given' else 'withdrawn' end, told_by,
        case t.consent when 'subscribed' then '{}' else jsonb_build_object('consent', t.consent) end, private.actor()
    from unnest(told) t
    where t.consent in ('subscribed', 'unsubscribed', 'bounced')
    order by t.place;
    insert into public.lead_links (organization_id, lead_id, connection_id, provider_contact_id, status, pushed_version,
        pushed_hash, pushed_tags, pulled_at, seen_run)
    select connection.organization_id, t.lead_id, connection.id, t.contact_id, 'synced', l.version, t.hash,
        coalesce(t.tags, '{}'), clock_timestamp(), full_run
    from unnest(told) t join public.leads l on l.id = t.lead_id
    order by t.place;
    perform private.tell_of_lead(l, 'lead.captured')
    from unnest(lead_ids) with ordinality as n (id, place) join public.leads l on l.id = n.id order by n.place;
    perform private.tell_of_lead(l, 'lead.consent_withdrawn', jsonb_build_object('purpose', take_newcomers.purpose))
    from unnest(told) t join public.leads l on l.id = t.lead_id
    where t.consent in ('unsubscribed', 'bounced');
end
$$;

-- Answers how many contacts were news.
create function private.apply_contacts(connection_id uuid, contacts jsonb) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    connection public.integration_connections;
    sync public.lead_syncs;
    told private.told_contact[];
    echoes bigint[];
    newcomers bigint[];
    full_run uuid;
    contact jsonb;
    changed integer;
begin
    select * into connection from public.integration_connections c where c.id = apply_contacts.connection_id;
    select * into sync from public.lead_syncs s
    where s.connection_id = connection.id and s.enabled and s.direction <> 'push';
    if sync.connection_id is null then
        return 0;
    end if;
    select s.run_id into full_run from public.sync_streams s
    where s.connection_id = connection.id and s.stream = 'contacts' and s.status = 'running' and s.run_mode = 'full';
    told := private.read_contacts(sync, contacts);
    echoes := private.echoes_among(connection.id, sync.purpose, told);
    newcomers := private.newcomers_among(connection.organization_id, connection.id, told);
    perform set_config('wasl.pulled_from', connection.id::text, true);
    if full_run is not null then
        update public.lead_links k set seen_run = full_run
        where k.connection_id = connection.id and k.seen_run is distinct from full_run
          and k.provider_contact_id in (select t.contact_id from unnest(told) t where t.place = any (echoes));
    end if;
    perform private.take_newcomers(connection, sync.purpose, array(select t from unnest(told) t where t.place = any (newcomers)),
        full_run);
    perform set_config('wasl.pulled_from', '', true);
    changed := cardinality(newcomers);
    for contact in
        select t.contact from unnest(told) t where t.place <> all (echoes) and t.place <> all (newcomers) order by t.place
    loop
        if private.apply_contact(connection.id, contact) in ('created', 'updated') then
            changed := changed + 1;
        end if;
    end loop;
    return changed;
end
$$;

grant execute on function private.apply_contacts(uuid, jsonb) to wasl_worker;
