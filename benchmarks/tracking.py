"""`wasl bench tracking`: what a round of asking about many parcels costs, and what comparing many carriers adds to the
slowest of them.

A round is the leader's: what is due becomes jobs, and one worker does them against a stub that knows every parcel. The
first round brings three events of each parcel, the second nothing new. Without batching means one parcel a call, as of
a carrier that takes no more. Prices are asked of the sandbox's twins, each slowed down by as much; the slowest of six
is the one of the six that was slowest in that very round, by its own watch.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
import psycopg
from psycopg.types.json import Jsonb
from wasl.sealing import PublicKey, seal_credential

from benchmarks import machine
from benchmarks.shipping_accounts import ACCOUNTS, PARCEL
from sandbox.app import create_app
from sandbox.server import serving
from stack import Stack
from stack.control import ephemeral_directory
from stack.toolchain import ROOT
from workers.config import Settings
from workers.monitoring.metrics import Metrics
from workers.operations.connectors import Connectors
from workers.operations.shipping.rates import ask_all
from workers.operations.shipping.requests import rate_request
from workers.operations.shipping.tracking import Tracking
from workers.providers.base import Connector
from workers.runtime import Runtime, make_executor, open_pipeline, open_runtime
from workers.store.connections import PostgresConnections
from workers.store.credentials import PostgresCredentials
from workers.store.pool import open_pool
from workers.store.queries import parse_queries
from workers.store.shipments import Carrier, PostgresShipments
from workers.vault.keyring_file import KeyringFile
from workers.vault.keys import new_key

QUERIES = parse_queries("shipping", Path(__file__).with_name("shipping.sql").read_text())
_SERVICE: Final = """select set_config('request.jwt.claims', '{"role": "service_role"}', true)"""
_PACKAGES: Final = ("aiohttp", "psycopg", "uvloop", "orjson", "pydantic")
_CARRIERS_ASKED: Final = ("fedex", "dhl_express", "aramex", "imile", "fedex", "dhl_express")


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure.

    :param parcels: on their way, per carrier.
    :param unbatched: of these, how many are asked about one by one.
    :param quotes: how often six carriers are compared.
    :param slow_seconds: how long each twin waits before it answers a question for prices.
    """

    parcels: int = 10_000
    unbatched: int = 2_000
    rounds: int = 3
    quotes: int = 20
    slow_seconds: float = 0.25


@dataclass
class Bench:
    """A hub's database with an organization of the benchmark's own."""

    stack: Stack
    database: psycopg.AsyncConnection[Any]
    keyring: KeyringFile
    key: PublicKey
    organization_id: UUID
    report: Callable[[str], None]
    connections: dict[str, list[UUID]] = field(default_factory=dict)

    async def connect(self, provider: str) -> UUID:
        """A carrier's connection with sealed credentials."""
        credentials, settings = ACCOUNTS[provider]
        known = self.connections.setdefault(provider, [])
        parameters = {
            "organization_id": self.organization_id,
            "provider": provider,
            "number": len(known),
            "settings": Jsonb(dict(settings)),
        }
        connection_id: UUID = await self.value("connection", parameters)
        sealed = [
            dict(seal_credential(self.key, self.organization_id, connection_id, name, value))
            for name, value in credentials.items()
        ]
        async with self.database.transaction():
            await self.database.execute(_SERVICE)
            await self.database.execute("select public.set_credentials(%s, %s)", [connection_id, Jsonb(sealed)])
        known.append(connection_id)
        return connection_id

    async def value(self, query: str, parameters: Mapping[str, Any] | None = None) -> Any:
        """The first column of a query's first row."""
        row = await (await self.database.execute(QUERIES[query], parameters)).fetchone()
        assert row is not None
        return row[0]

    def settings(self, sandbox_url: str) -> Settings:
        """Settings of a worker of this database."""
        return Settings.read(
            database_url=self.stack.worker_database_url, keyring=str(self.keyring.path), sandbox_url=sandbox_url
        )


