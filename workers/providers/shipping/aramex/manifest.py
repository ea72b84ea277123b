"""What Aramex is, and what a connection to it is made of."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from pydantic import Field, SecretStr, field_validator

from workers.providers.base import Credentials, Settings
from workers.providers.manifest import CarrierFacts, Category, Manifest, RateLimit, RateLimits
from workers.providers.shipping.aramex.products import codes
from workers.providers.shipping.models import LabelFormat

TRACKING_BATCH: Final = 50
_CODE: Final = re.compile(r"[A-Z0-9]{2,4}")

MANIFEST: Final = Manifest(
    key="aramex",
    name="Aramex",
    category=Category.SHIPPING,
    description="Parcels within the Emirates, around the Gulf and abroad, with cash on delivery.",
    countries=("AE", "BH", "EG", "JO", "KW", "LB", "OM", "QA", "SA"),
    currencies=("AED", "BHD", "EGP", "EUR", "GBP", "JOD", "KWD", "OMR", "QAR", "SAR", "USD"),
    carrier=CarrierFacts(
        domestic=True,
        international=True,
        collects_cash=True,
        # The manual's most is 100, in a field of three digits.
        most_parcels=99,
        label_formats=(LabelFormat.PDF,),
        # Aramex publishes no limit; this is ours.
        tracking_batch=TRACKING_BATCH,
        finds_by_reference=False,
    ),
    auth_scheme="credentials_in_body",
    # Aramex publishes no limits; these are ours, chosen with care.
    rate_limits=RateLimits(
        sandbox=RateLimit(capacity=5, refill_per_second=2),
        live=RateLimit(capacity=10, refill_per_second=5),
    ),
    sandbox_base_url="https://ws.sbx.aramex.net",
    live_base_url="https://ws.aramex.net",
    documentation_url="https://www.aramex.com/ae/en/developers-solution-center/aramex-apis",
)


class LabelDelivery(StrEnum):
    """How Aramex hands out a label."""

    URL = "URL"
    """As an address from which it is fetched at once."""
    FILE = "RPT"
    """In the answer itself."""


class AramexCredentials(Credentials):
    """The login of the developer's account, and the PIN of the shipping account."""

    user_name: SecretStr = Field(
        min_length=1,
        max_length=100,
        title="User name",
        description="The e-mail address of your login at aramex.com, or the user of the API that Aramex gave you.",
    )
    password: SecretStr = Field(
        min_length=1, max_length=100, title="Password", description="The password of that login."
    )
    account_pin: SecretStr = Field(
        min_length=1,
        max_length=20,
        title="Account PIN",
        description="The PIN that belongs to the account number; Aramex gives it with the account.",
    )


class AramexSettings(Settings):
    """Which account is used, and how."""

    account_number: str = Field(
        pattern=r"^[0-9A-Za-z]{1,20}$",
        title="Account number",
        description="The shipping account that is billed.",
        examples=["60000001"],
    )
    account_entity: str = Field(
        default="DXB",
        pattern=r"^[A-Z]{3}$",
        title="Account entity",
        description="The three letters of the Aramex office that the account belongs to, such as DXB or AUH.",
    )
    account_country_code: str = Field(
        default="AE",
        pattern=r"^[A-Z]{2}$",
        title="Account country",
        description="The country of that office, as two letters.",
    )
    domestic_products: str = Field(
        default="ONP,OND,SMP,SMD",
        title="Domestic products",
        description="The products of your contract within the country, separated by commas. Each is asked for a price; "
        "the first that fits is used where a shipment names none.",
    )
    international_products: str = Field(
        default="PPX,PDX,EPX,EDX,GPX,GDX",
        title="International products",
        description="The same across borders.",
    )
    return_product: str = Field(
        default="RTC",
        pattern=r"^[A-Z0-9]{2,4}$",
        title="Product of domestic returns",
        description="The product that brings goods back within the country.",
    )
    payment_options: str = Field(
        default="",
        pattern=r"^(|CASH|ACCT|PPST|CRDT)$",
        title="Payment options",
        description="How prepaid shipments are paid, where Aramex asked you to say it: CASH, ACCT, PPST or CRDT. Left "
        "empty, the account's own way.",
    )
    contact_email: str | None = Field(
        default=None,
        pattern=r"^[^@\s]+@[^@\s]+$",
        max_length=50,
        title="Contact e-mail",
        description="Sent for a sender or recipient without an e-mail address, which Aramex's manual calls mandatory.",
    )
    label_report_id: int = Field(
        default=9201,
        ge=1,
        title="Label template",
        description="The number of the label's template: 9201, or 9729 as Aramex's own plugins use.",
    )
    label_delivery: LabelDelivery = Field(
        default=LabelDelivery.URL,
        title="Label delivery",
        description="URL: Aramex answers with an address that Wasl fetches at once. RPT: with the file itself.",
    )
    version: str = Field(
        default="v1",
        pattern=r"^[0-9A-Za-z.]{1,10}$",
        title="API version",
        description="What the field Version says; clients in use say v1, v1.0 or 1.0.",
    )
    source: int = Field(
        default=24, ge=0, title="Source", description="The number that Aramex knows the integration by; 24 is usual."
    )

    @field_validator("domestic_products", "international_products")
    @classmethod
    def _lists_products(cls, value: str) -> str:
        listed = codes(value)
        if not listed or not all(_CODE.fullmatch(code) for code in listed):
            raise ValueError("is a list of product codes such as ONP,SMP")
        return ",".join(listed)
