"""Certificates are fetched once, from the address that was checked, and judged offline."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import certifi
import httpx
import pytest

from workers.providers.certificates import (
    CHAIN_LIMIT_BYTES,
    Certificates,
    CertificateUnavailable,
    _public_roots,
    trusted_leaf,
)
from workers.providers.errors import SignatureInvalid
from workers.providers.events import SigningCertificate
from workers.providers.manifest import Environment
from workers.providers.payments.paypal.signature import INTERMEDIATES

URL = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1"
# A real certificate and its chain: what www.digicert.com served in 2023, issued as PayPal's are.
REAL = SigningCertificate((Path(__file__).parent / "data" / "digicert_com_2023.pem").read_bytes())
IN_TIME, NAME = datetime(2023, 12, 1, tzinfo=UTC), "www.digicert.com"


class Host:
    """Answers every request as the test says, and keeps it."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        return self.answer(request)


def certificates(host: Host, sandbox_url: str | None = None, clock: Callable[[], float] = lambda: 0.0) -> Certificates:
    return Certificates(httpx.MockTransport(host), sandbox_url=sandbox_url, clock=clock)


async def test_a_certificate_is_fetched_once() -> None:
    moment = [0.0]
    host = Host(lambda _: httpx.Response(200, content=b"pem"))
    known = certificates(host, clock=lambda: moment[0])
    found = await asyncio.gather(*(known.find(URL, provider="paypal", environment=Environment.LIVE) for _ in range(5)))
    assert {each.chain for each in found} == {b"pem"}
    assert {each.roots for each in found} == {None}
    assert host.asked == [URL]
    moment[0] = 100_000.0
    await known.find(URL, provider="paypal", environment=Environment.LIVE)
    assert len(host.asked) == 2


async def test_in_the_sandbox_the_twin_is_asked_and_only_for_sandbox_connections() -> None:
    host = Host(lambda request: httpx.Response(200, content=request.url.path.encode()))
    known = certificates(host, "http://127.0.0.1:9000")
    found = await known.find(URL, provider="paypal", environment=Environment.SANDBOX)
    assert (found.chain, found.roots) == (b"/paypal/v1/notifications/certs/CERT-1", b"/paypal/_test/roots")
    live = await known.find(URL, provider="paypal", environment=Environment.LIVE)
    assert (host.asked[-1], live.roots) == (URL, None)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(404),
        httpx.Response(302, headers={"location": "https://evil.example/"}),
        httpx.Response(200, content=b"x" * (CHAIN_LIMIT_BYTES + 1)),
    ],
)
async def test_where_there_is_no_certificate_the_delivery_is_not_believed(answer: httpx.Response) -> None:
    host = Host(lambda _: answer)
    known = certificates(host)
    for _ in range(2):
        with pytest.raises(SignatureInvalid):
            await known.find(URL, provider="paypal", environment=Environment.LIVE)
    assert len(host.asked) == 1


async def test_while_nobody_can_say_the_delivery_has_to_come_again() -> None:
    def hang_up(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    for answer in (hang_up, lambda _: httpx.Response(503), lambda _: httpx.Response(429)):
        host = Host(answer)
        known = certificates(host)
        for _ in range(2):
            with pytest.raises(CertificateUnavailable):
                await known.find(URL, provider="paypal", environment=Environment.LIVE)
        assert len(host.asked) == 2, "nothing is remembered of it"


async def test_what_is_remembered_is_bounded() -> None:
    host = Host(lambda _: httpx.Response(200, content=b"pem"))
    known = Certificates(httpx.MockTransport(host), remember=2)
    for number in (1, 2, 3, 3, 1):
        await known.find(f"{URL}{number}", provider="paypal", environment=Environment.LIVE)
    assert len(host.asked) == 4


@pytest.fixture
def public_roots(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The roots that everybody trusts; the other tests' clients know only one of them."""
    monkeypatch.setenv("SSL_CERT_FILE", certifi.where())
    _public_roots.cache_clear()
    yield
    _public_roots.cache_clear()


def test_roots_that_lie_in_a_folder_are_those_of_the_bundle(
    public_roots: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    assert trusted_leaf(REAL, [NAME], IN_TIME, intermediates=INTERMEDIATES)


@pytest.mark.usefixtures("public_roots")
def test_a_chain_leads_to_a_public_root() -> None:
    leaf = trusted_leaf(REAL, ["another.example", NAME], IN_TIME, intermediates=INTERMEDIATES)
    assert "CN=www.digicert.com" in leaf.subject.rfc4514_string()
    served = SigningCertificate(REAL.chain + INTERMEDIATES)
    assert trusted_leaf(served, [NAME], IN_TIME) == leaf


@pytest.mark.usefixtures("public_roots")
@pytest.mark.parametrize(
    ("names", "at", "intermediates"),
    [
        (["messageverificationcerts.paypal.com"], IN_TIME, INTERMEDIATES),
        ([], IN_TIME, INTERMEDIATES),
        ([NAME], datetime(2024, 12, 1, tzinfo=UTC), INTERMEDIATES),
        ([NAME], datetime(2022, 12, 1, tzinfo=UTC), INTERMEDIATES),
        ([NAME], IN_TIME, b""),
    ],
)
def test_another_name_another_time_or_a_broken_chain_is_refused(
    names: list[str], at: datetime, intermediates: bytes
) -> None:
    with pytest.raises(SignatureInvalid):
        trusted_leaf(REAL, names, at, intermediates=intermediates)
