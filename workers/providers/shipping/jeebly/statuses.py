"""Jeebly's words for where a shipment stands.

There are no codes and no published list; these words are those that public clients know. Small and capital letters,
hyphens and low lines come in every mixture ("Pickup Scheduled", ``pickup_scheduled``, "On – Hold").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from workers.providers.shipping.models import ShipmentStatus, TrackingDetail
from workers.providers.shipping.statuses import NOTHING, Meaning, by_text

_EXCEPTION: Final = ShipmentStatus.EXCEPTION
KNOWN: Final[Mapping[str, Meaning]] = {
    "pickup scheduled": Meaning(ShipmentStatus.CREATED),
    "pickup completed": Meaning(ShipmentStatus.PICKED_UP),
    "not picked up": Meaning(_EXCEPTION, TrackingDetail.PICKUP_FAILED),
    "inscan at hub": Meaning(ShipmentStatus.IN_TRANSIT),
    "reached at hub": Meaning(ShipmentStatus.IN_TRANSIT),
    "out for delivery": Meaning(ShipmentStatus.OUT_FOR_DELIVERY),
    "delivered": Meaning(ShipmentStatus.DELIVERED),
    "undelivered": Meaning(_EXCEPTION, TrackingDetail.ATTEMPT_FAILED),
    "on hold": Meaning(_EXCEPTION, TrackingDetail.ON_HOLD),
    "rescheduled": Meaning(_EXCEPTION, TrackingDetail.DELAYED),
    "rto": Meaning(_EXCEPTION, TrackingDetail.RETURN_IN_PROGRESS),
    "rto delivered": Meaning(ShipmentStatus.RETURNED),
    "cancelled": Meaning(ShipmentStatus.CANCELLED),
    "order updated": NOTHING,
}


def meaning(status: str | None, description: str | None = None) -> Meaning:
    """What a status means; of one that is not known, what it and its description sound like."""
    plain = " ".join(re.sub(r"[-_\u2010-\u2015]", " ", status or "").casefold().split())
    return KNOWN[plain] if plain in KNOWN else by_text(plain, description)
