"""How many webhooks are verified, deduplicated, logged, queued and durable in a second, and how long a sender waits.

The hub's ingress and its peer get the same deliveries over HTTP from the same load generator, on the same durable
Postgres, and so do plain inserts, which show what the database could do if nothing else had to be done. They take
turns round by round, because a shared machine is never the same twice; before each run the tables are emptied and a
checkpoint is made. Load generator, server and database share the machine's cores.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from benchmarks import machine
from benchmarks.ingest_subjects import Server, cpu_seconds, hub, install_peer, peer
from benchmarks.webhook_load import WARM_UP_SECONDS, event_template
from stack import Stack
from stack.control import ephemeral_directory
from stack.toolchain import ROOT
from workers.store.pool import connect

_PACKAGES: Final = ("uvicorn", "httptools", "uvloop", "psycopg", "orjson")
_LIMIT_TABLE: Final = """
    create table if not exists public.bench_webhook_event (
        id bigint generated always as identity primary key,
        endpoint_id bigint not null,
        provider_event_id text not null,
        received_at timestamptz not null default now(),
        payload jsonb not null,
        unique (endpoint_id, provider_event_id)
    )
"""
_SINGLE: Final = (
    "insert into public.bench_webhook_event (endpoint_id, provider_event_id, payload) values (1, %b, %b::text::jsonb) "
    "on conflict do nothing"
)
_MANY: Final = (
    "insert into public.bench_webhook_event (endpoint_id, provider_event_id, payload) "
    "select 1, id, payload::jsonb from unnest(%b::text[], %b::text[]) as event (id, payload) on conflict do nothing"
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured.

    :param connections: keep-alive connections of the load generator, one variant each.
    :param seconds: of one run, after a second of warm-up.
    :param peers: whether stripe-sync-engine is measured too.
    """

    connections: Sequence[int] = (32, 64)
    rounds: int = 5
    seconds: float = 5.0
    peers: bool = True


