"""Orders as Shipa Delivery wants them in version 2.

Its page is not public; the fields are those that four public integrations send alike, the limits of lengths those that
one of them took from Shipa's own OpenAPI document (references 50 characters, names 150, addresses and descriptions
1000). Cities have to be from Shipa's list, which for the Emirates has eight names: the seven emirates and Al Ain;
districts belong into the address. That weights are kilograms follows from how they are used, and is unverified.
"""

from __future__ import annotations

from typing import Any, Final

from workers.providers.shipping.fields import address_lines, told
from workers.providers.shipping.models import Party, Place, ShipmentRequest
from workers.providers.shipping.places import EMIRATE_NAMES
from workers.providers.shipping.shipa.manifest import MANIFEST, ServiceCategory, ShipaSettings
from workers.providers.shipping.suitability import unsuitable

COUNTRY: Final = "ARE"
_AL_AIN: Final = "Al Ain"
_NAME_MAX_CHARS: Final = 150
_ADDRESS_MAX_CHARS: Final = 1000


def fault(request: ShipmentRequest) -> tuple[str, str] | None:
    """What Shipa cannot take of a shipment: the field and why; None when it can be sent."""
    if request.is_return:
        return "is_return", "Shipa Delivery's API has no returns that Wasl knows of"
    if wrong := unsuitable(request, MANIFEST):
        return wrong
    if request.service is not None and request.service not in tuple(ServiceCategory):
        return "service", f"is none of {', '.join(ServiceCategory)}"
    if request.insured_value is not None:
        return "insured_value", "Shipa Delivery's API takes no insurance"
    if request.signature_required:
        return "signature_required", "Shipa Delivery's API cannot be asked for a signature"
    for name, party in (("sender", request.sender), ("recipient", request.recipient)):
        if city_of(party) is None:
            return f"{name}.city", "is no city that Wasl knows the emirate of; say the emirate"
        if len(_name(party)) > _NAME_MAX_CHARS:
            return f"{name}.name", f"and company have more than Shipa's {_NAME_MAX_CHARS} characters"
        try:
            _address(party)
        except ValueError as error:
            return f"{name}.line1", str(error)
    return None


def order_body(request: ShipmentRequest, settings: ShipaSettings) -> dict[str, Any]:
    """The order, confirmed at once. Its ``customerRef`` is Wasl's reference, by which it can be read; the merchant's is
    in the packages' names."""
    cash, instructions = request.cash_on_delivery, request.instructions
    options = told(
        {"amountToCollect": float(cash.amount) if cash else None, "specialInstructions": instructions},
    )
    return {
        "customerRef": request.own_reference,
        "type": "Delivery",
        "category": request.service or settings.service.value,
        "autoConfirm": True,
        "origin": _party(request.sender),
        "destination": {**_party(request.recipient), "type": "Doorstep", **({"options": options} if options else {})},
        "packages": [
            {
                "customerRef": f"{request.own_reference}-{number}",
                "name": request.reference,
                "description": parcel.description or request.description,
                "quantity": 1,
                "weight": float(parcel.weight_kg),
            }
            for number, parcel in enumerate(request.parcels, 1)
        ],
    }


def city_of(place: Place) -> str | None:
    """The name in Shipa's list that a place in the Emirates lies in; None where the emirate is not known."""
    if place.city.casefold().replace("-", " ").strip() in ("al ain", "alain"):
        return _AL_AIN
    return EMIRATE_NAMES[place.emirate] if place.emirate else None


def _party(party: Party) -> dict[str, Any]:
    fields = {
        "contactName": _name(party),
        "contactNo": party.phone.removeprefix("+"),
        "email": party.email,
        "address": _address(party),
        "city": city_of(party),
        "country": COUNTRY,
    }
    return told(fields)


def _name(party: Party) -> str:
    return f"{party.name} ({party.company})" if party.company else party.name


def _address(party: Party) -> str:
    """One line, with the place's own name where Shipa's list has only its emirate's."""
    text = ", ".join(address_lines(party, width=_ADDRESS_MAX_CHARS, count=4))
    if party.city != city_of(party) and party.city.casefold() not in text.casefold():
        text = f"{text}, {party.city}"
    if len(text) > _ADDRESS_MAX_CHARS:
        raise ValueError(f"is longer than Shipa's {_ADDRESS_MAX_CHARS} characters")
    return text
