"""What people ask about their data, and what is older than it is kept, as the database knows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg.rows import class_row, dict_row

from workers.store.pool import Connection, Pool
from workers.store.queries import load_queries

QUERIES = load_queries("privacy")


@dataclass(frozen=True, slots=True)
class SubjectRequest:
    """What somebody asked. :param archive_path: where the copy for them lies, once it is made."""

    id: UUID
    organization_id: UUID
    status: str
    archive_path: str | None
    archive_expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class SubjectFile:
    """A paper about somebody's parcel. :param stored: whether the object store has it, or still the database."""

    document_id: UUID
    path: str
    format: str
    stored: bool


class PostgresPrivacy:
    """Requests and retention. Every call is one transaction, and may be made again after a crash."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def begin(self, operation_id: UUID) -> UUID | None:
        """Find what is about the person and plan the steps, once; the request's id, or None when it is over."""
        found: UUID | None = await self._value(QUERIES["begin_request"], {"operation_id": operation_id})
        return found

    async def take_step(self, request_id: UUID, most: int) -> Mapping[str, Any]:
        """Take the next step: ``{state, step_id}``, the state being ``more``, ``wait``, ``collect``, ``empty_files`` or
        ``over``. :param most: rows in one bite."""
        taken: Mapping[str, Any] = await self._value(QUERIES["take_step"], {"request_id": request_id, "most": most})
        return taken

    async def archive_head(self, request_id: UUID) -> dict[str, Any]:
        """What an archive begins with; ``tables`` names what is in it."""
        head: dict[str, Any] = await self._value(QUERIES["archive_head"], {"request_id": request_id})
        return head

    async def archive_rows(self, request_id: UUID, table: str, already: int, most: int) -> list[dict[str, Any]]:
        """A page of what a table has about the person."""
        parameters = {"request_id": request_id, "table": table, "already": already, "most": most}
        rows: list[dict[str, Any]] = await self._value(QUERIES["archive_rows"], parameters)
        return rows

    async def note_archive(self, step_id: UUID, *, rows: int, path: str, keep_days: int) -> None:
        """Note that the archive lies in the object store."""
        parameters = {"step_id": step_id, "rows": rows, "path": path, "keep_days": keep_days}
        await self._value(QUERIES["note_archive"], parameters)

    async def files(self, request_id: UUID) -> list[SubjectFile]:
        """Papers that are to be emptied."""
        async with (
            self._pool.connection() as connection,
            connection.cursor(row_factory=class_row(SubjectFile)) as rows,
        ):
            await rows.execute(QUERIES["files"], {"request_id": request_id})
            return await rows.fetchall()

    async def note_empty_files(self, step_id: UUID, document_ids: Sequence[UUID]) -> None:
        """Note that these are empty, and drop their rows."""
        await self._value(QUERIES["note_empty_files"], {"step_id": step_id, "document_ids": list(document_ids)})

    async def request_of(self, operation_id: UUID) -> SubjectRequest | None:
        """The request that an operation is about."""
        async with (
            self._pool.connection() as connection,
            connection.cursor(row_factory=class_row(SubjectRequest)) as rows,
        ):
            await rows.execute(QUERIES["request_of"], {"operation_id": operation_id})
            return await rows.fetchone()

    async def enqueue_expired_archives(self) -> None:
        """Have copies emptied whose time is over."""
        await self._value(QUERIES["enqueue_expired_archives"], {})

    async def warn_of_deadlines(self) -> None:
        """Raise alerts for answers and reports that are due soon."""
        await self._value(QUERIES["warn_of_deadlines"], {})

    async def due_retention(self) -> list[tuple[UUID, str]]:
        """Organizations and tables that have rows older than they are kept."""
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(QUERIES["due_retention"])).fetchall()
        return [(organization_id, table) for organization_id, table in rows]

    async def expire_rows(self, organization_id: UUID, table: str, most: int) -> int:
        """One bite of what is too old; how many rows that were."""
        parameters = {"organization_id": organization_id, "table": table, "most": most}
        return int(await self._value(QUERIES["expire_rows"], parameters))

    async def erase_postponed(self, most: int) -> int:
        """One bite of what an erasure had to leave; how many rows were looked at."""
        return int(await self._value(QUERIES["erase_postponed"], {"most": most}))

    async def _value(self, query: LiteralString, parameters: Mapping[str, Any]) -> Any:
        async with self._pool.connection() as connection:
            row = await (await connection.execute(query, parameters)).fetchone()
        return row[0] if row else None


async def note_expired_archive(request_id: UUID, connection: Connection) -> None:
    """Forget where an emptied copy lay; in the caller's transaction."""
    await connection.execute(QUERIES["note_expired_archive"], {"request_id": request_id})


async def open_requests(connection: Connection, organization_id: UUID | None) -> list[dict[str, Any]]:
    """What people asked and has not been answered, what is due first."""
    async with connection.cursor(row_factory=dict_row) as rows:
        await rows.execute(QUERIES["open_requests"], {"organization_id": organization_id})
        return await rows.fetchall()
