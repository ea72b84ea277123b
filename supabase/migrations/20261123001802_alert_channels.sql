-- Where alerts are sent, and what a channel keeps secret.

create table public.alert_channels (
    id uuid primary key default gen_random_uuid(),
    organization_id uuid not null references public.organizations (id) on delete cascade,
    name text not null check (char_length(btrim(name)) between 1 and 100),
    kind text not null check (kind in ('email', 'webhook', 'slack', 'teams', 'in_app')),
    target text check (char_length(target) <= 2048),
    language text check (language in ('en', 'ar')),
    minimum_severity public.alert_severity not null default 'warning',
    kinds text[] not null default '{*}',
    connection_id uuid,
    only_escalations boolean not null default false,
    repeat_minutes integer,
    enabled boolean not null default true,
    ready boolean not null default false,
    failing_since timestamptz,
    last_error jsonb,
    last_sent_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (organization_id, id),
    unique (organization_id, name),
    foreign key (organization_id, connection_id)
        references public.integration_connections (organization_id, id) on delete cascade
);
comment on table public.alert_channels is 'Where alerts are sent.';
comment on column public.alert_channels.target is
'E-mail: up to ten addresses, separated by commas. Else the host that is sent to: the URL itself is sealed, see set_alert_channel_secrets.';
comment on column public.alert_channels.language is 'en or ar; null: mail is in both, the rest in English.';
comment on column public.alert_channels.minimum_severity is 'Lesser alerts are not sent here.';
comment on column public.alert_channels.kinds is 'Which alerts: patterns of their kinds such as connection.* and *, or the ids of rules.';
comment on column public.alert_channels.connection_id is 'Only alerts about this connection; null for all.';
comment on column public.alert_channels.only_escalations is 'Told by an escalation only.';
comment on column public.alert_channels.repeat_minutes is 'How often it is reminded of what nobody has acknowledged; null: never.';
comment on column public.alert_channels.ready is 'Whether it can be sent to: its URL has been set, where it has one.';
comment on column public.alert_channels.failing_since is 'Since when nothing has got through; null when the last message did.';
comment on column public.alert_channels.last_error is '{code, message} of the last message that did not get through.';
comment on column public.alert_channels.last_sent_at is 'When the last message got through.';
create index alert_channels_by_connection on public.alert_channels (organization_id, connection_id);

create table private.sealed_channel_secrets (
    id uuid not null unique default gen_random_uuid(),
    channel_id uuid not null references public.alert_channels (id) on delete cascade,
    name text not null check (name in ('url', 'signing_secret')),
    version integer not null default 1,
    key_id text not null references public.encryption_keys (id) deferrable initially deferred,
    ciphertext bytea not null check (octet_length(ciphertext) between 48 and 65536),
    set_at timestamptz not null default now(),
    primary key (channel_id, name)
);
comment on table private.sealed_channel_secrets is
'HPKE ciphertexts of channels'' URLs and signing secrets, bound to organization, channel and name as credentials are to connections.';
create index sealed_channel_secrets_by_key on private.sealed_channel_secrets (key_id);
alter table private.sealed_channel_secrets enable row level security;
grant select, update (key_id, ciphertext) on private.sealed_channel_secrets to wasl_worker;

create function private.is_email_address(address text) returns boolean
language sql immutable set search_path = ''
as $$ select address ~ '^[^@\s,<>"]{1,64}@[^@\s,<>"]+\.[^@\s,<>"]+$' and char_length(address) <= 254 $$;

create function private.check_alert_channel() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
    addresses constant text[] := regexp_split_to_array(btrim(coalesce(new.target, '')), '\s*,\s*');
begin
    if new.kind = 'email' then
        if cardinality(addresses) > 10
           or exists (select from unnest(addresses) a where not private.is_email_address(a)) then
            perform private.refuse(400, 'invalid_target', 'Give one to ten e-mail addresses, separated by commas.', 'target');
        end if;
        new.ready := true;
    end if;
    if new.kind = 'in_app' then
        new.ready := true;
    end if;
    if cardinality(new.kinds) not between 1 and 50 or exists (
        select from unnest(new.kinds) k
        where k is null or k !~ '^(\*|[a-z_]+\.(\*|[a-z_]+)|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$') then
        perform private.refuse(400, 'invalid_kinds',
            'Kinds look like *, connection.* or rule.error_rate, or are ids of rules; 1 to 50 of them.', 'kinds');
    end if;
    if new.repeat_minutes not between 5 and 10080 then
        perform private.refuse(400, 'invalid_repeat_minutes', 'Reminders come every 5 minutes to 7 days.', 'repeat_minutes');
    end if;
    if new.kind = 'in_app' and new.repeat_minutes is not null then
        perform private.refuse(400, 'invalid_repeat_minutes', 'Within the hub nobody is reminded.', 'repeat_minutes');
    end if;
    return new;
