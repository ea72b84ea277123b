"""Connections to DHL's unified tracking, and its shipments, for tests."""

import uuid
from typing import Any

import httpx

from tests.providers.builders import Respond
from tests.support.carriers.parcels import SHIPMENT_ID
from workers.providers.registry import open_connector
from workers.providers.shipping.dhl_tracking import DHLTrackingConnector
from workers.providers.shipping.models import ExistingShipment

KEY = "a-key-of-the-unit-tests"
NUMBER = "7777777770"
UNKNOWN = {"title": "No result found", "detail": "No shipment with given tracking number found.", "status": 404}


def new_key() -> str:
    """A key that nobody has used."""
    return f"key-{uuid.uuid4().hex}"


def dhl_tracking(respond: Respond | httpx.AsyncBaseTransport, **connection: Any) -> DHLTrackingConnector:
    """A connection to DHL's unified tracking whose answers are the test's."""
    transport = respond if isinstance(respond, httpx.AsyncBaseTransport) else httpx.MockTransport(respond)
    connection.setdefault("credentials", {"api_key": KEY})
    connector = open_connector("dhl_tracking", transport=transport, **connection)
    assert isinstance(connector, DHLTrackingConnector)
    return connector


def event(code: str | None, text: str = "", at: str = "2026-11-30T10:00:00Z", **more: Any) -> dict[str, Any]:
    """Something that happened in Dubai."""
    address = {"countryCode": "AE", "addressLocality": "DUBAI"}
    told = {"timestamp": at, "statusCode": code, "status": text, "description": text, **more}
    return {"location": {"address": address}, **{name: value for name, value in told.items() if value is not None}}


def shipment(*events: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A shipment whose newest event is the first."""
    return {"id": NUMBER, "service": "express", "status": events[0], "events": list(events), **more}


def existing(number: str = NUMBER) -> ExistingShipment:
    """A shipment to ask about."""
    return ExistingShipment(shipment_id=SHIPMENT_ID, tracking_number=number)
