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
        when auth.role() = 'service_role' then 'service'
        else 'worker'
    end;
    line.actor_id := coalesce(private.current_api_key_id()::text, auth.uid()::text);
    line.action := action;
    line.target_type := target_type;
    line.target_id := target_id;
    line.detail := detail;
    select a.sequence, a.hash into line.sequence, line.previous_hash
    from public.audit_log a where a.organization_id = audit.organization_id
    order by a.sequence desc limit 1;
    line.sequence := coalesce(line.sequence, 0) + 1;
    line.hash := private.audit_hash(line);
    insert into public.audit_log select line.*;
end
$$;
grant execute on function private.audit(uuid, text, text, text, jsonb) to wasl_worker;

alter table public.audit_log enable row level security;
create policy "admins read the audit log" on public.audit_log for select to authenticated
using (organization_id = any (array(select private.my_organizations('admin', 'organization:read'))));
grant select on public.audit_log to authenticated, service_role, wasl_worker;
