"""From Wasl's requests to Aramex's bodies.

Members without ``minOccurs="0"`` in Aramex's schemas are mandatory in its JSON, too, and are always sent, as null or
empty text where there is nothing to say. Widths and meanings are those of Aramex's manual ("Guide to Embedding the
Shipping Services API") as moharrum/aramex-php and others quote it. Amounts and weights are JSON numbers (xs:double).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from workers.providers.shipping.aramex import dates
from workers.providers.shipping.aramex.manifest import AramexSettings
from workers.providers.shipping.aramex.parts import (
    address,
    contact_of,
    customs_properties,
    party_of,
    service_codes,
    shipment_details,
    weight_of,
)
from workers.providers.shipping.aramex.products import DOMESTIC, EXPRESS, codes, fits, fitting, group_of
from workers.providers.shipping.models import (
    ExistingShipment,
    Incoterm,
    LabelFormat,
    Parcel,
    Party,
    PickupRequest,
    Place,
    RateRequest,
    ShipmentDetails,
    ShipmentRequest,
)

DESCRIPTION_MAX: Final = 100
_DUE_AFTER: Final = timedelta(days=7)  # as Aramex's own plugins say it
_PREPAID: Final = "P"
_BY_RECIPIENT: Final = ("C", "ARCC")
"""Collect, from the recipient's account: how the merchant pays for what comes back."""


def fault(request: ShipmentRequest, settings: AramexSettings, *, returning: bool) -> tuple[str, str] | None:
    """What Aramex cannot take of a shipment: the field and why; None when it can be sent."""
    if request.label_format is not LabelFormat.PDF:
        return "label_format", "Aramex prints PDF only"
    if request.is_dutiable and request.customs is None:
        return "customs", "is needed for goods that cross a border"
    if request.customs and not request.is_domestic and request.customs.incoterm not in (Incoterm.DAP, Incoterm.DDP):
        return "customs.incoterm", "Aramex knows DAP (the recipient pays duties) and DDP (the sender pays)"
    if returning and request.cash_on_delivery:
        return "cash_on_delivery", "nothing is collected from the merchant for a return"
    if request.service and not fits(request.service, request):
        return "service", f"{request.service} is not a product for this route and contents"
    if product_for(request, settings, returning=returning) is None:
        return "service", "none of the connection's products fits this route and contents"
    return (
        _too_long(request) or _address_fault(request.sender, "sender") or _address_fault(request.recipient, "recipient")
    )


def place_fault(party: Party) -> tuple[str, str] | None:
    """The same of where a driver is sent."""
    return _long("place", party) or _address_fault(party, "place")


def product_for(request: ShipmentRequest, settings: AramexSettings, *, returning: bool) -> str | None:
    """The product of a shipment: the one asked for, or the connection's first that fits."""
    if request.service:
        return request.service
    if returning and request.is_domestic:
        return settings.return_product
    return next(iter(fitting(codes(_offered(request, settings)), request)), None)


def products_to_ask(request: RateRequest, settings: AramexSettings) -> list[str]:
    """The products to ask a price for."""
    return fitting(request.services or codes(_offered(request, settings)), request)


def rate_body(request: RateRequest, product: str, settings: AramexSettings) -> dict[str, Any]:
    """CalculateRate, for one product."""
    details = shipment_details(request, product, (_PREPAID, settings.payment_options), service_codes(request))
    details["DescriptionOfGoods"] = request.description[:DESCRIPTION_MAX]
    return {
        "OriginAddress": address(request.sender),
        "DestinationAddress": address(request.recipient),
        "ShipmentDetails": details,
        "PreferredCurrencyCode": request.currency,
    }


def probe_body(settings: AramexSettings) -> dict[str, Any]:
    """CalculateRate, for half a kilo of paper from Dubai to Abu Dhabi: to see whether the account is known."""
    dubai, abu_dhabi = (Place(city=city, country="AE") for city in ("Dubai", "Abu Dhabi"))
    parcel = Parcel(weight_kg=Decimal("0.5"))
    details = RateRequest(
        sender=dubai, recipient=abu_dhabi, parcels=(parcel,), ships_at=datetime.now(UTC), description="Papers"
    )
    return rate_body(details, codes(settings.domestic_products)[0], settings)


