"""Sending to subscriptions: for each there is one job, which sends what is due and ends when nothing is.

So a receiver that hangs, fails or has thousands of deliveries waiting holds up nobody but itself; what goes in order is
sent one by one without anybody's lock; and a rate is kept by the one who sends. What was sent is recorded before
anything else: should the worker die in between, it is sent once more, under the same ``webhook-id``.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

import structlog
from standardwebhooks import Webhook

from workers.cancellation import raise_if_cancelled
from workers.monitoring.metrics import Metrics
from workers.operations.jobs import Done, Handler, Handlers, Job, Outcome
from workers.store.deliveries import (
    DueDelivery,
    PostgresDeliveries,
    Standing,
    SubscriptionRow,
    Tried,
    plan_next_sender,
)
from workers.store.pool import UNAVAILABLE
from workers.tracing import Attributes, Tracing, following
from workers.vault.errors import VaultError
from workers.webhooks.receivers import Answered, Receivers
from workers.webhooks.schedule import wait_after
from workers.webhooks.signing import SecretFault, Signers, signed_headers

_log = structlog.get_logger(__name__)
AT_ONCE: Final = 8
"""Requests to one subscription's receiver at a time."""
_AHEAD: Final = 64
"""Deliveries that are read ahead."""
_ASKED_LESS_AFTER: Final = 5
"""A receiver that has failed so often in a row is asked one thing at a time."""
_TURN_SECONDS: Final = 3.0
"""How long one job goes on beginning requests before it gives way to others."""
_LONGEST_TURN_SECONDS: Final = 60.0
"""The same while a slow answer is waited for anyway."""
_SLOW_SECONDS: Final = 1.0
_LOOK_SECONDS: Final = 0.2
"""How often to look for what has become due while there is room for more."""
_LONGEST_PACE_SECONDS: Final = 0.25
"""A pause between two requests that is longer is not slept through."""
_RECORD_WITHIN_SECONDS: Final = 20.0
_RECORD_RETRY_SECONDS: Final = 0.2


class Sender:
    """Handles ``webhook.send``."""

    def __init__(
        self, store: PostgresDeliveries, signers: Signers, receivers: Receivers, metrics: Metrics, tracing: Tracing
    ) -> None:
        self._store = store
        self._signers = signers
        self._receivers = receivers
        self._metrics = metrics
        self._tracing = tracing

    def handlers(self) -> Handlers:
        """The handlers by kind."""
        return {"webhook.send": Handler(self.send)}

    async def send(self, job: Job) -> Outcome:
        """Send what is due for one subscription, ``{subscription_id}``, and plan what comes later."""
        subscription_id = UUID(job.payload["subscription_id"])
        row = await self._store.subscription(subscription_id)
        if row is not None and row.enabled and not row.paused:
            try:
                signers = await self._signers.of(row)
            except SecretFault as fault:
                await self._store.disable(subscription_id, {"field": "secret", "message": str(fault)})
                return Done()
            except VaultError as error:
                _log.error("a subscription's secret cannot be opened", subscription_id=str(row.subscription_id))
                raise RuntimeError("a secret cannot be opened") from error
            if signers:
                await _Turn(self._store, self._receivers, self._metrics, self._tracing, row, signers).take()
        return Done(effect=partial(plan_next_sender, subscription_id=subscription_id))


