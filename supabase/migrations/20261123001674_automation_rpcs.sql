-- How clients make automations and look after their runs.

-- The automation, locked, after the caller has been checked against its organization.
create function private.own_automation(automation_id uuid, scope text, minimum_role public.organization_role default 'developer')
returns public.automations
language plpgsql security definer set search_path = ''
as $$
declare
    automation public.automations;
begin
    select * into automation from public.automations a
    where a.id = own_automation.automation_id and a.deleted_at is null for no key update;
    if automation.id is null or not private.may(automation.organization_id, minimum_role, scope)
       or not private.keeps_to_key(automation.environment) then
        perform private.refuse(404, 'automation_not_found', 'There is no such automation of yours.', 'automation_id');
    end if;
    return automation;
end
$$;

create function private.save_automation(
    organization_id uuid, automation_id uuid, name text, description text, definition jsonb, enabled boolean,
    environment public.environment
) returns public.automations
language plpgsql security definer set search_path = ''
as $$
declare
    before public.automations;
    automation public.automations;
begin
    if automation_id is not null then
        before := private.own_automation(automation_id, 'automations:write');
        organization_id := before.organization_id;
        definition := coalesce(definition, before.definition);
        environment := coalesce(environment, before.environment);
    else
        organization_id := private.resolve_organization(organization_id, 'developer', 'automations:write');
    end if;
    environment := private.chosen_environment(environment);
    name := coalesce(btrim(name), before.name);
    if name is null or char_length(name) not between 1 and 100 then
        perform private.refuse(400, 'invalid_name', 'The name must have 1 to 100 characters.', 'name');
    elsif char_length(description) > 1000 then
        perform private.refuse(400, 'invalid_description', 'The description has at most 1000 characters.', 'description');
    end if;
    perform private.refuse_card_number(name, 'name');
    perform private.refuse_card_number(description, 'description');
    perform private.check_definition(definition, organization_id, environment);
    if before.id is null then
        insert into public.automations as a (organization_id, name, description, enabled, definition, events, environment,
            created_by)
        values (organization_id, save_automation.name, description, coalesce(enabled, false), definition,
            array(select jsonb_array_elements_text(definition -> 'events')), environment, private.actor())
        returning a.* into automation;
    else
        update public.automations a set name = save_automation.name,
            description = coalesce(save_automation.description, a.description),
            enabled = coalesce(save_automation.enabled, a.enabled), environment = save_automation.environment,
            version = a.version + (a.definition is distinct from save_automation.definition)::integer,
            definition = save_automation.definition,
            events = array(select jsonb_array_elements_text(save_automation.definition -> 'events'))
        where a.id = before.id
        returning a.* into automation;
    end if;
    insert into public.automation_versions (automation_id, version, organization_id, definition, created_by)
    values (automation.id, automation.version, automation.organization_id, automation.definition, private.actor())
    on conflict do nothing;
    perform private.audit_change(automation.organization_id, 'automation.saved', 'automation', automation.id::text,
        case when before.id is not null then to_jsonb(before) end, to_jsonb(automation),
        jsonb_build_object('name', automation.name, 'version', automation.version, 'enabled', automation.enabled));
    return automation;
end
$$;

create function public.save_automation(
    name text default null, definition jsonb default null, automation_id uuid default null, description text default null,
    enabled boolean default null, environment public.environment default null, organization_id uuid default null
) returns public.automations
language sql set search_path = ''
as $$
    select private.save_automation(organization_id, automation_id, name, description, definition, enabled, environment)
$$;
comment on function public.save_automation is
'Makes an automation, disabled unless it is said otherwise, or changes one; what is left out stays. Another definition is another version.';

create function private.enable_automation(automation_id uuid, enabled boolean) returns public.automations
language plpgsql security definer set search_path = ''
as $$
declare
    automation public.automations := private.own_automation(automation_id, 'automations:write');
