"""Prices and shipments as FedEx is asked for them: POST /rate/v1/rates/quotes and POST /ship/v1/shipments."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from workers.providers.money import Money
from workers.providers.shipping.fedex.currencies import knows, money_object
from workers.providers.shipping.fedex.customs import rate_customs, ship_customs
from workers.providers.shipping.fedex.manifest import HEAVIEST_PARCEL_KG, MOST_PARCELS, FedExSettings
from workers.providers.shipping.fedex.parties import Unfit, address, local, party, plain
from workers.providers.shipping.fields import whole
from workers.providers.shipping.models import (
    Contents,
    LabelFormat,
    Parcel,
    RateRequest,
    ShipmentDetails,
    ShipmentRequest,
)

_POUNDS_IN_A_KILOGRAM: Final = Decimal("2.20462262")
_LONGEST_SIDE_CM: Final = 999
# Laser printers take paper, thermal printers stock (the table "Label Stock Types" of FedEx's reference guide).
_LABELS: Final[Mapping[LabelFormat, tuple[str, str]]] = {
    LabelFormat.PDF: ("PDF", "PAPER_4X6"),
    LabelFormat.PNG: ("PNG", "PAPER_4X6"),
    LabelFormat.ZPL: ("ZPLII", "STOCK_4X6"),
}


def rate_body(request: RateRequest, settings: FedExSettings) -> dict[str, Any]:
    """A question for prices.

    :raises Unfit: FedEx would refuse it.
    """
    _check(request)
    shipment: dict[str, Any] = {
        "shipper": {"address": address(request.sender, "sender")},
        "recipient": {"address": address(request.recipient, "recipient")},
        "rateRequestType": ["ACCOUNT"],
        "shipDateStamp": local(request.ships_at, request.sender).date().isoformat(),
        "pickupType": settings.pickup_type.value,
        "packagingType": settings.packaging_type,
        "requestedPackageLineItems": [{"groupPackageCount": 1, **item} for item in _items(request, settings)],
    }
    if knows(request.currency):
        shipment |= {"rateRequestType": ["ACCOUNT", "PREFERRED"], "preferredCurrency": request.currency}
    if len(request.services) == 1:
        shipment["serviceType"] = request.services[0]
    if not request.is_domestic:
        shipment |= {
            "documentShipment": request.contents is Contents.DOCUMENTS,
            "customsClearanceDetail": rate_customs(request),
        }
    return {
        "accountNumber": {"value": settings.account_number},
        "rateRequestControlParameters": {"returnTransitTimes": True},
        "requestedShipment": shipment,
    }


def ship_body(request: ShipmentRequest, settings: FedExSettings, *, is_return: bool) -> dict[str, Any]:
    """A shipment to buy, with the labels in the answer.

    :raises Unfit: FedEx would refuse it.
    """
    _check(request)
    if request.is_dutiable and request.customs is None:
        raise Unfit("customs", "is needed for goods that cross a border")
    image, stock = _LABELS[request.label_format]
    account = {"value": settings.account_number}
    recipient = party(request.recipient, "recipient")
    if request.instructions:
        recipient["deliveryInstructions"] = plain(request.instructions, "instructions", 90)
    shipment: dict[str, Any] = {
        "shipDatestamp": local(request.ships_at, request.sender).date().isoformat(),
        "shipper": party(request.sender, "sender"),
        "recipients": [recipient],
        "pickupType": settings.pickup_type.value,
        "serviceType": service_of(request, settings),
        "packagingType": settings.packaging_type,
        "totalWeight": round(float(request.weight_kg * _POUNDS_IN_A_KILOGRAM), 2),
        "shippingChargesPayment": {
            "paymentType": "SENDER",
            "payor": {"responsibleParty": {"accountNumber": account}},
        },
        "labelSpecification": {"labelFormatType": "COMMON2D", "imageType": image, "labelStockType": stock},
        "rateRequestType": ["ACCOUNT"],
        "totalPackageCount": len(request.parcels),
        "requestedPackageLineItems": [
            {"sequenceNumber": number, **item, **_printed(request, number - 1)}
            for number, item in enumerate(_items(request, settings), start=1)
        ],
    }
    if request.insured_value:
        shipment["totalDeclaredValue"] = _declared(request.insured_value)
    if special := _special_services(request, settings, is_return=is_return):
        shipment["shipmentSpecialServices"] = special
    if not request.is_domestic:
        shipment["customsClearanceDetail"] = ship_customs(request, settings.account_number, is_return=is_return)
    if request.is_dutiable:
        shipment["shippingDocumentSpecification"] = {
            "shippingDocumentTypes": ["COMMERCIAL_INVOICE"],
            "commercialInvoiceDetail": {"documentFormat": {"stockType": "PAPER_LETTER", "docType": "PDF"}},
        }
    return {
        "accountNumber": account,
        "labelResponseOptions": "LABEL",
        "processingOptionType": "SYNCHRONOUS_ONLY",
        "requestedShipment": shipment,
    }


def service_of(request: ShipmentRequest, settings: FedExSettings) -> str:
    """The service: as asked, else the connection's for the route."""
    return request.service or (settings.domestic_service if request.is_domestic else settings.international_service)


