"""Requests to users' addresses over real sockets: nothing arrives where it may not, or is too large or too slow."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest

from tests.support.certificates import self_signed
from tests.transport.conftest import raw_server, read_request
from workers.transport import DeadlineExceeded, ResponseTooLarge
from workers.transport.guard import AddressPolicy, AddressRefused, GuardedResolver, Refusal
from workers.transport.guarded_client import GuardedClient, open_guarded_client

OUTSIDE = (ip_network("127.0.0.1/32"),)
INSIDE = "127.0.0.2"


@asynccontextmanager
async def opened(look_up: Callable[[str], Sequence[str]] | None = None) -> AsyncIterator[GuardedClient]:
    """A client for which 127.0.0.1 is the public internet."""
    async with open_guarded_client(OUTSIDE, look_up=look_up or (lambda host: ["127.0.0.1"])) as client:
        yield client


class Site:
    """A server that answers each path as told, and remembers the requests."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: dict[str, bytes] = {}
        self.requests: list[bytes] = []

    def redirect(self, path: str, location: str, status: int = 302) -> None:
        """Let a path lead on."""
        self.answers[path] = f"HTTP/1.1 {status} Go\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()

    def page(self, path: str, body: bytes, *headers: str) -> None:
        """Let a path have a body."""
        head = "\r\n".join(["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers])
        self.answers[path] = f"{head}\r\n\r\n".encode() + body


@asynccontextmanager
async def site(host: str = "127.0.0.1") -> AsyncIterator[Site]:
    """A site on an address of this machine."""

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            request = await read_request(reader)
            made.requests.append(request)
            writer.write(made.answers[request.split(b" ")[1].decode()])

    made = Site("")
    async with raw_server(play, host) as url:
        made.url = url
        yield made


@pytest.fixture
async def public() -> AsyncIterator[Site]:
    async with site() as made:
        yield made


@pytest.fixture
async def inside() -> AsyncIterator[Site]:
    async with site(INSIDE) as made:
        made.page("/", b"secret")
        yield made


async def test_what_lies_at_a_public_address_is_fetched(public: Site) -> None:
    public.page("/a%7Eb?q=%2F", b"hello", "Content-Type: text/plain")
    async with opened() as client:
        answer = await client.get(f"{public.url}/a%7Eb?q=%2F", most_bytes=5, headers={"Accept": "text/plain"})
    assert (answer.status, answer.body, answer.headers["content-type"]) == (200, b"hello", "text/plain")
    request = public.requests[0].lower()
    assert request.startswith(b"get /a%7eb?q=%2f http/1.1")
    assert b"accept-encoding: identity" in request
    assert b"accept: text/plain" in request


async def test_something_is_posted(public: Site) -> None:
    public.page("/hook", b"x" * 100)
    async with opened() as client:
        answer = await client.post(f"{public.url}/hook", b'{"a":1}', headers={"Webhook-Id": "1"}, most_bytes=10)
    assert (answer.status, answer.body, answer.is_whole) == (200, b"x" * 10, False)
    assert public.requests[0].startswith(b"POST /hook")
    assert public.requests[0].endswith(b'\r\n\r\n{"a":1}')
    assert b"Webhook-Id: 1" in public.requests[0]


async def test_nothing_is_sent_to_a_private_address(inside: Site) -> None:
    async with opened(lambda host: [INSIDE]) as client:
        for url in (inside.url, inside.url.replace(INSIDE, "name.example"), "http://[::ffff:127.0.0.2]:80/"):
            with pytest.raises(AddressRefused):
                await client.get(url, most_bytes=10)
            with pytest.raises(AddressRefused):
                await client.post(url, b"x", headers={})
    assert inside.requests == []


async def test_a_name_that_changes_where_it_leads_gains_nothing(public: Site, inside: Site) -> None:
    looked_up: list[str] = []

    def rebinding(host: str) -> list[str]:
        looked_up.append(host)
        return ["127.0.0.1"] if len(looked_up) == 1 else [INSIDE]

    public.page("/", b"hello", "Connection: close")
    port = public.url.rpartition(":")[2]
    async with opened(rebinding) as client:
        assert (await client.get(f"http://name.example:{port}/", most_bytes=10)).body == b"hello"
        assert looked_up == ["name.example"]
        with pytest.raises(AddressRefused):
            await client.get(f"http://name.example:{port}/", most_bytes=10)
    assert inside.requests == []


async def test_no_connection_is_made_even_if_the_lookup_were_not_checked(
    inside: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    anywhere = AddressPolicy((ip_network("0.0.0.0/0"),))
    make = GuardedResolver.__init__
    monkeypatch.setattr(GuardedResolver, "__init__", lambda self, policy, look_up: make(self, anywhere, look_up))
    async with opened(lambda host: [INSIDE]) as client:
        with pytest.raises(httpx.ConnectError, match="takes no connection"):
            await client.get(inside.url.replace(INSIDE, "name.example"), most_bytes=10)
    assert inside.requests == []


async def test_redirects_are_followed_three_times(public: Site) -> None:
    public.redirect("/1", "/2", 301)
    public.redirect("/2", f"{public.url}/3", 307)
    public.redirect("/3", "4", 303)
    public.page("/4", b"there")
    public.redirect("/0", "/1")
    async with opened() as client:
        answer = await client.get(f"{public.url}/1", most_bytes=10)
        assert (answer.body, answer.url) == (b"there", f"{public.url}/4")
        with pytest.raises(AddressRefused) as refused:
            await client.get(f"{public.url}/0", most_bytes=10)
    assert refused.value.reason is Refusal.REDIRECTS


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://127.0.0.2:80/", Refusal.HOST),
        ("http://169.254.169.254/latest/meta-data/", Refusal.HOST),
        ("//2130706433/", Refusal.URL),
        ("file:///etc/passwd", Refusal.SCHEME),
        ("http://user@127.0.0.1/", Refusal.USERINFO),
        ("http://[::1", Refusal.URL),
        ("http://inside.example/", Refusal.HOST),
    ],
)
async def test_each_redirect_is_checked_like_the_first_address(public: Site, location: str, reason: Refusal) -> None:
    public.redirect("/", location)
    async with opened(lambda host: [INSIDE]) as client:
        with pytest.raises(AddressRefused) as refused:
            await client.get(f"{public.url}/", most_bytes=10)
    assert refused.value.reason is reason


async def test_another_site_is_told_nothing_that_was_meant_for_the_first(public: Site) -> None:
    async with site() as other, opened() as client:
        public.redirect("/", "/own")
        public.redirect("/own", f"{other.url}/x")
        other.page("/x", b"x")
        headers = {"Authorization": "secret", "Range": "bytes=0-1"}
        await client.get(f"{public.url}/", most_bytes=10, headers=headers)
    assert [b"secret" in request for request in public.requests] == [True, True]
    assert b"secret" not in other.requests[0]
    assert b"Range: bytes=0-1" in other.requests[0]


async def test_a_redirect_is_the_answer_to_what_is_posted(public: Site) -> None:
    public.redirect("/", "/elsewhere", 308)
    async with opened() as client:
        assert (await client.post(f"{public.url}/", b"x", headers={})).status == 308
    assert len(public.requests) == 1


async def test_a_body_is_not_read_beyond_the_limit(public: Site) -> None:
    public.page("/said", b"x" * 11)
    public.answers["/unsaid"] = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 100_000
    async with opened() as client:
        for path in ("/said", "/unsaid"):
            with pytest.raises(ResponseTooLarge):
                await client.get(public.url + path, most_bytes=10)


async def test_time_is_limited_however_busily_bytes_drip() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while True:
            writer.write(b"x")
            await asyncio.sleep(0.005)

    async with raw_server(drip) as url, opened() as client:
        with pytest.raises(DeadlineExceeded):
            await client.get(url, most_bytes=1_000_000, seconds=0.1)
        with pytest.raises(DeadlineExceeded):
            await client.post(url, b"", headers={}, seconds=0.1)


async def test_an_error_of_the_callers_own_stays_one(public: Site) -> None:
    public.page("/", b"hello")
    async with opened() as client:
        with pytest.raises(TimeoutError, match="mine"):
            async with client.stream(f"{public.url}/", most_bytes=10, seconds=5):
                raise TimeoutError("mine")


async def test_failures_name_no_address() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)

    async with raw_server(hang_up) as url, opened() as client:
        with pytest.raises(httpx.RemoteProtocolError) as broken:
            await client.get(url, most_bytes=10)
    async with opened() as client:
        with pytest.raises(httpx.ConnectError) as refused:
            await client.get(url, most_bytes=10)
    assert "127.0.0.1" not in f"{broken.value}{refused.value}"


async def test_a_body_that_breaks_off_is_no_answer(public: Site) -> None:
    public.answers["/"] = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\nhal"

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(public.answers["/"])

    async with raw_server(play) as url, opened() as client:
        with pytest.raises(httpx.TransportError):
            await client.get(url, most_bytes=10)


async def test_a_certificate_of_nobody_is_refused(tmp_path: Path) -> None:
    async with opened() as client:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self_signed(tmp_path, "name.example"))
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=context)
        async with server:
            with pytest.raises(httpx.ConnectError, match="no valid certificate"):
                await client.get(f"https://name.example:{server.sockets[0].getsockname()[1]}/", most_bytes=10)
