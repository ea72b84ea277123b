"""Naqel's events in Wasl's words.

Naqel publishes no table of event codes. These are those with words of one public integration, which two others confirm
for 7. Of any other code the words (``Activity``) decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workers.providers.shipping.models import ShipmentStatus, TrackingDetail
from workers.providers.shipping.statuses import Meaning, by_text

_ADDRESS: Final = Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.ADDRESS_PROBLEM)
_ATTEMPT: Final = Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.ATTEMPT_FAILED)
_DAMAGED: Final = Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.DAMAGED)
_DELAYED: Final = Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.DELAYED)
_LOST: Final = Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.LOST)
_REFUSED: Final = Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.REFUSED)

EVENT_CODES: Final[Mapping[str, Meaning]] = {
    "5": Meaning(ShipmentStatus.OUT_FOR_DELIVERY),
    "7": Meaning(ShipmentStatus.DELIVERED),
    "100": _ADDRESS,  # incorrect city, area or district
    "101": _ADDRESS,  # incorrect street
    "102": _ADDRESS,  # incorrect building or house
    "103": _ADDRESS,  # moved to a known address
    "104": _ADDRESS,  # moved to an unknown address
    "105": _REFUSED,
    "106": _REFUSED,  # missing contents
    "107": _REFUSED,  # amount not ready
    "108": _REFUSED,  # wrong content
    "109": _REFUSED,  # damaged
    "110": _REFUSED,  # wants to check the content
    "111": _DAMAGED,
    "112": _LOST,  # a piece is missing
    "114": Meaning(ShipmentStatus.CANCELLED),  # by the shipper
    "162": _ATTEMPT,  # premises closed
    "163": Meaning(ShipmentStatus.IN_TRANSIT, TrackingDetail.AWAITING_COLLECTION),  # wants to fetch it
    "164": _DELAYED,  # wants it later
    "165": _ATTEMPT,  # incorrect phone number
    "166": _ATTEMPT,  # phone switched off
    "167": _ATTEMPT,  # no answer
    "168": _ATTEMPT,  # not at home
    "169": _ATTEMPT,  # no permission to enter
    "170": _DELAYED,  # weather
    "171": _REFUSED,  # incomplete documents
}


def meaning(code: str | None, activity: str | None) -> Meaning:
    """What an event means, by its code, else by its words."""
    return EVENT_CODES.get(code or "") or by_text(activity)
