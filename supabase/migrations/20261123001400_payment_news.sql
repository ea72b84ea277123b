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

-- What a payment's row holds that its status does not say, for the ledger.
create function private.lasting_facts(payment public.payments) returns jsonb
language sql immutable set search_path = ''
as $$
    select jsonb_strip_nulls(jsonb_build_object('connection_id', payment.connection_id,
        'provider_payment_id', payment.provider_payment_id, 'provider_session_id', payment.provider_session_id,
        'amount_authorized', payment.amount_authorized::numeric::text, 'amount_captured', payment.amount_captured::numeric::text,
        'fee', payment.fee::numeric::text))
$$;

-- For abandon_subject: the payment or refund of an operation that was called off does not happen.
create function private.abandon_payment(operation public.operations) returns void
language plpgsql security definer set search_path = ''
as $$
declare
    payment public.payments;
    refund public.payment_refunds;
begin
    if operation.kind = 'payment.create' then
        update public.payments p set status = 'cancelled' where p.id = operation.subject_id and p.status = 'pending'
        returning p.* into payment;
    elsif operation.kind = 'payment.refund' then
        update public.payment_refunds r set status = 'cancelled' where r.id = operation.subject_id and r.status = 'pending'
        returning r.* into refund;
        select * into payment from public.payments p where p.id = refund.payment_id;
    end if;
    if payment.id is not null then
        perform private.put_payment_event(payment, refund.id, now(),
            case when refund.id is null then 'payment.cancelled' else 'refund.cancelled' end,
            'pending', 'cancelled', coalesce(refund.amount, payment.amount), 'client', operation.id, true, null);
    end if;
end
$$;

-- What news says of the status. That something was refunded is known from the refunds alone; and a gateway goes on
-- calling a payment captured after refunds, and during a dispute until it says that the dispute is over: the last one, if
-- there are several, and none that was lost.
create function private.status_in_news(payment public.payments, news jsonb) returns public.payment_status
language plpgsql stable set search_path = ''
as $$
declare
    told public.payment_status := news ->> 'status';
begin
    if told in ('partially_refunded', 'refunded') then
        told := 'captured';
    end if;
    if told is null
       or told in ('captured', 'partially_captured') and payment.status in ('partially_refunded', 'refunded')
       or told in ('captured', 'partially_captured') and payment.status = 'disputed'
          and (coalesce(news ->> 'dispute' not in ('won', 'closed'), true)
               or exists (select from public.payment_disputes d
                          where d.organization_id = payment.organization_id and d.payment_id = payment.id
                            and d.status in ('open', 'lost'))) then
        return payment.status;
    end if;
    return told;
end
$$;

-- When a webhook says that the status became so, by the gateway's clock; null for news that no late news could undo: of
-- money taken, which is where payments end, unless it is about a dispute, which can begin and end after that.
create function private.status_told_at(news jsonb, source text) returns timestamptz
language sql immutable set search_path = ''
as $$
    select (news ->> 'occurred_at')::timestamptz
    where source = 'webhook' and news ->> 'status' is not null
      and (news ? 'dispute'
           or news ->> 'status' not in ('captured', 'partially_captured', 'partially_refunded', 'refunded'))
$$;

-- A move must be among the transitions, and news of a status that the payment has left since is too late. Webhooks come
-- in any order: one that is older than what another has told moves nothing, except that money taken is a fact; and
-- out of a failure or a dispute, where a payment can be again and again, only newer ones lead.
create function private.may_move(
    payment public.payments, told public.payment_status, occurred_at timestamptz, told_at timestamptz
) returns boolean
language sql stable set search_path = ''
as $$
    select exists (select from private.payment_transitions t where t.from_status = payment.status and t.to_status = told)
        and not exists (
            select from public.payment_events e
            where e.organization_id = payment.organization_id and e.payment_id = payment.id and e.applied
              and e.refund_id is null and e.from_status = told::text and e.occurred_at >= may_move.occurred_at)
        and coalesce(case
            when payment.status in ('failed', 'disputed') then told_at > payment.status_told_at
            else told_at >= payment.status_told_at
        end, true)
$$;

-- Facts that do not age: what the gateway calls the payment, and amounts, which only grow. Captured without an amount
-- means wholly.
create function private.with_lasting_facts(payment public.payments, news jsonb, told public.payment_status, late boolean)
returns public.payments
language plpgsql stable set search_path = ''
as $$
declare
    session_id text := coalesce(news ->> 'provider_session_id', payment.provider_session_id);
    gateway_id text := news ->> 'provider_payment_id';
