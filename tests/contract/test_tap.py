"""Tap's connector and its twin against a published document of Tap's API.

The document is a third party's (API Evangelist), modelled after Tap's reference "for common fields": it has no lists by
POST and no voiding, which Tap's own reference has, and fewer fields than that. Exactly these are excepted here.
"""

import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sandbox.app import create_app
from tests.contract.claims import assert_claimed
from tests.contract.openapi import OpenApi
from tests.providers.builders import a_cancellation, a_capture, a_checkout, a_refund, now
from tests.providers.payments.tap.builders import (
    AUTH,
    CARD,
    CHG,
    RE,
    SARA,
    SAVED,
    WEBHOOK_URL,
    Wire,
    a_page,
    a_token_payment,
    authorization,
    charge,
    new_key,
    new_token,
    tap,
)
from workers.providers.errors import ProviderError
from workers.providers.money import Money
from workers.providers.payments.tap.objects import PAYMENT_STATUSES

# Tap's own reference has these calls (reference/list-all-charges …, reference/void-an-authorize), the document has not.
NOT_IN_THE_DOCUMENT = re.compile(r"POST /(charges|authorize|refunds)/list|POST /authorize/[^/]+/void")
# Fields of Tap's own reference (create-a-charge, create-an-authorize, create-a-refund, create-a-token-from-saved-card).
ALSO = {
    "ChargeInput": {"payment_agreement", "statement_descriptor", "merchant", "auto", "transaction"},
    "RefundInput": {"reference", "post"},
    "TokenInput": {"saved_card"},
}
SCHEMAS = {"charges": "ChargeInput", "authorize": "ChargeInput", "refunds": "RefundInput", "tokens": "TokenInput"}


@pytest.fixture(scope="module")
def published(specs: Any) -> OpenApi:
    path = specs / "tap" / "tap-payments-openapi.yml"
    if not path.is_file():
        pytest.skip("the document of Tap's API is not there")
    return OpenApi(path)


def faults_of_body(published: OpenApi, schema: str, body: dict[str, Any]) -> list[str]:
    """What is wrong with a request's body; the schema allows any further field, so names are compared as well."""
    known = set(published.document["components"]["schemas"][schema]["properties"]) | ALSO[schema]
    return [*published.faults_of_object(schema, body), *sorted(set(body) - known)]


@pytest.fixture(scope="module")
async def wire() -> Wire:
    """Every request that the connector can make."""
    made = Wire()
    full: dict[str, Any] = {
        "customer": SARA,
        "description": "Two mugs",
        "metadata": {"channel": "app"},
        "statement_descriptor": "ORDER 1001",
        "save_payment_method": True,
    }
    settings = {"merchant_id": "14583257", "page_minutes": 10}
    connector, part = tap(made, settings=settings, credentials={"webhook_url": WEBHOOK_URL}), Money.of("5.00", "AED")
    saved = {"payment_method": CARD, "payment_method_data": SAVED, "customer": {}}
    calls: list[Callable[[], Any]] = [
        lambda: connector.create_payment(a_checkout(**full)),
        lambda: connector.create_payment(a_page(method="apple_pay")),
        lambda: connector.create_payment(a_page(capture_method="manual", **full)),
        lambda: connector.create_payment(a_token_payment(**full)),
        lambda: connector.create_payment(a_token_payment(**saved)),
        lambda: connector.create_payment(a_token_payment(**saved, return_url=None)),
        lambda: connector.get_payment(CHG),
        lambda: connector.get_payment(AUTH),
        lambda: connector.find_payment(a_page(), attempted_at=now()),
        lambda: connector.capture_payment(a_capture(AUTH)),
        lambda: connector.capture_payment(a_capture(AUTH, money=part)),
        lambda: connector.cancel_payment(a_cancellation(AUTH)),
        lambda: connector.refund_payment(a_refund(CHG, money=part, reason="duplicate", note="twice")),
        lambda: connector.get_refund(RE),
        lambda: connector.find_refund(a_refund(CHG), attempted_at=now()),
        lambda: connector.list_payments(since=now(), until=now()),
        lambda: connector.delete_payment_method(CARD, SAVED),
        lambda: connector.check_health(),
        lambda: connector.refund_payment(a_refund(CHG)),
    ]
    refused = httpx.Response(404, json={"errors": []})
    before = {4: [{"id": new_token()}], 5: [{"id": new_token()}], 9: [authorization()], 10: [authorization()]}
    before[11] = [authorization()]
    before[6] = before[18] = [charge()]
    for number, call in enumerate(calls):
        made.answers = [*before.get(number, []), refused, refused]
        try:
            await call()
        except ProviderError:
            continue
    return made


