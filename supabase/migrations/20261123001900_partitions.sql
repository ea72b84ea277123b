-- The tables that grow with traffic are partitioned by time: partitions are made ahead and dropped when old.
-- They live in `private`, so the Data API shows the parent tables only.

create table private.partitioned_tables (
    name text primary key,
    step interval not null,
    keep interval not null
);
comment on table private.partitioned_tables is 'How finely each table is cut and how long its rows are kept.';
alter table private.partitioned_tables enable row level security;
insert into private.partitioned_tables (name, step, keep) values
    ('integration_logs', '1 day', '30 days'),
    ('webhook_events', '1 day', '90 days'),
    ('integration_health', '1 month', '13 months');
grant select, update (keep) on private.partitioned_tables to wasl_worker;

-- Makes the partitions that begin up to `ahead` from now. Returns how many were new.
create function private.make_partitions(ahead interval default '7 days') returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    kind private.partitioned_tables;
    start_at timestamptz;
    partition_name text;
    made integer := 0;
begin
    for kind in select * from private.partitioned_tables loop
        start_at := date_trunc(case when kind.step = interval '1 month' then 'month' else 'day' end, now() - kind.step, 'UTC');
        while start_at <= now() + ahead loop
            partition_name := kind.name || '_' || to_char(start_at at time zone 'UTC', 'YYYYMMDD');
            if to_regclass('private.' || quote_ident(partition_name)) is null then
                execute format('create table private.%I partition of public.%I for values from (%L) to (%L)',
                    partition_name, kind.name, start_at,
                    (start_at at time zone 'UTC' + kind.step) at time zone 'UTC');
                execute format('alter table private.%I enable row level security', partition_name);
                made := made + 1;
            end if;
            start_at := (start_at at time zone 'UTC' + kind.step) at time zone 'UTC';
        end loop;
    end loop;
    return made;
end
$$;

-- Drops the partitions all of whose rows are older than their table keeps. Returns their names.
create function private.drop_old_partitions() returns setof text
language plpgsql security definer set search_path = ''
as $$
declare
    old_partition record;
begin
    for old_partition in
        select child.relname::text as name
        from private.partitioned_tables kind
        join pg_catalog.pg_inherits i on i.inhparent = to_regclass('public.' || quote_ident(kind.name))
        join pg_catalog.pg_class child on child.oid = i.inhrelid
        where (to_date(right(child.relname, 8), 'YYYYMMDD')::timestamp + kind.step) at time zone 'UTC' < now() - kind.keep
    loop
        execute format('drop table private.%I', old_partition.name);
        return next old_partition.name;
    end loop;
end
$$;
grant execute on function private.make_partitions(interval), private.drop_old_partitions() to wasl_worker;

select private.make_partitions();
