"""Putting work off that a provider refused for now."""

from __future__ import annotations

from workers.operations.jobs import Job, Later
from workers.providers.errors import ProviderError, RateLimited, RefusedForNow


def put_off(job: Job, refusal: ProviderError) -> Later | None:
    """Another attempt, where it was left; None when there have been enough. A limit is pacing and does not count."""
    paced = isinstance(refusal, RateLimited)
    if not paced and job.attempt >= job.max_attempts:
        return None
    after = refusal.retry_after if isinstance(refusal, RefusedForNow) else None
    return Later(refusal.as_dict(), after_seconds=after, counted=not paced)
