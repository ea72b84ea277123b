"""Orders as Quiqup wants them.

Fields as Zombiemelon/quiqup-mcp found them accepted on staging in May 2026 (lib/tools/create-lastmile-order.ts), which
corrects the published page: ``coordinates`` is an object, the country an ISO code, and ``references`` is left out,
because text in it has the whole order refused. Each item is one parcel.
"""

from __future__ import annotations

from typing import Any, Final

from workers.providers.shipping.fields import address_lines, told
from workers.providers.shipping.models import Parcel, Party, ShipmentRequest
from workers.providers.shipping.quiqup.manifest import MANIFEST, Kind, QuiqupSettings
from workers.providers.shipping.suitability import unsuitable

RETURN: Final = "partner_return"
_LINE_MAX_CHARS: Final = 255


def fault(request: ShipmentRequest) -> tuple[str, str] | None:
    """What Quiqup cannot take of a shipment: the field and why; None when it can be sent."""
    if wrong := unsuitable(request, MANIFEST):
        return wrong
    if not request.is_return and request.service is not None and request.service not in tuple(Kind):
        return "service", f"is none of {', '.join(Kind)}"
    if request.insured_value is not None:
        return "insured_value", "Quiqup's API takes no insurance"
    if request.signature_required:
        return "signature_required", "Quiqup's API cannot be asked for a signature"
    for name, place in (("sender", request.sender), ("recipient", request.recipient)):
        try:
            _lines(place)
        except ValueError as error:
            return f"{name}.line1", str(error)
    return None


def order_body(request: ShipmentRequest, settings: QuiqupSettings) -> dict[str, Any]:
    """The order. Quiqup can be asked for Wasl's reference (``partner_order_id``); the merchant's is in the items'
    names."""
    cash = request.cash_on_delivery
    destination = {**_contact(request.recipient), "notes": request.instructions}
    body = {
        "kind": RETURN if request.is_return else request.service or settings.service.value,
        "partner_order_id": request.own_reference,
        "billing_identifier": settings.billing_identifier,
        "payment_mode": "paid_on_delivery" if cash else "pre_paid",
        "payment_amount": float(cash.amount) if cash else 0,
        "origin": _contact(request.sender),
        "destination": told(destination),
        "items": [_item(request, parcel, number) for number, parcel in enumerate(request.parcels, 1)],
    }
    return told(body)


def _contact(party: Party) -> dict[str, Any]:
    contact = {
        "contact_name": f"{party.name} ({party.company})" if party.company else party.name,
        "contact_phone": party.phone,
        "contact_email": party.email,
        "address": _address(party),
    }
    return told(contact)


def _address(party: Party) -> dict[str, Any]:
    lines = _lines(party)
    address: dict[str, Any] = {
        "address1": lines[0],
        "address2": lines[1] if len(lines) > 1 else None,
        "town": party.city,
        "city": party.city,
        "country": party.country,
    }
    if party.latitude is not None and party.longitude is not None:
        address["coordinates"] = {"lat": party.latitude, "lng": party.longitude}
    return told(address)


def _lines(party: Party) -> list[str]:
    return address_lines(party, width=_LINE_MAX_CHARS, count=2)


def _item(request: ShipmentRequest, parcel: Parcel, number: int) -> dict[str, Any]:
    count = len(request.parcels)
    name = f"{request.reference} {parcel.description or request.description}"
    sides = (parcel.length_cm, parcel.width_cm, parcel.height_cm)
    item: dict[str, Any] = {
        "name": name if count == 1 else f"{name} ({number} of {count})",
        "quantity": 1,
        "weight": float(parcel.weight_kg),
    }
    if None not in sides:
        length, width, height = (float(side) for side in sides if side is not None)
        item["dimensions"] = {"length": length, "width": width, "height": height}
    return item
