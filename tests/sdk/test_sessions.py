"""Who the client is at the hub: an API key, a user, a given token, nobody."""

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest
from wasl import AsyncWasl, AuthenticationError, Conflict, ConnectionFailed, InvalidRequest, Wasl

from tests.support.hubs import AnyHub, FakeHub, done
from tests.support.sdk_rows import payment_row

NewClient = Callable[..., AnyHub]
API_KEY = "wasl_abcdefghijklmnopqrstuvwxyz"
EXPIRED = httpx.Response(401, json={"code": "PGRST301", "message": "JWT expired"})


def token_answer(token: str, seconds: int = 900) -> httpx.Response:
    return httpx.Response(200, json={"access_token": token, "token_type": "Bearer", "expires_in": seconds})


def session_answer(token: str, refresh_token: str, seconds: int = 3600) -> httpx.Response:
    user = {
        "id": str(uuid4()), "aud": "authenticated", "app_metadata": {}, "user_metadata": {},
        "created_at": "2026-11-23T20:00:00Z",
    }  # fmt: skip
    facts = {"access_token": token, "refresh_token": refresh_token, "expires_in": seconds, "token_type": "bearer"}
    return httpx.Response(200, json=facts | {"user": user})


def bearers(server: FakeHub) -> list[str]:
    """The tokens of the requests to the Data API."""
    return [
        request.headers["authorization"].removeprefix("Bearer ")
        for request in server.requests
        if request.url.path.startswith("/rest/")
    ]