def _check(request: ShipmentDetails) -> None:
    if request.cash_on_delivery is not None:
        raise Unfit("cash_on_delivery", "FedEx collects no cash here")
    if len(request.parcels) > MOST_PARCELS:
        raise Unfit("parcels", f"at most {MOST_PARCELS} go in one shipment")
    for number, parcel in enumerate(request.parcels):
        _check_parcel(parcel, f"parcels.{number}")


def _check_parcel(parcel: Parcel, field: str) -> None:
    if parcel.weight_kg > HEAVIEST_PARCEL_KG:
        raise Unfit(f"{field}.weight_kg", f"is more than FedEx Express's {HEAVIEST_PARCEL_KG} kg; it would be freight")
    sides = (parcel.length_cm, parcel.width_cm, parcel.height_cm)
    given = [side for side in sides if side is not None]
    if given and len(given) < len(sides):
        raise Unfit(f"{field}.length_cm", "FedEx wants length, width and height, or none of them")
    if any(side > _LONGEST_SIDE_CM for side in given):
        raise Unfit(f"{field}.length_cm", f"no side may be longer than {_LONGEST_SIDE_CM} cm")


def _items(request: ShipmentDetails, settings: FedExSettings) -> list[dict[str, Any]]:
    shares = _shares(request.insured_value, len(request.parcels))
    return [_item(parcel, request, share) for parcel, share in zip(request.parcels, shares, strict=True)]


def _item(parcel: Parcel, request: ShipmentDetails, insured: Money | None) -> dict[str, Any]:
    found: dict[str, Any] = {"weight": {"units": "KG", "value": float(parcel.weight_kg)}}
    if parcel.length_cm and parcel.width_cm and parcel.height_cm:
        found["dimensions"] = {
            "length": whole(parcel.length_cm),
            "width": whole(parcel.width_cm),
            "height": whole(parcel.height_cm),
            "units": "CM",
        }
    if insured:
        found["declaredValue"] = _declared(insured)
    if request.signature_required:
        found["packageSpecialServices"] = {"signatureOptionType": "DIRECT"}
    return found


def _printed(request: ShipmentRequest, number: int) -> dict[str, Any]:
    """What stands on a parcel's label: our reference, by which it can be found, and the merchant's."""
    parcel = request.parcels[number]
    texts = [
        ("CUSTOMER_REFERENCE", request.own_reference),
        ("P_O_NUMBER", plain(request.reference, "reference", 30)),
    ]
    if parcel.reference:
        texts.append(("DEPARTMENT_NUMBER", plain(parcel.reference, f"parcels.{number}.reference", 30)))
    found: dict[str, Any] = {
        "customerReferences": [{"customerReferenceType": kind, "value": text} for kind, text in texts]
    }
    if request.is_domestic:  # "required for intra-UAE"
        described = (parcel.description, f"parcels.{number}.description")
        text, field = described if described[0] else (request.description, "description")
        found["itemDescriptionForClearance"] = plain(text or "", field, 500)
    return found


def _special_services(request: ShipmentRequest, settings: FedExSettings, *, is_return: bool) -> dict[str, Any]:
    kinds: list[str] = []
    found: dict[str, Any] = {}
    if is_return:
        kinds.append("RETURN_SHIPMENT")
        found["returnShipmentDetail"] = {"returnType": "PRINT_RETURN_LABEL"}
    if settings.electronic_trade_documents and request.is_dutiable:
        kinds.append("ELECTRONIC_TRADE_DOCUMENTS")
        found["etdDetail"] = {"requestedDocumentTypes": ["COMMERCIAL_INVOICE"]}
    return {"specialServiceTypes": kinds, **found} if kinds else {}


def _shares(money: Money | None, count: int) -> list[Money | None]:
    """A value in as many parts as there are parcels, which make the whole again; the first takes the remainder."""
    if money is None:
        return [None] * count
    part, rest = divmod(money.to_minor(), count)
    return [Money.from_minor(part + (rest if number == 0 else 0), money.currency) for number in range(count)]


def _declared(money: Money) -> dict[str, Any]:
    try:
        return money_object(money)
    except ValueError as error:
        raise Unfit("insured_value.currency", str(error)) from None
