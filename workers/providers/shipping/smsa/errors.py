"""SMSA's refusals in Wasl's words.

SMSA publishes none. Public clients have seen ASP.NET's problem details (``{"title", "status", "errors":
{"ConsigneeAddress.City": ["…"]}}``), ``{"message"}`` and plain text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

_ENDS: Final[Mapping[str, str]] = {
    "ConsigneeAddress": "recipient",
    "ShipperAddress": "sender",
    "PickupAddress": "sender",
    "ReturnToAddress": "recipient",
}
_OF_ADDRESS: Final[Mapping[str, str]] = {
    "AddressLine1": "line1",
    "AddressLine2": "line2",
    "City": "city",
    "ContactName": "name",
    "ContactPhoneNumber": "phone",
    "Country": "country",
    "District": "area",
    "PostalCode": "postal_code",
}
_FIELDS: Final[Mapping[str, str]] = {
    "CODAmount": "cash_on_delivery",
    "ContentDescription": "description",
    "DeclaredValue": "declared_value",
    "Parcels": "parcels",
    "ServiceCode": "service",
    "ShipDate": "ships_at",
    "ShipmentCurrency": "declared_value.currency",
    "SMSARetailID": "settings.retail_id",
    "WaybillType": "label_format",
    "Weight": "parcels",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What an error's body says. :param field: our input field at fault, where it is known."""

    message: str
    field: str | None


def read_fault(body: Any, status: int) -> Fault:
    """The fault in an error's body; whatever is missing or misshapen there is left empty."""
    if isinstance(body, str) and body.strip():
        return Fault(f"SMSA: {body.strip()}", None)
    fields: Mapping[str, Any] = body if isinstance(body, dict) else {}
    errors = fields.get("errors")
    if isinstance(errors, dict) and errors:
        name, texts = next(iter(errors.items()))
        said = "; ".join(map(str, texts)) if isinstance(texts, list) else str(texts)
        return Fault(f"SMSA: {name}: {said}", _our_field(str(name)))
    text = next((fields[key] for key in ("message", "detail", "title") if isinstance(fields.get(key), str)), "")
    return Fault(f"SMSA: {text}" if text else f"SMSA answered {status}", None)


def _our_field(name: str) -> str | None:
    end, _, rest = name.partition(".")
    if end in _ENDS:
        return f"{_ENDS[end]}.{_OF_ADDRESS[rest]}" if rest in _OF_ADDRESS else _ENDS[end]
    return _FIELDS.get(name)