async def measure(plan: Plan, report: Callable[[str], None]) -> dict[str, Any]:
    """Carry out the plan.

    :param report: told of each measurement.
    :returns: ``{machine, plan, tracking, rates}``; medians over the rounds.
    """
    async with open_bench(report) as bench:
        tracking = await measure_tracking(bench, plan)
        rates = await measure_rates(bench, plan)
    return {
        "machine": machine.facts(*_PACKAGES),
        "plan": {"parcels": plan.parcels, "unbatched": plan.unbatched, "rounds": plan.rounds, "quotes": plan.quotes},
        "tracking": tracking,
        "rates": rates,
    }


@asynccontextmanager
async def open_bench(report: Callable[[str], None]) -> AsyncIterator[Bench]:
    """A database with the hub's schema, and an organization in it."""
    directory = ephemeral_directory(ROOT / ".wasl")
    async with AsyncExitStack() as life:
        stack = await life.enter_async_context(Stack(directory, ephemeral=True, only_database=True))
        keyring = KeyringFile(directory / "bench-keyring.json")
        opened = open_pool(stack.worker_database_url, application_name="bench", max_size=2)
        pool = await life.enter_async_context(opened)
        entry = await new_key(keyring, PostgresCredentials(pool), only_if_missing=True)
        key = entry.public_key()
        assert key is not None
        database = await psycopg.AsyncConnection.connect(stack.database_url, autocommit=True)
        await life.enter_async_context(database)
        bench = Bench(stack, database, keyring, PublicKey(key.id, key.data), uuid4(), report)
        bench.organization_id = await bench.value("organization", {"slug": f"bench-{uuid4().hex[:8]}"})
        yield bench


# Tracking.


async def measure_tracking(bench: Bench, plan: Plan) -> dict[str, Any]:
    """Rounds for each carrier, with its own batch and with none."""
    async with stub_carriers() as url, open_runtime(bench.settings(url), name="bench") as runtime:
        results: dict[str, Any] = {}
        for provider in ("dhl_express", "fedex"):
            connection_id = await bench.connect(provider)
            for batched in (True, False):
                count = plan.parcels if batched else plan.unbatched
                if not batched:
                    await bench.database.execute(QUERIES["batch"], {"provider": provider, "batch": 1})
                runs = [await one_run(bench, runtime, url, connection_id, count) for _ in range(plan.rounds)]
                name = f"{provider}, {'batched' if batched else 'one by one'}"
                results[name] = {"parcels": count, **_medians(runs)}
                bench.report(f"{name}: {results[name]}")
        return results


async def one_run(bench: Bench, runtime: Runtime, url: str, connection_id: UUID, count: int) -> dict[str, float]:
    """A round with news and one without, of as many parcels."""
    await bench.database.execute("delete from public.shipments where organization_id = %s", [bench.organization_id])
    parameters = {"organization_id": bench.organization_id, "connection_id": connection_id, "count": count}
    await bench.database.execute(QUERIES["parcels"], parameters)
    await bench.database.execute("analyze public.shipments, private.tracking_watch")
    fresh = await one_round(bench, runtime, url)
    row = await (await bench.database.execute(QUERIES["moved"])).fetchone()
    if row != (count, 3 * count):
        raise RuntimeError(f"{row} parcels moved and events kept, of {count} parcels")
    await bench.database.execute(QUERIES["all_due"])
    stale = await one_round(bench, runtime, url)
    return {
        "calls": fresh["calls"],
        "seconds_with_news": fresh["seconds"],
        "cpu_seconds_with_news": fresh["cpu"],
        "seconds_without": stale["seconds"],
        "cpu_seconds_without": stale["cpu"],
    }


