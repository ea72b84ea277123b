"""PayPal's connector and its twin against PayPal's own OpenAPI documents."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.app import create_app
from tests.contract.claims import assert_claimed
from tests.contract.openapi import OpenApi
from tests.providers.builders import a_cancellation, a_capture, a_refund, now
from tests.providers.payments.paypal.builders import (
    Wire,
    a_capture_object,
    a_completion,
    a_hosted,
    a_refund_object,
    a_saved,
    an_authorization,
    an_order,
    paypal,
)
from workers.providers.errors import ProviderError
from workers.providers.money import Money
from workers.providers.payments.paypal.declines import DECLINE_REASONS
from workers.providers.payments.paypal.objects import (
    AUTHORIZATION_STATUSES,
    CAPTURE_STATUSES,
    ORDER_STATUSES,
    REFUND_STATUSES,
    payment_from_order,
    refund_from_object,
)

DOCUMENTS = {
    "/v2/checkout": "checkout_orders_v2.json",
    "/v2/payments": "payments_payment_v2.json",
    "/v1/notifications": "notifications_webhooks_v1.json",
    "/v1/reporting": "reporting_transactions_v1.json",
    "/v3/vault": "vault_payment_tokens_v3.json",
}
ADDRESS = {"line1": "Marina Walk 4", "city": "Dubai", "state": "Dubai", "postal_code": "0000", "country": "AE"}
ITEMS = [{"name": "Mug", "quantity": 3, "unit_amount": "33.00", "reference": "SKU-1"}]
CHOSEN_HEADERS = {"paypal-request-id", "prefer"}


@cache
def document(path: Path) -> OpenApi:
    return OpenApi(path)


def published(specs: Path, path: str) -> OpenApi:
    """The document that describes a path."""
    name = next(name for prefix, name in DOCUMENTS.items() if path.startswith(prefix))
    return document(specs / "paypal" / name)


def schema(specs: Path, name: str) -> Any:
    document_name = "checkout_orders_v2.json" if name == "order_status" else "payments_payment_v2.json"
    return document(specs / "paypal" / document_name).document["components"]["schemas"][name]


async def requests() -> list[httpx.Request]:
    """Every kind of request that the connector can make."""
    wire = Wire()
    connector, part = paypal(wire, settings={"brand_name": "Mug Shop"}), Money.of("5.00", "USD")
    customer = {"name": "Sara Ali", "email": "sara@example.com", "phone": "+971500000001"}
    reserved = an_order("COMPLETED", authorizations=[an_authorization()])
    captured = {"captures": "3C67"}
    full = {
        "customer": customer,
        "description": "Two mugs",
        "statement_descriptor": "MUGS",
        "capture_method": "manual",
        "items": ITEMS,
        "billing_address": ADDRESS,
        "shipping_address": ADDRESS,
        "locale": "ar",
        "save_payment_method": True,
        "payment_method_data": {"customer": "BygeLlrpZF"},
    }
    for answers, call in (
        ([], connector.create_payment(a_hosted())),
        ([], connector.create_payment(a_hosted(**full))),
        ([], connector.create_payment(a_saved())),
        ([], connector.get_payment("5O19")),
        ([], connector.find_payment(a_saved(), attempted_at=now().replace(year=2020))),
        ([], connector.complete_payment(a_completion("5O19", provider_data={"intent": "CAPTURE"}))),
        ([], connector.complete_payment(a_completion("5O19", provider_data={"intent": "AUTHORIZE"}))),
        ([reserved], connector.capture_payment(a_capture("5O19"))),
        ([reserved], connector.capture_payment(a_capture("5O19", money=part))),
        ([reserved], connector.cancel_payment(a_cancellation("5O19"))),
        ([], connector.refund_payment(a_refund("5O19", provider_data=captured))),
        ([], connector.refund_payment(a_refund("5O19", money=part, note="twice", provider_data=captured))),
        ([], connector.get_refund("1JU0")),
        ([], connector.delete_payment_method("8kk8451t", {})),
        ([], connector.check_health()),
    ):
        wire.answers = list(answers)
        try:
            await call
        except ProviderError:
            continue
    return wire.requests


def faults_of_request(api: OpenApi, request: httpx.Request) -> list[str]:
    """What is wrong with a request: its body, its query, its headers."""
    operation = api.operation(request.method, request.url.path)
    parameters = api.document["components"]["parameters"]
    named = [
        parameters[each["$ref"].rpartition("/")[2]] if "$ref" in each else each for each in operation["parameters"]
    ]
    known = {(each["in"], each["name"].lower()): each["schema"] for each in named}
    sent = [("query", name, value) for name, value in request.url.params.items()]
    sent += [("header", name, value) for name, value in request.headers.items() if name in CHOSEN_HEADERS]
    faults = [f"unknown {place} {name}" for place, name, _ in sent if (place, name) not in known]
    for place, name, value in sent:
        expected = known.get((place, name), {})
        faults += api.faults(expected, int(value) if expected.get("type") == "integer" else value)
    if request.method == "POST" and "requestBody" in operation:
        body = operation["requestBody"]["content"]["application/json"]["schema"]
        faults += api.faults(body, json.loads(request.content))
    return faults


async def test_every_request_is_valid(specs: Path) -> None:
    made = await requests()
    faults = {
        f"{number} {request.method} {request.url.path}": found
        for number, request in enumerate(made)
        if (found := faults_of_request(published(specs, request.url.path), request))
    }
    assert not faults
    assert_claimed("paypal", made)
    assert len(made) >= 17


async def test_the_check_itself_notices_what_is_wrong(specs: Path) -> None:
    url = "https://api-m.paypal.com/v2/checkout/orders"
    good = {"intent": "CAPTURE", "purchase_units": [{"amount": {"currency_code": "USD", "value": "1.00"}}]}
    for body, headers in (
        ({**good, "intent": "SALE"}, {}),
        ({"intent": "CAPTURE"}, {}),
        ({**good, "purchase_units": [{"amount": {"currency_code": "USD", "value": 1}}]}, {}),
        (good, {"Prefer": "return representation"}),
        (good, {"PayPal-Request-Id": "k" * 109}),
    ):
        request = httpx.Request("POST", url, json=body, headers=headers)
        assert faults_of_request(published(specs, "/v2/checkout"), request), (body, headers)
    assert not faults_of_request(published(specs, "/v2/checkout"), httpx.Request("POST", url, json=good))


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("order_status", ORDER_STATUSES),
        ("authorization_status", AUTHORIZATION_STATUSES),
        ("capture_status", CAPTURE_STATUSES),
        ("refund_status", REFUND_STATUSES),
    ],
)
def test_every_published_status_has_a_meaning(specs: Path, name: str, statuses: dict[str, Any]) -> None:
    described = schema(specs, name)
    known = described["enum"] if "enum" in described else described["properties"]["status"]["enum"]
    assert set(known) - statuses.keys() == set()


def test_every_code_of_a_decline_is_published(specs: Path) -> None:
    text = "".join((specs / "paypal" / name).read_text() for name in list(DOCUMENTS.values())[:2])
    own_statuses = {"DECLINED", "DENIED", "FAILED"}
    assert [code for code in DECLINE_REASONS.keys() - own_statuses if f'"{code}"' not in text] == []


def test_the_objects_of_these_tests_are_as_published(specs: Path) -> None:
    orders, payments = published(specs, "/v2/checkout"), published(specs, "/v2/payments")
    assert not orders.faults_of_object("order", an_order("COMPLETED", captures=[a_capture_object()]))
    assert not payments.faults_of_object("capture", a_capture_object())
    assert not payments.faults_of_object("authorization", an_authorization())
    assert not payments.faults_of_object("refund", a_refund_object())


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


async def live_a_little(recorded: Recorded) -> None:
    """Use the twin in every way."""
    connector = paypal(recorded, base_url="http://127.0.0.1/paypal")
    headers = dict(await connector._auth_headers())

    async def post(path: str, **body: Any) -> None:
        async with httpx.AsyncClient(transport=recorded, base_url="http://127.0.0.1/paypal") as http:
            assert (await http.post(path, json=body, headers=headers)).status_code in (200, 201)

    wanted = [{"name": "PAYMENT.CAPTURE.COMPLETED"}]
    await post("/v1/notifications/webhooks", url="https://hub.example/hook", event_types=wanted)
    for funding, method in (("ok", "automatic"), ("ok", "manual"), ("pending", "automatic"), ("decline", "automatic")):
        shown = {"items": ITEMS, "shipping_address": ADDRESS, "save_payment_method": True}
        request = a_hosted(capture_method=method, customer={"email": "sara@example.com"}, **shown)
        made = await connector.create_payment(request)
        order_id = made.provider_payment_id
        await post(f"/_test/orders/{order_id}/approve", funding=funding)
        try:
            await connector.complete_payment(a_completion(order_id))
            if method == "manual":
                await connector.capture_payment(a_capture(order_id, money=Money.of("5.00", "USD")))
                await connector.cancel_payment(a_cancellation(order_id))
            if kept := (await connector.get_payment(order_id)).saved_method:
                await connector.delete_payment_method(kept.token, kept.provider_data)
            refund = await connector.refund_payment(a_refund(order_id, money=Money.of("1.00", "USD"), note="mug"))
            await connector.get_refund(refund.provider_refund_id)
        except ProviderError:
            continue
        await connector.get_payment(order_id)
    with pytest.raises(ProviderError):
        await connector.get_payment("0NOSUCHORDER")
    found = await connector.find_payment(a_saved(), attempted_at=now().replace(year=2020))
    assert found is None
    assert (await connector.check_health()).ok


async def test_every_answer_of_the_twin_is_valid(specs: Path) -> None:
    recorded = Recorded()
    await live_a_little(recorded)
    faults, checked = {}, 0
    for number, answer in enumerate(recorded.answers):
        path = answer.request.url.path.removeprefix("/paypal")
        # The search of a time without transactions: the document wants one at least.
        if not path.startswith(tuple(DOCUMENTS)) or path == "/v1/reporting/transactions":
            continue
        checked += 1
        if answer.status_code == 204:
            assert "204" in published(specs, path).operation(answer.request.method, path)["responses"]
            continue
        if found := published(specs, path).faults_of_answer(answer, path):
            faults[f"{number} {answer.request.method} {path} {answer.status_code}"] = found
    assert not faults
    assert checked >= 20


def test_the_connector_copes_with_the_published_examples(specs: Path) -> None:
    api = published(specs, "/v2/checkout")
    answers = api.document["paths"]["/v2/checkout/orders"]["post"]["responses"]["201"]["content"]["application/json"]
    (example,) = (each["value"] for each in answers["examples"].values())
    result = payment_from_order({"id": "5O190127TN364715T", "status": "CREATED", **example})
    assert (str(result.money), result.status) == ("USD 100.00", "created")
    given = published(specs, "/v2/payments").document["paths"]["/v2/payments/captures/{capture_id}/refund"]["post"]
    (body,) = (each["value"] for each in given["requestBody"]["content"]["application/json"]["examples"].values())
    refund = refund_from_object({"id": "1JU08902781691411", "status": "COMPLETED", **body})
    assert str(refund.money) == "USD 10.00"
