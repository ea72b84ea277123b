"""Requests to addresses that users give: media of posts, receivers of webhooks. `workers.transport.guard` says where
they may go.

Redirects are followed by hand, each of them checked like the first address. Size and time are limited. Errors are those
of the rest of the transport, in httpx's terms, and `AddressRefused`; their texts may be shown to whoever gave the
address.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

import aiohttp
import httpx
import yarl
from aiohttp import hdrs

from workers.networks import Network
from workers.transport.aiohttp_transport import as_httpx
from workers.transport.errors import DeadlineExceeded, ResponseTooLarge
from workers.transport.guard import (
    MOST_REDIRECTS,
    PORTS,
    AddressPolicy,
    AddressRefused,
    GuardedResolver,
    Lookup,
    Refusal,
    guarded_socket,
    system_lookup,
)

CONNECT_SECONDS: Final = 5.0
STALL_SECONDS: Final = 20.0
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_KEPT_ACROSS_SITES: Final = frozenset({"accept", "range"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered.

    :param url: where, after redirects.
    :param body: as it was sent: no encoding is asked for, and none undone.
    :param is_whole: False when the body was longer, and cut.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    is_whole: bool = True


class Stream:
    """An answer whose body is still to be read. ``url`` is where it came from, after redirects."""

    def __init__(self, answer: aiohttp.ClientResponse, most_bytes: int) -> None:
        self._answer = answer
        self._most_bytes = most_bytes
        self.url = str(answer.url)
        self.status = answer.status
        self.headers: Mapping[str, str] = answer.headers

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body, piece by piece.

        :raises ResponseTooLarge: it is longer than agreed; nothing above the limit is given out.
        :raises httpx.TransportError: it ends too early.
        """
        size = 0
        if (self._answer.content_length or 0) > self._most_bytes:
            raise self._too_large()
        while chunk := await self._next():
            size += len(chunk)
            if size > self._most_bytes:
                raise self._too_large()
            yield chunk

    async def read(self) -> bytes:
        """The body. Raises as `chunks` does."""
        return b"".join([chunk async for chunk in self.chunks()])

    async def beginning(self) -> tuple[bytes, bool]:
        """As much of the body as agreed, and whether that is all of it."""
        read = bytearray()
        while chunk := await self._next():
            read += chunk
            if len(read) > self._most_bytes:
                return bytes(read[: self._most_bytes]), False
        return bytes(read), True

    async def _next(self) -> bytes:
        with _translated():
            return await self._answer.content.readany()

    def _too_large(self) -> ResponseTooLarge:
        return ResponseTooLarge(f"the answer is larger than {self._most_bytes} bytes")


