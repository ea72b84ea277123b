"""`wasl bench outbound`: what the outbound pipeline costs over a bare HTTP client, and beside its peers.

Client and provider have a core each: every client runs alone on CPU 0, in a process of its own; the stub provider and
PostgreSQL run on CPU 1. The clients take turns, round by round, so that a slow minute of the machine hits all of them
alike; the medians of the rounds are compared, and CPU time per call beside the rates, because that depends less on what
else the machine is doing.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import machine
from benchmarks.outbound_clients import CLIENTS
from stack import Stack
from stack.control import ephemeral_directory
from stack.toolchain import ROOT

SERVER_CPU = 1
BASE = "aiohttp"
SLOW_CLIENTS = frozenset({"httpx", "stripe"})
"""At a hundred calls a second they would keep the others waiting for minutes, and make a tenth of the calls."""
PACKAGES = ("aiohttp", "httpx", "httpx-aiohttp", "stripe", "uvloop", "orjson", "tenacity", "psycopg")
PREPARE = Path(__file__).with_name("outbound.sql")


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure.

    :param clients: names out of `benchmarks.outbound_clients.CLIENTS`.
    :param in_flight: how many calls are kept going at a time, one measurement each.
    :param calls: per measurement.
    :param database: whether the pipeline shares its state through, and records to, a PostgreSQL; else memory.
    """

    clients: Sequence[str] = tuple(CLIENTS)
    in_flight: Sequence[int] = (1, 64)
    calls: int = 6000
    rounds: int = 5
    database: bool = True


async def measure(plan: Plan, report: Callable[[str], None]) -> dict[str, Any]:
    """Carry out the plan.

    :param report: told of each measurement.
    :returns: ``{machine, recorded_to, plan, results}``; medians over the rounds.
    """
    if hasattr(os, "sched_setaffinity") and SERVER_CPU in os.sched_getaffinity(0):
        os.sched_setaffinity(0, {SERVER_CPU})  # the servers inherit it, the clients choose their own
    results: list[dict[str, Any]] = []
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(stub_server())
        recording = await stack.enter_async_context(database()) if plan.database else ()
        for number in range(plan.rounds):
            for in_flight in plan.in_flight:
                for client in plan.clients:
                    results.append(await measure_one(client, url, plan, in_flight, recording))
                    rate = results[-1]["calls_per_second"]
                    report(f"round {number + 1}: {client}, {in_flight} in flight: {rate:,.0f}/s")
    return {
        "machine": machine.facts(*PACKAGES),
        "recorded_to": "PostgreSQL" if plan.database else "memory",
        "plan": {"calls": plan.calls, "rounds": plan.rounds},
        "results": [summary(results, client, number) for number in plan.in_flight for client in plan.clients],
    }


async def measure_one(client: str, url: str, plan: Plan, in_flight: int, recording: Sequence[str]) -> dict[str, Any]:
    """Run one client in a process of its own."""
    calls = plan.calls // 10 if client in SLOW_CLIENTS else plan.calls
    command = ("benchmarks.outbound_clients", client, url, str(calls), str(in_flight), *recording)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *command, stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    output, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"the client {client} failed; its error stands above")
    result: dict[str, Any] = json.loads(output)
    return result


@asynccontextmanager
async def stub_server() -> AsyncIterator[str]:
    """Run the stub provider; yield its address."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.stub_server", stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    assert process.stdout is not None
    try:
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def database() -> AsyncIterator[tuple[str, str, str]]:
    """Run a PostgreSQL with the hub's schema and a connection to call through; yield its URL and their ids."""
    directory = ephemeral_directory(ROOT / ".wasl")
    async with Stack(directory, ephemeral=True, only_database=True) as stack:
        async with await psycopg.AsyncConnection.connect(stack.database_url, autocommit=True) as owner:
            slug = f"bench-{uuid.uuid4().hex[:8]}"
            cursor = await owner.execute(PREPARE.read_bytes(), {"slug": slug})
            row = await cursor.fetchone()
            assert row is not None
        yield stack.worker_database_url, str(row[0]), str(row[1])


def summary(results: Sequence[dict[str, Any]], client: str, in_flight: int) -> dict[str, Any]:
    """Return the medians of a client's rounds, and how it compares with the bare client in each."""
    mine = [result for result in results if (result["client"], result["in_flight"]) == (client, in_flight)]
    base = [result for result in results if (result["client"], result["in_flight"]) == (BASE, in_flight)]
    rates = [result["calls_per_second"] for result in mine]
    facts = {
        "client": client,
        "in_flight": in_flight,
        "calls_per_second": statistics.median(rates),
        "lowest": min(rates),
        "highest": max(rates),
        **{name: statistics.median(result[name] for result in mine) for name in ("p50_ms", "p99_ms")},
        **{name: statistics.median(result[name] for result in mine) for name in ("cpu_us_per_call", "rss_mb")},
    }
    if base:
        pairs = list(zip(mine, base, strict=True))
        facts["rate_of_aiohttp"] = round(
            statistics.median(one["calls_per_second"] / other["calls_per_second"] for one, other in pairs), 3
        )
        facts["cpu_of_aiohttp"] = round(
            statistics.median(one["cpu_us_per_call"] / other["cpu_us_per_call"] for one, other in pairs), 3
        )
    return facts