async def test_every_request_is_valid(published: OpenApi, wire: Wire) -> None:
    checked: dict[str, int] = {}
    described, excepted = [], []
    for request, line in zip(wire.requests, wire.lines, strict=True):
        if NOT_IN_THE_DOCUMENT.fullmatch(line):
            excepted.append(request)
            continue
        described.append(request)
        path = request.url.path.removeprefix("/v2")
        assert published.operation(request.method, path), line
        if request.method == "POST":
            name = path.removeprefix("/")
            assert not faults_of_body(published, SCHEMAS[name], json.loads(request.content)), line
            checked[name] = checked.get(name, 0) + 1
    assert_claimed("tap", described, excepted)
    assert checked == {"charges": 7, "authorize": 1, "refunds": 1, "tokens": 2}


def test_the_check_itself_notices_what_is_wrong(published: OpenApi) -> None:
    good = {"amount": 1, "currency": "AED", "source": {"id": "src_all"}}
    assert not faults_of_body(published, "ChargeInput", good)
    for wrong in ({"amount": "1"}, {"source": "src_all"}, {"save_card": "yes"}, {"colour": "green"}):
        assert faults_of_body(published, "ChargeInput", {**good, **wrong}), wrong
    assert faults_of_body(published, "RefundInput", {"amount": 1, "currency": "AED"})
    with pytest.raises(AssertionError):
        published.operation("POST", f"/charges/{CHG}/capture")


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
    twin = Recorded()
    connector = tap(twin, credentials={"secret_key": new_key()}, base_url="http://127.0.0.1/tap")
    paid = await connector.create_payment(a_token_payment(save_payment_method=True))
    refund = await connector.refund_payment(a_refund(paid.provider_payment_id, money=Money.of("5.00", "AED")))
    await connector.get_refund(refund.provider_refund_id)
    await connector.get_payment(paid.provider_payment_id)
    saved = paid.saved_method
    assert saved is not None
    again = {"payment_method": saved.token, "payment_method_data": saved.provider_data}
    await connector.create_payment(a_token_payment(**again))
    await connector.delete_payment_method(saved.token, saved.provider_data)
    await connector.delete_payment_method(saved.token, saved.provider_data)
    await connector.get_payment((await connector.create_payment(a_page())).provider_payment_id)
    reserved = await connector.create_payment(a_token_payment(capture_method="manual"))
    await connector.capture_payment(a_capture(reserved.provider_payment_id, money=Money.of("5.00", "AED")))
    for refused in ("tok_declined505_0000", "tok_unknown_0000"):
        with pytest.raises(ProviderError):
            await connector.create_payment(a_token_payment(payment_method=refused))
    with pytest.raises(ProviderError):
        await connector.get_payment("chg_none")
    checked = 0
    for answer in twin.answers:
        path = answer.request.url.path.removeprefix("/tap")
        if NOT_IN_THE_DOCUMENT.fullmatch(f"{answer.request.method} {path}"):
            continue
        assert published.operation(answer.request.method, path)
        if answer.is_success:
            assert not published.faults_of_answer(answer, path), f"{answer.request.method} {path}"
        else:  # what may go wrong is one and the same everywhere, whichever statuses the document lists
            assert not published.faults_of_object("Error", answer.json())
        checked += 1
    assert checked >= 16


def test_the_connector_knows_every_status_of_the_document(published: OpenApi) -> None:
    described = published.document["components"]["schemas"]["Charge"]["properties"]["status"]["description"]
    named = set(re.findall(r"\b[A-Z_]{4,}\b", described))
    assert {"INITIATED", "CAPTURED", "VOID"} <= named <= PAYMENT_STATUSES.keys()
