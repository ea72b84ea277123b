"""What Aramex carries where, and for how much. The prices are invented, but grow with weight and distance."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from sandbox.shipping.aramex.errors import Refused

VAT: Final = 0.05
GULF: Final = ("AE", "BH", "KW", "OM", "QA", "SA")
CITIES: Final[Mapping[str, tuple[str, ...]]] = {
    "AE": (
        *("Abu Dhabi", "Ajman", "Al Ain", "Dubai", "Fujairah", "Ras Al Khaimah", "Sharjah", "Umm Al Quwain"),
        *("Khor Fakkan", "Kalba", "Hatta", "Ruwais"),
    ),
    "SA": ("Dammam", "Jeddah", "Makkah", "Medina", "Riyadh"),
    "GB": ("Birmingham", "London", "Manchester"),
}
"""The cities of these countries; elsewhere every city will do."""

# Group, price of the first half kilo and of each further one, and whether it takes parcels that are not paper.
PRODUCTS: Final[Mapping[str, tuple[str, float, float]]] = {
    "ONP": ("DOM", 18.0, 2.0),
    "OND": ("DOM", 15.0, 1.5),
    "SMP": ("DOM", 30.0, 3.0),
    "SMD": ("DOM", 25.0, 2.5),
    "CDS": ("DOM", 20.0, 2.0),
    "RTC": ("DOM", 16.0, 2.0),
    "PPX": ("EXP", 95.0, 28.0),
    "PDX": ("EXP", 80.0, 25.0),
    "EPX": ("EXP", 70.0, 20.0),
    "EDX": ("EXP", 60.0, 18.0),
    "GPX": ("EXP", 45.0, 9.0),
    "GDX": ("EXP", 40.0, 8.0),
}
SERVICES: Final = frozenset({"AM10", "CODS", "FIRST", "FRDM", "HFPU", "INSR", "NOON", "RTRN", "SIGR"})
_BY_GROUND: Final = ("GPX", "GDX")


def require_route(details: Mapping[str, Any], origin: Mapping[str, Any], destination: Mapping[str, Any]) -> None:
    """:raises Refused: a product, service, piece count or amount that does not fit."""
    product, group = details["ProductType"], details["ProductGroup"]
    countries = origin["CountryCode"], destination["CountryCode"]
    if group != ("DOM" if countries[0] == countries[1] else "EXP"):
        raise Refused("ERR61", f"ProductGroup - {group} does not fit the route")
    if product not in PRODUCTS or PRODUCTS[product][0] != group:
        raise Refused("ERR61", f"ProductType - {product} is not a product of {group}")
    if product in _BY_GROUND and not set(countries) <= set(GULF):
        raise Refused("ERR61", f"ProductType - {product} is not available on this route")
    if not 1 <= details["NumberOfPieces"] <= 100:
        raise Refused("ERR62", "NumberOfPieces - must be from 1 to 100")
    if not (details["ActualWeight"] or {}).get("Value", 0) > 0:
        raise Refused("ERR63", "ActualWeight - must be more than zero")
    services = {code for code in (details.get("Services") or "").split(",") if code}
    if services - SERVICES or len(details.get("Services") or "") > 25:
        raise Refused("ERR64", "Services - is not a list of service codes")
    if ("CODS" in services) != bool((details.get("CashOnDeliveryAmount") or {}).get("Value")):
        raise Refused("ERR65", "CashOnDeliveryAmount - needs the service CODS, and the service an amount")


def price(details: Mapping[str, Any], origin: Mapping[str, Any], destination: Mapping[str, Any]) -> dict[str, Any]:
    """TotalAmount and RateDetails, in dirhams: fuel is a part, and VAT within the country."""
    _, base, step = PRODUCTS[details["ProductType"]]
    size = details["Dimensions"] or {"Length": 0, "Width": 0, "Height": 0}
    volume = size["Length"] * size["Width"] * size["Height"] / 5000
    halves = math.ceil(max(details["ActualWeight"]["Value"], volume) * 2)
    far = 1.0 if {origin["CountryCode"], destination["CountryCode"]} <= set(GULF) else 1.6
    carriage = (base + step * (halves - 1)) * far
    cash = 5.0 if details.get("CashOnDeliveryAmount") else 0.0
    fuel = round(carriage * 0.12, 2)
    before = carriage + cash + fuel
    tax = round(before * VAT, 2) if details["ProductGroup"] == "DOM" else 0.0
    return {
        "TotalAmount": {"CurrencyCode": "AED", "Value": before + tax},
        "RateDetails": {
            "Amount": carriage,
            "OtherAmount1": fuel,
            "OtherAmount2": cash,
            "OtherAmount3": 0.0,
            "OtherAmount4": 0.0,
            "OtherAmount5": 0.0,
            "TotalAmountBeforeTax": before,
            "TaxAmount": tax,
        },
    }


def require_address(address: Mapping[str, Any], name: str) -> None:
    """:raises Refused: an address that Aramex does not know."""
    country, city = address["CountryCode"] or "", address["City"] or ""
    if len(country) != 2:
        raise Refused("ERR51", f"{name} - Country code is invalid ({country})")
    if not 2 <= len(address["Line1"] or "") <= 50 or any(len(address[line] or "") > 50 for line in ("Line2", "Line3")):
        raise Refused("ERR53", f"{name} - Line 1 is required; lines have 50 characters at most")
    known = CITIES.get(country)
    if not city or (known is not None and city.casefold() not in {each.casefold() for each in known}):
        raise Refused("ERR52", f"{name} - City name is invalid ({city})")


def require_contact(contact: Mapping[str, Any], name: str) -> None:
    """:raises Refused: a contact that lacks something, or is too long."""
    for field, words in (("PersonName", "name"), ("CompanyName", "company name"), ("PhoneNumber1", "phone number")):
        text = contact.get(field) or ""
        if not text:
            raise Refused("ERR48", f"{name} {words} is required")
        if len(text) > 50:
            raise Refused("ERR49", f"{name} {words} is too long")
    if not contact.get("CellPhone"):
        raise Refused("ERR48", f"{name} cell phone is required")
