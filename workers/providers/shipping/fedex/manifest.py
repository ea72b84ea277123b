"""What FedEx is, and what a connection to it is made of.

Facts from FedEx's OpenAPI documents (ship, rate, track, pickup, availability: all version 1) and its developer pages on
authorization, quotas and Advanced Integrated Visibility.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from workers.providers.base import Credentials, Settings
from workers.providers.manifest import CarrierFacts, Category, Manifest, RateLimit, RateLimits, WebhookScheme
from workers.providers.shipping.fedex.events import SIGNATURE_HEADER
from workers.providers.shipping.models import LabelFormat
from workers.providers.signatures import ChosenSecret

API_VERSION: Final = "v1"
HEAVIEST_PARCEL_KG: Final = 68
"""150 pounds: what is heavier goes as freight, which needs a booking."""
MOST_PARCELS: Final = 25
"""FedEx answers up to 40 at once; labels of so many would be larger than an answer may be."""
TRACKING_BATCH: Final = 30
_KEY: Final = re.compile(r"[\x21-\x7e]{8,255}")
_SERVICE: Final = r"^[A-Z0-9_]{3,60}$"

MANIFEST: Final = Manifest(
    key="fedex",
    name="FedEx",
    category=Category.SHIPPING,
    description="FedEx Express: parcels and documents across borders, and within the Emirates.",
    countries=("AE",),
    # Of those that matter here; FedEx has neither OMR nor QAR.
    currencies=("AED", "BHD", "EUR", "GBP", "KWD", "SAR", "USD"),
    carrier=CarrierFacts(
        domestic=True,
        international=True,
        collects_cash=False,
        most_parcels=MOST_PARCELS,
        heaviest_parcel_kg=HEAVIEST_PARCEL_KG,
        label_formats=(LabelFormat.PDF, LabelFormat.ZPL, LabelFormat.PNG),
        tracking_batch=TRACKING_BATCH,
        # What is found settles a lost answer. What is not found settles nothing: see the connector's text.
        finds_by_reference=True,
    ),
    auth_scheme="oauth2_client_credentials",
    # 1,400 requests in 10 seconds for each project; the sandbox is given less here.
    rate_limits=RateLimits(
        sandbox=RateLimit(capacity=10, refill_per_second=5),
        live=RateLimit(capacity=100, refill_per_second=50),
    ),
    sandbox_base_url="https://apis-sandbox.fedex.com",
    live_base_url="https://apis.fedex.com",
    documentation_url="https://developer.fedex.com/api/en-us/catalog.html",
    webhook=WebhookScheme(
        signature_header=SIGNATURE_HEADER,
        algorithm="hmac-sha256",
        signs_content=True,
        signing_credential="webhook_secret",
        retries="not documented; parcels are also tracked by asking",
        setup=(
            "Only with a FedEx account that is billed in the United States, and for a monthly fee; without it parcels "
            "are tracked by asking, and nothing is missed.\n\n"
            "1. FedEx Developer Portal > My Projects > Webhooks > Create a webhook project (Advanced Integrated "
            "Visibility), by account number.\n"
            "2. Destination URL: {webhook_url} (at most 200 characters).\n"
            "3. Security token: a long random text of your own; put the same into this connection as webhook secret.\n"
            "4. Choose all tracking events.\n\n"
            "FedEx sends from 20.65.16.22/31, which a firewall in front of Wasl may ask for."
        ),
        events=("Ship", "In-Transit", "Delivery", "Exceptions", "EDD"),
    ),
    api_version=API_VERSION,
)


class FedExCredentials(Credentials):
    """What a project in the FedEx Developer Portal gives, and the webhook's security token that you choose."""

    client_id: SecretStr = Field(
        title="API key",
        description="developer.fedex.com > My Projects > your project > API Key. The project needs the Ship, Rates, "
        "Pickup Request and Service Availability APIs. Test keys work in the sandbox only.",
    )
    client_secret: SecretStr = Field(title="Secret key", description="The project's Secret Key.")
    track_client_id: SecretStr | None = Field(
        default=None,
        title="API key for tracking",
        description="Only where tracking has a project of its own, as FedEx asks of many accounts: the API Key of the "
        "project with the Track API.",
    )
    track_client_secret: SecretStr | None = Field(
        default=None, title="Secret key for tracking", description="The Secret Key of that project."
    )
    webhook_secret: ChosenSecret = Field(
        default=None,
        title="Webhook secret",
        description="The security token of your webhook project: at least 16 characters, chosen by you. Without it no "
        "webhook is believed. While you change it, the old and the new one, a line each.",
    )

    @field_validator("client_id", "client_secret", "track_client_id", "track_client_secret")
    @classmethod
    def _looks_like_a_key(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and not _KEY.fullmatch(key.get_secret_value()):
            raise ValueError("is not a key of FedEx's (8 to 255 characters without spaces)")
        return key

    @model_validator(mode="after")
    def _tracks_with_both(self) -> Self:
        if (self.track_client_id is None) != (self.track_client_secret is None):
            raise ValueError("track_client_id and track_client_secret go together")
        return self


class PickupType(StrEnum):
    """How FedEx gets the parcels."""

    REGULAR = "USE_SCHEDULED_PICKUP"
    """A driver comes every day anyway."""
    ON_CALL = "CONTACT_FEDEX_TO_SCHEDULE"
    """A pickup is ordered for them."""
    DROP_OFF = "DROPOFF_AT_FEDEX_LOCATION"


class FedExSettings(Settings):
    """How a connection uses FedEx."""

    account_number: str = Field(
        pattern=r"^[0-9]{9}$",
        title="Account number",
        description="The nine digits of your FedEx account, which pays.",
        examples=["700000001"],
    )
    domestic_service: str = Field(
        default="STANDARD_OVERNIGHT",
        pattern=_SERVICE,
        title="Service within the Emirates",
        description="Where a shipment names none: STANDARD_OVERNIGHT, PRIORITY_OVERNIGHT or FIRST_OVERNIGHT, as your "
        "account has it.",
    )
    international_service: str = Field(
        default="FEDEX_INTERNATIONAL_PRIORITY",
        pattern=_SERVICE,
        title="Service across borders",
        description="Where a shipment names none: FEDEX_INTERNATIONAL_PRIORITY, FEDEX_INTERNATIONAL_PRIORITY_EXPRESS "
        "or INTERNATIONAL_ECONOMY.",
    )
    packaging_type: str = Field(
        default="YOUR_PACKAGING",
        pattern=_SERVICE,
        title="Packaging",
        description="YOUR_PACKAGING, or FedEx's own: FEDEX_ENVELOPE, FEDEX_PAK, FEDEX_BOX, FEDEX_TUBE …",
    )
    pickup_type: PickupType = Field(
        default=PickupType.REGULAR,
        title="How parcels get to FedEx",
        description="USE_SCHEDULED_PICKUP: a driver comes daily. CONTACT_FEDEX_TO_SCHEDULE: pickups are ordered. "
        "DROPOFF_AT_FEDEX_LOCATION: you bring them.",
    )
    electronic_trade_documents: bool = Field(
        default=False,
        title="Electronic trade documents",
        description="Let FedEx send the commercial invoice to customs electronically, for accounts that have signed "
        "up for it. Otherwise print it in three copies and put it with the parcel.",
    )
    origin_city: str = Field(
        default="Dubai",
        min_length=1,
        max_length=35,
        title="City you ship from",
        description="The other end, when an address is checked.",
    )
