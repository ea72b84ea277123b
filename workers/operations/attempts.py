"""One attempt of one job: the handler's run within its time, and what follows from its outcome."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

import structlog

from workers.cancellation import raise_if_cancelled
from workers.operations.jobs import Done, EndStatus, Handler, Handlers, Job, Later, Outcome
from workers.store.jobs import LeaseLost
from workers.store.pool import UNAVAILABLE
from workers.tracing import Tracing, following

if TYPE_CHECKING:
    from workers.monitoring.metrics import Metrics
    from workers.operations.completions import Completions
    from workers.operations.options import ExecutorOptions
    from workers.store.jobs import PostgresQueue

_log = structlog.get_logger(__name__)
_DATABASE_RETRY_SECONDS: Final = (0.1, 0.5)
_PATIENCE_SECONDS: Final = 86_400.0
"""Pacing is no failure, but a job that has been paced for a day is: from then on every attempt counts."""


@dataclass(slots=True)
class Held:
    """A claimed job.

    :param lease_until: when the lease ends by our own monotonic clock; the database's ends later.
    :param ends_by: when its attempt has to be over, by the same clock; infinity while there is none.
    :param task: what makes the attempt.
    :param overdue: whether the attempt was cancelled because it took too long.
    """

    job: Job
    lease_until: float
    ends_by: float = math.inf
    task: asyncio.Task[object] | None = None
    overdue: bool = False

    def stop_if_overdue(self, now: float) -> None:
        """Cancel the attempt if its time is up. One look at all attempts now and then costs less than a timer each."""
        if now > self.ends_by and self.task is not None and not self.overdue:
            self.overdue = True
            self.task.cancel()


class Attempts:
    """Makes attempts and hands their ends on.

    :param off_hands: told of a job that ended here in a transaction of its own, and whether it was still held.
    """

    def __init__(
        self,
        queue: PostgresQueue,
        handlers: Handlers,
        completions: Completions,
        off_hands: Callable[[Job, bool], None],
        *,
        metrics: Metrics,
        options: ExecutorOptions,
        tracing: Tracing | None = None,
    ) -> None:
        self._queue = queue
        self._handlers = handlers
        self._completions = completions
        self._off_hands = off_hands
        self._backoff = options.backoff
        self._timeout_seconds = options.job_timeout_seconds
        self._tallies = {kind: _Tally(metrics, kind) for kind in handlers}
        self._tracing = tracing or Tracing()

    async def make(self, job: Job, held: Held) -> None:
        """Let the job's handler try, and end or put off the job accordingly; all of it in the job's trace."""
        with following(job.trace_id):
            now = time.time()
            due = min(job.created_at.timestamp() if job.attempt == 1 else job.run_at.timestamp(), now)
            self._tracing.past(f"claim {job.kind}", due, now, {"wasl.job_id": str(job.id), "wasl.attempt": job.attempt})
            with self._tracing.span(job.kind, {"wasl.job_id": str(job.id), "wasl.attempt": job.attempt}):
                await self._make(job, held)

    async def _make(self, job: Job, held: Held) -> None:
        handler, tally = self._handlers[job.kind], self._tallies[job.kind]
        if job.attempt > job.max_attempts:
            self._give_up(job, None, job.outcome_unknown)  # its workers died, one after the other
            return
        tally.wait.observe(max(0.0, time.time() - job.run_at.timestamp()))
        began = time.perf_counter()
        try:
            outcome = await self._run_in_time(handler, job, held)
        except LeaseLost:
            self._off_hands(job, False)
            return
        tally.seconds.observe(time.perf_counter() - began)
        if isinstance(outcome, Later):
            self._put_off(job, outcome)
        elif outcome.effect is None:
            tally.ended[outcome.status].inc()
            self._completions.finish(job, outcome)
        else:
            await self._finish_with_effect(job, outcome, held)

    def hand_back(self, job: Job, *, outcome_unknown: bool | None = None) -> None:
        """Put back a job that this worker will not do, as it was; to be claimed at once."""
        self._tallies[job.kind].handed_back.inc()
        later = Later(counted=outcome_unknown is True, outcome_unknown=outcome_unknown)
        self._completions.postpone(job, later, 0.0)

    async def _run_in_time(self, handler: Handler, job: Job, held: Held) -> Outcome:
        held.task, held.ends_by = asyncio.current_task(), time.monotonic() + self._timeout_seconds
        try:
            return await self._run(handler, job)
        except asyncio.CancelledError:
            if held.overdue and held.task is not None and held.task.cancelling() == 1:  # more: we are shutting down too
                message = f"The attempt took longer than {self._timeout_seconds:g} seconds."
                return Later({"code": "timed_out", "message": message}, outcome_unknown=handler.writes or None)
            self.hand_back(job, outcome_unknown=handler.writes or None)
            raise
        finally:
            if held.overdue and held.task is not None:
                held.task.uncancel()
            held.task, held.ends_by = None, math.inf

    async def _run(self, handler: Handler, job: Job) -> Outcome:
        if job.cancel_requested and not handler.writes:
            return Done(EndStatus.CANCELLED)
        unknown = True if handler.writes else None
        try:
            return await handler.run(job)
        except LeaseLost:
            raise
        except UNAVAILABLE as error:
            _log.warning("an attempt lost the database", job_id=str(job.id), kind=job.kind, reason=str(error).strip())
            error_shown = {"code": "database_unavailable", "message": "The hub's database was not available."}
            return Later(error_shown, counted=False, outcome_unknown=unknown)
        except Exception as error:
            _log.exception("an attempt failed unexpectedly", job_id=str(job.id), kind=job.kind, attempt=job.attempt)
            message = f"The attempt failed unexpectedly ({type(error).__name__})."
            return Later({"code": "internal_error", "message": message}, outcome_unknown=unknown)

    async def _finish_with_effect(self, job: Job, done: Done, held: Held) -> None:
        """End the job in a transaction of its own, for as long as the job is ours."""
        while True:
            raise_if_cancelled()
            try:
                await self._queue.finish_with_effect(job, done)
            except LeaseLost:
                self._off_hands(job, False)
                return
            except UNAVAILABLE as error:
                _log.warning("an end waits for the database", job_id=str(job.id), reason=str(error).strip())
                if held.lease_until < time.monotonic():
                    self._off_hands(job, False)
                    return
                await asyncio.sleep(random.uniform(*_DATABASE_RETRY_SECONDS))  # noqa: S311
            except Exception:
                _log.exception("the end of a job cannot be recorded", job_id=str(job.id), kind=job.kind)
                error_shown = {"code": "internal_error", "message": "The result could not be recorded."}
                self._put_off(job, Later(error_shown, outcome_unknown=self._handlers[job.kind].writes or None))
                return
            else:
                self._tallies[job.kind].ended[done.status].inc()
                self._off_hands(job, True)
                return

    def _put_off(self, job: Job, later: Later) -> None:
        age = (datetime.now(UTC) - job.created_at).total_seconds()
        counted = later.counted or age > _PATIENCE_SECONDS
        if counted and job.attempt >= job.max_attempts:
            unknown = job.outcome_unknown if later.outcome_unknown is None else later.outcome_unknown
            self._give_up(job, later.error, unknown)
            return
        later.counted = counted
        self._tallies[job.kind].put_off.inc()
        wait = self._backoff.seconds(job.attempt if counted else 1, later.after_seconds)
        self._completions.postpone(job, later, wait)

    def _give_up(self, job: Job, error: Mapping[str, Any] | None, outcome_unknown: bool) -> None:
        """Make a dead letter of it. Its code tells whoever takes it up again to ask before sending."""
        self._tallies[job.kind].dead.inc()
        if outcome_unknown:
            message = "Something was sent to the provider, and what became of it could not be found out."
            error = {"code": "outcome_unknown", "message": message, "last_error": error}
        elif error is None:
            error = {"code": "workers_lost", "message": "Every worker that took this on was lost."}
        _log.error("a job was given up", job_id=str(job.id), kind=job.kind, attempts=job.attempt, error=error)
        self._completions.bury(job, error)


class _Counted(Protocol):
    def inc(self, amount: float = 1) -> None: ...


class _Tally:
    """One kind's metrics, looked up once."""

    def __init__(self, metrics: Metrics, kind: str) -> None:
        self.seconds = metrics.seconds.labels(kind)
        self.wait = metrics.wait_seconds.labels(kind)
        self.ended: Mapping[EndStatus, _Counted] = {end: metrics.ended.labels(kind, end.value) for end in EndStatus}
        self.put_off: _Counted = metrics.ended.labels(kind, "put_off")
        self.dead: _Counted = metrics.ended.labels(kind, "dead")
        self.handed_back: _Counted = metrics.ended.labels(kind, "handed_back")
