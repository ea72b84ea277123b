"""Shipa's events and codes in Wasl's words.

An order's story is a list of ``{"date", "status", "statusCode", "details"}``. Which words ``status`` has is published
nowhere that could be read. `EVENTS` are the names that version 2 gives to events (two public integrations list the same
22); `CODES` are the ``statusCode`` values that another one acts upon. What is neither is judged by its words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workers.providers.shipping.models import ShipmentStatus, TrackingDetail
from workers.providers.shipping.statuses import NOTHING, Meaning, by_text

_CREATED: Final = Meaning(ShipmentStatus.CREATED)
_IN_TRANSIT: Final = Meaning(ShipmentStatus.IN_TRANSIT)
_OUT: Final = Meaning(ShipmentStatus.OUT_FOR_DELIVERY)
_NOT_MET: Final = Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.ATTEMPT_FAILED)
_GOING_BACK: Final = Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.RETURN_IN_PROGRESS)

EVENTS: Final[Mapping[str, Meaning]] = {
    "order.created": _CREATED,
    "order.confirmed": _CREATED,
    "order.pickup.initiated": _CREATED,
    "order.pickup.started": _CREATED,
    "order.pickup.arrived": _CREATED,
    "order.pickup.completed": Meaning(ShipmentStatus.PICKED_UP),
    "order.pickup.failed": Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.PICKUP_FAILED),
    # Nobody says who is to collect it, the driver or the customer.
    "order.readyForCollection": NOTHING,
    "order.transit.receivedByOriginHub": _IN_TRANSIT,
    "order.transit.receivedBySortingHub": _IN_TRANSIT,
    "order.transit.receivedByDestinationHub": _IN_TRANSIT,
    "order.dropoff.initiated": _OUT,
    "order.dropoff.started": _OUT,
    "order.dropoff.arrived": _OUT,
    "order.dropoff.completed": Meaning(ShipmentStatus.DELIVERED),
    "order.dropoff.failed": _NOT_MET,
    "order.return.initiated": _GOING_BACK,
    "order.return.started": _GOING_BACK,
    "order.return.arrived": _GOING_BACK,
    "order.return.completed": Meaning(ShipmentStatus.RETURNED),
    "order.return.failed": _GOING_BACK,
    "order.cancelled": Meaning(ShipmentStatus.CANCELLED),
}
CODES: Final[Mapping[str, Meaning]] = {
    "11": _IN_TRANSIT,
    "43": _IN_TRANSIT,
    "16": _OUT,
    "17": _OUT,
    "19": Meaning(ShipmentStatus.DELIVERED),
    "20": _NOT_MET,
}


def meaning(status: str | None, code: str | None, *, details: str | None = None) -> Meaning:
    """What an entry of a story means."""
    return EVENTS.get(status or "") or CODES.get(code or "") or by_text(status, details)
