"""The clients that the outbound benchmark compares, each as a function that makes one call.

Run as ``python -m benchmarks.outbound_clients CLIENT URL CALLS IN_FLIGHT [DATABASE_URL CONNECTION ORGANIZATION]``, it
pins itself to one core, warms up, makes the calls and prints one line of JSON. A process per measurement, so that no
client profits or suffers from another's imports, caches or garbage.
"""

from __future__ import annotations

import asyncio
import os
import resource
import sys
import time
import types
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeAlias
from urllib.parse import urlencode

import aiohttp
import httpx
import orjson
import uvloop

from workers.providers.payments.models import PaymentMode, PaymentRequest
from workers.providers.payments.stripe import StripeConnector
from workers.providers.registry import open_connector
from workers.runtime import calm_garbage_collector
from workers.store.breakers import PostgresCircuits
from workers.store.call_log import PostgresCallLog
from workers.store.pool import BY_INDEX, open_pool
from workers.store.rate_limits import PostgresBuckets
from workers.transport import (
    BatchRecorder,
    CallContext,
    InMemoryBuckets,
    InMemoryCircuits,
    LeasedBudget,
    OutboundPipeline,
    SharedBreakers,
    open_aiohttp_transport,
)

CLIENT_CPU = 0
WARM_UP_SECONDS = 1.0
POOL = 1024

# What Stripe's connector sends to create a payment, the same for every client.
SECRET_KEY = "sk_test_51BenchmarkBenchmarkBenchmark"  # noqa: S105 (nobody's)
FORM = {
    "amount": "9900",
    "currency": "aed",
    "confirm": "true",
    "payment_method": "pm_card_visa",
    "metadata[wasl_payment_id]": "019ab3f4-5e60-7c1d-9a55-2f1f0d6f2b7a",
    "description": "Order 1001, two coffees and a croissant",
    "receipt_email": "buyer@example.com",
    "automatic_payment_methods[enabled]": "true",
    "return_url": "https://shop.example.com/return/path/1001",
    "capture_method": "automatic",
    "statement_descriptor": "WASL DEMO",
}
HEADERS = {
    "Accept": "application/json",
    "Authorization": f"Bearer {SECRET_KEY}",
    "Content-Type": "application/x-www-form-urlencoded",
    "Stripe-Version": "2025-10-29.clover",
}
PATH = "/v1/payment_intents"

Call: TypeAlias = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a client calls, and where it records if it does."""

    url: str
    database_url: str | None = None
    connection_id: uuid.UUID = field(default_factory=uuid.uuid4)
    organization_id: uuid.UUID = field(default_factory=uuid.uuid4)


def check(payment: Any) -> None:
    """Raise unless the answer was understood."""
    if payment["status"] != "succeeded":
        raise ValueError("the stub answered something else")


@asynccontextmanager
async def bare_aiohttp(setting: Setting) -> AsyncIterator[Call]:
    """aiohttp as its documentation shows it: the limit of what Python does with an HTTP client."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=POOL)) as session:

        async def call() -> None:
            headers = {**HEADERS, "Idempotency-Key": str(uuid.uuid4())}
            async with session.post(setting.url + PATH, data=urlencode(FORM).encode(), headers=headers) as answer:
                check(orjson.loads(await answer.read()))

        yield call


@asynccontextmanager
async def bare_httpx(setting: Setting) -> AsyncIterator[Call]:
    """httpx.AsyncClient with a pool large enough for all callers."""
    provide_sniffio()
    limits = httpx.Limits(max_connections=POOL, max_keepalive_connections=POOL)
    async with httpx.AsyncClient(limits=limits, timeout=30) as client:

        async def call() -> None:
            headers = {**HEADERS, "Idempotency-Key": str(uuid.uuid4())}
            answer = await client.post(setting.url + PATH, content=urlencode(FORM).encode(), headers=headers)
            check(orjson.loads(answer.content))

        yield call


@asynccontextmanager
async def httpx_aiohttp_adapter(setting: Setting) -> AsyncIterator[Call]:
    """The package httpx-aiohttp, without httpx's client."""
    from httpx_aiohttp import AiohttpTransport

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=POOL)) as session:
        yield through(AiohttpTransport(client=session), setting)


