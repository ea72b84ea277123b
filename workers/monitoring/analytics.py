"""What the leader does for analytics: figures become visible within seconds of what they count."""

from __future__ import annotations

import structlog
from prometheus_client import Counter

from workers.store.analytics import PostgresAnalytics

_log = structlog.get_logger(__name__)


class Analytics:
    """Keeps the figures up to date. :param folded: increments folded."""

    def __init__(self, store: PostgresAnalytics, folded: Counter) -> None:
        self._store = store
        self._folded = folded

    async def fold(self) -> None:
        """Fold what has been counted since the last time."""
        self._folded.inc(await self._store.fold_all())

    async def follow_zones(self) -> None:
        """Cut days anew for organizations that have changed their time zone."""
        moved = await self._store.cut_days_anew()
        if moved:
            _log.info("days cut anew", organizations=moved)

    async def expire(self) -> None:
        """Let go totals that are older than the figures they are sums of."""
        await self._store.expire_totals()
