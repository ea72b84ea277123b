"""Tabby's connector and its twin against Tabby's own OpenAPI document.

Where Tabby's documentation contradicts the document, or the document itself: amounts and the list's upper day are as
the prose has them (``created_at__lte`` is typed as a date and time and described as a day, and no check of formats is
made here); the payment in a session's answer is said to need a buyer's history, which the schema does not describe;
and webhooks that there are none of are ``null``, for which the schema has no type. Examples of ids are placeholders
("payment id, uuid format"), so they are put in their place. The example deliveries and answers in ``examples`` are by
a third party; its refund has no captures in it, which Tabby always has.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.app import create_app
from tests.contract.claims import assert_claimed
from tests.contract.openapi import OpenApi
from tests.providers.builders import a_cancellation, a_capture, a_refund
from tests.providers.payments.tabby.wire import (
    CAPTURE,
    PAYMENT,
    REFUND,
    SESSION,
    Wire,
    a_captured_payment,
    a_completion,
    a_payment_object,
    a_session,
    an_instalment_payment,
    tabby,
)
from workers.providers.errors import ProviderError
from workers.providers.money import Money
from workers.providers.payments.tabby import TabbyConnector
from workers.providers.payments.tabby.events import DISPUTE_EVENTS
from workers.providers.payments.tabby.manifest import BASE_URL, MANIFEST, SAUDI_BASE_URL
from workers.providers.payments.tabby.objects import (
    PAYMENT_STATUSES,
    REJECTION_REASONS,
    opened_session,
    payment_from_object,
    refund_from_object,
    refunds_of,
)

SOME = Money.of("40.00", "AED")
SPAN: dict[str, Any] = {"since": datetime(2026, 11, 1, tzinfo=UTC), "until": datetime(2026, 12, 1, tzinfo=UTC)}


@pytest.fixture(scope="module")
def published(specs: Path) -> OpenApi:
    return OpenApi(specs / "tabby" / "tabby-api-openapi.yml")


@pytest.fixture(scope="module")
def examples(specs: Path) -> dict[str, Any]:
    folder = specs / "tabby" / "examples"
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")}


async def every_request() -> Wire:
    """Every request that the connector can make."""
    full: dict[str, Any] = {
        "description": "Two mugs",
        "locale": "ar",
        "metadata": {"channel": "app"},
        "items": [
            {
                "name": "Mug",
                "quantity": 2,
                "unit_amount": "49.50",
                "category": "Home",
                "reference": "sku-1",
                "image_url": "https://shop.example/mug.png",
                "product_url": "https://shop.example/mug",
            }
        ],
    }
    wire = Wire(None)
    connector = tabby(wire)
    reserved, taken = a_payment_object("AUTHORIZED"), a_captured_payment()
    calls: list[tuple[Any, Callable[[], Any]]] = [
        (a_session(), lambda: connector.create_payment(an_instalment_payment())),
        (a_session(), lambda: connector.create_payment(an_instalment_payment(**full))),
        (reserved, lambda: connector.get_payment(PAYMENT)),
        (reserved, lambda: connector.complete_payment(a_completion())),
        (reserved, lambda: connector.capture_payment(a_capture(PAYMENT, money=SOME))),
        (reserved, lambda: connector.cancel_payment(a_cancellation(PAYMENT))),
        (taken, lambda: connector.refund_payment(a_refund(PAYMENT))),
        (taken, lambda: connector.refund_payment(a_refund(PAYMENT, money=SOME, reason="duplicate", note="twice"))),
        (taken, lambda: connector.get_refund(f"{PAYMENT}:{REFUND}")),
        ({"payments": []}, lambda: connector.list_payments(**SPAN, cursor="20")),
        (None, lambda: connector.check_health()),
    ]
    for answer, call in calls:
        wire.answers = [answer]
        try:
            await call()
        except ProviderError:
            continue
    return wire


async def test_every_request_is_valid(published: OpenApi) -> None:
    wire = await every_request()
    for request, line in zip(wire.requests, wire.lines, strict=True):
        operation = published.operation(request.method, request.url.path)
        assert not request.url.query or not published.faults_of_query(request), line
        for parameter in operation.get("parameters", ()):
            named = parameter.get("$ref", "").endswith("merchantCodeParam")
            assert not named or request.headers["X-Merchant-Code"], line
        if "requestBody" in operation:
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            assert not published.faults(schema, json.loads(request.content)), line
            assert not unknown_names(published, schema, json.loads(request.content)), line
        else:
            assert not request.content, line
    assert_claimed("tabby", wire.requests)
    assert {line.rsplit("/", 1)[1] for line in wire.lines} >= {"checkout", "captures", "refunds", "close", "webhooks"}


def unknown_names(published: OpenApi, schema: Any, value: Any) -> list[str]:
    """Fields that the document does not describe: its schemas allow any. ``meta`` is the merchant's own."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        schema = published.document["components"]["schemas"][name]
        if name == "Meta":
            return []
    if isinstance(value, list):
        return [each for item in value for each in unknown_names(published, schema["items"], item)]
    if not isinstance(value, dict):
        return []
    known = schema.get("properties", {})
    found = [each for name in value.keys() & known for each in unknown_names(published, known[name], value[name])]
    return [*sorted(value.keys() - known), *found]


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (("payment", "amount"), 99.0),
        (("payment", "currency"), "USD"),
        (("payment", "order", "items"), None),
        (("payment", "buyer_history", "registered_since"), None),
        (("payment", "order_history"), None),
        (("lang",), "fr"),
        (("merchant_code",), None),
    ],
)
async def test_the_check_itself_notices_what_is_wrong(published: OpenApi, path: tuple[str, ...], wrong: Any) -> None:
    wire = Wire(a_session())
    await tabby(wire).create_payment(an_instalment_payment())
    schema = published.operation("POST", "/api/v2/checkout")["requestBody"]["content"]["application/json"]["schema"]
    body = wire.body
    holder = body
    for name in path[:-1]:
        holder = holder[name]
    if wrong is None:
        del holder[path[-1]]
    else:
        holder[path[-1]] = wrong
    assert published.faults(schema, body)
    assert unknown_names(published, schema, {**body, "colour": "green"}) == ["colour"]


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


