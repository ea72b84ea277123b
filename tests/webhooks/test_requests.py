"""What is noted of requests that became no event, and what not."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from psycopg.types.json import Jsonb

from tests.support.webhooks import Database
from workers.webhooks.requests import MOST_PER_ENDPOINT, Arrival, RequestLog, shown_headers

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HEADERS = {
    "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    "content-type": "application/json",
    "content-length": "17",
    "stripe-signature": "t=1,v1=abc",
    "authorization": "Bearer abc",
    "x-webhook-secret": "whsec_shown",
    "4242424242424242": "a name of digits",
    "host": "4242 4242 4242 4242",
    "date": "cvv: 941",
    "accept": "٤٢٤٢".encode().decode("latin-1"),
    "content-encoding": "gz\tip" + "x" * 300,
    "x-" + "y" * 70: "too long a name",
}
SHOWN = {
    "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    "content-type": "application/json",
    "content-length": "17",
    "stripe-signature": "[hidden]",
    "authorization": "[hidden]",
    "x-webhook-secret": "[hidden]",
    "host": "[hidden]",
    "date": "[hidden]",
    "accept": "[hidden]",
    "content-encoding": "gzip" + "x" * 195,
}


class Store:
    """Remembers what is written, or fails."""

    def __init__(self) -> None:
        self.written: list[list[Any]] = []
        self.fault: Exception | None = None

    async def note_requests(self, requests: Any) -> None:
        if self.fault:
            raise self.fault
        self.written.append(list(requests))


def arrival() -> Arrival:
    return Arrival("POST", HEADERS, "a=1", "203.0.113.9")


def test_of_headers_the_names_are_shown_and_the_values_of_a_few() -> None:
    assert shown_headers(HEADERS) == SHOWN


async def test_the_database_shows_the_same(database: Database) -> None:
    cursor = await database.execute("select private.shown_headers(%s) as shown", [Jsonb(HEADERS)])
    assert (await cursor.fetchone()) == {"shown": SHOWN}


def test_of_many_headers_the_first_hundred_are_looked_at() -> None:
    letters = [f"{first}{second}" for first in "abcdefghijklmnopqrstuvwxyz" for second in "abcdefgh"]
    assert len(shown_headers(dict.fromkeys(letters, "x"))) == 100


async def test_a_flood_at_one_endpoint_is_noted_in_part_and_hides_no_other() -> None:
    store, flooded, quiet = Store(), uuid4(), uuid4()
    log = RequestLog(store)
    for _ in range(1_000):
        log.note(flooded, arrival(), NOW, "rate_limited", 429)
    log.note(quiet, arrival(), NOW, "signature_invalid", 401, verified=False, body_bytes=17)
    await log.flush()
    await log.flush()
    (written,) = store.written
    assert [row["endpoint_id"] for row in written] == [str(flooded)] * MOST_PER_ENDPOINT + [str(quiet)]
    assert written[-1] == {
        "endpoint_id": str(quiet),
        "received_at": "2026-11-23T12:00:00+00:00",
        "reason": "signature_invalid",
        "http_status": 401,
        "verified": False,
        "method": "POST",
        "source_address": "203.0.113.9",
        "headers": SHOWN,
        "body_bytes": 17,
        "provider_event_id": None,
    }


async def test_what_cannot_be_written_is_let_go() -> None:
    store = Store()
    log = RequestLog(store)
    store.fault = OSError("no database")
    log.note(uuid4(), arrival(), NOW, "rate_limited", 429)
    await log.flush()
    store.fault = None
    await log.flush()
    assert store.written == []


@pytest.mark.parametrize("seconds", [0.01, 3600])
async def test_it_is_written_by_the_clock_and_at_the_end(seconds: float) -> None:
    store = Store()
    log = RequestLog(store, flush_seconds=seconds)
    async with log.running():
        log.note(uuid4(), arrival(), NOW, "rate_limited", 429)
        while not store.written and seconds < 1:
            await asyncio.sleep(0)
    assert len(store.written) == 1
