-- Keys of data subjects and who was erased, on their way to a file beside the backups and back. As the database's owner.

-- name: kept
select jsonb_build_object('kind', 'blind_key', 'organization_id', b.organization_id, 'key', encode(b.key, 'base64'))
from private.blind_keys b
union all
select jsonb_build_object('kind', 'subject_key', 'organization_id', k.organization_id, 'subject_id', k.subject_id,
    'key', encode(k.key, 'base64'), 'created_at', k.created_at)
from private.subject_keys k
union all
select jsonb_build_object('kind', 'erased', 'organization_id', e.organization_id, 'index', encode(e.subject_index, 'base64'),
    'erased_at', e.erased_at)
from private.erased_subjects e
union all
select jsonb_build_object('kind', 'restricted', 'organization_id', r.organization_id, 'index', encode(r.subject_index, 'base64'),
    'restricted_at', r.restricted_at)
from private.restricted_subjects r
union all
select jsonb_build_object('kind', 'deleted_lead', 'organization_id', l.organization_id, 'lead_id', l.id)
from public.leads l where l.status = 'deleted'

-- name: forget_restored_keys
-- What a backup brought back is no key any more unless the file has it too.
delete from private.subject_keys

-- name: restore_blind_keys
insert into private.blind_keys as b (organization_id, key)
select g.organization_id, decode(g.key, 'base64')
from jsonb_to_recordset(%(lines)s) g (kind text, organization_id uuid, key text)
where g.kind = 'blind_key' and exists (select from public.organizations o where o.id = g.organization_id)
on conflict on constraint blind_keys_pkey do update set key = excluded.key

-- name: restore_subject_keys
insert into private.subject_keys (subject_id, organization_id, key, created_at)
select g.subject_id, g.organization_id, decode(g.key, 'base64'), g.created_at
from jsonb_to_recordset(%(lines)s) g (kind text, organization_id uuid, subject_id uuid, key text, created_at timestamptz)
where g.kind = 'subject_key' and exists (select from public.organizations o where o.id = g.organization_id)
on conflict do nothing

-- name: restore_erased
insert into private.erased_subjects as e (organization_id, subject_index, erased_at)
select g.organization_id, decode(g.index, 'base64'), g.erased_at
from jsonb_to_recordset(%(lines)s) g (kind text, organization_id uuid, index text, erased_at timestamptz)
where g.kind = 'erased' and exists (select from public.organizations o where o.id = g.organization_id)
on conflict do nothing

-- name: restore_restricted
insert into private.restricted_subjects as r (organization_id, subject_index, restricted_at)
select g.organization_id, decode(g.index, 'base64'), g.restricted_at
from jsonb_to_recordset(%(lines)s) g (kind text, organization_id uuid, index text, restricted_at timestamptz)
where g.kind = 'restricted' and exists (select from public.organizations o where o.id = g.organization_id)
on conflict do nothing

-- name: erase_deleted_leads
select private.erase_leads(array(
    select g.lead_id from jsonb_to_recordset(%(lines)s) g (kind text, lead_id uuid) where g.kind = 'deleted_lead'))

-- name: erase_anew
select private.erase_anew()
