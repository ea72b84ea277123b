"""How an executor works."""

from __future__ import annotations

from dataclasses import dataclass, field

from workers.operations.backoff import Backoff


@dataclass(frozen=True, slots=True)
class ExecutorOptions:
    """See `Settings`, which says what most of them mean.

    :param safe_seconds: a job is begun only while its lease has this long to go: longer than any one call takes, so
        that no call of ours is under way any more when somebody else may take the job.
    """

    concurrency: int = 64
    prefetch: int = 500
    claim_batch: int = 200
    lease_seconds: float = 90.0
    safe_seconds: float = 35.0
    poll_seconds: float = 1.5
    job_timeout_seconds: float = 120.0
    grace_seconds: float = 15.0
    linger_seconds: float = 0.002
    backoff: Backoff = field(default_factory=Backoff)
