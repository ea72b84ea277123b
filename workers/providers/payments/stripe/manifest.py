"""What Stripe is, and what a connection to it is made of."""

from __future__ import annotations

import re
from typing import Final

from pydantic import Field, SecretStr, field_validator

from workers.providers.base import Credentials, Settings
from workers.providers.manifest import Category, Manifest, RateLimit, RateLimits, StatusFeed, WebhookScheme
from workers.providers.payments.models import PaymentMethodType
from workers.providers.payments.stripe.events import EVENT_TYPES, SIGNATURE_HEADER, TOLERANCE_SECONDS

API_VERSION: Final = "2026-06-24.dahlia"
# What a recorded answer of Stripe's lists for a country (``country_spec.supported_payment_currencies``), less what has
# ended since, and the three-decimal ones of https://docs.stripe.com/currencies . An account may have fewer.
_CURRENCIES: Final = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BWP BZD CAD CDF CHF "
    "CLP CNY COP CRC CVE CZK DJF DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR "
    "ILS INR ISK JMD JOD JPY KES KGS KHR KMF KRW KWD KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MNT MOP MUR "
    "MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR "
    "SEK SGD SHP SOS SRD SZL THB TJS TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VND VUV WST XAF XCD XOF "
    "XPF YER ZAR ZMW"
)

MANIFEST: Final = Manifest(
    key="stripe",
    name="Stripe",
    category=Category.PAYMENTS,
    description="Cards and wallets, on Stripe's hosted page or with a payment method token; saved cards.",
    countries=("AE",),
    currencies=tuple(_CURRENCIES.split()),
    methods=(PaymentMethodType.CARD, PaymentMethodType.APPLE_PAY, PaymentMethodType.GOOGLE_PAY),
    auth_scheme="bearer",
    rate_limits=RateLimits(
        sandbox=RateLimit(capacity=25, refill_per_second=25),
        live=RateLimit(capacity=100, refill_per_second=100),
    ),
    sandbox_base_url="https://api.stripe.com",
    live_base_url="https://api.stripe.com",
    documentation_url="https://docs.stripe.com/api",
    status_page_url="https://status.stripe.com",
    status_feed=StatusFeed(format="statuspage", url="https://www.stripestatus.com/api/v2/summary.json"),
    webhook=WebhookScheme(
        signature_header=SIGNATURE_HEADER,
        algorithm="hmac-sha256",
        signs_content=True,
        signing_credential="webhook_secret",
        tolerance_seconds=TOLERANCE_SECONDS,
        retries="up to 3 days with growing pauses; in a sandbox three times over a few hours",
        setup=(
            "1. Open Developers > Webhooks > Add endpoint in Stripe's dashboard.\n"
            "2. Endpoint URL: {webhook_url}\n"
            "3. Select the events listed here.\n"
            "4. Copy the signing secret (whsec_…) into this connection."
        ),
        events=EVENT_TYPES,
    ),
    api_version=API_VERSION,
    idempotency_hours=24,
)


class StripeCredentials(Credentials):
    """What Stripe's dashboard gives under Developers > API keys and > Webhooks."""

    secret_key: SecretStr = Field(
        title="Secret key",
        description="Developers > API keys. A restricted key needs write access to PaymentIntents, Checkout Sessions "
        "and Refunds, and read access to Balance; to save payment methods also write access to Customers and "
        "PaymentMethods.",
        examples=["sk_test_…"],
    )
    webhook_secret: SecretStr | None = Field(
        default=None,
        title="Webhook signing secret",
        description="Developers > Webhooks > your endpoint > Signing secret. Without it no webhook is believed. While "
        "you roll it, the old and the new one, a line each.",
        examples=["whsec_…"],
    )

    @field_validator("secret_key")
    @classmethod
    def _looks_like_a_secret_key(cls, key: SecretStr) -> SecretStr:
        if not re.fullmatch(r"(sk|rk)_(test|live)_[A-Za-z0-9_]{4,240}", key.get_secret_value()):
            raise ValueError("is not a secret key (sk_…) or restricted key (rk_…)")
        return key

    @field_validator("webhook_secret")
    @classmethod
    def _looks_like_a_signing_secret(cls, secret: SecretStr | None) -> SecretStr | None:
        lines = secret.get_secret_value().splitlines() if secret else ()
        if any(line.strip() and not re.fullmatch(r"whsec_[\x21-\x7e]{4,250}", line.strip()) for line in lines):
            raise ValueError("is not a webhook signing secret (whsec_…)")
        return secret


class StripeSettings(Settings):
    """How a connection uses Stripe."""

    api_version: str = Field(
        default=API_VERSION,
        pattern=r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}(\.[a-z]+)?$",
        title="API version",
        description="The Stripe-Version to ask for. The default is the one this connector was written against.",
    )
    account: str | None = Field(
        default=None,
        pattern=r"^acct_[A-Za-z0-9]{1,64}$",
        title="Connected account",
        description="For Connect platforms: the account to act for.",
        examples=["acct_…"],
    )
    email_receipts: bool = Field(
        default=False,
        title="E-mail receipts",
        description="Let Stripe e-mail a receipt to the customer of a direct payment.",
    )
