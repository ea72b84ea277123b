"""iMile's answers in Wasl's words: what ``data`` holds. Pure functions over decoded JSON.

An order answers with ``expressNo``, its waybill, and ``imileAwb``, its label in base64; ``subWaybillNo`` are those of
further parcels. Tracking answers with a record for each waybill (``billNo``), whose ``locus`` lists what has happened,
the newest first, in the local time of a zone that is written ``GMT+04:00`` or ``+4``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any, Final

from workers.providers.money import Money
from workers.providers.shipping.documents import decoded, document
from workers.providers.shipping.imile.manifest import SERVICE
from workers.providers.shipping.imile.statuses import meaning
from workers.providers.shipping.models import (
    Document,
    ExistingShipment,
    Rate,
    ServiceLevel,
    ShipmentResult,
    TrackingEvent,
    TrackingResult,
)
from workers.providers.shipping.statuses import in_order
from workers.providers.shipping.times import GULF, in_utc
from workers.providers.shipping.tracking import tracking_result

NUMBER: Final = re.compile(r"[A-Za-z0-9-]{4,40}")
_OFFSET: Final = re.compile(r"(?:GMT|UTC)?([+-])([0-9]{1,2})(?::?([0-9]{2}))?")
_NUMBERS: Final = ("billNo", "expressNo", "waybillNo")
Record = Mapping[str, Any]


def shipment_from_order(data: Record) -> ShipmentResult:
    """A new order, or one that is printed again. A label that cannot be read is left out; it can be printed again."""
    number = data["expressNo"]
    if not isinstance(number, str) or not NUMBER.fullmatch(number):
        raise ValueError("not a waybill's number")
    parcels = data.get("subWaybillNo")
    return ShipmentResult(
        tracking_number=number,
        parcel_tracking_numbers=tuple(each for each in parcels if isinstance(each, str)) if parcels else (),
        service=SERVICE,
        documents=labels(data),
    )


def labels(data: Record) -> tuple[Document, ...]:
    """The label in an answer, if there is one."""
    try:
        return (document(decoded(data["imileAwb"])),)
    except (KeyError, AttributeError, ValueError):
        return ()


def rate_from_fee(data: Record) -> Rate:
    """What a shipment costs. Whether that is with tax, iMile does not say."""
    days = str(data.get("aging"))
    return Rate(
        service=SERVICE,
        service_name="iMile Standard",
        level=ServiceLevel.STANDARD,
        total=Money.of(Decimal(str(data["totalAmount"])).quantize(Decimal("0.01")), data["currency"]),
        transit_days=int(days) if re.fullmatch(r"[1-9][0-9]?", days) else None,
    )


def records_by_number(data: Any) -> Mapping[str, Record]:
    """The records of a tracking answer by their waybills."""
    records = data if isinstance(data, list) else data["list"]
    return {_number_of(record): record for record in records}


def tracking_from_record(record: Record, shipment: ExistingShipment) -> TrackingResult:
    """Where a waybill stands, by all that has happened to it."""
    zone = record.get("timeZone")
    entries: Sequence[Record] = record.get("locus") or ([record] if record.get("latestStatus") else [])
    events = in_order(
        _event(entry, zone) for entry in reversed(entries)
    )  # between those of one second the order counts
    return tracking_result(shipment, events, provider_status=record.get("latestStatus"))


def _event(entry: Record, zone: str | None) -> TrackingEvent:
    code = entry["latestStatus"]
    meant = meaning(code)
    return TrackingEvent(
        occurred_at=_moment(entry["latestStatusTime"], entry.get("timeZone") or zone),
        status=meant.status,
        detail=meant.detail,
        code=code,
        description=entry.get("locusDetailed") or None,
        place=entry.get("latestSite") or None,
    )


def _number_of(record: Record) -> str:
    for name in _NUMBERS:
        if isinstance(record.get(name), str):
            return str(record[name])
    raise ValueError("a record without a waybill")


def _moment(text: str, zone: str | None) -> datetime:
    return in_utc(datetime.fromisoformat(text), _zone(zone))


def _zone(text: str | None) -> tzinfo:
    """A zone as iMile writes it; the Gulf's where it writes none."""
    if not text:
        return GULF
    offset = _OFFSET.fullmatch(text.replace(" ", ""))
    if offset is None:
        raise ValueError("not a time zone")
    since = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
    return timezone(since if offset[1] == "+" else -since)
