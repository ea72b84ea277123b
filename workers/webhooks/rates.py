"""How fast each endpoint takes deliveries: one bucket for all ingress processes, taken from in leases.

The leases are those of outbound calls (`workers.transport.rate_limit`). Endpoints that want one at the same time share
a round trip, so that what limits cost does not grow with the traffic, nor with the number of endpoints.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final, Protocol
from uuid import UUID

from workers.transport.rate_limit import Grant, Leases
from workers.webhooks.batching import Batcher

_LEASES_TOGETHER: Final = 200


class RateStore(Protocol):
    """Where the buckets are."""

    async def take_tokens(self, wanted: Mapping[UUID, int]) -> Mapping[UUID, Grant]:
        """Take at most so many tokens of each endpoint; of one whose rate is not limited nothing is told."""


class EndpointRates:
    """The rates of all endpoints that are limited."""

    def __init__(self, store: RateStore) -> None:
        self._store = store
        self._batches: Batcher[tuple[UUID, int], Grant] = Batcher(self._take, most=_LEASES_TOGETHER)
        self._leases = Leases(self)

    def running(self) -> AbstractAsyncContextManager[None]:
        """Work for the length of an ``async with`` block."""
        return self._batches.running()

    async def admit(self, endpoint_id: UUID) -> float:
        """Take a token for one delivery: 0 when it was taken, else the seconds after which to come again.

        :raises StateUnavailable: the buckets cannot be reached.
        """
        return await self._leases.acquire(endpoint_id, 0)

    async def take(self, endpoint_id: UUID, wanted: int) -> Grant:
        """See `workers.transport.rate_limit.TokenStore`."""
        return await self._batches.submit((endpoint_id, wanted))

    async def _take(self, asked: Sequence[tuple[UUID, int]]) -> Sequence[Grant]:
        granted = await self._store.take_tokens(dict(asked))
        # The limit may have been lifted since the endpoint was looked up.
        return [granted.get(endpoint_id) or Grant(wanted, 0.0, float(wanted)) for endpoint_id, wanted in asked]
