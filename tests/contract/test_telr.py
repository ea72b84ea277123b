"""Telr's connector and its twin against the published description of Telr.

``telr-openapi.yml`` is a third party's: modelled from https://docs.telr.com by API Evangelist, as is the list of
response codes, which is Telr's own table. Where Telr's documentation and its own plugins say otherwise than the model,
exactly that is excepted here:

* a question how an order stands (``method: check``) needs no ``return``;
* ``customer.name`` has ``forenames`` and ``surname``, and ``language`` stands at the top;
* there is a ``release``.

The XML interfaces (``remote.xml`` and the Service API) are in no published document; the model has a JSON sister of the
first, whose names of fields are the same but for ``id`` (``cartid``) and the keys.
"""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import httpx
import orjson
import pytest
import yaml

from sandbox.app import create_app
from tests.contract.claims import assert_claimed
from tests.contract.openapi import OpenApi
from tests.providers.builders import a_cancellation, a_capture, a_checkout, a_payment, a_refund, now
from tests.providers.payments.telr.wire import (
    ORDER,
    ORDERS,
    REMOTE,
    SALE,
    Wire,
    a_reserved,
    a_sold,
    an_auth,
    an_opened_order,
    an_order,
    telr,
)
from workers.providers.errors import ProviderError, Unavailable
from workers.providers.money import Money
from workers.providers.payments.telr import TelrConnector
from workers.providers.payments.telr.declines import DECLINE_REASONS
from workers.providers.payments.telr.ledger import REFUND_STATUSES, STATUSES
from workers.providers.payments.telr.manifest import HOST
from workers.providers.payments.telr.objects import ORDER_STATUSES
from workers.providers.registry import open_connector

NOT_IN_THE_MODEL = {"language"}
NOT_IN_THE_MODELS_NAME = {"forenames", "surname"}


@pytest.fixture(scope="session")
def document(specs: Path) -> OpenApi:
    return OpenApi(specs / "telr" / "telr-openapi.yml")


@pytest.fixture(scope="session")
def codes(specs: Path) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((specs / "telr" / "telr-decline-codes.yml").read_text(encoding="utf-8"))
    return read


def properties(document: OpenApi, name: str) -> set[str]:
    return set(document.document["components"]["schemas"][name]["properties"])


def faults_of_order(document: OpenApi, body: dict[str, Any]) -> list[str]:
    """What is wrong with a request to order.json, names that the model does not know included."""
    faults = document.faults_of_object("HostedOrderRequest", body)
    customer = body.get("customer", {})
    known = properties(document, "Customer")
    address = set(document.document["components"]["schemas"]["Customer"]["properties"]["address"]["properties"])
    return [
        *faults,
        *sorted(set(body) - properties(document, "HostedOrderRequest") - NOT_IN_THE_MODEL),
        *sorted(set(body["order"]) - properties(document, "HostedOrder")),
        *sorted(set(customer) - known),
        *sorted(set(customer.get("name", {})) - NOT_IN_THE_MODELS_NAME),
        *sorted(set(customer.get("address", {})) - address),
    ]


ADDRESS = {"line1": "1 Creek Road", "line2": "Flat 2", "city": "Deira", "state": "Dubai", "country": "AE"}
REQUESTS = [
    a_checkout(),
    a_checkout(locale="ar", description="x" * 200, save_payment_method=True),
    a_checkout(capture_method="manual", cancel_url=None, money=Money.of("1.500", "KWD")),
    a_checkout(
        customer={"name": "Sara Ali", "email": "sara@example.com", "phone": "+971500000001"}, billing_address=ADDRESS
    ),
]


@pytest.mark.parametrize("request_", REQUESTS)
async def test_every_order_that_can_be_sent_is_valid(document: OpenApi, request_: Any) -> None:
    wire = Wire(an_opened_order(), an_opened_order())
    await telr(wire).create_payment(request_)
    await telr(wire).find_payment(request_, attempted_at=now())
    for sent in wire.requests:
        assert document.operation(sent.method, sent.url.path)["operationId"] == "createHostedOrder"
        body = orjson.loads(sent.content)
        assert faults_of_order(document, body) == []
        assert len(body["order"]["cartid"]) <= 63
        assert len(body["order"]["description"]) <= 63


