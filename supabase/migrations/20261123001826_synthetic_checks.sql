-- Synthetic checks: what a connection is good for, tried now and then by a call that changes nothing. Only where asked for.

create table public.synthetic_checks (
    id uuid primary key default gen_random_uuid(),
    organization_id uuid not null,
    connection_id uuid not null,
    capability text not null check (capability in (
        'keeps_contacts', 'keeps_deals', 'lists_accounts', 'lists_audiences', 'lists_campaigns', 'lists_payments',
        'quotes_rates')),
    interval_seconds integer not null default 900 check (interval_seconds between 60 and 86400),
    enabled boolean not null default true,
    state public.health_state not null default 'unknown',
    streak integer not null default 0,
    changed_at timestamptz,
    checked_at timestamptz,
    last_error jsonb,
    next_check_at timestamptz not null default now(),
    created_at timestamptz not null default now(),
    unique (connection_id, capability),
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade
);
comment on table public.synthetic_checks is 'Capabilities that are tried by schedule. The calls count against the connection''s rate limit.';
comment on column public.synthetic_checks.capability is
'One that can be tried without effect: a list is read, a price is asked for.';
comment on column public.synthetic_checks.interval_seconds is 'How often it is tried.';
comment on column public.synthetic_checks.changed_at is 'When the state changed.';
comment on column public.synthetic_checks.next_check_at is 'When it is tried next.';
comment on column public.synthetic_checks.state is 'Damped like a connection''s; each result is in integration_health.';
comment on column public.synthetic_checks.streak is 'Consecutive results that disagree with the state.';
comment on column public.synthetic_checks.last_error is '{code, message} of the last result; null after one without an error.';
create index synthetic_checks_by_connection on public.synthetic_checks (organization_id, connection_id);
create index synthetic_checks_due on public.synthetic_checks (next_check_at) where enabled;

create function private.check_synthetic_check() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
    offered text[];
    environment public.environment;
begin
    select p.capabilities, c.environment into offered, environment
    from public.integration_connections c join public.integration_providers p on p.key = c.provider_key
    where c.id = new.connection_id and c.organization_id = new.organization_id;
    if offered is not null and not new.capability = any (offered) then
        perform private.refuse(409, 'capability_not_offered', 'The connection''s provider does not do that.', 'capability');
    elsif new.capability = 'quotes_rates' and environment = 'live' then
        perform private.refuse(409, 'capability_not_offered',
            'Prices are tried in the sandbox only: some carriers count what they are asked.', 'capability');
    end if;
    return new;
end
$$;
create trigger synthetic_checks_check before insert on public.synthetic_checks
for each row execute function private.check_synthetic_check();
create trigger synthetic_checks_audit after insert or update or delete on public.synthetic_checks
for each row when (current_user in ('authenticated', 'service_role'))
execute function private.audit_direct_change('synthetic_check', 'id');

alter table public.synthetic_checks enable row level security;
create policy "members read synthetic checks" on public.synthetic_checks for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'connections:read'))));
create policy "developers add synthetic checks" on public.synthetic_checks for insert to authenticated
with check (organization_id = any (array(select private.my_organizations('developer', 'connections:write'))));
create policy "developers change synthetic checks" on public.synthetic_checks for update to authenticated
using (organization_id = any (array(select private.my_organizations('developer', 'connections:write'))))
with check (organization_id = any (array(select private.my_organizations('developer', 'connections:write'))));
create policy "developers remove synthetic checks" on public.synthetic_checks for delete to authenticated
using (organization_id = any (array(select private.my_organizations('developer', 'connections:write'))));
grant select, delete, insert (organization_id, connection_id, capability, interval_seconds, enabled),
    update (interval_seconds, enabled) on public.synthetic_checks to authenticated;
grant select, insert, update, delete on public.synthetic_checks to service_role;
grant select, update (state, streak, changed_at, checked_at, last_error, next_check_at) on public.synthetic_checks to wasl_worker;

-- What a synthetic check saw. The state moves as a connection's does: later to the worse than to the better.
create function private.record_synthetic_check(
    check_id uuid, seen public.health_state, latency_ms real, error_code text, detail text, worse_after integer,
    better_after integer
) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    c public.synthetic_checks;
    connection public.integration_connections;
    disagreeing integer;
    moves boolean;
begin
    select * into c from public.synthetic_checks s where s.id = check_id for no key update;
    if c.id is null then
        return;
    end if;
    disagreeing := case when c.state = seen then 0 else c.streak + 1 end;
    moves := c.state <> seen
        and (c.state = 'unknown' or disagreeing >= case when seen > c.state then worse_after else better_after end);
    update public.synthetic_checks s
    set state = case when moves then seen else s.state end, streak = case when moves then 0 else disagreeing end,
        changed_at = case when moves then now() else s.changed_at end, checked_at = now(),
        last_error = case when error_code is not null then jsonb_build_object('code', error_code, 'message', detail) end
    where s.id = check_id;
    insert into public.integration_health (organization_id, connection_id, capability, state, latency_ms, error_code, detail)
    values (c.organization_id, c.connection_id, c.capability, seen, latency_ms, error_code, detail);
    if not moves then
        return;
    end if;
    if seen = 'up' then
        perform private.end_alert(c.organization_id, 'capability.down:' || c.id);
        return;
    end if;
    select * into connection from public.integration_connections i where i.id = c.connection_id;
    perform private.raise_alert(c.organization_id, c.connection_id, 'capability.' || seen, 'capability.down:' || c.id,
        'warning', format('%s of %s (%s) is %s', c.capability, connection.name, connection.provider_key, seen),
        jsonb_build_object('connection_id', c.connection_id, 'capability', c.capability,
            'error', jsonb_build_object('code', error_code, 'message', detail)));
end
$$;
grant execute on function private.record_synthetic_check(uuid, public.health_state, real, text, text, integer, integer)
to wasl_worker;
