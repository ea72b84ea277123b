"""Subscriptions, their secrets, and the deliveries that are made for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from workers.store.pool import Connection, Pool
from workers.store.queries import load_queries
from workers.vault.credentials import SealedValue

QUERIES = load_queries("deliveries")
SECRET_NAME = "signing_secret"  # noqa: S105 - the name that its ciphertext is bound to
RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class Listener:
    """A subscription that wants an event."""

    subscription_id: UUID
    conditions: list[str]
    template: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    """A subscription.

    :param failures: attempts that failed since one got through.
    :param paused: nothing is sent to it now.
    """

    subscription_id: UUID
    organization_id: UUID
    url: str = field(repr=False)
    conditions: list[str]
    template: dict[str, Any] | None
    ordered: bool
    rate_per_minute: int | None
    enabled: bool
    failures: int
    paused: bool


@dataclass(frozen=True, slots=True)
class DueDelivery:
    """A delivery to be tried.

    :param step: how many attempts have failed since its schedule began.
    :param number: of this attempt, from 1, replays included.
    """

    delivery_id: UUID
    created_at: datetime
    event_id: UUID
    event_type: str
    trace_id: str | None
    step: int
    number: int
    payload: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of an attempt.

    :param outcome: ``delivered``, ``retry`` or ``dead``.
    :param wait_seconds: with ``retry``: until the next attempt.
    """

    delivery_id: str
    created_at: str
    started_at: str
    outcome: str
    wait_seconds: float | None
    http_status: int | None
    duration_ms: int
    request_bytes: int
    response_bytes: int
    response: str | None
    error: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a subscription stands after attempts."""

    enabled: bool
    paused: bool
    failures: int


class PostgresDeliveries:
    """Subscriptions and deliveries, as workers see them.

    :param patience_seconds: a receiver that has failed for so long, and at nothing succeeded, is switched off.
    """

    def __init__(self, pool: Pool, *, patience_seconds: float) -> None:
        self._pool = pool
        self._patience_seconds = patience_seconds

    async def listeners(self, event_id: UUID, created_at: datetime) -> list[Listener]:
        """The enabled subscriptions whose types, connection and environment fit an event."""
        return await self._rows(Listener, "subscriptions_for", event_id=event_id, created_at=created_at)

    async def add(self, event_id: UUID, created_at: datetime, payloads: Mapping[UUID, str]) -> None:
        """Keep what each subscription is to be sent of an event, each once, and have it sent."""
        deliveries = [{"subscription_id": str(each), "payload": payload} for each, payload in payloads.items()]
        await self._run("add_deliveries", event_id=event_id, created_at=created_at, deliveries=Jsonb(deliveries))

    async def subscription(self, subscription_id: UUID) -> SubscriptionRow | None:
        """A subscription as it is now."""
        found = await self._rows(SubscriptionRow, "load_subscription", subscription_id=subscription_id)
        return found[0] if found else None

    async def secrets(self, subscription_id: UUID) -> list[tuple[UUID, SealedValue]]:
        """The secrets that sign now, the present one first, each by its id."""
        async with self._pool.connection() as connection:
            parameters = {"subscription_id": subscription_id}
            cursor = await connection.execute(QUERIES["load_secrets"], parameters, binary=True)
            return [(row[0], SealedValue(SECRET_NAME, row[1], row[2])) for row in await cursor.fetchall()]

    async def due(self, row: SubscriptionRow, limit: int, busy: Collection[UUID]) -> list[DueDelivery]:
        """What may be sent now. :param busy: deliveries that are under way."""
        if row.ordered:
            return await self._rows(DueDelivery, "first_delivery", subscription_id=row.subscription_id)
        parameters = {"subscription_id": row.subscription_id, "busy": list(busy), "limit": limit}
        return await self._rows(DueDelivery, "due_deliveries", **parameters)

    async def record(
        self, subscription_id: UUID, tried: Sequence[Tried], *, pause_seconds: float | None, gone: bool
    ) -> Standing | None:
        """Record attempts at one subscription's deliveries; None when the subscription is gone from here.

        :param pause_seconds: nothing more is to be sent to it for so long.
        :param gone: its receiver wants nothing more, ever.
        """
        found = await self._rows(
            Standing,
            "record_deliveries",
            subscription_id=subscription_id,
            results=Jsonb([asdict(each) for each in tried]),
            pause_seconds=pause_seconds,
            gone=gone,
            patience_seconds=self._patience_seconds,
        )
        return found[0] if found else None

    async def disable(self, subscription_id: UUID, fault: Mapping[str, str]) -> None:
        """Switch off a subscription that cannot be followed. :param fault: ``{field, message}``."""
        parameters = {"subscription_id": subscription_id, "reason": "invalid", "fault": Jsonb(dict(fault))}
        await self._run("disable_subscription", **parameters)

    async def subject(self, operation_id: UUID) -> UUID | None:
        """The subscription that an operation is about."""
        found: UUID | None = await self._value("operation_subject", operation_id=operation_id)
        return found

    async def replay_batch(self, job_id: UUID, claim_id: UUID, size: int) -> bool | None:
        """Have the next deliveries of a replay sent anew. :returns: whether there are more; None: it is called off."""
        more: bool | None = await self._value("replay_batch", job_id=job_id, claim_id=claim_id, size=size)
        return more

    async def replay_progress(self, operation_id: UUID) -> Mapping[str, Any]:
        """How far a replay has come: ``{total, done, replayed}``."""
        return await self._value("replay_progress", operation_id=operation_id) or {}

    async def look_after(self) -> None:
        """Have sent what was forgotten, and forget secrets that no longer sign."""
        await self._run("look_after")

    async def _rows(self, kind: type[RowT], query: str, **parameters: Any) -> list[RowT]:
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(kind)) as rows:
            await rows.execute(QUERIES[query], parameters)
            return await rows.fetchall()

    async def _value(self, query: str, **parameters: Any) -> Any:
        async with self._pool.connection() as connection:
            row = await (await connection.execute(QUERIES[query], parameters)).fetchone()
        return row[0] if row else None

    async def _run(self, query: str, **parameters: Any) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(QUERIES[query], parameters)


async def plan_next_sender(connection: Connection, subscription_id: UUID) -> None:
    """Have what is still pending sent when it is due; in the transaction in which its sender ends."""
    await connection.execute(QUERIES["plan_next_sender"], {"subscription_id": subscription_id})
