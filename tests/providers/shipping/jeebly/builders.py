"""Connections to Jeebly, and its answers, for tests."""

import uuid
from typing import Any

import httpx

from tests.providers.builders import Respond
from tests.support.carriers.parcels import SHIPMENT_ID
from workers.providers.registry import open_connector
from workers.providers.shipping.jeebly import JeeblyConnector
from workers.providers.shipping.models import ExistingShipment

KEYS = {"api_key": "an-api-key-of-the-unit-tests", "client_key": "a-client-key-of-the-unit-tests"}
AWB = "JB304362"
BOOKED = {"success": "true", "message": "Shipment Created Successfully.", "AWB No": AWB}


def new_keys() -> dict[str, str]:
    """Keys that nobody has used."""
    return {"api_key": f"api-{uuid.uuid4().hex}", "client_key": f"client-{uuid.uuid4().hex}"}


def jeebly(respond: Respond | httpx.AsyncBaseTransport, **connection: Any) -> JeeblyConnector:
    """A connection to Jeebly whose answers are the test's."""
    transport = respond if isinstance(respond, httpx.AsyncBaseTransport) else httpx.MockTransport(respond)
    connection.setdefault("credentials", KEYS)
    connector = open_connector("jeebly", transport=transport, **connection)
    assert isinstance(connector, JeeblyConnector)
    return connector


def failure(message: str, status: int = 200) -> tuple[int, dict[str, Any]]:
    """What Jeebly refuses."""
    return status, {"success": "false", "message": message}


def existing(number: str = AWB) -> ExistingShipment:
    """A shipment that was booked."""
    return ExistingShipment(shipment_id=SHIPMENT_ID, tracking_number=number)


def event(status: str, at: str, **changes: Any) -> dict[str, Any]:
    """An event, as the demo host shows it."""
    shown = {
        "status": status,
        "desc": f"Consignment {status}",
        "hub_name": "DXB",
        "event_date_time": at,
        "cod_amount": "0",
        "shipper_phone": "971500000001",
        "recipient_phone": "971500000002",
        "rider_code": "",
        "rider_name": "",
        "pod_image": None,
        "signature_image": None,
        "failure_reason": "",
    }
    return {**shown, **changes}


def tracked(*events: dict[str, Any], last_status: str | None = None, number: str = AWB) -> dict[str, Any]:
    """A shipment as tracking shows it."""
    tracking = {
        "reference_no": number,
        "customer_reference_number": "",
        "last_status": last_status,
        "pickup_date": "2026-09-11",
        "booking_date": "2026-09-11",
        "booking_time": "10:46 ",
        "events": list(events),
    }
    return {"success": "true", "Tracking": tracking}
