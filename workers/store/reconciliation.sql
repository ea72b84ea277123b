-- Comparing our payments with the gateways' own.

-- name: begin_due
select private.begin_due_reconciliations()

-- name: load
select r.id, r.organization_id, r.connection_id, r.since, r.until, p.cursor, p.listed, p.after_payment_id
from public.payment_reconciliations r
join private.reconciliation_progress p on p.reconciliation_id = r.id
where r.operation_id = %(operation_id)s and r.status = 'running'

-- name: find_ours
-- The payments of ours that a page of the gateway's list may mean.
select p.id, p.provider_payment_id, p.provider_session_id, p.currency, p.status::text, p.amount::numeric as amount,
    p.amount_captured::numeric as amount_captured, p.amount_refunded::numeric as amount_refunded
from public.payments p
where p.organization_id = %(organization_id)s and p.connection_id = %(connection_id)s
  and (p.provider_payment_id = any (%(provider_ids)s) or p.provider_session_id = any (%(provider_ids)s)
       or p.id = any (%(payment_ids)s))

-- name: next_ours
-- Those of ours that the gateway has not listed.
select p.id, p.provider_payment_id, p.provider_session_id, p.currency, p.status::text, p.amount::numeric as amount,
    p.amount_captured::numeric as amount_captured, p.amount_refunded::numeric as amount_refunded
from public.payments p
where p.organization_id = %(organization_id)s and p.connection_id = %(connection_id)s
  and p.created_at >= %(since)s and p.created_at < %(until)s and p.provider_payment_id is not null
  and (%(after)s::uuid is null or p.id > %(after)s::uuid)
  and not exists (select from private.reconciled_payments d
                  where d.reconciliation_id = %(reconciliation_id)s and d.payment_id = p.id)
order by p.id
limit %(limit)s

-- name: read_ours
select p.id, p.provider_payment_id, p.provider_session_id, p.currency, p.status::text, p.amount::numeric as amount,
    p.amount_captured::numeric as amount_captured, p.amount_refunded::numeric as amount_refunded
from public.payments p
where p.id = %(payment_id)s

-- name: advance
-- Nothing comes back when another worker has taken this step already.
with step as (
    update private.reconciliation_progress p
    set cursor = %(next_cursor)s, listed = %(next_listed)s, after_payment_id = %(next_after)s
    where p.reconciliation_id = %(reconciliation_id)s and p.cursor is not distinct from %(cursor)s
      and p.listed = %(listed)s and p.after_payment_id is not distinct from %(after)s
    returning p.reconciliation_id
),
met as (
    insert into private.reconciled_payments (reconciliation_id, payment_id)
    select s.reconciliation_id, each from step s, unnest(%(payment_ids)s::uuid[]) each
    on conflict do nothing
)
update public.payment_reconciliations r
set compared = r.compared + %(compared)s, healed = r.healed + %(healed)s, strangers = r.strangers + %(strangers)s
from step s
where r.id = s.reconciliation_id
returning r.id

-- name: note_difference
insert into public.payment_differences as d (organization_id, connection_id, reconciliation_id, payment_id,
    provider_payment_id, kind, ours, theirs)
values (%(organization_id)s, %(connection_id)s, %(reconciliation_id)s, %(payment_id)s, %(provider_payment_id)s, %(kind)s,
    %(ours)s, %(theirs)s)
on conflict (connection_id, provider_payment_id, kind) where status = 'open' do update
set reconciliation_id = excluded.reconciliation_id, ours = excluded.ours, theirs = excluded.theirs, last_seen_at = now()

-- name: heal_differences
update public.payment_differences d
set status = 'healed', resolved_by = 'worker', resolved_at = now()
where d.connection_id = %(connection_id)s and d.provider_payment_id = any (%(provider_ids)s) and d.status = 'open'
  and not d.kind = any (%(still)s)

-- name: finish
with counted as (
    select count(*) as open
    from public.payment_differences d
    where d.organization_id = %(organization_id)s and d.reconciliation_id = %(reconciliation_id)s and d.status = 'open'
),
finished as (
    update public.payment_reconciliations r
    set status = 'finished', differences = c.open, finished_at = now()
    from counted c
    where r.id = %(reconciliation_id)s
    returning r.compared, r.healed, r.differences, r.strangers
),
gone as (
    delete from private.reconciliation_progress p where p.reconciliation_id = %(reconciliation_id)s
),
unmet as (
    delete from private.reconciled_payments d where d.reconciliation_id = %(reconciliation_id)s
)
select compared, healed, differences, strangers from finished

-- name: fail
with failed as (
    update public.payment_reconciliations r
    set status = 'failed', error = %(error)s, finished_at = now()
    where r.id = %(reconciliation_id)s
),
unmet as (
    delete from private.reconciled_payments d where d.reconciliation_id = %(reconciliation_id)s
)
delete from private.reconciliation_progress p where p.reconciliation_id = %(reconciliation_id)s

-- name: raise_alert
select private.raise_alert(%(organization_id)s, %(connection_id)s, 'payment.reconciliation',
    'payment.reconciliation:' || %(connection_id)s::uuid, 'warning',
    format('%%s of %%s payments differ from the gateway''s', %(differences)s::integer, %(compared)s::integer), %(detail)s)

-- name: resolve_alert
select private.resolve_alert(%(organization_id)s, 'payment.reconciliation:' || %(connection_id)s::uuid)
