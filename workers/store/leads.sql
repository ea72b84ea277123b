-- What leads on their way to the tools read and write.

-- name: leads_to_push
select l.lead_id, l.version, l.forget, l.email, l.phone, l.first_name, l.last_name, l.company, l.language, l.country,
    l.attributes, l.mapping, l.tags, l.marks, l.untags, l.consent, l.provider_contact_id, l.settings
from private.leads_to_push(%(connection_id)s, %(most)s) l

-- name: note_pushes
select private.note_pushes(%(connection_id)s, %(outcomes)s)

-- name: enqueue_due_pushes
select private.enqueue_due_pushes()

-- name: keep_confirmation
select private.keep_confirmation(%(lead_id)s, %(form_id)s, %(token_hash)s)

-- name: drop_confirmation
select private.drop_confirmation(%(token_hash)s)

-- name: keep_provider_lead
select private.keep_provider_lead(%(connection_id)s, %(lead)s)
