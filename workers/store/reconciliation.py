"""What reconciliation reads and writes: how far it has come, the payments it compares, the differences it finds."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from workers.store.jobs import LeaseLost
from workers.store.pool import Connection, Pool
from workers.store.queries import load_queries

QUERIES = load_queries("reconciliation")
RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """A comparison that is going on, and how far it has come.

    :param cursor: of the gateway's next page; ``listed`` once there is none.
    :param after_payment_id: the last of our unlisted payments that was asked about.
    """

    id: UUID
    organization_id: UUID
    connection_id: UUID
    since: datetime
    until: datetime
    cursor: str | None
    listed: bool
    after_payment_id: UUID | None


@dataclass(frozen=True, slots=True)
class OurPayment:
    """A payment as we have it."""

    id: UUID
    provider_payment_id: str | None
    provider_session_id: str | None
    currency: str
    status: str
    amount: Decimal
    amount_captured: Decimal
    amount_refunded: Decimal


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact in which a payment of ours and the gateway's do not agree."""

    kind: str
    ours: str | None
    theirs: str | None


@dataclass(slots=True)
class Step:
    """What one step of a comparison found. :param payment_ids: the payments of ours that it met."""

    compared: int = 0
    healed: int = 0
    strangers: int = 0
    payment_ids: list[UUID] = field(default_factory=list)


class PostgresReconciliations:
    """Comparisons, as their handler needs them."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def begin_due(self) -> int:
        """Begin the daily comparisons that are due; returns how many."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(QUERIES["begin_due"])).fetchone()
        return int(row[0]) if row else 0

    async def load(self, operation_id: UUID) -> Reconciliation | None:
        """The comparison of an operation; None when it has ended or been deleted."""
        async with self._pool.connection() as connection:
            return await _one(connection, Reconciliation, "load", {"operation_id": operation_id})

    async def find_ours(
        self, run: Reconciliation, provider_ids: Collection[str], payment_ids: Collection[UUID]
    ) -> list[OurPayment]:
        """The payments of ours that have one of these ids."""
        parameters = {
            "organization_id": run.organization_id,
            "connection_id": run.connection_id,
            "provider_ids": list(provider_ids),
            "payment_ids": list(payment_ids),
        }
        return await self._many("find_ours", parameters)

    async def next_ours(self, run: Reconciliation, limit: int) -> list[OurPayment]:
        """The next payments of ours that the gateway has not listed."""
        parameters = {
            "organization_id": run.organization_id,
            "connection_id": run.connection_id,
            "reconciliation_id": run.id,
            "since": run.since,
            "until": run.until,
            "after": run.after_payment_id,
            "limit": limit,
        }
        return await self._many("next_ours", parameters)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """The one transaction of a step."""
        async with self._pool.connection() as connection, connection.transaction():
            yield connection

    async def fail(self, run: Reconciliation, error: Mapping[str, Any]) -> None:
        """End a comparison that cannot be made."""
        async with self._pool.connection() as connection:
            await connection.execute(QUERIES["fail"], {"reconciliation_id": run.id, "error": Jsonb(error)})

    async def finish(self, run: Reconciliation) -> dict[str, int]:
        """End a comparison; its counts. What differs is an alert, and an earlier alert is over when nothing does."""
        whose = {"organization_id": run.organization_id, "connection_id": run.connection_id}
        async with self.transaction() as connection:
            row = await (await connection.execute(QUERIES["finish"], {**whose, "reconciliation_id": run.id})).fetchone()
            if row is None:
                raise LeaseLost(str(run.id))
            counts = dict(zip(("compared", "healed", "differences", "strangers"), row, strict=True))
            if counts["differences"]:
                detail = Jsonb({"reconciliation_id": str(run.id), **counts})
                await connection.execute(QUERIES["raise_alert"], {**whose, **counts, "detail": detail})
            else:
                await connection.execute(QUERIES["resolve_alert"], whose)
        return counts

    async def _many(self, query: str, parameters: Mapping[str, Any]) -> list[OurPayment]:
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(OurPayment)) as rows:
            await rows.execute(QUERIES[query], parameters)
            return await rows.fetchall()


async def read_ours(connection: Connection, payment_id: UUID) -> OurPayment | None:
    """A payment as it is within the transaction."""
    return await _one(connection, OurPayment, "read_ours", {"payment_id": payment_id})


async def note_differences(
    connection: Connection,
    run: Reconciliation,
    payment_id: UUID | None,
    provider_ids: Sequence[str],
    differences: Sequence[Difference],
) -> None:
    """Write what differs in a payment, and that what differed earlier and agrees now is healed.

    :param provider_ids: what the gateway calls the payment; the first is written down.
    """
    for difference in differences:
        parameters = {
            "organization_id": run.organization_id,
            "connection_id": run.connection_id,
            "reconciliation_id": run.id,
            "payment_id": payment_id,
            "provider_payment_id": provider_ids[0],
            "kind": difference.kind,
            "ours": difference.ours,
            "theirs": difference.theirs,
        }
        await connection.execute(QUERIES["note_difference"], parameters)
    still = [difference.kind for difference in differences]
    await connection.execute(
        QUERIES["heal_differences"],
        {"connection_id": run.connection_id, "provider_ids": list(provider_ids), "still": still},
    )


async def advance(
    connection: Connection, run: Reconciliation, step: Step, cursor: str | None, listed: bool, after: UUID | None
) -> Reconciliation:
    """Note that a step is made; the comparison as it goes on from there.

    :raises LeaseLost: another worker has made it; nothing of this one may count.
    """
    parameters = {
        "reconciliation_id": run.id,
        "cursor": run.cursor,
        "listed": run.listed,
        "after": run.after_payment_id,
        "next_cursor": cursor,
        "next_listed": listed,
        "next_after": after,
        "payment_ids": step.payment_ids,
        "compared": step.compared,
        "healed": step.healed,
        "strangers": step.strangers,
    }
    if await (await connection.execute(QUERIES["advance"], parameters)).fetchone() is None:
        raise LeaseLost(str(run.id))
    return Reconciliation(run.id, run.organization_id, run.connection_id, run.since, run.until, cursor, listed, after)


async def _one(connection: Connection, kind: type[RowT], query: str, parameters: Mapping[str, Any]) -> RowT | None:
    async with connection.cursor(row_factory=class_row(kind)) as rows:
        await rows.execute(QUERIES[query], parameters)
        return await rows.fetchone()
