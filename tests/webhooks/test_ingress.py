"""A delivery is kept exactly as it came, once, and only from whom it says it is from."""

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.support.webhooks import Receiver, an_event, an_intent, signature, unique
from workers.providers.events import ChallengeAnswer
from workers.providers.payments.stripe import StripeConnector
from workers.webhooks.ingress import Ingress

ODD_BODIES = {
    "pretty JSON with odd spacing": b'{\n  "id" :"%s","type":\t"x.y" , "object": "event",\r\n "n": 1.50 }\n\n',
    "bytes that are no UTF-8": b'{"id":"%s","type":"x.y","note":"caf\xe9"}',
    "escapes and signs of every kind": '{"id":"%s","type":"x.y","name":"وصل \\u0648 \\/ ☕"}'.encode(),
    "a NUL in the text": b'{"id":"%s","type":"x.y\\u0000z"}',
}


async def post(client: httpx.AsyncClient, receiver: Receiver, body: bytes, **headers: str) -> httpx.Response:
    """Deliver, rightly signed unless the headers say otherwise."""
    return await client.post(receiver.path, content=body, headers=receiver.headers(body) | headers)


async def test_a_signed_delivery_is_kept_and_queued(client: httpx.AsyncClient, receiver: Receiver) -> None:
    body = an_event("payment_intent.succeeded", an_intent())
    answer = await client.post(f"{receiver.path}?a=1&b=%20", content=body, headers=receiver.headers(body))
    assert (answer.status_code, answer.json()) == (200, {"status": "accepted"})
    event = await receiver.only_event()
    assert event["body"] == body
    assert event["verified"]
    assert (event["status"], event["provider_key"], event["query"]) == ("received", "stripe", "a=1&b=%20")
    assert event["provider_event_id"] == json.loads(body)["id"]
    assert event["event_type"] == "payment_intent.succeeded"
    (job,) = await receiver.jobs()
    assert job.id == event["id"]
    assert job.payload["event_id"] == str(event["id"])


@pytest.mark.parametrize("odd_body", ODD_BODIES.values(), ids=ODD_BODIES.keys())
async def test_the_bytes_are_kept_as_they_came(client: httpx.AsyncClient, receiver: Receiver, odd_body: bytes) -> None:
    body = odd_body % unique("evt").encode()
    answer = await post(client, receiver, body)
    if b"\xe9" in body:
        assert answer.status_code == 400  # Stripe's scheme demands JSON, and JSON is UTF-8
        return
    assert answer.status_code == 200
    event = await receiver.only_event()
    assert event["body"] == body
    assert "\x00" not in event["event_type"]


async def test_credentials_in_headers_are_not_kept(client: httpx.AsyncClient, receiver: Receiver) -> None:
    body = an_event("x.y", {})
    secrets = {"authorization": "Bearer abc", "cookie": "a=b", "apikey": "key", "proxy-authorization": "Basic abc"}
    assert (await post(client, receiver, body, **secrets)).status_code == 200
    headers = (await receiver.only_event())["headers"]
    assert headers["stripe-signature"].startswith("t=")
    assert not headers.keys() & secrets.keys()


async def test_a_secret_that_the_provider_shows_is_not_kept(client: httpx.AsyncClient, receiver: Receiver) -> None:
    body = an_event("x.y", {})
    headers = receiver.headers(body) | {"x-shown": f"Bearer {receiver.secret}"}
    await client.post(f"{receiver.path}?token={receiver.secret}", content=body, headers=headers)
    event = await receiver.only_event()
    assert "x-shown" not in event["headers"]
    assert event["query"] == ""


# Refusals.


