"""An account of Shipa's: its orders, what has happened to them, and their labels."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sandbox.shipping.journey import Journey
from sandbox.shipping.labels import Label, pdf
from sandbox.shipping.shipa.fields import Object, not_found, read_order, refused

# Codes as far as an integration knows them; the words are the twin's, since Shipa's are published nowhere.
STEPS = {
    "created": ("1", "Order Confirmed", None),
    "picked_up": ("9", "Picked Up", None),
    "in_transit": ("11", "Received by Sorting Hub", None),
    "out_for_delivery": ("17", "Out for Delivery", None),
    "delivered": ("19", "Delivered", None),
    "exception": ("20", "Delivery Failed", "No answer"),
    "returned": ("26", "Returned to Shipper", None),
    "cancelled": ("10", "Cancelled", None),
}
CANCEL_REASONS = (15, 16, 17)


@dataclass
class Order:
    """One order. :param number: its ``shipaRef``."""

    number: str
    request: Object
    journey: Journey

    @property
    def status(self) -> str:
        return STEPS[self.journey.current][1]

    def show(self) -> Object:
        """The order as it is read."""
        return {**self.request, "shipaRef": self.number, "status": self.status}

    def story(self) -> list[Object]:
        """What has happened, the newest first."""
        entries = []
        for step in reversed(self.journey.steps):
            code, status, reason = STEPS[step.name]
            details: Any = {"failReason": reason} if reason else f"{status} in {step.place}"
            entries.append({"date": int(step.at * 1000), "status": status, "statusCode": code, "details": details})
        return entries

    def label(self) -> bytes:
        """A page for each package."""
        packages, destination = self.request["packages"], self.request["destination"]
        cash = (destination.get("options") or {}).get("amountToCollect") or 0
        return pdf(
            [
                Label(
                    carrier="Shipa Delivery",
                    service=self.request["category"],
                    tracking_number=self.number,
                    sender=_lines(self.request["origin"]),
                    recipient=_lines(destination),
                    piece=(number, len(packages)),
                    weight_kg=f"{package.get('weight', '')} kg",
                    reference=package["name"],
                    notes=[f"Collect AED {cash:.2f}"] if cash else [],
                )
                for number, package in enumerate(packages, 1)
            ]
        )


@dataclass
class Account:
    """What one key has. :param now: the time in seconds since 1970."""

    now: Callable[[], float] = time.time
    orders: dict[str, Order] = field(default_factory=dict)

    def create(self, body: Any, numbers: count[int]) -> Order:
        """Make an order; a reference that was there before makes another one."""
        request = read_order(body)
        journey = Journey(self.now, request["origin"]["city"], request["destination"]["city"])
        order = Order(f"SBSD{next(numbers):07d}", request, journey)
        self.orders[order.number] = order
        return order

    def order(self, reference: str) -> Order:
        """An order by Shipa's number or the customer's reference; the latest of several."""
        for order in reversed(self.orders.values()):
            if reference in (order.number, order.request["customerRef"]):
                return order
        raise not_found()

    def cancel(self, order: Order, reason: Any) -> None:
        """Cancel an order that is not picked up."""
        if reason not in CANCEL_REASONS:
            raise refused(f"cancelReasonId must be one of {', '.join(map(str, CANCEL_REASONS))}")
        if order.journey.current != "created":
            raise refused(f"the order cannot be cancelled: {order.status}")
        order.journey.advance("cancelled")


def _lines(party: Object) -> list[str]:
    return [party["contactName"], party["contactNo"], party["address"], party["city"]]
