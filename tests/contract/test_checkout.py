"""Checkout.com's connector and its twin against Checkout.com's own documents.

The published specification (nas_spec of checkout/checkout-api-reference) is of July 2021: payments and their actions
are in it; hosted pages are only in its sister for the previous platform (abc_spec), and the list of payments by
reference (GET /payments) and the read of a hosted page in neither.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from sandbox.app import create_app
from tests.contract.claims import assert_claimed
from tests.contract.openapi import OpenApi
from tests.providers.builders import a_cancellation, a_capture, a_checkout, a_refund, now
from tests.providers.payments.checkout.builders import (
    CHALLENGE,
    PAY,
    Wire,
    a_token_payment,
    checkout,
    declined,
)
from workers.providers.errors import ProviderError
from workers.providers.money import Money
from workers.providers.payments.checkout.objects import (
    PAYMENT_STATUSES,
    listed_actions,
    payment_accepted,
    payment_from_details,
    refund_from_action,
)

CHANNEL = "pc_q4dbxom5jbgudnjzjpz7j2z6uq"
ADDRESS = {"line1": "Marina Walk 4", "city": "Dubai", "state": "Dubai", "postal_code": "0000", "country": "AE"}
CUSTOMER = "cus_y3oqhf46pyzuxjbcn2giaqnb44"
INSTRUMENT = "src_wmlfc3zyhqzehihu7giusaaawu"
# Fields of hosted pages that the old specification of the previous platform does not have; the official SDKs do.
HOSTED_SINCE = {
    "capture",
    "processing_channel_id",
    "billing_descriptor",
    "shipping",
    "allow_payment_methods",
    "payment_method_configuration",
}
# Payments without the payer are documented as "Unscheduled" since; the specification ends with instalments.
TYPES_SINCE = {"Unscheduled": "Recurring"}
SOURCES = {"token": "01_PaymentRequestTokenSource", "id": "02_PaymentRequestIdSource"}


class FolderOpenApi(OpenApi):
    """A document that is published as one file per path and per schema.

    :param folder: with ``paths`` and ``components/schemas`` in it.
    """

    def __init__(self, folder: Path) -> None:
        paths, schemas = folder / "paths", folder / "components" / "schemas"
        self.document = {
            "paths": {f"/{path.stem.replace('@', '/')}": _load(path) for path in paths.glob("*.yaml")},
            "components": {"schemas": {path.stem: _load(path) for path in schemas.rglob("*.yaml")}},
        }

    def faults_of_body(self, schema_name: str, body: dict[str, Any], also: frozenset[str] = frozenset()) -> list[str]:
        """What is wrong with a request's body; the schema allows any further field, so names are compared as well."""
        known = set(self.document["components"]["schemas"][schema_name]["properties"]) | also
        return [*self.faults_of_object(schema_name, body), *sorted(set(body) - known)]


