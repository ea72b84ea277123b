-- A gateway that has charged twice for one payment tells of both charges with our id. The payment stays the charge that was
-- known first, or refunds would go to the other one; that other one is written down, and changes nothing. Comparisons with
-- the gateway's list find it as long as it stands.

-- Whether news is of another charge than the one whose money was taken. What the hub did itself is never: a capture may have
-- an id of its own; and a hosted page's id gives way to the payment's.
create function private.is_of_another_charge(payment public.payments, news jsonb, source text) returns boolean
language sql immutable set search_path = ''
as $$
    select coalesce(source <> 'operation'
        and payment.status in ('captured', 'partially_refunded', 'refunded', 'disputed')
        and payment.provider_payment_id <> news ->> 'provider_payment_id'
        and payment.provider_payment_id is distinct from payment.provider_session_id
        and news ->> 'provider_payment_id' is distinct from
            coalesce(news ->> 'provider_session_id', payment.provider_session_id), false)
$$;

-- A line of the ledger for each status of the other charge.
create function private.note_another_charge(
    payment public.payments, news jsonb, occurred_at timestamptz, source text, source_id uuid
) returns void
language plpgsql set search_path = ''
as $$
declare
    told constant text := coalesce(news ->> 'status', payment.status::text);
begin
    if not exists (select from public.payment_events e
                   where e.organization_id = payment.organization_id and e.payment_id = payment.id and e.to_status = told
                     and e.detail ->> 'another_charge' = news ->> 'provider_payment_id') then
        perform private.put_payment_event(payment, null, occurred_at, 'payment.' || told, payment.status::text, told, null,
            source, source_id, false, jsonb_strip_nulls(jsonb_build_object(
                'another_charge', news -> 'provider_payment_id', 'provider_status', news -> 'provider_status')));
    end if;
end
$$;

create or replace function private.apply_payment_news(payment_id uuid, news jsonb, source text, source_id uuid) returns text
language plpgsql security definer set search_path = ''
as $$
declare
    before public.payments;
    payment public.payments;
    told public.payment_status;
    occurred_at timestamptz := coalesce((news ->> 'occurred_at')::timestamptz, clock_timestamp());
    told_at timestamptz := private.status_told_at(news, source);
    late boolean;
    detail jsonb;
begin
    select * into before from public.payments p where p.id = payment_id for no key update;
    if before.id is null then
        return 'unknown';
    end if;
    if private.is_of_another_charge(before, news, source) then
        perform private.note_another_charge(before, news, occurred_at, source, source_id);
        return 'stale';
    end if;
    told := private.status_in_news(before, news);
    late := told <> before.status and (not private.may_move(before, told, occurred_at, told_at)
        or before.status = 'processing' and told = 'requires_action'
           and news #>> '{next_action,type}' is distinct from 'complete');
    payment := private.with_lasting_facts(before, news, told, late);
    if not late then
        payment := private.with_present_facts(payment, news, told);
        payment.status_told_at := greatest(before.status_told_at, told_at);
    end if;
    if payment is distinct from before then
        perform private.save_payment_state(payment);
    end if;
    perform private.keep_payment_method(payment, news -> 'saved_method');
    detail := jsonb_strip_nulls(jsonb_build_object('provider_status', news -> 'provider_status', 'failure', news -> 'failure',
        'facts', private.lasting_facts(payment)));
    if late then
        perform private.put_payment_event(before, null, occurred_at, 'payment.' || told, before.status::text, told::text,
            null, source, source_id, false, detail);
    elsif (payment.status, payment.amount_captured, payment.amount_authorized, payment.provider_payment_id,
           payment.provider_session_id, payment.checkout_url, payment.next_action, payment.failure, payment.fee)
          is not distinct from
          (before.status, before.amount_captured, before.amount_authorized, before.provider_payment_id,
           before.provider_session_id, before.checkout_url, before.next_action, before.failure, before.fee) then
        perform private.complete_when_agreed(payment.id, source_id);
        return 'unchanged';
    else
        perform private.put_payment_event(payment, null, occurred_at, 'payment.' || payment.status, before.status::text,
            payment.status::text, payment.amount_captured, source, source_id, true, detail);
    end if;
    -- News of a refund may have come before news of the capture.
    if payment.amount_captured > before.amount_captured or payment.status <> before.status then
        perform private.settle_refunds(payment.id, occurred_at, source, source_id);
    end if;
    perform private.settle_payment_link(payment);
    perform private.plan_look(payment.id);
    perform private.complete_when_agreed(payment.id, source_id);
    return case when late then 'stale' else 'applied' end;
end
$$;

comment on column public.payment_events.applied is 'False: stale news, or of another charge, which changed nothing.';
