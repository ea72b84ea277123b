"""What Jeebly is, and what a connection to it is made of."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

from pydantic import AfterValidator, Field, SecretStr

from workers.providers.base import Credentials, Settings
from workers.providers.manifest import CarrierFacts, Category, Manifest, RateLimit, RateLimits
from workers.providers.shipping.models import LabelFormat

MANIFEST: Final = Manifest(
    key="jeebly",
    name="Jeebly",
    category=Category.SHIPPING,
    description="Parcels within the Emirates, the same or the next day, with cash at the door.",
    countries=("AE",),
    currencies=("AED",),
    carrier=CarrierFacts(
        domestic=True,
        international=False,
        destinations=("AE",),
        collects_cash=True,
        most_parcels=99,
        label_formats=(LabelFormat.PDF, LabelFormat.PNG),
        tracking_batch=1,
        finds_by_reference=False,
    ),
    auth_scheme="api_key_headers",
    # Jeebly publishes no limits; these are ours, chosen with care.
    rate_limits=RateLimits(
        sandbox=RateLimit(capacity=5, refill_per_second=2),
        live=RateLimit(capacity=10, refill_per_second=5),
    ),
    sandbox_base_url="https://demo.jeebly.com",
    live_base_url="https://myjeebly.jeebly.com",
    documentation_url="https://www.jeebly.com",
)


def _fits_a_header(key: SecretStr) -> SecretStr:
    text = key.get_secret_value()
    if not (8 <= len(text) <= 255 and text.isascii() and text.isprintable() and " " not in text):
        raise ValueError("is not a key of Jeebly's (at least 8 characters without spaces)")
    return key


_Key = Annotated[SecretStr, AfterValidator(_fits_a_header)]


class JeeblyCredentials(Credentials):
    """What Jeebly gives an account."""

    api_key: _Key = Field(title="API key", description="The X-API-KEY that Jeebly's integration team gives you.")
    client_key: _Key = Field(title="Client key", description="Your account's client_key, from the same team.")


class Service(StrEnum):
    """When it arrives, in Jeebly's words."""

    NEXT_DAY = "Next Day"
    SAME_DAY = "Same Day"


class WeightUnit(StrEnum):
    """What the number in ``weight`` counts."""

    KILOGRAMS = "kilograms"
    GRAMS = "grams"


class JeeblySettings(Settings):
    """How a connection uses Jeebly."""

    service: Service = Field(
        default=Service.NEXT_DAY,
        title="Service",
        description="The service when a shipment names none. Same Day is for some cities only.",
    )
    weight_unit: WeightUnit = Field(
        default=WeightUnit.KILOGRAMS,
        title="Unit of weight",
        description="Jeebly takes whole numbers only. Its support told clients that they are kilograms; ask before you "
        "choose grams.",
    )
