-- How a request goes on from step to step, what the worker does itself (copies and files), and how it ends: with a certificate.

-- Takes the next step of a request as far as `most` rows go: {state, step_id}. The state is more: come again; wait: for a
-- tool; collect or empty_files: the worker's own part, said to be done by note_subject_step; over: nothing is left for it.
create function private.take_subject_step(request_id uuid, most integer) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    step public.data_subject_steps;
    waits boolean := false;
begin
    for step in
        select s.* from public.data_subject_steps s where s.request_id = take_subject_step.request_id and s.status = 'pending'
        order by s.position
    loop
        if step.action in ('collect', 'empty_files') then
            return jsonb_build_object('state', step.action, 'step_id', step.id);
        elsif step.action <> 'tell_tool' then
            case step.action
                when 'erase' then perform private.erase_of_subject(step, most);
                when 'correct' then perform private.correct_subject(step);
                when 'restrict' then perform private.restrict_subject(step);
                when 'object' then perform private.object_for_subject(step);
            end case;
            return jsonb_build_object('state', 'more', 'step_id', step.id);
        elsif not private.settle_tool(step) then
            waits := true;
        end if;
    end loop;
    if waits then
        return '{"state": "wait"}';
    end if;
    perform private.settle_subject_request(request_id);
    return '{"state": "over"}';
end
$$;

create function private.make_certificate(request public.data_subject_requests) returns jsonb
language sql stable security definer set search_path = ''
as $$
    select jsonb_build_object('request_id', request.id, 'organization_id', request.organization_id, 'kind', request.kind,
        'jurisdiction', request.jurisdiction, 'subject', (select jsonb_agg(encode(i, 'hex')) from unnest(request.subject_indexes) i),
        'received_at', request.received_at, 'due_at', request.due_at, 'completed_at', request.finished_at,
        'identity_check', request.identity_check, 'steps', (
            select coalesce(jsonb_agg(private.without_nulls(jsonb_build_object('place', s.place, 'connection_id', s.connection_id,
                'action', s.action, 'status', s.status, 'rows', s.rows, 'kept', s.kept, 'note', s.note,
                'completed_by', s.completed_by, 'finished_at', s.finished_at)) order by s.position), '[]')
            from public.data_subject_steps s where s.organization_id = request.organization_id and s.request_id = request.id))
$$;

-- Once nothing is pending: completed, with a certificate, unless somebody has something left to do.
create function private.settle_subject_request(request_id uuid) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    request public.data_subject_requests;
    left_over record;
begin
    select * into request from public.data_subject_requests r where r.id = settle_subject_request.request_id for no key update;
    select count(*) filter (where s.status = 'pending') as pending, count(*) filter (where s.status = 'by_person') as by_person
    into left_over from public.data_subject_steps s
    where s.organization_id = request.organization_id and s.request_id = request.id;
    if request.finished_at is not null or left_over.pending > 0 then
        return;
    elsif left_over.by_person > 0 then
        update public.data_subject_requests r set status = 'awaiting_person' where r.id = request.id;
        return;
    end if;
    request.finished_at := clock_timestamp();
    request.certificate := private.make_certificate(request);
    update public.data_subject_requests r set status = 'completed', finished_at = request.finished_at,
        certificate = request.certificate,
        certificate_sha256 = encode(extensions.digest(request.certificate::text, 'sha256'), 'hex')
    where r.id = request.id returning r.* into request;
    if request.kind = 'erasure' then
        insert into private.erased_subjects (organization_id, subject_index)
        select request.organization_id, unnest(request.subject_indexes)
        on conflict on constraint erased_subjects_pkey do update set erased_at = excluded.erased_at;
        delete from private.subject_identities i using public.data_subject_requests o
        where i.request_id = o.id and o.organization_id = request.organization_id and o.finished_at is not null
          and o.subject_indexes && request.subject_indexes;
        delete from private.subject_keys k using public.data_subject_requests o
        where k.subject_id = o.id and o.organization_id = request.organization_id and o.finished_at is not null
          and o.subject_indexes && request.subject_indexes;
        update public.data_subject_requests o set archive_expires_at = least(o.archive_expires_at, clock_timestamp())
        where o.organization_id = request.organization_id and o.archive_path is not null
          and o.subject_indexes && request.subject_indexes;
    end if;
    delete from private.subject_records r where r.request_id = request.id;
    perform private.end_alert(request.organization_id, 'privacy.due:' || request.id);
    perform private.audit(request.organization_id, 'privacy.completed', 'data_subject_request', request.id::text,
        jsonb_build_object('kind', request.kind, 'certificate_sha256', request.certificate_sha256));
end
$$;

-- A page of what a table has about the person of a request, by the columns of the catalogue.
create function private.subject_rows(request_id uuid, table_name text, already integer, most integer) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
    place private.personal_tables;
    columns text[];
    found jsonb;
