"""aiohttp's connection pool behind httpx's transport interface.

httpx's own pool slows down with the square of the calls in flight, aiohttp's does not. The `httpx-aiohttp` package has
such an adapter; this one is here because that one reports a connection which the server dropped *after* it got the
request as `httpx.ConnectTimeout` (aiohttp's `ServerDisconnectedError` is a `ClientConnectionError`, which it maps to
that). For a payment the difference between "never sent" and "sent, no answer" is a second charge, so here only what
aiohttp raises before it has a connection becomes a connect error. It is also faster; benchmarks/outbound.py tells by
how much.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache

import aiohttp
import httpx
import yarl
from aiohttp import hdrs

from workers.transport.body import (
    ACCEPT_ENCODING,
    ReadResponse,
    check_size,
    decode_body,
    request_body,
    without_encoding,
)
from workers.transport.errors import NotSent


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """Limits of the process's connections.

    :param connections: open at a time, to all hosts.
    :param connections_per_host: open at a time to one host and port.
    :param keepalive_seconds: how long an idle connection is kept. Shorter than what servers commonly allow, so that
        they do not close it at the moment it is used again.
    :param connect_seconds: how long getting a connection may take, waiting for the pool included.
    :param response_bytes: the largest answer accepted, also when decompressed.
    """

    connections: int = 1024
    connections_per_host: int = 256
    keepalive_seconds: float = 15.0
    connect_seconds: float = 5.0
    response_bytes: int = 8 * 1024 * 1024


class AiohttpTransport(httpx.AsyncBaseTransport):
    """Sends a request through an `aiohttp.ClientSession` and reads the answer whole. The session is its creator's.

    Honours ``request.extensions["timeout"]["connect"]``, in seconds. Redirects are not followed.
    """

    def __init__(self, session: aiohttp.ClientSession, limits: HttpLimits | None = None) -> None:
        self._session = session
        self._limits = limits or HttpLimits()

    async def handle_async_request(self, request: httpx.Request) -> ReadResponse:
        """Send ``request`` and return its answer.

        :raises httpx.ConnectError, httpx.ConnectTimeout: it was certainly not sent.
        :raises httpx.TransportError: any other kind: it may have been.
        """
        body, headers = request_body(request), _writable_headers(request)
        if self._session.closed:
            raise NotSent("the worker is shutting down", request=request)
        connect_seconds = request.extensions.get("timeout", {}).get("connect") or self._limits.connect_seconds
        try:
            answer = await self._session.request(
                request.method,
                yarl.URL(str(request.url), encoded=True),
                headers=headers,
                data=aiohttp.BytesPayload(body) if body else None,
                allow_redirects=False,
                timeout=_timeout(connect_seconds),
            )
            return await self._read(answer, request)
        except (aiohttp.ClientError, OSError, ValueError, RuntimeError) as error:
            raise as_httpx(error, request) from None

    async def _read(self, answer: aiohttp.ClientResponse, request: httpx.Request) -> ReadResponse:
        limit, content = self._limits.response_bytes, answer.content
        try:
            body = await content.readany()
            if not content.at_eof():  # small answers arrive in one piece
                body = await _read_on(body, content, limit)
            check_size(len(body), limit)
        finally:
            # Gives the connection back if the answer was read to its end, else closes it.
            answer.release() if content.at_eof() else answer.close()
        headers: httpx.Headers | Sequence[tuple[bytes, bytes]] = answer.raw_headers
        if hdrs.CONTENT_ENCODING in answer.headers:
            body = decode_body(body, answer.headers[hdrs.CONTENT_ENCODING], limit)
            headers = without_encoding(httpx.Headers(headers))
        return ReadResponse(answer.status, headers, body, request)

    async def aclose(self) -> None:
        """Do nothing: the session outlives its transports."""


def _writable_headers(request: httpx.Request) -> list[tuple[str, str]]:
    raw = request.headers.raw
    text = b"".join([value for _, value in raw])
    if b"\n" in text or b"\r" in text or b"\0" in text:
        raise NotSent("a header's value has a line break in it", request=request)
    try:
        return [(name.decode("latin-1"), value.decode()) for name, value in raw]
    except UnicodeDecodeError:
        raise NotSent("a header's value is not UTF-8", request=request) from None


async def _read_on(first: bytes, content: aiohttp.StreamReader, limit_bytes: int) -> bytes:
    chunks, size = [first], len(first)
    while not content.at_eof():
        check_size(size, limit_bytes)
        chunks.append(await content.readany())
        size += len(chunks[-1])
    return b"".join(chunks)


@lru_cache(maxsize=256)
def _timeout(connect_seconds: float) -> aiohttp.ClientTimeout:
    """Only connecting is limited here: the deadline of the whole is the pipeline's."""
    return aiohttp.ClientTimeout(total=None, connect=connect_seconds, sock_connect=connect_seconds)


def as_httpx(error: Exception, request: httpx.Request | None) -> httpx.TransportError:
    """Translate an error of aiohttp's. What is not known to come before sending is taken to come after."""
    message = str(error) or type(error).__name__
    match error:
        case aiohttp.ConnectionTimeoutError():
            return httpx.ConnectTimeout(message, request=request)
        case aiohttp.ClientConnectorError():  # name resolution, TCP, TLS: each before the first byte of the request
            return httpx.ConnectError(message, request=request)
        case aiohttp.InvalidURL() | aiohttp.NonHttpUrlClientError():
            return NotSent("the URL cannot be used", request=request)
        case aiohttp.ServerTimeoutError() | TimeoutError():
            return httpx.ReadTimeout(message, request=request)
        case aiohttp.ServerDisconnectedError():
            return httpx.RemoteProtocolError(message, request=request)
        case aiohttp.ClientResponseError():  # its own text has the whole URL in it, and some carry a key there
            return httpx.RemoteProtocolError("the answer is not HTTP", request=request)
        case aiohttp.UploadAbortedError():
            return httpx.WriteError(message, request=request)
        case _:
            return httpx.ReadError(message, request=request)


@asynccontextmanager
async def open_aiohttp_transport(
    limits: HttpLimits | None = None, *, tls: ssl.SSLContext | None = None, user_agent: str = "Wasl/0.1"
) -> AsyncIterator[AiohttpTransport]:
    """Keep a connection pool open for the length of an ``async with`` block.

    It verifies certificates, stores no cookie (connections of different organizations share it), and takes neither
    proxies nor passwords from the environment.

    :param tls: another trust store than the system's, in tests.
    """
    limits = limits or HttpLimits()
    connector = aiohttp.TCPConnector(
        limit=limits.connections,
        limit_per_host=limits.connections_per_host,
        keepalive_timeout=limits.keepalive_seconds,
        ssl=True if tls is None else tls,
    )
    async with aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": user_agent, "Accept": "*/*", "Accept-Encoding": ACCEPT_ENCODING},
        auto_decompress=False,
        trust_env=False,
        raise_for_status=False,
    ) as session:
        try:
            yield AiohttpTransport(session, limits)
        finally:
            # One turn of the loop lets TLS connections say goodbye before the loop goes.
            await connector.close()
            await asyncio.sleep(0)
