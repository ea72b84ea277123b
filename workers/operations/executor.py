"""The claim loop: takes jobs in batches by lease, lets handlers do them, and sees to it that each ends once."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Coroutine
from typing import Final
from uuid import UUID, uuid4

import structlog

from workers.cancellation import raise_if_cancelled
from workers.monitoring.metrics import Metrics
from workers.operations.attempts import Attempts, Held
from workers.operations.completions import Completions
from workers.operations.hints import Hints
from workers.operations.jobs import Handlers, Job
from workers.operations.options import ExecutorOptions
from workers.store.jobs import PostgresQueue
from workers.store.pool import UNAVAILABLE
from workers.tracing import Tracing

_log = structlog.get_logger(__name__)
_DATABASE_RETRY_SECONDS: Final = (0.1, 0.5)
_PREFETCH_AHEAD_SECONDS: Final = 0.05
_FLUSH_SECONDS: Final = 5.0


class Executor:
    """Does the jobs of the kinds it has handlers for, until it is told to stop."""

    def __init__(
        self,
        queue: PostgresQueue,
        handlers: Handlers,
        hints: Hints,
        *,
        metrics: Metrics | None = None,
        options: ExecutorOptions | None = None,
        tracing: Tracing | None = None,
    ) -> None:
        self._queue = queue
        self._hints = hints
        self._metrics = metrics or Metrics()
        self._options = options or ExecutorOptions()
        self._kinds = list(handlers)
        self._writing_kinds = [kind for kind, handler in handlers.items() if handler.writes]
        self._held: dict[UUID, Held] = {}
        self._waiting: asyncio.Queue[Job] = asyncio.Queue()
        self._room = asyncio.Event()
        self._stopping = asyncio.Event()
        self._idle = asyncio.Event()
        self._running = 0
        self._ended = 0
        self._rate = _Rate()
        self._completions = Completions(queue, self._off_hands, linger_seconds=self._options.linger_seconds)
        self._attempts = Attempts(
            queue,
            handlers,
            self._completions,
            self._off_hands,
            metrics=self._metrics,
            options=self._options,
            tracing=tracing,
        )
        self.last_contact: float | None = None
        """When the queue last answered, by the monotonic clock."""

    @property
    def stopping(self) -> bool:
        """Whether it has been told to stop."""
        return self._stopping.is_set()

    @property
    def held(self) -> int:
        """How many jobs are claimed and not yet ended."""
        return len(self._held)

    def stop(self) -> None:
        """Claim nothing more; `run` returns once what is held is finished or handed back."""
        self._stopping.set()
        self._room.set()
        self._hints.give()

    async def run(self) -> None:
        """Work until `stop` is called, then finish what was begun or, when the grace is over, hand it back."""
        async with asyncio.TaskGroup() as group:
            helpers = [group.create_task(task) for task in self._helpers()]
            writer = group.create_task(self._completions.run())
            runners = [group.create_task(self._run_jobs()) for _ in range(self._options.concurrency)]
            await self._claim_until_stopped()
            await self._wind_down(runners)
            self._completions.close()
            await asyncio.wait([writer], timeout=_FLUSH_SECONDS)
            for task in (*helpers, writer):
                task.cancel()

    def _helpers(self) -> tuple[Coroutine[object, object, None], ...]:
        return self._hints.run(), self._keep_leases(), self._reclaim(), self._watch_time()

    # Claiming.

    async def _claim_until_stopped(self) -> None:
        while not self.stopping:
            raise_if_cancelled()
            prefetch = self._prefetch()
            room = self._options.concurrency + prefetch - len(self._held)
            if room < max(1, prefetch // 2):  # half of what is ahead is still there: batches stay large
                self._room.clear()
                await self._room.wait()
                continue
            limit = min(room, self._options.claim_batch)
            if len(await self._claim(limit)) < limit:
                await self._hints.wait(self._options.poll_seconds * random.uniform(0.7, 1.3))  # noqa: S311

    async def _claim(self, limit: int) -> list[Job]:
        claimed_at = time.monotonic()
        try:
            jobs = await self._queue.claim(uuid4(), self._kinds, limit, self._options.lease_seconds)
        except UNAVAILABLE as error:
            _log.warning("cannot reach the queue; trying again", reason=str(error).strip())
            await asyncio.sleep(random.uniform(*_DATABASE_RETRY_SECONDS))  # noqa: S311
            return []
        self.last_contact = time.monotonic()
        for job in jobs:
            self._held[job.id] = Held(job, claimed_at + self._options.lease_seconds)
            self._waiting.put_nowait(job)
        self._metrics.claimed.inc(len(jobs))
        self._metrics.held.set(len(self._held))
        return jobs

    def _prefetch(self) -> int:
        """How many jobs to hold beyond those being done: as many as are likely done within a moment."""
        rate = self._rate.per_second(self._ended, time.monotonic())
        return min(self._options.prefetch, int(rate * _PREFETCH_AHEAD_SECONDS))

    # Doing.

    async def _run_jobs(self) -> None:
        while True:
            raise_if_cancelled()
            job = await self._waiting.get()
            held = self._held.get(job.id)
            if held is None or held.job is not job or held.lease_until - time.monotonic() < self._options.safe_seconds:
                self._off_hands(job, held=False)  # too late to begin: its lease runs out and somebody else does it
                continue
            self._running += 1
            try:
                await self._attempts.make(job, held)
            finally:
                self._running -= 1
                if self._running == 0:
                    self._idle.set()

    def _off_hands(self, job: Job, held: bool) -> None:
        """The job is no longer ours, having ended (``held``) or having been taken by somebody else."""
        known = self._held.get(job.id)
        if known is not None and known.job is job:
            del self._held[job.id]
        self._ended += 1
        self._room.set()
        if not held:
            self._metrics.lease_lost.inc()
            _log.warning("a job was no longer held", job_id=str(job.id), kind=job.kind)

    async def _watch_time(self) -> None:
        """End attempts that take too long."""
        pause = min(self._options.job_timeout_seconds / 10, 0.5)
        while True:
            raise_if_cancelled()
            await asyncio.sleep(pause)
            now = time.monotonic()
            for held in list(self._held.values()):
                held.stop_if_overdue(now)

    # Leases.

    async def _keep_leases(self) -> None:
        """Extend what is held, so that at any moment a lease has at least two thirds of its length to go."""
        lease = self._options.lease_seconds
        while True:
            raise_if_cancelled()
            await asyncio.sleep(lease / 3)
            now = time.monotonic()
            due = [held for held in self._held.values() if held.lease_until - now < lease * 0.75]
            if not due:
                continue
            try:
                kept = await self._queue.extend([held.job for held in due], lease)
            except UNAVAILABLE as error:
                _log.warning("cannot extend leases; trying again", count=len(due), reason=str(error).strip())
                continue
            for held in due:
                if held.job.id in kept:
                    held.lease_until = now + lease

    async def _reclaim(self) -> None:
        """Make jobs of lost workers claimable."""
        pause = min(max(self._options.lease_seconds / 10, 0.2), 5.0)
        while True:
            raise_if_cancelled()
            await asyncio.sleep(pause * random.uniform(0.7, 1.3))  # noqa: S311
            try:
                released = await self._queue.release_expired(self._writing_kinds)
            except UNAVAILABLE:
                continue  # the claim loop says so
            self.last_contact = time.monotonic()
            if released:
                self._metrics.released.inc(released)
                _log.warning("released jobs whose lease had run out", count=released)
                self._hints.give()

    # Stopping.

    async def _wind_down(self, runners: list[asyncio.Task[None]]) -> None:
        while not self._waiting.empty():
            self._attempts.hand_back(self._waiting.get_nowait())
        if self._running:
            self._idle.clear()
            try:
                async with asyncio.timeout(self._options.grace_seconds):
                    await self._idle.wait()
            except TimeoutError:
                _log.warning("the grace is over: handing back what is not finished", count=self._running)
        for runner in runners:
            runner.cancel()
        await asyncio.wait(runners)


class _Rate:
    """How many jobs end in a second, smoothed."""

    def __init__(self) -> None:
        self._value = 0.0
        self._count = 0
        self._at = time.monotonic()

    def per_second(self, count: int, now: float) -> float:
        """Return the rate, given how many have ended in all."""
        elapsed = now - self._at
        if elapsed >= 0.01:
            weight = min(1.0, elapsed / 0.1)
            self._value += weight * ((count - self._count) / elapsed - self._value)
            self._count, self._at = count, now
        return self._value
