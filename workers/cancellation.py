"""Cancellations that are not lost.

`asyncio.wait_for` forgets a cancellation that comes together with what it waits for, before Python 3.12
(https://github.com/python/cpython/issues/86296), and a pool of connections waits by it. A loop that nothing else ends
would go on for ever then; so it looks for itself, each time it begins anew.
"""

from __future__ import annotations

import asyncio


def raise_if_cancelled() -> None:
    """Raise `asyncio.CancelledError` when the present task was cancelled, though it may not have heard of it."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
