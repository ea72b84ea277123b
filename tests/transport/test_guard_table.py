"""Addresses and names that are tried against fetchers of users' URLs, and what becomes of each.

Spellings that some program or other takes for an address; clouds' and clusters' own services; tricks of writing. What
is not refused by how it is written is refused by where it leads (`LEADS_TO`).
"""

from collections import Counter
from ipaddress import ip_network

import pytest

from workers.transport.guard import AddressPolicy, AddressRefused, GuardedResolver, Refusal

PASSES = None
URL, SCHEME, USERINFO, PORT, HOST = Refusal.URL, Refusal.SCHEME, Refusal.USERINFO, Refusal.PORT, Refusal.HOST

HOSTS: dict[Refusal | None, str] = {
    # Private, local and reserved addresses, as they are usually written.
    HOST: """
        0.0.0.0 0.0.0.1 0.255.255.255 10.0.0.0 10.0.0.1 10.96.0.1 10.255.255.255 100.64.0.0 100.100.100.200
        100.127.255.255 127.0.0.1 127.0.0.53 127.0.1.1 127.1.1.1 127.127.127.127 127.255.255.255
        168.63.129.16 169.254.0.1 169.254.0.23 169.254.42.42 169.254.169.123 169.254.169.249 169.254.169.250
        169.254.169.253 169.254.169.254 169.254.170.2 169.254.170.23 169.254.255.255
        172.16.0.1 172.17.0.1 172.20.10.1 172.31.255.255 192.0.0.1 192.0.0.8 192.0.0.9 192.0.0.10 192.0.0.170
        192.0.0.171 192.0.0.192 192.0.0.255 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.88.99.2 192.168.0.1
        192.168.99.100 192.168.255.255 192.175.48.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1
        224.0.0.1 224.0.0.251 239.255.255.250 240.0.0.1 250.1.2.3 255.255.255.254 255.255.255.255
        [::] [::1] [0:0:0:0:0:0:0:0] [0:0:0:0:0:0:0:1] [0000:0000:0000:0000:0000:0000:0000:0001] [::0001]
        [::127.0.0.1] [::7f00:1] [::10.0.0.1] [::8.8.8.8] [::ffff:127.0.0.1] [::ffff:7f00:1] [::FFFF:7F00:1]
        [0:0:0:0:0:ffff:127.0.0.1] [::ffff:0.0.0.0] [::ffff:10.0.0.1] [::ffff:169.254.169.254] [::ffff:a9fe:a9fe]
        [::ffff:8.8.8.8] [::ffff:0:127.0.0.1] [::ffff:0:8.8.8.8]
        [64:ff9b::127.0.0.1] [64:ff9b::7f00:1] [64:ff9b::10.0.0.1] [64:ff9b::169.254.169.254] [64:ff9b::a9fe:a9fe]
        [64:ff9b:1::8.8.8.8] [64:ff9b:1:ffff::169.254.169.254] [64:ff9b:2::1]
        [100::1] [100:0:0:1::1] [2001::1] [2001:0:4136:e378:8000:63bf:3fff:fdd2] [2001:0:a9fe:a9fe::1] [2001:1::1]
        [2001:1::2] [2001:1::3] [2001:2::1] [2001:3::1] [2001:4:112::1] [2001:5::1] [2001:10::1] [2001:20::1]
        [2001:30::1] [2001:1ff:ffff::1] [2001:db8::1] [2001:db8:ffff::1] [2002::1] [2002:7f00:1::] [2002:a00:1::1]
        [2002:a9fe:a9fe::] [2002:808:808::1] [2620:4f:8000::1] [3ffe::1] [3fff::1] [3fff:fff::1] [4000::1] [5f00::1]
        [8000::1] [a000::1] [c000::1] [e000::1] [fc00::1] [fd00::1] [fd00:42::42] [fd00:ec2::23] [fd00:ec2::253]
        [fd00:ec2::254] [fd20:ce::254] [fd00:a9fe:a9fe::254] [fdff:ffff::1] [fe00::1] [fe80::1] [fe80::a9fe:a9fe]
        [febf::1] [fec0::1] [ff01::1] [ff02::1] [ff0e::1] [2a00:1450::5efe:7f00:1] [2a00:1450::5efe:127.0.0.1]
        [2a00:1450::5efe:8.8.8.8] [2a00:1450::200:5efe:10.0.0.1] [fe80::5efe:a9fe:a9fe]
        [fe80::1%25eth0] [fe80::1%25lo] [fe80::a9fe:a9fe%251] [2a00:1450::1%25eth0] [::1%25lo] [::1%251]
        １２７.０.０.１ 127。0。0。1 127．0．0．1 127｡0｡0｡1 ①②⑦.⓪.⓪.① 𝟏𝟐𝟕.𝟎.𝟎.𝟏
        ¹²⁷.⁰.⁰.¹ ₁₂₇.₀.₀.₁ １６９。２５４。１６９。２５４
        localhost LOCALHOST LocalHost localhost. ｌｏｃａｌｈｏｓｔ ⓛⓞⓒⓐⓛⓗⓞⓢⓣ
        a.localhost foo.localhost. localhost.localdomain localhost6 localhost6.localdomain6 ip6-localhost
        ip6-loopback
        broadcasthost router printer.local hub.local. nas.lan db.corp app.intranet vault.private router.home
        router.home.arpa 1.0.0.127.in-addr.arpa facebookwkhpilnemxj7asaniu7vnjjbiltxjqhye3mhbshg7kx5tfyd.onion
        metadata metadata.google.internal METADATA.GOOGLE.INTERNAL metadata.google.internal. metadata.goog.internal
        instance-data instance-data.ec2.internal ip-10-0-0-1.ec2.internal ip-10-0-0-1.eu-west-1.compute.internal
        vm.internal.cloudapp.internal host.docker.internal gateway.docker.internal kubernetes.docker.internal
        host.containers.internal kubernetes.default.svc.cluster.local kubernetes.default.svc.cluster.local.
        redis.default.svc.cluster.local coredns.kube-system.svc.cluster.local rancher-metadata kubernetes redis postgres
        worker sandbox
    """,
    # The same in spellings of which programs make an address, and others a name.
    URL: """
        0 1 127.1 127.0.1 0177.0.0.1 0177.0.0.01 0177.1 017700000001 0x7f.0.0.1 0x7f.1 0x7f000001 0X7F000001
        0x7F.0x0.0x0.0x1
        2130706433 2130706433. 127.0.0.1. 127.0.0.01 127.000.000.001 00127.0.0.1 127.0.0.0x1 0x7f.0.0.0x1 127.0x0.1
        4294967295 4294967296 2852039166 0xa9fea9fe 0xA9.0xFE.0xA9.0xFE 0251.0376.0251.0376 169.254.43518 169.16689662
        025177524776 169.254.169.254. 0xa9.254.0251.254 10.1 012.0.0.1 0xa.0.0.1 167772161 192.168.1 0xc0a80001
        1.2.3.4.5 1.2.3 256.256.256.256 999.1.1.1 127.0.0.256 127.0.0.-1 8.8.8.010 8.8 134744072 0x08080808 08.8.8.8
        127.0.0.1.0x a.1 a.0x1 a.b.0x7f000001 １２７.1 ②①③⓪⑦⓪⑥④③③
        [127.0.0.1] [::1 ::1] [::1]. [::1]x [::g] [:::1] [1::2::3] [::1::] [::1]] [[::1]] [] [::1%] [::ffff:127.1]
        [::ffff:0x7f.0.0.1] [::ffff:127.0.0.256] [v1.abc] [2001:db8] ::1 fe80::1 1:2:3:4:5:6:7:8
        127.0.0.1%00 127.0.0.1%20 127.0.0.1%2f.example.com %31%32%37.0.0.1 127%2e0%2e0%2e1 l%6fcalhost example.com%00.a
        exa$mple.com exa*mple.com *.example.com exam!ple.com a..b ..a .example.com example.com.. -%2d- exa,mple.com
        exa;mple.com exa(mple).com exa'mple.com exa&mple.com exa=mple.com exa+mple.com exa~mple.com
    """,
    # A user's name in front of the host is one's own, whatever it looks like.
    USERINFO: """
        user@example.com user:word@example.com :@example.com @example.com example.com@127.0.0.1 127.0.0.1@example.com
        example.com:80@127.0.0.1 example.com%40127.0.0.1@10.0.0.1 a@b@c.example.com a%00@example.com
    """,
    PORT: """
        example.com:0 example.com:1 example.com:21 example.com:22 example.com:23 example.com:25 example.com:53
        example.com:81 example.com:110 example.com:111 example.com:143 example.com:389 example.com:444 example.com:587
        example.com:2375 example.com:2379 example.com:3306 example.com:5432 example.com:6379 example.com:6443
        example.com:8000 example.com:8081 example.com:9200 example.com:10250 example.com:11211 example.com:27017
        example.com:65535 8.8.8.8:53 [2001:4860:4860::8888]:22 127.0.0.1:22 localhost:5432
    """,
    PASSES: """
        example.com EXAMPLE.com example.com. example.com:80 example.com:443 example.com:8080 example.com:8443
        a.b.c.example.com cdn_1.example.com xn--mgbaa.example.com صور.إمارات bücher.example 1e100.net 0x.example.com
        127.0.0.1.example.com 127.0.0.1.nip.io 169.254.169.254.nip.io localhost.example.com internal.example.com
        local.example.com localtest.me metadata.tencentyun.com metadata.platformequinix.com spoofed.burpcollaborator.net
        8.8.8.8 1.1.1.1 94.200.0.1 172.15.255.255 172.32.0.1 192.167.255.255 192.169.0.1 100.63.255.255 100.128.0.1
        169.253.255.255 169.255.0.1 168.63.129.15 198.17.255.255 198.20.0.1 223.255.255.255 11.0.0.1 9.255.255.255
        128.0.0.1 126.255.255.255 192.0.1.1 203.0.114.1 ８.８.８.８ 8。8。8。8
        [2001:4860:4860::8888] [2001:200::1] [2a00:1450:4001:82a::200e] [2606:4700:4700::1111] [64:ff9b::8.8.8.8]
        [64:ff9b::808:808] [2003::1] [2620:4f:7fff::1] [2a00:1450::5eff:7f00:1] [2001:4860:4860::8888]:8443
    """,
}

