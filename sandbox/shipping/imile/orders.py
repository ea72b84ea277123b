"""An account of iMile's: its orders, what has happened to them, their labels, and its prices."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from sandbox.shipping.imile.fields import LOCAL, IMileError, Object, read_order, read_price
from sandbox.shipping.journey import GULF, Journey
from sandbox.shipping.labels import Label, pdf

CODES = {
    "created": ("SubmitOrder", "Order submitted"),
    "picked_up": ("PickUpOrder", "Picked up"),
    "in_transit": ("Arrive", "Arrived at the station"),
    "out_for_delivery": ("OFD", "Out for delivery"),
    "delivered": ("Delivered", "Delivered"),
    "exception": ("BTD", "Customer did not answer"),
    "returned": ("ReturnSuccess", "Returned to the seller"),
    "cancelled": ("CancelOrder", "Order cancelled"),
}
_FIRST_KG, _FURTHER_KG, _ABROAD = 14.0, 2.0, 45.0


@dataclass
class Order:
    """One order. :param number: its waybill."""

    number: str
    param: Object
    journey: Journey

    def show(self) -> Object:
        """The order as the controls show it."""
        return {**self.param, "expressNo": self.number, "latestStatus": CODES[self.journey.current][0]}

    def made(self) -> Object:
        """What the answer to making or printing it has."""
        pieces = self._pieces()
        parcels = [f"{self.number}-{piece}" for piece in range(1, pieces + 1)] if pieces > 1 else []
        label = base64.b64encode(self.label()).decode()
        return {"expressNo": self.number, "orderNo": self.param["orderNo"], "subWaybillNo": parcels, "imileAwb": label}

    def record(self) -> Object:
        """What tracking has, the newest first."""
        entries = [
            {
                "latestStatus": CODES[step.name][0],
                "latestStatusTime": f"{datetime.fromtimestamp(step.at, GULF):%Y-%m-%d %H:%M:%S}",
                "latestSite": step.place,
                "locusDetailed": CODES[step.name][1],
                "locusType": "scan",
                "timeZone": "GMT+04:00",
            }
            for step in reversed(self.journey.steps)
        ]
        return {"billNo": self.number, **entries[0], "locus": entries}

    def label(self) -> bytes:
        """A page for each piece."""
        pieces, package = self._pieces(), self.param["packageInfo"]
        cash = [f"COD {package['collectingMoney']}"] if package["paymentMethod"] == "COD" else []
        return pdf(
            [
                Label(
                    carrier="iMile",
                    service=package["paymentMethod"],
                    tracking_number=self.number if pieces == 1 else f"{self.number}-{piece}",
                    sender=_lines(self.param["senderInfo"]),
                    recipient=_lines(self.param["consigneeInfo"]),
                    piece=(piece, pieces),
                    weight_kg=f"{package['grossWeight']} kg",
                    reference=self.param.get("orderDescription", ""),
                    notes=cash,
                )
                for piece in range(1, pieces + 1)
            ]
        )

    def _pieces(self) -> int:
        return int(self.param["packageInfo"].get("totalCount") or 1)


@dataclass
class Account:
    """What one customer has. :param now: the time in seconds since 1970."""

    now: Callable[[], float] = time.time
    orders: dict[str, Order] = field(default_factory=dict)
    tokens: dict[str, float] = field(default_factory=dict)

    def create(self, param: Any, numbers: count[int]) -> Order:
        """Make an order, whose number must not have been there before."""
        read = read_order(param)
        if any(order.param["orderNo"] == read["orderNo"] for order in self.orders.values()):
            raise IMileError("30001", "orderNo duplicate")
        journey = Journey(self.now, read["senderInfo"]["city"], read["consigneeInfo"]["city"])
        order = Order(str(next(numbers)), read, journey)
        self.orders[order.number] = order
        return order

    def printed(self, param: Object) -> Order:
        """An order to be printed again, by its waybill or by the customer's number."""
        code = param.get("orderCode")
        for order in self.orders.values():
            if param.get("orderCodeType") == "1" and code == order.number:
                return order
            if param.get("orderCodeType") == "2" and code == order.param["orderNo"]:
                return order
        if param.get("orderCodeType") == "1":
            raise IMileError("22185", "Waybill number does not exist")
        raise IMileError("40018", "Customer order number does not exist")

    def delete(self, param: Object) -> None:
        """Cancel an order that is not picked up."""
        order = self.orders.get(str(param.get("waybillNo")))
        if order is None or order.param["orderNo"] != param.get("orderCode"):
            raise IMileError("22185", "Waybill number does not exist")
        if order.journey.current != "created":
            raise IMileError("400", f"order status {CODES[order.journey.current][0]} cannot be deleted")
        order.journey.advance("cancelled")

    def track(self, number: Any) -> Object | None:
        """What has happened to a waybill."""
        order = self.orders.get(str(number))
        return order.record() if order else None


def price(param: Any) -> Object:
    """What a shipment costs: by weight or volume, whichever is more, and abroad more."""
    fields = read_price(param)
    origin, destination = fields["senderInfo"]["country"], fields["consigneeInfo"]["country"]
    if origin not in LOCAL:
        raise IMileError("400", "Product Service no open")
    weight = max(float(fields["totalWeight"]), float(fields["totalVolume"]) / 6000)
    is_abroad = origin != destination
    amount = _FIRST_KG + max(0.0, weight - 1) * _FURTHER_KG + (_ABROAD if is_abroad else 0)
    facts = {"currency": LOCAL[origin], "weight": f"{weight:.3f}", "aging": "5" if is_abroad else "2"}
    return {"totalAmount": f"{amount:.2f}", **facts, "feeDetails": []}


def _lines(party: Object) -> list[str]:
    return [party["contacts"], party["phone"], party["address"], f"{party['city']} {party['country']}"]
