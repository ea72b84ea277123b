"""What Tap's refusals mean, and who has to act."""

from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.providers.builders import a_capture, a_refund
from tests.providers.payments.tap.builders import (
    AUTH,
    CHG,
    SECRET_KEY,
    Wire,
    a_page,
    a_token_payment,
    authorization,
    charge,
    page_of,
    refused,
    tap,
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
from workers.providers.payments.tap.errors import FIELDS, TapFault, classify, read_fault

# reference/charge-response-codes: "Error codes 'bad requests'", without those of transfers and destinations, which are
# a marketplace's.
DOCUMENTED = {
    *(str(number) for number in range(1100, 1165)),
    *("2100", "2101", "2102", "2103", "2104", "2105", "2106", "2107", "2108"),
    *("4100", "4101", "4102", "9998", "9999"),
}
ABOUT_NO_FIELD = {"1102", "1103", "1145", "1146", "1147", "1148", "1154", "1155", "1162", "2100"}


@pytest.mark.parametrize(
    ("answer", "kind", "code", "field"),
    [
        (refused("2107", 401), AuthenticationFailed, "2107", None),
        (refused("2104"), AuthenticationFailed, "2104", None),
        (refused("1101"), AuthenticationFailed, "1101", None),
        (refused("2108", 403), AuthenticationFailed, "2108", None),
        (refused("1117"), InvalidRequest, "1117", "money.amount"),
        (refused("1119"), InvalidRequest, "1119", "money.currency"),
        (refused("1125"), InvalidRequest, "1125", "payment_method"),
        (refused("1126"), InvalidRequest, "1126", "payment_method"),
        (refused("1130"), InvalidRequest, "1130", "customer.name"),
        (refused("1106", 404), InvalidRequest, "1106", "customer"),
        (refused("1108"), InvalidRequest, "1108", "save_payment_method"),
        (refused("1109"), InvalidRequest, "1109", "settings.three_d_secure"),
        (refused("1216"), InvalidRequest, "1216", "payment_method_data"),
        (refused("1103"), InvalidRequest, "1103", None),
        (refused("7777"), InvalidRequest, "7777", None),
        (refused("1140"), Declined, "1140", None),
        (refused("4101"), Declined, "4101", None),
        (httpx.Response(402), Declined, None, None),
        (httpx.Response(404), NotFound, None, None),
        (refused("1151"), OutcomeUnknown, "1151", None),
        (refused("9999"), OutcomeUnknown, "9999", None),
        (refused("2101"), OutcomeUnknown, "2101", None),
        (refused("1103", 409), OutcomeUnknown, "1103", None),
        (httpx.Response(429), RateLimited, None, None),
        (refused("9999", 500), OutcomeUnknown, "9999", None),
        (refused("1117", 500), OutcomeUnknown, "1117", None),
        (httpx.Response(502, text="<html>"), OutcomeUnknown, None, None),
        (refused("2101", 503), Unavailable, "2101", None),
        (httpx.Response(302), OutcomeUnknown, None, None),
    ],
)
async def test_a_refused_payment_says_what_is_certain(
    answer: httpx.Response, kind: type[ProviderError], code: str | None, field: str | None
) -> None:
    with pytest.raises(ProviderError) as raised:
        await tap(Wire(answer)).create_payment(a_page())
    error = raised.value
    assert (type(error), error.provider_code) == (kind, code)
    assert getattr(error, "field", None) == field


def test_every_documented_code_is_somebodys() -> None:
    unnamed = {
        code
        for code in DOCUMENTED
        if classify(TapFault(code, None), 400, "create_payment", write=True) is InvalidRequest and code not in FIELDS
    }
    assert unnamed == ABOUT_NO_FIELD


@pytest.mark.parametrize(
    ("code", "reason"),
    [("1140", "invalid_card"), ("1141", "invalid_card"), ("1163", "not_permitted"), ("4101", "card_expired")],
)
async def test_a_card_that_is_refused_before_a_charge_is_made_is_declined(code: str, reason: str) -> None:
    with pytest.raises(Declined) as declined:
        await tap(Wire(refused(code))).create_payment(a_token_payment())
    assert (declined.value.decline_code, declined.value.provider_payment_id) == (reason, None)


async def test_a_charge_that_is_refused_is_an_error_with_its_id() -> None:
    with pytest.raises(Declined) as declined:
        await tap(Wire(charge("DECLINED", "505"))).create_payment(a_token_payment())
    error = declined.value
    assert (error.decline_code, error.provider_code, error.provider_payment_id) == ("insufficient_funds", "505", CHG)


async def test_what_an_existing_payment_does_not_allow_is_the_callers_fault() -> None:
    part = Money.of("1.00", "AED")
    for answer, kind, field in (
        (refused("1161"), InvalidRequest, "money.amount"),
        (refused("1144", 404), NotFound, None),
        (httpx.Response(402), InvalidRequest, None),
    ):
        with pytest.raises(ProviderError) as raised:
            await tap(Wire(answer)).refund_payment(a_refund(CHG, money=part))
        assert type(raised.value) is kind
        assert getattr(raised.value, "field", None) == field
    with pytest.raises(InvalidRequest) as refused_capture:
        await tap(Wire(authorization(), refused("1150"))).capture_payment(a_capture(AUTH, money=part))
    assert refused_capture.value.field == "money.amount"


async def test_a_failed_read_did_nothing() -> None:
    for answer in (refused("9999", 500), httpx.Response(502), httpx.Response(200, text="<html>"), refused("1151")):
        with pytest.raises(Unavailable):
            await tap(Wire(answer)).get_payment(CHG)
    with pytest.raises(Unavailable):
        await tap(Wire(httpx.Response(500))).capture_payment(a_capture(AUTH))


async def test_a_limit_says_how_long_to_wait_if_it_does() -> None:
    with pytest.raises(RateLimited) as limited:
        await tap(Wire(httpx.Response(429, headers={"Retry-After": "7"}))).get_payment(CHG)
    assert limited.value.retry_after == 7.0


async def test_a_key_that_is_echoed_is_not_shown() -> None:
    with pytest.raises(ProviderError) as raised:
        await tap(Wire(refused("2104", 401, f"bad key {SECRET_KEY}"))).create_payment(a_page())
    assert SECRET_KEY not in raised.value.message


@settings(max_examples=50)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda s: st.lists(s) | st.dictionaries(
    st.sampled_from(["errors", "code", "description", "x"]), s), max_leaves=12))  # fmt: skip
def test_no_body_breaks_the_reading_of_a_fault(body: Any) -> None:
    fault = read_fault(body)
    assert isinstance(fault.message(400), str)
    assert fault.field is None or isinstance(fault.field, str)


async def test_health_tells_wrong_keys_from_a_provider_that_is_down() -> None:
    wire = Wire(page_of(charge()))
    assert (await tap(wire).check_health()).ok
    assert (wire.lines, wire.body) == (["POST /charges/list"], {"limit": "1"})
    assert (await tap(Wire(refused("2107", 401))).check_health()).code == "authentication_failed"
    assert (await tap(Wire(httpx.Response(500))).check_health()).code == "unavailable"
    assert (await tap(Wire(httpx.Response(429))).check_health()).code == "rate_limited"
