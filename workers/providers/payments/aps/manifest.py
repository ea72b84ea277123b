"""What Amazon Payment Services is, and what a connection to it is made of.

Facts from https://paymentservices.amazon.com/docs (signature, webhooks, payment links, check status), the copy of the
former official documentation (bhaskarndas/payfortdoc 4536f9f) and the official PHP and .NET SDKs and Magento plugin.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from pydantic import Field, SecretStr

from workers.providers.base import Credentials, Settings
from workers.providers.manifest import Category, Manifest, RateLimit, RateLimits, WebhookScheme
from workers.providers.payments.aps.events import COMMANDS
from workers.providers.payments.aps.signature import ShaType
from workers.providers.payments.models import PaymentMethodType

MANIFEST: Final = Manifest(
    key="aps",
    name="Amazon Payment Services",
    category=Category.PAYMENTS,
    description="Formerly PayFort: cards, mada, KNET and NAPS on its hosted page, and stored cards by token.",
    countries=("AE", "BH", "EG", "JO", "KW", "LB", "OM", "QA", "SA"),
    # Those whose decimals the official plugin and ISO 4217 agree on, and that matter in the region.
    currencies=("AED", "BHD", "EGP", "EUR", "GBP", "JOD", "KWD", "OMR", "QAR", "SAR", "USD"),
    methods=(PaymentMethodType.CARD, PaymentMethodType.MADA, PaymentMethodType.KNET, PaymentMethodType.NAPS),
    # Webhooks are given up after less than two minutes.
    poll_minutes=(2, 5, 10, 20, 40, 60, 120, 360, 720, 1440),
    auth_scheme="signed_body",
    # No limits are published; these are ours, chosen with care.
    rate_limits=RateLimits(
        sandbox=RateLimit(capacity=5, refill_per_second=5),
        live=RateLimit(capacity=20, refill_per_second=10),
    ),
    sandbox_base_url="https://sbpaymentservices.payfort.com",
    live_base_url="https://paymentservices.payfort.com",
    documentation_url="https://paymentservices.amazon.com/docs",
    webhook=WebhookScheme(
        signature_header="none: the signature is a field of the body",
        algorithm="sha256-phrase",
        signs_content=True,
        signing_credential="response_phrase",
        retries="10 times, 10 seconds apart",
        setup=(
            "1. Open Integration Settings > Technical Settings in the Amazon Payment Services dashboard.\n"
            "2. For each integration type that you use (payment links: Redirection, also called Hosted Checkout) set "
            "both the Direct Transaction Feedback URL and the Notification URL to {webhook_url}\n"
            "3. Save. Both JSON and form submissions are understood.\n"
            "4. Under Security Settings copy the SHA response phrase and the SHA type into this connection."
        ),
        events=COMMANDS,
    ),
)


class Language(StrEnum):
    """What the payment page and messages speak."""

    ENGLISH = "en"
    ARABIC = "ar"


class APSCredentials(Credentials):
    """What the dashboard shows under Integration Settings > Security Settings."""

    merchant_identifier: SecretStr = Field(
        min_length=1,
        max_length=20,
        title="Merchant identifier",
        description="Integration Settings > Security Settings. Sandbox and live accounts have different ones.",
        examples=["CycHZxVj"],
    )
    access_code: SecretStr = Field(
        min_length=1,
        max_length=20,
        title="Access code",
        description="Integration Settings > Security Settings > Access Code.",
        examples=["zx0IPmPy5jp1vAz8Kpg7"],
    )
    request_phrase: SecretStr = Field(
        min_length=1,
        title="SHA request phrase",
        description="Integration Settings > Security Settings. It signs what is sent.",
    )
    response_phrase: SecretStr | None = Field(
        default=None,
        title="SHA response phrase",
        description="Integration Settings > Security Settings. Without it no webhook is believed. While you change it, "
        "the old and the new one, a line each; a separate Apple Pay phrase likewise.",
    )


class APSSettings(Settings):
    """How a connection uses Amazon Payment Services."""

    sha_type: ShaType = Field(
        default=ShaType.SHA_256,
        title="SHA type",
        description="As set in the dashboard under Security Settings, for requests and answers alike.",
    )
    language: Language = Field(
        default=Language.ENGLISH,
        title="Language",
        description="The language of the payment page, where a payment does not say its own.",
    )
    link_hours: int = Field(
        default=24,
        ge=1,
        le=720,
        title="Hours a payment page stays open",
        description="After that nobody can pay on it any more. It cannot be closed earlier from here.",
    )
