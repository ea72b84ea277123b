"""What Ziina is, and what a connection to it is made of."""

from __future__ import annotations

import re
from typing import Final

from pydantic import Field, SecretStr, field_validator

from workers.providers.base import Credentials, Settings
from workers.providers.manifest import Category, Manifest, RateLimit, RateLimits, WebhookScheme
from workers.providers.payments.models import PaymentMethodType
from workers.providers.payments.ziina.events import EVENT_TYPES, SIGNATURE_HEADER
from workers.providers.signatures import ChosenSecret

API_URL: Final = "https://api-v2.ziina.com/api"
# https://docs.ziina.com/supported-currencies , as three integrations of 2026 quote it alike.
CURRENCIES: Final = ("AED", "BHD", "EUR", "GBP", "INR", "KWD", "OMR", "QAR", "SAR", "USD")
_TOKEN: Final = re.compile(r"[\x21-\x7e]{20,4096}")

MANIFEST: Final = Manifest(
    key="ziina",
    name="Ziina",
    category=Category.PAYMENTS,
    description="Cards, Apple Pay and Google Pay on Ziina's hosted page, for accounts in the Emirates.",
    countries=("AE",),
    currencies=CURRENCIES,
    methods=(PaymentMethodType.CARD, PaymentMethodType.APPLE_PAY, PaymentMethodType.GOOGLE_PAY),
    # An account has one webhook address, which any other integration of it may take over; and a delivery is tried
    # again three times only, nobody says when.
    poll_minutes=(2, 5, 10, 20, 40, 60, 120, 360, 720, 1440),
    auth_scheme="bearer",
    # Ziina publishes no limits; these are ours, chosen with care.
    rate_limits=RateLimits(
        sandbox=RateLimit(capacity=5, refill_per_second=5),
        live=RateLimit(capacity=10, refill_per_second=10),
    ),
    # There is no second address: a test payment says that it is one.
    sandbox_base_url=API_URL,
    live_base_url=API_URL,
    documentation_url="https://docs.ziina.com/api-reference/introduction",
    webhook=WebhookScheme(
        signature_header=SIGNATURE_HEADER,
        algorithm="hmac-sha256",
        signs_content=True,
        signing_credential="webhook_secret",
        retries="3 times after an answer outside 2xx; when is not documented",
        setup=(
            "1. Put a long random text of your own into this connection as webhook secret.\n"
            "2. Register the address with the same secret, by this call:\n\n"
            f"       curl -sS {API_URL}/webhook -H 'Authorization: Bearer <access token>' "
            "-H 'Content-Type: application/json' "
            """-d '{"url": "{webhook_url}", "secret": "<webhook secret>"}'\n\n"""
            '3. It answers `{"success": true}`. An account has one webhook: this replaces the one before, and a later '
            "call (Ziina's WooCommerce plugin makes one by itself) replaces this."
        ),
        events=EVENT_TYPES,
    ),
)


class ZiinaCredentials(Credentials):
    """What Ziina gives, and the webhook secret that you choose."""

    access_token: SecretStr = Field(
        title="Access token",
        description="From https://ziina.com/business/connect , with the scopes read_account, write_payment_intents and "
        "write_refunds (and write_webhooks to register the webhook with it).",
    )
    webhook_secret: ChosenSecret = Field(
        default=None,
        title="Webhook secret",
        description="The secret that the webhook was registered with: at least 16 characters, chosen by you. Without "
        "it no webhook is believed. While you change it, the old and the new one, a line each.",
    )

    @field_validator("access_token")
    @classmethod
    def _looks_like_a_token(cls, token: SecretStr) -> SecretStr:
        if not _TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("is not an access token of Ziina's (at least 20 characters without spaces)")
        return token


class ZiinaSettings(Settings):
    """How a connection uses Ziina."""

    mark_return_url: bool = Field(
        default=True,
        title="Payment id in the return URL",
        description="Add wasl_payment_id to the address that the payer comes back to. Ziina keeps no reference of "
        "ours, but gives this address back in answers and webhooks. Turn it off if your return URLs are signed.",
    )
    expires_after_minutes: int | None = Field(
        default=None,
        ge=5,
        le=43200,
        title="Minutes until a page runs out",
        description="How long a payment page can be paid on. Left empty, Ziina decides.",
    )
