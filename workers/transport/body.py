"""Bodies, whole: what a request carries, and an answer read to its end, but never more of it than agreed."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Iterator, Sequence

import httpx

from workers.transport.errors import ResponseTooLarge, ResponseUndecodable

ACCEPT_ENCODING = "gzip, deflate"
_GZIP_OR_ZLIB = 47
_RAW_DEFLATE = -15


class ReadResponse(httpx.Response):
    """A response whose body is here, whole and decoded. (`httpx.Response` would read and decode it once more.)"""

    def __init__(
        self, status: int, headers: httpx.Headers | Sequence[tuple[bytes, bytes]], body: bytes, request: httpx.Request
    ) -> None:
        super().__init__(status, headers=headers, stream=httpx.ByteStream(body), request=request)
        self._whole_body = body
        self.is_closed = True

    @property
    def content(self) -> bytes:
        """The body."""
        return self._whole_body

    def read(self) -> bytes:
        """Return the body."""
        return self._whole_body

    async def aread(self) -> bytes:
        """Return the body."""
        return self._whole_body

    def iter_bytes(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """Yield the body, in chunks if so wanted."""
        size = chunk_size or max(1, len(self._whole_body))
        return (self._whole_body[start : start + size] for start in range(0, len(self._whole_body), size))

    async def aiter_bytes(self, chunk_size: int | None = None) -> AsyncIterator[bytes]:
        """Yield the body, in chunks if so wanted."""
        for chunk in self.iter_bytes(chunk_size):
            yield chunk


def request_body(request: httpx.Request) -> bytes:
    """Return what a request carries, as often as asked."""
    stream = request.stream
    return b"".join(stream) if isinstance(stream, httpx.ByteStream) else request.read()


async def read_response(response: httpx.Response, request: httpx.Request, limit_bytes: int) -> ReadResponse:
    """Read what a transport answered to ``request`` to its end, decode it, and close it.

    :raises ResponseTooLarge: the body, compressed or not, has more than ``limit_bytes``; the rest is not read.
    :raises ResponseUndecodable: see `decode_body`.
    """
    stream = response.stream
    if not isinstance(stream, httpx.AsyncByteStream):
        raise TypeError("an asynchronous transport answers with an asynchronous stream")
    chunks: list[bytes] = []
    size = 0
    try:
        async for chunk in stream:
            size += len(chunk)
            check_size(size, limit_bytes)
            chunks.append(chunk)
    finally:
        await stream.aclose()
    body = decode_body(b"".join(chunks), response.headers.get("content-encoding", ""), limit_bytes)
    return ReadResponse(response.status_code, without_encoding(response.headers), body, request)


def check_size(size_bytes: int, limit_bytes: int) -> None:
    """Raise `ResponseTooLarge` when there is more than the limit."""
    if size_bytes > limit_bytes:
        raise ResponseTooLarge(f"the answer is larger than {limit_bytes} bytes")


def without_encoding(headers: httpx.Headers) -> httpx.Headers:
    """Return the headers of a body that has been decoded."""
    if "content-encoding" in headers:
        headers = headers.copy()
        del headers["content-encoding"]
        headers.pop("content-length", None)
    return headers


def decode_body(body: bytes, encoding: str, limit_bytes: int) -> bytes:
    """Undo a ``Content-Encoding``, stopping at ``limit_bytes`` of result however small ``body`` is.

    :raises ResponseTooLarge: there is more.
    :raises ResponseUndecodable: an encoding that was not asked for, or bytes that are not what it says.
    """
    name = encoding.strip().lower()
    if name in ("", "identity") or not body:
        return body
    if name not in ("gzip", "x-gzip", "deflate"):
        raise ResponseUndecodable("the answer has a Content-Encoding that was not asked for")
    try:
        return _inflate(body, _GZIP_OR_ZLIB, limit_bytes)
    except zlib.error:
        if name != "deflate":
            raise ResponseUndecodable("the answer is not the gzip data it claims to be") from None
    try:
        return _inflate(body, _RAW_DEFLATE, limit_bytes)  # as some old servers understood "deflate"
    except zlib.error:
        raise ResponseUndecodable("the answer is not the deflate data it claims to be") from None


def _inflate(body: bytes, window_bits: int, limit_bytes: int) -> bytes:
    result = b""
    while body:  # gzip data may be several members in a row
        decompressor = zlib.decompressobj(window_bits)
        result += decompressor.decompress(body, limit_bytes + 1 - len(result))
        check_size(len(result), limit_bytes)
        if not decompressor.eof:
            raise zlib.error("the data ends too early")
        body = decompressor.unused_data
    return result
