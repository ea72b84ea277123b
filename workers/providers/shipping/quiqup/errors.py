"""Quiqup's refusals in Wasl's words.

``{"error": text}``, sometimes with ``attribute_errors`` or ``error_details``, lists of ``{"detail"}``, or ``errors``, a
list of texts (Zombiemelon/quiqup-mcp: lib/tools/register.ts and tests). OAuth's own are ``{"error": code,
"error_description": text}``. There are no codes of what is wrong with an order, so the words name the field.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

_LISTS: Final = ("attribute_errors", "error_details", "errors")
_CODE: Final = re.compile(r"[a-z]+(_[a-z]+)+")
# What a text may mention, and our name of it.
_FIELDS: Final[Mapping[str, str]] = {
    "payment_amount": "cash_on_delivery.amount",
    "payment_mode": "cash_on_delivery",
    "billing_identifier": "settings.billing_identifier",
    "partner_order_id": "shipment_id",
    "kind": "service",
    "items": "parcels",
    "origin": "sender",
    "destination": "recipient",
}
_MENTIONED: Final = re.compile(rf"\b(?:{'|'.join(_FIELDS)})\b")


@dataclass(frozen=True, slots=True)
class QuiqupFault:
    """What an error's body says.

    :param code: where there is one.
    :param field: the name of the first of our input fields that it mentions, if any.
    """

    message: str
    code: str | None
    field: str | None


def read_fault(body: Any, status: int) -> QuiqupFault:
    """The fault in an error's body; whatever is missing or misshapen there is left empty."""
    fields: Mapping[str, Any] = body if isinstance(body, dict) else {}
    said = _text(fields.get("error"))
    code = said if said and _CODE.fullmatch(said) else None
    listed = [text for name in _LISTS for text in _texts(fields.get(name))]
    texts = [_text(fields.get("error_description")) or said, *listed]
    message = "; ".join(text for text in texts if text) or f"Quiqup answered {status}"
    mentioned = _MENTIONED.search(message)
    return QuiqupFault(message, code, _FIELDS[mentioned[0]] if mentioned else None)


def _texts(listed: Any) -> list[str]:
    entries = listed if isinstance(listed, list) else []
    details = [each.get("detail") if isinstance(each, dict) else each for each in entries]
    return [text for text in map(_text, details) if text]


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
