"""Keys and tokens: one token for all calls, another pair for tracking, and what health tells of them."""

import asyncio
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from tests.providers.shipping.fedex.wire import CLIENT_ID, CLIENT_SECRET, Wire, bought, existing, fedex, refusal, scan
from tests.providers.shipping.fedex.wire import tracked as answer_about
from tests.support.carriers.parcels import domestic
from workers.providers.errors import AuthenticationFailed, InvalidRequest, RateLimited
from workers.providers.registry import open_connector

TRACKING = {"track_client_id": "l7trackingproject", "track_client_secret": "tracking-secret"}
RATES: dict[str, Any] = {"output": {"rateReplyDetails": []}}


def sent(request: httpx.Request) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(request.content.decode()).items()}


async def test_a_hundred_calls_at_once_share_one_token() -> None:
    wire = Wire(*(answer_about(scan("PU")) for _ in range(100)))
    connector = fedex(wire)
    await asyncio.gather(*(connector.track_shipments([existing()]) for _ in range(100)))
    assert len(wire.exchanges) == 1
    assert sent(wire.exchanges[0]) == {
        "grant_type": "client_credentials",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
    }
    assert {request.headers["Authorization"] for request in wire.requests} == {"Bearer token-1"}


async def test_a_refused_token_is_renewed_once_even_for_a_purchase() -> None:
    expired = httpx.Response(401, json=refusal("NOT.AUTHORIZED.ERROR"))
    wire = Wire(expired, bought())
    await fedex(wire).create_shipment(domestic())
    assert [request.headers["Authorization"] for request in wire.requests] == ["Bearer token-1", "Bearer token-2"]


async def test_and_not_twice() -> None:
    wire = Wire(*(httpx.Response(401, json={"error_description": "Invalid CXS JWT"}) for _ in range(3)))
    with pytest.raises(AuthenticationFailed, match="Invalid CXS JWT"):
        await fedex(wire).create_shipment(domestic())
    assert len(wire.requests) == 2


async def test_tracking_may_have_keys_of_its_own() -> None:
    wire = Wire(bought(), answer_about(scan("PU")), bought())
    connector = fedex(wire, TRACKING)
    await connector.create_shipment(domestic())
    await connector.track_shipments([existing()])
    await connector.create_shipment(domestic())
    assert [sent(request)["client_id"] for request in wire.exchanges] == [CLIENT_ID, "l7trackingproject"]
    assert [request.headers["Authorization"] for request in wire.requests] == [
        "Bearer token-1",
        "Bearer token-2",
        "Bearer token-1",
    ]


@pytest.mark.parametrize("name", list(TRACKING))
async def test_but_not_half_of_them(name: str) -> None:
    with pytest.raises(InvalidRequest, match="go together"):
        fedex(Wire(), {name: TRACKING[name]})


@pytest.mark.parametrize("number", ["", "12345678", "1234567890", "70000000A"])
async def test_an_account_number_has_nine_digits(number: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        fedex(Wire(), account_number=number)
    assert raised.value.field == "settings.account_number"


async def test_a_key_that_is_none_is_refused_without_repeating_it() -> None:
    with pytest.raises(InvalidRequest) as raised:
        open_connector(
            "fedex",
            credentials={"client_id": CLIENT_ID, "client_secret": "with spaces in it"},
            settings={"account_number": "700000001"},
        )
    assert raised.value.field == "credentials.client_secret"
    assert "with spaces" not in str(raised.value)


@pytest.mark.parametrize("status", [400, 401, 404])
async def test_wrong_keys_are_the_operators_to_mend(status: int) -> None:
    wire = Wire()
    wire.token_answer = httpx.Response(status, json=refusal("NOT.AUTHORIZED.ERROR"))
    with pytest.raises(AuthenticationFailed):
        await fedex(wire).create_shipment(domestic())
    assert wire.requests == []


async def test_a_throttled_token_endpoint_is_a_limit_of_ten_minutes() -> None:
    wire = Wire()
    wire.token_answer = httpx.Response(403, text="<html>Forbidden</html>")
    with pytest.raises(RateLimited) as raised:
        await fedex(wire).create_shipment(domestic())
    assert raised.value.retry_after == 600


async def test_a_token_of_another_shape_is_no_usable_answer() -> None:
    wire = Wire()
    wire.token_answer = httpx.Response(200, json={"token": "x"})
    report = await fedex(wire).check_health()
    assert (report.ok, report.code) == (False, "unavailable")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (RATES, "ok"),
        (httpx.Response(400, json=refusal("SERVICETYPE.NOT.ALLOWED")), "ok"),
        (httpx.Response(400, json=refusal("ACCOUNT.NUMBER.MISMATCH")), "authentication_failed"),
        (httpx.Response(403, json=refusal("FORBIDDEN.ERROR")), "authentication_failed"),
        (httpx.Response(429, json={}), "rate_limited"),
        (httpx.Response(503, json={}), "unavailable"),
    ],
    ids=["fine", "odd question", "wrong account", "no rates in the project", "limited", "down"],
)
async def test_health_proves_keys_and_account(answer: Any, code: str) -> None:
    report = await fedex(Wire(answer)).check_health()
    assert (report.ok, report.code) == (code == "ok", code)


async def test_health_proves_both_pairs_of_keys() -> None:
    wire = Wire(RATES)
    assert (await fedex(wire, TRACKING).check_health()).ok
    assert sorted(sent(request)["client_id"] for request in wire.exchanges) == sorted([CLIENT_ID, "l7trackingproject"])


async def test_the_two_environments_have_addresses_of_their_own() -> None:
    for environment, host in (("sandbox", "apis-sandbox.fedex.com"), ("live", "apis.fedex.com")):
        wire = Wire(RATES)
        await fedex(wire, environment=environment).check_health()
        assert {request.url.host for request in (*wire.exchanges, *wire.requests)} == {host}
