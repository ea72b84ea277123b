"""What an endpoint lets in: from where, how fast, which events; and what its owner sees of the rest."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import httpx
import pytest
from psycopg.types.json import Jsonb

from tests.support.webhooks import Database, Receiver, an_event, an_intent
from tests.webhooks.nowhere import TOKEN, Nowhere, ask
from workers.networks import parse_networks
from workers.operations.jobs import Done
from workers.store.ingress import PostgresIngress
from workers.store.pool import Pool
from workers.transport.rate_limit import Grant
from workers.vault.credentials import CredentialVault
from workers.webhooks.ingress import PATH_PREFIX, Ingress
from workers.webhooks.process import WebhookProcessor
from workers.webhooks.rates import EndpointRates
from workers.webhooks.server import open_ingress

REQUESTS = "webhook_requests?endpoint_id=eq.{}&order=received_at,id"


async def deliver(client: httpx.AsyncClient, receiver: Receiver, **headers: str) -> httpx.Response:
    """A new event, rightly signed."""
    body = an_event("payment_intent.succeeded", an_intent())
    return await client.post(receiver.path, content=body, headers=receiver.headers(body) | headers)


async def shown(receiver: Receiver, ingress: Ingress) -> list[dict[str, Any]]:
    """What the owner sees of requests that became no event."""
    await ingress.flush_counts()
    return await receiver.rows(REQUESTS.format(receiver.endpoint["id"]))


# From where.


@pytest.fixture
async def proxied(pool: Pool, vault: CredentialVault) -> AsyncIterator[httpx.AsyncClient]:
    """A client whose requests come through a trusted proxy."""
    proxies = parse_networks("127.0.0.0/8")
    async with open_ingress(pool, vault, remember_seconds=0, trusted_proxies=proxies) as app:
        transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://ingress") as client:
            yield client


async def test_only_allowed_networks_are_heard(proxied: httpx.AsyncClient, receiver: Receiver) -> None:
    await receiver.change(allowed_networks=["203.0.113.0/24", "2001:db8::/32"])
    for caller, status in {
        "203.0.113.9": 200,
        "2001:db8::9": 200,
        "::ffff:203.0.113.10": 200,
        "203.0.114.9": 403,
        "203.0.113.9, 198.51.100.1": 403,
        "nobody": 403,
    }.items():
        answer = await deliver(proxied, receiver, **{"x-forwarded-for": caller})
        assert (caller, answer.status_code) == (caller, status)
    assert (await proxied.head(receiver.path)).status_code == 403
    assert [event["source_address"] for event in await receiver.events()] == [
        "203.0.113.9",
        "2001:db8::9",
        "203.0.113.10",
    ]


async def test_without_a_trusted_proxy_nobody_says_where_they_are(
    client: httpx.AsyncClient, ingress: Ingress, receiver: Receiver
) -> None:
    await receiver.change(allowed_networks=["203.0.113.0/24"])
    assert (await deliver(client, receiver, **{"x-forwarded-for": "203.0.113.9"})).status_code == 403
    (request,) = await shown(receiver, ingress)
    assert (request["reason"], request["http_status"]) == ("address_not_allowed", 403)
    assert (request["source_address"], request["verified"]) == ("127.0.0.1", None)
    assert (await receiver.counts())["last_refusal"] == "address_not_allowed"


@pytest.mark.parametrize(
    "networks",
    [["203.0.113.7/24"], ["localhost"], [""], [None], ["10.0.0.0/8"] * 201, ["0x7f.0.0.0/8"], ["10"], ["192.168"]],
)
async def test_what_is_no_network_is_refused(receiver: Receiver, networks: list[Any]) -> None:
    path = f"/rest/v1/webhook_endpoints?id=eq.{receiver.endpoint['id']}"
    answer = await receiver.http.patch(path, headers=receiver.owner_headers, json={"allowed_networks": networks})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_network")
    assert answer.json()["details"] == "allowed_networks"


async def test_networks_are_kept_in_one_spelling(receiver: Receiver) -> None:
    await receiver.change(allowed_networks=["10.0.0.0/8", "203.0.113.9", "2001:DB8:0::/32"])
    (row,) = await receiver.rows(f"webhook_endpoints?id=eq.{receiver.endpoint['id']}&select=allowed_networks")
    assert row["allowed_networks"] == ["10.0.0.0/8", "203.0.113.9/32", "2001:db8::/32"]


# How fast.


async def test_what_comes_too_fast_is_put_off_and_not_kept(
    client: httpx.AsyncClient, ingress: Ingress, receiver: Receiver
) -> None:
    await receiver.change(rate_per_second=0.01, rate_burst=3)
    answers = [await deliver(client, receiver) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[3].json()["code"] == "rate_limited"
    assert 1 <= int(answers[3].headers["retry-after"]) <= 100
    assert len(await receiver.events()) == 3
    assert [request["reason"] for request in await shown(receiver, ingress)] == ["rate_limited"] * 2
    await receiver.change(rate_per_second=None)
    assert (await deliver(client, receiver)).status_code == 200


async def test_all_ingress_processes_share_the_rate(pool: Pool, vault: CredentialVault, receiver: Receiver) -> None:
    await receiver.change(rate_per_second=0.01, rate_burst=40)
    async with AsyncExitStack() as life:
        clients = []
        for _ in range(3):
            app = await life.enter_async_context(open_ingress(pool, vault))
            transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
            clients.append(
                await life.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://ingress"))
            )
        answers = await asyncio.gather(*(deliver(clients[number % 3], receiver) for number in range(90)))
    statuses = [answer.status_code for answer in answers]
    assert (statuses.count(200), statuses.count(429)) == (40, 50)


async def test_too_fast_is_told_before_the_body_is_read_and_without_asking_again() -> None:
    nowhere = Nowhere()
    nowhere.row = replace(nowhere.row, rate_limited=True)
    async with nowhere.ingress() as app:
        for _ in range(100):
            unread = [{"type": "http.request", "body": b"", "more_body": True}]
            assert await ask(app, "POST", PATH_PREFIX + TOKEN, b"", [], unread) == 429
            assert len(unread) == 1
    assert nowhere.takes == 1


async def test_endpoints_that_want_tokens_at_once_share_a_round_trip() -> None:
    asked: list[int] = []

    class Store:
        async def take_tokens(self, wanted: Any) -> Any:
            asked.append(len(wanted))
            await asyncio.sleep(0)
            return {endpoint_id: Grant(1, 0.0, 1.0) for endpoint_id in wanted}

    rates = EndpointRates(Store())
    async with rates.running():
        waits = await asyncio.gather(*(rates.admit(uuid.uuid4()) for _ in range(150)))
    assert waits == [0.0] * 150
    assert len(asked) <= 2


async def test_a_limit_that_was_lifted_meanwhile_holds_nobody_up(pool: Pool, receiver: Receiver) -> None:
    endpoint_id = uuid.UUID(receiver.endpoint["id"])
    rates = EndpointRates(PostgresIngress(pool))
    async with rates.running():
        assert await rates.admit(endpoint_id) == 0.0


# Which events.


async def test_ignored_types_are_kept_and_not_acted_on_until_they_are_replayed(
    client: httpx.AsyncClient, receiver: Receiver, processor: WebhookProcessor
) -> None:
    await receiver.change(ignored_event_types=["payment_intent.*"])
    payment = await receiver.payment()
    body = an_event("payment_intent.succeeded", an_intent(metadata={"wasl_payment_id": payment["id"]}))
    assert (await client.post(receiver.path, content=body, headers=receiver.headers(body))).status_code == 200
    event = await receiver.only_event()
    assert (event["status"], event["body_bytes"], await receiver.jobs()) == ("filtered", len(body), [])
    await receiver.call("replay_webhook_events", event_ids=[str(event["id"])])
    assert await receiver.process(processor) == [Done()]
    assert (await receiver.only_event())["status"] == "processed"
    assert (await receiver.payment_now(payment["id"]))["status"] == "captured"


@pytest.mark.parametrize("types", [[""], ["a?"], ["[a]"], ["x" * 201], ["a\nb"], [None], ["a"] * 101])
async def test_what_is_no_pattern_is_refused(receiver: Receiver, types: list[Any]) -> None:
    path = f"/rest/v1/webhook_endpoints?id=eq.{receiver.endpoint['id']}"
    answer = await receiver.http.patch(path, headers=receiver.owner_headers, json={"ignored_event_types": types})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_event_type")
    assert answer.json()["details"] == "ignored_event_types"


# What is seen of the rest.


async def test_refusals_and_repeats_are_shown_without_their_secrets(
    client: httpx.AsyncClient, ingress: Ingress, receiver: Receiver
) -> None:
    body = an_event("x.y", {})
    right = receiver.headers(body)
    forged = receiver.headers(body, secret="whsec_guessed") | {"x-shown": "a secret", "user-agent": "Forger/1.0"}
    for headers in (right, right, forged):
        await client.post(f"{receiver.path}?key=a-secret", content=body, headers=headers)
    await client.post(receiver.path, content=b"x" * 20, headers={"content-length": str(2**21)})
    repeat, forgery, large = await shown(receiver, ingress)
    event = await receiver.only_event()
    assert (repeat["reason"], repeat["http_status"], repeat["verified"]) == ("duplicate", 200, True)
    assert repeat["provider_event_id"] == event["provider_event_id"]
    assert (forgery["reason"], forgery["http_status"], forgery["verified"]) == ("signature_invalid", 401, False)
    assert (forgery["body_bytes"], forgery["method"]) == (len(body), "POST")
    assert forgery["headers"]["user-agent"] == "Forger/1.0"
    assert forgery["headers"]["x-shown"] == forgery["headers"]["stripe-signature"] == "[hidden]"
    assert "secret" not in str({**forgery, "headers": forgery["headers"] | {"x-shown": ""}})
    assert (large["reason"], large["body_bytes"]) == ("body_too_large", 2**21)


async def test_the_newest_five_hundred_are_kept(database: Database, receiver: Receiver) -> None:
    request = {"endpoint_id": receiver.endpoint["id"], "reason": "x", "http_status": 401, "method": "POST"}
    batches = [
        [
            {**request, "headers": {}, "received_at": f"2026-11-23T12:{batch:02}:{second:02}Z"}
            for second in range(60)
            for _ in range(5)
        ]
        for batch in range(3)
    ]
    for batch in batches:
        await database.execute("select private.note_webhook_requests(%s)", [Jsonb(batch)])
    cursor = await database.execute(
        "select count(*) as kept, min(received_at)::text as oldest from public.webhook_requests where endpoint_id = %s",
        [receiver.endpoint["id"]],
    )
    assert await cursor.fetchone() == {"kept": 500, "oldest": "2026-11-23 12:01:20+00"}
