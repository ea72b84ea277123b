"""Where a request comes from: the address behind the proxies that are trusted, and whether it is an allowed one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Final

from workers.networks import Address, Network

_REMEMBERED: Final = 4096


class Callers:
    """Tells callers' addresses.

    :param trusted_proxies: whose word on ``X-Forwarded-For`` is taken. Whatever anybody else writes there is not.
    """

    def __init__(self, trusted_proxies: Sequence[Network] = ()) -> None:
        self._trusted = tuple(trusted_proxies)
        self._is_trusted = lru_cache(_REMEMBERED)(lambda text: is_within(text, self._trusted))

    def address(self, peer: str | None, forwarded_for: str | None) -> str | None:
        """The caller's address, or None when nobody can say.

        :param peer: the other end of the connection.
        :param forwarded_for: ``X-Forwarded-For``, to which each proxy appends the one that it was called by: from the
            right, the first that is no trusted proxy is the caller.
        """
        if peer is None or not self._trusted or not self._is_trusted(peer):
            return peer
        caller = peer
        for entry in reversed(forwarded_for.split(",") if forwarded_for else []):
            address = _address(_without_port(entry.strip()))
            if address is None:
                return None
            caller = str(address)
            if not self._is_trusted(caller):
                return caller
        return caller


def is_within(text: str | None, networks: Sequence[Network]) -> bool:
    """Whether an address lies in one of the networks; what is no address lies nowhere."""
    address = _address(text or "")
    return address is not None and any(address in network for network in networks)


def _address(text: str) -> Address | None:
    """An address; of IPv4 within IPv6, as sockets for both tell it, the IPv4."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


def _without_port(entry: str) -> str:
    """``203.0.113.7:4711`` and ``[2001:db8::7]:4711``, as some proxies write it, without the port."""
    if entry.startswith("["):
        return entry[1:].partition("]")[0]
    host, colon, _ = entry.partition(":")
    return host if colon and "." in host else entry
