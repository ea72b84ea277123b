"""Our queue as the benchmark's subject; see `benchmarks.peers.protocol`.

The executor is the workers' own, with a handler that does nothing. Every job has a real operation, which is finished
in the same transaction as the job leaves; nothing of the durability is relaxed.
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any, Final
from uuid import UUID

import psycopg
import uvloop

from benchmarks.peers.protocol import go, next_line, produce, tell
from workers.config import Settings
from workers.monitoring.metrics import Metrics
from workers.operations.jobs import Done, Handler, Job, Outcome
from workers.runtime import make_executor, open_runtime

KIND: Final = "bench.noop"
ORGANIZATION: Final = UUID("00000000-0000-4000-8000-00000000beac")
BATCH: Final = 200

SETUP: Final = "insert into public.organizations (id, name, slug) values (%s, 'Bench', 'bench') on conflict do nothing"
FILL: Final = """
    with asked as (
        insert into public.operations (organization_id, kind, input, created_by)
        select %s, %s, '{"n": 1}', 'service' from generate_series(1, %s)
        returning id, kind, organization_id
    )
    insert into private.jobs (id, kind, organization_id) select id, kind, organization_id from asked
"""
ENQUEUE: Final = """select (private.enqueue_operation(%s, %s, null, null, '{"n": 1}')).id"""


async def setup(url: str) -> None:
    """Make the organization whose operations these are, and forget those of earlier runs."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as database:
        await database.execute("delete from private.jobs where kind = %s", [KIND])
        await database.execute("delete from public.organizations where id = %s", [ORGANIZATION])
        await database.execute(SETUP, [ORGANIZATION])


async def fill(url: str, count: int) -> None:
    """Put operations and their jobs into the queue."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as database:
        for _ in range(0, count, BATCH):
            await database.execute(FILL, [ORGANIZATION, KIND, BATCH])


async def work(url: str) -> None:
    """Do jobs as a worker does."""
    starts: dict[str, float] = {}

    async def note(job: Job) -> Outcome:
        starts[str(job.id)] = time.time()
        return Done()

    settings = Settings.read(database_url=url, keyring='{"version": 1, "keys": []}')
    async with open_runtime(settings, name="wasl bench") as runtime:
        executor = make_executor(runtime, {KIND: Handler(note)}, Metrics())
        await go()
        running = asyncio.create_task(executor.run())
        await next_line()
        executor.stop()
        await running
    tell(starts=starts)


async def make(url: str, rate: float, seconds: float) -> None:
    """Enqueue operations one by one, each in a transaction of its own, as the RPCs do."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as database:

        async def enqueue() -> Any:
            cursor = await database.execute(ENQUEUE, [ORGANIZATION, KIND])
            ((job_id,),) = await cursor.fetchall()
            return job_id

        await produce(enqueue, rate, seconds)


async def main(mode: str, url: str, *numbers: str) -> None:
    """Do what the mode says."""
    match mode:
        case "setup":
            await setup(url)
        case "fill":
            await fill(url, int(numbers[0]))
        case "work":
            await work(url)
        case "produce":
            await make(url, float(numbers[0]), float(numbers[1]))


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
