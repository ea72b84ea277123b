"""How long to wait: before a call is tried again, and between two looks at an operation."""

import random
from collections.abc import Iterator

from wasl.errors import RateLimited, WaslError

RETRIES = 3
FIRST_RETRY_SECONDS = 0.2
LONGEST_RETRY_AFTER_SECONDS = 5.0

FIRST_POLL_SECONDS = 0.05
LONGEST_POLL_SECONDS = 1.0
POLL_GROWTH = 1.5


def before_retry(error: WaslError, attempt: int, *, repeatable: bool) -> float | None:
    """Return the seconds to wait before the same request is sent again, or None when it must not be.

    Args:
        error: how the last attempt ended.
        attempt: how many retries there were already.
        repeatable: whether the request may take effect twice without harm. One that is not is sent again only if it
            certainly never left.
    """
    if not error.retryable or attempt >= RETRIES or not (repeatable or error.code == "not_sent"):
        return None
    if isinstance(error, RateLimited) and error.retry_after is not None:
        return error.retry_after if error.retry_after <= LONGEST_RETRY_AFTER_SECONDS else None
    return FIRST_RETRY_SECONDS * 2.0**attempt * random.uniform(0.5, 1.0)  # noqa: S311 -- jitter is no secret


def between_polls() -> Iterator[float]:
    """Yield the seconds between looks: soon at first, for most operations are quick, then less and less often."""
    seconds = FIRST_POLL_SECONDS
    while True:
        yield seconds
        seconds = min(seconds * POLL_GROWTH, LONGEST_POLL_SECONDS)
