"""What is sent to SMSA: shipments to customers (B2C), returns fetched from them (C2B), and customs' invoice.

``OrderNumber`` is the only reference, and the one that shipments are found by, so Wasl's own reference goes there; the
merchant's has no field. Lengths are those of the documentation. A time without zone is sent as the Gulf's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import ROUND_UP, Decimal
from typing import Any, Final

from workers.providers.money import Money
from workers.providers.shipping.fields import address_lines
from workers.providers.shipping.models import (
    Customs,
    CustomsItem,
    Incoterm,
    Party,
    ShipmentRequest,
)
from workers.providers.shipping.smsa.manifest import MANIFEST, SMSASettings
from workers.providers.shipping.suitability import unsuitable
from workers.providers.shipping.times import GULF

LINE_CHARS: Final = 100
SHORTEST_LINE_CHARS: Final = 10
LOWEST_VALUE: Final = Decimal("0.1")
MOST_CUSTOMS_ITEMS: Final = 100
CASH_CURRENCIES: Final[Mapping[str, str]] = {
    "AE": "AED",
    "BH": "BHD",
    "EG": "EGP",
    "JO": "JOD",
    "KW": "KWD",
    "OM": "OMR",
    "QA": "QAR",
    "SA": "SAR",
}
"""``CODAmount`` has no currency of its own: it is the destination's."""


def fault(request: ShipmentRequest) -> tuple[str, str] | None:
    """What SMSA cannot take of a shipment: the field and why; None when it can be sent."""
    if wrong := unsuitable(request, MANIFEST):
        return wrong
    if request.insured_value is not None:
        return "insured_value", "SMSA's API has no insurance"
    if request.signature_required:
        return "signature_required", "SMSA's API cannot ask for a signature"
    if len(request.description) > LINE_CHARS:
        return "description", f"SMSA takes at most {LINE_CHARS} characters"
    return _cash_fault(request) or _value_fault(request) or _customs_fault(request) or _places_fault(request)


def shipment_body(request: ShipmentRequest, settings: SMSASettings) -> dict[str, Any]:
    """A shipment to a customer, for ``POST /api/shipment/b2c/new``."""
    service = request.service or settings.service_code
    cash = request.cash_on_delivery
    return {
        **_common(request, settings),
        "ConsigneeAddress": _address(request.recipient, request.instructions),
        "ShipperAddress": _address(request.sender),
        "CODAmount": float(cash.amount) if cash else 0,
        **({"ServiceCode": service} if service else {}),
        **_paid_by_sender(request),
    }


def return_body(request: ShipmentRequest, settings: SMSASettings) -> dict[str, Any]:
    """A return fetched from a customer, for ``POST /api/c2b/new``."""
    return {
        **_common(request, settings),
        "PickupAddress": _address(request.sender, request.instructions),
        "ReturnToAddress": _address(request.recipient),
        "ServiceCode": request.service or settings.return_service_code,
    }


def invoice_body(tracking_number: str, customs: Customs) -> dict[str, Any]:
    """Customs' invoice, for ``POST /api/invoice``."""
    issued = customs.invoice_date or datetime.now(UTC).astimezone(GULF).date()
    return {
        "AWB": tracking_number,
        "Currency": customs.currency,
        "InvoiceDate": issued.strftime("%d/%m/%Y"),
        "WeightUnit": "KG",
        "Items": [_item(number, item) for number, item in enumerate(customs.items, start=1)],
    }


def _common(request: ShipmentRequest, settings: SMSASettings) -> dict[str, Any]:
    value = _declared(request)
    return {
        "OrderNumber": request.own_reference,
        "DeclaredValue": float(value.amount),
        "ShipmentCurrency": value.currency,
        "Parcels": len(request.parcels),
        "ShipDate": request.ships_at.astimezone(GULF).strftime("%Y-%m-%dT%H:%M:%S"),
        "SMSARetailID": settings.retail_id,
        "WaybillType": request.label_format.value.upper(),
        "Weight": float(request.weight_kg),
        "WeightUnit": "KG",
        "ContentDescription": request.description,
    }


def _paid_by_sender(request: ShipmentRequest) -> dict[str, bool]:
    if not request.is_dutiable or request.customs is None:
        return {}
    paid = request.customs.incoterm is Incoterm.DDP
    return {"DutyPaid": paid, "VatPaid": paid}


