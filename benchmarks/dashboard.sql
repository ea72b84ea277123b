-- What `wasl bench dashboard` fills a database with.

-- name: connection
insert into public.integration_connections (organization_id, provider_key, name, environment, status)
values (%(organization_id)s, 'stripe', 'Stripe', 'sandbox', 'active') returning id

-- name: log_lines
-- One after the other, within the last three hours.
insert into public.integration_logs (occurred_at, organization_id, connection_id, provider_key, operation, method, url,
    status, outcome, duration_ms, request_headers, request_body, response_headers, response_body)
select now() - make_interval(secs => n * 10800.0 / %(lines)s), %(organization_id)s, %(connection_id)s, 'stripe',
    'create_payment', 'POST', 'https://api.stripe.com/v1/payment_intents', case when n %% 20 = 0 then 402 else 200 end,
    case when n %% 20 = 0 then 'refused' else 'ok' end, 20 + n %% 400, '{}', 'amount=2500', '{}', '{"id": "pi_1"}'
from generate_series(1, %(lines)s) n

-- name: analyze
analyze public.integration_logs
