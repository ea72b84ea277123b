"""The parts that Aramex's bodies are made of: addresses, contacts, what is sent, and its items."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from workers.providers.money import Money
from workers.providers.shipping import fields
from workers.providers.shipping.aramex.manifest import AramexSettings
from workers.providers.shipping.aramex.products import group_of
from workers.providers.shipping.models import Incoterm, Parcel, Party, Place, ShipmentDetails, ShipmentRequest

LINE_WIDTH: Final = 50
LINES: Final = 3


def address(place: Place) -> dict[str, Any]:
    """An address. The Emirates have no postal codes, and where no street is known the district stands for it.

    :raises ValueError: it is longer than Aramex's three lines.
    """
    lines = fields.address_lines(place, width=LINE_WIDTH, count=LINES) or [place.city]
    line1, line2, line3 = (*lines, "", "")[:LINES]
    point = {"Longitude": place.longitude, "Latitude": place.latitude}
    return {
        "Line1": line1,
        "Line2": line2,
        "Line3": line3,
        "City": place.city,
        "StateOrProvinceCode": place.state or "",
        "PostCode": place.postal_code or "",
        "CountryCode": place.country,
        **({} if None in point.values() else point),
    }


def service_codes(details: ShipmentDetails) -> list[str]:
    """The codes of the additional services that a shipment asks for."""
    customs = None if details.is_domestic else details.customs
    duties_paid = customs is not None and customs.incoterm is Incoterm.DDP
    wanted = {
        "CODS": details.cash_on_delivery,
        "INSR": details.insured_value,
        "SIGR": details.signature_required,
        "FRDM": duties_paid,  # free domicile: the sender pays the customs' charges
    }
    return [code for code, is_wanted in wanted.items() if is_wanted]


def shipment_details(
    request: ShipmentDetails, product: str, payment: tuple[str, str], services: Sequence[str]
) -> dict[str, Any]:
    """What is sent, and how. :param payment: type and options; ``services``: codes."""
    return {
        "Dimensions": _dimensions(request.parcels),
        "ActualWeight": weight_of(request.weight_kg),
        "ChargeableWeight": None,
        "DescriptionOfGoods": request.description,
        "GoodsOriginCountry": request.customs.items[0].origin_country if request.customs else request.sender.country,
        "NumberOfPieces": len(request.parcels),
        "ProductGroup": group_of(request),
        "ProductType": product,
        "PaymentType": payment[0],
        "PaymentOptions": payment[1],
        "CustomsValueAmount": _money(request.customs.total if request.customs else request.declared_value),
        "CashOnDeliveryAmount": _money(request.cash_on_delivery),
        "InsuranceAmount": _money(request.insured_value),
        "CashAdditionalAmount": None,
        "CashAdditionalAmountDescription": "",
        "CollectAmount": None,
        "Services": ",".join(services),
        "Items": _items(request),
    }


def _dimensions(parcels: Sequence[Parcel]) -> dict[str, Any] | None:
    """The parcels put one on another, since Aramex takes one size only; None where one of them is not measured."""
    sizes = [(parcel.length_cm, parcel.width_cm, parcel.height_cm) for parcel in parcels]
    if any(None in size for size in sizes):
        return None
    lengths, widths, heights = ([side or Decimal(0) for side in sides] for sides in zip(*sizes, strict=True))
    stack = {"Length": max(lengths), "Width": max(widths), "Height": sum(heights, Decimal(0))}
    return {**{side: float(value) for side, value in stack.items()}, "Unit": "CM"}


def _items(request: ShipmentDetails) -> list[dict[str, Any]]:
    """What customs is told; within the country a line for each of several parcels."""
    if request.customs and not request.is_domestic:
        currency = request.customs.currency
        return [
            {
                "PackageType": "Box",
                "Quantity": item.quantity,
                "Weight": weight_of(item.weight_kg * item.quantity),
                "Comments": "",
                "Reference": item.sku or "",
                "CommodityCode": item.hs_code or "",
                "GoodsDescription": item.description,
                "CountryOfOrigin": item.origin_country,
                "CustomsValue": {"CurrencyCode": currency, "Value": float(item.unit_value)},
            }
            for item in request.customs.items
        ]
    if len(request.parcels) == 1:
        return []
    return [
        {
            "PackageType": "Box",
            "Quantity": 1,
            "Weight": weight_of(parcel.weight_kg),
            "Comments": "",
            "Reference": parcel.reference or "",
            "GoodsDescription": parcel.description or request.description,
        }
        for parcel in request.parcels
    ]


def customs_properties(request: ShipmentRequest) -> list[dict[str, str]]:
    """What else customs is told, by the names of Aramex's plugin."""
    if not request.customs or request.is_domestic:
        return []
    day = request.customs.invoice_date
    known = {
        "ShipperTaxIdVATEINNumber": request.sender.tax_number,
        "ConsigneeTaxIdVATEINNumber": request.recipient.tax_number,
        "InvoiceNumber": request.customs.invoice_number,
        "InvoiceDate": f"{day:%m/%d/%Y}" if day else None,
    }
    return [
        {"CategoryName": "CustomsClearance", "Name": name, "Value": value} for name, value in known.items() if value
    ]


def party_of(party: Party, reference: str, settings: AramexSettings, account: str | None) -> dict[str, Any]:
    """Sender or recipient. :param account: of the one who pays."""
    return {
        "Reference1": reference,
        "Reference2": "",
        "AccountNumber": account or "",
        "PartyAddress": address(party),
        "Contact": contact_of(party, settings),
    }


def contact_of(party: Party, settings: AramexSettings) -> dict[str, Any]:
    """How somebody is reached."""
    return {
        "PersonName": party.name,
        "CompanyName": party.company or party.name,  # mandatory, and a person's name will do
        "PhoneNumber1": party.phone,
        "PhoneNumber2": "",
        "CellPhone": party.phone,
        "EmailAddress": party.email or settings.contact_email or "",
        "Type": "",
    }


def weight_of(kilograms: Decimal) -> dict[str, Any]:
    """A weight."""
    return {"Unit": "KG", "Value": float(kilograms)}


def _money(money: Money | None) -> dict[str, Any] | None:
    return None if money is None else {"CurrencyCode": money.currency, "Value": float(money.amount)}
