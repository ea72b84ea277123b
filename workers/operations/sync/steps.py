"""Long work in short steps: each is whole by itself, so that a worker that dies repeats one at most."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

SECONDS_PER_ATTEMPT: Final = 15.0
StepT = TypeVar("StepT")


async def run_steps(
    step: Callable[[StepT], Awaitable[StepT | None]], first: StepT, *, seconds: float = SECONDS_PER_ATTEMPT
) -> bool:
    """Take steps until there are no more, or for so many seconds, at least one; whether all were taken."""
    until = time.monotonic() + seconds
    current = await step(first)
    while current is not None and time.monotonic() <= until:
        current = await step(current)
    return current is None
