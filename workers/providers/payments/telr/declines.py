"""Telr's response codes in Wasl's words (https://docs.telr.com/reference/authorisation-response-codes).

A transaction has a status letter and a code. Codes of status D are refusals by the bank or by risk rules, those of E
are faults of a request; on the hosted page an E is a failed attempt of the payer's like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workers.providers.payments.models import Decline, DeclineReason

_CODES: Final[Mapping[DeclineReason, str]] = {
    DeclineReason.INSUFFICIENT_FUNDS: "41",
    DeclineReason.LIMIT_EXCEEDED: "93 94 124",
    DeclineReason.CARD_EXPIRED: "12",
    DeclineReason.INCORRECT_CVC: "15 16 42 64",
    DeclineReason.INVALID_CARD: "7 8 11 14 68 74 112 121",
    DeclineReason.CARD_BLOCKED: "66",
    DeclineReason.AUTHENTICATION_REQUIRED: "46",
    DeclineReason.AUTHENTICATION_FAILED: "47 60 63 116 119 120",
    DeclineReason.SUSPECTED_FRAUD: "90 91 92 96 97 114 115",
    DeclineReason.NOT_PERMITTED: "37 57 65 67 111 113 117",
    DeclineReason.CURRENCY_NOT_SUPPORTED: "21",
    DeclineReason.DUPLICATE: "56 122",
    DeclineReason.ISSUER_UNAVAILABLE: "34 58 78 110 118",
    DeclineReason.PROCESSING_ERROR: ("1 2 3 4 5 6 22 23 24 25 26 29 32 35 36 39 40 52 71 72 73 77 98 99 107 108 109"),
    DeclineReason.CANCELLED_BY_PAYER: "33",
    DeclineReason.DO_NOT_HONOR: "31 61 62 95",
    DeclineReason.OTHER: "49 53 123",
}
DECLINE_REASONS: Final[Mapping[str, DeclineReason]] = {
    code: reason for reason, codes in _CODES.items() for code in codes.split()
}
PAYER_FAULTS: Final = frozenset({"7", "8", "11", "12", "14", "15", "16", "57", "74"})
"""Codes that speak of the card although their status is E: the payer needs another one."""


def plain_code(code: str | None) -> str | None:
    """A code without leading zeros; other texts (an issuer's approval) as they are."""
    text = (code or "").strip()
    return (text.lstrip("0") or "0") if text.isdecimal() else text or None


def decline_reason(code: str | None) -> DeclineReason:
    """Wasl's reason for a code."""
    return DECLINE_REASONS.get(plain_code(code) or "", DeclineReason.OTHER)


def decline(code: str | None, message: str | None) -> Decline:
    """Why an attempt was refused."""
    return Decline(reason=decline_reason(code), code=plain_code(code), message=message)
