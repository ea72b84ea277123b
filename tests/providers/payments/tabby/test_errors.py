"""Tabby's errors: which kind each is, and what it names."""

from typing import Any

import httpx
import pytest

from tests.providers.builders import a_capture, a_refund
from tests.providers.payments.tabby.wire import (
    PAYMENT,
    SECRET_KEY,
    Wire,
    a_captured_payment,
    a_payment_object,
    an_instalment_payment,
    refusal,
    tabby,
)
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Unavailable,
)
from workers.providers.money import Money


async def failure(answer: Any) -> ProviderError:
    with pytest.raises(ProviderError) as raised:
        await tabby(Wire(answer)).create_payment(an_instalment_payment())
    return raised.value


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (refusal(400, "could not decode request"), InvalidRequest, "bad_data"),
        (refusal(401, "merchant is null", "not_authorized"), AuthenticationFailed, "not_authorized"),
        (refusal(403, "", "no_permission"), AuthenticationFailed, "no_permission"),
        (httpx.Response(403, text="<html>Forbidden</html>"), AuthenticationFailed, None),
        (refusal(404, "no such payment", "not_found"), NotFound, "not_found"),
        (httpx.Response(404, text="404 page not found"), NotFound, None),
        (httpx.Response(404, json="404 page not found"), NotFound, None),
        (refusal(409, "payment is disputed", "conflict"), InvalidRequest, "conflict"),
        (httpx.Response(429), RateLimited, None),
        (refusal(500, "Internal Server error", "internal"), OutcomeUnknown, "internal"),
        (httpx.Response(500, json="Internal Server error"), OutcomeUnknown, None),
        (httpx.Response(502, text="<html>"), OutcomeUnknown, None),
        (httpx.Response(503), Unavailable, None),
        (httpx.ReadTimeout("slow"), OutcomeUnknown, None),
        (httpx.ConnectError("refused"), Unavailable, None),
    ],
    ids=str,
)
async def test_each_answer_is_told_for_what_it_is(answer: Any, kind: type[ProviderError], code: str | None) -> None:
    error = await failure(answer)
    assert type(error) is kind
    assert (error.provider, error.operation, error.provider_code) == ("tabby", "create_payment", code)


async def test_an_error_repeats_tabbys_words_and_no_secret() -> None:
    error = await failure(refusal(400, f"could not create payment with {SECRET_KEY}"))
    assert error.message == "Tabby answered 400: could not create payment with ****"
    assert error.http_status == 400


async def test_tabbys_retry_after_is_passed_on() -> None:
    error = await failure(httpx.Response(429, headers={"Retry-After": "7"}))
    assert isinstance(error, RateLimited)
    assert error.retry_after == 7.0


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("$.payment.amount", "money.amount"),
        ("$.payment.currency", "money.currency"),
        ("$.payment.description", "description"),
        ("$.payment.buyer", "customer"),
        ("$.payment.buyer.name", "customer.name"),
        ("$.payment.buyer.email", "customer.email"),
        ("$.payment.buyer.phone", "customer.phone"),
        ("$.payment.buyer.dob", "customer"),
        ("$.payment.shipping_address.zip", "shipping_address.postal_code"),
        ("$.payment.shipping_address.city", "shipping_address.city"),
        ("$.payment.shipping_address.address", "shipping_address.line1"),
        ("$.payment.order.reference_id", "reference"),
        ("$.payment.order.items[0].category", "items"),
        ("$.payment.meta", "metadata"),
        ("$.lang", "locale"),
        ("$.merchant_code", "settings.merchant_code"),
        ("$.merchant_urls.success", "return_url"),
        ("$.merchant_urls.failure", "cancel_url"),
        ("$.something.new", None),
        ("", None),
        (7, None),
    ],
)
async def test_a_field_at_fault_is_named_as_ours(theirs: Any, ours: str | None) -> None:
    listed = [{"field": theirs, "code": "invalid_value", "message": ""}]
    body = {"status": "error", "errorType": "bad_data", "errors": listed}
    error = await failure(httpx.Response(400, json=body))
    assert isinstance(error, InvalidRequest)
    assert (error.field, error.provider_code) == (ours, "invalid_value")


@pytest.mark.parametrize(
    "body",
    [None, [], "text", {"errors": []}, {"errors": ["x"]}, {"errors": {}}, {"error": 7, "errorType": []}],
    ids=str,
)
async def test_an_error_in_no_known_shape_is_still_one(body: Any) -> None:
    error = await failure(httpx.Response(400, json=body))
    assert (type(error), error.message) == (InvalidRequest, "Tabby answered 400")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (refusal(401, "auth: provided key doesn't exist", "not_authorized"), "authentication_failed"),
        (httpx.Response(404, text="404 page not found"), "not_found"),
        (httpx.Response(429), "rate_limited"),
        (httpx.Response(503), "unavailable"),
        (httpx.Response(500, json="Internal Server error"), "unavailable"),
    ],
    ids=str,
)
async def test_health_tells_wrong_credentials_from_a_provider_that_is_down(answer: httpx.Response, code: str) -> None:
    report = await tabby(Wire(answer)).check_health()
    assert (report.ok, report.code) == (False, code)


async def test_what_tabby_refuses_of_a_capture_or_refund_is_refused() -> None:
    wire = Wire(a_payment_object("AUTHORIZED"), refusal(), a_payment_object("AUTHORIZED"))
    with pytest.raises(InvalidRequest):
        await tabby(wire).capture_payment(a_capture(PAYMENT))
    wire = Wire(a_captured_payment(), refusal(409, "payment is disputed", "conflict"), a_captured_payment())
    with pytest.raises(InvalidRequest, match="disputed") as raised:
        await tabby(wire).refund_payment(a_refund(PAYMENT, money=Money.of("1.00", "AED")))
    assert raised.value.http_status == 409
