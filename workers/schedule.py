"""What workers do by the clock: some of it in each of them, the rest in the one that leads."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from workers.store.leadership import Leadership
from workers.store.pool import UNAVAILABLE

_log = structlog.get_logger(__name__)

Work = Callable[[], Awaitable[object]]


class Schedule:
    """An APScheduler for the length of an ``async with`` block. A run that is due while the last one is still going on
    is left out; runs that were missed are made up for by one."""

    def __init__(self, leadership: Leadership) -> None:
        self._leadership = leadership
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._leader_jobs: list[str] = []

    def every(self, seconds: float, work: Work, *, name: str, leader_only: bool = False) -> None:
        """Do ``work`` at once and then every so many seconds; what only the leader does, also when it begins to lead.

        :param name: for the log; unique.
        """

        async def run() -> None:
            if not leader_only or self._leadership.leading:
                await _attempt(name, work)

        now = datetime.now(UTC)
        self._scheduler.add_job(
            run, IntervalTrigger(seconds=seconds, timezone=UTC), id=name, name=name, next_run_time=now
        )
        if leader_only:
            self._leader_jobs.append(name)

    def leadership_changed(self, leading: bool) -> None:
        """Let a new leader do at once what its predecessor may have left undone."""
        if leading and self._scheduler.running:
            for name in self._leader_jobs:
                self._scheduler.modify_job(name, next_run_time=datetime.now(UTC))

    async def __aenter__(self) -> Self:
        self._scheduler.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._scheduler.shutdown(wait=False)


async def _attempt(name: str, work: Work) -> None:
    try:
        await work()
    except asyncio.CancelledError:
        _log.info("scheduled work is interrupted", work=name)  # by the end of the schedule, which is no error
    except UNAVAILABLE as error:
        _log.warning("scheduled work waits for the database", work=name, reason=str(error).strip())
    except Exception:
        _log.exception("scheduled work failed", work=name)
