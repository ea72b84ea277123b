"""Stripe's connector and its twin against Stripe's own documents.

The whole document published with the specs is of API version 2023-08-16, older than the one that the connector asks
for; parameter names are therefore also checked against the types of the current `stripe` package, and answers against
its current example objects.
"""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from stripe.params import (
    CustomerCreateParams,
    PaymentIntentCancelParams,
    PaymentIntentCaptureParams,
    PaymentIntentCreateParams,
    PaymentIntentListParams,
    RefundCreateParams,
    RefundListParams,
    WebhookEndpointCreateParams,
)
from stripe.params.checkout import SessionCreateParams, SessionListParams

from sandbox.app import create_app
from tests.contract.claims import assert_claimed, assert_claimed_of_package
from tests.contract.openapi import OpenApi, form_tree
from tests.providers.builders import a_cancellation, a_capture, a_checkout, a_payment, a_refund, now, stripe
from workers.providers.errors import ProviderError
from workers.providers.evidence import VERIFY_WEBHOOK
from workers.providers.money import Money
from workers.providers.payments.stripe import StripeConnector
from workers.providers.payments.stripe.objects import (
    dispute_from_object,
    payment_from_charge,
    payment_from_intent,
    payment_from_session,
    payout_from_object,
    refund_from_object,
)

# Refused from version 2026-09-30 on, which the types of the package are of; sent to earlier versions only.
REMOVED_SINCE = {"payment_method_types"}
NO_PARAMETERS = {("POST", "/v1/payment_methods/pm_1/detach")}
ADDED_SINCE = frozenset({"created"})  # filter of GET /v1/checkout/sessions
CURRENT_PARAMETERS: dict[tuple[str, str], Any] = {
    ("POST", "/v1/payment_intents"): PaymentIntentCreateParams,
    ("POST", "/v1/customers"): CustomerCreateParams,
    ("GET", "/v1/payment_intents"): PaymentIntentListParams,
    ("POST", "/v1/payment_intents/pi_1/capture"): PaymentIntentCaptureParams,
    ("POST", "/v1/payment_intents/pi_1/cancel"): PaymentIntentCancelParams,
    ("POST", "/v1/checkout/sessions"): SessionCreateParams,
    ("GET", "/v1/checkout/sessions"): SessionListParams,
    ("POST", "/v1/refunds"): RefundCreateParams,
    ("GET", "/v1/refunds"): RefundListParams,
    ("POST", "/v1/webhook_endpoints"): WebhookEndpointCreateParams,
}


ADDRESS = {"line1": "Marina Walk 4", "city": "Dubai", "state": "Dubai", "country": "AE"}


@pytest.fixture(scope="module")
def published(specs: Path) -> OpenApi:
    return OpenApi(specs / "stripe" / "spec3_2023-08-16.yaml")


@pytest.fixture(scope="module")
def examples(specs: Path) -> dict[str, Any]:
    """Stripe's current example objects, by kind."""
    resources: dict[str, Any] = json.loads((specs / "stripe" / "fixtures3.json").read_text())["resources"]
    return resources


@pytest.fixture(scope="module")
async def requests() -> list[httpx.Request]:
    """Every kind of request that the connector can make."""
    made: list[httpx.Request] = []

    def refuse(request: httpx.Request) -> httpx.Response:
        made.append(request)
        if request.url.path == "/v1/customers":
            return httpx.Response(200, json={"id": "cus_1"})
        if request.method == "GET" and "limit" in request.url.params:
            return httpx.Response(200, json={"object": "list", "data": [], "has_more": False})
        return httpx.Response(404, json={})

    customer = {"name": "Sara Ali", "email": "sara@example.com", "phone": "+971500000001"}
    full: dict[str, Any] = {
        "customer": customer,
        "description": "Two mugs",
        "metadata": {"channel": "app"},
        "statement_descriptor": "ORDER 1001",
        "return_url": "https://shop.example/back",
        "capture_method": "manual",
        "locale": "en",
        "shipping_address": ADDRESS,
        "billing_address": ADDRESS,
        "items": [{"name": "Mug", "quantity": 3, "unit_amount": "33.00", "image_url": "https://shop.example/mug.png"}],
    }
    kept = {"payment_method_data": {"customer": "cus_1"}}
    connector = stripe(refuse, settings={"email_receipts": True})
    part, long_ago = Money.of("5.00", "AED"), now().replace(year=2020)
    for call in (
        connector.create_payment(a_payment()),
        connector.create_payment(a_payment(**full)),
        connector.create_payment(a_payment(payment_method=None, confirm=False)),
        connector.create_payment(a_checkout()),
        connector.create_payment(a_checkout(**full)),
        connector.create_payment(a_payment(**full, save_payment_method=True)),
        connector.create_payment(a_payment(**kept)),
        connector.create_payment(a_payment(method="card", save_payment_method=True, **kept)),
        connector.create_payment(a_checkout(**full, save_payment_method=True, method="apple_pay")),
        connector.create_payment(a_checkout(**kept)),
        connector.list_payments(since=long_ago, until=now(), cursor="pi_1"),
        connector.delete_payment_method("pm_1", {}),
        connector.get_payment("pi_1"),
        connector.get_payment("cs_1"),
        connector.find_payment(a_payment(), attempted_at=long_ago),
        connector.find_payment(a_checkout(), attempted_at=long_ago),
        connector.capture_payment(a_capture("pi_1")),
        connector.capture_payment(a_capture("pi_1", money=part)),
        connector.cancel_payment(a_cancellation("pi_1")),
        connector.cancel_payment(a_cancellation("pi_1", reason="abandoned")),
        connector.cancel_payment(a_cancellation("cs_1")),
        connector.refund_payment(a_refund("pi_1")),
        connector.refund_payment(a_refund("pi_1", money=part, reason="duplicate", note="twice")),
        connector.find_refund(a_refund("pi_1"), attempted_at=long_ago),
        connector.get_refund("re_1"),
        connector.check_health(),
    ):
        try:
            await call
        except ProviderError:
            continue
    return made


