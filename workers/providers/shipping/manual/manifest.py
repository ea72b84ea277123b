"""What a carrier by hand is, and what a connection to it is made of."""

from __future__ import annotations

from typing import Final

from pydantic import Field, field_validator

from workers.providers.base import Settings
from workers.providers.manifest import CarrierFacts, Category, Manifest, RateLimit, RateLimits
from workers.providers.shipping.models import LabelFormat, Phone

PLACEHOLDER: Final = "{tracking_number}"
_NO_CALLS: Final = RateLimit(capacity=1000, refill_per_second=1000)
_NOWHERE: Final = "https://manual.invalid"
"""No call is ever made; the name can belong to nobody (RFC 2606)."""

MANIFEST: Final = Manifest(
    key="manual",
    name="Own riders and phone couriers",
    category=Category.SHIPPING,
    description="Deliveries that people arrange by hand: Wasl numbers them and prints their labels.",
    countries=("AE", "BH", "KW", "OM", "QA", "SA"),
    currencies=("AED", "BHD", "KWD", "OMR", "QAR", "SAR"),
    carrier=CarrierFacts(
        domestic=True,
        international=False,
        collects_cash=True,
        most_parcels=99,
        label_formats=(LabelFormat.PDF,),
        tracking_batch=0,
        finds_by_reference=True,
    ),
    auth_scheme="none",
    rate_limits=RateLimits(sandbox=_NO_CALLS, live=_NO_CALLS),
    sandbox_base_url=_NOWHERE,
    live_base_url=_NOWHERE,
    documentation_url=f"{_NOWHERE}/docs",
)


class ManualSettings(Settings):
    """Who carries, and how they are reached."""

    carrier_name: str = Field(
        default="Own delivery",
        min_length=1,
        max_length=40,
        title="Carrier's name",
        description="Who carries it, as it stands on the label.",
        examples=["Fast Riders"],
    )
    phone: Phone | None = Field(
        default=None,
        title="Phone",
        description="Where the courier or the rider is called, with the country code; it stands on the label.",
        examples=["+971501234567"],
    )
    tracking_url: str | None = Field(
        default=None,
        max_length=500,
        pattern=r"^https?://[^\s]+$",
        title="Tracking page",
        description="The address of the courier's page for a parcel, with {tracking_number} where the number goes.",
        examples=["https://courier.example/track/{tracking_number}"],
    )
    number_prefix: str = Field(
        default="WSL",
        pattern=r"^[A-Z0-9]{0,6}$",
        title="Prefix of numbers",
        description="What the tracking numbers that Wasl makes begin with.",
    )

    @field_validator("tracking_url")
    @classmethod
    def _has_the_placeholder(cls, url: str | None) -> str | None:
        if url is not None and (PLACEHOLDER not in url or set(url.replace(PLACEHOLDER, "")) & set("{}")):
            raise ValueError(f"has {PLACEHOLDER} in it, and no other braces")
        return url