begin
    if enabled is null then
        perform private.refuse(400, 'invalid_enabled', 'It is true or false.', 'enabled');
    elsif enabled then
        -- A connection that it needs may have gone since.
        perform private.check_definition(automation.definition, automation.organization_id, automation.environment);
    end if;
    update public.automations a set enabled = enable_automation.enabled where a.id = automation.id
    returning a.* into automation;
    perform private.audit(automation.organization_id, case when enabled then 'automation.enabled' else 'automation.disabled' end,
        'automation', automation.id::text);
    return automation;
end
$$;

create function public.enable_automation(automation_id uuid, enabled boolean default true) returns public.automations
language sql set search_path = ''
as $$ select private.enable_automation(automation_id, enabled) $$;
comment on function public.enable_automation is 'Has an automation act on what happens from now on, or no more. Runs that are under way go on.';

create function private.delete_automation(automation_id uuid) returns public.automations
language plpgsql security definer set search_path = ''
as $$
declare
    automation public.automations := private.own_automation(automation_id, 'automations:write');
begin
    update public.automations a set enabled = false, deleted_at = clock_timestamp() where a.id = automation.id
    returning a.* into automation;
    perform private.audit(automation.organization_id, 'automation.deleted', 'automation', automation.id::text);
    return automation;
end
$$;

create function public.delete_automation(automation_id uuid) returns public.automations
language sql set search_path = ''
as $$ select private.delete_automation(automation_id) $$;
comment on function public.delete_automation is 'Disables an automation for good. Its runs stay on record, and those under way go on.';

-- "What would it do?" A worker answers, since it is the one that acts; nothing else happens.
create function private.dry_run_automation(
    organization_id uuid, automation_id uuid, definition jsonb, event_id uuid, event jsonb
) returns public.operations
language plpgsql security definer set search_path = ''
as $$
declare
    automation public.automations;
    told public.events;
begin
    if automation_id is not null then
        automation := private.own_automation(automation_id, 'automations:read', 'viewer');
        organization_id := automation.organization_id;
    else
        organization_id := private.resolve_organization(organization_id, 'viewer', 'automations:read');
    end if;
    definition := coalesce(definition, automation.definition);
    if definition is null then
        perform private.refuse(400, 'definition_required', 'Name an automation or send a definition.', 'definition');
    elsif (event_id is null) = (event is null) then
        perform private.refuse(400, 'event_required', 'Name an event or send one.', 'event');
    end if;
    perform private.check_definition(definition, organization_id, automation.environment);
    if event_id is not null then
        select * into told from public.events e
        where e.id = dry_run_automation.event_id and e.organization_id = dry_run_automation.organization_id;
        if told.id is null then
            perform private.refuse(404, 'event_not_found', 'There is no such event of yours.', 'event_id');
        end if;
    else
        perform private.check_keys(event, array['type', 'subject_type', 'subject_id', 'environment', 'source', 'occurred_at', 'data'],
            'event');
        perform private.check_present(event, array['type'], 'event');
        perform private.refuse_card_number(event::text, 'event');
        if jsonb_typeof(coalesce(event -> 'data', '{}')) <> 'object' or octet_length(event::text) > 32768 then
            perform private.refuse(400, 'invalid_event', 'The data is an object, and all of it has at most 32 KB.', 'event.data');
        end if;
    end if;
    return private.enqueue_operation(organization_id, 'automation.dry_run', 'automation', automation.id,
        private.without_nulls(jsonb_build_object('automation_id', automation.id, 'definition', definition,
            'event_id', told.id, 'event_created_at', told.created_at, 'event', event)));
end
$$;

create function public.dry_run_automation(
    automation_id uuid default null, definition jsonb default null, event_id uuid default null, event jsonb default null,
    organization_id uuid default null
) returns public.operations
language sql set search_path = ''
as $$ select private.dry_run_automation(organization_id, automation_id, definition, event_id, event) $$;
comment on function public.dry_run_automation is
'What would an automation do with an event? Nothing is done; answers with the operation whose result will say.';

create function private.own_run(run_id uuid) returns public.automation_runs
language plpgsql security definer set search_path = ''
as $$
declare
    run public.automation_runs;
