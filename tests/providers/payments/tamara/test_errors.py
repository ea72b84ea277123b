"""Tamara's errors in Wasl's words."""

from typing import Any

import httpx
import pytest

from tests.providers.payments.tamara.builders import ORDER, Wire, a_pay_later, tamara
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Unavailable,
)


def an_error(*codes: str, message: str = "Said by Tamara") -> dict[str, Any]:
    return {"message": message, "errors": [{"error_code": code, "data": []} for code in codes]}


async def error_of_write(answer: httpx.Response) -> ProviderError:
    with pytest.raises(ProviderError) as raised:
        await tamara(Wire(answer)).create_payment(a_pay_later())
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
        (409, InvalidRequest, InvalidRequest),
        (422, InvalidRequest, InvalidRequest),
        (429, RateLimited, RateLimited),
        (500, OutcomeUnknown, Unavailable),
        (502, OutcomeUnknown, Unavailable),
        (503, Unavailable, Unavailable),
        (504, OutcomeUnknown, Unavailable),
    ],
)
async def test_the_status_tells_the_kind(
    status: int, of_write: type[ProviderError], of_read: type[ProviderError]
) -> None:
    answer = httpx.Response(status, json=an_error("some_code"))
    error = await error_of_write(answer)
    assert type(error) is of_write
    assert (error.http_status, error.provider_code) == (status, "some_code")
    assert error.message == f"Tamara answered {status}: Said by Tamara: some_code"
    with pytest.raises(of_read) as raised:
        await tamara(Wire(answer)).get_payment(ORDER)
    assert type(raised.value) is of_read


@pytest.mark.parametrize(
    ("code", "field"),
    [
        ("consumer_invalid_phone_number", "customer.phone"),
        ("invalid_phone_number", "customer.phone"),
        ("consumer_invalid_email", "customer.email"),
        ("consumer_empty_email", "customer.email"),
        ("consumer_empty_first_name", "customer.name"),
        ("billing_address_invalid_phone_number", "billing_address"),
        ("shipping_address_invalid_phone_number", "shipping_address"),
        ("not_supported_delivery_country", "shipping_address.country"),
        ("total_amount_invalid_limit", "money.amount"),
        ("total_amount_invalid_currency", "money.currency"),
        ("currency_unsupported", "money.currency"),
        ("instalments_invalid", "settings.instalments"),
        ("nobody_knows_this", None),
    ],
)
async def test_the_code_names_our_field(code: str, field: str | None) -> None:
    error = await error_of_write(httpx.Response(400, json=an_error(code)))
    assert isinstance(error, InvalidRequest)
    assert (error.field, error.provider_code) == (field, code)


@pytest.mark.parametrize("code", ["tamara_disabled", "total_amount_invalid_limit_24hrs_gmv"])
async def test_a_refusal_for_now_may_go_elsewhere(code: str) -> None:
    error = await error_of_write(httpx.Response(400, json=an_error(code), headers={"retry-after": "30"}))
    assert isinstance(error, Unavailable)
    assert (error.retryable, error.retry_after, error.provider_code) == (True, 30.0, code)


async def test_what_a_server_error_says_does_not_make_it_certain() -> None:
    assert isinstance(await error_of_write(httpx.Response(500, json=an_error("tamara_disabled"))), OutcomeUnknown)


async def test_a_token_of_the_other_environment_is_a_wrong_token() -> None:
    answer = httpx.Response(400, json=an_error(message="Merchant is not found"))
    assert isinstance(await error_of_write(answer), AuthenticationFailed)
    assert (await tamara(Wire(answer)).check_health()).code == "authentication_failed"


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b'{"message": 7, "errors": {}}', b'{"errors": [7, {"error_code": null}]}']
)
async def test_an_error_without_sense_keeps_its_status(body: bytes) -> None:
    error = await error_of_write(httpx.Response(400, content=body))
    assert (type(error), error.message, error.provider_code) == (InvalidRequest, "Tamara answered 400", None)


async def test_several_codes_are_all_said() -> None:
    error = await error_of_write(httpx.Response(400, json=an_error("nobody_knows_this", "consumer_empty_email")))
    assert isinstance(error, InvalidRequest)
    assert (error.field, error.provider_code) == ("customer.email", "nobody_knows_this")
    assert error.message.endswith("nobody_knows_this, consumer_empty_email")


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (httpx.ConnectError("refused"), Unavailable),
        (httpx.ReadTimeout("slow"), OutcomeUnknown),
        (httpx.ReadError("cut"), OutcomeUnknown),
    ],
)
async def test_only_what_never_left_is_certain(failure: Exception, kind: type[ProviderError]) -> None:
    with pytest.raises(kind):
        await tamara(Wire(failure)).create_payment(a_pay_later())
