"""What Tap Payments is, and what a connection to it is made of.

Facts from https://developers.tap.company : docs/webhook, docs/payment-methods, docs/idempotency, docs/saved-cards,
reference/authorize and reference/charges.
"""

from __future__ import annotations

import re
from typing import Final

from pydantic import Field, SecretStr, field_validator

from workers.providers.base import Credentials, Settings
from workers.providers.manifest import Category, Manifest, RateLimit, RateLimits, WebhookScheme
from workers.providers.payments.models import PaymentMethodType
from workers.providers.payments.tap.events import SIGNATURE_HEADER

API_URL: Final = "https://api.tap.company/v2"

MANIFEST: Final = Manifest(
    key="tap",
    name="Tap Payments",
    category=Category.PAYMENTS,
    description="Cards, wallets, mada, KNET, Benefit, OmanNet, QPay and Fawry, on Tap's page or with a token.",
    countries=("AE", "BH", "EG", "JO", "KW", "OM", "QA", "SA"),
    currencies=("AED", "BHD", "EGP", "EUR", "GBP", "JOD", "KWD", "OMR", "QAR", "SAR", "USD"),
    methods=(
        PaymentMethodType.CARD,
        PaymentMethodType.APPLE_PAY,
        PaymentMethodType.GOOGLE_PAY,
        PaymentMethodType.SAMSUNG_PAY,
        PaymentMethodType.MADA,
        PaymentMethodType.KNET,
        PaymentMethodType.BENEFIT,
        PaymentMethodType.OMANNET,
        PaymentMethodType.NAPS,
        PaymentMethodType.FAWRY,
        PaymentMethodType.PAY_LATER,
    ),
    # A webhook is tried three times in all, and none tells that a payer left the page.
    poll_minutes=(2, 5, 10, 20, 40, 60, 120, 360, 720, 1440),
    auth_scheme="bearer",
    # Tap publishes no limits; these are ours, chosen with care.
    rate_limits=RateLimits(
        sandbox=RateLimit(capacity=5, refill_per_second=5),
        live=RateLimit(capacity=20, refill_per_second=10),
    ),
    # One address: the key says which environment is meant.
    sandbox_base_url=API_URL,
    live_base_url=API_URL,
    documentation_url="https://developers.tap.company/reference",
    webhook=WebhookScheme(
        signature_header=SIGNATURE_HEADER,
        algorithm="hmac-sha256",
        # Our id, the source, the card and the reason of a decline are not among the seven.
        signs_content=False,
        signing_credential="secret_key",
        retries="twice more, then given up",
        setup=(
            "1. Copy {webhook_url} into this connection's *Webhook address*: Tap is told it with each payment.\n"
            "2. There is nothing to set up at Tap, and no further secret: Tap signs with the secret key."
        ),
    ),
    api_version="V2",
    idempotency_hours=24,
)
_SECRET_KEY: Final = re.compile(r"sk_(test|live)_[A-Za-z0-9]{16,64}")


class TapCredentials(Credentials):
    """What Tap's dashboard gives under goSell > API credentials, and where Wasl takes webhooks."""

    secret_key: SecretStr = Field(
        title="Secret key",
        description="goSell > API credentials > Secret key. It also signs webhooks, so it is needed to believe them.",
        examples=["sk_test_…"],
    )
    webhook_url: SecretStr | None = Field(
        default=None,
        title="Webhook address",
        description="The webhook address that Wasl shows for this connection; it is sent with each payment.",
        examples=["https://…/functions/v1/webhooks/…"],
    )

    @field_validator("secret_key")
    @classmethod
    def _looks_like_a_secret_key(cls, key: SecretStr) -> SecretStr:
        if not _SECRET_KEY.fullmatch(key.get_secret_value()):
            raise ValueError("is not a secret key of Tap's (sk_test_… or sk_live_…)")
        return key

    @field_validator("webhook_url")
    @classmethod
    def _is_an_address(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not re.fullmatch(r"https?://[^\s]{1,2040}", url.get_secret_value()):
            raise ValueError("is not an address (https://…)")
        return url


class TapSettings(Settings):
    """How a connection uses Tap."""

    merchant_id: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9_]{1,64}$",
        title="Merchant ID",
        description="goSell > API credentials > Merchant ID. Needed where one key serves several merchant accounts.",
        examples=["14583257"],
    )
    three_d_secure: bool = Field(
        default=True,
        title="3-D Secure",
        description="Have payers authenticated by their bank. Tap has to allow an account to do without.",
    )
    authorization_hours: int = Field(
        default=168,
        ge=1,
        le=168,
        title="Hours reserved",
        description="For how long an amount stays reserved until it is captured; at most 168 hours.",
    )
    capture_at_end: bool = Field(
        default=False,
        title="Capture at the end",
        description="Have Tap capture what is still reserved at the end of that time, instead of releasing it.",
    )
    page_minutes: int | None = Field(
        default=None,
        ge=5,
        le=60,
        title="Minutes to pay",
        description="For how long a payment page is open, 5 to 60 minutes; 30 if nothing is said.",
    )
