"""Reading the body of ``POST /orders`` as strictly as is known of Shipa."""

from __future__ import annotations

import re
from typing import Any

from sandbox.shipping.answers import Refusal

Object = dict[str, Any]

CITIES = (
    *("Dubai", "Abu Dhabi", "Al Ain", "Ajman", "Fujairah", "Ras Al Khaimah", "Sharjah"),
    "Umm Al Quwain",
)
COUNTRIES = {"ARE": "United Arab Emirates", "SAU": "Saudi Arabia", "KWT": "Kuwait", "BHR": "Bahrain", "QAT": "Qatar"}
CATEGORIES = ("On Demand", "Same Day", "Next Day", "Cross Border")
_REFERENCE = re.compile(r"\S{1,50}")
_PHONE = re.compile(r"[0-9]{8,15}")
_LIMITS = {"contactName": 150, "address": 1000}


def refused(*texts: str) -> Refusal:
    """What Shipa itself refuses."""
    return Refusal(400, {"code": 1, "message": list(texts)})


def not_found() -> Refusal:
    """There is no such order in this account."""
    return Refusal(404, {"code": 1, "message": "Order not found"})


def unauthorized() -> Refusal:
    """What the gateway in front says of a key that nobody was given."""
    detail = {"errorcode": "oauth.v2.InvalidApiKey"}
    return Refusal(401, {"fault": {"faultstring": "Invalid ApiKey", "detail": detail}})


def read_order(body: Any) -> Object:
    """The body of an order to be made.

    :raises Refusal: with every fault.
    """
    if not isinstance(body, dict):
        raise refused("the body must be an order")
    faults = [] if _is(body.get("customerRef"), _REFERENCE) else ["customerRef must have 1 to 50 characters"]
    if body.get("type") not in ("Delivery", "Pickup"):
        faults.append("type must be Delivery or Pickup")
    if body.get("category") not in CATEGORIES:
        faults.append(f"category must be one of {', '.join(CATEGORIES)}")
    faults += [each for end in ("origin", "destination") for each in _faults_of_end(end, body.get(end))]
    faults += _faults_of_packages(body.get("packages"))
    if faults:
        raise refused(*faults)
    return body


def _faults_of_end(end: str, party: Any) -> list[str]:
    if not isinstance(party, dict):
        return [f"{end} is missing"]
    faults = [
        f"{end}.{name} must have 1 to {limit} characters"
        for name, limit in _LIMITS.items()
        if not isinstance(party.get(name), str) or not 1 <= len(party[name]) <= limit
    ]
    if not _is(party.get("contactNo"), _PHONE):
        faults.append(f"{end}.contactNo must be digits with the country code")
    if party.get("country") != "ARE":
        faults.append(f"{end}.country must be ARE")
    if party.get("city") not in CITIES:
        faults.append(f"{end}.city must be one of {', '.join(CITIES)}")
    amount = (party.get("options") or {}).get("amountToCollect", 0)
    if isinstance(amount, bool) or not isinstance(amount, int | float) or amount < 0:
        faults.append(f"{end}.options.amountToCollect must be a number")
    return faults


def _faults_of_packages(packages: Any) -> list[str]:
    if not isinstance(packages, list) or not packages:
        return ["packages must not be empty"]
    good = [_is(each.get("customerRef"), _REFERENCE) and bool(each.get("name")) for each in packages]
    return [] if all(good) else ["packages must each have a customerRef and a name"]


def _is(value: Any, pattern: re.Pattern[str]) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None
