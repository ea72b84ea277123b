"""Tabby's sessions, payments and refunds in Wasl's words.

Pure functions over decoded JSON. Facts from Tabby's OpenAPI document and
https://docs.tabby.ai/pay-in-4-custom-integration/payment-statuses . Amounts are decimal strings with the currency's
decimals; statuses are in capitals in answers and in small letters in webhooks, and are compared without regard to that.

Captures and refunds have no status: what is listed has been done. A refund can only be read in its payment, so its id
is both: ``<payment id>:<refund id>``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from workers.providers.money import Money
from workers.providers.payments.models import (
    Decline,
    DeclineReason,
    NextAction,
    PaymentResult,
    PaymentStatus,
    RefundResult,
    RefundStatus,
)

Object = Mapping[str, Any]

CLOSED: Final = "CLOSED"
PAYMENT_STATUSES: Final[Mapping[str, PaymentStatus]] = {
    "CREATED": PaymentStatus.REQUIRES_ACTION,
    "AUTHORIZED": PaymentStatus.AUTHORIZED,  # or partially captured
    CLOSED: PaymentStatus.CAPTURED,  # or cancelled, or refunded: captures and refunds tell
    "REJECTED": PaymentStatus.FAILED,
    # The payer gave up or took too long on Tabby's page; an authorization never expires.
    "EXPIRED": PaymentStatus.EXPIRED,
}
_RESERVED: Final = frozenset({"AUTHORIZED", CLOSED})

REJECTED_SESSION: Final = "rejected"
REJECTION_REASONS: Final[Mapping[str, DeclineReason]] = {
    "order_amount_too_high": DeclineReason.LIMIT_EXCEEDED,
    "order_amount_too_low": DeclineReason.NOT_PERMITTED,
    # "Tabby is unable to approve this purchase": it may not tell merchants why.
    "not_available": DeclineReason.DO_NOT_HONOR,
}
_ID: Final = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


# Sessions.


def is_rejected(session: Object) -> bool:
    """Whether Tabby declined the payer when the session was made."""
    return _text(session["status"]).lower() == REJECTED_SESSION


def rejection(session: Object) -> Decline:
    """Why a session was rejected."""
    product = ((session.get("configuration") or {}).get("products") or {}).get("installments") or {}
    code = product.get("rejection_reason")
    reason = REJECTION_REASONS.get(code, DeclineReason.OTHER) if code else DeclineReason.DO_NOT_HONOR
    return Decline(reason=reason, code=code or REJECTED_SESSION)


def session_payment_id(session: Object) -> str | None:
    """The id of the payment that was made with a session."""
    found = (session.get("payment") or {}).get("id")
    return found if isinstance(found, str) else None


def opened_session(session: Object, asked: Money) -> PaymentResult:
    """A session that waits for its payer.

    :raises ValueError: it has no page, or is over another amount.
    """
    payment = session["payment"]
    if money(payment["amount"], payment["currency"]) != asked:
        raise ValueError("not the amount that was asked for")
    url = _text(session["configuration"]["available_products"]["installments"][0]["web_url"])
    opened = payment_from_object({"captures": [], **payment})
    return opened.model_copy(
        update={
            "provider_session_id": identifier(session["id"]),
            "checkout_url": url,
            "next_action": NextAction(type="redirect", url=url),
        }
    )


# Payments.


def payment_from_object(payment: Object) -> PaymentResult:
    """A payment as it is read, and as captures, refunds and closing answer it; webhooks have the same shape."""
    status = _text(payment["status"]).upper()
    asked = money(payment["amount"], payment["currency"])
    captured, refunded = captured_amount(payment), total(refunds_of(payment), asked.currency)
    found = _status(status, payment, captured, refunded)
    return PaymentResult(
        provider_payment_id=identifier(payment["id"]),
        payment_id=our_payment_id(payment),
        status=found,
        provider_status=status,
        money=asked,
        amount_authorized=asked.amount if status in _RESERVED else None,
        amount_captured=captured,
        amount_refunded=refunded,
        decline=Decline(reason=DeclineReason.DO_NOT_HONOR, code=status) if found is PaymentStatus.FAILED else None,
        refunds=tuple(refund_id(payment, refund) for refund in refunds_of(payment)),
        created_at=moment(payment.get("created_at")),
    )


def _status(status: str, payment: Object, captured: Decimal, refunded: Decimal) -> PaymentStatus:
    """Where a payment stands. A status that is not known says that something is going on, and nothing more."""
    found = PAYMENT_STATUSES.get(status, PaymentStatus.PROCESSING)
    if found is PaymentStatus.AUTHORIZED and captured:
        return PaymentStatus.PARTIALLY_CAPTURED
    if found is not PaymentStatus.CAPTURED:
        return found
    if "captures" not in payment:
        raise ValueError("closed, and nothing says whether anything was captured")
    if not captured:
        return PaymentStatus.CANCELLED
    if refunded:
        return PaymentStatus.REFUNDED if refunded >= captured else PaymentStatus.PARTIALLY_REFUNDED
    return PaymentStatus.CAPTURED


def captures_of(payment: Object) -> Sequence[Object]:
    """What has been taken."""
    return payment.get("captures") or ()


def refunds_of(payment: Object) -> Sequence[Object]:
    """What has been given back."""
    return payment.get("refunds") or ()


def captured_amount(payment: Object) -> Decimal:
    """How much has been taken."""
    return total(captures_of(payment), payment["currency"])


def left_to_capture(payment: Object) -> Money:
    """How much is still reserved."""
    asked = money(payment["amount"], payment["currency"])
    return Money.of(max(asked.amount - captured_amount(payment), Decimal(0)), asked.currency)


def left_to_refund(payment: Object) -> Money:
    """How much of what was taken has not been given back."""
    currency = payment["currency"]
    left = captured_amount(payment) - total(refunds_of(payment), currency)
    return Money.of(max(left, Decimal(0)), currency)


def with_reference(parts: Sequence[Object], reference: str) -> Object | None:
    """The capture or refund that was made under a reference of ours."""
    return next((part for part in parts if part.get("reference_id") == reference), None)


def listed_payments(page: Object) -> list[PaymentResult]:
    """The payments of a list; there is none where Tabby has none to show."""
    return [payment_from_object(payment) for payment in page["payments"] or ()]


# Refunds.


def refund_from_object(payment: Object, refund: Object) -> RefundResult:
    """A refund, which is part of its payment."""
    return RefundResult(
        provider_refund_id=refund_id(payment, refund),
        provider_payment_id=identifier(payment["id"]),
        refund_id=_uuid(refund.get("reference_id")),
        payment_id=our_payment_id(payment),
        status=RefundStatus.SUCCEEDED,
        provider_status="refunded",
        money=money(refund["amount"], payment["currency"]),
        created_at=moment(refund.get("created_at")),
    )


def refund_id(payment: Object, refund: Object) -> str:
    """The id under which a refund can be read again."""
    return f"{identifier(payment['id'])}:{identifier(refund['id'])}"


# Small parts. Whatever is not so raises ValueError, KeyError or TypeError.


def money(amount: Any, currency: Any) -> Money:
    """An amount as Tabby writes it; ValueError for anything but a decimal string."""
    return Money.of(_text(amount), _text(currency))


def amount_of(given: Money) -> str:
    """An amount as Tabby wants it: AED and SAR with two decimals, KWD with three."""
    return format(given.amount, "f")


def total(parts: Sequence[Object], currency: str) -> Decimal:
    """The sum of captures or refunds."""
    return Money.of(sum((money(part["amount"], currency).amount for part in parts), Decimal(0)), currency).amount


def is_identifier(value: str) -> bool:
    """Whether it can be an id of Tabby's."""
    return _ID.fullmatch(value) is not None


def identifier(value: Any) -> str:
    """An id of Tabby's."""
    if not isinstance(value, str) or not is_identifier(value):
        raise ValueError("not an id")
    return value


def our_payment_id(payment: Object) -> UUID | None:
    """Wasl's id of a payment, from its ``meta``; None for a payment that Wasl did not make."""
    meta = payment.get("meta")
    return _uuid(meta.get("wasl_payment_id")) if isinstance(meta, dict) else None


def moment(text: Any) -> datetime | None:
    """A time in ISO 8601, if there is one; in UTC where it does not say."""
    if not text:
        return None
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(text)
    except (ValueError, TypeError, AttributeError):
        return None


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("not a text")
    return value
