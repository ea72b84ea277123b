"""The function `webhooks` keeps the exact bytes, believes nothing, and answers as the Python ingress does."""

import base64
import json
from collections import Counter
from collections.abc import AsyncIterator

import httpx
import pytest

from stack import Stack
from tests.support.webhooks import Receiver, an_event, an_intent, unique
from workers.operations.jobs import Done
from workers.webhooks.ingress import Ingress
from workers.webhooks.process import WebhookProcessor

BODIES = {
    "pretty JSON with odd spacing": b'{\n  "id" :"evt_1","type":\t"x.y" ,\r\n "n": 1.50 }\n\n',
    "bytes that are no UTF-8": bytes(range(256)) * 300,
    "nothing": b"",
}


@pytest.fixture
async def sender(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    """A provider: it has no key of ours."""
    async with httpx.AsyncClient(base_url=stack.url, timeout=30) as sender:
        yield sender


async def post_new(door: httpx.AsyncClient, receiver: Receiver, **subject: str) -> httpx.Response:
    """A new event, rightly signed."""
    body = an_event("x.y", subject)
    return await door.post(receiver.path, content=body, headers=receiver.headers(body))


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
async def test_the_exact_bytes_are_kept(sender: httpx.AsyncClient, receiver: Receiver, body: bytes) -> None:
    answer = await sender.post(f"{receiver.path}?a=1&b=%20", content=body, headers=receiver.headers(body))
    assert (answer.status_code, answer.json()) == (200, {"status": "accepted"})
    event = await receiver.only_event()
    assert event["body"] == body
    assert (event["verified"], event["status"], event["query"]) == (False, "received", "a=1&b=%20")
    assert (event["provider_event_id"], event["event_type"]) == (None, None)


async def test_what_it_keeps_is_verified_and_processed(
    sender: httpx.AsyncClient, receiver: Receiver, processor: WebhookProcessor
) -> None:
    payment = await receiver.payment()
    body = an_event("payment_intent.succeeded", an_intent(metadata={"wasl_payment_id": payment["id"]}))
    await sender.post(receiver.path, content=body, headers=receiver.headers(body))
    await sender.post(receiver.path, content=body, headers=receiver.headers(body))
    await sender.post(receiver.path, content=body, headers=receiver.headers(body, secret="whsec_guessed"))
    assert await receiver.process(processor) == [Done()] * 3
    statuses = {event["status"]: event["verified"] for event in await receiver.events()}
    assert statuses == {"processed": True, "duplicate": True, "refused": False}
    assert (await receiver.payment_now(payment["id"]))["status"] == "captured"


async def test_credentials_in_headers_are_not_kept(sender: httpx.AsyncClient, receiver: Receiver) -> None:
    secrets = {"authorization": "Bearer abc", "cookie": "a=b", "apikey": "key", "proxy-authorization": "Basic abc"}
    body = an_event("x.y", {})
    await sender.post(receiver.path, content=body, headers=receiver.headers(body) | secrets)
    headers = (await receiver.only_event())["headers"]
    assert headers["stripe-signature"].startswith("t=")
    assert not headers.keys() & secrets.keys()


async def test_it_answers_as_the_ingress_does(
    sender: httpx.AsyncClient, client: httpx.AsyncClient, receiver: Receiver
) -> None:
    await receiver.change(max_body_bytes=2048)
    body = an_event("x.y", {"id": unique("x")})
    large = an_event("x.y", {"text": "x" * 2048})
    unknown = receiver.path[:-4] + "AAAA"
    requests = [
        ("POST", receiver.path, body),
        ("POST", unknown, body),
        ("POST", "/functions/v1/webhooks/wh_short", body),
        ("POST", "/functions/v1/webhooks/", body),
        ("POST", receiver.path, large),
        ("PUT", receiver.path, body),
        ("GET", receiver.path, b""),
    ]
    for method, path, content in requests:
        answers = [
            await sender.request(method, path, content=content, headers=receiver.headers(content)),
            await client.request(method, path, content=content, headers=receiver.headers(content)),
        ]
        assert answers[0].status_code == answers[1].status_code, f"{method} {path}"
        assert answers[0].json() == answers[1].json()
    await receiver.change(enabled=False)
    assert (await sender.post(receiver.path, content=body)).status_code == 404


async def test_it_lets_in_what_the_ingress_lets_in(
    sender: httpx.AsyncClient, client: httpx.AsyncClient, receiver: Receiver, other_receiver: Receiver
) -> None:
    doors = {sender: receiver, client: other_receiver}
    told: list[list[httpx.Response]] = []
    for door, at in doors.items():
        await at.change(allowed_networks=["203.0.113.0/24"])
        elsewhere = await post_new(door, at)
        await at.change(allowed_networks=["127.0.0.0/8"], rate_per_second=0.01, rate_burst=2, max_body_bytes=2048)
        large = await post_new(door, at, text="x" * 2048)
        told.append([elsewhere, large, *[await post_new(door, at) for _ in range(3)]])
    by_function, by_ingress = told
    assert [answer.status_code for answer in by_function] == [403, 413, 200, 200, 429]
    for one, other in zip(by_function, by_ingress, strict=True):
        assert (one.status_code, one.json()) == (other.status_code, other.json())
    assert 1 <= int(by_function[-1].headers["retry-after"]) <= 100
    assert [event["source_address"] for event in await receiver.events()] == ["127.0.0.1"] * 2
    counts = await receiver.counts()
    assert (counts["received_count"], counts["refused_count"], counts["last_refusal"]) == (2, 3, "rate_limited")


async def test_what_it_refuses_is_shown_as_the_ingress_shows_it(
    sender: httpx.AsyncClient, client: httpx.AsyncClient, ingress: Ingress, receiver: Receiver, other_receiver: Receiver
) -> None:
    shown = []
    for door, at in {sender: receiver, client: other_receiver}.items():
        await at.change(allowed_networks=["203.0.113.0/24"])
        await post_new(door, at)
        await at.change(allowed_networks=[], max_body_bytes=1024)
        await post_new(door, at, text="x" * 2048)
        await ingress.flush_counts()
        columns = "reason,http_status,verified,method,source_address,headers->stripe-signature,headers->content-type"
        shown.append(
            await at.rows(f"webhook_requests?endpoint_id=eq.{at.endpoint['id']}&select={columns}&order=received_at")
        )
    assert shown[0] == shown[1]
    assert [row["reason"] for row in shown[0]] == ["address_not_allowed", "body_too_large"]
    assert [row["stripe-signature"] for row in shown[0]] == ["[hidden]"] * 2


async def test_a_flood_is_noted_in_part_and_counted_whole(sender: httpx.AsyncClient, receiver: Receiver) -> None:
    await receiver.change(allowed_networks=["203.0.113.0/24"])
    for _ in range(60):
        await post_new(sender, receiver)
    noted = await receiver.rows(f"webhook_requests?endpoint_id=eq.{receiver.endpoint['id']}&select=received_at")
    seconds = Counter(each["received_at"][:19] for each in noted)
    assert 20 <= len(noted) <= 60
    assert max(seconds.values()) <= 40  # 20 in any second, of which two may lie in one on the clock
    assert (await receiver.counts())["refused_count"] == 60


async def test_ignored_types_are_told_after_verification(
    sender: httpx.AsyncClient, receiver: Receiver, processor: WebhookProcessor
) -> None:
    await receiver.change(ignored_event_types=["charge.*"])
    for kind in ("charge.updated", "invoice.paid"):
        body = an_event(kind, {})
        await sender.post(receiver.path, content=body, headers=receiver.headers(body))
    assert await receiver.process(processor) == [Done()] * 2
    statuses = {event["event_type"]: event["status"] for event in await receiver.events()}
    assert statuses == {"charge.updated": "filtered", "invoice.paid": "ignored"}


async def test_other_methods_name_what_is_allowed(sender: httpx.AsyncClient, receiver: Receiver) -> None:
    for method in ("GET", "PUT", "DELETE"):
        answer = await sender.request(method, receiver.path)
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST, OPTIONS")
    options = await sender.options(receiver.path)
    assert (options.status_code, options.content) == (204, b"")


@pytest.mark.parametrize("announced", [True, False])
async def test_more_than_any_endpoint_takes_is_refused(
    sender: httpx.AsyncClient, receiver: Receiver, announced: bool
) -> None:
    body = b"x" * (10 * 1024 * 1024 + 1)

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 1 << 20):
            yield body[start : start + (1 << 20)]

    answer = await sender.post(receiver.path, content=body if announced else chunks())
    assert answer.status_code == 413
    assert await receiver.events() == []


async def test_a_large_body_is_kept(sender: httpx.AsyncClient, receiver: Receiver) -> None:
    await receiver.change(max_body_bytes=10 * 1024 * 1024)
    body = base64.b64encode(bytes(range(256)) * 30_000)
    assert (await sender.post(receiver.path, content=body)).status_code == 200
    assert (await receiver.only_event())["body"] == body


async def test_nothing_of_the_address_is_told_to_a_forger(sender: httpx.AsyncClient, receiver: Receiver) -> None:
    body = an_event("x.y", {})
    right = await sender.post(receiver.path, content=body, headers=receiver.headers(body))
    forged = await sender.post(receiver.path, content=body, headers=receiver.headers(body, secret="whsec_guessed"))
    assert (right.status_code, json.loads(right.content)) == (forged.status_code, json.loads(forged.content))
