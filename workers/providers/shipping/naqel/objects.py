"""Naqel's answers in Wasl's words. Pure functions over elements without namespaces."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from workers.providers.shipping.documents import decoded, document
from workers.providers.shipping.models import (
    Document,
    ExistingShipment,
    PickupResult,
    ShipmentResult,
    TrackingEvent,
    TrackingResult,
)
from workers.providers.shipping.naqel.errors import has_error
from workers.providers.shipping.naqel.statuses import meaning
from workers.providers.shipping.statuses import in_order
from workers.providers.shipping.times import RIYADH, in_utc
from workers.providers.shipping.tracking import not_found, tracking_result
from workers.providers.xml import Element, text_of

WAYBILL_NO: Final = re.compile(r"[1-9][0-9]{4,9}")
BOOKING: Final = "booking_ref_no"
"""The key in ``provider_data`` of the pickup that was ordered with a waybill."""

# Times have no zone; they are taken to be those of Naqel's headquarters in Riyadh.
_HEADQUARTERS: Final = RIYADH


def result_of(answer: Element, name: str) -> Element:
    """The one result of an operation, which says itself whether it is an error."""
    result = answer.find(name)
    if result is None or text_of(result, "HasError") is None:
        raise ValueError("no result")
    return result


def shipment_from_result(result: Element) -> ShipmentResult:
    """A waybill; its label is printed apart."""
    booking = text_of(result, "BookingRefNo")
    return ShipmentResult(
        tracking_number=_waybill_no(text_of(result, "WaybillNo")),
        provider_data={BOOKING: booking} if booking and booking != "0" else {},
    )


def pickup_from_result(result: Element) -> PickupResult:
    """A pickup."""
    booking = text_of(result, "BookingRefNo")
    if booking is None:
        raise ValueError("no reference")
    return PickupResult(provider_pickup_id=booking, message=text_of(result, "Message"))


def label_from_answer(answer: Element, number: str) -> Document | None:
    """A waybill's label; None when there is none."""
    text = text_of(answer, "GetWaybillStickerResult")
    if text is None:
        return None
    return document(decoded(text), number)


def traces(answer: Element) -> list[Element]:
    """Every line of an answer of ``TraceByMultiWaybillNo``: events, and what is wrong with a number."""
    if answer.tag != "TraceByMultiWaybillNoResponse":
        raise ValueError("no answer to this question")
    return answer.findall("TraceByMultiWaybillNoResult/Tracking")


def tracking_of(lines: Sequence[Element], shipment: ExistingShipment) -> TrackingResult:
    """How one shipment stands, by its lines."""
    ours = [line for line in lines if text_of(line, "WaybillNo") == shipment.tracking_number]
    told = [_event(line) for line in ours if not has_error(line)]
    wrong = next((text_of(line, "ErrorMessage") for line in ours if has_error(line)), None)
    is_newest_first = bool(told) and told[0].occurred_at > told[-1].occurred_at
    events = in_order(reversed(told) if is_newest_first else told)
    return tracking_result(shipment, events) if events else not_found(shipment, wrong or "Naqel knows nothing of it")


def _event(line: Element) -> TrackingEvent:
    code, activity = text_of(line, "EventCode"), text_of(line, "Activity")
    told = meaning(code, activity)
    return TrackingEvent(
        occurred_at=_moment(text_of(line, "Date") or ""),
        status=told.status,
        detail=told.detail,
        code=code or activity,
        description=activity,
        place=text_of(line, "StationCode"),
    )


def _moment(text: str) -> datetime:
    return in_utc(datetime.fromisoformat(text), _HEADQUARTERS)


def _waybill_no(text: str | None) -> str:
    if text is None or not WAYBILL_NO.fullmatch(text):
        raise ValueError("not a waybill's number")
    return text
