"""Whatever is sent, only what the holder of a secret signed is kept, and nothing makes the ingress stumble."""

import hashlib
import time
import uuid
from datetime import UTC, datetime
from urllib.parse import quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.card_data import NUMBERS
from tests.support.webhooks import an_event, signature
from tests.webhooks.nowhere import SECRET, TOKEN, Nowhere
from workers.providers.events import VerifiedWebhook, WebhookRequest
from workers.store.webhooks import NewEvent
from workers.webhooks.deliveries import (
    decode_headers,
    decode_query,
    event_key,
    kept_headers,
    kept_query,
    new_event,
    new_event_id,
)
from workers.webhooks.ingress import PATH_PREFIX
from workers.webhooks.requests import Arrival

SIGNATURE_PARTS = st.sampled_from(
    ["t", "v0", "v1", "=", ",", ", ", "1", "-1", "0" * 64, "f" * 64, "é", "\x80", " ", "t=1", "v1="]
)
HEADERS = st.lists(st.tuples(st.binary(min_size=1, max_size=20).map(bytes.lower), st.binary(max_size=40)), max_size=8)


def the_signature(headers: list[tuple[bytes, bytes]], value: str) -> list[tuple[bytes, bytes]]:
    """Headers of which one is Stripe's signature."""
    return [*headers, (b"stripe-signature", value.encode("latin-1"))]


@settings(deadline=None, max_examples=200)
@given(
    st.lists(SIGNATURE_PARTS, max_size=12).map("".join) | st.text(st.characters(max_codepoint=255)),
    HEADERS,
    st.binary(max_size=300),
)
async def test_no_made_up_signature_is_believed(header: str, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    nowhere = Nowhere()
    path = PATH_PREFIX + TOKEN
    assert await nowhere.answer("POST", path, b"", the_signature(headers, header), body) == 401
    assert nowhere.kept == []


@settings(deadline=None, max_examples=100)
@given(st.data())
async def test_a_signature_for_other_bytes_is_not_believed(data: st.DataObject) -> None:
    nowhere = Nowhere()
    body = an_event("x.y", {})
    position = data.draw(st.integers(0, len(body) - 1))
    flipped = bytes([body[position] ^ data.draw(st.integers(1, 255))])
    changed = body[:position] + flipped + body[position + 1 :]
    headers = the_signature([], signature(body, SECRET))
    assert await nowhere.answer("POST", PATH_PREFIX + TOKEN, b"", headers, changed) == 401
    assert await nowhere.answer("POST", PATH_PREFIX + TOKEN, b"", headers, body) == 200
    assert [event.body for event in nowhere.kept] == [body]


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=5000), HEADERS, st.binary(max_size=50))
async def test_whatever_is_signed_is_kept_exactly_or_refused(
    body: bytes, headers: list[tuple[bytes, bytes]], query: bytes
) -> None:
    nowhere = Nowhere()
    signed = the_signature(headers, signature(body, SECRET))
    status = await nowhere.answer("POST", PATH_PREFIX + TOKEN, query, signed, body)
    assert status in (200, 400, 413) or any(name in (b"stripe-signature", b"content-length") for name, _ in headers)
    assert [event.body for event in nowhere.kept] == ([body] if status == 200 else [])


@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from(["POST", "GET", "HEAD", "OPTIONS", "PUT", "BREW"]),
    st.text(max_size=60) | st.just(PATH_PREFIX + TOKEN),
    st.binary(max_size=50),
    HEADERS,
)
async def test_no_request_makes_the_ingress_stumble(
    method: str, path: str, query: bytes, headers: list[tuple[bytes, bytes]]
) -> None:
    nowhere = Nowhere()
    for where in (path, PATH_PREFIX + path):
        assert await nowhere.answer(method, where, query, headers, b"") in (200, 204, 401, 404, 405)
    assert nowhere.kept == []


@given(HEADERS, st.binary(max_size=100))
def test_headers_and_queries_are_always_text(headers: list[tuple[bytes, bytes]], query: bytes) -> None:
    decoded = decode_headers(headers)
    assert set(decoded) == {name.decode("latin-1") for name, _ in headers}
    assert all(isinstance(value, str) for value in decode_query(query.decode("latin-1")).values())


@given(st.text(min_size=1), st.text(), st.text())
def test_a_secret_that_is_shown_is_not_kept(secret: str, before: str, after: str) -> None:
    shown = before + secret + after
    assert kept_headers({"x-secret": shown, "cookie": "a"}, [secret]) == {}
    assert kept_query(f"a=1&secret={quote_plus(shown)}", ["other than that one", secret]) == ""
    assert kept_query("a=1", ["secret"]) == "a=1"


@given(st.none() | st.text(), st.binary())
def test_repeats_are_told_by_the_providers_id_or_else_by_the_body(event_id: str | None, body: bytes) -> None:
    key = event_key(event_id, body)
    assert len(key) == 32
    assert (event_key(event_id, body + b"x") == key) is (event_id is not None)


@pytest.mark.parametrize("brand", sorted(NUMBERS))
def test_the_key_of_a_body_tells_nothing_that_is_masked_in_it(brand: str) -> None:
    number = NUMBERS[brand]
    row, verified = Nowhere().row, VerifiedWebhook(event_id=None, event_type="charge.updated")

    def kept(body: bytes) -> NewEvent:
        request = WebhookRequest({}, body, datetime.now(UTC), {}, 300)
        return new_event(row, [SECRET], request, Arrival("POST", {}, "", None), verified)

    body = f'{{"note": "paid with {number}"}}'.encode()
    event = kept(body)
    assert number.encode() not in event.body
    assert event.key == hashlib.sha256(event.body).digest()
    assert kept(body).key == event.key, "a repeat is still one"


def test_event_ids_rise_with_time() -> None:
    now = int(time.time() * 1000)
    ids = [new_event_id(now + number) for number in range(100)]
    assert ids == sorted(ids)
    assert {(each.version, each.variant) for each in ids} == {(7, uuid.RFC_4122)}
    assert ids[0].int >> 80 == now
