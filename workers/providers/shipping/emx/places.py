"""EMX's ids of places: those of the emirates are known, those abroad are looked up in its lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from workers.providers.shipping.models import Place
from workers.providers.shipping.places import EMIRATE_NAMES, Emirate

EMIRATES_ID: Final = 971
AL_AIN_ID: Final = 12
EMIRATE_IDS: Final[Mapping[Emirate, int]] = {
    Emirate.DUBAI: 1,
    Emirate.ABU_DHABI: 2,
    Emirate.SHARJAH: 3,
    Emirate.AJMAN: 4,
    Emirate.FUJAIRAH: 5,
    Emirate.RAS_AL_KHAIMAH: 6,
    Emirate.UMM_AL_QUWAIN: 7,
}
"""As ``GetEmiratesDetails`` lists them, which has Al Ain (12) beside them."""

_AL_AIN: Final = frozenset({"al ain", "alain", "al-ain", "العين"})


@dataclass(frozen=True, slots=True)
class Where:
    """A place in EMX's ids. :param city: None where a price abroad is asked, which depends on the country alone."""

    country: int
    city: int | None
    state: str


ABU_DHABI: Final = Where(EMIRATES_ID, EMIRATE_IDS[Emirate.ABU_DHABI], EMIRATE_NAMES[Emirate.ABU_DHABI])


def in_emirates(place: Place) -> Where | None:
    """A place in the Emirates; None when its emirate is not known."""
    if place.emirate is None:
        return None
    is_al_ain = place.emirate is Emirate.ABU_DHABI and place.city.strip().casefold() in _AL_AIN
    city = AL_AIN_ID if is_al_ain else EMIRATE_IDS[place.emirate]
    return Where(EMIRATES_ID, city, "Al Ain" if is_al_ain else EMIRATE_NAMES[place.emirate])


def country_id(body: Any, code: str) -> int | None:
    """A country's id in an answer of ``GetCountries``, by its ISO code."""
    countries = listed(body["CountriesResponse"]["Countries"]["Country"])
    return next((int(each["CountryId"]) for each in countries if str(each.get("CountryCode")).upper() == code), None)


def city_id(body: Any, name: str) -> int | None:
    """A city's id in an answer of ``GetCitiesByCountryId``, by its English or Arabic name."""
    wanted = name.strip().casefold()
    for each in listed((body["CitiesByCountryIdResponse"].get("Cities") or {}).get("City")):
        if wanted in (str(each.get(key) or "").strip().casefold() for key in ("CityName", "CityNameAR")):
            return int(each["Cityid"])
    return None


def listed(value: Any) -> list[Any]:
    """A list as JSON made of XML has it: of one element it may be the element, and of none nothing."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
