-- Leads on their way to marketing tools: what workers are to push, and what came of it.

-- {field: hash by the organization's blind key}, so that what a tool tells can be compared field by field.
create function private.facts_hash(key bytea, facts jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
    select coalesce(jsonb_object_agg(e.key,
        left(encode(extensions.hmac(convert_to(e.key || ':' || e.value, 'UTF8'), facts_hash.key, 'sha256'), 'hex'), 32)), '{}')
    from jsonb_each_text(facts) e
$$;

-- In the tools' words; null is to say that they were never asked.
create function private.mail_consent(state text) returns text
language sql immutable set search_path = ''
as $$
    select case state when 'given' then 'subscribed' when 'pending' then 'pending' when 'withdrawn' then 'unsubscribed'
        else 'none' end
$$;

-- A lead that the tool has already is told of whatever it has agreed to: most of all that it has withdrawn that. One whose
-- processing is restricted is taken to no further tool, and counts as withdrawn where it is.
create function private.is_to_push(sync public.lead_syncs, lead public.leads, link public.lead_links, consent text)
returns boolean
language sql stable set search_path = ''
as $$
    select lead.status = 'deleted' or sync.enabled and sync.direction <> 'pull' and (link.provider_contact_id is not null
        or lead.restricted_at is null and (consent = 'given' or not sync.only_with_consent))
$$;

-- What tells whether a lead was sent by the settings that hold now: a digest of those that a contact is made by.
create function private.push_settings(sync public.lead_syncs) returns text
language sql immutable set search_path = ''
as $$ select md5(jsonb_build_array(sync.mapping, sync.tags, sync.purpose)::text) $$;

-- The next leads that are due, locked: whoever changes one, or the settings, meanwhile makes it due again after that. What
-- the rule leaves out is set aside; who is just being changed by somebody is left for later.
create function private.next_due_leads(connection_id uuid, most integer) returns uuid[]
language plpgsql security definer set search_path = ''
as $$
declare
    sync public.lead_syncs;
    due uuid[];
    left_out uuid[];
begin
    loop
        due := array(
            select k.lead_id from public.lead_links k
            where k.connection_id = next_due_leads.connection_id and k.next_try_at <= clock_timestamp()
            order by k.next_try_at, k.lead_id limit most for no key update skip locked);
        select * into sync from public.lead_syncs s where s.connection_id = next_due_leads.connection_id;
        with skipped as (
            update public.lead_links k
            set status = 'skipped', next_try_at = null
            from public.leads l
            where k.lead_id = any (due) and k.connection_id = next_due_leads.connection_id and l.id = k.lead_id
              and not coalesce(private.is_to_push(sync, l, k, private.lead_consent(l.id, sync.purpose)), false)
            returning k.lead_id
        )
        select coalesce(array_agg(s.lead_id), '{}') into left_out from skipped s;
        if cardinality(due) = 0 or cardinality(left_out) < cardinality(due) then
            return array(select d from unnest(due) d where d <> all (left_out));
        end if;
    end loop;
end
$$;

-- Handing a lead out changes only what its echo and its tags will be told by. A deleted one (`forget`) comes with the
-- address by which the tool knows it; `untags` are tags and marks that the tool has by the hub, or may have, and neither
-- the lead nor the synchronization has any more. `marks`, `mapping` and `settings` are the synchronization's, so that all
-- that is sent and noted of a lead is of one moment.
create function private.leads_to_push(connection_id uuid, most integer) returns table (
    lead_id uuid, version bigint, forget boolean, email text, phone text, first_name text, last_name text, company text,
    language text, country text, attributes jsonb, tags text[], consent text, provider_contact_id text, untags text[],
    marks text[], mapping jsonb, settings text
)
language plpgsql security definer set search_path = ''
as $$
declare
    due_leads constant uuid[] := private.next_due_leads(connection_id, most);
    sync public.lead_syncs;
    key bytea;
begin
    select * into sync from public.lead_syncs s where s.connection_id = leads_to_push.connection_id;
    select private.blind_key(c.organization_id) into key from public.integration_connections c where c.id = leads_to_push.connection_id;
    return query
    with due as materialized (
        select k.lead_id, k.pushed_tags, k.pushed_marks from public.lead_links k
        where k.connection_id = leads_to_push.connection_id and k.lead_id = any (due_leads)
    ),
    handed_out as (
        update public.lead_links k
        set pushed_hash = private.facts_hash(key, private.lead_facts(l)),
            pushed_tags = array(select distinct t from unnest(k.pushed_tags || l.tags) t order by t),
            pushed_marks = array(select distinct t from unnest(k.pushed_marks || sync.tags) t order by t)
        from due d, public.leads l
        where k.lead_id = d.lead_id and k.connection_id = leads_to_push.connection_id and l.id = d.lead_id
        returning k.lead_id, k.provider_contact_id, k.next_try_at
    )
    select l.id, l.version, l.status = 'deleted', p.known ->> 'email', p.known ->> 'phone', p.known ->> 'first_name',
        p.known ->> 'last_name', p.known ->> 'company', l.language, l.country, coalesce(p.known -> 'attributes', '{}'), l.tags,
        private.mail_consent(
            case when l.restricted_at is not null then 'withdrawn' else private.lead_consent(l.id, sync.purpose) end),
        h.provider_contact_id,
        array(select distinct t from unnest(d.pushed_tags || d.pushed_marks) t
              where t <> all (l.tags || sync.tags) order by t),
        coalesce(sync.tags, '{}'), coalesce(sync.mapping, '{}'), private.push_settings(sync)
    from handed_out h
    join due d on d.lead_id = h.lead_id
    join public.leads l on l.id = h.lead_id
    cross join lateral (
        select case when l.status = 'deleted' then (
            select private.unseal(a.lead_id, a.sealed) from private.addresses_to_forget a where a.lead_id = l.id)
            else private.personal(l.id) end as known offset 0) p
    order by h.next_try_at, l.id;
end
$$;

-- How long after each attempt the next is made: 1, 2, 4 … minutes, at most 6 hours.
create function private.push_pause(attempts integer) returns interval
language sql immutable set search_path = ''
as $$ select least(interval '1 minute' * 2 ^ (attempts - 1), interval '6 hours') $$;

-- `link` is locked: only now are the lead and the settings read, as whoever has just changed them left them.
create function private.note_push(link public.lead_links, outcome jsonb) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    told constant bigint := outcome ->> 'version';
    lead public.leads;
    sync public.lead_syncs;
    is_current boolean;
    failure jsonb := nullif(outcome -> 'error', 'null');
    contact constant text := coalesce(outcome ->> 'provider_contact_id', link.provider_contact_id);
    again boolean := coalesce((outcome ->> 'retryable')::boolean, false);
    taken constant boolean := exists (
        select from public.lead_links k
        where k.connection_id = link.connection_id and k.provider_contact_id = contact and k.lead_id <> link.lead_id);
begin
    select * into lead from public.leads l where l.id = link.lead_id;
    select * into sync from public.lead_syncs s where s.connection_id = link.connection_id;
    -- Else it was deleted or changed meanwhile, or the settings were: it is due again.
    is_current := told >= lead.version
        and (lead.status = 'deleted' or coalesce(outcome ->> 'settings' = private.push_settings(sync), false));
    if failure is null and taken then
        failure := jsonb_build_object('code', 'same_contact', 'message', 'The tool has one contact for this lead and another.');
        again := false;
    end if;
    if failure is not null then
        again := again and link.attempts < 9;
        update public.lead_links k set
            status = case when lead.status = 'deleted' and (again or not is_current) then 'forget'
                else 'failed' end::public.lead_link_status,
            attempts = k.attempts + 1, error = failure,
            next_try_at = case when again then clock_timestamp() + private.push_pause(k.attempts + 1)
                when not is_current then clock_timestamp() end
        where k.lead_id = link.lead_id and k.connection_id = link.connection_id;
    elsif lead.status = 'deleted' and is_current then
        update public.lead_links k set status = 'forgotten', attempts = 0, error = null, next_try_at = null, pushed_at = clock_timestamp()
        where k.lead_id = link.lead_id and k.connection_id = link.connection_id;
    else
        update public.lead_links k set
            provider_contact_id = contact, pushed_at = clock_timestamp(), attempts = 0, error = null,
            pushed_version = greatest(k.pushed_version, told),
            pushed_tags = case when is_current then lead.tags else k.pushed_tags end,
            pushed_marks = case when is_current then sync.tags else k.pushed_marks end,
            status = case when lead.status = 'deleted' then 'forget' when is_current then 'synced'
                else 'pending' end::public.lead_link_status,
            next_try_at = case when not is_current then clock_timestamp() end
        where k.lead_id = link.lead_id and k.connection_id = link.connection_id;
    end if;
end
$$;

create function private.drop_forgotten_addresses(variadic lead_ids uuid[]) returns void
language plpgsql security definer set search_path = ''
as $$
begin
    delete from private.addresses_to_forget f
    where f.lead_id = any (lead_ids)
      and not exists (select from public.lead_links k where k.lead_id = f.lead_id and k.status = 'forget');
end
$$;

-- Who is disconnected cannot be asked any more to forget anybody.
create function private.drop_links_of_disconnected() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    with dropped as (
        delete from public.lead_links k
        where k.organization_id = new.organization_id and k.connection_id = new.id and k.status = 'forget'
        returning k.lead_id
    )
    delete from private.addresses_to_forget f using dropped d
    where f.lead_id = d.lead_id and not exists (
        select from public.lead_links k where k.lead_id = f.lead_id and k.status = 'forget' and k.connection_id <> new.id);
    return null;
end
$$;
create trigger integration_connections_forget after update of status on public.integration_connections
for each row when (new.status = 'disconnected' and old.status <> 'disconnected')
execute function private.drop_links_of_disconnected();

-- What came of what was handed out, [{lead_id, version, settings, provider_contact_id, error, retryable}]; answers how many
-- there were of them. One that is given up is tried again when the lead or the settings change.
create function private.note_pushes(connection_id uuid, outcomes jsonb) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    each record;
    noted integer := 0;
begin
    for each in
        select k as link, o.value as outcome
        from jsonb_array_elements(outcomes) o
        join public.lead_links k on k.lead_id = (o.value ->> 'lead_id')::uuid and k.connection_id = note_pushes.connection_id
        order by k.lead_id
        for update of k
    loop
        perform private.note_push(each.link, each.outcome);
        noted := noted + 1;
    end loop;
    perform private.drop_forgotten_addresses(
        variadic array(select (o.value ->> 'lead_id')::uuid from jsonb_array_elements(outcomes) o));
    perform private.settle_push_alert(connection_id);
    return noted;
end
$$;

create function private.settle_push_alert(connection_id uuid) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    connection public.integration_connections;
    given_up record;
begin
    select * into connection from public.integration_connections c where c.id = settle_push_alert.connection_id;
    select count(*) as leads, max(k.lead_id::text) as lead_id, (array_agg(k.error))[1] as error into given_up
    from public.lead_links k
    where k.organization_id = connection.organization_id and k.connection_id = connection.id
      and k.status = 'failed' and k.next_try_at is null;
    if given_up.leads = 0 then
        perform private.end_alert(connection.organization_id, 'lead.not_synced:' || connection.id);
    elsif not exists (select from public.alerts a where a.organization_id = connection.organization_id
                        and a.group_key = 'lead.not_synced:' || connection.id and a.status <> 'resolved'
                        and a.detail -> 'leads' = to_jsonb(given_up.leads)) then
        perform private.raise_alert(connection.organization_id, connection.id, 'lead.not_synced',
            'lead.not_synced:' || connection.id, 'warning',
            format('%s does not take %s of the leads', connection.name, given_up.leads),
            jsonb_build_object('leads', given_up.leads, 'lead_id', given_up.lead_id, 'error', given_up.error));
    end if;
end
$$;

-- By the clock: a job for each tool for which something is due. Answers how many are new.
create function private.enqueue_due_pushes() returns integer
language plpgsql security definer set search_path = ''
as $$
begin
    return (
        select count(*) filter (where private.plan_push(c.id, c.organization_id))
        from (
            select c.id, c.organization_id
            from public.integration_connections c join public.integration_providers p on p.key = c.provider_key
            where c.status = 'active' and 'keeps_contacts' = any (p.capabilities) and exists (
                select from public.lead_links k where k.connection_id = c.id and k.next_try_at <= clock_timestamp())
            order by c.id
        ) c);
end
$$;

grant execute on function
    private.leads_to_push(uuid, integer), private.note_pushes(uuid, jsonb), private.enqueue_due_pushes()
to wasl_worker;
