"""Certificates that webhooks are signed with: fetched once from the provider's own host, and judged offline.

Whoever takes webhooks in asks the connector class where the certificate lies (`capabilities.SignsWithCertificates`),
has it fetched by `Certificates`, and hands it on in `events.WebhookRequest.certificate`. No call is made per event.
"""

from __future__ import annotations

import asyncio
import functools
import time
import warnings
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

import httpx
from cryptography import x509
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509 import verification

from workers.providers.errors import SignatureInvalid
from workers.providers.events import SigningCertificate
from workers.providers.manifest import Environment

CHAIN_LIMIT_BYTES: Final = 64 * 1024
ROOTS_PATH: Final = "/_test/roots"
"""Where a sandbox twin serves the roots of its own certificates."""
_LONGEST_CHAIN: Final = 8
_MOST_INTERMEDIATES: Final = 3


class CertificateUnavailable(Exception):
    """The certificate cannot be had now: nothing is known of the delivery, which has to come again (answer 503)."""


class Certificates:
    """Fetches certificates and keeps them. The address is not checked here: the connector class has done that.

    :param transport: sends the requests; redirects are not followed, whatever it does.
    :param sandbox_url: where connections in the sandbox environment find their providers, by key, as everywhere else.
    :param remember_seconds: for how long; a certificate is replaced at another address, so a day is not long.
    :param refuse_seconds: for how long an address that has no certificate is not asked again.
    """

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport,
        *,
        sandbox_url: str | None = None,
        remember_seconds: float = 86_400.0,
        refuse_seconds: float = 60.0,
        remember: int = 256,
        timeout_seconds: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport = transport
        self._sandbox_url = sandbox_url
        self._remember_seconds = remember_seconds
        self._refuse_seconds = refuse_seconds
        self._remember = remember
        self._timeout_seconds = timeout_seconds
        self._clock = clock
        self._known: OrderedDict[tuple[str, Environment], tuple[float, SigningCertificate | None]] = OrderedDict()
        self._lock = asyncio.Lock()

    async def find(self, url: str, *, provider: str, environment: Environment) -> SigningCertificate:
        """The certificate at an address.

        :param url: what the connector class answered to ``certificate_url``.
        :param provider: the provider's key.
        :param environment: that of the connection, which no header of a delivery can change.
        :raises SignatureInvalid: there is no certificate at this address.
        :raises CertificateUnavailable: nobody can say now.
        """
        key = (url, environment)
        if not self._knows(key):
            async with self._lock:
                if not self._knows(key):
                    found = await self._fetch(url, provider, environment)
                    kept_for = self._refuse_seconds if found is None else self._remember_seconds
                    self._known[key] = (self._clock() + kept_for, found)
        self._known.move_to_end(key)
        found = self._known[key][1]
        while len(self._known) > self._remember:
            self._known.popitem(last=False)
        if found is None:
            raise SignatureInvalid("there is no certificate at the address that the delivery names")
        return found

    def _knows(self, key: tuple[str, Environment]) -> bool:
        return key in self._known and self._known[key][0] > self._clock()

    async def _fetch(self, url: str, provider: str, environment: Environment) -> SigningCertificate | None:
        if self._sandbox_url is None or environment is not Environment.SANDBOX:
            chain = await self._get(url)
            return None if chain is None else SigningCertificate(chain)
        twin = f"{self._sandbox_url}/{provider}"
        chain, roots = await self._get(twin + urlsplit(url).path), await self._get(twin + ROOTS_PATH)
        return None if chain is None or roots is None else SigningCertificate(chain, roots)

    async def _get(self, url: str) -> bytes | None:
        limit = self._timeout_seconds
        timeout = {"connect": limit, "read": limit, "write": limit, "pool": limit}
        request = httpx.Request("GET", url, extensions={"timeout": timeout})
        try:
            async with asyncio.timeout(limit):
                return await self._read(await self._transport.handle_async_request(request))
        except (httpx.RequestError, OSError) as failure:
            raise CertificateUnavailable(type(failure).__name__) from failure

    async def _read(self, response: httpx.Response) -> bytes | None:
        try:
            if response.status_code == 429 or response.status_code >= 500:
                raise CertificateUnavailable(f"status {response.status_code}")
            if response.status_code != 200:
                return None
            chain = b""
            async for chunk in response.aiter_bytes():
                chain += chunk
                if len(chain) > CHAIN_LIMIT_BYTES:
                    return None
            return chain
        finally:
            await response.aclose()


def trusted_leaf(
    certificate: SigningCertificate, names: Sequence[str], at: datetime, *, intermediates: bytes = b""
) -> x509.Certificate:
    """The signer's certificate, if a chain leads from it to a trusted root.

    Judged as a browser judges a server's certificate: name, dates, key usage, signatures; not revocation, for which
    somebody would have to be asked. The public roots are those by which every other call of the hub is judged.

    :param names: the certificate has to be for one of these host names.
    :param at: when it has to be valid.
    :param intermediates: in PEM, further ones that the provider may leave out; none of them is trusted by itself.
    :raises SignatureInvalid: it is not to be trusted.
    """
    leaf, *served = _loaded(certificate.chain)
    store = _public_roots() if certificate.roots is None else verification.Store(_loaded(certificate.roots))
    others = [*served, *(_loaded(intermediates) if intermediates else ())]
    policy = verification.PolicyBuilder().store(store).time(at).max_chain_depth(_MOST_INTERMEDIATES)
    for name in names:
        try:
            policy.build_server_verifier(x509.DNSName(name)).verify(leaf, others)
        except verification.VerificationError:
            continue
        return leaf
    raise SignatureInvalid("the certificate is for another name, out of date, or leads to no trusted root")


def _loaded(pem: bytes) -> list[x509.Certificate]:
    try:
        found = x509.load_pem_x509_certificates(pem)
    except ValueError:
        raise SignatureInvalid("the certificate is none") from None
    if len(found) > _LONGEST_CHAIN:
        raise SignatureInvalid("the certificate's chain is too long")
    return found


@functools.cache
def _public_roots() -> verification.Store:
    with warnings.catch_warnings():  # some roots are older than today's rules for serial numbers
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        # A folder of roots (SSL_CERT_DIR) is read only as needed: none is to be seen, so it is the bundle then.
        encoded = httpx.create_ssl_context().get_ca_certs(binary_form=True) or _bundled_roots()
        return verification.Store([x509.load_der_x509_certificate(each) for each in encoded])


def _bundled_roots() -> list[bytes]:
    return httpx.create_ssl_context(verify=True, trust_env=False).get_ca_certs(binary_form=True)
