"""Connections to iMile, and its answers, for tests."""

import base64
from datetime import UTC, datetime
from typing import Any

import httpx

from tests.support.carrier_wire import Wire
from tests.support.carriers.parcels import SHIPMENT_ID
from workers.providers.registry import open_connector
from workers.providers.shipping.imile import IMileConnector
from workers.providers.shipping.models import ExistingShipment

KEY = "a-key-of-the-unit-tests-0123456789"
CREDENTIALS = {"customer_id": "C21099999", "api_key": KEY}
NUMBER = "6082824250179"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def ok(data: Any) -> dict[str, Any]:
    """An answer that is a success."""
    return {"code": "200", "message": "success", "data": data}


def no(code: str | int, message: str = "no") -> dict[str, Any]:
    """An error, which comes with HTTP 200."""
    return {"code": code, "message": message, "data": None}


TOKEN = ok({"accessToken": "a-token-of-the-unit-tests", "expiresIn": 7200})
MADE = ok({"expressNo": NUMBER, "imileAwb": base64.b64encode(PDF).decode()})


def imile(*answers: Any, token: Any = TOKEN, **settings: Any) -> tuple[IMileConnector, Wire]:
    """A connection whose answers are the test's, and what it sends."""
    wire = Wire(*answers, token=token)
    transport = httpx.MockTransport(wire)
    connector = open_connector("imile", credentials=CREDENTIALS, settings=settings, transport=transport)
    assert isinstance(connector, IMileConnector)
    return connector, wire


def entry(status: str, at: str = "2026-09-24 15:42:10", **more: Any) -> dict[str, Any]:
    """Something that has happened to a parcel, as its locus tells it."""
    return {"latestStatus": status, "latestStatusTime": at, "timeZone": "GMT+04:00", **more}


def record(*entries: dict[str, Any], number: str = NUMBER) -> dict[str, Any]:
    """A waybill's record, the newest first."""
    return {"billNo": number, **(entries[0] if entries else {}), "locus": list(entries)}


def existing(number: str = NUMBER) -> ExistingShipment:
    return ExistingShipment(shipment_id=SHIPMENT_ID, tracking_number=number)


def now() -> datetime:
    return datetime.now(UTC)
