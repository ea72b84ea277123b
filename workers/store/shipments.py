"""What shipping's handlers read and write: the shipment of an operation, the carriers that could take it, the news."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from workers.store.connections import ConnectionRow
from workers.store.pool import Connection, Pool
from workers.store.queries import load_queries
from workers.store.sending import PostgresMarks

QUERIES = load_queries("shipments")
RowT = TypeVar("RowT")
_MOST_DUE = 20_000


@dataclass(frozen=True, slots=True)
class ShipmentWork:
    """A shipment, and the operation that is about it.

    :param rate_data: what the carrier said of the rate that was bought, likewise ``rate_amount`` in ``rate_currency``.
    """

    operation_id: UUID
    shipment_id: UUID
    organization_id: UUID
    environment: str
    connection_id: UUID | None
    return_of: UUID | None
    reference: str
    status: str
    rule: str
    service: str | None
    level: str | None
    sender: dict[str, Any] = field(repr=False)
    recipient: dict[str, Any] = field(repr=False)
    parcels: list[dict[str, Any]]
    ships_at: datetime
    contents: str
    description: str
    customs: dict[str, Any] | None = field(repr=False)
    cash_on_delivery_amount: Decimal | None
    declared_value: Decimal | None
    insured_value: Decimal | None
    currency: str
    signature_required: bool
    instructions: str | None = field(repr=False)
    label_format: str
    metadata: dict[str, Any] = field(repr=False)
    tracking_number: str | None
    provider_shipment_id: str | None
    provider_data: dict[str, Any] = field(repr=False)
    created_at: datetime
    rate_data: dict[str, Any] = field(repr=False)
    rate_amount: Decimal | None
    rate_currency: str | None
    cancel_requested: bool


@dataclass(frozen=True, slots=True)
class Carrier(ConnectionRow):
    """A carrier's connection that might take a shipment, with how it is to be chosen and how it is doing.

    :param facts: what the carrier carries at all (`providers.manifest.CarrierFacts`).
    """

    name: str
    health_state: str
    enabled: bool
    priority: int
    countries: list[str]
    emirates: list[str]
    services: list[str]
    levels: list[str]
    default_service: str | None
    cash_on_delivery: bool
    minimum_weight_kg: Decimal | None
    maximum_weight_kg: Decimal | None
    tariff: list[dict[str, Any]]
    provider_countries: list[str]
    capabilities: list[str]
    facts: dict[str, Any]
    breaker_open: bool


@dataclass(frozen=True, slots=True)
class QuoteWork:
    """A question for prices."""

    quote_id: UUID
    organization_id: UUID
    environment: str
    request: dict[str, Any] = field(repr=False)
    rank_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """A shipment to ask its carrier about."""

    shipment_id: UUID
    organization_id: UUID
    tracking_number: str
    provider_shipment_id: str | None
    provider_data: dict[str, Any] = field(repr=False)
    reference: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PickupWork:
    """A pickup, with the shipments that it is for."""

    operation_id: UUID
    pickup_id: UUID
    organization_id: UUID
    connection_id: UUID
    status: str
    place: dict[str, Any] = field(repr=False)
    ready_at: datetime
    closes_at: datetime
    parcels: int
    weight_kg: Decimal
    location: str | None
    instructions: str | None
    provider_pickup_id: str | None
    provider_data: dict[str, Any] = field(repr=False)
    shipments: list[dict[str, Any]] = field(repr=False)
    is_domestic: bool
    cancel_requested: bool


class PostgresShipments:
    """Shipments as their handlers need them.

    :param safe_seconds: nothing is begun to be sent unless the lease lasts this much longer.
    """

    def __init__(self, pool: Pool, *, safe_seconds: float) -> None:
        self._pool = pool
        self.marks = PostgresMarks(pool, safe_seconds=safe_seconds)

    async def load(self, operation_id: UUID) -> ShipmentWork | None:
        """What the operation is about; None when it has been deleted with its organization."""
        return await self._one(ShipmentWork, "load_work", operation_id=operation_id)

    async def load_quote(self, operation_id: UUID) -> QuoteWork | None:
        """The question that an operation is to answer."""
        return await self._one(QuoteWork, "load_quote", operation_id=operation_id)

    async def load_pickup(self, operation_id: UUID) -> PickupWork | None:
        """The pickup that an operation is about."""
        return await self._one(PickupWork, "load_pickup", operation_id=operation_id)

    async def carriers(self, organization_id: UUID, environment: str) -> list[Carrier]:
        """The organization's carriers in an environment, by priority."""
        return await self._all(Carrier, "carriers", organization_id=organization_id, environment=environment)

    async def on_their_way(self, connection_id: UUID, shipment_ids: Sequence[UUID]) -> list[OnItsWay]:
        """Those of the shipments that can be asked about through a connection."""
        return await self._all(OnItsWay, "on_their_way", connection_id=connection_id, shipment_ids=list(shipment_ids))

    async def enqueue_due_tracking(self) -> int:
        """Have the parcels asked about whose time has come; returns how many calls that takes."""
        async with self._pool.connection() as connection:
            await connection.execute(QUERIES["give_up_silent"])
            return (await connection.execute(QUERIES["enqueue_due_tracking"], {"limit": _MOST_DUE})).rowcount

    async def find_stalled(self) -> None:
        """Raise alerts for parcels of which nothing has been heard for too long."""
        async with self._pool.connection() as connection:
            await connection.execute(QUERIES["find_stalled"])

    async def _one(self, kind: type[RowT], query: str, **parameters: Any) -> RowT | None:
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(kind)) as rows:
            await rows.execute(QUERIES[query], parameters)
            return await rows.fetchone()

    async def _all(self, kind: type[RowT], query: str, **parameters: Any) -> list[RowT]:
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(kind)) as rows:
            await rows.execute(QUERIES[query], parameters)
            return await rows.fetchall()


