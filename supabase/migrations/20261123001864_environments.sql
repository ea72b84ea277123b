-- Sandbox and live never mix: an API key that is bound to one environment neither sees nor touches a row of the other.
-- Seeing is held back by a restrictive policy on every table whose rows belong to an environment, touching by a trigger,
-- whatever function it is that writes; the RPCs' own checks come before both and answer that there is no such thing.

-- The environment of something that has none in its own row; null when it has none at all.
create function private.environment_of(kind text, id uuid) returns public.environment
language plpgsql stable security definer set search_path = ''
as $$
declare
    above uuid;
begin
    case kind
        when 'connection' then
            return (select c.environment from public.integration_connections c where c.id = environment_of.id);
        when 'payment' then return (select p.environment from public.payments p where p.id = environment_of.id);
        when 'payment_method' then return (select m.environment from public.payment_methods m where m.id = environment_of.id);
        when 'payment_link' then return (select l.environment from public.payment_links l where l.id = environment_of.id);
        when 'shipment' then return (select s.environment from public.shipments s where s.id = environment_of.id);
        when 'shipment_quote' then return (select q.environment from public.shipment_quotes q where q.id = environment_of.id);
        when 'shipping_manifest' then
            return (select m.environment from public.shipping_manifests m where m.id = environment_of.id);
        when 'pickup' then return (select p.environment from public.pickups p where p.id = environment_of.id);
        when 'automation' then return (select a.environment from public.automations a where a.id = environment_of.id);
        when 'event' then return (select e.environment from public.events e where e.id = environment_of.id);
        when 'shipment_document' then
            return (select coalesce(private.environment_of('shipment', d.shipment_id),
                private.environment_of('shipping_manifest', d.manifest_id))
                from public.shipment_documents d where d.id = environment_of.id);
        when 'payment_refund' then
            select r.payment_id into above from public.payment_refunds r where r.id = environment_of.id;
            return private.environment_of('payment', above);
        when 'payment_reconciliation' then
            select r.connection_id into above from public.payment_reconciliations r where r.id = environment_of.id;
        when 'account' then
            select a.connection_id into above from public.social_media_accounts a where a.id = environment_of.id;
        when 'post', 'social_post' then
            select a.connection_id into above from public.social_posts p
            join public.social_media_accounts a on a.id = p.account_id where p.id = environment_of.id;
        when 'social_comment' then
            select c.post_id into above from public.social_comments c where c.id = environment_of.id;
            return private.environment_of('post', above);
        when 'stream' then select s.connection_id into above from public.sync_streams s where s.id = environment_of.id;
        when 'campaign' then
            select c.connection_id into above from public.marketing_campaigns c where c.id = environment_of.id;
        when 'automation_run' then
            select r.automation_id into above from public.automation_runs r where r.id = environment_of.id;
            return private.environment_of('automation', above);
        when 'subscription' then
            return (select coalesce(s.environment, private.environment_of('connection', s.connection_id))
                from public.webhook_subscriptions s where s.id = environment_of.id);
        when 'alert_channel' then
            select c.connection_id into above from public.alert_channels c where c.id = environment_of.id;
        when 'health_incident' then
            select i.connection_id into above from public.health_incidents i where i.id = environment_of.id;
        when 'alert' then select a.connection_id into above from public.alerts a where a.id = environment_of.id;
        else return null;
    end case;
    return private.environment_of('connection', above);
end
$$;
grant execute on function private.environment_of(text, uuid) to authenticated;

create function private.operation_environment(operation public.operations) returns public.environment
language plpgsql stable security definer set search_path = ''
as $$
begin
    return coalesce(private.environment_of('connection', operation.connection_id),
        private.environment_of(operation.subject_type, operation.subject_id),
        (operation.input ->> 'environment')::public.environment,
        private.environment_of('shipment', (operation.input -> 'shipment_ids' ->> 0)::uuid));
end
$$;
grant execute on function private.operation_environment(public.operations) to authenticated;

-- All connections of the caller's key's environment, as a set: one look for a whole query.
create function private.bound_connections() returns setof uuid
language sql stable security definer set search_path = ''
as $$
    select c.id from public.integration_connections c join public.api_keys k on k.organization_id = c.organization_id
    where k.id = private.current_api_key_id() and c.environment = k.environment
$$;
grant execute on function private.bound_connections() to authenticated;

-- For the first column that a row of a table has of these, the last words of its name say what it refers to.
create function private.environment_column(columns text[]) returns text
language sql immutable set search_path = ''
as $$
    select c from unnest(array['environment', 'connection_id', 'payment_id', 'shipment_id', 'manifest_id', 'account_id', 'post_id',
        'stream_id', 'campaign_id', 'automation_id', 'run_id', 'subscription_id', 'alert_id',
        'incident_id', 'channel_id']) with ordinality u (c, turn)
    where c = any (columns) order by turn limit 1
