"""People and places as FedEx takes them: plain letters, short lines, its own codes of the emirates, local times.

Lengths from the Ship API's OpenAPI document. Letters: the Ship API's page asks for ASCII only, "to avoid incorrect
information on labels". Codes of the emirates: "United Arab Emirates (UAE) State Codes" of FedEx's reference guide, as
one public integration quotes it (they are not those of ISO 3166-2).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from workers.providers.shipping.fields import address_lines
from workers.providers.shipping.models import Party, Place
from workers.providers.shipping.places import Emirate
from workers.providers.shipping.times import GULF

EMIRATE_CODES: Final[Mapping[Emirate, str]] = {
    Emirate.ABU_DHABI: "AB",
    Emirate.AJMAN: "AJ",
    Emirate.DUBAI: "DU",
    Emirate.FUJAIRAH: "FU",
    Emirate.RAS_AL_KHAIMAH: "RA",
    Emirate.SHARJAH: "SH",
    Emirate.UMM_AL_QUWAIN: "UM",
}
_WITH_STATES: Final = ("US", "CA", "PR")
_TYPOGRAPHY: Final = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " "})
_LINE_CHARS: Final = 35
_ZONES: Final[Mapping[str, str]] = {
    "AE": GULF.key,
    "BH": "Asia/Bahrain",
    "GB": "Europe/London",
    "KW": "Asia/Kuwait",
    "OM": "Asia/Muscat",
    "QA": "Asia/Qatar",
    "SA": "Asia/Riyadh",
}


class Unfit(ValueError):
    """What FedEx would refuse. :param field: of the request, dotted."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def plain(text: str, field: str, most: int) -> str:
    """A text in ASCII; accents are dropped, other letters are not guessed at.

    :param most: the most characters that FedEx takes.
    :raises Unfit: it is too long, or in another alphabet.
    """
    decomposed = unicodedata.normalize("NFKD", text.translate(_TYPOGRAPHY))
    letters = " ".join("".join(each for each in decomposed if not unicodedata.combining(each)).split())
    if not letters.isascii():
        raise Unfit(field, "must be written in Latin letters: FedEx takes no others")
    if len(letters) > most:
        raise Unfit(field, f"is longer than FedEx's {most} characters")
    return letters


def zone_of(country: str | None) -> ZoneInfo | None:
    """The time zone of a country of the region; None: not one of those."""
    name = _ZONES.get(country or "")
    return ZoneInfo(name) if name else None


def local(moment: datetime, place: Place) -> datetime:
    """A moment by the clocks of a place: of the Emirates, where the place's own zone is not known."""
    return moment.astimezone(zone_of(place.country) or GULF)


def street_address(place: Place, field: str) -> dict[str, Any]:
    """A place with its street, where it has one."""
    street = {"streetLines": _street(place, field)} if place.line1 or place.line2 else {}
    return {**street, **address(place, field)}


def address(place: Place, field: str) -> dict[str, Any]:
    """A place as far as prices go. Postal codes are left out where there are none, as in the Emirates."""
    found: dict[str, Any] = {}
    found["city"] = plain(place.city, f"{field}.city", _LINE_CHARS)
    if state := _state(place, field):
        found["stateOrProvinceCode"] = state
    if place.postal_code and not place.is_in_emirates:
        found["postalCode"] = plain(place.postal_code, f"{field}.postal_code", 10)
    return {**found, "countryCode": place.country}


def contact(party: Party, field: str) -> dict[str, Any]:
    """Whom to ask for."""
    found: dict[str, Any] = {
        "personName": plain(party.name, f"{field}.name", 70),
        "phoneNumber": party.phone.removeprefix("+"),
    }
    if party.company:
        found["companyName"] = plain(party.company, f"{field}.company", _LINE_CHARS)
    if party.email:
        found["emailAddress"] = plain(party.email, f"{field}.email", 80)
    return found


def party(someone: Party, field: str) -> dict[str, Any]:
    """Somebody at a place, with the tax number if there is one."""
    found: dict[str, Any] = {"contact": contact(someone, field), "address": street_address(someone, field)}
    if someone.tax_number:
        number = plain(someone.tax_number, f"{field}.tax_number", 18)
        found["tins"] = [{"number": number, "tinType": "BUSINESS_NATIONAL"}]
    return found


def _street(place: Place, field: str) -> list[str]:
    try:
        lines = address_lines(place, width=_LINE_CHARS, count=3)
    except ValueError as error:
        raise Unfit(f"{field}.line1", str(error)) from None
    return [plain(line, f"{field}.line1", _LINE_CHARS) for line in lines]


def _state(place: Place, field: str) -> str | None:
    if place.emirate:
        return EMIRATE_CODES[place.emirate]
    if place.country not in _WITH_STATES:
        return None
    state = (place.state or "").strip().upper()
    if len(state) != 2 or not state.isalpha():
        raise Unfit(f"{field}.state", f"needs the two letters of the state or province in {place.country}")
    return state
