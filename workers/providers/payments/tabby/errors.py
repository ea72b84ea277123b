"""Tabby's errors in Wasl's words.

``{"status": "error", "errorType": …, "error": …}``, or ``"errors": [{"field": "$.payment.currency", "code": …}]`` where
fields are at fault (https://docs.tabby.ai/api-reference/response-codes ). ``errorType`` is one of bad_data,
not_authorized, no_permission, not_found, conflict and internal, and goes with the HTTP status, so the status alone
decides the kind; the words are for people and may change. A 404 and a 500 can be a bare text, and what a firewall
refuses (403) is a page of HTML.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

# Tabby's fields and ours; the longest beginning that fits counts.
_FIELDS: Final[Mapping[str, str]] = {
    "payment.amount": "money.amount",
    "payment.currency": "money.currency",
    "payment.description": "description",
    "payment.buyer": "customer",
    "payment.buyer.name": "customer.name",
    "payment.buyer.email": "customer.email",
    "payment.buyer.phone": "customer.phone",
    "payment.shipping_address": "shipping_address",
    "payment.shipping_address.city": "shipping_address.city",
    "payment.shipping_address.address": "shipping_address.line1",
    "payment.shipping_address.zip": "shipping_address.postal_code",
    "payment.order.reference_id": "reference",
    "payment.order.items": "items",
    "payment.meta": "metadata",
    "lang": "locale",
    "merchant_code": "settings.merchant_code",
    "merchant_urls.success": "return_url",
    "merchant_urls.cancel": "cancel_url",
    "merchant_urls.failure": "cancel_url",
    # Of captures and refunds.
    "amount": "money.amount",
    "reason": "reason",
}
_INDEX: Final = re.compile(r"\[\d*\]")


@dataclass(frozen=True, slots=True)
class TabbyFault:
    """What an error's body says.

    :param code: the error's type, or the code of the first field at fault.
    :param field: the name of our input field at fault, if one is.
    """

    message: str
    code: str | None
    field: str | None


def read_fault(body: Any, status: int) -> TabbyFault:
    """The fault in an error's body; whatever is missing or misshapen there is left empty."""
    fields: Mapping[str, Any] = body if isinstance(body, dict) else {}
    listed = fields.get("errors")
    first = listed[0] if isinstance(listed, list) and listed and isinstance(listed[0], dict) else {}
    theirs = _text(first.get("field")).removeprefix("$.")
    code = _text(first.get("code")) or _text(fields.get("errorType"))
    said = _text(fields.get("error")) or " ".join(part for part in (theirs, code, _text(first.get("message"))) if part)
    message = f"Tabby answered {status}: {said}" if said else f"Tabby answered {status}"
    return TabbyFault(message, code or None, _our_field(theirs))


def _our_field(theirs: str) -> str | None:
    name = _INDEX.sub("", theirs)
    fitting = [known for known in _FIELDS if name == known or name.startswith(f"{known}.")]
    return _FIELDS[max(fitting, key=len)] if fitting else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
