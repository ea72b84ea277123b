-- Where the server has Supabase Realtime, open pages are told at once what changed (broadcast from the database). Only that
-- there is news is told, and of which table: pages read it again, under row-level security. Elsewhere pages ask now and then.

create function private.tell_changed() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
    told record;
begin
    for told in select distinct c.organization_id as id from changed c where c.organization_id is not null loop
        -- Realtime's function catches its own errors: what is written here does not depend on it.
        execute 'select realtime.send($1, ''changed'', $2, true)'
        using jsonb_build_object('table', tg_table_name), 'organization:' || told.id;
    end loop;
    return null;
end
$$;

-- Is called below; by hand where Realtime has come to a database later. Answers whether there is one.
create function private.broadcast_changes() returns boolean
language plpgsql set search_path = ''
as $$
declare
    watched text;
begin
    if to_regprocedure('realtime.send(jsonb,text,text,boolean)') is null then
        return false;
    end if;
    foreach watched in array array['alerts', 'automation_runs', 'events', 'integration_connections', 'leads', 'operations',
        'payments', 'shipments', 'social_posts', 'webhook_deliveries', 'webhook_events'] loop
        execute format('create or replace trigger tell_inserted after insert on public.%I
            referencing new table as changed for each statement execute function private.tell_changed()', watched);
        execute format('create or replace trigger tell_updated after update on public.%I
            referencing new table as changed for each statement execute function private.tell_changed()', watched);
    end loop;
    drop policy if exists "members hear what changes" on realtime.messages;
    create policy "members hear what changes" on realtime.messages for select to authenticated
    using (extension = 'broadcast' and (select realtime.topic()) = any (
        array(select 'organization:' || o from private.my_organizations('viewer', 'organization:read') o)));
    return true;
end
$$;
comment on function private.broadcast_changes() is
'Has Supabase Realtime, where the server has it, tell members which tables changed; repeat it where Realtime came later.';
revoke execute on function private.broadcast_changes() from public;
select private.broadcast_changes();
