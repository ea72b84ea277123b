"""What PayTabs is, and what a connection to it is made of.

Facts from https://docs.paytabs.com/PT2-API-Endpoints , https://support.paytabs.com and PayTabs' own packages: the PHP
SDK (paytabscom/php-sdk, commit faf76ca and later) and the WooCommerce plugin (paytabscom/paytabs-woocommerce 6363843).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from pydantic import Field, SecretStr, field_validator

from workers.providers.base import Credentials, Settings
from workers.providers.manifest import Category, Manifest, RateLimit, RateLimits, WebhookScheme
from workers.providers.payments.paytabs.events import EVENT_TYPES, SIGNATURE_HEADER
from workers.providers.payments.paytabs.methods import METHODS


class Region(StrEnum):
    """Where the profile was opened. Any other region answers as if the key were wrong."""

    UAE = "uae"
    SAUDI_ARABIA = "saudi_arabia"
    EGYPT = "egypt"
    OMAN = "oman"
    JORDAN = "jordan"
    KUWAIT = "kuwait"
    QATAR = "qatar"
    IRAQ = "iraq"
    MOROCCO = "morocco"
    GLOBAL = "global"


BASE_URLS: Final[Mapping[Region, str]] = {
    Region.UAE: "https://secure.paytabs.com",
    Region.SAUDI_ARABIA: "https://secure.paytabs.sa",
    Region.EGYPT: "https://secure-egypt.paytabs.com",
    Region.OMAN: "https://secure-oman.paytabs.com",
    Region.JORDAN: "https://secure-jordan.paytabs.com",
    Region.KUWAIT: "https://secure-kuwait.paytabs.com",
    Region.QATAR: "https://secure-doha.paytabs.com",
    Region.IRAQ: "https://secure-iraq.paytabs.com",
    Region.MOROCCO: "https://secure-morocco.paytabs.com",
    Region.GLOBAL: "https://secure-global.paytabs.com",
}

MANIFEST: Final = Manifest(
    key="paytabs",
    name="PayTabs",
    category=Category.PAYMENTS,
    description="Cards, wallets and local methods on PayTabs' hosted page (PT2), and charges of its saved cards.",
    countries=("AE", "EG", "IQ", "JO", "KW", "MA", "OM", "QA", "SA"),
    currencies=("AED", "EGP", "EUR", "GBP", "IQD", "JOD", "KWD", "MAD", "OMR", "QAR", "SAR", "USD"),
    methods=tuple(METHODS),
    poll_minutes=(2, 5, 10, 20, 40, 60, 120, 360, 720, 1440),
    auth_scheme="server_key",
    # PayTabs publishes no limits; these are ours, chosen with care.
    rate_limits=RateLimits(
        sandbox=RateLimit(capacity=5, refill_per_second=5),
        live=RateLimit(capacity=20, refill_per_second=10),
    ),
    # Test profiles lie on the same host. The connection's region decides which host that is.
    sandbox_base_url=BASE_URLS[Region.UAE],
    live_base_url=BASE_URLS[Region.UAE],
    documentation_url="https://docs.paytabs.com",
    status_page_url="https://status.paytabs.com",
    webhook=WebhookScheme(
        signature_header=SIGNATURE_HEADER,
        algorithm="hmac-sha256",
        signs_content=True,
        signing_credential="server_key",
        retries="at most 5 times, with growing pauses, until it is answered 200",
        setup=(
            "1. Put {webhook_url} into this connection as webhook address: it is then sent along with each payment.\n"
            "2. For what is done in PayTabs' dashboard (refunds, released holds): Developers > Payment Notification > "
            "Configuration, type Default Web, the same address.\n"
            "3. Let PayTabs' requests (user agent Go-http-client) through your firewall."
        ),
        events=EVENT_TYPES,
    ),
)
# Letters and digits in three groups, as the dashboard and PayTabs' packages show them.
_SERVER_KEY: Final = re.compile(r"[A-Za-z0-9]{8,16}(?:-[A-Za-z0-9]{8,16}){2}")
_WEBHOOK_URL: Final = re.compile(r"https://[^\s]{1,247}")


class PayTabsCredentials(Credentials):
    """What PayTabs' dashboard gives under Developers > Key management."""

    server_key: SecretStr = Field(
        title="Server key",
        description="Developers > Key management: a server key (not a client or mobile key) that may also query. While "
        "you replace it, the new and the old one, a line each: the first is used, both are believed in notifications.",
        examples=["SXXXXXXXXX-XXXXXXXXXX-XXXXXXXXXX"],
    )
    webhook_url: SecretStr | None = Field(
        default=None,
        title="Webhook address",
        description="The webhook address that Wasl shows for this connection; it is sent with each payment.",
    )

    @field_validator("server_key")
    @classmethod
    def _looks_like_server_keys(cls, key: SecretStr) -> SecretStr:
        lines = read_keys(key.get_secret_value())
        if not lines or not all(_SERVER_KEY.fullmatch(line) for line in lines):
            raise ValueError("is not a server key of PayTabs' (three groups of letters and digits)")
        return key

    @field_validator("webhook_url")
    @classmethod
    def _is_secure(cls, url: SecretStr | None) -> SecretStr | None:
        # PayTabs sends notifications to http addresses without their body, and takes at most 255 characters.
        if url is not None and not _WEBHOOK_URL.fullmatch(url.get_secret_value()):
            raise ValueError("is not an https address of at most 255 characters")
        return url


class PayTabsSettings(Settings):
    """How a connection uses PayTabs."""

    profile_id: int = Field(
        ge=1,
        title="Profile id",
        description="The number of the profile that the server key belongs to, from Developers > Key management.",
        examples=["47554"],
    )
    region: Region = Field(
        default=Region.UAE,
        title="Region",
        description="Where the profile was opened; PayTabs' other regions do not know its key.",
    )


def read_keys(text: str) -> list[str]:
    """The server keys of a credential, the one to use first."""
    return [line.strip() for line in text.splitlines() if line.strip()]
