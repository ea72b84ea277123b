"""What customs is told of a shipment, and the invoice that DHL prints from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from workers.providers.shipping.models import Customs, CustomsItem, ExportPurpose, ShipmentRequest
from workers.providers.shipping.times import GULF

EXPORT_REASONS: Final[Mapping[ExportPurpose, str]] = {
    ExportPurpose.SALE: "commercial_purpose_or_sale",
    ExportPurpose.GIFT: "gift",
    ExportPurpose.SAMPLE: "sample",
    ExportPurpose.RETURN: "return",
    ExportPurpose.REPAIR: "temporary",  # it goes out to be repaired, and comes back
    ExportPurpose.PERSONAL: "personal_belongings_or_personal_use",
}
_PERSONAL: Final = frozenset({ExportPurpose.GIFT, ExportPurpose.PERSONAL})
_WORLDWIDE_HS_DIGITS: Final = 6


def export_declaration(request: ShipmentRequest, customs: Customs, now: datetime) -> dict[str, Any]:
    """``content.exportDeclaration``. An invoice needs a number and a date: the reference and today stand for them."""
    reason = EXPORT_REASONS[customs.purpose]
    invoiced = customs.invoice_date or now.astimezone(GULF).date()
    return {
        "lineItems": [_line(item, number, reason) for number, item in enumerate(customs.items, 1)],
        "invoice": {"number": customs.invoice_number or request.reference, "date": invoiced.isoformat()},
        "exportReference": request.reference,
        "exportReasonType": reason,
        "shipmentType": "personal" if customs.purpose in _PERSONAL else "commercial",
    }


def invoice_options(purpose: ExportPurpose, *, is_return: bool) -> dict[str, Any]:
    """How the invoice is printed; DHL has a form of its own for goods that go back to where they came from."""
    if is_return or purpose is ExportPurpose.RETURN:
        kind, template = "returns", "RET_COM_INVOICE_A4_01"
    else:
        kind = "commercial" if purpose is ExportPurpose.SALE else "proforma"
        template = "COMMERCIAL_INVOICE_P_10"
    return {
        "typeCode": "invoice",
        "templateName": template,
        "isRequested": True,
        "invoiceType": kind,
        "languageCode": "eng",
    }


def _line(item: CustomsItem, number: int, reason: str) -> dict[str, Any]:
    line: dict[str, Any] = {
        "number": number,
        "description": item.description,
        "price": float(item.unit_value),
        "quantity": {"value": item.quantity, "unitOfMeasurement": "PCS"},
        "exportReasonType": reason,
        "manufacturerCountry": item.origin_country,
        "weight": {"netValue": float(item.weight_kg * item.quantity)},
    }
    if item.hs_code:
        # The first six digits mean the same everywhere; longer codes are the exporting country's.
        sides = ("outbound", "inbound") if len(item.hs_code) == _WORLDWIDE_HS_DIGITS else ("outbound",)
        line["commodityCodes"] = [{"typeCode": side, "value": item.hs_code} for side in sides]
    return line
