"""J&T's scans in Wasl's words.

The platform documents numbers 1 to 15 with names, its sample shows other names and no numbers, and clients elsewhere
see a third set of numbers. A name decides where there is one; a number only where the sets do not contradict each
other, which they do on 10 (signed for in Egypt's table, picked up in clients of Saudi Arabia).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workers.providers.shipping.models import ShipmentStatus, TrackingDetail
from workers.providers.shipping.statuses import NOTHING, Meaning, by_text

_PICKED_UP: Final = Meaning(ShipmentStatus.PICKED_UP)
_IN_TRANSIT: Final = Meaning(ShipmentStatus.IN_TRANSIT)
_OUT: Final = Meaning(ShipmentStatus.OUT_FOR_DELIVERY)
_DELIVERED: Final = Meaning(ShipmentStatus.DELIVERED)
_PROBLEM: Final = Meaning(ShipmentStatus.EXCEPTION)
_KEPT: Final = Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.ON_HOLD)
_RETURNING: Final = Meaning(ShipmentStatus.EXCEPTION, TrackingDetail.RETURN_IN_PROGRESS)
_RETURNED: Final = Meaning(ShipmentStatus.RETURNED)

NAMES: Final[Mapping[str, Meaning]] = {
    # The documented names of 1 to 15, in that order.
    "express mail collection": _PICKED_UP,
    "warehouse scanning (disabled)": _IN_TRANSIT,
    "mail scanning": _IN_TRANSIT,
    "to scanning": _IN_TRANSIT,
    "scanning out of warehouse": _IN_TRANSIT,
    "inbound scanning": _IN_TRANSIT,
    "proxy revenue scan": NOTHING,
    "express take out scanning": NOTHING,
    "outbound scanning": _IN_TRANSIT,
    "signing for express mail": _DELIVERED,
    "scanning for problems": _PROBLEM,
    "warehousing of stored parts": _KEPT,
    "return signature": _RETURNED,
    "return scan": _RETURNING,
    "forward scan": _IN_TRANSIT,
    # Those of the sample.
    "pickup scan": _PICKED_UP,
    "sending scan": _IN_TRANSIT,
    "station arrival": _IN_TRANSIT,
    "delivery scan": _OUT,
    "signing scan": _DELIVERED,
}
DOCUMENTED: Final[Mapping[str, Meaning]] = {
    **{str(number): meaning for number, meaning in enumerate(list(NAMES.values())[:15], start=1)},
    "10": NOTHING,
}
REPORTED: Final[Mapping[str, Meaning]] = {
    "20": _IN_TRANSIT,
    "30": _IN_TRANSIT,
    "50": _IN_TRANSIT,
    "92": _IN_TRANSIT,
    "94": _OUT,
    "100": _DELIVERED,
    "172": _RETURNING,
    "173": _RETURNED,
    "200": _PICKED_UP,
}
_NUMBERS: Final = {**REPORTED, **DOCUMENTED}
ORDERS: Final[Mapping[str, ShipmentStatus]] = {
    "100": ShipmentStatus.CREATED,
    "101": ShipmentStatus.CREATED,
    "102": ShipmentStatus.CREATED,
    "103": ShipmentStatus.PICKED_UP,
    "104": ShipmentStatus.CANCELLED,
}
"""How an order stands, as ``order/getOrders`` says it."""


def meaning(code: str | None, name: str | None) -> Meaning:
    """What a scan means, by its name, its number, or what its name sounds like."""
    plain = (name or "").strip().casefold()
    if plain in NAMES:
        return NAMES[plain]
    told = _NUMBERS.get(code or "", NOTHING)
    return by_text(plain) if told is NOTHING else told
