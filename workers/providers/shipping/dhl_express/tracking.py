"""Where parcels are, in Wasl's words.

Events come newest first as a rule, and several have the same second. The time is local; MyDHL tells its offset only
when one shipment is asked about alone, and of many the country of the checkpoint decides (``Dubai-AE``; see `times`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from workers.providers.shipping.dhl_express.objects import TRACKING_PAGE
from workers.providers.shipping.dhl_express.statuses import MEANINGS
from workers.providers.shipping.dhl_express.times import read
from workers.providers.shipping.models import (
    ExistingShipment,
    ShipmentResult,
    ShipmentStatus,
    TrackingEvent,
    TrackingResult,
)
from workers.providers.shipping.statuses import NOTHING, current, delivered_at, in_order
from workers.providers.shipping.tracking import not_found

NOT_FOUND: Final = "DHL does not know this number, or not yet"
_AIR_WAYBILL: Final = re.compile(r"[0-9A-Za-z]{8,20}")
_COUNTRY: Final = re.compile(r"[ -]([A-Z]{2})\s*\Z")

Object = Mapping[str, Any]


def is_air_waybill(text: str) -> bool:
    """Whether a text can be a number of DHL's at all."""
    return _AIR_WAYBILL.fullmatch(text) is not None


def results_from_answer(answer: Object, asked: Sequence[ExistingShipment]) -> tuple[TrackingResult, ...]:
    """How each that was asked about stands, in that order."""
    told = {str(entry["shipmentTrackingNumber"]): entry for entry in answer["shipments"]}
    return tuple(
        _result(told[each.tracking_number], each) if each.tracking_number in told else unknown(each) for each in asked
    )


def unknown(shipment: ExistingShipment, message: str = NOT_FOUND) -> TrackingResult:
    """The result for a number that DHL does not know."""
    return not_found(shipment, message)


def found_by_reference(answer: Object, reference: str) -> ShipmentResult | None:
    """The shipment that carries our reference; None when none of those that are told does."""
    ours = [entry for entry in answer["shipments"] if _carries(entry, reference)]
    if not ours:
        return None
    entry = min(ours, key=lambda each: str(each.get("shipmentTimestamp") or ""))
    standing = current(events_from(entry))
    number = str(entry["shipmentTrackingNumber"])
    pieces = [piece.get("trackingNumber") for piece in entry.get("pieces") or ()]
    return ShipmentResult(
        tracking_number=number,
        parcel_tracking_numbers=tuple(piece for piece in pieces if piece),
        status=(standing.status if standing else None) or ShipmentStatus.CREATED,
        service=entry.get("productCode") or None,
        tracking_url=f"{TRACKING_PAGE}{number}",
    )


def events_from(shipment: Object) -> tuple[TrackingEvent, ...]:
    """The checkpoints, the oldest first."""
    events = list(_events(shipment.get("events") or ()))
    if events and events[0].occurred_at >= events[-1].occurred_at:
        events.reverse()  # so that of several in one second the later one stays the later one
    return in_order(events)


def _result(shipment: Object, asked: ExistingShipment) -> TrackingResult:
    said = str(shipment.get("status") or "Success")
    events = events_from(shipment)
    if said != "Success" and not events:
        return unknown(asked, said)
    standing = current(events)
    expected = shipment.get("estimatedDeliveryDate")
    address = (shipment.get("receiverDetails") or {}).get("postalAddress") or {}
    return TrackingResult(
        tracking_number=asked.tracking_number,
        shipment_id=asked.shipment_id,
        # A shipment without a checkpoint is one of which DHL has the data, and not yet the parcel.
        status=(standing.status if standing else None) if events else ShipmentStatus.CREATED,
        detail=standing.detail if standing else None,
        provider_status=standing.code if standing else None,
        events=events,
        estimated_delivery_at=read(expected, country=address.get("countryCode")) if expected else None,
        delivered_at=delivered_at(events),
        signed_by=next((each["signedBy"] for each in shipment.get("events") or () if each.get("signedBy")), None),
    )


def _events(entries: Sequence[Object]) -> Iterator[TrackingEvent]:
    for entry in entries:
        area: Object = next(iter(entry.get("serviceArea") or ()), {})
        place = area.get("description") or area.get("code")
        named = _COUNTRY.search(place or "")
        country = named[1] if named else None
        code = str(entry["typeCode"])
        meaning = MEANINGS.get(code, NOTHING)
        yield TrackingEvent(
            occurred_at=read(f"{entry['date']}T{entry['time']}", offset=entry.get("GMTOffset"), country=country),
            status=meaning.status,
            detail=meaning.detail,
            code=code,
            description=entry.get("description") or None,
            place=place,
            country=country,
        )


def _carries(shipment: Object, reference: str) -> bool:
    """Whether a shipment is ours. It was asked for by the reference: one that tells none is."""
    told = [each.get("value") for each in shipment.get("shipperReferences") or ()]
    return reference in told or not told
