"""PayTabs' connector and its twin against the one document there is of PayTabs.

PayTabs publishes none; this OpenAPI document (and its AsyncAPI sister of the notifications) is a third party's,
modelled from PayTabs' documentation. Where PayTabs itself says otherwise, that counts, and is excepted here by name:

* a query by ``cart_id`` is answered with a list of transactions, as the document's own text says and PayTabs' SDK has
  it recorded; its schema has the single transaction only;
* the page's language (``paypage_lang``) and the methods below are in PayTabs' SDK, not in the document;
* tokens are deleted by ``/payment/token/delete``, in the documentation and the SDK; the document leaves it out;
* its list of statuses has neither X nor C, which its AsyncAPI sister and PayTabs' own table and SDK have.
"""

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from sandbox.app import create_app
from tests.contract.claims import assert_claimed
from tests.contract.openapi import OpenApi
from tests.providers.builders import a_cancellation, a_capture, a_checkout, a_payment, a_refund, now
from tests.providers.payments.paytabs.wire import (
    KEY,
    REF,
    Wire,
    a_charge,
    a_follow_up,
    a_page,
    a_token_payment,
    a_transaction,
    paytabs,
)
from workers.providers.money import Money
from workers.providers.payments.models import PaymentRequest
from workers.providers.payments.paytabs import PayTabsConnector
from workers.providers.payments.paytabs.manifest import BASE_URLS
from workers.providers.payments.paytabs.methods import METHODS
from workers.providers.payments.paytabs.objects import REFUND_STATUSES, STATUSES
from workers.providers.registry import open_connector

ADDRESS = {"line1": "12 Marina Walk", "city": "Dubai", "state": "Dubai", "country": "AE", "postal_code": "00000"}
CUSTOMER = {"name": "Sara Ali", "email": "sara@example.com", "phone": "+971500000001"}
# Fields that PayTabs' own SDK and plugins send or receive, and the document does not name.
SINCE = {"paypage_lang"}


@pytest.fixture(scope="module")
def openapi(specs: Path) -> OpenApi:
    return OpenApi(specs / "paytabs" / "paytabs-openapi.yml")


@pytest.fixture(scope="module")
def asyncapi(specs: Path) -> dict[str, Any]:
    text = (specs / "paytabs" / "paytabs-webhooks-asyncapi.yml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return document


def faults_of(openapi: OpenApi, request: httpx.Request, since: set[str] = SINCE) -> list[str]:
    """What is wrong with a request: by its schema, and fields that the document does not name."""
    operation = openapi.operation(request.method, request.url.path.removeprefix("/paytabs"))
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    body = json.loads(request.content)
    named = openapi.document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]["properties"]
    return [*openapi.faults(schema, body), *sorted(body.keys() - named.keys() - since)]


def requests_of_payments() -> list[PaymentRequest]:
    """Every kind of payment that the connector can ask for."""
    whole = {
        "description": "Two tickets",
        "customer": CUSTOMER,
        "billing_address": ADDRESS,
        "shipping_address": ADDRESS,
        "locale": "ar",
        "save_payment_method": True,
        "method": "card",
        "capture_method": "manual",
    }
    methods = [
        a_checkout(method=method, money=Money.of("10", next(iter(found.codes)) or "AED"))
        for method, found in METHODS.items()
    ]
    tokens = [a_token_payment(), a_token_payment(capture_method="manual", payment_method_data={}, customer=CUSTOMER)]
    amounts = [a_checkout(money=Money.of(amount, currency)) for amount, currency in (("0.01", "AED"), ("1.500", "KWD"))]
    return [a_checkout(), a_checkout(**whole), a_checkout(country="SA"), *methods, *tokens, *amounts]


@pytest.mark.parametrize("request_", requests_of_payments(), ids=lambda request: request.mode.value)
async def test_every_payment_is_asked_for_as_the_document_says(openapi: OpenApi, request_: PaymentRequest) -> None:
    wire = Wire(a_page(request_) if request_.mode == "checkout" else a_charge(request_))
    await paytabs(wire).create_payment(request_)
    assert faults_of(openapi, wire.requests[0]) == []


