"""Letting go on what was restored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from workers.compliance.backup.catalog import QUERIES, of_database
from workers.compliance.backup.errors import BackupError
from workers.store.pool import Connection


@dataclass(frozen=True, slots=True)
class Resumed:
    """What was let go."""

    backup_id: str
    taken_at: datetime
    jobs: int
    connections: int


async def resume(connection: Connection, organization_id: UUID | None = None) -> Resumed:
    """Release the jobs of a restored hub or organization, wake the connections that restoring paused, and audit it.

    To be done once nothing else works with the same accounts at providers any more. A job that writes outward is asked
    about before it is sent.

    :raises BackupError: nothing is held.
    """
    try:
        async with connection.transaction():
            return await _resume(connection, organization_id)
    except psycopg.Error as error:
        raise of_database(error) from None


async def _resume(connection: Connection, organization_id: UUID | None) -> Resumed:
    facts: dict[str, Any] = {"organization_id": organization_id}
    held = await (await connection.execute(QUERIES["find_held"], facts)).fetchall()
    if not held:
        whose = "This hub" if organization_id is None else f"The organization {organization_id}"
        raise BackupError(f"{whose} has not been restored, or goes on already.")
    [*_, (_, _, backup_id, taken_at)] = held
    facts |= {"restores": [row[0] for row in held], "backup_id": backup_id, "taken_at": taken_at}
    jobs = await connection.execute(QUERIES["release_jobs"], facts)
    connections = await connection.execute(QUERIES["wake_connections"], facts)
    await connection.execute(QUERIES["note_resumed"], facts)
    await connection.execute(QUERIES["audit_restored"], facts)
    return Resumed(backup_id, taken_at, jobs.rowcount, connections.rowcount)
