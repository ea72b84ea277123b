"""Shipa's orders and stories in Wasl's words. Pure functions over decoded JSON.

An order answers with ``shipaRef``, its number, and ``orderStatus`` when it is made, ``status`` when it is read; a
story's ``date`` is in milliseconds since 1970, and its ``details`` are a text, or an object that may have
``failReason`` (all as public integrations read them).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from workers.providers.shipping.models import (
    ExistingShipment,
    ShipmentResult,
    ShipmentStatus,
    TrackingEvent,
    TrackingResult,
)
from workers.providers.shipping.shipa.statuses import meaning
from workers.providers.shipping.statuses import in_order
from workers.providers.shipping.tracking import tracking_result

NUMBER: Final = re.compile(r"[A-Za-z0-9-]{3,50}")
_LATEST: Final = 4_102_444_800_000  # the year 2100: what is more is no time in milliseconds


def shipment_from_order(order: Mapping[str, Any], reference: str) -> ShipmentResult:
    """An order as a shipment; one that says that it is another's is none. Its label has to be fetched."""
    if order.get("customerRef", reference) != reference:
        raise ValueError("another order")
    number = order["shipaRef"]
    if not isinstance(number, str) or not NUMBER.fullmatch(number):
        raise ValueError("not an order's number")
    said = status_of(order)
    return ShipmentResult(
        tracking_number=number,
        status=meaning(said, None).status or ShipmentStatus.CREATED,
        service=order.get("category") if isinstance(order.get("category"), str) else None,
    )


def status_of(order: Mapping[str, Any]) -> str | None:
    """How an order says it stands."""
    said = order.get("status") or order.get("orderStatus")
    return said if isinstance(said, str) else None


def tracking_from_story(story: list[Mapping[str, Any]], shipment: ExistingShipment) -> TrackingResult:
    """Where an order stands, by all that has happened to it."""
    if not isinstance(story, list):
        raise ValueError("not a story")
    events = in_order(_event(entry) for entry in story)
    return tracking_result(shipment, events)


def cities_of(country: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the cities that are served."""
    return tuple(city["name"] for city in country["cities"])


def _event(entry: Mapping[str, Any]) -> TrackingEvent:
    details, reason = entry.get("details"), None
    if isinstance(details, dict):
        reason = details.get("failReason")
    elif isinstance(details, str):
        reason = details
    status, code = entry.get("status"), entry.get("statusCode")
    code = None if code is None else str(code)
    meant = meaning(status, code, details=reason)
    return TrackingEvent(
        occurred_at=_moment(entry["date"]),
        status=meant.status,
        detail=meant.detail,
        code=code or status,
        description=": ".join(text for text in (status, reason) if text) or None,
    )


def _moment(milliseconds: Any) -> datetime:
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int) or not 0 < milliseconds < _LATEST:
        raise ValueError("not a time in milliseconds")
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
