"""Health checks in Postgres: ``integration_health`` has each, ``integration_connections`` the damped state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from workers.store.connections import ConnectionRow
from workers.store.pool import Connection, Pool
from workers.store.queries import load_queries

QUERIES = load_queries("health")

WORSE_AFTER = 3
"""Checks in a row before a connection is called degraded or down."""
BETTER_AFTER = 2
"""Checks in a row before it is called better again."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a single check saw.

    :param seen: ``up``, ``degraded`` (slow or throttled) or ``down``.
    :param error_code: the code of the error; None when the provider answered as it should.
    """

    seen: str
    latency_ms: float | None
    error_code: str | None
    detail: str

    @property
    def error(self) -> dict[str, Any] | None:
        """The error as clients see it."""
        return None if self.error_code is None else {"code": self.error_code, "message": self.detail}


@dataclass(frozen=True, slots=True)
class StateAfter:
    """The connection's damped state before and after a check, and its status after it."""

    was: str
    state: str
    status: str


@dataclass(frozen=True, slots=True)
class SyntheticRow:
    """A synthetic check that is due.

    :param capability: what is tried, such as ``lists_payments``.
    """

    check_id: UUID
    capability: str
    connection: ConnectionRow


class PostgresHealth:
    """Which checks are due, and what they saw."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def claim_due(self, limit: int) -> list[ConnectionRow]:
        """Connections whose check is due, each given to one caller only."""
        async with (
            self._pool.connection() as connection,
            connection.cursor(row_factory=class_row(ConnectionRow)) as rows,
        ):
            await rows.execute(QUERIES["claim_due"], {"limit": limit})
            return await rows.fetchall()

    async def record(self, row: ConnectionRow, result: CheckResult) -> StateAfter | None:
        """Write what a check saw; see `record_check`."""
        async with self._pool.connection() as connection:
            return await record_check(connection, row, result)

    async def claim_synthetic(self, limit: int) -> list[SyntheticRow]:
        """Synthetic checks that are due, each given to one caller only."""
        async with self._pool.connection() as connection, connection.cursor(row_factory=dict_row) as rows:
            await rows.execute(QUERIES["claim_synthetic"], {"limit": limit})
            return [
                SyntheticRow(row.pop("check_id"), row.pop("capability"), ConnectionRow(**row))
                for row in await rows.fetchall()
            ]

    async def record_synthetic(self, check_id: UUID, result: CheckResult) -> None:
        """Keep what a synthetic check saw and move its state, opening or resolving its alert."""
        parameters = {
            "check_id": check_id,
            "seen": result.seen,
            "latency_ms": result.latency_ms,
            "error_code": result.error_code,
            "detail": result.detail,
            "worse_after": WORSE_AFTER,
            "better_after": BETTER_AFTER,
        }
        async with self._pool.connection() as connection:
            await connection.execute(QUERIES["record_synthetic"], parameters)


async def record_check(connection: Connection, row: ConnectionRow, result: CheckResult) -> StateAfter | None:
    """Keep a check and move the connection's state, opening or resolving its alerts; None: the connection is gone."""
    parameters = {
        "connection_id": row.id,
        "seen": result.seen,
        "latency_ms": result.latency_ms,
        "error_code": result.error_code,
        "detail": result.detail,
        "error": None if result.error is None else Jsonb(result.error),
        "worse_after": WORSE_AFTER,
        "better_after": BETTER_AFTER,
    }
    async with connection.cursor(row_factory=class_row(StateAfter)) as rows:
        await rows.execute(QUERIES["record_check"], parameters)
        return await rows.fetchone()
