"""MyDHL's prices, shipments, papers, pickups and places in Wasl's words. Pure functions over decoded JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any, Final

from workers.providers.money import CURRENCY_DECIMALS, Money
from workers.providers.shipping.dhl_express.requests import LOCAL_PRODUCT
from workers.providers.shipping.dhl_express.times import read
from workers.providers.shipping.documents import decoded, document
from workers.providers.shipping.fields import if_told
from workers.providers.shipping.models import (
    AddressCheck,
    Charge,
    Document,
    DocumentKind,
    PickupRequest,
    PickupResult,
    Place,
    Rate,
    ServiceLevel,
    ShipmentRequest,
    ShipmentResult,
)

BILLED: Final = "BILLC"
"""The price type in the account's own currency, as it will be invoiced."""
REQUESTOR: Final = "requestor"
TRACKING_PAGE: Final = "https://www.dhl.com/ae-en/home/tracking.html?submit=1&tracking-id="

# Global product codes; all others are Express to another country.
_LEVELS: Final[Mapping[str, ServiceLevel]] = {
    **dict.fromkeys(("4", "5", "S"), ServiceLevel.SAME_DAY),
    **dict.fromkeys(("1", "I", "N", "O"), ServiceLevel.NEXT_DAY),
    **dict.fromkeys(("G", "H", "W"), ServiceLevel.ECONOMY),
    "F": ServiceLevel.FREIGHT,
}
_DOCUMENTS: Final[Mapping[str, DocumentKind]] = {
    "label": DocumentKind.LABEL,
    "waybillDoc": DocumentKind.WAYBILL,
    "invoice": DocumentKind.COMMERCIAL_INVOICE,
    "shipmentReceipt": DocumentKind.RECEIPT,
    "receipt": DocumentKind.RECEIPT,
    "POD": DocumentKind.PROOF_OF_DELIVERY,
}

Object = Mapping[str, Any]


def rates_from_answer(answer: Object, country: str) -> tuple[Rate, ...]:
    """Every product that has a price, the cheapest first. :param country: of the recipient, whose time counts."""
    found = (_rate(product, country) for product in answer["products"])
    return tuple(sorted((rate for rate in found if rate), key=lambda rate: rate.total.amount))


def shipment_from_answer(answer: Object, request: ShipmentRequest, service: str) -> ShipmentResult:
    """A shipment that was just made; it is made also where a paper of it cannot be read."""
    papers = (if_told(partial(_document, entry)) for entry in answer.get("documents") or ())
    tracking_number = _text(answer["shipmentTrackingNumber"])
    expected = if_told(lambda: answer["estimatedDeliveryDate"]["estimatedDeliveryDate"])
    return ShipmentResult(
        tracking_number=tracking_number,
        parcel_tracking_numbers=tuple(_text(piece["trackingNumber"]) for piece in answer.get("packages") or ()),
        service=service,
        documents=tuple(paper for paper in papers if paper is not None),
        cost=if_told(lambda: _cost(answer["shipmentCharges"])),
        estimated_delivery_at=if_told(lambda: _moment(expected, request.recipient.country)),
        tracking_url=f"{TRACKING_PAGE}{tracking_number}",
    )


def documents_from(entries: Any) -> Iterator[Document]:
    """Papers of an answer: base64, their format by what they are, whatever they are called."""
    for entry in entries or ():
        yield _document(entry)


def _document(entry: Object) -> Document:
    kind = _DOCUMENTS.get(str(entry.get("typeCode")), DocumentKind.OTHER)
    return document(decoded(entry["content"]), kind=kind)


def pickup_from_answer(answer: Object, request: PickupRequest) -> PickupResult:
    """A pickup that was ordered; DHL wants the requestor's name again to call it off."""
    later = answer.get("nextPickupDate")
    warnings = [_text(warning) for warning in answer.get("warnings") or ()]
    return PickupResult(
        provider_pickup_id=_text(answer["dispatchConfirmationNumbers"][0]),
        ready_at=request.ready_at,
        message="; ".join([*warnings, *([f"picked up on {later}"] if later else [])]) or None,
        provider_data={REQUESTOR: request.place.name},
    )


def address_check_from_answer(answer: Object) -> AddressCheck:
    """Whether DHL knows the place, and how it writes it."""
    suggestions = tuple(
        Place(
            city=entry["cityName"],
            country=entry["countryCode"],
            postal_code=entry.get("postalCode") or None,
            area=entry.get("countyName") or None,
        )
        for entry in answer.get("address") or ()
        if entry.get("cityName")
    )
    warnings = [_text(warning) for warning in answer.get("warnings") or ()]
    return AddressCheck(
        serviceable=bool(answer.get("address")),
        message="; ".join(warnings) or None,
        suggestions=suggestions,
    )


def _rate(product: Object, country: str) -> Rate | None:
    total = _billed(product["totalPrice"])
    if total is None or not total.get("price"):
        return None
    code, currency = _text(product["productCode"]), total["priceCurrency"]
    delivery = product.get("deliveryCapabilities") or {}
    local = product.get("localProductCode")
    days = delivery.get("totalTransitDays")
    return Rate(
        service=code,
        service_name=product.get("productName") or code,
        level=_LEVELS.get(code, ServiceLevel.EXPRESS),
        total=_money(total["price"], currency),
        tax=_tax(product, currency),
        charges=tuple(_charges(product, currency)),
        transit_days=None if days is None else int(days),
        estimated_delivery_at=_moment(delivery.get("estimatedDeliveryDateAndTime"), country),
        provider_data={LOCAL_PRODUCT: local} if local else {},
    )


def _tax(product: Object, currency: str) -> Money | None:
    breakdown = _billed(product.get("totalPriceBreakdown") or ()) or {}
    told = [part["price"] for part in breakdown.get("priceBreakdown") or () if part.get("typeCode") == "STTXA"]
    return _money(told[0], currency) if told else None


def _charges(product: Object, currency: str) -> Iterator[Charge]:
    """What is charged; the same list also has services that could be had for more."""
    for part in (_billed(product.get("detailedPriceBreakdown") or ()) or {}).get("breakdown") or ():
        if part.get("price"):
            yield Charge(
                name=part.get("name") or part.get("serviceCode") or "charge", money=_money(part["price"], currency)
            )


def _cost(charges: Any) -> Money | None:
    billed = _billed(charges)
    return _money(billed["price"], billed["priceCurrency"]) if billed and billed.get("price") else None


def _billed(prices: Any) -> Object | None:
    return next((price for price in prices if price.get("currencyType") == BILLED), None)


def _money(price: Any, currency: Any) -> Money:
    """A price, rounded to the currency's decimals; ValueError for what is none."""
    if isinstance(price, bool) or not isinstance(price, int | float) or currency not in CURRENCY_DECIMALS:
        raise ValueError("not a price")
    unit = Decimal(1).scaleb(-CURRENCY_DECIMALS[currency])
    return Money.of(Decimal(str(price)).quantize(unit, ROUND_HALF_UP), currency)


def _moment(text: Any, country: str) -> datetime | None:
    return read(text, country=country) if isinstance(text, str) and text else None


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("not a text")
    return value
