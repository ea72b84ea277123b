"""What Checkout.com's refusals mean, and who has to act."""

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.builders import a_cancellation, a_capture, a_refund
from tests.providers.payments.checkout.builders import PAY, SECRET_KEY, Wire, a_token_payment, checkout
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
from workers.providers.payments.checkout.errors import read_fault

REQUEST_ID = {"Cko-Request-Id": "0HL80RJLS76I7"}


def refused(status: int, *codes: str, kind: str = "request_invalid") -> httpx.Response:
    if not codes:
        return httpx.Response(status, headers=REQUEST_ID)
    body = {"request_id": "body", "error_type": kind, "error_codes": list(codes)}
    return httpx.Response(status, json=body, headers=REQUEST_ID)


@pytest.mark.parametrize(
    ("answer", "kind", "code", "field"),
    [
        (refused(401), AuthenticationFailed, None, None),
        (refused(403), AuthenticationFailed, None, None),
        (refused(404), NotFound, None, None),
        (refused(422, "amount_invalid"), InvalidRequest, "amount_invalid", "money.amount"),
        (refused(422, "currency_invalid"), InvalidRequest, "currency_invalid", "money.currency"),
        (refused(422, "token_expired"), InvalidRequest, "token_expired", "payment_method"),
        (refused(422, "source_id_invalid"), InvalidRequest, "source_id_invalid", "payment_method"),
        (refused(422, "success_url_invalid"), InvalidRequest, "success_url_invalid", "return_url"),
        (refused(422, "customer_email_invalid"), InvalidRequest, "customer_email_invalid", "customer.email"),
        (
            refused(422, "processing_channel_id_required"),
            InvalidRequest,
            "processing_channel_id_required",
            "settings.processing_channel_id",
        ),
        (refused(422, "business_invalid"), InvalidRequest, "business_invalid", None),
        (refused(409, "payment_request_conflict"), OutcomeUnknown, "payment_request_conflict", None),
        (refused(429), RateLimited, None, None),
        (refused(429, "duplicate_request_detected"), OutcomeUnknown, "duplicate_request_detected", None),
        (refused(429, "x", kind="duplicate_request"), OutcomeUnknown, "x", None),
        (refused(500), OutcomeUnknown, None, None),
        (refused(502), OutcomeUnknown, None, None),
        (refused(503), OutcomeUnknown, None, None),
    ],
)
async def test_a_refused_payment_says_what_is_certain(
    answer: httpx.Response, kind: type[ProviderError], code: str | None, field: str | None
) -> None:
    with pytest.raises(ProviderError) as raised:
        await checkout(Wire(answer)).create_payment(a_token_payment())
    error = raised.value
    assert type(error) is kind
    assert (error.provider_code, error.request_id) == (code, "0HL80RJLS76I7")
    assert getattr(error, "field", None) == field


async def test_an_action_that_the_payment_does_not_allow_is_the_callers_fault() -> None:
    part = Money.of("1.00", "AED")
    for call, request in (
        ("capture_payment", a_capture(PAY)),
        ("cancel_payment", a_cancellation(PAY)),
        ("refund_payment", a_refund(PAY, money=part)),
    ):
        with pytest.raises(InvalidRequest):
            await getattr(checkout(Wire(refused(403))), call)(request)
    with pytest.raises(InvalidRequest) as raised:
        answer = refused(422, "refund_amount_exceeds_balance")
        await checkout(Wire(answer)).refund_payment(a_refund(PAY, money=part))
    assert raised.value.field == "money.amount"


async def test_a_failed_read_did_nothing() -> None:
    for answer in (refused(500), refused(502), httpx.Response(200, text="<html>")):
        with pytest.raises(Unavailable):
            await checkout(Wire(answer)).get_payment(PAY)


async def test_a_decline_is_an_answer_with_a_status() -> None:
    body = {
        "id": PAY,
        "action_id": "act_1",
        "amount": 9900,
        "currency": "AED",
        "approved": False,
        "status": "Declined",
        "response_code": "20051",
        "response_summary": "Insufficient funds",
    }
    with pytest.raises(Declined) as declined:
        await checkout(Wire(httpx.Response(201, json=body, headers=REQUEST_ID))).create_payment(a_token_payment())
    error = declined.value
    assert (error.decline_code, error.provider_code, error.message) == (
        "insufficient_funds",
        "20051",
        "Insufficient funds",
    )
    assert (error.provider_payment_id, error.request_id) == (PAY, "0HL80RJLS76I7")


async def test_a_limit_says_how_long_to_wait_if_it_does() -> None:
    with pytest.raises(RateLimited) as limited:
        await checkout(Wire(httpx.Response(429, headers={"Retry-After": "7"}))).get_payment(PAY)
    assert limited.value.retry_after == 7.0


async def test_a_key_that_is_echoed_is_not_shown() -> None:
    with pytest.raises(ProviderError) as raised:
        await checkout(Wire(refused(422, f"bad key {SECRET_KEY}"))).create_payment(a_token_payment())
    assert SECRET_KEY not in raised.value.message


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda s: st.lists(s) | st.dictionaries(
    st.sampled_from(["request_id", "error_type", "error_codes", "x"]), s), max_leaves=12))  # fmt: skip
def test_no_body_breaks_the_reading_of_a_fault(body: Any) -> None:
    fault = read_fault(body)
    assert isinstance(fault.message(422), str)
    assert fault.field is None or isinstance(fault.field, str)


async def test_health_tells_wrong_keys_from_a_provider_that_is_down() -> None:
    wire = Wire({"data": [], "total_count": 0})
    assert (await checkout(wire).check_health()).ok
    assert wire.requests[0].url.params["limit"] == "1"
    assert (await checkout(Wire(refused(401))).check_health()).code == "authentication_failed"
    assert (await checkout(Wire(refused(500))).check_health()).code == "unavailable"
