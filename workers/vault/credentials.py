"""Opening the credentials of a connection for the one call that needs them."""

import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from wasl.sealing import SealedCredential, binding_info, seal_credential

from workers.vault.errors import UnknownConnection, UnknownKey
from workers.vault.keyring import Keyring


@dataclass(frozen=True, slots=True)
class SealedValue:
    """The current ciphertext of one credential."""

    name: str
    key_id: str
    ciphertext: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SealedConnection:
    """The current credentials of one connection, still sealed."""

    connection_id: UUID
    organization_id: UUID
    version: int
    """Rises with every change of any of them, and not when they are sealed anew to another key."""
    values: Sequence[SealedValue]


class CredentialSource(Protocol):
    """Where sealed credentials lie."""

    async def sealed_connection(self, connection_id: UUID) -> SealedConnection | None:
        """Return a connection's current credentials as of one moment, or None when there is no such connection."""

    async def record_use(self, connection_ids: Collection[UUID]) -> None:
        """Note that the credentials of these connections were used just now."""

    async def active_key_id(self, organization_id: UUID) -> str | None:
        """Return the id of the key that an organization's credentials are sealed to now."""


class OpenedCredentials(Mapping[str, str]):
    """Names and secrets of one connection. Its repr shows the names only."""

    __slots__ = ("_secrets",)

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._secrets = dict(secrets)

    def __getitem__(self, name: str) -> str:
        return self._secrets[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._secrets)

    def __len__(self) -> int:
        return len(self._secrets)

    def __repr__(self) -> str:
        return f"<OpenedCredentials {', '.join(self._secrets)}>"

    def __reduce__(self) -> str:
        raise TypeError("opened credentials stay in this process")


@dataclass(frozen=True, slots=True)
class _Cached:
    version: int
    expires_at: float
    credentials: OpenedCredentials


class CredentialVault:
    """Opens credentials and remembers a bounded number of them for a short while.

    What it remembers counts only as long as the caller names a version that is not newer, so a changed credential
    is never used in its former value by whoever knows of the change.
    """

    def __init__(
        self,
        keyring: Keyring,
        source: CredentialSource,
        *,
        remember: int = 1000,
        remember_seconds: float = 300.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Set up a vault.

        Args:
            keyring: opens ciphertexts.
            source: where they lie.
            remember: how many connections' credentials to keep open at most.
            remember_seconds: how long to keep them open at most.
            clock: seconds that never go back.
        """
        self._keyring = keyring
        self._source = source
        self._remember = remember
        self._remember_seconds = remember_seconds
        self._clock = clock
        self._cache: OrderedDict[UUID, _Cached] = OrderedDict()
        self._used: set[UUID] = set()

    async def open(self, connection_id: UUID, version: int | None = None) -> OpenedCredentials:
        """Return the current credentials of a connection, by name; empty when none have been set.

        Args:
            connection_id: the connection.
            version: its ``credentials_version`` as the caller has just read it, which may spare the query;
                without it the database is always asked.

        Raises:
            UnknownConnection: there is no such connection.
            UnknownKey: the keyring lacks the key that a credential is sealed to.
            CannotOpen: a ciphertext has been altered or moved.
        """
        self._used.add(connection_id)
        if version is not None and (cached := self._recall(connection_id, version)) is not None:
            return cached
        sealed = await self._source.sealed_connection(connection_id)
        if sealed is None:
            raise UnknownConnection(connection_id)
        place = sealed.organization_id, sealed.connection_id
        credentials = OpenedCredentials({value.name: await self.open_value(*place, value) for value in sealed.values})
        self._keep(connection_id, _Cached(sealed.version, self._clock() + self._remember_seconds, credentials))
        return credentials

    async def open_value(self, organization_id: UUID, place_id: UUID, value: SealedValue) -> str:
        """Open one secret, and remember nothing.

        Args:
            organization_id: whose it is.
            place_id: the connection, or whatever else it was sealed for, such as a channel.
            value: the secret, sealed.

        Raises:
            UnknownKey: the keyring lacks the key that it is sealed to.
            CannotOpen: the ciphertext has been altered or moved.
        """
        info = binding_info(organization_id, place_id, value.name)
        return (await self._keyring.open(value.key_id, value.ciphertext, info)).decode()

    async def seal(
        self, organization_id: UUID, connection_id: UUID, secrets: Mapping[str, str]
    ) -> list[SealedCredential]:
        """Seal credentials that a provider gave, as clients seal those that they type.

        The public key comes from the keyring and not from the database, whoever may have written there.

        Raises:
            UnknownKey: there is no active key, or the keyring lacks it.
        """
        key_id = await self._source.active_key_id(organization_id)
        if key_id is None:
            raise UnknownKey("none")
        key = await self._keyring.public_key(key_id)
        return [seal_credential(key, organization_id, connection_id, name, secret) for name, secret in secrets.items()]

    async def flush_use(self) -> None:
        """Write down which credentials have been used since the last time; called now and then and at the end."""
        used, self._used = self._used, set()
        if used:
            await self._source.record_use(used)

    def forget(self) -> None:
        """Drop every opened credential from memory."""
        self._cache.clear()

    def _recall(self, connection_id: UUID, version: int) -> OpenedCredentials | None:
        cached = self._cache.get(connection_id)
        if cached is None:
            return None
        if cached.version < version or cached.expires_at <= self._clock():
            del self._cache[connection_id]
            return None
        self._cache.move_to_end(connection_id)
        return cached.credentials

    def _keep(self, connection_id: UUID, entry: _Cached) -> None:
        # Of two that were opened at once, the one that waited longer for the database may be the older one.
        known = self._cache.get(connection_id)
        if known is None or known.version <= entry.version:
            self._cache[connection_id] = entry
        self._cache.move_to_end(connection_id)
        while len(self._cache) > self._remember:
            self._cache.popitem(last=False)