async def one_round(bench: Bench, runtime: Runtime, url: str) -> dict[str, float]:
    """Everything that is due, from the leader's look to the last parcel's news in the database."""
    async with open_pipeline(runtime) as pipeline, httpx.AsyncClient(base_url=url) as http:
        await http.get("/calls")
        shipments = PostgresShipments(runtime.pool, safe_seconds=runtime.settings.safe_seconds)
        connectors = Connectors(runtime.vault, pipeline, sandbox_url=url)
        handlers = Tracking(shipments, PostgresConnections(runtime.pool), connectors).handlers()
        executor = make_executor(runtime, handlers, Metrics())
        began, cpu = time.perf_counter(), time.process_time()
        while await shipments.enqueue_due_tracking():
            pass
        working = asyncio.create_task(executor.run())
        while await bench.value("left"):
            await asyncio.sleep(0.02)
        seconds, used = time.perf_counter() - began, time.process_time() - cpu
        executor.stop()
        await working
        counted = (await http.get("/calls")).json()
    return {"calls": counted["calls"], "seconds": seconds, "cpu": used}


@asynccontextmanager
async def stub_carriers() -> AsyncIterator[str]:
    """Run the stub in a process of its own; its address."""
    command = [sys.executable, "-m", "benchmarks.stub_carriers"]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, cwd=ROOT)
    assert process.stdout is not None
    try:
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.terminate()
        await process.wait()


# Prices.


async def measure_rates(bench: Bench, plan: Plan) -> dict[str, Any]:
    """Six carriers at once, and how much longer that takes than the slowest of them."""
    async with serving(create_app()) as url, httpx.AsyncClient(base_url=url) as http:
        for provider in dict.fromkeys(_CARRIERS_ASKED):
            fault = {"provider": provider, "kind": "latency", "seconds": plan.slow_seconds, "times": 1_000_000}
            (await http.post("/_faults", json=fault)).raise_for_status()
        async with open_runtime(bench.settings(url), name="bench") as runtime, open_pipeline(runtime) as pipeline:
            for provider in _CARRIERS_ASKED[4:]:
                await bench.connect(provider)
            for provider in ("aramex", "imile"):
                await bench.connect(provider)
            shipments = PostgresShipments(runtime.pool, safe_seconds=30)
            carriers = await shipments.carriers(bench.organization_id, "sandbox")
            watched = _Watched(Connectors(runtime.vault, pipeline, sandbox_url=url))
            runs = []
            for number in range(plan.quotes + 2):  # the first ones fetch tokens and open connections
                watched.seconds.clear()
                began = time.perf_counter()
                answers = await ask_all(carriers, rate_request(PARCEL), watched.open, seconds=30)
                took = time.perf_counter() - began
                if number >= 2:
                    runs.append({"all_ms": took * 1000, "slowest_ms": max(watched.seconds) * 1000})
            if len({offer.carrier.id for offer in answers.offers}) != len(carriers):
                raise RuntimeError(f"not every carrier named a price: {answers.failures}")
    over = [each["all_ms"] - each["slowest_ms"] for each in runs]
    bench.report(f"rates of {len(carriers)} carriers: {statistics.median(over):.1f} ms over the slowest")
    return {
        "carriers": len(carriers),
        **_medians(runs),
        "over_slowest_ms": statistics.median(over),
        "worst_ms": max(over),
    }


class _Watched:
    """Opens carriers' connectors, and notes how long each of them is asked."""

    def __init__(self, connectors: Connectors) -> None:
        self._connectors = connectors
        self.seconds: list[float] = []

    async def open(self, carrier: Carrier) -> Connector[Any, Any]:
        connector = await self._connectors.open(carrier)
        inner = connector.get_rates  # type: ignore[attr-defined]

        async def get_rates(request: Any) -> Any:
            began = time.perf_counter()
            try:
                return await inner(request)
            finally:
                self.seconds.append(time.perf_counter() - began)

        connector.get_rates = get_rates  # type: ignore[attr-defined]
        return connector


def _medians(runs: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}
