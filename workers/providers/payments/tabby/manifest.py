"""What Tabby is, and what a connection to it is made of.

Facts from Tabby's OpenAPI document and https://docs.tabby.ai (introduction/technical-requirements for keys, limits and
formats; pay-in-4-custom-integration/webhooks).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from pydantic import Field, SecretStr, field_validator

from workers.providers.base import Credentials, Settings
from workers.providers.manifest import Category, Manifest, RateLimit, RateLimits, WebhookScheme
from workers.providers.payments.models import PaymentMethodType
from workers.providers.payments.tabby.events import EVENT_TYPES, WEBHOOK_HEADER
from workers.providers.signatures import ChosenSecret

BASE_URL: Final = "https://api.tabby.ai"
SAUDI_BASE_URL: Final = "https://api.tabby.sa"
_TEST_KEY: Final = "sk_test_"
_SECRET_KEY: Final = re.compile(r"sk_[A-Za-z0-9_-]{8,250}")
# The hub keeps no header of these names, so a stored delivery could not be verified again.
_UNUSABLE_HEADERS: Final = frozenset({"authorization", "proxy-authorization", "cookie", "apikey"})

MANIFEST: Final = Manifest(
    key="tabby",
    name="Tabby",
    category=Category.PAYMENTS,
    description="Pay later in instalments, on Tabby's hosted page; the merchant is paid at once.",
    countries=("AE", "KW", "SA"),
    currencies=("AED", "KWD", "SAR"),
    methods=(PaymentMethodType.PAY_LATER,),
    # Webhooks may come twice, late or not at all, and an open page runs out after half an hour.
    poll_minutes=(2, 5, 10, 20, 40, 60, 120, 360, 720, 1440),
    auth_scheme="bearer",
    # Published for each key: live 200 sessions in ten seconds and 100 other calls a second, test 10 and 50. There is
    # one budget here; the smaller live number holds, and a test key that opens sessions faster is told so (429).
    rate_limits=RateLimits(
        sandbox=RateLimit(capacity=10, refill_per_second=5),
        live=RateLimit(capacity=100, refill_per_second=20),
    ),
    sandbox_base_url=BASE_URL,
    live_base_url=BASE_URL,
    documentation_url="https://docs.tabby.ai/api-reference/overview",
    status_page_url="https://www.tabby-status.com",
    webhook=WebhookScheme(
        signature_header=WEBHOOK_HEADER,
        algorithm="static-header",
        signs_content=False,
        signing_credential="webhook_secret",
        retries="4 times, one to four minutes apart",
        setup=(
            "1. Choose a long random text and put it into this connection as webhook secret.\n"
            "2. Register the webhook through Tabby's API, `POST /api/v1/webhooks`, with this connection's secret key "
            "as bearer token and its merchant code in the header `X-Merchant-Code`. The fields:\n"
            "   - `url`: {webhook_url}\n"
            f"   - `header.title`: {WEBHOOK_HEADER}\n"
            "   - `header.value`: the webhook secret\n"
            "3. A test key registers it for test payments, a live key for live ones.\n"
            "4. Ask Tabby to send `expired` as well. For disputes register the same address, header and value with "
            "`POST /api/v1/dispute-webhooks` and the live key."
        ),
        events=EVENT_TYPES,
    ),
    api_version="v2",
)


class TabbyCredentials(Credentials):
    """What Tabby gives the merchant, and the webhook secret that you choose."""

    secret_key: SecretStr = Field(
        title="Secret key",
        description="Merchant Dashboard > Settings > API keys, or from your account manager at Tabby. The public key "
        "(pk_…) is for browsers and is not needed.",
        examples=["sk_test_…"],
    )
    webhook_secret: ChosenSecret = Field(
        default=None,
        title="Webhook secret",
        description="The header value that you registered with the webhook: at least 16 characters, chosen by you. "
        "Without it no webhook is believed. While you change it, the old and the new one, a line each.",
    )

    @field_validator("secret_key")
    @classmethod
    def _looks_like_a_secret_key(cls, key: SecretStr) -> SecretStr:
        if not _SECRET_KEY.fullmatch(key.get_secret_value()):
            raise ValueError("is not a secret key of Tabby's (sk_test_… or sk_…)")
        return key

    @property
    def is_live(self) -> bool:
        """Whether the key moves real money: Tabby tells the environments apart by nothing else."""
        return not self.secret_key.get_secret_value().startswith(_TEST_KEY)


class Country(StrEnum):
    """Where the store is."""

    UAE = "AE"
    KUWAIT = "KW"
    SAUDI_ARABIA = "SA"


CURRENCIES: Final[Mapping[Country, str]] = {
    Country.UAE: "AED",
    Country.KUWAIT: "KWD",
    Country.SAUDI_ARABIA: "SAR",
}
"""A merchant code takes the currency of its store's country and no other."""


class Language(StrEnum):
    """What Tabby's page speaks."""

    ENGLISH = "en"
    ARABIC = "ar"


class TabbySettings(Settings):
    """How a connection uses Tabby: one connection for each merchant code."""

    merchant_code: str = Field(
        pattern=r"^[\x21-\x7e]{1,100}$",
        title="Merchant code",
        description="The code of your store at Tabby, one for each country. Ask Tabby's integration team for it.",
        examples=["AE"],
    )
    country: Country = Field(
        default=Country.UAE,
        title="Country",
        description="Where the store is. It decides the currency, and which of Tabby's addresses is called.",
    )
    language: Language = Field(
        default=Language.ENGLISH,
        title="Language",
        description="The language of Tabby's page, for payments that do not say.",
    )
    item_category: str | None = Field(
        default=None,
        min_length=1,
        max_length=255,
        title="Category of goods",
        description="Tabby insists on a category for every item; this one is sent for items that have none.",
        examples=["Clothes"],
    )
    webhook_header: str = Field(
        default=WEBHOOK_HEADER,
        pattern=r"^[A-Za-z0-9-]{1,64}$",
        title="Webhook header",
        description="The header title that you registered with the webhook.",
    )

    @field_validator("webhook_header")
    @classmethod
    def _is_kept(cls, name: str) -> str:
        if name.lower() in _UNUSABLE_HEADERS:
            raise ValueError("is a header that is never kept; choose another name")
        return name

    @property
    def currency(self) -> str:
        """The only currency that the store takes."""
        return CURRENCIES[self.country]
