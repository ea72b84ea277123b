"""PayPal's objects in Wasl's words: orders, authorizations, captures, refunds and disputes.

Pure functions over decoded JSON. Fields and statuses from PayPal's OpenAPI documents (paypal-rest-api-specifications,
``checkout_orders_v2.json`` and ``payments_payment_v2.json``); disputes, which those leave out, from
https://developer.paypal.com/api/customer-disputes/v1/ ; currencies from
https://developer.paypal.com/api/rest/reference/currency-codes/ .

One payment is one order with one purchase unit. PayPal has no metadata: the payment's id travels as ``custom_id``, and
a refund's as ``custom_id`` of the form ``<payment id>.<refund id>``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from workers.providers.money import Money
from workers.providers.payments.models import (
    Decline,
    DisputeResult,
    NextAction,
    PaymentMethodType,
    PaymentResult,
    PaymentStatus,
    RefundResult,
    RefundStatus,
    SavedMethod,
)
from workers.providers.payments.paypal.declines import decline_reason

Object = Mapping[str, Any]
CUSTOMER: Final = "customer"
"""The name of the customer's id in `SavedMethod.provider_data`."""


class PayPalCurrency(StrEnum):
    """Every currency that PayPal takes. The dirham is none of them."""

    AUD = "AUD"
    BRL = "BRL"
    CAD = "CAD"
    CHF = "CHF"
    CNY = "CNY"
    CZK = "CZK"
    DKK = "DKK"
    EUR = "EUR"
    GBP = "GBP"
    HKD = "HKD"
    HUF = "HUF"
    ILS = "ILS"
    JPY = "JPY"
    MXN = "MXN"
    MYR = "MYR"
    NOK = "NOK"
    NZD = "NZD"
    PHP = "PHP"
    PLN = "PLN"
    SEK = "SEK"
    SGD = "SGD"
    THB = "THB"
    TWD = "TWD"
    USD = "USD"


# HUF and TWD have decimals in ISO 4217, but "passing a decimal amount causes an error" at PayPal.
WITHOUT_DECIMALS: Final = frozenset({"HUF", "JPY", "TWD"})

ORDER_STATUSES: Final[Mapping[str, PaymentStatus]] = {
    "CREATED": PaymentStatus.CREATED,
    "SAVED": PaymentStatus.CREATED,
    "PAYER_ACTION_REQUIRED": PaymentStatus.REQUIRES_ACTION,
    "APPROVED": PaymentStatus.REQUIRES_ACTION,
    "VOIDED": PaymentStatus.CANCELLED,
    "COMPLETED": PaymentStatus.PROCESSING,  # what it came to is said by its captures or its authorization
}
AUTHORIZATION_STATUSES: Final[Mapping[str, PaymentStatus]] = {
    "CREATED": PaymentStatus.AUTHORIZED,
    "PENDING": PaymentStatus.PROCESSING,
    "PARTIALLY_CAPTURED": PaymentStatus.PARTIALLY_CAPTURED,
    "CAPTURED": PaymentStatus.CAPTURED,
    "DENIED": PaymentStatus.FAILED,
    "VOIDED": PaymentStatus.CANCELLED,
    "EXPIRED": PaymentStatus.EXPIRED,
}
CAPTURE_STATUSES: Final[Mapping[str, PaymentStatus]] = {
    "COMPLETED": PaymentStatus.CAPTURED,
    "PENDING": PaymentStatus.PROCESSING,
    "DECLINED": PaymentStatus.FAILED,
    "FAILED": PaymentStatus.FAILED,
    "PARTIALLY_REFUNDED": PaymentStatus.PARTIALLY_REFUNDED,
    "REFUNDED": PaymentStatus.REFUNDED,
}
REFUND_STATUSES: Final[Mapping[str, RefundStatus]] = {
    "COMPLETED": RefundStatus.SUCCEEDED,
    "PENDING": RefundStatus.PENDING,
    "FAILED": RefundStatus.FAILED,
    "CANCELLED": RefundStatus.CANCELLED,
}
OPEN_AUTHORIZATIONS: Final = frozenset({"CREATED", "PARTIALLY_CAPTURED"})
_TAKEN: Final = frozenset({PaymentStatus.CAPTURED, PaymentStatus.PARTIALLY_REFUNDED, PaymentStatus.REFUNDED})