end
$$;
create trigger alert_channels_check before insert or update of kind, target, kinds, repeat_minutes on public.alert_channels
for each row execute function private.check_alert_channel();

create function private.refuse_channel_target() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    perform private.refuse(400, 'invalid_target',
        'Only an e-mail channel has a target that is written here: seal the URL and call set_alert_channel_secrets.',
        'target');
    return null;
end
$$;
create trigger alert_channels_no_target before insert on public.alert_channels
for each row when (current_user in ('authenticated', 'service_role') and new.kind <> 'email' and new.target is not null)
execute function private.refuse_channel_target();
create trigger alert_channels_same_target before update of target on public.alert_channels
for each row when (
    current_user in ('authenticated', 'service_role') and new.kind <> 'email' and new.target is distinct from old.target)
execute function private.refuse_channel_target();
create trigger alert_channels_touch before update on public.alert_channels
for each row execute function private.touch_updated_at();
create trigger alert_channels_audit after insert or update or delete on public.alert_channels
for each row when (current_user in ('authenticated', 'service_role'))
execute function private.audit_direct_change('alert_channel', 'id');

alter table public.alert_channels enable row level security;
create policy "members read channels" on public.alert_channels for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'alerts:read'))));
create policy "admins add channels" on public.alert_channels for insert to authenticated
with check (organization_id = any (array(select private.my_organizations('admin', 'alerts:write'))));
create policy "admins change channels" on public.alert_channels for update to authenticated
using (organization_id = any (array(select private.my_organizations('admin', 'alerts:write'))))
with check (organization_id = any (array(select private.my_organizations('admin', 'alerts:write'))));
create policy "admins remove channels" on public.alert_channels for delete to authenticated
using (organization_id = any (array(select private.my_organizations('admin', 'alerts:write'))));
grant select, delete,
    insert (organization_id, name, kind, target, language, minimum_severity, kinds, connection_id, only_escalations,
        repeat_minutes, enabled),
    update (name, target, language, minimum_severity, kinds, connection_id, only_escalations, repeat_minutes, enabled)
on public.alert_channels to authenticated, service_role;
grant select on public.alert_channels to service_role;
grant select, update (failing_since, last_error, last_sent_at) on public.alert_channels to wasl_worker;

create table public.alert_escalations (
    id uuid primary key default gen_random_uuid(),
    organization_id uuid not null references public.organizations (id) on delete cascade,
    channel_id uuid not null,
    after_minutes integer not null,
    minimum_severity public.alert_severity not null default 'critical',
    created_at timestamptz not null default now(),
    unique (channel_id, after_minutes),
    foreign key (organization_id, channel_id)
        references public.alert_channels (organization_id, id) on delete cascade
);
comment on table public.alert_escalations is 'Whom to tell of what nobody has acknowledged in time.';
comment on column public.alert_escalations.channel_id is 'Told whether or not it was told before.';
comment on column public.alert_escalations.after_minutes is 'Counted from when channels were first told.';
comment on column public.alert_escalations.minimum_severity is 'Lesser alerts are not escalated.';
create index alert_escalations_by_channel on public.alert_escalations (organization_id, channel_id);

create function private.check_alert_escalation() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    if new.after_minutes is null or new.after_minutes not between 1 and 10080 then
        perform private.refuse(400, 'invalid_after_minutes', 'An escalation comes after 1 minute to 7 days.', 'after_minutes');
    end if;
    return new;
end
$$;
create trigger alert_escalations_check before insert or update on public.alert_escalations
for each row execute function private.check_alert_escalation();
create trigger alert_escalations_audit after insert or update or delete on public.alert_escalations
for each row when (current_user in ('authenticated', 'service_role'))
execute function private.audit_direct_change('alert_escalation', 'id');

alter table public.alert_escalations enable row level security;
create policy "members read escalations" on public.alert_escalations for select to authenticated
using (organization_id = any (array(select private.my_organizations('viewer', 'alerts:read'))));
create policy "admins add escalations" on public.alert_escalations for insert to authenticated
with check (organization_id = any (array(select private.my_organizations('admin', 'alerts:write'))));
create policy "admins change escalations" on public.alert_escalations for update to authenticated
using (organization_id = any (array(select private.my_organizations('admin', 'alerts:write'))))
with check (organization_id = any (array(select private.my_organizations('admin', 'alerts:write'))));
create policy "admins remove escalations" on public.alert_escalations for delete to authenticated
using (organization_id = any (array(select private.my_organizations('admin', 'alerts:write'))));
grant select, delete, insert (organization_id, channel_id, after_minutes, minimum_severity),
    update (after_minutes, minimum_severity) on public.alert_escalations to authenticated, service_role;

