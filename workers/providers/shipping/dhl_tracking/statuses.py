"""What the status codes of DHL's unified tracking mean.

There are five words for all of DHL's divisions. What lies behind "transit" and "failure" (out for delivery, nobody at
home, customs) is only in the texts, which `statuses.by_text` reads; a text never overrules a code that is more than
"unknown". The numbers stand for the words in DHL's table of events.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workers.providers.shipping.models import ShipmentStatus
from workers.providers.shipping.statuses import NOTHING, Meaning, by_text

CODES: Final[Mapping[str, Meaning]] = {
    "pre-transit": Meaning(ShipmentStatus.CREATED),
    "transit": Meaning(ShipmentStatus.IN_TRANSIT),
    "delivered": Meaning(ShipmentStatus.DELIVERED),
    "failure": Meaning(ShipmentStatus.EXCEPTION),
    "unknown": NOTHING,
}
NUMBERS: Final[Mapping[str, str]] = {"101": "delivered", "102": "transit", "103": "failure", "104": "pre-transit"}

_FINER: Final[Mapping[ShipmentStatus | None, frozenset[ShipmentStatus]]] = {
    ShipmentStatus.IN_TRANSIT: frozenset(
        {ShipmentStatus.PICKED_UP, ShipmentStatus.IN_TRANSIT, ShipmentStatus.OUT_FOR_DELIVERY}
    ),
    ShipmentStatus.EXCEPTION: frozenset({ShipmentStatus.EXCEPTION, ShipmentStatus.RETURNED}),
    ShipmentStatus.DELIVERED: frozenset({ShipmentStatus.RETURNED}),
    None: frozenset(ShipmentStatus),
}
"""What a text may make of a code's status."""


def meaning_of(code: str | None, *texts: str | None) -> Meaning:
    """What a code with its texts means; without a code that is known, what the texts do."""
    word = (code or "").strip().lower()
    coarse = CODES.get(NUMBERS.get(word, word), NOTHING)
    finer = by_text(*texts)
    return finer if finer.status is not None and finer.status in _FINER.get(coarse.status, ()) else coarse
