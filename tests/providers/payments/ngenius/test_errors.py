"""N-Genius's errors in Wasl's words."""

from typing import Any

import httpx
import pytest

from tests.providers.builders import a_checkout
from tests.providers.payments.ngenius.wire import API_KEY, ID, Wire, ngenius
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Unavailable,
)


def an_error(message: str, code: str = "invalidRequest") -> dict[str, Any]:
    listed = {"message": message, "localizedMessage": "…", "errorCode": code, "domain": "transaction"}
    return {"message": "Unprocessable", "code": 422, "errors": [listed]}


async def error_of_write(answer: httpx.Response) -> ProviderError:
    with pytest.raises(ProviderError) as raised:
        await ngenius(Wire(answer, answer)).create_payment(a_checkout())
    return raised.value


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (302, OutcomeUnknown),
        (400, InvalidRequest),
        (401, AuthenticationFailed),
        (403, AuthenticationFailed),
        (404, NotFound),
        (408, OutcomeUnknown),
        (409, InvalidRequest),
        (415, InvalidRequest),
        (422, InvalidRequest),
        (429, RateLimited),
        (500, OutcomeUnknown),
        (502, OutcomeUnknown),
        (503, Unavailable),
        (504, OutcomeUnknown),
    ],
)
async def test_the_status_tells_the_kind(status: int, kind: type[ProviderError]) -> None:
    error = await error_of_write(httpx.Response(status, json=an_error("Said by N-Genius", "someCode")))
    assert type(error) is kind
    assert (error.http_status, error.message, error.provider_code) == (status, "Said by N-Genius", "someCode")


@pytest.mark.parametrize(
    ("message", "field"),
    [
        ("amount.currencyCode is not supported", "money.currency"),
        ("amount must be positive", "money.amount"),
        ("emailAddress is mandatory", "customer.email"),
        ("billingAddress.lastName missing", "customer.name"),
        ("merchantOrderReference is not unique", "reference"),
        ("Something else", None),
    ],
)
async def test_the_field_at_fault_is_named_where_it_is_mentioned(message: str, field: str | None) -> None:
    error = await error_of_write(httpx.Response(422, json=an_error(message)))
    assert isinstance(error, InvalidRequest)
    assert error.field == field


@pytest.mark.parametrize("body", [None, [], "text", {"errors": []}, {"errors": [7]}, {"errors": {}}, {"message": 7}])
async def test_an_error_of_another_shape_still_has_its_kind(body: Any) -> None:
    error = await error_of_write(httpx.Response(422, json=body))
    assert isinstance(error, InvalidRequest)
    assert error.message


async def test_a_limit_says_how_long_to_wait_if_it_does() -> None:
    error = await error_of_write(httpx.Response(429, headers={"Retry-After": "7"}))
    assert isinstance(error, RateLimited)
    assert error.retry_after == 7.0


async def test_an_echoed_key_is_blanked() -> None:
    error = await error_of_write(httpx.Response(422, json=an_error(f"Basic {API_KEY} is odd")))
    assert API_KEY not in f"{error.message} {error.as_dict()}"


async def test_a_failed_read_is_only_unavailable() -> None:
    for answer in (httpx.Response(500), httpx.Response(200, text="{"), httpx.ReadTimeout("slow")):
        with pytest.raises(Unavailable):
            await ngenius(Wire(answer)).get_payment(ID)
