"""What those who use the hub can see of backups by the clock: the plan, and how its runs went."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, LiteralString

from workers.store.pool import Pool
from workers.store.queries import load_queries

QUERIES = load_queries("backup_notes")


class BackupNotes:
    """Every call is one transaction. The RPC `backup_status` shows what is noted."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def planned(self, schedule: str, newest_at: datetime | None, due_at: datetime) -> None:
        """Note that somebody has looked.

        :param newest_at: what the newest backup in the store shows; None: there is none.
        """
        await self._note(QUERIES["note_plan"], {"schedule": schedule, "newest_at": newest_at, "due_at": due_at})

    async def taken(self, began_at: datetime, backup_id: str, data_bytes: int) -> None:
        """Note a backup that was taken. :param data_bytes: how large it is in the store."""
        await self._note(QUERIES["note_run"], {"began_at": began_at, "backup_id": backup_id, "data_bytes": data_bytes})

    async def failed(self, began_at: datetime) -> None:
        """Note one that failed; why stands in the log."""
        await self._note(QUERIES["note_run"], {"began_at": began_at, "backup_id": None, "data_bytes": None})

    async def _note(self, query: LiteralString, parameters: Mapping[str, Any]) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(query, parameters)