def _address(party: Party, instructions: str | None = None) -> dict[str, Any]:
    first, second = _lines(party, instructions)
    has_position = party.latitude is not None and party.longitude is not None
    address = {
        "ContactName": f"{party.name}, {party.company}" if party.company else party.name,
        "ContactPhoneNumber": party.phone.removeprefix("+"),
        "Country": party.country,
        "City": party.city,
        "AddressLine1": first,
        "AddressLine2": second,
        "District": party.area,
        "PostalCode": party.postal_code,
        "Coordinates": f"{party.latitude},{party.longitude}" if has_position else None,
    }
    return {name: value for name, value in address.items() if value}


def _lines(party: Party, instructions: str | None) -> tuple[str, str]:
    """Two lines, the first no shorter than SMSA wants; what the driver is told ends the second."""
    lines = address_lines(party, width=LINE_CHARS, count=2)
    first = lines[0] if len(lines[0]) >= SHORTEST_LINE_CHARS else f"{lines[0]}, {party.city}, {party.country}"
    second = ", ".join([*lines[1:], *([instructions] if instructions else [])])
    if len(second) > LINE_CHARS:
        raise ValueError(f"with the instructions is longer than SMSA's two lines of {LINE_CHARS} characters")
    return first, second


def _item(number: int, item: CustomsItem) -> dict[str, Any]:
    return {
        "Sequence": number,
        "ItemReference": item.sku or str(number),
        "ItemDescription": item.description,
        "ItemHSCode": item.hs_code,
        "ItemValue": _two_decimals(item.unit_value),
        "Quantity": item.quantity,
        "QuantityUnit": "UNIT",
        "Weight": _two_decimals(item.weight_kg),
        "CountryOfOrigin": item.origin_country,
    }


def _two_decimals(value: Decimal) -> float:
    return float(value.quantize(Decimal("0.01"), ROUND_UP))


def _declared(request: ShipmentRequest) -> Money:
    """What the goods are worth, which SMSA insists on; of goods that are paid at the door, that."""
    value = request.value or request.cash_on_delivery
    if value is None:
        raise ValueError("SMSA wants to know what the goods are worth")
    return value


def _cash_fault(request: ShipmentRequest) -> tuple[str, str] | None:
    cash = request.cash_on_delivery
    if cash is None:
        return None
    currency = CASH_CURRENCIES.get(request.recipient.country)
    if currency is None:
        return "cash_on_delivery", f"SMSA collects cash in {', '.join(CASH_CURRENCIES)}"
    if cash.currency != currency:
        return "cash_on_delivery.currency", f"SMSA collects {currency} there"
    return None


def _value_fault(request: ShipmentRequest) -> tuple[str, str] | None:
    try:
        value = _declared(request)
    except ValueError as error:
        return "declared_value", str(error)
    if value.amount < LOWEST_VALUE:
        return "declared_value", f"SMSA takes no less than {LOWEST_VALUE}"
    if value.currency not in MANIFEST.currencies:
        return "declared_value.currency", f"one of {', '.join(MANIFEST.currencies)}"
    return None


def _customs_fault(request: ShipmentRequest) -> tuple[str, str] | None:
    if not request.is_dutiable or request.is_return:
        return None
    if request.customs is None:
        return "customs", "is needed for goods that cross a border"
    if len(request.customs.items) > MOST_CUSTOMS_ITEMS:
        return "customs.items", f"SMSA's invoice has at most {MOST_CUSTOMS_ITEMS}"
    missing = next((number for number, item in enumerate(request.customs.items) if item.hs_code is None), None)
    return None if missing is None else (f"customs.items.{missing}.hs_code", "SMSA's invoice needs it")


def _places_fault(request: ShipmentRequest) -> tuple[str, str] | None:
    driver_visits = "sender" if request.is_return else "recipient"
    for end, party in (("sender", request.sender), ("recipient", request.recipient)):
        if not 3 <= len(party.city) <= 50:
            return f"{end}.city", "SMSA takes 3 to 50 characters"
        if len(party.name) + len(party.company or "") + 2 > 150:
            return f"{end}.name", "SMSA takes at most 150 characters for name and company"
        try:
            _lines(party, request.instructions if end == driver_visits else None)
        except ValueError as error:
            return f"{end}.line1", str(error)
    return None
