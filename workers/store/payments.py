"""What payment handlers read and write: the payment behind an operation, the gateways that could take it, the news."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from workers.store.connections import ConnectionRow
from workers.store.pool import Connection, Pool
from workers.store.queries import load_queries
from workers.store.sending import PostgresMarks

QUERIES = load_queries("payments")
RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class PaymentWork:
    """A payment, its refund if the operation is one, and the operation's input.

    :param customer: of a payment to be made, as both addresses; not opened for what is done with it later.
    """

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
    method: str | None = None
    country: str | None = None
    locale: str | None = None
    billing_address: dict[str, Any] | None = field(default=None, repr=False)
    shipping_address: dict[str, Any] | None = field(default=None, repr=False)
    items: list[dict[str, Any]] = field(default_factory=list, repr=False)
    save_payment_method: bool = False
    saved_token: str | None = field(default=None, repr=False)
    saved_token_data: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Candidate(ConnectionRow):
    """A connection that might take a payment, with how it is to be chosen and how it is doing."""

    name: str
    health_state: str
    enabled: bool
    priority: int
    weight: int
    currencies: list[str]
    countries: list[str]
    methods: list[str]
    minimum_amount: Decimal | None
    maximum_amount: Decimal | None
    fee_percent: Decimal | None
    fee_fixed: Decimal | None
    fee_currency: str | None
    provider_currencies: list[str]
    provider_methods: list[str]
    capabilities: list[str]
    breaker_open: bool


@dataclass(frozen=True, slots=True)
class Policy:
    """How an organization's payments choose their gateway (`payment_policies`).

    :param version: 0 when nobody has set one.
    :param cases: as `set_payment_policy` checks them.
    """

    version: int = 0
    rule: str = "priority"
    cases: list[dict[str, Any]] = field(default_factory=list)
    failover: bool = True


@dataclass(frozen=True, slots=True)
class KnownPayment:
    """A payment as whoever looks at it needs it.

    :param pending_refunds: the provider's ids of our refunds that are not settled.
    """

    payment_id: UUID
    organization_id: UUID
    connection_id: UUID | None
    provider_payment_id: str | None
    currency: str
    status: str
    amount: Decimal
    amount_captured: Decimal
    amount_refunded: Decimal
    pending_refunds: list[str]


@dataclass(frozen=True, slots=True)
class SavedMethodRow:
    """A saved payment method, with what its provider calls it.

    :param in_use: whether a payment that was asked for is yet to be made with it.
    """

    payment_method_id: UUID
    connection_id: UUID
    token: str = field(repr=False)
    provider_data: dict[str, Any] = field(repr=False)
    in_use: bool


class PostgresPayments:
    """Payments as their handlers need them.

    :param safe_seconds: nothing is begun to be sent unless the lease lasts this much longer.
    """

    def __init__(self, pool: Pool, *, safe_seconds: float) -> None:
        self._pool = pool
        self.marks = PostgresMarks(pool, safe_seconds=safe_seconds)

    async def load(self, operation_id: UUID) -> PaymentWork | None:
        """What the operation is about; None when it has been deleted with its organization."""
        return await self._one(PaymentWork, "load_work", operation_id=operation_id)

    async def candidates(self, organization_id: UUID, environment: str) -> list[Candidate]:
        """The organization's payment connections in an environment."""
        parameters = {"organization_id": organization_id, "environment": environment}
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(Candidate)) as rows:
            await rows.execute(QUERIES["candidates"], parameters)
            return await rows.fetchall()

    async def policy(self, organization_id: UUID, environment: str) -> Policy:
        """The organization's routing policy in an environment."""
        found = await self._one(Policy, "policy", organization_id=organization_id, environment=environment)
        return found or Policy()

    async def routing_input(self, operation_id: UUID) -> tuple[UUID, dict[str, Any]] | None:
        """Whose question it is which gateway a payment would take, and the question."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES["routing_input"], {"operation_id": operation_id})
            row = await cursor.fetchone()
        return None if row is None else (row[0], row[1])

    async def known(self, payment_id: UUID) -> KnownPayment | None:
        """A payment to look at; None when it has been deleted."""
        return await self._one(KnownPayment, "known_payment", payment_id=payment_id)

    async def subject(self, operation_id: UUID) -> UUID | None:
        """What an operation is about."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES["subject_of_operation"], {"operation_id": operation_id})
            row = await cursor.fetchone()
        return None if row is None else row[0]

    async def saved_method(self, operation_id: UUID) -> SavedMethodRow | None:
        """The saved payment method that the operation is about; None when it is forgotten already."""
        return await self._one(SavedMethodRow, "method_of_operation", operation_id=operation_id)

    async def enqueue_due_looks(self) -> int:
        """Have the payments looked at whose time has come; returns how many."""
        async with self._pool.connection() as connection:
            return (await connection.execute(QUERIES["enqueue_due_looks"])).rowcount

    async def check_recent_ledgers(self) -> None:
        """Compare payments that changed lately with their ledger; a difference is an alert."""
        async with self._pool.connection() as connection:
            await connection.execute(QUERIES["check_recent_ledgers"])

    async def _one(self, kind: type[RowT], query: str, **parameters: Any) -> RowT | None:
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(kind)) as rows:
            await rows.execute(QUERIES[query], parameters)
            return await rows.fetchone()


async def apply_payment_news(
    connection: Connection, payment_id: UUID, news: Mapping[str, Any], source: str, source_id: UUID | None
) -> str:
    """Move a payment by what an answer told; in the caller's transaction.

    :param source: ``operation`` or ``sync``; ``source_id`` is the operation.
    :returns: ``applied``, ``unchanged``, ``stale`` or ``unknown``.
    """
    parameters = {"payment_id": payment_id, "news": Jsonb(news), "source": source, "source_id": source_id}
    return await _word(connection, "apply_payment_news", parameters)


async def apply_refund_news(
    connection: Connection,
    payment_id: UUID,
    refund_id: UUID | None,
    news: Mapping[str, Any],
    source: str,
    source_id: UUID | None,
) -> str:
    """Move a refund of a payment likewise.

    :param refund_id: None when the provider did not say which of ours it is; its own id in ``news`` then tells.
    """
    parameters = {
        "payment_id": payment_id,
        "refund_id": refund_id,
        "news": Jsonb(news),
        "source": source,
        "source_id": source_id,
    }
    return await _word(connection, "apply_refund_news", parameters)


async def forget_payment_method(connection: Connection, payment_method_id: UUID) -> None:
    """Forget a saved payment method, as its provider has; in the caller's transaction."""
    await connection.execute(QUERIES["forget_payment_method"], {"payment_method_id": payment_method_id})


async def _word(connection: Connection, query: str, parameters: Mapping[str, Any]) -> str:
    row = await (await connection.execute(QUERIES[query], parameters)).fetchone()
    return str(row[0]) if row else "unknown"
