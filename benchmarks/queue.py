"""How many jobs a queue drains in a second, and how soon it picks one up: ours, and beside it the peers, in turns.

Every run starts from the same state (queue filled, vacuumed, checkpointed) on a durable Postgres of its own; the
subjects take turns round by round, because a shared machine is never the same twice.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import statistics
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg

from benchmarks import machine
from benchmarks.queue_peers import Subject
from stack import Stack
from stack.control import ephemeral_directory
from stack.toolchain import ROOT

_PACKAGES: Final = ("psycopg", "psycopg-pool", "uvloop", "orjson")
_POLL_SECONDS: Final = 0.04
_EMPTY_WITHIN_SECONDS: Final = 180.0
_SETTLE_SECONDS: Final = 1.0
_UNMEASURED_AT_FIRST: Final = 0.1
_TABLES: Final = "select format('%I.%I', schemaname, relname) from pg_stat_user_tables where n_mod_since_analyze > 0"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured.

    :param jobs: in the queue before a drain.
    :param processes: drained by so many worker processes, one variant each.
    :param rate: jobs enqueued a second when latency is measured, for ``seconds``; the first tenth is left out.
    """

    jobs: int = 20_000
    processes: Sequence[int] = (1, 2)
    rounds: int = 3
    rate: float = 50.0
    seconds: float = 8.0


@dataclass
class Measurements:
    """The runs of one variant of one subject."""

    runs: list[dict[str, float]] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        """Medians over the runs, and the range of the first figure."""
        names = list(self.runs[0])
        medians = {name: round(statistics.median(run[name] for run in self.runs), 2) for name in names}
        first = [run[names[0]] for run in self.runs]
        return {**medians, "lowest": round(min(first), 2), "highest": round(max(first), 2), "runs": len(self.runs)}


async def measure(
    subjects: Sequence[Subject], plan: Plan, report: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Measure the subjects in turns.

    :param report: told of each run.
    :returns: ``{machine, plan, drain: {subject: {processes: figures}}, latency: {subject: figures}}``.
    """
    drains = {(subject.name, processes): Measurements() for subject in subjects for processes in plan.processes}
    latencies = {subject.name: Measurements() for subject in subjects}
    async with Stack(ephemeral_directory(ROOT / ".wasl"), ephemeral=True) as stack:
        urls = {subject.name: await _prepared(stack, subject) for subject in subjects}
        for number in range(1, plan.rounds + 1):
            for subject in subjects:
                url = urls[subject.name]
                for processes in plan.processes:
                    figures = await _drain(subject, url, int(plan.jobs * subject.share), processes)
                    drains[subject.name, processes].runs.append(figures)
                    report(
                        f"round {number}: {subject.name}, {processes} process(es): {figures['jobs_per_second']:,.0f}/s"
                    )
                figures = await _pick_up(subject, url, plan)
                latencies[subject.name].runs.append(figures)
                report(f"round {number}: {subject.name}: picked up after {figures['p50_ms']:.2f} ms (p50)")
    return {
        "machine": machine.facts(*_PACKAGES),
        "plan": {"jobs": plan.jobs, "rounds": plan.rounds, "rate": plan.rate, "seconds": plan.seconds},
        "drain": {
            subject.name: {str(processes): drains[subject.name, processes].summary() for processes in plan.processes}
            for subject in subjects
        },
        "latency": {name: each.summary() for name, each in latencies.items()},
    }


async def _prepared(stack: Stack, subject: Subject) -> str:
    """The URL of the subject's database, with its schema made."""
    url = stack.database_url
    if subject.database is not None:
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as database:
            found = await (
                await database.execute("select 1 from pg_database where datname = %s", [subject.database])
            ).fetchall()
            if not found:
                await database.execute(f"create database {subject.database}")
        url = url.replace("/postgres?", f"/{subject.database}?")
    await _run(subject, "setup", url)
    return url


async def _drain(subject: Subject, url: str, jobs: int, processes: int) -> dict[str, float]:
    """Fill the queue and let it be emptied."""
    await _run(subject, "setup", url)
    await _run(subject, "fill", url, str(jobs))
    await _tidy(url)
    async with _workers(subject, url, processes) as workers:
        for worker in workers:
            await worker.go()
        await _until_empty(subject, url)
        answers = [await worker.stop() for worker in workers]
    starts = sorted(moment for answer in answers for moment in answer["starts"].values())
    if len(starts) != jobs:
        raise RuntimeError(f"{subject.name} did {len(starts)} of {jobs} jobs")
    first = int(jobs * _UNMEASURED_AT_FIRST)
    return {
        "jobs_per_second": (jobs - first) / (starts[-1] - starts[first]),
        "first_to_last_per_second": jobs / (starts[-1] - starts[0]),
    }


async def _pick_up(subject: Subject, url: str, plan: Plan) -> dict[str, float]:
    """Enqueue at a low rate and see when the handlers start."""
    await _run(subject, "setup", url)
    await _tidy(url)
    async with _workers(subject, url, 1) as (worker,):
        await worker.go()
        await asyncio.sleep(_SETTLE_SECONDS)
        told = await _run(subject, "produce", url, str(plan.rate), str(plan.seconds))
        await _until_empty(subject, url)
        starts: Mapping[str, float] = (await worker.stop())["starts"]
    enqueued: Mapping[str, float] = json.loads(told)["enqueued"]
    waits = [(starts[job] - moment) * 1000 for job, moment in enqueued.items()]
    measured = sorted(waits[int(len(waits) * _UNMEASURED_AT_FIRST) :])
    return {
        "p50_ms": measured[len(measured) // 2],
        "p99_ms": measured[int(len(measured) * 0.99)],
        "max_ms": measured[-1],
    }


async def _tidy(url: str) -> None:
    """The same start for everybody: statistics are right, nothing waits to be written."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as database:
        tables = await (await database.execute(_TABLES)).fetchall()
        for (table,) in tables:
            await database.execute(f"vacuum analyze {table}")
        await database.execute("checkpoint")


async def _until_empty(subject: Subject, url: str) -> None:
    async with (
        await psycopg.AsyncConnection.connect(url, autocommit=True) as database,
        asyncio.timeout(_EMPTY_WITHIN_SECONDS),
    ):
        while (await (await database.execute(subject.left)).fetchall())[0][0]:
            await asyncio.sleep(_POLL_SECONDS)


@dataclass(frozen=True, slots=True)
class _Worker:
    process: asyncio.subprocess.Process

    async def go(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"go\n")
        await self.process.stdin.drain()

    async def stop(self) -> dict[str, Any]:
        answer, _ = await self.process.communicate(b"stop\n")
        told: dict[str, Any] = json.loads(answer)
        return told


@asynccontextmanager
async def _workers(subject: Subject, url: str, count: int) -> AsyncIterator[list[_Worker]]:
    """So many worker processes, ready to go."""
    processes = [await _start(subject, "work", url) for _ in range(count)]
    try:
        for process in processes:
            assert process.stdout is not None
            await process.stdout.readline()
        yield [_Worker(process) for process in processes]
    finally:
        for process in processes:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def _run(subject: Subject, *arguments: str) -> str:
    process = await _start(subject, *arguments)
    output, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"{subject.name} {arguments[0]} failed")
    return output.decode()


async def _start(subject: Subject, *arguments: str) -> asyncio.subprocess.Process:
    program = shutil.which(subject.command[0]) or subject.command[0]
    return await asyncio.create_subprocess_exec(
        program,
        *subject.command[1:],
        *arguments,
        cwd=ROOT,
        env={**os.environ, **subject.environment},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=64 * 1024 * 1024,
    )