begin
    -- The jobs first and then the steps, as workers lock them.
    perform from private.jobs j join public.automation_steps s on s.id = j.id
    where s.run_id = own_run.run_id order by j.id for update of j;
    select * into run from public.automation_runs r where r.id = own_run.run_id for no key update;
    if run.id is null or not private.may(run.organization_id, 'developer', 'automations:write')
       or not private.keeps_to_key(private.environment_of('automation', run.automation_id)) then
        perform private.refuse(404, 'automation_run_not_found', 'There is no such run of yours.', 'run_id');
    end if;
    return run;
end
$$;

create function private.cancel_automation_run(run_id uuid) returns public.automation_runs
language plpgsql security definer set search_path = ''
as $$
declare
    run public.automation_runs := private.own_run(run_id);
begin
    if run.status <> 'running' then
        return run;
    end if;
    perform private.cancel_steps(run.organization_id, run.id);
    update public.automation_runs r set status = 'cancelled', reason = 'cancelled', finished_at = clock_timestamp()
    where r.id = run.id
    returning r.* into run;
    perform private.audit(run.organization_id, 'automation.run_cancelled', 'automation_run', run.id::text);
    return run;
end
$$;

create function public.cancel_automation_run(run_id uuid) returns public.automation_runs
language sql set search_path = ''
as $$ select private.cancel_automation_run(run_id) $$;
comment on function public.cancel_automation_run is 'Has nothing more done by a run; a step that a worker has in hand may still be done.';

create function private.retry_automation_step(step_id uuid, force boolean) returns public.automation_steps
language plpgsql security definer set search_path = ''
as $$
declare
    step public.automation_steps;
begin
    select * into step from public.automation_steps s where s.id = retry_automation_step.step_id for no key update;
    if step.id is null or not private.may(step.organization_id, 'developer', 'automations:write')
       or not private.keeps_to_key(private.environment_of('automation_run', step.run_id)) then
        perform private.refuse(404, 'automation_step_not_found', 'There is no such step of yours.', 'step_id');
    elsif step.status = 'unknown' and not force then
        perform private.refuse(409, 'outcome_unknown',
            'Nobody knows whether it was done: with force it is done, perhaps once more.', 'force');
    elsif step.status not in ('failed', 'unknown') then
        perform private.refuse(409, 'step_not_failed', format('A step that is %s is not retried.', step.status), 'step_id');
    elsif not private.plan_job(step.id, 'automation.step', step.organization_id, '{}', 5, 10) then
        perform private.refuse(409, 'operation_in_progress', 'A worker is still at it.', 'step_id');
    end if;
    delete from private.dead_jobs d where d.id = step.id;
    update public.automation_steps s set status = 'waiting', due_at = clock_timestamp(), error = null, finished_at = null
    where s.id = step.id
    returning s.* into step;
    update public.automation_runs r set status = 'running', finished_at = null where r.id = step.run_id and r.status <> 'cancelled';
    perform private.audit(step.organization_id, 'automation.step_retried', 'automation_step', step.id::text);
    return step;
end
$$;

create function public.retry_automation_step(step_id uuid, force boolean default false) returns public.automation_steps
language sql set search_path = ''
as $$ select private.retry_automation_step(step_id, coalesce(force, false)) $$;
comment on function public.retry_automation_step is
'Has a step that failed done once more; one of which nobody knows whether it was done, only with force.';

grant execute on function
    private.save_automation(uuid, uuid, text, text, jsonb, boolean, public.environment),
    public.save_automation(text, jsonb, uuid, text, boolean, public.environment, uuid),
    private.enable_automation(uuid, boolean), public.enable_automation(uuid, boolean),
    private.delete_automation(uuid), public.delete_automation(uuid),
    private.dry_run_automation(uuid, uuid, jsonb, uuid, jsonb), public.dry_run_automation(uuid, jsonb, uuid, jsonb, uuid),
    private.cancel_automation_run(uuid), public.cancel_automation_run(uuid),
    private.retry_automation_step(uuid, boolean), public.retry_automation_step(uuid, boolean)
to authenticated, service_role;
