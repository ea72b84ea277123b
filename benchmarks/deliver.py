"""`wasl bench deliver`: how many deliveries one worker makes in a second, and how soon an event is at its receiver.

The worker is a process of its own, and so is the receiver, which answers at once. *Drain*: events are there, and the
worker routes, signs, sends and records them, from the first arrival to the last. *Latency*: events at a low rate, from
just before they are emitted, the commit included, to their arrival.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
import psycopg
from psycopg.types.json import Jsonb
from wasl import webhooks
from wasl.sealing import PublicKey, seal_credential

from benchmarks import machine
from stack import Stack
from stack.control import ephemeral_directory
from stack.toolchain import ROOT
from workers.store.credentials import PostgresCredentials
from workers.store.pool import open_pool
from workers.store.queries import parse_queries
from workers.vault.keyring_file import KeyringFile
from workers.vault.keys import new_key

QUERIES = parse_queries("deliver", Path(__file__).with_name("deliver.sql").read_text())
_SERVICE: Final = """select set_config('request.jwt.claims', '{"role": "service_role"}', true)"""
_PACKAGES: Final = ("aiohttp", "psycopg", "uvloop", "orjson", "standardwebhooks", "python-jsonpath")
_DONE_WITHIN_SECONDS: Final = 300.0
_LOOK_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured.

    :param deliveries: in a drain.
    :param subscriptions: that share them, one variant each.
    :param rate: events a second when latency is measured, for ``seconds``; the first tenth is left out.
    """

    deliveries: int = 5_000
    subscriptions: Sequence[int] = (1, 10)
    rounds: int = 3
    rate: float = 20.0
    seconds: float = 10.0


@dataclass
class Bench:
    """A durable database with an organization, a worker's keyring, and a receiver."""

    stack: Stack
    database: psycopg.AsyncConnection[Any]
    keyring: KeyringFile
    key: PublicKey
    receiver: httpx.AsyncClient
    organization_id: Any

    async def value(self, query: str, **parameters: Any) -> Any:
        """The first column of a query's first row; None without one."""
        cursor = await self.database.execute(QUERIES[query], parameters)
        row = await cursor.fetchone() if cursor.description else None
        return row[0] if row else None

    async def subscribe(self, count: int) -> None:
        """So many subscriptions, and no others, each to an address of its own."""
        await self.database.execute(QUERIES["without_subscriptions"])
        await self.database.execute(QUERIES["forget"])
        for number in range(count):
            url = f"{self.receiver.base_url}/{number}"
            subscription_id = await self.value("subscription", organization_id=self.organization_id, url=url)
            place = self.organization_id, subscription_id
            sealed = seal_credential(self.key, *place, "signing_secret", webhooks.new_secret())
            secret = Jsonb({"ciphertext": sealed["ciphertext"], "key_id": sealed["key_id"]})
            async with self.database.transaction():
                await self.database.execute(_SERVICE)
                await self.value("secret", subscription_id=subscription_id, secret=secret)

    async def arrivals(self) -> dict[str, list[float]]:
        """When each event arrived."""
        answer: dict[str, list[float]] = (await self.receiver.get("/")).json()
        return answer

    async def done(self) -> None:
        """Wait until nothing is left to be sent."""
        async with asyncio.timeout(_DONE_WITHIN_SECONDS):
            while await self.value("left"):
                await asyncio.sleep(_LOOK_SECONDS)


async def measure(plan: Plan, report: Callable[[str], None]) -> dict[str, Any]:
    """Carry out the plan.

    :param report: told of each measurement.
    :returns: ``{machine, plan, drain: {subscriptions: figures}, latency: figures}``; medians over the rounds.
    """
    drains: dict[int, list[dict[str, float]]] = {count: [] for count in plan.subscriptions}
    latencies = []
    async with open_bench() as bench:
        for number in range(1, plan.rounds + 1):
            for count in plan.subscriptions:
                drains[count].append(await _drain(bench, plan.deliveries, count))
                report(f"round {number}: {count} subscriptions: {drains[count][-1]['per_second']:,.0f} deliveries/s")
            latencies.append(await _latency(bench, plan))
            report(f"round {number}: at the receiver after {latencies[-1]['p50_ms']:.1f} ms (p50)")
    return {
        "machine": machine.facts(*_PACKAGES),
        "plan": {"deliveries": plan.deliveries, "rounds": plan.rounds, "rate": plan.rate, "seconds": plan.seconds},
        "drain": {str(count): _summary(runs, "per_second") for count, runs in drains.items()},
        "latency": _summary(latencies, "p50_ms"),
    }


