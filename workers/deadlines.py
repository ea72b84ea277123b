"""Ends calls that take too long, with one timer for all of them.

`asyncio.timeout` does the same with a timer for each; in the hot path of every call that alone is a twelfth of what the
whole request costs. Here a call only enters and leaves a dictionary, and is ended at the first tick after its
deadline.
"""

from __future__ import annotations

import asyncio
import time
from types import TracebackType
from typing import Any

TICK_SECONDS = 0.05


class Deadlines:
    """The calls under way in one event loop, and when each must be over."""

    def __init__(self, tick_seconds: float = TICK_SECONDS) -> None:
        self._tick_seconds = tick_seconds
        self._watched: dict[Deadline, float] = {}
        self._ticking = False

    def until(self, deadline: float) -> Deadline:
        """Return a context that raises `TimeoutError` when it is not left by ``deadline``, of `time.monotonic`."""
        return Deadline(self, deadline)

    def watch(self, one: Deadline, deadline: float) -> None:
        """Begin to watch; for `Deadline`."""
        self._watched[one] = deadline
        if not self._ticking:
            self._ticking = True
            asyncio.get_running_loop().call_later(self._tick_seconds, self._tick)

    def forget(self, one: Deadline) -> None:
        """End watching; for `Deadline`."""
        self._watched.pop(one, None)

    def _tick(self) -> None:
        now = time.monotonic()
        for one in [one for one, deadline in self._watched.items() if deadline <= now]:
            del self._watched[one]
            one.expire()
        self._ticking = bool(self._watched)
        if self._ticking:
            asyncio.get_running_loop().call_later(self._tick_seconds, self._tick)


class Deadline:
    """One call's deadline, to be entered once, in the task that makes the call."""

    __slots__ = ("_cancelling", "_deadline", "_deadlines", "_expired", "_task")

    def __init__(self, deadlines: Deadlines, deadline: float) -> None:
        self._deadlines = deadlines
        self._deadline = deadline
        self._expired = False

    def __enter__(self) -> None:
        task: asyncio.Task[Any] | None = asyncio.current_task()
        if task is None:
            raise RuntimeError("a deadline must be entered inside a task")
        self._task = task
        self._cancelling = task.cancelling()
        self._deadlines.watch(self, self._deadline)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._deadlines.forget(self)
        # As in asyncio.timeout: whoever else cancelled the task must still see it cancelled.
        if self._expired and self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def expire(self) -> None:
        """End the call; for `Deadlines`."""
        self._expired = True
        self._task.cancel()
