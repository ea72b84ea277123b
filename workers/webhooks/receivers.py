"""Receivers of webhooks: one request to one of them, and what its answer means.

Addresses are strangers' (`workers.transport.guard`). Plain http is for the networks that the operator allows, redirects
are answers like others, and an answer is limited in time and size.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Final

import httpx

from workers.networks import Network
from workers.transport.errors import NotSent
from workers.transport.guard import AddressPolicy, AddressRefused, Refusal
from workers.transport.guarded_client import Answer, GuardedClient, open_guarded_client
from workers.transport.redaction import redact_body
from workers.transport.retry import parse_retry_after

SECONDS: Final = 15.0
"""How long a receiver may take for all of its answer."""
LONGEST_WAIT_SECONDS: Final = 86_400.0
_MOST_BYTES: Final = 8_192
_SHOWN: Final = 2_000
_OK: Final = range(200, 300)
_REDIRECT: Final = range(300, 400)
_GONE: Final = 410
_BEFORE_SENDING: Final = (httpx.ConnectError, httpx.ConnectTimeout)
_PACING: Final = frozenset({429, 503})
_NEEDS_TLS: Final = "plain http is for the networks that the hub's operator allows: use https"


@dataclass(frozen=True, slots=True)
class Answered:
    """What a receiver said to one request.

    :param http_status: None when there was no answer.
    :param request_bytes: of the body that was sent; 0 when nothing was.
    :param response_bytes: of the body that was read.
    :param response: its beginning, without card data.
    :param error: ``{code, message}``; None when the receiver has taken it.
    :param retry_after: for how many seconds it asks to be left alone.
    """

    http_status: int | None
    duration_ms: int
    request_bytes: int = 0
    response_bytes: int = 0
    response: str | None = None
    error: Mapping[str, str] | None = None
    retry_after: float | None = None

    @property
    def is_gone(self) -> bool:
        """Whether the receiver wants nothing more, ever."""
        return self.http_status == _GONE


class Receivers:
    """Sends to receivers. See `open_receivers`."""

    def __init__(self, secure: GuardedClient, plain: GuardedClient, networks: tuple[Network, ...]) -> None:
        self._secure = secure
        self._plain = plain
        self._policies = AddressPolicy(networks), AddressPolicy(networks, frozenset())

    def why_refused(self, url: str) -> str | None:
        """Why nothing can ever be sent to an address, as far as that can be told without looking its name up."""
        is_secure = url.startswith("https:")
        try:
            self._policies[0 if is_secure else 1].check_url(url)
        except AddressRefused as refusal:
            return _told(refusal, is_secure)
        return None

    async def post(self, url: str, body: str, headers: Mapping[str, str]) -> Answered:
        """Send one message."""
        is_secure = url.startswith("https:")
        client = self._secure if is_secure else self._plain
        began, content = time.monotonic(), body.encode()
        try:
            answer = await client.post(url, content, headers=headers, most_bytes=_MOST_BYTES, seconds=SECONDS)
        except AddressRefused as refusal:
            return Answered(None, _since(began), error=_error(refusal.code, _told(refusal, is_secure)))
        except httpx.TransportError as error:
            sent = 0 if isinstance(error, _BEFORE_SENDING) else len(content)
            return Answered(None, _since(began), sent, error=_error(_code(error), str(error)))
        return _judged(answer, _since(began), len(content))


def _judged(answer: Answer, duration_ms: int, request_bytes: int) -> Answered:
    response = redact_body(answer.body, answer.headers.get("content-type", "text/plain"))
    told = Answered(
        answer.status, duration_ms, request_bytes, len(answer.body), None if response is None else response[:_SHOWN]
    )
    if answer.status in _OK:
        return told
    message = f"the receiver answered {answer.status}"
    if answer.status in _REDIRECT:
        message += ", and redirects are not followed"
    wait = None
    if answer.status in _PACING:
        wait = parse_retry_after(answer.headers.get("retry-after"), longest_seconds=LONGEST_WAIT_SECONDS)
    return replace(told, error=_error("refused", message), retry_after=wait)


def _told(refusal: AddressRefused, is_secure: bool) -> str:
    return _NEEDS_TLS if not is_secure and refusal.reason is Refusal.PORT else str(refusal)


def _code(error: httpx.TransportError) -> str:
    if isinstance(error, NotSent):
        return NotSent.code
    return "timed_out" if isinstance(error, httpx.TimeoutException) else "not_answered"


def _error(code: str, message: str) -> dict[str, str]:
    return {"code": code, "message": message}


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


@asynccontextmanager
async def open_receivers(networks: tuple[Network, ...]) -> AsyncIterator[Receivers]:
    """Keep the connections to receivers open for the length of an ``async with`` block.

    :param networks: `workers.config.Settings.networks`.
    """
    async with (
        open_guarded_client(networks, per_host=0) as secure,
        open_guarded_client(networks, per_host=0, ports=frozenset()) as plain,
    ):
        yield Receivers(secure, plain, networks)