create function private.own_channel(channel_id uuid) returns public.alert_channels
language plpgsql security definer set search_path = ''
as $$
declare
    channel public.alert_channels;
begin
    select * into channel from public.alert_channels c where c.id = channel_id for no key update;
    if channel.id is null or not private.may(channel.organization_id, 'admin', 'alerts:write')
       or not private.keeps_to_key(private.environment_of('alert_channel', channel.id)) then
        perform private.refuse(404, 'channel_not_found',
            'There is no such channel in an organization where you may do this.', 'channel_id');
    end if;
    return channel;
end
$$;

-- Sealed as credentials are, [{name, ciphertext, key_id, hint}], with the channel in the connection's place; names are url
-- and, for a webhook, signing_secret. The hint of a URL is its host.
create function private.set_alert_channel_secrets(channel_id uuid, credentials jsonb) returns public.alert_channels
language plpgsql security definer set search_path = ''
as $$
declare
    channel public.alert_channels := private.own_channel(channel_id);
    fields constant jsonb := case channel.kind when 'webhook' then '[{"name": "url"}, {"name": "signing_secret"}]'
        else '[{"name": "url"}]' end;
    item jsonb;
begin
    if channel.kind not in ('webhook', 'slack', 'teams') then
        perform private.refuse(409, 'no_secrets', 'Only channels with a URL have secrets.', 'channel_id');
    end if;
    if credentials is null or jsonb_typeof(credentials) <> 'array' or jsonb_array_length(credentials) not between 1 and 2 then
        perform private.refuse(400, 'invalid_credentials', 'Send an array of one or two sealed secrets.', 'credentials');
    end if;
    for item in select value from jsonb_array_elements(credentials) loop
        perform private.check_sealed_credential(item, fields, channel.organization_id);
        if item ->> 'name' = 'url' and coalesce(item ->> 'hint', '') !~ '^[A-Za-z0-9.:\[\]-]{1,255}$' then
            perform private.refuse(400, 'invalid_credentials', 'The hint of a URL is its host.', 'credentials.hint');
        end if;
        insert into private.sealed_channel_secrets as s (channel_id, name, key_id, ciphertext)
        values (channel.id, item ->> 'name', item ->> 'key_id', private.from_base64url(item ->> 'ciphertext'))
        on conflict on constraint sealed_channel_secrets_pkey do update
        set key_id = excluded.key_id, ciphertext = excluded.ciphertext, version = s.version + 1, set_at = now();
        update public.alert_channels c set target = item ->> 'hint'
        where c.id = channel.id and item ->> 'name' = 'url';
        perform private.audit(channel.organization_id, 'alert_channel.secret_set', 'alert_channel', channel.id::text,
            jsonb_build_object('name', item ->> 'name'));
    end loop;
    update public.alert_channels c
    set ready = (select array_agg(s.name) from private.sealed_channel_secrets s where s.channel_id = c.id)
        @> case c.kind when 'webhook' then array['url', 'signing_secret'] else array['url'] end
    where c.id = channel.id
    returning c.* into channel;
    return channel;
end
$$;

create function public.set_alert_channel_secrets(channel_id uuid, credentials jsonb) returns public.alert_channels
language sql set search_path = ''
as $$ select private.set_alert_channel_secrets(channel_id, credentials) $$;
comment on function public.set_alert_channel_secrets is
'Stores a channel''s sealed URL and, for a webhook, signing secret: [{name, ciphertext, key_id, hint}]. Nobody reads them back.';

create function private.test_alert_channel(channel_id uuid) returns public.operations
language plpgsql security definer set search_path = ''
as $$
declare
    channel public.alert_channels := private.own_channel(channel_id);
begin
    if not channel.ready then
        perform private.refuse(409, 'channel_not_ready', 'Set the channel''s URL first.', 'channel_id');
    end if;
    return private.enqueue_operation(channel.organization_id, 'alert.test', 'alert_channel', channel.id, '{}'::jsonb);
end
$$;

create function public.test_alert_channel(channel_id uuid) returns public.operations
language sql set search_path = ''
as $$ select private.test_alert_channel(channel_id) $$;
comment on function public.test_alert_channel is 'Has a message sent to a channel now; answers with the operation to watch.';

grant execute on function
    private.set_alert_channel_secrets(uuid, jsonb), public.set_alert_channel_secrets(uuid, jsonb),
    private.test_alert_channel(uuid), public.test_alert_channel(uuid)
to authenticated, service_role;
