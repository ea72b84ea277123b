"""Health checks: one cheap call with a connection's own credentials, now and then and on demand."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any, Final, Protocol, Self
from uuid import UUID

import structlog
from prometheus_client import Counter

from workers.providers.base import Connector
from workers.providers.capabilities import ChecksHealth, HealthReport
from workers.providers.errors import ProviderError
from workers.store.connections import ConnectionRow
from workers.store.health import CheckResult, PostgresHealth
from workers.store.pool import UNAVAILABLE

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
    return _judge(report, slow_after_ms)


def _judge(report: HealthReport, slow_after_ms: float) -> CheckResult:
    detail = report.detail[:_DETAIL_LIMIT_CHARS]
    if report.ok:
        seen = "degraded" if report.latency_ms > slow_after_ms else "up"
        return CheckResult(seen, report.latency_ms, None, detail)
    seen = "degraded" if report.code == "rate_limited" else "down"
    return CheckResult(seen, report.latency_ms, report.code, detail)


class HealthChecks:
    """Runs the checks that are due, as an async context manager: leaving it ends those under way.

    :param concurrency: checks at the same time.
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
        self._store = store
        self._connectors = connectors
        self._counted = counted
        self._concurrency = concurrency
        self._slow_after_ms = slow_after_ms
        self._running: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def begin_due(self) -> int:
        """Begin the checks that are due, as many as there is room for; they go on by themselves. Returns how many."""
        room = self._concurrency - len(self._running)
        rows = await self._store.claim_due(room) if room > 0 else []
        for row in rows:
            task = asyncio.create_task(self._check_and_record(row), name=f"health-check-{row.id}")
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return len(rows)

    async def settle(self) -> None:
        """Wait until the checks that have begun are over."""
        await asyncio.gather(*self._running)

    async def _check_and_record(self, row: ConnectionRow) -> None:
        try:
            result = await check(self._connectors, row, slow_after_ms=self._slow_after_ms)
            self._counted.labels(result.seen).inc()
            after = await self._store.record(row, result)
        except UNAVAILABLE as error:
            _log.warning("a health check is lost", connection_id=str(row.id), reason=str(error).strip())
            return
        except Exception:
            _log.exception("a health check failed unexpectedly", connection_id=str(row.id))
            return
        if after is not None and after.state != after.was:
            _log.warning(
                "a connection's health changed",
                connection_id=str(row.id),
                provider=row.provider_key,
                was=after.was,
                state=after.state,
                code=result.error_code,
            )
