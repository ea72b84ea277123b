"""What J&T Express in the Middle East is, and what a connection to it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Final, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, SecretStr

from workers.providers.base import Credentials, Settings
from workers.providers.manifest import CarrierFacts, Category, Environment, Manifest, RateLimit, RateLimits
from workers.providers.shipping.models import LabelFormat

LONGEST_BATCH: Final = 30
HEAVIEST_KG: Final = 30.0


class Market(StrEnum):
    """J&T's companies in the region, by ISO 3166-1 alpha-2 code."""

    AE = "AE"
    SA = "SA"
    EG = "EG"


class MarketFacts(NamedTuple):
    """What differs between them. :param country: J&T's own code, which is not always ISO's."""

    country: str
    dialling_code: int
    currency: str
    zone: ZoneInfo


MARKETS: Final[Mapping[Market, MarketFacts]] = {
    # The code of the Emirates is UNVERIFIED; Saudi Arabia's (KSA, not SAU) and Egypt's are in use.
    Market.AE: MarketFacts("UAE", 971, "AED", ZoneInfo("Asia/Dubai")),
    Market.SA: MarketFacts("KSA", 966, "SAR", ZoneInfo("Asia/Riyadh")),
    Market.EG: MarketFacts("EGY", 20, "EGP", ZoneInfo("Africa/Cairo")),
}


def platform_url(market: Market, environment: Environment) -> str:
    """A market's open platform. Those of Egypt and Saudi Arabia are in use by public clients; the Emirates' is
    UNVERIFIED: it follows from their pattern and from a domain that is said to be J&T's, and nothing more."""
    host = "openapi" if environment is Environment.LIVE else "demoopenapi"
    return f"https://{host}.jtjms-{market.value.lower()}.com/webopenplatformapi/api"


MANIFEST: Final = Manifest(
    key="jt",
    name="J&T Express Middle East",
    category=Category.SHIPPING,
    description="Parcels within Saudi Arabia, Egypt and (its address there being unverified) the Emirates, with cash "
    "at the door.",
    countries=("AE", "EG", "SA"),
    currencies=("AED", "EGP", "SAR"),
    carrier=CarrierFacts(
        domestic=True,
        international=False,
        destinations=("AE", "EG", "SA"),
        collects_cash=True,
        most_parcels=1,
        heaviest_parcel_kg=HEAVIEST_KG,
        label_formats=(LabelFormat.PDF,),
        tracking_batch=LONGEST_BATCH,
        finds_by_reference=True,
    ),
    auth_scheme="signed_body",
    # J&T publishes no limits; these are ours, chosen with care.
    rate_limits=RateLimits(
        sandbox=RateLimit(capacity=5, refill_per_second=2),
        live=RateLimit(capacity=10, refill_per_second=5),
    ),
    # UNVERIFIED, see `platform_url`; the setting `market` leads to the others.
    sandbox_base_url=platform_url(Market.AE, Environment.SANDBOX),
    live_base_url=platform_url(Market.AE, Environment.LIVE),
    documentation_url="https://open.jtjms-eg.com",
)


def _text(secret: SecretStr) -> SecretStr:
    value = secret.get_secret_value()
    if not (1 <= len(value) <= 255 and value.isascii() and value.isprintable() and value == value.strip()):
        raise ValueError("needs 1 to 255 characters of ASCII")
    return secret


_Secret = Annotated[SecretStr, AfterValidator(_text)]


class JTCredentials(Credentials):
    """What J&T gives: two for the interface, two for the customer."""

    api_account: _Secret = Field(
        title="API account", description="From the personal center of J&T's open platform, after certification."
    )
    private_key: _Secret = Field(title="Private key", description="Beside the API account; it signs every call.")
    customer_code: _Secret = Field(
        title="Customer code", description="Of your contract, from your J&T outlet; such as J0086000000."
    )
    password: _Secret = Field(title="Customer password", description="In plain text, from your J&T outlet.")


class ServiceType(StrEnum):
    """How a parcel gets to J&T."""

    PICKUP = "01"
    OUTLET = "02"


class PayType(StrEnum):
    """Who pays for carriage, and when."""

    MONTHLY = "PP_PM"
    SENDER_CASH = "PP_CASH"


class JTSettings(Settings):
    """How a connection uses J&T."""

    market: Market = Field(
        default=Market.AE,
        title="Market",
        description="Which J&T your contract is with. The address of AE is unverified: ask J&T before you rely on it.",
    )
    express_type: str = Field(
        default="EZ",
        pattern=r"^[A-Za-z0-9]{1,30}$",
        title="Service",
        description="The service when a shipment names none: EZ (standard); clients in Saudi Arabia use EZKSA.",
    )
    service_type: ServiceType = Field(
        default=ServiceType.PICKUP,
        title="Hand-over",
        description="01: a driver fetches the parcel; 02: you bring it to an outlet.",
    )
    pay_type: PayType = Field(
        default=PayType.MONTHLY, title="Payment", description="PP_PM: monthly, by contract; PP_CASH: at hand-over."
    )
    goods_type: str = Field(
        default="ITN16",
        pattern=r"^ITN[0-9]{1,2}$",
        title="Kind of goods",
        description="J&T's kind: ITN1 clothes, ITN2 documents, ITN5 digital products, ITN16 others ….",
    )
