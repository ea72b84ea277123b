"""Aramex's products: their names, how fast they are, and which of them fit a shipment.

Codes and names are those that Aramex's own Magento plugin offers (aramexapps/magento2shipping,
Model/Carrier/Aramex/Source), and RTC, which integrations use for domestic returns. Which of them an account may use
depends on its contract, so those to ask for are a setting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from workers.providers.shipping.models import Contents, ServiceLevel, ShipmentDetails

DOMESTIC: Final = "DOM"
EXPRESS: Final = "EXP"


class Product(NamedTuple):
    """:param contents: None: takes both."""

    group: str
    name: str
    level: ServiceLevel
    contents: Contents | None = None


_GOODS, _PAPERS = Contents.GOODS, Contents.DOCUMENTS
PRODUCTS: Final[Mapping[str, Product]] = {
    "ONP": Product(DOMESTIC, "Overnight (Parcel)", ServiceLevel.NEXT_DAY, _GOODS),
    "OND": Product(DOMESTIC, "Overnight (Document)", ServiceLevel.NEXT_DAY, _PAPERS),
    "SMP": Product(DOMESTIC, "Same Day (Parcel)", ServiceLevel.SAME_DAY, _GOODS),
    "SMD": Product(DOMESTIC, "Same Day (Document)", ServiceLevel.SAME_DAY, _PAPERS),
    "SDD": Product(DOMESTIC, "Same Day Delivery", ServiceLevel.SAME_DAY),
    "CDA": Product(DOMESTIC, "Special Delivery", ServiceLevel.STANDARD),
    "CDS": Product(DOMESTIC, "Special: Credit Cards Delivery", ServiceLevel.STANDARD),
    "PEC": Product(DOMESTIC, "Economy Delivery", ServiceLevel.ECONOMY),
    "PEX": Product(DOMESTIC, "Road Express", ServiceLevel.STANDARD),
    "HVY": Product(DOMESTIC, "Heavy (20 kg and more)", ServiceLevel.FREIGHT, _GOODS),
    "RTC": Product(DOMESTIC, "Return", ServiceLevel.STANDARD),
    "PPX": Product(EXPRESS, "Priority Parcel Express", ServiceLevel.EXPRESS, _GOODS),
    "PDX": Product(EXPRESS, "Priority Document Express", ServiceLevel.EXPRESS, _PAPERS),
    "PLX": Product(EXPRESS, "Priority Letter Express (under 0.5 kg)", ServiceLevel.EXPRESS, _PAPERS),
    "DPX": Product(EXPRESS, "Value Express Parcels", ServiceLevel.STANDARD, _GOODS),
    "DDX": Product(EXPRESS, "Deferred Document Express", ServiceLevel.STANDARD, _PAPERS),
    "EPX": Product(EXPRESS, "Economy Parcel Express", ServiceLevel.ECONOMY, _GOODS),
    "EDX": Product(EXPRESS, "Economy Document Express", ServiceLevel.ECONOMY, _PAPERS),
    "GPX": Product(EXPRESS, "Ground Parcel Express", ServiceLevel.ECONOMY, _GOODS),
    "GDX": Product(EXPRESS, "Ground Document Express", ServiceLevel.ECONOMY, _PAPERS),
}


def group_of(details: ShipmentDetails) -> str:
    """The product group of a route."""
    return DOMESTIC if details.is_domestic else EXPRESS


def fits(code: str, details: ShipmentDetails) -> bool:
    """Whether a product can be meant for a shipment; one that is not known always can."""
    product = PRODUCTS.get(code)
    if product is None:
        return True
    return product.group == group_of(details) and product.contents in (None, details.contents)


def codes(setting: str) -> tuple[str, ...]:
    """The product codes that a setting lists."""
    return tuple(code.strip().upper() for code in setting.split(",") if code.strip())


def fitting(offered: Sequence[str], details: ShipmentDetails) -> list[str]:
    """Those of the products that can be meant for a shipment, in their order."""
    return [code for code in offered if fits(code, details)]
