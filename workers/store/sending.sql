-- The mark that is left before anything is sent.

-- name: begin_sending
-- Committed before anything is sent, so that whoever takes the job over knows where to ask and since when. Nothing
-- comes back when the job is no longer ours, or not for long enough.
with mine as (
    update private.jobs j
    set payload = j.payload || jsonb_build_object('sent_to', %(connection_id)s::uuid, 'sent_at', clock_timestamp(),
        'sent', %(sent)s::jsonb)
    where j.id = %(operation_id)s and j.claim_id = %(claim_id)s
      and j.lease_until > now() + make_interval(secs => %(safe_seconds)s)
    returning j.id, j.cancel_requested
),
shown as (
    update public.operations o
    set connection_id = %(connection_id)s, why = coalesce(%(why)s, o.why)
    from mine
    where o.id = mine.id
)
select cancel_requested from mine
