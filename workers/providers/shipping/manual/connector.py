"""Deliveries that people arrange by hand. No network at all: nothing here can be slow, down or unknown.

The tracking number is the courier's own where ``rate_data["tracking_number"]`` has one, else one that follows from
Wasl's reference, so that the same shipment always has the same number: asked again, or asked what became of it, the
answer is the same, label included. What happens to a parcel is recorded by people; there is nothing to track. The
courier's price is theirs; there is none here.
"""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import datetime
from typing import Final
from urllib.parse import quote

from workers.labels import Address, Label, LabelTooFull, pdf
from workers.providers.base import Connector, Credentials
from workers.providers.capabilities import HealthReport
from workers.providers.shipping.manual.manifest import MANIFEST, PLACEHOLDER, ManualSettings
from workers.providers.shipping.models import (
    Document,
    DocumentKind,
    ExistingShipment,
    LabelFormat,
    Parcel,
    Party,
    ShipmentRequest,
    ShipmentResult,
)
from workers.providers.shipping.places import EMIRATE_NAMES

_NUMBER: Final = re.compile(r"[\x21-\x7e]{1,26}")  # more does not fit on the label as bars that scanners read
_OWN_CHARS: Final = 12
_PARTS: Final = {
    "sender": "sender.line1",
    "recipient": "recipient.line1",
    "instructions": "instructions",
    "tracking_number": "rate_data.tracking_number",
}


class ManualConnector(Connector[Credentials, ManualSettings]):
    """Numbers and labels."""

    manifest = MANIFEST
    credentials_model = Credentials
    settings_model = ManualSettings

    async def create_shipment(self, request: ShipmentRequest) -> ShipmentResult:
        """Number it, and draw a label for each parcel."""
        return self._made("create_shipment", request, title="RETURN" if request.is_return else "")

    async def create_return(self, request: ShipmentRequest) -> ShipmentResult:
        """The same; the label says that it is one."""
        return self._made("create_return", request, title="RETURN")

    async def find_shipment(self, request: ShipmentRequest, *, attempted_at: datetime) -> ShipmentResult | None:
        """What was made, which is what would be made again."""
        return self._made("find_shipment", request, title="RETURN" if request.is_return else "")

    async def cancel_shipment(self, shipment: ExistingShipment) -> None:
        """Nobody has to be told but the rider, by phone."""

    async def check_health(self) -> HealthReport:
        """There is nothing that could be out of order."""
        return HealthReport(ok=True, code="ok", latency_ms=0.0, detail="no call is made")

    def _made(self, operation: str, request: ShipmentRequest, *, title: str) -> ShipmentResult:
        self._require_possible(operation, request)
        number = request.rate_data.get("tracking_number") or own_number(request, self.settings.number_prefix)
        labels = [
            _label(request, parcel, piece, number, self.settings, title)
            for piece, parcel in enumerate(request.parcels, 1)
        ]
        try:
            content = pdf(labels)
        except LabelTooFull as error:
            raise self._refuse(operation, _PARTS[error.part], "is longer than fits on the label") from None
        label = Document(kind=DocumentKind.LABEL, format=LabelFormat.PDF, content=content, tracking_number=number)
        page = self.settings.tracking_url
        return ShipmentResult(
            tracking_number=number,
            service=request.service,
            documents=(label,),
            tracking_url=page.replace(PLACEHOLDER, quote(number, safe="")) if page else None,
        )

    def _require_possible(self, operation: str, request: ShipmentRequest) -> None:
        if request.label_format is not LabelFormat.PDF:
            raise self._refuse(operation, "label_format", "Wasl draws PDF only")
        if not request.is_domestic:
            raise self._refuse(operation, "recipient.country", "is another country; nobody here makes customs' papers")
        given = request.rate_data.get("tracking_number")
        if given and not _NUMBER.fullmatch(given):
            message = "is up to 26 ASCII characters without spaces, so that a scanner reads it from the label"
            raise self._refuse(operation, "rate_data.tracking_number", message)


def own_number(request: ShipmentRequest, prefix: str) -> str:
    """A short number that always is the same for a shipment: 60 bits of its reference's digest."""
    digest = hashlib.sha256(request.own_reference.encode("ascii")).digest()
    return prefix + base64.b32encode(digest).decode("ascii")[:_OWN_CHARS]


def _label(
    request: ShipmentRequest, parcel: Parcel, piece: int, number: str, settings: ManualSettings, title: str
) -> Label:
    cash = request.cash_on_delivery
    return Label(
        carrier=settings.carrier_name,
        carrier_phone=settings.phone or "",
        title=title or request.service or "",
        tracking_number=number,
        sender=_address(request.sender),
        recipient=_address(request.recipient),
        piece=(piece, len(request.parcels)),
        weight=f"{parcel.weight_kg.normalize():f} kg",
        cash=str(cash) if cash else None,
        reference=f"{request.reference}  {parcel.reference}" if parcel.reference else request.reference,
        contents=parcel.description or request.description,
        instructions=request.instructions or "",
    )


def _address(party: Party) -> Address:
    lines = [line for line in (party.line1, party.line2) if line]
    said = " ".join(lines).casefold()
    emirate = EMIRATE_NAMES[party.emirate] if party.emirate else None
    region = emirate if emirate and emirate.casefold() != party.city.casefold() else party.state
    parts = (party.city, region, party.postal_code, party.country)
    return Address(
        name=party.name,
        phone=party.phone,
        lines=lines,
        place=", ".join(part for part in parts if part),
        company=party.company,
        area=party.area if party.area and party.area.casefold() not in said else None,
        makani=party.makani,
    )
