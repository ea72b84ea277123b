"""Files from users' addresses, and what is told when they cannot be had."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import IO, Final

import httpx

from workers.media.content_types import SNIFFED_BYTES
from workers.providers.errors import InvalidRequest, Unavailable
from workers.transport import ResponseTooLarge
from workers.transport.guard import AddressRefused
from workers.transport.guarded_client import GuardedClient, Stream

FIELD: Final = "media"
MOST_BYTES: Final = 1024**3
"""No network takes a larger film by this way."""
FETCH_SECONDS: Final = 90.0
_IN_MEMORY_BYTES: Final = 4 * 1024**2
_NOT_NOW: Final = frozenset({408, 425, 429})


def refuse(why: str) -> InvalidRequest:
    """The error for a file that cannot be used. :param why: begins in lower case."""
    return InvalidRequest(f"The file cannot be used: {why}.", field=FIELD)


@asynccontextmanager
async def opened(
    client: GuardedClient, url: str, *, most_bytes: int, seconds: float, headers: Mapping[str, str] | None = None
) -> AsyncIterator[Stream]:
    """Ask for a file, and give its answer: of status 200, or with ``headers`` that ask for a part, 206 and 416, too.

    :raises InvalidRequest: it is not there, not public, or larger than agreed.
    :raises Unavailable: it cannot be had for now.
    """
    with _told():
        async with client.stream(url, most_bytes=most_bytes, seconds=seconds, headers=headers) as answer:
            if answer.status not in ((200, 206, 416) if headers else (200,)):
                raise _unusable(answer.status)
            if answer.headers.get("content-encoding", "identity").lower() != "identity":
                raise refuse("its server sends it compressed")
            yield answer


async def keep(answer: Stream, check: Callable[[bytes], object] = bytes) -> IO[bytes]:
    """Put a body into a temporary file, which is the caller's to close.

    :param check: is shown the first bytes as soon as they are there, and may raise.
    """
    file = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115
    try:
        beginning: bytes | None = b""
        async for chunk in answer.chunks():
            file.write(chunk)
            if beginning is not None and len(beginning := beginning + chunk) >= SNIFFED_BYTES:
                check(beginning)
                beginning = None
        if beginning is not None:
            check(beginning)
    except BaseException:
        file.close()
        raise
    return file


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (AddressRefused, ResponseTooLarge) as error:
        raise refuse(str(error)) from None
    except httpx.TransportError as error:
        raise Unavailable(f"The file cannot be fetched for now: {error}.") from None


def _unusable(status: int) -> InvalidRequest | Unavailable:
    if status in _NOT_NOW or status >= 500:
        return Unavailable(f"The file cannot be fetched for now: its server answers {status}.")
    return refuse(f"its server answers {status}")
