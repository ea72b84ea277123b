-- What visitors hand in by a form, and how they confirm it. Reached by the Supabase function `forms` alone.

create table private.lead_submissions (
    id uuid primary key default private.uuid_v7(),
    form_id uuid not null references public.lead_forms (id) on delete cascade,
    visitor bytea not null,
    fingerprint bytea not null,
    created_at timestamptz not null default clock_timestamp()
);
comment on table private.lead_submissions is 'What was handed in lately, for limits and to tell repeats. Gone after a day.';
create index lead_submissions_by_form on private.lead_submissions (form_id, created_at);
create index lead_submissions_by_age on private.lead_submissions (created_at);
alter table private.lead_submissions enable row level security;

create table private.lead_confirmations (
    token_hash bytea primary key check (octet_length(token_hash) = 32),
    lead_id uuid not null references public.leads (id) on delete cascade,
    form_id uuid not null references public.lead_forms (id) on delete cascade,
    created_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz not null default clock_timestamp() + interval '7 days'
);
comment on table private.lead_confirmations is 'Links that were mailed to confirm an address, by the SHA-256 of their tokens.';
create index lead_confirmations_by_lead on private.lead_confirmations (lead_id, created_at);
create index lead_confirmations_by_form on private.lead_confirmations (form_id);
create index lead_confirmations_by_age on private.lead_confirmations (expires_at);
alter table private.lead_confirmations enable row level security;

-- A refusal that passes: the answer says after how many seconds to try again.
create function private.refuse_for_now(code text, message text, retry_after integer) returns void
language plpgsql set search_path = ''
as $$
begin
    raise sqlstate 'PGRST' using
        message = jsonb_build_object('code', code, 'message', message, 'details', null, 'hint', format('Try again in %s s.', retry_after))::text,
        detail = jsonb_build_object('status', 429, 'headers', jsonb_build_object('Retry-After', retry_after::text))::text;
end
$$;

create function private.check_submission_limits(form public.lead_forms, visitor bytea) returns void
language plpgsql stable security definer set search_path = ''
as $$
declare
    lately record;
begin
    select count(*) as all_of_them, count(*) filter (where s.visitor = check_submission_limits.visitor) as of_visitor,
        greatest(1, ceil(extract(epoch from min(s.created_at) + interval '1 minute' - clock_timestamp())))::integer as passes
    into lately
    from private.lead_submissions s
    where s.form_id = form.id and s.created_at > clock_timestamp() - interval '1 minute';
    if lately.of_visitor >= form.most_per_visitor_minute or lately.all_of_them >= form.most_per_minute then
        perform private.refuse_for_now('too_many_submissions', 'The form was handed in too often within a minute.', lately.passes);
    end if;
end
$$;

-- As people write it: with spaces and hyphens, 00 for +, and without the country where it is the organization's own.
create function private.as_phone(words text, country text) returns text
language sql immutable set search_path = ''
as $$
    select case when plain ~ '^00[1-9]' then '+' || substr(plain, 3)
        when country = 'AE' and plain ~ '^0[1-9][0-9]{7,8}$' then '+971' || substr(plain, 2)
        else plain end
    from regexp_replace(private.in_ascii(words), '[\s().-]', '', 'g') plain
$$;

