-- The proof that the ledger holds everything: payments are rebuilt from it and compared with their rows.

-- What the ledger alone says of payments.
create function private.payments_by_ledger(payment_ids uuid[]) returns table (
    payment_id uuid, status text, connection_id uuid, provider_payment_id text, amount numeric, amount_authorized numeric,
    amount_captured numeric, amount_refunded numeric, fee numeric
)
language sql stable security definer set search_path = ''
as $$
    with lines as (
        select e.*, row_number() over (partition by e.payment_id order by e.recorded_at desc, e.id desc) as age
        from public.payment_events e
        join public.payments p on p.organization_id = e.organization_id and p.id = e.payment_id
        where p.id = any (payment_ids)
    ),
    refunds as (
        select r.payment_id, coalesce(sum(r.amount) filter (where r.to_status = 'succeeded'), 0) as amount
        from (select distinct on (l.refund_id) l.payment_id, l.to_status, l.amount::numeric as amount
              from lines l where l.refund_id is not null and l.applied
              order by l.refund_id, l.age) r
        group by r.payment_id
    ),
    facts as (
        select l.payment_id, max(l.amount::numeric) filter (where l.type = 'payment.requested') as amount,
            max((l.detail #>> '{facts,amount_authorized}')::numeric) as authorized,
            max((l.detail #>> '{facts,amount_captured}')::numeric) as captured,
            (array_agg(l.detail #>> '{facts,connection_id}' order by l.age) filter (where l.detail #> '{facts,connection_id}' is not null))[1] as connection_id,
            (array_agg(l.detail #>> '{facts,provider_payment_id}' order by l.age) filter (where l.detail #> '{facts,provider_payment_id}' is not null))[1] as provider_payment_id,
            (array_agg(l.detail #>> '{facts,fee}' order by l.age) filter (where l.detail #> '{facts,fee}' is not null))[1] as fee,
            (array_agg(l.to_status order by l.age) filter (where l.applied and l.refund_id is null and (l.type like 'payment.%')))[1] as status
        from lines l
        group by l.payment_id
    )
    select f.payment_id, f.status, f.connection_id::uuid, f.provider_payment_id, f.amount, coalesce(f.authorized, 0),
        coalesce(f.captured, 0), least(coalesce(r.amount, 0), coalesce(f.captured, 0)), f.fee::numeric
    from facts f left join refunds r on r.payment_id = f.payment_id
$$;

-- Every fact in which a payment's row and the ledger do not agree.
create function private.ledger_differences(payment_ids uuid[]) returns table (
    payment_id uuid, fact text, in_row text, in_ledger text
)
language sql stable security definer set search_path = ''
as $$
    select p.id, fact.name, fact.in_row, fact.in_ledger
    from public.payments p
    left join private.payments_by_ledger(payment_ids) l on l.payment_id = p.id
    cross join lateral (values
        ('status', p.status::text, l.status),
        ('provider_payment_id', p.provider_payment_id, l.provider_payment_id),
        ('amount', trim_scale(p.amount::numeric)::text, trim_scale(coalesce(l.amount, p.amount::numeric))::text),
        ('amount_authorized', trim_scale(p.amount_authorized::numeric)::text, trim_scale(l.amount_authorized)::text),
        ('amount_captured', trim_scale(p.amount_captured::numeric)::text, trim_scale(l.amount_captured)::text),
        ('amount_refunded', trim_scale(p.amount_refunded::numeric)::text, trim_scale(l.amount_refunded)::text),
        ('fee', trim_scale(p.fee::numeric)::text, trim_scale(l.fee)::text),
        -- A payment that a client sent to a connection may not have reached it yet.
        ('connection_id', case when p.provider_payment_id is not null then p.connection_id::text end,
            case when p.provider_payment_id is not null then l.connection_id::text end)
    ) as fact (name, in_row, in_ledger)
    where p.id = any (payment_ids) and fact.in_row is distinct from fact.in_ledger
$$;

create function private.ledger_report(organization_id uuid, since timestamptz) returns jsonb
language sql stable security definer set search_path = ''
as $$
    with checked as (
        select p.id from public.payments p
        where p.organization_id = ledger_report.organization_id and p.updated_at >= coalesce(since, '-infinity')
    ),
    found as (
        select d.* from private.ledger_differences(array(select id from checked)) d
    )
    select jsonb_build_object(
        'checked', (select count(*) from checked),
        'differences', coalesce((select jsonb_agg(to_jsonb(f) order by f.payment_id, f.fact) from found f), '[]'))
$$;

create function private.check_payment_ledger(organization_id uuid, since timestamptz) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
    return private.ledger_report(private.resolve_organization(organization_id, 'viewer', 'payments:read'), since);
end
$$;

create function public.check_payment_ledger(since timestamptz default null, organization_id uuid default null) returns jsonb
language sql stable set search_path = ''
as $$ select private.check_payment_ledger(organization_id, since) $$;
comment on function public.check_payment_ledger is
'Rebuilds payments from the ledger and compares them with their rows: {checked, differences: [{payment_id, fact, in_row, in_ledger}]}.';

-- By the clock, for the leading worker: what changed in the last two days. Raises an alert for each organization with a
-- difference, and says how many there are.
create function private.check_recent_ledgers() returns integer
language plpgsql security definer set search_path = ''
as $$
declare
    each record;
    found jsonb;
    alarmed integer := 0;
begin
    for each in
        select distinct p.organization_id from public.payments p where p.updated_at > now() - interval '2 days'
    loop
        found := private.ledger_report(each.organization_id, now() - interval '2 days') -> 'differences';
        if found <> '[]' then
            alarmed := alarmed + 1;
            perform private.raise_alert(each.organization_id, null, 'payment.ledger_differs', 'payment.ledger_differs',
                'critical', 'Payments differ from their ledger',
                jsonb_build_object('differences', jsonb_path_query_array(found, '$[0 to 19]')));
        end if;
    end loop;
    return alarmed;
end
$$;
grant execute on function private.check_recent_ledgers() to wasl_worker;
grant execute on function private.check_payment_ledger(uuid, timestamptz), public.check_payment_ledger(timestamptz, uuid)
to authenticated, service_role;
