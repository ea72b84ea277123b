"""Forward one ASGI request to an internal server, streaming both ways."""

from collections.abc import AsyncIterator, Iterable

import aiohttp
from starlette.responses import JSONResponse
from starlette.types import Message, Receive, Scope, Send
from yarl import URL

HeaderPairs = list[tuple[bytes, bytes]]

HOP_BY_HOP = frozenset(
    {b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection"}
    | {b"te", b"trailer", b"transfer-encoding", b"upgrade"}
)
NOT_FORWARDED = HOP_BY_HOP | {b"host", b"expect"}
NOT_RETURNED = HOP_BY_HOP | {b"date", b"server"}
SMALL_BODY_BYTES = 256 * 1024


class Proxy:
    """Forwards requests over pooled connections, from `open` to `close`."""

    _session: aiohttp.ClientSession

    async def open(self) -> None:
        """Create the connection pool; needs the running event loop."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=30),
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=5),
        )

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._session.close()

    async def forward(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        *,
        target: str,
        headers: HeaderPairs,
        added: HeaderPairs,
        without: Iterable[bytes] = (),
    ) -> None:
        """Send the request with `headers` to `target` (an absolute URL) and its answer back to the client.

        `added` is put on the answer, `without` (lower-case names) is taken off it. Answers 502 when the server is away.
        """
        body = await _body(receive)
        try:
            response = await self._session.request(
                scope["method"],
                URL(target, encoded=True),
                headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers],
                data=body,
                allow_redirects=False,
            )
        except (aiohttp.ClientConnectionError, TimeoutError):
            refusal = JSONResponse({"message": "The upstream server is not available."}, 502)
            await refusal(scope, receive, send)
            return
        async with response:
            dropped = NOT_RETURNED.union(without)
            kept = [(name.lower(), value) for name, value in response.raw_headers if name.lower() not in dropped]
            await send({"type": "http.response.start", "status": response.status, "headers": kept + added})
            await _send_body(response, send)


def forwarded_headers(scope: Scope, *, replaced: dict[bytes, bytes | None]) -> HeaderPairs:
    """The client's headers for the internal server; `replaced` overrides (or, with `None`, removes) some of them."""
    client = scope.get("client") or ("127.0.0.1", 0)
    host = next((value for name, value in scope["headers"] if name == b"host"), b"")
    replaced = {
        b"x-forwarded-for": str(client[0]).encode(),
        b"x-forwarded-host": host,
        b"x-forwarded-proto": scope["scheme"].encode(),
        b"cf-connecting-ip": None,  # the audit log believes it
    } | replaced
    kept = [(name, value) for name, value in scope["headers"] if name not in NOT_FORWARDED and name not in replaced]
    return kept + [(name, value) for name, value in replaced.items() if value is not None]


async def _body(receive: Receive) -> bytes | AsyncIterator[bytes] | None:
    """The request body: at once when it came in one piece, else as a stream."""
    first = await receive()
    if not first.get("more_body", False):
        return first.get("body") or None
    return _stream(first, receive)


async def _stream(first: Message, receive: Receive) -> AsyncIterator[bytes]:
    message = first
    while True:
        if message["type"] == "http.disconnect":
            return
        if message.get("body"):
            yield message["body"]
        if not message.get("more_body", False):
            return
        message = await receive()


async def _send_body(response: aiohttp.ClientResponse, send: Send) -> None:
    if 0 <= (response.content_length or -1) <= SMALL_BODY_BYTES:
        await send({"type": "http.response.body", "body": await response.read()})
        return
    async for chunk in response.content.iter_any():
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
