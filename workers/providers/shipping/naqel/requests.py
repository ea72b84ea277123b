"""What is sent to Naqel: waybills, pickups, and the questions for labels and tracks, each an envelope.

Names and their order are those of Naqel's PHP library and of public integrations, misspellings included. ``RefNo`` is
Wasl's reference, ``Reference1`` the merchant's. Weights are kilograms, times the Gulf's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from workers.providers.shipping.models import (
    Contents,
    Customs,
    CustomsItem,
    Incoterm,
    Party,
    PickupRequest,
    ShipmentRequest,
)
from workers.providers.shipping.naqel.manifest import MANIFEST, NaqelSettings
from workers.providers.shipping.naqel.places import Where, where
from workers.providers.shipping.suitability import unsuitable
from workers.providers.shipping.times import GULF
from workers.providers.xml import soap_request

NAMESPACE: Final = "http://tempuri.org/"
ON_ACCOUNT: Final = 1
CASH_ON_DELIVERY: Final = 5
CURRENCY_IDS: Final[Mapping[str, int]] = {
    "SAR": 1,
    "AED": 2,
    "USD": 4,
    "GBP": 5,
    "OMR": 6,
    "JOD": 7,
    "BHD": 9,
    "EGP": 10,
    "KWD": 11,
    "CNY": 12,
}
CASH_CURRENCIES: Final[Mapping[str, str]] = {"AE": "AED", "SA": "SAR"}
STATION: Final = "destination_station"
"""The key in ``provider_data`` of where a shipment goes, which its pickup has to say."""
DOCUMENT_LOAD_TYPES: Final = (35, 33)
"""Within a country, and abroad."""


def waybill_fault(request: ShipmentRequest) -> tuple[str, str] | None:
    """What Naqel cannot take of a shipment: the field and why; None when it can be sent."""
    if wrong := unsuitable(request, MANIFEST):
        return wrong
    if request.is_return:
        return "is_return", "returns are not among what is known of Naqel's API"
    if request.signature_required:
        return "signature_required", "Naqel's API cannot ask for a signature"
    if request.service is not None and not (request.service.isascii() and request.service.isdecimal()):
        return "service", "is the number of one of Naqel's load types, such as 36"
    for end, party in (("sender", request.sender), ("recipient", request.recipient)):
        if where(party) is None:
            field = "emirate" if party.is_in_emirates else "city"
            return f"{end}.{field}", "is not known in Naqel's codes of cities"
    return _customs_fault(request) or _money_fault(request)


def pickup_fault(request: PickupRequest) -> tuple[str, str] | None:
    """What Naqel cannot take of a pickup."""
    if not request.place.is_in_emirates:
        return "place.country", "Naqel is known to pick up in the Emirates only"
    return (
        ("place.emirate", "the city's emirate is not known; say which it is") if where(request.place) is None else None
    )


def load_type(request: ShipmentRequest, settings: NaqelSettings) -> int:
    """Naqel's number of the service."""
    if request.service is not None:
        return int(request.service)
    if request.contents is Contents.DOCUMENTS:
        return DOCUMENT_LOAD_TYPES[0 if request.is_domestic else 1]
    return settings.domestic_load_type if request.is_domestic else settings.international_load_type


def waybill(request: ShipmentRequest, settings: NaqelSettings, login: Mapping[str, Any]) -> bytes:
    """The envelope of ``CreateWaybill``. :param login: as `client_info` wants it."""
    destination = _known(where(request.recipient))
    customs = request.customs if request.is_dutiable else None
    cash, insured = request.cash_on_delivery, request.insured_value
    details = {
        "ClientInfo": client_info(login, request.sender),
        "ConsigneeInfo": _consignee(request.recipient, destination),
        "_CommercialInvoice": _invoice(customs, request) if customs else None,
        "CurrenyID": CURRENCY_IDS[_currency(request)],
        "BillingType": CASH_ON_DELIVERY if cash else ON_ACCOUNT,
        "PicesCount": len(request.parcels),
        "Weight": request.weight_kg,
        "DeliveryInstruction": request.instructions,
        "CODCharge": cash.amount if cash else 0,
        "CreateBooking": settings.books_pickup,
        "isRTO": False,
        "GeneratePiecesBarCodes": len(request.parcels) > 1,
        "LoadTypeID": load_type(request, settings),
        "DeclareValue": customs.total.amount if customs else 0,
        "GoodDesc": request.description,
        "Latitude": request.recipient.latitude,
        "Longitude": request.recipient.longitude,
        "RefNo": request.own_reference,
        **_measures(request),
        "IsInsurance": insured is not None,
        "InsuredValue": insured.amount if insured else 0,
        "Reference1": request.reference,
        "GoodsVATAmount": 0,
        "IsCustomDutyPayByConsignee": customs is not None and customs.incoterm is not Incoterm.DDP,
    }
    return soap_request("CreateWaybill", NAMESPACE, {"_ManifestShipmentDetails": details})


def pickup(request: PickupRequest, settings: NaqelSettings, login: Mapping[str, Any]) -> bytes:
    """The envelope of ``CreateBooking``."""
    origin = _known(where(request.place))
    told = (shipment.provider_data.get(STATION) for shipment in request.shipments)
    destination = next((station for station in told if station), str(origin.station))
    words = ". ".join(part for part in (request.location, request.instructions) if part)
    details = {
        "ClientInfo": client_info(login, request.place),
        "BillingType": ON_ACCOUNT,
        "PickUpReqDateTime": request.ready_at.astimezone(GULF).isoformat(timespec="seconds"),
        "PicesCount": request.parcels,
        "Weight": request.weight_kg,
        "PickUpPoint": _address(request.place),
        "SpecialInstruction": words,
        "OriginStationID": origin.station,
        "DestinationStationID": destination,
        "OfficeUpTo": request.closes_at.astimezone(GULF).isoformat(timespec="seconds"),
        "ContactPerson": request.place.name,
        "ContactNumber": _digits(request.place),
        "LoadTypeID": settings.domestic_load_type if request.is_domestic else settings.international_load_type,
    }
    return soap_request("CreateBooking", NAMESPACE, {"_BookingShipmentDetail": details})