begin
    select * into place from private.personal_tables t where t.name = subject_rows.table_name;
    columns := array(select d.column_name from private.personal_data d where d.table_name = place.name and d.column_name <> 'sealed')
        || array['id', 'consent_id', 'purpose', 'state', 'source', 'type', 'kind', 'status', 'amount', 'currency', 'created_at', 'occurred_at', 'updated_at'];
    execute format($s$
        select coalesce(jsonb_agg((select jsonb_object_agg(e.key, e.value) from jsonb_each(to_jsonb(p)) e where e.key = any ($1)) %s), '[]')
        from (select t.* from %s t where %s order by t.%I, t.ctid offset $2 limit $3) p $s$,
        case when place.sealed then '|| private.personal(p.id)'
            when place.name = 'private.consent_evidence' then '|| coalesce(private.unseal(p.subject_id, p.sealed), ''{}'')' else '' end,
        place.name, private.about_subject(place, request_id), place.subject_column)
    into found using columns, already, most;
    return found;
end
$$;

-- What an archive begins with: the organization, who is told, for how long it is kept, and where it lies outside.
create function private.subject_archive_head(request_id uuid) returns jsonb
language sql stable security definer set search_path = ''
as $$
    select jsonb_build_object('request_id', r.id, 'kind', r.kind, 'organization', o.name, 'made_at', clock_timestamp(),
        'subject', private.unseal(i.request_id, i.sealed) - 'changes',
        'recipients', (select coalesce(jsonb_agg(jsonb_build_object('provider', p.provider_key, 'holds', p.what)), '[]')
                       from private.subject_providers(r) p),
        'tables', (select jsonb_agg(t.name order by t.name) from private.personal_tables t
                   where t.subject_column is not null and t.name <> 'private.addresses_to_forget'))
    from public.data_subject_requests r join public.organizations o on o.id = r.organization_id
    left join private.subject_identities i on i.request_id = r.id
    where r.id = subject_archive_head.request_id
$$;

create function private.note_subject_archive(step_id uuid, rows bigint, path text, keep_days integer) returns void
language plpgsql security definer set search_path = ''
as $$
begin
    update public.data_subject_requests r set archive_path = path, archive_expires_at = clock_timestamp() + make_interval(days => keep_days)
    from public.data_subject_steps s where s.id = step_id and s.status = 'pending' and r.id = s.request_id;
    perform private.end_subject_step(step_id, rows, 'done');
end
$$;

-- Labels and papers of the person's parcels that are over.
create function private.subject_files(request_id uuid) returns table (document_id uuid, path text, format text, stored boolean)
language sql stable security definer set search_path = ''
as $$
    select d.id, d.path, d.format, d.stored_at is not null
    from private.subject_records r
    join public.shipments s on s.id = r.record_id and r.record_type = 'shipment'
    join public.shipment_documents d on d.organization_id = s.organization_id and d.shipment_id = s.id
    where r.request_id = subject_files.request_id and s.status in ('delivered', 'returned', 'cancelled', 'failed')
      and not private.is_held(s.organization_id, 'shipping')
    order by d.id
$$;

create function private.note_empty_files(step_id uuid, document_ids uuid[]) returns void
language plpgsql security definer set search_path = ''
as $$
begin
    delete from public.shipment_documents d where d.id = any (document_ids);
    perform private.end_subject_step(step_id, cardinality(document_ids), 'done');
end
$$;

-- Jobs for copies whose time is over.
create function private.enqueue_expired_archives() returns integer
language sql security definer set search_path = ''
as $$
    select count(*) filter (where private.plan_job(private.derived_id(r.id, 'privacy.expire'), 'privacy.expire', r.organization_id,
        jsonb_build_object('request_id', r.id, 'path', r.archive_path)))::integer
    from public.data_subject_requests r where r.archive_path is not null and r.archive_expires_at <= clock_timestamp()
$$;

create function private.note_expired_archive(request_id uuid) returns void
language sql security definer set search_path = ''
as $$
    update public.data_subject_requests r set archive_path = null
    where r.id = note_expired_archive.request_id and r.archive_expires_at <= clock_timestamp()
$$;

-- Once a backup has been restored: erases anew whoever has been erased since. Answers how many requests that makes.
create function private.erase_anew(organization_id uuid) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    erased record;
    request public.data_subject_requests;
    made integer := 0;
begin
    for erased in select e.organization_id, array_agg(e.subject_index) as indexes from private.erased_subjects e
        where erase_anew.organization_id is null or e.organization_id = erase_anew.organization_id group by 1
    loop
        insert into public.data_subject_requests as r (organization_id, kind, jurisdiction, subject_indexes, received_at, due_at, note, created_by)
        select erased.organization_id, 'erasure', d.jurisdiction, erased.indexes, clock_timestamp(),
            clock_timestamp() + interval '1 day', 'A backup was restored.', private.actor()
        from private.privacy_deadlines(erased.organization_id) d
        returning r.* into request;
        perform private.enqueue_operation(erased.organization_id, 'privacy.request', 'data_subject_request', request.id, '{}');
        made := made + 1;
    end loop;
    return made;
end
$$;

grant execute on function
    private.begin_subject_request(uuid), private.take_subject_step(uuid, integer), private.subject_rows(uuid, text, integer, integer),
    private.subject_archive_head(uuid), private.note_subject_archive(uuid, bigint, text, integer), private.subject_files(uuid),
    private.note_empty_files(uuid, uuid[]), private.enqueue_expired_archives(), private.note_expired_archive(uuid)
to wasl_worker;
