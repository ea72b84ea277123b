"""N-Genius's orders, payments and refunds in Wasl's words.

An order (``urn:order:…``) holds the merchant's reference and one payment (``urn:payment:…``; more only in recurring
orders, which are not made here) under ``_embedded.payment``; a payment holds its captures, purchases and refunds under
``_embedded["cnp:…"]``. Amounts are integers of minor units by ISO 4217.

Facts: https://docs.ngenius-payments.com/reference (retrieve-order-status, capture-an-authorized-payment,
refund-a-capture, reversing-an-authorized-payment, cancel-an-abandoned-order); states from the WooCommerce plugin
(``ApiProcessor``, ``TransactionProcessor``, ``RefundProcessor``) and payment-sdk-android/-ios. Two readings of ours:
``AWAITING_PARTIAL_AUTH_APPROVAL`` is the payer's turn (the SDKs show a question), and ``VERIFIED`` is a card check, so
it stands for taken money only where the order is over nothing. A state that did not exist when this was written is
`PaymentStatus.PROCESSING`: something is going on, and nothing is certain.

Decline codes are the acquirer's ISO 8583 response codes (``authResponse.resultCode``); N-Genius documents no list of
its own, jeybin/networkintl names 00, 05, 14, 41, 43, 51, 54 and 55.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
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
from workers.providers.payments.ngenius.links import OrderPlace, embedded, href, last_part

PAYMENT_STATUSES: Final[Mapping[str, PaymentStatus]] = {
    "STARTED": PaymentStatus.CREATED,
    "PENDING": PaymentStatus.PROCESSING,
    "AWAIT_3DS": PaymentStatus.REQUIRES_ACTION,
    "AWAIT3DS": PaymentStatus.REQUIRES_ACTION,
    "AWAITING_PARTIAL_AUTH_APPROVAL": PaymentStatus.REQUIRES_ACTION,
    "POST_AUTH_REVIEW": PaymentStatus.PROCESSING,
    "AUTHORISED": PaymentStatus.AUTHORIZED,
    "PARTIALLY_AUTHORISED": PaymentStatus.AUTHORIZED,
    "PARTIALLY_CAPTURED": PaymentStatus.PARTIALLY_CAPTURED,
    "CAPTURED": PaymentStatus.CAPTURED,
    "PURCHASED": PaymentStatus.CAPTURED,
    "VERIFIED": PaymentStatus.CAPTURED,
    "PARTIALLY_REFUNDED": PaymentStatus.PARTIALLY_REFUNDED,
    "REFUNDED": PaymentStatus.REFUNDED,
    "REVERSED": PaymentStatus.CANCELLED,
    "CANCELLED": PaymentStatus.CANCELLED,
    "FAILED": PaymentStatus.FAILED,
    "PARTIAL_AUTH_DECLINED": PaymentStatus.FAILED,
    "PARTIAL_AUTH_DECLINE_FAILED": PaymentStatus.FAILED,
}
REFUND_STATUSES: Final[Mapping[str, RefundStatus]] = {
    "SUCCESS": RefundStatus.SUCCEEDED,
    "REQUESTED": RefundStatus.PENDING,
    "PENDING": RefundStatus.PENDING,
    "FAILED": RefundStatus.FAILED,
    "VOIDED": RefundStatus.CANCELLED,
    "CANCELLED": RefundStatus.CANCELLED,
}
REVERSAL: Final = "reversal"
"""What stands for the refund's reference where a purchase is reversed on its day; N-Genius makes no refund then."""

_TAKEN: Final = frozenset({"CAPTURED", "PURCHASED", "PARTIALLY_REFUNDED", "REFUNDED"})
_RESERVED: Final = _TAKEN | {"AUTHORISED", "PARTIALLY_CAPTURED"}
_REFUNDED: Final = frozenset({"PARTIALLY_REFUNDED", "REFUNDED"})
_UNION_PAY: Final = "cnp:china_union_pay_results"
_DECLINE_CODES: Final[Mapping[DeclineReason, str]] = {
    DeclineReason.INSUFFICIENT_FUNDS: "51",
    DeclineReason.LIMIT_EXCEEDED: "61 65",
    DeclineReason.CARD_EXPIRED: "33 54",
    DeclineReason.INCORRECT_CVC: "N7",
    DeclineReason.INVALID_CARD: "14 15",
    DeclineReason.CARD_BLOCKED: "04 07 36 41 43",
    DeclineReason.AUTHENTICATION_REQUIRED: "1A",
    DeclineReason.AUTHENTICATION_FAILED: "38 55 75",
    DeclineReason.SUSPECTED_FRAUD: "34 59 63",
    DeclineReason.NOT_PERMITTED: "03 57 58 62",
    DeclineReason.DUPLICATE: "94",
    DeclineReason.ISSUER_UNAVAILABLE: "91 92",
    DeclineReason.PROCESSING_ERROR: "06 12 13 30 96",
    DeclineReason.DO_NOT_HONOR: "01 02 05",
}
DECLINE_REASONS: Final[Mapping[str, DeclineReason]] = {
    code: reason for reason, codes in _DECLINE_CODES.items() for code in codes.split()
}
_OUR_REFERENCE: Final = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:-[0-9]{1,15})?")


