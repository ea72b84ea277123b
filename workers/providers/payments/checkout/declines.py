"""Checkout.com's response codes in Wasl's words.

The ranges are documented (10xxx approved, 20xxx soft decline, 30xxx hard decline, 40xxx risk, 50xxx payouts) on
https://www.checkout.com/docs/resources/codes/api-response-codes ; the texts of the single codes were read from a public
copy of that table, not from the page itself, so only codes whose text leaves no doubt are mapped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workers.providers.payments.models import Decline, DeclineReason

_CODES: Final[Mapping[DeclineReason, str]] = {
    DeclineReason.INSUFFICIENT_FUNDS: "20051",
    DeclineReason.LIMIT_EXCEEDED: "20061 20065 20121 200P1 200P9 30021 30022",
    DeclineReason.CARD_EXPIRED: "20054 30033",
    DeclineReason.INCORRECT_CVC: "20082 20087 200N7 20124",
    DeclineReason.INVALID_CARD: (
        "20014 20025 20039 20044 20052 20053 20056 20083 20100 20101 20108 20114 20179 30015 30046"
    ),
    DeclineReason.CARD_BLOCKED: "20062 20067 20078 30004 30007 30035 30036 30037 30041 30043",
    DeclineReason.AUTHENTICATION_REQUIRED: "20154",
    DeclineReason.AUTHENTICATION_FAILED: "20038 20055 20075 200O5 2006P 20150 20151 20152 20155 30038",
    DeclineReason.SUSPECTED_FRAUD: "20059 20063 20183 30034 40101 40201 40202 40203 40204 40205",
    DeclineReason.NOT_PERMITTED: (
        "20003 20012 20040 20057 20058 20064 20093 20102 20103 20104 20105 20156 20157 20158 20182 200R1 200R3 200T3 "
        "30016 30017 30018 30019 30044 30045"
    ),
    DeclineReason.CURRENCY_NOT_SUPPORTED: "20106",
    DeclineReason.DUPLICATE: "20094",
    DeclineReason.ISSUER_UNAVAILABLE: "20019 20068 20091 20092",
    DeclineReason.PROCESSING_ERROR: "20006 20009 20013 20020 20022 20030 20089 20090 20096 20098 20099 20153",
    DeclineReason.CANCELLED_BY_PAYER: "20017",
    DeclineReason.DO_NOT_HONOR: "20001 20002 20005 20046 20060 20066",
}
DECLINE_REASONS: Final[Mapping[str, DeclineReason]] = {
    code: reason for reason, codes in _CODES.items() for code in codes.split()
}


def decline_reason(code: str | None) -> DeclineReason:
    """Wasl's reason for a response code."""
    if code and code.startswith("40"):
        return DeclineReason.SUSPECTED_FRAUD
    return DECLINE_REASONS.get(code or "", DeclineReason.OTHER)


def decline(code: str | None, summary: str | None) -> Decline:
    """Why an attempt was refused."""
    return Decline(reason=decline_reason(code), code=code, message=summary)
