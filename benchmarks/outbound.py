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
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer
from rich.console import Console
from rich.table import Table

from benchmarks import machine
from benchmarks.outbound_clients import CLIENTS
from stack import Stack
from stack.control import ephemeral_directory
from stack.toolchain import ROOT

SERVER_CPU = 1
BASE = "aiohttp"
PACKAGES = ("aiohttp", "httpx", "httpx-aiohttp", "stripe", "uvloop", "orjson", "tenacity", "psycopg")

PREPARE = Path(__file__).with_name("outbound.sql")

app = typer.Typer(add_completion=False)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure."""

    clients: Sequence[str]
    in_flight: Sequence[int]
    calls: int
    rounds: int
    with_database: bool


@app.command()
def outbound(
    clients: Annotated[str, typer.Option(help="Which clients, by name, separated by commas.")] = ",".join(CLIENTS),
    in_flight: Annotated[str, typer.Option(help="Calls kept in flight, separated by commas.")] = "1,64",
    calls: Annotated[int, typer.Option(min=100, help="Calls per measurement.")] = 6000,
    rounds: Annotated[int, typer.Option(min=1, help="Measurements of each client.")] = 5,
    database: Annotated[bool, typer.Option(help="Share state through, and record to, a PostgreSQL of its own.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Calls per second and CPU per call of the whole outbound pipeline, of bare clients, and of the stripe package."""
    chosen = [name.strip() for name in clients.split(",")]
    unknown = [name for name in chosen if name not in CLIENTS]
    if unknown:
        raise typer.BadParameter(f"{unknown[0]} is none of {', '.join(CLIENTS)}", param_hint="--clients")
    plan = Plan(chosen, [int(number) for number in in_flight.split(",")], calls, rounds, database)
    report = asyncio.run(run(plan, Console(stderr=True, quiet=as_json)))
    if as_json:
        typer.echo(json.dumps(report, indent=2))
    else:
        Console().print(as_table(report))


async def run(plan: Plan, console: Console) -> dict[str, Any]:
    """Carry out the plan and return the report."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {SERVER_CPU} & os.sched_getaffinity(0) or os.sched_getaffinity(0))
    results: list[dict[str, Any]] = []
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(stub_server())
        recording = await stack.enter_async_context(database()) if plan.with_database else ()
        for number in range(plan.rounds):
            for in_flight in plan.in_flight:
                for client in plan.clients:
                    console.print(f"round {number + 1} of {plan.rounds}: {client}, {in_flight} in flight")
                    results.append(await measure(client, url, plan, in_flight, recording))
    return {
        "benchmark": "outbound",
        "machine": machine.facts(*PACKAGES),
        "recorded_to": "PostgreSQL" if plan.with_database else "memory",
        "calls": plan.calls,
        "rounds": plan.rounds,
        "results": [summary(results, client, number) for number in plan.in_flight for client in plan.clients],
    }


async def measure(client: str, url: str, plan: Plan, in_flight: int, recording: Sequence[str]) -> dict[str, Any]:
    """Run one client in a process of its own."""
    # A client that falls to a hundred calls a second would keep the others waiting for minutes.
    calls = plan.calls // 10 if client in ("httpx", "stripe") else plan.calls
    output = await output_of("benchmarks.outbound_clients", client, url, str(calls), str(in_flight), *recording)
    result: dict[str, Any] = json.loads(output)
    return result


async def output_of(module: str, *arguments: str) -> bytes:
    """Run a module of this repository and return what it prints."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    if process.returncode:
        raise typer.Exit(process.returncode)
    return output


@asynccontextmanager
async def stub_server() -> AsyncIterator[str]:
    """Run the stub provider; yield its address."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.stub_server", stdout=asyncio.subprocess.PIPE
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
        "best": max(rates),
        **{name: statistics.median(result[name] for result in mine) for name in ("p50_ms", "p99_ms")},
        **{name: statistics.median(result[name] for result in mine) for name in ("cpu_us_per_call", "rss_mb")},
    }
    if base:
        pairs = list(zip(mine, base, strict=True))
        facts["rate_of_bare_aiohttp"] = round(
            statistics.median(one["calls_per_second"] / other["calls_per_second"] for one, other in pairs), 3
        )
        facts["cpu_of_bare_aiohttp"] = round(
            statistics.median(one["cpu_us_per_call"] / other["cpu_us_per_call"] for one, other in pairs), 3
        )
    return facts


def as_table(report: dict[str, Any]) -> Table:
    """Return the report for people."""
    facts = report["machine"]
    table = Table(title=f"Outbound calls, one core of {facts['cpu']}; records go to {report['recorded_to']}")
    for heading in (
        "client",
        "in flight",
        "calls/s",
        "lowest to best",
        "p50 ms",
        "p99 ms",
        "CPU µs/call",
        "of aiohttp",
    ):
        table.add_column(heading, justify="left" if heading == "client" else "right")
    for row in report["results"]:
        table.add_row(
            row["client"],
            str(row["in_flight"]),
            f"{row['calls_per_second']:,.0f}",
            f"{row['lowest']:,.0f} to {row['best']:,.0f}",
            f"{row['p50_ms']:.2f}",
            f"{row['p99_ms']:.2f}",
            f"{row['cpu_us_per_call']:.0f}",
            f"{row.get('rate_of_bare_aiohttp', float('nan')):.2f}",
        )
    return table
