"""FedEx's connector and its twin against FedEx's own OpenAPI documents, in two snapshots, and its page of status codes.

The schemas are loose: they allow any further field, so names are compared as well. What had to be set aside: a
``required`` that is no list, a ``format`` that is no format, a ``oneOf`` whose alternatives do not exclude each other,
and names in answers that others have recorded and the documents do not have (`ANSWERED_OTHERWISE`).
"""

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from sandbox.app import create_app
from tests.contract.claims import assert_claimed
from tests.contract.openapi import OpenApi
from tests.providers.shipping.fedex.wire import Wire, bought, existing, fedex, scan, tracked
from tests.support.carriers.fedex import CARRIER
from tests.support.carriers.parcels import BOX, DUBAI, LONDON, PHONE_CASES, RIYADH, domestic, international, question
from workers.providers.errors import ProviderError
from workers.providers.money import Money
from workers.providers.registry import open_connector
from workers.providers.shipping.fedex import FedExConnector
from workers.providers.shipping.fedex.errors import CANCELLED, read_fault
from workers.providers.shipping.fedex.statuses import EVENTS
from workers.providers.shipping.models import (
    AddressCheckRequest,
    Contents,
    Direction,
    ExistingPickup,
    Incoterm,
    LabelFormat,
    PickupRequest,
    ShipmentRequest,
)

DOCUMENTS = {
    "/oauth/": ("shipstream/authorization__v1.json",),
    "/rate/": ("shipstream/rates-transit-times__v1.json", "karrio_rate-api.json"),
    "/ship/": ("shipstream/ship__v1.json", "karrio_ship-api.json"),
    "/track/": ("shipstream/track__v1.json", "karrio_track.json"),
    "/pickup/": ("shipstream/pickup-request__v1.json", "karrio_pickup-api.json"),
    "/availability/": ("shipstream/service-availability__v1.json",),
}
# FedEx's own sample of a search by reference has this name for what its schema calls shipDateEndDate.
ASKED_OTHERWISE = {"shipDateEnd"}
# As karrioapi/karrio recorded them: the letters of a proof, the values of an identifier, the currency of a price.
ANSWERED_OTHERWISE = {"documents", "values", "currency"}
READY = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
ROUTES = {"AE to AE": domestic(), "AE to SA": international(RIYADH), "AE to GB": international(LONDON)}


class Document(OpenApi):
    """A document of FedEx's, with what is no OpenAPI set aside."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.document["components"]["schemas"] = _mended(self.document["components"]["schemas"])

    def faults_of_body(self, request: httpx.Request) -> list[str]:
        """What is wrong with a request's JSON."""
        content = self.operation(request.method, request.url.path)["requestBody"]["content"]["application/json"]
        schema, body = _mended(content["schema"]), orjson.loads(request.content)
        return [*self.faults(schema, body), *self.unknown(schema, body, ASKED_OTHERWISE)]

    def faults_of_reply(self, path: str, response: httpx.Response) -> list[str]:
        """What is wrong with an answer's JSON."""
        answers = self.operation(response.request.method, path)["responses"]
        schema = answers[str(response.status_code)]["content"]["application/json"]["schema"]
        body = response.json()
        return [*self.faults(schema, body), *self.unknown(schema, body, ANSWERED_OTHERWISE)]

    def unknown(self, schema: Any, value: Any, also: set[str], place: str = "$") -> Iterator[str]:
        """The fields that no schema names; of alternatives the first is the whole one."""
        if "anyOf" in schema:
            schema = schema["anyOf"][0]
        if "$ref" in schema:
            schema = self.document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        if isinstance(value, list):
            for item in value:
                yield from self.unknown(schema.get("items", {}), item, also, place)
        elif isinstance(value, dict) and "properties" in schema:
            for name, item in value.items():
                if name in schema["properties"]:
                    yield from self.unknown(schema["properties"][name], item, also, f"{place}.{name}")
                elif name not in also:
                    yield f"{place}: {name} is not published"


