"""Sends signed Stripe webhooks over keep-alive connections and measures when they are acknowledged.

Run as ``python -m benchmarks.webhook_load URL SECRET CONNECTIONS SECONDS [RATE]``: without a rate every connection
sends its next delivery as soon as the last one is answered; with one, deliveries are due at even intervals, and a
latency counts from when its delivery was due, so that a server that stalls is not measured by the deliveries it
prevented. Every delivery is another event about another payment, signed and written out before the clock starts.
Prints one line of JSON.
"""

from __future__ import annotations

import asyncio
import gc
import hashlib
import hmac
import json
import secrets
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import uvloop

WARM_UP_SECONDS = 1.0
MOST_PER_SECOND = 12_000
"""Deliveries prepared for each second of a run without a rate; whoever takes more is measured over fewer seconds."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a run saw. :param late: deliveries that were due before the run ended and were never sent."""

    acknowledged: int
    refused: int
    seconds: float
    per_second: float
    p50_ms: float
    p99_ms: float
    longest_ms: float
    late: int
    client_cpu_us: float


def event_template() -> bytes:
    """A payment_intent.succeeded as Stripe sends it, written compactly, with marks where the ids go."""
    payment_intent: dict[str, Any] = {
        "id": "pi_@@@@@@@@@@@@@@@@@@@@@@@@",
        "object": "payment_intent",
        "amount": 9900,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 9900,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": {"allow_redirects": "always", "enabled": True},
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic",
        "client_secret": "pi_@@@@@@@@@@@@@@@@@@@@@@@@_secret_8hGq2mYdLw0vRz5nTc7xKb1Ua",
        "confirmation_method": "automatic",
        "created": 1763935200,
        "currency": "aed",
        "customer": "cus_TdP0q4XnLr7B2s",
        "description": "Order 1001, two coffees and a croissant",
        "invoice": None,
        "last_payment_error": None,
        "latest_charge": "ch_@@@@@@@@@@@@@@@@@@@@@@@@",
        "livemode": False,
        "metadata": {"order": "1001", "wasl_payment_id": "019ab3f4-5e60-7c1d-9a55-2f1f0d6f2b7a"},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": "pm_1SWk2uLkdIwHu7ixZ3qN8yTb",
        "payment_method_configuration_details": {"id": "pmc_1SWk2uLkdIwHu7ixB0f6mPqR", "parent": None},
        "payment_method_options": {
            "card": {
                "installments": None,
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
            },
            "link": {"persistent_token": None},
        },
        "payment_method_types": ["card", "link"],
        "processing": None,
        "receipt_email": "buyer@example.com",
        "review": None,
        "setup_future_usage": None,
        "shipping": {
            "address": {
                "city": "Dubai",
                "country": "AE",
                "line1": "Sheikh Zayed Road 1",
                "line2": None,
                "postal_code": None,
                "state": "Dubai",
            },
            "carrier": None,
            "name": "A. Buyer",
            "phone": "+971500000001",
            "tracking_number": None,
        },
        "source": None,
        "statement_descriptor": "WASL DEMO",
        "statement_descriptor_suffix": None,
        "status": "succeeded",
        "transfer_data": None,
        "transfer_group": None,
    }
    event = {
        "id": "evt_@@@@@@@@@@@@@@@@@@@@@@@@",
        "object": "event",
        "api_version": "2026-06-24.dahlia",
        "created": 1763935200,
        "data": {"object": payment_intent},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": "req_Yw3nQ8sV1kLpZ0", "idempotency_key": "019ab3f4-5e60-7c1d-9a55-2f1f0d6f2b7a"},
        "type": "payment_intent.succeeded",
    }
    return json.dumps(event, separators=(",", ":")).encode()


