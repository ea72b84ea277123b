"""Questions that tell whether a server is ready."""

import asyncio
import contextlib
from urllib.parse import urlsplit

from stack.processes import Probe


def http_ok(url: str) -> Probe:
    """A probe that asks `url` and is content with any 2xx answer."""
    parts = urlsplit(url)
    request = f"GET {parts.path or '/'} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n".encode()

    async def probe() -> bool:
        try:
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        except OSError:
            return False
        try:
            writer.write(request)
            status_line = await asyncio.wait_for(reader.readline(), 5)
            return status_line.split(b" ")[1:2] != [] and status_line.split(b" ")[1].startswith(b"2")
        except (OSError, TimeoutError):
            return False
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    return probe
