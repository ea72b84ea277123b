"""What N-Genius Online is, and what a connection to it is made of.

Facts from https://docs.ngenius-payments.com/reference (creating-orders, request-an-access-token-direct,
list-of-order-input-attributes, consuming-web-hooks) and Network International's own WooCommerce plugin
(network-international/ngenius-woocommerce-plugin, commit 353f771). There is no published specification.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from pydantic import Field, SecretStr, field_validator

from workers.providers.base import Credentials, Settings
from workers.providers.manifest import Category, Manifest, RateLimit, RateLimits, WebhookScheme
from workers.providers.money import CURRENCY_DECIMALS
from workers.providers.payments.models import PaymentMethodType
from workers.providers.payments.ngenius.events import EVENT_TYPES, WEBHOOK_HEADER
from workers.providers.signatures import ChosenSecret

API_VERSION: Final = "vnd.ni-payment.v2"
# What the plugin offers, less three currencies whose number of decimals is told differently by ISO 4217 and by the
# plugin's own formatter (ALL, PKR, TZS): an amount a hundred times too large is worse than none. ZWL is no more.
CURRENCIES: Final = (
    *("AED", "AOA", "AUD", "BHD", "BWP", "CAD", "DKK", "EGP", "EUR", "GBP", "GHS", "GNF", "HKD", "INR", "JOD", "JPY"),
    *("KES", "KWD", "LKR", "MAD", "MWK", "MYR", "NAD", "NGN", "OMR", "PHP", "QAR", "SAR", "SEK", "SGD", "THB", "TRY"),
    *("UGX", "USD", "XAF", "XOF", "ZAR", "ZMW"),
)
_API_KEY: Final = re.compile(r"[A-Za-z0-9+/_-]{16,512}={0,2}")
_REFERENCE: Final = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z-]{0,62}[0-9A-Za-z])?")
_ANY: Final = "*"
# The hub keeps no header of these names, so a stored delivery could not be verified again.
_UNUSABLE_HEADERS: Final = frozenset({"authorization", "proxy-authorization", "cookie", "apikey"})

MANIFEST: Final = Manifest(
    key="ngenius",
    name="N-Genius Online",
    category=Category.PAYMENTS,
    description="Network International: cards and wallets on N-Genius Online's hosted payment page.",
    countries=("AE",),
    currencies=CURRENCIES,
    # The page offers what the outlet has; an order cannot choose among them.
    methods=(
        PaymentMethodType.CARD,
        PaymentMethodType.APPLE_PAY,
        PaymentMethodType.GOOGLE_PAY,
        PaymentMethodType.SAMSUNG_PAY,
    ),
    poll_minutes=(2, 5, 10, 20, 40, 60, 120, 360, 720, 1440),
    auth_scheme="api_key_exchange",
    # Network International publishes no limits; these are ours, chosen with care.
    rate_limits=RateLimits(
        sandbox=RateLimit(capacity=5, refill_per_second=5),
        live=RateLimit(capacity=20, refill_per_second=10),
    ),
    sandbox_base_url="https://api-gateway.sandbox.ngenius-payments.com",
    live_base_url="https://api-gateway.ngenius-payments.com",
    documentation_url="https://docs.ngenius-payments.com/reference",
    webhook=WebhookScheme(
        signature_header=WEBHOOK_HEADER,
        algorithm="static-header",
        signs_content=False,
        signing_credential="webhook_secret",
        retries="none: each event is sent once, so payments that are not final have to be polled as well",
        setup=(
            "1. Open Settings > Integrations > Webhooks > New in the N-Genius Online portal.\n"
            "2. URL: {webhook_url}\n"
            f"3. Header key: {WEBHOOK_HEADER}\n"
            "4. Header value: a long random text of your own; put the same into this connection as webhook secret.\n"
            "5. Ask Network International to allow the address where the portal says that it is not active yet."
        ),
        events=EVENT_TYPES,
    ),
    api_version=API_VERSION,
)


class NGeniusCredentials(Credentials):
    """What the N-Genius Online portal gives, and the webhook secret that you choose."""

    api_key: SecretStr = Field(
        title="API key",
        description="Portal > Settings > Integrations > Service accounts. As issued; it is Base64 already.",
        examples=["NjFkNDEw…"],
    )
    webhook_secret: ChosenSecret = Field(
        default=None,
        title="Webhook secret",
        description="The header value of your webhook in the portal: at least 16 characters, chosen by you. Without it "
        "no webhook is believed. While you change it, the old and the new one, a line each.",
    )

    @field_validator("api_key")
    @classmethod
    def _looks_like_an_api_key(cls, key: SecretStr) -> SecretStr:
        if not _API_KEY.fullmatch(key.get_secret_value()):
            raise ValueError("is not a service account's API key (Base64 text)")
        return key


class SaleAction(StrEnum):
    """How a payment that is taken at once is made."""

    SALE = "SALE"
    """An authorization that N-Genius captures by itself."""
    PURCHASE = "PURCHASE"
    """One step at the acquirer; some outlets and China UnionPay know only this."""


class Language(StrEnum):
    """What the payment page speaks."""

    ENGLISH = "en"
    ARABIC = "ar"
    FRENCH = "fr"


class NGeniusSettings(Settings):
    """How a connection uses N-Genius Online."""

    outlets: str = Field(
        title="Outlets",
        description="The reference of your outlet. Where you have an outlet for each currency: one entry for each, "
        "such as AED=… USD=…; an entry without a currency takes all the others.",
        examples=["AED=2b6dc55a-… USD=445d36dc-…"],
    )
    sale_action: SaleAction = Field(
        default=SaleAction.SALE,
        title="Action for immediate payments",
        description="SALE authorizes and captures; PURCHASE is one step, for outlets without the two-stage service.",
    )
    realm: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9_-]{1,64}$",
        title="Realm",
        description="Only where Network International gave you one; it is then sent along when a token is asked for.",
    )
    language: Language = Field(
        default=Language.ENGLISH,
        title="Language",
        description="The language of the payment page, where a payment does not say.",
    )
    skip_confirmation_page: bool = Field(
        default=True,
        title="Skip the confirmation page",
        description="Send the payer straight back after paying, without N-Genius Online's own confirmation.",
    )
    webhook_header: str = Field(
        default=WEBHOOK_HEADER,
        pattern=r"^[A-Za-z0-9-]{1,64}$",
        title="Webhook header",
        description="The header key of your webhook in the portal.",
    )

    @field_validator("outlets")
    @classmethod
    def _are_outlets(cls, text: str) -> str:
        read_outlets(text)
        return text

    @field_validator("webhook_header")
    @classmethod
    def _is_kept(cls, name: str) -> str:
        if name.lower() in _UNUSABLE_HEADERS:
            raise ValueError("is a header that is never kept; choose another name")
        return name


def read_outlets(text: str) -> dict[str, str]:
    """Outlet references by currency; under ``*`` the one for every other currency.

    :raises ValueError: not such a list.
    """
    outlets: dict[str, str] = {}
    for entry in re.split(r"[\s,;]+", text.strip()):
        currency, separator, reference = entry.rpartition("=")
        currency = currency if separator else _ANY
        if currency != _ANY and currency not in CURRENCY_DECIMALS:
            raise ValueError("has an entry that is neither an outlet reference nor CURRENCY=outlet reference")
        if not _REFERENCE.fullmatch(reference):
            raise ValueError("has an entry without an outlet reference")
        if currency in outlets:
            raise ValueError("names two outlets for the same currency")
        outlets[currency] = reference
    return outlets


def outlet_for(outlets: dict[str, str], currency: str) -> str | None:
    """The outlet that takes a currency, if one does."""
    return outlets.get(currency, outlets.get(_ANY))
