"""SMSA's scan codes in Wasl's words.

The documentation shows these seven (``GET /api/track/statuslookup`` has them all, for who has a key). Every scan comes
with its words, so for any other code the words decide, and only where they say nothing what public clients take it for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workers.providers.shipping.models import ShipmentStatus, TrackingDetail
from workers.providers.shipping.statuses import NOTHING, Meaning, by_text

DOCUMENTED: Final[Mapping[str, Meaning]] = {
    "AF": Meaning(ShipmentStatus.IN_TRANSIT),
    "CC": Meaning(ShipmentStatus.IN_TRANSIT, TrackingDetail.AWAITING_COLLECTION),
    "CR": Meaning(ShipmentStatus.IN_TRANSIT),
    "DE": Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.ATTEMPT_FAILED),
    "DL": Meaning(ShipmentStatus.DELIVERED),
    "HOP": Meaning(ShipmentStatus.IN_TRANSIT),
    "OD": Meaning(ShipmentStatus.OUT_FOR_DELIVERY),
}
REPORTED: Final[Mapping[str, Meaning]] = {
    "BK": Meaning(ShipmentStatus.CREATED),
    "CAN": Meaning(ShipmentStatus.CANCELLED),
    "CH": Meaning(ShipmentStatus.IN_TRANSIT),
    "DMG": Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.DAMAGED),
    "HOR": Meaning(ShipmentStatus.IN_TRANSIT),
    "HOT": Meaning(ShipmentStatus.IN_TRANSIT),
    "MISS": Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.LOST),
    "NEW": Meaning(ShipmentStatus.CREATED),
    "PKD": Meaning(ShipmentStatus.PICKED_UP),
    "PU": Meaning(ShipmentStatus.PICKED_UP),
    # Whether it is back or only on its way back is told nowhere: the careful reading.
    "RTN": Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.RETURN_IN_PROGRESS),
    "RTO": Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.RETURN_IN_PROGRESS),
}


def meaning(code: str, words: str | None) -> Meaning:
    """What a scan means."""
    if code in DOCUMENTED:
        return DOCUMENTED[code]
    told = by_text(words)
    return REPORTED.get(code, NOTHING) if told is NOTHING else told
