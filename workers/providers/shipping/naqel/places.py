"""Naqel's codes of cities and stations, out of cities_stations.json of its PHP library (naqel/naqel-php).

Of the 119 places of the Emirates the emirates' cities and the larger towns are here; any other is told by its
emirate's city and the words of the address. Of Saudi Arabia's 779 the main cities are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from workers.providers.shipping.models import Place
from workers.providers.shipping.places import EMIRATE_NAMES, Emirate


class Where(NamedTuple):
    """A place in Naqel's words. :param country: Saudi Arabia is ``KSA``."""

    city: str
    station: int
    country: str


_EMIRATES: Final[dict[Emirate, Where]] = {
    Emirate.ABU_DHABI: Where("AUH", 903, "AE"),
    Emirate.DUBAI: Where("DXB", 901, "AE"),
    Emirate.SHARJAH: Where("SHJ", 904, "AE"),
    Emirate.AJMAN: Where("QAJ", 922, "AE"),
    Emirate.UMM_AL_QUWAIN: Where("QIW", 2057, "AE"),
    Emirate.RAS_AL_KHAIMAH: Where("RKT", 931, "AE"),
    Emirate.FUJAIRAH: Where("FJR", 920, "AE"),
}
_TOWNS: Final[tuple[tuple[str, int, str], ...]] = (
    ("AAN", 930, "Al Ain, Alain, العين"),
    ("AUH0044", 903, "Ruwais, Al Ruwais"),
    ("AUH0039", 903, "Madinat Zayed, Zayed City"),
    ("AUH0033", 903, "Ghayathi"),
    ("AUH0038", 903, "Liwa"),
    ("AUH0020", 903, "Sila, Al Sila, Al Sila'a"),
    ("AUH0014", 903, "Al Mirfa, Mirfa"),
    ("DXB0003", 901, "Hatta, حتا"),
    ("SHJ0005", 904, "Khor Fakkan, Khorfakkan, خورفكان"),
    ("SHJ0001", 904, "Al Dhaid, Dhaid"),
    ("QAJ0001", 922, "Al Manama, Manama"),
    ("RKT0012", 931, "Khatt"),
    ("FJR0012", 920, "Dibba, Dibba Al Fujairah"),
)
_SAUDI_CITIES: Final[tuple[tuple[str, int, str], ...]] = (
    ("RUH", 501, "Riyadh, Ar Riyadh, الرياض"),
    ("JED", 502, "Jeddah, Jiddah, جدة"),
    ("DMM", 503, "Dammam, Ad Dammam, الدمام"),
    ("YNB", 504, "Yanbu"),
    ("TUU", 505, "Tabuk"),
    ("ELQ", 506, "Buraydah, Buraidah"),
    ("TIF", 507, "Taif, At Taif"),
    ("AHB", 508, "Abha"),
    ("RAE", 510, "Arar"),
    ("GIZ", 512, "Gizan, Jizan, Jazan"),
    ("MAC", 514, "Makkah, Mecca, مكة"),
    ("MED", 515, "Medina, Madinah, Al Madinah, المدينة"),
    ("EAM", 516, "Najran"),
    ("QJB", 518, "Jubail, Al Jubail"),
    ("HOF", 519, "Hofuf, Al Hofuf"),
    ("HAS", 520, "Hail, Ha'il"),
    ("AKH", 522, "Al Kharj, Kharj"),
)


def where(place: Place) -> Where | None:
    """A place in Naqel's codes; None when it is not among those that are known."""
    if place.country == "AE":
        town = _BY_TOWN.get(_plain(place.city))
        return town or (_EMIRATES[place.emirate] if place.emirate else None)
    return _BY_SAUDI_CITY.get(_plain(place.city)) if place.country == "SA" else None


def known_places() -> dict[Where, set[str]]:
    """Every place that is known, with its names in small letters."""
    known: dict[Where, set[str]] = {each: {EMIRATE_NAMES[emirate].casefold()} for emirate, each in _EMIRATES.items()}
    for name, each in (*_BY_TOWN.items(), *_BY_SAUDI_CITY.items()):
        known.setdefault(each, set()).add(name)
    return known


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("-", " ").split())


def _named(places: tuple[tuple[str, int, str], ...], country: str) -> Iterator[tuple[str, Where]]:
    for code, station, names in places:
        yield from ((_plain(name), Where(code, station, country)) for name in names.split(", "))


_BY_TOWN: Final = dict(_named(_TOWNS, "AE"))
_BY_SAUDI_CITY: Final = dict(_named(_SAUDI_CITIES, "KSA"))
