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
comment on column public.audit_log.previous_hash is 'The hash of the line before; null in the first.';
comment on column public.audit_log.hash is 'SHA-256 over the previous hash and this line''s content.';

create function private.audit_hash(line public.audit_log) returns bytea
language sql immutable set search_path = ''
as $$
    select extensions.digest(
        coalesce(line.previous_hash, ''::bytea) || convert_to(jsonb_build_array(
            line.organization_id, line.sequence, extract(epoch from line.occurred_at)::numeric::text, line.actor_type,
            line.actor_id, line.action, line.target_type, line.target_id, line.detail)::text, 'UTF8'),
        'sha256')
$$;

create function private.audit(
    organization_id uuid, action text, target_type text, target_id text, detail jsonb default '{}'::jsonb
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
    select a.sequence, a.hash into line.sequence, line.previous_hash
    from public.audit_log a where a.organization_id = audit.organization_id
    order by a.sequence desc limit 1;
    line.sequence := coalesce(line.sequence, 0) + 1;
    line.hash := private.audit_hash(line);
    insert into public.audit_log select line.*;
end
$$;
grant execute on function private.audit(uuid, text, text, text, jsonb) to wasl_worker;

-- Tables that clients write directly have this trigger, with the target's type and the column of its id: it names the
-- columns that changed, never their values, because an address can hold a secret.
create function private.audit_direct_change() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
    line jsonb := to_jsonb(coalesce(new, old));
    changed text[];
begin
    if tg_op = 'UPDATE' then
        select array_agg(n.key order by n.key) into changed
        from jsonb_each(to_jsonb(new)) n
        where n.value is distinct from to_jsonb(old) -> n.key and n.key <> 'updated_at';
        if changed is null then
            return null;
        end if;
    end if;
    perform private.audit(
        coalesce(line ->> 'organization_id', line ->> 'id')::uuid,
        tg_argv[0] || case tg_op when 'INSERT' then '.added' when 'UPDATE' then '.changed' else '.removed' end,
        tg_argv[0], line ->> tg_argv[1], jsonb_strip_nulls(jsonb_build_object('columns', changed)));
    return null;
end
$$;

-- Whether an organization's lines are whole: numbered without a gap, each bound to the one before. A chain cannot tell
-- that its end was cut off; who kept an earlier last_sequence and last_hash can.
create function private.verify_audit_log(organization_id uuid) returns jsonb
language sql stable security definer set search_path = ''
as $$
    with checked as (
        select a.sequence, a.hash,
            a.sequence = row_number() over w
            and a.previous_hash is not distinct from lag(a.hash) over w
            and a.hash = private.audit_hash(a) as whole
        from public.audit_log a where a.organization_id = verify_audit_log.organization_id
        window w as (order by a.sequence)
    )
    select jsonb_build_object(
        'intact', coalesce(bool_and(whole), true),
        'lines', count(*),
        'first_broken_sequence', min(sequence) filter (where not whole),
        'last_sequence', max(sequence),
        'last_hash', (select encode(l.hash, 'hex') from checked l order by l.sequence desc limit 1))
    from checked
$$;

create function private.checked_audit_log(organization_id uuid) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
    organization_id := private.resolve_organization(organization_id, 'admin', 'organization:read');
    return private.verify_audit_log(organization_id);
end
$$;

create function public.verify_audit_log(organization_id uuid default null) returns jsonb
language sql stable set search_path = ''
as $$ select private.checked_audit_log(organization_id) $$;
comment on function public.verify_audit_log is
'Checks the hash chain of the audit log: {intact, lines, first_broken_sequence, last_sequence, last_hash}.';
grant execute on function private.checked_audit_log(uuid), public.verify_audit_log(uuid) to authenticated, service_role;
grant execute on function private.verify_audit_log(uuid) to wasl_worker;

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
