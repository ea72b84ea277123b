"""What DHL Express is, and what a connection to it is made of."""

from __future__ import annotations

from typing import Final

from pydantic import Field, SecretStr, field_validator

from workers.providers.base import Credentials, Settings
from workers.providers.manifest import CarrierFacts, Category, Manifest, RateLimit, RateLimits
from workers.providers.shipping.models import LabelFormat

TEST_URL: Final = "https://express.api.dhl.com/mydhlapi/test"
MOST_TRACKED: Final = 100
"""MyDHL takes 200 numbers in one call; half of them keeps the longest histories within an answer's size limit."""

MANIFEST: Final = Manifest(
    key="dhl_express",
    name="DHL Express",
    category=Category.SHIPPING,
    description="Express within the Emirates and to more than 200 countries, with labels, customs papers and pickups.",
    countries=("AE", "SA", "BH", "KW", "OM", "QA"),
    currencies=("AED", "SAR", "BHD", "KWD", "OMR", "QAR", "USD", "EUR"),
    carrier=CarrierFacts(
        domestic=True,
        international=True,
        collects_cash=False,
        most_parcels=99,
        label_formats=(LabelFormat.PDF, LabelFormat.ZPL),
        tracking_batch=MOST_TRACKED,
        finds_by_reference=True,
    ),
    auth_scheme="basic",
    # MyDHL publishes no numbers, only that test keys have a quota for each day; these are ours, chosen with care.
    rate_limits=RateLimits(
        sandbox=RateLimit(capacity=5, refill_per_second=1),
        live=RateLimit(capacity=10, refill_per_second=5),
    ),
    sandbox_base_url=TEST_URL,
    live_base_url="https://express.api.dhl.com/mydhlapi",
    documentation_url="https://developer.dhl.com/api-reference/dhl-express-mydhl-api",
    api_version="3.1.0",
)


class DHLExpressCredentials(Credentials):
    """What the developer portal gives for an app with access to the MyDHL API."""

    api_key: SecretStr = Field(
        title="API key",
        description="From https://developer.dhl.com > your app > DHL Express - MyDHL API. Test and live keys differ.",
    )
    api_secret: SecretStr = Field(
        title="API secret",
        description="Of the same app; shown beside the key.",
    )

    @field_validator("api_key", "api_secret")
    @classmethod
    def _is_something(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if not (1 <= len(text) <= 255 and text.isascii() and text.isprintable() and " " not in text):
            raise ValueError("is not a key of DHL's (ASCII without spaces)")
        return value

    @field_validator("api_key")
    @classmethod
    def _fits_basic(cls, value: SecretStr) -> SecretStr:
        if ":" in value.get_secret_value():
            raise ValueError("has a colon, which no API key has; put the secret into its own field")
        return value


_ACCOUNT: Final = r"^[0-9A-Za-z]{1,12}$"


class DHLExpressSettings(Settings):
    """How a connection uses DHL Express."""

    account_number: str = Field(
        pattern=_ACCOUNT,
        title="Account number",
        description="Your DHL Express export account, which pays for shipments. Nine digits as a rule.",
        examples=["400000001"],
    )
    import_account_number: str | None = Field(
        default=None,
        pattern=_ACCOUNT,
        title="Import account number",
        description="Pays for returns, if it is not the account above: DHL bills what comes in to an import account.",
    )
    duties_account_number: str | None = Field(
        default=None,
        pattern=_ACCOUNT,
        title="Account for duties and taxes",
        description="Pays duties and taxes of shipments with the incoterm DDP, if it is not the account above.",
    )
    paperless_trade: bool = Field(
        default=True,
        title="Paperless trade",
        description="Send the commercial invoice to customs electronically (service WY) where the route allows it.",
    )
    label_template: str = Field(
        default="ECOM26_84_001",
        pattern=r"^[0-9A-Za-z_]{1,25}$",
        title="Label template",
        description="ECOM26_84_001 prints 8 by 4 inches, ECOM26_84_A4_001 on A4, ECOM26_A6_002 on A6.",
    )
    api_version: str = Field(
        default="3.1.0",
        pattern=r"^[0-9]+(\.[0-9]+){1,2}$",
        title="API version",
        description="What is sent as x-version. Leave it unless DHL tells you otherwise.",
    )
