"""Webhook endpoints and events in Postgres: whole batches on the way in, one transaction an event afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.types.json import Jsonb

from workers.store.pool import Connection, Pool
from workers.store.queries import load_queries

QUERIES = load_queries("webhooks")


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """An address that is in use, with what is needed of its connection.

    :param rate_limited: whether tokens have to be taken (`PostgresIngress.take_tokens`) for its deliveries.
    :param allowed_networks: in CIDR notation; none: it is reached from anywhere.
    :param ignored_event_types: patterns of event types that are kept and not acted on.
    """

    token_hash: bytes = field(repr=False)
    id: UUID
    organization_id: UUID
    connection_id: UUID
    provider_key: str
    environment: str
    settings: Mapping[str, Any]
    credentials_version: int
    record_only: bool
    max_body_bytes: int
    tolerance_seconds: int
    rate_limited: bool
    allowed_networks: Sequence[str]
    ignored_event_types: Sequence[str]


class NewEvent(NamedTuple):
    """A verified delivery to be kept. The fields are the parameters of ``keep_events``.

    :param key: tells repeats: SHA-256 of the provider's event id, or of the body where there is none.
    :param headers: a JSON object.
    :param body: the bytes as sent.
    :param body_bytes: how many they were before card data was masked.
    :param status: ``received``, or ``recorded`` or ``filtered`` to keep it and do nothing about it.
    """

    id: UUID
    received_at: datetime
    endpoint_id: UUID
    organization_id: UUID
    connection_id: UUID
    provider_key: str
    key: bytes
    provider_event_id: str | None
    event_type: str | None
    headers: str
    query: str
    source_address: str | None
    body: bytes
    body_bytes: int
    status: str


class EndpointCount(NamedTuple):
    """What has happened at an endpoint since the last time. The fields are the parameters of ``count_deliveries``."""

    endpoint_id: UUID
    received: int
    last_received_at: datetime | None
    refused: int
    last_refused_at: datetime | None
    last_refusal: str | None


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event to be processed, with what is needed of its connection and endpoint.

    :param settled: whether it has been processed, ignored, refused or found a repeat.
    :param tolerance_seconds: None when the endpoint is gone.
    """

    id: UUID
    received_at: datetime
    organization_id: UUID
    connection_id: UUID
    endpoint_id: UUID
    provider_key: str
    verified: bool
    status: str
    provider_event_id: str | None
    event_type: str | None
    headers: Mapping[str, str]
    query: str
    body: bytes
    environment: str
    settings: Mapping[str, Any]
    credentials_version: int
    record_only: bool
    ignored_event_types: Sequence[str]
    tolerance_seconds: int | None

    @property
    def settled(self) -> bool:
        """Whether nothing more is to be done about it, unless somebody asks for it."""
        return self.status not in _UNSETTLED


@dataclass(frozen=True, slots=True)
class Settlement:
    """How the processing of an event ended.

    :param status: ``processed``, ``ignored``, ``recorded``, ``filtered``, ``duplicate`` or ``refused``.
    :param headers: in place of those that were kept until it was verified; likewise ``query``.
    :param error: ``{code, message}`` of a refusal.
    """

    status: str
    verified: bool = True
    provider_event_id: str | None = None
    event_type: str | None = None
    headers: Mapping[str, str] | None = None
    query: str | None = None
    canonical_types: Sequence[str] = ()
    error: Mapping[str, Any] | None = None


class PaymentRow(NamedTuple):
    """The payment an event is about."""

    id: UUID
    currency: str


_UNSETTLED = ("received", "failed")


