"""PayTabs' errors in Wasl's words.

``{"code": 206, "message": "Invalid currency code", "trace": "PMNT0401.…"}``, with 400, 401 or 409 and, as integrations
report (Odoo's among them), with 200; so an answer is a fault, too, when it has a code and no transaction. Codes seen:
1 authentication, 2 invalid request, 4 duplicate (the same cart, amount and currency within two minutes), 113 invalid
transaction reference, 206 currency, 210 callback address, 4xx PayTabs' own troubles. One code has many messages, so a
field is told from the message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    ProviderError,
    Unavailable,
    error_class,
)

_AUTHENTICATION: Final = 1
_DUPLICATE: Final = 4
_NO_TRANSACTION: Final = 113
_OWN_TROUBLES: Final = range(400, 500)
_MISSING: Final = ("not found", "invalid transaction ref", "invalid tran_ref", "invalid token")
# What a message may mention, and our name of it; the first that is mentioned counts.
_FIELDS: Final[tuple[tuple[str, str], ...]] = (
    ("callback", "credentials.webhook_url"),
    ("return", "return_url"),
    ("profile", "settings.profile_id"),
    ("payment method", "method"),
    ("payment_method", "method"),
    ("currency", "money.currency"),
    ("amount", "money.amount"),
    ("description", "description"),
    ("cart", "reference"),
    ("token", "payment_method"),
    ("email", "customer.email"),
    ("phone", "customer.phone"),
    ("country", "billing_address.country"),
    ("name", "customer.name"),
)


@dataclass(frozen=True, slots=True)
class PayTabsFault:
    """What an error's body says.

    :param trace: PayTabs' id of the request, for its support.
    """

    code: int | None = None
    message: str | None = None
    trace: str | None = None

    @property
    def field(self) -> str | None:
        """The name of our input field that the message mentions."""
        said = (self.message or "").lower()
        return next((ours for theirs, ours in _FIELDS if theirs in said), None)


def read_fault(body: Any) -> PayTabsFault:
    """The fault in an answer's body; whatever is missing or misshapen there is left empty."""
    fields: Mapping[str, Any] = body if isinstance(body, dict) else {}
    code, message, trace = fields.get("code"), fields.get("message"), fields.get("trace")
    return PayTabsFault(
        code=int(code) if isinstance(code, int | str) and str(code).isascii() and str(code).isdigit() else None,
        message=message if isinstance(message, str) and message else None,
        trace=trace if isinstance(trace, str) and trace else None,
    )


def is_fault(body: Any) -> bool:
    """Whether an answer with status 200 is an error all the same."""
    return isinstance(body, dict) and "tran_ref" not in body and bool(read_fault(body).code)


def classify(fault: PayTabsFault, status: int, *, write: bool) -> type[ProviderError]:
    """The kind of error. A duplicate means that the very request was taken before: nobody knows what comes of it."""
    said = (fault.message or "").lower()
    if fault.code == _AUTHENTICATION or status in (401, 403):
        return AuthenticationFailed
    if status in (429, 503):
        return error_class(status, write=write)
    if fault.code == _DUPLICATE or status == 409:
        return OutcomeUnknown if write else Unavailable
    if fault.code in _OWN_TROUBLES or status >= 500:
        return OutcomeUnknown if write else Unavailable
    if fault.code == _NO_TRANSACTION or any(part in said for part in _MISSING):
        return NotFound
    return InvalidRequest if status < 300 else error_class(status, write=write)
