"""Connections as workers see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from workers.store.pool import Connection, Pool
from workers.store.queries import load_queries

QUERIES = load_queries("connections")


@dataclass(frozen=True, slots=True)
class ConnectionRow:
    """What is needed to call a connection's provider.

    :param credentials_version: rises with each change of a credential.
    """

    id: UUID
    organization_id: UUID
    provider_key: str
    environment: str
    status: str
    settings: dict[str, Any] = field(repr=False)
    credentials_version: int


class PostgresConnections:
    """`integration_connections`, read and marked by workers."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def load(self, connection_id: UUID) -> ConnectionRow | None:
        """The connection, or None when there is none of that id."""
        return await self._one("load_connection", {"connection_id": connection_id})

    async def of_operation(self, operation_id: UUID) -> ConnectionRow | None:
        """The connection that an operation is about, or None when it is gone."""
        return await self._one("connection_of_operation", {"operation_id": operation_id})

    async def note_refusal(self, connection_id: UUID, error: Mapping[str, Any]) -> None:
        """See `mark_needs_attention`; by itself, for a refusal after which the work goes on elsewhere."""
        async with self._pool.connection() as connection:
            await mark_needs_attention(connection, connection_id, error)

    async def _one(self, query: str, parameters: Mapping[str, Any]) -> ConnectionRow | None:
        made = class_row(ConnectionRow)
        async with self._pool.connection() as connection, connection.cursor(row_factory=made) as rows:
            await rows.execute(QUERIES[query], parameters)
            return await rows.fetchone()


async def mark_needs_attention(connection: Connection, connection_id: UUID, error: Mapping[str, Any]) -> None:
    """Note that the provider refuses the connection's credentials, and open an alert; in the caller's transaction."""
    await connection.execute(QUERIES["needs_attention"], {"connection_id": connection_id, "error": Jsonb(error)})
