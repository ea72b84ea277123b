-- How much of the hub one organization may use.

create table private.quotas (
    name text primary key check (name ~ '^[a-z_]+$'),
    most bigint check (most >= 0),
    monthly boolean not null,
    description text not null
);
comment on table private.quotas is 'The kinds of quota, and how much there is for an organization that has no other.';
comment on column private.quotas.most is 'Null: as much as one likes.';
comment on column private.quotas.monthly is 'Whether it counts what is done in a calendar month by UTC, or what there is.';
alter table private.quotas enable row level security;
insert into private.quotas (name, most, monthly, description) values
    ('operations', null, true, 'Operations asked for in a month.'),
    ('connections', 1000, false, 'Connections that are not disconnected.'),
    ('members', 1000, false, 'Members of the organization.'),
    ('api_keys', 1000, false, 'API keys that are not revoked or expired.'),
    ('webhook_endpoints', 1000, false, 'Addresses for providers'' webhooks that are enabled.'),
    ('webhook_subscriptions', 1000, false, 'Webhook subscriptions.');

create table public.organization_quotas (
    organization_id uuid not null references public.organizations (id) on delete cascade,
    name text not null references private.quotas (name),
    most bigint check (most >= 0),
    updated_at timestamptz not null default now(),
    primary key (organization_id, name)
);
comment on table public.organization_quotas is 'What was agreed with an organization instead of the general quotas. Set by the operator.';
comment on column public.organization_quotas.most is 'Null: as much as one likes.';
create index organization_quotas_by_name on public.organization_quotas (name);
create trigger organization_quotas_touch before update on public.organization_quotas
for each row execute function private.touch_updated_at();
create trigger organization_quotas_audit after insert or update or delete on public.organization_quotas
for each row when (current_user in ('authenticated', 'service_role'))
execute function private.audit_direct_change('organization_quota', 'name');
alter table public.organization_quotas enable row level security;
create policy "members read quotas" on public.organization_quotas for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'organization:read'))));
grant select on public.organization_quotas to authenticated;
grant select, insert, update, delete on public.organization_quotas to service_role;

-- Many clients of one organization at once would wait for one row: each session counts in one of sixteen.
create table private.operation_counts (
    organization_id uuid not null references public.organizations (id) on delete cascade,
    month date not null,
    part smallint not null,
    operations bigint not null default 0,
    primary key (organization_id, month, part)
) with (fillfactor = 50);
comment on table private.operation_counts is 'How many operations each organization asked for in a month, in parts to be added up.';
alter table private.operation_counts enable row level security;

create function private.quota(organization_id uuid, name text) returns bigint
language sql stable security definer set search_path = ''
as $$
    select case when o.name is null then q.most else o.most end
    from private.quotas q
    left join public.organization_quotas o on o.name = q.name and o.organization_id = quota.organization_id
    where q.name = quota.name
$$;

create function private.quota_used(organization_id uuid, name text) returns bigint
language plpgsql stable security definer set search_path = ''
as $$
declare
    organization constant uuid := organization_id;
begin
    return case name
        when 'operations' then (select coalesce(sum(c.operations), 0)::bigint from private.operation_counts c
            where c.organization_id = organization and c.month = date_trunc('month', now() at time zone 'UTC')::date)
        when 'connections' then (select count(*) from public.integration_connections c
            where c.organization_id = organization and c.status <> 'disconnected')
        when 'members' then (select count(*) from public.organization_members m where m.organization_id = organization)
        when 'api_keys' then (select count(*) from public.api_keys k
            where k.organization_id = organization and k.revoked_at is null and coalesce(k.expires_at > now(), true))
        when 'webhook_endpoints' then (select count(*) from public.webhook_endpoints e
            where e.organization_id = organization and e.enabled)
        when 'webhook_subscriptions' then (select count(*) from public.webhook_subscriptions s
            where s.organization_id = organization)
        else 0  -- what nobody counts
    end;
end
$$;

create function private.next_month() returns timestamptz
language sql stable set search_path = ''
as $$ select (date_trunc('month', now() at time zone 'UTC') + interval '1 month') at time zone 'UTC' $$;

-- Refuses what goes beyond a quota. The operator's own servers and the workers are not held up by one.
create function private.keep_quota(organization_id uuid, name text, wanted integer) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    most bigint;
begin
    if coalesce(current_setting('request.jwt.claims', true), '') = '' or private.is_service() then
        return;
    end if;
    most := private.quota(organization_id, name);
    if most is null or private.quota_used(organization_id, name) + wanted <= most then
        return;
    end if;
    if name = 'operations' then
        perform private.refuse(429, 'quota_exceeded',
            format('The quota operations of %s a month is used up until %s.', most,
                to_char(private.next_month() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')), name,
            headers => jsonb_build_object('Retry-After', ceil(extract(epoch from private.next_month() - now()))::text));
    end if;
    perform private.refuse(403, 'quota_exceeded',
        format('The quota %s of %s is used up; it is not reset: remove some or ask for more.', name, most), name);
end
$$;

create function private.count_operation() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    perform private.keep_quota(new.organization_id, 'operations', 1);
    insert into private.operation_counts as c (organization_id, month, part, operations)
    values (new.organization_id, date_trunc('month', now() at time zone 'UTC')::date, pg_backend_pid() % 16, 1)
    on conflict (organization_id, month, part) do update set operations = c.operations + 1;
    return null;
end
$$;
create trigger operations_count after insert on public.operations
for each row execute function private.count_operation();

create function private.keep_standing_quota() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    -- Two at once must not both take the last place.
    perform pg_advisory_xact_lock(hashtextextended(new.organization_id::text || tg_argv[0], 3));
    perform private.keep_quota(new.organization_id, tg_argv[0], 1);
    return new;
end
$$;
create trigger integration_connections_quota before insert on public.integration_connections
for each row execute function private.keep_standing_quota('connections');
create trigger organization_members_quota before insert on public.organization_members
for each row execute function private.keep_standing_quota('members');
create trigger api_keys_quota before insert on public.api_keys
for each row execute function private.keep_standing_quota('api_keys');
create trigger webhook_endpoints_quota before insert on public.webhook_endpoints
for each row execute function private.keep_standing_quota('webhook_endpoints');
create trigger webhook_subscriptions_quota before insert on public.webhook_subscriptions
for each row execute function private.keep_standing_quota('webhook_subscriptions');

create function private.list_quotas(organization_id uuid)
returns table (name text, description text, used bigint, most bigint, resets_at timestamptz)
language plpgsql stable security definer set search_path = ''
as $$
begin
    organization_id := private.resolve_organization(organization_id, 'viewer', 'organization:read');
    return query
    select q.name, q.description, private.quota_used(list_quotas.organization_id, q.name),
        private.quota(list_quotas.organization_id, q.name), case when q.monthly then private.next_month() end
    from private.quotas q order by q.name;
end
$$;

create function public.list_quotas(organization_id uuid default null)
returns table (name text, description text, used bigint, most bigint, resets_at timestamptz)
language sql stable set search_path = ''
as $$ select * from private.list_quotas(organization_id) $$;
comment on function public.list_quotas is
'What an organization has used of each quota and may use at most (null: as much as it likes), and when the count begins anew.';
grant execute on function private.list_quotas(uuid), public.list_quotas(uuid) to authenticated, service_role;

create trigger organization_quotas_card_data before insert or update on public.organization_quotas
for each row when (current_user in ('authenticated', 'service_role')) execute function private.refuse_card_data();
