"""Quiqup's order states in Wasl's words.

From https://api-docs.quiqup.com/orders-api/orders/createanorder , the older copy of it in Zombiemelon/quiqup-mcp
(docs/quiqup-api/references/lastmile.md) and https://support.quiqup.com "Order states"; the last of these writes names,
not codes, so the codes of `_OF_THE_WAREHOUSE` are spelled as the others are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workers.providers.shipping.models import ShipmentStatus, TrackingDetail
from workers.providers.shipping.statuses import NOTHING, Meaning

PENDING: Final = "pending"
READY: Final = "ready_for_collection"
CANCELLED: Final = "cancelled"
CANCELLABLE: Final = (PENDING, READY)

_CREATED: Final = Meaning(ShipmentStatus.CREATED)
_IN_TRANSIT: Final = Meaning(ShipmentStatus.IN_TRANSIT)
_GOING_BACK: Final = Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.RETURN_IN_PROGRESS)
_ON_HOLD: Final = Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.ON_HOLD)

_OF_THE_WAREHOUSE: Final[Mapping[str, Meaning]] = {
    "ready_for_picking": _CREATED,
    "picking_started": _CREATED,
    "out_of_stock": _ON_HOLD,
    "error": Meaning(ShipmentStatus.EXCEPTION),
}
MEANINGS: Final[Mapping[str, Meaning]] = {
    PENDING: _CREATED,
    READY: _CREATED,
    "out_for_collection": _CREATED,
    "collection_failed": Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.PICKUP_FAILED),
    "collected": Meaning(ShipmentStatus.PICKED_UP),
    "received_at_depot": _IN_TRANSIT,
    "at_depot": _IN_TRANSIT,
    "transit": _IN_TRANSIT,
    # Said of an order that waits for its collection as well as of one whose customer wants it later.
    "scheduled": NOTHING,
    "out_for_delivery": Meaning(ShipmentStatus.OUT_FOR_DELIVERY),
    "delivery_failed": Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.ATTEMPT_FAILED),
    "on_hold": _ON_HOLD,
    "delivery_complete": Meaning(ShipmentStatus.DELIVERED),
    "return_to_origin": _GOING_BACK,
    "out_for_return": _GOING_BACK,
    "returned_to_origin": Meaning(ShipmentStatus.RETURNED),
    CANCELLED: Meaning(ShipmentStatus.CANCELLED),
    **_OF_THE_WAREHOUSE,
}
"""Every state, in the order of an order's life: one that moves on while the list is read is met further down."""


def meaning(state: str) -> Meaning:
    """What a state means; nothing, where nobody knows it."""
    return MEANINGS.get(state, NOTHING)
