"""Keeps what was sent and what came back: redacted, in batches, off the path of the call.

A call only appends a reference to a bounded queue. A background task redacts what has gathered and hands it to a sink a
batch at a time; nothing that has not been redacted leaves this module. When the sink is down records wait, when the
queue is full new ones are dropped and counted, and at shutdown everything waiting is written.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Protocol, Self, TypeAlias
from uuid import UUID

import httpx
import structlog

from workers.cancellation import raise_if_cancelled
from workers.transport.calls import CallContext, CallInfo, Outcome
from workers.transport.redaction import (
    headers_without_echoes,
    redact_body,
    redact_headers,
    redact_url,
    without_echoes,
)

_log = structlog.get_logger(__name__)

Row: TypeAlias = dict[str, Any]
"""A redacted call, by the column names of ``integration_logs``."""

_REQUEST_ID_HEADERS = (
    "request-id",
    "x-request-id",
    "paypal-debug-id",
    "cko-request-id",
    "x-correlation-id",
    "x-fb-trace-id",
    "x-trace-id",
    "cf-ray",
)
_ID_LIMIT_CHARS = 200
_RECORDS_BETWEEN_PAUSES = 16
"""Redacting these takes about a millisecond; then others get a turn."""


@dataclass(slots=True, repr=False, eq=False)
class CallRecord:
    """One attempt, as it happened: not yet redacted, so it has no `repr` that would show it.

    :param occurred_at: Unix seconds.
    :param response_headers: as they came, or empty when nothing did.
    """

    context: CallContext
    info: CallInfo
    attempt: int
    occurred_at: float
    duration_ms: float
    outcome: Outcome
    request: httpx.Request
    request_body: bytes
    status: int | None = None
    response_headers: httpx.Headers | None = None
    response_body: bytes = b""
    error_code: str | None = None

    @property
    def size_bytes(self) -> int:
        """What the record keeps in memory, roughly."""
        return len(self.request_body) + len(self.response_body) + 2048


class CallRecorder(Protocol):
    """Where the pipeline leaves its records."""

    def record(self, record: CallRecord) -> None:
        """Take one; never waits, never fails."""


class CallSink(Protocol):
    """Where redacted records go."""

    async def write(self, rows: Sequence[Row]) -> None:
        """Store all of them or raise; a raised batch is offered again."""


def redacted_row(record: CallRecord) -> Row:
    """Return what may be kept of ``record``."""
    request, info, context, answered = record.request, record.info, record.context, record.response_headers
    sensitive = info.sensitive_fields
    sent: list[str] = []
    request_headers = redact_headers(request.headers.raw, sensitive, sent)
    url = redact_url(str(request.url), sensitive, sent)
    response_headers = headers_without_echoes(redact_headers(answered.raw, sensitive), sent) if answered else {}
    answer = redact_body(record.response_body, response_headers.get("content-type", ""), sensitive)
    return {
        "id": id_of(record),  # a batch that is written again is known by its calls' ids
        "occurred_at": datetime.fromtimestamp(record.occurred_at, UTC),
        "organization_id": context.organization_id,
        "connection_id": context.connection_id,
        "provider_key": context.provider_key,
        "operation_id": context.operation_id,
        "operation": info.operation,
        "method": request.method,
        "url": without_echoes(url, sent),
        "status": record.status,
        "outcome": record.outcome.value,
        "error_code": record.error_code,
        "duration_ms": record.duration_ms,
        "attempt": record.attempt,
        "request_headers": request_headers,
        "request_body": redact_body(record.request_body, request_headers.get("content-type", ""), sensitive),
        "response_headers": response_headers,
        "response_body": None if answer is None else without_echoes(answer, sent),
        "request_bytes": len(record.request_body),
        "response_bytes": len(record.response_body),
        "provider_request_id": _provider_request_id(response_headers),
        "trace_id": context.trace_id,
    }


def id_of(record: CallRecord) -> UUID:
    """A new UUID of version 7 (RFC 9562) at the moment of the call: an id tells which day's partition to look into."""
    milliseconds = int(record.occurred_at * 1000)
    return UUID(int=milliseconds << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62))


