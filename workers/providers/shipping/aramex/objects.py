"""From Aramex's answers to Wasl's models. Pure functions over decoded JSON.

Lists are read as .NET's JSON writes them and as its XML looks when turned into JSON: both, and mixtures, have been
seen in answers (``Shipments``, ``TrackingResults``, ``NonExistingWaybills``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from workers.providers.money import CURRENCY_DECIMALS, Money
from workers.providers.shipping.aramex import dates
from workers.providers.shipping.aramex.errors import as_list, text_of
from workers.providers.shipping.aramex.products import PRODUCTS
from workers.providers.shipping.aramex.statuses import meaning
from workers.providers.shipping.documents import decoded
from workers.providers.shipping.models import (
    Charge,
    ExistingShipment,
    PickupResult,
    Place,
    Rate,
    ServiceLevel,
    ShipmentRequest,
    ShipmentResult,
    TrackingEvent,
    TrackingResult,
)
from workers.providers.shipping.statuses import current, in_order
from workers.providers.shipping.tracking import not_found, tracking_result, unread

_TRACKING_PAGE: Final = "https://www.aramex.com/track/shipments?ShipmentNumber="
_PARTS: Final = ("Amount", *(f"OtherAmount{number}" for number in range(1, 6)))


class Label(NamedTuple):
    """A label as an answer has it: the file, or where it lies."""

    content: bytes | None
    url: str | None


def rate(body: Mapping[str, Any], product: str) -> Rate | None:
    """A price; None where Aramex names none, or nothing, which no carriage costs."""
    total = body.get("TotalAmount")
    if not isinstance(total, Mapping):
        return None
    money = _money(total["Value"], total["CurrencyCode"])
    if not money.amount:
        return None
    known = PRODUCTS.get(product)
    parts = body.get("RateDetails") or {}
    tax = parts.get("TaxAmount")
    return Rate(
        service=product,
        service_name=known.name if known else product,
        level=known.level if known else ServiceLevel.STANDARD,
        total=money,
        tax=None if tax is None else _money(tax, money.currency),
        charges=tuple(_charges(parts, money.currency)),
        provider_data={"product": product, "amount": f"{money.amount:f}", "currency": money.currency},
    )


def quoted(request: ShipmentRequest, product: str) -> Money | None:
    """What the chosen rate said that the shipment costs; CreateShipments says nothing of it."""
    data = request.rate_data
    try:
        return Money.of(data["amount"], data["currency"]) if data["product"] == product else None
    except (KeyError, ValueError):
        return None


def processed(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The shipments of an answer to CreateShipments."""
    return [each for each in as_list(body.get("Shipments"), "ProcessedShipment") if isinstance(each, Mapping)]


def number(shipment: Mapping[str, Any]) -> str | None:
    """The air waybill's number; None where there is none."""
    value = shipment.get("ID")
    return str(value) if isinstance(value, int) and value > 0 else text_of(value)


def shipment_result(
    shipment: Mapping[str, Any], request: ShipmentRequest, product: str, group: str, entity: str
) -> ShipmentResult:
    """A shipment, without its papers.

    :raises ValueError: it has no number, or is another than the one that was asked for.
    """
    waybill = number(shipment)
    if waybill is None:
        raise ValueError("no air waybill")
    if (text_of(shipment.get("ForeignHAWB")) or request.own_reference) != request.own_reference:
        raise ValueError("another shipment")
    details = shipment.get("ShipmentDetails")
    told = details if isinstance(details, Mapping) else {}
    return ShipmentResult(
        tracking_number=waybill,
        service=product,
        cost=quoted(request, product),
        tracking_url=f"{_TRACKING_PAGE}{quote(waybill, safe='')}",
        provider_data={
            "product_group": text_of(told.get("ProductGroup")) or group,
            "origin_entity": text_of(told.get("Origin")) or entity,
        },
    )


def label(holder: Mapping[str, Any]) -> Label:
    """The label in an answer. Bytes come as base64, or as a list of numbers, as .NET's JSON writes them."""
    told = holder.get("ShipmentLabel")
    if not isinstance(told, Mapping):
        return Label(None, None)
    return Label(_bytes(told.get("LabelFileContents")), text_of(told.get("LabelURL")))


