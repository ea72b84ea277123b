"""What is sent to Jeebly: one flat object for both ends of a shipment.

Jeebly wants a house number, a building, an area and a landmark of each end, none empty. An address's first part goes
into the house number and all of it into the building, so that nothing is lost; the landmark tells the driver what was
told to him, or the Makani number, or the area. Weights are whole numbers, of kilograms unless the connection says
otherwise. No one is sent on Sundays: such a pickup is asked for on Monday.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

from workers.providers.shipping.fields import address_lines, grams, phone_parts, whole
from workers.providers.shipping.jeebly.manifest import MANIFEST, JeeblySettings, Service, WeightUnit
from workers.providers.shipping.models import Contents, Party, ShipmentRequest
from workers.providers.shipping.suitability import unsuitable
from workers.providers.shipping.times import GULF

ADDRESS_CHARS: Final = 255
_SUNDAY: Final = 6


def fault(request: ShipmentRequest) -> tuple[str, str] | None:
    """What Jeebly cannot take of a shipment: the field and why; None when it can be sent."""
    if wrong := unsuitable(request, MANIFEST):
        return wrong
    for end, party in (("sender", request.sender), ("recipient", request.recipient)):
        if wrong := _end_fault(end, party):
            return wrong
    if request.service is not None and request.service not in set(Service):
        return "service", f"one of {', '.join(Service)}"
    if request.insured_value is not None:
        return "insured_value", "Jeebly's API has no insurance"
    if request.signature_required:
        return "signature_required", "Jeebly's API cannot ask for a signature"
    return None


def shipment_body(request: ShipmentRequest, settings: JeeblySettings) -> dict[str, Any]:
    """A shipment, or a return, for ``POST /customer/create_shipment``."""
    cash = request.cash_on_delivery
    sender_told = request.instructions if request.is_return else None
    recipient_told = None if request.is_return else request.instructions
    return {
        "delivery_type": request.service or settings.service.value,
        "load_type": "Document" if request.contents is Contents.DOCUMENTS else "Non-document",
        "consignment_type": "REVERSE" if request.is_return else "FORWARD",
        "description": request.description,
        "weight": _weight(request, settings),
        "payment_type": "COD" if cash else "Prepaid",
        "cod_amount": float(cash.amount) if cash else 0,
        "num_pieces": len(request.parcels),
        "customer_reference_number": request.own_reference,
        "pickup_date": pickup_date(request.ships_at).isoformat(),
        **_end("origin_address", request.sender, sender_told),
        **_end("destination_address", request.recipient, recipient_told),
    }


def pickup_date(ships_at: datetime) -> date:
    """The first day from then on on which Jeebly sends somebody."""
    day = ships_at.astimezone(GULF).date()
    return day + timedelta(days=1) if day.weekday() == _SUNDAY else day


def _weight(request: ShipmentRequest, settings: JeeblySettings) -> int:
    in_grams = settings.weight_unit is WeightUnit.GRAMS
    return grams(request.weight_kg) if in_grams else whole(request.weight_kg)


def _end(prefix: str, party: Party, told: str | None) -> dict[str, str]:
    code, number = phone_parts(party.phone)
    makani = f"Makani {party.makani}" if party.makani else None
    parts = {
        "name": f"{party.name}, {party.company}" if party.company else party.name,
        "mob_no_country_code": str(code),
        "mobile_number": number,
        "house_no": party.line1.split(",")[0].strip(),
        "building_name": _building(party),
        "area": party.area or "",
        "landmark": told or makani or party.area or "",
        "city": party.city,
        "type": "Normal",
    }
    return {f"{prefix}_{name}": value for name, value in parts.items()}


def _building(party: Party) -> str:
    return address_lines(party, width=ADDRESS_CHARS, count=1)[0]


def _end_fault(end: str, party: Party) -> tuple[str, str] | None:
    if not party.area:
        return f"{end}.area", "Jeebly needs the area"
    try:
        _building(party)
    except ValueError as error:
        return f"{end}.line1", str(error)
    return None
