"""procrastinate (PyPI, psycopg connector) as the queue benchmark's subject; see protocol.py.

Concurrency 10 with LISTEN/NOTIFY, finished jobs kept, as its documentation recommends to begin with.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time

import uvloop
from procrastinate import App, JobContext, PsycopgConnector
from protocol import go, next_line, produce, tell

CONCURRENCY = 10
logging.getLogger("procrastinate").setLevel(logging.ERROR)  # it would have the app in a module of its own


def application(url: str, starts: dict[str, float]) -> App:
    app = App(connector=PsycopgConnector(conninfo=url, min_size=2, max_size=12))

    @app.task(name="noop", pass_context=True)
    async def noop(context: JobContext, n: int) -> None:
        starts[str(context.job.id)] = time.time()

    return app


async def setup(app: App) -> None:
    found = await app.connector.execute_query_one_async("select to_regclass('procrastinate_jobs') is not null as made")
    if not found["made"]:
        await app.schema_manager.apply_schema_async()
    await app.connector.execute_query_async("truncate procrastinate_jobs, procrastinate_events cascade")


async def fill(app: App, count: int) -> None:
    for _ in range(0, count, 200):
        await app.tasks["noop"].batch_defer_async(*[{"n": 1}] * 200)


async def work(app: App, starts: dict[str, float]) -> None:
    await go()
    running = asyncio.create_task(
        app.run_worker_async(concurrency=CONCURRENCY, install_signal_handlers=False, wait=True)
    )
    await next_line()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    tell(starts=starts)


async def main(mode: str, url: str, *numbers: str) -> None:
    starts: dict[str, float] = {}
    app = application(url, starts)
    async with app.open_async():
        if mode == "produce":
            await produce(lambda: app.tasks["noop"].defer_async(n=1), float(numbers[0]), float(numbers[1]))
        elif mode == "fill":
            await fill(app, int(numbers[0]))
        elif mode == "work":
            await work(app, starts)
        else:
            await setup(app)


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
