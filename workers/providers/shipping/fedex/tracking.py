"""From FedEx's track results to how a shipment stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from workers.providers.shipping import statuses
from workers.providers.shipping.fedex.parties import zone_of
from workers.providers.shipping.fedex.statuses import STATUSES, meaning_of
from workers.providers.shipping.models import ShipmentStatus, TrackingDetail, TrackingEvent, TrackingResult
from workers.providers.shipping.statuses import NOTHING, Meaning
from workers.providers.shipping.times import in_utc

Object = Mapping[str, Any]

NOT_FOUND: Final = "TRACKING.TRACKINGNUMBER.NOTFOUND"
# How FedEx says that a number is not one that it knows.
_UNKNOWN: Final = frozenset({NOT_FOUND, "TRACKING.TRACKINGNUMBER.INVALID", "TRACKING.DATA.NOTFOUND"})


def results_by_number(body: Object) -> dict[str, TrackingResult]:
    """The results of an answer, by the number that was asked for."""
    found: dict[str, TrackingResult] = {}
    for complete in body["output"]["completeTrackResults"]:
        if result := newest(complete):
            found[str(complete["trackingNumber"])] = result
    return found


def newest(complete: Object) -> TrackingResult | None:
    """The result of one number. FedEx uses numbers again after a time, and then tells of each parcel that had it."""
    number = str(complete["trackingNumber"])
    results = [track_result(each, number) for each in complete["trackResults"]]
    return max(results, key=_last_time, default=None)


def track_result(result: Object, number: str) -> TrackingResult:
    """How one parcel stands, with the error that FedEx has for it alone, if any."""
    if error := result.get("error") or {}:
        code = error.get("code")
        return TrackingResult(
            tracking_number=number,
            found=code not in _UNKNOWN,
            provider_status=code,
            message=error.get("message") or code,
        )
    newest_first = result.get("scanEvents") or ()
    events = statuses.in_order(_event(each) for each in reversed(newest_first))
    latest = result.get("latestStatusDetail") or {}
    standing = statuses.current(events)
    now = Meaning(standing.status, standing.detail) if standing else _latest(latest)
    now = _of_all_parcels(now, result)
    delivered = now.status is ShipmentStatus.DELIVERED
    delivery = result.get("deliveryDetails") or {}
    return TrackingResult(
        tracking_number=number,
        status=now.status,
        detail=now.detail,
        provider_status=latest.get("code") or latest.get("derivedCode"),
        events=events,
        estimated_delivery_at=None if delivered else _dated(result, "ESTIMATED_DELIVERY"),
        delivered_at=(statuses.delivered_at(events) or _dated(result, "ACTUAL_DELIVERY")) if delivered else None,
        signed_by=(delivery.get("signedByName") or delivery.get("receivedByName")) if delivered else None,
        message=latest.get("statusByLocale") or latest.get("description"),
    )


def time_of(text: str, country: str | None = None) -> datetime:
    """A time of FedEx's, in UTC. Some come without an offset: they are local to the country where it is known."""
    return in_utc(datetime.fromisoformat(text), zone_of(country) or UTC)


def _event(scan: Object) -> TrackingEvent:
    place = scan.get("scanLocation") or {}
    country = place.get("countryCode") or None
    said, why = scan.get("eventDescription") or scan.get("derivedStatus"), scan.get("exceptionDescription")
    meaning = meaning_of(scan.get("eventType"), scan.get("derivedStatusCode"), said or "", why)
    return TrackingEvent(
        occurred_at=time_of(scan["date"], country),
        status=meaning.status,
        detail=meaning.detail,
        code=scan.get("eventType") or scan.get("derivedStatusCode"),
        description=": ".join(dict.fromkeys(text for text in (said, why) if text)) or None,
        place=place.get("city") or None,
        country=country,
    )


def _latest(latest: Object) -> Meaning:
    for name in ("code", "derivedCode"):
        if meaning := STATUSES.get(str(latest.get(name) or "").upper()):
            return meaning
    return NOTHING


def _of_all_parcels(now: Meaning, result: Object) -> Meaning:
    """A shipment of several parcels is not delivered while some of them are not."""
    left = str((result.get("packageDetails") or {}).get("undeliveredCount") or "0")
    if now.status is ShipmentStatus.DELIVERED and left.isdigit() and int(left) > 0:
        return Meaning(ShipmentStatus.IN_TRANSIT, TrackingDetail.PARTIAL)
    return now


def _dated(result: Object, kind: str) -> datetime | None:
    dates: Sequence[Object] = result.get("dateAndTimes") or ()
    text = next((each.get("dateTime") for each in dates if each.get("type") == kind), None)
    return time_of(text) if text else None


def _last_time(result: TrackingResult) -> datetime:
    return result.events[-1].occurred_at if result.events else datetime.min.replace(tzinfo=UTC)
