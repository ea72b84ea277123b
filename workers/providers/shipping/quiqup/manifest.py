"""What Quiqup is, and what a connection to it is made of."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from pydantic import Field, SecretStr, field_validator

from workers.providers.base import Credentials, Settings
from workers.providers.manifest import CarrierFacts, Category, Manifest, RateLimit, RateLimits
from workers.providers.shipping.models import LabelFormat

_CREDENTIAL: Final = re.compile(r"[\x21-\x7e]{8,512}")

MANIFEST: Final = Manifest(
    key="quiqup",
    name="Quiqup",
    category=Category.SHIPPING,
    description="Same-day, four-hour and next-day delivery within the Emirates, cash at the door, returns.",
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
    auth_scheme="oauth2_client_credentials",
    # Quiqup publishes no limits; these are ours, chosen with care.
    rate_limits=RateLimits(
        sandbox=RateLimit(capacity=5, refill_per_second=5),
        live=RateLimit(capacity=10, refill_per_second=5),
    ),
    sandbox_base_url="https://api.staging.quiqup.com",
    live_base_url="https://api-ae.quiqup.com",
    documentation_url="https://api-docs.quiqup.com",
)


class QuiqupCredentials(Credentials):
    """An OAuth client of the last-mile API; staging and live have different ones."""

    client_id: SecretStr = Field(
        title="Client ID",
        description="Given by Quiqup, for staging or for live as the connection is.",
        examples=["….apps.quiqup.com"],
    )
    client_secret: SecretStr = Field(title="Client secret", description="Given together with the client ID.")

    @field_validator("client_id", "client_secret")
    @classmethod
    def _can_be_sent(cls, value: SecretStr) -> SecretStr:
        if not _CREDENTIAL.fullmatch(value.get_secret_value()):
            raise ValueError("is not an ID or secret of Quiqup's (at least 8 characters without spaces)")
        return value


class Kind(StrEnum):
    """Quiqup's services from the merchant to the customer."""

    NEXT_DAY = "partner_next_day"
    SAME_DAY = "partner_same_day"
    FOUR_HOURS = "partner_4hr"
    """In Dubai only."""


class QuiqupSettings(Settings):
    """How a connection uses Quiqup."""

    service: Kind = Field(
        default=Kind.NEXT_DAY,
        title="Service",
        description="What a shipment goes by that asks for no service.",
    )
    billing_identifier: str | None = Field(
        default=None,
        min_length=1,
        max_length=100,
        title="Billing identifier",
        description="Only for platforms: which of your merchants Quiqup bills, as agreed with Quiqup.",
    )
