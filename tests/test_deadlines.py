"""One timer for all calls: late ones end, punctual ones do not notice, and another's cancellation stays one."""

from __future__ import annotations

import asyncio
import time

import pytest

from workers.deadlines import Deadlines

NEVER_SECONDS = 3600.0


@pytest.fixture
def deadlines() -> Deadlines:
    """Deadlines that are looked at every millisecond."""
    return Deadlines(tick_seconds=0.001)


async def forever() -> None:
    await asyncio.Event().wait()


async def test_a_call_that_is_late_ends_with_a_timeout(deadlines: Deadlines) -> None:
    with pytest.raises(TimeoutError), deadlines.until(time.monotonic()):
        await forever()


async def test_the_task_of_a_late_call_can_go_on(deadlines: Deadlines) -> None:
    with pytest.raises(TimeoutError), deadlines.until(time.monotonic()):
        await forever()
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    await asyncio.sleep(0)


async def test_a_call_in_time_is_left_alone(deadlines: Deadlines) -> None:
    with deadlines.until(time.monotonic() + NEVER_SECONDS):
        await asyncio.sleep(0)


async def test_a_call_that_ended_is_forgotten(deadlines: Deadlines) -> None:
    with deadlines.until(time.monotonic()):
        pass
    with pytest.raises(TimeoutError), deadlines.until(time.monotonic()):
        await forever()  # ended by the tick that would have ended the first


async def test_only_the_late_one_of_several_ends(deadlines: Deadlines) -> None:
    release = asyncio.Event()

    async def call(seconds: float) -> str:
        with deadlines.until(time.monotonic() + seconds):
            await release.wait()
        return "done"

    late, punctual = asyncio.create_task(call(0)), asyncio.create_task(call(NEVER_SECONDS))
    with pytest.raises(TimeoutError):
        await late
    release.set()
    assert await punctual == "done"


async def test_whoever_cancels_the_task_sees_it_cancelled(deadlines: Deadlines) -> None:
    async def call() -> None:
        with deadlines.until(time.monotonic() + NEVER_SECONDS):
            await forever()

    task = asyncio.create_task(call())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()


async def test_a_cancellation_wins_over_a_deadline_of_the_same_moment(deadlines: Deadlines) -> None:
    async def call() -> None:
        with deadlines.until(time.monotonic() + NEVER_SECONDS):
            await forever()

    task = asyncio.create_task(call())
    await asyncio.sleep(0)
    (one,) = deadlines._watched
    one.expire()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_error_of_the_call_is_its_own(deadlines: Deadlines) -> None:
    with pytest.raises(ZeroDivisionError), deadlines.until(time.monotonic() + NEVER_SECONDS):
        raise ZeroDivisionError
    assert not deadlines._watched


def test_outside_a_task_it_cannot_be_used(deadlines: Deadlines) -> None:
    async def nothing() -> None: ...

    loop = asyncio.new_event_loop()
    try:
        outcome: list[str] = []

        def enter() -> None:
            try:
                with deadlines.until(0):
                    pass
            except RuntimeError as error:
                outcome.append(str(error))

        loop.call_soon(enter)
        loop.run_until_complete(nothing())
        assert outcome == ["a deadline must be entered inside a task"]
    finally:
        loop.close()
