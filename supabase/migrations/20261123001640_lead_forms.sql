-- Forms on merchants' pages: how they are made. What visitors hand in is in the next file.

create table public.lead_forms (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null references public.organizations (id) on delete cascade,
    name text not null check (char_length(btrim(name)) between 1 and 100),
    token text not null unique
        default 'lf_' || rtrim(translate(encode(extensions.gen_random_bytes(24), 'base64'), E'+/\n', '-_'), '='),
    enabled boolean not null default true,
    fields jsonb not null check (jsonb_typeof(fields) = 'array'),
    purpose text,
    consent_text text,
    text_version text,
    double_opt_in boolean not null default false,
    allowed_origins text[] not null default '{}',
    redirect_url text,
    most_per_minute integer not null default 30 check (most_per_minute between 1 and 10000),
    most_per_visitor_minute integer not null default 5 check (most_per_visitor_minute between 1 and 1000),
    submissions bigint not null default 0,
    spam bigint not null default 0,
    last_submission_at timestamptz,
    created_by text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (organization_id, id),
    unique (organization_id, name),
    check ((purpose is null) = (consent_text is null) and (purpose is null) = (text_version is null)),
    check (purpose is not null or not double_opt_in)
);
comment on table public.lead_forms is 'Forms in which visitors leave their address.';
comment on column public.lead_forms.token is 'Ends the form''s address: /functions/v1/forms/{token}. It is no secret.';
comment on column public.lead_forms.fields is
'[{name, label, type: text|email|phone|choice|checkbox|hidden, required, choices, maps_to}]: maps_to is a lead''s field or attribute, by default of the field''s name.';
comment on column public.lead_forms.purpose is 'What visitors agree to, such as marketing_email; null: they are not asked.';
comment on column public.lead_forms.consent_text is 'What they read before they agree; text_version names the wording.';
comment on column public.lead_forms.text_version is 'Of consent_text; another text is another version. Earlier ones stand in the audit log.';
comment on column public.lead_forms.double_opt_in is 'Whether they have to follow a link sent to their address before it counts.';
comment on column public.lead_forms.allowed_origins is 'Pages it may stand on, such as https://shop.example; empty: all.';
comment on column public.lead_forms.redirect_url is 'Where visitors go after it.';
comment on column public.lead_forms.most_per_minute is 'What is handed in beyond that is refused for the moment; likewise most_per_visitor_minute.';
comment on column public.lead_forms.most_per_visitor_minute is 'Of one visitor, by the address.';
comment on column public.lead_forms.submissions is 'How often it was handed in.';
comment on column public.lead_forms.spam is 'How often a machine seems to have done so, of which nothing was kept.';
comment on column public.lead_forms.last_submission_at is 'When it was last handed in.';
create trigger lead_forms_touch before update on public.lead_forms
for each row when ((old.submissions, old.spam) is not distinct from (new.submissions, new.spam))
execute function private.touch_updated_at();

alter table public.lead_forms enable row level security;
create policy "members read forms" on public.lead_forms for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'leads:read'))));
grant select on public.lead_forms to authenticated, service_role, wasl_worker;

-- Where the answer goes: a lead's field or an attribute.
create function private.field_target(field jsonb) returns text
language sql immutable set search_path = ''
as $$
    select coalesce(field ->> 'maps_to', case when field ->> 'type' in ('email', 'phone') then field ->> 'type' else field ->> 'name' end)
$$;

create function private.check_form_field(form_field jsonb, field text) returns void
language plpgsql immutable set search_path = ''
as $$
begin
    perform private.check_keys(form_field, array['name', 'label', 'type', 'required', 'choices', 'maps_to'], field);
    perform private.check_present(form_field, array['name', 'type'], field);
    perform private.check_text(form_field -> each, 300, field || '.' || each) from unnest(array['name', 'label', 'type', 'maps_to']) each;
    perform private.check_pattern(form_field ->> 'name', '^[a-z][a-z0-9_]{0,39}$', 'A name has small letters, digits and _.', field || '.name');
    perform private.check_pattern(form_field ->> 'maps_to', '^[A-Za-z][A-Za-z0-9_]{0,39}$',
        'It is a lead''s field or the name of an attribute.', field || '.maps_to');
    perform private.check_pattern(form_field ->> 'type', '^(text|email|phone|choice|checkbox|hidden)$',
        'The type is text, email, phone, choice, checkbox or hidden.', field || '.type');
    if form_field ->> 'name' = 'consent' then
        perform private.refuse(400, 'invalid_fields', 'The answer named consent is that to consent_text.', field || '.name');
    elsif jsonb_typeof(form_field -> 'required') <> 'boolean' then
        perform private.refuse(400, 'invalid_fields', 'It is true or false.', field || '.required');
    elsif (form_field ->> 'type' = 'choice') <> (form_field ? 'choices') or jsonb_typeof(form_field -> 'choices') <> 'array'
          or jsonb_array_length(form_field -> 'choices') not between 1 and 200 then
        perform private.refuse(400, 'invalid_fields', 'A choice, and nothing else, has 1 to 200 choices.', field || '.choices');
    elsif (form_field ->> 'type' = 'email') <> (private.field_target(form_field) = 'email')
          or (form_field ->> 'type' = 'phone') and private.field_target(form_field) <> 'phone'
          or (form_field ->> 'type' <> 'phone') and private.field_target(form_field) = 'phone' then
        perform private.refuse(400, 'invalid_fields', 'A lead''s email and phone come from fields of these types.', field || '.maps_to');
    end if;
    perform private.check_text(e.value, 200, format('%s.choices.%s', field, e.ordinality - 1))
    from jsonb_array_elements(coalesce(form_field -> 'choices', '[]')) with ordinality e;
