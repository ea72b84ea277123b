-- How workers carry out what people ask: what is about them is found once, then every step is taken by itself. Each of these
-- functions may be called again after a worker died.

create function private.find_subject(request public.data_subject_requests) returns void
language plpgsql security definer set search_path = ''
as $$
begin
    insert into private.subject_records (request_id, record_type, record_id)
    select request.id, v.record_type, v.subject_id from private.personal_values v
    where v.organization_id = request.organization_id and v.address_indexes && request.subject_indexes
    union
    select request.id, 'lead', l.id from public.leads l
    where l.organization_id = request.organization_id and l.id = request.lead_id
    on conflict do nothing;
    insert into private.subject_records (request_id, record_type, record_id)
    select request.id, 'deal', d.id
    from private.subject_records r
    join public.lead_links k on k.lead_id = r.record_id
    join public.marketing_deals d on d.connection_id = k.connection_id and k.provider_contact_id = any (d.contact_ids)
    where r.request_id = request.id and r.record_type = 'lead'
    on conflict do nothing;
    insert into private.subject_records (request_id, record_type, record_id)
    select request.id, 'run', u.id
    from private.subject_records r join public.automation_runs u on u.subject_id = r.record_id and u.subject_type = r.record_type
    where r.request_id = request.id and u.organization_id = request.organization_id
    union
    select request.id, 'event', e.id
    from private.subject_records r join public.events e on e.subject_id = r.record_id
    where r.request_id = request.id and e.organization_id = request.organization_id
    on conflict do nothing;
end
$$;

-- Where the person's data lies outside, with how much of it: tools that keep their lead, providers of their payments and
-- parcels, tools that counted what they did.
create function private.subject_providers(request public.data_subject_requests)
returns table (connection_id uuid, provider_key text, tells boolean, what text)
language sql stable security definer set search_path = ''
as $$
    with found as (select r.record_type, r.record_id from private.subject_records r where r.request_id = request.id),
    places as (
        select k.connection_id, c.status <> 'disconnected' as tells, 'contacts' as what, count(*) as number
        from found f join public.lead_links k on k.lead_id = f.record_id and f.record_type = 'lead'
        join public.integration_connections c on c.id = k.connection_id
        where k.status <> 'forgotten' and (k.provider_contact_id is not null or k.pushed_hash <> '{}')
        group by 1, 2
        union all
        select p.connection_id, false, 'payments', count(*)
        from found f join public.payments p on p.id = f.record_id and f.record_type = 'payment'
        where p.provider_payment_id is not null or p.provider_session_id is not null group by 1
        union all
        select s.connection_id, false, 'shipments', count(*)
        from found f join public.shipments s on s.id = f.record_id and f.record_type = 'shipment'
        where s.provider_shipment_id is not null or s.tracking_number is not null group by 1
        union all
        select o.connection_id, false, 'tracked events', count(*)
        from found f join public.operations o on o.subject_id = f.record_id and f.record_type = 'event' and o.kind = 'event.track'
        where o.status = 'succeeded' group by 1
    )
    select p.connection_id, c.provider_key, bool_or(p.tells), string_agg(p.number || ' ' || p.what, ', ' order by p.what)
    from places p join public.integration_connections c on c.id = p.connection_id
    group by 1, 2 order by 2, 1
$$;

create function private.plan_subject_steps(request public.data_subject_requests) returns void
language sql security definer set search_path = ''
as $$
    with planned as (
        select 10 as rank, t.name as place, null::uuid as connection_id, 'erase' as action, false as by_person, null as note
        from private.personal_tables t
        where request.kind = 'erasure' and t.erase <> 'stays' and t.subject_column is not null
        union all
        select 20, 'files', null, 'empty_files', false, null where request.kind = 'erasure'
        union all
        select 10, 'archive', null, 'collect', false, null where request.kind in ('access', 'portability')
        union all
        select 10, 'public.leads', null,
            case request.kind when 'correction' then 'correct' when 'restriction' then 'restrict' else 'object' end, false, null
        where request.kind in ('correction', 'restriction', 'objection')
        union all
        select 30, 'provider:' || p.provider_key, p.connection_id, case when p.tells then 'tell_tool' when request.kind = 'erasure' then 'erase'
                when request.kind = 'correction' then 'correct' else 'restrict' end,
            not p.tells, p.what || case when p.tells then '' else ': no call of the provider''s does this. Ask it, and say so here.' end
        from private.subject_providers(request) p
        where request.kind not in ('access', 'portability') and (p.tells or request.kind in ('erasure', 'correction'))
    )
    insert into public.data_subject_steps (organization_id, request_id, position, place, connection_id, action, status, note)
    select request.organization_id, request.id, row_number() over (order by p.rank, p.place <> 'public.leads', p.place, p.connection_id),
        p.place, p.connection_id, p.action, case when p.by_person then 'by_person' else 'pending' end::public.subject_step_status, p.note
    from planned p
$$;

