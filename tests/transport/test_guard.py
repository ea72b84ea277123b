"""Which URLs of users are refused before anything is looked up, and which when their names are."""

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.networks import is_public
from workers.transport import NotSent
from workers.transport.guard import AddressPolicy, AddressRefused, GuardedResolver, Refusal, guarded_socket

PUBLIC = AddressPolicy()
LOOPBACK = AddressPolicy((ip_network("127.0.0.1/32"),))


def refusal(url: str, policy: AddressPolicy = PUBLIC) -> Refusal | None:
    """Why a URL is refused; None when it is not."""
    try:
        policy.check_url(url)
    except AddressRefused as refused:
        return refused.reason
    return None


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "http://example.com./a?b=c#d",
        "https://example.com:8443/",
        "HTTPS://EXAMPLE.COM/",
        "https://cdn_1.example.com/x",
        "https://صور.إمارات/صورة.jpg",
        "https://8.8.8.8/",
        "https://[2001:4860:4860::8888]/",
        "https://1e100.net/",
        "https://example.com/@user",
    ],
)
def test_addresses_of_the_public_internet_pass(url: str) -> None:
    assert refusal(url) is None


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://example.com/", Refusal.SCHEME),
        ("file:///etc/passwd", Refusal.SCHEME),
        ("gopher://example.com/", Refusal.SCHEME),
        ("javascript:alert(1)", Refusal.SCHEME),
        ("//example.com/", Refusal.SCHEME),
        ("example.com", Refusal.SCHEME),
        ("", Refusal.SCHEME),
        ("https://user@example.com/", Refusal.USERINFO),
        ("https://user:word@example.com/", Refusal.USERINFO),
        ("https://@example.com/", Refusal.USERINFO),
        ("https://example.com@169.254.169.254/", Refusal.USERINFO),
        ("http://example.com:22/", Refusal.PORT),
        ("http://example.com:0/", Refusal.PORT),
        ("http://8.8.8.8:6379/", Refusal.PORT),
        ("http://example.com:99999/", Refusal.URL),
        ("http://example.com:80:90/", Refusal.URL),
        ("https://", Refusal.URL),
        ("https:///path", Refusal.URL),
        ("https://exa mple.com/", Refusal.URL),
        ("https://example.com/\r\nX-Forwarded-For: 127.0.0.1", Refusal.URL),
        ("https://exam\tple.com/", Refusal.URL),
        ("https://example.com\\@127.0.0.1/", Refusal.URL),
        ("https://127.0.0.1%2f.example.com/", Refusal.URL),
        ("https://%31%32%37.0.0.1/", Refusal.URL),
        ("https://a..b/", Refusal.URL),
        ("https://[::1/", Refusal.URL),
        ("https://example.com/" + "a" * 4096, Refusal.URL),
        ("http://127.0.0.1/", Refusal.HOST),
        ("http://169.254.169.254/latest/meta-data", Refusal.HOST),
        ("http://[::1]/", Refusal.HOST),
        ("http://[fd00:ec2::254]/", Refusal.HOST),
        ("http://[::ffff:169.254.169.254]/", Refusal.HOST),
        ("http://[64:ff9b::a9fe:a9fe]/", Refusal.HOST),
        ("http://[fe80::1%25eth0]/", Refusal.HOST),
        ("http://１２７.０.０.１/", Refusal.HOST),
        ("http://①②⑦.⓪.⓪.①/", Refusal.HOST),
        ("http://127。0。0。1/", Refusal.HOST),
    ],
)
def test_others_are_refused_with_the_reason(url: str, reason: Refusal) -> None:
    assert refusal(url) is reason


def _spellings(number: int) -> list[str]:
    """How programs in C let an IPv4 address be written (inet_aton)."""
    a, b, c, d = number.to_bytes(4, "big")
    parts = [(a, b, c, d), (a, b, c << 8 | d), (a, b << 16 | c << 8 | d), (number,)]
    styles: list[Callable[[int], str]] = [
        str,
        hex,
        lambda part: f"0{part:o}",
        lambda part: f"0X{part:X}",
        lambda part: f"{part:04}",
    ]
    return [".".join(style(part) for part in each) + end for each in parts for style in styles for end in ("", ".")]