def money(amount: Object) -> Money:
    """An amount as PayPal writes it: ``{"currency_code": "USD", "value": "34.20"}``."""
    return Money.of(amount["value"], amount["currency_code"])


def amount_object(amount: Money) -> dict[str, str]:
    """An amount as PayPal wants it; ValueError for decimals where it takes none."""
    if amount.currency not in WITHOUT_DECIMALS:
        return {"currency_code": amount.currency, "value": format(amount.amount, "f")}
    if amount.amount != amount.amount.to_integral_value():
        raise ValueError(f"PayPal takes {amount.currency} only without decimals")
    return {"currency_code": amount.currency, "value": str(int(amount.amount))}


def moment(text: str) -> datetime:
    """A time as PayPal writes it, RFC 3339."""
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def payment_from_order(order: Object) -> PaymentResult:
    """An order with everything that has been paid on it."""
    unit, history = order["purchase_units"][0], _history(order)
    asked = money(unit["amount"])
    captured = _sum(asked, (each for each in history.captures if _status(each) in _TAKEN))
    refunded = _sum(asked, (each for each in history.refunds if each.get("status") == "COMPLETED"))
    authorized = _sum(asked, history.authorizations[-1:]) if history.authorizations else None
    status = _order_status(order, history, captured, refunded)
    url = None if order["status"] == "APPROVED" else _link(order, "payer-action") or _link(order, "approve")
    return PaymentResult(
        provider_payment_id=order["id"],
        payment_id=our_ids(unit)[0],
        status=status,
        provider_status=_described(order, history),
        money=asked,
        amount_authorized=authorized if status is not PaymentStatus.FAILED else None,
        amount_captured=captured,
        amount_refunded=refunded,
        checkout_url=url if status in (PaymentStatus.CREATED, PaymentStatus.REQUIRES_ACTION) else None,
        next_action=_next_action(order["status"], url),
        decline=_decline(history) if status is PaymentStatus.FAILED else None,
        refunds=tuple(each["id"] for each in history.refunds),
        saved_method=_saved_method(order),
        fee=_fee(asked, [each for each in history.captures if _status(each) in _TAKEN]),
        created_at=_time(order.get("create_time")),
        provider_data=_further_ids(order, history),
    )


def _saved_method(order: Object) -> SavedMethod | None:
    """The account that was to be saved; while its status is APPROVED it has no id yet."""
    wallet = (order.get("payment_source") or {}).get("paypal") or {}
    vault = (wallet.get("attributes") or {}).get("vault") or {}
    if not vault.get("id") or vault.get("status") == "APPROVED":
        return None
    customer = (vault.get("customer") or {}).get("id")
    known = {CUSTOMER: customer} if customer else {}
    return SavedMethod(token=vault["id"], type=PaymentMethodType.PAYPAL, provider_data=known)


def _fee(asked: Money, captures: Sequence[Object]) -> Decimal | None:
    """What PayPal keeps of what was taken; None where it does not tell, or not in the payment's currency."""
    fees = [(each.get("seller_receivable_breakdown") or {}).get("paypal_fee") for each in captures]
    if not fees or any(fee is None or fee["currency_code"] != asked.currency for fee in fees):
        return None
    return _sum(asked, ({"amount": fee} for fee in fees))