class GuardedClient:
    """Sends requests to addresses that users gave. See `open_guarded_client`."""

    def __init__(self, session: aiohttp.ClientSession, policy: AddressPolicy) -> None:
        self._session = session
        self._policy = policy

    async def get(
        self, url: str, *, most_bytes: int, seconds: float = 30.0, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Fetch what lies at an address, following redirects.

        :param most_bytes: of the body.
        :param seconds: in which all of it has to be over.
        :param headers: sent along; of them only ``Accept`` and ``Range`` where another site is led to.
        :raises AddressRefused: it, or where it leads, is not called.
        :raises ResponseTooLarge, DeadlineExceeded, httpx.TransportError: there was no such answer.
        """
        async with self.stream(url, most_bytes=most_bytes, seconds=seconds, headers=headers) as answer:
            return Answer(answer.url, answer.status, answer.headers, await answer.read())

    async def post(
        self, url: str, body: bytes, *, headers: Mapping[str, str], most_bytes: int = 65_536, seconds: float = 15.0
    ) -> Answer:
        """Send something to an address. Redirects are not followed: they are answers.

        :param most_bytes: of the answer's body; the rest is cut.
        :param seconds: in which all of it has to be over.
        :raises AddressRefused, httpx.ConnectError, httpx.ConnectTimeout: nothing was sent.
        :raises DeadlineExceeded, httpx.TransportError: it may have been.
        """
        target = self._policy.check_url(url)
        async with _deadline(seconds), await self._send("POST", target, headers, body) as sent:
            text, is_whole = await Stream(sent, most_bytes).beginning()
            return Answer(str(sent.url), sent.status, sent.headers, text, is_whole)

    @asynccontextmanager
    async def stream(
        self, url: str, *, most_bytes: int, seconds: float, headers: Mapping[str, str] | None = None
    ) -> AsyncIterator[Stream]:
        """Like `get`, with a body that is read piece by piece; ``seconds`` counts until the block's end."""
        target, kept = self._policy.check_url(url), dict(headers or {})
        async with _deadline(seconds):
            for _ in range(MOST_REDIRECTS + 1):
                async with await self._send("GET", target, kept, None) as answer:
                    location = answer.headers.get(hdrs.LOCATION)
                    if answer.status not in _REDIRECTS or location is None:
                        yield Stream(answer, most_bytes)
                        return
                    answer.close()
                origin, target = target.origin(), self._policy.check_url(_joined(target, location))
                if target.origin() != origin:
                    kept = {name: value for name, value in kept.items() if name.lower() in _KEPT_ACROSS_SITES}
            raise AddressRefused(Refusal.REDIRECTS)

    async def _send(
        self, method: str, url: yarl.URL, headers: Mapping[str, str], body: bytes | None
    ) -> aiohttp.ClientResponse:
        with _translated():
            return await self._session.request(method, url, headers=headers, data=body, allow_redirects=False)


@asynccontextmanager
async def _deadline(seconds: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds) as limit:
            yield
    except TimeoutError:
        if limit.expired():
            raise DeadlineExceeded(f"the answer was not there after {seconds:g} seconds") from None
        raise


@contextmanager
def _translated() -> Iterator[None]:
    """Put aiohttp's errors into httpx's terms, without the addresses that their own texts name."""
    try:
        yield
    except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorSSLError):
        raise httpx.ConnectError("the server has no valid certificate") from None
    except (aiohttp.ClientError, TimeoutError) as error:
        kind = type(as_httpx(error, None))
        if issubclass(kind, httpx.ConnectError | httpx.ConnectTimeout):
            raise kind("the server takes no connection") from None
        raise kind("the server broke off or does not speak HTTP") from None


def _joined(url: yarl.URL, location: str) -> str:
    try:
        return urljoin(str(url), location)
    except ValueError:
        raise AddressRefused(Refusal.URL) from None


@asynccontextmanager
async def open_guarded_client(
    allowed: tuple[Network, ...] = (),
    *,
    ports: frozenset[int] = PORTS,
    per_host: int = 8,
    look_up: Lookup = system_lookup,
    tls: ssl.SSLContext | None = None,
    user_agent: str = "Wasl/0.1",
) -> AsyncIterator[GuardedClient]:
    """Keep a guarded client's connections open for the length of an ``async with`` block.

    It verifies certificates, stores no cookie, and takes neither proxies nor passwords from the environment.

    :param allowed: `workers.config.Settings.networks`.
    :param ports: of the public internet; none: only the allowed networks can be reached.
    :param per_host: connections to one host at a time, others wait for one; 0: whoever calls sees to that.
    :param look_up: another way to look names up, and
    :param tls: another trust store than the system's, in tests.
    """
    policy = AddressPolicy(allowed, ports)
    resolver = GuardedResolver(policy, look_up)
    connector = aiohttp.TCPConnector(
        limit=100 if per_host else 0,
        limit_per_host=per_host,
        resolver=resolver,
        use_dns_cache=False,
        socket_factory=lambda info: guarded_socket(policy, info),
        ssl=True if tls is None else tls,
    )
    timeout = aiohttp.ClientTimeout(
        total=None, connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS, sock_read=STALL_SECONDS
    )
    try:
        async with aiohttp.ClientSession(
            connector=connector,
            timeout=timeout,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": user_agent, "Accept": "*/*", "Accept-Encoding": "identity"},
            auto_decompress=False,
            trust_env=False,
        ) as session:
            yield GuardedClient(session, policy)
        await asyncio.sleep(0)  # one turn of the loop lets TLS connections say goodbye
    finally:
        await resolver.close()