def _mended(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_mended(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {name: _mended(each) for name, each in schema.items() if name not in ("format", "discriminator", "xml")}
    if not isinstance(kept.get("required", []), list):
        del kept["required"]
    if "oneOf" in kept:
        kept["anyOf"] = kept.pop("oneOf")
    return kept


@pytest.fixture(scope="module")
def published(specs: Path) -> dict[str, list[Document]]:
    """The documents, by the beginning of their paths."""
    return {start: [Document(specs / "fedex" / name) for name in names] for start, names in DOCUMENTS.items()}


def of(published: dict[str, list[Document]], path: str) -> list[Document]:
    """The documents that have a path."""
    return next(documents for start, documents in published.items() if path.startswith(start))


@pytest.fixture(scope="module")
async def wire() -> Wire:
    """Every request that the connector can make."""
    made = Wire()
    connector = fedex(made)
    electronic = fedex(made, electronic_trade_documents=True)
    ddp = PHONE_CASES.model_copy(update={"incoterm": Incoterm.DDP})
    full: dict[str, Any] = {
        "parcels": (BOX.model_copy(update={"reference": "BOX-A", "description": "Cases"}), BOX),
        "insured_value": Money.of("100.00", "AED"),
        "signature_required": True,
        "instructions": "Leave at the gate",
        "label_format": LabelFormat.ZPL,
    }
    calls: list[Any] = [lambda: connector.check_health()]
    for request in (
        *ROUTES.values(),
        domestic(**full),
        international(RIYADH, customs=ddp, **full),
        international(customs=None, contents=Contents.DOCUMENTS, label_format=LabelFormat.PNG),
    ):
        calls += [
            lambda request=request: connector.get_rates(question(request)),
            lambda request=request: connector.create_shipment(request),
            lambda request=request: electronic.create_return(request),
        ]
    pickup = {"location": "DXBA", "date": "2026-11-24"}
    calls += [
        lambda: connector.find_shipment(domestic(), attempted_at=READY),
        lambda: connector.cancel_shipment(existing()),
        lambda: connector.track_shipments([existing(), existing("794953535011")]),
        lambda: connector.get_proof_of_delivery(existing()),
        lambda: connector.schedule_pickup(a_pickup()),
        lambda: connector.cancel_pickup(
            ExistingPickup(
                pickup_id=uuid.UUID(int=1),
                provider_pickup_id="DXBA1",
                provider_data=pickup,
                ready_at=READY,
                reason="Nothing to fetch",
            )
        ),
        *(
            lambda direction=direction: connector.check_address(
                AddressCheckRequest(place=LONDON if direction is Direction.DELIVERY else DUBAI, direction=direction)
            )
            for direction in Direction
        ),
    ]
    for call in calls:
        made.answers = [tracked(scan("DL")), httpx.Response(404, json={})]
        try:
            await call()
        except ProviderError:
            continue
    return made


def a_pickup() -> PickupRequest:
    return PickupRequest(
        pickup_id=uuid.UUID(int=1),
        place=DUBAI,
        ready_at=READY + timedelta(days=365 * 10),
        closes_at=READY + timedelta(days=365 * 10, hours=8),
        parcels=2,
        weight_kg=Decimal("2.4"),
        shipments=(existing(),),
        instructions="Ring the bell",
    )


def test_every_request_is_valid(published: dict[str, list[Document]], wire: Wire) -> None:
    seen = set()
    for request in wire.requests:
        for document in of(published, request.url.path):
            assert document.faults_of_body(request) == [], request.url.path
        seen.add(f"{request.method} {request.url.path}")
    assert seen == {
        "POST /rate/v1/rates/quotes",
        "POST /ship/v1/shipments",
        "PUT /ship/v1/shipments/cancel",
        "POST /track/v1/trackingnumbers",
        "POST /track/v1/referencenumbers",
        "POST /track/v1/trackingdocuments",
        "POST /pickup/v1/pickups",
        "PUT /pickup/v1/pickups/cancel",
        "POST /availability/v1/packageandserviceoptions",
    }


def test_the_table_of_carriers_claims_what_is_checked(published: dict[str, list[Document]], wire: Wire) -> None:
    assert_claimed("fedex", wire.requests)


def test_every_token_is_asked_for_as_published(published: dict[str, list[Document]], wire: Wire) -> None:
    (document,) = published["/oauth/"]
    assert wire.exchanges
    for request in wire.exchanges:
        assert document.faults_of_form(request) == []


@pytest.mark.parametrize("route", list(ROUTES))
async def test_shipments_of_each_route_are_valid(published: dict[str, list[Document]], route: str) -> None:
    wire = Wire(bought())
    await fedex(wire).create_shipment(ROUTES[route])
    for document in published["/ship/"]:
        assert document.faults_of_body(wire.requests[0]) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda shipment: shipment.pop("serviceType"),
        lambda shipment: shipment["shipper"].pop("contact"),
        lambda shipment: shipment["requestedPackageLineItems"][0]["dimensions"].update(length=30.5),
        lambda shipment: shipment["requestedPackageLineItems"][0]["weight"].update(units="G"),
        lambda shipment: shipment["labelSpecification"].update(imageType="GIF"),
        lambda shipment: shipment["customsClearanceDetail"].pop("commodities"),
        lambda shipment: shipment["customsClearanceDetail"]["commercialInvoice"].update(shipmentPurpose="SALE"),
        lambda shipment: shipment["recipients"][0]["address"].update(postcode="1"),
    ],
    ids=["no service", "no contact", "half a centimetre", "grams", "gif", "no commodities", "purpose", "unknown name"],
)
async def test_the_check_itself_notices_what_is_wrong(published: dict[str, list[Document]], spoil: Any) -> None:
    wire = Wire(bought())
    await fedex(wire).create_shipment(international())
    body = orjson.loads(wire.requests[0].content)
    spoil(body["requestedShipment"])
    wrong = httpx.Request("POST", wire.requests[0].url, content=orjson.dumps(body))
    for document in published["/ship/"]:
        assert document.faults_of_body(wrong)


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