def deliveries(url: str, secret: str) -> Iterator[bytes]:
    """Whole requests, each with an event of its own."""
    where = urlsplit(url)
    template, run = event_template(), secrets.token_hex(6)
    length = len(template)
    number = 0
    while True:
        number += 1
        body = template.replace(b"@" * 24, f"{run}{number:012d}".encode())
        timestamp = str(int(time.time())).encode()
        signature = hmac.new(secret.encode(), timestamp + b"." + body, hashlib.sha256).hexdigest()
        head = (
            f"POST {where.path} HTTP/1.1\r\nHost: {where.netloc}\r\n"
            "User-Agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)\r\n"
            f"Content-Length: {length}\r\nContent-Type: application/json; charset=utf-8\r\n"
            f"Cache-Control: no-cache\r\nAccept: */*; q=0.5, application/xml\r\n"
            f"Stripe-Signature: t={timestamp.decode()},v1={signature},v0={signature}\r\n\r\n"
        )
        yield head.encode() + body


class Sender(asyncio.Protocol):
    """One keep-alive connection with one delivery under way at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer = b""
        self._answered: asyncio.Future[bool] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def send(self, delivery: bytes) -> asyncio.Future[bool]:
        """Send; the future says whether it was acknowledged."""
        assert self._transport is not None
        self._answer = b""
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(delivery)
        return self._answered

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head, separator, body = self._answer.partition(b"\r\n\r\n")
        if not separator or self._answered is None or self._answered.done():
            return
        _, _, length = head.lower().partition(b"content-length:")
        if len(body) >= int(length.split(b"\r\n", 1)[0] or b"0"):
            self._answered.set_result(head.startswith(b"HTTP/1.1 2"))

    def connection_lost(self, error: Exception | None) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(error or ConnectionResetError("the server closed the connection"))


class Run:
    """One run against one address."""

    def __init__(self, url: str, secret: str, seconds: float, rate: float | None) -> None:
        where = urlsplit(url)
        assert where.hostname and where.port
        self._address = (where.hostname, where.port)
        self._rate = rate
        self._seconds = seconds
        count = int((seconds + WARM_UP_SECONDS) * (rate or MOST_PER_SECOND))
        source = deliveries(url, secret)
        self._deliveries = [next(source) for _ in range(count)]
        self._next = 0
        self._latencies: list[float] = []
        self._refused = 0
        self._late = 0
        self._measured_from = 0.0
        self._ends_at = 0.0

    async def measure(self, connections: int) -> Measurement:
        """Send over so many connections; returns what was seen after the warm-up."""
        loop = asyncio.get_running_loop()
        senders = [(await loop.create_connection(Sender, *self._address))[1] for _ in range(connections)]
        gc.disable()
        began = time.perf_counter()
        self._measured_from = began + WARM_UP_SECONDS
        self._ends_at = self._measured_from + self._seconds
        cpu = time.process_time()
        await asyncio.gather(*(self._work(sender, began) for sender in senders))
        ended = time.perf_counter()
        cpu_us = (time.process_time() - cpu) / max(1, self._next) * 1e6
        return self._result(ended - self._measured_from, cpu_us)

    async def _work(self, sender: Sender, began: float) -> None:
        while (now := time.perf_counter()) < self._ends_at and self._next < len(self._deliveries):
            number = self._next
            self._next += 1
            due = now
            if self._rate is not None:
                due = began + number / self._rate
                if due >= self._ends_at:
                    return
                if due > now:
                    await asyncio.sleep(due - now)
            acknowledged = await sender.send(self._deliveries[number])
            answered = time.perf_counter()
            if due >= self._measured_from and not acknowledged:
                self._refused += 1
            elif due >= self._measured_from:
                self._latencies.append(answered - due)

    def _result(self, seconds: float, cpu_us: float) -> Measurement:
        if self._rate is not None:
            due = int((self._seconds + WARM_UP_SECONDS) * self._rate)
            self._late = max(0, due - self._next)
        latencies = sorted(self._latencies) or [float("nan")]
        last = len(latencies) - 1
        p50, p99, longest = (1000 * latencies[int(last * quantile)] for quantile in (0.5, 0.99, 1.0))
        count = len(self._latencies)
        return Measurement(count, self._refused, seconds, count / seconds, p50, p99, longest, self._late, cpu_us)


def main() -> None:
    """Measure as the arguments say."""
    url, secret, connections, seconds = sys.argv[1:5]
    rate = float(sys.argv[5]) if len(sys.argv) > 5 else None
    run = Run(url, secret, float(seconds), rate)
    print(json.dumps(asdict(uvloop.run(run.measure(int(connections))))))


if __name__ == "__main__":
    main()
