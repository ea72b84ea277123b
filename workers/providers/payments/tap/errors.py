"""Tap's errors in Wasl's words.

``{"errors": [{"code": "1144", "description": "Charge not found"}]}``, every code from
https://developers.tap.company/reference/charge-response-codes . The HTTP status alone says little: most of them come
with 400, whatever is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from workers.providers.errors import (
    AuthenticationFailed,
    Declined,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    ProviderError,
    Unavailable,
    error_class,
)
from workers.providers.payments.tap.declines import CARD_ERRORS

SOURCE_USED: Final = "1126"
"""A token works once: whoever used it before may have been we."""

_CODES: Final[Mapping[str, str]] = {
    "money": "9998",
    "money.amount": "1117 1150 1161",
    "money.currency": "1118 1119 1149",
    "payment_method": "1124 1125 1126 4100",
    "payment_method_data": "1216",  # Agreement id is missing (docs/merchant-initiated-transaction)
    "save_payment_method": "1108 1116",
    "customer": "1104 1105 1106 1107 1129",
    "customer.name": "1130 1131 1132 1133 1134",
    "customer.phone": "1135 1136 1137",
    "customer.email": "1138 1139",
    "return_url": "1110 1111",
    "reference": "1122 1123",
    "description": "1121",
    "statement_descriptor": "1120",
    "metadata": "1127 1128",
    "reason": "1156 1157",
    "provider_payment_id": "1112 1113 1114 1115 1142 1143 1144",
    "provider_refund_id": "1158 1159 1160",
    "settings.three_d_secure": "1109",
    "settings.capture_at_end": "1152",
    "settings.authorization_hours": "1153",
    "settings.merchant_id": "1164",
}
FIELDS: Final[Mapping[str, str]] = {code: field for field, codes in _CODES.items() for code in codes.split()}
"""The input field that an error code is about."""
_AUTHENTICATION: Final = frozenset({"1100", "1101", "2103", "2104", "2105", "2106", "2107", "2108"})
_NOT_FOUND: Final = frozenset({"1106", "1115", "1144", "1160", "1167", "2102"})
# A gateway that timed out, a server that is down or broken: said after it had begun, for all that is known.
_BROKEN: Final = frozenset({"1151", "2101", "9999"})


@dataclass(frozen=True, slots=True)
class TapFault:
    """What an error's body says: the first of its errors."""

    code: str | None
    description: str | None

    @property
    def field(self) -> str | None:
        """The name of our input field at fault."""
        return FIELDS.get(self.code or "")

    def message(self, status: int) -> str:
        """The error in words."""
        return self.description or f"Tap answered {status}"


def read_fault(body: Any) -> TapFault:
    """The fault in an error's body; whatever is missing or misshapen there is left empty."""
    errors = body.get("errors") if isinstance(body, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    told: Mapping[str, Any] = first if isinstance(first, dict) else {}
    code = told.get("code")
    number = str(code) if isinstance(code, int) and not isinstance(code, bool) else _text(code)
    return TapFault(number, _text(told.get("description")))


def classify(fault: TapFault, status: int, operation: str, *, write: bool) -> type[ProviderError]:
    """The kind of error. A 5xx speaks for itself; a conflict (409) means that another request is at work."""
    if status >= 500 or status in (408, 424, 429):
        return error_class(status, write=write)
    if fault.code in _BROKEN or (write and status == 409):
        return OutcomeUnknown if write else Unavailable
    if fault.code in _AUTHENTICATION:
        return AuthenticationFailed
    if operation == "create_payment" and fault.code in CARD_ERRORS:
        return Declined
    if fault.code in _NOT_FOUND and (operation != "create_payment" or fault.field is None):
        return NotFound
    if fault.field is not None:
        return InvalidRequest
    kind = error_class(status, write=write)
    return InvalidRequest if kind is Declined and operation != "create_payment" else kind


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
