"""What Aramex's tracking codes mean.

Aramex publishes no list. These are the codes of the map that DigitalCloud/aramex ships (resources/lang/en), which
agree with every answer recorded from live accounts that could be found (SH001, SH003, SH005, SH008, SH014, SH022,
SH033, SH047, SH069, SH160, SH239, SH294 and SH498, of 2015 to 2026); SH239 and SH704 come from integrations alone.
Other public tables contradict them and each other. A code that is not known is read by its words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from workers.providers.shipping.models import ShipmentStatus, TrackingDetail
from workers.providers.shipping.statuses import NOTHING, Meaning, by_text

_MOVING: Final = Meaning(ShipmentStatus.IN_TRANSIT)
_WAITING: Final = Meaning(ShipmentStatus.IN_TRANSIT, TrackingDetail.AWAITING_COLLECTION)
_EXCEPTION: Final = ShipmentStatus.EXCEPTION
_GROUPS: Final[tuple[tuple[Meaning, str], ...]] = (
    (Meaning(ShipmentStatus.CREATED), "SH014 SH203 SH278 SH308"),
    (Meaning(ShipmentStatus.PICKED_UP), "SH012 SH047 SH314 SH406 SH434"),
    (
        _MOVING,
        "SH001 SH022 SH041 SH070 SH073 SH077 SH110 SH160 SH222 SH252 SH259 SH260 SH272 SH273 SH464 SH466 SH469 SH475 "
        "SH493 SH494 SH495 SH513",
    ),
    (_WAITING, "SH164 SH484 SH491 SH499 SH529 SH530 SH532 SH533 SH537 SH560"),
    (Meaning(ShipmentStatus.OUT_FOR_DELIVERY), "SH003"),
    (Meaning(ShipmentStatus.OUT_FOR_DELIVERY, TrackingDetail.PARTIAL), "SH004"),
    (Meaning(ShipmentStatus.DELIVERED), "SH005 SH006 SH234 SH496 SH534"),
    (Meaning(_EXCEPTION, TrackingDetail.PARTIAL), "SH154"),
    (Meaning(_EXCEPTION, TrackingDetail.ATTEMPT_FAILED), "SH033 SH157 SH294 SH410 SH492 SH515 SH531"),
    (Meaning(_EXCEPTION, TrackingDetail.ADDRESS_PROBLEM), "SH375"),
    (
        Meaning(_EXCEPTION, TrackingDetail.CUSTOMS_HOLD),
        "SH035 SH043 SH156 SH158 SH163 SH280 SH462 SH467 SH468 SH470 SH471 SH472 SH473",
    ),
    (Meaning(_EXCEPTION, TrackingDetail.DELAYED), "SH044 SH074 SH076 SH162 SH376"),
    (Meaning(_EXCEPTION, TrackingDetail.ON_HOLD), "SH008 SH275 SH381 SH480"),
    (Meaning(_EXCEPTION, TrackingDetail.PICKUP_FAILED), "SH299 SH312"),
    (Meaning(_EXCEPTION, TrackingDetail.RETURN_IN_PROGRESS), "SH474 SH498"),
    (Meaning(ShipmentStatus.RETURNED), "SH069 SH407 SH559 SH704"),
    (
        # Messages, papers, payments and a driver called off: none of them moves the parcel.
        NOTHING,
        "SH007 SH034 SH071 SH228 SH230 SH236 SH237 SH239 SH247 SH249 SH250 SH251 SH257 SH261 SH270 SH271 SH279 SH281 "
        "SH295 SH296 SH313 SH369 SH382 SH383 SH408 SH479 SH504 SH505 SH516 SH521 SH538 SH539 SH556",
    ),
)
CODES: Final[Mapping[str, Meaning]] = {code: meaning for meaning, codes in _GROUPS for code in codes.split()}

# What Aramex says that the words common to carriers would be mistaken for.
_PHRASES: Final[tuple[tuple[re.Pattern[str], Meaning], ...]] = tuple(
    (re.compile(pattern), meaning)
    for pattern, meaning in (
        (r"documents? (delivered|returned|out for)|charges paid|to be delivered|will be delivered", NOTHING),
        (r"(collected|picked up) by (the )?consignee", Meaning(ShipmentStatus.DELIVERED)),
        (r"to be returned|pending return", Meaning(_EXCEPTION, TrackingDetail.RETURN_IN_PROGRESS)),
        (r"received at (the )?(destination|operations)", _MOVING),
        (r"pick-?up cancel", NOTHING),
    )
)
# Codes of which the words say more than the code does.
_VAGUE: Final = frozenset({TrackingDetail.ATTEMPT_FAILED, TrackingDetail.ON_HOLD})


def meaning(code: str | None, description: str | None) -> Meaning:
    """What an update means: by its code, by its words where the code is not known.

    :param description: Aramex's own words; under the code of an attempt or a hold they tell why.
    """
    known = CODES.get((code or "").strip().upper())
    if known is None:
        return _by_words(description)
    if known.detail in _VAGUE:
        said = _by_words(description)
        return Meaning(known.status, said.detail) if said.status is _EXCEPTION and said.detail else known
    return known


def _by_words(description: str | None) -> Meaning:
    words = (description or "").casefold()
    for pattern, said in _PHRASES:
        if pattern.search(words):
            return said
    return by_text(description)
