-- What automations and tracked events read and write.

-- name: load_event
select e.id as event_id, e.created_at, e.organization_id, e.type, e.subject_type, e.subject_id, e.environment::text,
    e.data, e.source, e.occurred_at, e.causes
from public.events e
where e.id = %(event_id)s and e.created_at = %(created_at)s

-- name: find_event
select e.id as event_id, e.created_at, e.organization_id, e.type, e.subject_type, e.subject_id, e.environment::text,
    e.data, e.source, e.occurred_at, e.causes
from public.events e
where e.id = %(event_id)s
limit 1

-- name: automations_for
select a.id as automation_id, a.organization_id, a.version, a.definition
from private.automations_for(%(event_id)s, %(created_at)s) a

-- name: load_automation
select a.id as automation_id, a.organization_id, a.version, a.definition
from public.automations a
where a.id = %(automation_id)s and a.organization_id = %(organization_id)s

-- name: begin_run
select private.begin_run(%(automation_id)s, %(version)s, %(event_id)s, %(event_created_at)s, %(reason)s, %(steps)s)

-- name: load_step
select s.id as step_id, s.organization_id, s.run_id, s.kind, s.connection_id, s.status::text, s.input, r.automation_id,
    r.event_id, r.event_type, r.event_created_at, r.subject_type, r.subject_id,
    e.environment::text, array_append(coalesce(e.causes, '{}'), r.automation_id) as causes
from public.automation_steps s
join public.automation_runs r on r.id = s.run_id
left join public.events e on e.id = r.event_id and e.created_at = r.event_created_at
where s.id = %(step_id)s

-- name: end_step
select private.end_step(%(step_id)s, %(status)s, %(result)s, %(error)s, %(attempts)s)

-- name: because_of
select set_config('wasl.causes', %(causes)s, true)

-- name: operation_input
select o.input, o.organization_id, o.connection_id, o.subject_id from public.operations o where o.id = %(operation_id)s

-- name: upsert_lead
select private.keep_lead_of_worker(%(organization_id)s, %(lead)s)

-- name: track_event
select private.track_event_of_worker(%(organization_id)s, %(facts)s, %(environment)s::public.environment)
