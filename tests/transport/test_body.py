"""Answers are read whole, and never larger than agreed."""

import contextlib
import gzip
import zlib
from collections.abc import AsyncIterator

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.transport.body import ReadResponse, decode_body, read_response, request_body
from workers.transport.errors import ResponseTooLarge, ResponseUndecodable

REQUEST = httpx.Request("GET", "https://api.example.com")


def raw_deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(data) + compressor.flush()


@pytest.mark.parametrize(
    ("encoding", "encode"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        (" GZIP ", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", raw_deflate),
        ("identity", bytes),
        ("", bytes),
    ],
)
def test_encodings_are_undone(encoding: str, encode: "type[bytes]") -> None:
    assert decode_body(encode(b"hello " * 100), encoding, 1000) == b"hello " * 100


def test_gzip_data_may_come_in_several_members() -> None:
    assert decode_body(gzip.compress(b"one ") + gzip.compress(b"two"), "gzip", 100) == b"one two"


@pytest.mark.parametrize("encode", [gzip.compress, zlib.compress, raw_deflate])
def test_a_bomb_is_not_unpacked_beyond_the_limit(encode: "type[bytes]") -> None:
    bomb = encode(bytes(50_000_000))
    assert len(bomb) < 100_000
    with pytest.raises(ResponseTooLarge):
        decode_body(bomb, "gzip" if encode is gzip.compress else "deflate", 1_000_000)


def test_many_small_members_are_a_bomb_too() -> None:
    with pytest.raises(ResponseTooLarge):
        decode_body(gzip.compress(bytes(1000)) * 2000, "gzip", 1_000_000)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("br", b"x"),
        ("gzip, gzip", b"x"),
        ("gzip", b"not gzip"),
        ("gzip", gzip.compress(b"cut off", mtime=0)[:-9]),
        ("deflate", b"not deflate"),
    ],
)
def test_what_is_not_what_it_says_is_refused(encoding: str, body: bytes) -> None:
    with pytest.raises(ResponseUndecodable):
        decode_body(body, encoding, 1000)


@given(st.sampled_from(["gzip", "deflate", "br", "", "x"]), st.binary(max_size=300))
def test_no_body_is_too_odd(encoding: str, body: bytes) -> None:
    with contextlib.suppress(ResponseTooLarge, ResponseUndecodable):
        decode_body(body, encoding, 200)


class Drops(httpx.AsyncByteStream):
    """A body that comes in pieces and knows whether it was closed."""

    closed = False

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = list(pieces)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while self.pieces:
            yield self.pieces.pop(0)

    async def aclose(self) -> None:
        self.closed = True


async def test_a_streamed_answer_is_read_decoded_and_closed() -> None:
    packed = gzip.compress(b'{"status": "succeeded"}')
    stream = Drops(packed[:5], packed[5:])
    headers = {"Content-Encoding": "gzip", "Content-Length": str(len(packed)), "Request-Id": "req_1"}
    response = await read_response(httpx.Response(201, headers=headers, stream=stream), REQUEST, 1000)
    assert stream.closed
    assert response.status_code == 201
    assert response.json() == {"status": "succeeded"}
    assert dict(response.headers) == {"request-id": "req_1"}


async def test_reading_stops_at_the_limit() -> None:
    stream = Drops(*[b"x" * 100] * 50)
    with pytest.raises(ResponseTooLarge):
        await read_response(httpx.Response(200, stream=stream), REQUEST, 1000)
    assert stream.closed
    assert len(stream.pieces) == 39


async def test_a_read_response_can_be_read_in_every_way_httpx_has() -> None:
    response = ReadResponse(200, httpx.Headers({"Content-Type": "application/json"}), b'{"a": 1}', REQUEST)
    assert response.content == response.read() == await response.aread() == b'{"a": 1}'
    assert response.text == '{"a": 1}'
    assert response.json() == {"a": 1}
    assert [chunk async for chunk in response.aiter_bytes()] == [b'{"a": 1}']
    assert b"".join([chunk async for chunk in response.aiter_bytes(3)]) == b'{"a": 1}'
    assert [line async for line in response.aiter_lines()] == ['{"a": 1}']
    await response.aclose()
    assert response.is_closed


def test_an_empty_answer_yields_nothing() -> None:
    assert list(ReadResponse(204, httpx.Headers(), b"", REQUEST).iter_bytes()) == []


@pytest.mark.parametrize(
    "request_",
    [
        httpx.Request("POST", "https://x.example", content=b"a=1"),
        httpx.Request("POST", "https://x.example", stream=httpx.ByteStream(b"a=1")),
        httpx.Request("POST", "https://x.example", data={"a": "1"}),
        httpx.Request("POST", "https://x.example", content=iter([b"a", b"=1"])),
    ],
)
def test_what_a_request_carries_can_be_had_more_than_once(request_: httpx.Request) -> None:
    assert request_body(request_) == request_body(request_) == b"a=1"
