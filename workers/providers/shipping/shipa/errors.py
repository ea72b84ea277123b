"""Shipa's refusals in Wasl's words.

The gateway in front (Apigee) says ``{"fault": {"faultstring", "detail": {"errorcode"}}}``. Shipa itself says
``{"message"}``, a text or a list of texts, or ``{"code", "info"}``, where 0 stands for success, also with HTTP 200.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

_ENDS: Final[Mapping[str, str]] = {"origin": "sender", "destination": "recipient"}
_PARTS: Final[Mapping[str, str]] = {
    "contactName": "name",
    "contactNo": "phone",
    "email": "email",
    "address": "line1",
    "city": "city",
    "country": "country",
}
# What a text may mention, and our name of it.
_FIELDS: Final[Mapping[str, str]] = {
    "amountToCollect": "cash_on_delivery.amount",
    "customerRef": "shipment_id",
    "category": "service",
    "packages": "parcels",
    **_ENDS,
}
_PART: Final = re.compile(rf"\b({'|'.join(_ENDS)})\W+({'|'.join(_PARTS)})\b")
_FIELD: Final = re.compile(rf"\b(?:{'|'.join(_FIELDS)})\b")


@dataclass(frozen=True, slots=True)
class ShipaFault:
    """What an error's body says.

    :param field: the name of our input field that it mentions, if any.
    """

    message: str
    code: str | None
    field: str | None


def read_fault(body: Any, status: int) -> ShipaFault:
    """The fault in an error's body; whatever is missing or misshapen there is left empty."""
    fields: Mapping[str, Any] = body if isinstance(body, dict) else {}
    gateway = fields.get("fault") if isinstance(fields.get("fault"), dict) else {}
    detail = gateway.get("detail") if gateway and isinstance(gateway.get("detail"), dict) else {}
    said = fields.get("message")
    texts = [gateway.get("faultstring") if gateway else None, *(said if isinstance(said, list) else [said])]
    texts += [fields.get("info"), fields.get("error")]
    message = "; ".join(text for text in texts if isinstance(text, str) and text) or f"Shipa Delivery answered {status}"
    code = (detail.get("errorcode") if detail else None) or fields.get("code")
    is_code = isinstance(code, str | int) and not isinstance(code, bool)
    return ShipaFault(message, str(code) if is_code else None, _field(message))


def is_refusal(body: Any) -> bool:
    """Whether an answer with HTTP 200 is an error all the same."""
    if not isinstance(body, dict):
        return False
    return "fault" in body or body.get("code") not in (None, 0, "0")


def _field(message: str) -> str | None:
    if part := _PART.search(message):
        return f"{_ENDS[part[1]]}.{_PARTS[part[2]]}"
    named = _FIELD.search(message)
    return _FIELDS[named[0]] if named else None
