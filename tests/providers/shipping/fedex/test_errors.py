"""FedEx's errors in Wasl's words, whatever status they come with."""

from typing import Any

import httpx
import pytest

from tests.providers.shipping.fedex.wire import CLIENT_SECRET, Wire, existing, fedex, refusal
from tests.support.carriers.parcels import domestic, question
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Unavailable,
)


async def error_of_write(answer: Any) -> ProviderError:
    with pytest.raises(ProviderError) as raised:
        await fedex(Wire(answer, answer)).create_shipment(domestic())
    return raised.value


async def error_of_read(answer: Any) -> ProviderError:
    with pytest.raises(ProviderError) as raised:
        await fedex(Wire(answer, answer)).get_rates(question(domestic()))
    return raised.value


@pytest.mark.parametrize(
    ("status", "of_write", "of_read"),
    [
        (302, OutcomeUnknown, Unavailable),
        (400, InvalidRequest, InvalidRequest),
        (401, AuthenticationFailed, AuthenticationFailed),
        (403, AuthenticationFailed, AuthenticationFailed),
        (404, NotFound, NotFound),
        (408, OutcomeUnknown, Unavailable),
        (422, InvalidRequest, InvalidRequest),
        (429, RateLimited, RateLimited),
        (500, OutcomeUnknown, Unavailable),
        (503, OutcomeUnknown, Unavailable),
    ],
)
async def test_the_status_tells_the_kind(
    status: int, of_write: type[ProviderError], of_read: type[ProviderError]
) -> None:
    answer = httpx.Response(status, json=refusal("SOME.CODE"))
    error = await error_of_write(answer)
    assert type(error) is of_write
    assert (error.message, error.provider_code) == ("Said by FedEx", "SOME.CODE")
    assert error.request_id == "624deea6-b709-470c-8c39-4b5511281492"
    assert type(await error_of_read(answer)) is of_read


async def test_a_refusal_within_a_good_answer_is_one() -> None:
    error = await error_of_write(refusal("SERVICETYPE.NOT.ALLOWED"))
    assert isinstance(error, InvalidRequest)
    assert (error.field, error.http_status) == ("service", 200)


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(
    "code",
    ["ACCOUNTNUMBER.REGISTRATION.REQUIRED", "ACCOUNT.NUMBER.MISMATCH", "SHIPMENT.ACCOUNTNUMBER.UNAUTHORIZED"],
)
async def test_a_wrong_account_number_is_the_operators_to_mend(code: str, status: int) -> None:
    assert isinstance(await error_of_write(httpx.Response(status, json=refusal(code))), AuthenticationFailed)


@pytest.mark.parametrize(
    ("code", "field"),
    [
        ("RECIPIENT.POSTALCODE.INVALID", "recipient.postal_code"),
        ("SHIPPER.PHONENUMBER.INVALID", "sender.phone"),
        ("SERVICE.TYPE.NOTAVAILABLE", "service"),
        ("MAXIMUMWEIGHT.TYPE.ERROR", "parcels"),
        ("CURRENCY.TYPE.INVALID", "customs.currency"),
        ("SOMETHING.ELSE", None),
    ],
)
async def test_the_field_at_fault_is_named_where_the_code_does(code: str, field: str | None) -> None:
    error = await error_of_write(httpx.Response(400, json=refusal(code)))
    assert isinstance(error, InvalidRequest)
    assert error.field == field


@pytest.mark.parametrize(
    "body",
    [None, [], "text", {"errors": []}, {"errors": [7]}, {"errors": {}}, {"errors": [{"code": 7, "message": None}]}],
    ids=str,
)
async def test_an_error_of_another_shape_still_has_its_kind(body: Any) -> None:
    error = await error_of_write(httpx.Response(422, json=body))
    assert isinstance(error, InvalidRequest)
    assert error.message == "FedEx answered 422"


async def test_a_limit_says_how_long_to_wait_if_it_does() -> None:
    error = await error_of_write(httpx.Response(429, headers={"Retry-After": "7"}, json=refusal("RATE.LIMIT")))
    assert isinstance(error, RateLimited)
    assert error.retry_after == 7.0


async def test_an_echoed_secret_is_blanked() -> None:
    error = await error_of_write(httpx.Response(400, json=refusal("X", message=f"secret {CLIENT_SECRET} is odd")))
    assert CLIENT_SECRET not in f"{error.message} {error.as_dict()}"


@pytest.mark.parametrize("answer", [httpx.Response(500), httpx.ReadTimeout("slow"), httpx.Response(200, text="{")])
async def test_a_failed_question_is_only_unavailable(answer: Any) -> None:
    with pytest.raises(Unavailable):
        await fedex(Wire(answer)).track_shipments([existing()])
