"""Connections to Aramex, and its answers, for tests."""

from typing import Any

import httpx

from tests.providers.builders import Respond
from tests.support import carrier_wire
from tests.support.carriers.parcels import SHIPMENT_ID
from workers.providers.registry import open_connector
from workers.providers.shipping.aramex import AramexConnector
from workers.providers.shipping.models import ExistingShipment, own_reference

CREDENTIALS = {"user_name": "api@souk.example", "password": "a-secret-password", "account_pin": "442211"}
SETTINGS = {"account_number": "60000001"}
AWB = "50000000017"
REFERENCE = own_reference(SHIPMENT_ID)
LABEL_URL = "https://ws.aramex.net/ShippingAPI.V2/rpt_cache/0123456789abcdef.pdf"
PDF = b"%PDF-1.4 a label"


def aramex(respond: Respond | httpx.AsyncBaseTransport, **connection: Any) -> AramexConnector:
    """A connection to Aramex whose answers are the test's."""
    transport = respond if isinstance(respond, httpx.AsyncBaseTransport) else httpx.MockTransport(respond)
    connection.setdefault("credentials", CREDENTIALS)
    connection["settings"] = {**SETTINGS, **connection.get("settings", {})}
    connector = open_connector("aramex", transport=transport, **connection)
    assert isinstance(connector, AramexConnector)
    return connector


class Wire(carrier_wire.Wire):
    """The other end of Aramex's wire."""

    @property
    def paths(self) -> list[str]:
        """Service and operation of each call."""
        paths = [request.url.path for request in self.requests]
        return [path.removeprefix("/ShippingAPI.V2/").replace("/Service_1_0.svc/json", "") for path in paths]


def refused(code: str, message: str, **fields: Any) -> dict[str, Any]:
    """An answer with errors."""
    return {"HasErrors": True, "Notifications": [{"Code": code, "Message": message}], "Transaction": None, **fields}


def created(**changes: Any) -> dict[str, Any]:
    """The answer to CreateShipments, with the label's address."""
    shipment = {
        "ID": AWB,
        "Reference1": "ORD-1001",
        "Reference2": "",
        "Reference3": "",
        "ForeignHAWB": REFERENCE,
        "HasErrors": False,
        "Notifications": [],
        "ShipmentLabel": {"LabelURL": LABEL_URL, "LabelFileContents": []},
        "ShipmentDetails": {"Origin": "DXB", "Destination": "AUH", "ProductGroup": "DOM", "ProductType": "ONP"},
        **changes,
    }
    return {"Transaction": None, "Notifications": [], "HasErrors": False, "Shipments": [shipment]}


def label_file(content: bytes = PDF) -> httpx.Response:
    """What lies at a label's address."""
    return httpx.Response(200, content=content, headers={"Content-Type": "application/pdf"})


def rate(value: float = 45.15, **changes: Any) -> dict[str, Any]:
    """The answer to CalculateRate."""
    details = {
        "Amount": 38.4,
        "OtherAmount1": 4.6,
        "OtherAmount2": 0.0,
        "TotalAmountBeforeTax": 43.0,
        "TaxAmount": 2.15,
    }
    return {
        "Transaction": None,
        "Notifications": [],
        "HasErrors": False,
        "TotalAmount": {"CurrencyCode": "AED", "Value": value},
        "RateDetails": details,
        **changes,
    }


def update(code: str, words: str, date: str, **changes: Any) -> dict[str, Any]:
    """One update of a shipment, as recorded from live accounts."""
    return {
        "WaybillNumber": AWB,
        "UpdateCode": code,
        "UpdateDescription": words,
        "UpdateDateTime": date,
        "UpdateLocation": "Dubai, United Arab Emirates",
        "Comments": "",
        "ProblemCode": "",
        "GrossWeight": "0.1",
        "ChargeableWeight": "0.1",
        "WeightUnit": "KG",
        **changes,
    }


def tracked(*updates: dict[str, Any], missing: tuple[str, ...] = ()) -> dict[str, Any]:
    """The answer to TrackShipments for one shipment."""
    results = [{"Key": AWB, "Value": list(updates)}] if updates else []
    return {"HasErrors": False, "Notifications": [], "TrackingResults": results, "NonExistingWaybills": list(missing)}


def existing(number: str = AWB, **changes: Any) -> ExistingShipment:
    """A shipment that was made."""
    data = {"product_group": "DOM", "origin_entity": "DXB"}
    return ExistingShipment(**{"shipment_id": SHIPMENT_ID, "tracking_number": number, "provider_data": data, **changes})
