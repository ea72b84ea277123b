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
    """Take steps until there are no more, or for so many seconds; whether all were taken."""
    until = time.monotonic() + seconds
    current: StepT | None = first
    while current is not None:
        if time.monotonic() > until:
            return False
        current = await step(current)
    return True
