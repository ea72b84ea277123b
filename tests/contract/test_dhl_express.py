"""DHL Express's connector and its twin against DHL's own OpenAPI document of the MyDHL API (3.1.1), and its table of
events.

Two validators look at each request: jsonschema over the document's schemas, and openapi-core, which shares no code with
it. The document has tabs in some block texts, which YAML does not take; they are replaced before it is read.
"""

import csv
import json
import uuid
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError

from sandbox.app import create_app
from tests.contract.claims import assert_claimed
from tests.contract.independent import HOST, Asked
from tests.contract.openapi import OpenApi
from tests.providers.builders import now
from tests.providers.shipping.dhl_express.builders import Wire, dhl, existing, made, new_key, refusal
from tests.support.carriers.parcels import (
    ABU_DHABI,
    BOX,
    DUBAI,
    LONDON,
    PHONE_CASES,
    RIYADH,
    domestic,
    international,
    question,
    tomorrow,
)
from workers.providers.errors import ProviderError
from workers.providers.money import Money
from workers.providers.shipping.dhl_express.customs import EXPORT_REASONS
from workers.providers.shipping.dhl_express.statuses import MEANINGS
from workers.providers.shipping.dhl_tracking.statuses import CODES, NUMBERS
from workers.providers.shipping.models import (
    AddressCheckRequest,
    ExistingPickup,
    ExportPurpose,
    PickupRequest,
    Place,
    ShipmentRequest,
)

PREFIX = "/mydhlapi"
DDP = PHONE_CASES.model_copy(update={"incoterm": type(PHONE_CASES.incoterm).DDP})
ROUTES = {
    "AE-AE": domestic(),
    "AE-SA": international(RIYADH),
    "AE-GB": international(LONDON),
    "AE-GB, documents": international(LONDON, contents="documents", customs=None),
    "AE-GB, duties paid": international(LONDON, customs=DDP, insured_value=Money.of("240.00", "AED")),
    "GB-AE, back": domestic(sender=LONDON, recipient=DUBAI, customs=PHONE_CASES, is_return=True),
    "AE-AE, pieces": domestic(
        parcels=(BOX, BOX.model_copy(update={"reference": "BOX-2", "weight_kg": Decimal("0.333")})),
        sender=DUBAI.model_copy(update={"line2": "Second floor", "area": "Al Quoz Industrial Area 3"}),
        recipient=ABU_DHABI.model_copy(update={"makani": "12345 67890"}),
        signature_required=True,
        label_format="zpl",
        rate_data={"local_product_code": "N"},
    ),
}