async def test_every_request_is_valid(published: OpenApi, requests: list[httpx.Request]) -> None:
    faults = {
        f"{number} {request.method} {request.url.path}": found
        for number, request in enumerate(requests)
        if (
            found := published.faults_of_form(request)
            if request.method == "POST"
            else published.faults_of_query(request, ADDED_SINCE)
        )
    }
    assert not faults
    assert_claimed("stripe", requests)
    assert len(requests) >= 26


async def test_every_parameter_is_current(requests: list[httpx.Request]) -> None:
    checked, compared = set(), []
    for request in requests:
        line = (request.method, request.url.path)
        if line not in CURRENT_PARAMETERS:
            continue
        encoded = (request.content or request.url.query).decode()
        assert form_tree(encoded).keys() - REMOVED_SINCE <= CURRENT_PARAMETERS[line].__annotations__.keys(), line
        checked.add(line)
        compared.append(request)
    # Signatures are compared with the package in tests/providers/payments/stripe/test_signature.py.
    assert_claimed_of_package("stripe", compared, also={VERIFY_WEBHOOK})
    assert checked == CURRENT_PARAMETERS.keys() - {("POST", "/v1/webhook_endpoints")}


async def test_the_newest_version_is_sent_no_parameter_that_it_has_not() -> None:
    made: list[httpx.Request] = []

    def refuse(request: httpx.Request) -> httpx.Response:
        made.append(request)
        return httpx.Response(404, json={})

    connector = stripe(refuse, settings={"api_version": "2026-10-28.endive"})
    for request in (a_payment(method="card"), a_checkout(method="card")):
        with pytest.raises(ProviderError):
            await connector.create_payment(request)
    for line in made:
        current = CURRENT_PARAMETERS[line.method, line.url.path].__annotations__.keys()
        assert form_tree(line.content.decode()).keys() <= current


async def test_the_check_itself_notices_what_is_wrong(published: OpenApi) -> None:
    for content in (
        "amount=x&currency=aed",
        "currency=aed",
        "amount=1&currency=aed&color=red",
        "amount=1&confirm=maybe",
    ):
        request = httpx.Request("POST", "https://api.stripe.com/v1/payment_intents", content=content.encode())
        assert published.faults_of_form(request), content
    assert published.faults_of_object("refund", {"id": "re_1", "object": "refund", "amount": "10", "currency": "aed"})
    answer = httpx.Response(200, json={"id": "pi_1", "object": "payment_intent", "status": "done"})
    answer.request = httpx.Request("GET", "https://api.stripe.com/v1/payment_intents/pi_1")
    assert len(published.faults_of_answer(answer, "/v1/payment_intents/pi_1")) >= 2
    with pytest.raises(AssertionError):
        published.operation("POST", "/v1/payment_intentions")


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


@pytest.fixture(scope="module")
async def twin() -> Recorded:
    """The twin after every kind of use."""
    recorded = Recorded()
    base_url = "http://127.0.0.1/stripe"
    connector = stripe(recorded, base_url=base_url)
    authorization = {"Authorization": f"Bearer {connector.credentials.secret_key.get_secret_value()}"}
    async with httpx.AsyncClient(transport=recorded, base_url=base_url, headers=authorization) as http:
        await http.post("/v1/webhook_endpoints", data={"url": "https://hub.example/hook", "enabled_events[]": "*"})
        await _live_a_little(connector, http)
        for listed in (
            "payment_intents",
            "checkout/sessions",
            "charges",
            "refunds",
            "disputes",
            "payouts",
            "events",
            "webhook_endpoints",
        ):
            await http.get(f"/v1/{listed}", params={"limit": 100})
    return recorded


