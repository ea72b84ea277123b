-- What the ingress asks beside keeping events: how much of a rate is left, and where to note what it did not keep.

-- name: note_requests
select private.note_webhook_requests(%(requests)s)

-- name: take_tokens
-- Nobody waits for the disk: tokens taken just before a crash may come back.
with soon as materialized (
    select set_config('synchronous_commit', 'off', true)
)
select t.*
from soon cross join lateral private.take_webhook_tokens(%(endpoint_ids)s::uuid[], %(wanted)s::integer[]) t