$$;

create function private.environment_of_row(relation text, line jsonb) returns public.environment
language plpgsql stable security definer set search_path = ''
as $$
declare
    name constant text := private.environment_column(array(
        select k from jsonb_object_keys(line) k where jsonb_typeof(line -> k) <> 'null'));
begin
    if relation = 'operations' then
        return private.operation_environment(jsonb_populate_record(null::public.operations, line));
    end if;
    return case
        when name = 'environment' then (line ->> name)::public.environment
        when name = 'run_id' then private.environment_of('automation_run', (line ->> name)::uuid)
        when name = 'incident_id' then private.environment_of('health_incident', (line ->> name)::uuid)
        when name = 'channel_id' then private.environment_of('alert_channel', (line ->> name)::uuid)
        when name = 'manifest_id' then private.environment_of('shipping_manifest', (line ->> name)::uuid)
        when name is not null then private.environment_of(regexp_replace(name, '_id$', ''), (line ->> name)::uuid)
    end;
end
$$;

create function private.keep_environment() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
    bound constant public.environment := private.key_environment();
    own public.environment;
begin
    if bound is not null then
        own := private.environment_of_row(tg_table_name, to_jsonb(case tg_op when 'DELETE' then old else new end));
        if own <> bound or own is null and tg_table_name in ('automations', 'webhook_subscriptions') then
            perform private.refuse(403, 'wrong_environment', format('This API key is for %s only.', bound), 'environment');
        end if;
    end if;
    return case tg_op when 'DELETE' then old else new end;
end
$$;

-- Guards every table that is not guarded yet; a migration that adds such tables later calls it again.
create function private.bind_environments() returns void
language plpgsql set search_path = ''
as $$
declare
    each record;
    name text;
    allows text;
begin
    for each in
        select c.relname, array_agg(a.attname::text) as columns
        from pg_catalog.pg_class c join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'api_keys'
          and not exists (select from pg_catalog.pg_policy p where p.polrelid = c.oid and not p.polpermissive)
        group by c.relname
    loop
        name := private.environment_column(each.columns);
        continue when name is null;
        allows := case
            when each.relname = 'operations' then
                'coalesce(private.operation_environment(operations) = (select private.key_environment()), true)'
            when name = 'environment' then format('%I = (select private.key_environment())%s', name,
                case each.relname when 'events' then ' or environment is null' else '' end)
            when name = 'connection_id' then format('%I = any (array(select private.bound_connections()))%s', name,
                case each.relname when 'alerts' then ' or connection_id is null' else '' end)
            when each.relname = 'shipment_documents' then
                'private.environment_of(''shipment_document'', id) = (select private.key_environment())'
            else format('private.environment_of(%L, %I) = (select private.key_environment())',
                case name when 'run_id' then 'automation_run' when 'incident_id' then 'health_incident'
                    when 'channel_id' then 'alert_channel' else regexp_replace(name, '_id$', '') end, name)
        end;
        execute format('create policy "bound keys keep to their environment" on public.%I as restrictive for all '
            'to authenticated using ((select private.key_environment()) is null or %s)', each.relname, allows);
        -- What only workers write needs no trigger; a client's request is told by its claims, which costs the others little.
        continue when each.relname in
            ('integration_logs', 'integration_analytics', 'integration_health', 'events', 'webhook_events');
        execute format('create trigger %I before insert or update or delete on public.%I for each row '
            'when (current_setting(''request.jwt.claims'', true) like ''%%api_key_id%%'') '
            'execute function private.keep_environment()', each.relname || '_environment', each.relname);
    end loop;
end
$$;
select private.bind_environments();

create policy "bound keys see keys of their environment" on public.api_keys as restrictive for select to authenticated
using ((select private.key_environment()) is null or environment = (select private.key_environment()));

-- Leads are the organization's, whatever the environment; but what is told of one goes to every tool it is synced with.
create function private.keep_leads_environment() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
    bound constant public.environment := private.key_environment();
begin
    if exists (
        select from public.lead_syncs s join public.integration_connections c on c.id = s.connection_id
        where s.organization_id = coalesce(new.organization_id, old.organization_id) and c.environment <> bound and c.status <> 'disconnected'
    ) then
        perform private.refuse(403, 'wrong_environment',
            format('This API key is for %s only, and leads are synced with a connection of the other environment.', bound),
            'environment');
    end if;
    return coalesce(new, old);
end
$$;
create trigger leads_environment before insert or update or delete on public.leads for each row
when (current_setting('request.jwt.claims', true) like '%api_key_id%')
execute function private.keep_leads_environment();
