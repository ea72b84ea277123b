"""Quiqup's orders in Wasl's words. Pure functions over decoded JSON.

The shape is that of a recorded answer to ``GET /orders/{id}`` (Zombiemelon/quiqup-mcp: tests/cassettes). An order tells
its state now, and since when, but not how it got there; the history's address is refused to merchants (403). After
Quiqup has re-routed an order, ``service_kind`` and ``kind`` differ; the latter is what it goes by now.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from workers.providers.shipping.models import (
    ExistingShipment,
    ShipmentResult,
    ShipmentStatus,
    TrackingEvent,
    TrackingResult,
)
from workers.providers.shipping.quiqup.statuses import meaning
from workers.providers.shipping.statuses import delivered_at

Order = Mapping[str, Any]


def order_in(body: Mapping[str, Any], order_id: str | None = None) -> Order:
    """The order in an answer, with or without its envelope; one without id or state, or with another id than was asked
    for, is none."""
    order = body.get("order", body)
    found = {**order, "id": _id(order["id"]), "state": _name(order["state"])}
    if order_id is not None and found["id"] != order_id:
        raise ValueError("another order")
    return found


def shipment_from_order(order: Order) -> ShipmentResult:
    """An order as a shipment. Its label has to be fetched."""
    items = order.get("items")
    boxes = [each for each in items if isinstance(each, dict)] if isinstance(items, list) else []
    barcodes = [each.get("parcel_barcode") for each in boxes]
    kind = order.get("kind")
    return ShipmentResult(
        tracking_number=order["id"],
        provider_shipment_id=order["id"],
        parcel_tracking_numbers=tuple(code for code in barcodes if isinstance(code, str) and code),
        status=meaning(order["state"]).status or ShipmentStatus.CREATED,
        service=kind if isinstance(kind, str) else None,
        estimated_delivery_at=_delivery_before(order),
        tracking_url=_url(order.get("tracking_url")),
    )


def tracking_from_order(order: Order, shipment: ExistingShipment) -> TrackingResult:
    """Where an order stands."""
    state = order["state"]
    meant = meaning(state)
    event = TrackingEvent(
        occurred_at=moment(order["state_updated_at"]),
        status=meant.status,
        detail=meant.detail,
        code=state,
        description=order.get("delivery_failure_reason") or order.get("reason") or None,
    )
    return TrackingResult(
        tracking_number=shipment.tracking_number,
        shipment_id=shipment.shipment_id,
        status=meant.status,
        detail=meant.detail,
        provider_status=state,
        events=(event,),
        estimated_delivery_at=_delivery_before(order),
        delivered_at=delivered_at((event,)),
    )


def ids_by_reference(body: Mapping[str, Any]) -> tuple[Mapping[Any, str], bool]:
    """The ids of a page's orders by ``partner_order_id``, and whether it is the last page."""
    orders, page, pages = body["results"], body["current_page"], body["total_pages"]
    if not isinstance(orders, list) or not isinstance(page, int) or not isinstance(pages, int):
        raise ValueError("not a page of orders")
    return {order.get("partner_order_id"): _id(order["id"]) for order in orders}, page >= pages


def moment(text: str) -> datetime:
    """A time with its zone, in UTC; ValueError for one without."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError("a time without zone")
    return time.astimezone(UTC)


def _delivery_before(order: Order) -> datetime | None:
    """Nothing depends on it, so what cannot be read is left out."""
    try:
        return moment(order["delivery_time"]["delivery_before"])
    except (KeyError, TypeError, ValueError):
        return None


def _url(value: Any) -> str | None:
    return value if isinstance(value, str) and re.fullmatch(r"https?://\S{1,2000}", value) else None


def _id(value: Any) -> str:
    text = str(value)
    if isinstance(value, bool) or not text.isascii() or not text.isdigit():
        raise ValueError("not an order's id")
    return text


def _name(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("not a state")
    return value
