"""J&T's answers in Wasl's words. Pure functions over the ``data`` of an answer.

Scan times are local. A scan's ``desc`` names the driver and his phone number, so its type stands for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from workers.providers.shipping.documents import decoded, document
from workers.providers.shipping.jt.statuses import ORDERS, meaning
from workers.providers.shipping.models import (
    Document,
    ExistingShipment,
    ShipmentResult,
    ShipmentStatus,
    TrackingEvent,
    TrackingResult,
)
from workers.providers.shipping.statuses import in_order
from workers.providers.shipping.tracking import not_found, tracking_result

WAYBILL: Final = re.compile(r"[0-9A-Za-z]{6,30}")


def shipment_from_order(order: Mapping[str, Any], own_reference: str) -> ShipmentResult:
    """An order as it was made, or as it is found; ValueError when it is another's."""
    if order.get("txlogisticId", own_reference) != own_reference:
        raise ValueError("another order")
    sorting = str(order.get("sortingCode") or "").strip()
    return ShipmentResult(
        tracking_number=_waybill(order["billCode"]),
        provider_shipment_id=own_reference,
        status=ORDERS.get(str(order.get("orderStatus")), ShipmentStatus.CREATED),
        service=order.get("expressType"),
        provider_data={"sorting_code": sorting} if sorting else {},
    )


def found_order(orders: Any, own_reference: str) -> ShipmentResult | None:
    """The order among those that were found by our number; None when there is none."""
    if not isinstance(orders, list):
        raise ValueError("not a list")
    return shipment_from_order(orders[0], own_reference) if orders else None


def label_from_answer(data: Mapping[str, Any], tracking_number: str) -> Document:
    """The waybill to stick on."""
    return document(decoded(data["base64EncodeContent"]), tracking_number)


def tracking_from_answer(data: Any, shipments: Sequence[ExistingShipment], zone: tzinfo) -> tuple[TrackingResult, ...]:
    """How each shipment stands, in their order. :param zone: in which scans are timed."""
    if data is not None and not isinstance(data, list):
        raise ValueError("not a list")
    known = {_waybill(each["billCode"]): each.get("details") or [] for each in data or []}
    return tuple(
        _tracked(known[shipment.tracking_number], shipment, zone)
        if shipment.tracking_number in known
        else not_found(shipment, "J&T does not know it")
        for shipment in shipments
    )


def _tracked(scans: Sequence[Mapping[str, Any]], shipment: ExistingShipment, zone: tzinfo) -> TrackingResult:
    events = in_order(_event(scan, zone) for scan in reversed(scans))  # J&T's sample begins with the newest
    return tracking_result(shipment, events)


def _event(scan: Mapping[str, Any], zone: tzinfo) -> TrackingEvent:
    code, name = scan.get("scanTypeCode"), scan.get("scanType")
    number = str(code) if code is not None else None
    told = meaning(number, name)
    return TrackingEvent(
        occurred_at=datetime.fromisoformat(scan["scanTime"]).replace(tzinfo=zone).astimezone(UTC),
        status=told.status,
        detail=told.detail,
        code=number or name,
        description=name,
        place=scan.get("scanNetworkCity") or scan.get("scanNetworkName"),
    )


def _waybill(value: Any) -> str:
    if not isinstance(value, str) or not WAYBILL.fullmatch(value):
        raise ValueError("not a waybill number")
    return value
