"""What SMSA Express is, and what a connection to it is made of."""

from __future__ import annotations

from typing import Final

from pydantic import Field, SecretStr, field_validator

from workers.providers.base import Credentials, Settings
from workers.providers.manifest import CarrierFacts, Category, Manifest, RateLimit, RateLimits
from workers.providers.shipping.models import LabelFormat

MANIFEST: Final = Manifest(
    key="smsa",
    name="SMSA Express",
    category=Category.SHIPPING,
    description="Parcels within the Gulf and abroad, cash at the door, and returns fetched from the customer.",
    countries=("AE", "BH", "EG", "JO", "KW", "OM", "QA", "SA"),
    currencies=("AED", "BHD", "EGP", "EUR", "GBP", "JOD", "KWD", "OMR", "QAR", "SAR", "USD"),
    carrier=CarrierFacts(
        domestic=True,
        international=True,
        collects_cash=True,
        most_parcels=99,
        label_formats=(LabelFormat.PDF, LabelFormat.ZPL),
        # How many the bulk call takes is not published; this is ours.
        tracking_batch=25,
        finds_by_reference=True,
    ),
    auth_scheme="api_key_header",
    # SMSA publishes no limits; these are ours, chosen with care.
    rate_limits=RateLimits(
        sandbox=RateLimit(capacity=5, refill_per_second=2),
        live=RateLimit(capacity=10, refill_per_second=5),
    ),
    sandbox_base_url="https://ecomapis-sandbox.azurewebsites.net",
    live_base_url="https://ecomapis.smsaexpress.com",
    documentation_url="https://ecom.smsaexpress.com/docs/api",
)


class SMSACredentials(Credentials):
    """What SMSA gives an account."""

    api_key: SecretStr = Field(
        title="API key",
        description="From the API Docs page of https://ecom.smsaexpress.com , which shows one key for tests and one "
        "for production.",
    )

    @field_validator("api_key")
    @classmethod
    def _looks_like_a_key(cls, key: SecretStr) -> SecretStr:
        text = key.get_secret_value()
        if not (8 <= len(text) <= 255 and text.isascii() and text.isprintable() and " " not in text):
            raise ValueError("is not an API key of SMSA's (at least 8 characters without spaces)")
        return key


class SMSASettings(Settings):
    """How a connection uses SMSA."""

    service_code: str | None = Field(
        default=None,
        max_length=10,
        title="Service",
        description="The service when a shipment names none, as your contract has it (such as EDDL or EIDL). Left "
        "empty, SMSA chooses.",
    )
    return_service_code: str = Field(
        default="EDCR",
        min_length=1,
        max_length=10,
        title="Service of returns",
        description="The service of returns that are fetched from the customer.",
    )
    retail_id: str = Field(
        default="0",
        pattern=r"^[0-9]{1,6}$",
        title="SMSA office",
        description="The office at which you hand parcels in, by SMSA's number; 0 when a driver fetches them.",
    )
