"""Connections to Postgres that break, one of them or all, while there is work: nothing is lost or done twice."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest

from stack import Stack
from stack.postgres import Postgres
from stack.toolchain import find_toolchain
from tests.operations.conftest import ENQUEUE
from tests.support.stacks import migrated_stack
from tests.support.workplace import Workplace, until
from workers.monitoring.metrics import Metrics
from workers.operations.backoff import Backoff
from workers.operations.executor import Executor
from workers.operations.hints import Hints
from workers.operations.jobs import Done, Handler, Job, Outcome
from workers.operations.options import ExecutorOptions
from workers.store.jobs import QUERIES, PostgresQueue
from workers.store.pool import BY_INDEX, Connection, connect, open_pool

KIND = "test.database_lost"
JOBS = 300


class Work:
    """A handler that notes what it does, in the transaction that ends the job."""

    def __init__(self) -> None:
        self.begun: Counter[UUID] = Counter()

    async def __call__(self, job: Job) -> Outcome:
        self.begun[job.id] += 1
        await asyncio.sleep(0.01)

        async def write(connection: Connection) -> None:
            await connection.execute("update public.operations set why = '{}' where id = %s", [job.id])

        return Done(effect=write) if job.id.int % 2 else Done()


@asynccontextmanager
async def executing(url: str, work: Work) -> AsyncIterator[Metrics]:
    """An executor with a pool of its own, at work while the block runs."""
    metrics = Metrics()
    options = ExecutorOptions(
        concurrency=8, lease_seconds=4.0, safe_seconds=1.0, poll_seconds=0.2, backoff=Backoff(0.01, 1.0)
    )
    async with open_pool(url, application_name="fault pool", max_size=4, settings=BY_INDEX) as pool:
        hints = Hints(partial(connect, url, application_name="fault hints"), QUERIES["listen"], metrics.listening)
        executor = Executor(PostgresQueue(pool), {KIND: Handler(work)}, hints, metrics=metrics, options=options)
        task = asyncio.create_task(executor.run())
        try:
            yield metrics
        finally:
            executor.stop()
            await task


async def enqueue(workplace: Workplace, organization: UUID, count: int) -> None:
    await workplace.database.execute(ENQUEUE, _jobs(organization, count))


def _jobs(organization: UUID, count: int) -> dict[str, object]:
    plain = {"priority": 0, "in_seconds": 0, "max_attempts": 12}
    return {"organization_id": organization, "kind": KIND, "count": count, **plain}


async def statuses(workplace: Workplace, organization: UUID) -> dict[str, int]:
    rows = await workplace.all(
        "select status::text, count(*) from public.operations where organization_id = %s group by 1", organization
    )
    return {row["status"]: row["count"] for row in rows}


async def terminate(workplace: Workplace, name: str) -> int:
    rows = await workplace.all(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = %s", name
    )
    return len(rows)


async def test_the_listening_connection_alone(workplace: Workplace, organization: UUID) -> None:
    work = Work()
    async with executing(workplace.stack.worker_database_url, work) as metrics:
        await until(lambda: _listens(metrics))
        assert await terminate(workplace, "fault hints") == 1
        await enqueue(workplace, organization, 20)
        await until(lambda: _all_done(workplace, organization, 20))
        await until(lambda: _listens(metrics))


@pytest.mark.parametrize("rounds", [1, 4])
async def test_every_connection_in_the_middle_of_the_work(
    workplace: Workplace, organization: UUID, rounds: int
) -> None:
    work = Work()
    async with executing(workplace.stack.worker_database_url, work):
        await enqueue(workplace, organization, JOBS)
        for round_number in range(1, rounds + 1):
            some = round_number * 20
            await until(lambda some=some: _begun(work, some))  # type: ignore[misc]
            await terminate(workplace, "fault pool")
            await terminate(workplace, "fault hints")
        await until(lambda: _all_done(workplace, organization, JOBS))
    assert await statuses(workplace, organization) == {"succeeded": JOBS}
    assert sum(work.begun.values()) <= JOBS + rounds * 16  # what was under way may have been begun anew


@pytest.mark.parametrize(
    ("shut", "opened"),
    [
        ("alter role wasl_worker nologin", "alter role wasl_worker login"),
        (
            "alter role wasl_worker set default_transaction_read_only = on",
            "alter role wasl_worker reset default_transaction_read_only",
        ),
    ],
    ids=["lets nobody in", "is read-only"],
)
async def test_a_database_that_for_a_while(
    workplace: Workplace, organization: UUID, shut: LiteralString, opened: LiteralString
) -> None:
    work = Work()
    async with executing(workplace.stack.worker_database_url, work):
        await enqueue(workplace, organization, JOBS)
        await until(lambda: _begun(work, 30))
        await workplace.database.execute(shut)
        try:
            await terminate(workplace, "fault pool")
            await terminate(workplace, "fault hints")
            await asyncio.sleep(1.0)
        finally:
            await workplace.database.execute(opened)
        # As the end of a full disk comes: connections that are read-only do not last.
        await terminate(workplace, "fault pool")
        await until(lambda: _all_done(workplace, organization, JOBS))
    assert await statuses(workplace, organization) == {"succeeded": JOBS}


async def test_restarts_of_postgres() -> None:
    """Once in good order ("fast shutdown"), once by a crash, after which Postgres recovers from its log."""
    async with migrated_stack(durable=True, only_database=True) as stack:
        work, organization = Work(), uuid4()
        async with await _owner(stack) as database:
            await database.execute("insert into public.organizations values (%s, 'Test', 'test')", [organization])
            await database.execute(ENQUEUE, _jobs(organization, JOBS))
        async with executing(stack.worker_database_url, work):
            await until(lambda: _begun(work, JOBS // 10))
            await _restart_postgres(stack, signal.SIGINT)
            await until(lambda: _begun(work, JOBS // 2))
            await _restart_postgres(stack, signal.SIGKILL)

            async def all_done() -> bool:
                async with await _owner(stack) as database:
                    cursor = await database.execute("select count(*) from public.operations where status = 'succeeded'")
                    return await cursor.fetchall() == [(JOBS,)]

            await until(all_done)
        assert len(work.begun) == JOBS


async def _owner(stack: Stack) -> psycopg.AsyncConnection[tuple[Any, ...]]:
    return await psycopg.AsyncConnection.connect(stack.database_url, autocommit=True)


async def _restart_postgres(stack: Stack, how: signal.Signals) -> None:
    supervisor = stack._supervisor
    (server,) = [child for child in supervisor.children if child.command.name == "postgres"]
    os.killpg(server.pid, how) if how == signal.SIGKILL else server.process.send_signal(how)
    await server.process.wait()
    await asyncio.sleep(0.5)
    await Postgres(stack.state, find_toolchain().postgres_home, durable=True).start(supervisor)


async def _listens(metrics: Metrics) -> bool:
    return b"wasl_listening 1.0" in metrics.render()


async def _begun(work: Work, number: int) -> bool:
    return len(work.begun) >= number


async def _all_done(workplace: Workplace, organization: UUID, number: int) -> bool:
    return (await statuses(workplace, organization)).get("succeeded") == number
