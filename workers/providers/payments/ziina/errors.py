"""Ziina's errors in Wasl's words.

Two shapes have been seen: ``{"code", "message"}`` for what Ziina itself refuses, with status 400 even for an object
that is not there (PAYMENT_INTENT_NOT_FOUND), and ``{"statusCode", "message", "error"}`` from the framework before it,
whose message is a list of texts that begin with the name of a property. No list of codes is published; these are from
afsal-backer/ziina (tests run against Ziina, commit 933d056), MESSAGE_LENGTH_INVALID from one other integration. Codes
that are not known are judged by the status, and shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from workers.providers.errors import NotFound, ProviderError, error_class

_FIELDS_OF_CODES: Final[Mapping[str, str]] = {
    "TRANSFER_UNDER_MINIMUM": "money.amount",
    "TRANSFER_EXCEEDS_LIMIT": "money.amount",
    "MESSAGE_LENGTH_INVALID": "description",
}
_FIELDS_OF_PROPERTIES: Final[Mapping[str, str]] = {
    "amount": "money.amount",
    "currency_code": "money.currency",
    "message": "description",
    "success_url": "return_url",
    "failure_url": "return_url",
    "cancel_url": "cancel_url",
    "expiry": "settings.expires_after_minutes",
    "payment_intent_id": "provider_payment_id",
}


@dataclass(frozen=True, slots=True)
class ZiinaFault:
    """What an error's body says.

    :param field: the name of our input field at fault, where it is known.
    """

    code: str | None
    message: str
    field: str | None


def read_fault(body: Any, status: int) -> ZiinaFault:
    """The fault in an error's body; whatever is missing or misshapen there is left empty."""
    fields: Mapping[str, Any] = body if isinstance(body, dict) else {}
    said = fields.get("message")
    texts = [text for text in (said if isinstance(said, list) else [said]) if isinstance(text, str) and text]
    code = fields.get("code")
    code = code if isinstance(code, str) and code else None
    named = next((text.split(" ", 1)[0] for text in texts), "") if isinstance(said, list) else ""
    return ZiinaFault(
        code=code,
        message="; ".join(texts) or (code and f"Ziina answered {status}: {code}") or f"Ziina answered {status}",
        field=_FIELDS_OF_CODES.get(code or "") or _FIELDS_OF_PROPERTIES.get(named),
    )


def classify(fault: ZiinaFault, status: int, *, write: bool) -> type[ProviderError]:
    """The kind of error."""
    if status == 400 and fault.code is not None and fault.code.endswith("_NOT_FOUND"):
        return NotFound
    return error_class(status, write=write)