async def test_the_question_how_an_order_stands_is_valid_but_for_what_the_model_asks_too_much(
    document: OpenApi,
) -> None:
    wire = Wire(an_order(1))
    await telr(wire).get_payment(ORDER)
    assert faults_of_order(document, wire.json()) == ["$: 'return' is a required property"]


def test_the_models_checks_are_worth_something(document: OpenApi) -> None:
    good = {"method": "create", "store": 1, "authkey": "k", "order": {"cartid": "c", "test": 1}, "return": {}}
    assert faults_of_order(document, good) == []
    for broken in (
        {**good, "store": "1"},
        {**good, "method": "make"},
        {**good, "order": {"cartid": "c" * 64}},
        {**good, "order": {"test": "1"}},
        {**good, "order": {"trantype": "verify"}},
        {**good, "order": {"amount": 1}},
        {**good, "order": {"colour": "red"}},
        {name: value for name, value in good.items() if name != "authkey"},
    ):
        assert faults_of_order(document, broken)


async def test_every_transaction_that_can_be_sent_has_the_names_and_values_of_the_model(document: OpenApi) -> None:
    tran = document.document["components"]["schemas"]["RemoteRequest"]["properties"]["tran"]
    sent = [Wire(an_auth()), Wire(*a_sold(), an_auth()), Wire(*a_reserved(), an_auth()), Wire(*a_reserved(), an_auth())]
    await telr(sent[0]).create_payment(a_payment(payment_method=SALE))
    await telr(sent[1]).refund_payment(a_refund(ORDER))
    await telr(sent[2]).capture_payment(a_capture(ORDER))
    await telr(sent[3]).cancel_payment(a_cancellation(ORDER))
    types = []
    for wire in sent:
        assert wire.requests[-1].url.path == REMOTE
        fields: dict[str, Any] = {("id" if name == "cartid" else name): text for name, text in wire.tran().items()}
        types.append(fields["type"])
        # The model has no release, which docs.telr.com's table of transaction types and Telr's plugins have.
        fields["type"] = "void" if fields["type"] == "release" else fields["type"]
        assert document.faults(tran, {**fields, "test": int(fields["test"])}) == []
        assert set(fields) <= set(tran["properties"])
    assert types == ["sale", "refund", "capture", "release"]


async def test_what_is_told_of_each_operation(document: OpenApi) -> None:
    """Orders are in the model; transactions are not, though their names and values have a likeness in it."""
    sent = [Wire(an_opened_order()), Wire(*a_sold()), Wire(an_auth()), Wire(*a_sold(), an_auth())]
    sent += [Wire(*a_reserved(), an_auth()), Wire(*a_reserved(), an_auth())]
    await telr(sent[0]).create_payment(a_checkout())
    await telr(sent[1]).get_payment(ORDER)
    await telr(sent[2]).create_payment(a_payment(payment_method=SALE))
    await telr(sent[3]).refund_payment(a_refund(ORDER))
    await telr(sent[4]).capture_payment(a_capture(ORDER))
    await telr(sent[5]).cancel_payment(a_cancellation(ORDER))
    requests = [request for wire in sent for request in wire.requests]
    orders = [request for request in requests if request.url.path == ORDERS]
    for request in orders:
        faults = faults_of_order(document, orjson.loads(request.content))
        assert set(faults) <= {"$: 'return' is a required property"}
    assert_claimed("telr", orders, [request for request in requests if request not in orders])


def test_every_documented_code_has_a_reason(codes: dict[str, Any]) -> None:
    listed = [*codes["decline_codes"], *codes["error_codes"], *codes["other_codes"]]
    assert len(listed) > 70
    assert sorted(str(each["code"]) for each in listed if str(each["code"]) not in DECLINE_REASONS) == []


