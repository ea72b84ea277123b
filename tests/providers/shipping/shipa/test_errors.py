"""What Shipa's refusals mean, who has to act, and that the key in the address is told to nobody."""

import traceback
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.shipping.shipa.builders import KEY, MADE, NUMBER, entry, existing, now, shipa
from tests.support.carriers.parcels import domestic
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Unavailable,
)
from workers.providers.shipping.shipa.errors import is_refusal, read_fault

A_WHILE_AGO = timedelta(minutes=5)
LOST = httpx.ReadTimeout("no answer")
BAD_KEY = (401, {"fault": {"faultstring": "Invalid ApiKey", "detail": {"errorcode": "oauth.v2.InvalidApiKey"}}})
GONE = (404, {"code": 1, "message": "Order not found"})


@pytest.mark.parametrize(
    ("answer", "kind", "code", "field"),
    [
        (BAD_KEY, AuthenticationFailed, "oauth.v2.InvalidApiKey", None),
        ((400, {"message": "customerRef is too long"}), InvalidRequest, None, "shipment_id"),
        ((400, {"message": ["destination.city is unknown", "x"]}), InvalidRequest, None, "recipient.city"),
        ((400, {"message": "origin contactNo is wrong"}), InvalidRequest, None, "sender.phone"),
        ((400, {"code": 5, "info": "packages must not be empty"}), InvalidRequest, "5", "parcels"),
        ((200, {"code": 5, "info": "category is not offered"}), InvalidRequest, "5", "service"),
        ((200, {"fault": {"faultstring": "no"}}), InvalidRequest, None, None),
        ((429, {"fault": {"faultstring": "Spike arrest"}}), RateLimited, None, None),
        ((500, {"message": "Internal"}), OutcomeUnknown, None, None),
        ((503, None), OutcomeUnknown, None, None),
        (httpx.Response(200, text="<html>"), OutcomeUnknown, None, None),
        (LOST, OutcomeUnknown, None, None),
        (httpx.ConnectError("refused"), Unavailable, None, None),
    ],
)
async def test_a_refused_order_says_what_is_certain(
    answer: Any, kind: type[ProviderError], code: str | None, field: str | None
) -> None:
    connector, _ = shipa(answer)
    with pytest.raises(ProviderError) as raised:
        await connector.create_shipment(domestic())
    assert type(raised.value) is kind
    assert (raised.value.provider_code, getattr(raised.value, "field", None)) == (code, field)


async def test_a_lost_order_is_read_by_our_reference() -> None:
    request = domestic()
    connector, wire = shipa({**MADE, "customerRef": request.own_reference})
    found = await connector.find_shipment(request, attempted_at=now())
    assert found is not None
    assert found.tracking_number == NUMBER
    assert wire.lines == [f"GET /v2/orders/{request.own_reference}"]


async def test_there_is_none_when_it_is_not_there_a_minute_later() -> None:
    connector, _ = shipa(GONE, GONE)
    assert await connector.find_shipment(domestic(), attempted_at=now() - A_WHILE_AGO) is None
    with pytest.raises(OutcomeUnknown, match="too soon"):
        await connector.find_shipment(domestic(), attempted_at=now())


@pytest.mark.parametrize(
    "answer",
    [
        LOST,
        (400, {"message": "no"}),
        (404, None),
        (200, {"code": 9, "message": "no"}),
        (500, None),
        [],
        {"shipaRef": 1},
    ],
)
async def test_a_look_that_is_refused_settles_nothing(answer: Any) -> None:
    connector, _ = shipa(answer)
    with pytest.raises(Unavailable):
        await connector.find_shipment(domestic(), attempted_at=now() - A_WHILE_AGO)


async def test_health_is_a_list_of_countries_and_tells_a_wrong_key() -> None:
    connector, wire = shipa([{"code": 0, "isoAlpha3": "ARE"}], BAD_KEY, (503, None))
    assert [(await connector.check_health()).code for _ in range(3)] == ["ok", "authentication_failed", "unavailable"]
    assert set(wire.lines) == {"GET /v2/countries"}


@pytest.mark.parametrize(
    "answer",
    [
        (400, {"message": f"GET /v2/orders?apikey={KEY} failed"}),
        (401, {"fault": {"faultstring": f"no such key: {KEY}"}}),
        httpx.Response(302, headers={"location": f"https://elsewhere.example/?apikey={KEY}"}),
        httpx.ReadError("cut"),
        [entry("x", at=-1)],
    ],
)
async def test_the_key_is_in_no_error(answer: Any) -> None:
    connector, _ = shipa(answer)
    with pytest.raises(ProviderError) as raised:
        await connector.get_documents(existing(), domestic().label_format)
    shown = "".join(traceback.format_exception(raised.value))
    assert KEY not in f"{shown} {raised.value!r} {raised.value.as_dict()}"
    assert KEY not in repr(connector.credentials)


NAMES = ["fault", "faultstring", "detail", "errorcode", "message", "info", "code", "error"]
LEAVES = st.none() | st.booleans() | st.integers() | st.text()


@given(st.recursive(LEAVES, lambda each: st.lists(each) | st.dictionaries(st.sampled_from(NAMES), each), max_leaves=12))
def test_any_body_is_a_fault_with_a_text(body: Any) -> None:
    assert read_fault(body, 400).message
    assert is_refusal(body) in (True, False)
