"""Where requests to addresses that users give may go: to the public internet only.

A check of the URL alone is none, because a name may lead elsewhere a moment later. So a name is looked up once, every
address that it has is checked, the connection goes to one of those, and no socket is made for any other
(`guarded_socket`). What cannot be judged is refused.

The texts of refusals go to whoever gave the address, so they tell nothing of what lies inside: a name that leads to a
private address is told as one that does not exist.
"""

from __future__ import annotations

import asyncio
import errno
import re
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, ip_address
from typing import Any, Final

import yarl
from aiohttp.abc import AbstractResolver, ResolveResult

from workers.networks import Address, Network, is_public
from workers.transport.errors import NotSent

Lookup = Callable[[str], Sequence[str]]
"""The addresses of a name, as texts; raises OSError. It is called in a thread."""

PORTS: Final = frozenset({80, 443, 8080, 8443})
LONGEST_URL: Final = 4096
MOST_REDIRECTS: Final = 3

_SENDABLE: Final = re.compile(r"[!-~]+")
_LABEL: Final = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_NAME: Final = re.compile(rf"(?=.{{1,253}}\.?$){_LABEL}(\.{_LABEL})*\.?", re.IGNORECASE)
_ENDS_IN_NUMBER: Final = re.compile(r"(^|\.)(0x[0-9a-f]*|[0-9]+)\.?$", re.IGNORECASE)

_LOCAL_SUFFIXES: Final = frozenset(
    {"localhost", "localdomain", "localdomain6", "local", "internal", "intranet", "private", "corp", "home", "lan"}
    | {"arpa", "onion"}
)
"""What names within one network end in, and no name of the public internet: RFC 6761, 6762, 7686 and 8375, ICANN's
``.internal`` and ``.home``, ``.corp``, and the other words that are in use. Their addresses may be public by their
number, as a cluster's services' may be."""


class Refusal(StrEnum):
    """Why an address is refused."""

    URL = "url"
    """It is no URL of one host, written in the usual way."""
    SCHEME = "scheme"
    """Neither http nor https."""
    USERINFO = "userinfo"
    """It carries a user's name or password."""
    PORT = "port"
    """Not one where the web is served."""
    HOST = "host"
    """The host is not one of the public internet, or does not exist."""
    REDIRECTS = "redirects"
    """It leads on and on."""


_TEXTS: Final = {
    Refusal.URL: "the address is not a URL of a host, written in the usual way",
    Refusal.SCHEME: "the address must begin with https:// or http://",
    Refusal.USERINFO: "the address must not hold a user's name or password",
    Refusal.PORT: "the port must be one of 80, 443, 8080 and 8443",
    Refusal.HOST: "the host has no address on the public internet",
    Refusal.REDIRECTS: f"the address leads on more than {MOST_REDIRECTS} times",
}


class AddressRefused(NotSent):
    """An address that is not called, or one that a redirect led to. Another attempt would be refused again.

    :param reason: why.
    """

    code = "address_refused"

    def __init__(self, reason: Refusal) -> None:
        super().__init__(_TEXTS[reason])
        self.reason = reason


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """Where requests may go.

    :param allowed: networks that may be reached, at any port, although they are not public.
    :param ports: of the public internet.
    """

    allowed: tuple[Network, ...] = ()
    ports: frozenset[int] = PORTS

    def check(self, address: Address, port: int) -> None:
        """:raises AddressRefused: nothing may be sent there."""
        if any(address in network for network in self.allowed):
            return
        if port not in self.ports:
            raise AddressRefused(Refusal.PORT)
        if not is_public(address):
            raise AddressRefused(Refusal.HOST)

    def check_url(self, url: str) -> yarl.URL:
        """Check what can be told without looking anything up.

        :returns: the URL, byte for byte as given wherever it can be sent so.
        :raises AddressRefused: nothing may be sent there.
        """
        if len(url) > LONGEST_URL or any(char <= " " or char == "\\" for char in url):
            raise AddressRefused(Refusal.URL)
        try:
            # Signed addresses must arrive as they were given; only what cannot be sent so is quoted.
            parsed = yarl.URL(url, encoded=_SENDABLE.fullmatch(url) is not None)
            scheme, authority, host, port = parsed.scheme, parsed.raw_authority, parsed.raw_host, parsed.port
        except ValueError:
            raise AddressRefused(Refusal.URL) from None
        if scheme not in ("http", "https"):
            raise AddressRefused(Refusal.SCHEME)
        if "@" in authority:
            raise AddressRefused(Refusal.USERINFO)
        if "[" in authority and ":" not in (host or ""):  # some future kind of address (RFC 3986), or a name
            raise AddressRefused(Refusal.URL)
        self._check_host(host or "", port or 0)
        return parsed

    def _check_host(self, host: str, port: int) -> None:
        address = _literal(host)
        if address is not None:
            self.check(address, port)
        elif not self.allowed:  # with networks allowed it takes a lookup to tell
            if port not in self.ports:
                raise AddressRefused(Refusal.PORT)
            if _is_local(host):
                raise AddressRefused(Refusal.HOST)


