"""Orders, and questions for prices, as iMile wants them (``param`` of the envelope).

Fields, units (kilograms, centimetres, cubic centimetres) and the spelling ``high`` as three public integrations send
them, of which one works in Saudi Arabia and the Emirates and one from iMile's guide of September 2026. Numbers go as
texts. Lengths are that one's cuts: contacts 50 characters, addresses 200; here what is longer is refused.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from workers.providers.money import Money
from workers.providers.shipping.fields import address_lines, told
from workers.providers.shipping.imile.manifest import COUNTRIES, LOCAL_CURRENCIES, MANIFEST, SERVICE, IMileSettings
from workers.providers.shipping.models import Parcel, Party, Place, ShipmentDetails, ShipmentRequest
from workers.providers.shipping.places import EMIRATE_NAMES
from workers.providers.shipping.suitability import unsuitable

FORWARD: Final = "100"
_LOCAL: Final = "Local"
_NAME_MAX_CHARS: Final = 50
_ADDRESS_MAX_CHARS: Final = 200
# A price needs a volume. Of a parcel that nobody measured it is what weighs by volume what it weighs.
_CUBIC_CENTIMETRES_PER_KG: Final = 6000


def fault(request: ShipmentRequest) -> tuple[str, str] | None:
    """What iMile cannot take of a shipment: the field and why; None when it can be sent."""
    if request.is_return:
        return "is_return", "iMile's API has no returns that Wasl knows of"
    if wrong := unsuitable(request, MANIFEST):
        return wrong
    if request.service not in (None, SERVICE):
        return "service", f"is not {SERVICE}, the only one"
    if request.insured_value is not None:
        return "insured_value", "iMile's API takes no insurance"
    if request.signature_required:
        return "signature_required", "iMile's API cannot be asked for a signature"
    if request.is_dutiable and request.customs is None:
        return "customs", "is needed for goods that cross a border"
    cash, country = request.cash_on_delivery, request.recipient.country
    if cash is not None and cash.currency != LOCAL_CURRENCIES.get(country):
        return "cash_on_delivery.currency", "iMile collects the currency of the recipient's country"
    for name, party in (("sender", request.sender), ("recipient", request.recipient)):
        if len(party.name) > _NAME_MAX_CHARS:
            return f"{name}.name", f"has more than iMile's {_NAME_MAX_CHARS} characters"
        try:
            _address(party)
        except ValueError as error:
            return f"{name}.line1", str(error)
    return None


def order_param(request: ShipmentRequest, settings: IMileSettings) -> dict[str, Any]:
    """The order. Its number is Wasl's reference, of which iMile takes one order only; the merchant's is in the
    description."""
    service = {
        "pickupService": "1" if settings.pickup else "0",
        "deliveryService": "Delivery",
        "deliveryRequirements": request.instructions,
        "logisticsProductCode": settings.product_code,
    }
    return {
        "orderNo": request.own_reference,
        "orderType": FORWARD,
        "orderDescription": request.reference,
        "senderInfo": _party(request.sender, "warehouse"),
        "consigneeInfo": _party(request.recipient, "customer"),
        "serviceInfo": told(service),
        "packageInfo": _package(request),
        "skuInfos": _goods(request),
    }


def price_param(details: ShipmentDetails) -> dict[str, Any]:
    """The question what a shipment costs."""
    volume = sum((_volume(each) or each.weight_kg * _CUBIC_CENTIMETRES_PER_KG for each in details.parcels), Decimal(0))
    return {
        "senderInfo": _place(details.sender),
        "consigneeInfo": _place(details.recipient),
        "orderType": FORWARD,
        "goodsType": "Normal",
        "totalWeight": _number(details.weight_kg),
        "totalVolume": _number(volume),
        **_money(details),
    }


def _package(request: ShipmentRequest) -> dict[str, Any]:
    volumes = [_volume(each) for each in request.parcels]
    package = {
        "goodsType": "Normal",
        "totalCount": str(len(request.parcels)),
        "grossWeight": _number(request.weight_kg),
        "totalVolume": _number(sum((each or Decimal(0) for each in volumes), Decimal(0))) if all(volumes) else None,
        **_money(request),
    }
    if len(request.parcels) == 1 and volumes[0]:
        (box,) = request.parcels
        sides = (box.length_cm, box.width_cm, box.height_cm)
        package |= {name: _number(side) for name, side in zip(("length", "width", "high"), sides, strict=True) if side}
    return told(package)


def _money(details: ShipmentDetails) -> dict[str, str]:
    cash, value = details.cash_on_delivery, _value(details) or details.cash_on_delivery
    return {
        "paymentMethod": "COD" if cash else "PPD",
        "collectingMoney": _number(cash.amount) if cash else "0",
        "clientDeclaredValue": _number(value.amount) if value else "0",
        "clientDeclaredCurrency": _currency(value, details.recipient.country),
    }


def _value(details: ShipmentDetails) -> Money | None:
    """What the contents are worth; of customs' items where there are some, which are told one by one as well."""
    return details.customs.total if details.customs else details.declared_value


def _currency(value: Money | None, country: str) -> str:
    """What iMile calls the money of the recipient's country ``Local``."""
    return _LOCAL if value is None or value.currency == LOCAL_CURRENCIES.get(country) else value.currency


def _goods(request: ShipmentRequest) -> list[dict[str, Any]]:
    if request.customs is None:
        value = _value(request)
        whole = {"skuName": request.description, "skuQty": "1", "skuWeight": _number(request.weight_kg)}
        return [told({**whole, "skuDeclaredValue": _number(value.amount) if value else "0"})]
    return [
        told(
            {
                "skuNo": item.sku,
                "skuName": item.description,
                "skuQty": str(item.quantity),
                "skuDeclaredValue": _number(item.unit_value),
                "skuWeight": _number(item.weight_kg),
                "skuHsCode": item.hs_code,
            }
        )
        for item in request.customs.items
    ]


def _party(party: Party, address_type: str) -> dict[str, Any]:
    fields = {
        "addressType": address_type,
        "contacts": party.name,
        "contactCompany": party.company,
        "phone": party.phone.removeprefix("+"),
        "email": party.email,
        "address": _address(party),
        "longitude": None if party.longitude is None else str(party.longitude),
        "latitude": None if party.latitude is None else str(party.latitude),
    }
    return {**_place(party), **told(fields)}


def _place(place: Place) -> dict[str, Any]:
    fields = {
        "country": COUNTRIES.get(place.country),
        "province": EMIRATE_NAMES[place.emirate] if place.emirate else place.state,
        "city": place.city,
        "area": place.area,
        "zipCode": place.postal_code,
    }
    return told(fields)


def _address(party: Party) -> str:
    text = ", ".join(address_lines(party, width=_ADDRESS_MAX_CHARS, count=4))
    if len(text) > _ADDRESS_MAX_CHARS:
        raise ValueError(f"is longer than iMile's {_ADDRESS_MAX_CHARS} characters")
    return text


def _volume(parcel: Parcel) -> Decimal | None:
    if parcel.length_cm is None or parcel.width_cm is None or parcel.height_cm is None:
        return None
    return parcel.length_cm * parcel.width_cm * parcel.height_cm


def _number(value: Decimal) -> str:
    text = format(value.quantize(Decimal("0.001")), "f")
    return text.rstrip("0").rstrip(".")
