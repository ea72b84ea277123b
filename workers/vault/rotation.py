"""Rotation: sealing every credential anew to the active key, while clients write and workers read.

No value changes, so no version does. Each batch is one transaction, and replaces a ciphertext only where it still
is the one that was opened: a client's write in between wins, and a rotation that is killed has lost nothing and
is simply begun again.
"""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from wasl.sealing import binding_info, seal

from workers.vault.errors import CannotOpen, VaultError
from workers.vault.keyring import Keyring

# Passes without any progress, as when clients hold the last rows locked, before a rotation leaves the rest.
_IDLE_PASSES = 5
_PAUSE_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class StaleCredential:
    """A current ciphertext that is sealed to a key which is no longer active, and the key it should go to."""

    credential_id: UUID
    version: int
    organization_id: UUID
    connection_id: UUID
    name: str
    key_id: str
    target_key_id: str
    ciphertext: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ResealedCredential:
    """The same credential sealed to its target key."""

    stale: StaleCredential
    ciphertext: bytes = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the new ciphertext in hexadecimal."""
        return hashlib.sha256(self.ciphertext).hexdigest()


class RotationStore(Protocol):
    """What a rotation asks of the database."""

    async def count_stale(self) -> int:
        """Return how many current ciphertexts are sealed to a key that is not active, where an active one exists."""

    async def stale_batch(self, after: UUID | None, limit: int) -> Sequence[StaleCredential]:
        """Return the next of them in the order of their ids."""

    async def replace(self, batch: Sequence[ResealedCredential]) -> int:
        """Put the new ciphertexts in place, in one transaction, and return how many.

        Skipped: one whose version or key has changed since, or that somebody else is writing at this moment.
        """


@dataclass(frozen=True, slots=True)
class RotationProgress:
    """How far a rotation has come."""

    total: int
    """Credentials that waited at the beginning."""
    resealed: int
    remaining: int
    """Credentials that wait now, as last counted."""
    failed: Mapping[UUID, str]
    """Credentials of the current pass that cannot be opened, and why."""


async def rotate(
    keyring: Keyring,
    store: RotationStore,
    *,
    batch_size: int = 200,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncIterator[RotationProgress]:
    """Seal everything anew to the active keys and tell the progress after every batch; the last word is the result.

    A result with ``remaining`` credentials says that they cannot be opened (``failed``) or could not be reached.
    Stopping in the middle is safe.
    """
    total = remaining = await store.count_stale()
    resealed, idle = 0, 0
    failed: dict[UUID, str] = {}
    yield RotationProgress(total, resealed, remaining, failed)
    while remaining > 0 and idle < _IDLE_PASSES:
        before, after, failed = resealed, None, {}
        while batch := await store.stale_batch(after, batch_size):
            after = batch[-1].credential_id
            fresh = await _reseal_batch(keyring, batch, failed)
            done = await store.replace(fresh) if fresh else 0
            resealed, remaining = resealed + done, max(0, remaining - done)
            yield RotationProgress(total, resealed, remaining, dict(failed))
        remaining = await store.count_stale()
        yield RotationProgress(total, resealed, remaining, dict(failed))
        if remaining <= len(failed):
            return
        if resealed == before:
            idle += 1
            await pause(_PAUSE_SECONDS)


async def _reseal_batch(
    keyring: Keyring, batch: Sequence[StaleCredential], failed: dict[UUID, str]
) -> list[ResealedCredential]:
    fresh = []
    for stale in batch:
        try:
            fresh.append(await reseal(keyring, stale))
        except VaultError as error:
            failed[stale.credential_id] = str(error)
    return fresh


async def reseal(keyring: Keyring, stale: StaleCredential) -> ResealedCredential:
    """Seal one credential to its target key.

    The public key comes from the keyring and not from the database, whoever may have written there; and the result
    is opened once before it may replace the only copy.

    Raises:
        UnknownKey: the keyring lacks the old or the new private key.
        CannotOpen: the ciphertext has been altered or moved.
    """
    info = binding_info(stale.organization_id, stale.connection_id, stale.name)
    target = await keyring.public_key(stale.target_key_id)
    secret = await keyring.open(stale.key_id, stale.ciphertext, info)
    ciphertext = seal(target.data, secret, info)
    if not hmac.compare_digest(await keyring.open(target.id, ciphertext, info), secret):
        raise CannotOpen(target.id)
    return ResealedCredential(stale, ciphertext)
