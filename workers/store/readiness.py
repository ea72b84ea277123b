"""Whether the database is there and as this version of the workers needs it."""

from __future__ import annotations

from typing import Any, Final, LiteralString

from workers.store.pool import Pool
from workers.store.queries import load_queries

QUERIES = load_queries("readiness")
NEEDED_MIGRATION: Final = "20261123001924"
"""The newest migration that these workers were written for."""


class PostgresReadiness:
    """Looks at the database; each method raises `psycopg.Error` or `psycopg_pool.PoolTimeout` when it is away."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def reachable(self) -> None:
        """Return when the database answers."""
        await self._value(QUERIES["reachable"])

    async def latest_migration(self) -> str | None:
        """The newest migration applied; None when the database does not keep track."""
        version: str | None = await self._value(QUERIES["latest_migration"])
        return version

    async def active_keys(self) -> list[str]:
        """The ids of the hub's own encryption keys that are in use."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES["active_keys"])
            return [row[0] for row in await cursor.fetchall()]

    async def somebody_leads(self) -> bool:
        """Whether any worker leads."""
        return bool(await self._value(QUERIES["somebody_leads"]))

    async def _value(self, query: LiteralString) -> Any:
        async with self._pool.connection() as connection:
            row = await (await connection.execute(query)).fetchone()
        return None if row is None else row[0]
