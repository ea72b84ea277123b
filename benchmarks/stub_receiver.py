"""A receiver of webhooks that answers at once and remembers when each one arrived.

Run as ``python -m benchmarks.stub_receiver``; it prints its address once it listens. ``POST`` is a webhook; ``GET``
answers with ``{webhook-id: [moments]}``, by the clock of the machine, and forgets them.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from typing import Final, cast

import uvloop

_ID: Final = re.compile(rb"\r\nwebhook-id: ([^\r]+)", re.IGNORECASE)
_LENGTH: Final = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
_THANKS: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class ReceiverProtocol(asyncio.Protocol):
    """One connection."""

    def __init__(self, arrivals: dict[str, list[float]]) -> None:
        self._arrivals = arrivals
        self._buffer = b""
        self._transport: asyncio.WriteTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport; it is a socket's, so it can be written to."""
        self._transport = cast(asyncio.WriteTransport, transport)

    def data_received(self, data: bytes) -> None:
        """Answer each request that is now complete."""
        self._buffer += data
        while (head_end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:head_end]
            length = _LENGTH.search(head)
            end = head_end + 4 + (int(length[1]) if length else 0)
            if len(self._buffer) < end:
                return
            self._buffer = self._buffer[end:]
            self._transport.write(self._tell() if head.startswith(b"GET") else self._take(head))

    def _take(self, head: bytes) -> bytes:
        if found := _ID.search(head):
            self._arrivals.setdefault(found[1].decode(), []).append(time.time())
        return _THANKS

    def _tell(self) -> bytes:
        body = json.dumps(self._arrivals).encode()
        self._arrivals.clear()
        return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


async def serve() -> None:
    """Take webhooks on a free port of 127.0.0.1 until cancelled."""
    arrivals: dict[str, list[float]] = {}
    server = await asyncio.get_running_loop().create_server(lambda: ReceiverProtocol(arrivals), "127.0.0.1", 0)
    async with server:
        print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve())
