-- What clients say of requests. How they are carried out is in subject_steps.

create function private.own_subject_request(request_id uuid) returns public.data_subject_requests
language plpgsql security definer set search_path = ''
as $$
declare
    request public.data_subject_requests;
begin
    select * into request from public.data_subject_requests r where r.id = own_subject_request.request_id for no key update;
    if request.id is null or not private.may(request.organization_id, 'admin', 'privacy:write') then
        perform private.refuse(404, 'subject_request_not_found', 'There is no such request of yours.', 'request_id');
    end if;
    return request;
end
$$;

create function private.check_corrections(kind public.subject_request_kind, changes jsonb) returns void
language plpgsql stable set search_path = ''
as $$
begin
    if (kind = 'correction') <> (changes <> '{}') then
        perform private.refuse(400, 'invalid_changes', 'A correction, and nothing else, says what is to be changed.', 'changes');
    end if;
    perform private.check_keys(changes, array['email', 'phone', 'first_name', 'last_name', 'company', 'language', 'country'], 'changes');
    perform private.check_text(e.value, 254, 'changes.' || e.key) from jsonb_each(changes) e;
    perform private.check_pattern(changes ->> 'email', '^[^\s@]+@[^\s@]+\.[^\s@]+$', 'The email is not an address.', 'changes.email');
    perform private.check_pattern(changes ->> 'phone', '^\+[1-9][0-9]{6,14}$', 'The phone is written like +971500000001.', 'changes.phone');
    perform private.check_pattern(changes ->> 'language', '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$',
        'The language is a code such as ar or en.', 'changes.language');
    perform private.check_country(changes ->> 'country', 'changes.country');
end
$$;

create function private.create_subject_request(
    organization_id uuid, kind public.subject_request_kind, email text, phone text, lead_id uuid, changes jsonb,
    identity_check text, note text, received_at timestamptz
) returns public.data_subject_requests
language plpgsql security definer set search_path = ''
as $$
declare
    lead public.leads;
    known jsonb;
    key bytea;
    deadlines record;
    request public.data_subject_requests;
begin
    organization_id := private.resolve_organization(organization_id, 'admin', 'privacy:write');
    if kind is null then
        perform private.refuse(400, 'invalid_kind', 'The kind is access, portability, correction, restriction, objection or erasure.', 'kind');
    end if;
    select * into lead from public.leads l where l.id = create_subject_request.lead_id
      and l.organization_id = create_subject_request.organization_id;
    if lead_id is not null and lead.id is null then
        perform private.refuse(404, 'lead_not_found', 'There is no such lead of yours.', 'lead_id');
    end if;
    known := private.personal(lead.id);
    email := coalesce(nullif(btrim(email), ''), known ->> 'email');
    phone := coalesce(nullif(btrim(phone), ''), known ->> 'phone');
    if email is null and phone is null then
        perform private.refuse(400, 'address_required', 'Say who it is by an email, a phone or a lead that has one.', 'email');
    end if;
    perform private.check_pattern(email, '^[^\s@]+@[^\s@]+\.[^\s@]+$', 'The email is not an address.', 'email');
    perform private.check_text(to_jsonb(email), 254, 'email');
    perform private.check_pattern(phone, '^\+[1-9][0-9]{6,14}$', 'The phone is written like +971500000001.', 'phone');
    perform private.check_corrections(kind, coalesce(changes, '{}'));
    perform private.check_text(to_jsonb(identity_check), 500, 'identity_check');
    perform private.check_text(to_jsonb(note), 1000, 'note');
    if received_at > clock_timestamp() then
        perform private.refuse(400, 'invalid_received_at', 'It does not lie in the future.', 'received_at');
    end if;
    key := private.blind_key(organization_id);
    select * into deadlines from private.privacy_deadlines(organization_id);
    insert into public.data_subject_requests as r (organization_id, kind, jurisdiction, subject_indexes, lead_id, received_at,
        due_at, identity_check, note, created_by)
    values (organization_id, kind, deadlines.jurisdiction,
        array_remove(array[private.blind_index(key, email), private.blind_index(key, phone)], null), lead_id,
        coalesce(received_at, clock_timestamp()),
        coalesce(received_at, clock_timestamp()) + make_interval(days => deadlines.answer_days), identity_check, note,
        private.actor())
    returning r.* into request;
    insert into private.subject_identities (request_id, sealed)
    values (request.id, private.seal(organization_id, request.id, private.without_nulls(jsonb_build_object(
        'email', email, 'phone', phone, 'changes', changes))));
    perform private.enqueue_operation(organization_id, 'privacy.request', 'data_subject_request', request.id, '{}');
    perform private.audit(organization_id, 'privacy.requested', 'data_subject_request', request.id::text,
        jsonb_build_object('kind', kind, 'due_at', request.due_at));
    return request;
