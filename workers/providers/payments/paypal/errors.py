"""PayPal's errors in Wasl's words.

``{"name", "message", "debug_id", "details": [{"issue", "field", "description"}]}``; the token endpoint answers
``{"error", "error_description"}`` as OAuth 2.0 does. Facts from PayPal's OpenAPI documents and
https://developer.paypal.com/api/rest/responses/ . A 5xx answer to a write "may have created the transaction", 503
included: its outcome is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from workers.providers.errors import (
    AuthenticationFailed,
    Declined,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    error_class,
)
from workers.providers.payments.paypal.declines import DECLINE_ISSUES

_BY_ISSUE: Final[Mapping[str, type[ProviderError]]] = {
    # Our own first attempt is still being worked on.
    "PREVIOUS_REQUEST_IN_PROGRESS": OutcomeUnknown,
    "ORDER_COMPLETION_IN_PROGRESS": OutcomeUnknown,
    "RATE_LIMIT_REACHED": RateLimited,
    **dict.fromkeys(
        ("PERMISSION_DENIED", "PAYEE_ACCOUNT_RESTRICTED", "PAYEE_ACCOUNT_LOCKED_OR_CLOSED",
         "PAYEE_ACCOUNT_NOT_VERIFIED", "PAYEE_ACCOUNT_INVALID"),
        AuthenticationFailed,
    ),
}  # fmt: skip
_TAKING: Final = frozenset({"create_payment", "find_payment", "complete_payment", "capture_payment"})
# The ends of PayPal's JSON pointers, and the issues that come without one, beside our names.
_FIELDS: Final[Mapping[str, str]] = {
    "cancel_url": "cancel_url",
    "currency_code": "money.currency",
    "description": "description",
    "email_address": "customer.email",
    "invoice_id": "reference",
    "note_to_payer": "note",
    "paypal-request-id": "idempotency_key",
    "locale": "locale",
    "quantity": "items",
    "item_total": "items",
    "return_url": "return_url",
    "soft_descriptor": "statement_descriptor",
    "value": "money.amount",
    "vault_id": "payment_method",
}
_FIELDS_BY_ISSUE: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("CURRENCY_NOT_SUPPORTED", "INVALID_CURRENCY_CODE", "AUTH_CAPTURE_CURRENCY_MISMATCH", "CURRENCY_MISMATCH",
         "CURRENCY_NOT_SUPPORTED_FOR_COUNTRY", "REFUND_CAPTURE_CURRENCY_MISMATCH"),
        "money.currency",
    ),
    **dict.fromkeys(
        ("DECIMAL_PRECISION", "DECIMALS_NOT_SUPPORTED", "MAX_CAPTURE_AMOUNT_EXCEEDED", "REFUND_AMOUNT_EXCEEDED",
         "REFUND_AMOUNT_TOO_LOW", "CANNOT_BE_ZERO_OR_NEGATIVE", "MAX_VALUE_EXCEEDED", "AUTHORIZATION_AMOUNT_EXCEEDED"),
        "money.amount",
    ),
    "DUPLICATE_INVOICE_ID": "reference",
    **dict.fromkeys(("ITEM_TOTAL_MISMATCH", "ITEM_TOTAL_REQUIRED", "AMOUNT_MISMATCH"), "items"),
    "TOKEN_ID_NOT_FOUND": "payment_method",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PayPalFault:
    """What an error's body says.

    :param code: the issue if there is one, else the error's name.
    :param field: the name of our input field at fault.
    """

    code: str | None
    message: str
    field: str | None
    debug_id: str | None


def read_fault(body: Any, status: int) -> PayPalFault:
    """The fault in an error's body; whatever is missing or misshapen there is left empty."""
    error = body if isinstance(body, dict) else {}
    details = error.get("details")
    first = details[0] if isinstance(details, list) and details and isinstance(details[0], dict) else {}
    issue, pointer = _text(first.get("issue")), _text(first.get("field")) or ""
    code = issue or _text(error.get("name")) or _text(error.get("error"))
    said = (first.get("description"), error.get("message"), error.get("error_description"))
    field = _FIELDS.get(pointer.rpartition("/")[2].lower()) or _FIELDS_BY_ISSUE.get(issue or "")
    return PayPalFault(
        code=code,
        message=next((text for each in said if (text := _text(each))), f"PayPal answered {status}"),
        field=field or (pointer.strip("/").replace("/", ".") or None),
        debug_id=_text(error.get("debug_id")),
    )


def classify(fault: PayPalFault, status: int, *, operation: str, write: bool) -> type[ProviderError]:
    """The kind of error: by the issue, then by the HTTP status. Only what takes money from a payer is declined."""
    if status >= 500:
        return OutcomeUnknown if write else error_class(status, write=False)
    if fault.code in DECLINE_ISSUES and operation in _TAKING:
        return Declined
    return _BY_ISSUE.get(fault.code or "") or error_class(status, write=write)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
