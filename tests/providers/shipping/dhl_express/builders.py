"""Connections to DHL Express, and MyDHL's answers, for tests."""

import base64
import uuid
from typing import Any

import httpx

from tests.providers.builders import Respond
from tests.support import carrier_wire
from tests.support.carriers.parcels import SHIPMENT_ID
from workers.providers.registry import open_connector
from workers.providers.shipping.dhl_express import DHLExpressConnector
from workers.providers.shipping.models import ExistingShipment

CREDENTIALS = {"api_key": "a-key-of-the-unit-tests", "api_secret": "a-secret-of-the-unit-tests"}
SETTINGS = {"account_number": "400000001"}
NUMBER = "4935821006"
PDF = b"%PDF-1.4 a label"
ZPL = b"^XA^FDa label^FS^XZ"


def dhl(respond: Respond | httpx.AsyncBaseTransport, **connection: Any) -> DHLExpressConnector:
    """A connection to DHL Express whose answers are the test's."""
    transport = respond if isinstance(respond, httpx.AsyncBaseTransport) else httpx.MockTransport(respond)
    connection.setdefault("credentials", CREDENTIALS)
    connection.setdefault("environment", "live")
    settings = {**SETTINGS, **connection.pop("settings", {})}
    connector = open_connector("dhl_express", transport=transport, settings=settings, **connection)
    assert isinstance(connector, DHLExpressConnector)
    return connector


class Wire(carrier_wire.Wire):
    """The other end of MyDHL's wire."""

    @property
    def lines(self) -> list[str]:
        """Method and path of every request, below the API's address."""
        return [line.replace("/mydhlapi", "") for line in super().lines]


def refusal(detail: str, status: int = 400, **more: Any) -> tuple[int, dict[str, Any]]:
    """An error as MyDHL answers it."""
    told = {"instance": "/expressapi/x", "detail": detail, "title": "Bad request", "message": "Bad request"}
    return status, {**told, "status": str(status), **more}


NOTHING_FOUND = refusal("No Shipments Found for ReferenceID | X", 404, title="Not data found", message="Not data found")


def document(content: bytes = PDF, kind: str = "label") -> dict[str, str]:
    """A paper in an answer."""
    return {"typeCode": kind, "imageFormat": "PDF", "content": base64.b64encode(content).decode()}


def made(**changes: Any) -> tuple[int, dict[str, Any]]:
    """The answer to a shipment."""
    shown = {
        "shipmentTrackingNumber": NUMBER,
        "packages": [{"referenceNumber": 1, "trackingNumber": "JD014600000000000001"}],
        "documents": [document()],
        "shipmentCharges": [
            {"currencyType": "PULCL", "priceCurrency": "AED", "price": 99},
            {"currencyType": "BILLC", "priceCurrency": "AED", "price": 53.25},
        ],
        "estimatedDeliveryDate": {"estimatedDeliveryDate": "2026-12-02T23:59:00Z", "estimatedDeliveryType": "QDDF"},
    }
    return 201, {name: value for name, value in {**shown, **changes}.items() if value is not None}


def event(code: str, day: str, time: str = "10:00:00", **more: Any) -> dict[str, Any]:
    """A checkpoint."""
    area = [{"code": "DXB", "description": "Dubai-AE"}]
    return {"date": day, "time": time, "typeCode": code, "description": f"{code} happened", "serviceArea": area, **more}


def tracked(*events: dict[str, Any], number: str = NUMBER, **more: Any) -> dict[str, Any]:
    """A shipment in tracking."""
    return {"shipmentTrackingNumber": number, "status": "Success", "events": list(events), **more}


def existing(number: str = NUMBER, **changes: Any) -> ExistingShipment:
    """A shipment to ask about."""
    return ExistingShipment.model_validate({"shipment_id": SHIPMENT_ID, "tracking_number": number, **changes})


def new_key() -> dict[str, str]:
    """Keys that nobody has used."""
    return {"api_key": f"key-{uuid.uuid4().hex}", "api_secret": "a-secret-of-the-sandbox"}
