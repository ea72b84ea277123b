"""The twin's network: which products go where, what they cost, how long they take, and which places there are."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

PRODUCTS: Mapping[str, str] = {
    "N": "EXPRESS DOMESTIC",
    "1": "EXPRESS DOMESTIC 12:00",
    "P": "EXPRESS WORLDWIDE",
    "D": "EXPRESS WORLDWIDE DOC",
    "Y": "EXPRESS 12:00",
    "H": "ECONOMY SELECT",
}
GULF = ("AE", "SA", "BH", "KW", "OM", "QA")
OFFSETS: Mapping[str, int] = {"AE": 4, "OM": 4, "SA": 3, "KW": 3, "BH": 3, "QA": 3, "GB": 0, "IN": 5, "DE": 1}
"""Hours east of Greenwich, in winter."""
CODES: Mapping[str, str] = {"DUBAI": "DXB", "ABU DHABI": "AUH", "SHARJAH": "SHJ", "RIYADH": "RUH", "LONDON": "LHR"}
NOWHERE = "ATLANTIS"
"""A city that DHL does not serve."""


@dataclass(frozen=True, slots=True)
class Price:
    """What a product costs in dirhams. :param base: without fuel and tax."""

    base: float
    fuel: float
    tax: float
    days: int

    @property
    def total(self) -> float:
        return round(self.base + self.fuel + self.tax, 2)


def products(origin: str, destination: str, *, dutiable: bool) -> tuple[str, ...]:
    """The product codes between two countries."""
    if origin == destination:
        return ("N", "1")
    return ("P", "Y", "H") if dutiable else ("D",)


def price(product: str, origin: str, destination: str, kilograms: float) -> Price:
    """By distance and by each begun half kilogram; tax is charged within the country only."""
    domestic = origin == destination
    near = origin in GULF and destination in GULF
    start, step, days = (28, 3, 1) if domestic else (95, 12, 2) if near else (160, 22, 3)
    factor = {"1": 1.4, "Y": 1.35, "H": 0.8, "D": 0.85}.get(product, 1.0)
    base = round((start + step * math.ceil(kilograms * 2)) * factor, 2)
    fuel = round(base * 0.22, 2)
    tax = round((base + fuel) * 0.05, 2) if domestic else 0.0
    return Price(base, fuel, tax, days + 2 if product == "H" else days)


def area(city: str, country: str) -> dict[str, str]:
    """The service area of a place."""
    return {"code": CODES.get(city.upper(), city[:3].upper()), "description": f"{city.title()}-{country}"}


def offset(country: str) -> str:
    """The country's offset as DHL writes it."""
    return f"+{OFFSETS.get(country, 0):02d}:00"
