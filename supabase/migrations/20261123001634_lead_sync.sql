-- Keeping leads and the contacts of marketing tools alike: what is synchronized with which tool, and where each lead stands
-- there. A link is due for workers exactly while next_try_at is set.

create type public.sync_direction as enum ('push', 'pull', 'both');
comment on type public.sync_direction is 'push: the hub''s leads go to the tool; pull: the tool''s contacts come to the hub.';
create type public.sync_conflict_rule as enum ('newest', 'hub', 'provider');
comment on type public.sync_conflict_rule is 'Whose facts count where both have some: the newest, always the hub''s, or always the tool''s.';
create type public.lead_link_status as enum ('pending', 'synced', 'failed', 'skipped', 'forget', 'forgotten');
comment on type public.lead_link_status is
'skipped: the sync''s rule leaves it out; forget: the tool is to erase the person; forgotten: it has.';

create table public.lead_syncs (
    connection_id uuid primary key,
    organization_id uuid not null,
    enabled boolean not null default true,
    direction public.sync_direction not null default 'push',
    mapping jsonb not null default '{}'::jsonb check (jsonb_typeof(mapping) = 'object'),
    conflict_rule public.sync_conflict_rule not null default 'newest',
    purpose text not null default 'marketing_email',
    only_with_consent boolean not null default true,
    tags text[] not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade
);
comment on table public.lead_syncs is 'Which marketing tools leads are kept alike with, and how.';
comment on column public.lead_syncs.direction is 'Which way facts go.';
comment on column public.lead_syncs.mapping is '{lead''s field or attribute: the tool''s field}, beside those that every tool has.';
comment on column public.lead_syncs.conflict_rule is 'Whose facts count, decided for each contact as a whole.';
comment on column public.lead_syncs.purpose is 'The consent that decides whether the tool may write to them.';
comment on column public.lead_syncs.only_with_consent is
'Whether leads without that consent are kept from the tool; one that is there already is still told of.';
comment on column public.lead_syncs.tags is 'What every lead is marked with at the tool.';
create index lead_syncs_by_organization on public.lead_syncs (organization_id, connection_id);
create trigger lead_syncs_touch before update on public.lead_syncs
for each row execute function private.touch_updated_at();

create table public.lead_links (
    organization_id uuid not null,
    lead_id uuid not null,
    connection_id uuid not null,
    provider_contact_id text,
    status public.lead_link_status not null default 'pending',
    pushed_version bigint not null default 0,
    pushed_hash jsonb not null default '{}'::jsonb,
    pushed_tags text[] not null default '{}',
    pushed_marks text[] not null default '{}',
    pushed_at timestamptz,
    pulled_at timestamptz,
    attempts integer not null default 0,
    next_try_at timestamptz,
    error jsonb,
    seen_run uuid,
    created_at timestamptz not null default clock_timestamp(),
    primary key (lead_id, connection_id),
    unique (connection_id, provider_contact_id),
    foreign key (organization_id, lead_id) references public.leads (organization_id, id) on delete cascade,
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade
);
comment on table public.lead_links is 'Where each lead stands at each tool.';
comment on column public.lead_links.lead_id is 'Who.';
comment on column public.lead_links.provider_contact_id is 'The tool''s own id.';
comment on column public.lead_links.pushed_version is 'Of the lead, that the tool has.';
comment on column public.lead_links.pushed_hash is
'{field: keyed hash} of what was last handed out to be pushed, or last pulled: the same coming back is an echo.';
comment on column public.lead_links.pushed_tags is 'Tags that the tool has, or may have, by the hub.';
comment on column public.lead_links.pushed_marks is 'Likewise, of the tags of lead_syncs.';
comment on column public.lead_links.pushed_at is 'When the tool last took it; pulled_at: when it last told of it.';
comment on column public.lead_links.pulled_at is 'When the tool last told something of it that was applied.';
comment on column public.lead_links.next_try_at is 'When it is due to be pushed or forgotten; null: nothing is to be done.';
comment on column public.lead_links.error is '{code, message, field}: why the tool did not take it.';
comment on column public.lead_links.seen_run is 'The full read of the tool''s contacts that last had it.';
create index lead_links_by_organization on public.lead_links (organization_id, lead_id);
create index lead_links_by_connection on public.lead_links (organization_id, connection_id, status);
create index lead_links_due on public.lead_links (connection_id, next_try_at) where next_try_at is not null;