class PostgresWebhooks:
    """Implements what the ingress and the processing of webhooks ask of the database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def find_endpoints(self, token_hashes: Collection[bytes]) -> dict[bytes, EndpointRow]:
        """The enabled endpoints of these token hashes."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                QUERIES["find_endpoints"], {"token_hashes": list(token_hashes)}, binary=True
            )
            return {row[0]: EndpointRow(*row) for row in await cursor.fetchall()}

    async def keep_events(self, events: Sequence[NewEvent]) -> set[UUID]:
        """Keep a batch, all or none: events, their keys and their jobs. Durable when it returns.

        :returns: the ids of the new ones; the others are repeats.
        :raises psycopg.OperationalError: the database cannot do it now, or (`pool.UNAVAILABLE`) is read-only; it may
            have been done if the connection broke.
        :raises psycopg.Error: something in one of the events cannot be stored.
        """
        columns = zip(*events, strict=True)
        parameters = {name: list(values) for name, values in zip(NewEvent._fields, columns, strict=True)}
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES["keep_events"], parameters, binary=True)
            return {row[0] for row in await cursor.fetchall()}

    async def count_deliveries(self, counts: Sequence[EndpointCount]) -> None:
        """Add to the endpoints' counters."""
        columns = zip(*counts, strict=True)
        parameters = {name: list(values) for name, values in zip(EndpointCount._fields, columns, strict=True)}
        async with self._pool.connection() as connection:
            await connection.execute(QUERIES["count_deliveries"], parameters)

    async def load_event(self, event_id: UUID, received_at: str) -> StoredEvent | None:
        """An event, or None when its partition has been dropped.

        :param received_at: an ISO 8601 text with time zone.
        """
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                QUERIES["load_event"], {"id": event_id, "received_at": received_at}, binary=True
            )
            row = await cursor.fetchone()
        return None if row is None else StoredEvent(*row)

    async def fail_event(self, event: StoredEvent, status: str, error: Mapping[str, Any]) -> None:
        """Note a failed attempt; ``status`` is ``failed`` or ``dead``."""
        parameters = {"id": event.id, "received_at": event.received_at, "status": status, "error": Jsonb(error)}
        async with self._pool.connection() as connection:
            await connection.execute(QUERIES["fail_event"], parameters)

    @asynccontextmanager
    async def settling(self, event: StoredEvent) -> AsyncIterator[EventTransaction]:
        """The one transaction in which everything follows from an event; others wait for the same event meanwhile."""
        async with self._pool.connection() as connection, connection.transaction():
            cursor = await connection.execute(QUERIES["lock_event"], {"id": event.id, "received_at": event.received_at})
            row = await cursor.fetchone()
            yield EventTransaction(connection, event, settled=row is None or row[0] not in _UNSETTLED)