end
$$;

create function private.check_form_fields(fields jsonb) returns void
language plpgsql immutable set search_path = ''
as $$
declare
    twice text;
begin
    if jsonb_typeof(fields) is distinct from 'array' or jsonb_array_length(fields) not between 1 and 50 then
        perform private.refuse(400, 'invalid_fields', 'A form has 1 to 50 fields.', 'fields');
    end if;
    perform private.check_form_field(e.value, format('fields.%s', e.ordinality - 1))
    from jsonb_array_elements(fields) with ordinality e;
    select format('fields.%s', max(e.ordinality) - 1) into twice from jsonb_array_elements(fields) with ordinality e
    group by e.value ->> 'name' having count(*) > 1 limit 1;
    if twice is null then
        select format('fields.%s', max(e.ordinality) - 1) into twice from jsonb_array_elements(fields) with ordinality e
        group by private.field_target(e.value) having count(*) > 1 limit 1;
    end if;
    if twice is not null then
        perform private.refuse(400, 'invalid_fields', 'There is another field of that name, or for the same fact.', twice);
    elsif not exists (select from jsonb_array_elements(fields) e
                      where e ->> 'type' in ('email', 'phone') and coalesce((e ->> 'required')::boolean, false)) then
        perform private.refuse(400, 'invalid_fields', 'A form asks for an email or a phone, and needs it.', 'fields');
    end if;
end
$$;

create function private.check_form(form public.lead_forms) returns void
language plpgsql immutable set search_path = ''
as $$
declare
    wrong text;
begin
    if char_length(btrim(form.name)) not between 1 and 100 or form.name is null then
        perform private.refuse(400, 'invalid_name', 'The name must have 1 to 100 characters.', 'name');
    end if;
    perform private.refuse_card_number(form.name, 'name');
    perform private.check_form_fields(form.fields);
    if form.purpose is not null then
        perform private.check_purpose(form.purpose, 'purpose');
    end if;
    perform private.check_text(to_jsonb(form.consent_text), 5000, 'consent_text');
    perform private.check_text(to_jsonb(form.text_version), 100, 'text_version');
    select each into wrong from unnest(array['purpose', 'consent_text', 'text_version']) each
    where to_jsonb(form) ->> each is null and num_nulls(form.purpose, form.consent_text, form.text_version) <> 3 limit 1;
    if wrong is not null then
        perform private.refuse(400, 'invalid_' || wrong, 'Consent is asked for with purpose, consent_text and text_version.', wrong);
    elsif form.double_opt_in and (form.purpose is null or not exists (
            select from jsonb_array_elements(form.fields) e
            where e ->> 'type' = 'email' and coalesce((e ->> 'required')::boolean, false))) then
        perform private.refuse(400, 'invalid_double_opt_in', 'It needs a purpose, and a required email to confirm.', 'double_opt_in');
    elsif cardinality(form.allowed_origins) > 50 then
        perform private.refuse(400, 'invalid_allowed_origins', 'There are at most 50 of them.', 'allowed_origins');
    elsif form.most_per_minute not between 1 and 10000 then
        perform private.refuse(400, 'invalid_most_per_minute', 'It lies between 1 and 10000.', 'most_per_minute');
    elsif form.most_per_visitor_minute not between 1 and 1000 then
        perform private.refuse(400, 'invalid_most_per_visitor_minute', 'It lies between 1 and 1000.', 'most_per_visitor_minute');
    end if;
    perform private.check_pattern(o.value, '^https?://[a-z0-9.-]+(:[0-9]{1,5})?$', 'An origin is written like https://shop.example.',
        format('allowed_origins.%s', o.ordinality - 1))
    from unnest(form.allowed_origins) with ordinality o (value, ordinality);
    perform private.check_url(form.redirect_url, 'redirect_url');
end
$$;

create function private.create_lead_form(organization_id uuid, input jsonb) returns public.lead_forms
language plpgsql security definer set search_path = ''
as $$
declare
    form public.lead_forms := jsonb_populate_record(null::public.lead_forms, input);
