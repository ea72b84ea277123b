"""The five digits of a response code: two say how an operation stands, three say why.

Both tables are from https://paymentservices.amazon.com/docs/developer-resources/error-codes , in the copy of the former
official documentation (bhaskarndas/payfortdoc 4536f9f, transactioncodes.md). Acquirers' own codes are those that the
official .NET SDK explains (46e454a, AcquirerResponseMappingJson.json). Which messages leave an outcome uncertain is
from the official Magento plugin (708923f, APS_ONHOLD_RESPONSE_CODES); 784 says itself that something is under way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workers.providers.payments.models import Decline, DeclineReason, PaymentStatus

PAYMENT_STATUSES: Final[Mapping[str, PaymentStatus]] = {
    "00": PaymentStatus.FAILED,  # invalid request: this attempt came to nothing
    "01": PaymentStatus.CREATED,
    "02": PaymentStatus.AUTHORIZED,
    "03": PaymentStatus.FAILED,
    "04": PaymentStatus.CAPTURED,
    "05": PaymentStatus.AUTHORIZED,  # the capture failed
    "06": PaymentStatus.REFUNDED,  # all or a part: the amounts tell
    "07": PaymentStatus.CAPTURED,  # the refund failed
    "08": PaymentStatus.CANCELLED,
    "09": PaymentStatus.AUTHORIZED,  # the void failed
    "10": PaymentStatus.CREATED,
    "13": PaymentStatus.FAILED,
    "14": PaymentStatus.CAPTURED,
    "15": PaymentStatus.PROCESSING,
    "19": PaymentStatus.PROCESSING,
    "20": PaymentStatus.PROCESSING,
    "23": PaymentStatus.FAILED,
    "24": PaymentStatus.PROCESSING,
    "40": PaymentStatus.PROCESSING,
    "44": PaymentStatus.PROCESSING,  # authenticated, not yet charged
    "45": PaymentStatus.FAILED,
}
OTHER_STATUSES: Final = frozenset(
    {"11", "12", "17", "18", "21", "22", "27", "28", "29", "30", "31", "32", "42", "43", "46", "47", "48", "49"}
    | {"50", "51", "52", "53", "54", "55", "56", "57", "58", "59", "62", "63", "66", "70", "71", "72", "73", "74"}
    | {"75", "76", "77", "80", "81", "88", "89", "90", "91", "92", "93"}
)
"""How queries, tokens, links, bills, batches, reports and one-time passwords stand; never a payment."""
KNOWN_STATUSES: Final = OTHER_STATUSES | PAYMENT_STATUSES.keys()

DONE: Final = frozenset({"02", "04", "06", "08", "14"})
"""The operation succeeded, whatever the message says."""
UNCERTAIN: Final = frozenset({"006", "777", "778", "779", "780", "781", "784"})
"""Messages after which money may have moved: only looking tells."""
DUPLICATES: Final = frozenset({"007", "047", "066", "126"})
"""The reference has been used: something was done under it before."""
_WAITING: Final = frozenset({"064", "065"})

DECLINE_REASONS: Final[Mapping[str, DeclineReason]] = {
    "012": DeclineReason.CARD_EXPIRED,
    "016": DeclineReason.INVALID_CARD,
    "017": DeclineReason.NOT_PERMITTED,
    "018": DeclineReason.NOT_PERMITTED,
    "019": DeclineReason.PROCESSING_ERROR,
    "020": DeclineReason.PROCESSING_ERROR,
    "023": DeclineReason.CURRENCY_NOT_SUPPORTED,
    "024": DeclineReason.CURRENCY_NOT_SUPPORTED,
    "029": DeclineReason.INSUFFICIENT_FUNDS,
    "030": DeclineReason.AUTHENTICATION_FAILED,
    "031": DeclineReason.INVALID_CARD,
    "050": DeclineReason.LIMIT_EXCEEDED,
    "051": DeclineReason.PROCESSING_ERROR,
    "052": DeclineReason.INVALID_CARD,
    "054": DeclineReason.ISSUER_UNAVAILABLE,
    "055": DeclineReason.INVALID_CARD,
    "056": DeclineReason.INVALID_CARD,
    "057": DeclineReason.LIMIT_EXCEEDED,
    "058": DeclineReason.LIMIT_EXCEEDED,
    "060": DeclineReason.AUTHENTICATION_FAILED,
    "071": DeclineReason.PROCESSING_ERROR,
    "072": DeclineReason.CANCELLED_BY_PAYER,
    "074": DeclineReason.OTHER,
    "075": DeclineReason.OTHER,
    "076": DeclineReason.OTHER,
    "078": DeclineReason.PROCESSING_ERROR,
    "079": DeclineReason.SUSPECTED_FRAUD,
    "083": DeclineReason.SUSPECTED_FRAUD,
    "084": DeclineReason.LIMIT_EXCEEDED,
    "087": DeclineReason.NOT_PERMITTED,
    "089": DeclineReason.PROCESSING_ERROR,
    "092": DeclineReason.INVALID_CARD,
    "095": DeclineReason.NOT_PERMITTED,
    "100": DeclineReason.CARD_EXPIRED,
    "102": DeclineReason.PROCESSING_ERROR,
    "106": DeclineReason.ISSUER_UNAVAILABLE,
    "118": DeclineReason.OTHER,
    "119": DeclineReason.OTHER,
    "121": DeclineReason.INVALID_CARD,
    "123": DeclineReason.LIMIT_EXCEEDED,
    "151": DeclineReason.AUTHENTICATION_FAILED,
    "152": DeclineReason.AUTHENTICATION_FAILED,
    "666": DeclineReason.DO_NOT_HONOR,
    "773": DeclineReason.OTHER,
    "785": DeclineReason.SUSPECTED_FRAUD,
    "787": DeclineReason.AUTHENTICATION_FAILED,
}
"""Messages that are about the payer's means, or how paying with it went. Every other one is about the request."""

