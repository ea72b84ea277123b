"""What Shipa Delivery is, and what a connection to it is made of."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from pydantic import Field, SecretStr, field_validator

from workers.providers.base import Credentials, Settings
from workers.providers.manifest import CarrierFacts, Category, Manifest, RateLimit, RateLimits
from workers.providers.shipping.models import LabelFormat

# Nothing in it that an address would write otherwise: so it is found, and blanked, wherever it turns up.
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{16,128}")

MANIFEST: Final = Manifest(
    key="shipa",
    name="Shipa Delivery",
    category=Category.SHIPPING,
    description="On-demand, same-day and next-day delivery within the Emirates, cash at the door.",
    countries=("AE",),
    currencies=("AED",),
    carrier=CarrierFacts(
        domestic=True,
        international=False,
        collects_cash=True,
        most_parcels=99,
        label_formats=(LabelFormat.PDF,),
        tracking_batch=1,
        finds_by_reference=True,
    ),
    auth_scheme="api_key_query",
    # Shipa publishes no limits that could be read; these are ours, chosen with care.
    rate_limits=RateLimits(
        sandbox=RateLimit(capacity=5, refill_per_second=2),
        live=RateLimit(capacity=10, refill_per_second=5),
    ),
    sandbox_base_url="https://sandbox-api.shipadelivery.com/v2",
    live_base_url="https://api.shipadelivery.com/v2",
    documentation_url="https://developer.shipadelivery.com",
    api_version="v2",
)


class ShipaCredentials(Credentials):
    """What Shipa gives."""

    api_key: SecretStr = Field(
        title="API key",
        description="Given by Shipa Delivery, for the sandbox or for live as the connection is. It goes into the "
        "address of every call, which is why Wasl blanks it in whatever it keeps of calls.",
    )

    @field_validator("api_key")
    @classmethod
    def _looks_like_a_key(cls, key: SecretStr) -> SecretStr:
        if not _KEY.fullmatch(key.get_secret_value()):
            raise ValueError("is not an API key of Shipa's (16 letters and digits or more)")
        return key


class ServiceCategory(StrEnum):
    """Shipa's services within a country."""

    NEXT_DAY = "Next Day"
    SAME_DAY = "Same Day"
    ON_DEMAND = "On Demand"


class ShipaSettings(Settings):
    """How a connection uses Shipa Delivery."""

    service: ServiceCategory = Field(
        default=ServiceCategory.NEXT_DAY,
        title="Service",
        description="What a shipment goes by that asks for no service.",
    )
    label_template: str = Field(
        default="sticker-6x4",
        pattern=r"^[A-Za-z0-9-]{1,40}$",
        title="Label template",
        description="Shipa's name of the label's layout: sticker-6x4, standard, A4, multipackage.",
    )