@pytest.fixture(scope="module")
def readable(specs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The document without its tabs."""
    text = (specs / "mydhl" / "dpdhl-express-api-3.1.1_swagger.yaml").read_text(encoding="utf-8")
    path = tmp_path_factory.mktemp("mydhl") / "mydhl.yaml"
    path.write_text(text.replace("\t", "  "), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def published(readable: Path) -> OpenApi:
    """The document with exact numbers: the least step of a weight is 0.001, not almost that."""
    document = OpenApi(readable)
    document.document = exact(document.document)
    return document


def exact(value: Any) -> Any:
    """Floating-point numbers as decimal ones."""
    if isinstance(value, dict):
        return {name: exact(item) for name, item in value.items()}
    if isinstance(value, list):
        return [exact(item) for item in value]
    return Decimal(str(value)) if isinstance(value, float) else value


@pytest.fixture(scope="module")
def independent(readable: Path) -> OpenAPI:
    document = {**OpenApi(readable).document, "servers": [{"url": HOST}]}
    document.pop("security", None)
    return OpenAPI.from_dict(document, config=Config(spec_validator_cls=None))


def faults_of(published: OpenApi, request: httpx.Request) -> list[str]:
    """What is wrong with a request: its body, and the names in its query."""
    path = request.url.path.removeprefix(PREFIX)
    operation = published.operation(request.method, path)
    parameters = [resolved(published, each) for each in operation["parameters"]]
    sent = {name for name, _ in parse_qsl(request.url.query.decode())}
    known = {each["name"] for each in parameters if each["in"] == "query"}
    needed = {each["name"] for each in parameters if each["in"] == "query" and each.get("required")}
    faults = [*sorted(sent - known), *sorted(needed - sent)]
    if request.method == "POST":
        body = json.loads(request.content, parse_float=Decimal)
        faults += published.faults(operation["requestBody"]["content"]["application/json"]["schema"], body)
    return faults


def resolved(published: OpenApi, parameter: dict[str, Any]) -> dict[str, Any]:
    """A parameter, or the one that it points to."""
    name = parameter.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = published.document["components"]["parameters"][name] if name else parameter
    return found


async def sent(request: ShipmentRequest) -> httpx.Request:
    """The request that a shipment is made with."""
    wire = Wire(made())
    connector = dhl(wire)
    await (connector.create_return if request.is_return else connector.create_shipment)(request)
    return wire.requests[0]


@pytest.mark.parametrize("route", ROUTES)
async def test_every_shipment_and_every_question_for_its_price_is_valid(
    published: OpenApi, independent: OpenAPI, route: str
) -> None:
    wire = Wire({"products": []})
    await dhl(wire).get_rates(question(ROUTES[route]))
    for request in (await sent(ROUTES[route]), wire.requests[0]):
        assert faults_of(published, request) == []
        independent.validate_request(Asked(request, request.url.path.removeprefix(PREFIX)))


@pytest.mark.parametrize(
    "drop",
    [
        lambda body: body["content"].pop("incoterm"),
        lambda body: body["customerDetails"]["shipperDetails"]["postalAddress"].pop("postalCode"),
        lambda body: body["customerDetails"]["receiverDetails"]["postalAddress"].pop("postalCode"),
    ],
    ids=["incoterm", "the sender's postal code", "the recipient's postal code"],
)
@pytest.mark.parametrize("route", ["AE-AE", "AE-SA", "AE-GB"])
async def test_what_other_integrations_leave_out_is_not_valid(
    published: OpenApi, independent: OpenAPI, route: str, drop: Callable[[dict[str, Any]], object]
) -> None:
    good = await sent(ROUTES[route])
    body = json.loads(good.content)
    drop(body)
    bad = httpx.Request("POST", good.url, json=body, headers={"x-version": "3.1.0"})
    assert faults_of(published, bad)
    with pytest.raises(OpenAPIError):
        independent.validate_request(Asked(bad, "/shipments"))


async def test_the_check_itself_notices_what_is_wrong(published: OpenApi) -> None:
    good = await sent(domestic())

    def spoiled(**changes: Any) -> list[str]:
        body = {**json.loads(good.content), **changes}
        return faults_of(published, httpx.Request("POST", good.url, json=body))

    assert spoiled() == []
    for changes in (
        {"colour": "red"},
        {"productCode": 7},
        {"accounts": []},
        {"pickup": {}},
        {"getRateEstimates": "no"},
    ):
        assert spoiled(**changes), changes
    assert faults_of(published, httpx.Request("DELETE", f"https://dhl.example{PREFIX}/pickups/1")) == [
        "reason",
        "requestorName",
    ]
    with pytest.raises(AssertionError):
        published.operation("DELETE", "/shipments/1234567890")


PICKUP = PickupRequest(
    pickup_id=uuid.UUID(int=7),
    place=DUBAI,
    ready_at=tomorrow(),
    closes_at=tomorrow(13),
    parcels=3,
    weight_kg=Decimal(10),
    shipments=(existing("1234567890"),),
    location="reception",
    instructions="Ring twice",
)
ORDERED = ExistingPickup(pickup_id=PICKUP.pickup_id, provider_pickup_id="PRG1", ready_at=PICKUP.ready_at)
PLACE = AddressCheckRequest(place=Place(city="London", country="GB", postal_code="EC4R 1BE"))


async def test_every_other_request_is_valid(published: OpenApi, independent: OpenAPI) -> None:
    wire = Wire()
    connector = dhl(wire)
    calls: list[Callable[[], Any]] = [
        lambda: connector.track_shipments([existing()]),
        lambda: connector.track_shipments([existing(f"{index:010d}") for index in range(100)]),
        lambda: connector.find_shipment(domestic(), attempted_at=now()),
        lambda: connector.schedule_pickup(PICKUP),
        lambda: connector.schedule_pickup(PICKUP.model_copy(update={"is_domestic": False, "shipments": ()})),
        lambda: connector.cancel_pickup(ORDERED),
        lambda: connector.check_address(PLACE),
        lambda: connector.check_health(),
    ]
    wire.answers = [refusal("999: nothing")] * len(calls)
    for call in calls:
        try:
            await call()
        except ProviderError:
            continue
    wire.answers = [{"shipments": [{"shipmentTrackingNumber": "4935821006", "events": [OK]}]}, {"documents": []}]
    await connector.get_proof_of_delivery(existing())
    assert len(wire.requests) == len(calls) + 2
    for request in wire.requests:
        assert faults_of(published, request) == [], request.url
        independent.validate_request(Asked(request, request.url.path.removeprefix(PREFIX)))
    wire.answers = [{"products": []}]
    await connector.get_rates(question(domestic()))
    assert_claimed("dhl_express", [*wire.requests, *[await sent(request) for request in ROUTES.values()]])


OK = {"date": "2026-11-29", "time": "10:00:00", "typeCode": "OK", "description": "Delivered"}


def test_the_addresses_are_the_documents(published: OpenApi) -> None:
    manifest = dhl(Wire()).manifest
    servers = {server["url"] for server in published.document["servers"]}
    assert {manifest.sandbox_base_url, manifest.live_base_url} <= servers


def test_every_code_of_dhls_table_is_mapped(specs: Path) -> None:
    with (specs / "mydhl" / "status_1.csv").open(encoding="cp1252") as table:
        codes = [row["Status"] for row in csv.DictReader(table, delimiter=";") if row["Service"] == "express"]
    assert len(codes) == 44
    assert [code for code in codes if code not in MEANINGS] == []
    assert sorted(MEANINGS.keys() - set(codes)) == []


def test_every_number_of_dhls_table_stands_for_its_word_in_unified_tracking(specs: Path) -> None:
    with (specs / "mydhl" / "status_1.csv").open(encoding="cp1252") as table:
        rows = [row for row in csv.DictReader(table, delimiter=";") if row["Remark"] == "on shipment level"]
    told = {row["Status"]: row["Description"] for row in rows}
    assert told == dict(NUMBERS)
    assert set(told.values()) <= CODES.keys()


def test_every_purpose_is_one_of_the_documents(published: OpenApi) -> None:
    declaration = published.document["components"]["schemas"]["supermodelIoLogisticsExpressCreateShipmentRequest"][
        "properties"
    ]["content"]["properties"]["exportDeclaration"]["properties"]
    assert set(EXPORT_REASONS) == set(ExportPurpose)
    assert set(EXPORT_REASONS.values()) <= set(declaration["exportReasonType"]["enum"])


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


async def live(twin: Recorded) -> None:
    """Everything that the connector can do, with the twin."""
    connector = dhl(twin, base_url="http://127.0.0.1/dhl_express", credentials=new_key())
    for request in (domestic(), international(), international(RIYADH)):
        await connector.get_rates(question(request))
    first, second = [await connector.create_shipment(each) for each in (domestic(), international())]
    async with httpx.AsyncClient(transport=twin) as http:
        path = f"/dhl_express/_test/shipments/{first.tracking_number}/advance"
        await http.post(f"http://127.0.0.1{path}", json={"to": "delivered"})
    await connector.track_shipments([existing(first.tracking_number)])
    await connector.track_shipments([existing(first.tracking_number), existing(second.tracking_number)])
    await connector.track_shipments([existing("0000000000")])
    await connector.find_shipment(domestic(), attempted_at=now())
    await connector.get_proof_of_delivery(existing(first.tracking_number))
    await connector.schedule_pickup(PICKUP)
    await connector.cancel_pickup(ORDERED)
    await connector.check_address(PLACE)
    for refused in (domestic(service="P"),):
        with pytest.raises(ProviderError):
            await connector.create_shipment(refused)


def answers_of(twin: Recorded) -> Iterator[tuple[httpx.Response, str]]:
    """The answers of the API, with the path."""
    for answer in twin.answers:
        path = answer.request.url.path.removeprefix("/dhl_express")
        if not path.startswith("/_test"):
            yield answer, path


async def test_every_answer_of_the_twin_is_valid(published: OpenApi) -> None:
    twin = Recorded()
    await live(twin)
    checked = 0
    for answer, path in answers_of(twin):
        schema = published.operation(answer.request.method, path)["responses"][str(answer.status_code)]
        content = json.loads(answer.content, parse_float=Decimal)
        assert not published.faults(schema["content"]["application/json"]["schema"], content), path
        checked += 1
    assert checked == 3 + 2 + 3 + 1 + 2 + 2 + 1 + 1
