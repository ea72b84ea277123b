"""Loops that a library keeps from hearing that they are cancelled."""

import asyncio

import pytest

from workers.cancellation import raise_if_cancelled


async def loses_a_cancellation() -> None:
    """As `asyncio.wait_for` did when what it waited for came at the same time."""
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        return


async def test_a_cancellation_that_was_lost_ends_the_loop_all_the_same() -> None:
    async def work() -> None:
        while True:
            raise_if_cancelled()
            await loses_a_cancellation()

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_one_that_was_taken_back_ends_nothing() -> None:
    async def work() -> str:
        try:
            async with asyncio.timeout(0):
                await asyncio.Event().wait()
        except TimeoutError:
            raise_if_cancelled()
        return "went on"

    assert await asyncio.create_task(work()) == "went on"
