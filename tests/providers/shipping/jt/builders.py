"""Connections to J&T, and its answers, for tests."""

import json
import uuid
from typing import Any

import httpx

from tests.providers.builders import Respond
from tests.support.carrier_wire import Wire
from tests.support.carriers.parcels import SHIPMENT_ID, domestic
from workers.providers.registry import open_connector
from workers.providers.shipping.jt import JTConnector
from workers.providers.shipping.models import ExistingShipment, own_reference

CREDENTIALS = {
    "api_account": "292508150000000001",
    "private_key": "a-private-key-of-the-unit-tests",
    "customer_code": "J0000000001",
    "password": "a-password-of-the-unit-tests",
}
WAYBILL = "UEG000000191681"
ORDER = own_reference(SHIPMENT_ID)


def new_credentials() -> dict[str, str]:
    """An account that nobody has used, as the twin knows it."""
    account, customer = uuid.uuid4().hex, f"J{uuid.uuid4().hex[:10]}"
    return {
        "api_account": account,
        "private_key": f"KEY{account}",
        "customer_code": customer,
        "password": f"PW{customer}",
    }


def jt(respond: Respond | httpx.AsyncBaseTransport, **connection: Any) -> JTConnector:
    """A connection to J&T whose answers are the test's."""
    transport = respond if isinstance(respond, httpx.AsyncBaseTransport) else httpx.MockTransport(respond)
    connection.setdefault("credentials", CREDENTIALS)
    connector = open_connector("jt", transport=transport, **connection)
    assert isinstance(connector, JTConnector)
    return connector


def contents(wire: Wire) -> list[Any]:
    """What was asked, call by call, beside the customer's signature."""
    return [json.loads(form["bizContent"]) for form in wire.forms]


def good(data: Any = None) -> dict[str, Any]:
    """An answer that it worked."""
    return {"code": "1", "msg": "success", "data": data}


def bad(code: str | int, message: str = "No.") -> dict[str, Any]:
    """An answer that it did not, HTTP 200 as well."""
    return {"code": code, "msg": message}


def booked(**changes: Any) -> dict[str, Any]:
    """The answer to a booking, as the platform's sample shows it."""
    return good(
        {
            "txlogisticId": domestic().own_reference,
            "billCode": WAYBILL,
            "sortingCode": "20,J01-01,000",
            "createOrderTime": "2022-03-16 08:53:45",
            "lastCenterName": "10thRamadanCityHub",
            **changes,
        }
    )


def existing(number: str = WAYBILL) -> ExistingShipment:
    """A shipment that was booked."""
    return ExistingShipment(shipment_id=SHIPMENT_ID, tracking_number=number, provider_shipment_id=ORDER)


def scan(name: str | None, at: str, code: Any = None) -> dict[str, Any]:
    """A scan, as the platform's sample shows it."""
    shown = {
        "scanTime": at,
        "desc": "【Zagazig】J&T courier Ahmed(15912345678) was here",
        "scanType": name,
        "scanTypeCode": code,
        "scanNetworkName": "A2 BR",
        "scanNetworkCity": "Zagazig",
        "staffContact": "15912345678",
    }
    return {key: value for key, value in shown.items() if value is not None}


def traced(*scans: dict[str, Any], number: str = WAYBILL) -> dict[str, Any]:
    """A shipment as tracking shows it, the newest scan first."""
    return {"billCode": number, "details": list(scans)}


SAMPLE = traced(
    scan("Signing scan", "2022-03-09 12:26:25"),
    scan("Delivery scan", "2022-03-09 12:26:09"),
    scan("Station arrival", "2022-03-09 12:24:36"),
    scan("Sending scan", "2022-03-09 12:23:55"),
    scan("Pickup scan", "2022-03-09 12:23:09"),
)
"""The names and times of the platform's sample."""
