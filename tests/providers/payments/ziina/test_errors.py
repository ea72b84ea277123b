"""What Ziina's refusals mean, and who has to act."""

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.builders import a_checkout, a_refund
from tests.providers.payments.ziina.builders import (
    INTENT,
    NO_INTENT,
    NO_REFUND,
    TOKEN,
    Wire,
    misshapen,
    refusal,
    ziina,
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
from workers.providers.payments.ziina.errors import read_fault

UNAUTHORIZED = (401, {"message": "Unauthorized", "statusCode": 401})
BROKEN = (500, {"statusCode": 500, "message": "Internal server error"})
ACCOUNT = {"account_id": "a", "account_type": "business", "status": "active"}


@pytest.mark.parametrize(
    ("answer", "kind", "code", "field"),
    [
        (UNAUTHORIZED, AuthenticationFailed, None, None),
        ((403, {"message": "Forbidden", "statusCode": 403}), AuthenticationFailed, None, None),
        (refusal("TRANSFER_UNDER_MINIMUM"), InvalidRequest, "TRANSFER_UNDER_MINIMUM", "money.amount"),
        (refusal("TRANSFER_EXCEEDS_LIMIT"), InvalidRequest, "TRANSFER_EXCEEDS_LIMIT", "money.amount"),
        (refusal("MESSAGE_LENGTH_INVALID"), InvalidRequest, "MESSAGE_LENGTH_INVALID", "description"),
        (refusal("SOMETHING_NEW"), InvalidRequest, "SOMETHING_NEW", None),
        (NO_INTENT, NotFound, "PAYMENT_INTENT_NOT_FOUND", None),
        ((404, None), NotFound, None, None),
        (misshapen("amount must be a number conforming to the specified constraints"), InvalidRequest, None,
         "money.amount"),
        (misshapen("currency_code must be longer than or equal to 3 characters"), InvalidRequest, None,
         "money.currency"),
        (misshapen("success_url must be a URL address"), InvalidRequest, None, "return_url"),
        (misshapen("expiry must be a future date"), InvalidRequest, None, "settings.expires_after_minutes"),
        (misshapen("property colour should not exist"), InvalidRequest, None, None),
        ((429, None), RateLimited, None, None),
        (BROKEN, OutcomeUnknown, None, None),
        ((502, None), OutcomeUnknown, None, None),
        ((503, None), Unavailable, None, None),
    ],
)  # fmt: skip
async def test_a_refused_payment_says_what_is_certain(
    answer: Any, kind: type[ProviderError], code: str | None, field: str | None
) -> None:
    with pytest.raises(ProviderError) as raised:
        await ziina(Wire(answer)).create_payment(a_checkout())
    error = raised.value
    assert type(error) is kind
    assert (error.provider_code, getattr(error, "field", None)) == (code, field)
    assert error.message


async def test_all_texts_of_a_refusal_are_shown() -> None:
    with pytest.raises(InvalidRequest) as raised:
        await ziina(Wire(misshapen("amount is wrong", "test is wrong"))).create_payment(a_checkout())
    assert raised.value.message == "amount is wrong; test is wrong"


async def test_what_is_not_there_is_not_found_although_ziina_answers_400() -> None:
    for call in ("get_payment", "get_refund"):
        with pytest.raises(NotFound):
            await getattr(ziina(Wire(NO_INTENT)), call)(INTENT)


@pytest.mark.parametrize("answer", [BROKEN, (502, None), httpx.Response(200, text="<html>"), httpx.ReadTimeout("slow")])
async def test_a_failed_read_did_nothing(answer: Any) -> None:
    for call in ("get_payment", "get_refund"):
        with pytest.raises(Unavailable):
            await getattr(ziina(Wire(answer)), call)(INTENT)


async def test_a_limit_says_how_long_to_wait_if_it_does() -> None:
    with pytest.raises(RateLimited) as limited:
        await ziina(Wire(httpx.Response(429, headers={"Retry-After": "7"}))).get_payment(INTENT)
    assert limited.value.retry_after == 7.0


async def test_a_token_that_is_echoed_is_not_shown() -> None:
    with pytest.raises(ProviderError) as raised:
        await ziina(Wire(refusal("BAD", f"bad token {TOKEN}"))).create_payment(a_checkout())
    assert TOKEN not in raised.value.message


async def test_a_refused_refund_that_was_never_made_is_refused() -> None:
    request = a_refund(INTENT, money=Money.of("10.50", "AED"))
    for absent in (NO_REFUND, misshapen("id is not known")):
        wire = Wire(refusal("TRANSFER_EXCEEDS_LIMIT", "Too much."), absent)
        with pytest.raises(InvalidRequest, match="Too much") as refused:
            await ziina(wire).refund_payment(request)
        assert (refused.value.field, refused.value.operation) == ("money.amount", "refund_payment")
        assert wire.lines == ["POST /api/refund", f"GET /api/refund/{request.refund_id}"]


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda s: st.lists(s) | st.dictionaries(
    st.sampled_from(["message", "code", "statusCode", "x"]), s), max_leaves=12))  # fmt: skip
def test_no_body_breaks_the_reading_of_a_fault(body: Any) -> None:
    fault = read_fault(body, 400)
    assert isinstance(fault.message, str)
    assert fault.message
    assert fault.field is None or isinstance(fault.field, str)


async def test_health_tells_wrong_tokens_from_a_provider_that_is_down() -> None:
    wire = Wire(ACCOUNT)
    assert (await ziina(wire).check_health()).ok
    assert wire.lines == ["GET /api/account"]
    assert (await ziina(Wire(UNAUTHORIZED)).check_health()).code == "authentication_failed"
    assert (await ziina(Wire(BROKEN)).check_health()).code == "unavailable"
    assert (await ziina(Wire({})).check_health()).code == "unavailable"


@pytest.mark.parametrize(
    ("status", "ok"),
    [("active", True), ("restrictedTransfer", True), ("onboarding", False), ("locked", False), ("deleted", False)],
)
async def test_health_tells_an_account_that_cannot_take_payments(status: str, ok: bool) -> None:
    report = await ziina(Wire({**ACCOUNT, "status": status})).check_health()
    assert (report.ok, status in report.detail) == (ok, not ok)
