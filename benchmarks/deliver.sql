-- name: organization
insert into public.organizations (name, slug) values ('Benchmark', %(slug)s) returning id

-- name: subscription
insert into public.webhook_subscriptions (organization_id, name, url, event_types)
values (%(organization_id)s, 'Benchmark', %(url)s, '{*}')
returning id

-- name: secret
select public.rotate_webhook_secret(%(subscription_id)s, %(secret)s, 0)

-- name: emit
-- Events of a usual size, each in its place in the queue.
select private.emit_event(%(organization_id)s, 'payment.succeeded', 'payment', gen_random_uuid(), jsonb_build_object(
    'reference', 'order-' || n, 'amount', '99.00', 'currency', 'AED', 'status', 'captured', 'method', 'card',
    'customer', jsonb_build_object('name', 'Fatima Ali', 'email', 'fatima@example.ae', 'phone', '+971501110001'),
    'metadata', jsonb_build_object('cart', repeat('x', 200))))
from generate_series(1, %(count)s) n

-- name: left
select (select count(*) from private.jobs where kind = 'event.route') + (select count(*) from private.webhook_queue)

-- name: forget
truncate public.events, public.webhook_deliveries, public.webhook_delivery_attempts, private.webhook_queue, private.jobs,
    public.operations cascade

-- name: without_subscriptions
delete from public.webhook_subscriptions