async def test_an_unknown_address_is_not_found(client: httpx.AsyncClient, receiver: Receiver) -> None:
    body = an_event("x.y", {})
    await receiver.change(enabled=False)
    answers = [
        await client.post(path, content=body, headers=receiver.headers(body))
        for path in (
            receiver.path,
            receiver.path[:-4] + "AAAA",
            "/functions/v1/webhooks/",
            "/functions/v1/webhooks/wh_short",
            receiver.path + "/more",
            "/functions/v1/webhooks/wh_" + "%00" * 43,
        )
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}
    assert await receiver.events() == []


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "t=,v1=",
        "v1=00",
        "t=1",
        "t=1,t=2,v1=00",
        "t=-1,v1=00",
        "t=1e9,v1=00",
        "t=99999999999999999999,v1=00",
        "t=1, v1=" + "0" * 64,
        "t=1,v1=é",
        ",".join(["t=1"] + ["v1=" + "0" * 64] * 11),
    ],
)
async def test_a_wrong_signature_is_refused(client: httpx.AsyncClient, receiver: Receiver, header: str | None) -> None:
    body = an_event("x.y", {})
    headers = [] if header is None else [(b"stripe-signature", header.encode("latin-1"))]
    answer = await client.post(receiver.path, content=body, headers=headers)
    assert answer.status_code == 401
    assert await receiver.events() == []


async def test_refusals_tell_a_forger_nothing(client: httpx.AsyncClient, receiver: Receiver) -> None:
    body = an_event("x.y", {})
    stale = receiver.headers(body, at=time.time() - 3600)
    early = receiver.headers(body, at=time.time() + 3600)
    forged = receiver.headers(body, secret="whsec_guessed")
    other_body = receiver.headers(body + b" ")
    answers = [await client.post(receiver.path, content=body, headers=h) for h in (stale, early, forged, other_body)]
    assert {(answer.status_code, answer.content) for answer in answers} == {(401, answers[0].content)}
    assert await receiver.events() == []


async def test_the_endpoint_says_how_old_a_signature_may_be(client: httpx.AsyncClient, receiver: Receiver) -> None:
    body = an_event("x.y", {})
    hour_old = receiver.headers(body, at=time.time() - 3600)
    await receiver.change(tolerance_seconds=7200)
    assert (await client.post(receiver.path, content=body, headers=hour_old)).status_code == 200


async def test_a_signed_body_that_is_no_event_is_malformed(client: httpx.AsyncClient, receiver: Receiver) -> None:
    for body in (b"", b"not JSON", b"[]", b"{}", b'{"id": 1, "type": "x"}', b"[" * 100_000):
        assert (await post(client, receiver, body)).status_code == 400
    assert await receiver.events() == []


@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_over_the_limit_is_refused(client: httpx.AsyncClient, receiver: Receiver, announced: bool) -> None:
    await receiver.change(max_body_bytes=2048)
    body = an_event("x.y", {"text": "x" * 2048})
    sent: list[int] = []

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 1000):
            sent.append(start)
            yield body[start : start + 1000]

    content = body if announced else chunks()
    answer = await client.post(receiver.path, content=content, headers=receiver.headers(body))
    assert answer.status_code == 413
    fitting = an_event("x.y", {"text": "x" * 100})
    assert (await post(client, receiver, fitting)).status_code == 200
    assert len(await receiver.events()) == 1


async def test_refusals_are_counted_on_the_endpoint(
    client: httpx.AsyncClient, receiver: Receiver, ingress: Ingress
) -> None:
    body = an_event("x.y", {})
    await post(client, receiver, body)
    await post(client, receiver, body)
    await client.post(receiver.path, content=body, headers=receiver.headers(body, secret="whsec_guessed"))
    await client.post(receiver.path, content=body, headers=receiver.headers(body, at=0))
    await ingress.flush_counts()
    counts = await receiver.counts()
    assert (counts["received_count"], counts["refused_count"]) == (2, 2)
    assert counts["last_refusal"] == "signature_stale"
    assert counts["last_received_at"] is not None
    assert counts["last_refused_at"] is not None


# Methods.


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
async def test_other_methods_are_not_allowed(client: httpx.AsyncClient, receiver: Receiver, method: str) -> None:
    answer = await client.request(method, receiver.path)
    assert answer.status_code == 405
    assert "POST" in answer.headers["allow"]


async def test_options_and_head_are_answered(client: httpx.AsyncClient, receiver: Receiver) -> None:
    options = await client.options(receiver.path)
    assert (options.status_code, options.content) == (204, b"")
    assert "POST" in options.headers["allow"]
    assert "access-control-allow-origin" not in options.headers
    head = await client.head(receiver.path)
    assert (head.status_code, head.content) == (200, b"")
    assert (await client.head(receiver.path[:-4] + "AAAA")).status_code == 404


