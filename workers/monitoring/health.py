"""Health checks: one cheap call with a connection's own credentials, now and then and on demand."""

from __future__ import annotations

import asyncio
from typing import Any, Final, Protocol
from uuid import UUID

import structlog
from prometheus_client import Counter

from workers.monitoring.rounds import Rounds
from workers.providers.base import Connector
from workers.providers.capabilities import ChecksHealth, HealthReport
from workers.providers.errors import ProviderError
from workers.store.connections import ConnectionRow
from workers.store.health import CheckResult, PostgresHealth

_log = structlog.get_logger(__name__)
_TIMEOUT_SECONDS: Final = 45.0
_DETAIL_LIMIT_CHARS: Final = 500


class OpensConnectors(Protocol):
    """See `workers.operations.connectors.Connectors`."""

    async def open(self, row: ConnectionRow, operation_id: UUID | None = None) -> Connector[Any, Any]:
        """The connection's connector."""


async def check(
    connectors: OpensConnectors, row: ConnectionRow, *, slow_after_ms: float, operation_id: UUID | None = None
) -> CheckResult:
    """Check one connection. Whatever is wrong with it is a result, not an exception.

    :param slow_after_ms: an answer that takes longer finds it degraded.
    """
    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            connector = await connectors.open(row, operation_id)
            if not isinstance(connector, ChecksHealth):
                return CheckResult("up", None, None, "this provider offers nothing to check")
            report = await connector.check_health()
    except ProviderError as error:
        return CheckResult("down", None, error.code, error.message)
    except TimeoutError:
        return CheckResult("down", _TIMEOUT_SECONDS * 1000, "unavailable", "no answer in time")
    return judge(report, slow_after_ms)


def judge(report: HealthReport, slow_after_ms: float) -> CheckResult:
    """What a report means: slow and throttled are degraded."""
    detail = report.detail[:_DETAIL_LIMIT_CHARS]
    if report.ok:
        seen = "degraded" if report.latency_ms > slow_after_ms else "up"
        return CheckResult(seen, report.latency_ms, None, detail)
    seen = "degraded" if report.code == "rate_limited" else "down"
    return CheckResult(seen, report.latency_ms, report.code, detail)


class HealthChecks(Rounds[ConnectionRow]):
    """Runs the checks of connections that are due.

    :param counted: checks by what they saw.
    """

    def __init__(
        self,
        store: PostgresHealth,
        connectors: OpensConnectors,
        counted: Counter,
        *,
        concurrency: int = 16,
        slow_after_ms: float = 2_000.0,
    ) -> None:
        super().__init__(concurrency=concurrency)
        self._store = store
        self._connectors = connectors
        self._counted = counted
        self._slow_after_ms = slow_after_ms

    async def claim(self, limit: int) -> list[ConnectionRow]:
        """Connections whose check is due."""
        return await self._store.claim_due(limit)

    async def carry_out(self, row: ConnectionRow) -> None:
        """Check a connection; its state, its history and its incident follow in the same transaction."""
        result = await check(self._connectors, row, slow_after_ms=self._slow_after_ms)
        self._counted.labels(result.seen).inc()
        after = await self._store.record(row, result)
        if after is not None and after.state != after.was:
            _log.warning(
                "a connection's health changed",
                connection_id=str(row.id),
                provider=row.provider_key,
                was=after.was,
                state=after.state,
                code=result.error_code,
            )
