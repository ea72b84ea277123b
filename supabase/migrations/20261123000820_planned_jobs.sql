-- Jobs of which there is one for each subject, whoever plans it: their id follows from the subject's (private.derived_id).

-- Says whether the job is new. Nobody is waited for: neither a worker who is ending the same job, nor somebody else who has
-- just planned it. What may be lost by that is planned again by the clock.
create function private.plan_job(
    id uuid, kind text, organization_id uuid, payload jsonb default '{}', priority integer default 5,
    max_attempts integer default 20
) returns boolean
language plpgsql security definer set search_path = ''
as $$
begin
    if exists (select from private.jobs j where j.id = plan_job.id)
       or not pg_try_advisory_xact_lock(hashtextextended(plan_job.id::text, 3)) then
        return false;
    end if;
    insert into private.jobs (id, kind, organization_id, payload, priority, max_attempts)
    values (id, kind, organization_id, payload, priority, max_attempts)
    on conflict do nothing;
    return found;
end
$$;
