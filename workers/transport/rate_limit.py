"""Token buckets, one per connection, which all workers share and take from in small leases.

A lease is a handful of tokens taken in one round trip and spent locally within half a second, so that the shared
bucket costs next to nothing per call. Its size follows what the worker really spends: it doubles when a lease was used
up, and shrinks to what was used when one ran out of time. Tokens that expire unspent are lost, which errs on the
side of the provider's limit.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Protocol
from uuid import UUID

import structlog

from workers.transport.errors import StateUnavailable

_log = structlog.get_logger(__name__)

LEASE_SECONDS = 0.5
LARGEST_LEASE = 1000
LEASE_SHARE_OF_CAPACITY = 0.25
"""No lease takes more of the bucket than this, nor more than is refilled in as many seconds: others want some too."""
LONGEST_PUT_OFF_SECONDS = 60.0
"""Nobody is told to come back later than this for want of tokens alone."""
SHORTEST_WAIT_SECONDS = 0.001
_LEASES_KEPT = 4096


@dataclass(frozen=True, slots=True)
class Grant:
    """What a bucket gave.

    :param tokens: how many calls may be made now.
    :param wait_seconds: when ``tokens`` is 0, how long until there is one.
    :param refill_per_second: the bucket's rate.
    """

    tokens: int
    wait_seconds: float
    refill_per_second: float


class TokenStore(Protocol):
    """Where tokens are taken from."""

    async def take(self, connection_id: UUID, wanted: int) -> Grant:
        """Take at most ``wanted`` tokens, and at most a lease's share of the bucket."""


class BucketStore(TokenStore, Protocol):
    """Where buckets are shared."""

    async def block(self, connection_id: UUID, seconds: float) -> None:
        """Empty the bucket, and give nothing for so long."""


class RateBudget(Protocol):
    """What the pipeline asks before each request."""

    async def acquire(self, connection_id: UUID, patience_seconds: float) -> float:
        """Take one token, waiting for it at most so long: 0 when it was taken, else the seconds after which to ask
        again."""

    async def block(self, connection_id: UUID, seconds: float) -> None:
        """The provider said that it will take no more calls for so long."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A token bucket as a value. Moments are seconds of whatever clock its keeper uses."""

    capacity: float
    refill_per_second: float
    tokens: float
    refilled_at: float
    blocked_until: float = 0.0

    def take(self, wanted: int, now: float) -> tuple[Bucket, Grant]:
        """Return the bucket after taking from it, and what it gave."""
        elapsed = max(0.0, now - self.refilled_at)
        available = min(self.capacity, self.tokens + elapsed * self.refill_per_second)
        share = math.floor(min(self.capacity, self.refill_per_second) * LEASE_SHARE_OF_CAPACITY)
        granted = 0 if now < self.blocked_until else math.floor(min(available, wanted, max(1, share)))
        missing = max(0.0, 1 - available) / self.refill_per_second
        wait = 0.0 if granted else max(missing, self.blocked_until - now)
        after = replace(self, tokens=available - granted, refilled_at=max(now, self.refilled_at))
        return after, Grant(granted, wait, self.refill_per_second)

    def block(self, seconds: float, now: float) -> Bucket:
        """Return the bucket empty and giving nothing for ``seconds``; a block never shortens another."""
        until = max(self.blocked_until, now + seconds)
        return replace(self, tokens=0.0, refilled_at=max(until, self.refilled_at), blocked_until=until)


