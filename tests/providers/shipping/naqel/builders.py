"""Connections to Naqel, and its answers, for tests."""

import base64
import uuid
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as Xml

import httpx

from tests.providers.builders import Respond
from tests.support import carrier_wire
from tests.support.carriers.parcels import DUBAI, RIYADH, SHIPMENT_ID, domestic, international, tomorrow
from workers.providers.registry import open_connector
from workers.providers.shipping.models import ExistingShipment, PickupRequest, ShipmentRequest
from workers.providers.shipping.naqel import NaqelConnector

CLIENT, PASSWORD = "9000001", "a-password-of-the-unit-tests"
WAYBILL_NO = "300000001"
LABEL = b"%PDF-1.4 a label"


def new_account() -> dict[str, str]:
    """Credentials that nobody has used."""
    return {"client_id": str(uuid.uuid4().int % 10**7 + 10**7), "password": f"sandbox-{uuid.uuid4().hex}"}


def naqel(respond: Respond | httpx.AsyncBaseTransport, **connection: Any) -> NaqelConnector:
    """A connection to Naqel whose answers are the test's."""
    transport = respond if isinstance(respond, httpx.AsyncBaseTransport) else httpx.MockTransport(respond)
    connection.setdefault("credentials", {"client_id": CLIENT, "password": PASSWORD})
    connector = open_connector("naqel", transport=transport, **connection)
    assert isinstance(connector, NaqelConnector)
    return connector


class Wire(carrier_wire.Wire):
    """The other end of Naqel's wire."""

    @property
    def actions(self) -> list[str]:
        """The operation of every request."""
        return [each.headers["SOAPAction"].removeprefix("http://tempuri.org/") for each in self.requests]

    def fields(self, name: str | None = None) -> dict[str, Any]:
        """What the last request's operation is given, all of it or one element."""
        operation = Xml.fromstring(self.requests[-1].content)[0][0]
        fields = _fields(operation)
        found: dict[str, Any] = fields if name is None else fields[name]
        return found


def _fields(element: Xml.Element) -> dict[str, Any]:
    """By their local names; of several of one name the last."""
    return {each.tag.rpartition("}")[2]: _fields(each) if len(each) else each.text or "" for each in element}


def parcel(**changes: Any) -> ShipmentRequest:
    """One box from Dubai to Abu Dhabi."""
    return domestic(**changes)


def abroad(**changes: Any) -> ShipmentRequest:
    """One box from Dubai to Riyadh."""
    return international(RIYADH, **changes)


def driver(**changes: Any) -> PickupRequest:
    """A driver to Dubai, tomorrow afternoon."""
    facts: dict[str, Any] = {
        "pickup_id": uuid.UUID(int=9),
        "place": DUBAI,
        "ready_at": tomorrow(),
        "closes_at": tomorrow() + timedelta(hours=3),
        "parcels": 2,
        "weight_kg": "2.4",
    }
    return PickupRequest.model_validate({**facts, **changes})


def existing(number: str = WAYBILL_NO, **facts: Any) -> ExistingShipment:
    """A waybill that was made."""
    return ExistingShipment(shipment_id=SHIPMENT_ID, tracking_number=number, **facts)


def envelope(inside: str) -> bytes:
    """An answer, as ASP.NET writes it."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
        f"<soap:Body>{inside}</soap:Body></soap:Envelope>"
    ).encode()


def answered(operation: str, inside: str) -> bytes:
    """An operation's answer."""
    return envelope(
        f'<{operation}Response xmlns="http://tempuri.org/"><{operation}Result>{inside}</{operation}Result>'
        f"</{operation}Response>"
    )


def elements(**fields: Any) -> str:
    """Elements in their order."""
    return "".join(f"<{name}>{text}</{name}>" for name, text in fields.items() if text is not None)


def made(operation: str = "CreateWaybill", **changes: Any) -> bytes:
    """A good answer to a waybill or a booking."""
    told = {"HasError": "false", "Message": "Done", "Key": 7, "WaybillNo": WAYBILL_NO, "BookingRefNo": "0"}
    return answered(operation, elements(**{**told, **changes}))


def refused(message: str | None, operation: str = "CreateWaybill", number: str = "0") -> bytes:
    """A refusal."""
    return made(operation, HasError="true", Message=message, WaybillNo=number)


def printed(label: bytes | None = LABEL) -> bytes:
    """The answer to the question for a label."""
    return answered("GetWaybillSticker", base64.b64encode(label).decode() if label else "")


def event(code: str | None, activity: str, at: str, number: str = WAYBILL_NO) -> str:
    """One line of tracking."""
    told = elements(
        Date=at,
        Activity=activity,
        StationCode="DXB",
        WaybillNo=number,
        HasError="false",
        ErrorMessage="",
        EventCode=code,
    )
    return f"<Tracking>{told}</Tracking>"


def wrong(message: str, number: str = WAYBILL_NO) -> str:
    """What is wrong with a number, in tracking."""
    return f"<Tracking>{elements(WaybillNo=number, HasError='true', ErrorMessage=message)}</Tracking>"


def traced(*lines: str) -> bytes:
    """The answer to tracking."""
    return answered("TraceByMultiWaybillNo", "".join(lines))


def fault(code: str, text: str) -> tuple[int, bytes]:
    """A SOAP fault, which comes with status 500."""
    return 500, envelope(f"<soap:Fault>{elements(faultcode=f'soap:{code}', faultstring=text)}</soap:Fault>")
