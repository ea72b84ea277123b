"""When a request is sent again within one call, and how long to wait before that.

A call is one of an operation's few chances in seconds; the operation's own retries, minutes apart, are the queue's.
"""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol, TypeVar

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_result,
    stop_after_attempt,
    stop_before_delay,
    wait_random_exponential,
)

RETRY_AFTER_LIMIT_SECONDS = 3600.0
"""No provider may put a connection to sleep for longer than this with one header."""


class Attempt(Protocol):
    """What the policy needs to know of one attempt."""

    @property
    def may_repeat(self) -> bool:
        """True when sending again is safe and may help."""

    @property
    def retry_after(self) -> float | None:
        """Seconds the provider asked to wait, if it did."""


AttemptT = TypeVar("AttemptT", bound=Attempt)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Full-jitter exponential backoff (at most ``base`` times 2^n, and ``longest``) within a call's deadline.

    :param attempts: how often a request is sent at most; 1 never repeats.
    :param base_seconds: upper bound of the first wait.
    :param longest_seconds: upper bound of any wait. A provider that asks for more gets the call handed back at once,
        with its ``Retry-After``, because a worker that sleeps does no work.
    """

    attempts: int = 3
    base_seconds: float = 0.1
    longest_seconds: float = 2.0

    async def run(self, send: Callable[[], Awaitable[AttemptT]], *, deadline: float) -> AttemptT:
        """Call ``send`` until its attempt may not be repeated, and return the last one.

        :param deadline: no wait is begun that would end after this moment of `time.monotonic`.
        """
        attempt = await send()
        if not attempt.may_repeat or self.attempts <= 1 or self._asks_too_much(attempt):
            return attempt
        # Only now, when something went wrong: tenacity costs more than the rest of the pipeline together.
        return await self._repeat(attempt, send, deadline - time.monotonic())

    async def _repeat(self, first: AttemptT, send: Callable[[], Awaitable[AttemptT]], seconds_left: float) -> AttemptT:
        past = [first]

        async def next_attempt() -> AttemptT:
            return past.pop() if past else await send()

        retrying = AsyncRetrying(
            stop=stop_after_attempt(self.attempts) | stop_before_delay(seconds_left),
            wait=self._wait,
            retry=retry_if_result(lambda attempt: attempt.may_repeat and not self._asks_too_much(attempt)),
            retry_error_callback=_last_attempt,
        )
        last: AttemptT = await retrying(next_attempt)
        return last

    def _wait(self, state: RetryCallState) -> float:
        assert state.outcome is not None
        jittered = wait_random_exponential(multiplier=self.base_seconds, max=self.longest_seconds)(state)
        return (state.outcome.result().retry_after or 0.0) + jittered

    def _asks_too_much(self, attempt: Attempt) -> bool:
        return attempt.retry_after is not None and attempt.retry_after > self.longest_seconds


def _last_attempt(state: RetryCallState) -> object:
    assert state.outcome is not None
    return state.outcome.result()


def parse_retry_after(
    value: str | None, *, now: datetime | None = None, longest_seconds: float = RETRY_AFTER_LIMIT_SECONDS
) -> float | None:
    """Return the seconds that a ``Retry-After`` header asks to wait, between 0 and ``longest_seconds``.

    Both forms of RFC 9110 section 10.2.3 are read, seconds (a fraction is forgiven) and an HTTP date; None for
    anything else.
    """
    if value is None or not (text := value.strip()) or len(text) > 64:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = _seconds_until(text, now or datetime.now(UTC))
    return min(max(seconds, 0.0), longest_seconds) if math.isfinite(seconds) else None


def _seconds_until(http_date: str, now: datetime) -> float:
    try:
        moment = parsedate_to_datetime(http_date)
    except (ValueError, TypeError, OverflowError):
        return math.nan
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds()