def sticker(number: str, settings: NaqelSettings, login: Mapping[str, Any]) -> bytes:
    """The envelope of ``GetWaybillSticker``."""
    asked = {"clientInfo": dict(login), "WaybillNo": number, "StickerSize": settings.sticker_size.value}
    return soap_request("GetWaybillSticker", NAMESPACE, asked)


def trace(numbers: Sequence[str], login: Mapping[str, Any]) -> bytes:
    """The envelope of ``TraceByMultiWaybillNo``."""
    asked = {"ClientInfo": dict(login), "WaybillNo": {"int": list(numbers)}}
    return soap_request("TraceByMultiWaybillNo", NAMESPACE, asked)


def client_info(login: Mapping[str, Any], sender: Party) -> dict[str, Any]:
    """Who asks, and where it is to be fetched. :param login: ``ClientID``, ``Password`` and ``Version``."""
    origin = _known(where(sender))
    address = {
        "PhoneNumber": _digits(sender),
        "POBox": "0",
        "ZipCode": sender.postal_code or "0",
        "Fax": "0",
        "FirstAddress": _address(sender),
        "Location": sender.city,
        "CountryCode": origin.country,
        "CityCode": origin.city,
    }
    contact = {
        "Name": sender.company or sender.name,
        "Email": sender.email or "",
        "PhoneNumber": _digits(sender),
        "MobileNo": _digits(sender),
    }
    return {"ClientAddress": address, "ClientContact": contact, **login}


def _consignee(party: Party, destination: Where) -> dict[str, Any]:
    return {
        "ConsigneeName": f"{party.name}, {party.company}" if party.company else party.name,
        "Email": party.email or "",
        "Mobile": _digits(party),
        "PhoneNumber": _digits(party),
        "Address": _address(party),
        "Near": party.area,
        "CountryCode": destination.country,
        "CityCode": destination.city,
    }


def _invoice(customs: Customs, request: ShipmentRequest) -> dict[str, Any]:
    party = request.recipient
    issued = customs.invoice_date or datetime.now(UTC).astimezone(GULF).date()
    return {
        "RefNo": request.own_reference,
        "InvoiceNo": customs.invoice_number or request.own_reference,
        "InvoiceDate": f"{issued.isoformat()}T00:00:00",
        "Consignee": party.name,
        "ConsigneeAddress": _address(party),
        "ConsigneeEmail": party.email or "",
        "MobileNo": _digits(party),
        "Phone": _digits(party),
        "TotalCost": customs.total.amount,
        "CurrencyCode": customs.currency,
        "CommercialInvoiceDetailList": {
            "CommercialInvoiceDetail": [_item(item, customs.currency) for item in customs.items]
        },
    }


def _item(item: CustomsItem, currency: str) -> dict[str, Any]:
    return {
        "Quantity": item.quantity,
        "UnitType": "Pieces",
        "CountryofManufacture": item.origin_country,
        "Description": item.description,
        "UnitCost": item.unit_value,
        "CustomsCommodityCode": item.hs_code,
        "Currency": currency,
    }


def _measures(request: ShipmentRequest) -> dict[str, Any]:
    """Of a single parcel; a waybill has room for no more."""
    (first, *more) = request.parcels
    if more or first.length_cm is None or first.width_cm is None or first.height_cm is None:
        return {}
    return {"Width": first.width_cm, "Length": first.length_cm, "Height": first.height_cm}


def _address(party: Party) -> str:
    """All of it, the city included, whose code may be that of its emirate."""
    makani = f"Makani {party.makani}" if party.makani else None
    parts = (party.line1, party.line2, party.area, makani, party.city)
    return ", ".join(part for part in parts if part)


def _digits(party: Party) -> str:
    return party.phone.removeprefix("+")


def _currency(request: ShipmentRequest) -> str:
    """The one currency of all amounts of a waybill."""
    if request.is_dutiable and request.customs:
        return request.customs.currency
    money = request.cash_on_delivery or request.insured_value
    return money.currency if money else "AED"


def _known(found: Where | None) -> Where:
    if found is None:
        raise ValueError("a place that is not known; the faults are asked first")
    return found


def _customs_fault(request: ShipmentRequest) -> tuple[str, str] | None:
    if not request.is_dutiable:
        return None
    if request.customs is None:
        return "customs", "is needed for goods that cross a border"
    missing = next((number for number, item in enumerate(request.customs.items) if item.hs_code is None), None)
    return None if missing is None else (f"customs.items.{missing}.hs_code", "Naqel's invoice needs it")


def _money_fault(request: ShipmentRequest) -> tuple[str, str] | None:
    currency, cash = _currency(request), request.cash_on_delivery
    if currency not in CURRENCY_IDS:
        field = "customs.currency" if request.is_dutiable else "insured_value.currency"
        return field, f"one of {', '.join(CURRENCY_IDS)}"
    local = CASH_CURRENCIES[request.recipient.country]
    if cash is not None and cash.currency != local:
        return "cash_on_delivery.currency", f"Naqel collects {local} there"
    for field, money in (("cash_on_delivery", cash), ("insured_value", request.insured_value)):
        if money is not None and money.currency != currency:
            return f"{field}.currency", f"a waybill has one currency, and its customs' is {currency}"
    return None
