"""What the ingress asks of Postgres beside keeping events: tokens of endpoints' rates, and a place to note requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb
from psycopg_pool import PoolTimeout

from workers.store.pool import Pool
from workers.store.queries import load_queries
from workers.transport.errors import StateUnavailable
from workers.transport.rate_limit import Grant

QUERIES = load_queries("ingress")


class PostgresIngress:
    """Implements `RateStore` and `RequestStore`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def take_tokens(self, wanted: Mapping[UUID, int]) -> dict[UUID, Grant]:
        """Take at most so many tokens of each endpoint; of one whose rate is not limited nothing is told.

        :raises StateUnavailable: the database cannot be reached.
        """
        parameters = {"endpoint_ids": list(wanted), "wanted": list(wanted.values())}
        try:
            async with self._pool.connection() as connection:
                cursor = await connection.execute(QUERIES["take_tokens"], parameters, binary=True)
                return {row[0]: Grant(*row[1:]) for row in await cursor.fetchall()}
        except (psycopg.Error, PoolTimeout) as error:
            raise StateUnavailable("the rate limits cannot be reached", retry_after=1.0) from error

    async def note_requests(self, requests: Sequence[Mapping[str, Any]]) -> None:
        """Write down requests that became no event: their endpoints' ids, and the columns that are their own."""
        async with self._pool.connection() as connection:
            await connection.execute(QUERIES["note_requests"], {"requests": Jsonb(list(requests))})