async def everything_at(twin: Recorded) -> None:
    """Everything that the connector can ask of the twin, and what the payer does meanwhile."""
    connector = tabby(twin, base_url="http://127.0.0.1/tabby")

    async def agreed() -> str:
        opened = await connector.create_payment(an_instalment_payment())
        async with httpx.AsyncClient(transport=twin.inner) as browser:
            await browser.post(f"{opened.checkout_url}", data={"outcome": "approve"})
        return opened.provider_payment_id

    payment_id = await agreed()
    await connector.capture_payment(a_capture(payment_id, money=SOME))
    await connector.complete_payment(a_completion(payment_id))
    refund = await connector.refund_payment(a_refund(payment_id, money=SOME, note="twice"))
    await connector.get_refund(refund.provider_refund_id)
    await connector.cancel_payment(a_cancellation(await agreed()))
    await connector.list_payments(**{**SPAN, "since": datetime(2020, 1, 1, tzinfo=UTC)})
    rejected = {"name": "Sara", "email": "sara@example.com", "phone": "+971500000002"}
    for refused in (
        lambda: connector.create_payment(an_instalment_payment(customer=rejected)),
        lambda: connector.get_payment(SESSION),
        lambda: connector._post("refund_payment", f"/api/v2/payments/{payment_id}/refunds", {}),
        lambda: connector._post("cancel_payment", f"/api/v2/payments/{payment_id}/close", {}),
    ):
        with pytest.raises(ProviderError):
            await refused()


async def test_every_answer_of_the_twin_is_valid(published: OpenApi) -> None:
    twin = Recorded()
    await everything_at(twin)
    for answer in twin.answers:
        path = answer.request.url.path.removeprefix("/tabby")
        schema = answer_schema(published, answer.request.method, path, answer.status_code)
        assert not published.faults(schema, answer.json()), f"{answer.request.method} {path}"
    assert {answer.status_code for answer in twin.answers} == {200, 400, 404}
    assert len(twin.answers) >= 15


def answer_schema(published: OpenApi, method: str, path: str, status: int) -> Any:
    """The schema of an answer; a session's payment need not have what its schema does not even describe."""
    found = published.operation(method, path)["responses"][str(status)]
    found = published.document["components"]["responses"][found["$ref"].rsplit("/", 1)[1]]
    schema = found["content"]["application/json"]["schema"]
    undescribed = published.document["components"]["schemas"]["CheckoutResponsePayment"]
    undescribed["required"] = [name for name in undescribed["required"] if name in undescribed["properties"]]
    return schema


# What the document lists, the connector knows.


def enum(published: OpenApi, schema: str) -> list[str]:
    values: list[str] = published.document["components"]["schemas"][schema]["enum"]
    return values


