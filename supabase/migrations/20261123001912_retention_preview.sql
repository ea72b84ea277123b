-- What the next run of retention would erase, before it does.

-- Counted no further than to one more than this, so that a large table answers in time.
create function private.expiring_rows(place private.personal_tables, organization_id uuid, keep_days integer) returns bigint
language plpgsql stable security definer set search_path = ''
as $$
declare
    expiring bigint;
begin
    execute format('select count(*) from (select from %s t where t.organization_id = $1
            and t.%I < now() - make_interval(days => $2) and %s and coalesce(%s, true) limit 10001) e',
        place.name, place.age,
        case when place.on_expiry = 'erase' and place.name <> 'public.audit_log'
            then coalesce(private.has_personal_data(place), 'false') else 'true' end,
        coalesce(place.only_when, 'true'))
    into expiring using organization_id, keep_days;
    return expiring;
end
$$;

create function private.preview_retention(organization_id uuid, data_class text, keep_days integer)
returns table (class text, table_name text, rows bigint)
language plpgsql stable security definer set search_path = ''
as $$
begin
    organization_id := private.resolve_organization(organization_id, 'viewer', 'privacy:read');
    if data_class is not null and not exists (select from private.data_classes c where c.class = preview_retention.data_class) then
        perform private.refuse(400, 'invalid_data_class', 'There is no such class of data: retention_plan names them.', 'data_class');
    elsif keep_days not between 1 and 36500 then
        perform private.refuse(400, 'invalid_keep_days', 'It lies between 1 and 36500 days.', 'keep_days');
    end if;
    return query
    select c.class, t.name, private.expiring_rows(t, preview_retention.organization_id,
        coalesce(preview_retention.keep_days, p.keep_days, c.keep_days))
    from private.data_classes c
    join private.personal_tables t on t.class = c.class and t.age is not null
        and (t.on_expiry <> 'nothing' or t.name = 'public.audit_log')
    left join public.retention_periods p on p.data_class = c.class and p.organization_id = preview_retention.organization_id
    where (preview_retention.data_class is null or c.class = preview_retention.data_class)
      and coalesce(preview_retention.keep_days, p.keep_days, c.keep_days) is not null
      and not private.is_held(preview_retention.organization_id, c.class)
    order by c.class, t.name;
end
$$;

create function public.preview_retention(
    data_class text default null, keep_days integer default null, organization_id uuid default null
)
returns table (class text, table_name text, rows bigint)
language sql stable set search_path = ''
as $$ select * from private.preview_retention(organization_id, data_class, keep_days) $$;
comment on function public.preview_retention is
'How many rows the next run of retention would erase, of each table, counted to 10001: as things stand, or of one class were it kept so many days.';
grant execute on function
    private.preview_retention(uuid, text, integer), public.preview_retention(text, integer, uuid)
to authenticated, service_role;
