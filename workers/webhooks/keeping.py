"""Keeping verified events durably, many with one commit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final, Protocol
from uuid import UUID

import psycopg
import structlog

from workers.store.pool import UNAVAILABLE
from workers.store.webhooks import NewEvent
from workers.webhooks.batching import Batcher
from workers.webhooks.metrics import IngressMetrics

_log = structlog.get_logger(__name__)
_MOST_EVENTS: Final = 200
_HEAVIEST_BYTES: Final = 8 * 1024 * 1024
_COMMIT_TIMEOUT_SECONDS: Final = 8.0
_NOT_NOW: Final[tuple[type[Exception], ...]] = (*UNAVAILABLE, TimeoutError)


class EventStore(Protocol):
    """Where events are kept."""

    async def keep_events(self, events: Sequence[NewEvent]) -> set[UUID]:
        """Keep a batch, all or none; returns the ids of those that are no repeats. See `PostgresWebhooks`."""


class NotKept(Exception):
    """The event is not kept; its sender is to try again."""


class EndpointGone(NotKept):
    """The endpoint was removed after it had been looked up."""


class Keeper:
    """Keeps events, each exactly once. :param metrics: told of every commit."""

    def __init__(self, store: EventStore, metrics: IngressMetrics) -> None:
        self._store = store
        self._metrics = metrics
        self._batches: Batcher[NewEvent, bool] = Batcher(
            self._keep_batch,
            most=_MOST_EVENTS,
            weight=lambda event: len(event.body),
            heaviest=_HEAVIEST_BYTES,
        )
        metrics.watch_waiting(lambda: self._batches.waiting)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Commit for the length of an ``async with`` block; what was given by then is kept when it ends."""
        async with self._batches.running():
            yield

    async def keep(self, event: NewEvent) -> bool:
        """Keep an event; when this returns, it is durable.

        :returns: False for a repeat, of which nothing is kept.
        :raises NotKept: it is not.
        """
        return await self._batches.submit(event)

    async def _keep_batch(self, events: Sequence[NewEvent]) -> Sequence[bool | Exception]:
        try:
            return await self._commit(events)
        except NotKept:
            raise
        except Exception as error:
            if len(events) == 1:
                return [_refusal(events[0], error)]
        # Something in one of them cannot be stored: its neighbours do not suffer for it.
        return [(await self._keep_batch([event]))[0] for event in events]

    async def _commit(self, events: Sequence[NewEvent]) -> Sequence[bool]:
        began = time.perf_counter()
        try:
            fresh = await self._attempt(events)
        except _NOT_NOW:
            # Once more, over another connection: the first may have been closed by a restart or a failover. Should the
            # first attempt have been committed after all, this one finds repeats, which are then kept just as well.
            try:
                fresh = await self._attempt(events)
            except _NOT_NOW as error:
                _log.error("webhooks cannot be kept", count=len(events), reason=describe(error))
                raise NotKept from error
        self._metrics.commit_seconds.observe(time.perf_counter() - began)
        self._metrics.batch_size.observe(len(events))
        return [event.id in fresh for event in events]

    async def _attempt(self, events: Sequence[NewEvent]) -> set[UUID]:
        async with asyncio.timeout(_COMMIT_TIMEOUT_SECONDS):
            return await self._store.keep_events(events)


def _refusal(event: NewEvent, error: Exception) -> NotKept:
    if isinstance(error, psycopg.errors.ForeignKeyViolation):
        return EndpointGone()
    _log.error("an event cannot be kept", endpoint_id=str(event.endpoint_id), reason=describe(error))
    return NotKept()


def describe(error: Exception) -> str:
    """What went wrong, for the log: without the row that a message of the server's may quote."""
    primary = error.diag.message_primary if isinstance(error, psycopg.Error) else None
    return f"{type(error).__name__}: {primary}" if primary else type(error).__name__
