-- The tables that grow with traffic are partitioned by time: partitions are made ahead and dropped when old.
-- They live in `private`, so the Data API shows the parent tables only.

create table private.partitioned_tables (
    name text primary key,
    step interval not null check (step in ('1 day', '1 month')),
    keep interval not null check (keep >= '1 day')
);
comment on table private.partitioned_tables is 'How finely each table is cut and how long its rows are kept.';
alter table private.partitioned_tables enable row level security;
insert into private.partitioned_tables (name, step, keep) values
    ('integration_logs', '1 day', '30 days'),
    ('webhook_events', '1 day', '90 days'),
    ('events', '1 day', '90 days'),
    ('integration_analytics', '1 month', '13 months'),
    ('webhook_deliveries', '1 day', '90 days'),
    ('webhook_delivery_attempts', '1 day', '30 days'),
    ('integration_health', '1 month', '13 months');
grant select, update (keep) on private.partitioned_tables to wasl_worker;

comment on column private.partitioned_tables.step is '1 day or 1 month, in UTC.';

-- Made first and attached then: readers and writers of the table go on meanwhile, as with `create table … partition of`
-- they could not. Rows are compressed only beyond 8 KB instead of 2: of a webhook of 2 KB that took a third of the
-- database's work to keep it, for a quarter of its room.
create function private.make_partition(parent text, start_at timestamptz, end_at timestamptz) returns boolean
language plpgsql security definer set search_path = '' set lock_timeout = '5s'
as $$
declare
    name text := parent || '_' || to_char(start_at at time zone 'UTC', 'YYYYMMDD');
begin
    if to_regclass('private.' || quote_ident(name)) is not null then
        return false;
    end if;
    execute format('create table private.%I (like public.%I including all) with (toast_tuple_target = 8160)', name, parent);
    execute format('alter table private.%I enable row level security', name);
    execute format('alter table public.%I attach partition private.%I for values from (%L) to (%L)',
        parent, name, start_at, end_at);
    return true;
end
$$;

-- Makes the partitions that begin up to `ahead` from now, and the present and the last one. Returns how many were new.
create function private.make_partitions(ahead interval default '7 days') returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    kind private.partitioned_tables;
    -- Steps are counted in UTC, which knows no summer time.
    start_at timestamp;
    made integer := 0;
begin
    -- Two workers at once: the second finds what the first has made.
    perform pg_advisory_xact_lock(hashtextextended('wasl.partitions', 0));
    for kind in select * from private.partitioned_tables loop
        start_at := date_trunc(case when kind.step = interval '1 month' then 'month' else 'day' end,
            (now() at time zone 'UTC') - kind.step);
        while start_at <= (now() at time zone 'UTC') + ahead loop
            made := made + private.make_partition(
                kind.name, start_at at time zone 'UTC', (start_at + kind.step) at time zone 'UTC')::integer;
            start_at := start_at + kind.step;
        end loop;
    end loop;
    return made;
end
$$;

create table private.dropped_partitions (
    name text not null,
    dropped_at timestamptz not null default clock_timestamp(),
    estimated_rows bigint not null,
    primary key (name, dropped_at)
);
comment on table private.dropped_partitions is 'What has expired as a whole: its rows as Postgres last counted them.';
alter table private.dropped_partitions enable row level security;

-- Drops the partitions all of whose rows are older than their table keeps. Returns their names.
create function private.drop_old_partitions() returns setof text
language plpgsql security definer set search_path = '' set lock_timeout = '5s'
as $$
declare
    old_partition record;
begin
    for old_partition in
        select child.relname::text as name, greatest(child.reltuples, 0)::bigint as estimated_rows
        from private.partitioned_tables kind
        join pg_catalog.pg_inherits i on i.inhparent = to_regclass('public.' || quote_ident(kind.name))
        join pg_catalog.pg_class child on child.oid = i.inhrelid
        where (to_date(right(child.relname, 8), 'YYYYMMDD')::timestamp + kind.step) at time zone 'UTC' < now() - kind.keep
    loop
        execute format('drop table private.%I', old_partition.name);
        insert into private.dropped_partitions (name, estimated_rows) values (old_partition.name, old_partition.estimated_rows);
        return next old_partition.name;
    end loop;
end
$$;
grant execute on function private.make_partitions(interval), private.drop_old_partitions() to wasl_worker;

select private.bind_environments();
select private.make_partitions();
