"""What DHL's unified tracking is, and what a connection to it is made of."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from pydantic import Field, SecretStr, field_validator

from workers.providers.base import Credentials, Settings
from workers.providers.manifest import CarrierFacts, Category, Manifest, RateLimit, RateLimits, WebhookScheme
from workers.providers.shipping.dhl_tracking.events import EVENT_TYPES, WEBHOOK_HEADER
from workers.providers.signatures import ChosenSecret

BASE_URL: Final = "https://api-eu.dhl.com"

MANIFEST: Final = Manifest(
    key="dhl_tracking",
    name="DHL Shipment Tracking",
    category=Category.SHIPPING,
    description="Where parcels of all of DHL's divisions are, asked or told by webhook. It takes no shipments.",
    countries=("AE", "SA", "BH", "KW", "OM", "QA"),
    currencies=(),
    carrier=CarrierFacts(
        domestic=False,
        international=False,
        collects_cash=False,
        most_parcels=1,
        label_formats=(),
        tracking_batch=1,
        finds_by_reference=False,
    ),
    auth_scheme="api_key_header",
    # A new key has 250 calls a day and one a second, whatever the environment; DHL raises both on request.
    rate_limits=RateLimits(
        sandbox=RateLimit(capacity=1, refill_per_second=1),
        live=RateLimit(capacity=1, refill_per_second=1),
    ),
    # There is no sandbox for outsiders.
    sandbox_base_url=BASE_URL,
    live_base_url=BASE_URL,
    documentation_url="https://developer.dhl.com/api-reference/shipment-tracking",
    webhook=WebhookScheme(
        signature_header=WEBHOOK_HEADER,
        algorithm="static-header",
        signs_content=False,
        signing_credential="webhook_secret",
        retries="not documented; a sibling of this webhook tries again after 1 and after 6 hours",
        setup=(
            "1. Choose a long random text and put it into this connection as webhook secret.\n"
            "2. Ask for *Shipment Tracking - Unified - Push* for your app in DHL's developer portal.\n"
            f"3. Subscribe with `POST {BASE_URL}/tracking/push/v1/subscription` and the header `DHL-API-Key`. "
            "The fields:\n"
            "   - `hook.uri`: {webhook_url}\n"
            "   - `hook.authentication.type`: ApiKeyAuthentication\n"
            f"   - `hook.authentication.header`: {WEBHOOK_HEADER}\n"
            "   - `hook.authentication.token`: the webhook secret\n"
            "   - `format`: Default; `service`: express; `events`: all that you want to hear of\n"
            "   - `type`: Account with `accountID`, or Shipment with `shipmentIDs`\n"
            "4. DHL then delivers `subscription.validate` with a secret of its own. Send that secret back in the "
            f"header `DHL-API-Hook-Secret` of `POST {BASE_URL}/tracking/push/v1/subscription/<id>`; "
            "`subscription.ready` says that it is on."
        ),
        events=EVENT_TYPES,
    ),
)


class Service(StrEnum):
    """Which of DHL's divisions carries the parcels."""

    EXPRESS = "express"
    ECOMMERCE = "ecommerce"
    ECOMMERCE_EUROPE = "ecommerce-europe"
    FREIGHT = "freight"
    GLOBAL_FORWARDING = "dgf"
    ANY = "any"


class DHLTrackingCredentials(Credentials):
    """What the developer portal gives, and the webhook secret that you choose."""

    api_key: SecretStr = Field(
        title="API key",
        description="From https://developer.dhl.com > your app > Shipment Tracking - Unified. "
        "Its secret is not needed.",
    )
    webhook_secret: ChosenSecret = Field(
        default=None,
        title="Webhook secret",
        description="The token that you subscribed with: at least 16 characters, chosen by you. Without it no webhook "
        "is believed. While you change it, the old and the new one, a line each.",
    )

    @field_validator("api_key")
    @classmethod
    def _fits_a_header(cls, key: SecretStr) -> SecretStr:
        text = key.get_secret_value()
        if not (8 <= len(text) <= 255 and text.isascii() and text.isprintable() and " " not in text):
            raise ValueError("is not an API key of DHL's (8 to 255 characters without spaces)")
        return key


class DHLTrackingSettings(Settings):
    """How a connection uses DHL's unified tracking."""

    service: Service = Field(
        default=Service.EXPRESS,
        title="Division",
        description="Whose parcels they are. With any, another division's parcel of the same number may be shown.",
    )
    requester_country: str = Field(
        default="AE",
        pattern=r"^[A-Z]{2}$",
        title="Country",
        description="Where you are, as an ISO code of two letters; it helps DHL to tell its divisions apart.",
    )
    webhook_header: str = Field(
        default=WEBHOOK_HEADER,
        pattern=r"^[A-Za-z0-9-]{1,100}$",
        title="Webhook header",
        description="The header that you subscribed with.",
    )
