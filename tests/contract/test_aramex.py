"""Aramex's connector and its twin against the schemas of Aramex's own services: those of the newest snapshot, and the
live WSDLs, which are older.

.NET reads JSON by the same data contracts as XML: an element without ``minOccurs="0"`` has to be there, one without
``nillable`` cannot be null, and a name that is not in the contract is silently left out, so that a misspelt field would
never be noticed. Members that only newer versions know are listed.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from sandbox.app import create_app
from sandbox.shipping.aramex.fields import Undeserializable, read
from tests.contract.claims import assert_claimed
from tests.providers.shipping.aramex.builders import Wire, aramex, existing, refused
from tests.support.carriers.aramex import CARRIER
from tests.support.carriers.parcels import (
    ABU_DHABI,
    BOX,
    DUBAI,
    LONDON,
    PHONE_CASES,
    RIYADH,
    cash,
    domestic,
    international,
    question,
    tomorrow,
)
from workers.providers.errors import ProviderError
from workers.providers.money import Money
from workers.providers.shipping.models import (
    AddressCheckRequest,
    ExistingPickup,
    Incoterm,
    LabelFormat,
    PickupRequest,
    ShipmentRequest,
)

XS = "{http://www.w3.org/2001/XMLSchema}"
OPERATIONS = {
    "Shipping/CreateShipments": ("ShipmentCreationRequest", "ShipmentCreationResponse"),
    "Shipping/PrintLabel": ("LabelPrintingRequest", "LabelPrintingResponse"),
    "Shipping/CreatePickup": ("PickupCreationRequest", "PickupCreationResponse"),
    "Shipping/CancelPickup": ("PickupCancelationRequest", "PickupCancelationResponse"),
    "Tracking/TrackShipments": ("ShipmentTrackingRequest", "ShipmentTrackingResponse"),
    "RateCalculator/CalculateRate": ("RateCalculatorRequest", "RateCalculatorResponse"),
    "Location/ValidateAddress": ("AddressValidationRequest", "AddressValidationResponse"),
    "Location/FetchCities": ("CitiesFetchingRequest", "CitiesFetchingResponse"),
}
NEWEST = {
    "Shipping": "karrio_shipping.xsd",
    "Tracking": "karrio_tracking.xsd",
    "RateCalculator": "karrio_rates.xsd",
    "Location": "karrio_location.xsd",
}
OLDER = {
    "Shipping": "aramexapps_live_shipping.wsdl",
    "Tracking": "aramexapps_live_Tracking.wsdl",
    "RateCalculator": "aramexapps_live_aramex-rates-calculator-wsdl.wsdl",
    "Location": "location-api-wsdl.wsdl",
}
# Members that the older schemas lack.
NEWER = re.compile(r"\.(Source|Longitude|Latitude|CommodityCode|CountryOfOrigin|ExistingShipments)$")


class Contracts:
    """The data contracts of one service."""

    def __init__(self, path: Path) -> None:
        self.types: dict[str, ElementTree.Element] = {}
        self.elements: dict[str, ElementTree.Element] = {}
        for schema in ElementTree.parse(path).iter(f"{XS}schema"):
            for child in schema:
                name = child.get("name", "")
                if child.tag == f"{XS}complexType":
                    self.types[name] = child
                elif child.tag == f"{XS}element" and child.find(f"{XS}complexType") is not None:
                    self.elements[name] = child

    def faults(self, element: str, body: Any) -> list[str]:
        """What is wrong with a body of JSON."""
        return self._object_faults(self.elements[element], body, element)

    def _object_faults(self, holder: ElementTree.Element, value: Any, path: str) -> list[str]:
        if not isinstance(value, Mapping):
            return [f"{path}: not an object"]
        members = {each.get("name", ""): each for each in holder.iter(f"{XS}element") if each is not holder}
        faults = [f"{path}.{name}: not in the contract" for name in sorted(set(value) - set(members))]
        for name, member in members.items():
            where = f"{path}.{name}"
            if name not in value:
                faults += [f"{where}: missing"] if member.get("minOccurs") != "0" else []
            elif value[name] is None:
                faults += [] if member.get("nillable") == "true" else [f"{where}: null"]
            else:
                faults += self._faults(member.get("type", "").partition(":")[2], value[name], where)
        return faults

    def _faults(self, kind: str, value: Any, path: str) -> list[str]:
        if kind.startswith("ArrayOfKeyValueOf"):
            pairs = [each for each in value if set(each) != {"Key", "Value"}]
            within = [each for pair in value for each in self._faults("ArrayOfTrackingResult", pair["Value"], path)]
            return [*([f"{path}: not pairs of Key and Value"] if pairs else []), *within]
        if kind.startswith("ArrayOf"):
            if not isinstance(value, list):
                return [f"{path}: not a list"]
            of = "string" if kind == "ArrayOfstring" else kind.removeprefix("ArrayOf")
            return [fault for number, each in enumerate(value) for fault in self._faults(of, each, f"{path}[{number}]")]
        if kind in self.types:
            return self._object_faults(self.types[kind], value, path)
        return [] if fits(kind, value) else [f"{path}: {value!r} is no {kind}"]


def fits(kind: str, value: Any) -> bool:
    """Whether a JSON value is what .NET reads as a simple type."""
    match kind:
        case "string" | "guid":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "int":
            return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31
        case "double" | "decimal":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "dateTime":
            return isinstance(value, str) and bool(re.fullmatch(r"/Date\(-?\d+([+-]\d{4})?\)/", value))
        case "base64Binary":
            return isinstance(value, list) and all(0 <= each < 256 for each in value)
        case _:
            return False


@pytest.fixture(scope="module")
def newest(specs: Path) -> dict[str, Contracts]:
    return {service: Contracts(specs / "aramex" / name) for service, name in NEWEST.items()}


@pytest.fixture(scope="module")
def older(specs: Path) -> dict[str, Contracts]:
    return {service: Contracts(specs / "aramex" / name) for service, name in OLDER.items()}


def shipments() -> list[ShipmentRequest]:
    """Within the Emirates with cash on delivery, to Saudi Arabia and to Britain, and all that can be asked for."""
    duties_paid = PHONE_CASES.model_copy(update={"incoterm": Incoterm.DDP})
    return [
        domestic(cash_on_delivery=cash()),
        domestic(parcels=(BOX, BOX), instructions="Call first", signature_required=True),
        international(RIYADH, cash_on_delivery=Money.of("150.00", "SAR")),
        international(LONDON, customs=duties_paid, insured_value=Money.of("240.00", "AED")),
        domestic(contents="documents", parcels=(BOX.model_copy(update={"length_cm": None}),)),
    ]


@pytest.fixture(scope="module")
async def wire() -> Wire:
    """Every request that the connector can make."""
    made = Wire(*[refused("ERR99", "No.")] * 50)
    connector = aramex(made)
    pickup = PickupRequest(
        pickup_id="01936d2e-7c31-7b1f-9a1f-3f2b6d5e8a02",
        place=DUBAI,
        ready_at=tomorrow(6),
        closes_at=tomorrow(12),
        parcels=2,
        weight_kg="2.4",
        shipments=(existing(),),
    )
    ordered = ExistingPickup(pickup_id=pickup.pickup_id, provider_pickup_id="a-guid", ready_at=pickup.ready_at)
    back = {"sender": ABU_DHABI, "recipient": DUBAI, "is_return": True}
    calls = [
        *(connector.get_rates(question(request)) for request in shipments()),
        *(connector.create_shipment(request) for request in shipments()),
        connector.create_return(domestic(**back)),
        connector.create_return(international(DUBAI, **{**back, "sender": LONDON})),
        connector.get_documents(existing(), LabelFormat.PDF),
        connector.track_shipments([existing()]),
        connector.schedule_pickup(pickup),
        connector.cancel_pickup(ordered),
        connector.check_address(AddressCheckRequest(place=LONDON)),
        connector.check_health(),
    ]
    for call in calls:
        try:
            await call
        except ProviderError:
            continue
    made.answers = [{"HasErrors": False}, refused("ERR99", "No.")]
    await connector.check_health()
    return made


def test_every_request_fits_the_contracts(newest: dict[str, Contracts], wire: Wire) -> None:
    seen = set()
    for operation, body in zip(wire.paths, wire.bodies, strict=True):
        assert newest[operation.partition("/")[0]].faults(OPERATIONS[operation][0], body) == [], operation
        seen.add(operation)
    assert seen == set(OPERATIONS)
    assert_claimed("aramex", wire.requests)
    assert wire.paths.count("Shipping/CreateShipments") == len(shipments()) + 2, "none was refused before the call"


def test_every_request_fits_the_older_contracts_but_for_what_is_newer(older: dict[str, Contracts], wire: Wire) -> None:
    for operation, body in zip(wire.paths, wire.bodies, strict=True):
        faults = older[operation.partition("/")[0]].faults(OPERATIONS[operation][0], body)
        strange = [fault for fault in faults if not NEWER.search(fault.removesuffix(": not in the contract"))]
        assert strange == [], operation


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"Shipper": {}}, "Shipper.PartyAddress: missing"),
        ({"ShippingDateTime": "2026-02-03T14:00:00"}, "ShippingDateTime: '2026-02-03T14:00:00' is no dateTime"),
        ({"ShippingDateTime": None}, "ShippingDateTime: null"),
        ({"AccountingInstructions": ""}, "AccountingInstructions: not in the contract"),
        ({"Reference1": 1001}, "Reference1: 1001 is no string"),
    ],
)
def test_the_check_itself_notices_what_is_wrong(
    newest: dict[str, Contracts], wire: Wire, changes: dict[str, Any], fault: str
) -> None:
    place = wire.paths.index("Shipping/CreateShipments")
    body = json.loads(json.dumps(wire.bodies[place]))
    body["Shipments"][0].update(changes)
    faults = newest["Shipping"].faults("ShipmentCreationRequest", body)
    assert any(each.endswith(fault) for each in faults), faults
    with pytest.raises(Undeserializable):
        read("CreateShipments", body)


class Recorded(httpx.AsyncBaseTransport):
    """The twin in process; keeps every answer."""

    def __init__(self) -> None:
        self.inner = httpx.ASGITransport(create_app(httpx.MockTransport(lambda _: httpx.Response(200))))
        self.answers: list[httpx.Response] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self.inner.handle_async_request(request)
        await response.aread()
        response.request = request
        self.answers.append(response)
        return response


async def test_every_answer_of_the_twin_fits_the_contracts(newest: dict[str, Contracts]) -> None:
    twin = Recorded()
    connector = aramex(twin, base_url="http://127.0.0.1/aramex", credentials=CARRIER.account())
    request = domestic()
    await connector.get_rates(question(request))
    made = await connector.create_shipment(request)
    known = existing(made.tracking_number)
    await connector.track_shipments([known, existing("1")])
    await connector.get_documents(known, LabelFormat.PDF)
    pickup = await connector.schedule_pickup(
        PickupRequest(
            pickup_id=request.shipment_id,
            place=DUBAI,
            ready_at=tomorrow(6),
            closes_at=tomorrow(12),
            parcels=1,
            weight_kg="1",
        )
    )
    ordered = ExistingPickup(
        pickup_id=request.shipment_id, provider_pickup_id=pickup.provider_pickup_id, ready_at=tomorrow(6)
    )
    await connector.cancel_pickup(ordered)
    nowhere = ABU_DHABI.model_copy(update={"city": "Nowhere"})
    await connector.check_address(AddressCheckRequest(place=nowhere))
    with pytest.raises(ProviderError):
        await connector.create_shipment(domestic(recipient=nowhere))
    seen = set()
    for answer in twin.answers:
        service, _, operation = answer.request.url.path.removeprefix("/aramex/ShippingAPI.V2/").partition("/")
        name = f"{service}/{operation.removeprefix('Service_1_0.svc/json/')}"
        if name in OPERATIONS:
            assert newest[service].faults(OPERATIONS[name][1], answer.json()) == [], name
            seen.add(name)
    assert seen == set(OPERATIONS)
