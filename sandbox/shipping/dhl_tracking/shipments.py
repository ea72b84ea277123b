"""Shipments as the unified tracking shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.shipping.journey import Journey, Step

SERVICES = ("express", "ecommerce", "ecommerce-europe", "freight", "dgf", "parcel-de", "parcel-nl", "parcel-pl", "svb")
CODES: Mapping[str, tuple[str, str]] = {
    "created": ("pre-transit", "Shipment information received"),
    "picked_up": ("transit", "Shipment picked up"),
    "in_transit": ("transit", "Departed facility in DUBAI-AE"),
    "out_for_delivery": ("transit", "Shipment is out with courier for delivery"),
    "delivered": ("delivered", "Delivered"),
    "exception": ("failure", "Delivery attempted; recipient not home"),
    "returned": ("failure", "Returned to shipper"),
    "cancelled": ("failure", "Shipment cancelled"),
}


@dataclass
class Shipment:
    """A shipment of one of DHL's divisions."""

    number: str
    service: str
    journey: Journey

    @property
    def code(self) -> str:
        """The newest status code."""
        return CODES[self.journey.current][0]

    def show(self, *, with_events: bool = True) -> dict[str, Any]:
        """:param with_events: webhooks tell the newest only."""
        events = [_event(step) for step in reversed(self.journey.steps)]
        shown: dict[str, Any] = {
            "id": self.number,
            "service": self.service,
            "origin": {"address": {"countryCode": "AE", "addressLocality": self.journey.origin}},
            "destination": {"address": {"countryCode": "AE", "addressLocality": self.journey.destination}},
            "status": events[0],
            "details": {"totalNumberOfPieces": 1},
        }
        if self.journey.current == "delivered":
            signed = {"@type": "Person", "name": "O. ALI"}
            shown["details"]["proofOfDelivery"] = {"timestamp": events[0]["timestamp"], "signed": signed}
        return {**shown, "events": events} if with_events else shown


def _event(step: Step) -> dict[str, Any]:
    code, text = CODES[step.name]
    return {
        "timestamp": f"{datetime.fromtimestamp(int(step.at), UTC):%Y-%m-%dT%H:%M:%S}Z",
        "location": {"address": {"countryCode": "AE", "addressLocality": step.place}},
        "statusCode": code,
        "status": text,
        "description": text,
    }
