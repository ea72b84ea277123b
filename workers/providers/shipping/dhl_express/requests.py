"""Shipments, questions and pickups as MyDHL wants them (its OpenAPI document, 3.1.1).

``postalCode`` is always there, empty where a place has none, and so is ``content.incoterm``: MyDHL refuses a body
without them, within the Emirates too. Our own reference is the shipment's (type CU, which it is looked up by); the
merchant's is each package's, which DHL prints.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final

from workers.providers.money import Money
from workers.providers.shipping import fields
from workers.providers.shipping.dhl_express.customs import export_declaration, invoice_options
from workers.providers.shipping.dhl_express.manifest import DHLExpressSettings
from workers.providers.shipping.dhl_express.times import written
from workers.providers.shipping.models import (
    Contents,
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

LINE_CHARS: Final = 45
REFERENCE_TYPE: Final = "CU"
LOCAL_PRODUCT: Final = "local_product_code"
"""The name in ``rate_data`` under which a rate's local product code travels."""
EARLIEST: Final = timedelta(hours=1)
LATEST: Final = timedelta(days=10)
_NOTE_CHARS: Final = 80
_NOTES: Final = 4
_PICKUP_PARTS: Final = ("postalAddress", "contactInformation")
_PROVINCE_CODE: Final = re.compile(r"[A-Z]{2,3}")

Body = dict[str, Any]


def number(value: Decimal) -> int | float:
    """A decimal as JSON writes it."""
    return int(value) if value == value.to_integral_value() else float(value)


def rate_body(request: RateRequest, settings: DHLExpressSettings, now: datetime) -> Body:
    """The question for prices of all products."""
    value = request.value
    amounts = [("declaredValue", value if request.is_dutiable else None), ("insuredValue", request.insured_value)]
    return _filled(
        {
            "customerDetails": {
                "shipperDetails": _place(request.sender, "sender"),
                "receiverDetails": _place(request.recipient, "recipient"),
            },
            "accounts": [_account("shipper", settings.account_number)],
            "valueAddedServices": _services(request),
            "plannedShippingDateAndTime": written(planned(request.ships_at, now), request.sender.country),
            "unitOfMeasurement": "metric",
            "isCustomsDeclarable": request.is_dutiable,
            "monetaryAmount": [{"typeCode": kind, **_money(amount)} for kind, amount in amounts if amount],
            "packages": [_package(parcel) for parcel in request.parcels],
        }
    )


def shipment_body(request: ShipmentRequest, settings: DHLExpressSettings, now: datetime, *, is_return: bool) -> Body:
    """The shipment with its papers. :param is_return: paid by the account for what comes in."""
    shipper_account = settings.account_number
    if is_return and settings.import_account_number:
        shipper_account = settings.import_account_number
    accounts = [_account("shipper", shipper_account)]
    if request.is_dutiable and _incoterm(request) is Incoterm.DDP:
        accounts.append(_account("duties-taxes", settings.duties_account_number or settings.account_number))
    return _filled(
        {
            "plannedShippingDateAndTime": written(planned(request.ships_at, now), request.sender.country),
            "pickup": {"isRequested": False},
            "productCode": request.service or default_product(request),
            "localProductCode": request.rate_data.get(LOCAL_PRODUCT),
            "getRateEstimates": True,
            "accounts": accounts,
            "valueAddedServices": _services(request, paperless=settings.paperless_trade),
            "outputImageProperties": _output(request, settings, is_return),
            "customerReferences": [{"value": request.own_reference, "typeCode": REFERENCE_TYPE}],
            "customerDetails": {
                "shipperDetails": party(request.sender, "sender"),
                "receiverDetails": party(request.recipient, "recipient"),
            },
            "content": _content(request, now),
            "estimatedDeliveryDate": {"isRequested": True, "typeCode": "QDDF"},
        }
    )