async def test_every_answer_of_the_twin_is_valid(published: dict[str, list[Document]]) -> None:
    twin, url = Recorded(), "http://127.0.0.1/fedex"
    credentials = CARRIER.account()
    connector = open_connector(
        "fedex", credentials=credentials, settings=CARRIER.settings, base_url=url, transport=twin
    )
    assert isinstance(connector, FedExConnector)
    for request in ROUTES.values():
        await connector.get_rates(question(request))
        await _lives(connector, twin, url, request.model_copy(update={"shipment_id": uuid.uuid4()}))
    made = await connector.schedule_pickup(a_pickup())
    pickup = ExistingPickup(
        pickup_id=uuid.UUID(int=1),
        provider_pickup_id=made.provider_pickup_id,
        provider_data=made.provider_data,
        ready_at=READY,
    )
    for _ in range(2):
        await connector.cancel_pickup(pickup)
    await connector.check_address(AddressCheckRequest(place=LONDON))
    checked = set()
    for answer in twin.answers:
        path = answer.request.url.path.removeprefix("/fedex")
        if not path.startswith("/_test"):
            for document in of(published, path):
                assert document.faults_of_reply(path, answer) == [], path
            checked.add((path, answer.status_code))
    assert len(checked) == 12


async def _lives(connector: FedExConnector, twin: Recorded, url: str, request: ShipmentRequest) -> None:
    """Buys, finds, cancels twice, buys again and delivers."""
    for steps in (("cancel", "cancel"), ("picked_up", "exception", "delivered")):
        made = await connector.create_shipment(request)
        shipment = existing(made.tracking_number)
        for step in steps:
            if step == "cancel":
                await connector.cancel_shipment(shipment)
            else:
                async with httpx.AsyncClient(transport=twin) as http:
                    await http.post(f"{url}/_test/shipments/{made.tracking_number}/advance", json={"to": step})
            await connector.track_shipments([shipment, existing("1")])
    await connector.get_proof_of_delivery(shipment)
    with pytest.raises(ProviderError):
        await connector.find_shipment(request, attempted_at=datetime.now(UTC))


def test_every_code_of_the_status_page_has_a_meaning(specs: Path) -> None:
    page = (specs / "fedex" / "Tracking-Status-Codes.html").read_text(encoding="utf-8")
    cells = [cell.strip() for cell in re.findall(r"<td>(.*?)</td>", page)]
    codes = {cell.upper() for cell in cells if re.fullmatch(r"[A-Z][A-Za-z]", cell)}
    assert len(codes) > 50
    # Who has the parcel: never an event. CA and RC are events as well, of another meaning.
    assert codes - {"SH", "CU", "BR"} <= EVENTS.keys()


def test_every_example_of_an_error_is_read(published: dict[str, list[Document]]) -> None:
    read = 0
    for document in (each for documents in published.values() for each in documents):
        for operation in (each for path in document.document["paths"].values() for each in path.values()):
            for status, answer in operation["responses"].items():
                example = answer.get("content", {}).get("application/json", {}).get("example")
                if example and status != "200":
                    fault = read_fault(example, int(status))
                    first = example.get("errors", [{}])[0]
                    code, message = first.get("code", example.get("error")), first.get("message")
                    assert (fault.code, fault.message) == (code, message or example.get("error_detail"))
                    assert fault.code not in CANCELLED
                    read += 1
    assert read > 50
