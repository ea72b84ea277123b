-- The way of a consent: a person is sent to the provider with a state that only they and the hub know, comes back with it
-- and a code, and a worker trades the code for access.

create table private.oauth_states (
    state_hash bytea primary key check (octet_length(state_hash) = 32),
    state text,
    connection_id uuid not null,
    organization_id uuid not null,
    redirect_uri text not null,
    return_url text,
    scopes text[],
    created_by text,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null default now() + interval '10 minutes',
    used_at timestamptz,
    code text,
    operation_id uuid references public.operations (id) on delete cascade,
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade
);
comment on table private.oauth_states is
'Consents under way. A state is known by its hash; itself it is kept, with the code, only from the coming back to the exchange.';
comment on column private.oauth_states.redirect_uri is 'Where the provider sends people back to; the exchange has to name it.';
comment on column private.oauth_states.return_url is 'Where the client wants them to end up.';
comment on column private.oauth_states.created_by is 'Who asked for the consent, as operations have it.';
comment on column private.oauth_states.operation_id is 'The exchange, once they came back.';
create index oauth_states_by_connection on private.oauth_states (organization_id, connection_id);
create index oauth_states_by_operation on private.oauth_states (operation_id);
alter table private.oauth_states enable row level security;

create function private.check_return_url(url text) returns void
language plpgsql immutable set search_path = ''
as $$
begin
    perform private.refuse_card_number(url, 'return_url');
    if char_length(url) > 2048 or url !~ '^(https://[^\s/?#@\\]+|http://(localhost|127\.0\.0\.1)(:[0-9]{1,5})?)([/?][^\s#\\]*)?$' then
        perform private.refuse(400, 'invalid_return_url',
            'It is an https URL without a fragment, of at most 2048 characters; http for localhost only.', 'return_url');
    end if;
end
$$;

create function private.start_oauth(connection_id uuid, scopes text[], return_url text) returns public.operations
language plpgsql security definer set search_path = ''
as $$
declare
    connection public.integration_connections := private.own_connection(connection_id, 'developer', 'connections:write');
    missing text;
begin
    perform private.check_return_url(return_url);
    if cardinality(scopes) not between 1 and 50 or array_position(scopes, null) is not null
       or exists (select from unnest(scopes) each where each !~ '^[\x21\x23-\x5b\x5d-\x7e]{1,200}$') then
        perform private.refuse(400, 'invalid_scopes',
            'Name 1 to 50 scopes without spaces, or leave them out to ask for the usual ones.', 'scopes');
    end if;
    perform private.refuse_card_number(array_to_string(scopes, ' '), 'scopes');
    if connection.status = 'disconnected' then
        perform private.refuse(409, 'connection_disconnected', 'This connection has been disconnected.', 'connection_id');
    elsif not exists (select from public.integration_providers p
                      where p.key = connection.provider_key and p.consent is not null) then
        perform private.refuse(409, 'no_consent', 'That provider is not connected by consent: set its credentials.', 'connection_id');
    end if;
    select string_agg(each, ' and ') into missing from unnest(array['client_id', 'client_secret']) each
    where not exists (select from public.api_credentials a where a.connection_id = connection.id and a.name = each);
    if missing is not null then
        perform private.refuse(409, 'client_missing',
            format('Set %s first: those of your app at the provider.', missing), 'connection_id');
    end if;
    return private.enqueue_operation(connection.organization_id, 'oauth.start', 'connection', connection.id,
        private.without_nulls(jsonb_build_object('scopes', to_jsonb(scopes), 'return_url', return_url)), connection.id);
end
$$;

create function public.start_oauth(connection_id uuid, scopes text[] default null, return_url text default null)
returns public.operations
language sql set search_path = ''
as $$ select private.start_oauth(connection_id, scopes, return_url) $$;
comment on function public.start_oauth is
'Begins a consent: the operation''s result will say where to send the person who is signed in at the provider. They end up at return_url.';

-- For the worker that carries out oauth.start; answers until when the state is good.
create function private.keep_oauth_state(operation_id uuid, state_hash bytea, redirect_uri text) returns timestamptz
language plpgsql security definer set search_path = ''
as $$
declare
    until timestamptz;
begin
    insert into private.oauth_states as s
        (state_hash, connection_id, organization_id, redirect_uri, return_url, scopes, created_by)
    select keep_oauth_state.state_hash, o.subject_id, o.organization_id, keep_oauth_state.redirect_uri,
        o.input ->> 'return_url',
        case when o.input ? 'scopes' then array(select jsonb_array_elements_text(o.input -> 'scopes')) end, o.created_by
    from public.operations o where o.id = keep_oauth_state.operation_id and o.kind = 'oauth.start'
    returning s.expires_at into until;
    return until;
end
$$;

-- The operation that a coming back begins: the exchange, or, without a code, one that has failed.
create function private.begin_exchange(waiting private.oauth_states, code text, error text) returns uuid
language plpgsql security definer set search_path = ''
as $$
declare
    operation public.operations;
    refusal constant jsonb := case when code is null then jsonb_build_object('code', 'consent_declined', 'message',
        coalesce(nullif(left(btrim(regexp_replace(error, '[\x01-\x20\x7f<>]+', ' ', 'g')), 200), ''), 'There was no consent.')) end;