async def test_a_get_is_answered_by_the_providers_scheme(
    client: httpx.AsyncClient, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await client.get(receiver.path)).status_code == 405  # Stripe checks nothing first
    assert (await client.get(receiver.path[:-4] + "AAAA")).status_code == 404

    def answer_challenge(method: str, query: dict[str, str], headers: dict[str, str], secrets: list[str]) -> object:
        proof = hashlib.sha256((query["challenge"] + secrets[0]).encode()).hexdigest()
        return ChallengeAnswer(200, proof.encode())

    monkeypatch.setattr(StripeConnector, "answer_challenge", answer_challenge)
    answer = await client.get(f"{receiver.path}?challenge=abc")
    assert answer.text == hashlib.sha256(f"abc{receiver.secret}".encode()).hexdigest()
    assert answer.headers["content-type"] == "text/plain"


async def test_health_is_told_and_other_paths_are_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health")).status_code == 200
    assert (await client.get("/")).status_code == 404


# Secrets.


async def test_during_a_rotation_either_secret_is_valid(client: httpx.AsyncClient, receiver: Receiver) -> None:
    old = receiver.secret
    await receiver.set_secrets(old, unique("whsec"))
    new = receiver.secret
    for secret in (old, new):
        body = an_event("x.y", {})
        answer = await client.post(receiver.path, content=body, headers=receiver.headers(body, secret=secret))
        assert answer.status_code == 200
    body = an_event("x.y", {})
    both = f"{signature(body, old)},{signature(body, new).partition(',')[2]}"
    answer = await client.post(receiver.path, content=body, headers={"stripe-signature": both})
    assert answer.status_code == 200


async def test_a_replaced_secret_is_valid_no_more(client: httpx.AsyncClient, receiver: Receiver) -> None:
    old = receiver.secret
    await receiver.set_secrets(unique("whsec"))
    body = an_event("x.y", {})
    answer = await client.post(receiver.path, content=body, headers=receiver.headers(body, secret=old))
    assert answer.status_code == 401
    assert (await post(client, receiver, body)).status_code == 200


async def test_without_a_secret_nothing_is_believed(client: httpx.AsyncClient, receiver: Receiver) -> None:
    await receiver.set_secrets("\n \n")
    body = an_event("x.y", {})
    for secret in ("", " ", "\n"):
        headers = {"stripe-signature": signature(body, secret)}
        assert (await client.post(receiver.path, content=body, headers=headers)).status_code == 401


# Repeats.


async def test_a_repeat_is_acknowledged_and_not_kept_again(client: httpx.AsyncClient, receiver: Receiver) -> None:
    body = an_event("x.y", {})
    assert (await post(client, receiver, body)).json() == {"status": "accepted"}
    again = await client.post(receiver.path, content=body, headers=receiver.headers(body, at=time.time() - 60))
    assert (again.status_code, again.json()) == (200, {"status": "duplicate"})
    assert len(await receiver.events()) == len(await receiver.jobs()) == 1


async def test_many_repeats_at_once_are_one_event(client: httpx.AsyncClient, receiver: Receiver) -> None:
    bodies = [an_event("x.y", {}) for _ in range(5)]
    answers = await asyncio.gather(*(post(client, receiver, body) for body in bodies * 20))
    assert [answer.status_code for answer in answers] == [200] * 100
    assert sum(answer.json() == {"status": "accepted"} for answer in answers) == 5
    assert len(await receiver.events()) == 5


async def test_the_same_event_at_two_endpoints_is_two(client: httpx.AsyncClient, receiver: Receiver) -> None:
    second = await receiver.call("create_webhook_endpoint", connection_id=receiver.connection["id"])
    body = an_event("x.y", {})
    for path in (receiver.path, second["path"]):
        answer = await client.post(path, content=body, headers=receiver.headers(body))
        assert answer.json() == {"status": "accepted"}


async def test_record_only_keeps_and_does_nothing(client: httpx.AsyncClient, receiver: Receiver) -> None:
    await receiver.change(record_only=True)
    body = an_event("payment_intent.succeeded", an_intent())
    assert (await post(client, receiver, body)).status_code == 200
    assert (await receiver.only_event())["status"] == "recorded"
    assert await receiver.jobs() == []
