"""Stripe's errors in Wasl's words."""

from typing import Any

import httpx
import pytest

from tests.providers.builders import a_payment, stripe
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


def an_error(kind: str, **fields: Any) -> dict[str, Any]:
    return {"error": {"type": kind, "message": "Said by Stripe.", **fields}}


async def error_of_write(status: int, body: Any, headers: dict[str, str] | None = None) -> ProviderError:
    connector = stripe(lambda _: httpx.Response(status, json=body, headers={"Request-Id": "req_1", **(headers or {})}))
    with pytest.raises(ProviderError) as raised:
        await connector.create_payment(a_payment())
    return raised.value


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, an_error("invalid_request_error", param="amount"), InvalidRequest),
        (400, an_error("invalid_request_error", code="payment_intent_unexpected_state"), InvalidRequest),
        (400, an_error("idempotency_error"), InvalidRequest),
        (401, an_error("invalid_request_error"), AuthenticationFailed),
        (402, an_error("card_error", code="card_declined"), Declined),
        (403, an_error("invalid_request_error"), AuthenticationFailed),
        (404, an_error("invalid_request_error", code="resource_missing"), NotFound),
        (409, an_error("idempotency_error", code="idempotency_key_in_use"), OutcomeUnknown),
        (409, an_error("invalid_request_error"), InvalidRequest),
        (429, an_error("invalid_request_error", code="rate_limit"), RateLimited),
        (429, an_error("invalid_request_error", code="lock_timeout"), Unavailable),
        (500, an_error("api_error"), OutcomeUnknown),
        (502, an_error("api_error"), OutcomeUnknown),
        (503, an_error("api_error"), OutcomeUnknown),
        (402, {}, Declined),
        (400, {"error": "not an object"}, InvalidRequest),
        (400, [], InvalidRequest),
    ],
)
async def test_errors_are_told_by_code_then_type_then_status(status: int, body: Any, kind: type[ProviderError]) -> None:
    error = await error_of_write(status, body)
    assert type(error) is kind
    assert (error.http_status, error.request_id) == (status, "req_1")


async def test_a_conflict_that_stripe_says_to_retry_did_nothing() -> None:
    error = await error_of_write(409, an_error("invalid_request_error"), {"Stripe-Should-Retry": "true"})
    assert type(error) is Unavailable


async def test_a_page_of_html_is_judged_by_its_status() -> None:
    for status, kind in ((502, OutcomeUnknown), (503, OutcomeUnknown), (403, AuthenticationFailed)):
        connector = stripe(lambda _, status=status: httpx.Response(status, html="<h1>Bad Gateway</h1>"))
        with pytest.raises(kind):
            await connector.create_payment(a_payment())


async def test_a_decline_says_why_and_which_payment() -> None:
    body = an_error(
        "card_error",
        code="card_declined",
        decline_code="insufficient_funds",
        payment_intent={"id": "pi_7", "status": "requires_payment_method"},
    )
    error = await error_of_write(402, body)
    assert isinstance(error, Declined)
    assert (error.decline_code, error.provider_code) == ("insufficient_funds", "insufficient_funds")
    assert (error.provider_payment_id, error.message) == ("pi_7", "Said by Stripe.")


@pytest.mark.parametrize(
    ("param", "field"),
    [
        ("amount", "money.amount"),
        ("currency", "money.currency"),
        ("line_items[0][price_data][unit_amount]", "money.amount"),
        ("success_url", "return_url"),
        ("payment_method", "payment_method"),
        ("statement_descriptor_suffix", "statement_descriptor"),
        ("something_new", "something_new"),
        (None, None),
    ],
)
async def test_a_refused_parameter_is_named_as_the_caller_knows_it(param: str | None, field: str | None) -> None:
    error = await error_of_write(400, an_error("invalid_request_error", param=param))
    assert isinstance(error, InvalidRequest)
    assert error.field == field


async def test_stripe_says_how_long_to_wait() -> None:
    error = await error_of_write(429, an_error("invalid_request_error"), {"Retry-After": "7"})
    assert isinstance(error, RateLimited)
    assert error.retry_after == 7.0
