-- Contacts of marketing tools on their way to the hub.

-- What a contact tells of a lead, by a lead's names: a text that is none of what it should be is left out, and so is a
-- payment card's number. What the tool says nothing of is not there.
create function private.facts_in_contact(contact jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
    select coalesce(jsonb_object_agg(e.key, case e.key when 'email' then lower(btrim(e.value)) else btrim(e.value) end), '{}')
    from jsonb_each_text(
        jsonb_build_object('email', contact -> 'email', 'phone', contact -> 'phone', 'first_name', contact -> 'first_name',
            'last_name', contact -> 'last_name', 'company', contact -> 'company')
        || jsonb_strip_nulls(coalesce(nullif(contact -> 'mapped', 'null'), '{}'))) e
    where case e.key
            when 'email' then e.value ~ '^\s*[^\s@]+@[^\s@]+\.[^\s@]+\s*$' and char_length(e.value) <= 254
            when 'phone' then e.value ~ '^\+[1-9][0-9]{6,14}$'
            when 'language' then e.value ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'
            when 'country' then e.value ~ '^[A-Z]{2}$'
            else e.key ~ '^[A-Za-z][A-Za-z0-9_]{0,39}$' and btrim(e.value) <> ''
                and char_length(e.value) <= case when e.key in ('first_name', 'last_name', 'company') then 255 else 1000 end
        end
        and not private.contains_card_number(e.value) and not private.contains_security_code(e.key || ': ' || e.value)
$$;

-- Without the sync's own marks, which are on every contact, or still are, unless the lead has them as tags.
create function private.tags_in_contact(contact jsonb, sync public.lead_syncs, link public.lead_links) returns text[]
language sql immutable set search_path = ''
as $$
    select case when jsonb_typeof(contact -> 'tags') = 'array' then array(
        select distinct t.value from jsonb_array_elements_text(contact -> 'tags') t
        where char_length(t.value) between 1 and 100 and not private.contains_card_number(t.value)
          and (t.value <> all (sync.tags || link.pushed_marks) or t.value = any (link.pushed_tags))
        order by t.value limit 100) end
$$;

-- What was last pushed there or pulled from there.
create function private.is_echo(link public.lead_links, hash jsonb, tags text[]) returns boolean
language sql immutable set search_path = ''
as $$
    select coalesce(link.pushed_hash @> hash, false)
        and coalesce(tags <@ link.pushed_tags and link.pushed_tags <@ tags, true)
$$;

-- Whether the tool's facts count, where both have some. If the hub has nothing newer than the tool, they do unless they are
-- older than what came from there, as on a page that was read before something was pushed; some tools tell whole seconds.
create function private.provider_wins(
    sync public.lead_syncs, lead public.leads, link public.lead_links, changed_at timestamptz
) returns boolean
language sql stable set search_path = ''
as $$
    select case
        when sync.conflict_rule <> 'newest' then sync.conflict_rule = 'provider'
        when link.pushed_version >= lead.version then coalesce(changed_at >= date_trunc('second', lead.updated_at), true)
        else coalesce(changed_at > lead.updated_at, false) end
$$;

-- The consent that a contact tells of: withdrawn is withdrawn, whatever the rule; given only if it never was. Says whether
-- it was news.
create function private.apply_contact_consent(lead public.leads, purpose text, consent text, provider_key text) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
    state constant text := private.lead_consent(lead.id, purpose);
begin
    if consent in ('unsubscribed', 'bounced') and state is distinct from 'withdrawn' and lead.restricted_at is null then
        perform private.put_consent(lead, purpose, 'withdrawn', 'provider:' || provider_key,
            evidence => jsonb_build_object('consent', consent));
        perform private.tell_of_lead(lead, 'lead.consent_withdrawn', jsonb_build_object('purpose', purpose));
        return true;
    elsif consent = 'subscribed' and state is distinct from 'given' and not exists (
            select from public.lead_consents c
            where c.organization_id = lead.organization_id and c.lead_id = lead.id
              and c.purpose = apply_contact_consent.purpose and c.state = 'withdrawn') then
        return private.put_consent(lead, purpose, 'given', 'provider:' || provider_key);
    end if;
    return false;
end
$$;

-- When a tool's change was made: by its clock, but not in the future.
create function private.change_time(changed_at timestamptz) returns timestamptz
language sql volatile set search_path = ''
as $$ select least(changed_at, clock_timestamp()) $$;

-- The lead with a contact's facts. The tags are those of both; what the tool had and has no more is gone.
create function private.with_contact(
    lead public.leads, link public.lead_links, facts jsonb, contact_tags text[], changed_at timestamptz
) returns public.leads
language plpgsql security definer set search_path = ''
as $$
declare
    before constant jsonb := private.personal(lead.id);
    told jsonb := private.known_in_facts(facts);
begin
    -- The address of another lead is not taken, and one that differs by its spelling alone stays.
    if facts ->> 'email' = lower(btrim(before ->> 'email'))
       or private.lead_by_email(lead.organization_id, facts ->> 'email') <> lead.id then
        told := told - 'email';
    end if;
    lead.language := coalesce(facts ->> 'language', lead.language);
    lead.country := coalesce(facts ->> 'country', lead.country);
    if contact_tags is not null then
        lead.tags := array(
            select distinct t from unnest(lead.tags || contact_tags) t
            where t = any (contact_tags) or t <> all (coalesce(link.pushed_tags, '{}')) order by t);
    end if;
    return private.put_lead(lead, private.known_with(before, told), private.change_time(changed_at));
end
$$;

-- The link as it is after a contact was told of. What was still to be pushed there stays so; what came from there is not
-- pushed back. In a full read it is marked as seen.
create function private.save_contact_link(
    lead public.leads, connection_id uuid, contact_id text, hash jsonb, tags text[], applied boolean, is_even boolean
) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    full_run constant uuid := (
        select s.run_id from public.sync_streams s
        where s.connection_id = save_contact_link.connection_id and s.stream = 'contacts' and s.status = 'running'
          and s.run_mode = 'full');
begin
    insert into public.lead_links as k (organization_id, lead_id, connection_id, provider_contact_id, status, pushed_version,
        pushed_hash, pushed_tags, pulled_at, seen_run)
    values (lead.organization_id, lead.id, connection_id, contact_id, 'synced', case when is_even then lead.version else 0 end,
        hash, coalesce(tags, '{}'), clock_timestamp(), full_run)
    on conflict on constraint lead_links_pkey do nothing;
    if found then
        return;
    end if;
    update public.lead_links k set
        provider_contact_id = contact_id, seen_run = coalesce(full_run, k.seen_run),
        pushed_hash = k.pushed_hash || hash,
        pushed_tags = case when applied then coalesce(save_contact_link.tags, k.pushed_tags) else k.pushed_tags end,
        pulled_at = case when applied then clock_timestamp() else k.pulled_at end,
        status = case when is_even then 'synced' else k.status end,
        pushed_version = case when is_even then lead.version else k.pushed_version end
    where k.lead_id = lead.id and k.connection_id = save_contact_link.connection_id
      and (applied or k.provider_contact_id is distinct from contact_id or not k.pushed_hash @> hash
           or full_run is not null and k.seen_run is distinct from full_run or is_even and k.pushed_version <> lead.version);
end
$$;

create function private.lead_from_contact(
    connection public.integration_connections, facts jsonb, tags text[], changed_at timestamptz
) returns public.leads
language plpgsql security definer set search_path = ''
as $$
begin
    return private.save_lead(connection.organization_id, null,
        private.known_in_facts(facts) || private.without_nulls(jsonb_build_object(
            'language', facts -> 'language', 'country', facts -> 'country', 'source', 'provider:' || connection.provider_key,
            'attribution', '{}'::jsonb, 'tags', coalesce(tags, '{}'))),
        private.change_time(changed_at));
end
$$;

-- For apply_contact, once it is clear that the contact counts: says created, updated, unchanged or ignored.
create function private.take_contact(
    sync public.lead_syncs, connection public.integration_connections, contact jsonb, link public.lead_links, linked public.leads
) returns text
language plpgsql security definer set search_path = ''
as $$
declare
    facts constant jsonb := private.facts_in_contact(contact);
    hash constant jsonb := private.facts_hash(private.blind_key(connection.organization_id), facts);
    tags text[] := private.tags_in_contact(contact, sync, link);
    contact_id constant text := contact ->> 'provider_contact_id';
    changed_at constant timestamptz := contact ->> 'updated_at';
    lead public.leads := linked;
    before bigint;
    is_even boolean;
    outcome text := 'unchanged';
begin
    if lead.id is null or not private.is_echo(link, hash, tags) then
        lead := private.find_lead(connection.organization_id, facts ->> 'email', facts ->> 'phone', linked);
        select * into link from public.lead_links k where k.lead_id = lead.id and k.connection_id = connection.id for no key update;
        tags := private.tags_in_contact(contact, sync, link);
        if lead.id is null and not facts ?| array['email', 'phone'] or link.provider_contact_id <> contact_id then
            return 'ignored';
        elsif lead.id is null then
            lead := private.lead_from_contact(connection, facts, tags, changed_at);
            outcome := 'created';
        end if;
    end if;
    before := lead.version;
    is_even := outcome = 'created' or coalesce(link.pushed_version >= lead.version, false);
    if outcome = 'unchanged' and not private.is_echo(link, hash, tags)
       and not (private.lead_facts(lead) @> facts and coalesce(tags <@ lead.tags, true))
       and private.provider_wins(sync, lead, link, changed_at) then
        lead := private.with_contact(lead, link, facts, tags, changed_at);
        outcome := case when lead.version > before then 'updated' else 'unchanged' end;
    end if;
    if private.apply_contact_consent(lead, sync.purpose, contact ->> 'consent', connection.provider_key)
       and outcome = 'unchanged' then
        outcome := 'updated';
    end if;
    select * into lead from public.leads l where l.id = lead.id;
    perform private.save_contact_link(lead, connection.id, contact_id, hash, tags, outcome <> 'unchanged', is_even);
    if outcome = 'created' then
        perform private.tell_of_lead(lead, 'lead.captured');
    elsif lead.version > before then
        perform private.tell_of_lead(lead, 'lead.updated');
    end if;
    return outcome;
end
$$;

-- A contact as a tool has it (`mapped`: what it has of the lead's fields by the sync's mapping). Says created, updated,
-- unchanged or ignored. Many at once: private.apply_contacts.
create function private.apply_contact(connection_id uuid, contact jsonb) returns text
language plpgsql security definer set search_path = ''
as $$
declare
    connection public.integration_connections;
    sync public.lead_syncs;
    link public.lead_links;
    lead public.leads;
    outcome text;
    linked_id uuid;
begin
    select * into connection from public.integration_connections c where c.id = apply_contact.connection_id;
    select * into sync from public.lead_syncs s
    where s.connection_id = connection.id and s.enabled and s.direction <> 'push';
    perform private.lock_addresses(connection.organization_id, contact ->> 'email', contact ->> 'phone');
    -- The lead before its link, as whoever changes a lead; that it is still linked is sure only then.
    loop
        select k.lead_id into linked_id from public.lead_links k
        where k.connection_id = connection.id and k.provider_contact_id = contact ->> 'provider_contact_id';
        select * into lead from public.leads l where l.id = linked_id for no key update;
        select * into link from public.lead_links k
        where k.connection_id = connection.id and k.provider_contact_id = contact ->> 'provider_contact_id' for no key update;
        exit when link.lead_id is not distinct from lead.id;
    end loop;
    if sync.connection_id is null or lead.status = 'deleted' and link.status <> 'forgotten' then
        return 'ignored';
    elsif coalesce((contact ->> 'deleted')::boolean, false) or lead.status = 'deleted' then
        -- Whoever comes back after having been forgotten is somebody new.
        delete from public.lead_links k where k.lead_id = link.lead_id and k.connection_id = link.connection_id;
        if coalesce((contact ->> 'deleted')::boolean, false) then
            return case when link.lead_id is null then 'ignored' else 'updated' end;
        end if;
        link := null;
        lead := null;
    end if;
    perform set_config('wasl.pulled_from', connection.id::text, true);
    outcome := private.take_contact(sync, connection, contact, link, lead);
    perform set_config('wasl.pulled_from', '', true);
    return outcome;
end
$$;

-- For webhooks that tell only that somebody wants no more mail. Says whether it was news.
create function private.withdraw_consent_of(connection_id uuid, email text) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
    connection public.integration_connections;
    lead public.leads;
    purpose text;
    is_news boolean;
begin
    select * into connection from public.integration_connections c where c.id = withdraw_consent_of.connection_id;
    select * into lead from public.leads l where l.id = private.lead_by_email(connection.organization_id, email) for no key update;
    if lead.id is null then
        return false;
    end if;
    select s.purpose into purpose from public.lead_syncs s where s.connection_id = connection.id;
    perform set_config('wasl.pulled_from', connection.id::text, true);
    is_news := private.apply_contact_consent(lead, coalesce(purpose, 'marketing_email'), 'unsubscribed', connection.provider_key);
    update public.lead_links k set pushed_version = l.version
    from public.leads l
    where k.lead_id = lead.id and k.connection_id = connection.id and k.pushed_version = lead.version and l.id = lead.id;
    perform set_config('wasl.pulled_from', '', true);
    return is_news;
end
$$;

grant execute on function private.apply_contact(uuid, jsonb), private.withdraw_consent_of(uuid, text) to wasl_worker;
