"""Doing many small things with one large effort: what comes while one batch is under way makes up the next one.

Nothing ever waits for company: an idle batcher begins at once, a busy one gathers exactly as long as it is busy.
Batches therefore grow with the load, and the wait stays that of about two batches.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


class Batcher(Generic[ItemT, ResultT]):
    """Hands items on in batches, one batch at a time, in the order in which they came.

    :param handle: does a batch; returns for each item, in order, its result, or an exception for that item alone. What
        it raises goes to all of them.
    :param most: items in a batch at most.
    :param weight: what an item weighs; a batch ends with the item that makes it ``heaviest`` or more.
    """

    def __init__(
        self,
        handle: Callable[[Sequence[ItemT]], Awaitable[Sequence[ResultT | Exception]]],
        *,
        most: int,
        weight: Callable[[ItemT], int] = lambda _: 1,
        heaviest: int = 2**63,
    ) -> None:
        self._handle = handle
        self._most = most
        self._weight = weight
        self._heaviest = heaviest
        self._waiting: list[tuple[ItemT, asyncio.Future[ResultT]]] = []
        self._wake = asyncio.Event()
        self._closing = False

    @property
    def waiting(self) -> int:
        """How many items wait for the next batch."""
        return len(self._waiting)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work for the length of an ``async with`` block; whatever has been submitted is done when it ends."""
        worker = asyncio.create_task(self._run())
        try:
            yield
        finally:
            self._closing = True
            self._wake.set()
            await worker

    def submit(self, item: ItemT) -> asyncio.Future[ResultT]:
        """Add an item to the next batch; the future holds its result. To cancel the future takes nothing back."""
        future: asyncio.Future[ResultT] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        self._wake.set()
        return future

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            if not self._waiting:
                if self._closing:
                    return
                self._wake.clear()
                continue
            batch = self._next_batch()
            results: Sequence[ResultT | Exception]
            try:
                results = await self._handle([item for item, _ in batch])
            except Exception as error:
                results = [error] * len(batch)
            for (_, future), result in zip(batch, results, strict=True):
                _settle(future, result)

    def _next_batch(self) -> list[tuple[ItemT, asyncio.Future[ResultT]]]:
        size, weight = 0, 0
        for item, _ in self._waiting[: self._most]:
            size += 1
            weight += self._weight(item)
            if weight >= self._heaviest:
                break
        batch, self._waiting = self._waiting[:size], self._waiting[size:]
        return batch


def _settle(future: asyncio.Future[ResultT], result: ResultT | Exception) -> None:
    if future.done():  # whoever waited is gone
        return
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)