begin
    payment.connection_id := coalesce(payment.connection_id, (news ->> 'connection_id')::uuid);
    payment.provider_session_id := case when late then coalesce(payment.provider_session_id, session_id) else session_id end;
    -- A hosted payment is known by its session's id until it has one of its own.
    if payment.provider_payment_id is null
       or gateway_id is not null and not late and gateway_id is distinct from session_id then
        payment.provider_payment_id := gateway_id;
    end if;
    payment.amount_authorized := greatest(payment.amount_authorized,
        private.at_scale((news ->> 'amount_authorized')::numeric, payment.currency));
    payment.amount_captured := greatest(payment.amount_captured,
        private.at_scale((news ->> 'amount_captured')::numeric, payment.currency));
    if told = 'captured' and payment.amount_captured = 0 then
        payment.amount_captured := payment.amount;
    end if;
    payment.fee := coalesce(private.at_scale((news ->> 'fee')::numeric, payment.currency), payment.fee);
    payment.provider_data := case when late
        then coalesce(nullif(news -> 'provider_data', 'null'::jsonb), '{}'::jsonb) || payment.provider_data
        else payment.provider_data || coalesce(nullif(news -> 'provider_data', 'null'::jsonb), '{}'::jsonb) end;
    return payment;
end
$$;

create function private.with_present_facts(payment public.payments, news jsonb, told public.payment_status)
returns public.payments
language plpgsql immutable set search_path = ''
as $$
begin
    payment.status := told;
    payment.provider_status := coalesce(news ->> 'provider_status', payment.provider_status);
    payment.checkout_url := coalesce(news ->> 'checkout_url', payment.checkout_url);
    payment.next_action := case when told = 'requires_action'
        then coalesce(nullif(news -> 'next_action', 'null'::jsonb), payment.next_action) end;
    payment.failure := case when told in ('failed', 'cancelled', 'expired')
        then coalesce(nullif(news -> 'failure', 'null'::jsonb), payment.failure) end;
    return payment;
end
$$;

create function private.save_payment_state(payment public.payments) returns void
language sql set search_path = ''
as $$
    update public.payments p set
        status = payment.status, connection_id = payment.connection_id,
        provider_payment_id = payment.provider_payment_id, provider_session_id = payment.provider_session_id,
        provider_status = payment.provider_status, provider_data = payment.provider_data,
        amount_authorized = payment.amount_authorized, amount_captured = payment.amount_captured, fee = payment.fee,
        checkout_url = payment.checkout_url, next_action = payment.next_action, failure = payment.failure,
        status_told_at = payment.status_told_at
    where p.id = payment.id
$$;

-- The refunded sum and status of a payment follow from its refunds. Without any left it is again what it was before.
create function private.settle_refunds(payment_id uuid, occurred_at timestamptz, source text, source_id uuid) returns void
language plpgsql set search_path = ''
as $$
declare
    before public.payments;
    payment public.payments;
    refunded numeric;
begin
    select * into before from public.payments p where p.id = payment_id;
    select coalesce(sum(r.amount::numeric), 0) into refunded
    from public.payment_refunds r where r.payment_id = before.id and r.status = 'succeeded';
    payment := before;
    payment.amount_refunded := private.at_scale(least(refunded, before.amount_captured::numeric), before.currency);
    if before.status in ('captured', 'partially_captured', 'partially_refunded', 'refunded') and before.amount_captured > 0 then
        payment.status := case
            when refunded >= before.amount_captured then 'refunded'
            when refunded > 0 then 'partially_refunded'
            when before.status in ('partially_refunded', 'refunded') then coalesce((
                select e.to_status from public.payment_events e
                where e.organization_id = before.organization_id and e.payment_id = before.id and e.applied
                  and e.refund_id is null and e.to_status in ('captured', 'partially_captured')
                order by e.id desc limit 1), 'captured')
            else before.status::text
        end;
    end if;
    if (payment.status, payment.amount_refunded) is distinct from (before.status, before.amount_refunded) then
        update public.payments p set status = payment.status, amount_refunded = payment.amount_refunded
        where p.id = payment.id;
    end if;
    if payment.status <> before.status then
        perform private.put_payment_event(payment, null, occurred_at, 'payment.' || payment.status,
            before.status::text, payment.status::text, payment.amount_captured, source, source_id, true, null);
    end if;
end
$$;

