"""What is sent to EMX: bookings, questions for prices, and the two SOAP requests.

Field names are EMX's own, misspellings included, as public integrations send them. ``ReferenceNo`` is the merchant's
reference, ``ReferenceNo1`` Wasl's. Weights are grams; times are the Gulf's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from workers.providers.money import Money
from workers.providers.shipping.emx.manifest import MANIFEST, EMXSettings, Service
from workers.providers.shipping.emx.places import Where, in_emirates
from workers.providers.shipping.fields import grams, whole
from workers.providers.shipping.models import (
    Contents,
    Customs,
    CustomsItem,
    Incoterm,
    Parcel,
    Party,
    Place,
    ShipmentDetails,
    ShipmentRequest,
)
from workers.providers.shipping.suitability import unsuitable
from workers.providers.shipping.times import GULF
from workers.providers.xml import soap_request

TRACKING: Final = "http://epg.generic.tracking/"
BOOKING: Final = "http://epg.generic.booking/"
ALL_SERVICES: Final = "ALL"
_MONTHS: Final = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_SIDES: Final = ("length_cm", "width_cm", "height_cm")
_SERVICES: Final = ", ".join(Service)


def booking_fault(request: ShipmentRequest, settings: EMXSettings) -> tuple[str, str] | None:
    """What EMX cannot take of a shipment: the field and why; None when it can be sent."""
    if wrong := unsuitable(request, MANIFEST):
        return wrong
    if request.is_return:
        return "is_return", "returns are not among what is known of EMX's API"
    if request.signature_required:
        return "signature_required", "EMX's API cannot ask for a signature"
    if request.service is not None and request.service not in list(Service):
        return "service", f"one of {_SERVICES}"
    if request.cash_on_delivery is not None and not request.is_domestic:
        return "cash_on_delivery", "EMX collects cash within the Emirates only"
    if settings.books_pickup and request.ships_at.astimezone(GULF).hour >= settings.pickup_until_hour:
        return "ships_at", f"the driver comes until {settings.pickup_until_hour}:00 in Dubai"
    return _customs_fault(request) or details_fault(request)


def details_fault(request: ShipmentDetails) -> tuple[str, str] | None:
    """What EMX cannot take of a shipment, or cannot price."""
    if request.insured_value is not None:
        return "insured_value", "EMX's API has no insurance"
    if not request.sender.is_in_emirates:
        return "sender.country", "EMX picks up in the Emirates only"
    for end, place in (("sender", request.sender), ("recipient", request.recipient)):
        if place.is_in_emirates and in_emirates(place) is None:
            return f"{end}.emirate", "the city's emirate is not known; say which it is"
    if len(request.parcels) > 1:
        return "parcels", "EMX takes one for each booking"
    missing = next((side for side in _SIDES if getattr(request.parcels[0], side) is None), None)
    return (f"parcels.0.{missing}", "EMX needs it") if missing else None


def booking_body(request: ShipmentRequest, settings: EMXSettings, destination: Where) -> dict[str, Any]:
    """The body of ``CreateBooking``."""
    ships_at = request.ships_at.astimezone(GULF)
    value, cash = request.value or request.cash_on_delivery, request.cash_on_delivery
    origin = in_emirates(request.sender)
    customs = request.customs if request.is_dutiable else None
    fields = {
        **_party("Sender", request.sender, origin),
        **_party("Receiver", request.recipient, destination),
        "ReferenceNo": request.reference,
        "ReferenceNo1": request.own_reference,
        "ContentTypeCode": content_type(request),
        "NatureType": settings.nature_type,
        "Service": _scope(request),
        "ShipmentType": request.service or settings.service.value,
        "DeleiveryType": "Door to Door",
        "Registered": "No",
        "PaymentType": settings.cash_payment.value if cash else "Credit",
        "CODAmount": _amount(cash),
        "CODCurrency": cash.currency if cash else None,
        "CommodityDescription": request.description,
        "Pieces": 1,
        **_measures(request.parcels[0]),
        "ItemValue": _amount(value),
        "ValueCurrency": value.currency if value else "AED",
        "SendMailToSender": "No",
        "SendMailToReceiver": "No",
        **({"CustomDeclarations": _declarations(customs)} if customs else {}),
        "PreferredPickupDate": f"{ships_at.day:02}-{_MONTHS[ships_at.month - 1]}-{ships_at.year}",
        "PreferredPickupTimeFrom": ships_at.strftime("%H:%M"),
        "PreferredPickupTimeTo": f"{settings.pickup_until_hour:02}:00",
        "Is_Return_Service": "No",
        "PrintType": "LabelOnly",
        "AWBType": "EAWB",
        "RequestType": "Booking" if settings.books_pickup else "Shipment",
        "SpecialNotes": request.instructions,
        **_position(request.recipient),
    }
    return {"BookingRequest": fields}


def rate_body(request: ShipmentDetails, settings: EMXSettings, destination: Where, service: str) -> dict[str, Any]:
    """The body of ``CalculatePriceRate``. :param service: one of `Service`, or `ALL_SERVICES`."""
    origin = in_emirates(request.sender)
    fields = {
        "ShipmentType": service,
        "ServiceType": _scope(request),
        "ContentTypeCode": content_type(request),
        "OriginState": None,
        "OriginCity": origin.city if origin else None,
        "DestinationCountry": destination.country,
        "DestinationState": None,
        "DestinationCity": destination.city,
        **_measures(request.parcels[0]),
        "CalculationCurrencyCode": "AED",
        "IsRegistered": "No",
        "ProductCode": settings.domestic_product if request.is_domestic else settings.international_product,
    }
    return {"RateCalculationRequest": fields}


def tracking_body(account_no: str, password: str, number: str) -> bytes:
    """The envelope of ``TrackShipmentByAwbNo``."""
    return soap_request("TrackShipmentByAwbNo", TRACKING, {"AwbNo": number}, _login(account_no, password))


def label_body(account_no: str, password: str, number: str, service: str | None) -> bytes:
    """The envelope of ``PrintLabel``."""
    asked = {"LabelRequest": {"AWBNo": number, "ShipmentType": service}}
    return soap_request("PrintLabelRequest", BOOKING, asked, _login(account_no, password))


def content_type(request: ShipmentDetails) -> str:
    """EMX's word for what it is."""
    return "Document" if request.contents is Contents.DOCUMENTS else "NonDocument"


