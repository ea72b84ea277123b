"""FedEx's errors in Wasl's words.

``{"transactionId", "errors": [{"code", "message", "parameterList"}]}``, also with status 200; a refused token comes as
``{"error_description"}``, a wrong path as ``{"error", "error_detail"}``. Codes from the OpenAPI documents' examples,
and from FedEx's error lists as public integrations quote them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

# Given up already: what is asked for is so. The third is a success that FedEx tells as an error.
CANCELLED: Final = frozenset(
    {
        "CANCELSHIPMENT.TRACKINGNUMBER.DELETED",
        "MASTERTRACKINGID.TRACKINGNUMBER.CANCELLED",
        "SHIPMENT.CANCELEDWITHOUTPICKUP.SUCCESS",
    }
)
PICKUP_CANCELLED: Final = frozenset({"DUPLICATE.REQUEST.CANCEL"})
NO_DOCUMENT: Final = frozenset({"TRACKINGDOCUMENT.DOCUMENT.UNAVAILABLE", "TRACKING.DATA.NOTFOUND"})
NOT_SERVED: Final = frozenset(
    {
        "COUNTRY.NOT.SERVED",
        "DESTINATION.COUNTRY.NOT.SERVED",
        "FEDEXSERVICE.NOT.AVAILABLE",
        "ORIGIN.COUNTRY.NOT.SERVED",
        "SERVICE.LOCATION.UNAVAILABLE",
        "SERVICE.UNAVAILABLE.ORIGINDESTINATION",
    }
)
# What a code may mention, and our name of it; the first that is mentioned counts.
_FIELDS: Final[Mapping[str, str]] = {
    "RECIPIENT.POSTAL": "recipient.postal_code",
    "RECIPIENTS.POSTAL": "recipient.postal_code",
    "SHIPPER.POSTAL": "sender.postal_code",
    "RECIPIENT.PHONE": "recipient.phone",
    "SHIPPER.PHONE": "sender.phone",
    "RECIPIENT.CITY": "recipient.city",
    "SHIPPER.CITY": "sender.city",
    "SERVICETYPE": "service",
    "SERVICE.TYPE": "service",
    "WEIGHT": "parcels",
    "DIMENSION": "parcels",
    "CURRENCY": "customs.currency",
    "COMMODIT": "customs.items",
    "SHIPDATE": "ships_at",
    "READY.TIME": "ready_at",
}


@dataclass(frozen=True, slots=True)
class FedExFault:
    """What an error's body says.

    :param field: the name of our input field that its code mentions, if any.
    :param about_account: the account number is wrong, or not one that these keys may use.
    """

    message: str
    code: str | None
    request_id: str | None
    field: str | None
    about_account: bool


def read_fault(body: Any, status: int) -> FedExFault:
    """The fault in an error's body; whatever is missing or misshapen there is left empty."""
    fields = body if isinstance(body, dict) else {}
    listed = fields.get("errors")
    first = listed[0] if isinstance(listed, list) and listed and isinstance(listed[0], dict) else {}
    code = _text(first.get("code")) or _text(fields.get("error"))
    words = (first.get("message"), fields.get("error_description"), fields.get("error_detail"))
    message = next((text for text in map(_text, words) if text), code)
    field = next((ours for theirs, ours in _FIELDS.items() if theirs in (code or "")), None)
    return FedExFault(
        message=message or f"FedEx answered {status}",
        code=code,
        request_id=_text(fields.get("transactionId")),
        field=field,
        about_account="ACCOUNT" in (code or "") or code == "SHIPMENT.USER.UNAUTHORIZED",
    )


def has_errors(body: Any) -> bool:
    """Whether a body says that it was refused, whatever its status."""
    return isinstance(body, dict) and bool(body.get("errors"))


def was_made(body: Any) -> bool:
    """Whether an answer names a shipment, whatever errors it has besides."""
    output = body.get("output") if isinstance(body, dict) else None
    return isinstance(output, dict) and bool(output.get("transactionShipments"))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
