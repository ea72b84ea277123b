-- The provider catalog. Written by `wasl providers seed` from the connectors' manifests; do not edit.
-- Repeatable: what is there already is brought up to date. A provider that was switched off stays so.

insert into public.integration_providers (
    key, name, category, description, countries, currencies, capabilities, auth_scheme, credential_fields, settings_fields, rate_limits, sandbox_base_url, live_base_url, documentation_url, status_page_url, webhook_scheme, api_version
) values
(
    'stripe',
    'Stripe',
    'payments',
    'Cards, wallets and local methods, on Stripe''s hosted page or with a payment method token.',
    array['AE']::text[],
    array['AED', 'BHD', 'EGP', 'EUR', 'GBP', 'INR', 'JOD', 'JPY', 'KWD', 'OMR', 'QAR', 'SAR', 'USD']::text[],
    array['takes_payments', 'captures_payments', 'cancels_payments', 'refunds_payments', 'sends_webhooks', 'checks_health']::text[],
    'bearer',
    '[{"help": "Developers > API keys. A restricted key needs write access to PaymentIntents, Checkout Sessions and Refunds, and read access to Balance.", "label": "Secret key", "name": "secret_key", "placeholder": "sk_test_…", "required": true, "secret": true, "type": "secret"}, {"help": "Developers > Webhooks > your endpoint > Signing secret. Without it no webhook is believed. While you roll it, the old and the new one, a line each.", "label": "Webhook signing secret", "name": "webhook_secret", "placeholder": "whsec_…", "required": false, "secret": true, "type": "secret"}]'::jsonb,
    '[{"default": "2026-06-24.dahlia", "help": "The Stripe-Version to ask for. The default is the one this connector was written against.", "label": "API version", "name": "api_version", "required": false, "secret": false, "type": "text"}, {"help": "For Connect platforms: the account to act for.", "label": "Connected account", "name": "account", "placeholder": "acct_…", "required": false, "secret": false, "type": "text"}, {"default": false, "help": "Let Stripe e-mail a receipt to the customer of a direct payment.", "label": "E-mail receipts", "name": "email_receipts", "required": false, "secret": false, "type": "boolean"}]'::jsonb,
    '{"live": {"capacity": 100.0, "refill_per_second": 100.0}, "sandbox": {"capacity": 25.0, "refill_per_second": 25.0}}'::jsonb,
    'https://api.stripe.com',
    'https://api.stripe.com',
    'https://docs.stripe.com/api',
    'https://status.stripe.com',
    '{"algorithm": "hmac-sha256", "events": ["payment_intent.created", "payment_intent.processing", "payment_intent.requires_action", "payment_intent.amount_capturable_updated", "payment_intent.partially_funded", "payment_intent.succeeded", "payment_intent.payment_failed", "payment_intent.canceled", "checkout.session.completed", "checkout.session.async_payment_succeeded", "checkout.session.async_payment_failed", "checkout.session.expired", "charge.captured", "charge.expired", "charge.failed", "charge.refunded", "charge.refund.updated", "refund.created", "refund.updated", "refund.failed", "charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed", "charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated"], "retries": "up to 3 days with growing pauses; in a sandbox three times over a few hours", "setup": "1. Open Developers > Webhooks > Add endpoint in Stripe''s dashboard.\n2. Endpoint URL: {webhook_url}\n3. Select the events listed here.\n4. Copy the signing secret (whsec_…) into this connection.", "signature_header": "Stripe-Signature", "signing_credential": "webhook_secret", "signs_content": true, "tolerance_seconds": 300}'::jsonb,
    '2026-06-24.dahlia'
)
on conflict (key) do update set
    name = excluded.name,
    category = excluded.category,
    description = excluded.description,
    countries = excluded.countries,
    currencies = excluded.currencies,
    capabilities = excluded.capabilities,
    auth_scheme = excluded.auth_scheme,
    credential_fields = excluded.credential_fields,
    settings_fields = excluded.settings_fields,
    rate_limits = excluded.rate_limits,
    sandbox_base_url = excluded.sandbox_base_url,
    live_base_url = excluded.live_base_url,
    documentation_url = excluded.documentation_url,
    status_page_url = excluded.status_page_url,
    webhook_scheme = excluded.webhook_scheme,
    api_version = excluded.api_version;
