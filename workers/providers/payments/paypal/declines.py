"""PayPal's refusals of a payment, by issue and by the card processor's code, in Wasl's vocabulary.

Issues from PayPal's OpenAPI documents; the processor's codes from there too, their meaning from
https://developer.paypal.com/serversdk/php/models/enumerations/processor-response-code/ , by copies of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workers.providers.payments.models import DeclineReason

_ISSUES: Final[Mapping[DeclineReason, str]] = {
    DeclineReason.DO_NOT_HONOR: (
        "INSTRUMENT_DECLINED PAYMENT_SOURCE_DECLINED_BY_PROCESSOR ALIAS_DECLINED_BY_PROCESSOR AUTHORIZATION_DENIED "
        "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING"
    ),
    DeclineReason.NOT_PERMITTED: (
        "PAYER_CANNOT_PAY TRANSACTION_REFUSED PAYMENT_SOURCE_CANNOT_BE_USED DOMESTIC_TRANSACTION_REQUIRED "
        "CARD_BRAND_NOT_SUPPORTED CARD_TYPE_NOT_SUPPORTED TRANSACTION_BLOCKED_BY_PAYEE PAYEE_BLOCKED_TRANSACTION "
        "AGREEMENT_ALREADY_CANCELLED"
    ),
    DeclineReason.CARD_BLOCKED: "PAYER_ACCOUNT_RESTRICTED PAYER_ACCOUNT_LOCKED_OR_CLOSED",
    DeclineReason.CARD_EXPIRED: "CARD_EXPIRED REFERENCED_CARD_EXPIRED",
    DeclineReason.LIMIT_EXCEEDED: "TRANSACTION_LIMIT_EXCEEDED MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED",
    DeclineReason.SUSPECTED_FRAUD: "COMPLIANCE_VIOLATION",
    DeclineReason.AUTHENTICATION_FAILED: "PAYMENT_SOURCE_INFO_CANNOT_BE_VERIFIED",
    DeclineReason.CURRENCY_NOT_SUPPORTED: "CURRENCY_NOT_SUPPORTED_FOR_CARD_TYPE CURRENCY_NOT_SUPPORTED_FOR_BANK",
    DeclineReason.PROCESSING_ERROR: "DECLINED_DUE_TO_RELATED_TXN",
    DeclineReason.AUTHENTICATION_REQUIRED: "PAYER_ACTION_REQUIRED",
}
_PROCESSOR_CODES: Final[Mapping[DeclineReason, str]] = {
    DeclineReason.DO_NOT_HONOR: "0100 0500 5100 9530 9540 DECLINED DENIED FAILED",
    DeclineReason.INSUFFICIENT_FUNDS: "5120",
    DeclineReason.INCORRECT_CVC: "00N7 1382 5110 PCVV",
    DeclineReason.INVALID_CARD: "0390 1330 1335 1352 1380 5140 5950 6300 7800",
    DeclineReason.CARD_EXPIRED: "5400",
    DeclineReason.CARD_BLOCKED: "5150 5180 5930 9520",
    DeclineReason.AUTHENTICATION_REQUIRED: "5650",
    DeclineReason.AUTHENTICATION_FAILED: "5130 5135 5170 5190 5500 7700 7710 7900",
    DeclineReason.SUSPECTED_FRAUD: "9500 9510",
    DeclineReason.NOT_PERMITTED: "0580 5160 5210 5700",
    DeclineReason.LIMIT_EXCEEDED: "5710",
    DeclineReason.CURRENCY_NOT_SUPPORTED: "1320",
    DeclineReason.DUPLICATE: "5200",
    DeclineReason.ISSUER_UNAVAILABLE: "5910 5920 9100",
    DeclineReason.PROCESSING_ERROR: "0800 0880 0890 0960 1310 1312 1317 5800 5900 8000 8010 8020 8030 8100 8110 8220",
}
DECLINE_ISSUES: Final = frozenset(issue for issues in _ISSUES.values() for issue in issues.split())
"""The issues that refuse a payment, and are not about the request."""
DECLINE_REASONS: Final[Mapping[str, DeclineReason]] = {
    code: reason for table in (_ISSUES, _PROCESSOR_CODES) for reason, codes in table.items() for code in codes.split()
}


def decline_reason(code: str | None) -> DeclineReason:
    """Wasl's reason for an issue or a processor's code."""
    return DECLINE_REASONS.get(code or "", DeclineReason.OTHER)
