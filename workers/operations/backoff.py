"""How long a job waits before its next attempt."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential back-off with full jitter.

    Workers that failed together must not come back together, so any moment within the bound is as good as another
    (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).

    :param base_seconds: the bound of the first wait; each further one is twice the one before.
    :param longest_seconds: no wait is longer, whatever a provider asks for.
    """

    base_seconds: float = 2.0
    longest_seconds: float = 3_600.0

    def seconds(self, attempt: int, asked: float | None = None) -> float:
        """Return how long to wait after so many attempts.

        :param attempt: 1 after the first.
        :param asked: what the provider asks for (``Retry-After``), or an open breaker: never undercut, unless beyond
            ``longest_seconds``. The wait grows all the same: who says "in ten seconds" again and again would use up the
            attempts within minutes.
        """
        bound = min(self.base_seconds * 2.0 ** min(attempt - 1, 60), self.longest_seconds)
        wait = random.uniform(0, bound)  # noqa: S311 - nothing secret depends on it
        return wait if asked is None else min(max(asked, 0.0) + wait, self.longest_seconds)