def _load(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


@pytest.fixture(scope="module")
def published(specs: Path) -> FolderOpenApi:
    return FolderOpenApi(specs / "checkout" / "nas_spec")


@pytest.fixture(scope="module")
def previous(specs: Path) -> FolderOpenApi:
    return FolderOpenApi(specs / "checkout" / "abc_spec")


@pytest.fixture(scope="module")
async def wire() -> Wire:
    """Every request that the connector can make."""
    made = Wire()
    full: dict[str, Any] = {
        "customer": {"name": "Sara", "email": "sara@example.com", "phone": "+971500000001"},
        "description": "Two mugs",
        "metadata": {"channel": "app"},
        "statement_descriptor": "ORDER 1001",
        "capture_method": "manual",
        "return_url": "https://shop.example/back",
        "billing_address": ADDRESS,
        "shipping_address": ADDRESS,
        "save_payment_method": True,
    }
    page = {"method": "card", "locale": "en", "items": [{"name": "Mug", "quantity": 3, "unit_amount": "33.00"}]}
    kept = {"payment_method": INSTRUMENT, "payment_method_data": {"previous_payment": PAY, "customer": CUSTOMER}}
    settings = {"processing_channel_id": CHANNEL, "statement_city": "Dubai"}
    connector, part = checkout(made, settings=settings), Money.of("5.00", "AED")
    several = checkout(made, settings={"several_captures": True})
    made.answers = [(200, []), (202, {"action_id": "act_1"})]
    calls: list[Callable[[], Any]] = [
        lambda: several.capture_payment(a_capture(PAY, money=part)),
        lambda: connector.create_payment(a_token_payment()),
        lambda: connector.create_payment(a_token_payment(payment_method=INSTRUMENT, **full)),
        lambda: connector.create_payment(a_checkout()),
        lambda: connector.create_payment(a_checkout(**full, **page)),
        lambda: connector.create_payment(a_token_payment(**full)),
        lambda: connector.create_payment(a_token_payment(**kept)),
        lambda: connector.delete_payment_method(INSTRUMENT, {}),
        lambda: connector.get_payment(PAY),
        lambda: connector.get_payment("hpp_1"),
        lambda: connector.find_payment(a_token_payment(), attempted_at=now()),
        lambda: connector.capture_payment(a_capture(PAY)),
        lambda: connector.capture_payment(a_capture(PAY, money=part)),
        lambda: connector.cancel_payment(a_cancellation(PAY, reason="abandoned")),
        lambda: connector.refund_payment(a_refund(PAY, money=part, reason="duplicate", note="twice")),
        lambda: connector.get_refund(f"{PAY}:act_1"),
        lambda: connector.find_refund(a_refund(PAY), attempted_at=now()),
        lambda: connector.check_health(),
    ]
    for call in calls:
        try:
            await call()
        except ProviderError:
            continue
    return made


async def test_every_request_is_valid(published: FolderOpenApi, previous: FolderOpenApi, wire: Wire) -> None:
    schemas = {"payments": "PaymentRequest", "captures": "CaptureRequest", "voids": "VoidRequest"}
    schemas["refunds"] = "RefundRequest"
    seen: set[str] = set()
    checked, excepted = [], []
    for request, line in zip(wire.requests, wire.lines, strict=True):
        name = request.url.path.rsplit("/", 1)[1]
        if line == "GET /payments" or line.startswith("GET /hosted-payments/"):
            excepted.append(request)
            continue
        if name == "hosted-payments":
            body = yaml.safe_load(request.content)
            assert previous.operation("POST", "/hosted-payments")
            assert not previous.faults_of_body("HostedPaymentsRequest", body, frozenset(HOSTED_SINCE)), line
        else:
            assert published.operation(request.method, request.url.path)
        if request.method == "POST" and name in schemas:
            body = yaml.safe_load(request.content)
            if body.get("payment_type") in TYPES_SINCE:
                body["payment_type"] = TYPES_SINCE[body["payment_type"]]
            assert not published.faults_of_body(schemas[name], body), line
            if name == "payments":
                assert not published.faults_of_object(SOURCES[body["source"]["type"]], body["source"])
        checked.append(request)
        seen.add(f"{request.method} {name}")
    assert_claimed("checkout", checked, excepted)
    assert {f"POST {name}" for name in (*schemas, "hosted-payments")} <= seen
    assert len(wire.requests) >= 15


def test_the_check_itself_notices_what_is_wrong(published: FolderOpenApi, previous: FolderOpenApi) -> None:
    good = {"amount": 1, "currency": "AED"}
    for wrong in ({"amount": "1"}, {"amount": -1}, {"currency": "AE"}, {"colour": "green"}, {"reference": "r" * 51}):
        assert published.faults_of_body("PaymentRequest", {**good, **wrong}), wrong
    assert published.faults_of_object(SOURCES["token"], {"type": "token", "token": "tok_1"})
    assert previous.faults_of_body("HostedPaymentsRequest", good)
    with pytest.raises(AssertionError):
        published.operation("POST", f"/payments/{PAY}/captions")


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


def _faults(published: FolderOpenApi, answer: httpx.Response, path: str) -> list[str]:
    """What is wrong with an answer. Details may be a payment's or a payout's, and every payment's would pass for both;
    and the specification wants an ``id`` in balances, which it neither describes nor shows anywhere."""
    if answer.request.method == "GET" and not path.endswith("/actions"):
        details = answer.json()
        return published.faults_of_object("PaymentDetails", {**details, "balances": {**details["balances"], "id": "x"}})
    return published.faults_of_answer(answer, path)


async def test_every_answer_of_the_twin_is_valid(published: FolderOpenApi) -> None:
    twin = Recorded()
    connector = checkout(twin, base_url="http://127.0.0.1/checkout")
    paid = await connector.create_payment(a_token_payment())
    await connector.refund_payment(a_refund(paid.provider_payment_id, money=Money.of("5.00", "AED")))
    await connector.get_payment(paid.provider_payment_id)
    reserved = await connector.create_payment(a_token_payment(capture_method="manual"))
    await connector.capture_payment(a_capture(reserved.provider_payment_id, money=Money.of("5.00", "AED")))
    given_up = await connector.create_payment(a_token_payment(capture_method="manual"))
    await connector.cancel_payment(a_cancellation(given_up.provider_payment_id))
    keeping = await connector.create_payment(a_token_payment(save_payment_method=True))
    assert keeping.saved_method is not None
    kept = {"payment_method": keeping.saved_method.token, "payment_method_data": keeping.saved_method.provider_data}
    await connector.create_payment(a_token_payment(**kept))
    await connector.get_payment(keeping.provider_payment_id)
    await connector.delete_payment_method(keeping.saved_method.token, {})
    waiting = a_token_payment(payment_method=CHALLENGE, return_url="https://x.example")
    await connector.get_payment((await connector.create_payment(waiting)).provider_payment_id)
    for refused in (declined("20051"), "tok_unknown".ljust(30, "0")):
        with pytest.raises(ProviderError):
            await connector.create_payment(a_token_payment(payment_method=refused))
    checked = 0
    for answer in twin.answers:
        path = answer.request.url.path.removeprefix("/checkout")
        assert str(answer.status_code) in published.operation(answer.request.method, path)["responses"], path
        assert answer.status_code == 204 or not _faults(published, answer, path), f"{answer.request.method} {path}"
        checked += 1
    assert checked >= 20


def test_the_connector_knows_every_status_of_the_specification(published: FolderOpenApi) -> None:
    schemas = published.document["components"]["schemas"]
    for name in ("PaymentDetails", "PaymentResponse", "PaymentAcceptedResponse"):
        assert set(schemas[name]["properties"]["status"]["enum"]) <= PAYMENT_STATUSES.keys()


def test_the_connector_copes_with_the_specifications_examples(published: FolderOpenApi) -> None:
    schemas = published.document["components"]["schemas"]
    answers = published.operation("POST", "/payments")["responses"]
    made = payment_from_details(answers["201"]["content"]["application/json"]["example"])
    assert (made.status, str(made.money)) == ("authorized", "USD 65.40")
    asked = Money.of("65.40", "USD")
    for status in schemas["PaymentDetails"]["properties"]["status"]["enum"]:
        details = _example(schemas, "PaymentDetails") | {"status": status}
        assert payment_from_details(details).provider_status == status
    accepted = payment_accepted(_example(schemas, "PaymentAcceptedResponse") | {"status": "Pending"}, asked)
    assert (accepted.status, accepted.money) == ("requires_action", asked)
    actions = listed_actions(schemas["PaymentActionsResponse"]["example"])
    (refund,) = [each for each in actions if each["type"] == "Refund"]
    found = refund_from_action(refund, {"id": PAY, "currency": "USD"})
    assert (found.status, str(found.money)) == ("succeeded", "USD 10.00")


def _example(schemas: dict[str, Any], name: str) -> dict[str, Any]:
    """An object made of the examples of a schema's properties, as far as they have any."""
    made = {field: _value(schemas, schema) for field, schema in schemas[name]["properties"].items()}
    return {field: value for field, value in made.items() if value is not None}


def _value(schemas: dict[str, Any], schema: dict[str, Any]) -> Any:
    if "example" in schema:
        return schema["example"]
    for part in (schema, *schema.get("allOf", ())):
        if "$ref" in part:
            name = part["$ref"].rsplit("/", 1)[1]
            found = schemas[name]
            return (
                found["example"] if "example" in found else _example(schemas, name) if "properties" in found else None
            )
    made = {field: _value(schemas, inner) for field, inner in schema.get("properties", {}).items()}
    return {field: value for field, value in made.items() if value is not None} or None