-- Says 'applied', 'unchanged', 'stale' or 'unknown' (there is no such payment). `news` holds: status, provider_status,
-- provider_payment_id, provider_session_id, amount_authorized, amount_captured, checkout_url, next_action, failure,
-- provider_data, saved_method, fee, occurred_at, connection_id, and dispute ('won' or 'closed' ends one). Everything may be
-- missing.
create function private.apply_payment_news(payment_id uuid, news jsonb, source text, source_id uuid) returns text
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

-- The refund that news is about. One that was first seen in a webhook and then turns out to be one the hub asked for
-- is merged into the latter.
create function private.refund_in_news(payment public.payments, refund_id uuid, provider_refund_id text)
returns public.payment_refunds
language plpgsql set search_path = ''
as $$
declare
    asked public.payment_refunds;
    seen public.payment_refunds;
begin
    select * into asked from public.payment_refunds r where r.payment_id = payment.id and r.id = refund_in_news.refund_id;
    select * into seen from public.payment_refunds r
    where r.payment_id = payment.id and r.provider_refund_id = refund_in_news.provider_refund_id;
    if asked.id is null or seen.id is null or asked.id = seen.id or not seen.made_elsewhere then
        return case when asked.id is null then seen else asked end;
    end if;
    -- The ledger is never rewritten: what was told of the one that was seen stays there, and ends.
    delete from public.payment_refunds r where r.id = seen.id;
    perform private.put_payment_event(payment, seen.id, null, 'refund.cancelled', seen.status::text, 'cancelled', seen.amount,
        'operation', null, true, jsonb_build_object('merged_into', asked.id));
    update public.payment_refunds r
    set status = seen.status, provider_refund_id = seen.provider_refund_id, failure = seen.failure
    where r.id = asked.id;
    perform private.put_payment_event(payment, asked.id, null, 'refund.' || seen.status, asked.status::text,
        seen.status::text, asked.amount, 'operation', null, true, jsonb_build_object('merged_from', seen.id));
    select * into asked from public.payment_refunds r where r.id = asked.id;
    return asked;
end
$$;

-- News of one refund; answers as apply_payment_news does. A refund nobody asked the hub for is recorded as made
-- elsewhere. `news` holds: status, provider_refund_id, amount, failure, occurred_at.
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
    failure_told jsonb := nullif(news -> 'failure', 'null'::jsonb);
    occurred_at timestamptz := coalesce((news ->> 'occurred_at')::timestamptz, clock_timestamp());
begin
    select * into payment from public.payments p where p.id = payment_id for no key update;
    if payment.id is null then
        return 'unknown';
    end if;
    before := private.refund_in_news(payment, refund_id, news ->> 'provider_refund_id');
    told := coalesce(told, before.status);
    if before.id is null then
        insert into public.payment_refunds as r
            (organization_id, payment_id, amount, currency, status, provider_refund_id, failure, made_elsewhere, created_by)
        values (payment.organization_id, payment.id, private.at_scale((news ->> 'amount')::numeric, payment.currency),
            payment.currency, told, news ->> 'provider_refund_id', failure_told, true, 'provider')
        returning r.* into refund;
    elsif before.status = told and before.provider_refund_id is not distinct from
          coalesce(news ->> 'provider_refund_id', before.provider_refund_id) then
        perform private.settle_refunds(payment.id, occurred_at, source, source_id);
        return 'unchanged';
    -- A refund that succeeded can still bounce; one that failed or was cancelled stays so.
    elsif before.status <> told and (before.status in ('failed', 'cancelled')
          or before.status = 'succeeded' and told <> 'failed') then
        perform private.put_payment_event(payment, before.id, occurred_at, 'refund.' || told,
            before.status::text, told::text, before.amount, source, source_id, false, null);
        return 'stale';
    else
        update public.payment_refunds r set
            status = told,
            provider_refund_id = coalesce(news ->> 'provider_refund_id', r.provider_refund_id),
            failure = case when told in ('failed', 'cancelled') then failure_told end
        where r.id = before.id
        returning r.* into refund;
    end if;
    perform private.put_payment_event(payment, refund.id, occurred_at, 'refund.' || told,
        before.status::text, told::text, refund.amount, source, source_id, true,
        jsonb_strip_nulls(jsonb_build_object('failure', failure_told)));
    perform private.settle_refunds(payment.id, occurred_at, source, source_id);
    perform private.plan_look(payment.id);
    return 'applied';
end
$$;

grant execute on function
    private.apply_payment_news(uuid, jsonb, text, uuid),
    private.apply_refund_news(uuid, uuid, jsonb, text, uuid)
to wasl_worker;
