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
