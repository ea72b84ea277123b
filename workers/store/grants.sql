-- What consent, and the renewal of access, read and write.

-- name: consent_asked
select coalesce(o.input -> 'scopes', '[]') as scopes from public.operations o where o.id = %(operation_id)s

-- name: keep_state
select private.keep_oauth_state(%(operation_id)s, %(state_hash)s, %(redirect_uri)s)

-- name: exchange
select e.connection_id, e.state, e.code, e.redirect_uri from private.oauth_exchange(%(operation_id)s) e

-- name: forget_code
select private.forget_oauth_code(%(operation_id)s)

-- name: store_grant
select private.store_grant(%(connection_id)s, %(credentials)s, %(settings)s, %(facts)s, %(source)s,
    %(expected_version)s::integer)

-- name: note_failure
select private.note_access_failure(%(connection_id)s, %(error)s)

-- name: request_refresh
select private.request_refresh(%(connection_id)s)

-- name: enqueue_due_refreshes
select private.enqueue_due_refreshes()

-- name: enqueue_inspections
select private.enqueue_inspections()

-- name: warn_of_ending_access
select private.warn_of_ending_access()

-- name: expire_states
select private.expire_oauth_states()
