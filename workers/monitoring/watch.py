"""What the leader watches: connections, what they are good for, providers' status pages, and the figures of it all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx

from workers.config import Settings
from workers.monitoring.analytics import Analytics
from workers.monitoring.health import HealthChecks, OpensConnectors
from workers.monitoring.metrics import Metrics
from workers.monitoring.status_pages import StatusPages
from workers.monitoring.synthetic import SyntheticChecks
from workers.providers.registry import CONNECTORS
from workers.schedule import Schedule
from workers.store.analytics import PostgresAnalytics
from workers.store.health import PostgresHealth
from workers.store.pool import Pool
from workers.store.status_pages import PostgresStatusPages


@dataclass(frozen=True, slots=True)
class Watch:
    """The parts. :param page_seconds: how often status pages are read; 0: never."""

    health: HealthChecks
    synthetic: SyntheticChecks
    pages: StatusPages
    analytics: Analytics
    page_seconds: float

    def plan(self, schedule: Schedule) -> None:
        """Enter what is done by the clock."""
        schedule.every(1, self.health.begin_due, name="health checks", leader_only=True)
        schedule.every(5, self.synthetic.begin_due, name="synthetic checks", leader_only=True)
        schedule.every(5, self.analytics.fold, name="analytics", leader_only=True)
        schedule.every(300, self.analytics.follow_zones, name="time zones", leader_only=True)
        schedule.every(86_400, self.analytics.expire, name="old totals", leader_only=True)
        if self.page_seconds:
            schedule.every(self.page_seconds, self.pages.read, name="status pages", leader_only=True)


@asynccontextmanager
async def open_watch(
    settings: Settings,
    pool: Pool,
    connectors: OpensConnectors,
    transport: httpx.AsyncBaseTransport,
    metrics: Metrics,
) -> AsyncIterator[Watch]:
    """Keep checks going for the length of an ``async with`` block; those under way end with it.

    :param transport: sends the requests to status pages.
    """
    health, slow = PostgresHealth(pool), settings.slow_after_ms
    feeds = {key: each.manifest.status_feed for key, each in CONNECTORS.items() if each.manifest.status_feed}
    async with AsyncExitStack() as stack:
        checks = HealthChecks(
            health, connectors, metrics.health_checks, concurrency=settings.health_concurrency, slow_after_ms=slow
        )
        synthetic = SyntheticChecks(health, connectors, metrics.synthetic_checks, slow_after_ms=slow)
        yield Watch(
            await stack.enter_async_context(checks),
            await stack.enter_async_context(synthetic),
            StatusPages(PostgresStatusPages(pool), feeds, transport, base_url=settings.status_pages_url),
            Analytics(PostgresAnalytics(pool), metrics.analytics_folded),
            settings.status_page_seconds,
        )
