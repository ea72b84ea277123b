"""Upkeep of what grows with traffic: partitions are made ahead and dropped when old, deduplication keys and raw bodies
expire."""

from __future__ import annotations

from typing import Final

import structlog

from workers.store.pool import Pool
from workers.store.queries import load_queries

QUERIES = load_queries("partitions")

_log = structlog.get_logger(__name__)
_BITE: Final = 5_000
_BODIES: Final = 500


class Upkeep:
    """What the leader does now and then. Every part may be repeated, and done by two at once.

    :param webhook_key_days: for how long repeats of a webhook are recognized.
    """

    def __init__(self, pool: Pool, *, webhook_key_days: int = 30) -> None:
        self._pool = pool
        self._webhook_key_days = webhook_key_days

    async def make_partitions(self) -> None:
        """Make the partitions of the days to come."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES["make_partitions"])
            ((made,),) = await cursor.fetchall()
        if made:
            _log.info("partitions made", count=made)

    async def drop_old_partitions(self) -> None:
        """Drop the partitions whose rows are all older than their table keeps."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES["drop_old_partitions"])
            dropped = [name for (name,) in await cursor.fetchall()]
        if dropped:
            _log.info("partitions dropped", names=dropped)

    async def expire_webhook_keys(self) -> None:
        """Forget webhooks that no provider repeats any more."""
        parameters = {"days": self._webhook_key_days, "limit": _BITE}
        expired = _BITE
        while expired == _BITE:
            async with self._pool.connection() as connection:
                expired = (await connection.execute(QUERIES["expire_webhook_keys"], parameters)).rowcount

    async def erase_webhook_bodies(self) -> None:
        """Erase the bodies of settled events that are older than their endpoints keep them."""
        total, erased = 0, _BODIES
        while erased:
            async with self._pool.connection() as connection:
                cursor = await connection.execute(QUERIES["erase_webhook_bodies"], {"limit": _BODIES})
                ((erased,),) = await cursor.fetchall()
            total += erased
        if total:
            _log.info("bodies of webhooks erased", count=total)

    async def drop_old_webhook_requests(self) -> None:
        """Let go the requests that nobody will look at any more."""
        async with self._pool.connection() as connection:
            await connection.execute(QUERIES["drop_old_webhook_requests"])
