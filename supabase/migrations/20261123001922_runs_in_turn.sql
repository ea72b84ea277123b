-- Runs of an automation about the same subject begin one after the other: two that begin at once would each count without
-- the other, and more than twenty get through in an hour.

create or replace function private.begin_run(
    automation_id uuid, version integer, event_id uuid, event_created_at timestamptz, reason text, steps jsonb
) returns uuid
language plpgsql security definer set search_path = ''
as $$
declare
    event public.events;
    run public.automation_runs;
begin
    select * into event from public.events e where e.id = begin_run.event_id and e.created_at = begin_run.event_created_at;
    perform pg_advisory_xact_lock(hashtextextended('wasl.runs.' || automation_id::text || event.subject_id::text, 0));
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
