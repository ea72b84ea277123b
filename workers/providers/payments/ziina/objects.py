"""Ziina's payment intents and refunds in Wasl's words. Pure functions over decoded JSON.

Facts from Ziina's OpenAPI documents (payment-service-openapi.json, account-manager-openapi.json) and its pages under
https://docs.ziina.com/api-reference . Amounts are numbers of minor units by ISO 4217 (OMR 1.230 is 1230), times
milliseconds since 1970 written as text.

What the answers do not tell. How much was taken: an intent is completed or not, so `PaymentResult.amount_captured`
stays empty, which the hub reads as "all of it". (One integration remarks that a settled payment is shown in AED
whatever it was asked in. Nothing else says so, but an amount in doubt is none.) What was given back: an intent stays
``completed`` after refunds, which are known from the refunds alone. The fee's currency is not told either; the official
WooCommerce plugin shows it in hundredths, so it is only taken over for payments in AED.

No code of ``latest_error`` is documented; the words of code and message decide what Wasl calls it, and both are kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from workers.providers.money import CURRENCY_DECIMALS, Money
from workers.providers.payments.models import (
    Decline,
    DeclineReason,
    NextAction,
    PaymentResult,
    PaymentStatus,
    RefundResult,
    RefundStatus,
)

PAYMENT_STATUSES: Final[Mapping[str, PaymentStatus]] = {
    "requires_payment_instrument": PaymentStatus.CREATED,
    "requires_user_action": PaymentStatus.REQUIRES_ACTION,
    "pending": PaymentStatus.PROCESSING,
    "completed": PaymentStatus.CAPTURED,
    "failed": PaymentStatus.FAILED,
    "canceled": PaymentStatus.CANCELLED,
}
REFUND_STATUSES: Final[Mapping[str, RefundStatus]] = {
    "pending": RefundStatus.PENDING,
    "completed": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
}
MARK: Final = "wasl_payment_id"
"""The parameter of the return URL that carries our payment's id."""

ID: Final = re.compile(r"[A-Za-z0-9_-]{1,128}")
_OURS: Final = re.compile(rf"[?&]{MARK}=([0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}})(?=[&#]|\Z)")
_PAGE: Final = re.compile(r"https?://[^\s]+")
_OPEN: Final = (PaymentStatus.CREATED, PaymentStatus.REQUIRES_ACTION)
# The first that is mentioned counts.
_DECLINE_WORDS: Final[tuple[tuple[str, DeclineReason], ...]] = (
    ("insufficient", DeclineReason.INSUFFICIENT_FUNDS),
    ("limit", DeclineReason.LIMIT_EXCEEDED),
    ("expired card", DeclineReason.CARD_EXPIRED),
    ("card expired", DeclineReason.CARD_EXPIRED),
    ("card has expired", DeclineReason.CARD_EXPIRED),
    ("cvv", DeclineReason.INCORRECT_CVC),
    ("cvc", DeclineReason.INCORRECT_CVC),
    ("security code", DeclineReason.INCORRECT_CVC),
    ("lost", DeclineReason.CARD_BLOCKED),
    ("stolen", DeclineReason.CARD_BLOCKED),
    ("3ds", DeclineReason.AUTHENTICATION_FAILED),
    ("authenticat", DeclineReason.AUTHENTICATION_FAILED),
    ("fraud", DeclineReason.SUSPECTED_FRAUD),
    ("not permitted", DeclineReason.NOT_PERMITTED),
    ("do not honor", DeclineReason.DO_NOT_HONOR),
    ("do not honour", DeclineReason.DO_NOT_HONOR),
)


def minor_units(amount: Money) -> int:
    """An amount as Ziina wants it; ValueError where it cannot take it exactly.

    Three-decimal currencies go in steps of ten units (https://docs.ziina.com/supported-currencies , as quoted).
    """
    units = amount.to_minor()
    if amount.decimals == 3 and units % 10:
        raise ValueError(f"Ziina takes {amount.currency} only in steps of 0.010")
    return units


