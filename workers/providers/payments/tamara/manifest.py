"""What Tamara is, and what a connection to it is made of.

Currencies and countries: Tamara's documents name SA, AE, BH, KW and OM; its own Magento module
(tamara-solution/magento, `CountryValidator`) offers QA with QAR as well.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from pydantic import Field, SecretStr, field_validator

from workers.providers.base import Credentials, Settings
from workers.providers.manifest import Category, Manifest, RateLimit, RateLimits, WebhookScheme
from workers.providers.payments.models import PaymentMethodType
from workers.providers.payments.tamara.events import EVENT_TYPES, TOKEN_SECONDS

COUNTRIES: Final = {"AED": "AE", "SAR": "SA", "KWD": "KW", "BHD": "BH", "OMR": "OM", "QAR": "QA"}
"""The country of each currency: Tamara takes a currency in its own country only."""

MANIFEST: Final = Manifest(
    key="tamara",
    name="Tamara",
    category=Category.PAYMENTS,
    description="Pay later: instalments on Tamara's page; Tamara pays the merchant.",
    countries=tuple(sorted(COUNTRIES.values())),
    currencies=tuple(COUNTRIES),
    methods=(PaymentMethodType.PAY_LATER,),
    # The payer's agreement has to be authorised by us, and webhooks are tried again for an unknown time only.
    poll_minutes=(2, 5, 10, 20, 40, 60, 120, 360, 720, 1440),
    auth_scheme="bearer",
    # Tamara publishes no limits; these are ours, chosen with care.
    rate_limits=RateLimits(
        sandbox=RateLimit(capacity=5, refill_per_second=5),
        live=RateLimit(capacity=20, refill_per_second=10),
    ),
    sandbox_base_url="https://api-sandbox.tamara.co",
    live_base_url="https://api.tamara.co",
    documentation_url="https://docs.tamara.co",
    webhook=WebhookScheme(
        signature_header="Authorization",
        algorithm="jwt-hs256",
        signs_content=False,
        signing_credential="notification_token",
        tolerance_seconds=TOKEN_SECONDS,
        retries="again after anything but 200; how often is not documented, so payments are polled as well",
        setup=(
            "1. Open Settings > General settings > Webhooks > Add webhooks in Tamara's partner portal.\n"
            "2. Type: Order. Events: all of those listed here.\n"
            "3. URL: {webhook_url}\n"
            "4. Copy the notification token that Tamara gave you into this connection."
        ),
        events=EVENT_TYPES,
    ),
)
_TOKEN: Final = re.compile(r"[\x21-\x7e]{16,4096}")
_NOTIFICATION_TOKEN: Final = re.compile(r"[\x21-\x7e]{16,255}")
_WEBHOOK_URL: Final = re.compile(r"https?://[^\s]{1,247}")


class TamaraCredentials(Credentials):
    """What Tamara hands out when it opens a merchant's account, and where its notifications go."""

    api_token: SecretStr = Field(
        title="API token",
        description="From Tamara, or the partner portal. The sandbox's and the live one are different tokens.",
        examples=["eyJ0eXAiOiJKV1Qi…"],
    )
    notification_token: SecretStr | None = Field(
        default=None,
        title="Notification token",
        description="What Tamara signs its notifications with. Without it no webhook is believed. While it is being "
        "changed, the old and the new one, a line each.",
    )
    webhook_url: SecretStr | None = Field(
        default=None,
        title="Webhook address",
        description="The webhook address that Wasl shows for this connection; it is sent with each payment. Not "
        "needed where it is registered in the partner portal.",
    )

    @field_validator("api_token")
    @classmethod
    def _looks_like_a_token(cls, token: SecretStr) -> SecretStr:
        if not _TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("is not an API token of Tamara's (16 characters or more, without spaces)")
        return token

    @field_validator("notification_token")
    @classmethod
    def _is_hard_to_guess(cls, token: SecretStr | None) -> SecretStr | None:
        lines = token.get_secret_value().splitlines() if token else ()
        if any(line.strip() and not _NOTIFICATION_TOKEN.fullmatch(line.strip()) for line in lines):
            raise ValueError("is not a notification token of Tamara's (16 characters or more, without spaces)")
        return token

    @field_validator("webhook_url")
    @classmethod
    def _is_an_address(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not _WEBHOOK_URL.fullmatch(url.get_secret_value()):
            raise ValueError("is not a web address of at most 255 characters, which is what Tamara takes")
        return url


class PaymentType(StrEnum):
    """What Tamara offers the payer."""

    INSTALMENTS = "PAY_BY_INSTALMENTS"
    NOW = "PAY_NOW"


class TamaraSettings(Settings):
    """How a connection uses Tamara."""

    payment_type: PaymentType = Field(
        default=PaymentType.INSTALMENTS,
        title="Payment type",
        description="What the payer is offered; it has to be part of your contract.",
    )
    instalments: int | None = Field(
        default=None,
        ge=2,
        le=24,
        title="Instalments",
        description="Into how many parts, for instalments. Without a number Tamara's page offers what you agreed on.",
    )
    expires_in_minutes: int | None = Field(
        default=None,
        ge=5,
        le=1440,
        title="Page expires after (minutes)",
        description="How long the payer has; Tamara's own default is 30 minutes.",
    )
    shipping_company: str = Field(
        default="N/A",
        min_length=1,
        max_length=100,
        title="Shipping company",
        description="A capture tells Tamara who ships the goods; Wasl does not know it, so every capture says this.",
    )
