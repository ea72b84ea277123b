"""N-Genius's errors in Wasl's words.

``{"message", "code", "errors": [{"message", "localizedMessage", "errorCode", "domain"}]}``, as its plugins and SDKs
read it; neither codes nor statuses are documented, so the kind of error follows from the HTTP status alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

# What a message may mention, and our name of it; the first that is mentioned counts.
_FIELDS: Final[Mapping[str, str]] = {
    "currencyCode": "money.currency",
    "amount": "money.amount",
    "emailAddress": "customer.email",
    "billingAddress": "customer.name",
    "phoneNumber": "customer.phone",
    "redirectUrl": "return_url",
    "cancelUrl": "cancel_url",
    "merchantOrderReference": "reference",
}


@dataclass(frozen=True, slots=True)
class NGeniusFault:
    """What an error's body says.

    :param field: the name of our input field that it mentions, if any.
    """

    message: str
    code: str | None
    field: str | None


def read_fault(body: Any, status: int) -> NGeniusFault:
    """The fault in an error's body; whatever is missing or misshapen there is left empty."""
    fields = body if isinstance(body, dict) else {}
    listed = fields.get("errors")
    first = listed[0] if isinstance(listed, list) and listed and isinstance(listed[0], dict) else {}
    message = _text(first.get("message")) or _text(fields.get("message"))
    code = _text(first.get("errorCode")) or _text(fields.get("code"))
    mentioned = f"{message} {_text(first.get('localizedMessage'))}"
    field = next((ours for theirs, ours in _FIELDS.items() if theirs in mentioned), None)
    return NGeniusFault(message or f"N-Genius Online answered {status}", code, field)


def _text(value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value else None
