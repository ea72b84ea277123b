"""pgqueuer (PyPI, asyncpg driver) as the queue benchmark's subject; see protocol.py.

Set up as its own tools/benchmark.py does: five consumers in a process, each with one connection and batches of ten, on
uvloop. PGQUEUER_BATCH changes the batch.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
import traceback

import asyncpg
import uvloop
from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgDriver
from pgqueuer.models import Job
from pgqueuer.queries import Queries
from protocol import go, next_line, produce, tell

CONSUMERS = 5
BATCH = int(os.environ.get("PGQUEUER_BATCH", "10"))
ENTRYPOINT = "noop"
PAYLOAD = b'{"n":1}'


async def connect(url: str) -> AsyncpgDriver:
    return AsyncpgDriver(await asyncpg.connect(dsn=url))


async def setup(url: str) -> None:
    queries = Queries(await connect(url))
    try:
        await queries.install()
    except asyncpg.DuplicateObjectError:
        traceback.clear_frames(sys.exc_info()[2])
    await queries.clear_queue()
    await queries.clear_statistics_log()


async def fill(url: str, count: int) -> None:
    queries = Queries(await connect(url))
    for _ in range(0, count, 200):
        await queries.enqueue([ENTRYPOINT] * 200, [PAYLOAD] * 200, [0] * 200)


async def work(url: str) -> None:
    starts: dict[str, float] = {}
    queuers = [PgQueuer(await connect(url)) for _ in range(CONSUMERS)]
    for queuer in queuers:

        @queuer.entrypoint(ENTRYPOINT)
        async def noop(job: Job) -> None:
            starts[str(job.id)] = time.time()

    await go()
    running = [asyncio.create_task(queuer.run(batch_size=BATCH)) for queuer in queuers]
    await next_line()
    for queuer in queuers:
        queuer.shutdown.set()
    await asyncio.gather(*running, return_exceptions=True)
    tell(starts=starts)


async def make(url: str, rate: float, seconds: float) -> None:
    queries = Queries(await connect(url))

    async def enqueue() -> object:
        (job_id,) = await queries.enqueue(ENTRYPOINT, PAYLOAD, 0)
        return job_id

    await produce(enqueue, rate, seconds)


async def main(mode: str, url: str, *numbers: str) -> None:
    if mode == "produce":
        await make(url, float(numbers[0]), float(numbers[1]))
    elif mode == "fill":
        await fill(url, int(numbers[0]))
    else:
        await {"setup": setup, "work": work}[mode](url)


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
