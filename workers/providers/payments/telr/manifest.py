"""What Telr is, and what a connection to it is made of.

Facts from https://docs.telr.com/reference (admin-system, service-api, api-configuration, authentication,
request-methods, transaction-advice-service) and Telr's own plugins (Telr-PG/telr-plugin-woocommerce b2fd81a,
telr-plugin-odoo c934766). There is one address for play money and for real money: each request says which it is.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from pydantic import Field, SecretStr, field_validator

from workers.providers.base import Credentials, Settings
from workers.providers.manifest import Category, Manifest, RateLimit, RateLimits, WebhookScheme
from workers.providers.payments.models import PaymentMethodType
from workers.providers.payments.telr.events import CHECK_FIELD, EVENT_TYPES

HOST: Final = "https://secure.telr.com"
# What Telr's WooCommerce plugin offers. An account takes those that it was approved for.
CURRENCIES: Final = (
    *("AED", "BHD", "CAD", "EGP", "EUR", "GBP", "IDR", "INR", "JOD", "JPY", "KHR"),
    *("KWD", "MYR", "OMR", "PHP", "QAR", "SAR", "SGD", "THB", "USD", "VND"),
)
_KEY: Final = re.compile(r"[\x21-\x7e]{6,128}")

MANIFEST: Final = Manifest(
    key="telr",
    name="Telr",
    category=Category.PAYMENTS,
    description="Cards and wallets on Telr's hosted payment page, and further charges of a card that was used there.",
    countries=("AE", "BH", "JO", "SA"),
    currencies=CURRENCIES,
    methods=(
        PaymentMethodType.CARD,
        PaymentMethodType.APPLE_PAY,
        PaymentMethodType.GOOGLE_PAY,
        PaymentMethodType.SAMSUNG_PAY,
        PaymentMethodType.MADA,
    ),
    poll_minutes=(2, 5, 10, 20, 40, 60, 120, 360, 720, 1440),
    auth_scheme="keys_in_body",
    # Telr publishes no limits; these are ours, chosen with care.
    rate_limits=RateLimits(
        sandbox=RateLimit(capacity=5, refill_per_second=5),
        live=RateLimit(capacity=10, refill_per_second=5),
    ),
    sandbox_base_url=HOST,
    live_base_url=HOST,
    documentation_url="https://docs.telr.com/reference",
    webhook=WebhookScheme(
        signature_header=f"none: the field {CHECK_FIELD} of the form",
        algorithm="sha1",
        # The hash covers the transaction's fields, but not so that its contents could be believed; see `events`.
        signs_content=False,
        signing_credential="webhook_secret",
        retries="not documented, so payments that are not final have to be polled as well",
        setup=(
            "1. Open Integrations > Webhook (formerly Security > Transaction advice) in the Merchant Administration "
            "System.\n"
            "2. URL: {webhook_url}\n"
            "3. Select every transaction type, and not only authorised transactions.\n"
            "4. Copy the data integrity secret key into this connection as webhook secret.\n"
            "An account has one such address only."
        ),
        events=EVENT_TYPES,
    ),
)


class TelrCredentials(Credentials):
    """The keys from the Merchant Administration System: one for each of Telr's interfaces, each another one."""

    auth_key: SecretStr = Field(
        title="Hosted page authentication key",
        description="Integrations > Hosted Payment Page v2 > Authentication key.",
        examples=["xxxxx-xxxxx#xxxxx"],
    )
    remote_key: SecretStr | None = Field(
        default=None,
        title="Remote API authentication key",
        description="Integrations > Remote API > Authentication key; it is another one than the hosted page's. Without "
        "it there are no refunds, captures, releases or saved cards. Telr has to allow the workers' IP addresses.",
    )
    service_key: SecretStr | None = Field(
        default=None,
        title="Service API key",
        description="Integrations > Service API > Add new entry, with the transaction services. With it Wasl sees each "
        "transaction of a payment: needed for manual captures and saved cards, and to find a refund whose answer was "
        "lost.",
    )
    webhook_secret: SecretStr | None = Field(
        default=None,
        title="Webhook secret",
        description="Integrations > Webhook > Data integrity secret key. Without it no webhook is believed. While you "
        "change it, the old and the new one, a line each.",
    )

    @field_validator("auth_key", "remote_key", "service_key")
    @classmethod
    def _looks_like_a_key(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and not _KEY.fullmatch(key.get_secret_value()):
            raise ValueError("is not a key of Telr's (6 to 128 characters of ASCII without spaces)")
        return key


class Language(StrEnum):
    """What the payment page speaks where a payment does not say."""

    ENGLISH = "en"
    ARABIC = "ar"


class TelrSettings(Settings):
    """How a connection uses Telr."""

    store_id: str = Field(
        pattern=r"^[0-9]{1,10}$",
        title="Store ID",
        description="The number at the top right of the Merchant Administration System.",
        examples=["15164"],
    )
    merchant_id: str | None = Field(
        default=None,
        pattern=r"^[0-9]{1,10}$",
        title="Merchant ID",
        description="The user name of the Service API, where it is not the store's ID.",
    )
    language: Language = Field(
        default=Language.ENGLISH,
        title="Language",
        description="The language of the payment page where a payment does not name one.",
    )
