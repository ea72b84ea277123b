"""Shipments as DHL's unified tracking shows them, in Wasl's words. Pure functions over decoded JSON.

Times are in UTC or have an offset as a rule; one without is local to the place it was written at. A shipment's
``status`` is its newest event, which the list need not repeat; a webhook has no list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from workers.providers.shipping.dhl_express.times import read
from workers.providers.shipping.dhl_tracking.statuses import meaning_of
from workers.providers.shipping.models import ShipmentStatus, TrackingEvent, TrackingResult
from workers.providers.shipping.statuses import current, delivered_at, in_order

Object = Mapping[str, Any]


def chosen(answer: Object, tracking_number: str) -> Object | None:
    """The shipment that was asked about: the one of that number, or the only one (a parcel's number is answered with
    its shipment)."""
    shipments: list[Object] = answer["shipments"]
    same = [each for each in shipments if str(each["id"]) == tracking_number]
    if same:
        return same[0]
    return shipments[0] if len(shipments) == 1 else None


def result_from_shipment(
    shipment: Object, tracking_number: str | None = None, shipment_id: UUID | None = None
) -> TrackingResult:
    """How a shipment stands.

    :param tracking_number: that was asked about; the shipment's own where nobody asked.
    """
    events = in_order(_events(shipment))
    if not events:
        raise ValueError("neither a status nor events")
    standing = current(events)
    proof = (shipment.get("details") or {}).get("proofOfDelivery") or {}
    is_delivered = standing is not None and standing.status is ShipmentStatus.DELIVERED
    return TrackingResult(
        tracking_number=tracking_number or str(shipment["id"]),
        shipment_id=shipment_id,
        status=standing.status if standing else None,
        detail=standing.detail if standing else None,
        provider_status=events[-1].code,
        events=events,
        estimated_delivery_at=_moment(shipment.get("estimatedTimeOfDelivery"), shipment.get("destination")),
        delivered_at=delivered_at(events),
        signed_by=_name(proof.get("signed")) if is_delivered else None,
    )


def _events(shipment: Object) -> Iterator[TrackingEvent]:
    entries = list(shipment.get("events") or ())
    newest = shipment.get("status")
    if isinstance(newest, Mapping) and _mark(newest) not in {_mark(each) for each in entries}:
        entries.insert(0, newest)
    # The newest comes first: turned round, of several in one moment the later one stays the later one.
    for entry in reversed(entries):
        address = _address(entry.get("location"))
        code = entry.get("statusCode") or entry.get("simplifiedStatus")
        status, text = entry.get("status"), entry.get("description")
        meaning = meaning_of(code, status, text, entry.get("remark"))
        moment = _moment(entry["timestamp"], entry.get("location"))
        if moment is None:
            raise ValueError("an event without a time")
        yield TrackingEvent(
            occurred_at=moment,
            status=meaning.status,
            detail=meaning.detail,
            code=str(code) if code else None,
            description=text or status or None,
            place=address.get("addressLocality") or None,
            country=address.get("countryCode") or None,
        )


def _mark(entry: Object) -> tuple[str, str]:
    """What tells events apart: their time to the second, and what they say."""
    return str(entry.get("timestamp"))[:19], str(entry.get("statusCode") or entry.get("status"))


def _moment(text: Any, place: Any) -> datetime | None:
    if not isinstance(text, str) or not text:
        return None
    return read(text, country=_address(place).get("countryCode"))


def _address(place: Any) -> Object:
    address = place.get("address") if isinstance(place, Mapping) else None
    return address if isinstance(address, Mapping) else {}


def _name(person: Any) -> str | None:
    if not isinstance(person, Mapping):
        return None
    whole = " ".join(str(person[part]) for part in ("givenName", "familyName") if person.get(part))
    return whole or person.get("name") or None
