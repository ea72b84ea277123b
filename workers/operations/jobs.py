"""The contract between the queue and whoever does the work: a job goes in, an outcome comes out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from psycopg import AsyncConnection


class Job(NamedTuple):
    """One claimed job. A job of an operation has the operation's id.

    :param claim_id: of this claim; whatever is written about the job is written only while it still stands there.
    :param attempt: how often it has been claimed, this time included.
    :param cancel_requested: the client had asked to cancel it when it was claimed.
    :param outcome_unknown: an earlier attempt may have been sent and was not answered: ask before sending again.
    :param trace_id: the W3C trace it continues, 32 hexadecimal digits.
    """

    id: UUID
    claim_id: UUID
    kind: str
    organization_id: UUID
    payload: dict[str, Any]
    run_at: datetime
    attempt: int
    max_attempts: int
    cancel_requested: bool
    outcome_unknown: bool
    created_at: datetime
    trace_id: str | None = None


Effect: TypeAlias = Callable[[AsyncConnection[tuple[Any, ...]]], Awaitable[None]]
"""What has to be written in the very transaction that ends the job: the domain row's move. It is awaited inside that
transaction, after the job is known to be still held; to raise from it is to end nothing."""


class EndStatus(StrEnum):
    """How an operation can end by itself."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(slots=True)
class Done:
    """The job is over: it leaves the queue, and its operation, if it has one, is finished.

    :param result: shown to the client.
    :param error: ``{code, message, ...}`` as `ProviderError.as_dict` makes it, when it failed.
    :param effect: see `Effect`; without one, the job ends together with others in one statement.
    """

    status: EndStatus = EndStatus.SUCCEEDED
    result: Mapping[str, Any] | None = None
    error: Mapping[str, Any] | None = None
    effect: Effect | None = None


@dataclass(slots=True)
class Later:
    """The job stays in the queue, for another attempt.

    :param error: why, in the same form as `Done.error`.
    :param after_seconds: how long to wait at least (a provider's ``Retry-After``); None leaves it to the back-off.
    :param counted: False for pacing (a rate limit, a shutdown): the attempt does not count against the limit.
    :param outcome_unknown: True when something was sent that has not been answered; False when it is certain that
        nothing is pending; None leaves it as it was.
    """

    error: Mapping[str, Any] | None = None
    after_seconds: float | None = None
    counted: bool = True
    outcome_unknown: bool | None = None


Outcome: TypeAlias = Done | Later


@dataclass(frozen=True, slots=True)
class Handler:
    """Does the jobs of one kind.

    :param run: one attempt. What it raises is logged and counts as a failed attempt.
    :param writes: whether an attempt may change something outside; then an attempt that was cut short leaves the
        outcome unknown.
    """

    run: Callable[[Job], Awaitable[Outcome]]
    writes: bool = False


Handlers: TypeAlias = Mapping[str, Handler]
"""Handlers by job kind."""