-- For the worker that has the job: begins with a request, once. Null: it is over.
create function private.begin_subject_request(operation_id uuid) returns uuid
language plpgsql security definer set search_path = ''
as $$
declare
    request public.data_subject_requests;
begin
    select r.* into request from public.operations o join public.data_subject_requests r on r.id = o.subject_id
    where o.id = begin_subject_request.operation_id for no key update of r;
    if request.id is null or request.finished_at is not null then
        return null;
    elsif request.status = 'received' then
        perform private.find_subject(request);
        perform private.plan_subject_steps(request);
        update public.data_subject_requests r set status = 'in_progress' where r.id = request.id;
    end if;
    return request.id;
end
$$;

create function private.end_subject_step(step_id uuid, rows bigint, status public.subject_step_status, note text default null)
returns void
language sql security definer set search_path = ''
as $$
    update public.data_subject_steps s set rows = end_subject_step.rows, status = end_subject_step.status,
        note = coalesce(end_subject_step.note, s.note),
        completed_by = case when end_subject_step.status = 'done' then private.actor() end,
        finished_at = case when end_subject_step.status = 'done' then clock_timestamp() end
    where s.id = step_id and s.status = 'pending'
$$;

create function private.subject_leads(request_id uuid) returns setof public.leads
language sql security definer set search_path = ''
as $$
    select l.* from private.subject_records r join public.leads l on l.id = r.record_id
    where r.request_id = subject_leads.request_id and r.record_type = 'lead' and l.status <> 'deleted'
    order by l.id for no key update of l
$$;

create function private.correct_subject(step public.data_subject_steps) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    changes constant jsonb := (
        select private.unseal(i.request_id, i.sealed) -> 'changes' from private.subject_identities i where i.request_id = step.request_id);
    before public.leads;
    told public.leads;
    corrected bigint := 0;
begin
    perform private.lock_addresses(step.organization_id, changes ->> 'email', changes ->> 'phone');
    for before in select * from private.subject_leads(step.request_id) loop
        told := private.put_lead(jsonb_populate_record(before, changes),
            private.personal(before.id) || (changes - array['language', 'country']));
        if told.version > before.version then
            perform private.tell_of_lead(told, 'lead.updated');
        end if;
        corrected := corrected + 1;
    end loop;
    perform private.end_subject_step(step.id, corrected, 'done');
exception when unique_violation then
    perform private.end_subject_step(step.id, 0, 'by_person', 'Another lead has that address: say by upsert_lead which of them is right.');
end
$$;

create function private.restrict_subject(step public.data_subject_steps) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    lead public.leads;
    restricted bigint := 0;
begin
    insert into private.restricted_subjects (organization_id, subject_index)
    select r.organization_id, unnest(r.subject_indexes) from public.data_subject_requests r where r.id = step.request_id
    on conflict do nothing;
    for lead in select * from private.subject_leads(step.request_id) loop
        update public.leads l set restricted_at = coalesce(l.restricted_at, clock_timestamp()) where l.id = lead.id;
        perform private.drop_steps_about(lead.organization_id, 'lead', lead.id);
        restricted := restricted + 1;
    end loop;
    perform private.end_subject_step(step.id, restricted, 'done');
end
$$;

create function private.object_for_subject(step public.data_subject_steps) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    lead public.leads;
    consent record;
    withdrawn bigint := 0;
begin
    for lead in select * from private.subject_leads(step.request_id) loop
        for consent in select c.key as purpose from jsonb_each_text(private.lead_consents_of(lead)) c where c.value <> 'withdrawn' loop
            perform private.put_consent(lead, consent.purpose, 'withdrawn', 'request:' || step.request_id);
            perform private.tell_of_lead(lead, 'lead.consent_withdrawn', jsonb_build_object('purpose', consent.purpose));
            withdrawn := withdrawn + 1;
        end loop;
    end loop;
    perform private.end_subject_step(step.id, withdrawn, 'done');
end
$$;

-- Whether a tool has taken over what became of the person's leads; false: not yet.
create function private.settle_tool(step public.data_subject_steps) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
    links record;
begin
    select count(*) as all_of_them, count(*) filter (where k.next_try_at is not null) as waiting,
        max(k.error ->> 'message') filter (where k.status = 'failed' and k.next_try_at is null) as refusal
    into links
    from private.subject_records r join public.lead_links k on k.lead_id = r.record_id
    where r.request_id = step.request_id and r.record_type = 'lead' and k.connection_id = step.connection_id;
    if links.refusal is not null then
        perform private.end_subject_step(step.id, links.all_of_them, 'by_person', 'The tool did not take it: ' || links.refusal);
    elsif links.waiting > 0 and exists (
            select from public.data_subject_requests r
            where r.id = step.request_id and r.created_at < clock_timestamp() - interval '7 days') then
        perform private.end_subject_step(step.id, links.all_of_them, 'by_person', 'The tool could not be told for a week.');
    elsif links.waiting > 0 then
        return false;
    else
        perform private.end_subject_step(step.id, links.all_of_them, 'done');
    end if;
    return true;
end
$$;
