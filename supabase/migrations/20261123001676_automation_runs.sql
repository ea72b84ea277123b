-- Automations at work: a run for each event, and its steps. None leads to itself, and none runs away.

-- Why a run may not go on; null: it may.
create function private.reason_to_skip(automation_id uuid, event public.events) returns text
language plpgsql stable security definer set search_path = ''
as $$
begin
    if automation_id = any (event.causes) then
        return 'loop';
    elsif cardinality(event.causes) > 5 then
        return 'too_deep';
    elsif event.subject_id is not null and (
            select count(*) from (
                select from public.automation_runs r
                where r.subject_id = event.subject_id and r.automation_id = reason_to_skip.automation_id
                  and r.started_at > clock_timestamp() - interval '1 hour' and r.status <> 'skipped'
                limit 20) lately) >= 20 then
        return 'too_often';
    end if;
    return null;
end
$$;

create function private.tell_of_run(run public.automation_runs) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    group_key constant text := format('automation.too_often:%s:%s', run.automation_id, run.subject_id);
begin
    if run.reason = 'too_often' then
        perform private.raise_alert(run.organization_id, null, 'automation.too_often', group_key, 'warning',
            format('The automation %s has run 20 times about the same subject within an hour, and is held back', a.name),
            jsonb_build_object('automation_id', a.id, 'run_id', run.id, 'subject_type', run.subject_type, 'subject_id', run.subject_id))
        from public.automations a where a.id = run.automation_id;
    elsif run.status = 'running' then
        perform private.end_alert(run.organization_id, group_key);
    end if;
end
$$;

-- Begins the run of an automation for an event, once: the same again answers the first. With a reason nothing is done. `steps`:
-- [{kind, connection_id, input, due_at or after_seconds, status (skipped, where its conditions do not hold)}], by position.
create function private.begin_run(
    automation_id uuid, version integer, event_id uuid, event_created_at timestamptz, reason text, steps jsonb
) returns uuid
language plpgsql security definer set search_path = ''
as $$
declare
    event public.events;
    run public.automation_runs;
begin
    select * into event from public.events e where e.id = begin_run.event_id and e.created_at = begin_run.event_created_at;
    reason := coalesce(reason, private.reason_to_skip(automation_id, event));
    insert into public.automation_runs as r (organization_id, automation_id, version, event_id, event_type, event_created_at,
        subject_type, subject_id, status, reason, finished_at)
    select a.organization_id, a.id, begin_run.version, event.id, event.type, event.created_at, event.subject_type,
        event.subject_id, case when begin_run.reason is null then 'running' else 'skipped' end::public.automation_run_status,
        begin_run.reason, case when begin_run.reason is not null then clock_timestamp() end
    from public.automations a where a.id = begin_run.automation_id and a.organization_id = event.organization_id
    on conflict on constraint automation_runs_automation_id_event_id_key do nothing
    returning r.* into run;
    if run.id is null then
        return (select r.id from public.automation_runs r
                where r.automation_id = begin_run.automation_id and r.event_id = begin_run.event_id);
    end if;
    perform private.tell_of_run(run);
    if run.status = 'running' then
        perform private.put_steps(run, steps);
        perform private.end_run(run.id);
    end if;
    return run.id;
end
$$;

create function private.put_steps(run public.automation_runs, steps jsonb) returns void
language plpgsql security definer set search_path = ''
as $$
begin
    with put as (
        insert into public.automation_steps as s (organization_id, run_id, position, kind, connection_id, status, due_at, input,
            finished_at)
        select run.organization_id, run.id, e.ordinality - 1, e.value ->> 'kind', (e.value ->> 'connection_id')::uuid,
            coalesce(e.value ->> 'status', 'waiting')::public.automation_step_status,
            coalesce((e.value ->> 'due_at')::timestamptz,
                clock_timestamp() + make_interval(secs => coalesce((e.value ->> 'after_seconds')::float8, 0))),
            coalesce(nullif(e.value -> 'input', 'null'), '{}'),
            case when e.value ->> 'status' = 'skipped' then clock_timestamp() end
        from jsonb_array_elements(coalesce(nullif(steps, 'null'), '[]')) with ordinality e
        returning s.id, s.organization_id, s.due_at, s.status
    )
    insert into private.jobs (id, kind, organization_id, priority, run_at, max_attempts)
    select p.id, 'automation.step', p.organization_id, 5, p.due_at, 10 from put p where p.status = 'waiting'
    order by p.id;
end
$$;

