"""What PayPal is, and what a connection to it is made of."""

from __future__ import annotations

import re
from typing import Final

from pydantic import Field, SecretStr, field_validator

from workers.providers.base import Credentials, Settings
from workers.providers.manifest import Category, Manifest, RateLimit, RateLimits, StatusFeed, WebhookScheme
from workers.providers.payments.models import PaymentMethodType
from workers.providers.payments.paypal.events import EVENT_TYPES
from workers.providers.payments.paypal.objects import PayPalCurrency
from workers.providers.payments.paypal.signature import SIGNATURE_HEADER, TOLERANCE_SECONDS

MANIFEST: Final = Manifest(
    key="paypal",
    name="PayPal",
    category=Category.PAYMENTS,
    description="PayPal accounts and the cards behind them, on PayPal's page or with a saved PayPal account. No AED.",
    countries=("AE",),
    currencies=tuple(currency.value for currency in PayPalCurrency),
    methods=(PaymentMethodType.PAYPAL,),
    # An approved order has to be completed within three hours, by default, even if its webhook is lost.
    poll_minutes=(5, 30, 120, 720, 1440),
    auth_scheme="oauth2_client_credentials",
    # PayPal publishes no numbers (https://developer.paypal.com/api/rest/rate-limiting/ ); these are cautious.
    rate_limits=RateLimits(
        sandbox=RateLimit(capacity=10, refill_per_second=5),
        live=RateLimit(capacity=30, refill_per_second=20),
    ),
    sandbox_base_url="https://api-m.sandbox.paypal.com",
    live_base_url="https://api-m.paypal.com",
    documentation_url="https://developer.paypal.com/api/rest",
    status_page_url="https://www.paypal-status.com",
    status_feed=StatusFeed(format="paypal", url="https://www.paypal-status.com/api/v1/components"),
    webhook=WebhookScheme(
        signature_header=SIGNATURE_HEADER,
        algorithm="rsa-sha256 with a certificate",
        signs_content=True,
        signing_credential="webhook_id",
        tolerance_seconds=TOLERANCE_SECONDS,
        retries="up to 25 times over 3 days",
        setup=(
            "1. Open Apps & Credentials > your app > Webhooks > Add Webhook in PayPal's developer dashboard.\n"
            "2. Webhook URL: {webhook_url}\n"
            "3. Select the events listed here.\n"
            "4. Copy the Webhook ID that the list then shows into this connection."
        ),
        events=EVENT_TYPES,
    ),
    idempotency_hours=6,
)


class PayPalCredentials(Credentials):
    """What PayPal's developer dashboard gives under Apps & Credentials."""

    client_id: SecretStr = Field(
        title="Client ID",
        description="Apps & Credentials > your app > Client ID, of the sandbox or of live as the connection is.",
        examples=["AXy9…"],
    )
    client_secret: SecretStr = Field(
        title="Secret",
        description="Apps & Credentials > your app > Secret key 1.",
        examples=["EGn…"],
    )
    webhook_id: SecretStr | None = Field(
        default=None,
        title="Webhook ID",
        description="Apps & Credentials > your app > Webhooks. Without it no webhook is believed. While you replace "
        "the webhook, the old and the new one, a line each.",
        examples=["4JH86294D6297924G"],
    )

    @field_validator("client_id", "client_secret")
    @classmethod
    def _can_be_sent(cls, value: SecretStr) -> SecretStr:
        if not re.fullmatch(r"[A-Za-z0-9_.-]{10,200}", value.get_secret_value()):
            raise ValueError("is not an ID or secret of a PayPal app")
        return value

    @field_validator("webhook_id")
    @classmethod
    def _looks_like_webhook_ids(cls, value: SecretStr | None) -> SecretStr | None:
        lines = value.get_secret_value().splitlines() if value else ()
        # WEBHOOK_ID itself is what PayPal's simulator signs with: anybody can have it sign.
        if any(line.strip() and not re.fullmatch(r"[A-Z0-9]{8,50}", line.strip()) for line in lines):
            raise ValueError("is not a webhook's ID (17 capital letters and digits)")
        return value


class PayPalSettings(Settings):
    """How a connection uses PayPal."""

    settlement_currency: PayPalCurrency = Field(
        title="Settlement currency",
        description="The currency that payments through this connection are made in. PayPal has no AED: price them in "
        "this one. A payment in any other is refused; nothing is ever converted.",
    )
    brand_name: str | None = Field(
        default=None,
        min_length=1,
        max_length=127,
        title="Brand name",
        description="What PayPal's page calls you; by default the name of your PayPal account.",
    )
    collect_shipping_address: bool = Field(
        default=False,
        title="Ask for a shipping address",
        description="Let the payer choose a shipping address on PayPal's page.",
    )