def _provider_request_id(headers: dict[str, str]) -> str | None:
    for name in _REQUEST_ID_HEADERS:
        if name in headers:
            return headers[name][:_ID_LIMIT_CHARS]
    return None


class BatchRecorder:
    """Writes records to a sink in batches, as an async context manager.

    :param batch_size: records per write, and how many gather before one is begun.
    :param flush_seconds: how long a record waits at most for its batch to fill.
    :param queue_limit: records kept when the sink is slow or down; more are dropped, and counted.
    :param queue_limit_bytes: the same in memory.
    :param shutdown_seconds: how long leaving may take to write what is left.
    """

    def __init__(
        self,
        sink: CallSink,
        *,
        batch_size: int = 200,
        flush_seconds: float = 0.5,
        queue_limit: int = 20_000,
        queue_limit_bytes: int = 128 * 1024 * 1024,
        shutdown_seconds: float = 10.0,
    ) -> None:
        self._sink = sink
        self._batch_size, self._flush_seconds = batch_size, flush_seconds
        self._queue_limit, self._queue_limit_bytes = queue_limit, queue_limit_bytes
        self._shutdown_seconds = shutdown_seconds
        self._queue: deque[CallRecord] = deque()
        self._queued_bytes = 0
        self._unwritten: list[Row] = []
        self._enough = asyncio.Event()
        self._flushing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._dropped_unsaid = 0
        self.dropped = 0
        """Records lost since the start because the queue was full."""

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._flush_now_and_then(), name="call-recorder")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._flush_for_the_last_time()

    def record(self, record: CallRecord) -> None:
        """Take one record to be redacted and written soon."""
        size = record.size_bytes
        if len(self._queue) >= self._queue_limit or self._queued_bytes + size > self._queue_limit_bytes:
            self.dropped += 1
            self._dropped_unsaid += 1
            return
        self._queue.append(record)
        self._queued_bytes += size
        if len(self._queue) >= self._batch_size:
            self._enough.set()

    async def flush(self) -> None:
        """Write all that is waiting; what cannot be written keeps waiting, and the sink's error is raised."""
        async with self._flushing:
            while self._unwritten or self._queue:
                await self._redact_a_batch()
                await self._sink.write(self._unwritten)
                self._unwritten = []

    async def _redact_a_batch(self) -> None:
        in_a_row = 0
        while self._queue and len(self._unwritten) < self._batch_size:
            record = self._queue.popleft()
            self._queued_bytes -= record.size_bytes
            self._unwritten.append(redacted_row(record))
            in_a_row += 1
            if in_a_row >= _RECORDS_BETWEEN_PAUSES + len(self._queue) // 64:  # a backlog must not grow for ever
                in_a_row = 0
                await asyncio.sleep(0)

    async def _flush_now_and_then(self) -> None:
        while True:
            raise_if_cancelled()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._flush_seconds):
                    await self._enough.wait()
            self._enough.clear()
            await self._try_to_flush()
            if self._dropped_unsaid:
                _log.error("call records dropped", count=self._dropped_unsaid, total=self.dropped)
                self._dropped_unsaid = 0

    async def _try_to_flush(self) -> bool:
        try:
            await self.flush()
        except Exception:  # whatever ails the sink, recording goes on when it is well again
            waiting = len(self._unwritten) + len(self._queue)
            _log.warning("call records cannot be written for the moment", waiting=waiting, exc_info=True)
            await asyncio.sleep(self._flush_seconds)
            return False
        return True

    async def _flush_for_the_last_time(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._shutdown_seconds):
                while not await self._try_to_flush():
                    pass
        lost = len(self._unwritten) + len(self._queue)
        if lost:
            _log.error("call records lost at shutdown", count=lost)


class InMemoryRecorder:
    """Keeps the latest redacted records of one process: for tests and single commands."""

    def __init__(self, limit: int = 1000) -> None:
        self.rows: deque[Row] = deque(maxlen=limit)

    def record(self, record: CallRecord) -> None:
        """See `CallRecorder.record`."""
        self.rows.append(redacted_row(record))