begin
    organization_id := private.resolve_organization(organization_id, 'developer', 'leads:write');
    perform private.check_form(form);
    insert into public.lead_forms as f (organization_id, name, fields, purpose, consent_text, text_version, double_opt_in,
        allowed_origins, redirect_url, most_per_minute, most_per_visitor_minute, created_by)
    values (organization_id, btrim(form.name), form.fields, form.purpose, form.consent_text, form.text_version,
        form.double_opt_in, form.allowed_origins, form.redirect_url, form.most_per_minute, form.most_per_visitor_minute,
        private.actor())
    on conflict do nothing
    returning f.* into form;
    if form.id is null then
        perform private.refuse(409, 'lead_form_exists', 'There is a form of that name already.', 'name');
    end if;
    perform private.audit(organization_id, 'lead_form.created', 'lead_form', form.id::text, jsonb_strip_nulls(jsonb_build_object(
        'name', form.name, 'purpose', form.purpose, 'consent_text', form.consent_text, 'text_version', form.text_version)));
    return form;
end
$$;

create function public.create_lead_form(
    name text, fields jsonb, purpose text default null, consent_text text default null, text_version text default null,
    double_opt_in boolean default false, allowed_origins text[] default '{}', redirect_url text default null,
    most_per_minute integer default 30, most_per_visitor_minute integer default 5, organization_id uuid default null
) returns public.lead_forms
language sql set search_path = ''
as $$
    select private.create_lead_form(organization_id, private.without_nulls(jsonb_build_object('name', name, 'fields', fields,
        'purpose', purpose, 'consent_text', consent_text, 'text_version', text_version,
        'double_opt_in', coalesce(double_opt_in, false), 'allowed_origins', coalesce(allowed_origins, '{}'),
        'redirect_url', redirect_url, 'most_per_minute', coalesce(most_per_minute, 30),
        'most_per_visitor_minute', coalesce(most_per_visitor_minute, 5))))
$$;
comment on function public.create_lead_form is
'Makes a form in which visitors leave their address: /functions/v1/forms/ and the answer''s token, below the hub''s address.';

create function private.update_lead_form(form_id uuid, input jsonb) returns public.lead_forms
language plpgsql security definer set search_path = ''
as $$
declare
    before public.lead_forms;
    form public.lead_forms;
begin
    select * into before from public.lead_forms f where f.id = update_lead_form.form_id for no key update;
    if before.id is null or not private.may(before.organization_id, 'developer', 'leads:write') then
        perform private.refuse(404, 'lead_form_not_found', 'There is no such form of yours.', 'form_id');
    end if;
    form := jsonb_populate_record(before, input);
    perform private.check_form(form);
    if form.consent_text <> before.consent_text and form.text_version = before.text_version then
        perform private.refuse(409, 'text_version_required',
            'Another text is another version: who agreed to the first one has not agreed to this.', 'text_version');
    end if;
    update public.lead_forms f set name = btrim(form.name), enabled = form.enabled, fields = form.fields,
        purpose = form.purpose, consent_text = form.consent_text, text_version = form.text_version,
        double_opt_in = form.double_opt_in, allowed_origins = form.allowed_origins, redirect_url = form.redirect_url,
        most_per_minute = form.most_per_minute, most_per_visitor_minute = form.most_per_visitor_minute
    where f.id = before.id
    returning f.* into form;
    perform private.audit_change(form.organization_id, 'lead_form.updated', 'lead_form', form.id::text,
        to_jsonb(before), to_jsonb(form));
    return form;
exception when unique_violation then
    perform private.refuse(409, 'lead_form_exists', 'There is a form of that name already.', 'name');
end
$$;

create function public.update_lead_form(
    form_id uuid, name text default null, fields jsonb default null, purpose text default null,
    consent_text text default null, text_version text default null, double_opt_in boolean default null,
    allowed_origins text[] default null, redirect_url text default null, most_per_minute integer default null,
    most_per_visitor_minute integer default null, enabled boolean default null
) returns public.lead_forms
language sql set search_path = ''
as $$
    select private.update_lead_form(form_id, private.without_nulls(jsonb_build_object('name', name, 'fields', fields,
        'purpose', purpose, 'consent_text', consent_text, 'text_version', text_version, 'double_opt_in', double_opt_in,
        'allowed_origins', allowed_origins, 'redirect_url', redirect_url, 'most_per_minute', most_per_minute,
        'most_per_visitor_minute', most_per_visitor_minute, 'enabled', enabled)))
$$;
comment on function public.update_lead_form is
'Changes a form; what is left out stays as it is. Another consent_text needs another text_version.';

grant execute on function
    private.create_lead_form(uuid, jsonb),
    public.create_lead_form(text, jsonb, text, text, text, boolean, text[], text, integer, integer, uuid),
    private.update_lead_form(uuid, jsonb),
    public.update_lead_form(uuid, text, jsonb, text, text, text, boolean, text[], text, integer, integer, boolean)
to authenticated, service_role;
