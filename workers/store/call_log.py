"""The call log, ``public.integration_logs``, and its figures for `workers.store.analytics`."""

from collections.abc import Sequence

import orjson
import psycopg
import structlog

from workers.store.pool import Connection, Pool
from workers.store.queries import load_queries
from workers.transport.recording import Row

QUERIES = load_queries("call_log")

_log = structlog.get_logger(__name__)


class PostgresCallLog:
    """Implements `CallSink`: a batch is one statement, so one transaction."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def write(self, rows: Sequence[Row]) -> None:
        """Store the calls, which have been redacted already.

        A call that the database refuses does not hold up the others: the batch is halved until it stands alone, and
        is then given up with a line in the log.

        :raises psycopg.OperationalError, psycopg_pool.PoolTimeout: the database cannot be reached; nothing was stored.
        """
        if not rows:
            return
        async with self._pool.connection() as connection:
            await self._write(connection, rows)

    async def _write(self, connection: Connection, rows: Sequence[Row]) -> None:
        try:
            await connection.execute(QUERIES["write"], {"calls": orjson.dumps(rows).decode()})
        except (psycopg.DataError, psycopg.IntegrityError) as error:
            if len(rows) == 1:
                _log.error("a call could not be recorded", operation=rows[0]["operation"], sqlstate=error.sqlstate)
                return
            middle = len(rows) // 2
            await self._write(connection, rows[:middle])
            await self._write(connection, rows[middle:])