URLS = {
    "ftp://example.com/": SCHEME,
    "ftps://example.com/": SCHEME,
    "sftp://example.com/": SCHEME,
    "tftp://example.com/": SCHEME,
    "file:///etc/passwd": SCHEME,
    "file://localhost/etc/passwd": SCHEME,
    "gopher://127.0.0.1:6379/_INFO": SCHEME,
    "dict://127.0.0.1:11211/stats": SCHEME,
    "ldap://127.0.0.1/": SCHEME,
    "jar:http://127.0.0.1!/": SCHEME,
    "netdoc:///etc/passwd": SCHEME,
    "phar://a": SCHEME,
    "data:text/html,hello": SCHEME,
    "javascript:alert(1)": SCHEME,
    "blob:https://example.com/1": SCHEME,
    "view-source:https://example.com/": SCHEME,
    "ws://example.com/": SCHEME,
    "wss://example.com/": SCHEME,
    "unix:///var/run/docker.sock": SCHEME,
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/": SCHEME,
    "httpx://example.com/": SCHEME,
    "//example.com/": SCHEME,
    "/etc/passwd": SCHEME,
    "example.com": SCHEME,
    "": SCHEME,
    "http:127.0.0.1": URL,
    "http:/127.0.0.1": URL,
    "http:///127.0.0.1": URL,
    "http:////127.0.0.1": URL,
    "http://": URL,
    "http://#@example.com": URL,
    "http://?@127.0.0.1": URL,
    "http://127.0.0.1\\@example.com/": URL,
    "http://example.com\\@127.0.0.1/": URL,
    "http:\\\\127.0.0.1\\": URL,
    "http://\\127.0.0.1/": URL,
    " http://127.0.0.1/": URL,
    "http://127.0.0.1 @example.com/": URL,
    "http://example.com /": URL,
    "http://example.com\t/": URL,
    "http://exam\nple.com/": URL,
    "http://example.com/\r\nHost: 127.0.0.1": URL,
    "http://example.com/\x00": URL,
    "http://example.com:": PASSES,
    "http://example.com:80:80/": URL,
    "http://example.com:-1/": URL,
    "http://example.com:99999/": URL,
    "http://example.com:0x50/": URL,
    "http://example.com:８０/": PASSES,
    "http://loc\u00adalhost/": URL,
    "http://example.com:80a/": URL,
    "http://example.com/?u=http://127.0.0.1/": PASSES,
    "http://example.com/@127.0.0.1": PASSES,
    "http://example.com/#@127.0.0.1": PASSES,
    "http://127.0.0.1/#@example.com": HOST,
    "http://127.0.0.1?@example.com/": HOST,
    "http://127.0.0.1#.example.com/": HOST,
    "https://example.com/" + "a" * 4096: URL,
}

