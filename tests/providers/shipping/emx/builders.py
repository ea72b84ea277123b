"""Connections to EMX, and its answers, for tests."""

import base64
import uuid
from typing import Any
from xml.etree import ElementTree as Xml

import httpx

from tests.providers.builders import Respond
from tests.support import carrier_wire
from tests.support.carriers.parcels import SHIPMENT_ID, domestic
from workers.providers.registry import open_connector
from workers.providers.shipping.emx import EMXConnector
from workers.providers.shipping.models import ExistingShipment, ShipmentRequest

ACCOUNT, PASSWORD = "C100001", "a-password-of-the-unit-tests"
AWB = "1000000012345"
LABEL = b"%PDF-1.4 a label"
GOOD: dict[str, Any] = {"success": True}


def new_account() -> dict[str, str]:
    """Credentials that nobody has used."""
    return {"account_no": f"C{uuid.uuid4().int % 10**9}", "password": f"sandbox-{uuid.uuid4().hex}"}


def emx(respond: Respond | httpx.AsyncBaseTransport, **connection: Any) -> EMXConnector:
    """A connection to EMX whose answers are the test's."""
    transport = respond if isinstance(respond, httpx.AsyncBaseTransport) else httpx.MockTransport(respond)
    connection.setdefault("credentials", {"account_no": ACCOUNT, "password": PASSWORD})
    connector = open_connector("emx", transport=transport, **connection)
    assert isinstance(connector, EMXConnector)
    return connector


class Wire(carrier_wire.Wire):
    """The other end of EMX's wire."""

    @property
    def lines(self) -> list[str]:
        """Method and path of every request, below the API's address."""
        return [line.replace("/ebs/genericapi", "") for line in super().lines]

    def fields(self, place: int = -1) -> Any:
        """The one object that a JSON body wraps."""
        (fields,) = self.bodies[place].values()
        return fields

    def xml(self, path: str) -> str | None:
        """A text in the last request's envelope, by local names."""
        root = Xml.fromstring(self.requests[-1].content)
        for element in root.iter():
            element.tag = element.tag.rpartition("}")[2]
        return root.findtext(path)


def parcel(**changes: Any) -> ShipmentRequest:
    """One box from Dubai to Abu Dhabi."""
    return domestic(**changes)


def existing(number: str = AWB) -> ExistingShipment:
    """A shipment that was booked."""
    return ExistingShipment(shipment_id=SHIPMENT_ID, tracking_number=number, provider_data={"service": "Express"})


def booked(label: bytes | None = LABEL, **changes: Any) -> dict[str, Any]:
    """The answer to a booking."""
    file = base64.b64encode(label).decode() if label else None
    return {"BookingResponse": {"serviceResult": GOOD, "AWBNumber": AWB, "AWBLabel": file, **changes}}


def refused(message: str | None, wrapper: str = "BookingResponse", success: Any = False) -> dict[str, Any]:
    """A refusal, as integrations read it."""
    return {wrapper: {"serviceResult": {"success": success, "ErrorMsg": message}}}


def priced(*rates: dict[str, Any]) -> dict[str, Any]:
    """The answer to a question for prices."""
    return {"RateCalculation": {"serviceResult": GOOD, "RateList": list(rates)}}


def rate(service: str = "Express", price: Any = 26.25, content: str | None = "NonDocument") -> dict[str, Any]:
    """One price."""
    return {"ShipmentType": service, "ContentType": content, "TotalPriceAED": price, "TotalPrice": price}


COUNTRIES = {
    "CountriesResponse": {
        "Countries": {
            "Country": [
                {"CountryId": 971, "CountryCode": "AE", "CountryName": "United Arab Emirates"},
                {"CountryId": 231, "CountryCode": "GB", "CountryName": "United Kingdom"},
            ]
        }
    }
}
CITIES = {
    "CitiesByCountryIdResponse": {
        "Cities": {"City": [{"Cityid": 601, "CityName": "London", "CityNameAR": "لندن"}]},
    }
}


def envelope(inside: str) -> bytes:
    """An answer in SOAP, with prefixes as EMX's server writes them."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope '
        'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body xmlns:ns2="http://epg.generic/">'
        f"{inside}</soapenv:Body></soapenv:Envelope>"
    ).encode()


def history(at: str, status: str | None = None, description: str | None = None, **more: str) -> str:
    """One line of a shipment's history."""
    told = {"TransactionDescription": description, "TranscationDate": at, "Origin": "Dubai", "Status": status, **more}
    inside = "".join(f"<ns2:{name}>{text}</ns2:{name}>" for name, text in told.items() if text is not None)
    return f"<ns2:TrackHistory>{inside}</ns2:TrackHistory>"


def tracked(*lines: str, before: str = "") -> bytes:
    """The answer to tracking."""
    return envelope(
        f"<ns2:TrackShipmentResponse><ns2:TrackShipmentResult>{before}<ns2:trackingDetails>{''.join(lines)}"
        "</ns2:trackingDetails></ns2:TrackShipmentResult></ns2:TrackShipmentResponse>"
    )


def soap_refusal(message: str) -> str:
    """What an answer in SOAP has before its details when it refuses."""
    return (
        f"<ns2:serviceResult><ns2:success>false</ns2:success><ns2:ErrorMsg>{message}</ns2:ErrorMsg></ns2:serviceResult>"
    )


def fault(code: str, text: str) -> bytes:
    """A SOAP fault."""
    return envelope(f"<soapenv:Fault><faultcode>{code}</faultcode><faultstring>{text}</faultstring></soapenv:Fault>")
