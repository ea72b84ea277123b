-- Labels and papers: kept in the database until the object store has them.

-- name: keep_documents
-- The same file of the same shipment is kept once. Each becomes a job of its own that moves it to the object store.
with given as (
    select private.uuid_v7() as id, d.kind, d.format, d.tracking_number, d.sha256, decode(d.content, 'base64') as content
    from jsonb_to_recordset(%(documents)s) d (kind text, format text, tracking_number text, sha256 text, content text)
),
new as (
    insert into public.shipment_documents (id, organization_id, shipment_id, manifest_id, kind, format, tracking_number,
        path, sha256, bytes)
    select g.id, %(organization_id)s, %(shipment_id)s, %(manifest_id)s, g.kind, g.format, g.tracking_number,
        concat_ws('/', %(organization_id)s::uuid, coalesce(%(shipment_id)s::uuid, %(manifest_id)s::uuid), g.id) || '.' || g.format,
        g.sha256, octet_length(g.content)
    from given g
    where not exists (
        select from public.shipment_documents d
        where d.organization_id = %(organization_id)s and d.kind = g.kind and d.sha256 = g.sha256
          and d.shipment_id is not distinct from %(shipment_id)s::uuid
          and d.manifest_id is not distinct from %(manifest_id)s::uuid)
    returning id
),
contents as (
    insert into private.document_contents (document_id, content)
    select g.id, g.content from given g join new n on n.id = g.id
)
insert into private.jobs (id, kind, organization_id, priority)
select n.id, 'document.store', %(organization_id)s, 1 from new n

-- name: load_document
-- Its bytes come along while the object store does not have them.
select d.id as document_id, d.organization_id, d.shipment_id, d.kind, d.format, d.path, d.sha256, d.stored_at, c.content
from public.shipment_documents d
left join private.document_contents c on c.document_id = d.id
where d.id = %(document_id)s

-- name: of_operation
-- What an operation about papers is about, and what was asked.
select o.organization_id, o.subject_id, o.input from public.operations o where o.id = %(operation_id)s

-- name: mark_stored
with moved as (
    delete from private.document_contents c where c.document_id = %(document_id)s
)
update public.shipment_documents d set stored_at = coalesce(d.stored_at, clock_timestamp()) where d.id = %(document_id)s

-- name: labels_of
-- One label each, in the order in which the shipments were named: all its parcels' labels, the latest file of each.
select d.id as document_id, d.organization_id, d.shipment_id, d.kind, d.format, d.path, d.sha256, d.stored_at, c.content
from unnest(%(shipment_ids)s::uuid[]) with ordinality as wanted (shipment_id, place)
join (
    select distinct on (l.shipment_id, l.tracking_number) l.*
    from public.shipment_documents l
    where l.organization_id = %(organization_id)s and l.shipment_id = any (%(shipment_ids)s) and l.kind = 'label'
    order by l.shipment_id, l.tracking_number, l.created_at desc
) d on d.shipment_id = wanted.shipment_id
left join private.document_contents c on c.document_id = d.id
order by wanted.place, d.created_at, d.id

-- name: keep_stored
-- A file that the object store has already; the same file again changes nothing.
insert into public.shipment_documents (id, organization_id, kind, format, path, sha256, bytes, stored_at)
values (%(document_id)s::uuid, %(organization_id)s::uuid, %(kind)s, %(format)s, %(path)s, %(digest)s, %(bytes)s::integer,
    clock_timestamp())
on conflict do nothing

-- name: load_manifest
select m.id as manifest_id, m.organization_id, m.created_at, c.name as carrier, p.name as provider,
    (
        select s.origin || coalesce(private.personal(s.id) -> 'sender', '{}')
        from public.shipments s where s.organization_id = m.organization_id and s.manifest_id = m.id
        order by s.created_at, s.id limit 1
    ) as sender,
    (
        select jsonb_agg(jsonb_build_object(
            'tracking_number', s.tracking_number, 'reference', s.reference, 'city', s.destination ->> 'city',
            'country', s.destination ->> 'country', 'parcels', jsonb_array_length(s.parcels),
            'weight_kg', (select sum((e ->> 'weight_kg')::numeric)::text from jsonb_array_elements(s.parcels) e),
            'cash', s.cash_on_delivery_amount::numeric::text, 'currency', s.currency) order by s.created_at, s.id)
        from public.shipments s where s.organization_id = m.organization_id and s.manifest_id = m.id
    ) as shipments
from public.operations o
join public.shipping_manifests m on m.id = o.subject_id
join public.integration_connections c on c.id = m.connection_id
join public.integration_providers p on p.key = c.provider_key
where o.id = %(operation_id)s

-- name: load_shipment
-- A shipment that its carrier has, for its papers; by its own id or by that of an operation about it.
select s.id as shipment_id, s.organization_id, s.connection_id, s.tracking_number, s.provider_shipment_id,
    s.provider_data, s.reference, s.created_at, s.label_format
from public.shipments s
where s.id = coalesce((select o.subject_id from public.operations o where o.id = %(id)s), %(id)s)
  and s.tracking_number is not null and s.connection_id is not null

-- name: label_is_lost
select private.raise_alert(s.organization_id, s.connection_id, 'shipment.label_missing', 'shipment:' || s.id || ':label', 'warning',
    format('The label of %%s was bought, but got lost, and its carrier prints none again', s.reference),
    jsonb_build_object('shipment_id', s.id, 'tracking_number', s.tracking_number))
from public.shipments s
where s.id = %(shipment_id)s
  and not exists (select from public.shipment_documents d
                  where d.organization_id = s.organization_id and d.shipment_id = s.id and d.kind = 'label')