CASES = [
    *((f"http://{host}/", refused) for refused, hosts in HOSTS.items() for host in hosts.split()),
    *URLS.items(),
]

LEADS_TO = {
    "127.0.0.1.nip.io": "127.0.0.1",
    "169.254.169.254.nip.io": "169.254.169.254",
    "localtest.me": "::1",
    "metadata.tencentyun.com": "169.254.0.23",
    "instance-data.example.com": "fd00:ec2::254",
    "alibaba.example.com": "100.100.100.200",
    "oracle.example.com": "192.0.0.192",
    "azure.example.com": "168.63.129.16",
    "google.example.com": "fd20:ce::254",
    "openstack.example.com": "fe80::a9fe:a9fe%2",
    "cluster.example.com": "10.96.0.1",
    "mapped.example.com": "::ffff:10.0.0.1",
    "nat64.example.com": "64:ff9b::a00:1",
    "6to4.example.com": "2002:a00:1::1",
    "teredo.example.com": "2001:0:a00:1::1",
}
"""Names that anybody may give an address to."""


def refusal(url: str) -> Refusal | None:
    """Why a URL is refused; None when it is not."""
    try:
        AddressPolicy().check_url(url)
    except AddressRefused as refused:
        return refused.reason
    return None


def test_the_table_is_a_large_one_and_names_nothing_twice() -> None:
    assert len(CASES) >= 400
    assert [url for url, times in Counter(url for url, _ in CASES).items() if times > 1] == []
    assert {reason for _, reason in CASES} == {URL, SCHEME, USERINFO, PORT, HOST, PASSES}


