"""Shipments to ask carriers for: from Dubai to Abu Dhabi, Riyadh and London."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from workers.providers.money import Money
from workers.providers.shipping.models import (
    Customs,
    CustomsItem,
    Parcel,
    Party,
    Place,
    RateRequest,
    ShipmentRequest,
)

SHIPMENT_ID = UUID("01936d2e-7c31-7b1f-9a1f-3f2b6d5e8a01")

DUBAI = Party(
    name="Sara Khan",
    company="Souk Online LLC",
    phone="+971501110001",
    email="shipping@souk.example",
    line1="Warehouse 4, Al Quoz 3",
    area="Al Quoz",
    city="Dubai",
    country="AE",
    latitude=25.13,
    longitude=55.23,
    tax_number="100123456700003",
)
ABU_DHABI = Party(
    name="Omar Ali",
    phone="+971501110002",
    line1="Villa 12, Khalifa City",
    area="Khalifa City",
    city="Abu Dhabi",
    country="AE",
    latitude=24.42,
    longitude=54.58,
)
LONDON = Party(
    name="Jane Doe",
    company="Doe Ltd",
    phone="+442071838750",
    email="jane@doe.example",
    line1="10 Queen Street",
    city="London",
    postal_code="EC4R 1BE",
    country="GB",
)
RIYADH = Party(
    name="Faisal Saad",
    phone="+966501234567",
    line1="King Fahd Road 1",
    area="Al Olaya",
    city="Riyadh",
    postal_code="11564",
    country="SA",
)
BOX = Parcel(weight_kg=Decimal("1.2"), length_cm=Decimal(30), width_cm=Decimal(20), height_cm=Decimal(10))
PHONE_CASES = Customs(
    items=(
        CustomsItem(
            description="Silicone phone cases",
            quantity=3,
            unit_value=Decimal("80.00"),
            weight_kg=Decimal("0.4"),
            hs_code="392690",
            origin_country="CN",
        ),
    ),
    currency="AED",
    invoice_number="INV-1001",
)


def tomorrow(hour: int = 10) -> datetime:
    """A time tomorrow, in UTC; ten o'clock is two in the afternoon in Dubai."""
    return (datetime.now(UTC) + timedelta(days=1)).replace(hour=hour, minute=0, second=0, microsecond=0)


def domestic(**changes: Any) -> ShipmentRequest:
    """One box from Dubai to Abu Dhabi."""
    facts: dict[str, Any] = {
        "shipment_id": SHIPMENT_ID,
        "reference": "ORD-1001",
        "sender": DUBAI,
        "recipient": ABU_DHABI,
        "parcels": (BOX,),
        "ships_at": tomorrow(),
        "description": "Silicone phone cases",
    }
    return ShipmentRequest(**{**facts, **changes})


def international(to: Party = LONDON, **changes: Any) -> ShipmentRequest:
    """One box from Dubai to London, with what customs wants to know."""
    return domestic(**{"recipient": to, "customs": PHONE_CASES, **changes})


def cash(amount: str = "150.00") -> Money:
    """What is to be collected at the door."""
    return Money.of(amount, "AED")


def question(request: ShipmentRequest, **changes: Any) -> RateRequest:
    """The question for a shipment's price."""
    shared = {name: getattr(request, name) for name in RateRequest.model_fields if name in type(request).model_fields}
    facts = {**shared, "sender": _place(request.sender), "recipient": _place(request.recipient)}
    return RateRequest(**{**facts, **changes})


def _place(party: Party) -> Place:
    return Place(**{name: getattr(party, name) for name in Place.model_fields})
