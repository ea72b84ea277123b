"""What MyDHL's refusals mean, and who has to act."""

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.shipping.dhl_express.builders import Wire, dhl, refusal
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
from workers.providers.shipping.dhl_express.errors import read_fault

INVALID = "#/customerDetails/receiverDetails/postalAddress: required key [postalCode] not found"
ACCOUNT = "The account number is not found or invalid. Please check the account number and retry."


@pytest.mark.parametrize(
    ("answer", "kind", "code", "field"),
    [
        (refusal("Invalid credentials", 401), AuthenticationFailed, None, None),
        (refusal(ACCOUNT), AuthenticationFailed, None, None),
        (refusal("8003: Account not allowed for this service."), AuthenticationFailed, "8003", None),
        (refusal(INVALID, 422), InvalidRequest, None, "recipient.postal_code"),
        (refusal("#/content: required key [incoterm] not found", 422), InvalidRequest, None, "customs.incoterm"),
        (refusal("#/content/packages/0: extraneous key [x] is not permitted", 422), InvalidRequest, None, "parcels"),
        (refusal("#/customerDetails/shipperDetails: bad", 422), InvalidRequest, None, "sender"),
        (refusal("998: ShipTimeStamp is not well formatted."), InvalidRequest, "998", "ships_at"),
        (refusal("7008: The requested Special Service Code 'xx' is not available"), InvalidRequest, "7008", None),
        (refusal("nothing there", 404), NotFound, None, None),
        (refusal("", 429), RateLimited, None, None),
        (refusal("999: Process failure occurred.", 500), OutcomeUnknown, "999", None),
        (refusal("", 503), OutcomeUnknown, None, None),
        (httpx.Response(502, text="<html>"), OutcomeUnknown, None, None),
    ],
    ids=lambda value: "" if isinstance(value, tuple | httpx.Response) else None,
)
async def test_a_refusal_says_what_is_wrong(
    answer: Any, kind: type[ProviderError], code: str | None, field: str | None
) -> None:
    with pytest.raises(ProviderError) as raised:
        await dhl(Wire(answer)).create_shipment(domestic())
    assert type(raised.value) is kind
    assert raised.value.provider_code == code
    assert getattr(raised.value, "field", None) == field


async def test_the_words_are_dhls_own() -> None:
    with pytest.raises(InvalidRequest, match="7008: no; PLT is missing"):
        await dhl(Wire(refusal("7008: no", additionalDetails=["PLT is missing"]))).create_shipment(domestic())


async def test_a_question_that_fails_is_only_not_answered_now() -> None:
    for answer in (refusal("999: Process failure", 500), httpx.ReadTimeout("no answer")):
        with pytest.raises(Unavailable):
            await dhl(Wire(answer)).get_rates(question(domestic()))


async def test_how_long_to_wait_is_told() -> None:
    with pytest.raises(RateLimited) as raised:
        await dhl(Wire(httpx.Response(429, headers={"retry-after": "7"}))).create_shipment(domestic())
    assert raised.value.retry_after == 7


@given(st.recursive(st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(
    st.sampled_from(["detail", "title", "message", "additionalDetails"]), inner), max_leaves=8))  # fmt: skip
def test_no_body_breaks_the_reading_of_an_error(body: Any) -> None:
    assert read_fault(body, 400).message


@pytest.mark.parametrize(
    ("answer", "ok", "code"),
    [
        ({"address": []}, True, "ok"),
        (refusal("Invalid credentials", 401), False, "authentication_failed"),
        (refusal("", 429), False, "rate_limited"),
        (refusal("999: Process failure", 500), False, "unavailable"),
        (httpx.ConnectError("refused"), False, "unavailable"),
    ],
    ids=["good", "wrong keys", "too many", "out of order", "away"],
)
async def test_health_tells_wrong_keys_from_an_outage(answer: Any, ok: bool, code: str) -> None:
    wire = Wire(answer)
    report = await dhl(wire).check_health()
    assert (report.ok, report.code) == (ok, code)
    assert wire.lines == ["GET /address-validate"]
