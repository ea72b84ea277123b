"""Checks that are due, carried out beside each other: begun by the leader's schedule, at an end when its worker is."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Generic, Self, TypeVar

import structlog

from workers.store.pool import UNAVAILABLE

_log = structlog.get_logger(__name__)

RowT = TypeVar("RowT")


class Rounds(ABC, Generic[RowT]):
    """Carries out what is due, as an async context manager: leaving it ends what is under way.

    :param concurrency: checks at the same time.
    """

    def __init__(self, *, concurrency: int) -> None:
        self._concurrency = concurrency
        self._running: set[asyncio.Task[None]] = set()

    @abstractmethod
    async def claim(self, limit: int) -> list[RowT]:
        """What is due, each given to one caller only."""

    @abstractmethod
    async def carry_out(self, row: RowT) -> None:
        """Check one and write what was seen."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def begin_due(self) -> int:
        """Begin the checks that are due, as many as there is room for; they go on by themselves. Returns how many."""
        room = self._concurrency - len(self._running)
        rows = await self.claim(room) if room > 0 else []
        for row in rows:
            task = asyncio.create_task(self._attempt(row))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return len(rows)

    async def settle(self) -> None:
        """Wait until the checks that have begun are over."""
        await asyncio.gather(*self._running)

    async def _attempt(self, row: RowT) -> None:
        try:
            await self.carry_out(row)
        except UNAVAILABLE as error:
            _log.warning("a check is lost", check=type(self).__name__, reason=str(error).strip())
        except Exception:
            _log.exception("a check failed unexpectedly", check=type(self).__name__)
