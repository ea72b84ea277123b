"""Ziina's connector and its twin against Ziina's own OpenAPI documents (payment-service-openapi.json with the account
merged in, as of July 2026).

Every answer is described as ``default``, so errors are not described at all. Nothing in the documents had to be
excepted; what they leave open (an intent's ``operation_id``, which no request takes) is in the connector's own text.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from sandbox.app import create_app
from tests.contract.claims import assert_claimed
from tests.contract.openapi import OpenApi
from tests.providers.builders import a_checkout, a_refund, now
from tests.providers.payments.ziina.builders import INTENT, Wire, intent, new_token, refund, ziina
from workers.providers.errors import ProviderError
from workers.providers.money import Money
from workers.providers.payments.ziina import ZiinaConnector
from workers.providers.payments.ziina.events import EVENT_TYPES, SENDERS, SIGNATURE_HEADER
from workers.providers.payments.ziina.objects import (
    PAYMENT_STATUSES,
    REFUND_STATUSES,
    payment_from_intent,
    refund_from_answer,
)

PART = Money.of("10.50", "AED")
FULL: dict[str, Any] = {
    "customer": {"name": "Sara", "email": "sara@example.com", "phone": "+971500000001"},
    "description": "Two mugs",
    "metadata": {"channel": "app"},
    "locale": "ar",
    "method": "card",
}


@pytest.fixture(scope="module")
def published(specs: Path) -> OpenApi:
    return OpenApi(specs / "ziina" / "ziina-openapi.yml")


@pytest.fixture(scope="module")
def published_events(specs: Path) -> dict[str, Any]:
    """Authored by others from Ziina's page on webhooks; Ziina itself publishes no such document."""
    text = (specs / "ziina" / "ziina-webhooks-asyncapi.yml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return document


def faults_of_body(published: OpenApi, path: str, body: Any) -> list[str]:
    """What is wrong with the body of a POST; the schema allows any further field, so names are compared as well."""
    schema = published.operation("POST", path)["requestBody"]["content"]["application/json"]["schema"]
    name = schema["$ref"].rsplit("/", 1)[1]
    known = published.document["components"]["schemas"][name]["properties"]
    return [*published.faults_of_object(name, body), *sorted(set(body) - set(known))]


@pytest.fixture(scope="module")
async def wire() -> Wire:
    """Every request that the connector can make."""
    made = Wire()
    settings = {"expires_after_minutes": 30}
    connectors = (ziina(made), ziina(made, environment="live", settings=settings))
    for connector in connectors:
        calls: list[Callable[[], Any]] = [
            lambda connector=connector: connector.create_payment(a_checkout()),  # type: ignore[misc]
            lambda connector=connector: connector.create_payment(a_checkout(**FULL)),  # type: ignore[misc]
            lambda connector=connector: connector.get_payment(INTENT),  # type: ignore[misc]
            lambda connector=connector: connector.refund_payment(a_refund(INTENT, money=PART)),  # type: ignore[misc]
            lambda connector=connector: connector.get_refund(INTENT),  # type: ignore[misc]
            lambda connector=connector: connector.find_refund(  # type: ignore[misc]
                a_refund(INTENT), attempted_at=now()
            ),
            lambda connector=connector: connector.check_health(),  # type: ignore[misc]
        ]
        for call in calls:
            try:
                await call()
            except ProviderError:
                continue
    return made


def test_every_request_is_valid(published: OpenApi, wire: Wire) -> None:
    seen: set[str] = set()
    for request in wire.requests:
        path = request.url.path.removeprefix("/api")
        assert published.operation(request.method, path)
        assert str(request.url.copy_with(path="/api", query=None)) == published.document["servers"][0]["url"]
        if request.method == "POST":
            assert not faults_of_body(published, path, json.loads(request.content))
        seen.add(f"{request.method} {path.split('/')[1]}")
    assert_claimed("ziina", wire.requests)
    assert seen == {"POST payment_intent", "GET payment_intent", "POST refund", "GET refund", "GET account"}


def test_the_check_itself_notices_what_is_wrong(published: OpenApi) -> None:
    good = {"amount": 9900, "currency_code": "AED"}
    assert not faults_of_body(published, "/payment_intent", good)
    for wrong in ({"amount": "9900"}, {"currency_code": "AE"}, {"operation_id": "x"}, {"test": "yes"}, {"expiry": 1}):
        assert faults_of_body(published, "/payment_intent", {**good, **wrong}), wrong
    assert faults_of_body(published, "/refund", {"payment_intent_id": INTENT})
    with pytest.raises(AssertionError):
        published.operation("POST", f"/payment_intent/{INTENT}/cancel")


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


async def test_every_answer_of_the_twin_is_valid(published: OpenApi) -> None:
    twin, token = Recorded(), new_token()
    url = "http://127.0.0.1/ziina"
    connector = ziina(twin, base_url=url, credentials={"access_token": token})
    async with httpx.AsyncClient(transport=twin, headers={"Authorization": f"Bearer {token}"}) as http:
        await http.post(f"{url}/webhook", json={"url": "https://hub.example", "secret": "s" * 16})
        for move in ("pay", "decline", "challenge", "pend", "cancel"):
            opened = await connector.create_payment(a_checkout(**FULL))
            await http.post(f"{url}/_test/payment_intent/{opened.provider_payment_id}/{move}")
            await connector.get_payment(opened.provider_payment_id)
            if move == "pay":
                given = await connector.refund_payment(a_refund(opened.provider_payment_id, money=PART))
                await connector.get_refund(given.provider_refund_id)
        await connector.check_health()
        await http.delete(f"{url}/webhook")
    checked = 0
    for answer in twin.answers:
        path = answer.request.url.path.removeprefix("/ziina")
        if not path.startswith("/_test"):
            assert not published.faults_of_answer(answer, path), f"{answer.request.method} {path}"
            checked += 1
    assert checked == 2 + 2 * 5 + 2 + 1


def test_the_answers_of_the_unit_tests_are_valid(published: OpenApi) -> None:
    assert not published.faults_of_object("PaymentIntentDto", intent(latest_error={"code": "X", "message": "y"}))
    assert not published.faults_of_object("RefundDto", refund(a_refund(INTENT), error=None))


def test_the_connector_knows_every_status_of_the_document(published: OpenApi) -> None:
    schemas = published.document["components"]["schemas"]
    assert set(schemas["PaymentIntentDto"]["properties"]["status"]["enum"]) == PAYMENT_STATUSES.keys()
    assert set(schemas["RefundDto"]["properties"]["status"]["enum"]) == REFUND_STATUSES.keys()


def test_the_connector_copes_with_answers_of_required_fields_only(published: OpenApi) -> None:
    schemas = published.document["components"]["schemas"]
    for status in PAYMENT_STATUSES:
        full = intent(status)
        least = {name: full[name] for name in schemas["PaymentIntentDto"]["required"]}
        assert payment_from_intent(least).provider_status == status
    for status in REFUND_STATUSES:
        given = refund(a_refund(INTENT), status)
        assert refund_from_answer({name: given[name] for name in schemas["RefundDto"]["required"]}).money == PART


async def test_the_connector_copes_with_the_documents_example(published: OpenApi) -> None:
    answer = published.operation("GET", "/account")["responses"]["default"]["content"]["application/json"]
    assert (await ziina(Wire(answer["example"])).check_health()).ok


def test_the_webhooks_are_those_of_the_page(published_events: dict[str, Any]) -> None:
    messages = published_events["components"]["messages"].values()
    assert {message["name"] for message in messages} == set(EVENT_TYPES)
    assert all(SIGNATURE_HEADER in message["headers"]["properties"] for message in messages)
    described = published_events["servers"]["subscriber"]["description"]
    assert all(sender in described for sender in SENDERS)
    schemas = published_events["components"]["schemas"]
    assert set(schemas["PaymentIntentEventData"]["properties"]["status"]["enum"]) <= PAYMENT_STATUSES.keys()
    assert set(schemas["RefundEventData"]["properties"]["status"]["enum"]) <= REFUND_STATUSES.keys()


def test_the_line_that_registers_the_webhook_is_valid(published: OpenApi) -> None:
    webhook = ZiinaConnector.manifest.webhook
    assert webhook is not None
    line = webhook.setup.replace("{webhook_url}", "https://hub.example/webhooks/x")
    body = json.loads(line.partition("-d '")[2].partition("'")[0])
    assert not faults_of_body(published, "/webhook", body)
    assert set(body) == {"url", "secret"}