-- One answer as it is to be kept; null where there is none. Refuses what is none of the field's.
create function private.checked_answer(form_field jsonb, answer jsonb, country text) returns text
language plpgsql immutable set search_path = ''
as $$
declare
    field constant text := 'answers.' || (form_field ->> 'name');
    type constant text := form_field ->> 'type';
    given text := nullif(btrim(answer #>> '{}'), '');
begin
    if jsonb_typeof(answer) not in ('string', 'boolean', 'null') or char_length(given) > 1000 then
        perform private.refuse(400, 'invalid_answers', 'An answer is a text of at most 1000 characters.', field);
    end if;
    perform private.refuse_card_number(given, field);
    if type = 'checkbox' then
        given := case when lower(given) in ('true', 'on', 'yes', '1') then 'true' when given is not null then 'false' end;
    elsif type = 'phone' then
        given := private.as_phone(given, country);
    end if;
    if coalesce((form_field ->> 'required')::boolean, false)
       and (given is null or type = 'checkbox' and given = 'false') then
        perform private.refuse(400, 'answer_required', 'This field is required.', field);
    elsif type = 'email' and (given !~ '^[^\s@]+@[^\s@]+\.[^\s@]+$' or char_length(given) > 254) then
        perform private.refuse(400, 'invalid_answers', 'That is no e-mail address.', field);
    elsif type = 'phone' and given !~ '^\+[1-9][0-9]{6,14}$' then
        perform private.refuse(400, 'invalid_answers', 'That is no phone number, such as +971500000001.', field);
    elsif type = 'choice' and not form_field -> 'choices' ? given then
        perform private.refuse(400, 'invalid_answers', 'That is none of the choices.', field);
    elsif private.field_target(form_field) = 'country' and given !~ '^[A-Z]{2}$'
          or private.field_target(form_field) = 'language' and given !~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'
          or private.field_target(form_field) in ('first_name', 'last_name', 'company') and char_length(given) > 255 then
        perform private.refuse(400, 'invalid_answers', 'That is not what this field takes.', field);
    end if;
    return given;
end
$$;

-- The answers as facts of a lead, by what their fields map to.
create function private.checked_answers(form public.lead_forms, answers jsonb) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
    known constant text[] := array['email', 'phone', 'first_name', 'last_name', 'company', 'language', 'country'];
    unknown text;
    told jsonb;
begin
    if jsonb_typeof(answers) is distinct from 'object' then
        perform private.refuse(400, 'invalid_answers', 'The answers are an object, by the names of the fields.', 'answers');
    end if;
    select key into unknown from jsonb_object_keys(answers) key
    where not exists (select from jsonb_array_elements(form.fields) f where f ->> 'name' = key)
      and not (key = 'consent' and form.purpose is not null)
    order by key limit 1;
    if unknown is not null then
        perform private.refuse(400, 'invalid_answers', 'The form has no such field.', 'answers.' || left(unknown, 60));
    end if;
    select coalesce(jsonb_object_agg(private.field_target(f.value), a.given) filter (where a.given is not null), '{}') into told
    from public.organizations o, jsonb_array_elements(form.fields) f,
        lateral (select private.checked_answer(f.value, answers -> (f.value ->> 'name'), o.country) as given) a
    where o.id = form.organization_id;
    if form.purpose is not null and lower(coalesce(answers ->> 'consent', '')) not in ('true', 'on', 'yes', '1') then
        perform private.refuse(400, 'consent_required', 'The form needs consent.', 'answers.consent');
    end if;
    return jsonb_build_object('attributes', told - known) || (
        select coalesce(jsonb_object_agg(e.key, e.value), '{}') from jsonb_each(told) e where e.key = any (known));
end
$$;

-- Where the visitor came from, as far as it can be kept: what is too long or holds a card's number is left out.
create function private.touch_in_context(context jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
    select coalesce(jsonb_object_agg(e.key, e.value), '{}')
    from jsonb_each_text(
        jsonb_build_object('referrer', context -> 'referrer', 'landing_page', context -> 'page', 'client_id', context -> 'client_id')
        || coalesce((select jsonb_object_agg(q.key, q.value) from jsonb_each(
            case jsonb_typeof(context -> 'query') when 'object' then context -> 'query' else '{}' end) q
            where q.key in ('utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content', 'gclid', 'fbclid')), '{}')) e
    where char_length(e.value) between 1 and 2048 and not private.contains_card_number(e.value)
      and not private.contains_security_code(e.value)
$$;

-- The consent that a form brings. One that was given already needs no confirmation. Says whether one is asked for.
create function private.put_form_consent(lead public.leads, form public.lead_forms, context jsonb) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
    confirms constant boolean := form.double_opt_in and private.lead_consent(lead.id, form.purpose) is distinct from 'given';
begin
    if form.purpose is null then
        return false;
    end if;
    perform private.put_consent(lead, form.purpose, case when confirms then 'pending' else 'given' end, 'form:' || form.name,
        form.text_version, evidence => private.without_nulls(jsonb_build_object('form_id', form.id,
            'page', private.touch_in_context(context) -> 'landing_page',
            'ip_hash', case when context ->> 'ip_hash' ~ '^[A-Za-z0-9+/=_-]{1,128}$'
                and not private.contains_card_number(context ->> 'ip_hash') then context -> 'ip_hash' end)));
    if confirms then
        perform private.plan_job(private.derived_id(lead.id, 'lead.confirm'), 'lead.confirm', lead.organization_id,
            jsonb_build_object('lead_id', lead.id, 'form_id', form.id), 1, 8);
    end if;
    return confirms;
end
$$;

create function private.keep_submission(form public.lead_forms, visitor bytea, fingerprint bytea) returns void
language plpgsql security definer set search_path = ''
as $$
begin
    insert into private.lead_submissions (form_id, visitor, fingerprint) values (form.id, visitor, fingerprint);
    update public.lead_forms f set submissions = f.submissions + 1, last_submission_at = clock_timestamp() where f.id = form.id;
    delete from private.lead_submissions s where s.id in (
        select o.id from private.lead_submissions o where o.created_at < clock_timestamp() - interval '1 day'
        limit 100 for update skip locked);
end
$$;

-- Machines fill in what nobody sees, and are quick: they are answered as if all were well, and nothing is kept.
create function private.capture_lead(token text, answers jsonb, context jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    form public.lead_forms;
    visitor constant bytea := extensions.digest(coalesce(context ->> 'ip_hash', ''), 'sha256');
    submitted constant bytea := extensions.digest(visitor || convert_to(coalesce(answers, 'null')::text, 'UTF8'), 'sha256');
    facts jsonb;
    lead public.leads;
    confirms boolean;
begin
    select * into form from public.lead_forms f where f.token = capture_lead.token and f.enabled for no key update;
    if form.id is null then
        perform private.refuse(404, 'form_not_found', 'There is no such form.', 'token');
    elsif jsonb_typeof(context) is distinct from 'object' then
        perform private.refuse(400, 'invalid_context', 'The context is an object.', 'context');
    elsif form.allowed_origins <> '{}' and lower(context ->> 'origin') <> all (form.allowed_origins) then
        perform private.refuse(403, 'origin_not_allowed', 'The form does not stand on that page.', 'context.origin');
    elsif context -> 'honeypot' = 'true'
          or jsonb_typeof(context -> 'elapsed_ms') = 'number' and (context ->> 'elapsed_ms')::numeric < 800 then
        update public.lead_forms f set spam = f.spam + 1 where f.id = form.id;
        return private.capture_answer(form, form.double_opt_in);
    elsif exists (select from private.lead_submissions s
                  where s.form_id = form.id and s.fingerprint = submitted
                    and s.created_at > clock_timestamp() - interval '1 minute') then
        return private.capture_answer(form, form.double_opt_in);
    end if;
    perform private.check_submission_limits(form, visitor);
    facts := private.checked_answers(form, answers);
    lead := private.find_lead(form.organization_id, facts ->> 'email', facts ->> 'phone');
    lead := private.save_lead(form.organization_id, lead, facts || jsonb_build_object('source', 'form:' || form.name,
        'status', case when form.double_opt_in then 'pending' else 'active' end, 'attribution', private.touch_in_context(context)));
    confirms := private.put_form_consent(lead, form, context);
    perform private.keep_submission(form, visitor, submitted);
    select * into lead from public.leads l where l.id = lead.id;
    perform private.tell_of_lead(lead, 'lead.captured', jsonb_build_object('form_id', form.id, 'form_name', form.name));
    return private.capture_answer(form, confirms);
end
$$;

create function private.capture_answer(form public.lead_forms, confirms boolean) returns jsonb
language sql immutable set search_path = ''
as $$
    select jsonb_build_object('status', case when confirms then 'confirm' else 'captured' end, 'redirect_url', form.redirect_url)
$$;

create function public.capture_lead(token text, answers jsonb, context jsonb default '{}') returns jsonb
language sql set search_path = ''
as $$ select private.capture_lead(token, answers, coalesce(context, '{}')) $$;
comment on function public.capture_lead is
'For the Supabase function `forms` only: keeps what a visitor handed in. Answers with {status: captured or confirm, redirect_url}.';

-- Whoever has the token may know this much of a form.
create function private.lead_form(token text) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
    form public.lead_forms;
begin
    select * into form from public.lead_forms f where f.token = lead_form.token and f.enabled;
    if form.id is null then
        perform private.refuse(404, 'form_not_found', 'There is no such form.', 'token');
    end if;
    return jsonb_build_object('name', form.name, 'fields', (
            select jsonb_agg(f.value - 'maps_to' order by f.ordinality) from jsonb_array_elements(form.fields) with ordinality f),
        'consent_text', form.consent_text, 'origins', form.allowed_origins, 'redirect_url', form.redirect_url);
end
$$;

create function public.lead_form(token text) returns jsonb
language sql stable set search_path = ''
as $$ select private.lead_form(token) $$;
comment on function public.lead_form is
'For the Supabase function `forms` only: what the page of a form shows, {name, fields, consent_text, origins, redirect_url}.';

-- For the worker that is about to mail a link: what the mail says. Null: nothing is to be confirmed any more, or the address
-- has had three mails within a day.
create function private.keep_confirmation(lead_id uuid, form_id uuid, token_hash bytea) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    lead public.leads;
    known jsonb;
    form public.lead_forms;
begin
    select * into lead from public.leads l where l.id = keep_confirmation.lead_id for no key update;
    known := private.personal(lead.id);
    select * into form from public.lead_forms f
    where f.id = keep_confirmation.form_id and f.organization_id = lead.organization_id;
    if form.id is null or not known ? 'email' or private.lead_consent(lead.id, form.purpose) is distinct from 'pending'
       or (select count(*) from private.lead_confirmations c
           where c.lead_id = lead.id and c.created_at > clock_timestamp() - interval '1 day') >= 3 then
        return null;
    end if;
    delete from private.lead_confirmations c where c.token_hash in (
        select o.token_hash from private.lead_confirmations o where o.expires_at < clock_timestamp()
        limit 100 for update skip locked);
    insert into private.lead_confirmations (token_hash, lead_id, form_id) values (token_hash, lead.id, form.id);
    return (
        select jsonb_build_object('email', known -> 'email', 'first_name', known -> 'first_name', 'form_name', form.name,
            'organization_name', o.name, 'consent_text', form.consent_text, 'language', lead.language,
            'path', '/functions/v1/forms/confirm/')
        from public.organizations o where o.id = lead.organization_id);
end
$$;
grant execute on function private.keep_confirmation(uuid, uuid, bytea) to wasl_worker;

create function private.confirm_lead(token text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    confirmation private.lead_confirmations;
    lead public.leads;
    form public.lead_forms;
begin
    select * into confirmation from private.lead_confirmations c
    where c.token_hash = extensions.digest(coalesce(confirm_lead.token, ''), 'sha256') and c.expires_at > clock_timestamp();
    select * into lead from public.leads l where l.id = confirmation.lead_id for no key update;
    select * into form from public.lead_forms f where f.id = confirmation.form_id;
    if lead.id is null then
        perform private.refuse(404, 'confirmation_not_found', 'There is nothing to confirm by that link, or it has expired.', 'token');
    elsif private.lead_consent(lead.id, form.purpose) = 'pending' then
        perform private.put_consent(lead, form.purpose, 'given', 'form:' || form.name, (
                select c.text_version from public.lead_consents c
                where c.organization_id = lead.organization_id and c.lead_id = lead.id and c.purpose = form.purpose
                order by c.occurred_at desc, c.id desc limit 1),
            evidence => jsonb_build_object('form_id', form.id, 'confirmed', true));
        update public.leads l set status = 'active', confirmed_at = clock_timestamp() where l.id = lead.id
        returning l.* into lead;
        perform private.tell_of_lead(lead, 'lead.confirmed', jsonb_build_object('form_id', form.id, 'form_name', form.name));
    end if;
    return jsonb_build_object('status', 'confirmed', 'redirect_url', form.redirect_url);
end
$$;

create function public.confirm_lead(token text) returns jsonb
language sql set search_path = ''
as $$ select private.confirm_lead(token) $$;
comment on function public.confirm_lead is
'For the Supabase function `forms` only: the visitor has followed the link in the mail. Answers with {status, redirect_url}.';

grant execute on function
    private.capture_lead(text, jsonb, jsonb), public.capture_lead(text, jsonb, jsonb),
    private.lead_form(text), public.lead_form(text),
    private.confirm_lead(text), public.confirm_lead(text)
to service_role;
