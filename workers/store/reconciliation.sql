-- Comparing our payments with the gateways' own.

-- name: begin_due
select private.begin_due_reconciliations()

-- name: load
select r.id, r.organization_id, r.connection_id, r.since, r.until, p.cursor, p.listed, p.after_payment_id
from public.payment_reconciliations r
join private.reconciliation_progress p on p.reconciliation_id = r.id
where r.operation_id = %(operation_id)s and r.status = 'running'

-- name: find_ours
-- The payments of ours that a page of the gateway's list may mean: by our id also those of an earlier connection to the
-- same account, and those whose connection is not recorded yet.
select p.id, p.connection_id, p.provider_payment_id, p.currency, p.status::text, p.amount::numeric as amount,
    p.amount_captured::numeric as amount_captured, p.amount_refunded::numeric as amount_refunded,
    array_remove(array[p.provider_payment_id, p.provider_session_id], null)
        || array(select value from jsonb_each_text(p.provider_data)) as names, '{}'::text[] as pending_refunds
from public.payments p
where p.organization_id = %(organization_id)s
  and (p.connection_id = %(connection_id)s
       and (p.provider_payment_id = any (%(provider_ids)s) or p.provider_session_id = any (%(provider_ids)s))
       or p.id = any (%(payment_ids)s))

-- name: next_ours
-- Those of ours of which the gateway's list has told nothing, or something that does not agree; and those that differed
-- when they were compared last.
select p.id
from public.payments p
where p.organization_id = %(organization_id)s and p.connection_id = %(connection_id)s
  and p.provider_payment_id is not null
  and (%(after)s::uuid is null or p.id > %(after)s::uuid)
  and (exists (select from private.listed_payments l
               where l.reconciliation_id = %(reconciliation_id)s and l.payment_id = p.id and not l.agrees)
       or (p.created_at >= %(since)s and p.created_at < %(until)s
           or exists (select from public.payment_differences d
                      where d.organization_id = p.organization_id and d.payment_id = p.id and d.status = 'open'))
          and not exists (select from private.listed_payments l
                          where l.reconciliation_id = %(reconciliation_id)s and l.payment_id = p.id))
order by p.id
limit %(limit)s

-- name: read_ours
select p.id, p.connection_id, p.provider_payment_id, p.currency, p.status::text, p.amount::numeric as amount,
    p.amount_captured::numeric as amount_captured, p.amount_refunded::numeric as amount_refunded,
    array_remove(array[p.provider_payment_id, p.provider_session_id], null)
        || array(select value from jsonb_each_text(p.provider_data)) as names,
    array(select r.provider_refund_id from public.payment_refunds r
          where r.organization_id = p.organization_id and r.payment_id = p.id and r.status = 'pending'
            and r.provider_refund_id is not null
          order by r.id) as pending_refunds
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
)
update public.payment_reconciliations r
set compared = r.compared + %(compared)s, healed = r.healed + %(healed)s, strangers = r.strangers + %(strangers)s
from step s
where r.id = s.reconciliation_id
returning r.id

-- name: note_listed
insert into private.listed_payments (reconciliation_id, provider_payment_id, payment_id, provider_status, agrees)
values (%(reconciliation_id)s, %(provider_payment_id)s, %(payment_id)s, %(provider_status)s, %(agrees)s)
on conflict (reconciliation_id, provider_payment_id) do nothing

-- name: listed_otherwise
-- What the list has of a payment of ours under other names than these.
select l.provider_payment_id, l.provider_status
from private.listed_payments l
where l.reconciliation_id = %(reconciliation_id)s and l.payment_id = %(payment_id)s
  and not l.provider_payment_id = any (%(names)s)

-- name: note_difference
-- What a person has dealt with is no difference any more, as long as it stays what it was.
insert into public.payment_differences as d (organization_id, connection_id, reconciliation_id, payment_id,
    provider_payment_id, kind, ours, theirs)
select %(organization_id)s, %(connection_id)s, %(reconciliation_id)s, %(payment_id)s, %(provider_payment_id)s, %(kind)s,
    %(ours)s, %(theirs)s
where not exists (
    select from public.payment_differences e
    where e.organization_id = %(organization_id)s and e.connection_id = %(connection_id)s and e.kind = %(kind)s
      and e.status = 'dismissed' and (e.ours, e.theirs) is not distinct from (%(ours)s, %(theirs)s)
      and (e.provider_payment_id = %(provider_payment_id)s or e.kind <> 'missing_here' and e.payment_id = %(payment_id)s))
on conflict (connection_id, kind,
    (case when kind = 'missing_here' or payment_id is null then provider_payment_id else payment_id::text end))
where status = 'open' do update
set reconciliation_id = excluded.reconciliation_id, provider_payment_id = excluded.provider_payment_id,
    ours = excluded.ours, theirs = excluded.theirs, last_seen_at = now()

-- name: heal_differences
-- Of a payment of ours, and that one of its names was missing here.
update public.payment_differences d
set status = 'healed', resolved_by = 'worker', resolved_at = now()
where d.organization_id = %(organization_id)s and d.connection_id = %(connection_id)s and d.status = 'open'
  and (d.payment_id = %(payment_id)s and d.kind <> 'missing_here' and not d.kind = any (%(still)s)
       or d.kind = 'missing_here' and d.provider_payment_id = any (%(names)s))

-- name: outcome
select r.compared, r.healed,
    (select count(*) from public.payment_differences d
     where d.organization_id = r.organization_id and d.reconciliation_id = r.id and d.status = 'open') as differences,
    r.strangers
from public.payment_reconciliations r
where r.id = %(reconciliation_id)s

-- name: end
with ended as (
    update public.payment_reconciliations r
    set status = %(status)s::public.reconciliation_status, differences = %(differences)s, error = %(error)s,
        finished_at = now()
    where r.id = %(reconciliation_id)s
),
told as (
    delete from private.listed_payments l where l.reconciliation_id = %(reconciliation_id)s
)
delete from private.reconciliation_progress p where p.reconciliation_id = %(reconciliation_id)s

-- name: raise_alert
select private.raise_alert(%(organization_id)s, %(connection_id)s, 'payment.reconciliation',
    'payment.reconciliation:' || %(connection_id)s::uuid, 'warning', %(title)s, %(detail)s)

-- name: settle_alert
select private.settle_difference_alert(%(organization_id)s, %(connection_id)s)
