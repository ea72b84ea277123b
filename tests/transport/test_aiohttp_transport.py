"""The adapter over real sockets: above all, which failures come before the request was sent and which after."""

import asyncio
import gzip
import socket
import ssl
from collections.abc import Mapping

import httpx
import pytest

from tests.transport.conftest import raw_server, read_request
from workers.transport import AiohttpTransport, HttpLimits, NotSent, ResponseTooLarge, open_aiohttp_transport
from workers.transport.errors import NEVER_SENT, ResponseUndecodable

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nRequest-Id: req_1\r\n\r\n{}"


async def send(
    transport: AiohttpTransport, url: str, headers: Mapping[str, str | bytes] | None = None
) -> httpx.Response:
    raw = [
        (name.encode(), value if isinstance(value, bytes) else value.encode())
        for name, value in (headers or {}).items()
    ]
    return await transport.handle_async_request(httpx.Request("POST", url, content=b"a=1", headers=raw))


async def test_what_is_sent_is_what_the_connector_built() -> None:
    seen: list[bytes] = []

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await read_request(reader))
        writer.write(OK)

    async with raw_server(play) as url, open_aiohttp_transport() as transport:
        answer = await send(transport, url + "/v1/x%2Fy?q=a%20b&q=%C3%A9", {"Idempotency-Key": "k1", "X-Name": "Amal"})
    head, _, body = seen[0].partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"POST /v1/x%2Fy?q=a%20b&q=%C3%A9 HTTP/1.1"
    assert body == b"a=1"
    fields = {line.split(b": ")[0].lower(): line.split(b": ")[1] for line in lines[1:]}
    assert fields[b"idempotency-key"] == b"k1"
    assert fields[b"content-length"] == b"3"
    assert fields[b"accept-encoding"] == b"gzip, deflate"
    assert b"cookie" not in fields
    assert (answer.status_code, answer.headers["request-id"], answer.content) == (200, "req_1", b"{}")


async def test_connections_are_used_again_and_cookies_are_not() -> None:
    connections, requests = 0, []

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        while True:
            requests.append(await read_request(reader))
            writer.write(b"HTTP/1.1 200 OK\r\nSet-Cookie: who=me\r\nContent-Length: 2\r\n\r\n{}")

    async with raw_server(play) as url, open_aiohttp_transport() as transport:
        for _ in range(3):
            await send(transport, url)
    assert connections == 1
    assert not any(b"who=me" in request for request in requests)


async def test_redirects_are_not_followed() -> None:
    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n")

    async with raw_server(play) as url, open_aiohttp_transport() as transport:
        assert (await send(transport, url)).status_code == 302


async def test_proxies_of_the_environment_are_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(OK)

    async with raw_server(play) as url, open_aiohttp_transport() as transport:
        assert (await send(transport, url)).status_code == 200


async def test_a_refused_connection_was_never_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    async with open_aiohttp_transport() as transport:
        with pytest.raises(httpx.ConnectError):
            await send(transport, f"http://127.0.0.1:{port}")


async def test_an_unknown_host_was_never_sent() -> None:
    async with open_aiohttp_transport() as transport:
        with pytest.raises(httpx.ConnectError):
            await send(transport, "http://no-such-host.invalid")


async def test_a_connection_that_is_never_accepted_was_never_sent() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        async with open_aiohttp_transport(HttpLimits(connect_seconds=0.1)) as transport:
            with pytest.raises(httpx.ConnectTimeout):
                await send(transport, f"http://127.0.0.1:{listener.getsockname()[1]}")
        for filler in fillers:
            filler.close()