def pickup_body(request: PickupRequest, settings: DHLExpressSettings) -> Body:
    """A driver to be sent. DHL wants each parcel's weight: an equal part of the whole."""
    each = (request.weight_kg / request.parcels).quantize(Decimal("0.001"), ROUND_CEILING)
    numbers = [shipment.tracking_number for shipment in request.shipments]
    ready = written(request.ready_at, request.place.country)
    closes = written(request.closes_at, request.place.country)
    if ready[:10] != closes[:10]:
        raise Unfit("closes_at", "must be on the day of ready_at")
    contact = party(request.place, "place")
    detail = {
        "productCode": "N" if request.is_domestic else "P",
        "isCustomsDeclarable": not request.is_domestic,
        "unitOfMeasurement": "metric",
        "shipmentTrackingNumber": numbers[0] if len(numbers) == 1 else None,
        "packages": [{"weight": number(each)} for _ in range(request.parcels)],
    }
    return _filled(
        {
            "plannedPickupDateAndTime": ready,
            "closeTime": closes[11:16],
            "location": request.location,
            "locationType": "business" if request.place.company else "residence",
            "accounts": [_account("shipper", settings.account_number)],
            "specialInstructions": _notes(request.instructions),
            "remark": f"AWB {', '.join(numbers)}" if len(numbers) > 1 else None,
            "customerDetails": {"shipperDetails": {name: contact[name] for name in _PICKUP_PARTS}},
            "shipmentDetails": [_filled(detail)],
        }
    )


