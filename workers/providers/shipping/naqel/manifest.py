"""What Naqel Express is, and what a connection to it is made of."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from pydantic import Field, SecretStr, field_validator

from workers.providers.base import Credentials, Settings
from workers.providers.manifest import CarrierFacts, Category, Manifest, RateLimit, RateLimits
from workers.providers.shipping.models import LabelFormat

_SERVICES_URL: Final = "https://infotrack.naqelexpress.com/NaqelAPIServices"
_CLIENT_ID: Final = re.compile(r"[0-9]{1,9}")

MANIFEST: Final = Manifest(
    key="naqel",
    name="Naqel Express",
    category=Category.SHIPPING,
    description="Parcels within the Emirates and to Saudi Arabia, with cash at the door.",
    countries=("AE",),
    currencies=("AED", "SAR"),
    carrier=CarrierFacts(
        domestic=True,
        international=True,
        # It delivers elsewhere, too, but the codes of cities there are not public.
        destinations=("AE", "SA"),
        collects_cash=True,
        most_parcels=99,
        label_formats=(LabelFormat.PDF,),
        # How many a call takes is not published; one integration asks for 20.
        tracking_batch=20,
        finds_by_reference=False,
    ),
    auth_scheme="login_in_body",
    # Naqel publishes no limits; these are ours, chosen with care.
    rate_limits=RateLimits(
        sandbox=RateLimit(capacity=2, refill_per_second=1),
        live=RateLimit(capacity=5, refill_per_second=2),
    ),
    sandbox_base_url=f"{_SERVICES_URL}/NaqelAPIDemo/9.0",
    live_base_url=f"{_SERVICES_URL}/NaqelAPI/9.0",
    documentation_url=f"{_SERVICES_URL}/NaqelAPI/9.0/XMLShippingService.asmx",
    api_version="9.0",
)


class StickerSize(StrEnum):
    """Naqel's sizes of labels, of its PHP library."""

    FOUR_BY_FOUR = "FourMFourInches"
    FOUR_BY_SIX = "FourMSixthInches"
    FOUR_BY_SEVEN = "FourMSevenInches"
    FOUR_BY_SIX_FRAGILE = "FourMSixthInchesFragile"
    FOUR_BY_EIGHT = "FourMEightInches"
    A4 = "A4"


class NaqelCredentials(Credentials):
    """What Naqel gives a client."""

    client_id: SecretStr = Field(
        title="Client ID",
        description="Your number at Naqel; test and live have their own.",
    )
    password: SecretStr = Field(
        title="Password",
        description="The password that belongs to it.",
    )

    @field_validator("client_id")
    @classmethod
    def _is_a_number(cls, client_id: SecretStr) -> SecretStr:
        if not _CLIENT_ID.fullmatch(client_id.get_secret_value()):
            raise ValueError("is not a client ID of Naqel's (digits)")
        return client_id

    @field_validator("password")
    @classmethod
    def _can_be_sent(cls, password: SecretStr) -> SecretStr:
        text = password.get_secret_value()
        if not (3 <= len(text) <= 255 and text.isprintable() and text == text.strip()):
            raise ValueError("is not a password of Naqel's (3 to 255 characters)")
        return password


class NaqelSettings(Settings):
    """How a connection uses Naqel."""

    domestic_load_type: int = Field(
        default=36,
        ge=1,
        le=999,
        title="Load type within the Emirates",
        description="Naqel's number of the service for goods when a shipment names none; 36 is a parcel, 39 express.",
    )
    international_load_type: int = Field(
        default=34,
        ge=1,
        le=999,
        title="Load type abroad",
        description="The same for goods that cross a border; 34 is an international parcel.",
    )
    sticker_size: StickerSize = Field(
        default=StickerSize.FOUR_BY_SIX,
        title="Label size",
        description="The size of labels that Naqel prints.",
    )
    books_pickup: bool = Field(
        default=False,
        title="Pickup with each waybill",
        description="Have a driver sent for each waybill. Otherwise pickups are ordered apart.",
    )
    version: str = Field(
        default="9.0",
        pattern=r"^[0-9]{1,2}\.[0-9]$",
        title="API version",
        description="The version that each call names.",
    )
