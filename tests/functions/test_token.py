"""The token endpoint trades an API key for a token that may exactly what the key may, for as long as the key may it."""

import base64
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import jwt
import pytest

from stack import Stack
from tests.support.webhooks import Receiver

Trade = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
async def machine(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    """Some server with nothing but an API key."""
    async with httpx.AsyncClient(base_url=stack.url, timeout=30) as machine:
        yield machine


@pytest.fixture
def trade(machine: httpx.AsyncClient) -> Trade:
    """Asks the token endpoint, with a form unless told otherwise."""

    async def ask(api_key: str | None = None, **options: Any) -> httpx.Response:
        if api_key is not None:
            options["data"] = {"grant_type": "client_credentials", "client_secret": api_key}
        return await machine.post("/functions/v1/token", **options)

    return ask


async def new_key(receiver: Receiver, *scopes: str, **options: Any) -> dict[str, Any]:
    """An API key of the receiver's organization."""
    key: dict[str, Any] = await receiver.call(
        "create_api_key", organization_id=receiver.organization_id, name="Key", scopes=scopes, **options
    )
    return key


def basic(password: str, user: str = "") -> dict[str, str]:
    """The header of HTTP Basic."""
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


async def test_a_key_is_traded_for_a_token(stack: Stack, receiver: Receiver, trade: Trade) -> None:
    key = await new_key(receiver, "payments:read", "webhooks:*")
    answer = await trade(key["api_key"])
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    granted = answer.json()
    assert granted.keys() == {"access_token", "token_type", "expires_in", "scope"}
    assert (granted["token_type"], granted["expires_in"]) == ("bearer", 900)
    assert granted["scope"] == "payments:read webhooks:*"
    claims = jwt.decode(
        granted["access_token"],
        jwt.PyJWKSet.from_dict(stack.jwks)[jwt.get_unverified_header(granted["access_token"])["kid"]],
        algorithms=["ES256"],
        audience="authenticated",
        issuer=f"{stack.url}/auth/v1",
    )
    assert (claims["role"], claims["sub"], claims["api_key_id"]) == ("authenticated", key["id"], key["id"])
    assert (claims["organization_id"], claims["scope"]) == (receiver.organization_id, granted["scope"])
    assert claims["exp"] - claims["iat"] == 900


@pytest.mark.parametrize("way", ["form", "json", "basic", "basic with a client_id"])
async def test_the_key_may_come_in_any_usual_way(receiver: Receiver, trade: Trade, way: str) -> None:
    key = (await new_key(receiver, "*"))["api_key"]
    fields = {"grant_type": "client_credentials", "client_id": "anything", "scope": "payments:read"}
    options: dict[str, Any] = {
        "form": {"data": {**fields, "client_secret": key}},
        "json": {"json": {**fields, "client_secret": key}},
        "basic": {"data": fields, "headers": basic(key)},
        "basic with a client_id": {"data": fields, "headers": basic(key, "my-app")},
    }[way]
    answer = await trade(**options)
    assert answer.status_code == 200, answer.text
    assert answer.json()["scope"] == "*"


async def test_the_token_sees_its_organization_within_its_scopes(
    machine: httpx.AsyncClient, stack: Stack, receiver: Receiver, other_receiver: Receiver, trade: Trade
) -> None:
    payment = await receiver.payment()
    await other_receiver.payment()
    granted = (await trade((await new_key(receiver, "payments:read"))["api_key"])).json()
    headers = {"apikey": stack.publishable_key, "Authorization": f"Bearer {granted['access_token']}"}
    payments = await machine.get("/rest/v1/payments?select=id", headers=headers)
    assert payments.json() == [{"id": payment["id"]}]
    endpoints = await machine.get("/rest/v1/webhook_endpoints?select=id", headers=headers)
    assert endpoints.json() == []  # its scopes do not say webhooks:read
    refused = await machine.post(
        "/rest/v1/rpc/create_webhook_endpoint", headers=headers, json={"connection_id": receiver.connection["id"]}
    )
    assert refused.status_code in (403, 404)


async def test_a_revoked_keys_token_ends_with_it(
    machine: httpx.AsyncClient, stack: Stack, receiver: Receiver, trade: Trade
) -> None:
    payment = await receiver.payment()
    key = await new_key(receiver, "*")
    granted = (await trade(key["api_key"])).json()
    headers = {"apikey": stack.publishable_key, "Authorization": f"Bearer {granted['access_token']}"}
    assert (await machine.get("/rest/v1/payments?select=id", headers=headers)).json() == [{"id": payment["id"]}]
    await receiver.call("revoke_api_key", api_key_id=key["id"])
    answer = await machine.get("/rest/v1/payments?select=id", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_api_key")
    assert (await trade(key["api_key"])).status_code == 401


async def test_a_token_does_not_outlive_its_key(receiver: Receiver, trade: Trade) -> None:
    ends = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 60))
    granted = (await trade((await new_key(receiver, "*", expires_at=ends))["api_key"])).json()
    assert 50 <= granted["expires_in"] <= 60


