"""When a delivery that failed is sent again. Published in docs/webhooks.md."""

from __future__ import annotations

import random
from typing import Final

WAITS_SECONDS: Final = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""After the first attempt, after the second, and so on: as Standard Webhooks suggests, over three days."""

_JITTER: Final = 0.1


def wait_after(failed: int, retry_after: float | None) -> float | None:
    """How many seconds to wait after so many failed attempts; None when there have been enough.

    :param failed: 1 after the first.
    :param retry_after: what the receiver asks for: it makes the wait longer, never shorter.
    """
    if failed > len(WAITS_SECONDS):
        return None
    wait = WAITS_SECONDS[failed - 1] * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - nothing secret about it
    return max(wait, retry_after or 0.0)