class InMemoryBuckets:
    """Buckets of one process: for tests and single commands."""

    def __init__(
        self, *, capacity: float = 25, refill_per_second: float = 25, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._capacity, self._refill_per_second, self._clock = capacity, refill_per_second, clock
        self._buckets: dict[UUID, Bucket] = {}

    async def take(self, connection_id: UUID, wanted: int) -> Grant:
        """See `BucketStore.take`."""
        self._buckets[connection_id], grant = self._bucket(connection_id).take(wanted, self._clock())
        return grant

    async def block(self, connection_id: UUID, seconds: float) -> None:
        """See `BucketStore.block`."""
        self._buckets[connection_id] = self._bucket(connection_id).block(seconds, self._clock())

    def _bucket(self, connection_id: UUID) -> Bucket:
        fresh = Bucket(self._capacity, self._refill_per_second, self._capacity, self._clock())
        return self._buckets.get(connection_id, fresh)


@dataclass(slots=True)
class _Lease:
    """The tokens this worker holds of one bucket."""

    tokens: int = 0
    taken: int = 0
    expires_at: float = 0.0
    size: int = 1
    """How many to take the next time."""
    empty_until: float = 0.0
    refill_per_second: float = 1.0
    waiting: int = 0
    put_off_until: float = 0.0
    """When the last caller that was put off should come back; the next one comes after it."""
    renewing: asyncio.Future[None] | None = None
    """The renewal under way."""

    def spend(self, now: float) -> bool:
        """Take one of the tokens held, if there is one that has not expired."""
        if self.tokens > 0 and now < self.expires_at:
            self.tokens -= 1
            return True
        return False

    def want(self) -> int:
        """Return how many tokens to ask for, from how the last lease was used."""
        if self.taken:
            spent = self.taken - self.tokens
            self.size = min(self.size * 2, LARGEST_LEASE) if self.tokens == 0 else max(1, spent)
        self.tokens = self.taken = 0
        return max(self.size, self.waiting)

    def put_off(self, wait: float, now: float) -> float:
        """Return when a caller should come back, so that those put off do not all come back at once."""
        self.put_off_until = max(self.put_off_until, now + wait)
        later = max(wait, min(self.put_off_until - now, LONGEST_PUT_OFF_SECONDS))
        self.put_off_until += 1 / self.refill_per_second
        return later


class Leases:
    """This process's share of all buckets.

    :param clock: monotonic seconds.
    :param sleep: waits for so many seconds.
    """

    def __init__(
        self,
        store: TokenStore,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._tokens, self._clock, self._sleep = store, clock, sleep
        self._leases: dict[UUID, _Lease] = {}

    async def acquire(self, connection_id: UUID, patience_seconds: float) -> float:
        """See `RateBudget.acquire`.

        :raises StateUnavailable: the shared buckets cannot be reached.
        """
        lease = self._leases.get(connection_id)
        if lease is not None and lease.spend(self._clock()):
            return 0.0
        return await self._acquire_slowly(connection_id, lease or self._new_lease(connection_id), patience_seconds)

    async def _acquire_slowly(self, connection_id: UUID, lease: _Lease, patience_seconds: float) -> float:
        give_up_at = self._clock() + patience_seconds
        lease.waiting += 1
        try:
            while not lease.spend(now := self._clock()):
                wait = lease.empty_until - now
                if wait <= 0:
                    await self._renew_for_all(connection_id, lease)
                elif now + wait > give_up_at:
                    return lease.put_off(wait, now)
                else:
                    await self._sleep(wait)
            return 0.0
        finally:
            lease.waiting -= 1

    async def _renew_for_all(self, connection_id: UUID, lease: _Lease) -> None:
        """Take a new lease, or wait for the one that another caller is taking; what it is told, all are told."""
        # Not a lock: that would let those waiting go on one turn of the loop after the other.
        if lease.renewing is not None:
            await asyncio.shield(lease.renewing)
            return
        lease.renewing = renewing = asyncio.get_running_loop().create_future()
        try:
            await self._renew(connection_id, lease)
        except Exception as error:
            renewing.set_exception(error)
            renewing.exception()  # nobody else may be waiting to hear of it
            raise
        finally:
            lease.renewing = None
            if not renewing.done():
                renewing.set_result(None)

    async def _renew(self, connection_id: UUID, lease: _Lease) -> None:
        grant = await self._tokens.take(connection_id, lease.want())
        now = self._clock()
        if now < lease.empty_until:  # the provider closed down while we asked
            return
        lease.tokens = lease.taken = grant.tokens
        lease.refill_per_second = grant.refill_per_second
        lease.expires_at = now + LEASE_SECONDS
        if not grant.tokens:
            lease.empty_until = now + max(grant.wait_seconds, SHORTEST_WAIT_SECONDS)

    def _new_lease(self, connection_id: UUID) -> _Lease:
        if len(self._leases) >= _LEASES_KEPT:
            now = self._clock()
            self._leases = {
                key: lease
                for key, lease in self._leases.items()
                if lease.waiting or now < max(lease.expires_at, lease.empty_until, lease.put_off_until)
            }
        return self._leases.setdefault(connection_id, _Lease())


class LeasedBudget(Leases):
    """This worker's share of what providers take."""

    def __init__(
        self,
        store: BucketStore,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(store, clock=clock, sleep=sleep)
        self._store = store

    async def block(self, connection_id: UUID, seconds: float) -> None:
        """See `RateBudget.block`. The local part holds even when the other workers cannot be told."""
        lease = self._leases.get(connection_id) or self._new_lease(connection_id)
        lease.tokens = lease.taken = 0
        lease.empty_until = max(lease.empty_until, self._clock() + seconds)
        try:
            await self._store.block(connection_id, seconds)
        except StateUnavailable:
            _log.warning("a provider's rate limit could not be shared", connection_id=str(connection_id))
