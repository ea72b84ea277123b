-- Keys of data subjects and who was erased, on their way to a file beside the backups and back. As the database's owner.

-- name: kept
select private.keys_to_keep(null)

-- name: forget_restored_keys
-- What a backup brought back is no key any more unless the file has it too.
delete from private.subject_keys k where %(organization_id)s::uuid is null or k.organization_id = %(organization_id)s

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
select private.erase_anew(%(organization_id)s)

-- name: unreadable
-- What no key opens any more, or none is known for.
select v.record_type, count(*) from private.personal_values v
where (%(organization_id)s::uuid is null or v.organization_id = %(organization_id)s)
  and not exists (select from private.subject_keys k where k.subject_id = v.subject_id)
group by 1
union all
select 'consent', count(*) from private.consent_evidence e join public.leads l on l.id = e.lead_id
where (%(organization_id)s::uuid is null or l.organization_id = %(organization_id)s)
  and not exists (select from private.subject_keys k where k.subject_id = e.subject_id)
having count(*) > 0
order by 1
