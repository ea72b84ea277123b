-- Who the members are: their addresses lie with Supabase's accounts, which no client reads.

create function private.list_members(organization_id uuid)
returns table (
    user_id uuid, email text, name text, role public.organization_role, created_at timestamptz, last_sign_in_at timestamptz
)
language plpgsql stable security definer set search_path = ''
as $$
declare
    sees_sign_ins boolean;
begin
    organization_id := private.resolve_organization(organization_id, 'viewer', 'organization:read');
    sees_sign_ins := private.may(organization_id, 'admin', 'organization:read');
    return query
    select m.user_id, u.email::text,
        -- People write it themselves.
        nullif(btrim(left(coalesce(u.raw_user_meta_data ->> 'full_name', u.raw_user_meta_data ->> 'name'), 200)), ''),
        m.role, m.created_at,
        case when sees_sign_ins or m.user_id = auth.uid() then u.last_sign_in_at end
    from public.organization_members m join auth.users u on u.id = m.user_id
    where m.organization_id = list_members.organization_id
    order by m.role desc, u.email, m.user_id;
end
$$;

create function public.list_members(organization_id uuid default null)
returns table (
    user_id uuid, email text, name text, role public.organization_role, created_at timestamptz, last_sign_in_at timestamptz
)
language sql stable set search_path = ''
as $$ select * from private.list_members(organization_id) $$;
comment on function public.list_members is
'The members with their addresses, the most powerful first; when each last signed in, only to admins and to themselves.';
grant execute on function private.list_members(uuid), public.list_members(uuid) to authenticated, service_role;
