"""Waiting for what happens by itself."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from workers.commands.demo.scenario import Unexpected

T = TypeVar("T")
WAIT_SECONDS: Final = 20.0
LOOK_AGAIN_SECONDS: Final = 0.05


async def until(look: Callable[[], Awaitable[T | None]], what: str) -> T:
    """Look until something is there, and return it.

    Raises:
        Unexpected: it took too long.
    """
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            while True:
                if (found := await look()) is not None:
                    return found
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
    except TimeoutError:
        raise Unexpected(f"Waited {WAIT_SECONDS:g} seconds for {what}.") from None
