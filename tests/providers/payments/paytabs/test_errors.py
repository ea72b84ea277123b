"""PayTabs' errors in Wasl's words."""

from typing import Any

import httpx
import pytest

from tests.providers.builders import a_cancellation, a_capture, a_checkout, a_refund
from tests.providers.payments.paytabs.wire import (
    KEY,
    OLD_KEY,
    REF,
    Wire,
    a_charge,
    a_follow_up,
    a_result,
    a_token_payment,
    a_transaction,
    an_error,
    paytabs,
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

WRITES: list[tuple[httpx.Response, type[ProviderError]]] = [
    (an_error(1, "Authentication failed. Check authentication header.", 401), AuthenticationFailed),
    (an_error(1, "Authentication failed. Check authentication header.", 200), AuthenticationFailed),
    (an_error(1, "Transaction Query not permitted with this key", 400), AuthenticationFailed),
    (httpx.Response(403), AuthenticationFailed),
    (an_error(2, "Invalid request"), InvalidRequest),
    (an_error(2, "Invalid request", 200), InvalidRequest),
    (an_error(206, "Invalid currency code"), InvalidRequest),
    (an_error(9999, "Some future error", 200), InvalidRequest),
    (an_error(113, "Invalid transaction reference"), NotFound),
    (httpx.Response(404), NotFound),
    (an_error(4, "Duplicate Request", 409), OutcomeUnknown),
    (an_error(4, "Duplicate Request", 200), OutcomeUnknown),
    (an_error(400, "Internal system error", 500), OutcomeUnknown),
    (an_error(400, "Internal system error", 200), OutcomeUnknown),
    (httpx.Response(500), OutcomeUnknown),
    (httpx.Response(502, text="<html>"), OutcomeUnknown),
    (httpx.Response(302), OutcomeUnknown),
    (httpx.Response(408), OutcomeUnknown),
    (httpx.Response(429), RateLimited),
    (httpx.Response(503), Unavailable),
]


@pytest.mark.parametrize(("answer", "kind"), WRITES)
async def test_errors_of_a_write_are_judged_by_what_they_leave_behind(
    answer: httpx.Response, kind: type[ProviderError]
) -> None:
    with pytest.raises(ProviderError) as raised:
        await paytabs(Wire(answer)).create_payment(a_checkout())
    assert type(raised.value) is kind


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (an_error(113, "Invalid transaction reference"), NotFound),
        (an_error(2, "Transaction not found", 200), NotFound),
        (an_error(4, "Duplicate Request", 409), Unavailable),
        (an_error(400, "Internal system error", 200), Unavailable),
        (httpx.Response(500), Unavailable),
        (httpx.Response(200, text="<html>"), Unavailable),
    ],
)
async def test_a_failed_question_changes_nothing(answer: httpx.Response, kind: type[ProviderError]) -> None:
    with pytest.raises(ProviderError) as raised:
        await paytabs(Wire(answer)).get_payment(REF)
    assert type(raised.value) is kind


async def test_an_error_tells_the_code_and_the_trace() -> None:
    with pytest.raises(InvalidRequest) as raised:
        await paytabs(Wire(an_error(206, "Invalid currency code"))).create_payment(a_checkout())
    assert raised.value.as_dict() == {
        "code": "invalid_request",
        "message": "Invalid currency code",
        "actor": "caller",
        "retryable": False,
        "provider": "paytabs",
        "operation": "create_payment",
        "http_status": 400,
        "provider_code": "206",
        "request_id": "PMNT0401.676A9671.00066A91",
        "field": "money.currency",
    }


@pytest.mark.parametrize(
    ("message", "field"),
    [
        ("Invalid Callback URL", "credentials.webhook_url"),
        ("Invalid Return URL", "return_url"),
        ("Invalid profile ID", "settings.profile_id"),
        ("Invalid payment method", "method"),
        ("Currency not available", "money.currency"),
        ("Invalid amount", "money.amount"),
        ("Cart ID not valid", "reference"),
        ("Email not valid", "customer.email"),
        ("Phone not valid", "customer.phone"),
        ("Something else", None),
    ],
)
async def test_a_field_is_told_from_the_message(message: str, field: str | None) -> None:
    with pytest.raises(InvalidRequest) as raised:
        await paytabs(Wire(an_error(2, message))).create_payment(a_checkout())
    assert raised.value.field == field


async def test_a_wait_that_is_asked_for_is_passed_on() -> None:
    with pytest.raises(RateLimited) as raised:
        await paytabs(Wire(httpx.Response(429, headers={"retry-after": "7"}))).create_payment(a_checkout())
    assert raised.value.retry_after == 7


