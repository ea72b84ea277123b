"""From a carrier's events to where a shipment stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from workers.providers.shipping.models import ShipmentStatus, TrackingDetail, TrackingEvent


class Meaning(NamedTuple):
    """What a carrier's code or text means. :param status: None: nothing for the shipment's status."""

    status: ShipmentStatus | None
    detail: TrackingDetail | None = None


NOTHING: Final = Meaning(None)
_FINAL: Final = frozenset({ShipmentStatus.DELIVERED, ShipmentStatus.RETURNED, ShipmentStatus.CANCELLED})

_EXCEPTION: Final = ShipmentStatus.EXCEPTION
_RECIPIENT: Final = r"(the )?(consignee|customer|recipient|receiver|addressee)"
_SENDER: Final = r"(the )?(shipper|sender|origin|client|merchant|seller)"
_PICKUP: Final = r"(pick-?\s?up|collection)"
_HAS_BEEN: Final = r"((is|was|has been) )?"
_BY_TEXT: Final[Sequence[tuple[Meaning, tuple[str, ...]]]] = (
    (NOTHING, (r"not yet (been )?(delivered|collected|picked|received)", r"partial(ly)? deliver")),
    (
        Meaning(ShipmentStatus.RETURNED),
        (
            r"returned to (the )?(shipper|sender|origin|client)",
            r"returned by (the )?courier",
            r"\brto (delivered|complete)",
            r"return (completed|delivered)",
            rf"delivered (back )?to {_SENDER}\b",
        ),
    ),
    (Meaning(_EXCEPTION, TrackingDetail.RETURN_IN_PROGRESS), (r"\breturn", r"\brto\b")),
    (
        NOTHING,
        (
            rf"cancell?ation {_HAS_BEEN}(request|reject|refus|declin|fail)",
            r"request(ed)? (a |the |for )?cancel",
            r"(un-?|not )cancel",
        ),
    ),
    (Meaning(_EXCEPTION, TrackingDetail.PICKUP_FAILED), (rf"{_PICKUP} {_HAS_BEEN}cancel",)),
    (Meaning(_EXCEPTION, TrackingDetail.REFUSED), (rf"delivery {_HAS_BEEN}cancel",)),
    (Meaning(ShipmentStatus.CANCELLED), (r"cancel",)),
    (Meaning(_EXCEPTION, TrackingDetail.REFUSED), (r"refus", r"reject")),
    (
        Meaning(_EXCEPTION, TrackingDetail.LOST),
        (r"\blost\b", r"missing(?! (label|info|data|doc|address|number|phone))"),
    ),
    (Meaning(_EXCEPTION, TrackingDetail.DAMAGED), (r"damage",)),
    (
        Meaning(_EXCEPTION, TrackingDetail.ADDRESS_PROBLEM),
        (
            r"(incorrect|wrong|incomplete|bad|insufficient) address",
            r"address (is )?(incorrect|wrong|incomplete|query|issue)",
        ),
    ),
    (
        Meaning(_EXCEPTION, TrackingDetail.PICKUP_FAILED),
        (
            r"pick-?\s?up (failed|attempt)",
            r"(failed|unable) to (collect|pick)",
            r"collection failed",
            r"not picked",
        ),
    ),
    (
        Meaning(ShipmentStatus.OUT_FOR_DELIVERY),
        (r"^(?!.*(fail|success)).*(attempting (to )?deliver|for delivery attempt)",),
    ),
    (
        Meaning(_EXCEPTION, TrackingDetail.ATTEMPT_FAILED),
        (
            r"not delivered|undeliver|unable to (be )?deliver|(can ?not|can't|could ?n[o']t|could not) (be )?deliver",
            r"un-?successful|attempt|failed",
            r"no (answer|response)|not (available|home)",
        ),
    ),
    (
        Meaning(ShipmentStatus.IN_TRANSIT),
        (
            r"(no longer|released from|removed from|taken off) (on )?(customs )?hold",
            rf"hold {_HAS_BEEN}(released|removed|lifted)",
        ),
    ),
    (
        Meaning(_EXCEPTION, TrackingDetail.CUSTOMS_HOLD),
        (
            r"customs? (hold|held|inspection|query)",
            r"held (by|at|in) customs",
            r"awaiting clearance|clearance delay",
        ),
    ),
    (Meaning(_EXCEPTION, TrackingDetail.ON_HOLD), (r"on hold", r"\bheld\b")),
    (Meaning(_EXCEPTION, TrackingDetail.DELAYED), (r"delay|resched|postpone", r"future delivery")),
    (Meaning(ShipmentStatus.OUT_FOR_DELIVERY), (r"out for delivery", r"with (the )?(delivery )?(courier|agent)")),
    (
        Meaning(ShipmentStatus.IN_TRANSIT, TrackingDetail.AWAITING_COLLECTION),
        (
            rf"ready for {_PICKUP} (at|by {_RECIPIENT}|from(?! {_SENDER}))\b",
            rf"to be (collected|picked ?-?up) by {_RECIPIENT}",
            r"awaiting (customer )?collection",
            r"(available|arrived) (for collection|at locker)",
        ),
    ),
    (NOTHING, (r"\b(to|will|would|shall|should|can|may) be delivered",)),
    (
        Meaning(ShipmentStatus.IN_TRANSIT),
        (r"delivered to (the |an? )?(\w+ ){0,2}(hub|sort\w*|depot|linehaul|partner|airline|airport|customs)\b",),
    ),
    (
        Meaning(ShipmentStatus.DELIVERED),
        (
            r"delivered|delivery complete",
            r"proof of delivery|\bpod\b",
            rf"(collected|picked ?-?up|received|signed|accepted) (for |from .{{1,40}} )?by {_RECIPIENT}",
            rf"handed (over )?to {_RECIPIENT}",
        ),
    ),
    (
        Meaning(ShipmentStatus.CREATED),
        (
            r"out for (pick-?\s?up|collection)",
            rf"{_PICKUP} (is )?(scheduled|assigned|requested|booked)",
            rf"ready for {_PICKUP} by",
            r"(shipment|order|label|record|awb|waybill) ((was|is|has been|information) )?"
            r"(created|received(?! (at|in|by|from)\b)|booked|placed|generated|confirmed)",
            r"booked|data received|manifest",
        ),
    ),
    (NOTHING, (rf"(payment|cash|cod|amount|money) {_HAS_BEEN}collected",)),
    (
        Meaning(ShipmentStatus.PICKED_UP),
        (
            r"picked? ?-?up|collected",
            rf"received (from|at) {_SENDER}",
            r"received by (the )?(courier|driver|carrier)",
            rf"{_PICKUP} (completed|done)",
        ),
    ),
    (
        Meaning(ShipmentStatus.IN_TRANSIT),
        (
            r"transit|arriv|depart|transfer|forward|linehaul",
            r"in-?\s?scan|received (at|in)\b|sort|process|clear",
            r"\bhub\b|facility|depot|station|\bbag|\bload|\bshipped\b",
        ),
    ),
)


def by_text(*texts: str | None) -> Meaning:
    """What a carrier's words mean, for carriers whose codes mean nothing or are not published.

    The order matters: what went wrong is looked for before what it sounds like ("not delivered", "out for delivery").
    """
    words = " ".join(text for text in texts if text).casefold()
    for pattern, meaning in _PATTERNS:
        if pattern.search(words):
            return meaning
    return NOTHING


_PATTERNS: Final = tuple((re.compile("|".join(patterns)), meaning) for meaning, patterns in _BY_TEXT)


def in_order(events: Iterable[TrackingEvent]) -> tuple[TrackingEvent, ...]:
    """The events, the oldest first; the carrier's order decides between those of one moment."""
    return tuple(sorted(events, key=lambda event: event.occurred_at))


def current(events: Sequence[TrackingEvent]) -> TrackingEvent | None:
    """The event that says where the shipment stands now: the newest that has a status. What is final stays so, except
    that a parcel that was called delivered may still come back.

    :param events: the oldest first.
    """
    standing: TrackingEvent | None = None
    for event in events:
        if event.status is not None and (standing is None or _may_follow(standing.status, event.status)):
            standing = event
    return standing


def delivered_at(events: Sequence[TrackingEvent]) -> datetime | None:
    """When it was delivered, by the event that says so; None while it is not, or when it has come back since."""
    standing = current(events)
    return standing.occurred_at if standing is not None and standing.status is ShipmentStatus.DELIVERED else None


def _may_follow(before: ShipmentStatus | None, after: ShipmentStatus) -> bool:
    if before not in _FINAL:
        return True
    return before is ShipmentStatus.DELIVERED and after is ShipmentStatus.RETURNED
