"""What the audit log's chain costs: beside the same row without one, with many writers in one organization and in many.

The chain makes writers of one organization take turns until each commits; those of different organizations do not meet.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

import psycopg

from benchmarks import machine
from stack import Stack
from stack.control import ephemeral_directory
from stack.toolchain import ROOT

_DETAIL: Final = '{"name": "Shop", "provider": "stripe"}'
_PLAIN: Final = """
    insert into private.bench_lines
        (id, organization_id, sequence, occurred_at, actor_type, action, target_type, target_id, detail, hash)
    values (private.uuid_v7(), %s, 1, clock_timestamp(), 'worker', 'connection.checked', 'connection', 'c', %s, '')
"""
_CHAINED: Final = "select private.audit(%s, 'connection.checked', 'connection', 'c', %s)"
_CHECK: Final = "select private.check_audit_lines(%s) ->> 'lines'"
VARIANTS: Final = {
    "without a chain": (_PLAIN, True),
    "chained, an organization each": (_CHAINED, False),
    "chained, one organization": (_CHAINED, True),
}
"""The statement, and whether all writers have one organization."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured. :param seconds: one run. :param writers: at once, one variant each."""

    rounds: int = 3
    seconds: float = 4.0
    writers: Sequence[int] = (1, 8)


async def measure(plan: Plan, report: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """Measure the variants in turns.

    :returns: ``{machine, plan, results: [{variant, writers, per_second, lowest, highest, p50_ms, p99_ms}], verify}``.
    """
    runs: dict[tuple[str, int], list[tuple[float, list[float]]]] = {}
    async with Stack(ephemeral_directory(ROOT / ".wasl"), ephemeral=True, only_database=True) as stack:
        organizations = await _prepare(stack.database_url, max(plan.writers))
        for number in range(plan.rounds):
            for variant, (statement, together) in VARIANTS.items():
                for writers in plan.writers:
                    homes = organizations[:1] * writers if together else organizations[:writers]
                    run = await _write(stack.database_url, statement, homes, plan.seconds)
                    runs.setdefault((variant, writers), []).append(run)
                    report(f"round {number + 1}: {variant}, {writers} writers: {run[0]:,.0f} lines/s")
        verified = await _verify(stack.database_url, organizations[0])
    results = [_summary(variant, writers, each) for (variant, writers), each in runs.items()]
    return {
        "machine": machine.facts("psycopg"),
        "plan": {"rounds": plan.rounds, "seconds": plan.seconds},
        "results": results,
        "verify": verified,
    }


async def _prepare(url: str, count: int) -> list[UUID]:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute("create table private.bench_lines (like public.audit_log including all)")
        await connection.execute(
            "alter table private.bench_lines drop constraint bench_lines_organization_id_sequence_key"
        )
        organizations = [uuid4() for _ in range(count)]
        for each in organizations:
            await connection.execute(
                "insert into public.organizations (id, name, slug) values (%s, 'Bench', %s)", [each, f"b{each.hex}"]
            )
    return organizations


async def _write(url: str, statement: str, homes: Sequence[UUID], seconds: float) -> tuple[float, list[float]]:
    """Lines a second of all writers together, and how long each waited, in ms."""
    waits: list[float] = []

    async def write(home: UUID) -> None:
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            await connection.execute(statement, [home, _DETAIL])  # not measured: the first one plans
            await ready.wait()
            while time.perf_counter() < until:
                begun = time.perf_counter()
                await connection.execute(statement, [home, _DETAIL])
                waits.append((time.perf_counter() - begun) * 1000)

    ready = asyncio.Barrier(len(homes) + 1)
    until = float("inf")
    async with asyncio.TaskGroup() as group:
        for home in homes:
            group.create_task(write(home))
        until = time.perf_counter() + seconds + 1.0
        await ready.wait()
        begun = time.perf_counter()
        until = begun + seconds
    return len(waits) / (time.perf_counter() - begun), waits


async def _verify(url: str, organization: UUID) -> dict[str, float]:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        begun = time.perf_counter()
        ((lines,),) = await (await connection.execute(_CHECK, [organization])).fetchall()
        seconds = time.perf_counter() - begun
    return {"lines": int(lines), "per_second": round(int(lines) / seconds, 1)}


def _summary(variant: str, writers: int, runs: Sequence[tuple[float, list[float]]]) -> dict[str, Any]:
    rates = [rate for rate, _ in runs]
    quantiles = [statistics.quantiles(waits, n=100) for _, waits in runs]
    return {
        "variant": variant,
        "writers": writers,
        "per_second": round(statistics.median(rates), 1),
        "lowest": round(min(rates), 1),
        "highest": round(max(rates), 1),
        "p50_ms": round(statistics.median(each[49] for each in quantiles), 3),
        "p99_ms": round(statistics.median(each[98] for each in quantiles), 3),
    }
