"""Telr's refusals in Wasl's words.

The gateway answers 200 to everything. The hosted page's interface puts ``{"error": {"message": "E05:…", "note":
"…"}}`` into the body, the Remote API ``<auth><status>E</status><code>05</code><message>…</message></auth>``; the
number is from https://docs.telr.com/reference/authorisation-response-codes. Wrong keys
are told by 1 or 4 (Shopify's active_merchant, ``TelrGateway#verify_credentials``, of the Remote API). On the hosted
page's interface, which explains itself, 1 is a wrong key only where the note says so.

Codes after which nobody can know what happened are kept apart: the acquirer was being spoken to (34, 58, 78), Telr
broke down (98, 99), or the same was asked before (56).
"""

from __future__ import annotations

import re
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
)
from workers.providers.payments.telr.declines import plain_code

UNCERTAIN: Final = frozenset({"34", "56", "58", "78", "98", "99"})
WRONG_KEYS: Final = frozenset({"1", "4"})
_FIELDS: Final[Mapping[str, str]] = {
    "2": "money.amount",
    "3": "reference",
    "5": "money.amount",
    "21": "money.currency",
    "22": "provider_payment_id",
    "23": "money.amount",
    "24": "money.currency",
    "25": "provider_payment_id",
    "26": "provider_payment_id",
    "29": "money.amount",
    "35": "provider_payment_id",
    "36": "provider_payment_id",
}
_NUMBERED: Final = re.compile(r"E(\d{1,3})\s*:?\s*(.*)", re.DOTALL)
_ABOUT_KEYS: Final = re.compile(r"\b(?:auth|authentication|authkey|store|key)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TelrFault:
    """What a refusal says.

    :param code: Telr's number, without the letter and leading zeros.
    :param blames_keys: whether it is the connection's keys that were refused.
    """

    code: str | None
    message: str
    blames_keys: bool

    @property
    def field(self) -> str | None:
        """The name of our input field that it is about, if it can be told."""
        return _FIELDS.get(self.code or "")

    def kind(self, *, write: bool) -> type[ProviderError]:
        """The error that it stands for.

        :param write: whether the call could have changed something. A refused question is never `InvalidRequest`: asked
            to settle an unknown outcome, that would say that the payment had been refused.
        """
        if self.code in UNCERTAIN:
            return OutcomeUnknown if write else Unavailable
        if self.blames_keys:
            return AuthenticationFailed
        return InvalidRequest if write else NotFound


def page_fault(body: Any) -> TelrFault | None:
    """The refusal in an answer of the hosted page's interface, if it is one."""
    error = body.get("error") if isinstance(body, dict) else None
    if not error or not isinstance(error, dict):
        return None
    message, note = (_text(error.get(name)) for name in ("message", "note"))
    numbered = _NUMBERED.fullmatch(message or "")
    words = (numbered[2] if numbered else message) or "Telr refused the request"
    told = f"{words.strip()}: {note}" if note else words.strip()
    code = plain_code(numbered[1]) if numbered else None
    return TelrFault(code, told, code == "4" or (code in ("1", None) and bool(_ABOUT_KEYS.search(told))))


def remote_fault(code: str | None, message: str | None) -> TelrFault:
    """The refusal in an answer of the Remote API with status E."""
    numbered = _NUMBERED.fullmatch(code or "")
    plain = plain_code(numbered[1] if numbered else code)
    return TelrFault(plain, message or "Telr refused the request", plain in WRONG_KEYS)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