class _History:
    """What has been paid on an order, oldest first."""

    def __init__(self, payments: Object) -> None:
        self.authorizations: Sequence[Object] = payments.get("authorizations") or ()
        self.captures: Sequence[Object] = payments.get("captures") or ()
        self.refunds: Sequence[Object] = payments.get("refunds") or ()

    @property
    def is_open(self) -> bool:
        """Whether more of an authorization can be captured."""
        finished = any(each.get("final_capture") and _status(each) in _TAKEN for each in self.captures)
        return not finished and any(each.get("status") in OPEN_AUTHORIZATIONS for each in self.authorizations)


def _history(order: Object) -> _History:
    return _History(order["purchase_units"][0].get("payments") or {})


def _order_status(order: Object, history: _History, captured: Decimal, refunded: Decimal) -> PaymentStatus:
    if captured:
        if refunded or _status(history.captures[-1]) is PaymentStatus.REFUNDED:
            return PaymentStatus.REFUNDED if refunded in (captured, 0) else PaymentStatus.PARTIALLY_REFUNDED
        return PaymentStatus.PARTIALLY_CAPTURED if history.is_open else PaymentStatus.CAPTURED
    if history.captures and not history.is_open:
        return _status(history.captures[-1])
    if history.authorizations:
        return AUTHORIZATION_STATUSES.get(history.authorizations[-1]["status"], PaymentStatus.PROCESSING)
    # A status that did not exist when this was written: something is going on, and nothing is certain.
    return ORDER_STATUSES.get(order["status"], PaymentStatus.PROCESSING)


def _status(capture: Object) -> PaymentStatus:
    return CAPTURE_STATUSES.get(capture["status"], PaymentStatus.PROCESSING)


def _described(order: Object, history: _History) -> str:
    """The order's status, and that of what was last paid on it, with PayPal's reason where it gives one."""
    last = [*history.authorizations[-1:], *history.captures[-1:]][-1:]
    reasons = [(each.get("status_details") or {}).get("reason") for each in last]
    return "/".join([order["status"], *(each["status"] for each in last), *(each for each in reasons if each)])


def _next_action(status: str, url: str | None) -> NextAction | None:
    if status == "APPROVED":
        return NextAction(type="complete")
    return NextAction(type="redirect", url=url) if url and status in ("CREATED", "PAYER_ACTION_REQUIRED") else None


def _decline(history: _History) -> Decline:
    """Why the last attempt failed. PayPal tells a code for cards only."""
    last = [*history.authorizations[-1:], *history.captures[-1:]][-1]
    code = (last.get("processor_response") or {}).get("response_code")
    code = code or (last.get("status_details") or {}).get("reason") or last["status"]
    return Decline(reason=decline_reason(code), code=code)


def _further_ids(order: Object, history: _History) -> dict[str, str]:
    found = {
        "intent": order.get("intent"),
        "authorization": history.authorizations[-1]["id"] if history.authorizations else None,
        "captures": " ".join(each["id"] for each in history.captures if _status(each) is not PaymentStatus.FAILED),
    }
    return {name: value for name, value in found.items() if value}


def payment_from_authorization(authorization: Object, order_id: str, at: datetime) -> PaymentResult:
    """A reservation as a webhook tells of it.

    :param at: when it became so: PayPal voids a reservation that has run out, too.
    """
    asked = money(authorization["amount"])
    status = AUTHORIZATION_STATUSES.get(authorization["status"], PaymentStatus.PROCESSING)
    ends_at = _time(authorization.get("expiration_time"))
    if status is PaymentStatus.CANCELLED and ends_at is not None and ends_at <= at:
        status = PaymentStatus.EXPIRED
    return PaymentResult(
        provider_payment_id=order_id,
        payment_id=our_ids(authorization)[0],
        status=status,
        provider_status=authorization["status"],
        money=asked,
        amount_authorized=asked.amount if authorization["status"] in OPEN_AUTHORIZATIONS else None,
        decline=_decline(_History({"authorizations": [authorization]})) if status is PaymentStatus.FAILED else None,
        created_at=_time(authorization.get("create_time")),
        provider_data={"authorization": authorization["id"]},
    )