create table private.addresses_to_forget (
    lead_id uuid primary key references public.leads (id) on delete cascade,
    sealed bytea not null
);
comment on table private.addresses_to_forget is
'By which tools know somebody whom they are to forget, {email, phone} sealed by the lead''s key. Gone as soon as every tool has, or has said that it will not.';
alter table private.addresses_to_forget enable row level security;

alter table public.lead_syncs enable row level security;
alter table public.lead_links enable row level security;
create policy "members read syncs" on public.lead_syncs for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'leads:read'))));
create policy "members read lead links" on public.lead_links for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'leads:read'))));
grant select on public.lead_syncs, public.lead_links to authenticated, service_role, wasl_worker;

create function private.plan_push(connection_id uuid, organization_id uuid) returns boolean
language sql security definer set search_path = ''
as $$
    select private.plan_job(private.derived_id(connection_id, 'lead.push'), 'lead.push', organization_id,
        jsonb_build_object('connection_id', connection_id))
$$;

-- Leads that are new or have changed are due at every tool they are pushed to, but for the one that has just told of the
-- change (wasl.pulled_from). Once for each statement.
create function private.mark_for_push() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
    pulled_from constant uuid := nullif(current_setting('wasl.pulled_from', true), '')::uuid;
    changed uuid[];
    sync record;
begin
    if tg_op = 'INSERT' then
        changed := array(select n.id from new_leads n);
    else
        changed := array(select n.id from new_leads n join old_leads o on o.id = n.id
                         where n.version > o.version and n.status <> 'deleted');
    end if;
    for sync in
        select s.connection_id, s.organization_id from public.lead_syncs s
        join public.integration_connections c on c.id = s.connection_id
        where s.organization_id in (select l.organization_id from public.leads l where l.id = any (changed))
          and s.enabled and s.direction <> 'pull' and c.status <> 'disconnected'
          and s.connection_id is distinct from pulled_from
        order by s.connection_id
    loop
        insert into public.lead_links as k (organization_id, lead_id, connection_id, next_try_at)
        select l.organization_id, l.id, sync.connection_id, clock_timestamp()
        from public.leads l where l.id = any (changed) and l.organization_id = sync.organization_id
        order by l.id
        on conflict on constraint lead_links_pkey do update
        set status = 'pending', next_try_at = excluded.next_try_at, attempts = 0, error = null;
        perform private.plan_push(sync.connection_id, sync.organization_id);
    end loop;
    return null;
end
$$;
create trigger leads_push_new after insert on public.leads
referencing new table as new_leads for each statement execute function private.mark_for_push();
create trigger leads_push_changed after update on public.leads
referencing old table as old_leads new table as new_leads for each statement execute function private.mark_for_push();

-- For delete_lead: tools that have the person, or may have, are to forget them, and nothing that is still to be done about
-- them is done.
create function private.forget_lead(lead public.leads) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    known constant jsonb := private.personal(lead.id);
    link record;
begin
    delete from public.lead_links k
    where k.lead_id = lead.id and k.status <> 'forgotten'
      and (k.provider_contact_id is null and k.pushed_hash = '{}' or exists (
          select from public.integration_connections c where c.id = k.connection_id and c.status = 'disconnected'));
    insert into private.addresses_to_forget (lead_id, sealed)
    select lead.id, private.seal(lead.organization_id, lead.id, jsonb_build_object('email', known -> 'email', 'phone', known -> 'phone'))
    where exists (select from public.lead_links k where k.lead_id = lead.id);
    for link in
        update public.lead_links k
        set status = 'forget', next_try_at = clock_timestamp(), attempts = 0, error = null, pushed_hash = '{}', pushed_tags = '{}'
        where k.lead_id = lead.id and k.status <> 'forgotten'
        returning k.connection_id, k.organization_id
    loop
        perform private.plan_push(link.connection_id, link.organization_id);
    end loop;
    delete from private.lead_confirmations c where c.lead_id = lead.id;
    perform private.drop_steps_about(lead.organization_id, 'lead', lead.id);
end
$$;

create function private.check_mapping(mapping jsonb) returns void
language plpgsql immutable set search_path = ''
as $$
declare
    wrong text;