@given(st.ip_addresses(v=4))
def test_no_spelling_of_a_number_passes_but_the_usual_one_of_a_public_address(address: IPv4Address) -> None:
    for host in _spellings(int(address)):
        assert (refusal(f"http://{host}/") is None) == (host == str(address) and is_public(address)), host


@given(st.one_of(st.text(), st.text().map("https://{}".format), st.text().map("http://x.com{}/".format)))
def test_whatever_the_text_it_is_a_url_or_refused(text: str) -> None:
    try:
        url = PUBLIC.check_url(text)
    except AddressRefused:
        return
    assert (url.scheme in ("http", "https"), url.user, url.port in PUBLIC.ports) == (True, None, True)


def test_a_signed_address_stays_as_it_is() -> None:
    url = "https://example.com/a%7Eb%2fc?sig=a%2Bb%3D&x=%2F"
    assert str(PUBLIC.check_url(url)) == url


def test_allowed_networks_may_be_reached_at_any_port() -> None:
    assert refusal("http://127.0.0.1:54321/", LOOPBACK) is None
    assert refusal("http://127.0.0.2:80/", LOOPBACK) is Refusal.HOST
    assert refusal("http://127.0.0.2:54321/", LOOPBACK) is Refusal.PORT
    assert refusal("http://[::ffff:127.0.0.1]/", LOOPBACK) is Refusal.HOST


async def resolved(answer: list[str] | Exception, port: int = 443, policy: AddressPolicy = PUBLIC) -> list[str]:
    """What a name is resolved to when the system answers so."""

    def look_up(host: str) -> list[str]:
        if isinstance(answer, Exception):
            raise answer
        return answer

    resolver = GuardedResolver(policy, look_up)
    try:
        return [each["host"] for each in await resolver.resolve("name.example", port)]
    finally:
        await resolver.close()


async def test_a_name_leads_to_all_its_public_addresses() -> None:
    assert await resolved(["8.8.8.8", "2001:4860::1", "8.8.8.8"]) == ["8.8.8.8", "2001:4860::1"]


@pytest.mark.parametrize(
    "answer",
    [
        ["127.0.0.1"],
        ["8.8.8.8", "10.0.0.1"],
        ["8.8.8.8", "fe80::1%eth0"],
        ["not an address"],
        [],
        socket.gaierror(socket.EAI_NONAME, "unknown"),
        UnicodeError("label too long"),
    ],
    ids=["private", "one of them private", "link-local", "nonsense", "none", "unknown", "unwritable"],
)
async def test_a_private_name_is_told_as_one_that_does_not_exist(answer: list[str] | Exception) -> None:
    with pytest.raises(AddressRefused) as refused:
        await resolved(answer)
    assert refused.value.reason is Refusal.HOST
    assert str(refused.value) == "the host has no address on the public internet"


async def test_a_name_server_that_does_not_answer_is_not_the_last_word() -> None:
    with pytest.raises(NotSent) as failed:
        await resolved(socket.gaierror(socket.EAI_AGAIN, "try again"))
    assert not isinstance(failed.value, AddressRefused)


async def test_a_name_in_an_allowed_network_may_have_any_port() -> None:
    assert await resolved(["127.0.0.1"], 54321, LOOPBACK) == ["127.0.0.1"]
    with pytest.raises(AddressRefused) as refused:
        await resolved(["8.8.8.8"], 54321, LOOPBACK)
    assert refused.value.reason is Refusal.PORT


@given(st.ip_addresses(), st.sampled_from([22, 80, 443]))
def test_no_socket_is_made_for_what_may_not_be_reached(address: Any, port: int) -> None:
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    info = (family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (str(address), port))
    if is_public(ip_address(str(address))) and port != 22:
        guarded_socket(PUBLIC, info).close()
    else:
        with pytest.raises(PermissionError, match="no address on the public internet"):
            guarded_socket(PUBLIC, info)
