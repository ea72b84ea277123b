"""SMSA's answers in Wasl's words. Pure functions over decoded JSON.

``sawb`` names the shipment, ``waybills[].awb`` each parcel. Labels carry the latter, and clients report that only those
can be tracked (a ``sawb`` was answered 404), so the first parcel's is the tracking number. A scan's time is local, with
its offset beside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from workers.providers.shipping.documents import decoded, document
from workers.providers.shipping.fields import file_format
from workers.providers.shipping.models import (
    Document,
    ExistingShipment,
    ShipmentResult,
    ShipmentStatus,
    TrackingEvent,
    TrackingResult,
)
from workers.providers.shipping.smsa.statuses import meaning
from workers.providers.shipping.statuses import in_order
from workers.providers.shipping.times import RIYADH, in_utc
from workers.providers.shipping.tracking import tracking_result

AWB: Final = re.compile(r"[0-9A-Za-z]{6,30}")
KIND: Final = "kind"
"""Which of SMSA's two ways a shipment went (``provider_data``): ``b2c`` to a customer, ``c2b`` back from one."""

_HEADQUARTERS: Final = RIYADH  # of times that come without their offset


def shipment_from_answer(answer: Mapping[str, Any], kind: str) -> ShipmentResult:
    """What was booked, with its labels."""
    waybills = answer["waybills"]
    numbers = tuple(_awb(each["awb"]) for each in waybills)
    return ShipmentResult(
        tracking_number=numbers[0],
        provider_shipment_id=_awb(answer["sawb"]),
        parcel_tracking_numbers=numbers if len(numbers) > 1 else (),
        documents=_readable_documents(answer),
        provider_data={KIND: kind},
    )


def documents_from_answer(answer: Mapping[str, Any]) -> tuple[Document, ...]:
    """The label of each parcel that has one."""
    return tuple(_label(each) for each in answer["waybills"] if each.get("awbFile"))


def _readable_documents(answer: Mapping[str, Any]) -> tuple[Document, ...]:
    """The labels; none where they cannot be read, since the shipment is booked all the same."""
    try:
        return documents_from_answer(answer)
    except ValueError:
        return ()


def tracking_number_of(answer: Mapping[str, Any], own_reference: str) -> str:
    """The number of the shipment that was looked for by our reference; ValueError when it is another's."""
    if answer["Reference"] != own_reference:
        raise ValueError("another shipment")
    return _awb(answer["AWB"])


def tracking_from_answer(answer: Mapping[str, Any], shipment: ExistingShipment) -> TrackingResult:
    """How a shipment stands."""
    _awb(answer["AWB"])
    scans = answer.get("Scans") or []
    events = in_order(_event(scan) for scan in reversed(scans))  # SMSA's begin with the newest
    result = tracking_result(shipment, events, signed_by=_signed_by(scans))
    if answer.get("isDelivered") is True and result.status is not ShipmentStatus.RETURNED:  # whatever the scans say
        return result.model_copy(update={"status": ShipmentStatus.DELIVERED})
    return result


def by_number(answer: Any) -> dict[str, Mapping[str, Any]]:
    """The shipments of a bulk answer by their numbers."""
    if not isinstance(answer, list):
        raise ValueError("not a list")
    return {_awb(each["AWB"]): each for each in answer}


def _event(scan: Mapping[str, Any]) -> TrackingEvent:
    code, words = str(scan["ScanType"]), scan.get("ScanDescription")
    told = meaning(code, words)
    return TrackingEvent(
        occurred_at=_moment(scan["ScanDateTime"], scan.get("ScanTimeZone")),
        status=told.status,
        detail=told.detail,
        code=code,
        description=words,
        place=scan.get("City"),
    )


def _moment(local: str, offset: str | None) -> datetime:
    return in_utc(datetime.fromisoformat(f"{local}{offset or ''}"), _HEADQUARTERS)


def _label(waybill: Mapping[str, Any]) -> Document:
    return document(_file(waybill["awbFile"]), _awb(waybill["awb"]))


def _file(text: str) -> bytes:
    """A file as text: base64, but one client found ZPL as it is."""
    plain = text.encode()
    return plain if file_format(plain) else decoded(text)


def _awb(value: Any) -> str:
    if not isinstance(value, str) or not AWB.fullmatch(value):
        raise ValueError("not an air waybill")
    return value


def _signed_by(scans: Sequence[Mapping[str, Any]]) -> str | None:
    return next((scan["ReceivedBy"] for scan in scans if scan.get("ReceivedBy")), None)
