"""The shared circuits in ``private.circuit_breakers``; what they mean is in `workers.transport.circuit`."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb
from psycopg_pool import PoolTimeout

from workers.store.pool import Pool
from workers.store.queries import load_queries
from workers.transport.circuit import Circuit, CircuitState
from workers.transport.errors import StateUnavailable

QUERIES = load_queries("breakers")


class PostgresCircuits:
    """Implements `CircuitStore`; both methods raise `StateUnavailable` when the database cannot be reached."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def read(self, connection_ids: Collection[UUID]) -> tuple[Mapping[UUID, Circuit], float]:
        """See `CircuitStore`."""
        try:
            async with self._pool.connection() as connection:
                cursor = await connection.execute(QUERIES["read"], {"connection_ids": list(connection_ids)})
                rows = await cursor.fetchall()
        except (psycopg.Error, PoolTimeout) as error:
            raise StateUnavailable("the circuit breakers cannot be reached", retry_after=1.0) from error
        circuits = {key: Circuit(CircuitState(state), *facts) for _, key, state, *facts in rows if key is not None}
        return circuits, rows[0][0]

    async def write(self, circuits: Mapping[UUID, Circuit]) -> Collection[UUID]:
        """See `CircuitStore`."""
        changes = [{"connection_id": key, **asdict(circuit)} for key, circuit in circuits.items()]
        try:
            async with self._pool.connection() as connection:
                cursor = await connection.execute(QUERIES["compare_and_set"], {"circuits": Jsonb(changes)})
                return {row[0] for row in await cursor.fetchall()}
        except (psycopg.Error, PoolTimeout) as error:
            raise StateUnavailable("the circuit breakers cannot be reached", retry_after=1.0) from error
