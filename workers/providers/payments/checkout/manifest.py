"""What Checkout.com is, and what a connection to it is made of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from pydantic import Field, SecretStr, field_validator

from workers.providers.base import Credentials, Settings
from workers.providers.manifest import Category, Manifest, RateLimit, RateLimits, StatusFeed, WebhookScheme
from workers.providers.payments.checkout.events import EVENT_TYPES, SIGNATURE_HEADER
from workers.providers.payments.models import PaymentMethodType

# What the region's payers can choose from on the hosted page, and its names of it
# (https://www.checkout.com/docs/integrate/hosted-payments-page ; names from checkout-sdk-java, PaymentSourceType). mada
# is a card there; QPay is the gateway of Qatar's NAPS cards; each must be switched on for the account.
PAGE_METHODS: Final[Mapping[PaymentMethodType, tuple[str, ...]]] = {
    PaymentMethodType.CARD: ("card",),
    PaymentMethodType.APPLE_PAY: ("applepay",),
    PaymentMethodType.GOOGLE_PAY: ("googlepay",),
    PaymentMethodType.PAYPAL: ("paypal",),
    PaymentMethodType.PAY_LATER: ("tabby", "tamara"),
    PaymentMethodType.MADA: ("card",),
    PaymentMethodType.STC_PAY: ("stcpay",),
    PaymentMethodType.KNET: ("knet",),
    PaymentMethodType.BENEFIT: ("benefit",),
    PaymentMethodType.NAPS: ("qpay",),
}
# The active currencies of the official SDKs (checkout-sdk-java 23c85c1, Currency); an account may have fewer.
_CURRENCIES: Final = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF "
    "CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD "
    "HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD "
    "MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN "
    "PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SOS SRD STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD "
    "TZS UAH UGX USD UYU UZS VND VUV WST XAF XCD XOF XPF YER ZAR ZMW"
)
MANIFEST: Final = Manifest(
    key="checkout",
    name="Checkout.com",
    category=Category.PAYMENTS,
    description="Cards, wallets and local methods, on Checkout.com's hosted page or with a token or stored instrument.",
    countries=("AE", "BH", "EG", "JO", "KW", "OM", "QA", "SA"),
    currencies=tuple(_CURRENCIES.split()),
    methods=tuple(PAGE_METHODS),
    auth_scheme="bearer",
    # 100 reads and 100 writes per second are published for a live account as a whole, "lower" for the sandbox.
    rate_limits=RateLimits(
        sandbox=RateLimit(capacity=20, refill_per_second=20),
        live=RateLimit(capacity=100, refill_per_second=100),
    ),
    sandbox_base_url="https://api.sandbox.checkout.com",
    live_base_url="https://api.checkout.com",
    documentation_url="https://api-reference.checkout.com",
    status_page_url="https://status.checkout.com",
    status_feed=StatusFeed(format="statuspage", url="https://status.checkout.com/api/v2/summary.json"),
    webhook=WebhookScheme(
        signature_header=SIGNATURE_HEADER,
        algorithm="hmac-sha256",
        signs_content=True,
        signing_credential="webhook_secret",
        retries="8 times, after 5, 10, 15 and 30 minutes, 1 hour, 4, 12 and 12 hours",
        setup=(
            "1. Open Developers > Webhooks > Create configuration in Checkout.com's dashboard.\n"
            "2. Endpoint URL: {webhook_url}\n"
            "3. Select the events listed here.\n"
            "4. Copy the signature key into this connection."
        ),
        events=EVENT_TYPES,
    ),
    idempotency_hours=24,
)
# As Checkout.com's own SDKs check it (checkout-sdk-python, default_sdk.py).
_SECRET_KEY: Final = re.compile(r"sk_(sbox_)?[a-z2-7]{26}[a-z2-7*#$=]")


class CheckoutCredentials(Credentials):
    """What Checkout.com's dashboard gives under Developers > Keys and > Webhooks."""

    secret_key: SecretStr = Field(
        title="Secret key",
        description="Developers > Keys > Create a secret key, with the default scopes for payments. Keys of the "
        "previous platform (with hyphens) do not work.",
        examples=["sk_sbox_…"],
    )
    webhook_secret: SecretStr | None = Field(
        default=None,
        title="Webhook signature key",
        description="Developers > Webhooks > your configuration > Signature key. Without it no webhook is believed.",
    )

    @field_validator("secret_key")
    @classmethod
    def _looks_like_a_secret_key(cls, key: SecretStr) -> SecretStr:
        if not _SECRET_KEY.fullmatch(key.get_secret_value()):
            raise ValueError("is not a secret key of Checkout.com's (sk_… or sk_sbox_…)")
        return key


class CheckoutSettings(Settings):
    """How a connection uses Checkout.com."""

    url_prefix: str | None = Field(
        default=None,
        pattern=r"^(pl-)?[a-z0-9]{1,40}$",
        title="URL prefix",
        description="The account's own part of the API address, from Developers > Overview. The address without it "
        "still answers older accounts.",
        examples=["vkuhvk4v"],
    )
    processing_channel_id: str | None = Field(
        default=None,
        pattern=r"^pc_[A-Za-z0-9]{26}$",
        title="Processing channel",
        description="Needed where the secret key serves several processing channels.",
        examples=["pc_…"],
    )
    billing_country: str = Field(
        default="AE",
        pattern=r"^[A-Z]{2}$",
        title="Billing country",
        description="ISO 3166-1 code of the country that hosted pages start with where a payment does not "
        "say; Checkout.com requires one.",
    )
    three_d_secure: bool = Field(
        default=True,
        title="3-D Secure",
        description="Have payers authenticated by their bank. A direct payment is only when it has a return URL.",
    )
    several_captures: bool = Field(
        default=False,
        title="Several captures",
        description="Keep the rest of a reservation after a part of it is captured, for further captures. Otherwise "
        "the rest is released.",
    )
    statement_city: str | None = Field(
        default=None,
        min_length=1,
        max_length=13,
        title="City on statements",
        description="Checkout.com takes a statement descriptor only together with a city.",
        examples=["Dubai"],
    )