def payment_from_intent(intent: Mapping[str, Any]) -> PaymentResult:
    """A payment intent. A status that is not known says that something is going on, and nothing more."""
    said = _text(intent["status"])
    status = PAYMENT_STATUSES.get(said, PaymentStatus.PROCESSING)
    asked = _money(intent)
    page = _page(intent) if status in _OPEN else None
    return PaymentResult(
        provider_payment_id=_id(intent["id"]),
        payment_id=our_payment_id(intent),
        # Who has a page to pay on has something to do.
        status=PaymentStatus.REQUIRES_ACTION if page else status,
        provider_status=said,
        money=asked,
        checkout_url=page,
        next_action=NextAction(type="redirect", url=page) if page else None,
        decline=decline(_error(intent.get("latest_error")), status),
        fee=_fee(intent, asked) if status is PaymentStatus.CAPTURED else None,
        created_at=moment(intent.get("created_at")),
    )


def opened_payment(intent: Mapping[str, Any]) -> PaymentResult:
    """A new payment intent; without a page to pay on it is of no use, and the answer is none."""
    payment = payment_from_intent(intent)
    if payment.checkout_url is None:
        raise ValueError("no payment page")
    return payment


def refund_from_answer(refund: Mapping[str, Any]) -> RefundResult:
    """A refund. Its id is the one that it was asked for with: for ours, Wasl's own."""
    said = _text(refund["status"])
    error = _error(refund.get("error"))
    status = REFUND_STATUSES.get(said, RefundStatus.PENDING)
    return RefundResult(
        provider_refund_id=_id(refund["id"]),
        provider_payment_id=_id(refund["payment_intent_id"]),
        refund_id=_uuid(refund["id"]),
        status=status,
        provider_status=said,
        money=_money(refund),
        failure_reason=(error["code"] or error["message"]) if status is RefundStatus.FAILED else None,
        created_at=moment(refund.get("created_at")),
    )


def decline(error: Mapping[str, str | None], status: PaymentStatus) -> Decline | None:
    """Why the last attempt was refused; an intent can be paid after that, and then it does not matter any more."""
    if status is PaymentStatus.CAPTURED or not (any(error.values()) or status is PaymentStatus.FAILED):
        return None
    said = f"{error['code']} {error['message']}".lower().replace("_", " ")
    reason = next((found for word, found in _DECLINE_WORDS if word in said), DeclineReason.OTHER)
    return Decline(reason=reason, code=error["code"], message=error["message"])


def our_payment_id(intent: Mapping[str, Any]) -> UUID | None:
    """Wasl's id of the payment, from the return URL; None in an intent that is not ours or not marked."""
    found = _OURS.search(str(intent.get("success_url") or ""))
    return UUID(found[1]) if found else None


def moment(text: object) -> datetime | None:
    """A time in milliseconds since 1970; None for anything else, since nothing depends on it."""
    if not re.fullmatch(r"[0-9]{1,13}", str(text)):
        return None
    return datetime.fromtimestamp(int(str(text)) / 1000, UTC)


def _money(holder: Mapping[str, Any]) -> Money:
    return _from_units(holder["amount"], holder["currency_code"])


def _from_units(units: Any, currency: Any) -> Money:
    """Money of minor units, which JSON may write with a point; ValueError for what is no whole number of them."""
    if isinstance(units, bool) or not isinstance(units, int | float) or units != int(units):
        raise ValueError("not a whole number of minor units")
    if currency not in CURRENCY_DECIMALS:
        raise ValueError("not a currency")
    return Money.from_minor(int(units), currency)


def _fee(intent: Mapping[str, Any], asked: Money) -> Decimal | None:
    units = intent.get("fee_amount")
    return None if units is None or asked.currency != "AED" else _from_units(units, "AED").amount


def _page(intent: Mapping[str, Any]) -> str | None:
    url = intent.get("redirect_url")
    return url if isinstance(url, str) and _PAGE.fullmatch(url) else None


def _id(value: Any) -> str:
    if not isinstance(value, str) or not ID.fullmatch(value):
        raise ValueError("not an id")
    return value


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value


def _error(error: Any) -> dict[str, str | None]:
    """Code and message of an error, as far as it has them; how it is written never hides how the payment stands."""
    told = error if isinstance(error, dict) else {}
    said = {name: told.get(name) for name in ("code", "message")}
    return {name: text if isinstance(text, str) and text else None for name, text in said.items()}