end
$$;

create function public.create_subject_request(
    kind public.subject_request_kind, email text default null, phone text default null, lead_id uuid default null,
    changes jsonb default null, identity_check text default null, note text default null,
    received_at timestamptz default null, organization_id uuid default null
) returns public.data_subject_requests
language sql set search_path = ''
as $$
    select private.create_subject_request(organization_id, kind, email, phone, lead_id, changes, identity_check, note, received_at)
$$;
comment on function public.create_subject_request is
'Notes what somebody asks about their data and has it carried out, in every table and at every tool that can; watch data_subject_requests. A correction says in changes what becomes of their lead.';

create function private.subject_request_identity(request_id uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    request public.data_subject_requests := private.own_subject_request(request_id);
begin
    perform private.audit(request.organization_id, 'privacy.identity_shown', 'data_subject_request', request.id::text);
    return coalesce((select private.unseal(i.request_id, i.sealed) from private.subject_identities i where i.request_id = request.id), '{}');
end
$$;

create function public.subject_request_identity(request_id uuid) returns jsonb
language sql set search_path = ''
as $$ select private.subject_request_identity(request_id) $$;
comment on function public.subject_request_identity is
'Who a request is about, {email, phone, changes}; empty once they are erased. That it was shown stands in the audit log.';

create function private.refuse_subject_request(request_id uuid, reason text) returns public.data_subject_requests
language plpgsql security definer set search_path = ''
as $$
declare
    request public.data_subject_requests := private.own_subject_request(request_id);
begin
    if btrim(coalesce(reason, '')) = '' then
        perform private.refuse(400, 'invalid_reason', 'Say why: the person is to be told.', 'reason');
    end if;
    perform private.check_text(to_jsonb(reason), 1000, 'reason');
    if request.status <> 'received' then
        perform private.refuse(409, 'subject_request_under_way', 'It is being carried out, or is over.', 'request_id');
    end if;
    update public.data_subject_requests r set status = 'refused', reason = refuse_subject_request.reason, finished_at = clock_timestamp()
    where r.id = request.id returning r.* into request;
    perform private.audit(request.organization_id, 'privacy.refused', 'data_subject_request', request.id::text);
    return request;
end
$$;

create function public.refuse_subject_request(request_id uuid, reason text) returns public.data_subject_requests
language sql set search_path = ''
as $$ select private.refuse_subject_request(request_id, reason) $$;
comment on function public.refuse_subject_request is 'Refuses a request that no worker has begun with, with the reason that the person is told.';

create function private.extend_subject_request(request_id uuid, reason text) returns public.data_subject_requests
language plpgsql security definer set search_path = ''
as $$
declare
    request public.data_subject_requests := private.own_subject_request(request_id);
    more constant integer := (select j.extension_days from private.jurisdictions j where j.jurisdiction = request.jurisdiction);
begin
    perform private.check_text(to_jsonb(reason), 1000, 'reason');
    if request.finished_at is not null or request.extended_at is not null or more = 0 then
        perform private.refuse(409, 'not_extendable', 'It is over, was extended once, or the law knows no extension.', 'request_id');
    end if;
    update public.data_subject_requests r
    set due_at = r.due_at + make_interval(days => more), extended_at = clock_timestamp(), reason = extend_subject_request.reason
    where r.id = request.id returning r.* into request;
    perform private.audit(request.organization_id, 'privacy.extended', 'data_subject_request', request.id::text,
        jsonb_build_object('due_at', request.due_at));
    return request;
end
$$;

create function public.extend_subject_request(request_id uuid, reason text) returns public.data_subject_requests
language sql set search_path = ''
as $$ select private.extend_subject_request(request_id, reason) $$;
comment on function public.extend_subject_request is 'Gives a request the further time that the law knows, once; the person has to be told.';

create function private.complete_subject_step(step_id uuid, note text) returns public.data_subject_steps
language plpgsql security definer set search_path = ''
as $$
declare
    step public.data_subject_steps;
begin
    select * into step from public.data_subject_steps s where s.id = complete_subject_step.step_id;
    if step.id is null or not private.may(step.organization_id, 'admin', 'privacy:write') then
        perform private.refuse(404, 'subject_step_not_found', 'There is no such step of yours.', 'step_id');
    end if;
    perform private.own_subject_request(step.request_id);
    perform private.check_text(to_jsonb(note), 1000, 'note');
    update public.data_subject_steps s
    set status = 'done', note = coalesce(complete_subject_step.note, s.note), completed_by = private.actor(), finished_at = clock_timestamp()
    where s.id = step.id and s.status = 'by_person'
    returning s.* into step;
    if not found then
        perform private.refuse(409, 'not_by_person', 'That step is none that somebody has to do.', 'step_id');
    end if;
    perform private.audit(step.organization_id, 'privacy.step_completed', 'data_subject_step', step.id::text,
        jsonb_build_object('request_id', step.request_id, 'place', step.place));
    perform private.settle_subject_request(step.request_id);
    return step;
end
$$;

create function public.complete_subject_step(step_id uuid, note text default null) returns public.data_subject_steps
language sql set search_path = ''
as $$ select private.complete_subject_step(step_id, note) $$;
comment on function public.complete_subject_step is 'Says that somebody has done what no machine could, such as asking a carrier to erase an address.';

create function private.link_subject_archive(request_id uuid) returns public.operations
language plpgsql security definer set search_path = ''
as $$
declare
    request public.data_subject_requests := private.own_subject_request(request_id);
begin
    if request.archive_path is null or request.archive_expires_at < clock_timestamp() then
        perform private.refuse(409, 'no_archive', 'There is no copy of the data: it is not made yet, was not asked for, or is gone.', 'request_id');
    end if;
    perform private.audit(request.organization_id, 'privacy.archive_linked', 'data_subject_request', request.id::text);
    return private.enqueue_operation(request.organization_id, 'privacy.link', 'data_subject_request', request.id, '{}');
end
$$;

create function public.link_subject_archive(request_id uuid) returns public.operations
language sql set search_path = ''
as $$ select private.link_subject_archive(request_id) $$;
comment on function public.link_subject_archive is 'Has a link made to the copy of somebody''s data, which expires: result {url, expires_at} of the operation.';

create function private.lift_restriction(lead_id uuid) returns public.leads
language plpgsql security definer set search_path = ''
as $$
declare
    lead public.leads := private.own_lead(lead_id);
begin
    perform private.authorize(lead.organization_id, 'admin', 'privacy:write');
    delete from private.restricted_subjects r using private.lead_addresses a
    where a.lead_id = lead.id and r.organization_id = lead.organization_id
      and r.subject_index in (a.email_index, a.phone_index);
    update public.leads l set restricted_at = null where l.id = lead.id returning l.* into lead;
    perform private.audit(lead.organization_id, 'lead.restriction_lifted', 'lead', lead.id::text);
    return lead;
end
$$;

create function public.lift_restriction(lead_id uuid) returns public.leads
language sql set search_path = ''
as $$ select private.lift_restriction(lead_id) $$;
comment on function public.lift_restriction is 'Ends the restriction of what may be done with a lead; the person has to be told before.';

-- Whether a certificate is as it was made: by its hash, and by the hash in the audit log.
create function private.subject_certificate(request_id uuid) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
    request public.data_subject_requests;
begin
    select * into request from public.data_subject_requests r where r.id = subject_certificate.request_id;
    if request.id is null or not private.may(request.organization_id, 'viewer', 'privacy:read') then
        perform private.refuse(404, 'subject_request_not_found', 'There is no such request of yours.', 'request_id');
    elsif request.certificate is null then
        perform private.refuse(409, 'no_certificate', 'The request is not completed.', 'request_id');
    end if;
    return jsonb_build_object('certificate', request.certificate, 'sha256', request.certificate_sha256,
        'intact', request.certificate_sha256 = encode(extensions.digest(request.certificate::text, 'sha256'), 'hex')
            and exists (select from public.audit_log a
                where a.organization_id = request.organization_id and a.action = 'privacy.completed'
                  and a.target_id = request.id::text and a.detail ->> 'certificate_sha256' = request.certificate_sha256));
end
$$;

create function public.subject_certificate(request_id uuid) returns jsonb
language sql stable set search_path = ''
as $$ select private.subject_certificate(request_id) $$;
comment on function public.subject_certificate is
'What was done about a request: {certificate, sha256, intact}; intact: it is as it was made, by its hash and by the audit log.';

grant execute on function
    private.create_subject_request(uuid, public.subject_request_kind, text, text, uuid, jsonb, text, text, timestamptz),
    public.create_subject_request(public.subject_request_kind, text, text, uuid, jsonb, text, text, timestamptz, uuid),
    private.subject_request_identity(uuid), public.subject_request_identity(uuid),
    private.refuse_subject_request(uuid, text), public.refuse_subject_request(uuid, text),
    private.extend_subject_request(uuid, text), public.extend_subject_request(uuid, text),
    private.complete_subject_step(uuid, text), public.complete_subject_step(uuid, text),
    private.link_subject_archive(uuid), public.link_subject_archive(uuid),
    private.lift_restriction(uuid), public.lift_restriction(uuid),
    private.subject_certificate(uuid), public.subject_certificate(uuid)
to authenticated, service_role;
