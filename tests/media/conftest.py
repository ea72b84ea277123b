"""A site with files, and a client for which this machine is the public internet."""

import asyncio
import re
from collections.abc import AsyncIterator
from ipaddress import ip_network

import pytest

from tests.transport.conftest import raw_server, read_request
from workers.transport.guarded_client import GuardedClient, open_guarded_client


class Files:
    """A site: what lies at each path, and how it is served.

    :ivar ranges: whether it knows ranges of bytes.
    :ivar status: answered to everything instead.
    """

    def __init__(self) -> None:
        self.url = ""
        self.content: dict[str, bytes] = {}
        self.ranges = True
        self.status: int | None = None
        self.headers: list[str] = []
        self.requests: list[str] = []

    def put(self, path: str, content: bytes) -> str:
        """Lay a file down; returns its address."""
        self.content[path] = content
        return self.url + path

    async def play(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request after another."""
        while True:
            request = (await read_request(reader)).decode()
            self.requests.append(request)
            status, headers, body = self.answer(request)
            lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *self.headers, *headers]
            writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def answer(self, request: str) -> tuple[int, list[str], bytes]:
        """What one request is answered."""
        content = self.content[request.split(" ")[1]]
        asked = re.search(r"^Range: bytes=(\d+)-(\d*)\r$", request, re.MULTILINE | re.IGNORECASE)
        if self.status is not None:
            return self.status, [], b""
        if not self.ranges or not asked:
            return 200, [], content
        first, last = int(asked[1]), min(int(asked[2] or len(content)), len(content) - 1)
        if first >= len(content):
            return 416, [f"Content-Range: bytes */{len(content)}"], b""
        return 206, [f"Content-Range: bytes {first}-{last}/{len(content)}"], content[first : last + 1]


@pytest.fixture
async def files() -> AsyncIterator[Files]:
    made = Files()
    async with raw_server(made.play) as url:
        made.url = url
        yield made


@pytest.fixture
async def client() -> AsyncIterator[GuardedClient]:
    async with open_guarded_client((ip_network("127.0.0.1/32"),)) as client:
        yield client