async def read(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer([payment_row()])
    await done(hub.payments.get(uuid4()))


async def test_nobody_is_told_to_sign_in(new_client: NewClient) -> None:
    with pytest.raises(AuthenticationError, match="Nobody is signed in") as error:
        await done(new_client().payments.get(uuid4()))
    assert (error.value.code, error.value.status) == ("not_signed_in", None)


async def test_an_api_key_is_traded_for_a_token_once(new_client: NewClient, server: FakeHub) -> None:
    hub = new_client(api_key=API_KEY)
    server.will(token_answer("t1"))
    await read(hub, server)
    await read(hub, server)
    asked = server.requests[0]
    assert asked.url == "https://hub.example/functions/v1/token"
    assert asked.content == f"grant_type=client_credentials&client_secret={API_KEY}".encode()
    assert "authorization" not in asked.headers
    assert bearers(server) == ["t1", "t1"]


async def test_a_token_is_renewed_before_it_expires(
    new_client: NewClient, server: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("wasl._tokens.monotonic", lambda: now)
    hub = new_client(api_key=API_KEY)
    server.will(token_answer("t1", 900))
    await read(hub, server)
    now += 869
    await read(hub, server)
    now += 2
    server.will(token_answer("t2", 900))
    await read(hub, server)
    assert bearers(server) == ["t1", "t1", "t2"]


async def test_a_token_that_the_hub_refuses_is_renewed_once(new_client: NewClient, server: FakeHub) -> None:
    hub = new_client(api_key=API_KEY)
    server.will(token_answer("t1"), EXPIRED, token_answer("t2"))
    await read(hub, server)
    assert bearers(server) == ["t1", "t2"]
    server.will(EXPIRED, token_answer("t3"), EXPIRED)
    with pytest.raises(AuthenticationError, match="JWT expired"):
        await done(hub.payments.get(uuid4()))


async def test_an_api_key_that_is_not_accepted_is_told_once(new_client: NewClient, server: FakeHub) -> None:
    hub = new_client(api_key=API_KEY)
    server.will_answer({"error": "invalid_client", "error_description": "The API key is unknown."}, 401)
    with pytest.raises(AuthenticationError, match="The API key is unknown") as error:
        await done(hub.payments.get(uuid4()))
    assert error.value.code == "invalid_client"
    assert API_KEY not in str(error.value) + repr(error.value) + repr(hub)


async def test_a_payment_that_found_no_token_was_not_sent(new_client: NewClient, server: FakeHub) -> None:
    hub = new_client(api_key=API_KEY)
    server.will(*[httpx.ReadTimeout("slow")] * 4)
    with pytest.raises(ConnectionFailed) as error:
        await done(hub.connections.create("stripe"))
    assert error.value.code == "not_sent"


async def test_many_calls_at_once_renew_one_token(server: FakeHub) -> None:
    async def handle(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0.01)
        return server.handle(request)

    server.will(token_answer("t1"))
    for _ in range(20):
        server.will_answer([payment_row()])
    async with AsyncWasl("http://hub", "k", api_key=API_KEY, transport=httpx.MockTransport(handle)) as hub:
        await asyncio.gather(*[hub.payments.get(uuid4()) for _ in range(20)])
    assert bearers(server) == ["t1"] * 20


def test_many_threads_renew_one_token(server: FakeHub) -> None:
    server.will(token_answer("t1"))
    for _ in range(20):
        server.will_answer([payment_row()])
    with (
        Wasl("http://hub", "k", api_key=API_KEY, transport=httpx.MockTransport(server.handle)) as hub,
        ThreadPoolExecutor(8) as threads,
    ):
        assert len([*threads.map(lambda _: hub.payments.get(uuid4()), range(20))]) == 20
    assert bearers(server) == ["t1"] * 20


async def test_a_user_signs_in_and_the_session_renews_itself(new_client: NewClient, server: FakeHub) -> None:
    hub = new_client()
    server.will(session_answer("t1", "r1"))
    await done(hub.sign_in("a@example.com", "correct-horse"))
    assert server.last.url == "https://hub.example/auth/v1/token?grant_type=password"
    assert server.last.headers["apikey"] == "sb_publishable_x"
    await read(hub, server)
    server.will(EXPIRED, session_answer("t2", "r2"))
    await read(hub, server)
    server.will(EXPIRED, session_answer("t3", "r3"))
    await read(hub, server)
    assert bearers(server) == ["t1", "t1", "t2", "t2", "t3"]
    renewals = [r for r in server.requests if r.url.params.get("grant_type") == "refresh_token"]
    assert [json.loads(request.content) for request in renewals] == [{"refresh_token": "r1"}, {"refresh_token": "r2"}]


async def test_a_session_that_is_over_says_so(new_client: NewClient, server: FakeHub) -> None:
    hub = new_client()
    server.will(session_answer("t1", "r1"))
    await done(hub.sign_in("a@example.com", "correct-horse"))
    server.will(EXPIRED)
    server.will_answer({"code": 400, "error_code": "refresh_token_not_found", "msg": "Invalid Refresh Token"}, 400)
    with pytest.raises(AuthenticationError, match="Sign in again") as error:
        await done(hub.payments.get(uuid4()))
    assert error.value.code == "refresh_token_not_found"


async def test_somebody_who_signs_out_is_nobody(new_client: NewClient, server: FakeHub) -> None:
    hub = new_client()
    server.will(session_answer("t1", "r1"))
    await done(hub.sign_in("a@example.com", "correct-horse"))
    server.will(httpx.Response(204))
    await done(hub.sign_out())
    assert server.last.url == "https://hub.example/auth/v1/logout?scope=local"
    assert server.last.headers["authorization"] == "Bearer t1"
    with pytest.raises(AuthenticationError, match="Nobody is signed in"):
        await done(hub.payments.get(uuid4()))


@pytest.mark.parametrize(
    ("call", "status", "body", "expected", "field"),
    [
        ("sign_in", 400, {"error_code": "invalid_credentials", "msg": "Invalid login"}, AuthenticationError, None),
        ("sign_in", 400, {"error_code": "email_not_confirmed", "msg": "Not confirmed"}, AuthenticationError, None),
        ("sign_up", 422, {"error_code": "user_already_exists", "msg": "Registered"}, Conflict, "email"),
        ("sign_up", 422, {"error_code": "weak_password", "weak_password": {}}, InvalidRequest, "password"),
    ],
)  # fmt: skip
async def test_a_refusal_of_auth_is_one_of_ours(
    new_client: NewClient, server: FakeHub, call: str, status: int, body: Any, expected: type, field: str | None
) -> None:
    hub = new_client()
    server.will_answer({"code": status} | body, status)
    with pytest.raises(expected) as error:
        await done(getattr(hub, call)("a@example.com", "correct-horse"))
    assert error.value.field == field
    assert "correct-horse" not in repr(error.value)


async def test_auth_that_gives_no_answer_is_a_failed_connection(new_client: NewClient, server: FakeHub) -> None:
    server.will(httpx.ConnectError("refused"))
    with pytest.raises(ConnectionFailed):
        await done(new_client().sign_in("a@example.com", "correct-horse"))


async def test_a_new_user_who_must_confirm_is_told_so(new_client: NewClient, server: FakeHub) -> None:
    user = json.loads(session_answer("t", "r").content)["user"]
    server.will_answer(user)
    with pytest.raises(AuthenticationError, match="confirmed first") as error:
        await done(new_client().sign_up("a@example.com", "correct-horse"))
    assert error.value.field == "email"


@pytest.mark.parametrize("url", ["hub.example", "ftp://hub.example", "https://", "https://hub.example/?x=1"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"^url must be"):
        Wasl(url, "k")


@pytest.mark.parametrize("api_key", ["", "sk_test_1234567890"])
def test_an_api_key_that_is_none_is_refused_without_repeating_it(api_key: str) -> None:
    with pytest.raises(ValueError, match="api_key must be") as error:
        Wasl("http://hub", "k", api_key=api_key)
    assert "1234567890" not in str(error.value)


def test_a_client_is_one_or_the_other() -> None:
    with pytest.raises(ValueError, match="not both"):
        Wasl("http://hub", "k", api_key=API_KEY, access_token="t")


def test_no_secret_shows() -> None:
    hub = Wasl("http://hub/", "sb_publishable_key", api_key=API_KEY)
    assert repr(hub) == "Wasl('http://hub')"
