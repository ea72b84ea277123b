"""Following parcels: asking their carriers when the clock or a client says so, as many in one call as they take."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

import structlog

from workers.monitoring.health import OpensConnectors
from workers.operations.jobs import Done, Handler, Handlers, Job, Outcome
from workers.operations.pacing import put_off
from workers.operations.shipping.news import tracking_news
from workers.operations.shipping.requests import existing_shipment
from workers.providers.base import require
from workers.providers.capabilities import TracksShipments
from workers.providers.errors import AuthenticationFailed, ProviderError, RefusedForNow
from workers.store.connections import PostgresConnections, mark_needs_attention
from workers.store.pool import Connection
from workers.store.shipments import PostgresShipments, apply_tracking

_log = structlog.get_logger(__name__)


class Tracking:
    """Handles ``shipment.track``: ``{connection_id, shipment_ids}``. What goes wrong is left to the next look."""

    def __init__(
        self, shipments: PostgresShipments, connections: PostgresConnections, connectors: OpensConnectors
    ) -> None:
        self._shipments = shipments
        self._connections = connections
        self._connectors = connectors

    def handlers(self) -> Handlers:
        """The handler by its kind."""
        return {"shipment.track": Handler(self.track)}

    async def track(self, job: Job) -> Outcome:
        """Ask about the job's parcels."""
        connection_id = UUID(job.payload["connection_id"])
        rows = await self._shipments.on_their_way(connection_id, [UUID(each) for each in job.payload["shipment_ids"]])
        if not rows:
            return Done()
        try:
            news = await self._ask(connection_id, rows)
        except RefusedForNow as refusal:
            return put_off(job, refusal) or Done()
        except AuthenticationFailed as refusal:
            return Done(effect=partial(_needs_attention, connection_id, refusal.as_dict()))
        except ProviderError as error:
            _log.warning("parcels could not be asked about", connection_id=str(connection_id), **error.as_dict())
            return Done()
        return Done(effect=partial(_apply, news)) if news else Done()

    async def _ask(self, connection_id: UUID, rows: list[Any]) -> list[dict[str, Any]]:
        row = await self._connections.load(connection_id)
        if row is None:
            return []
        connector = await self._connectors.open(row, None)
        tracker = require(connector, TracksShipments, "track_shipments")
        results = await tracker.track_shipments([existing_shipment(each) for each in rows])
        told = [(shipment.shipment_id, tracking_news(result)) for shipment, result in zip(rows, results, strict=True)]
        return [{"shipment_id": str(shipment_id), "news": news} for shipment_id, news in told if news]


async def _apply(news: list[dict[str, Any]], connection: Connection) -> None:
    await apply_tracking(connection, news, "poll")


async def _needs_attention(connection_id: UUID, error: dict[str, Any], connection: Connection) -> None:
    await mark_needs_attention(connection, connection_id, error)
