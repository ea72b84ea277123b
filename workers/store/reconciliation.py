"""What reconciliation reads and writes: how far it has come, the payments it compares, the differences it finds."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from psycopg.rows import class_row, dict_row
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
    :param after_payment_id: the last of our payments that the gateway was asked about.
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
    """A payment as we have it.

    :param names: everything that the gateway has called it, or something that belongs to it.
    :param pending_refunds: the gateway's ids of refunds that are not settled.
    """

    id: UUID
    connection_id: UUID | None
    provider_payment_id: str | None
    currency: str
    status: str
    amount: Decimal
    amount_captured: Decimal
    amount_refunded: Decimal
    names: list[str]
    pending_refunds: list[str]


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact in which a payment of ours and the gateway's do not agree."""

    kind: str
    ours: str | None
    theirs: str | None


@dataclass(slots=True)
class Step:
    """What one step of a comparison found, and where the next one begins: as the fields of `Reconciliation` say."""

    cursor: str | None
    listed: bool
    after: UUID | None = None
    compared: int = 0
    healed: int = 0
    strangers: int = 0


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
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(OurPayment)) as rows:
            await rows.execute(QUERIES["find_ours"], parameters)
            return await rows.fetchall()

    async def next_ours(self, run: Reconciliation, limit: int) -> list[UUID]:
        """The next payments of ours that the gateway has to be asked about."""
        parameters = {
            "organization_id": run.organization_id,
            "connection_id": run.connection_id,
            "reconciliation_id": run.id,
            "since": run.since,
            "until": run.until,
            "after": run.after_payment_id,
            "limit": limit,
        }
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES["next_ours"], parameters)
            return [row[0] for row in await cursor.fetchall()]

    async def read(self, payment_id: UUID) -> OurPayment | None:
        """A payment of ours."""
        async with self._pool.connection() as connection:
            return await read_ours(connection, payment_id)

    async def outcome(self, run: Reconciliation) -> dict[str, int]:
        """What a comparison has found."""
        async with self._pool.connection() as connection, connection.cursor(row_factory=dict_row) as rows:
            await rows.execute(QUERIES["outcome"], {"reconciliation_id": run.id})
            return await rows.fetchone() or {}

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """The one transaction of a step."""
        async with self._pool.connection() as connection, connection.transaction():
            yield connection


async def read_ours(connection: Connection, payment_id: UUID) -> OurPayment | None:
    """A payment as it is within the transaction."""
    return await _one(connection, OurPayment, "read_ours", {"payment_id": payment_id})


async def note_listed(
    connection: Connection, run: Reconciliation, payment_id: UUID, name: str, status: str, *, agrees: bool
) -> bool:
    """Write that the gateway's list has a payment of ours; returns whether it is there for the first time.

    :param name: what it is called there. :param status: how it stands there, in the gateway's words.
    """
    parameters = {
        "reconciliation_id": run.id,
        "payment_id": payment_id,
        "provider_payment_id": name,
        "provider_status": status,
        "agrees": agrees,
    }
    return (await connection.execute(QUERIES["note_listed"], parameters)).rowcount == 1


async def listed_otherwise(
    connection: Connection, run: Reconciliation, payment_id: UUID, names: Sequence[str]
) -> list[tuple[str, str]]:
    """What the gateway's list has of a payment of ours under other names: name and status, in the gateway's words."""
    parameters = {"reconciliation_id": run.id, "payment_id": payment_id, "names": list(names)}
    cursor = await connection.execute(QUERIES["listed_otherwise"], parameters)
    return [(name, status) for name, status in await cursor.fetchall()]


async def note_difference(
    connection: Connection, run: Reconciliation, payment_id: UUID | None, name: str, difference: Difference
) -> None:
    """Write what differs in a payment. :param name: what the gateway calls it."""
    parameters = {
        "organization_id": run.organization_id,
        "connection_id": run.connection_id,
        "reconciliation_id": run.id,
        "payment_id": payment_id,
        "provider_payment_id": name,
        "kind": difference.kind,
        "ours": difference.ours,
        "theirs": difference.theirs,
    }
    await connection.execute(QUERIES["note_difference"], parameters)


async def heal_differences(
    connection: Connection, run: Reconciliation, ours: OurPayment, still: Sequence[Difference]
) -> None:
    """Write that what differed earlier in a payment of ours agrees now. :param still: what does not."""
    parameters = {
        "organization_id": run.organization_id,
        "connection_id": run.connection_id,
        "payment_id": ours.id,
        "names": ours.names,
        "still": [difference.kind for difference in still],
    }
    await connection.execute(QUERIES["heal_differences"], parameters)


async def advance(connection: Connection, run: Reconciliation, step: Step) -> Reconciliation:
    """Note that a step is made; the comparison as it goes on from there.

    :raises LeaseLost: another worker has made it; nothing of this one may count.
    """
    parameters = {
        "reconciliation_id": run.id,
        "cursor": run.cursor,
        "listed": run.listed,
        "after": run.after_payment_id,
        "next_cursor": step.cursor,
        "next_listed": step.listed,
        "next_after": step.after,
        "compared": step.compared,
        "healed": step.healed,
        "strangers": step.strangers,
    }
    if await (await connection.execute(QUERIES["advance"], parameters)).fetchone() is None:
        raise LeaseLost(str(run.id))
    return replace(run, cursor=step.cursor, listed=step.listed, after_payment_id=step.after)


async def finish(connection: Connection, run: Reconciliation, outcome: Mapping[str, int]) -> None:
    """End a comparison. What differs is an alert; an earlier one is over when no difference is left."""
    await _end(connection, run, "finished", outcome["differences"], None)
    if outcome["differences"]:
        title = f"{outcome['differences']} facts of {outcome['compared']} payments differ from the gateway's"
        await _alert(connection, run, title, outcome)
    else:
        whose = {"organization_id": run.organization_id, "connection_id": run.connection_id}
        await connection.execute(QUERIES["settle_alert"], whose)


async def fail(connection: Connection, run: Reconciliation, error: Mapping[str, Any]) -> None:
    """End a comparison that cannot be made, which is an alert, too."""
    await _end(connection, run, "failed", 0, Jsonb(error))
    await _alert(connection, run, "Payments could not be compared with the gateway's", {"error": error})


async def _end(connection: Connection, run: Reconciliation, status: str, differences: int, error: Jsonb | None) -> None:
    parameters = {"reconciliation_id": run.id, "status": status, "differences": differences, "error": error}
    await connection.execute(QUERIES["end"], parameters)


async def _alert(connection: Connection, run: Reconciliation, title: str, detail: Mapping[str, Any]) -> None:
    parameters = {
        "organization_id": run.organization_id,
        "connection_id": run.connection_id,
        "title": title,
        "detail": Jsonb({"reconciliation_id": str(run.id), **detail}),
    }
    await connection.execute(QUERIES["raise_alert"], parameters)


async def _one(connection: Connection, kind: type[RowT], query: str, parameters: Mapping[str, Any]) -> RowT | None:
    async with connection.cursor(row_factory=class_row(kind)) as rows:
        await rows.execute(QUERIES[query], parameters)
        return await rows.fetchone()
