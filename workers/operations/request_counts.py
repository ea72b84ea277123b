"""Counts the requests of API keys: hears of each by NOTIFY while this worker leads, adds up, and settles.

Counting protects the hub and bills nobody: what is made while no worker leads, or while the database is away, is not
counted, and holds nothing up.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Final, Protocol
from uuid import UUID

import structlog

from workers.cancellation import raise_if_cancelled
from workers.store.api_keys import LISTEN
from workers.store.pool import UNAVAILABLE, Connection

_log = structlog.get_logger(__name__)
_PAUSE_SECONDS: Final = 1.0


class Settles(Protocol):
    """Where counts go."""

    async def settle(self, requests: Counter[UUID]) -> None:
        """Add them to what the keys have used."""


class RequestCounts:
    """Listens whenever it is told that this worker leads.

    :param connect: opens the connection that listens.
    :param settle_seconds: how often counts are settled, while there are any.
    """

    def __init__(
        self, keys: Settles, connect: Callable[[], Awaitable[Connection]], *, settle_seconds: float = 0.25
    ) -> None:
        self._keys = keys
        self._connect = connect
        self._settle_seconds = settle_seconds
        self._leads = asyncio.Event()
        self._listening: asyncio.Task[None] | None = None

    def leadership_changed(self, leading: bool) -> None:
        """Begin to listen, or cease."""
        if leading:
            self._leads.set()
        else:
            self._leads.clear()
            if self._listening is not None:
                self._listening.cancel()

    async def run(self) -> None:
        """Count until cancelled."""
        while True:
            raise_if_cancelled()
            await self._leads.wait()
            self._listening = asyncio.create_task(self._listen())
            try:
                await asyncio.wait([self._listening])
            finally:
                self._listening.cancel()
            if not self._listening.cancelled() and (error := self._listening.exception()) is not None:
                if not isinstance(error, UNAVAILABLE):
                    raise error
                _log.warning("requests are not counted for the moment", reason=str(error).strip())
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _listen(self) -> None:
        async with await self._connect() as connection:
            await connection.execute(LISTEN)
            while True:
                raise_if_cancelled()
                counted = await self._hear(connection)
                if counted:
                    await self._keys.settle(counted)

    async def _hear(self, connection: Connection) -> Counter[UUID]:
        counted: Counter[UUID] = Counter()
        async for notice in connection.notifies(timeout=self._settle_seconds):
            with contextlib.suppress(ValueError):  # anybody who may connect can send a notice
                counted[UUID(notice.payload)] += 1
        return counted
