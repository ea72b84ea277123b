-- Connections: what is needed to call their providers, and what workers tell of them.

-- name: load_connection
select c.id, c.organization_id, c.provider_key, c.environment::text, c.status::text, c.settings, c.credentials_version
from public.integration_connections c
where c.id = %(connection_id)s

-- name: needs_attention
-- The provider refuses the credentials: the connection waits for a person, who is told once.
with marked as (
    update public.integration_connections c
    set status = 'needs_attention', last_error = %(error)s
    where c.id = %(connection_id)s and c.status in ('active', 'needs_attention')
    returning c.id, c.organization_id, c.name, c.provider_key
)
insert into public.alerts (organization_id, connection_id, kind, group_key, severity, title, detail)
select m.organization_id, m.id, 'connection.needs_attention', 'connection.needs_attention:' || m.id, 'critical',
    format('%%s refuses the credentials of %%s', m.provider_key, m.name),
    jsonb_build_object('connection_id', m.id, 'error', %(error)s::jsonb)
from marked m
on conflict (organization_id, group_key) where status <> 'resolved' do update
set occurrences = alerts.occurrences + 1, last_seen_at = now(), detail = excluded.detail

-- name: connection_of_operation
select c.id, c.organization_id, c.provider_key, c.environment::text, c.status::text, c.settings, c.credentials_version
from public.operations o
join public.integration_connections c on c.id = o.connection_id
where o.id = %(operation_id)s
