"""Refusals: HTTP says 200, the response code says what it is."""

from typing import Any

import httpx
import pytest

from tests.providers.builders import a_capture, a_refund
from tests.providers.payments.aps.documented import MESSAGES
from tests.providers.payments.aps.wire import (
    CREDENTIALS,
    ID,
    NOT_FOUND,
    REQUEST_PHRASE,
    Wire,
    a_charge,
    a_link_request,
    aps,
    charged,
)
from workers.providers.errors import (
    AuthenticationFailed,
    Declined,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Unavailable,
)
from workers.providers.money import Money
from workers.providers.payments.aps.errors import classify


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("00001", InvalidRequest),
        ("00002", InvalidRequest),
        ("00008", AuthenticationFailed),
        ("00009", AuthenticationFailed),
        ("00010", AuthenticationFailed),
        ("00015", AuthenticationFailed),
        ("00012", Declined),
        ("13666", Declined),
        ("13000", Declined),
        ("03029", Declined),
        ("13002", InvalidRequest),
        ("10030", Declined),
        ("10000", OutcomeUnknown),
        ("01000", OutcomeUnknown),
        ("00006", OutcomeUnknown),
        ("13006", OutcomeUnknown),
        ("00784", OutcomeUnknown),
        ("00007", OutcomeUnknown),
        ("00047", OutcomeUnknown),
        ("00066", OutcomeUnknown),
        ("00036", NotFound),
        ("99000", OutcomeUnknown),
        ("99666", OutcomeUnknown),
        ("04000", OutcomeUnknown),
    ],
)
async def test_a_refused_charge(code: str, error: type[ProviderError]) -> None:
    with pytest.raises(ProviderError) as refused:
        await aps(Wire(charged(code))).create_payment(a_charge())
    assert type(refused.value) is error
    assert (refused.value.provider_code, refused.value.http_status) == (code, 200)
    assert refused.value.request_id == "149295435400084008"


@pytest.mark.parametrize("message", MESSAGES)
def test_a_question_never_leaves_anything_unknown(message: str) -> None:
    for status in ("00", "11", "13", "15", "99"):
        assert classify(status + message, write=False) is not OutcomeUnknown


async def test_a_decline_tells_why_and_which_payment() -> None:
    request = a_charge()
    answer = charged("13666", response_message="Transaction declined", acquirer_response_code="54")
    with pytest.raises(Declined) as declined:
        await aps(Wire(answer)).create_payment(request)
    assert declined.value.decline_code == "card_expired"
    assert declined.value.message == "Transaction declined"
    assert declined.value.provider_payment_id == f"{request.payment_id}/AED/9900"


@pytest.mark.parametrize(
    ("code", "message", "field"),
    [
        ("00001", "Missing parameter: customer_email", "customer.email"),
        ("00002", "Invalid parameter format: order_description", "description"),
        ("00032", "Invalid parameter length return_url", "return_url"),
        ("00002", "Invalid parameter format: customer_ip", "payment_method_data.customer_ip"),
        ("00005", "Invalid amount", "money.amount"),
        ("00013", "Invalid currency", "money.currency"),
        ("00037", "Missing return URL", "return_url"),
        ("00003", "Payment option is not available", "method"),
        ("00044", "Token name does not exist", "payment_method"),
        ("00034", "Operation not allowed", None),
    ],
)
async def test_a_wrong_request_names_our_field(code: str, message: str, field: str | None) -> None:
    with pytest.raises(InvalidRequest) as refused:
        await aps(Wire({"response_code": code, "response_message": message})).create_payment(a_link_request())
    assert refused.value.field == field
    assert refused.value.message == message


async def test_too_large_a_capture_or_refund() -> None:
    with pytest.raises(InvalidRequest) as refused:
        await aps(Wire({"response_code": "05042"})).capture_payment(a_capture(ID, money=Money.of("999.00", "AED")))
    assert refused.value.field == "money.amount"
    with pytest.raises(InvalidRequest) as refused:
        await aps(Wire({"response_code": "07048"})).refund_payment(a_refund(ID, money=Money.of("999.00", "AED")))
    assert refused.value.field == "money.amount"


@pytest.mark.parametrize("code", ["07006", "07777", "07007", "99000"])
async def test_a_refund_that_may_have_been_made(code: str) -> None:
    with pytest.raises(OutcomeUnknown):
        await aps(Wire({"response_code": code})).refund_payment(a_refund(ID, money=Money.of("1.00", "AED")))


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(429, headers={"Retry-After": "7"}), RateLimited),
        (httpx.Response(503), Unavailable),
        (httpx.Response(500), OutcomeUnknown),
        (httpx.Response(502, text="<html>"), OutcomeUnknown),
        (httpx.Response(403, text="<html>"), AuthenticationFailed),
        (httpx.Response(200, text="<html>"), OutcomeUnknown),
        (httpx.Response(200, json=["no"]), OutcomeUnknown),
        (httpx.ConnectError("refused"), Unavailable),
        (httpx.ReadTimeout("late"), OutcomeUnknown),
    ],
)
async def test_what_http_says_where_the_body_says_nothing(answer: Any, error: type[ProviderError]) -> None:
    with pytest.raises(ProviderError) as raised:
        await aps(Wire(answer)).create_payment(a_link_request())
    assert type(raised.value) is error


async def test_a_phrase_that_is_echoed_is_blanked() -> None:
    answer = {"response_code": "00008", "response_message": f"Signature mismatch with {REQUEST_PHRASE}"}
    with pytest.raises(AuthenticationFailed) as refused:
        await aps(Wire(answer)).create_payment(a_link_request())
    assert refused.value.message == "Signature mismatch with ****"


async def test_health() -> None:
    wire = Wire(NOT_FOUND)
    report = await aps(wire).check_health()
    assert (report.ok, report.code) == (True, "ok")
    assert wire.commands == ["CHECK_STATUS"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"response_code": "00008"}, "authentication_failed"),
        ({"response_code": "00010"}, "authentication_failed"),
        ({"response_code": "00006"}, "unavailable"),
        (httpx.Response(503), "unavailable"),
    ],
)
async def test_ill_health(answer: Any, code: str) -> None:
    report = await aps(Wire(answer)).check_health()
    assert (report.ok, report.code) == (False, code)


@pytest.mark.parametrize(
    ("phrase", "ok"),
    [("response phrase", True), ("old\nresponse phrase", True), ("another phrase", False), (None, True)],
)
async def test_health_shows_a_wrong_response_phrase(phrase: str | None, ok: bool) -> None:
    given = {name: value for name, value in CREDENTIALS.items() if name != "response_phrase"}
    report = await aps(Wire(NOT_FOUND), {**given, **({"response_phrase": phrase} if phrase else {})}).check_health()
    assert report.ok is ok
    if not ok:
        assert report.code == "authentication_failed"
        assert "response phrase" in report.detail
