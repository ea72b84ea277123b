"""Which addresses belong to the public internet, also when they are wrapped in others."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.networks import SPECIAL_IPV4, SPECIAL_IPV6, Network, is_public, parse_networks

IPV4 = st.ip_addresses(v=4)
SPECIAL = st.sampled_from([*SPECIAL_IPV4, *SPECIAL_IPV6])


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "94.200.0.1",
        "172.15.255.255",
        "172.32.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "169.253.255.255",
        "223.255.255.255",
        "2001:4860:4860::8888",
        "2a00:1450:4001:82a::200e",
        "64:ff9b::8.8.8.8",
    ],
)
def test_public_addresses(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "169.254.170.2",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.19.255.255",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:8.8.8.8",
        "::ffff:169.254.169.254",
        "::ffff:0:127.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b::169.254.169.254",
        "64:ff9b:1::8.8.8.8",
        "100::1",
        "100:0:0:1::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:db8::1",
        "2002:7f00:1::",
        "2a00:1450::5efe:10.0.0.1",
        "2a00:1450::200:5efe:10.0.0.1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fd20:ce::254",
        "fe80::1",
        "fe80::1%eth0",
        "2a00:1450::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_other_addresses(address: str) -> None:
    assert not is_public(ip_address(address))


@given(SPECIAL, st.data())
def test_a_special_network_is_special_from_its_first_address_to_its_last(network: Network, data: st.DataObject) -> None:
    inside = data.draw(st.integers(int(network.network_address), int(network.broadcast_address)))
    for address in (network.network_address, network.broadcast_address, type(network.network_address)(inside)):
        assert not is_public(address)


@given(IPV4)
def test_wrapping_makes_nothing_public(address: IPv4Address) -> None:
    number = int(address)
    wrapped = {
        "mapped": 0xFFFF << 32 | number,
        "compatible": number,
        "translated": 0xFFFF << 48 | number,
        "6to4": 0x2002 << 112 | number << 80 | 1,
        "Teredo": 0x2001_0000 << 96 | 0x0808_0808 << 64 | (number ^ 0xFFFF_FFFF),
        "ISATAP": 0x2A00_1450 << 96 | 0x5EFE << 32 | number,
        "local NAT64": 0x64_FF9B_0001 << 80 | number,
    }
    assert [name for name, each in wrapped.items() if is_public(IPv6Address(each))] == []
    assert is_public(IPv6Address(0x64_FF9B << 96 | number)) == is_public(address)


@given(st.ip_addresses())
def test_whatever_is_public_here_is_global_to_python_as_well(address: IPv4Address | IPv6Address) -> None:
    if is_public(address):
        assert address.is_global
        assert not address.is_multicast


def test_networks_are_read_from_a_setting() -> None:
    assert [str(each) for each in parse_networks(" 127.0.0.0/8, ::1/128,")] == ["127.0.0.0/8", "::1/128"]
    assert parse_networks("") == ()
    for wrong in ("localhost", "127.0.0.1/8", "127.0.0.0/33"):
        with pytest.raises(ValueError, match=r"."):
            parse_networks(wrong)
