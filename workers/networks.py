"""Which IP addresses belong to the public internet.

Python's `ipaddress.is_global` is not asked: it follows the registries only as of Python's own release, and lets 6to4,
NAT64 and multicast addresses pass. Written down here are, as of November 2026:

- https://www.iana.org/assignments/iana-ipv4-special-registry and https://www.iana.org/assignments/iana-ipv6-special-registry,
  whole: also what they call globally reachable (AS112, AMT) serves no files and takes no webhooks;
- https://www.iana.org/assignments/multicast-addresses and https://www.iana.org/assignments/ipv6-address-space, of which
  nothing but 2000::/3 is given to anybody;
- addresses where clouds tell a machine's own secrets and that lie outside of all those.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

SPECIAL_IPV4: Final = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network, RFC 791
            "10.0.0.0/8",  # private, RFC 1918
            "100.64.0.0/10",  # shared by carriers, RFC 6598; Alibaba Cloud's metadata
            "127.0.0.0/8",  # loopback, RFC 1122
            "168.63.129.16/32",  # Azure's metadata and name server, a public address by its number
            "169.254.0.0/16",  # link-local, RFC 3927; metadata of nearly every cloud
            "172.16.0.0/12",  # private, RFC 1918
            "192.0.0.0/24",  # IETF protocol assignments, RFC 6890; Oracle Cloud's metadata
            "192.0.2.0/24",  # documentation, RFC 5737
            "192.31.196.0/24",  # AS112, RFC 7535
            "192.52.193.0/24",  # AMT, RFC 7450
            "192.88.99.0/24",  # 6to4 relays, deprecated by RFC 7526
            "192.168.0.0/16",  # private, RFC 1918
            "192.175.48.0/24",  # AS112, RFC 7534
            "198.18.0.0/15",  # benchmarking, RFC 2544
            "198.51.100.0/24",  # documentation, RFC 5737
            "203.0.113.0/24",  # documentation, RFC 5737
            "224.0.0.0/4",  # multicast, RFC 5771
            "240.0.0.0/4",  # reserved, RFC 1112, and the limited broadcast, RFC 919
        ),
    )
)

UNICAST_IPV6: Final = IPv6Network("2000::/3")
"""What is given out of IPv6. Loopback, mapped, unique local (so the metadata at fd00:ec2::254 and fd20:ce::254),
link-local, site-local, multicast, discard-only and segment routing addresses all lie outside."""

SPECIAL_IPV6: Final = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # IETF protocol assignments, RFC 2928: Teredo, benchmarking, AMT, AS112, ORCHID, DRIP
            "2001:db8::/32",  # documentation, RFC 3849
            "2002::/16",  # 6to4, RFC 3056: an IPv4 address within
            "2620:4f:8000::/48",  # AS112, RFC 7534
            "3ffe::/16",  # 6bone, given back by RFC 3701
            "3fff::/20",  # documentation, RFC 9637
        ),
    )
)

NAT64: Final = IPv6Network("64:ff9b::/96")
"""How a network of IPv6 alone reaches IPv4 (RFC 6052): the last 32 bits are the address. Its local kind, 64:ff9b:1::/48
(RFC 8215), leads wherever its operator likes, and is refused."""

_ISATAP: Final = frozenset({0x0000_5EFE, 0x0200_5EFE})
"""The middle of an ISATAP address, below any prefix; an IPv4 address follows (RFC 5214, section 6.1)."""


def is_public(address: Address) -> bool:
    """Whether an address is one of the public internet's."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in SPECIAL_IPV4)
    if address.scope_id is not None:
        return False
    number = int(address)
    if address in NAT64:
        return is_public(IPv4Address(number & 0xFFFF_FFFF))
    if number >> 32 & 0xFFFF_FFFF in _ISATAP:
        return False
    return address in UNICAST_IPV6 and not any(address in network for network in SPECIAL_IPV6)


def parse_networks(text: str) -> tuple[Network, ...]:
    """Networks in CIDR notation, separated by commas.

    :raises ValueError: one of them is none, or has host bits set.
    """
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
