"""J&T's codes in Wasl's words; the tables of its open platform. Answers are HTTP 200 whatever they say."""

from __future__ import annotations

from collections.abc import Mapping
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

SUCCESS: Final = "1"
DUPLICATES: Final = frozenset({"145002001", "145003101"})
"""There is an order under this number already."""
ALREADY_CANCELLED: Final = "145003202"
NO_DATA: Final = "145003064"

_WRONG_CREDENTIALS: Final = frozenset(
    # signature of the header, of the content; no such account; account, digest or timestamp empty; no such customer
    {"145003030", "145003031", "145003010", "145003071", "145003052", "145003053", "145003080"}
)
_BROKEN: Final = frozenset({"145003040", "145005000"})
_NOT_FOUND: Final = frozenset({NO_DATA, "145003100"})
_FIELDS: Final[Mapping[str, str]] = {
    "145003083": "sender",
    "145003084": "recipient",
    "145003092": "parcels",
    "145003108": "description",
    "145003111": "parcels",
    "145003112": "cash_on_delivery",
    "145003113": "settings.pay_type",
    "145003200": "settings.service_type",
    "145005500": "insured_value",
    "145005501": "insured_value",
}


def code_of(body: Any) -> str | None:
    """The code of an answer, which is a text or a number."""
    code = body.get("code") if isinstance(body, dict) else None
    return str(code) if isinstance(code, str | int) and not isinstance(code, bool) else None


def message_of(body: Any, status: int) -> str:
    """What J&T says."""
    said = body.get("msg") if isinstance(body, dict) else None
    return f"J&T: {said}" if isinstance(said, str) and said.strip() else f"J&T answered {status}"


def classify(body: Any, status: int, *, write: bool, orders: bool) -> type[ProviderError]:
    """The kind of error.

    :param status: the answer's, 200 included.
    :param orders: whether an order was to be made: what is not found then is the address.
    """
    code = code_of(body)
    if status >= 300:
        return error_class(status, write=write)
    if code in _WRONG_CREDENTIALS or "no interface permission" in message_of(body, status).lower():
        return AuthenticationFailed
    if code is None or code in _BROKEN:
        return OutcomeUnknown if write else Unavailable
    return NotFound if code in _NOT_FOUND and not orders else InvalidRequest


def field_of(code: str | None) -> str | None:
    """The input field that a code is about, where it tells."""
    return _FIELDS.get(code or "")
