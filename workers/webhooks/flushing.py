"""Writing now and then what has been gathered in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress


@asynccontextmanager
async def flushed(flush: Callable[[], Awaitable[None]], seconds: float) -> AsyncIterator[None]:
    """Call ``flush``, which raises nothing, every so many seconds of an ``async with`` block and once more at its
    end."""
    stop = asyncio.Event()
    writer = asyncio.create_task(_flush_until(stop, flush, seconds))
    try:
        yield
    finally:
        stop.set()
        await writer


async def _flush_until(stop: asyncio.Event, flush: Callable[[], Awaitable[None]], seconds: float) -> None:
    stopping = False
    while not stopping:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await stop.wait()
        stopping = stop.is_set()
        await flush()
