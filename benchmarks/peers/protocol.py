"""How the queue benchmark speaks with a subject, ours or a peer's: a process whose first argument is a mode.

``setup``                 make the schema in the database of the second argument, and end
``fill URL COUNT``        put jobs into the queue, and end
``work URL``              print ``ready``, wait for the line ``go``, do jobs until the line ``stop``, then print one
                          line of JSON: ``{"starts": {job id: Unix time of its handler's start}}``
``produce URL RATE SECONDS``  enqueue jobs one by one at even intervals, then print one line of JSON:
                          ``{"enqueued": {job id: Unix time just before the call that enqueued it}}``

Standard library only: peers run in environments of their own.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable


async def next_line() -> str:
    """The next line of standard input."""
    return (await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)).strip()


async def go() -> None:
    """Say that everything is ready, and wait for the start."""
    print("ready", flush=True)
    await next_line()


def tell(**facts: object) -> None:
    """Print one line of JSON."""
    print(json.dumps(facts), flush=True)


async def produce(enqueue: Callable[[], Awaitable[object]], rate: float, seconds: float) -> None:
    """Enqueue at even intervals and tell when each job was."""
    enqueued: dict[str, float] = {}
    begin = time.monotonic()
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, begin + number / rate - time.monotonic()))
        moment = time.time()
        enqueued[str(await enqueue())] = moment
    tell(enqueued=enqueued)