async def apply_shipment_news(
    connection: Connection, shipment_id: UUID, news: Mapping[str, Any], source: str, source_id: UUID | None
) -> str:
    """Move a shipment by what was told; in the caller's transaction.

    :param source: ``operation``, ``webhook`` or ``poll``; ``source_id`` is the operation or event.
    :returns: ``applied``, ``unchanged`` or ``unknown``.
    """
    parameters = {"shipment_id": shipment_id, "news": Jsonb(news), "source": source, "source_id": source_id}
    row = await (await connection.execute(QUERIES["apply_shipment_news"], parameters)).fetchone()
    return str(row[0]) if row else "unknown"


async def apply_tracking(connection: Connection, news: Sequence[Mapping[str, Any]], source: str) -> None:
    """Move many shipments; in the caller's transaction. :param news: ``{shipment_id, news}`` each."""
    await connection.execute(QUERIES["apply_tracking"], {"news": Jsonb(list(news)), "source": source})


async def plan_label(connection: Connection, organization_id: UUID, shipment_id: UUID) -> None:
    """Have a shipment's label fetched; in the caller's transaction."""
    parameters = {"organization_id": organization_id, "shipment_id": shipment_id}
    await connection.execute(QUERIES["plan_label"], parameters)


async def finish_quote(
    connection: Connection, quote_id: UUID, rates: Sequence[Mapping[str, Any]], failures: Sequence[Mapping[str, Any]]
) -> None:
    """Keep a quote's answers, the best first; in the caller's transaction."""
    await connection.execute(QUERIES["keep_rates"], {"quote_id": quote_id, "rates": Jsonb(list(rates))})
    await connection.execute(QUERIES["finish_quote"], {"quote_id": quote_id, "failures": Jsonb(list(failures))})


async def move_pickup(
    connection: Connection,
    pickup_id: UUID,
    status: str | None,
    *,
    provider_pickup_id: str | None = None,
    provider_data: Mapping[str, str] | None = None,
    failure: Mapping[str, Any] | None = None,
) -> None:
    """Note what became of a pickup; in the caller's transaction."""
    parameters = {
        "pickup_id": pickup_id,
        "status": status,
        "provider_pickup_id": provider_pickup_id,
        "provider_data": None if provider_data is None else Jsonb(dict(provider_data)),
        "failure": None if failure is None else Jsonb(dict(failure)),
    }
    await connection.execute(QUERIES["move_pickup"], parameters)


async def call_for_a_person(connection: Connection, shipment_id: UUID, connection_id: UUID, reference: str) -> None:
    """Raise the alert that nobody can find out what became of a label but a person; in the caller's transaction.

    :param reference: what stands for the shipment at the carrier.
    """
    parameters = {"shipment_id": shipment_id, "connection_id": connection_id, "reference": reference}
    await connection.execute(QUERIES["outcome_needs_a_person"], parameters)