begin
    insert into public.operations as o
        (organization_id, connection_id, kind, subject_type, subject_id, input, created_by, status, error, finished_at)
    values (waiting.organization_id, waiting.connection_id, 'oauth.finish', 'connection', waiting.connection_id,
        private.without_nulls(jsonb_build_object('return_url', waiting.return_url, 'scopes', to_jsonb(waiting.scopes))),
        waiting.created_by, case when code is null then 'failed' else 'pending' end::public.operation_status, refusal,
        case when code is null then now() end)
    returning o.* into operation;
    if code is not null then
        insert into private.jobs (id, kind, organization_id, max_attempts)
        values (operation.id, operation.kind, operation.organization_id, 3);
    end if;
    return operation.id;
end
$$;

-- Whoever has the state is believed: it is a secret between the hub and the person it sent away, and is used up.
create function private.finish_oauth(state text, code text, error text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    waiting private.oauth_states;
    finished uuid;
begin
    select * into waiting from private.oauth_states s
    where s.state_hash = extensions.digest(convert_to(finish_oauth.state, 'UTF8'), 'sha256') for update;
    if waiting.used_at is not null then
        perform private.refuse(410, 'oauth_state_used', 'This consent has been finished already.', 'state');
    elsif waiting.state_hash is null or waiting.expires_at <= now() then
        perform private.refuse(404, 'oauth_state_not_found', 'There is no such consent under way: begin again.', 'state');
    end if;
    code := nullif(code, '');
    if char_length(code) > 4096 then
        perform private.refuse(400, 'invalid_code', 'A code has at most 4096 characters.', 'code');
    end if;
    perform private.refuse_card_number(code, 'code');
    perform private.refuse_card_number(left(error, 4096), 'error');
    finished := private.begin_exchange(waiting, code, error);
    update private.oauth_states s
    set used_at = now(), operation_id = finished, code = finish_oauth.code,
        state = case when finish_oauth.code is not null then finish_oauth.state end
    where s.state_hash = waiting.state_hash;
    return jsonb_build_object('operation_id', finished, 'return_url', waiting.return_url);
end
$$;

create function public.finish_oauth(state text, code text default null, error text default null) returns jsonb
language sql set search_path = ''
as $$ select private.finish_oauth(state, code, error) $$;
comment on function public.finish_oauth is
'For the Supabase function `oauth` only: somebody came back from a provider. Answers {operation_id, return_url}.';

create function private.oauth_outcome(operation_id uuid) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
    outcome jsonb;
begin
    select jsonb_build_object('status', o.status, 'return_url', o.input -> 'return_url', 'connection_id', o.connection_id,
        'error', case when o.status <> 'pending' and o.error is not null
            then jsonb_build_object('code', o.error -> 'code', 'message', o.error -> 'message') end)
    into outcome
    from public.operations o where o.id = oauth_outcome.operation_id and o.kind = 'oauth.finish';
    if outcome is null then
        perform private.refuse(404, 'operation_not_found', 'There is no such consent.', 'operation_id');
    end if;
    return outcome;
end
$$;

create function public.oauth_outcome(operation_id uuid) returns jsonb
language sql stable set search_path = ''
as $$ select private.oauth_outcome(operation_id) $$;
comment on function public.oauth_outcome is
'For the Supabase function `oauth` only: how a consent ended, {status, error: {code, message}, return_url, connection_id}.';

-- What the exchange needs. The code is null once it was traded, or was kept for ten minutes.
create function private.oauth_exchange(operation_id uuid)
returns table (connection_id uuid, state text, code text, redirect_uri text)
language sql stable security definer set search_path = ''
as $$
    select s.connection_id, s.state, s.code, s.redirect_uri
    from private.oauth_states s where s.operation_id = oauth_exchange.operation_id
$$;

create function private.forget_oauth_code(operation_id uuid) returns void
language sql security definer set search_path = ''
as $$
    update private.oauth_states s set code = null, state = null where s.operation_id = forget_oauth_code.operation_id
$$;

-- By the clock: forgets codes that were kept for ten minutes, and states after a day; answers how many of both.
create function private.expire_oauth_states() returns integer
language sql security definer set search_path = ''
as $$
    with forgotten as (
        update private.oauth_states s set code = null, state = null
        where s.used_at <= now() - interval '10 minutes' and (s.code is not null or s.state is not null)
          and s.created_at > now() - interval '1 day'
        returning 1
    ),
    gone as (
        delete from private.oauth_states s where s.created_at <= now() - interval '1 day' returning 1
    )
    select (select count(*) from forgotten)::integer + (select count(*) from gone)::integer
$$;

grant execute on function private.start_oauth(uuid, text[], text), public.start_oauth(uuid, text[], text)
to authenticated, service_role;
grant execute on function
    private.finish_oauth(text, text, text), public.finish_oauth(text, text, text),
    private.oauth_outcome(uuid), public.oauth_outcome(uuid)
to service_role;
grant execute on function
    private.keep_oauth_state(uuid, bytea, text), private.oauth_exchange(uuid), private.forget_oauth_code(uuid),
    private.expire_oauth_states()
to wasl_worker;
