"""What is known of a call besides the HTTP request: whose it is, and what may be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    import httpx

DEFAULT_TIMEOUT_SECONDS = 30.0
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Outcome(StrEnum):
    """What a call did to the provider, as ``integration_logs.outcome`` records it."""

    OK = "ok"
    """Answered, and not with an error."""
    REFUSED = "refused"
    """Answered with an error: nothing happened, and nothing would the next time."""
    RETRYABLE = "retryable"
    """Nothing happened, or nothing that a repetition could harm: refused for now, or a read without an answer."""
    UNKNOWN = "unknown"
    """A write that was sent and got no usable answer."""
    NOT_SENT = "not_sent"
    """Held back by the limit or the breaker."""


@dataclass(frozen=True, slots=True)
class CallContext:
    """Whose call it is: given once, when a connection's transport is built."""

    organization_id: UUID
    connection_id: UUID
    provider_key: str
    operation_id: UUID | None = None
    trace_id: str | None = None


@dataclass(slots=True)
class CallInfo:
    """What the connector says of one request, in ``request.extensions["wasl"]``.

    :param operation: the connector's name for it, such as ``"create_payment"``.
    :param retryable: True when sending it twice has the effect of sending it once: a read, or a write that carries
        an idempotency key which the provider honours.
    :param timeout_seconds: how long the call may take in all, retries included.
    :param sensitive_fields: names of fields that are secret beyond the usual ones.
    :param retry_verdict: asked of an answer: whether the provider itself says that sending again is worth it; None
        when it does not say. (Stripe's ``Stripe-Should-Retry``.)
    """

    operation: str
    retryable: bool
    timeout_seconds: float
    sensitive_fields: frozenset[str] = frozenset()
    retry_verdict: Callable[[httpx.Response], bool | None] | None = None

    @classmethod
    def of(cls, request: httpx.Request) -> CallInfo:
        """Read it from ``request``; what the connector left out is filled in with the careful choice."""
        said = request.extensions.get("wasl") or {}
        return cls(
            operation=said.get("operation") or f"{request.method.lower()}_request",
            retryable=bool(said.get("retryable", request.method in SAFE_METHODS)),
            timeout_seconds=float(said.get("timeout_seconds") or DEFAULT_TIMEOUT_SECONDS),
            sensitive_fields=said.get("sensitive_fields") or frozenset(),
            retry_verdict=said.get("retry_verdict"),
        )
