"""EMX's answers in Wasl's words: JSON of bookings and prices, XML of tracking and labels."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from workers.providers.money import Money
from workers.providers.shipping.documents import decoded, document
from workers.providers.shipping.emx.manifest import Service
from workers.providers.shipping.emx.places import listed
from workers.providers.shipping.emx.statuses import meaning
from workers.providers.shipping.fields import if_told
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
from workers.providers.shipping.tracking import not_found, tracking_result
from workers.providers.xml import Element, text_of

AWB: Final = re.compile(r"[0-9A-Za-z]{6,30}")
SERVICE: Final = "service"
"""The key in ``provider_data`` of the service that was booked, which a label is asked again with."""

# How tracking writes times is shown nowhere; days come first in EMX's older service, months are letters in bookings.
_TIME_FORMATS: Final = (
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y %I:%M:%S %p",
    "%d/%m/%Y %I:%M %p",
    "%d-%b-%Y %H:%M:%S",
    "%d-%b-%Y %H:%M",
    "%d-%b-%Y %I:%M:%S %p",
    "%d-%m-%Y %H:%M:%S",
)
_LEVELS: Final[Mapping[str, tuple[ServiceLevel, ServiceLevel]]] = {
    Service.EXPRESS: (ServiceLevel.NEXT_DAY, ServiceLevel.EXPRESS),
    Service.PREMIUM: (ServiceLevel.NEXT_DAY, ServiceLevel.EXPRESS),
    Service.STANDARD: (ServiceLevel.STANDARD, ServiceLevel.STANDARD),
}
"""Within the Emirates, and abroad."""


def rates_from_answer(body: Any, content_type: str, *, domestic: bool) -> tuple[Rate, ...]:
    """The prices for what is sent. EMX lists documents and goods alike, and services that it has not with nothing."""
    told = [each for each in listed(body["RateCalculation"].get("RateList")) if _applies(each, content_type)]
    return tuple(_rate(each, domestic=domestic) for each in told if _price(each) > 0)


def shipment_from_answer(body: Any, service: str) -> ShipmentResult:
    """A booking, with its label. One that cannot be read is left out; it can be printed again."""
    booked = body["BookingResponse"]
    number = _awb(booked["AWBNumber"])
    label = if_told(lambda: document(decoded(booked["AWBLabel"]), number))
    return ShipmentResult(
        tracking_number=number,
        service=service,
        documents=(label,) if label else (),
        provider_data={SERVICE: service},
    )


def label_from_answer(answer: Element, number: str) -> Document:
    """The label in an answer of ``PrintLabel``."""
    text = text_of(answer, ".//AWBLabel")
    if text is None:
        raise ValueError("no label")
    return document(decoded(text), number)


def tracking_from_answer(answer: Element, shipment: ExistingShipment) -> TrackingResult:
    """How a shipment stands; without any event EMX does not know it."""
    if answer.find("TrackShipmentResult") is None:
        raise ValueError("no result")
    told = [_event(each) for each in answer.iterfind("TrackShipmentResult/trackingDetails/TrackHistory")]
    is_newest_first = bool(told) and told[0].occurred_at > told[-1].occurred_at
    events = in_order(reversed(told) if is_newest_first else told)
    return tracking_result(shipment, events) if events else not_found(shipment, "EMX knows nothing of it")


def moment(text: str) -> datetime:
    """A time as EMX writes it, the Gulf's where it has no zone. ValueError when it is none."""
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        told = _by_format(text)
    return in_utc(told, GULF)


def _by_format(text: str) -> datetime:
    for written in _TIME_FORMATS:
        try:
            return datetime.strptime(text, written)
        except ValueError:
            continue
    raise ValueError("not a time")


def _event(history: Element) -> TrackingEvent:
    status, description = text_of(history, "Status"), text_of(history, "TransactionDescription")
    told = meaning(status, description)
    return TrackingEvent(
        occurred_at=moment(text_of(history, "TranscationDate") or ""),
        status=told.status,
        detail=told.detail,
        code=status or text_of(history, "TransactionType") or description,
        description=description or text_of(history, "remarks"),
        place=text_of(history, "Origin"),
    )


def _applies(rate: Mapping[str, Any], content_type: str) -> bool:
    return rate.get("ContentType") in (None, "", content_type)


def _price(rate: Mapping[str, Any]) -> Decimal:
    return Decimal(str(rate["TotalPriceAED"])).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _rate(rate: Mapping[str, Any], *, domestic: bool) -> Rate:
    service = str(rate["ShipmentType"])
    within, abroad = _LEVELS.get(service, (ServiceLevel.STANDARD, ServiceLevel.STANDARD))
    return Rate(
        service=service,
        service_name=f"EMX {service}",
        level=within if domestic else abroad,
        total=Money.of(_price(rate), "AED"),
    )


def _awb(value: Any) -> str:
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not AWB.fullmatch(text):
        raise ValueError("not an air waybill")
    return text
