"""Where a request comes from: nobody but a trusted proxy is believed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.networks import parse_networks
from workers.webhooks.callers import Callers, is_within

PROXIES = parse_networks("10.0.0.0/8, 2001:db8:5::/48")


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "caller"),
    [
        ("203.0.113.9", None, "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "127.0.0.1, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "127.0.0.1, 198.51.100.1 , 10.2.3.4", "198.51.100.1"),
        ("10.0.0.1", "10.9.9.9,10.2.3.4", "10.9.9.9"),
        ("10.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ("2001:db8:5::1", "[2001:DB8::7]:4711", "2001:db8::7"),
        ("::ffff:10.0.0.1", "2001:db8::7", "2001:db8::7"),
        ("10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, unknown", None),
        ("10.0.0.1", "198.51.100.1,", None),
        ("10.0.0.1", "127.1", None),
        (None, "198.51.100.1", None),
    ],
)
def test_the_caller_is_the_first_from_the_right_that_is_no_trusted_proxy(
    peer: str | None, forwarded_for: str | None, caller: str | None
) -> None:
    assert Callers(PROXIES).address(peer, forwarded_for) == caller


def test_without_trusted_proxies_it_is_the_other_end_of_the_connection() -> None:
    assert Callers().address("10.0.0.1", "198.51.100.1") == "10.0.0.1"


@given(st.text(max_size=40), st.ip_addresses(v=4).filter(lambda each: not is_within(str(each), PROXIES)))
def test_whatever_a_sender_writes_the_proxys_word_comes_last(written: str, address: object) -> None:
    assert Callers(PROXIES).address("10.0.0.1", f"{written}, {address}") == str(address)


@pytest.mark.parametrize(
    ("address", "within"),
    [
        ("203.0.113.9", True),
        ("::ffff:203.0.113.9", True),
        ("203.0.114.9", False),
        ("2001:db8::9", True),
        ("2001:db9::9", False),
        ("fe80::1%eth0", False),
        ("203.0.113.9/8", False),
        ("0xcb.0.113.9", False),
        ("nobody", False),
        ("", False),
        (None, False),
    ],
)
def test_what_is_no_address_lies_nowhere(address: str | None, within: bool) -> None:
    assert is_within(address, parse_networks("203.0.113.0/24,2001:db8::/32")) is within