async def _live_a_little(connector: StripeConnector, http: httpx.AsyncClient) -> None:
    paid = await connector.create_payment(a_payment())
    await connector.refund_payment(
        a_refund(paid.provider_payment_id, money=Money.of("5.00", "AED"), reason="duplicate")
    )
    reserved = await connector.create_payment(a_payment(capture_method="manual"))
    await connector.capture_payment(a_capture(reserved.provider_payment_id, money=Money.of("5.00", "AED")))
    given_up = await connector.create_payment(a_payment(capture_method="manual"))
    await connector.cancel_payment(a_cancellation(given_up.provider_payment_id, reason="abandoned"))
    await connector.create_payment(
        a_payment(payment_method="pm_card_authenticationRequired", return_url="https://x.example")
    )
    await connector.create_payment(a_payment(payment_method="pm_card_createDispute"))
    refusals = [
        a_payment(payment_method="pm_card_visa_chargeDeclinedInsufficientFunds"),
        a_payment(payment_method="pm_nobody"),
    ]
    results = await asyncio.gather(*map(connector.create_payment, refusals), return_exceptions=True)
    assert all(isinstance(result, ProviderError) for result in results)
    saved = await connector.create_payment(a_payment(save_payment_method=True, customer={"name": "Sara Ali"}))
    assert saved.saved_method is not None
    again = {"payment_method": saved.saved_method.token, "payment_method_data": saved.saved_method.provider_data}
    await connector.create_payment(a_payment(**again, shipping_address=ADDRESS, customer={"name": "Sara Ali"}))
    await http.get(f"/v1/customers/{saved.saved_method.provider_data['customer']}")
    await http.get(f"/v1/payment_methods/{saved.saved_method.token}")
    await connector.delete_payment_method(saved.saved_method.token, saved.saved_method.provider_data)
    payout = await http.post("/_test/payouts", data={"amount": "9900", "currency": "aed"})
    await http.post(f"/_test/payouts/{payout.json()['id']}/finish", data={"outcome": "fail"})
    opened = await connector.create_payment(a_checkout(customer={"email": "sara@example.com"}))
    await http.post(f"/_test/checkout/{opened.provider_payment_id}/complete")
    assert (await connector.get_payment(opened.provider_payment_id)).status == "captured"
    expired = await connector.create_payment(a_checkout())
    await connector.cancel_payment(a_cancellation(expired.provider_payment_id))
    await connector.check_health()


async def test_every_answer_of_the_twin_is_valid(published: OpenApi, twin: Recorded) -> None:
    faults: dict[str, list[str]] = {}
    for number, answer in enumerate(twin.answers):
        path = answer.request.url.path.removeprefix("/stripe")
        if path.startswith("/v1/") and (found := published.faults_of_answer(answer, path)):
            faults[f"{number} {answer.request.method} {path} {answer.status_code}"] = found
    assert not faults
    assert len(twin.answers) >= 25


@pytest.mark.parametrize("kind", ["payment_intent", "charge", "refund", "checkout.session", "dispute", "payout"])
def test_the_twins_objects_have_the_current_fields(examples: dict[str, Any], twin: Recorded, kind: str) -> None:
    lists = {
        "payment_intent": "payment_intents",
        "charge": "charges",
        "refund": "refunds",
        "checkout.session": "checkout/sessions",
        "dispute": "disputes",
        "payout": "payouts",
    }
    (listed,) = [
        answer.json()["data"]
        for answer in twin.answers
        if answer.request.url.path == f"/stripe/v1/{lists[kind]}" and answer.request.method == "GET"
    ]
    assert listed
    for found in listed:
        assert found.keys() <= examples[kind].keys() | {"failure_reason", "balance_transactions"}


def test_the_connector_copes_with_the_current_examples(examples: dict[str, Any]) -> None:
    intent = payment_from_intent(examples["payment_intent"])
    assert (str(intent.money), intent.status) == ("USD 10.99", "failed")  # the example has a last_payment_error
    assert payment_from_charge(examples["charge"]).money == Money.of("1.00", "USD")
    assert refund_from_object(examples["refund"]).status == "succeeded"
    assert dispute_from_object(examples["dispute"]).provider_dispute_id
    payout = payout_from_object(examples["payout"])
    assert (str(payout.money), payout.status) == ("USD 11.00", "in_transit")
    session = payment_from_session({**examples["checkout.session"], "amount_total": 1099, "currency": "usd"})
    assert (session.status, str(session.money)) == ("requires_action", "USD 10.99")
    body = json.dumps(examples["event"]).encode()
    assert isinstance(StripeConnector.parse_webhook(body), list)
