"""How long to wait, and when not to try again."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.transport.retry import RETRY_AFTER_LIMIT_SECONDS, RetryPolicy, parse_retry_after

NOW = datetime(2026, 11, 23, 18, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        (" 5 ", 5.0),
        ("0", 0.0),
        ("1.5", 1.5),
        ("-3", 0.0),
        ("999999999", RETRY_AFTER_LIMIT_SECONDS),
        ("Mon, 23 Nov 2026 18:00:30 GMT", 30.0),
        ("Monday, 23-Nov-26 18:00:30 GMT", 30.0),
        ("Mon Nov 23 18:00:30 2026", 30.0),
        ("Mon, 23 Nov 2026 17:00:00 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", RETRY_AFTER_LIMIT_SECONDS),
        ("", None),
        (None, None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("1" * 100, None),
        ("Mon, 99 Nov 2026 18:00:30 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_clamped(header: str | None, seconds: float | None) -> None:
    assert parse_retry_after(header, now=NOW) == seconds


@given(st.text())
def test_no_retry_after_is_too_odd(header: str) -> None:
    seconds = parse_retry_after(header)
    assert seconds is None or 0 <= seconds <= RETRY_AFTER_LIMIT_SECONDS


@dataclass
class Attempt:
    """One attempt's end."""

    may_repeat: bool
    retry_after: float | None = None
    number: int = 0


class Attempts:
    """Plays attempts in order and notes when each was made."""

    def __init__(self, *attempts: Attempt) -> None:
        self._attempts = list(attempts)
        self.made_at: list[float] = []

    async def __call__(self) -> Attempt:
        self.made_at.append(time.monotonic())
        return self._attempts[len(self.made_at) - 1]


Send = Callable[[], Awaitable[Attempt]]
QUICK = RetryPolicy(attempts=3, base_seconds=0.001, longest_seconds=0.05)


def in_time() -> float:
    return time.monotonic() + 10


async def test_what_went_well_is_not_repeated() -> None:
    attempts = Attempts(Attempt(may_repeat=False, number=1))
    assert (await QUICK.run(attempts, deadline=in_time())).number == 1


async def test_it_is_repeated_until_it_goes_well() -> None:
    attempts = Attempts(Attempt(True), Attempt(True), Attempt(False, number=3))
    assert (await QUICK.run(attempts, deadline=in_time())).number == 3


async def test_the_last_attempt_is_returned_when_there_are_no_more() -> None:
    attempts = Attempts(Attempt(True), Attempt(True), Attempt(True, number=3))
    assert (await QUICK.run(attempts, deadline=in_time())).number == 3
    assert len(attempts.made_at) == 3


async def test_no_wait_is_begun_that_would_end_after_the_deadline() -> None:
    attempts = Attempts(Attempt(True, retry_after=0.04, number=1), Attempt(False))
    assert (await QUICK.run(attempts, deadline=time.monotonic() + 0.01)).number == 1


async def test_the_provider_s_wish_to_wait_is_met() -> None:
    attempts = Attempts(Attempt(True, retry_after=0.03), Attempt(False))
    await QUICK.run(attempts, deadline=in_time())
    assert attempts.made_at[1] - attempts.made_at[0] >= 0.03


async def test_a_long_wish_to_wait_is_handed_back_at_once() -> None:
    attempts = Attempts(Attempt(True, retry_after=60, number=1))
    assert (await QUICK.run(attempts, deadline=in_time())).number == 1


async def test_a_policy_of_one_attempt_never_repeats() -> None:
    attempts = Attempts(Attempt(True, number=1))
    assert (await RetryPolicy(attempts=1).run(attempts, deadline=in_time())).number == 1


async def test_an_error_that_is_no_attempt_s_end_is_raised() -> None:
    async def fail() -> Attempt:
        raise RuntimeError("a fault of ours")

    with pytest.raises(RuntimeError, match="a fault of ours"):
        await QUICK.run(fail, deadline=in_time())