def test_the_connector_knows_every_status_of_the_document(published: OpenApi) -> None:
    assert set(enum(published, "PaymentStatus")) == PAYMENT_STATUSES.keys()
    assert set(enum(published, "CheckoutProductRejectionReason")) - {"null"} == REJECTION_REASONS.keys()
    assert set(enum(published, "DisputeStatus")) <= DISPUTE_EVENTS.keys()
    assert set(enum(published, "Currency")) == set(MANIFEST.currencies)
    servers = [server["url"].rstrip("/") for server in published.document["servers"]]
    assert servers == [BASE_URL, SAUDI_BASE_URL]


IDS = {"PaymentID": PAYMENT, "CaptureResponse": CAPTURE, "RefundResponse": REFUND, "CheckoutSession": SESSION}


def example(published: OpenApi, schema: Any, of: str = "") -> Any:
    """A value made of the examples of a schema. :param of: the named schema that it belongs to."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return example(published, published.document["components"]["schemas"][name], name)
    if schema.get("format") == "uuid":
        return IDS[of]
    if "properties" in schema:
        return {name: example(published, inner, of) for name, inner in schema["properties"].items()}
    if schema.get("type") == "array":
        return [example(published, schema["items"], of)]
    if "example" in schema or "default" in schema:
        return schema.get("example", schema.get("default"))
    return "2026-11-23T12:00:00Z" if schema.get("format") == "date-time" else None


@pytest.mark.parametrize("status", PAYMENT_STATUSES)
@pytest.mark.parametrize(
    "name", ["PaymentResponse", "PaymentUpdate", "PaymentCaptureResponse", "PaymentClose", "PaymentRefundResponse"]
)
def test_the_connector_copes_with_every_example_of_a_payment(published: OpenApi, name: str, status: str) -> None:
    payment = {**example(published, {"$ref": f"#/components/schemas/{name}"}), "status": status}
    if isinstance(payment["refunds"], list) and "amount" not in (payment["refunds"][0] or {}):
        payment["refunds"] = []  # described as "object" and nothing more
    found = payment_from_object(payment)
    assert (found.provider_payment_id, found.provider_status) == (PAYMENT, status)
    assert str(found.money) == "AED 100.00"
    assert [str(refund_from_object(payment, each).money) for each in refunds_of(payment)] in ([], ["AED 0.00"])


def test_the_connector_copes_with_the_example_of_a_session(published: OpenApi) -> None:
    session = example(published, {"$ref": "#/components/schemas/CheckoutSession"})
    opened = opened_session(session, Money.of("100", "AED"))
    assert (opened.provider_payment_id, opened.provider_session_id) == (PAYMENT, SESSION)
    assert opened.checkout_url == "https://checkout.tabby.ai/"


async def test_the_connector_copes_with_every_example_of_an_error(published: OpenApi) -> None:
    schemas = published.document["components"]["schemas"]
    errors = [name for name in schemas if name.startswith("Error_")]
    for name in errors:
        status = int(name.split("_")[1])
        wire = Wire(httpx.Response(status, json=example(published, schemas[name])))
        with pytest.raises(ProviderError) as raised:
            await tabby(wire).create_payment(an_instalment_payment())
        assert raised.value.http_status == status
        assert "example" not in raised.value.message
    assert len(errors) >= 20


async def test_the_connector_copes_with_the_third_partys_examples(examples: dict[str, Any]) -> None:
    session = examples["tabby-create-checkout-session-example"]["response"]["body"]
    request = an_instalment_payment(money=Money.of("100.50", "AED"))
    opened = await tabby(Wire(session)).create_payment(request)
    assert opened.checkout_url == f"https://checkout.tabby.ai/?sessionId={SESSION}"
    captured = payment_from_object(examples["tabby-capture-payment-example"]["response"]["body"])
    assert (captured.status, str(captured.amount_captured)) == ("captured", "100.50")
    payment = examples["tabby-refund-payment-example"]["response"]["body"]
    (refund,) = (refund_from_object(payment, each) for each in refunds_of(payment))
    assert (refund.status, str(refund.money)) == ("succeeded", "AED 99.50")
    delivery = examples["tabby-webhook-event-example"]["delivery"]["body"]
    (event,) = TabbyConnector.parse_webhook(json.dumps(delivery).encode())
    assert (event.type, event.provider_payment_id) == ("payment.authorized", delivery["id"])
