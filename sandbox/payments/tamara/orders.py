"""Orders: what Tamara does with money, without any."""

from __future__ import annotations

from decimal import Decimal

from sandbox.payments.tamara import fields
from sandbox.payments.tamara.account import Account, Movement, Order
from sandbox.payments.tamara.errors import TamaraError, invalid, wrong_state
from sandbox.payments.tamara.fields import Object


def create(account: Account, body: Object) -> Order:
    """POST /checkout"""
    value, currency = fields.check_checkout(body)
    order = Order(value, currency, account.time(), body)
    account.orders[order.id] = order
    return order


# What the payer, Tamara and time do.


def pay(account: Account, order: Order, outcome: str) -> None:
    """The payer agrees on the page, or Tamara does not lend.

    :param outcome: ``approve``, ``decline`` or ``hold``.
    """
    if order.status not in ("new", "on_hold"):
        raise wrong_state("paid", order.status)
    statuses = {"approve": "approved", "decline": "declined", "hold": "on_hold"}
    if outcome not in statuses:
        raise TamaraError(400, "no such outcome")
    _move(account, order, statuses[outcome])
    if order.status == "approved" and account.auto_authorise:
        authorise(account, order)


def expire(account: Account, order: Order) -> None:
    """Nobody paid, authorised or captured in time."""
    if order.status not in ("new", "on_hold", "approved", "authorised", "updated"):
        raise wrong_state("expired", order.status)
    _move(account, order, "expired")


def capture_by_itself(account: Account, order: Order) -> None:
    """Nobody captured in 21 days."""
    if order.status not in ("authorised", "updated", "partially_captured"):
        raise wrong_state("captured", order.status)
    _capture(account, order, order.left, {})


# What the merchant does.


def authorise(account: Account, order: Order) -> Movement | None:
    """POST /orders/{order_id}/authorise; the capture, where the account captures by itself."""
    if order.status != "approved":
        raise wrong_state("authorised", order.status)
    _move(account, order, "authorised")
    return _capture(account, order, order.left, {}) if account.auto_capture else None


def capture(account: Account, order: Order, body: Object) -> Movement:
    """POST /payments/capture"""
    more = frozenset({"items", "discount_amount", "shipping_amount", "tax_amount"})
    fields.only(body, ("order_id", "total_amount", "shipping_info"), more)
    known = frozenset({"tracking_number", "tracking_url"})
    fields.only(body["shipping_info"], ("shipped_at", "shipping_company"), known, "shipping_info_")
    if order.status not in ("authorised", "updated", "partially_captured"):
        raise wrong_state("captured", order.status)
    return _capture(account, order, _part(order, body, order.left), body["shipping_info"])


def _capture(account: Account, order: Order, value: Decimal, shipping: Object) -> Movement:
    made = Movement(value, account.time(), shipping)
    order.captures.append(made)
    data = {"capture_id": made.id, "captured_amount": order.money(value)}
    _move(account, order, "partially_captured" if order.left else "fully_captured", "order_captured", data)
    return made


def cancel(account: Account, order: Order, body: Object) -> Movement:
    """POST /orders/{order_id}/cancel: all of it, or a part"""
    more = frozenset({"items", "discount_amount", "shipping_amount", "tax_amount"})
    fields.only(body, ("total_amount",), more)
    if order.status not in ("authorised", "updated"):
        raise wrong_state("canceled", order.status)
    made = Movement(_part(order, body, order.left), account.time())
    order.cancels.append(made)
    data = {"cancel_id": made.id, "canceled_amount": order.money(made.value)}
    _move(account, order, "updated" if order.left else "canceled", data=data)
    return made


def refund(account: Account, order: Order, body: Object) -> Movement:
    """POST /payments/simplified-refund/{order_id}"""
    fields.only(body, ("total_amount", "comment"), frozenset({"merchant_refund_id"}))
    comment, theirs = fields.text(body, "comment"), body.get("merchant_refund_id")
    if not order.captures:
        raise wrong_state("refunded", order.status)
    if theirs is not None and any(each.details.get("merchant_refund_id") == theirs for each in order.refunds):
        raise TamaraError(409, "This refund was made before", "merchant_refund_id_duplicated")
    made = Movement(_part(order, body, order.captured - order.refunded), account.time(), body)
    order.refunds.append(made)
    status = "fully_refunded" if order.refunded == order.captured else "partially_refunded"
    data = {"refund_id": made.id, "capture_id": order.captures[0].id, "refunded_amount": order.money(made.value)}
    _move(account, order, status, "order_refunded", {**data, "comment": comment})
    return made


def _part(order: Order, body: Object, left: Decimal) -> Decimal:
    value = fields.money(body, "total_amount", order.currency)
    if value > left:
        raise invalid("total_amount_exceeded")
    return value


def _move(account: Account, order: Order, status: str, event: str | None = None, data: Object | None = None) -> None:
    order.status = status
    account.publish(order, event or f"order_{status}", data or [])
