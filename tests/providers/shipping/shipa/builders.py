"""Connections to Shipa Delivery, and its answers, for tests."""

from datetime import UTC, datetime
from typing import Any

import httpx

from tests.support.carrier_wire import Wire
from tests.support.carriers.parcels import SHIPMENT_ID
from workers.providers.registry import open_connector
from workers.providers.shipping.models import ExistingShipment
from workers.providers.shipping.shipa import ShipaConnector

KEY = "KeyOfTheUnitTests0123456789"
NUMBER = "SBSD0468663"
MADE: dict[str, Any] = {"code": 0, "shipaRef": NUMBER, "orderStatus": "Order Confirmed"}


def shipa(*answers: Any, **settings: Any) -> tuple[ShipaConnector, Wire]:
    """A connection whose answers are the test's, and what it sends."""
    wire = Wire(*answers)
    credentials = {"api_key": KEY}
    transport = httpx.MockTransport(wire)
    connector = open_connector("shipa", credentials=credentials, settings=settings, transport=transport)
    assert isinstance(connector, ShipaConnector)
    return connector, wire


def entry(
    status: str, code: str | int | None = None, at: int = 1_780_000_000_000, details: Any = None
) -> dict[str, Any]:
    """Something that has happened to an order, as its story tells it."""
    return {"date": at, "status": status, "statusCode": code, "details": details}


def existing(number: str = NUMBER) -> ExistingShipment:
    return ExistingShipment(shipment_id=SHIPMENT_ID, tracking_number=number)


def now() -> datetime:
    return datetime.now(UTC)