def _login(account_no: str, password: str) -> dict[str, object]:
    return {"AuthHeader": {"AccountNo": account_no, "Password": password}}


def _scope(request: ShipmentDetails) -> str:
    return "Domestic" if request.is_domestic else "International"


def _party(end: str, party: Party, where: Where | None) -> Mapping[str, Any]:
    phone = party.phone.removeprefix("+")
    parts = (party.line1, party.line2, party.area, party.makani and f"Makani {party.makani}")
    return {
        f"{end}ContactName": party.name,
        f"{end}CompanyName": party.company or "",
        f"{end}Address": ", ".join(part for part in parts if part),
        f"{end}City": where.city if where else None,
        f"{end}ContactMobile": phone,
        f"{end}ContactPhone": phone,
        f"{end}Email": party.email or "",
        f"{end}ZipCode": party.postal_code or "00000",
        f"{end}State": where.state if where else "",
        f"{end}Country": where.country if where else None,
    }


def _measures(parcel: Parcel) -> dict[str, Any]:
    length, width, height = (whole(getattr(parcel, side)) for side in _SIDES)
    return {
        "Weight": grams(parcel.weight_kg),
        "WeightUnit": "Grams",
        "Length": length,
        "Width": width,
        "Height": height,
        "DimensionUnit": "Centimetre",
    }


def _position(place: Place) -> dict[str, str]:
    if place.latitude is None or place.longitude is None:
        return {}
    return {"Latitude": f"{place.latitude:.6f}", "Longitude": f"{place.longitude:.6f}"}


def _declarations(customs: Customs) -> dict[str, Any]:
    return {"CustomDeclarationRequest": [_declaration(item, customs.currency) for item in customs.items]}


def _declaration(item: CustomsItem, currency: str) -> dict[str, Any]:
    return {
        "HSCode": item.hs_code or "",
        "TotalUnits": item.quantity,
        "Weight": grams(item.weight_kg * item.quantity),
        "Value": str(item.unit_value * item.quantity),
        "DeclaredCurrency": currency,
        "Description": item.description,
    }


def _amount(money: Money | None) -> str:
    return format(money.amount, "f") if money else "0"


def _customs_fault(request: ShipmentRequest) -> tuple[str, str] | None:
    if not request.is_dutiable:
        return None
    if request.customs is None:
        return "customs", "is needed for goods that cross a border"
    if request.customs.incoterm is Incoterm.DDP:
        return "customs.incoterm", "EMX's API cannot have the sender pay duties"
    return None