async def _drain(bench: Bench, deliveries: int, subscriptions: int) -> dict[str, float]:
    await bench.subscribe(subscriptions)
    await bench.database.execute(
        QUERIES["emit"], {"organization_id": bench.organization_id, "count": deliveries // subscriptions}
    )
    await bench.database.execute("vacuum analyze public.events, private.jobs")
    await bench.arrivals()
    async with _worker(bench):
        await bench.done()
    moments = sorted(moment for each in (await bench.arrivals()).values() for moment in each)
    if len(moments) != deliveries:
        raise RuntimeError(f"{len(moments)} of {deliveries} deliveries arrived")
    return {"per_second": len(moments) / (moments[-1] - moments[0])}


async def _latency(bench: Bench, plan: Plan) -> dict[str, float]:
    await bench.subscribe(1)
    emitted: dict[str, float] = {}
    async with _worker(bench):
        await bench.done()
        await bench.value("emit", organization_id=bench.organization_id, count=1)  # the worker has come up
        while not await bench.arrivals():
            await asyncio.sleep(_LOOK_SECONDS)
        begin = time.monotonic()
        for place in range(int(plan.rate * plan.seconds)):
            await asyncio.sleep(max(0.0, begin + place / plan.rate - time.monotonic()))
            moment = time.time()
            emitted[str(await bench.value("emit", organization_id=bench.organization_id, count=1))] = moment
        await bench.done()
    arrived = await bench.arrivals()
    waits = [(arrived[event][0] - moment) * 1000 for event, moment in emitted.items()]
    measured = sorted(waits[len(waits) // 10 :])
    return {
        "p50_ms": measured[len(measured) // 2],
        "p99_ms": measured[int(len(measured) * 0.99)],
        "max_ms": measured[-1],
    }


def _summary(runs: Sequence[dict[str, float]], first: str) -> dict[str, float]:
    medians = {name: round(statistics.median(run[name] for run in runs), 2) for name in runs[0]}
    spread = [run[first] for run in runs]
    return {**medians, "lowest": round(min(spread), 2), "highest": round(max(spread), 2), "runs": len(runs)}


@asynccontextmanager
async def open_bench() -> AsyncIterator[Bench]:
    """A database with the hub's schema, an organization in it, and a receiver beside it."""
    directory = ephemeral_directory(ROOT / ".wasl")
    async with AsyncExitStack() as life:
        stack = await life.enter_async_context(Stack(directory, ephemeral=True, only_database=True))
        keyring = KeyringFile(directory / "bench-keyring.json")
        opened = open_pool(stack.worker_database_url, application_name="bench", max_size=2)
        entry = await new_key(
            keyring, PostgresCredentials(await life.enter_async_context(opened)), only_if_missing=True
        )
        key = entry.public_key()
        assert key is not None
        database = await psycopg.AsyncConnection.connect(stack.database_url, autocommit=True)
        await life.enter_async_context(database)
        process = await life.enter_async_context(_process("-m", "benchmarks.stub_receiver"))
        assert process.stdout is not None
        url = (await process.stdout.readline()).decode().strip()
        receiver = await life.enter_async_context(httpx.AsyncClient(base_url=url, timeout=30))
        bench = Bench(stack, database, keyring, PublicKey(key.id, key.data), receiver, None)
        bench.organization_id = await bench.value("organization", slug=f"bench-{uuid4().hex[:8]}")
        yield bench


@asynccontextmanager
async def _worker(bench: Bench) -> AsyncIterator[None]:
    settings = {
        "WASL_DATABASE_URL": bench.stack.worker_database_url,
        "WASL_KEYRING": str(bench.keyring.path),
        "WASL_ALLOWED_NETWORKS": "127.0.0.0/8",
        "WASL_LOG_LEVEL": "error",
    }
    async with _process("-m", "workers.cli", "worker", **settings):
        yield


@asynccontextmanager
async def _process(*arguments: str, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, cwd=ROOT, env={**os.environ, **environment}, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
