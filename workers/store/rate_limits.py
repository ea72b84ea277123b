"""The shared token buckets in ``public.rate_limits``; how workers use them is in `workers.transport.rate_limit`."""

from uuid import UUID

import psycopg
from psycopg_pool import PoolTimeout

from workers.store.pool import Pool
from workers.store.queries import load_queries
from workers.transport.errors import NotSent, StateUnavailable
from workers.transport.rate_limit import LEASE_SHARE_OF_CAPACITY, Grant

QUERIES = load_queries("rate_limits")


class PostgresBuckets:
    """Implements `BucketStore`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def take(self, connection_id: UUID, wanted: int) -> Grant:
        """See `BucketStore`.

        :raises StateUnavailable: the database cannot be reached.
        :raises NotSent: there is no such connection any more.
        """
        parameters = {"connection_id": connection_id, "wanted": wanted, "share": LEASE_SHARE_OF_CAPACITY}
        try:
            async with self._pool.connection() as connection:
                cursor = await connection.execute(QUERIES["take_tokens"], parameters)
                row = await cursor.fetchone()
        except (psycopg.Error, PoolTimeout) as error:
            raise StateUnavailable("the rate limits cannot be reached", retry_after=1.0) from error
        if row is None:
            raise NotSent("the connection is gone")
        return Grant(*row)

    async def block(self, connection_id: UUID, seconds: float) -> None:
        """See `BucketStore`.

        :raises StateUnavailable: the database cannot be reached.
        """
        try:
            async with self._pool.connection() as connection:
                await connection.execute(QUERIES["block"], {"connection_id": connection_id, "seconds": seconds})
        except (psycopg.Error, PoolTimeout) as error:
            raise StateUnavailable("the rate limits cannot be reached", retry_after=1.0) from error