async def test_every_follow_up_and_question_is_sent_as_the_document_says(openapi: OpenApi) -> None:
    auth, sale = a_transaction("Auth"), a_transaction()
    part, release = a_follow_up("Capture", "40.00"), a_follow_up("Release", "59.00", tran_ref="TST2530002372069")
    sent: list[httpx.Request] = []
    page, long_ago = a_checkout(), now().replace(year=2020)
    calls: list[tuple[tuple[Any, ...], Callable[[PayTabsConnector], Awaitable[object]]]] = [
        ((auth, [auth], a_follow_up("Capture")), lambda it: it.capture_payment(a_capture(REF))),
        ((auth, [auth], a_follow_up("Void")), lambda it: it.cancel_payment(a_cancellation(REF))),
        ((auth, [auth, part], release), lambda it: it.cancel_payment(a_cancellation(REF))),
        ((sale, [sale], a_follow_up("Refund")), lambda it: it.refund_payment(a_refund(REF, note="Broken"))),
        ((a_follow_up("Refund"),), lambda it: it.get_refund(a_follow_up("Refund")["tran_ref"])),
        (([],), lambda it: it.find_payment(a_token_payment(), attempted_at=long_ago)),
        ((a_page(page),), lambda it: it.create_payment(page)),
        ((sale, [sale]), lambda it: it.get_payment(REF)),
        (([],), lambda it: it.check_health()),
    ]
    for answers, call in calls:
        wire = Wire(*answers)
        await call(paytabs(wire))
        sent += wire.requests
    assert {json.loads(request.content).get("tran_type") for request in sent} == {
        *(None, "capture", "void", "release", "refund", "sale"),
    }
    assert [faults_of(openapi, request) for request in sent] == [[]] * len(sent)
    assert_claimed("paytabs", sent)


async def test_the_documents_negative_examples_are_refused_by_it(openapi: OpenApi) -> None:
    """The check itself can fail."""
    request = a_checkout()
    wire = Wire(a_page(request))
    await paytabs(wire).create_payment(request)
    good = json.loads(wire.requests[0].content)
    for change in ({"cart_amount": "99.00"}, {"cart_amount": 0}, {"cart_id": "x" * 65}, {"tran_type": "steal"}):
        assert openapi.faults_of_object("PaymentRequest", {**good, **change})
    assert openapi.faults_of_object("PaymentRequest", {k: v for k, v in good.items() if k != "profile_id"})


def test_every_status_that_is_documented_has_a_meaning(openapi: OpenApi, asyncapi: dict[str, Any]) -> None:
    result = openapi.document["components"]["schemas"]["PaymentResponse"]["properties"]["payment_result"]
    told = set(re.findall(r"\b([A-Z]) \(", result["properties"]["response_status"]["description"]))
    message = asyncapi["components"]["messages"]["TransactionNotification"]["payload"]["properties"]
    notified = set(message["payment_result"]["properties"]["response_status"]["description"].split(" | "))
    assert told == set("AHPVED")
    assert notified == set("AHPVEDXC")
    assert told | notified == STATUSES.keys() == REFUND_STATUSES.keys()


def test_every_type_that_is_notified_is_known(asyncapi: dict[str, Any]) -> None:
    message = asyncapi["components"]["messages"]["TransactionNotification"]["payload"]["properties"]
    kinds = message["tran_type"]["description"].split(" | ")
    for kind in kinds:
        body = {**a_follow_up(kind.capitalize()), "profile_id": 1}
        assert len(PayTabsConnector.parse_webhook(json.dumps(body).encode())) == 1, kind


def test_the_signature_is_the_documents(asyncapi: dict[str, Any]) -> None:
    scheme = asyncapi["channels"]["transaction.notification"]["subscribe"]["bindings"]["x-signature"]
    webhook = PayTabsConnector.manifest.webhook
    assert webhook is not None
    assert (scheme["header"], scheme["algorithm"].lower()) == (webhook.signature_header, webhook.algorithm)