def money(amount: Mapping[str, Any]) -> Money:
    """An amount as N-Genius writes it; ValueError for what is no whole number of minor units."""
    value, currency = amount["value"], amount["currencyCode"]
    if not isinstance(value, int) or isinstance(value, bool) or not isinstance(currency, str):
        raise ValueError("not an amount")
    return Money.from_minor(value, currency)


def amount_of(sum_of: Money) -> dict[str, Any]:
    """An amount as N-Genius wants it."""
    return {"currencyCode": sum_of.currency, "value": sum_of.to_minor()}


def moment(text: object) -> datetime | None:
    """A time, if there is one; without a zone it is UTC. ValueError for what is none."""
    if text is None:
        return None
    found = datetime.fromisoformat(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError("not a time")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def our_payment_id(order: Mapping[str, Any]) -> UUID | None:
    """Wasl's id of the payment, from the merchant's data or reference; None in an order that Wasl did not make."""
    named = (order.get("merchantDefinedData") or {}).get("wasl_payment_id")
    found = _OUR_REFERENCE.fullmatch(str(named or order.get("merchantOrderReference") or ""))
    return UUID(found[1]) if found else None


# Payments.


def current_payment(order: Mapping[str, Any]) -> Mapping[str, Any]:
    """An order's payment; KeyError where there is none."""
    payments = embedded(order, "payment")
    if not payments:
        raise KeyError("payment")
    return payments[0]


def with_payment(order: Mapping[str, Any], payment: Mapping[str, Any]) -> dict[str, Any]:
    """An order with the payment as it was answered last: N-Genius answers a capture or reversal without its order."""
    if payment_reference(payment) != payment_reference(current_payment(order)):
        raise ValueError("the answer is about another payment")
    return {**order, "_embedded": {"payment": [payment]}}


def payment_reference(payment: Mapping[str, Any]) -> str:
    """A payment's own reference: what follows the last colon of its ``_id``."""
    found = last_part(str(payment.get("_id") or payment["reference"]).rpartition(":")[2])
    if found is None:
        raise ValueError("no payment reference")
    return found


def payment_from_order(order: Mapping[str, Any]) -> PaymentResult:
    """An order with its payment."""
    payments = embedded(order, "payment")
    payment = payments[0] if payments else None
    asked = money(order["amount"])
    state = "STARTED" if payment is None else payment["state"]
    if not isinstance(state, str):
        raise ValueError("not a state")
    captured = None if payment is None else captured_amount(order, payment)
    status = _status(order, state, asked, captured)
    page = _page(order) if status in (PaymentStatus.CREATED, PaymentStatus.REQUIRES_ACTION) else None
    if page and status is PaymentStatus.CREATED:
        status = PaymentStatus.REQUIRES_ACTION
    return PaymentResult(
        provider_payment_id=OrderPlace.of(order).id,
        payment_id=our_payment_id(order),
        status=status,
        provider_status=state,
        money=asked,
        amount_authorized=money(payment["amount"]).amount if payment and state in _RESERVED else None,
        amount_captured=captured,
        amount_refunded=None if payment is None else refunded_amount(order, payment),
        checkout_url=page,
        next_action=NextAction(type="redirect", url=page) if page else None,
        decline=_decline(payment or {}) if status is PaymentStatus.FAILED else None,
        refunds=() if payment is None else tuple(refund.provider_refund_id for refund in refunds_of(order, payment)),
        created_at=moment(order.get("createDateTime")),
        provider_data={} if payment is None else {"payment": payment_reference(payment)},
    )


def opened_payment(order: Mapping[str, Any]) -> PaymentResult:
    """A new order; without a page to pay on it is of no use, and the answer is none."""
    payment = payment_from_order(order)
    if payment.checkout_url is None:
        raise ValueError("no payment page")
    return payment


def _status(order: Mapping[str, Any], state: str, asked: Money, captured: Decimal | None) -> PaymentStatus:
    status = PAYMENT_STATUSES.get(state, PaymentStatus.PROCESSING)
    if state == "REVERSED" and order.get("action") == "PURCHASE":
        return PaymentStatus.REFUNDED  # the money was taken, and went back
    if state == "VERIFIED":
        return status if asked.amount == 0 else PaymentStatus.PROCESSING
    if status in (PaymentStatus.CAPTURED, PaymentStatus.PARTIALLY_CAPTURED) and captured == 0:
        return PaymentStatus.PROCESSING  # said to be taken, but no capture has gone through
    return status


def _page(order: Mapping[str, Any]) -> str | None:
    page = href(order, "payment")
    return page if page and re.match(r"https?://[^\s]+\Z", page) else None


def _decline(payment: Mapping[str, Any]) -> Decline:
    answer = payment.get("authResponse") or {}
    code, message = _text(answer.get("resultCode")), _text(answer.get("resultMessage"))
    if code is None and _text((payment.get("3ds") or {}).get("status")) == "FAILURE":
        return Decline(reason=DeclineReason.AUTHENTICATION_FAILED, code="3DS_FAILURE", message=message)
    return Decline(reason=decline_reason(code), code=code, message=message)


def decline_reason(code: str | None) -> DeclineReason:
    """Wasl's reason for a result code."""
    return DECLINE_REASONS.get(code or "", DeclineReason.OTHER)


# What was taken and given back.


def taken_parts(payment: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The captures and purchases that went through. China UnionPay's stay REQUESTED (so the plugin counts them)."""
    parts = [*embedded(payment, "cnp:capture"), *embedded(payment, "cnp:purchase")]
    return [part for part in parts if part.get("state") == "SUCCESS" or _is_union_pay(part)]


def _is_union_pay(part: Mapping[str, Any]) -> bool:
    return part.get("state") == "REQUESTED" and href(part, _UNION_PAY) is not None


def captured_amount(order: Mapping[str, Any], payment: Mapping[str, Any]) -> Decimal | None:
    """What was taken; None where the answer does not tell."""
    whole, state, action = money(payment["amount"]), payment["state"], order.get("action")
    if embedded(payment, "cnp:capture") or embedded(payment, "cnp:purchase"):
        return _sum((part["amount"] for part in taken_parts(payment)), whole)
    if state in ("CAPTURED", "PURCHASED") or (action == "PURCHASE" and state in (*_REFUNDED, "REVERSED")):
        return whole.amount
    unknown = state not in PAYMENT_STATUSES or state in (*_REFUNDED, "PARTIALLY_CAPTURED", "VERIFIED")
    return None if unknown else Money.from_minor(0, whole.currency).amount


def refunded_amount(order: Mapping[str, Any], payment: Mapping[str, Any]) -> Decimal | None:
    """What has gone back; None where the answer does not tell."""
    whole, state = money(payment["amount"]), payment["state"]
    if state == "REVERSED" and order.get("action") == "PURCHASE":
        return whole.amount
    refunds = embedded(payment, "cnp:refund")
    if (not refunds and state in _REFUNDED) or state not in PAYMENT_STATUSES:
        return None
    return _sum((refund["amount"] for refund in refunds if refund.get("state") == "SUCCESS"), whole)


def left_to_refund(order: Mapping[str, Any], payment: Mapping[str, Any]) -> Decimal | None:
    """What can still be given back: taken, less what went back or is on its way; None where it cannot be told."""
    captured, refunded = captured_amount(order, payment), refunded_amount(order, payment)
    if captured is None or refunded is None:
        return None
    ended = ("SUCCESS", "FAILED", "VOIDED", "CANCELLED")
    going = (refund["amount"] for refund in embedded(payment, "cnp:refund") if refund.get("state") not in ended)
    return captured - refunded - _sum(going, money(payment["amount"]))


def _sum(amounts: Iterable[Mapping[str, Any]], like: Money) -> Decimal:
    total = Money.from_minor(0, like.currency).amount
    for each in amounts:
        part = money(each)
        if part.currency != like.currency:
            raise ValueError("parts in several currencies")
        total += part.amount
    return total


# Refunds.


def refunds_of(order: Mapping[str, Any], payment: Mapping[str, Any]) -> list[RefundResult]:
    """The refunds that can be told apart by a reference of their own."""
    if payment["state"] == "REVERSED" and order.get("action") == "PURCHASE":
        return [reversal(order, payment)]
    refunds = ((refund_reference(each), each) for each in embedded(payment, "cnp:refund"))
    return [_refund(order, reference, each) for reference, each in refunds if reference]


def refund_reference(refund: Mapping[str, Any]) -> str | None:
    """A refund's reference: the end of its own link; China UnionPay's is named in the link to its results."""
    itself = last_part(href(refund, "self"))
    return itself or last_part((href(refund, _UNION_PAY) or "").rstrip("/").rpartition("/")[0])


def reversal(order: Mapping[str, Any], payment: Mapping[str, Any]) -> RefundResult:
    """A purchase that was reversed on its day, as the refund that it is."""
    return RefundResult(
        provider_refund_id=f"{OrderPlace.of(order).id}/{REVERSAL}",
        provider_payment_id=OrderPlace.of(order).id,
        payment_id=our_payment_id(order),
        status=RefundStatus.SUCCEEDED,
        provider_status=payment["state"],
        money=money(payment["amount"]),
        created_at=moment(payment.get("updateDateTime")),
    )


def _refund(order: Mapping[str, Any], reference: str, refund: Mapping[str, Any]) -> RefundResult:
    place, state = OrderPlace.of(order), _text(refund.get("state")) or "REQUESTED"
    return RefundResult(
        provider_refund_id=f"{place.id}/{reference}",
        provider_payment_id=place.id,
        payment_id=our_payment_id(order),
        status=REFUND_STATUSES.get(state, RefundStatus.PENDING),
        provider_status=state,
        money=money(refund["amount"]),
        created_at=moment(refund.get("createdTime")),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
