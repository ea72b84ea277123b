"""Telr's refusals: which are declines, which are faults of a request, and which leave nobody the wiser."""

import re
from typing import Any

import httpx
import pytest

from tests.providers.builders import a_capture, a_checkout, a_payment, a_refund
from tests.providers.payments.telr.wire import (
    AUTH_KEY,
    ORDER,
    REFUND,
    REMOTE_KEY,
    SALE,
    Wire,
    a_list,
    a_reserved,
    a_sold,
    a_tried,
    an_auth,
    an_order,
    refused,
    telr,
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
from workers.providers.payments.models import DeclineReason
from workers.providers.payments.telr.declines import DECLINE_REASONS, decline, decline_reason
from workers.providers.payments.telr.errors import UNCERTAIN
from workers.providers.xml import read_xml


async def raised_by(call: Any) -> ProviderError:
    with pytest.raises(ProviderError) as raised:
        await call
    return raised.value


@pytest.mark.parametrize(
    ("message", "note", "kind", "code", "field"),
    [
        ("E05:Transaction cost or currency not valid", "Amount", InvalidRequest, "5", "money.amount"),
        ("E03:Cart ID not set", None, InvalidRequest, "3", "reference"),
        ("E21:Card/Currency/Class combination not supported", None, InvalidRequest, "21", "money.currency"),
        ("E04:Invalid store ID", None, AuthenticationFailed, "4", None),
        ("E01:Invalid request", "Authentication failed", AuthenticationFailed, "1", None),
        ("E01:Invalid request", "return URLs", InvalidRequest, "1", None),
        ("E56:Duplicate transaction", "Cart ID must be unique", OutcomeUnknown, "56", None),
        ("E98:Internal system error", None, OutcomeUnknown, "98", None),
        ("E99:Unknown error", None, OutcomeUnknown, "99", None),
        ("Invalid store or authentication key", None, AuthenticationFailed, None, None),
        ("Something else", None, InvalidRequest, None, None),
        (None, None, InvalidRequest, None, None),
    ],
)
async def test_a_refused_order(
    message: Any, note: Any, kind: type[ProviderError], code: str | None, field: str | None
) -> None:
    error = await raised_by(telr(Wire(refused(message, note))).create_payment(a_checkout()))
    assert type(error) is kind
    assert (error.provider_code, error.http_status, error.operation) == (code, 200, "create_payment")
    assert getattr(error, "field", None) == field
    assert (note or "") in error.message


async def test_the_trace_is_kept_for_telrs_support() -> None:
    error = await raised_by(telr(Wire({**refused("E05:No"), "trace": "4001/1/2"})).create_payment(a_checkout()))
    assert error.request_id == "4001/1/2"
    error = await raised_by(
        telr(Wire(*a_sold(), an_auth("E", None, code="29", trace="4001/3"))).refund_payment(a_refund(ORDER))
    )
    assert (type(error), error.request_id, error.provider_code) == (InvalidRequest, "4001/3", "29")


@pytest.mark.parametrize(
    "answer", [refused("E22:Invalid transaction reference"), refused("E01:Invalid request", "order")]
)
async def test_a_refused_question_is_no_refused_payment(answer: Any) -> None:
    assert type(await raised_by(telr(Wire(answer)).get_payment(ORDER))) is NotFound
    assert type(await raised_by(telr(Wire(refused("E98:Broken"))).get_payment(ORDER))) is Unavailable
    for status in (400, 422):
        assert type(await raised_by(telr(Wire(httpx.Response(status))).get_payment(ORDER))) is Unavailable
        assert type(await raised_by(telr(Wire(an_order(), httpx.Response(status))).get_payment(ORDER))) is Unavailable


CODES = [*DECLINE_REASONS.items()]


@pytest.mark.parametrize(("code", "reason"), CODES)
async def test_a_declined_attempt_on_the_page_has_its_reason(code: str, reason: DeclineReason) -> None:
    order = an_order(-3, a_tried(status="D", code=code.zfill(2), message="Told"))
    seen = await telr(Wire(order)).get_payment(ORDER)
    assert seen.decline is not None
    assert (seen.decline.reason, seen.decline.code, seen.decline.message) == (reason, code, "Told")


@pytest.mark.parametrize("code", ["41", "041", "62", "57", "90", "108"])
async def test_a_declined_charge_of_a_saved_card(code: str) -> None:
    answer = an_auth("D", REFUND, code=code, message="Not today")
    error = await raised_by(telr(Wire(answer)).create_payment(a_payment(payment_method=SALE)))
    assert isinstance(error, Declined)
    assert (error.decline_code, error.provider_code) == (decline_reason(code).value, code.lstrip("0"))
    assert (error.message, error.provider_payment_id) == ("Not today", REFUND)


@pytest.mark.parametrize("code", ["12", "11", "74"])
async def test_a_fault_of_the_card_is_the_payers(code: str) -> None:
    error = await raised_by(telr(Wire(an_auth("E", None, code=code))).create_payment(a_payment(payment_method=SALE)))
    assert isinstance(error, Declined)


@pytest.mark.parametrize("letter", ["C", "X"])
async def test_any_other_end_of_a_charge_is_a_decline(letter: str) -> None:
    error = await raised_by(telr(Wire(an_auth(letter, None, code="33"))).create_payment(a_payment(payment_method=SALE)))
    assert isinstance(error, Declined)


@pytest.mark.parametrize("code", sorted(UNCERTAIN))
@pytest.mark.parametrize("letter", ["D", "E"])
async def test_where_telr_got_no_answer_itself_nobody_knows(letter: str, code: str) -> None:
    answer = an_auth(letter, None, code=code)
    assert type(await raised_by(telr(Wire(answer)).create_payment(a_payment(payment_method=SALE)))) is OutcomeUnknown
    assert type(await raised_by(telr(Wire(*a_sold(), answer)).refund_payment(a_refund(ORDER)))) is OutcomeUnknown
    assert type(await raised_by(telr(Wire(*a_reserved(), answer)).capture_payment(a_capture(ORDER)))) is OutcomeUnknown


@pytest.mark.parametrize(
    ("code", "kind", "field"),
    [
        ("01", AuthenticationFailed, None),
        ("E04", AuthenticationFailed, None),
        ("22", InvalidRequest, "provider_payment_id"),
        ("24", InvalidRequest, "money.currency"),
        ("29", InvalidRequest, "money.amount"),
        ("36", InvalidRequest, "provider_payment_id"),
        ("40", InvalidRequest, None),
    ],
)
async def test_a_refused_refund(code: str, kind: type[ProviderError], field: str | None) -> None:
    answer = an_auth("E", None, code=code, message="Told")
    error = await raised_by(telr(Wire(*a_sold(), answer)).refund_payment(a_refund(ORDER)))
    assert (type(error), getattr(error, "field", None)) == (kind, field)


async def test_a_refund_that_the_bank_declines_is_declined() -> None:
    error = await raised_by(telr(Wire(*a_sold(), an_auth("D", REFUND, code="35"))).refund_payment(a_refund(ORDER)))
    assert isinstance(error, Declined)
    assert error.provider_code == "35"


@pytest.mark.parametrize(
    ("answer", "on_write", "on_read"),
    [
        (httpx.Response(401), AuthenticationFailed, AuthenticationFailed),
        (httpx.Response(403), AuthenticationFailed, AuthenticationFailed),
        (httpx.Response(429, headers={"retry-after": "7"}), RateLimited, RateLimited),
        (httpx.Response(500), OutcomeUnknown, Unavailable),
        (httpx.Response(504, text="<html>"), OutcomeUnknown, Unavailable),
        (httpx.Response(302), OutcomeUnknown, Unavailable),
        (httpx.ConnectError("refused"), Unavailable, Unavailable),
        (httpx.ReadTimeout("slow"), OutcomeUnknown, Unavailable),
        (httpx.RemoteProtocolError("cut"), OutcomeUnknown, Unavailable),
    ],
    ids=lambda value: str(getattr(value, "status_code", "")) or type(value).__name__,
)
async def test_what_happens_before_telr_answers(answer: Any, on_write: Any, on_read: Any) -> None:
    error = await raised_by(telr(Wire(answer)).create_payment(a_checkout()))
    assert type(error) is on_write
    assert type(await raised_by(telr(Wire(answer)).create_payment(a_payment(payment_method=SALE)))) is on_write
    assert type(await raised_by(telr(Wire(answer)).get_payment(ORDER))) is on_read
    assert type(await raised_by(telr(Wire(an_order(), answer)).get_payment(ORDER))) is on_read
    if isinstance(error, RateLimited):
        assert error.retry_after == 7


async def test_a_key_that_telr_echoes_is_blanked() -> None:
    error = await raised_by(telr(Wire(refused("E05:No", f"key {AUTH_KEY}"))).create_payment(a_checkout()))
    assert AUTH_KEY not in error.message
    answer = an_auth("E", None, code="29", message=f"key {REMOTE_KEY}")
    error = await raised_by(telr(Wire(*a_sold(), answer)).refund_payment(a_refund(ORDER)))
    assert REMOTE_KEY not in error.message


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert decline("777", "New").model_dump() == {"reason": "other", "code": "777", "message": "New"}
    assert decline(None, None).reason == "other"
    assert decline("tst123", None).code == "tst123"


def test_every_code_is_mapped_once() -> None:
    assert all(re.fullmatch(r"[1-9][0-9]{0,2}", code) for code in DECLINE_REASONS)


@pytest.mark.parametrize(
    "raw",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]><remote>&a;</remote>',
        b"<remote><!-- --></remote>",
        b"<remote>",
        b"<a>&undefined;</a>",
        b"",
        b"<?xml version='1.0' encoding='none-such'?><a/>",
    ],
)
def test_xml_that_could_do_harm_is_not_read(raw: bytes) -> None:
    with pytest.raises(ValueError):
        read_xml(raw)


@pytest.mark.parametrize(
    ("answers", "keys", "code"),
    [
        ((refused("E22:Invalid transaction reference"),), "", "ok"),
        ((refused("Order not found"),), "", "ok"),
        ((refused("E22:No order"), a_list()), "service", "ok"),
        ((refused("E04:Invalid store ID"),), "", "authentication_failed"),
        ((refused("E01:Invalid request", "Authentication failed"),), "", "authentication_failed"),
        ((refused("E01:Invalid request"),), "", "not_found"),
        ((httpx.Response(404),), "", "not_found"),
        ((httpx.Response(503),), "", "unavailable"),
        ((httpx.Response(429),), "", "rate_limited"),
        ((refused("E22:No order"), httpx.Response(401)), "service", "authentication_failed"),
        ((refused("E22:No order"), httpx.Response(403)), "service", "authentication_failed"),
        ((refused("E22:No order"), b"<html></html>"), "service", "unavailable"),
    ],
)
async def test_health_tells_wrong_keys_from_a_provider_that_is_down(answers: Any, keys: str, code: str) -> None:
    wire = Wire(*answers)
    report = await telr(wire, keys=keys).check_health()
    assert (report.code, report.ok) == (code, code == "ok")
    assert len(wire.requests) == len(answers)