begin
    if jsonb_typeof(mapping) <> 'object' or (select count(*) from jsonb_object_keys(mapping)) > 100 then
        perform private.refuse(400, 'invalid_mapping', 'The mapping is an object with at most 100 fields.', 'mapping');
    end if;
    select e.key into wrong from jsonb_each(mapping) e
    where e.key !~ '^[A-Za-z][A-Za-z0-9_]{0,39}$' or jsonb_typeof(e.value) <> 'string'
       or char_length(e.value #>> '{}') not between 1 and 200
    order by e.key limit 1;
    if wrong is not null then
        perform private.refuse(400, 'invalid_mapping',
            'It leads from a lead''s field or attribute to the name of a field of the tool.', 'mapping.' || left(wrong, 60));
    end if;
    perform private.refuse_card_number(e.key || ': ' || e.value, 'mapping.' || e.key) from jsonb_each_text(mapping) e;
end
$$;

create function private.set_lead_sync(
    connection_id uuid, direction public.sync_direction, mapping jsonb, conflict_rule public.sync_conflict_rule, purpose text,
    only_with_consent boolean, tags text[], enabled boolean
) returns public.lead_syncs
language plpgsql security definer set search_path = ''
as $$
declare
    connection public.integration_connections := private.own_connection(connection_id, 'developer', 'leads:write');
    before public.lead_syncs;
    sync public.lead_syncs;
begin
    if not exists (select from public.integration_providers p
                   where p.key = connection.provider_key and 'keeps_contacts' = any (p.capabilities)) then
        perform private.refuse(409, 'not_a_contact_connection', 'That connection keeps no contacts.', 'connection_id');
    elsif connection.status = 'disconnected' then
        perform private.refuse(409, 'connection_disconnected', 'This connection has been disconnected.', 'connection_id');
    end if;
    perform private.check_mapping(mapping);
    if purpose is not null then
        perform private.check_purpose(purpose, 'purpose');
    end if;
    perform private.check_tags(to_jsonb(tags), 'tags');
    select * into before from public.lead_syncs s where s.connection_id = connection.id for no key update;
    insert into public.lead_syncs as s (connection_id, organization_id, direction, mapping, conflict_rule, purpose,
        only_with_consent, tags, enabled)
    values (connection.id, connection.organization_id, coalesce(direction, 'push'), coalesce(mapping, '{}'),
        coalesce(conflict_rule, 'newest'), coalesce(purpose, 'marketing_email'), coalesce(only_with_consent, true),
        coalesce(tags, '{}'), coalesce(enabled, true))
    on conflict on constraint lead_syncs_pkey do update set
        direction = coalesce(set_lead_sync.direction, s.direction), mapping = coalesce(set_lead_sync.mapping, s.mapping),
        conflict_rule = coalesce(set_lead_sync.conflict_rule, s.conflict_rule),
        purpose = coalesce(set_lead_sync.purpose, s.purpose),
        only_with_consent = coalesce(set_lead_sync.only_with_consent, s.only_with_consent),
        tags = coalesce(set_lead_sync.tags, s.tags),
        enabled = coalesce(set_lead_sync.enabled, s.enabled)
    returning s.* into sync;
    perform private.mark_all_for_push(sync);
    perform private.follow_lead_sync(sync);
    perform private.audit_change(sync.organization_id, 'lead_sync.set', 'lead_sync', sync.connection_id::text,
        case when before.connection_id is not null then to_jsonb(before) end, to_jsonb(sync));
    return sync;
end
$$;

create function private.mark_all_for_push(sync public.lead_syncs) returns void
language plpgsql security definer set search_path = ''
as $$
begin
    if not sync.enabled or sync.direction = 'pull' then
        return;
    end if;
    insert into public.lead_links as k (organization_id, lead_id, connection_id, next_try_at)
    select l.organization_id, l.id, sync.connection_id, clock_timestamp()
    from public.leads l where l.organization_id = sync.organization_id and l.status <> 'deleted'
    order by l.id
    on conflict on constraint lead_links_pkey do update
    set status = 'pending', next_try_at = excluded.next_try_at, attempts = 0, error = null;
    if found then
        perform private.plan_push(sync.connection_id, sync.organization_id);
    end if;
end
$$;

create function public.set_lead_sync(
    connection_id uuid, direction public.sync_direction default null, mapping jsonb default null,
    conflict_rule public.sync_conflict_rule default null, purpose text default null, only_with_consent boolean default null,
    tags text[] default null, enabled boolean default null
) returns public.lead_syncs
language sql set search_path = ''
as $$
    select private.set_lead_sync(connection_id, direction, mapping, conflict_rule, purpose, only_with_consent, tags, enabled)
$$;
comment on function public.set_lead_sync is
'Keeps leads and the contacts of a marketing tool alike. What is left out stays, or is at first: push, the newest counts, only with the consent marketing_email.';

grant execute on function
    private.set_lead_sync(uuid, public.sync_direction, jsonb, public.sync_conflict_rule, text, boolean, text[], boolean),
    public.set_lead_sync(uuid, public.sync_direction, jsonb, public.sync_conflict_rule, text, boolean, text[], boolean)
to authenticated, service_role;