def _literal(host: str) -> Address | None:
    """The address that a host is, or None for a name. Numbers in any but the usual spelling are refused: 127.1,
    0x7f000001 and 017700000001 are addresses to some programs."""
    if ":" not in host and not _ENDS_IN_NUMBER.search(host):
        if not _NAME.fullmatch(host):
            raise AddressRefused(Refusal.URL)
        return None
    try:
        return ip_address(host) if ":" in host else IPv4Address(host)
    except ValueError:
        raise AddressRefused(Refusal.URL) from None


def _is_local(name: str) -> bool:
    """Whether a name, of one label or by how it ends, means something within one network only."""
    labels = name.lower().removesuffix(".").split(".")
    return len(labels) == 1 or labels[-1] in _LOCAL_SUFFIXES


class GuardedResolver(AbstractResolver):
    """Looks names up, and refuses those of which any address is refused.

    Where no networks are allowed, names are looked up as they stand: ``redis.default`` is not completed to a name of
    this machine's own domain.

    Threads of its own do it: whoever names hosts whose servers never answer holds up no lookup of the rest.
    """

    def __init__(self, policy: AddressPolicy, look_up: Lookup) -> None:
        self._policy = policy
        self._look_up = look_up
        self._threads = ThreadPoolExecutor(16, thread_name_prefix="lookup")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Every address of a name, all checked.

        :raises AddressRefused: it has none, or one that is refused.
        :raises NotSent: whether it has one cannot be found out now.
        """
        texts = await self._addresses(host)
        if not texts:
            raise AddressRefused(Refusal.HOST)
        return [self._checked(host, text, port) for text in texts]

    async def close(self) -> None:
        """Wait for no lookup any more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _addresses(self, host: str) -> list[str]:
        name = host if self._policy.allowed or host.endswith(".") else f"{host}."
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._threads, self._look_up, name)
        except socket.gaierror as error:
            if error.errno == socket.EAI_AGAIN:
                raise NotSent("the host's name cannot be looked up for now") from None
            raise AddressRefused(Refusal.HOST) from None
        except (OSError, UnicodeError):
            raise AddressRefused(Refusal.HOST) from None
        return list(dict.fromkeys(found))

    def _checked(self, host: str, text: str, port: int) -> ResolveResult:
        try:
            address = ip_address(text)
        except ValueError:
            raise AddressRefused(Refusal.HOST) from None
        self._policy.check(address, port)
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6
        return ResolveResult(hostname=host, host=text, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST)


def system_lookup(host: str) -> list[str]:
    """The addresses of a name by the system's resolver."""
    infos = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return [str(info[4][0]) for info in infos]


def guarded_socket(policy: AddressPolicy, info: tuple[Any, ...]) -> socket.socket:
    """A socket for the address that it is about to be connected to, checked once more: whatever chose that address,
    this is where the connection goes.

    :param info: as `socket.getaddrinfo` tells it.
    :raises PermissionError: it may not be connected to it; an OSError, as whoever connects sockets expects.
    """
    family, kind, protocol, _, (host, port, *_) = info
    try:
        policy.check(ip_address(host), port)
    except (ValueError, AddressRefused):
        raise PermissionError(errno.EACCES, _TEXTS[Refusal.HOST]) from None
    return socket.socket(family, kind, protocol)
