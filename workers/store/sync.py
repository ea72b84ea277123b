"""The state of streams, and what their pages change."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from workers.store.pool import Connection, Pool
from workers.store.queries import load_queries

QUERIES = load_queries("sync")
_APPLY: Final = {
    "audiences": QUERIES["apply_audiences"],
    "campaigns": QUERIES["apply_campaigns"],
    "deals": QUERIES["apply_deals"],
}


@dataclass(frozen=True, slots=True)
class SyncRun:
    """A run of a stream, as far as it has come.

    :param since: what changed from then on is read; None: everything. :param cursor: of the next page; None: the first.
    """

    stream_id: UUID
    organization_id: UUID
    connection_id: UUID
    stream: str
    run_id: UUID
    mode: str
    since: datetime | None
    cursor: str | None
    started_at: datetime


class PostgresSync:
    """`sync_streams`, run by workers."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def begin(self, stream_id: UUID) -> SyncRun | None:
        """Go on with the stream's run, or begin one; None when there is nothing to run."""
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(SyncRun)) as rows:
            await rows.execute(QUERIES["begin"], {"stream_id": stream_id})
            return await rows.fetchone()

    async def enqueue_due(self) -> None:
        """Have the streams run whose time has come."""
        async with self._pool.connection() as connection:
            await connection.execute(QUERIES["enqueue_due"])

    async def mapping(self, connection_id: UUID) -> Mapping[str, str]:
        """Which of the tool's fields an attribute of a lead goes to."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(QUERIES["mapping"], {"connection_id": connection_id})).fetchone()
        return dict(row[0]) if row else {}

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A transaction, for a page and the mark of how far the run has come."""
        async with self._pool.connection() as connection, connection.transaction():
            yield connection


# What follows is written in the caller's transaction.


async def advance(
    connection: Connection, run: SyncRun, next_cursor: str | None, *, read: int, changed: int, total: int | None
) -> bool:
    """Note that a page has been applied. :returns: False when the run is not where it was: then nothing may stand."""
    parameters = {
        "stream_id": run.stream_id,
        "run_id": run.run_id,
        "at_cursor": run.cursor,
        "next_cursor": next_cursor,
        "read": read,
        "changed": changed,
        "total": total,
    }
    row = await (await connection.execute(QUERIES["advance"], parameters)).fetchone()
    return bool(row and row[0])


async def finish(connection: Connection, run: SyncRun, error: Mapping[str, Any] | None = None) -> None:
    """End a run: everything has been read, or it cannot be."""
    parameters = {
        "stream_id": run.stream_id,
        "run_id": run.run_id,
        "error": None if error is None else Jsonb(dict(error)),
    }
    await connection.execute(QUERIES["finish"], parameters)


async def apply_contacts(connection: Connection, run: SyncRun, items: Sequence[Mapping[str, Any]]) -> int:
    """Bring leads up to a tool's contacts; returns how many changed."""
    parameters = {"connection_id": run.connection_id, "items": Jsonb(list(items))}
    row = await (await connection.execute(QUERIES["apply_contacts"], parameters)).fetchone()
    return int(row[0]) if row else 0


async def apply_items(connection: Connection, run: SyncRun, items: Sequence[Mapping[str, Any]]) -> int:
    """Keep a page of audiences, campaigns or deals, as the stream has it; returns how many changed."""
    parameters = {"connection_id": run.connection_id, "run_id": run.run_id, "items": Jsonb(list(items))}
    row = await (await connection.execute(_APPLY[run.stream], parameters)).fetchone()
    return int(row[0]) if row else 0
