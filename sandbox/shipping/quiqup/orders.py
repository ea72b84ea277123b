"""An account of Quiqup's: its orders, the states they are in, and their labels."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sandbox.shipping.journey import GULF, Journey
from sandbox.shipping.labels import Label, pdf
from sandbox.shipping.quiqup.fields import Object, QuiqupError, not_found, read_order

STATES = {
    "created": "ready_for_collection",
    "picked_up": "collected",
    "in_transit": "received_at_depot",
    "out_for_delivery": "out_for_delivery",
    "delivered": "delivery_complete",
    "exception": "delivery_failed",
    "returned": "returned_to_origin",
    "cancelled": "cancelled",
}
"""What each step of a journey is called; before it is sent off, an order is ``pending``."""


@dataclass
class Order:
    """One order. :param is_ready: whether it has been sent off."""

    id: int
    request: Object
    journey: Journey
    created_at: float
    is_ready: bool = False
    uuid: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def state(self) -> str:
        if self.journey.current == "created" and not self.is_ready:
            return "pending"
        return STATES[self.journey.current]

    def show(self) -> Object:
        """The order as its API shows it."""
        changed_at, delivery_by = self.journey.steps[-1].at, self.created_at + 24 * 3600
        items = [
            {**item, "id": str(self.id * 100 + number), "parcel_barcode": f"{self.id}-{number}"}
            for number, item in enumerate(self.request["items"], 1)
        ]
        return {
            **self.request,
            "id": self.id,
            "uuid": self.uuid,
            "state": self.state,
            "state_updated_at": _gulf_time(changed_at),
            "created_at": _gulf_time(self.created_at),
            "service_kind": self.request["kind"],
            "items": items,
            "references": [],
            "delivery_time": {
                "delivery_after": _gulf_time(self.created_at),
                "delivery_before": _gulf_time(delivery_by),
            },
            "delivery_failure_reason": "Customer not available" if self.state == "delivery_failed" else None,
            "tracking_url": f"https://track-parcel.quiqup.com/{self.uuid}",
        }

    def label(self) -> bytes:
        """A page for each parcel, with its own barcode."""
        origin, destination = self.request["origin"], self.request["destination"]
        cash = self.request.get("payment_amount") or 0
        items = self.request["items"]
        return pdf(
            [
                Label(
                    carrier="Quiqup",
                    service=self.request["kind"],
                    tracking_number=f"{self.id}-{number}",
                    sender=_lines(origin),
                    recipient=_lines(destination),
                    piece=(number, len(items)),
                    weight_kg=f"{item.get('weight', '')} kg",
                    reference=item["name"],
                    notes=[f"Collect AED {cash:.2f}"] if cash else [],
                )
                for number, item in enumerate(items, 1)
            ]
        )


@dataclass
class Account:
    """What one OAuth client has. :param now: the time in seconds since 1970."""

    now: Callable[[], float] = time.time
    orders: dict[int, Order] = field(default_factory=dict)
    tokens: dict[str, float] = field(default_factory=dict)

    def create(self, body: Any, numbers: count[int]) -> Order:
        """Make a draft."""
        request = read_order(body)
        towns = [request[stop]["address"]["town"] for stop in ("origin", "destination")]
        order = Order(next(numbers), request, Journey(self.now, towns[0], towns[1]), self.now())
        self.orders[order.id] = order
        return order

    def order(self, order_id: Any) -> Order:
        """An order of this account."""
        if order_id not in self.orders:
            raise not_found()
        return self.orders[order_id]

    def make_ready(self, order: Order) -> None:
        """Send an order off."""
        if order.state != "pending":
            raise QuiqupError(
                422, f"The state transition to 'ready_for_collection' is not allowed for orders: {order.id}"
            )
        order.is_ready = True

    def cancel(self, order_ids: Any) -> list[Order]:
        """Cancel orders that nobody is on the way for; all or none."""
        orders = [self.order(each) for each in order_ids]
        if any(order.state not in ("pending", "ready_for_collection") for order in orders):
            raise QuiqupError(500, "Internal Server Error")
        for order in orders:
            order.journey.advance("cancelled")
        return orders

    def listed(self, state: str, since: str, until: str) -> list[Order]:
        """Orders in a state, made on the days from ``since`` to ``until``, the newest first."""
        return [
            order
            for order in reversed(self.orders.values())
            if order.state == state and since <= f"{datetime.fromtimestamp(order.created_at, UTC):%Y-%m-%d}" <= until
        ]


def _gulf_time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, GULF).isoformat(timespec="milliseconds")


def _lines(stop: Object) -> list[str]:
    address = stop["address"]
    return [stop["contact_name"], stop["contact_phone"], address["address1"], address["town"]]
