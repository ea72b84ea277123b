"""Refusals of Amazon Payment Services in Wasl's words. They come with HTTP status 200; only the response code tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workers.providers.errors import (
    AuthenticationFailed,
    Declined,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    ProviderError,
    Unavailable,
)
from workers.providers.payments.aps.codes import DECLINE_REASONS, DUPLICATES, UNCERTAIN

_CREDENTIALS: Final = frozenset({"008", "009", "010", "015"})
NOT_FOUND: Final = frozenset({"036", "149"})
# About the request, even where an attempt is said to have failed (13002, 03013 …).
_REQUEST_FAULTS: Final = frozenset(
    {"001", "002", "003", "004", "005", "013", "014", "021", "025", "026", "027", "032", "033", "034", "037", "038"}
    | {"039", "040", "042", "043", "044", "046", "048", "049", "067", "080", "088", "097", "110", "111", "112", "113"}
)
_REFUSING: Final = frozenset({"00", "01", "03", "05", "07", "09", "10", "11", "13", "17", "23", "45", "49", "53", "59"})
_INCOMPLETE: Final = frozenset({"01", "10"})  # a refusal only where the message says so
_FIELDS_BY_MESSAGE: Final[Mapping[str, str]] = {
    **dict.fromkeys(("005", "042", "048"), "money.amount"),
    **dict.fromkeys(("013", "023", "024"), "money.currency"),
    **dict.fromkeys(("003", "014", "021", "039", "046", "049", "080", "111"), "method"),
    **dict.fromkeys(("044", "088"), "payment_method"),
    "037": "return_url",
}
# What the message of a missing or misshapen parameter may name, and our name of it.
_FIELDS_BY_NAME: Final[Mapping[str, str]] = {
    "customer_email": "customer.email",
    "customer_name": "customer.name",
    "customer_phone": "customer.phone",
    "phone_number": "customer.phone",
    "order_description": "description",
    "return_url": "return_url",
    "token_name": "payment_method",
    "agreement_id": "payment_method_data.agreement_id",
    "customer_ip": "payment_method_data.customer_ip",
    "payment_option": "method",
    "currency": "money.currency",
    "amount": "money.amount",
}


def classify(code: str, *, write: bool) -> type[ProviderError]:
    """The kind of error that a refusal's response code stands for."""
    status, message = code[:2], code[2:]
    uncertain = OutcomeUnknown if write else Unavailable
    if message in _CREDENTIALS:
        return AuthenticationFailed
    if message in UNCERTAIN or (write and message in DUPLICATES):
        return uncertain
    if message in NOT_FOUND:
        return NotFound
    if status not in _REFUSING:
        return uncertain
    if message in _REQUEST_FAULTS:
        return InvalidRequest
    if status in ("03", "13") or message in DECLINE_REASONS:
        return Declined
    return uncertain if status in _INCOMPLETE else InvalidRequest


def field_at_fault(code: str, message: str) -> str | None:
    """Our name of the input that a refusal is about, if it tells."""
    by_message = _FIELDS_BY_MESSAGE.get(code[2:])
    return by_message or next((ours for theirs, ours in _FIELDS_BY_NAME.items() if theirs in message), None)