@pytest.mark.parametrize("body", ["{", "[]", '"text"', "{}", '{"code": null}', '{"code": {}, "message": 5}'])
async def test_an_error_in_an_odd_shape_is_still_one(body: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        await paytabs(Wire(httpx.Response(400, text=body))).create_payment(a_checkout())
    assert raised.value.message == "PayTabs answered 400"


@pytest.mark.parametrize("key", [KEY, OLD_KEY])
async def test_a_key_that_is_echoed_is_blanked(key: str) -> None:
    connection = paytabs(Wire(an_error(2, f"bad {key}")), credentials={"server_key": f"{KEY}\n{OLD_KEY}"})
    with pytest.raises(InvalidRequest) as raised:
        await connection.create_payment(a_checkout())
    assert key not in raised.value.message


async def test_a_declined_charge_is_an_error_with_its_transaction() -> None:
    request = a_token_payment()
    answer = a_charge(request, payment_result=a_result("D", "316", "Insufficient funds"))
    with pytest.raises(Declined) as raised:
        await paytabs(Wire(answer)).create_payment(request)
    assert (raised.value.decline_code, raised.value.provider_code) == ("insufficient_funds", "316")
    assert (raised.value.provider_payment_id, raised.value.request_id) == (REF, "PMNT0102.6A8D499F.00099224")


async def test_a_charge_that_the_payer_has_to_confirm_is_a_redirect() -> None:
    request = a_token_payment(return_url="https://shop.example/back")
    answer = a_charge(request, payment_result=None, redirect_url="https://secure.paytabs.com/payment/page/1")
    payment = await paytabs(Wire(answer)).create_payment(request)
    assert (payment.status, payment.checkout_url) == ("requires_action", "https://secure.paytabs.com/payment/page/1")


TOO_MUCH = a_result("E", "118", "Amount greater than available balance")
ON_HOLD = a_result("E", "120", "Previous transaction is on hold")
REFUSALS: list[tuple[str, Any, str, dict[str, Any], type[ProviderError], str | None]] = [
    ("capture_payment", a_capture(REF), "Capture", TOO_MUCH, InvalidRequest, "money.amount"),
    ("capture_payment", a_capture(REF), "Capture", ON_HOLD, InvalidRequest, "provider_payment_id"),
    ("capture_payment", a_capture(REF), "Capture", a_result("D", "300", "Not authorised"), Declined, None),
    ("cancel_payment", a_cancellation(REF), "Void", ON_HOLD, InvalidRequest, "provider_payment_id"),
]


@pytest.mark.parametrize(("operation", "request_", "kind", "result", "error", "field"), REFUSALS)
async def test_a_follow_up_that_is_recorded_as_refused_is_an_error(
    operation: str, request_: Any, kind: str, result: dict[str, Any], error: type[ProviderError], field: str | None
) -> None:
    auth = a_transaction("Auth")
    wire = Wire(auth, [auth], a_follow_up(kind, payment_result=result))
    with pytest.raises(ProviderError) as raised:
        await getattr(paytabs(wire), operation)(request_)
    assert type(raised.value) is error
    assert raised.value.provider_code == result["response_code"]
    assert getattr(raised.value, "field", None) == field


async def test_a_refund_that_the_bank_refused_has_failed_and_one_against_the_rules_is_none() -> None:
    sale = a_transaction()
    declined = a_follow_up("Refund", payment_result=a_result("D", "342", "Refund balance exceeded"))
    refund = await paytabs(Wire(sale, [sale], declined)).refund_payment(a_refund(REF))
    assert (refund.status, refund.failure_reason) == ("failed", "342")
    with pytest.raises(InvalidRequest):
        await paytabs(Wire(sale, [sale], a_follow_up("Refund", payment_result=TOO_MUCH))).refund_payment(a_refund(REF))


@pytest.mark.parametrize(
    ("answer", "ok", "code"),
    [
        (an_error(113, "Invalid transaction reference"), True, "ok"),
        (an_error(2, "Invalid request"), True, "ok"),
        (an_error(1, "Authentication failed. Check authentication header.", 401), False, "authentication_failed"),
        (httpx.Response(429), False, "rate_limited"),
        (httpx.Response(500), False, "unavailable"),
        (httpx.ConnectError("no route"), False, "unavailable"),
    ],
)
async def test_health_tells_a_wrong_key_from_a_provider_that_is_down(answer: Any, ok: bool, code: str) -> None:
    report = await paytabs(Wire(answer)).check_health()
    assert (report.ok, report.code) == (ok, code)
