"""Why a request got no usable answer, in httpx's own terms, so that a connector needs to know no other.

What matters most is told by the class: a :class:`NotSent` is certain never to have left this machine, everything
else that is an `httpx.TransportError` may have reached the provider.
"""

from __future__ import annotations

from typing import ClassVar

import httpx


class NotSent(httpx.ConnectError):
    """The request certainly never left: it may be sent again, or elsewhere.

    :param retry_after: seconds after which another attempt makes sense; None when nobody knows.
    """

    code: ClassVar[str] = "not_sent"
    throttled: ClassVar[bool] = False

    def __init__(self, message: str, *, retry_after: float | None = None, request: httpx.Request | None = None) -> None:
        super().__init__(message, request=request)
        self.retry_after = retry_after


class BreakerOpen(NotSent):
    """The connection's circuit breaker is open: its provider has been failing, and is left in peace."""

    code = "breaker_open"


class Throttled(NotSent):
    """The connection's rate limit has no token left within the time that is worth waiting."""

    code = "throttled"
    throttled = True


class StateUnavailable(NotSent):
    """The shared state cannot be reached, so neither the limit nor the breaker is known, nor could a result be kept."""

    code = "state_unavailable"


class DeadlineExceeded(httpx.ReadTimeout):
    """The call as a whole took too long, however busily the provider was dripping bytes."""

    code: ClassVar[str] = "deadline_exceeded"


class ResponseTooLarge(httpx.ReadError):
    """The answer, once decompressed, is larger than any answer of a provider should be."""

    code: ClassVar[str] = "response_too_large"


class ResponseUndecodable(httpx.RemoteProtocolError):
    """The answer's Content-Encoding is unknown, or its bytes are not what it says."""

    code: ClassVar[str] = "response_undecodable"


_CODES: tuple[tuple[type[Exception], str], ...] = (
    (httpx.ConnectTimeout, "connect_timeout"),
    (httpx.PoolTimeout, "pool_timeout"),
    (httpx.ConnectError, "connect_error"),
    (httpx.ReadTimeout, "read_timeout"),
    (httpx.WriteTimeout, "write_timeout"),
    (httpx.ReadError, "read_error"),
    (httpx.WriteError, "write_error"),
    (httpx.ProtocolError, "protocol_error"),
)

NEVER_SENT: tuple[type[Exception], ...] = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""The exceptions after which it is certain that the provider has seen nothing."""


def error_code(error: BaseException) -> str:
    """Return the stable snake_case code under which ``error`` is recorded."""
    own = getattr(error, "code", None)
    if isinstance(own, str):
        return own
    return next((code for kind, code in _CODES if isinstance(error, kind)), "transport_error")
