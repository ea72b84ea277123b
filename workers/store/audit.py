"""The audit log, as it is verified and exported."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg.rows import class_row, dict_row

from workers.store.pool import Connection
from workers.store.queries import load_queries

QUERIES = load_queries("audit")
_PAGE: Final = 2_000


@dataclass(frozen=True, slots=True)
class Chain:
    """An organization's log."""

    organization_id: UUID
    lines: int


@dataclass(frozen=True, slots=True)
class Checked:
    """What a look at some lines came to.

    :param lines: how many there were. :param last_hash: of the last of them.
    :param first_broken_sequence: None when all are whole.
    :param fault: ``missing`` (a line before it), ``altered`` or ``unbound`` (from the line before).
    """

    intact: bool
    lines: int
    first_broken_sequence: int | None
    fault: str | None
    last_sequence: int | None
    last_hash: str | None


class PostgresAuditLog:
    """The audit log of every organization."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def chains(self, organization_id: UUID | None = None) -> list[Chain]:
        """Every organization that has a log, or the one."""
        async with self._connection.cursor(row_factory=class_row(Chain)) as rows:
            await rows.execute(QUERIES["chains"], {"organization_id": organization_id})
            return await rows.fetchall()

    async def check(self, organization_id: UUID, after: Checked | None, most: int) -> Checked:
        """Check the lines that follow those already checked; the first ones if None."""
        parameters = {
            "organization_id": organization_id,
            "after_sequence": after.last_sequence if after else None,
            "after_hash": bytes.fromhex(after.last_hash) if after and after.last_hash else None,
            "most": most,
        }
        cursor = await self._connection.execute(QUERIES["check_lines"], parameters)
        ((report,),) = await cursor.fetchall()
        return Checked(**report)

    async def hash_of(self, organization_id: UUID, sequence: int) -> str | None:
        """The hash of a line; None: there is none."""
        parameters = {"organization_id": organization_id, "sequence": sequence}
        row = await (await self._connection.execute(QUERIES["hash_of"], parameters)).fetchone()
        return row[0] if row else None

    async def lines(
        self, organization_id: UUID, since: datetime | None = None, until: datetime | None = None
    ) -> AsyncIterator[dict[str, Any]]:
        """An organization's lines, the oldest first; ``until`` is exclusive. No more than a page is in memory."""
        after = 0
        while True:
            parameters = {
                "organization_id": organization_id,
                "after_sequence": after,
                "since": since,
                "until": until,
                "most": _PAGE,
            }
            async with self._connection.cursor(row_factory=dict_row) as rows:
                await rows.execute(QUERIES["lines"], parameters)
                page = await rows.fetchall()
            for line in page:
                yield line
            if len(page) < _PAGE:
                return
            after = page[-1]["sequence"]