class Unfit(ValueError):
    """What DHL cannot take. :param field: our input field at fault."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def require_fit(details: ShipmentDetails, now: datetime) -> None:
    """:raises Unfit: DHL would refuse it, or do something else than asked."""
    if details.cash_on_delivery is not None:
        raise Unfit("cash_on_delivery", "DHL Express collects no cash at the door")
    if details.ships_at > now + LATEST:
        raise Unfit("ships_at", "lies more than ten days ahead, which is as far as DHL plans")
    if details.ships_at < now - timedelta(days=1):
        raise Unfit("ships_at", "lies in the past")
    for index, parcel in enumerate(details.parcels):
        if len({side is None for side in (parcel.length_cm, parcel.width_cm, parcel.height_cm)}) > 1:
            raise Unfit(f"parcels.{index}", "needs length, width and height, or none of them")
    if isinstance(details, ShipmentRequest):
        _require_fit_shipment(details)
    elif details.is_dutiable and details.value is None:
        raise Unfit("declared_value", "DHL needs the value of goods that cross a border")


def planned(ships_at: datetime, now: datetime) -> datetime:
    """When the parcel is handed over; DHL refuses what lies in the past when it looks, and advises against now."""
    return max(ships_at, now + EARLIEST)


def default_product(request: ShipmentRequest) -> str:
    """Express Domestic within a country, Express Worldwide across borders, for documents under its own code."""
    if request.is_domestic:
        return "N"
    return "D" if request.contents is Contents.DOCUMENTS else "P"


def party(who: Party, field: str) -> Body:
    """Somebody with address, contact and tax number. A private person's name stands for the company's."""
    company = who.company or who.name
    for name, text, most in (("company", company, 100), ("email", who.email or "", 70)):
        if len(text) > most:
            raise Unfit(f"{field}.{name}", f"is longer than {most} characters")
    try:
        lines = fields.address_lines(who, width=LINE_CHARS, count=3)
    except ValueError as error:
        raise Unfit(f"{field}.line1", str(error)) from None
    address = {f"addressLine{index}": line for index, line in enumerate(lines, 1)}
    contact = {"email": who.email, "phone": who.phone, "companyName": company, "fullName": who.name}
    tax = {"typeCode": "VAT", "number": who.tax_number, "issuerCountryCode": who.country}
    return _filled(
        {
            "postalAddress": {**_place(who, field), **address},
            "contactInformation": _filled(contact),
            "registrationNumbers": [tax] if who.tax_number else None,
            "typeCode": "business" if who.company else "private",
        }
    )


def _require_fit_shipment(request: ShipmentRequest) -> None:
    if request.label_format is LabelFormat.PNG:
        raise Unfit("label_format", "DHL Express prints PDF and ZPL, no PNG")
    texts = [("reference", request.reference, 35), ("description", request.description, 70)]
    texts += [(f"parcels.{index}.reference", each.reference or "", 35) for index, each in enumerate(request.parcels)]
    texts += [
        (f"parcels.{index}.description", each.description or "", 70) for index, each in enumerate(request.parcels)
    ]
    for field, text, most in texts:
        if len(text) > most:
            raise Unfit(field, f"is longer than the {most} characters that DHL takes")
    if request.description[0].isspace():
        raise Unfit("description", "begins with a space")
    if request.is_dutiable and request.customs is None:
        raise Unfit("customs", "DHL needs it for goods that cross a border")
    if request.service and not re.fullmatch(r"[0-9A-Z]{1,6}", request.service):
        raise Unfit("service", "is not a product code of DHL's, such as P")


def _content(request: ShipmentRequest, now: datetime) -> Body:
    customs = request.customs if request.is_dutiable else None
    return _filled(
        {
            "packages": [_labelled_package(parcel, request.reference) for parcel in request.parcels],
            "isCustomsDeclarable": request.is_dutiable,
            "declaredValue": number(customs.total.amount) if customs else None,
            "declaredValueCurrency": customs.currency if customs else None,
            "exportDeclaration": export_declaration(request, customs, now) if customs else None,
            "description": request.description,
            "incoterm": _incoterm(request).value,
            "unitOfMeasurement": "metric",
        }
    )


def _incoterm(request: ShipmentDetails) -> Incoterm:
    return request.customs.incoterm if request.customs else Incoterm.DAP


def _output(request: ShipmentRequest, settings: DHLExpressSettings, is_return: bool) -> Body:
    options: list[Body] = [
        {"typeCode": "label", "templateName": settings.label_template},
        {"typeCode": "waybillDoc", "isRequested": False},
    ]
    if request.is_dutiable and request.customs is not None:
        options.append(invoice_options(request.customs.purpose, is_return=is_return))
    return {
        "encodingFormat": request.label_format.value,
        "imageOptions": options,
        "splitTransportAndWaybillDocLabels": True,
        "splitInvoiceAndReceipt": True,
        "allDocumentsInOneImage": False,
    }


def _services(details: ShipmentDetails, *, paperless: bool = False) -> list[Body]:
    codes: list[Body] = []
    if details.insured_value is not None:
        codes.append({"serviceCode": "II", **_money(details.insured_value)})
    if details.signature_required:
        codes.append({"serviceCode": "SF"})
    if details.is_dutiable and _incoterm(details) is Incoterm.DDP:
        codes.append({"serviceCode": "DD"})
    if details.is_dutiable and paperless:
        codes.append({"serviceCode": "WY"})
    return codes


def _place(place: Place, field: str) -> Body:
    for name, text, most in (("postal_code", place.postal_code or "", 12), ("city", place.city, LINE_CHARS)):
        if len(text) > most:
            raise Unfit(f"{field}.{name}", f"is longer than {most} characters")
    state = place.state if place.state and _PROVINCE_CODE.fullmatch(place.state) else None
    known = {"cityName": place.city, "countryCode": place.country, "provinceCode": state}
    return {"postalCode": place.postal_code or "", **_filled(known)}


def _package(parcel: Parcel) -> Body:
    sides = {"length": parcel.length_cm, "width": parcel.width_cm, "height": parcel.height_cm}
    dimensions = {name: number(side) for name, side in sides.items() if side is not None}
    return _filled({"weight": number(parcel.weight_kg), "dimensions": dimensions})


def _labelled_package(parcel: Parcel, reference: str) -> Body:
    printed = {"value": parcel.reference or reference, "typeCode": REFERENCE_TYPE}
    return _filled({**_package(parcel), "customerReferences": [printed], "description": parcel.description})


def _account(kind: str, account_number: str) -> Body:
    return {"typeCode": kind, "number": account_number}


def _money(money: Money) -> Body:
    return {"value": number(money.amount), "currency": money.currency}


def _notes(text: str | None) -> list[Body]:
    lines = textwrap.wrap(text or "", _NOTE_CHARS)
    if len(lines) > _NOTES:
        raise Unfit("instructions", f"is longer than {_NOTES} lines of {_NOTE_CHARS} characters")
    return [{"value": line} for line in lines]


def _filled(values: Mapping[str, Any]) -> Body:
    """Without what is not there: MyDHL refuses empty parts and nulls."""
    return {name: value for name, value in values.items() if value is not None and value not in ([], {})}
