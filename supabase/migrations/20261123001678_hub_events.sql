-- What happens to payments and shipments, told as events: once for each change of status.

create function private.tell_of_payment() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
    provider_key text;
begin
    select c.provider_key into provider_key from public.integration_connections c where c.id = new.connection_id;
    perform private.emit_event(new.organization_id,
        'payment.' || case new.status when 'captured' then 'succeeded' else new.status::text end, 'payment', new.id,
        jsonb_build_object('payment_id', new.id, 'reference', new.reference, 'amount', new.amount::numeric::text,
            'currency', new.currency, 'status', new.status, 'amount_captured', new.amount_captured::numeric::text,
            'amount_refunded', new.amount_refunded::numeric::text, 'method', new.method, 'country', new.country,
            'description', new.description, 'customer', coalesce(private.personal(new.id) -> 'customer', '{}'),
            'metadata', new.metadata, 'failure', new.failure, 'payment_link_id', new.payment_link_id, 'provider', provider_key, 'connection_id', new.connection_id),
        new.environment);
    return null;
end
$$;
create trigger payments_tell after update of status on public.payments
for each row when (new.status is distinct from old.status) execute function private.tell_of_payment();

-- Of one that was first seen elsewhere and then turns out to be one the hub asked for, it is told only once.
create function private.tell_of_refund() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
    payment public.payments;
    provider_key text;
begin
    if exists (select from public.events e
               where e.subject_id = new.payment_id and e.created_at > now() - interval '30 days'
                 and e.type = 'refund.succeeded' and e.data ->> 'provider_refund_id' = new.provider_refund_id) then
        return null;
    end if;
    select * into payment from public.payments p where p.id = new.payment_id;
    select c.provider_key into provider_key from public.integration_connections c where c.id = payment.connection_id;
    perform private.emit_event(new.organization_id, 'refund.succeeded', 'payment', new.payment_id,
        jsonb_build_object('refund_id', new.id, 'payment_id', new.payment_id, 'provider_refund_id', new.provider_refund_id,
            'reference', payment.reference, 'amount', new.amount::numeric::text, 'currency', new.currency, 'status', new.status,
            'reason', new.reason, 'payment_amount', payment.amount::numeric::text,
            'customer', coalesce(private.personal(payment.id) -> 'customer', '{}'), 'metadata', payment.metadata, 'provider', provider_key, 'connection_id', payment.connection_id),
        payment.environment);
    return null;
end
$$;
create trigger payment_refunds_tell_new after insert on public.payment_refunds
for each row when (new.status = 'succeeded') execute function private.tell_of_refund();
create trigger payment_refunds_tell after update of status on public.payment_refunds
for each row when (new.status = 'succeeded' and old.status <> 'succeeded') execute function private.tell_of_refund();

create function private.tell_of_opened_dispute() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
    payment public.payments;
    provider_key text;
begin
    select * into payment from public.payments p where p.id = new.payment_id;
    select c.provider_key into provider_key from public.integration_connections c where c.id = new.connection_id;
    perform private.emit_event(new.organization_id, 'dispute.opened', 'payment', new.payment_id,
        jsonb_build_object('dispute_id', new.id, 'payment_id', new.payment_id, 'reference', payment.reference,
            'amount', new.amount::numeric::text, 'currency', new.currency, 'status', new.status, 'reason', new.reason,
            'evidence_due_by', new.evidence_due_by,
            'customer', coalesce(private.personal(payment.id) -> 'customer', '{}'), 'metadata', payment.metadata,
            'provider', provider_key, 'connection_id', new.connection_id),
        payment.environment, new.told_at);
    return null;
end
$$;
create trigger payment_disputes_tell after insert on public.payment_disputes
for each row when (new.status = 'open') execute function private.tell_of_opened_dispute();

create function private.tell_of_shipment() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
    provider_key text;
    recipient constant jsonb := private.personal(new.id) -> 'recipient';
begin
    select c.provider_key into provider_key from public.integration_connections c where c.id = new.connection_id;
    perform private.emit_event(new.organization_id, 'shipment.' || new.status, 'shipment', new.id,
        jsonb_build_object('shipment_id', new.id, 'reference', new.reference, 'tracking_number', new.tracking_number,
            'tracking_url', new.tracking_url, 'status', new.status, 'detail', new.detail, 'carrier', provider_key,
            'provider', provider_key, 'connection_id', new.connection_id, 'recipient', jsonb_strip_nulls(jsonb_build_object(
                'name', recipient -> 'name', 'email', recipient -> 'email', 'phone', recipient -> 'phone')),
            'estimated_delivery_at', new.estimated_delivery_at, 'delivered_at', new.delivered_at, 'metadata', new.metadata),
        new.environment, new.last_event_at);
    return null;
end
$$;
create trigger shipments_tell after update of status on public.shipments
for each row when (new.status is distinct from old.status) execute function private.tell_of_shipment();
