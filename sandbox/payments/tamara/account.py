"""What one merchant's account at Tamara holds, and how its objects look on the wire."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson

from sandbox.payments.tamara.errors import missing
from sandbox.payments.tamara.fields import Object

_SHOWN = (
    *("order_reference_id", "description", "consumer", "items", "payment_type", "instalments"),
    *("shipping_address", "billing_address", "shipping_amount", "tax_amount"),
)


def new_id() -> str:
    """An id as Tamara makes them."""
    return str(uuid.uuid4())


@dataclass
class Movement:
    """A capture, a cancellation or a refund.

    :param details: what else it was asked for with.
    """

    value: Decimal
    created: str
    details: Object = field(default_factory=dict)
    id: str = field(default_factory=new_id)


@dataclass
class Order:
    """An order.

    :param request: what it was made with.
    """

    value: Decimal
    currency: str
    created: str
    request: Object
    id: str = field(default_factory=new_id)
    checkout_id: str = field(default_factory=new_id)
    status: str = "new"
    captures: list[Movement] = field(default_factory=list)
    cancels: list[Movement] = field(default_factory=list)
    refunds: list[Movement] = field(default_factory=list)

    @property
    def reference(self) -> str:
        return str(self.request["order_reference_id"])

    @property
    def captured(self) -> Decimal:
        return _sum(self.captures)

    @property
    def refunded(self) -> Decimal:
        return _sum(self.refunds)

    @property
    def left(self) -> Decimal:
        """What has been neither captured nor cancelled."""
        return self.value - self.captured - _sum(self.cancels)

    def money(self, value: Decimal) -> Object:
        """An amount as Tamara writes it."""
        return {"amount": orjson.Fragment(format(value, "f")), "currency": self.currency}


@dataclass
class Webhook:
    """An address that was registered."""

    type: str
    url: str
    events: list[str]
    headers: dict[str, str]
    id: str = field(default_factory=new_id)

    def shown(self, merchant_id: str) -> Object:
        """As it is read."""
        return {
            "merchant_id": merchant_id,
            "webhook_id": self.id,
            "url": self.url,
            "events": self.events,
            "headers": self.headers,
        }


@dataclass
class Account:
    """One account: everything made under one API token.

    :param now: the time in seconds since 1970.
    """

    now: Callable[[], float]
    pages_url: str = ""
    """Where its pages lie, without a slash at the end."""
    id: str = field(default_factory=new_id)
    orders: dict[str, Order] = field(default_factory=dict)
    webhooks: dict[str, Webhook] = field(default_factory=dict)
    notification_token: str = field(default_factory=new_id)
    auto_authorise: bool = False
    """An approved order is authorised by itself."""
    auto_capture: bool = False
    """An authorised order is captured by itself."""
    names_refunds: bool = False
    """Whether an order's refunds show the merchant's id and comment; the SDK knows of neither."""
    publish: Callable[[Order, str, Any], None] = lambda order, event, data: None

    def time(self) -> str:
        """The time as Tamara writes it."""
        return datetime.fromtimestamp(self.now(), UTC).isoformat(timespec="microseconds")

    def order(self, order_id: str) -> Order:
        """:raises TamaraError: 404."""
        if order_id not in self.orders:
            raise missing("Order")
        return self.orders[order_id]

    def by_reference(self, reference: str) -> Order:
        """The latest order of a reference; there may be several.

        :raises TamaraError: 404.
        """
        found = [order for order in self.orders.values() if order.reference == reference]
        if not found:
            raise missing("Order")
        return found[-1]

    # Shapes.

    def order_object(self, order: Order) -> Object:
        """An order as it is read."""
        request = order.request
        return {
            "order_id": order.id,
            "order_number": request.get("order_number", order.reference),
            "status": order.status,
            **{name: _wire(request[name]) for name in _SHOWN if name in request},
            "total_amount": order.money(order.value),
            "captured_amount": order.money(order.captured),
            "refunded_amount": order.money(order.refunded),
            "canceled_amount": order.money(_sum(order.cancels)),
            "created_at": order.created,
            "transactions": {
                "captures": [{"capture_id": each.id, **_movement(order, each)} for each in order.captures],
                "cancels": [{"cancel_id": each.id, **_movement(order, each)} for each in order.cancels],
                "refunds": [self._refund(order, each) for each in order.refunds],
            },
        }

    def _refund(self, order: Order, refund: Movement) -> Object:
        named = ("merchant_refund_id", "comment") if self.names_refunds else ()
        capture = order.captures[0].id
        more = {name: refund.details[name] for name in named if name in refund.details}
        return {"refund_id": refund.id, "capture_id": capture, **_movement(order, refund), **more}


def _movement(order: Order, each: Movement) -> Object:
    return {"order_id": order.id, "total_amount": order.money(each.value), "items": [], "created_at": each.created}


def _sum(movements: list[Movement]) -> Decimal:
    return sum((each.value for each in movements), Decimal(0))


def _wire(value: Any) -> Any:
    """What came in, to go out again: numbers digit for digit."""
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    if isinstance(value, list):
        return [_wire(each) for each in value]
    return {name: _wire(each) for name, each in value.items()} if isinstance(value, dict) else value
