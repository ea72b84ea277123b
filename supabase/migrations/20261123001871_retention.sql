-- How long an organization keeps data of each class, what holds it, and what went because its time was over.

create table public.retention_periods (
    organization_id uuid not null references public.organizations (id) on delete cascade,
    data_class text not null references private.data_classes (class),
    keep_days integer not null check (keep_days between 1 and 36500),
    updated_at timestamptz not null default now(),
    primary key (organization_id, data_class)
);
comment on table public.retention_periods is 'For how long an organization keeps data of a class, where it has said so.';
comment on column public.retention_periods.data_class is 'Such as contacts or shipping: retention_plan tells all of them.';
comment on column public.retention_periods.keep_days is 'After which a leader erases it.';
create index retention_periods_by_class on public.retention_periods (data_class);

create table public.legal_holds (
    id uuid primary key default gen_random_uuid(),
    organization_id uuid not null references public.organizations (id) on delete cascade,
    data_class text not null,
    reason text not null check (char_length(btrim(reason)) between 1 and 500),
    created_at timestamptz not null default now(),
    ends_at timestamptz,
    foreign key (data_class) references private.data_classes (class)
);
comment on table public.legal_holds is 'While one stands, nothing of its class is erased, whoever asks: a claim or an authority needs it.';
comment on column public.legal_holds.data_class is 'As in retention_plan.';
comment on column public.legal_holds.ends_at is 'Null: until it is taken back.';
create index legal_holds_by_organization on public.legal_holds (organization_id, data_class);
create index legal_holds_by_class on public.legal_holds (data_class);

create table public.retention_runs (
    organization_id uuid not null references public.organizations (id) on delete cascade,
    day date not null,
    table_name text not null,
    data_class text not null,
    rows bigint not null,
    primary key (organization_id, day, table_name)
);
comment on table public.retention_runs is 'How much was erased because its time was over.';
comment on column public.retention_runs.day is 'In UTC.';
comment on column public.retention_runs.data_class is 'As in retention_plan.';
comment on column public.retention_runs.table_name is 'Such as public.leads.';
comment on column public.retention_runs.rows is 'That were erased that day.';

alter table public.retention_periods enable row level security;
alter table public.legal_holds enable row level security;
alter table public.retention_runs enable row level security;
create policy "members read retention periods" on public.retention_periods for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'privacy:read'))));
create policy "members read retention runs" on public.retention_runs for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'privacy:read'))));
create policy "members read legal holds" on public.legal_holds for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'privacy:read'))));
create policy "admins add legal holds" on public.legal_holds for insert to authenticated
with check (organization_id = any (array(select private.my_organizations('admin', 'privacy:write'))));
create policy "admins change legal holds" on public.legal_holds for update to authenticated
using (organization_id = any (array(select private.my_organizations('admin', 'privacy:write'))))
with check (organization_id = any (array(select private.my_organizations('admin', 'privacy:write'))));
create policy "admins remove legal holds" on public.legal_holds for delete to authenticated
using (organization_id = any (array(select private.my_organizations('admin', 'privacy:write'))));
grant select on public.retention_periods, public.retention_runs to authenticated, service_role;
grant select, insert (organization_id, data_class, reason, ends_at), update (reason, ends_at), delete on public.legal_holds to authenticated;
grant select, insert, update, delete on public.legal_holds to service_role;
create trigger legal_holds_audit after insert or update or delete on public.legal_holds
for each row when (current_user in ('authenticated', 'service_role'))
execute function private.audit_direct_change('legal_hold', 'id');
create trigger legal_holds_card_data before insert or update on public.legal_holds
for each row when (current_user in ('authenticated', 'service_role')) execute function private.refuse_card_data();

create function private.is_held(organization_id uuid, data_class text) returns boolean
language sql stable security definer set search_path = ''
as $$
    select exists (select from public.legal_holds h
                   where h.organization_id = is_held.organization_id and h.data_class = is_held.data_class
                     and (h.ends_at is null or h.ends_at > now()))
$$;

create function private.set_retention(organization_id uuid, data_class text, keep_days integer) returns public.retention_periods
language plpgsql security definer set search_path = ''
as $$
declare
    kind private.data_classes;
    before public.retention_periods;
    period public.retention_periods;
begin
    organization_id := private.resolve_organization(organization_id, 'admin', 'privacy:write');
    select * into kind from private.data_classes c where c.class = set_retention.data_class;
    if kind.class is null then
        perform private.refuse(400, 'invalid_data_class', 'There is no such class of data: retention_plan names them.', 'data_class');
    elsif keep_days is null or keep_days not between greatest(kind.floor_days, 1) and 36500 then
        perform private.refuse(400, 'invalid_keep_days',
            format('It lies between %s and 36500 days. %s', greatest(kind.floor_days, 1), kind.basis), 'keep_days');
    end if;
    select * into before from public.retention_periods p
    where p.organization_id = set_retention.organization_id and p.data_class = set_retention.data_class for no key update;
    insert into public.retention_periods as p (organization_id, data_class, keep_days) values (organization_id, kind.class, keep_days)
    on conflict on constraint retention_periods_pkey do update set keep_days = excluded.keep_days, updated_at = clock_timestamp()
    returning p.* into period;
    perform private.audit_change(organization_id, 'retention.set', 'retention_period', kind.class,
        case when before.data_class is not null then to_jsonb(before) end, to_jsonb(period));
    return period;
end
$$;

create function public.set_retention(data_class text, keep_days integer, organization_id uuid default null)
returns public.retention_periods
language sql set search_path = ''
as $$ select private.set_retention(organization_id, data_class, keep_days) $$;
comment on function public.set_retention is
'Says for how long data of a class is kept, in days; not less than a law wants. What is older is erased for good.';

create function private.retention_plan(organization_id uuid) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
    organization_id := private.resolve_organization(organization_id, 'viewer', 'privacy:read');
    return (
        select jsonb_agg(jsonb_build_object('data_class', c.class, 'title', c.title, 'keep_days', coalesce(p.keep_days, c.keep_days),
            'default_days', c.keep_days, 'floor_days', c.floor_days, 'basis', c.basis,
            'held', private.is_held(retention_plan.organization_id, c.class),
            'tables', (select jsonb_agg(t.name order by t.name) from private.personal_tables t where t.class = c.class)) order by c.class)
        from private.data_classes c
        left join public.retention_periods p on p.data_class = c.class and p.organization_id = retention_plan.organization_id);
end
$$;

create function public.retention_plan(organization_id uuid default null) returns jsonb
language sql stable set search_path = ''
as $$ select private.retention_plan(organization_id) $$;
comment on function public.retention_plan is
'How long data of every class is kept: [{data_class, title, keep_days, default_days, floor_days, basis, held, tables}]; keep_days null: until it is said.';

grant execute on function
    private.set_retention(uuid, text, integer), public.set_retention(text, integer, uuid),
    private.retention_plan(uuid), public.retention_plan(uuid)
to authenticated, service_role;