@asynccontextmanager
async def wasl_adapter(setting: Setting) -> AsyncIterator[Call]:
    """Wasl's own adapter of aiohttp, without the pipeline."""
    async with open_aiohttp_transport() as transport:
        yield through(transport, setting)


@asynccontextmanager
async def wasl_pipeline(setting: Setting) -> AsyncIterator[Call]:
    """The whole pipeline: breaker, limit, deadline, size limit, retry, redaction and recording."""
    async with open_pipeline(setting) as transport:
        yield through(transport, setting)


@asynccontextmanager
async def wasl_connector(setting: Setting) -> AsyncIterator[Call]:
    """Stripe's connector on the whole pipeline: what a worker does with an operation, the queue apart."""
    async with open_pipeline(setting) as transport:
        connector = open_connector(
            "stripe", credentials={"secret_key": SECRET_KEY}, base_url=setting.url, transport=transport
        )
        assert isinstance(connector, StripeConnector)

        async def call() -> None:
            payment_id = uuid.uuid4()
            request = PaymentRequest.model_validate(
                {
                    "payment_id": payment_id,
                    "idempotency_key": str(payment_id),
                    "reference": "order-1001",
                    "money": {"amount": "99.00", "currency": "AED"},
                    "mode": PaymentMode.DIRECT,
                    "payment_method": FORM["payment_method"],
                    "description": FORM["description"],
                    "return_url": FORM["return_url"],
                    "statement_descriptor": FORM["statement_descriptor"],
                }
            )
            await connector.create_payment(request)

        yield call


@asynccontextmanager
async def stripe_httpx(setting: Setting) -> AsyncIterator[Call]:
    """The official package as it comes: its async client is httpx."""
    import stripe

    provide_sniffio()
    yield stripe_call(setting, stripe.HTTPXClient())


@asynccontextmanager
async def stripe_aiohttp(setting: Setting) -> AsyncIterator[Call]:
    """The official package with the faster of its HTTP clients."""
    import stripe

    client = stripe.AIOHTTPClient()
    try:
        yield stripe_call(setting, client)
    finally:
        await client.close_async()  # type: ignore[no-untyped-call]


CLIENTS: dict[str, Callable[[Setting], AbstractAsyncContextManager[Call]]] = {
    "aiohttp": bare_aiohttp,
    "wasl": wasl_pipeline,
    "wasl-connector": wasl_connector,
    "wasl-adapter": wasl_adapter,
    "httpx-aiohttp": httpx_aiohttp_adapter,
    "stripe-aiohttp": stripe_aiohttp,
    "stripe": stripe_httpx,
    "httpx": bare_httpx,
}


def through(transport: httpx.AsyncBaseTransport, setting: Setting) -> Call:
    """Return a call made as a connector makes it: a request built, a transport asked, the answer parsed."""
    host = parsed_url(setting.url).netloc.decode()

    async def call() -> None:
        body = urlencode(FORM).encode()
        request = httpx.Request(
            "POST",
            parsed_url(setting.url + PATH),
            headers={
                "Host": host,
                "Content-Length": str(len(body)),
                **HEADERS,
                "Idempotency-Key": str(uuid.uuid4()),
            },
            stream=httpx.ByteStream(body),
            extensions={"wasl": {"operation": "create_payment", "retryable": True, "timeout_seconds": 30.0}},
        )
        answer = await transport.handle_async_request(request)
        try:
            check(orjson.loads(await answer.aread()))
        finally:
            await answer.aclose()

    return call


@lru_cache(maxsize=64)
def parsed_url(url: str) -> httpx.URL:
    """Parse a URL once: httpx takes as long for it as for the rest of a request."""
    return httpx.URL(url)


def stripe_call(setting: Setting, http_client: Any) -> Call:
    """Return a call of the official package."""
    import stripe

    client = stripe.StripeClient(
        SECRET_KEY, base_addresses={"api": setting.url}, http_client=http_client, max_network_retries=0
    )
    params: Any = {
        **{name: value for name, value in FORM.items() if "[" not in name},
        "amount": 9900,
        "confirm": True,
        "metadata": {"wasl_payment_id": FORM["metadata[wasl_payment_id]"]},
        "automatic_payment_methods": {"enabled": True},
    }

    async def call() -> None:
        check(await client.v1.payment_intents.create_async(params, {"idempotency_key": str(uuid.uuid4())}))

    return call


