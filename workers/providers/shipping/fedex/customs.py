"""What customs is told, as FedEx takes it: commodities, the invoice, and who pays duties."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from workers.providers.money import Money
from workers.providers.shipping.fedex.currencies import money_object
from workers.providers.shipping.fedex.parties import Unfit, plain
from workers.providers.shipping.models import (
    Contents,
    Customs,
    CustomsItem,
    ExportPurpose,
    Incoterm,
    ShipmentDetails,
    ShipmentRequest,
)

PURPOSES: Final[Mapping[ExportPurpose, str]] = {
    ExportPurpose.SALE: "SOLD",
    ExportPurpose.GIFT: "GIFT",
    ExportPurpose.SAMPLE: "SAMPLE",
    ExportPurpose.RETURN: "NOT_SOLD",
    ExportPurpose.REPAIR: "REPAIR_AND_RETURN",
    ExportPurpose.PERSONAL: "PERSONAL_EFFECTS",
}
_DESCRIPTION_CHARS: Final = 450
_INVOICE_NUMBER_CHARS: Final = 30


def rate_customs(request: ShipmentDetails) -> dict[str, Any]:
    """What a price across a border depends on: the commodities, and whether the sender pays duties."""
    found: dict[str, Any] = {"commodities": _commodities(request)}
    if _sender_pays(request.customs):
        found["dutiesPayment"] = {"paymentType": "SENDER"}
    return found


def ship_customs(request: ShipmentRequest, account: str, *, is_return: bool) -> dict[str, Any]:
    """The whole declaration, from which FedEx also prints the commercial invoice."""
    customs = request.customs
    duties: dict[str, Any] = {"paymentType": "RECIPIENT"}
    if _sender_pays(customs):
        duties = {"paymentType": "SENDER", "payor": {"responsibleParty": {"accountNumber": {"value": account}}}}
    found = {
        "commercialInvoice": _invoice(customs),
        "dutiesPayment": duties,
        "commodities": _commodities(request),
        "totalCustomsValue": _amount(_total(request), "customs.currency"),
        "isDocumentOnly": request.contents is Contents.DOCUMENTS,
    }
    if is_return and request.is_dutiable:
        found["customsOption"] = {"type": "OTHER", "description": "Return of goods"}
    return found


def _sender_pays(customs: Customs | None) -> bool:
    return customs is not None and customs.incoterm is Incoterm.DDP


def _invoice(customs: Customs | None) -> dict[str, Any]:
    if customs is None:  # documents
        return {"shipmentPurpose": "NOT_SOLD"}
    found: dict[str, Any] = {
        "shipmentPurpose": PURPOSES[customs.purpose],
        "termsOfSale": customs.incoterm.value,
    }
    if customs.invoice_number:
        number = plain(customs.invoice_number, "customs.invoice_number", _INVOICE_NUMBER_CHARS)
        found["customerReferences"] = [{"customerReferenceType": "INVOICE_NUMBER", "value": number}]
    return found


def _commodities(request: ShipmentDetails) -> list[dict[str, Any]]:
    if request.customs is not None:
        currency = request.customs.currency
        return [_commodity(item, currency, number) for number, item in enumerate(request.customs.items)]
    if request.is_dutiable and request.value is None:
        raise Unfit("customs", "is needed for goods that cross a border")
    return [
        {
            "description": plain(request.description, "description", _DESCRIPTION_CHARS),
            "countryOfManufacture": request.sender.country,
            "quantity": 1,
            "quantityUnits": "PCS",
            "customsValue": _amount(_total(request), "declared_value.currency"),
            "weight": {"units": "KG", "value": float(request.weight_kg)},
        }
    ]


def _commodity(item: CustomsItem, currency: str, number: int) -> dict[str, Any]:
    field = f"customs.items.{number}"
    found: dict[str, Any] = {
        "description": plain(item.description, f"{field}.description", _DESCRIPTION_CHARS),
        "countryOfManufacture": item.origin_country,
        "quantity": item.quantity,
        "quantityUnits": "PCS",
        "unitPrice": _amount(_money(item.unit_value, currency, field), "customs.currency"),
        "customsValue": _amount(_money(item.unit_value * item.quantity, currency, field), "customs.currency"),
        "weight": {"units": "KG", "value": float(item.weight_kg * item.quantity)},
    }
    if item.hs_code:
        found["harmonizedCode"] = item.hs_code
    if item.sku:
        found["partNumber"] = plain(item.sku, f"{field}.sku", 50)
    return found


def _total(request: ShipmentDetails) -> Money:
    if request.customs is not None:
        return request.customs.total
    return request.value or Money.of("0.00", "AED")  # documents are worth nothing to customs


def _money(amount: Decimal, currency: str, field: str) -> Money:
    try:
        return Money.of(amount, currency)
    except ValueError:
        raise Unfit(f"{field}.unit_value", f"has more decimals than {currency}") from None


def _amount(money: Money, field: str) -> dict[str, Any]:
    try:
        return money_object(money)
    except ValueError as error:
        raise Unfit(field, str(error)) from None