def shipment_body(
    request: ShipmentRequest, product: str, settings: AramexSettings, *, returning: bool
) -> dict[str, Any]:
    """CreateShipments, with one shipment.

    ``ForeignHAWB`` is the field for a client's own number, which "must be unique for each shipment": Wasl's reference.
    """
    payment = _BY_RECIPIENT if returning else (_PREPAID, settings.payment_options)
    services = [*service_codes(request), *(["RTRN"] if returning and not request.is_domestic else [])]
    details = shipment_details(request, product, payment, services)
    details["AdditionalProperties"] = customs_properties(request)
    account = settings.account_number
    shipment = {
        "Reference1": request.reference,
        "Reference2": "",
        "Reference3": "",
        "Shipper": party_of(request.sender, request.reference, settings, None if returning else account),
        "Consignee": party_of(request.recipient, request.reference, settings, account if returning else None),
        "ThirdParty": None,
        "ShippingDateTime": dates.written(request.ships_at),
        "DueDate": dates.written(request.ships_at + _DUE_AFTER),
        "Comments": "",
        "PickupLocation": "",
        "OperationsInstructions": request.instructions or "",
        "AccountingInstrcutions": "",
        "Details": details,
        "ForeignHAWB": request.own_reference,
        "PickupGUID": "",
        "Number": None,
    }
    return {"Shipments": [shipment], "LabelInfo": label_info(settings)}


def label_body(shipment: ExistingShipment, settings: AramexSettings) -> dict[str, Any]:
    """PrintLabel."""
    return {
        "ShipmentNumber": shipment.tracking_number,
        "ProductGroup": shipment.provider_data.get("product_group", DOMESTIC),
        "OriginEntity": shipment.provider_data.get("origin_entity", settings.account_entity),
        "LabelInfo": label_info(settings),
    }


def pickup_body(request: PickupRequest, settings: AramexSettings) -> dict[str, Any]:
    """CreatePickup. The connection's first product stands for what is fetched; Aramex wants one."""
    group = DOMESTIC if request.is_domestic else EXPRESS
    product = codes(settings.domestic_products if request.is_domestic else settings.international_products)[0]
    pickup = {
        "PickupAddress": address(request.place),
        "PickupContact": contact_of(request.place, settings),
        "PickupLocation": request.location or "Reception",
        "PickupDate": dates.written(request.ready_at),
        "ReadyTime": dates.written(request.ready_at),
        "LastPickupTime": dates.written(request.closes_at),
        "ClosingTime": dates.written(request.closes_at),
        "Comments": request.instructions or "",
        "Reference1": str(request.pickup_id),
        "Reference2": "",
        "Vehicle": "",
        "PickupItems": [_pickup_item(request, group, product)],
        "Status": "Ready",
        "ExistingShipments": [_existing(each, group, settings) for each in request.shipments],
    }
    return {"Pickup": pickup, "LabelInfo": None}


def label_info(settings: AramexSettings) -> dict[str, Any]:
    """Which label is wanted, and how."""
    return {"ReportID": settings.label_report_id, "ReportType": settings.label_delivery.value}


def _offered(details: ShipmentDetails, settings: AramexSettings) -> str:
    return settings.domestic_products if group_of(details) == DOMESTIC else settings.international_products


def _pickup_item(request: PickupRequest, group: str, product: str) -> dict[str, Any]:
    return {
        "ProductGroup": group,
        "ProductType": product,
        "NumberOfShipments": max(len(request.shipments), 1),
        "PackageType": "Box",
        "Payment": _PREPAID,
        "ShipmentWeight": weight_of(request.weight_kg),
        "ShipmentVolume": None,
        "NumberOfPieces": request.parcels,
        "CashAmount": None,
        "ExtraCharges": None,
        "ShipmentDimensions": None,
        "Comments": "",
    }


def _existing(shipment: ExistingShipment, group: str, settings: AramexSettings) -> dict[str, str]:
    return {
        "Number": shipment.tracking_number,
        "OriginEntity": shipment.provider_data.get("origin_entity", settings.account_entity),
        "ProductGroup": shipment.provider_data.get("product_group", group),
    }


# What does not fit.


def _too_long(request: ShipmentRequest) -> tuple[str, str] | None:
    texts: Mapping[str, tuple[str, int]] = {
        "reference": (request.reference, 50),
        "description": (request.description, DESCRIPTION_MAX),
    }
    for field, (text, most) in texts.items():
        if len(text) > most:
            return field, f"is longer than Aramex's {most} characters"
    return _long("sender", request.sender) or _long("recipient", request.recipient)


def _long(end: str, party: Party) -> tuple[str, str] | None:
    limits = {"name": 50, "company": 50, "email": 50, "city": 50, "state": 100, "postal_code": 30}
    for name, most in limits.items():
        if len(getattr(party, name) or "") > most:
            return f"{end}.{name}", f"is longer than Aramex's {most} characters"
    return None


def _address_fault(party: Party, end: str) -> tuple[str, str] | None:
    try:
        address(party)
    except ValueError as error:
        return f"{end}.line1", str(error)
    return None
