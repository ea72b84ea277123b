-- What the leader notes of backups by the clock, so that who uses the hub can see that there are some. The backups themselves,
-- and those that were taken by hand, are known to their store alone.

create table private.backup_plan (
    is_only boolean primary key default true check (is_only),
    schedule text not null,
    newest_at timestamptz,
    due_at timestamptz not null,
    seen_at timestamptz not null default clock_timestamp()
);
comment on table private.backup_plan is 'How backups are taken by the clock, as the leader last saw it.';
comment on column private.backup_plan.schedule is 'Five cron fields, in UTC.';
comment on column private.backup_plan.newest_at is 'The moment that the newest backup of the hub in the store shows.';
comment on column private.backup_plan.due_at is 'When the next one is to be taken.';
alter table private.backup_plan enable row level security;

create table private.backup_runs (
    id uuid primary key default private.uuid_v7(),
    began_at timestamptz not null,
    finished_at timestamptz not null default clock_timestamp(),
    backup_id text,
    data_bytes bigint check (data_bytes >= 0)
);
comment on table private.backup_runs is 'Backups that were taken by the clock, or failed. Why one failed stands in the worker''s log.';
comment on column private.backup_runs.backup_id is 'As `wasl backup` names it; null: it failed.';
comment on column private.backup_runs.data_bytes is 'How large it is in the store.';
alter table private.backup_runs enable row level security;

create function private.note_backup_plan(schedule text, newest_at timestamptz, due_at timestamptz) returns void
language sql security definer set search_path = ''
as $$
    insert into private.backup_plan as p (schedule, newest_at, due_at) values (schedule, newest_at, due_at)
    on conflict on constraint backup_plan_pkey do update
    set schedule = excluded.schedule, newest_at = excluded.newest_at, due_at = excluded.due_at, seen_at = clock_timestamp()
$$;

-- Of runs, the last hundred are kept.
create function private.note_backup_run(began_at timestamptz, backup_id text, data_bytes bigint) returns void
language sql security definer set search_path = ''
as $$
    insert into private.backup_runs (began_at, backup_id, data_bytes) values (began_at, backup_id, data_bytes);
    delete from private.backup_runs r where r.id in (select o.id from private.backup_runs o order by o.id desc offset 100);
$$;
grant execute on function
    private.note_backup_plan(text, timestamptz, timestamptz), private.note_backup_run(timestamptz, text, bigint)
to wasl_worker;

create function private.backup_status(organization_id uuid) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
    organization_id := private.resolve_organization(organization_id, 'admin', 'organization:read');
    return jsonb_build_object(
        'plan', (select jsonb_build_object('schedule', p.schedule, 'newest_at', p.newest_at, 'due_at', p.due_at, 'seen_at', p.seen_at)
            from private.backup_plan p),
        'runs', (select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'began_at', r.began_at, 'finished_at', r.finished_at,
                'backup_id', r.backup_id, 'data_bytes', r.data_bytes) order by r.id desc), '[]')
            from (select * from private.backup_runs b order by b.id desc limit 30) r),
        'restores', (select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'whole_hub', s.organization_id is null,
                'backup_id', s.backup_id, 'taken_at', s.taken_at, 'restored_at', s.restored_at, 'resumed_at', s.resumed_at)
                order by s.restored_at desc), '[]')
            from private.restores s where s.organization_id is null or s.organization_id = backup_status.organization_id));
end
$$;

create function public.backup_status(organization_id uuid default null) returns jsonb
language sql stable set search_path = ''
as $$ select private.backup_status(organization_id) $$;
comment on function public.backup_status is
'What is known of backups by the clock and of restores: {plan: {schedule, newest_at, due_at, seen_at}, runs, restores}; plan null: none was ever set up.';
grant execute on function private.backup_status(uuid), public.backup_status(uuid) to authenticated, service_role;