class _Turn:
    """One subscription's turn of sending."""

    def __init__(
        self,
        store: PostgresDeliveries,
        receivers: Receivers,
        metrics: Metrics,
        tracing: Tracing,
        row: SubscriptionRow,
        signers: Sequence[Webhook],
    ) -> None:
        self._store = store
        self._receivers = receivers
        self._metrics = metrics
        self._tracing = tracing
        self._row = row
        self._signers = signers
        self._at_once = 1 if row.ordered or row.failures >= _ASKED_LESS_AFTER else AT_ONCE
        self._pace = 60 / row.rate_per_minute if row.rate_per_minute else 0.0
        self._began = self._next_at = time.monotonic()
        self._ends = False
        self._ahead: deque[DueDelivery] = deque()
        self._under_way: dict[asyncio.Task[Answered], tuple[DueDelivery, float]] = {}

    async def take(self) -> None:
        """Send until nothing is due, the time is up, or the receiver wants to be left alone."""
        try:
            while True:
                raise_if_cancelled()
                if self._may_begin() and not self._ahead:
                    await self._read_ahead()
                await self._begin_more()
                if not self._under_way:
                    return
                look = _LOOK_SECONDS if self._may_begin() else None
                done, _ = await asyncio.wait(self._under_way, timeout=look, return_when=asyncio.FIRST_COMPLETED)
                if done:
                    await self._end(done)
        finally:
            for task in self._under_way:
                task.cancel()
            await asyncio.gather(*self._under_way, return_exceptions=True)

    def _may_begin(self) -> bool:
        now = time.monotonic()
        if self._ends or len(self._under_way) >= self._at_once:
            return False
        if now < self._began + _TURN_SECONDS:
            return True
        is_slow = any(now - began > _SLOW_SECONDS for _, began in self._under_way.values())
        return is_slow and now < self._began + _LONGEST_TURN_SECONDS

    async def _read_ahead(self) -> None:
        busy = [due.delivery_id for due, _ in self._under_way.values()]
        self._ahead.extend(await self._store.due(self._row, _AHEAD, busy))

    async def _begin_more(self) -> None:
        while self._ahead and self._may_begin():
            wait = self._next_at - time.monotonic()
            if wait > _LONGEST_PACE_SECONDS:
                self._ends = True
                return
            if wait > 0:
                await asyncio.sleep(wait)
            began = time.monotonic()
            self._next_at = max(self._next_at, began) + self._pace
            due = self._ahead.popleft()
            self._under_way[asyncio.create_task(self._post(due))] = due, began

    async def _post(self, due: DueDelivery) -> Answered:
        """Make the attempt, in the trace of what is told."""
        about: Attributes = {"wasl.delivery_id": str(due.delivery_id), "wasl.attempt": due.number}
        with following(due.trace_id), self._tracing.span(f"deliver {due.event_type}", about):
            headers = signed_headers(self._signers, str(due.event_id), due.payload, self._tracing.traceparent())
            answer = await self._receivers.post(self._row.url, due.payload, headers)
            code = None if answer.error is None else answer.error["code"]
            status = {} if answer.http_status is None else {"http.response.status_code": answer.http_status}
            self._tracing.note(status, error=code)
            tell = _log.debug if code is None else _log.info
            tell(
                "delivery tried",
                delivery_id=str(due.delivery_id),
                attempt=due.number,
                http_status=answer.http_status,
                error=code,
            )
        return answer

    async def _end(self, done: set[asyncio.Task[Answered]]) -> None:
        """Record what has been answered, all at once, and see how the subscription stands then."""
        answered = [(self._under_way.pop(task)[0], task.result()) for task in done]
        tried = [self._tried(due, answer) for due, answer in answered]
        waits = [answer.retry_after for _, answer in answered if answer.retry_after]
        if self._pace > _LONGEST_PACE_SECONDS:
            waits.append(self._next_at - time.monotonic())
        gone = any(answer.is_gone for _, answer in answered)
        if all(answer.error is None for _, answer in answered):
            await self._begin_more()  # the receiver need not wait for the disk
        standing = await self._record(tried, max(waits, default=None), gone)
        if standing is None or not standing.enabled or standing.paused:
            self._ends = True

    def _tried(self, due: DueDelivery, answer: Answered) -> Tried:
        outcome, wait = "delivered", None
        if answer.error is not None:
            wait = None if answer.is_gone else wait_after(due.step + 1, answer.retry_after)
            outcome = "dead" if wait is None else "retry"
        self._metrics.deliveries.labels(outcome).inc()
        self._metrics.delivery_seconds.observe(answer.duration_ms / 1000)
        return Tried(
            delivery_id=str(due.delivery_id),
            created_at=due.created_at.isoformat(),
            started_at=(datetime.now(UTC) - timedelta(milliseconds=answer.duration_ms)).isoformat(),
            outcome=outcome,
            wait_seconds=wait,
            http_status=answer.http_status,
            duration_ms=answer.duration_ms,
            request_bytes=answer.request_bytes,
            response_bytes=answer.response_bytes,
            response=answer.response,
            error=answer.error,
        )

    async def _record(self, tried: Sequence[Tried], pause: float | None, gone: bool) -> Standing | None:
        """Record it, though the database may be away for a moment: what is not recorded is sent again."""
        give_up_at = time.monotonic() + _RECORD_WITHIN_SECONDS
        while True:
            raise_if_cancelled()
            try:
                return await self._store.record(self._row.subscription_id, tried, pause_seconds=pause, gone=gone)
            except UNAVAILABLE as error:
                if time.monotonic() > give_up_at:
                    raise
                _log.warning("attempts wait for the database to be recorded", reason=str(error).strip())
                await asyncio.sleep(_RECORD_RETRY_SECONDS)