def test_the_regions_are_the_documents(openapi: OpenApi) -> None:
    assert {server["url"] for server in openapi.document["servers"]} == set(BASE_URLS.values())


def test_the_methods_are_the_documents(openapi: OpenApi) -> None:
    described = openapi.document["components"]["schemas"]["PaymentRequest"]["properties"]["payment_methods"]
    named = set(re.findall(r"[a-z]+", described["description"].partition("e.g.")[2]))
    ours = {code for method in METHODS.values() for codes in method.codes.values() for code in codes}
    # Named by PayTabs' SDK; the document says "e.g.".
    since = {
        "samsungpay",
        "paypal",
        "tabby",
        "tamara",
        "souhoola",
        "forsa",
        "halan",
        "tru",
        "amaninstallments",
        "fawry",
    }
    assert ours - since <= named


# The twin's answers.


@pytest.fixture
async def twin() -> AsyncIterator[tuple[PayTabsConnector, list[httpx.Response], httpx.AsyncClient]]:
    """A connection to the twin in this process, every answer that it got, and a client for the controls."""
    app = httpx.ASGITransport(create_app())
    answers: list[httpx.Response] = []

    class Recording(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            answer = await app.handle_async_request(request)
            kept = httpx.Response(answer.status_code, content=await answer.aread(), request=request)
            answers.append(kept)
            return httpx.Response(kept.status_code, content=kept.content)

    connector = open_connector(
        "paytabs",
        credentials={"server_key": KEY},
        settings={"profile_id": 1},
        base_url="http://sandbox.example/paytabs",
        transport=Recording(),
    )
    assert isinstance(connector, PayTabsConnector)
    async with httpx.AsyncClient(transport=app, base_url="http://sandbox.example/paytabs") as http:
        yield connector, answers, http


async def test_the_twin_answers_as_the_document_says(
    openapi: OpenApi, twin: tuple[PayTabsConnector, list[httpx.Response], httpx.AsyncClient]
) -> None:
    connector, answers, http = twin

    async def pay(ref: str) -> None:
        await http.post(f"/_test/transactions/{ref}/pay", json={}, headers={"Authorization": KEY})

    opened = await connector.create_payment(a_checkout(save_payment_method=True, customer=CUSTOMER))
    await pay(opened.provider_payment_id)
    sold = await connector.get_payment(opened.provider_payment_id)
    refund = await connector.refund_payment(a_refund(sold.provider_payment_id))
    await connector.get_refund(refund.provider_refund_id)
    assert sold.saved_method is not None
    charged = await connector.create_payment(a_payment(payment_method=sold.saved_method.token, capture_method="manual"))
    await connector.capture_payment(a_capture(charged.provider_payment_id, money=Money.of("40.00", "AED")))
    await connector.cancel_payment(a_cancellation(charged.provider_payment_id))
    checked = 0
    for answer in answers:
        body = answer.json()
        for each in body if isinstance(body, list) else [body]:
            assert openapi.faults_of_object("PaymentResponse", each) == []
            checked += 1
    assert checked > len(answers) > 10


async def test_the_twins_errors_have_the_documents_statuses(
    openapi: OpenApi, twin: tuple[PayTabsConnector, list[httpx.Response], httpx.AsyncClient]
) -> None:
    _, _, http = twin
    for path, body, key, status in (
        ("/payment/request", {"profile_id": 1}, KEY, 400),
        ("/payment/query", {"profile_id": 1}, KEY, 400),
        ("/payment/query", {"profile_id": 1, "tran_ref": "TST1", "cart_id": "1"}, KEY, 400),
        ("/payment/query", {"profile_id": 1, "tran_ref": "TST1"}, "SINVALID-00000000-00000000", 401),
    ):
        answer = await http.post(path, json=body, headers={"Authorization": key})
        assert answer.status_code == status
        assert str(status) in openapi.operation("POST", path)["responses"]