async def test_bad_keys_are_told_apart_by_nobody(receiver: Receiver, trade: Trade) -> None:
    expired, revoked = await new_key(receiver, "*"), await new_key(receiver, "*")
    await receiver.database.execute(
        "update public.api_keys set expires_at = now() - interval '1 second' where id = %s", [expired["id"]]
    )
    await receiver.call("revoke_api_key", api_key_id=revoked["id"])
    unknown = "wasl_" + uuid.uuid4().hex + "A" * 11
    bad = [expired["api_key"], revoked["api_key"], unknown, unknown + "A", "wasl_", "x' or true --", "وصل", "\x00"]
    answers = [await trade(key) for key in bad]
    fields = {"grant_type": "client_credentials"}
    answers += [await trade(data=fields, headers=basic(key)) for key in (unknown, "")]
    answers += [await trade(data=fields, headers={"Authorization": f"Basic {text}"}) for text in ("%", "abc", "=")]
    assert {(answer.status_code, answer.content) for answer in answers} == {(401, answers[0].content)}
    assert answers[0].json()["error"] == "invalid_client"
    assert answers[0].headers["www-authenticate"].startswith("Basic")


@pytest.mark.parametrize(
    ("options", "status", "error", "named"),
    [
        ({"data": {"grant_type": "password", "client_secret": "k"}}, 400, "unsupported_grant_type", "grant_type"),
        ({"data": {"client_secret": "k"}}, 400, "invalid_request", "grant_type"),
        ({"data": {"grant_type": "client_credentials"}}, 400, "invalid_request", "client_secret"),
        ({"data": {"grant_type": "client_credentials", "client_secret": ""}}, 400, "invalid_request", "client_secret"),
        ({"json": {"grant_type": "client_credentials", "client_secret": 5}}, 400, "invalid_request", "client_secret"),
        ({"json": ["client_credentials"]}, 400, "invalid_request", "JSON object"),
        ({"content": b"{", "headers": {"content-type": "application/json"}}, 400, "invalid_request", "JSON object"),
        ({"content": b"\xff", "headers": {"content-type": "application/json"}}, 400, "invalid_request", "JSON object"),
        ({"content": b"a", "headers": {"content-type": "text/plain"}}, 400, "invalid_request", "application/json"),
        ({"content": b"a"}, 400, "invalid_request", "application/json"),
        ({"data": {"grant_type": ["client_credentials"] * 2}}, 400, "invalid_request", "twice"),
        ({"data": {"grant_type": "client_credentials", "x": "y" * 9000}}, 413, "invalid_request", "too large"),
        (
            {"data": {"grant_type": "client_credentials", "client_secret": "k"}, "headers": basic("k")},
            400,
            "invalid_request",
            "not both",
        ),
    ],
)
async def test_bad_input_is_named(trade: Trade, options: dict[str, Any], status: int, error: str, named: str) -> None:
    answer = await trade(**options)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert named in answer.json()["error_description"]
    assert answer.headers["cache-control"] == "no-store"


async def test_only_post_is_allowed(machine: httpx.AsyncClient) -> None:
    answer = await machine.get("/functions/v1/token?grant_type=client_credentials")
    assert (answer.status_code, answer.headers["allow"], answer.json()["error"]) == (405, "POST", "invalid_request")