async def measure(plan: Plan, report: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """Carry out the plan.

    :param report: told of each run.
    :returns: ``{machine, plan, saturation, half, limits, times_peer}``; medians over the rounds.
    """
    runs: dict[tuple[str, str, str], list[dict[str, float]]] = {}
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(Stack(ephemeral_directory(ROOT / ".wasl"), ephemeral=True))
        servers = [await stack.enter_async_context(hub(database))]
        if plan.peers:
            servers.append(await stack.enter_async_context(peer(database)))
        postmaster = await _postmaster(database)
        for number in range(1, plan.rounds + 1):
            for subject, kind, variant, figures in [
                *[each for server in servers for each in await _serve(server, plan, postmaster)],
                *await _limits(database, plan),
            ]:
                runs.setdefault((kind, subject, variant), []).append(figures)
                report(f"round {number}: {subject}, {variant}: {figures['per_second']:,.0f}/s")
    return _summary(plan, runs)


async def _serve(server: Server, plan: Plan, postmaster: int) -> list[tuple[str, str, str, dict[str, float]]]:
    """Saturate a server over each number of connections, then send at half of the best rate it kept up."""
    results = []
    for connections in plan.connections:
        figures = await _load(server, plan, postmaster, connections, None)
        results.append((server.name, "saturation", f"{connections} connections", figures))
    best = max(figures["per_second"] for *_, figures in results)
    at_half = await _load(server, plan, postmaster, max(plan.connections), best / 2)
    return [*results, (server.name, "half", f"{max(plan.connections)} connections", at_half)]


async def _load(server: Server, plan: Plan, postmaster: int, connections: int, rate: float | None) -> dict[str, float]:
    async with await psycopg.AsyncConnection.connect(server.database_url, autocommit=True) as database:
        await database.execute(f"truncate {server.empty}")
        await database.execute("checkpoint")
        before = cpu_seconds(server.process.pid), cpu_seconds(postmaster)
        arguments = [server.url, server.secret, str(connections), str(plan.seconds), *([str(rate)] if rate else [])]
        told = await _run_module("benchmarks.webhook_load", *arguments)
        server_cpu, database_cpu = cpu_seconds(server.process.pid) - before[0], cpu_seconds(postmaster) - before[1]
        cursor = await database.execute(server.count)
        ((kept,),) = await cursor.fetchall()
    if told["refused"] or kept < told["acknowledged"]:
        raise RuntimeError(
            f"{server.name}: {told['refused']} refused, {told['acknowledged']} acknowledged, {kept} kept"
        )
    return {
        **{name: told[name] for name in ("per_second", "p50_ms", "p99_ms", "longest_ms")},
        "server_cpu_us": server_cpu / kept * 1e6,
        "database_cpu_us": database_cpu / kept * 1e6,
        "client_cpu_us": told["client_cpu_us"],
    }


async def _limits(stack: Stack, plan: Plan) -> list[tuple[str, str, str, dict[str, float]]]:
    """Plain inserts into one table, by psycopg: one row a commit over eight connections, and fifty over one."""
    results = []
    for variant, statement, rows, connections in (("x1, 8 connections", _SINGLE, 1, 8), ("x50", _MANY, 50, 1)):
        async with await psycopg.AsyncConnection.connect(stack.admin_database_url, autocommit=True) as database:
            await database.execute(_LIMIT_TABLE)
            await database.execute("truncate public.bench_webhook_event")
            await database.execute("checkpoint")
        per_second = await _insert(stack.admin_database_url, statement, rows, connections, plan.seconds)
        results.append(("plain inserts", "limits", variant, {"per_second": per_second}))
    return results


async def _insert(url: str, statement: str, rows: int, connections: int, seconds: float) -> float:
    body = event_template().decode()
    inserted = 0

    async def work(worker: int) -> None:
        nonlocal inserted
        database = await connect(url, application_name="bench limits")
        async with database:
            number = 0
            while time.perf_counter() < ends:
                ids = [f"evt_{worker}_{number + offset}" for offset in range(rows)]
                number += rows
                given: list[Any] = [ids[0], body] if rows == 1 else [ids, [body] * rows]
                await database.execute(statement, given)
                inserted += rows if time.perf_counter() > begins else 0

    begins = time.perf_counter() + WARM_UP_SECONDS
    ends = begins + seconds
    await asyncio.gather(*(work(worker) for worker in range(connections)))
    return inserted / seconds


async def _postmaster(stack: Stack) -> int:
    async with await psycopg.AsyncConnection.connect(stack.admin_database_url, autocommit=True) as database:
        cursor = await database.execute("select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::integer")
        ((pid,),) = await cursor.fetchall()
    return int(pid)


async def _run_module(module: str, *arguments: str) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"{module} ended with status {process.returncode}")
    told: dict[str, Any] = json.loads(output)
    return told


def _summary(plan: Plan, runs: dict[tuple[str, str, str], list[dict[str, float]]]) -> dict[str, Any]:
    sections: dict[str, dict[str, dict[str, Any]]] = {"saturation": {}, "half": {}, "limits": {}}
    for (kind, subject, variant), each in runs.items():
        medians = {name: round(statistics.median(run[name] for run in each), 2) for name in each[0]}
        rates = [run["per_second"] for run in each]
        spread = {"lowest": round(min(rates), 2), "highest": round(max(rates), 2), "runs": len(each)}
        sections[kind].setdefault(subject, {})[variant] = medians | spread
    result: dict[str, Any] = {
        "machine": machine.facts(*_PACKAGES),
        "plan": {"connections": list(plan.connections), "rounds": plan.rounds, "seconds": plan.seconds},
        **sections,
    }
    if plan.peers:
        result["times_peer"] = _times_peer(runs)
    return result


def _times_peer(runs: dict[tuple[str, str, str], list[dict[str, float]]]) -> float:
    """How many times the peer's rate the hub reaches: the median over the rounds of their best rates' quotient."""

    def best(subject: str) -> list[float]:
        variants = [each for (kind, name, _), each in runs.items() if (kind, name) == ("saturation", subject)]
        return [max(run["per_second"] for run in rounds) for rounds in zip(*variants, strict=True)]

    pairs = zip(best("wasl"), best("stripe-sync-engine"), strict=True)
    return round(statistics.median(ours / theirs for ours, theirs in pairs), 2)


def install() -> None:
    """Install the peer."""
    install_peer()
