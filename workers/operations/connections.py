"""The handler of ``connection.test``: a health check at once, for somebody who waits for it."""

from __future__ import annotations

from workers.monitoring.health import OpensConnectors, check
from workers.operations.jobs import Done, EndStatus, Handler, Handlers, Job, Outcome
from workers.store.connections import PostgresConnections
from workers.store.health import record_check
from workers.store.pool import Connection


class ConnectionHandlers:
    """Handles ``connection.test``. :param slow_after_ms: see `check`."""

    def __init__(self, connections: PostgresConnections, connectors: OpensConnectors, *, slow_after_ms: float) -> None:
        self._connections = connections
        self._connectors = connectors
        self._slow_after_ms = slow_after_ms

    def handlers(self) -> Handlers:
        """The handlers by kind."""
        return {"connection.test": Handler(self.test)}

    async def test(self, job: Job) -> Outcome:
        """Check the connection; whoever asked wants to know now, so trouble is an answer and no reason to try again."""
        row = await self._connections.of_operation(job.id)
        if row is None:
            return Done(EndStatus.FAILED, error={"code": "not_found", "message": "The connection is gone."})
        result = await check(self._connectors, row, slow_after_ms=self._slow_after_ms, operation_id=job.id)
        report = {
            "ok": result.error is None,
            "state": result.seen,
            "latency_ms": result.latency_ms,
            "detail": result.detail,
        }

        async def write(connection: Connection) -> None:
            await record_check(connection, row, result)

        status = EndStatus.SUCCEEDED if result.error is None else EndStatus.FAILED
        return Done(status, result=report, error=result.error, effect=write)
