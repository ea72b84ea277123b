"""`wasl bench rollup`: what it costs to ask for a year of figures, and to fold new ones.

A database is filled with a year of hourly figures and their totals; the days are cut from them by the workers' own
code. Then the RPCs are asked as the dashboard asks them, by a member under row-level security, in the database, without
PostgREST; each question is timed on its own.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import psycopg

from benchmarks import machine
from benchmarks.ingest_subjects import cpu_seconds
from stack import Stack
from stack.control import ephemeral_directory
from stack.toolchain import ROOT
from workers.store.analytics import PostgresAnalytics
from workers.store.pool import open_pool
from workers.store.queries import parse_queries

QUERIES = parse_queries("rollup", Path(__file__).with_name("rollup.sql").read_text())
_SLICE_DAYS: Final = 30
_QUESTIONS: Final[Mapping[str, str]] = {
    "usage_of_a_year_by_day": "usage(now() - interval '365 days', now(), 'day', organization_id => %(organization)s)",
    "usage_of_a_year_by_month_and_provider": (
        "usage(now() - interval '365 days', now(), 'month', '{provider}', organization_id => %(organization)s)"
    ),
    "latency_of_a_year_by_day": (
        "latency(now() - interval '365 days', now(), 'day', environment => 'live', organization_id => %(organization)s)"
    ),
    "errors_of_a_year_by_provider": (
        "traffic_errors(now() - interval '365 days', now(), 'month', '{provider}', organization_id => %(organization)s)"
    ),
    "usage_of_a_day_by_hour": "usage(now() - interval '24 hours', now(), 'hour', organization_id => %(organization)s)",
    "usage_of_a_week_by_hour": "usage(now() - interval '7 days', now(), 'hour', organization_id => %(organization)s)",
    "latency_of_a_connections_year": (
        "latency(now() - interval '365 days', now(), 'day', organization_id => %(organization)s, "
        "connection_id => %(connection)s)"
    ),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure.

    :param operations: that every connection calls every hour.
    :param rounds: how often each question is asked.
    :param increments: folded at once.
    """

    connections: int = 200
    operations: int = 3
    days: int = 365
    rounds: int = 20
    increments: int = 50_000


async def measure(plan: Plan, report: Callable[[str], None]) -> dict[str, Any]:
    """Fill a database of the benchmark's own and ask it."""
    directory = ephemeral_directory(ROOT / ".wasl")
    async with Stack(directory, ephemeral=True, only_database=True) as stack:
        return await _measure(stack, plan, report)


async def _measure(stack: Stack, plan: Plan, report: Callable[[str], None]) -> dict[str, Any]:
    connecting = psycopg.AsyncConnection.connect(stack.database_url, autocommit=True)
    async with await connecting as database, open_pool(stack.worker_database_url, application_name="bench") as pool:
        organization_id = await _fill(database, plan, report)
        analytics = PostgresAnalytics(pool)
        report("cutting the days ...")
        began = time.perf_counter()
        await analytics.cut_days_anew()
        cutting = time.perf_counter() - began
        await database.execute(QUERIES["vacuum"])
        hourly, daily, totals = await _row(database, "counts")
        hourly_size, totals_size = await _row(database, "size")
        asked = await _ask_all(database, organization_id, plan)
        report("folding ...")
        await database.execute(
            QUERIES["increments"], {"organization_id": organization_id, "increments": plan.increments}
        )
        began = time.perf_counter()
        folded = await analytics.fold_all()
        return {
            "machine": machine.facts("psycopg"),
            "plan": asdict(plan),
            "rows": {
                "hourly": hourly,
                "daily": daily,
                "totals": totals,
                "hourly_size": hourly_size,
                "totals_size": totals_size,
            },
            "asked": asked,
            "seconds_to_cut_all_days": round(cutting, 1),
            "increments_folded_per_second": round(folded / (time.perf_counter() - began)),
        }


async def _fill(database: psycopg.AsyncConnection[Any], plan: Plan, report: Callable[[str], None]) -> UUID:
    organization_id: UUID = (await _row(database, "organization"))[0]
    known = {"organization_id": organization_id, "connections": plan.connections, "operations": plan.operations}
    await database.execute(QUERIES["connections"], known)
    await database.execute(QUERIES["partitions"], {"days": plan.days})
    await database.execute(QUERIES["begin_filling"])
    for first in range(plan.days, 0, -_SLICE_DAYS):
        report(f"filling the {_SLICE_DAYS} days of {first} days ago ...")
        days = {"from_days": first, "to_days": max(first - _SLICE_DAYS, 0)}
        await database.execute(QUERIES["hours"], {**known, **days})
        await database.execute(QUERIES["hour_totals"], {**known, **days})
    await database.execute(QUERIES["end_filling"])
    await database.execute(QUERIES["zone"], known)
    await database.execute(QUERIES["vacuum"])
    return organization_id


async def _ask_all(
    database: psycopg.AsyncConnection[Any], organization_id: UUID, plan: Plan
) -> dict[str, dict[str, float]]:
    of = {"organization_id": organization_id}
    (connection_id,) = await _row(database, "a_connection", of)
    (user_id,) = await _row(database, "member", of)
    await database.execute(QUERIES["be_member"], {"user_id": user_id})
    known = {"organization": organization_id, "connection": connection_id}
    asked = {name: await _ask(database, question, known, plan) for name, question in _QUESTIONS.items()}
    await database.execute(QUERIES["be_oneself"])
    return asked


async def _ask(
    database: psycopg.AsyncConnection[Any], question: str, known: Mapping[str, UUID], plan: Plan
) -> dict[str, float]:
    query = f"select * from public.{question}".encode()  # noqa: S608 - one of the constants above
    taken: list[float] = []
    rows, cpu = 0, 0.0
    for number in range(plan.rounds + 2):
        if number == 2:  # warm by now
            cpu = cpu_seconds(database.info.backend_pid)
        began = time.perf_counter()
        rows = len(await (await database.execute(query, known)).fetchall())
        taken.append((time.perf_counter() - began) * 1000)
    measured, spent = sorted(taken[2:]), cpu_seconds(database.info.backend_pid) - cpu
    return {
        "rows": rows,
        "median_ms": round(statistics.median(measured), 1),
        "lowest_ms": round(measured[0], 1),
        "highest_ms": round(measured[-1], 1),
        "cpu_ms": round(spent * 1000 / plan.rounds, 1),
    }


async def _row(database: psycopg.AsyncConnection[Any], query: str, known: Mapping[str, Any] | None = None) -> Any:
    row = await (await database.execute(QUERIES[query], known)).fetchone()
    assert row is not None
    return row
