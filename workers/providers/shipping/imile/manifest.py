"""What iMile is, and what a connection to it is made of."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from pydantic import Field, SecretStr, field_validator

from workers.providers.base import Credentials, Settings
from workers.providers.manifest import CarrierFacts, Category, Manifest, RateLimit, RateLimits
from workers.providers.shipping.models import LabelFormat

COUNTRIES: Final = {
    "AE": "UAE",
    "SA": "KSA",
    "KW": "KWT",
    "BH": "BHR",
    "OM": "OMN",
    "QA": "QAT",
    "JO": "JOR",
    "EG": "EGY",
    "TR": "TUR",
    "CN": "CHN",
    "GB": "GBR",
    "AU": "AUS",
    "MX": "MEX",
    "BR": "BRA",
}
"""iMile's own names of countries, of which two are in no standard."""
LOCAL_CURRENCIES: Final = {"AE": "AED", "SA": "SAR", "KW": "KWD", "BH": "BHD", "OM": "OMR", "QA": "QAR"}
SERVICE: Final = "standard"
"""The one service; which product it is, iMile sets for the account."""

MANIFEST: Final = Manifest(
    key="imile",
    name="iMile",
    category=Category.SHIPPING,
    description="E-commerce delivery in the Gulf and beyond, with prices, cash at the door and cancellation.",
    countries=("AE",),
    currencies=tuple(LOCAL_CURRENCIES.values()),
    carrier=CarrierFacts(
        domestic=True,
        international=True,
        destinations=tuple(COUNTRIES),
        collects_cash=True,
        most_parcels=99,
        label_formats=(LabelFormat.PDF,),
        tracking_batch=100,
        finds_by_reference=True,
    ),
    auth_scheme="signed_body",
    # One integration keeps to 30 calls a minute; iMile publishes no limits.
    rate_limits=RateLimits(
        sandbox=RateLimit(capacity=10, refill_per_second=0.5),
        live=RateLimit(capacity=10, refill_per_second=0.5),
    ),
    sandbox_base_url="https://openapi.52imile.cn",
    live_base_url="https://openapi.imile.com",
    documentation_url="https://imiledeveloperskit.docs.apiary.io",
    api_version="1.0.0",
)


class IMileCredentials(Credentials):
    """What iMile gives with an account."""

    customer_id: SecretStr = Field(
        title="Customer ID",
        description="As in iMile's OMS; the test system has another.",
        examples=["C21012345"],
    )
    api_key: SecretStr = Field(title="API key", description="The secret key of the same account.")

    @field_validator("customer_id")
    @classmethod
    def _looks_like_a_customer(cls, customer: SecretStr) -> SecretStr:
        if not re.fullmatch(r"[A-Za-z0-9]{4,32}", customer.get_secret_value()):
            raise ValueError("is not a customer ID of iMile's (4 to 32 letters and digits)")
        return customer

    @field_validator("api_key")
    @classmethod
    def _looks_like_a_key(cls, key: SecretStr) -> SecretStr:
        if not re.fullmatch(r"[\x21-\x7e]{16,2048}", key.get_secret_value()):
            raise ValueError("is not an API key of iMile's (16 characters or more, without spaces)")
        return key


class SignMethod(StrEnum):
    """How a call proves whose it is."""

    SIMPLE_KEY = "SimpleKey"
    """By the key itself."""
    MD5 = "MD5"
    """By a digest of the call, under the key."""


class IMileSettings(Settings):
    """How a connection uses iMile."""

    sign_method: SignMethod = Field(
        default=SignMethod.SIMPLE_KEY,
        title="Signature",
        description="As your contract says. With MD5 the key itself is never sent.",
    )
    product_code: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9_-]{1,64}$",
        title="Product code",
        description="The logisticsProductCode, where iMile gave you one.",
    )
    pickup: bool = Field(
        default=True,
        title="Have parcels picked up",
        description="Off: you bring them to iMile.",
    )
    time_zone: str = Field(
        default="+4",
        pattern=r"^[+-][0-9]{1,2}$",
        title="Time zone",
        description="Of your account, as iMile writes it.",
    )
