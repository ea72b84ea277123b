"""FedEx as a test plays it: tokens are issued by themselves, every other answer is the test's."""

from datetime import UTC, datetime
from typing import Any

import httpx

from tests.support import carrier_wire
from tests.support.carriers.parcels import SHIPMENT_ID
from workers.providers.registry import open_connector
from workers.providers.shipping.fedex import FedExConnector
from workers.providers.shipping.models import ExistingShipment

CLIENT_ID = "l7b8ada987a4544ff7a839c8e1f6548eea"
CLIENT_SECRET = "6cc2e9d4f0cb4e7f8a7d1a2b3c4d5e6f"
ACCOUNT = "700000001"
NUMBER = "794953535000"
LATER = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PDF_BASE64 = "JVBERi0xLjQKJSVFT0Y="


class Wire(carrier_wire.Wire):
    """Issues numbered tokens, unless the test says what comes of asking for one."""

    def __init__(self, *answers: Any) -> None:
        super().__init__(*answers)
        self.exchanges: list[httpx.Request] = []
        self.token_answer: httpx.Response | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path != "/oauth/token":
            return super().__call__(request)
        self.exchanges.append(request)
        body = {"access_token": f"token-{len(self.exchanges)}", "token_type": "bearer", "expires_in": 3599}
        return self.token_answer or httpx.Response(200, json=body)


def fedex(
    respond: Any, credentials: dict[str, str] | None = None, environment: str = "sandbox", **settings: Any
) -> FedExConnector:
    """A connection whose answers are the test's."""
    connector = open_connector(
        "fedex",
        credentials={"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, **(credentials or {})},
        settings={"account_number": ACCOUNT, **settings},
        environment=environment,
        transport=httpx.MockTransport(respond),
    )
    assert isinstance(connector, FedExConnector)
    return connector


def existing(number: str = NUMBER, **changes: Any) -> ExistingShipment:
    """A shipment that FedEx has."""
    facts: dict[str, Any] = {
        "shipment_id": SHIPMENT_ID,
        "tracking_number": number,
        "provider_data": {"sender_country": "AE"},
    }
    return ExistingShipment(**{**facts, **changes})


def refusal(*codes: str, message: str = "Said by FedEx") -> dict[str, Any]:
    """An error's body."""
    listed = [{"code": code, "message": message} for code in codes]
    return {"transactionId": "624deea6-b709-470c-8c39-4b5511281492", "errors": listed}


def bought(number: str = NUMBER, **changes: Any) -> dict[str, Any]:
    """The answer to a purchase, in the shape of those that others recorded."""
    piece = {
        "masterTrackingNumber": number,
        "trackingNumber": number,
        "netChargeAmount": 0.0,
        "packageDocuments": [{"contentType": "LABEL", "docType": "PDF", "encodedLabel": PDF_BASE64}],
    }
    shipment = {
        "serviceType": "FEDEX_INTERNATIONAL_PRIORITY",
        "masterTrackingNumber": number,
        "shipDatestamp": "2026-11-24",
        "pieceResponses": [piece],
        "completedShipmentDetail": {
            "shipmentRating": {
                "actualRateType": "PAYOR_ACCOUNT_SHIPMENT",
                "shipmentRateDetails": [
                    {"rateType": "PAYOR_LIST_SHIPMENT", "totalNetCharge": 500.0, "currency": "DHS"},
                    {"rateType": "PAYOR_ACCOUNT_SHIPMENT", "totalNetCharge": 234.57, "currency": "DHS"},
                ],
            }
        },
    }
    return {"output": {"transactionShipments": [{**shipment, **changes}]}}


def scan(event: str, date: str = "2026-11-23T12:00:00+04:00", derived: str = "", **more: Any) -> dict[str, Any]:
    """One scan."""
    return {"date": date, "eventType": event, "derivedStatusCode": derived, "eventDescription": "Words", **more}


def tracked(*scans: dict[str, Any], number: str = NUMBER, **changes: Any) -> dict[str, Any]:
    """An answer about one number; FedEx tells the newest scan first."""
    result = {"trackingNumberInfo": {"trackingNumber": number}, "scanEvents": list(scans), **changes}
    return {"output": {"completeTrackResults": [{"trackingNumber": number, "trackResults": [result]}]}}
