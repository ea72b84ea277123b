"""What came to each endpoint, added up in memory and written now and then: not a write per delivery."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

import structlog

from workers.store.webhooks import EndpointCount
from workers.webhooks.flushing import flushed

_log = structlog.get_logger(__name__)
FLUSH_SECONDS: Final = 1.0


class CountStore(Protocol):
    """Where the counts go."""

    async def count_deliveries(self, counts: Sequence[EndpointCount]) -> None:
        """Add to the endpoints' counters."""


@dataclass(slots=True)
class _Count:
    received: int = 0
    last_received_at: datetime | None = None
    refused: int = 0
    last_refused_at: datetime | None = None
    last_refusal: str | None = None


class EndpointCounters:
    """Counts deliveries; what has not been written when a process is killed, a second's worth, is not counted."""

    def __init__(self, store: CountStore, *, flush_seconds: float = FLUSH_SECONDS) -> None:
        self._store = store
        self._flush_seconds = flush_seconds
        self._counts: dict[UUID, _Count] = {}
        self._unknown = 0

    def received(self, endpoint_id: UUID, at: datetime) -> None:
        """A delivery was kept, now or before."""
        count = self._of(endpoint_id)
        count.received += 1
        count.last_received_at = at

    def refused(self, endpoint_id: UUID, at: datetime, reason: str) -> None:
        """A delivery was refused."""
        count = self._of(endpoint_id)
        count.refused += 1
        count.last_refused_at = at
        count.last_refusal = reason

    def unknown(self) -> None:
        """Something came to an address that does not exist."""
        self._unknown += 1

    def running(self) -> AbstractAsyncContextManager[None]:
        """Write the counts for the length of an ``async with`` block, and what is left at its end."""
        return flushed(self.flush, self._flush_seconds)

    async def flush(self) -> None:
        """Write what has been counted, and log what was refused; what cannot be written is kept for the next time."""
        counts, self._counts = self._counts, {}
        if self._unknown:
            _log.info("webhooks for unknown addresses refused", count=self._unknown)
            self._unknown = 0
        if not counts:
            return
        rows = [
            EndpointCount(
                endpoint_id,
                count.received,
                count.last_received_at,
                count.refused,
                count.last_refused_at,
                count.last_refusal,
            )
            for endpoint_id, count in counts.items()
        ]
        try:
            await self._store.count_deliveries(rows)
        except Exception as error:
            _log.warning("deliveries are counted later", endpoints=len(rows), reason=type(error).__name__)
            self._keep(counts)
        else:
            _log_refusals(counts)

    def _of(self, endpoint_id: UUID) -> _Count:
        count = self._counts.get(endpoint_id)
        if count is None:
            count = self._counts[endpoint_id] = _Count()
        return count

    def _keep(self, earlier: dict[UUID, _Count]) -> None:
        for endpoint_id, before in earlier.items():
            count = self._of(endpoint_id)
            count.received += before.received
            count.refused += before.refused
            count.last_received_at = count.last_received_at or before.last_received_at
            count.last_refused_at = count.last_refused_at or before.last_refused_at
            count.last_refusal = count.last_refusal or before.last_refusal


def _log_refusals(counts: dict[UUID, _Count]) -> None:
    """One line an endpoint and flush: whoever sends a million forgeries does not fill our disk too."""
    for endpoint_id, count in counts.items():
        if count.refused:
            _log.warning(
                "webhooks refused", endpoint_id=str(endpoint_id), count=count.refused, reason=count.last_refusal
            )