def test_every_documented_status_letter_is_mapped(codes: dict[str, Any]) -> None:
    letters = set(codes["status_letters"])
    assert letters == set(STATUSES) == set(REFUND_STATUSES)
    assert {
        each["status"] for group in ("decline_codes", "error_codes", "other_codes") for each in codes[group]
    } <= letters


def test_every_status_of_the_newer_orders_has_its_counterpart(document: OpenApi) -> None:
    named = {1: "PENDING", 2: "AUTHORISED", 3: "PAID", -2: "CANCELLED", -3: "DECLINED"}
    status = document.document["components"]["schemas"]["Order"]["properties"]["status"]
    assert set(named.values()) == set(status["enum"])
    assert set(ORDER_STATUSES) == {*named, -1}


def test_the_address_is_the_published_one(document: OpenApi) -> None:
    assert [server["url"] for server in document.document["servers"]] == [HOST]


def examples(schema: dict[str, Any], document: OpenApi) -> Any:
    """A value of a schema from the examples in it; what has none is left out."""
    schema = (
        document.document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema
    )
    if "properties" in schema:
        made = {name: examples(part, document) for name, part in schema["properties"].items()}
        return {name: value for name, value in made.items() if value is not None}
    return schema.get("example")


async def test_the_connector_copes_with_the_examples_in_the_model(document: OpenApi) -> None:
    """They are of parts only; what is missing makes no usable answer, and never another exception."""
    answer = examples(document.document["components"]["schemas"]["HostedOrderResponse"], document)
    page = f"{HOST}/gateway/process.html?o=OrderRef"
    assert answer == {"order": {"url": page, "status": {"text": "Pending"}}, "error": {}}
    with pytest.raises(Unavailable):
        await telr(Wire(answer)).get_payment(ORDER)
    whole = {**answer, "order": {**answer["order"], "ref": ORDER, "amount": "9.50", "currency": "AED"}}
    opened = await telr(Wire(whole)).create_payment(a_checkout(money=Money.of("9.50", "AED")))
    assert opened.checkout_url == page
    pending = {**whole, "order": {**whole["order"], "status": {"code": 1, "text": "Pending"}}}
    assert (await telr(Wire(pending)).get_payment(ORDER)).status == "requires_action"


class Keep(httpx.ASGITransport):
    """The sandbox, in this process, with every answer kept."""

    def __init__(self) -> None:
        super().__init__(create_app())
        self.answers: list[httpx.Response] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await super().handle_async_request(request)
        answer.request = request
        await answer.aread()
        self.answers.append(answer)
        return answer


async def test_the_twins_answers_are_valid(document: OpenApi) -> None:
    """Every JSON answer of a whole payment's life, refusals included."""
    kept = Keep()
    connector = open_connector(
        "telr",
        credentials={"auth_key": "page#1", "remote_key": "remote#1", "service_key": "service#1"},
        settings={"store_id": "1"},
        base_url="http://sandbox/telr",
        transport=kept,
    )
    assert isinstance(connector, TelrConnector)
    opened = await connector.create_payment(a_checkout())
    async with httpx.AsyncClient(transport=kept) as payer:
        assert (await payer.post(f"{opened.checkout_url}", data={"outcome": "approve"})).status_code == 303
    assert (await connector.get_payment(opened.provider_payment_id)).status == "captured"
    with pytest.raises(ProviderError):
        await connector.get_payment("F" * 64)
    answers = kept.answers
    spoken = [each for each in answers if each.request.url.path.endswith(ORDERS)]
    assert len(spoken) == 3
    for each in spoken:
        assert document.faults_of_answer(each, ORDERS) == []
    listed = next(each for each in answers if each.request.url.path.endswith("/linked"))
    assert [part.tag for part in Xml.fromstring(listed.content)] == ["trancount", "transaction"]
