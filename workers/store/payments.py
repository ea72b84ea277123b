"""What payment handlers read and write: the payment behind an operation, the gateways that could take it, the news."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from workers.operations.jobs import Job
from workers.store.connections import ConnectionRow
from workers.store.jobs import LeaseLost
from workers.store.pool import Connection, Pool
from workers.store.queries import load_queries

QUERIES = load_queries("payments")


@dataclass(frozen=True, slots=True)
class PaymentWork:
    """A payment, its refund if the operation is one, and the operation's input."""

    operation_id: UUID
    input: dict[str, Any] = field(repr=False)
    payment_id: UUID
    organization_id: UUID
    environment: str
    connection_id: UUID | None
    reference: str
    amount: Decimal
    currency: str
    status: str
    capture_method: str
    description: str | None
    customer: dict[str, Any] = field(repr=False)
    metadata: dict[str, Any] = field(repr=False)
    return_url: str | None
    cancel_url: str | None
    provider_payment_id: str | None
    provider_data: dict[str, Any] = field(repr=False)
    amount_captured: Decimal
    refund_id: UUID | None
    refund_amount: Decimal | None
    refund_reason: str | None
    cancel_requested: bool


@dataclass(frozen=True, slots=True)
class Candidate(ConnectionRow):
    """A connection that might take a payment, with how it is to be chosen and how it is doing."""

    health_state: str
    enabled: bool
    priority: int
    weight: int
    currencies: list[str]
    minimum_amount: Decimal | None
    maximum_amount: Decimal | None
    breaker_open: bool


class PostgresPayments:
    """Payments as their handlers need them.

    :param safe_seconds: nothing is begun to be sent unless the lease lasts this much longer.
    """

    def __init__(self, pool: Pool, *, safe_seconds: float) -> None:
        self._pool = pool
        self._safe_seconds = safe_seconds

    async def load(self, operation_id: UUID) -> PaymentWork | None:
        """What the operation is about; None when it has been deleted with its organization."""
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(PaymentWork)) as rows:
            await rows.execute(QUERIES["load_work"], {"operation_id": operation_id})
            return await rows.fetchone()

    async def candidates(self, organization_id: UUID, environment: str) -> list[Candidate]:
        """The organization's payment connections in an environment."""
        parameters = {"organization_id": organization_id, "environment": environment}
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(Candidate)) as rows:
            await rows.execute(QUERIES["candidates"], parameters)
            return await rows.fetchall()

    async def begin_sending(self, job: Job, connection_id: UUID, why: Mapping[str, Any] | None) -> bool:
        """Note, durably, through which connection the job is about to be sent.

        :param why: how the connection was chosen; None leaves what is there.
        :returns: whether the client has asked to cancel it: then do not send.
        :raises LeaseLost: the job is not ours, or not for long enough to send anything.
        """
        parameters = {
            "operation_id": job.id,
            "claim_id": job.claim_id,
            "connection_id": connection_id,
            "why": None if why is None else Jsonb(why),
            "safe_seconds": self._safe_seconds,
        }
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES["begin_sending"], parameters)
            row = await cursor.fetchone()
        if row is None:
            raise LeaseLost(str(job.id))
        return bool(row[0])


async def apply_payment_news(connection: Connection, work: PaymentWork, news: Mapping[str, Any], source: str) -> None:
    """Move the payment by what an answer told; in the caller's transaction.

    :param source: ``operation`` or ``sync``.
    """
    parameters = {
        "payment_id": work.payment_id,
        "news": Jsonb(news),
        "source": source,
        "operation_id": work.operation_id,
    }
    await connection.execute(QUERIES["apply_payment_news"], parameters)


async def apply_refund_news(
    connection: Connection, work: PaymentWork, refund_id: UUID | None, news: Mapping[str, Any], source: str
) -> None:
    """Move a refund of the payment by what an answer told; in the caller's transaction.

    :param refund_id: None when the provider did not say which of ours it is; its own id in ``news`` then tells.
    """
    parameters = {
        "payment_id": work.payment_id,
        "refund_id": refund_id,
        "news": Jsonb(news),
        "source": source,
        "operation_id": work.operation_id,
    }
    await connection.execute(QUERIES["apply_refund_news"], parameters)
