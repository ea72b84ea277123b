"""One leader among all workers, by an advisory lock."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

import psycopg
import structlog

from workers.cancellation import raise_if_cancelled
from workers.store.pool import Connection
from workers.store.queries import load_queries

QUERIES = load_queries("leadership")

_log = structlog.get_logger(__name__)


class Leadership:
    """Tries to lead, and knows at once when it no longer does.

    :param connect: opens the connection that holds the lock: one of its own, which reaches the same server session all
        the time (no pooler in transaction mode).
    :param pulse_seconds: how often to try for the lock, and to see whether its connection still answers.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[Connection]],
        *,
        pulse_seconds: float = 1.0,
    ) -> None:
        self._connect = connect
        self._listeners: list[Callable[[bool], None]] = []
        self._pulse_seconds = pulse_seconds
        self.leading = False
        """Whether this worker leads now."""

    def on_change(self, listener: Callable[[bool], None]) -> None:
        """Let ``listener`` be told when this worker begins (True) or ceases (False) to lead."""
        self._listeners.append(listener)

    async def run(self) -> None:
        """Lead whenever nobody else does, until cancelled."""
        while True:
            raise_if_cancelled()
            try:
                async with await self._connect() as connection:
                    await connection.execute(QUERIES["notice_soon"])
                    await self._become_leader(connection)
                    self._set(True)
                    await self._stay_leader(connection)
            except (psycopg.OperationalError, TimeoutError) as error:
                _log.warning("the leader's connection is lost", led=self.leading, reason=str(error).strip())
            finally:
                self._set(False)
            await asyncio.sleep(self._pause())

    async def _become_leader(self, connection: Connection) -> None:
        while True:
            raise_if_cancelled()
            cursor = await connection.execute(QUERIES["try_to_lead"])
            row = await cursor.fetchone()
            if row and row[0]:
                return
            await asyncio.sleep(self._pause())

    async def _stay_leader(self, connection: Connection) -> None:
        """Return never; raise as soon as the connection ends, or does not answer."""
        while True:
            raise_if_cancelled()
            # To wait for notifications, of which there are none, is to notice the end of the connection at once.
            async for _ in connection.notifies(timeout=self._pulse_seconds):
                pass
            async with asyncio.timeout(self._pulse_seconds * 3):
                await connection.execute(QUERIES["still_leading"])

    def _pause(self) -> float:
        return self._pulse_seconds * random.uniform(0.7, 1.3)  # noqa: S311

    def _set(self, leading: bool) -> None:
        if leading != self.leading:
            self.leading = leading
            _log.info("leading" if leading else "no longer leading")
            for listener in self._listeners:
                listener(leading)
