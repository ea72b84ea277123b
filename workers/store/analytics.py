"""Figures of traffic in Postgres: ``private.analytics_increments`` become hours, days and totals."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from workers.store.pool import Pool
from workers.store.queries import load_queries

QUERIES = load_queries("analytics")

_BITE: Final = 5_000


class PostgresAnalytics:
    """Folding and cutting, each alone and in one transaction, so that it may be killed and repeated at any point.

    :param bite: increments folded, or totals let go, in one transaction.
    """

    def __init__(self, pool: Pool, *, bite: int = _BITE) -> None:
        self._pool = pool
        self._bite = bite

    async def fold(self) -> int:
        """Fold a bite of the increments that are there. Returns how many it was; less than a bite: that was all."""
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(QUERIES["alone"])
            cursor = await connection.execute(QUERIES["fold"], {"limit": self._bite})
            ((folded,),) = await cursor.fetchall()
            return int(folded)

    async def fold_all(self) -> int:
        """Fold what is there, bite by bite. Returns how many increments it was."""
        folded = bite = await self.fold()
        while bite == self._bite:
            bite = await self.fold()
            folded += bite
        return folded

    async def cut_days_anew(self) -> int:
        """Cut the days of organizations that have changed their time zone, as far back as hours are kept. Returns how
        many organizations it was."""
        async with self._pool.connection() as connection:
            moved = await (await connection.execute(QUERIES["moved_organizations"])).fetchall()
        for (organization_id,) in moved:
            await self._cut(organization_id)
        return len(moved)

    async def _cut(self, organization_id: UUID) -> None:
        of = {"organization_id": organization_id}
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(QUERIES["alone"])
            await connection.execute(QUERIES["clear_days"], of)
            await connection.execute(QUERIES["move_zone"], of)
            months = await (await connection.execute(QUERIES["months"], of)).fetchall()
            for since, until in months:
                await connection.execute(QUERIES["cut_days"], {**of, "since": since, "until": until})

    async def expire_totals(self) -> None:
        """Let go the totals of hours and of single connections that are older than hours are kept."""
        expired = self._bite
        while expired == self._bite:
            async with self._pool.connection() as connection:
                expired = (await connection.execute(QUERIES["expire_totals"], {"limit": self._bite})).rowcount
