"""Tap's response codes in Wasl's words.

Every code of charges and authorizations from https://developers.tap.company/reference/charge-response-codes . Refunds
use the same numbers for other things (502 is an insufficient balance of the merchant); theirs are shown as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from workers.providers.payments.models import Decline, DeclineReason

DECLINE_REASONS: Final[Mapping[str, DeclineReason]] = {
    "301": DeclineReason.CANCELLED_BY_PAYER,  # Abandoned
    "302": DeclineReason.CANCELLED_BY_PAYER,  # Cancelled
    "303": DeclineReason.PROCESSING_ERROR,  # Deferred
    "304": DeclineReason.CANCELLED_BY_PAYER,  # Expired: nobody paid in time
    "401": DeclineReason.PROCESSING_ERROR,  # Failed
    "402": DeclineReason.PROCESSING_ERROR,  # Failed, Invalid Parameter
    "403": DeclineReason.DUPLICATE,  # Failed, Duplicate
    "404": DeclineReason.CARD_BLOCKED,  # Failed, Locked
    "405": DeclineReason.INVALID_CARD,  # Failed, Invalid Card No
    "406": DeclineReason.INVALID_CARD,  # Failed, Invalid Expiry
    "407": DeclineReason.CARD_EXPIRED,  # Failed, Expired Card
    "408": DeclineReason.PROCESSING_ERROR,  # Failed, Unspecified Failure
    "501": DeclineReason.DO_NOT_HONOR,  # Declined
    "502": DeclineReason.INCORRECT_CVC,  # Declined, Incorrect CSC/CVV
    "503": DeclineReason.AUTHENTICATION_FAILED,  # Declined, 3D Security - Incorrect
    "504": DeclineReason.AUTHENTICATION_FAILED,  # Declined, 3D Security - Card not Enrolled
    "505": DeclineReason.INSUFFICIENT_FUNDS,  # Declined, Insufficient Funds
    "506": DeclineReason.NOT_PERMITTED,  # Declined, Transaction Type Not Supported
    "507": DeclineReason.DO_NOT_HONOR,  # Declined, Card Issuer
    "508": DeclineReason.ISSUER_UNAVAILABLE,  # Declined, Card Issuer - No Reply
    "509": DeclineReason.DO_NOT_HONOR,  # Declined, Card Issuer - Do not Contact
    "510": DeclineReason.DO_NOT_HONOR,  # Declined, Card Issuer - Referral Response
    "511": DeclineReason.PROCESSING_ERROR,  # Declined, Card Issuer - Error
    "512": DeclineReason.AUTHENTICATION_FAILED,  # Declined, Not Authenticated
    "513": DeclineReason.PROCESSING_ERROR,  # Declined, Card Acquirer - Error
    "514": DeclineReason.SUSPECTED_FRAUD,  # Declined, Card Issuer - Risk Check
    "515": DeclineReason.SUSPECTED_FRAUD,  # Declined, Tap
    "516": DeclineReason.AUTHENTICATION_FAILED,  # Declined, Authentication Failed
    "601": DeclineReason.OTHER,  # Void
    "701": DeclineReason.NOT_PERMITTED,  # Restricted
    "702": DeclineReason.LIMIT_EXCEEDED,  # Restricted, Retry Limit Exceeded
    "703": DeclineReason.NOT_PERMITTED,  # Restricted, Bank
    "704": DeclineReason.NOT_PERMITTED,  # Restricted, Tap
    "801": DeclineReason.ISSUER_UNAVAILABLE,  # Timed Out
    "901": DeclineReason.PROCESSING_ERROR,  # Unknown
}
"""The others (000, 001, 100, 200) are no declines: captured, authorized, initiated, in progress."""

# A request refused for the card itself, of which Tap makes no charge: its error codes.
CARD_ERRORS: Final[Mapping[str, DeclineReason]] = {
    "1140": DeclineReason.INVALID_CARD,  # Card number is invalid
    "1141": DeclineReason.INVALID_CARD,  # Card expiry is invalid
    "1163": DeclineReason.NOT_PERMITTED,  # Provided card is not supported
    "4101": DeclineReason.CARD_EXPIRED,  # Card has expired
    "4102": DeclineReason.INCORRECT_CVC,  # cvc is too short/long
}


def decline(response: Mapping[str, Any] | None) -> Decline:
    """Why an attempt was refused, from a charge's ``response``."""
    told = response or {}
    code, message = told.get("code"), told.get("message")
    code = code if isinstance(code, str) else None
    reason = DECLINE_REASONS.get(code or "", DeclineReason.OTHER)
    return Decline(reason=reason, code=code, message=message if isinstance(message, str) else None)
