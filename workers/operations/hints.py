"""Notifications of new jobs: a hint to look at the queue now. Nothing is lost when one is; the poll is the truth."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import LiteralString

import psycopg
import structlog
from prometheus_client import Gauge

from workers.cancellation import raise_if_cancelled
from workers.store.pool import Connection

_log = structlog.get_logger(__name__)
_RECONNECT_SECONDS = (0.1, 1.0)


class Hints:
    """One LISTEN connection, opened again whenever it breaks.

    :param connect: opens the connection.
    :param listen: the LISTEN statement.
    :param listening: 1 while it listens.
    """

    def __init__(self, connect: Callable[[], Awaitable[Connection]], listen: LiteralString, listening: Gauge) -> None:
        self._connect = connect
        self._listen = listen
        self._listening = listening
        self._arrived = asyncio.Event()

    def give(self) -> None:
        """Let whoever waits look at once."""
        self._arrived.set()

    async def wait(self, at_most_seconds: float) -> None:
        """Return at the next hint, or after this long."""
        try:
            async with asyncio.timeout(at_most_seconds):
                await self._arrived.wait()
        except TimeoutError:
            pass
        self._arrived.clear()

    async def run(self) -> None:
        """Listen until cancelled."""
        while True:
            raise_if_cancelled()
            try:
                async with await self._connect() as connection:
                    await self._pass_on(connection)
            except psycopg.OperationalError as error:
                _log.warning("notifications of new jobs are interrupted; polling goes on", reason=str(error).strip())
            finally:
                self._listening.set(0)
            await asyncio.sleep(random.uniform(*_RECONNECT_SECONDS))  # noqa: S311

    async def _pass_on(self, connection: Connection) -> None:
        await connection.execute(self._listen)
        self._listening.set(1)
        self.give()  # for what came while nobody listened
        async for _ in connection.notifies():
            self.give()
