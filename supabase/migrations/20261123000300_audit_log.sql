-- Who changed what, in a hash chain per organization: a removed or altered line breaks every later one.

create table public.audit_log (
    id uuid primary key default private.uuid_v7(),
    organization_id uuid not null references public.organizations (id) on delete cascade,
    sequence bigint not null,
    occurred_at timestamptz not null default clock_timestamp(),
    actor_type text not null check (actor_type in ('user', 'api_key', 'service', 'worker')),
    actor_id text,
    action text not null check (action ~ '^[a-z_]+\.[a-z_]+$'),
    target_type text not null,
    target_id text not null,
    detail jsonb not null default '{}'::jsonb,
    before jsonb,
    after jsonb,
    remote_address text,
    user_agent text,
    previous_hash bytea,
    hash bytea not null,
    unique (organization_id, sequence)
);
comment on table public.audit_log is 'Append-only: what people, keys and workers changed. Never holds a secret.';
comment on column public.audit_log.sequence is 'Counts from 1 within the organization without a gap.';
comment on column public.audit_log.actor_type is 'worker: a worker, or an operator at the database itself.';
comment on column public.audit_log.actor_id is 'The id of the user or API key; null for services and workers.';
comment on column public.audit_log.action is 'What was done, such as credential.set.';
comment on column public.audit_log.target_type is 'What it was done to, with target_id.';
comment on column public.audit_log.before is 'What was changed, as it was, by column. Secrets and what tells of a person are masked; likewise after.';
comment on column public.audit_log.after is 'The same as it is now.';
comment on column public.audit_log.remote_address is 'Where the request came from, as the proxy in front of the hub tells; null for workers.';
comment on column public.audit_log.user_agent is 'With what it was made, as that says of itself.';
comment on column public.audit_log.previous_hash is 'The hash of the line before; null in the first.';
comment on column public.audit_log.hash is 'SHA-256 over the previous hash and this line''s content.';

-- Where a chain begins once its oldest lines have been kept long enough and are gone.
create table private.audit_anchors (
    organization_id uuid primary key references public.organizations (id) on delete cascade,
    sequence bigint not null,
    hash bytea not null,
    moved_at timestamptz not null default clock_timestamp()
);
comment on table private.audit_anchors is 'The last line that retention has removed of each organization''s audit log: the next one is bound to it.';
alter table private.audit_anchors enable row level security;

-- What the hash covers, in one spelling: an export holds it, so that whoever has that can check the chain without a hub.
-- (In PL/pgSQL, as all that is called for every line: what Postgres does not inline it would plan anew for each.)
create function private.audit_content(line public.audit_log) returns text
language plpgsql immutable set search_path = ''
as $$
begin
    return jsonb_build_array(
        line.organization_id, line.sequence, extract(epoch from line.occurred_at)::numeric::text, line.actor_type,
        line.actor_id, line.action, line.target_type, line.target_id, line.detail, line.before, line.after,
        line.remote_address, line.user_agent)::text;
end
$$;
grant execute on function private.audit_content(public.audit_log) to wasl_worker;

create function private.audit_hash(line public.audit_log) returns bytea
language plpgsql immutable set search_path = ''
as $$
begin
    return extensions.digest(
        coalesce(line.previous_hash, ''::bytea) || convert_to(private.audit_content(line), 'UTF8'), 'sha256');
end
$$;

-- A header of the request that PostgREST is answering; null where there is none.
create function private.request_header(name text) returns text
language plpgsql stable set search_path = ''
as $$
begin
    return nullif(current_setting('request.headers', true), '')::jsonb ->> name;
end
$$;

create function private.remote_address() returns text
language plpgsql stable set search_path = ''
as $$
begin
    -- Hosted Supabase stands behind Cloudflare, whose own word the first is; other proxies must not let it pass. Of the
    -- list only the last is the proxy's: what is before it the client may have made up.
    return left(btrim(coalesce(private.request_header('cf-connecting-ip'),
        split_part(private.request_header('x-forwarded-for'), ',', -1))), 64);
end
$$;

-- A text as a log may show it: of an address only the host, of an e-mail and a phone number too little to reach anybody.
create function private.masked_text(value text) returns text
language sql immutable set search_path = ''
as $$
    select regexp_replace(regexp_replace(regexp_replace(left(value, 500),
        '([a-z][a-z0-9+.-]*://)([^/?#@[:space:]]*@)?([^/?#[:space:]]+)[/?#][^[:space:]]*', '\1\3/[redacted]', 'gi'),
        '([[:alnum:]._%+-])[[:alnum:]._%+-]*@', '\1***@', 'g'),
        '\+[0-9][0-9 ().-]{5,17}([0-9]{2})', '***\1', 'g')
