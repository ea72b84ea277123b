"""What EMX is, and what a connection to it is made of."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from pydantic import Field, SecretStr, field_validator

from workers.providers.base import Credentials, Settings
from workers.providers.manifest import CarrierFacts, Category, Manifest, RateLimit, RateLimits
from workers.providers.shipping.models import LabelFormat

MANIFEST: Final = Manifest(
    key="emx",
    name="EMX (Emirates Post)",
    category=Category.SHIPPING,
    description="Emirates Post's courier: parcels within the Emirates and abroad, cash at the door within them.",
    countries=("AE",),
    currencies=("AED",),
    carrier=CarrierFacts(
        domestic=True,
        international=True,
        collects_cash=True,
        # A booking has one set of measures, and its answer one label.
        most_parcels=1,
        label_formats=(LabelFormat.PDF,),
        tracking_batch=1,
        finds_by_reference=False,
    ),
    auth_scheme="account_headers",
    # EMX publishes no limits; these are ours, chosen with care.
    rate_limits=RateLimits(
        sandbox=RateLimit(capacity=2, refill_per_second=1),
        live=RateLimit(capacity=5, refill_per_second=2),
    ),
    sandbox_base_url="https://osbtest.epg.gov.ae/ebs/genericapi",
    live_base_url="https://osb.epg.gov.ae/ebs/genericapi",
    documentation_url="https://developers.emiratespost.ae",
)

_ACCOUNT_NO: Final = re.compile(r"[0-9A-Za-z-]{3,30}")


class Service(StrEnum):
    """EMX's ``ShipmentType``."""

    EXPRESS = "Express"
    PREMIUM = "Premium"
    STANDARD = "Standard"


class CashPayment(StrEnum):
    """EMX's ``PaymentType`` of a shipment that is paid at the door."""

    COD = "COD"
    CREDIT = "Credit"


class EMXCredentials(Credentials):
    """What Emirates Post gives an account."""

    account_no: SecretStr = Field(
        title="Account number",
        description="Your account number at EMX, such as C000000.",
    )
    password: SecretStr = Field(
        title="Password",
        description="The password that EMX's integration team gave you for the API; test and live have their own.",
    )

    @field_validator("account_no")
    @classmethod
    def _is_a_number(cls, account_no: SecretStr) -> SecretStr:
        if not _ACCOUNT_NO.fullmatch(account_no.get_secret_value()):
            raise ValueError("is not an account number of EMX's (letters and digits)")
        return account_no

    @field_validator("password")
    @classmethod
    def _can_be_sent(cls, password: SecretStr) -> SecretStr:
        text = password.get_secret_value()
        if not (3 <= len(text) <= 255 and text.isascii() and text.isprintable() and text == text.strip()):
            raise ValueError("is not a password of EMX's (3 to 255 plain characters)")
        return password


class EMXSettings(Settings):
    """How a connection uses EMX."""

    service: Service = Field(
        default=Service.EXPRESS,
        title="Service",
        description="The service when a shipment names none.",
    )
    books_pickup: bool = Field(
        default=True,
        title="Pickup with each booking",
        description="Have a driver sent with each booking (request type Booking). Turn it off if you hand parcels in, "
        "or a driver comes anyway (request type Shipment).",
    )
    pickup_until_hour: int = Field(
        default=18,
        ge=1,
        le=23,
        title="Pickup until",
        description="The hour, in Gulf time, until which a driver finds somebody.",
    )
    cash_payment: CashPayment = Field(
        default=CashPayment.COD,
        title="Payment type of cash at the door",
        description="COD, or Credit where your contract bills the carriage to the account all the same.",
    )
    nature_type: int = Field(
        default=11,
        ge=1,
        le=999,
        title="Nature of the goods",
        description="EMX's number of what you send; 11 is what public integrations send.",
    )
    domestic_product: str = Field(
        default="EPG-21",
        pattern=r"^[0-9A-Za-z-]{1,20}$",
        title="Product for prices within the Emirates",
        description="The product code of your contract by which prices within the Emirates are asked.",
    )
    international_product: str = Field(
        default="PRO-26",
        pattern=r"^[0-9A-Za-z-]{1,20}$",
        title="Product for prices abroad",
        description="The product code of your contract by which prices abroad are asked.",
    )
