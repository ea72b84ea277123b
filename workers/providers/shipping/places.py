"""Places in the Emirates, which have no postal codes: the seven emirates, and which of them a city lies in."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Emirate(StrEnum):
    """The seven emirates."""

    ABU_DHABI = "abu_dhabi"
    DUBAI = "dubai"
    SHARJAH = "sharjah"
    AJMAN = "ajman"
    UMM_AL_QUWAIN = "umm_al_quwain"
    RAS_AL_KHAIMAH = "ras_al_khaimah"
    FUJAIRAH = "fujairah"


EMIRATE_NAMES: Final[Mapping[Emirate, str]] = {
    Emirate.ABU_DHABI: "Abu Dhabi",
    Emirate.DUBAI: "Dubai",
    Emirate.SHARJAH: "Sharjah",
    Emirate.AJMAN: "Ajman",
    Emirate.UMM_AL_QUWAIN: "Umm Al Quwain",
    Emirate.RAS_AL_KHAIMAH: "Ras Al Khaimah",
    Emirate.FUJAIRAH: "Fujairah",
}
"""As carriers spell them."""

ISO_SUBDIVISIONS: Final[Mapping[Emirate, str]] = {
    Emirate.ABU_DHABI: "AZ",
    Emirate.DUBAI: "DU",
    Emirate.SHARJAH: "SH",
    Emirate.AJMAN: "AJ",
    Emirate.UMM_AL_QUWAIN: "UQ",
    Emirate.RAS_AL_KHAIMAH: "RK",
    Emirate.FUJAIRAH: "FU",
}
"""The part of ISO 3166-2:AE after the hyphen."""

_CITIES: Final[Mapping[Emirate, tuple[str, ...]]] = {
    Emirate.ABU_DHABI: (
        "Abu Dhabi",
        "Abudhabi",
        "AUH",
        "Al Ain",
        "Alain",
        "Khalifa City",
        "Mussafah",
        "Musaffah",
        "Ruwais",
        "Al Ruwais",
        "Madinat Zayed",
        "Zayed City",
        "Liwa",
        "Ghayathi",
        "Sila",
        "Al Dhafra",
        "Shahama",
        "Baniyas",
        "أبوظبي",
        "أبو ظبي",
        "العين",
    ),
    Emirate.DUBAI: ("Dubai", "DXB", "Hatta", "Jebel Ali", "Deira", "Bur Dubai", "دبي", "حتا"),
    Emirate.SHARJAH: (
        "Sharjah",
        "SHJ",
        "Khor Fakkan",
        "Khorfakkan",
        "Kalba",
        "Dibba Al Hisn",
        "Dhaid",
        "Al Dhaid",
        "الشارقة",
        "خورفكان",
        "كلباء",
    ),
    Emirate.AJMAN: ("Ajman", "Masfout", "Manama", "عجمان"),
    Emirate.UMM_AL_QUWAIN: ("Umm Al Quwain", "Umm Al Qaiwain", "Umm Al Quawain", "UAQ", "أم القيوين"),
    Emirate.RAS_AL_KHAIMAH: ("Ras Al Khaimah", "Ras Al Khaima", "RAK", "Al Rams", "Khatt", "رأس الخيمة"),
    Emirate.FUJAIRAH: ("Fujairah", "Al Fujairah", "FUJ", "Dibba", "Dibba Al Fujairah", "Masafi", "الفجيرة"),
}


def emirate_of(city: str) -> Emirate | None:
    """The emirate that a city of the Emirates lies in, whatever its case, hyphens and accents; None when it is not
    among the known ones."""
    return _BY_CITY.get(_plain(city))


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(each if each.isalnum() else " " for each in decomposed if not unicodedata.combining(each))
    return " ".join(letters.split())


_BY_CITY: Final = {_plain(city): emirate for emirate, cities in _CITIES.items() for city in cities}
