-- Erasing by the catalogue: what one person asks to have erased, what had to wait, and what is older than its class is kept.

create table private.postponed_erasures (
    table_name text not null,
    record_id uuid not null,
    organization_id uuid not null references public.organizations (id) on delete cascade,
    due_at timestamptz not null,
    primary key (table_name, record_id)
);
comment on table private.postponed_erasures is
'Rows of people who were erased that had to stay, because of a law or because they were still needed: a leader erases them then.';
create index postponed_erasures_by_organization on private.postponed_erasures (organization_id);
create index postponed_erasures_due on private.postponed_erasures (due_at);
alter table private.postponed_erasures enable row level security;

-- (t.a, t.b) is distinct from (null, '{}'): whether a row still has what erasing takes away. Values of type json are
-- compared as texts: they cannot be otherwise.
create function private.has_personal_data(place private.personal_tables) returns text
language sql stable security definer set search_path = ''
as $$
    select case place.erase when 'lead' then $s$t.status <> 'deleted'$s$ else (
        select format('((%s) is distinct from (%s)',
            string_agg(format('t.%I', d.column_name) || c.as_text, ', ' order by d.column_name),
            string_agg(d.erased_as || c.as_text, ', ' order by d.column_name))
            || case when place.sealed then ' or exists (select from private.personal_values v where v.subject_id = t.id))' else ')' end
        from private.personal_data d
        join lateral (
            select case a.atttypid when 'json'::regtype then '::text' else '' end as as_text
            from pg_attribute a where a.attrelid = d.table_name::regclass and a.attname = d.column_name) c on true
        where d.table_name = place.name and d.erased_as is not null) end
$$;

create function private.erase_leads(ids uuid[]) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    lead public.leads;
begin
    for lead in select l.* from public.leads l where l.id = any (ids) order by l.id for no key update loop
        perform private.erase_lead(lead);
    end loop;
    return cardinality(ids);
end
$$;

-- Erases at most so many rows of an organization that meet a condition on t, and says how many these were. Everything here
-- is by the catalogue, whose texts only migrations write.
create function private.erase_rows(place private.personal_tables, organization_id uuid, condition text, most integer)
returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    ids uuid[];
    changes text;
begin
    execute format('select array(select t.id from %s t where t.organization_id = $1 and %s and %s and coalesce(%s, true) limit $2)',
        place.name, condition, private.has_personal_data(place), coalesce(place.only_when, 'true'))
    into ids using organization_id, most;
    if cardinality(ids) = 0 then
        return 0;
    elsif place.erase = 'lead' then
        return private.erase_leads(ids);
    end if;
    select string_agg(format('%I = %s', d.column_name, d.erased_as), ', ') into changes
    from private.personal_data d where d.table_name = place.name and d.erased_as is not null;
    execute format('update %s t set %s where t.organization_id = $1 and t.id = any ($2)', place.name, changes)
    using organization_id, ids;
    if place.sealed then
        perform private.forget_personal(variadic ids);
    end if;
    return cardinality(ids);
end
$$;

-- That a row is about the person of a request, as a condition on t.
create function private.about_subject(place private.personal_tables, request_id uuid) returns text
language sql stable set search_path = ''
as $$
    select format('t.%I in (select r.record_id from private.subject_records r where r.request_id = %L and r.record_type = any (%L))',
        place.subject_column, request_id, place.record_types)
$$;

-- That the law does not want a row kept any more.
create function private.past_floor(place private.personal_tables) returns text
language sql stable security definer set search_path = ''
as $$
    select case when c.floor_days > 0 and place.age is not null
        then format('t.%I < now() - interval ''%s days''', place.age, c.floor_days) else 'true' end
    from private.data_classes c where c.class = place.class
$$;

-- One bite of a person's rows; says whether none is left. What has to stay is counted, and noted for later.
create function private.erase_of_subject(step public.data_subject_steps, most integer) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
    place private.personal_tables;
    class private.data_classes;
    held boolean;
    erased integer := 0;
    left_over bigint;
begin
    select * into place from private.personal_tables t where t.name = step.place;
    select * into class from private.data_classes c where c.class = place.class;
    held := private.is_held(step.organization_id, place.class);
    if not held then
        erased := private.erase_rows(place, step.organization_id,
            private.about_subject(place, step.request_id) || ' and ' || private.past_floor(place), most);
    end if;
    if erased = most then
        update public.data_subject_steps s set rows = s.rows + erased where s.id = step.id;
        return false;
    end if;
    execute format('insert into private.postponed_erasures (table_name, record_id, organization_id, due_at)
        select %L, t.id, t.organization_id, greatest(now() + interval ''1 day'', %s) from %s t
        where t.organization_id = $1 and %s and %s on conflict do nothing',
        place.name, case when class.floor_days > 0 and place.age is not null
            then format('t.%I + interval ''%s days''', place.age, class.floor_days) else 'now()' end,
        place.name, private.about_subject(place, step.request_id), private.has_personal_data(place))
    using step.organization_id;
    get diagnostics left_over = row_count;
    update public.data_subject_steps s set rows = s.rows + erased, kept = left_over, finished_at = clock_timestamp(),
        completed_by = private.actor(),
        status = case when left_over > 0 and s.rows + erased = 0 then 'kept' else 'done' end::public.subject_step_status,
        note = case when left_over = 0 then null when held then 'A legal hold stands; erased once it ends.'
            when class.floor_days > 0 then class.basis || ' Erased after that.' else 'Still needed; erased once that is over.' end
    where s.id = step.id;
    return true;
end
$$;

-- What had to wait, once it need not any more: one bite. Says how many rows it looked at.
create function private.erase_postponed(most integer) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    due record;
    place private.personal_tables;
    looked integer := 0;
