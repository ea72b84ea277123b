"""Ends of jobs, gathered for a few milliseconds and written together: one commit for many."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, Protocol, TypeAlias
from uuid import UUID

import structlog

from workers.cancellation import raise_if_cancelled
from workers.operations.jobs import Done, Job, Later
from workers.store.pool import UNAVAILABLE

_log = structlog.get_logger(__name__)
_RETRY_SECONDS: Final = (0.1, 0.5)
_NOT_RECORDED: Final = {"code": "internal_error", "message": "The result could not be recorded."}

Write: TypeAlias = Callable[[Sequence[Any]], Awaitable[set[UUID]]]


class Ends(Protocol):
    """Where ends are written; each method returns the ids of the jobs that were still held. See `PostgresQueue`."""

    async def finish(self, ended: Sequence[tuple[Job, Done]]) -> set[UUID]:
        """End jobs and finish their operations."""

    async def postpone(self, put_off: Sequence[tuple[Job, Later, float]]) -> set[UUID]:
        """Put jobs back into the queue."""

    async def bury(self, given_up: Sequence[tuple[Job, Mapping[str, Any] | None]]) -> set[UUID]:
        """Make dead letters of jobs."""


class Completions:
    """The one writer of ends that need no transaction of their own.

    :param written: told of each job that is off the worker's hands, and whether it was still held until then.
    :param linger_seconds: how long the first end of a batch waits for others.
    :param most: so many do not wait.
    """

    def __init__(
        self, ends: Ends, written: Callable[[Job, bool], None], *, linger_seconds: float = 0.002, most: int = 250
    ) -> None:
        self._ends = ends
        self._written = written
        self._linger_seconds = linger_seconds
        self._most = most
        self._done: list[tuple[Job, Done]] = []
        self._put_off: list[tuple[Job, Later, float]] = []
        self._dead: list[tuple[Job, Mapping[str, Any] | None]] = []
        self._some, self._many = asyncio.Event(), asyncio.Event()
        self._closing = False

    def finish(self, job: Job, done: Done) -> None:
        """Write that the job is over."""
        self._done.append((job, done))
        self._some.set()
        if len(self._done) >= self._most:
            self._many.set()

    def postpone(self, job: Job, later: Later, after_seconds: float) -> None:
        """Write that the job is to be tried again."""
        self._put_off.append((job, later, after_seconds))
        self._some.set()

    def bury(self, job: Job, error: Mapping[str, Any] | None) -> None:
        """Write that the job is given up."""
        self._dead.append((job, error))
        self._some.set()

    def close(self) -> None:
        """Let `run` write what there is, and then return."""
        self._closing = True
        self._some.set()
        self._many.set()

    async def run(self) -> None:
        """Write until closed and nothing is left."""
        while not self._closing or self._done or self._put_off or self._dead:
            raise_if_cancelled()
            await self._some.wait()
            if not self._closing:
                await self._linger()
                self._some.clear()
                self._many.clear()
            await self._write_all()

    async def _linger(self) -> None:
        try:
            async with asyncio.timeout(self._linger_seconds):
                await self._many.wait()
        except TimeoutError:
            pass

    async def _write_all(self) -> None:
        done, self._done = self._done, []
        put_off, self._put_off = self._put_off, []
        await self._write(self._ends.finish, done)
        await self._write(self._ends.postpone, put_off)
        dead, self._dead = self._dead, []  # only now: what could not be recorded has been added to it
        await self._write(self._ends.bury, dead)

    async def _write(self, write: Write, entries: Sequence[Any]) -> None:
        """Write entries, however long it takes to reach the database."""
        while entries:
            raise_if_cancelled()
            try:
                held = await write(entries)
            except UNAVAILABLE as error:
                _log.warning("ends of jobs wait for the database", count=len(entries), reason=str(error).strip())
                await asyncio.sleep(random.uniform(*_RETRY_SECONDS))  # noqa: S311
            except Exception:
                await self._find_culprit(write, entries)
                return
            else:
                for entry in entries:
                    self._written(entry[0], entry[0].id in held)
                return

    async def _find_culprit(self, write: Write, entries: Sequence[Any]) -> None:
        """Write what can be written of a batch of which something cannot."""
        if len(entries) > 1:
            middle = len(entries) // 2
            await self._write(write, entries[:middle])
            await self._write(write, entries[middle:])
            return
        job: Job = entries[0][0]
        _log.exception("the end of a job cannot be recorded", job_id=str(job.id), kind=job.kind)
        if write == self._ends.bury:
            self._written(job, False)  # its lease runs out; it comes back to be given up again
        else:
            self.bury(job, _NOT_RECORDED)
