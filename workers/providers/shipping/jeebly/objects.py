"""Jeebly's answers in Wasl's words. Pure functions over decoded JSON.

The order of events is not always the same. Times end in ``Z``; some clients saw a space in them, or no ``Z``, and the
same numbers with and without it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from workers.providers.shipping.jeebly.statuses import meaning
from workers.providers.shipping.models import (
    ExistingShipment,
    ShipmentResult,
    TrackingEvent,
    TrackingResult,
)
from workers.providers.shipping.statuses import in_order
from workers.providers.shipping.times import in_utc
from workers.providers.shipping.tracking import tracking_result

AWB: Final = re.compile(r"[0-9A-Za-z-]{4,40}")


def shipment_from_answer(answer: Mapping[str, Any], service: str) -> ShipmentResult:
    """What was booked. Its label has to be fetched."""
    number = answer["AWB No"]
    if not isinstance(number, str) or not AWB.fullmatch(number):
        raise ValueError("not an air waybill")
    return ShipmentResult(tracking_number=number, service=service)


def tracking_from_answer(answer: Mapping[str, Any], shipment: ExistingShipment) -> TrackingResult:
    """How a shipment stands: by its events, unless its last status is in none of them."""
    told = answer["Tracking"]
    if str(told["reference_no"]).casefold() != shipment.tracking_number.casefold():
        raise ValueError("another shipment")
    events = in_order(event for each in told.get("events") or () if (event := _event(each)) is not None)
    last = meaning(told.get("last_status"))
    result = tracking_result(shipment, events, provider_status=told.get("last_status"))
    if last.status is None or any(event.status is last.status for event in events):
        return result
    return result.model_copy(update=last._asdict())


def _event(event: Mapping[str, Any]) -> TrackingEvent | None:
    """An event; None without a time that can be read, since nobody could say what it followed."""
    occurred_at = _moment(event.get("event_date_time"))
    if occurred_at is None:
        return None
    told = meaning(event.get("status"), event.get("desc"))
    why = event.get("failure_reason")
    words = event.get("desc") or None
    return TrackingEvent(
        occurred_at=occurred_at,
        status=told.status,
        detail=told.detail,
        code=event.get("status") or None,
        description=f"{words or ''} ({why})".strip() if why else words,
        place=event.get("hub_name") or None,
    )


def _moment(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text).replace(" T", "T"))
    except ValueError:
        return None
    return in_utc(moment, UTC)