def invoices(shipment: Mapping[str, Any]) -> list[str]:
    """Where the commercial invoices lie that Aramex has made; it makes no other papers."""
    listed = as_list(shipment.get("ShipmentAttachments"), "ProcessedShipmentAttachment")
    urls = [text_of(each.get("Url")) for each in listed if isinstance(each, Mapping)]
    return [url for url in urls if url]


def tracked(body: Mapping[str, Any], shipments: Sequence[ExistingShipment]) -> tuple[TrackingResult, ...]:
    """How each of the shipments stands, in their order. One whose updates cannot be read does not spoil the others."""
    updates = dict(_updates(body.get("TrackingResults")))
    return tuple(_standing(each, updates.get(each.tracking_number)) for each in shipments)


def pickup(body: Mapping[str, Any], ready_at: Any) -> PickupResult:
    """A pickup; it is called off by its GUID, and known to people by its number."""
    made = body["ProcessedPickup"]
    name = number(made)
    return PickupResult(
        provider_pickup_id=str(made["GUID"]),
        ready_at=ready_at,
        message=f"Aramex's pickup {name}" if name else None,
        provider_data={"number": name} if name else {},
    )


def suggested(body: Mapping[str, Any]) -> list[Place]:
    """How Aramex would write an address."""
    listed = as_list(body.get("SuggestedAddresses"), "Address")
    return [_place(each) for each in listed if isinstance(each, Mapping) and text_of(each.get("City"))]


def cities(body: Mapping[str, Any]) -> list[str]:
    """The cities that Aramex knows by a beginning."""
    names = (text_of(each) for each in as_list(body.get("Cities"), "string"))
    return [name for name in names if name]


def _charges(parts: Mapping[str, Any], currency: str) -> Iterable[Charge]:
    for part in _PARTS:
        if value := parts.get(part):
            yield Charge(name=part, money=_money(value, currency))


def _money(value: Any, currency: str) -> Money:
    """Money of a number that .NET writes as a double, to the currency's decimals."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("not an amount")
    step = Decimal(1).scaleb(-CURRENCY_DECIMALS[currency])
    return Money.of(Decimal(str(value)).quantize(step, ROUND_HALF_UP), currency)


def _bytes(value: Any) -> bytes | None:
    if isinstance(value, list):
        return bytes(value) or None
    return decoded(value) or None if isinstance(value, str) else None


def _updates(results: Any) -> Iterable[tuple[str, list[Any]]]:
    """Number and updates of each shipment, in every nesting that has been seen."""
    if isinstance(results, Mapping):
        inner = next((value for key, value in results.items() if key.startswith("KeyValueOf")), None)
        if inner is None:
            yield from ((key, as_list(value, "TrackingResult")) for key, value in results.items())
            return
        results = inner if isinstance(inner, list) else [inner]
    for pair in results or ():
        yield str(pair["Key"]), as_list(pair["Value"], "TrackingResult")


def _standing(shipment: ExistingShipment, updates: list[Any] | None) -> TrackingResult:
    if not updates:
        return not_found(shipment, "Aramex does not know this number (yet)")
    try:
        events = in_order(_event(update) for update in reversed(updates))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return unread(shipment, "Aramex's updates of this number cannot be read")
    standing = current(events) or events[-1]
    return tracking_result(shipment, events, provider_status=standing.code)


def _event(update: Mapping[str, Any]) -> TrackingEvent:
    code, words = text_of(update.get("UpdateCode")), text_of(update.get("UpdateDescription"))
    means = meaning(code, words)
    comments = text_of(update.get("Comments"))
    return TrackingEvent(
        occurred_at=dates.read(update["UpdateDateTime"]),
        status=means.status,
        detail=means.detail,
        code=code or words,
        description=f"{words} ({comments})" if words and comments else words or comments,
        place=text_of(update.get("UpdateLocation")),
    )


def _place(told: Mapping[str, Any]) -> Place:
    known = {
        "line1": told.get("Line1"),
        "line2": told.get("Line2"),
        "city": told.get("City"),
        "state": told.get("StateOrProvinceCode"),
        "postal_code": told.get("PostCode"),
        "country": told.get("CountryCode"),
    }
    return Place(**{name: value for name, value in known.items() if value})
