"""Connections to SMSA, and its answers, for tests."""

import base64
import uuid
from typing import Any

import httpx

from tests.providers.builders import Respond
from tests.support.carriers.parcels import SHIPMENT_ID, domestic
from workers.providers.money import Money
from workers.providers.registry import open_connector
from workers.providers.shipping.models import ExistingShipment, ShipmentRequest
from workers.providers.shipping.smsa import SMSAConnector

KEY = "an-api-key-of-the-unit-tests"
AWB, SAWB = "231200021879", "231200021000"
LABEL = b"%PDF-1.4 a label"
ABSENT = (404, {"type": "https://tools.ietf.org/html/rfc7231#section-6.5.4", "title": "Not Found", "status": 404})
VALUE = Money.of("240.00", "AED")


def new_key() -> str:
    """A key that nobody has used."""
    return f"sandbox-{uuid.uuid4().hex}"


def smsa(respond: Respond | httpx.AsyncBaseTransport, **connection: Any) -> SMSAConnector:
    """A connection to SMSA whose answers are the test's."""
    transport = respond if isinstance(respond, httpx.AsyncBaseTransport) else httpx.MockTransport(respond)
    connection.setdefault("credentials", {"api_key": KEY})
    connector = open_connector("smsa", transport=transport, **connection)
    assert isinstance(connector, SMSAConnector)
    return connector


def parcel(**changes: Any) -> ShipmentRequest:
    """One box from Dubai to Abu Dhabi, of a declared value."""
    return domestic(**{"declared_value": VALUE, **changes})


def booked(*awbs: str, label: bytes = LABEL) -> dict[str, Any]:
    """The answer to a booking, as SMSA's page shows it."""
    file = base64.b64encode(label).decode()
    return {
        "sawb": SAWB,
        "createDate": "2026-11-29T10:40:53",
        "shipmentParcelsCount": len(awbs) or 1,
        "waybills": [{"awb": awb, "awbFile": file} for awb in awbs or (AWB,)],
    }


def existing(kind: str = "b2c", number: str = AWB) -> ExistingShipment:
    """A shipment that was booked."""
    return ExistingShipment(
        shipment_id=SHIPMENT_ID, tracking_number=number, provider_shipment_id=SAWB, provider_data={"kind": kind}
    )


def scan(code: str, words: str, at: str, **changes: Any) -> dict[str, Any]:
    """One scan, Saudi time."""
    shown = {"City": "Riyadh", "ScanType": code, "ScanDescription": words, "ScanDateTime": at, "ScanTimeZone": "+03:00"}
    return {**shown, **changes}


def tracked(*scans: dict[str, Any], number: str = AWB, **changes: Any) -> dict[str, Any]:
    """A shipment as tracking shows it, the newest scan first."""
    return {
        "AWB": number,
        "Reference": parcel().own_reference,
        "Pieces": 1,
        "CODAmount": 0.0,
        "ContentDesc": "Silicone phone cases",
        "RecipientName": "Omar Ali",
        "OriginCity": "Dubai",
        "OriginCountry": "AE",
        "DesinationCity": "Abu Dhabi",
        "DesinationCountry": "AE",
        "Scans": list(scans),
        **changes,
    }


DOCUMENTED_SCANS = (
    scan("DL", "Delivered", "2024-01-10T11:00:00", ReceivedBy="Abdulaziz"),
    scan("OD", "Out for Delivery", "2024-01-10T10:00:00"),
    scan("HOP", "Shipment Departed SMSA Sorting Facility", "2024-01-10T09:00:00"),
)
"""Those of the sample on SMSA's page."""