-- The run ends with its last step.
create function private.end_run(run_id uuid) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    run public.automation_runs;
begin
    select * into run from public.automation_runs r where r.id = end_run.run_id for no key update;
    if run.status <> 'running' or exists (
            select from public.automation_steps s
            where s.organization_id = run.organization_id and s.run_id = run.id and s.status = 'waiting') then
        return;
    end if;
    update public.automation_runs r set finished_at = clock_timestamp(), status = case when exists (
            select from public.automation_steps s where s.organization_id = run.organization_id and s.run_id = run.id
              and s.status in ('failed', 'unknown')) then 'failed' else 'finished' end::public.automation_run_status
    where r.id = run.id
    returning r.* into run;
    if run.status = 'finished' then
        perform private.end_alert(run.organization_id, 'automation.failed:' || run.automation_id);
    end if;
end
$$;

-- How a step ended: succeeded, failed, unknown, skipped or cancelled. The other steps go on; somebody is told once for a run.
create function private.end_step(step_id uuid, status text, result jsonb, error jsonb, attempts integer default null) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    run public.automation_runs;
    step public.automation_steps;
begin
    -- The job first, as whoever cancels the run does; and the run, so that of the two last steps that end at once, one sees
    -- the other.
    perform from private.jobs j where j.id = end_step.step_id for update;
    select r.* into run from public.automation_steps s
    join public.automation_runs r on r.organization_id = s.organization_id and r.id = s.run_id
    where s.id = end_step.step_id for no key update of r;
    update public.automation_steps s set status = end_step.status::public.automation_step_status,
        result = nullif(end_step.result, 'null'), error = nullif(end_step.error, 'null'), finished_at = clock_timestamp(),
        attempts = coalesce(end_step.attempts, s.attempts)
    where s.id = end_step.step_id and s.status = 'waiting'
    returning s.* into step;
    if step.id is null then
        return;
    end if;
    if step.status in ('failed', 'unknown') and not exists (
            select from public.automation_steps s where s.organization_id = run.organization_id and s.run_id = run.id
              and s.id <> step.id and s.status in ('failed', 'unknown')) then
        perform private.raise_alert(run.organization_id, step.connection_id, 'automation.failed',
            'automation.failed:' || run.automation_id, 'warning', format('The automation %s has failed: %s', a.name, step.kind),
            jsonb_build_object('automation_id', a.id, 'run_id', run.id, 'step_id', step.id, 'kind', step.kind, 'error', step.error))
        from public.automations a where a.id = run.automation_id;
    end if;
    perform private.end_run(run.id);
end
$$;

-- Steps that wait are not done; of one that a worker has in hand, the worker decides.
create function private.cancel_steps(organization_id uuid, run_id uuid) returns void
language plpgsql security definer set search_path = ''
as $$
begin
    update private.jobs j set cancel_requested = true
    from public.automation_steps s
    where s.organization_id = cancel_steps.organization_id and s.run_id = cancel_steps.run_id and j.id = s.id
      and j.claim_id is not null;
    with gone as (
        delete from private.jobs j using public.automation_steps s
        where s.organization_id = cancel_steps.organization_id and s.run_id = cancel_steps.run_id and j.id = s.id
          and j.claim_id is null
    )
    update public.automation_steps s set status = 'cancelled', finished_at = clock_timestamp()
    where s.organization_id = cancel_steps.organization_id and s.run_id = cancel_steps.run_id and s.status = 'waiting'
      and not exists (select from private.jobs j where j.id = s.id and j.claim_id is not null);
end
$$;

-- For forget_lead: nothing more is done about the subject, and what was done with is not kept.
create function private.drop_steps_about(organization_id uuid, subject_type text, subject_id uuid) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    run public.automation_runs;
begin
    for run in
        select r.* from public.automation_runs r
        where r.subject_id = drop_steps_about.subject_id and r.subject_type = drop_steps_about.subject_type
          and r.organization_id = drop_steps_about.organization_id
    loop
        if run.status = 'running' then
            perform from private.jobs j join public.automation_steps s on s.id = j.id
            where s.run_id = run.id order by j.id for update of j;
            perform private.cancel_steps(run.organization_id, run.id);
            update public.automation_runs r set status = 'cancelled', reason = 'subject_deleted', finished_at = clock_timestamp()
            where r.id = run.id;
        end if;
        update public.automation_steps s set input = '{}', result = null
        where s.organization_id = run.organization_id and s.run_id = run.id;
    end loop;
end
$$;

-- A job that was given up is a step that failed.
create function private.end_dead_step() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    perform private.end_step(new.id,
        case when new.last_error ->> 'code' = 'outcome_unknown' then 'unknown' else 'failed' end, null,
        coalesce(new.last_error, jsonb_build_object('code', 'given_up', 'message', 'It was given up.')), new.attempt);
    return null;
end
$$;
create trigger dead_jobs_end_step after insert or update on private.dead_jobs
for each row when (new.kind = 'automation.step') execute function private.end_dead_step();

grant execute on function
    private.begin_run(uuid, integer, uuid, timestamptz, text, jsonb), private.end_step(uuid, text, jsonb, jsonb, integer)
to wasl_worker;
