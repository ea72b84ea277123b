"""PayTabs' response codes in Wasl's words.

``payment_result.response_code`` is the bank's approval code when ``response_status`` is A, else one of PayTabs' own.
Their table is https://support.paytabs.com/en/support/solutions/articles/60000711358 , which could be read in part only.
Mapped here is what of it is quoted elsewhere: PayTabs' articles on single codes ((D) 310, (D) 345, (E) 325, 342 …), the
answers recorded in its PHP SDK (305, 310, 321, 354, 355, 401) and a public copy of the table. A code that is not here
is `DeclineReason.OTHER`; the code itself is always passed on.

300 says "not authorised" and nothing else. PayTabs' article 60000711059 warns that it also stands for a bank that did
not answer, so that such a charge may yet show on a statement.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workers.providers.payments.models import Decline, DeclineReason

_CODES: Final[Mapping[DeclineReason, str]] = {
    DeclineReason.INSUFFICIENT_FUNDS: "316",
    DeclineReason.LIMIT_EXCEEDED: "325",
    DeclineReason.CARD_EXPIRED: "201 302",
    DeclineReason.INCORRECT_CVC: "202 305",
    DeclineReason.INVALID_CARD: "200",
    DeclineReason.AUTHENTICATION_FAILED: "310 345",
    DeclineReason.SUSPECTED_FRAUD: "500 501 502 503",
    DeclineReason.NOT_PERMITTED: "354",
    DeclineReason.CURRENCY_NOT_SUPPORTED: "206",
    DeclineReason.DUPLICATE: "4",
    DeclineReason.ISSUER_UNAVAILABLE: "401",
    DeclineReason.PROCESSING_ERROR: "1 2 400",
    DeclineReason.CANCELLED_BY_PAYER: "321",
    DeclineReason.DO_NOT_HONOR: "300",
    DeclineReason.OTHER: "342 355 600",
}
DECLINE_REASONS: Final[Mapping[str, DeclineReason]] = {
    code: reason for reason, codes in _CODES.items() for code in codes.split()
}


def decline(code: str | None, message: str | None) -> Decline:
    """Why a transaction was refused."""
    return Decline(reason=DECLINE_REASONS.get(code or "", DeclineReason.OTHER), code=code, message=message)