$$;

-- A value as a log may show it, at every depth: what is called by a secret's or a person's name is left out.
create function private.redacted(value jsonb, name text default '') returns jsonb
language plpgsql immutable set search_path = ''
as $$
begin
    if jsonb_typeof(value) = 'null' then
        return value;
    elsif name ~* '(secret|token|passw|credential|authorization|cookie|api_?key|private_?key|ciphertext|signature|(^|_)hash$)'
       or name ~* '^(e_?mail|phone|mobile|(first|last|full|author|contact)_?name|address|recipient|sender|customer|company)$'
       or name ~* '^((billing|shipping|delivery)_address|signed_by|attributes|attribution|line[12]|postal_code)$' then
        return to_jsonb('[redacted]'::text);
    end if;
    return case jsonb_typeof(value)
        when 'object' then (
            select coalesce(jsonb_object_agg(e.key, private.redacted(e.value, e.key)), '{}') from jsonb_each(value) e)
        when 'array' then (
            select coalesce(jsonb_agg(private.redacted(e.value, name) order by e.ordinality), '[]')
            from jsonb_array_elements(value) with ordinality e)
        when 'string' then to_jsonb(private.masked_text(value #>> '{}'))
        else value end;
end
$$;

create function private.audit(
    organization_id uuid, action text, target_type text, target_id text, detail jsonb default '{}'::jsonb,
    before jsonb default null, after jsonb default null
) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    line public.audit_log;
begin
    -- One writer at a time per organization, so that the chain has no fork.
    perform pg_advisory_xact_lock(hashtextextended('wasl.audit.' || organization_id::text, 0));
    line.id := private.uuid_v7();
    line.organization_id := organization_id;
    line.occurred_at := clock_timestamp();
    line.actor_type := case
        when private.current_api_key_id() is not null then 'api_key'
        when auth.uid() is not null then 'user'
        when private.is_service() then 'service'
        else 'worker'
    end;
    line.actor_id := coalesce(private.current_api_key_id()::text, auth.uid()::text);
    line.action := action;
    line.target_type := target_type;
    line.target_id := target_id;
    line.detail := coalesce(detail, '{}'::jsonb);
    line.before := before;
    line.after := after;
    line.remote_address := private.remote_address();
    line.user_agent := left(private.request_header('user-agent'), 200);
    -- Whoever calls may write any header, and the line is there to stay.
    if private.contains_card_number(concat_ws(' ', line.remote_address, line.user_agent))
       or private.contains_security_code(concat_ws(' ', line.remote_address, line.user_agent)) then
        line.remote_address := null;
        line.user_agent := null;
    end if;
    select a.sequence, a.hash into line.sequence, line.previous_hash
    from public.audit_log a where a.organization_id = audit.organization_id
    order by a.sequence desc limit 1;
    if line.sequence is null then
        select a.sequence, a.hash into line.sequence, line.previous_hash
        from private.audit_anchors a where a.organization_id = audit.organization_id;
    end if;
    line.sequence := coalesce(line.sequence, 0) + 1;
    line.hash := private.audit_hash(line);
    insert into public.audit_log select line.*;
end
$$;
grant execute on function private.audit(uuid, text, text, text, jsonb, jsonb, jsonb) to wasl_worker;

create function private.changed_columns(old_row jsonb, new_row jsonb) returns text[]
language sql immutable set search_path = ''
as $$
    select array_agg(coalesce(n.key, o.key) order by coalesce(n.key, o.key))
    from jsonb_each(coalesce(new_row, '{}')) n full join jsonb_each(coalesce(old_row, '{}')) o on o.key = n.key
    where n.value is distinct from o.value
      and coalesce(n.key, o.key) not in ('id', 'organization_id', 'created_at', 'created_by', 'updated_at', 'updated_by')
$$;

-- The columns of a row that are named, as a log may show them; null of no row.
create function private.redacted_columns(line jsonb, columns text[]) returns jsonb
language sql immutable set search_path = ''
as $$
    select case when line is not null then (
        select coalesce(jsonb_object_agg(e.key, private.redacted(e.value, e.key)), '{}')
        from jsonb_each(line) e where e.key = any (columns)) end
$$;

-- A line about a row as it was and as it is, either of them null when there is none.
create function private.audit_change(
    organization_id uuid, action text, target_type text, target_id text, old_row jsonb, new_row jsonb,
    detail jsonb default '{}'::jsonb
) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    columns constant text[] := private.changed_columns(old_row, new_row);
begin
    perform private.audit(organization_id, action, target_type, target_id, detail,
        private.redacted_columns(old_row, columns), private.redacted_columns(new_row, columns));
end
$$;

-- Tables that clients write directly have this trigger, with the target's type and the column of its id.
create function private.audit_direct_change() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
    line jsonb := to_jsonb(coalesce(new, old));
    changed constant text[] := private.changed_columns(to_jsonb(old), to_jsonb(new));
begin
    if tg_op = 'UPDATE' and changed is null then
        return null;
    end if;
    perform private.audit_change(
        coalesce(line ->> 'organization_id', line ->> 'id')::uuid,
        tg_argv[0] || case tg_op when 'INSERT' then '.added' when 'UPDATE' then '.changed' else '.removed' end,
        tg_argv[0], line ->> tg_argv[1], case when tg_op <> 'INSERT' then to_jsonb(old) end,
        case when tg_op <> 'DELETE' then to_jsonb(new) end,
        case when tg_op = 'UPDATE' then jsonb_build_object('columns', changed) else '{}' end);
    return null;
end
$$;

-- Whether lines are whole: numbered without a gap, each bound to the one before; the first one to the line of that sequence
-- and hash, or left out, to the anchor. A chain cannot tell that its end was cut off; who kept an earlier last_sequence and
-- last_hash can.
create function private.check_audit_lines(
    organization_id uuid, after_sequence bigint default null, after_hash bytea default null, most integer default null
) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
    if after_sequence is null then
        select a.sequence, a.hash into after_sequence, after_hash
        from private.audit_anchors a where a.organization_id = check_audit_lines.organization_id;
    end if;
    return (
        with lines as (
            select a as line, a.sequence, a.hash, coalesce(after_sequence, 0) + row_number() over w as expected,
                coalesce(lag(a.hash) over w, after_hash) as previous
            from public.audit_log a
            where a.organization_id = check_audit_lines.organization_id and a.sequence > coalesce(after_sequence, 0)
            window w as (order by a.sequence)
            order by a.sequence limit most
        ),
        checked as (
            select l.sequence, l.hash, case
                when l.sequence <> l.expected then 'missing'
                when l.hash <> private.audit_hash(l.line) then 'altered'
                when (l.line).previous_hash is distinct from l.previous then 'unbound' end as fault
            from lines l
        ),
        broken as (select c.sequence, c.fault from checked c where c.fault is not null order by c.sequence limit 1)
        select jsonb_build_object(
            'intact', not exists (select from broken),
            'lines', count(*),
            'first_broken_sequence', (select b.sequence from broken b),
            'fault', (select b.fault from broken b),
            'last_sequence', coalesce(max(c.sequence), after_sequence),
            'last_hash', coalesce((select encode(l.hash, 'hex') from checked l order by l.sequence desc limit 1),
                encode(after_hash, 'hex')))
        from checked c);
end
$$;
grant execute on function private.check_audit_lines(uuid, bigint, bytea, integer) to wasl_worker;

create function private.verify_audit_log(organization_id uuid) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
    organization_id := private.resolve_organization(organization_id, 'admin', 'organization:read');
    return private.check_audit_lines(organization_id);
end
$$;

create function public.verify_audit_log(organization_id uuid default null) returns jsonb
language sql stable set search_path = ''
as $$ select private.verify_audit_log(organization_id) $$;
comment on function public.verify_audit_log is
'Checks the hash chain of the audit log: {intact, lines, first_broken_sequence, fault, last_sequence, last_hash}. The fault is missing (a line before it), altered or unbound (from the line before).';
grant execute on function private.verify_audit_log(uuid), public.verify_audit_log(uuid) to authenticated, service_role;

alter table public.audit_log enable row level security;
create policy "admins read the audit log" on public.audit_log for select to authenticated
using (organization_id = any (array(select private.my_organizations('admin', 'organization:read'))));
grant select on public.audit_log to authenticated, service_role, wasl_worker;

create trigger organizations_audit after update on public.organizations
for each row when (current_user in ('authenticated', 'service_role'))
execute function private.audit_direct_change('organization', 'id');
create trigger organization_members_audit after insert or update or delete on public.organization_members
for each row when (current_user in ('authenticated', 'service_role'))
execute function private.audit_direct_change('organization_member', 'user_id');
create trigger api_keys_audit after insert or update or delete on public.api_keys
for each row when (current_user in ('authenticated', 'service_role'))
execute function private.audit_direct_change('api_key', 'id');
