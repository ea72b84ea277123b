-- The provider catalog. Written by `wasl providers seed` from the connectors' manifests; do not edit.
-- Repeatable: what is there already is brought up to date. A provider that was switched off stays so.

insert into public.integration_providers (
    key, name, category, description, countries, currencies, capabilities, auth_scheme, credential_fields, settings_fields, rate_limits, sandbox_base_url, live_base_url, documentation_url, status_page_url, webhook_scheme, api_version
) values
(
    'checkout',
    'Checkout.com',
    'payments',
    'Cards and wallets, on Checkout.com''s hosted page or with a token or stored instrument.',
    array['AE', 'BH', 'EG', 'JO', 'KW', 'OM', 'QA', 'SA']::text[],
    array['AED', 'BHD', 'EGP', 'EUR', 'GBP', 'INR', 'JOD', 'JPY', 'KWD', 'OMR', 'QAR', 'SAR', 'USD']::text[],
    array['takes_payments', 'captures_payments', 'cancels_payments', 'refunds_payments', 'sends_webhooks', 'checks_health']::text[],
    'bearer',
    '[{"help": "Developers > Keys > Create a secret key, with the default scopes for payments. Keys of the previous platform (with hyphens) do not work.", "label": "Secret key", "name": "secret_key", "placeholder": "sk_sbox_…", "required": true, "secret": true, "type": "secret"}, {"help": "Developers > Webhooks > your configuration > Signature key. Without it no webhook is believed.", "label": "Webhook signature key", "name": "webhook_secret", "required": false, "secret": true, "type": "secret"}]'::jsonb,
    '[{"help": "The account''s own part of the API address, from Developers > Overview. The address without it still answers older accounts.", "label": "URL prefix", "name": "url_prefix", "placeholder": "vkuhvk4v", "required": false, "secret": false, "type": "text"}, {"help": "Needed where the secret key serves several processing channels.", "label": "Processing channel", "name": "processing_channel_id", "placeholder": "pc_…", "required": false, "secret": false, "type": "text"}, {"default": "AE", "help": "ISO 3166-1 code of the country that hosted pages start with; Checkout.com requires one.", "label": "Billing country", "name": "billing_country", "required": false, "secret": false, "type": "text"}, {"default": true, "help": "Have payers authenticated by their bank. A direct payment is only when it has a return URL.", "label": "3-D Secure", "name": "three_d_secure", "required": false, "secret": false, "type": "boolean"}, {"default": false, "help": "Keep the rest of a reservation after a part of it is captured, for further captures. Otherwise the rest is released.", "label": "Several captures", "name": "several_captures", "required": false, "secret": false, "type": "boolean"}, {"help": "Checkout.com takes a statement descriptor only together with a city.", "label": "City on statements", "name": "statement_city", "placeholder": "Dubai", "required": false, "secret": false, "type": "text"}]'::jsonb,
    '{"live": {"capacity": 100.0, "refill_per_second": 100.0}, "sandbox": {"capacity": 20.0, "refill_per_second": 20.0}}'::jsonb,
    'https://api.sandbox.checkout.com',
    'https://api.checkout.com',
    'https://api-reference.checkout.com',
    'https://status.checkout.com',
    '{"algorithm": "hmac-sha256", "events": ["payment_pending", "payment_approved", "payment_declined", "payment_authentication_failed", "payment_expired", "payment_canceled", "payment_retry_scheduled", "payment_captured", "payment_capture_declined", "payment_paid", "payment_returned", "payment_voided", "payment_void_declined", "payment_refund_pending", "payment_refunded", "payment_refund_declined", "dispute_evidence_required", "dispute_evidence_submitted", "dispute_won", "dispute_arbitration_won", "dispute_lost", "dispute_arbitration_lost", "dispute_accepted", "dispute_expired", "dispute_canceled", "dispute_resolved"], "retries": "8 times, after 5, 10, 15 and 30 minutes, 1 hour, 4, 12 and 12 hours", "setup": "1. Open Developers > Webhooks > Create configuration in Checkout.com''s dashboard.\n2. Endpoint URL: {webhook_url}\n3. Select the events listed here.\n4. Copy the signature key into this connection.", "signature_header": "Cko-Signature", "signing_credential": "webhook_secret", "signs_content": true}'::jsonb,
    null
),
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