begin
    for due in
        with picked as (
            select p.table_name, p.record_id, p.organization_id from private.postponed_erasures p
            where p.due_at <= now() order by p.due_at limit most for update skip locked
        )
        select p.table_name, p.organization_id, array_agg(p.record_id) as ids from picked p group by 1, 2 order by 1, 2
    loop
        looked := looked + cardinality(due.ids);
        select * into place from private.personal_tables t where t.name = due.table_name;
        if not private.is_held(due.organization_id, place.class) then
            perform private.erase_rows(place, due.organization_id,
                format('t.id = any (%L::uuid[]) and %s', due.ids, private.past_floor(place)), most);
        end if;
        execute format('delete from private.postponed_erasures p where p.table_name = %L and p.record_id = any ($1)
            and not exists (select from %s t where t.id = p.record_id and %s)', place.name, place.name, private.has_personal_data(place))
        using due.ids;
        update private.postponed_erasures p set due_at = now() + interval '1 day'
        where p.table_name = place.name and p.record_id = any (due.ids);
    end loop;
    return looked;
end
$$;

create index automation_steps_by_age on public.automation_steps (organization_id, finished_at);
create index social_comments_by_age on public.social_comments (organization_id, commented_at);

-- Which table has something that is older than an organization keeps it. Each is one look into an index by organization and
-- age, so that it costs little with thousands of organizations; `limit` keeps the planner from joining whole tables instead.
-- What has been erased before and stays is looked at again.
create function private.due_retention() returns table (organization_id uuid, table_name text)
language plpgsql stable security definer set search_path = ''
as $$
declare
    place private.personal_tables;
    oldest text;
begin
    for place in
        select t.* from private.personal_tables t
        where t.age is not null and (t.on_expiry <> 'nothing' or t.name = 'public.audit_log') order by t.name
    loop
        oldest := case when place.name = 'public.audit_log'
            then '(select a.occurred_at from public.audit_log a where a.organization_id = k.id order by a.sequence limit 1) t
                  where t.occurred_at < k.older_than'
            else format('%s t where t.organization_id = k.id and t.%I < k.older_than and t.%I < k.older_than',
                place.name, place.age, coalesce(place.not_before, place.age)) end;
        return query execute format($s$
            with kept as (
                select o.id, now() - make_interval(days => coalesce(p.keep_days, c.keep_days)) as older_than
                from public.organizations o
                join private.data_classes c on c.class = $1
                left join public.retention_periods p on p.organization_id = o.id and p.data_class = $1
                where coalesce(p.keep_days, c.keep_days) is not null and not exists (
                    select from public.legal_holds h
                    where h.organization_id = o.id and h.data_class = $1 and (h.ends_at is null or h.ends_at > now()))
            )
            select k.id, $2 from kept k cross join lateral (select from %s limit 1) found$s$, oldest)
        using place.class, place.name;
    end loop;
end
$$;

-- The oldest lines go, and the next one stays bound to the last of them.
create function private.expire_audit_lines(organization_id uuid, older_than timestamptz, most integer) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    last_line public.audit_log;
    gone integer;
begin
    perform pg_advisory_xact_lock(hashtextextended('wasl.audit.' || organization_id::text, 0));
    select * into last_line from (
        select a.* from public.audit_log a
        where a.organization_id = expire_audit_lines.organization_id order by a.sequence limit most) a
    where a.occurred_at < older_than order by a.sequence desc limit 1;
    if last_line.id is null then
        return 0;
    end if;
    insert into private.audit_anchors as n (organization_id, sequence, hash)
    values (organization_id, last_line.sequence, last_line.hash)
    on conflict on constraint audit_anchors_pkey do update
    set sequence = excluded.sequence, hash = excluded.hash, moved_at = clock_timestamp();
    delete from public.audit_log a
    where a.organization_id = expire_audit_lines.organization_id and a.sequence <= last_line.sequence;
    get diagnostics gone = row_count;
    return gone;
end
$$;

-- One bite of what is older than an organization keeps it; says how many rows that were.
create function private.expire_rows(organization_id uuid, table_name text, most integer) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    place private.personal_tables;
    keep integer;
    condition text;
    gone integer := 0;
begin
    select * into place from private.personal_tables t where t.name = expire_rows.table_name;
    select coalesce(p.keep_days, c.keep_days) into keep
    from private.data_classes c
    left join public.retention_periods p on p.data_class = c.class and p.organization_id = expire_rows.organization_id
    where c.class = place.class;
    if keep is null or place.age is null or private.is_held(organization_id, place.class) then
        return 0;
    end if;
    condition := format('t.%I < now() - interval ''%s days''', place.age, keep);
    if place.name = 'public.audit_log' then
        gone := private.expire_audit_lines(organization_id, now() - make_interval(days => keep), most);
    elsif place.on_expiry = 'delete' then
        execute format('delete from %s t where t.organization_id = $1 and t.id = any (array(
                select t.id from %s t where t.organization_id = $1 and %s and coalesce(%s, true) limit $2))',
            place.name, place.name, condition, coalesce(place.only_when, 'true'))
        using organization_id, most;
        get diagnostics gone = row_count;
    elsif place.on_expiry = 'erase' then
        gone := private.erase_rows(place, organization_id, condition, most);
    end if;
    if gone > 0 then
        insert into public.retention_runs as r (organization_id, day, table_name, data_class, rows)
        values (organization_id, (now() at time zone 'UTC')::date, place.name, place.class, gone)
        on conflict on constraint retention_runs_pkey do update set rows = r.rows + excluded.rows;
    end if;
    return gone;
end
$$;
grant execute on function
    private.due_retention(), private.expire_rows(uuid, text, integer), private.erase_postponed(integer)
to wasl_worker;