_ACQUIRER_REASONS: Final[Mapping[DeclineReason, str]] = {
    DeclineReason.INSUFFICIENT_FUNDS: "51|204|ERR_106",
    DeclineReason.LIMIT_EXCEEDED: "61|65|82|210|EXCEEDED_RETRY_LIMIT",
    DeclineReason.CARD_EXPIRED: "54|202",
    DeclineReason.INCORRECT_CVC: "211|230",
    DeclineReason.INVALID_CARD: "14|15|25|39|42|231",
    DeclineReason.CARD_BLOCKED: "04|7|41|43|205",
    DeclineReason.AUTHENTICATION_FAILED: "55|75|8700|104",
    DeclineReason.SUSPECTED_FRAUD: "59|63|83|4004|B|BLOCKED|FAILURE(SUSPECT)|FAILURE(DENIED BY RISK)",
    DeclineReason.NOT_PERMITTED: "57|58|62|208|232",
    DeclineReason.DUPLICATE: "94|901",
    DeclineReason.ISSUER_UNAVAILABLE: "68|91|92|TIMED_OUT|FAILURE(HOST TIMEOUT)",
    DeclineReason.PROCESSING_ERROR: "03|12|13|30|96|101|102|150|400|900|902|8400|8500|8600|E999999|SYSTEM_ERROR",
    DeclineReason.CANCELLED_BY_PAYER: "2996|CANCELED",
    DeclineReason.DO_NOT_HONOR: "01|2|05|201|203|233|401",
}
_BY_ACQUIRER: Final[Mapping[str, DeclineReason]] = {
    code: reason for reason, codes in _ACQUIRER_REASONS.items() for code in codes.split("|")
}
_VAGUE: Final = frozenset({DeclineReason.DO_NOT_HONOR, DeclineReason.OTHER, DeclineReason.PROCESSING_ERROR})


def payment_status(code: str) -> PaymentStatus:
    """Where a payment stands after an operation with this response code; one not known is still under way."""
    status, message = code[:2], code[2:]
    if status in DONE:
        return PAYMENT_STATUSES[status]
    if message in UNCERTAIN or (status == "00" and message in DUPLICATES):
        return PaymentStatus.PROCESSING
    if message in _WAITING:
        return PaymentStatus.REQUIRES_ACTION
    if status in ("01", "10") and message in DECLINE_REASONS:
        return PaymentStatus.FAILED  # such as 01072: the payer gave up; 10030: was not authenticated
    return PAYMENT_STATUSES.get(status, PaymentStatus.PROCESSING)


def decline(code: str, message: str | None = None, acquirer_code: str | None = None) -> Decline:
    """Why an attempt was refused.

    :param acquirer_code: the bank's own code, which is often clearer than ``666``, declined.
    """
    reason = DECLINE_REASONS.get(code[2:], DeclineReason.OTHER)
    if code[:2] == "45" and reason is DeclineReason.OTHER:
        reason = DeclineReason.AUTHENTICATION_FAILED
    if reason in _VAGUE and acquirer_code:
        reason = _BY_ACQUIRER.get(acquirer_code.upper(), reason)
    return Decline(reason=reason, code=code, message=message)