async def test_a_certificate_that_is_not_trusted_stops_it_before_anything_is_sent() -> None:
    got: list[bytes] = []

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.append(await reader.read(1))  # a TLS greeting, then nothing that TLS would accept
        writer.write(b"\x15\x03\x01\x00\x02\x02\x28")

    async with raw_server(play) as url, open_aiohttp_transport(tls=ssl.create_default_context()) as transport:
        with pytest.raises(httpx.ConnectError):
            await send(transport, url.replace("http:", "https:"))
    assert got == [b"\x16"]


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Le", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"]
)
async def test_a_connection_dropped_after_the_request_may_have_been_done(answer: bytes) -> None:
    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(answer)

    async with raw_server(play) as url, open_aiohttp_transport() as transport:
        with pytest.raises(httpx.TransportError) as caught:
            await send(transport, url)
    assert not isinstance(caught.value, NEVER_SENT)


async def test_a_kept_connection_that_was_closed_meanwhile_may_have_been_done() -> None:
    answered = asyncio.Event()

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(OK)
        answered.set()
        await read_request(reader)  # the second request, never answered

    async with raw_server(play) as url, open_aiohttp_transport() as transport:
        await send(transport, url)
        with pytest.raises(httpx.TransportError) as caught:
            await send(transport, url)
    assert not isinstance(caught.value, NEVER_SENT)


async def test_an_answer_that_is_no_http_may_have_been_done() -> None:
    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")

    async with raw_server(play) as url, open_aiohttp_transport() as transport:
        with pytest.raises(httpx.RemoteProtocolError) as raised:
            await send(transport, f"{url}/orders?apikey=secret-of-the-tests")
    assert "secret" not in f"{raised.value!r} {raised.value}"


@pytest.mark.parametrize("headers", [b"Content-Length: 100000000", b"Transfer-Encoding: chunked"])
async def test_an_answer_that_is_too_large_is_not_read_to_its_end(headers: bytes) -> None:
    sent = 0

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\n" + headers + b"\r\n\r\n")
        for _ in range(10_000):
            piece = b"x" * 10_000
            writer.write(b"2710\r\n" + piece + b"\r\n" if b"chunked" in headers else piece)
            await writer.drain()
            sent += len(piece)

    async with raw_server(play) as url, open_aiohttp_transport(HttpLimits(response_bytes=100_000)) as transport:
        with pytest.raises(ResponseTooLarge):
            await send(transport, url)
        await asyncio.sleep(0)
    assert sent < 50_000_000


async def test_a_gzip_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(bytes(50_000_000))

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb) + bomb)

    async with raw_server(play) as url, open_aiohttp_transport(HttpLimits(response_bytes=1_000_000)) as transport:
        with pytest.raises(ResponseTooLarge):
            await send(transport, url)


async def test_a_packed_answer_is_unpacked() -> None:
    packed = gzip.compress(b'{"a": 1}')

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed)

    async with raw_server(play) as url, open_aiohttp_transport() as transport:
        answer = await send(transport, url)
    assert answer.json() == {"a": 1}
    assert "content-encoding" not in answer.headers


async def test_an_encoding_that_was_not_asked_for_is_refused() -> None:
    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx")

    async with raw_server(play) as url, open_aiohttp_transport() as transport:
        with pytest.raises(ResponseUndecodable):
            await send(transport, url)


@pytest.mark.parametrize("url", ["ftp://x.example/", "http:///nowhere"])
async def test_a_url_that_cannot_be_used_was_never_sent(url: str) -> None:
    async with open_aiohttp_transport() as transport:
        with pytest.raises(NotSent):
            await send(transport, url)


@pytest.mark.parametrize("value", ["a\r\nX-Injected: b", "a\0b", b"\xff"])
async def test_a_header_that_cannot_be_written_was_never_sent(value: str | bytes) -> None:
    seen: list[bytes] = []

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await read_request(reader))

    async with raw_server(play) as url, open_aiohttp_transport() as transport:
        with pytest.raises(NotSent) as caught:
            await send(transport, url, {"X-Evil": value})
    assert seen == []
    assert "Injected" not in str(caught.value)


async def test_nothing_is_sent_by_a_worker_that_is_shutting_down() -> None:
    async with open_aiohttp_transport() as transport:
        pass
    with pytest.raises(NotSent, match="shutting down"):
        await send(transport, "http://127.0.0.1:1/")
