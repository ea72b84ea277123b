"""Connections to Quiqup, and its orders, for tests."""

from datetime import UTC, datetime
from typing import Any

import httpx

from tests.support.carrier_wire import Wire
from tests.support.carriers.parcels import SHIPMENT_ID
from workers.providers.registry import open_connector
from workers.providers.shipping.models import ExistingShipment, own_reference
from workers.providers.shipping.quiqup import QuiqupConnector

CREDENTIALS = {"client_id": "unit-tests.apps.quiqup.com", "client_secret": "a-secret-of-the-unit-tests"}
TOKEN = {"access_token": "a-token-of-the-unit-tests", "token_type": "bearer", "expires_in": 3600}
ORDER_ID = 25286218


def quiqup(*answers: Any, token: Any = TOKEN, **settings: Any) -> tuple[QuiqupConnector, Wire]:
    """A connection whose answers are the test's, and what it sends."""
    wire = Wire(*answers, token=token)
    transport = httpx.MockTransport(wire)
    connector = open_connector("quiqup", credentials=CREDENTIALS, settings=settings, transport=transport)
    assert isinstance(connector, QuiqupConnector)
    return connector, wire


def order(state: str = "pending", **changes: Any) -> dict[str, Any]:
    """An order of the shipment in `parcels`, in its envelope."""
    shown = {
        "id": ORDER_ID,
        "state": state,
        "state_updated_at": "2026-05-03T12:08:28.000+04:00",
        "partner_order_id": own_reference(SHIPMENT_ID),
        "kind": "partner_next_day",
        "items": [{"name": "ORD-1001", "quantity": 1, "parcel_barcode": f"{ORDER_ID}-1"}],
        "tracking_url": "https://track-parcel.quiqup.com/abc",
    }
    return {"order": {**shown, **changes}}


def page(*orders: dict[str, Any], number: int = 1, of: int = 1) -> dict[str, Any]:
    """A page of the list."""
    return {"current_page": number, "total_pages": of, "results": [each["order"] for each in orders]}


def existing(number: str = str(ORDER_ID)) -> ExistingShipment:
    return ExistingShipment(shipment_id=SHIPMENT_ID, tracking_number=number)


def now() -> datetime:
    return datetime.now(UTC)