class EventTransaction:
    """What can be done about an event inside its transaction.

    :param settled: somebody else settled the event before this transaction had it.
    """

    def __init__(self, connection: Connection, event: StoredEvent, *, settled: bool) -> None:
        self._connection = connection
        self._event = event
        self.settled = settled

    async def claim_key(self, key: bytes) -> bool:
        """Whether the event is the first of its key."""
        event = self._event
        owner = await self._value(
            "claim_key",
            {"endpoint_id": event.endpoint_id, "key": key, "id": event.id, "received_at": event.received_at},
        )
        return bool(owner == event.id)

    async def find_payment(self, payment_id: UUID | None, provider_ids: Collection[str]) -> PaymentRow | None:
        """The payment with that id of ours, or with one of these ids at the event's connection."""
        cursor = await self._connection.execute(
            QUERIES["find_payment"],
            {**self._whose(), "payment_id": payment_id, "provider_ids": list(provider_ids)},
        )
        row = await cursor.fetchone()
        return None if row is None else PaymentRow(*row)

    async def is_payment_under_way(self) -> bool:
        """Whether a payment that the event may be about has no provider's id yet."""
        return bool(await self._value("is_payment_under_way", self._whose()))

    async def apply_payment_news(self, payment_id: UUID, news: Mapping[str, Any]) -> str:
        """Move a payment; ``applied``, ``unchanged``, ``stale`` or ``unknown``."""
        parameters = {"payment_id": payment_id, "news": Jsonb(news), "event_id": self._event.id}
        return str(await self._value("apply_payment_news", parameters))

    async def apply_refund_news(self, payment_id: UUID, refund_id: UUID | None, news: Mapping[str, Any]) -> str:
        """Move a refund of a payment; the answers are those of `apply_payment_news`."""
        parameters = {
            "payment_id": payment_id,
            "refund_id": refund_id,
            "news": Jsonb(news),
            "event_id": self._event.id,
        }
        return str(await self._value("apply_refund_news", parameters))

    async def apply_dispute_news(self, payment_id: UUID, news: Mapping[str, Any]) -> None:
        """Write how a dispute of a payment stands."""
        parameters = {
            "payment_id": payment_id,
            "connection_id": self._event.connection_id,
            "news": Jsonb(news),
            "event_id": self._event.id,
        }
        await self._connection.execute(QUERIES["apply_dispute_news"], parameters)

    async def apply_payout_news(self, news: Mapping[str, Any]) -> None:
        """Write how a payout of the event's connection stands."""
        parameters = {"connection_id": self._event.connection_id, "news": Jsonb(news)}
        await self._connection.execute(QUERIES["apply_payout_news"], parameters)

    async def ask_about_payment(self, payment_id: UUID) -> None:
        """Let a worker ask the provider how the payment stands."""
        await self._connection.execute(QUERIES["ask_about_payment"], {"payment_id": payment_id})

    async def find_shipments(self, tracking_number: str) -> list[UUID]:
        """The shipments that a carrier calls by that number."""
        parameters = {**self._whose(), "tracking_number": tracking_number}
        cursor = await self._connection.execute(QUERIES["find_shipments"], parameters)
        return [row[0] for row in await cursor.fetchall()]

    async def apply_shipment_news(self, shipment_id: UUID, news: Mapping[str, Any]) -> None:
        """Move a shipment."""
        parameters = {"shipment_id": shipment_id, "news": Jsonb(news), "event_id": self._event.id}
        await self._connection.execute(QUERIES["apply_shipment_news"], parameters)

    async def ask_about_shipment(self, shipment_id: UUID) -> None:
        """Let a worker ask the carrier how the shipment stands."""
        await self._connection.execute(QUERIES["ask_about_shipment"], {**self._whose(), "shipment_id": shipment_id})

    async def stream_has_news(self, stream: str) -> bool:
        """Have a stream of the event's connection read soon; whether there is one."""
        return bool(await self._value("stream_has_news", {**self._whose(), "stream": stream}))

    async def post_has_news(self, provider_account_id: str | None, provider_post_id: str) -> bool:
        """Have the network asked about a post; whether it is one of ours."""
        parameters = {"provider_account_id": provider_account_id, "provider_post_id": provider_post_id}
        return bool(await self._value("post_has_news", {**self._whose(), **parameters}))

    async def withdraw_consent(self, email: str) -> bool:
        """Note that a person does not want to be written to any more; whether they are a lead of ours."""
        return bool(await self._value("withdraw_consent", {**self._whose(), "email": email}))

    async def fetch_lead(self, provider_lead_id: str) -> None:
        """Have fetched what somebody filled in at the provider."""
        await self._connection.execute(QUERIES["fetch_lead"], {**self._whose(), "provider_lead_id": provider_lead_id})

    async def settle(self, settlement: Settlement) -> str | None:
        """Write how it ended; returns the trace that it turned out to belong to."""
        trace_id: str | None = await self._value(
            "settle_event",
            {
                "id": self._event.id,
                "received_at": self._event.received_at,
                "status": settlement.status,
                "verified": settlement.verified,
                "provider_event_id": settlement.provider_event_id,
                "event_type": settlement.event_type,
                "headers": None if settlement.headers is None else Jsonb(settlement.headers),
                "query": settlement.query,
                "canonical_types": list(settlement.canonical_types),
                "error": None if settlement.error is None else Jsonb(settlement.error),
            },
        )
        return trace_id

    def _whose(self) -> dict[str, Any]:
        event = self._event
        return {
            "organization_id": event.organization_id,
            "connection_id": event.connection_id,
            "environment": event.environment,
        }

    async def _value(self, name: str, parameters: Mapping[str, Any]) -> Any:
        cursor = await self._connection.execute(QUERIES[name], parameters)
        row = await cursor.fetchone()
        return None if row is None else row[0]
