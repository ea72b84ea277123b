"""EMX's words in Wasl's.

There is no table of codes for tracking. These are the statuses that https://developers.emiratespost.ae/customerendpoint.html
has for pushes; tracking is taken to use them too, and any other words are understood as words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workers.providers.shipping.models import ShipmentStatus, TrackingDetail
from workers.providers.shipping.statuses import Meaning, by_text

STATUSES: Final[Mapping[str, Meaning]] = {
    "shipment created": Meaning(ShipmentStatus.CREATED),
    "shipment picked up by courier": Meaning(ShipmentStatus.PICKED_UP),
    "out for delivery": Meaning(ShipmentStatus.OUT_FOR_DELIVERY),
    "shipment delivered": Meaning(ShipmentStatus.DELIVERED),
    "undelivered": Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.ATTEMPT_FAILED),
    "shipment on hold": Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.ON_HOLD),
    "shipment returned to sender": Meaning(ShipmentStatus.RETURNED),
    "shipment cancelled": Meaning(ShipmentStatus.CANCELLED),
}


def meaning(status: str | None, description: str | None) -> Meaning:
    """What an event means, by its status, else by its description."""
    for text in (status, description):
        if text and text.casefold() in STATUSES:
            return STATUSES[text.casefold()]
    return by_text(description, status)
