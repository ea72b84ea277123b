"""Access that people granted: the states of their consent on its way, what came of it, and its renewal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb
from wasl.sealing import SealedCredential

from workers.store.pool import Connection, Pool
from workers.store.queries import load_queries

QUERIES = load_queries("grants")


@dataclass(frozen=True, slots=True)
class Exchange:
    """What somebody came back with from a consent page."""

    connection_id: UUID
    state: str | None = field(repr=False)
    code: str | None = field(repr=False)
    redirect_uri: str


class PostgresGrants:
    """`connection_grants` and the consents on their way."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def scopes_asked(self, operation_id: UUID) -> tuple[str, ...]:
        """The scopes that a client wants to ask for; empty: the usual ones."""
        row = await self._row("consent_asked", operation_id=operation_id)
        return tuple(row[0]) if row else ()

    async def keep_state(self, operation_id: UUID, state_hash: bytes, redirect_uri: str) -> datetime:
        """Remember a consent that somebody is sent to; returns until when they may come back."""
        row = await self._row("keep_state", operation_id=operation_id, state_hash=state_hash, redirect_uri=redirect_uri)
        assert row is not None
        expires_at: datetime = row[0]
        return expires_at

    async def exchange(self, operation_id: UUID) -> Exchange | None:
        """The code to be traded for access; None when it has been deleted with its connection."""
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(Exchange)) as rows:
            await rows.execute(QUERIES["exchange"], {"operation_id": operation_id})
            return await rows.fetchone()

    async def request_refresh(self, connection_id: UUID) -> bool:
        """Have a connection's access renewed now; whether that can be done without a person."""
        row = await self._row("request_refresh", connection_id=connection_id)
        return bool(row and row[0])

    async def look_after(self) -> None:
        """Have access renewed that is about to end, and looked at once a day; warn where only a person can renew it."""
        async with self._pool.connection() as connection:
            for query in ("enqueue_due_refreshes", "enqueue_inspections"):
                await connection.execute(QUERIES[query])

    async def warn(self) -> None:
        """Warn of access that ends soon and that only a person can renew; forget what is left of old consents."""
        async with self._pool.connection() as connection:
            for query in ("warn_of_ending_access", "expire_states"):
                await connection.execute(QUERIES[query])

    async def _row(self, query: str, **parameters: Any) -> tuple[Any, ...] | None:
        statement: LiteralString = QUERIES[query]
        async with self._pool.connection() as connection:
            return await (await connection.execute(statement, parameters)).fetchone()


async def store_grant(
    connection: Connection,
    connection_id: UUID,
    credentials: Sequence[SealedCredential],
    settings: Mapping[str, str],
    facts: Mapping[str, Any],
    source: str,
    expected_version: int | None = None,
) -> bool:
    """Keep access that was granted or renewed; in the caller's transaction.

    :param credentials: sealed (`CredentialVault.seal`). :param source: ``consent``, ``refresh`` or ``inspection``.
    :param expected_version: of the connection's credentials: with others in place by now nothing is kept.
    :returns: whether it was kept.
    """
    parameters = {
        "connection_id": connection_id,
        "credentials": Jsonb([dict(each) for each in credentials]),
        "settings": Jsonb(dict(settings)),
        "facts": Jsonb(dict(facts)),
        "source": source,
        "expected_version": expected_version,
    }
    row = await (await connection.execute(QUERIES["store_grant"], parameters)).fetchone()
    return row is not None and row[0] is not None


async def note_access_failure(connection: Connection, connection_id: UUID, error: Mapping[str, Any]) -> None:
    """Note that access is no good any more, and ask for a person; in the caller's transaction."""
    await connection.execute(QUERIES["note_failure"], {"connection_id": connection_id, "error": Jsonb(dict(error))})


async def forget_code(connection: Connection, operation_id: UUID) -> None:
    """Forget a code that was traded, or refused; in the caller's transaction."""
    await connection.execute(QUERIES["forget_code"], {"operation_id": operation_id})