def payment_from_capture(capture: Object, order_id: str) -> PaymentResult:
    """Money taken, as a webhook tells of it; of several captures, only the one."""
    asked, status = money(capture["amount"]), _status(capture)
    if status is PaymentStatus.CAPTURED and capture.get("final_capture") is False and _authorization_id(capture):
        status = PaymentStatus.PARTIALLY_CAPTURED
    reason = (capture.get("status_details") or {}).get("reason")
    return PaymentResult(
        provider_payment_id=order_id,
        payment_id=our_ids(capture)[0],
        status=status,
        provider_status="/".join(filter(None, (capture["status"], reason))),
        money=asked,
        amount_captured=asked.amount if status in _TAKEN or status is PaymentStatus.PARTIALLY_CAPTURED else None,
        decline=_decline(_History({"captures": [capture]})) if status is PaymentStatus.FAILED else None,
        fee=_fee(asked, [capture]) if status in _TAKEN else None,
        created_at=_time(capture.get("create_time")),
    )


def _authorization_id(capture: Object) -> str | None:
    return related_ids(capture).get("authorization_id")


def refund_from_object(refund: Object) -> RefundResult:
    """A refund."""
    payment_id, refund_id = our_ids(refund)
    capture_id = (_link(refund, "up") or "").rpartition("/captures/")[2]
    return RefundResult(
        provider_refund_id=refund["id"],
        refund_id=refund_id,
        payment_id=payment_id,
        status=REFUND_STATUSES.get(refund["status"], RefundStatus.PENDING),
        provider_status=refund["status"],
        money=money(refund["amount"]),
        failure_reason=(refund.get("status_details") or {}).get("reason"),
        created_at=_time(refund.get("create_time")),
        provider_data={"capture": capture_id} if capture_id else {},
    )


def dispute_from_object(dispute: Object) -> tuple[DisputeResult, UUID | None]:
    """A dispute, and Wasl's id of the payment it is about."""
    about = (dispute.get("disputed_transactions") or [{}])[0]
    outcome = (dispute.get("dispute_outcome") or {}).get("outcome_code")
    result = DisputeResult(
        provider_dispute_id=dispute["dispute_id"],
        provider_status=outcome or dispute["status"],
        reason=dispute.get("reason"),
        money=money(dispute["dispute_amount"]),
        evidence_due_by=_time(dispute.get("seller_response_due_date")),
    )
    return result, our_ids({"custom_id": about.get("custom")})[0]


# Small parts.


def our_ids(holder: Object) -> tuple[UUID | None, UUID | None]:
    """Wasl's ids of the payment and the refund; anything else there, such as another program's text, is no id."""
    payment, _, refund = str(holder.get("custom_id") or "").partition(".")
    return _uuid(payment), _uuid(refund)


def related_ids(holder: Object) -> Object:
    """The ids of the order, authorization and capture that something belongs to, as far as they are told."""
    return (holder.get("supplementary_data") or {}).get("related_ids") or {}


def order_id_of(holder: Object) -> str | None:
    """The order that an authorization, a capture or a refund belongs to."""
    told = related_ids(holder).get("order_id")
    _, found, linked = (_link(holder, "up") or "").rpartition("/checkout/orders/")
    return told or (linked if found else None)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _link(holder: Object, relation: str) -> str | None:
    links = holder.get("links") or ()
    return next((each["href"] for each in links if each.get("rel") == relation), None)


def _sum(asked: Money, holders: Iterable[Object]) -> Decimal:
    """The sum of their amounts; ValueError when one is in another currency than was asked for."""
    total = Money.of(0, asked.currency).amount
    for holder in holders:
        amount = money(holder["amount"])
        if amount.currency != asked.currency:
            raise ValueError("an amount in another currency")
        total += amount.amount
    return total


def _time(text: str | None) -> datetime | None:
    return moment(text) if text else None
