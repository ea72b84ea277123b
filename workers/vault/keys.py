"""The life of the encryption keys: made in the keyring, registered for clients to seal to, replaced, retired.

One order holds everywhere: a private key is durably in the keyring before its public half is registered, and nothing
is sealed to a key any more before that key is retired.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from wasl.sealing import PublicKey, encode_base64url

from workers.vault.errors import KeyringError
from workers.vault.keyring_document import KeyringDocument, KeyringEntry, KeyState
from workers.vault.keyring_file import KeyringFile


@dataclass(frozen=True, slots=True)
class RegisteredKey:
    """A row of ``encryption_keys``, and how many current ciphertexts are sealed to it."""

    id: str
    organization_id: UUID | None
    public_key: str
    state: KeyState
    created_at: datetime
    retired_at: datetime | None
    credentials: int


class KeyRegistry(Protocol):
    """The public side of the keys: the table that clients read."""

    async def registered_keys(self) -> Sequence[RegisteredKey]:
        """Return all keys, oldest first."""

    async def register_key(self, key: PublicKey, organization_id: UUID | None) -> None:
        """Make a key the active one of an organization, or of the hub, and the former one retiring; all or nothing.

        Raises:
            KeyChangeRefused: another key became active at the same moment, or there is no such organization.
        """

    async def retire_key(self, key_id: str) -> None:
        """Retire a key, once nobody can be writing with it any more.

        Raises:
            KeyChangeRefused: it is unknown or active, or a current ciphertext is sealed to it.
        """


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """One key as both sides see it."""

    id: str
    state: KeyState
    created_at: datetime
    organization_id: UUID | None
    credentials: int
    keyring: str
    """``present``; ``destroyed``; ``missing``: the registry has a key that nothing can open; ``forged``: the
    registered public half is not that of the private key, so somebody else may open what clients seal to it."""


async def list_keys(document: KeyringDocument, registry: KeyRegistry) -> list[KeyStatus]:
    """Return every key of the keyring and of the registry, oldest first."""
    registered = await registry.registered_keys()
    known = {key.id for key in registered}
    statuses = [
        KeyStatus(key.id, key.state, key.created_at, key.organization_id, key.credentials, _keyring_word(document, key))
        for key in registered
    ]
    statuses += [
        KeyStatus(entry.id, entry.state, entry.created_at, None, 0, "present")
        for entry in document.keys
        if entry.id not in known and entry.private_key is not None
    ]
    return sorted(statuses, key=lambda status: status.created_at)


async def new_key(
    file: KeyringFile,
    registry: KeyRegistry,
    *,
    organization_id: UUID | None = None,
    stage: bool = False,
    only_if_missing: bool = False,
    now: datetime | None = None,
) -> KeyringEntry:
    """Make a key, keep it in the keyring, and make it the active one.

    A key that was staged before, or left unregistered by a crash, is taken first instead of making another.

    Args:
        file: the keyring.
        registry: where its public half goes.
        organization_id: whose key it shall be; None is the hub's own, which every organization seals to.
        stage: stop before the registration, so that the keyring can be brought to every worker first.
        only_if_missing: return the active key if the keyring can open it, and change nothing.
        now: the time of making, for tests.

    Raises:
        KeyringError: the keyring cannot be read or written, or is being changed.
        KeyChangeRefused: as :meth:`KeyRegistry.register_key` does.
    """
    with file.editing():
        document = file.read_or_empty()
        registered = await registry.registered_keys()
        active = next((key for key in registered if _is_active_of(key, organization_id)), None)
        if only_if_missing and active is not None:
            return _usable(document, active)
        entry = _staged(document, registered) or KeyringEntry.generate(now or datetime.now(UTC))
        public_key = entry.public_key()
        assert public_key is not None, "a key that has never been retired has its private half"
        file.write(document.with_entry(entry))
        if stage:
            return entry
        await registry.register_key(public_key, organization_id)
        document = await _repeat_states(file, registry)
        return document.find(entry.id) or entry


async def retire_key(file: KeyringFile, registry: KeyRegistry, key_id: str, *, destroy: bool = False) -> None:
    """Retire a key that nothing current is sealed to; with ``destroy``, also erase its private half for good.

    Raises:
        KeyringError: the keyring cannot be read or written, or is being changed.
        KeyChangeRefused: as :meth:`KeyRegistry.retire_key` does.
    """
    with file.editing():
        file.read()
        await registry.retire_key(key_id)
        document = await _repeat_states(file, registry)
        entry = document.find(key_id)
        if destroy and entry is not None:
            file.write(document.with_entry(entry.model_copy(update={"private_key": None})))


async def _repeat_states(file: KeyringFile, registry: KeyRegistry) -> KeyringDocument:
    """Write the registry's states into the keyring, where they are only for people to read."""
    document = file.read()
    states = {key.id: key.state for key in await registry.registered_keys()}
    for entry in document.keys:
        state = states.get(entry.id, entry.state)
        if state is not entry.state and (entry.private_key is not None or state is KeyState.RETIRED):
            document = document.with_entry(entry.model_copy(update={"state": state}))
    file.write(document)
    return document


def _is_active_of(key: RegisteredKey, organization_id: UUID | None) -> bool:
    return key.state is KeyState.ACTIVE and key.organization_id == organization_id


def _staged(document: KeyringDocument, registered: Sequence[RegisteredKey]) -> KeyringEntry | None:
    known = {key.id for key in registered}
    created = [entry for entry in document.keys if entry.state is KeyState.CREATED and entry.id not in known]
    return created[-1] if created else None


def _usable(document: KeyringDocument, active: RegisteredKey) -> KeyringEntry:
    entry = document.find(active.id)
    if entry is None or _keyring_word(document, active) != "present":
        raise KeyringError(
            f"the active key {active.id} is not in the keyring: restore the keyring that has it, "
            f"or make a new key with `wasl keys new` and set every credential again"
        )
    return entry


def _keyring_word(document: KeyringDocument, key: RegisteredKey) -> str:
    entry = document.find(key.id)
    if entry is None:
        return "missing"
    public_key = entry.public_key()
    if public_key is None:
        return "destroyed"
    return "present" if encode_base64url(public_key.data) == key.public_key else "forged"
