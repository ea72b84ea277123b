-- How news of a payment (an answer, a webhook, a look-up) becomes its state. Workers call these and have no other way
-- to change a payment.

create function private.put_payment_event(
    payment public.payments, refund_id uuid, occurred_at timestamptz, type text, from_status text, to_status text,
    amount numeric, source text, source_id uuid, applied boolean, detail jsonb
) returns void
language sql set search_path = ''
as $$
    insert into public.payment_events (organization_id, payment_id, refund_id, occurred_at, type, from_status, to_status,
        amount, source, source_id, applied, detail)
    values (payment.organization_id, payment.id, refund_id, coalesce(occurred_at, clock_timestamp()), type, from_status,
        to_status, amount, source, source_id, applied, coalesce(detail, '{}'::jsonb))
$$;

-- Says 'applied', 'unchanged' or 'stale'. `news` holds: status, provider_status, provider_payment_id,
-- provider_session_id, amount_authorized, amount_captured, checkout_url, next_action, failure, provider_data,
-- occurred_at, connection_id. Amounts only grow; a refunded status follows from refunds, never from the payment's news.
create function private.apply_payment_news(payment_id uuid, news jsonb, source text, source_id uuid) returns text
language plpgsql security definer set search_path = ''
as $$
declare
    before public.payments;
    payment public.payments;
    told public.payment_status := news ->> 'status';
    moves boolean;
begin
    select * into before from public.payments p where p.id = payment_id for update;
    if before.id is null then
        return 'unknown';
    end if;
    if told in ('partially_refunded', 'refunded') then
        told := 'captured';
    end if;
    told := coalesce(told, before.status);
    moves := exists (select from private.payment_transitions t where t.from_status = before.status and t.to_status = told);
    if not moves and told <> before.status and not (told = 'captured' and before.status in ('partially_refunded', 'refunded')) then
        perform private.put_payment_event(before, null, (news ->> 'occurred_at')::timestamptz, 'payment.' || told,
            before.status::text, told::text, null, source, source_id, false,
            jsonb_build_object('provider_status', news ->> 'provider_status'));
        return 'stale';
    end if;
    update public.payments p set
        status = case when moves then told else p.status end,
        connection_id = coalesce(p.connection_id, (news ->> 'connection_id')::uuid),
        provider_status = coalesce(news ->> 'provider_status', p.provider_status),
        provider_payment_id = coalesce(news ->> 'provider_payment_id', p.provider_payment_id),
        provider_session_id = coalesce(news ->> 'provider_session_id', p.provider_session_id),
        amount_authorized = greatest(p.amount_authorized, (news ->> 'amount_authorized')::numeric),
        amount_captured = greatest(p.amount_captured, (news ->> 'amount_captured')::numeric),
        checkout_url = coalesce(news ->> 'checkout_url', p.checkout_url),
        next_action = case when told = 'requires_action' then coalesce(news -> 'next_action', p.next_action) end,
        failure = case when told in ('failed', 'cancelled', 'expired') then coalesce(nullif(news -> 'failure', 'null'::jsonb), p.failure) end,
        provider_data = p.provider_data || coalesce(nullif(news -> 'provider_data', 'null'::jsonb), '{}'::jsonb)
    where p.id = payment_id
    returning p.* into payment;
    if (payment.status, payment.amount_captured, payment.amount_authorized, payment.provider_payment_id, payment.checkout_url)
       is not distinct from
       (before.status, before.amount_captured, before.amount_authorized, before.provider_payment_id, before.checkout_url) then
        return 'unchanged';
    end if;
    perform private.put_payment_event(payment, null, (news ->> 'occurred_at')::timestamptz, 'payment.' || payment.status,
        before.status::text, payment.status::text, payment.amount_captured, source, source_id, true,
        jsonb_strip_nulls(jsonb_build_object('provider_status', news ->> 'provider_status', 'failure', nullif(news -> 'failure', 'null'::jsonb))));
    return 'applied';
end
$$;

-- The refunded sum and status of a payment follow from its refunds.
create function private.settle_refunds(payment_id uuid) returns void
language sql set search_path = ''
as $$
    with refunded as (
        select coalesce(sum(r.amount::numeric) filter (where r.status = 'succeeded'), 0) as total
        from public.payment_refunds r where r.payment_id = settle_refunds.payment_id
    )
    update public.payments p set
        amount_refunded = least(refunded.total, p.amount_captured::numeric),
        status = case
            when p.status not in ('captured', 'partially_captured', 'partially_refunded', 'refunded') then p.status
            when refunded.total >= p.amount_captured and p.amount_captured > 0 then 'refunded'
            when refunded.total > 0 then 'partially_refunded'
            when p.status in ('partially_refunded', 'refunded') then 'captured'
            else p.status
        end::public.payment_status
    from refunded where p.id = settle_refunds.payment_id
$$;

-- News of one refund. A refund nobody asked the hub for is recorded as made elsewhere.
-- `news` holds: status, provider_refund_id, amount, failure, occurred_at.
create function private.apply_refund_news(
    payment_id uuid, refund_id uuid, news jsonb, source text, source_id uuid
) returns text
language plpgsql security definer set search_path = ''
as $$
declare
    payment public.payments;
    before public.payment_refunds;
    refund public.payment_refunds;
    told public.refund_status := news ->> 'status';
begin
    select * into payment from public.payments p where p.id = payment_id for update;
    if payment.id is null then
        return 'unknown';
    end if;
    select * into before from public.payment_refunds r
    where r.payment_id = payment.id
      and (r.id = refund_id or r.provider_refund_id = news ->> 'provider_refund_id')
    order by (r.id = refund_id) desc nulls last limit 1;
    if before.id is null then
        insert into public.payment_refunds as r
            (organization_id, payment_id, amount, currency, status, provider_refund_id, failure, made_elsewhere, created_by)
        values (payment.organization_id, payment.id, (news ->> 'amount')::numeric, payment.currency, told,
            news ->> 'provider_refund_id', nullif(news -> 'failure', 'null'::jsonb), true, 'provider')
        returning r.* into refund;
    -- A refund that succeeded can still bounce; one that failed or was cancelled stays so.
    elsif before.status = told and before.provider_refund_id is not distinct from
          coalesce(news ->> 'provider_refund_id', before.provider_refund_id) then
        return 'unchanged';
    elsif before.status in ('failed', 'cancelled') or (before.status = 'succeeded' and told = 'pending') then
        perform private.put_payment_event(payment, before.id, (news ->> 'occurred_at')::timestamptz, 'refund.' || told,
            before.status::text, told::text, before.amount, source, source_id, false, null);
        return 'stale';
    else
        update public.payment_refunds r set
            status = told,
            provider_refund_id = coalesce(news ->> 'provider_refund_id', r.provider_refund_id),
            failure = nullif(news -> 'failure', 'null'::jsonb)
        where r.id = before.id
        returning r.* into refund;
    end if;
    perform private.settle_refunds(payment.id);
    perform private.put_payment_event(payment, refund.id, (news ->> 'occurred_at')::timestamptz, 'refund.' || told,
        before.status::text, told::text, refund.amount, source, source_id, true,
        jsonb_strip_nulls(jsonb_build_object('failure', nullif(news -> 'failure', 'null'::jsonb))));
    return 'applied';
end
$$;

grant execute on function
    private.apply_payment_news(uuid, jsonb, text, uuid),
    private.apply_refund_news(uuid, uuid, jsonb, text, uuid)
to wasl_worker;