@asynccontextmanager
async def open_pipeline(setting: Setting) -> AsyncIterator[httpx.AsyncBaseTransport]:
    """Build the pipeline as the worker does; without a database, on stores in memory."""
    async with AsyncExitStack() as stack:
        circuits: Any = InMemoryCircuits()
        buckets: Any = InMemoryBuckets(capacity=1e6, refill_per_second=1e6)
        sink: Any = Discard()
        if setting.database_url:
            opening = open_pool(setting.database_url, application_name="wasl bench outbound", settings=BY_INDEX)
            pool = await stack.enter_async_context(opening)
            circuits, buckets, sink = PostgresCircuits(pool), PostgresBuckets(pool), PostgresCallLog(pool)
        pipeline = OutboundPipeline(
            inner=await stack.enter_async_context(open_aiohttp_transport()),
            budget=LeasedBudget(buckets),
            breaker=await stack.enter_async_context(SharedBreakers(circuits)),
            recorder=await stack.enter_async_context(BatchRecorder(sink)),
        )
        context = CallContext(setting.organization_id, setting.connection_id, "stripe", uuid.uuid4())
        yield pipeline.transport_for(context)


class Discard:
    """A sink that keeps nothing, but makes each batch ready to be sent, as the real one does."""

    async def write(self, rows: Any) -> None:
        """Serialize the rows."""
        orjson.dumps(rows)


def provide_sniffio() -> None:
    """Spare httpx a fault of its dependencies: without this module httpcore tries to import it at every lock."""
    if "sniffio" not in sys.modules:
        module = types.ModuleType("sniffio")
        module.current_async_library = lambda: "asyncio"  # type: ignore[attr-defined]
        sys.modules["sniffio"] = module


async def measure(client: str, setting: Setting, calls: int, in_flight: int) -> dict[str, float | int | str]:
    """Make the calls and return what they took; what a client still has to write when they are over counts too."""
    async with AsyncExitStack() as stack:
        call = await stack.enter_async_context(CLIENTS[client](setting))
        warm_until = time.perf_counter() + WARM_UP_SECONDS
        await in_parallel(call, in_flight, lambda: time.perf_counter() < warm_until)
        calm_garbage_collector()  # every client's: it is no merit of one of them
        cpu, started = time.process_time(), time.perf_counter()
        latencies = await in_parallel(call, in_flight, countdown(calls))
        await stack.aclose()
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    latencies.sort()
    return {
        "client": client,
        "in_flight": in_flight,
        "calls": len(latencies),
        "calls_per_second": round(len(latencies) / seconds, 1),
        "p50_ms": round(latencies[len(latencies) // 2] * 1000, 3),
        "p99_ms": round(latencies[int(len(latencies) * 0.99)] * 1000, 3),
        "cpu_us_per_call": round(cpu / len(latencies) * 1e6, 1),
        "rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


def countdown(calls: int) -> Callable[[], bool]:
    """Return a function that is true so many times."""
    left = iter(range(calls))
    return lambda: next(left, None) is not None


async def in_parallel(call: Call, in_flight: int, more: Callable[[], bool]) -> list[float]:
    """Keep ``in_flight`` calls going while there are more; return how long each took, in seconds."""
    latencies: list[float] = []

    async def caller() -> None:
        while more():
            started = time.perf_counter()
            await call()
            latencies.append(time.perf_counter() - started)

    await asyncio.gather(*(caller() for _ in range(in_flight)))
    return latencies


def main() -> None:
    """Measure the client named on the command line."""
    client, url, calls, in_flight, *recording = sys.argv[1:]
    setting = Setting(url)
    if recording:
        setting = Setting(url, recording[0], uuid.UUID(recording[1]), uuid.UUID(recording[2]))
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {CLIENT_CPU})
    result = uvloop.run(measure(client, setting, int(calls), int(in_flight)))
    print(orjson.dumps(result).decode())


if __name__ == "__main__":
    main()
