"""The engine of everything that is read from outside in pages.

A page is read outside of any transaction, and applied in one together with the mark of how far the reading has come.
So a worker that dies repeats one page at most, whose application changes nothing the second time; two that believe to
hold the same run cannot both move it; and a provider that has had enough for now is gone on with later, where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import Any, Protocol

import structlog

from workers.monitoring.health import OpensConnectors
from workers.operations.jobs import Done, Handler, Handlers, Job, Later, Outcome
from workers.operations.pacing import put_off
from workers.operations.sending import Renew
from workers.operations.sync.steps import SECONDS_PER_ATTEMPT, run_steps
from workers.providers.base import Connector
from workers.providers.errors import AuthenticationFailed, ProviderError, RefusedForNow
from workers.store.connections import PostgresConnections, mark_needs_attention
from workers.store.pool import Connection
from workers.store.sync import PostgresSync, SyncRun, advance, finish

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Page:
    """What was read. :param total: of all pages, where the provider says so."""

    items: Sequence[Any]
    next_cursor: str | None
    total: int | None = None


class Stream(Protocol):
    """One kind of things that are read from a connection."""

    async def read(self, connector: Connector[Any, Any], run: SyncRun) -> Page:
        """Read the run's next page. :raises ProviderError: it cannot be had."""

    async def apply(self, connection: Connection, run: SyncRun, page: Page) -> int:
        """Keep a page, in the caller's transaction; a second time it changes nothing. :returns: how many changed."""


class MovedOn(Exception):
    """The run is not where it was: it was reset, or another worker has taken this page."""


class SyncHandlers:
    """Handles ``sync.run``: a job under the stream's own id.

    :param streams: by the names that the database has for them.
    """

    def __init__(
        self,
        store: PostgresSync,
        connections: PostgresConnections,
        connectors: OpensConnectors,
        streams: Mapping[str, Stream],
        *,
        renew: Renew,
        seconds: float = SECONDS_PER_ATTEMPT,
    ) -> None:
        self._store = store
        self._connections = connections
        self._connectors = connectors
        self._streams = streams
        self._renew = renew
        self._seconds = seconds

    def handlers(self) -> Handlers:
        """The handler by its kind."""
        return {"sync.run": Handler(self.run)}

    async def run(self, job: Job) -> Outcome:
        """Go on reading for a while; what is left is for the next attempt."""
        run = await self._store.begin(job.id)
        if run is None:
            return Done()
        try:
            row = await self._connections.load(run.connection_id)
            if row is None:
                return Done()
            reader = _Reader(self._store.transaction, await self._connectors.open(row, None), self._streams[run.stream])
            if not await run_steps(reader.step, run, seconds=self._seconds):
                return Later(after_seconds=0.0, counted=False)
        except MovedOn:
            return Later(after_seconds=0.0, counted=False)
        except RefusedForNow as refusal:
            return put_off(job, refusal) or _failed(run, refusal)
        except ProviderError as error:
            if isinstance(error, AuthenticationFailed) and await self._renew(run.connection_id):
                return put_off(job, error) or _failed(run, error)
            return _failed(run, error)
        return Done(effect=lambda held: finish(held, run))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Takes a run from page to page."""

    transaction: Callable[[], AbstractAsyncContextManager[Connection]]
    connector: Connector[Any, Any]
    stream: Stream

    async def step(self, run: SyncRun) -> SyncRun | None:
        page = await self.stream.read(self.connector, run)
        async with self.transaction() as connection:
            changed = await self.stream.apply(connection, run, page)
            moved = await advance(
                connection, run, page.next_cursor, read=len(page.items), changed=changed, total=page.total
            )
            if not moved:
                raise MovedOn
        return None if page.next_cursor is None else replace(run, cursor=page.next_cursor)


def _failed(run: SyncRun, error: ProviderError) -> Done:
    shown = error.as_dict()
    _log.warning("a stream could not be read", connection_id=str(run.connection_id), stream=run.stream, **shown)

    async def write(connection: Connection) -> None:
        await finish(connection, run, shown)
        if isinstance(error, AuthenticationFailed):
            await mark_needs_attention(connection, run.connection_id, shown)

    return Done(effect=write)