@pytest.mark.parametrize("reason", [URL, SCHEME, USERINFO, PORT, HOST, PASSES])
def test_each_is_what_the_table_says(reason: Refusal | None) -> None:
    others = {url[:100]: told for url, wanted in CASES if wanted is reason and (told := refusal(url)) is not reason}
    assert others == {}


@pytest.mark.parametrize("name", LEADS_TO)
async def test_what_passes_by_its_name_is_refused_by_where_it_leads(name: str) -> None:
    looked_up: list[str] = []

    def look_up(host: str) -> list[str]:
        looked_up.append(host)
        return ["8.8.8.8", LEADS_TO[name]]

    assert refusal(f"http://{name}/") is None
    resolver = GuardedResolver(AddressPolicy(), look_up)
    with pytest.raises(AddressRefused) as refused:
        await resolver.resolve(name, 80)
    await resolver.close()
    assert refused.value.reason is HOST
    assert looked_up == [f"{name}."]


async def test_where_networks_are_allowed_names_of_this_network_are_looked_up() -> None:
    policy = AddressPolicy((ip_network("10.0.0.0/8"),))
    resolver = GuardedResolver(
        policy, {"redis": ["10.0.0.7"], "metadata.google.internal": ["169.254.169.254"]}.__getitem__
    )
    assert policy.check_url("http://redis:6379/").host == "redis"
    assert [each["host"] for each in await resolver.resolve("redis", 6379)] == ["10.0.0.7"]
    with pytest.raises(AddressRefused):
        await resolver.resolve("metadata.google.internal", 80)
    await resolver.close()
