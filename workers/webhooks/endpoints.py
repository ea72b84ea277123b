"""Which address a delivery came to, what it has to be signed with, and by whose rules: remembered for a few seconds."""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol
from uuid import UUID

import structlog

from workers.networks import Network, parse_networks
from workers.providers.base import Connector
from workers.providers.capabilities import SendsWebhooks, SignsWithCertificates
from workers.providers.events import VerifiedWebhook, WebhookRequest
from workers.providers.registry import CONNECTORS
from workers.store.webhooks import EndpointRow
from workers.vault.credentials import CredentialVault
from workers.vault.errors import UnknownConnection
from workers.webhooks.batching import Batcher

_log = structlog.get_logger(__name__)
_TOKEN: Final = re.compile(r"wh_[A-Za-z0-9_-]{43}")
_LOOKUPS_TOGETHER: Final = 200
_TRIED_AGAIN_AFTER_SECONDS: Final = 1.0

Scheme = type[Connector[Any, Any]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address with all that verifying a delivery takes.

    :param scheme: the connector class that knows how its provider signs.
    :param secrets: all that are valid now; during a rotation several.
    :param challenge_secrets: with which a check of the address is answered.
    :param certified: whether the provider signs with a certificate.
    :param networks: where deliveries may come from; none: anywhere.
    """

    row: EndpointRow
    scheme: Any
    secrets: Sequence[str] = field(repr=False)
    challenge_secrets: Sequence[str] = field(repr=False)
    certified: bool
    networks: Sequence[Network]
    loaded_at: float

    def verify(self, request: WebhookRequest) -> VerifiedWebhook:
        """Prove who sent a delivery.

        :raises WebhookRejected: it is not to be believed.
        """
        verified: VerifiedWebhook = self.scheme.verify_webhook(request, self.secrets, self.row.settings)
        return verified


class LookupFailed(Exception):
    """The database or the vault cannot answer now."""


class EndpointSource(Protocol):
    """Where endpoints are looked up."""

    async def find_endpoints(self, token_hashes: Collection[bytes]) -> Mapping[bytes, EndpointRow]:
        """The enabled endpoints of these token hashes."""


class Endpoints:
    """Finds endpoints by token and remembers them, also that there is none.

    :param remember_seconds: for how long; a disabled endpoint or a changed setting is noticed after this at most. A
        new secret is noticed at once, see `fresher`.
    :param remember: how many endpoints at most, and how many tokens that are none.
    """

    def __init__(
        self,
        source: EndpointSource,
        vault: CredentialVault,
        *,
        remember_seconds: float = 5.0,
        remember: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._vault = vault
        self._remember_seconds = remember_seconds
        self._remember = remember
        self._clock = clock
        self._known: OrderedDict[bytes, Endpoint] = OrderedDict()
        self._unknown: OrderedDict[bytes, float] = OrderedDict()
        self._loading: dict[bytes, asyncio.Future[Endpoint | None]] = {}
        self._lookups = Batcher(self._look_up, most=_LOOKUPS_TOGETHER)
        self.running = self._lookups.running

    async def find(self, token: str) -> Endpoint | None:
        """The enabled endpoint of a token; None for any other text.

        :raises LookupFailed: nobody can say now.
        """
        if not _TOKEN.fullmatch(token):
            return None
        token_hash = hashlib.sha256(token.encode("ascii")).digest()
        now = self._clock()
        endpoint = self._known.get(token_hash)
        if endpoint is not None and endpoint.loaded_at + self._remember_seconds > now:
            return endpoint
        if self._unknown.get(token_hash, now) > now:
            return None
        return await self._load(token_hash)

    async def fresher(self, endpoint: Endpoint) -> Endpoint | None:
        """The endpoint read anew, where that may tell more: its secret or its settings may have just been changed.

        A sender of wrong signatures makes us ask the database once a second at most.

        :raises LookupFailed: nobody can say now.
        """
        if endpoint.loaded_at + _TRIED_AGAIN_AFTER_SECONDS > self._clock():
            return None
        return await self._load(endpoint.row.token_hash)

    def forget(self, endpoint: Endpoint) -> None:
        """Look it up again next time."""
        self._known.pop(endpoint.row.token_hash, None)

    async def _load(self, token_hash: bytes) -> Endpoint | None:
        """Read an endpoint; whoever asks for the same one meanwhile gets the same answer."""
        loading = self._loading.get(token_hash)
        if loading is None:
            loading = self._loading[token_hash] = asyncio.ensure_future(self._load_once(token_hash))
            loading.add_done_callback(lambda _: self._loading.pop(token_hash, None))
        return await asyncio.shield(loading)

    async def _load_once(self, token_hash: bytes) -> Endpoint | None:
        try:
            row = await self._lookups.submit(token_hash)
            endpoint = None if row is None else await self._open(row)
        except Exception as error:
            _log.error("an address cannot be looked up", reason=type(error).__name__)
            raise LookupFailed from error
        if endpoint is None:
            self._known.pop(token_hash, None)
            _keep(self._unknown, token_hash, self._clock() + self._remember_seconds, self._remember)
        else:
            _keep(self._known, token_hash, endpoint, self._remember)
        return endpoint

    async def _look_up(self, token_hashes: Sequence[bytes]) -> Sequence[EndpointRow | None]:
        found = await self._source.find_endpoints(token_hashes)
        return [found.get(token_hash) for token_hash in token_hashes]

    async def _open(self, row: EndpointRow) -> Endpoint | None:
        scheme = CONNECTORS.get(row.provider_key)
        if scheme is None or not issubclass(scheme, SendsWebhooks):
            _log.error("an endpoint of a provider that sends no webhooks", endpoint_id=str(row.id))
            return None
        try:
            secrets = await open_secrets(self._vault, scheme, row.connection_id, row.credentials_version)
            answering = await _open_challenge_secrets(self._vault, scheme, row.connection_id, row.credentials_version)
        except UnknownConnection:
            return None
        certified = issubclass(scheme, SignsWithCertificates)
        networks = parse_networks(",".join(row.allowed_networks))
        return Endpoint(row, scheme, secrets, answering, certified, networks, self._clock())


async def open_secrets(vault: CredentialVault, scheme: Scheme, connection_id: UUID, version: int) -> Sequence[str]:
    """The secrets that a connection's webhooks may be signed with: one a line, several during a rotation.

    :raises UnknownConnection, VaultError: see `CredentialVault.open`.
    """
    described = scheme.manifest.webhook
    name = described.signing_credential if described else None
    return await _lines(vault, name, connection_id, version)


async def _open_challenge_secrets(
    vault: CredentialVault, scheme: Scheme, connection_id: UUID, version: int
) -> Sequence[str]:
    described = scheme.manifest.webhook
    name = described.challenge_credential or described.signing_credential if described else None
    return await _lines(vault, name, connection_id, version)


async def _lines(vault: CredentialVault, name: str | None, connection_id: UUID, version: int) -> Sequence[str]:
    if name is None:
        return ()
    credentials = await vault.open(connection_id, version)
    lines = credentials.get(name, "").splitlines()
    return tuple(secret for line in lines if (secret := line.strip()))


def _keep(cache: OrderedDict[bytes, Any], key: bytes, value: Any, most: int) -> None:
    cache[key] = value
    cache.move_to_end(key)
    while len(cache) > most:
        cache.popitem(last=False)
