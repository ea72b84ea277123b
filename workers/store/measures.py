"""What there is to measure in the database: how far behind the work is, and what holds it up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, LiteralString

from workers.store.pool import Pool
from workers.store.queries import load_queries

QUERIES = load_queries("measures")


@dataclass(frozen=True, slots=True)
class Measures:
    """How the hub stands.

    :param queue: by kind of job: how many are ready, and for how many seconds the oldest has been.
    :param dead: dead letters, counted to 10,000.
    :param breakers: by provider and state: how many.
    :param budgets: by provider: what is left of the tightest rate limit, from 0 to 1.
    :param deliveries: how many are under way.
    :param deliveries_overdue_seconds: for how long the oldest of them has been due.
    """

    queue: dict[str, tuple[int, float]]
    dead: int
    breakers: dict[tuple[str, str], int]
    budgets: dict[str, float]
    deliveries: int
    deliveries_overdue_seconds: float


class PostgresMeasures:
    """Measures."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def take(self) -> Measures:
        """Look at everything. :raises psycopg.Error: the database cannot now."""
        return Measures(
            {kind: (count, oldest) for kind, count, oldest in await self._rows(QUERIES["queue_kinds"])},
            (await self._rows(QUERIES["dead_jobs"]))[0][0],
            {(provider, state): count for provider, state, count in await self._rows(QUERIES["breakers"])},
            dict(await self._rows(QUERIES["rate_budgets"])),
            *(await self._rows(QUERIES["deliveries"]))[0],
        )

    async def _rows(self, query: LiteralString) -> list[tuple[Any, ...]]:
        async with self._pool.connection() as connection:
            return await (await connection.execute(query)).fetchall()
