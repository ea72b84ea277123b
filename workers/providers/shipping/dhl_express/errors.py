"""MyDHL's errors in Wasl's words.

One shape for all: ``{instance, title, detail, message, additionalDetails, status}``. What the schema refuses names the
place (``#/customerDetails/shipperDetails: required key [postalCode] not found``); what DHL's systems refuse begins with
a number (``7008: …``), of which there is no public list. The ones used here stand in the examples of MyDHL's OpenAPI
document, but for 996 and 1001 (product not available) and 3000 to 3008 (place not found), which are those of DHL's
earlier XML interface and still seen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from workers.providers.errors import AuthenticationFailed, InvalidRequest, ProviderError, error_class

NO_SUCH_PRODUCT: Final = frozenset({"996", "1001"})
NO_SUCH_PLACE: Final = frozenset(str(number) for number in range(3000, 3009))
_NUMBER: Final = re.compile(r"\s*([0-9]{3,5}):")
_PLACE: Final = re.compile(r"#/([A-Za-z0-9/]+)")
_KEY: Final = re.compile(r"key \[([A-Za-z0-9]+)\]")
_ACCOUNT: Final = re.compile(r"account number .*(not found|invalid)|account not allowed", re.IGNORECASE)
_NOTHING: Final = re.compile(r"\bno\b.*\b(found|data)\b|\bnot?\b.*\bfound\b", re.IGNORECASE)

_PARTIES: Final[Mapping[str, str]] = {"shipperDetails": "sender", "receiverDetails": "recipient"}
_FIELDS: Final[Mapping[str, str]] = {
    "postalCode": "postal_code",
    "cityName": "city",
    "countryCode": "country",
    "provinceCode": "state",
    "addressLine1": "line1",
    "addressLine2": "line2",
    "phone": "phone",
    "email": "email",
    "companyName": "company",
    "fullName": "name",
    "registrationNumbers": "tax_number",
}
_ELSEWHERE: Final[Mapping[str, str]] = {
    "plannedShippingDateAndTime": "ships_at",
    "ShipTimeStamp": "ships_at",
    "plannedPickupDateAndTime": "ready_at",
    "closeTime": "closes_at",
    "accounts": "settings.account_number",
    "lineItems": "customs.items",
    "invoice": "customs.invoice_number",
    "exportDeclaration": "customs",
    "incoterm": "customs.incoterm",
    "declaredValue": "customs",
    "packages": "parcels",
    "productCode": "service",
    "description": "description",
    "customerReferences": "reference",
}


@dataclass(frozen=True, slots=True)
class DHLFault:
    """What an error's body says. :param field: our input field at fault, where it is known."""

    code: str | None
    message: str
    field: str | None


def read_fault(body: Any, status: int) -> DHLFault:
    """The fault in an error's body; whatever is missing or misshapen there is left empty."""
    fields: Mapping[str, Any] = body if isinstance(body, dict) else {}
    further = fields.get("additionalDetails")
    told = [fields.get("detail"), *(further if isinstance(further, list) else [])]
    texts = [text for text in told if isinstance(text, str) and text]
    texts = texts or [text for text in (fields.get("title"), fields.get("message")) if isinstance(text, str) and text]
    number = next((found[1] for text in texts if (found := _NUMBER.match(text))), None)
    named = next((field for text in texts if (field := _field(text))), None)
    return DHLFault(code=number, message="; ".join(texts) or f"DHL Express answered {status}", field=named)


def classify(fault: DHLFault, status: int, *, write: bool) -> type[ProviderError]:
    """The kind of error. An account that is not known, or may not do this, is for whoever keeps the connection."""
    kind = error_class(status, write=write)
    return AuthenticationFailed if kind is InvalidRequest and _ACCOUNT.search(fault.message) else kind


def says_nothing_is_there(body: Any) -> bool:
    """Whether a 404 is DHL's own word that it has nothing of the kind, and not a proxy's."""
    if not isinstance(body, dict):
        return False
    return any(_NOTHING.search(str(body.get(name) or "")) for name in ("detail", "title", "message"))


def _field(text: str) -> str | None:
    place, key = _PLACE.search(text), _KEY.search(text)
    path = [*(place[1].split("/") if place else ()), *([key[1]] if key else ())]
    party = next((_PARTIES[part] for part in path if part in _PARTIES), None)
    if party:
        leaf = next((_FIELDS[part] for part in reversed(path) if part in _FIELDS), None)
        return f"{party}.{leaf}" if leaf else party
    known = next((_ELSEWHERE[part] for part in reversed(path) if part in _ELSEWHERE), None)
    return known or next((field for name, field in _ELSEWHERE.items() if re.search(rf"\b{name}\b", text)), None)
