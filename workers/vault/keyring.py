"""The private keys that open credentials, behind an interface that a key management service can stand behind too."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from wasl.sealing import SUITE, PublicKey

from workers.vault.errors import CannotOpen, KeyringError, UnknownKey
from workers.vault.keyring_document import KeyringDocument
from workers.vault.keyring_file import KeyringFile


class Keyring(Protocol):
    """What the vault asks of whatever keeps the private keys. A private key itself is never asked for."""

    async def open(self, key_id: str, sealed: bytes, info: bytes) -> bytes:
        """Return the plaintext of ``sealed``; raises UnknownKey or CannotOpen."""

    async def public_key(self, key_id: str) -> PublicKey:
        """Return the public half of a private key it has; raises UnknownKey."""


class LocalKeyring:
    """A keyring in memory, read from a file or from the setting itself.

    A key that it does not know makes it read its file again: a worker goes on without a restart when an operator
    adds a key.
    """

    def __init__(self, read: Callable[[], KeyringDocument]) -> None:
        self._read = read
        self._private_keys = _private_keys(read())

    @classmethod
    def from_setting(cls, setting: str) -> Self:
        """Open the keyring that ``WASL_KEYRING`` names: a path, or the JSON document itself.

        Raises:
            KeyringError: it is missing, malformed, or may be read by others.
        """
        if is_inline(setting):
            document = KeyringDocument.parse(setting, "WASL_KEYRING")
            return cls(lambda: document)
        return cls(keyring_file(setting).read)

    async def open(self, key_id: str, sealed: bytes, info: bytes) -> bytes:
        """See :class:`Keyring`."""
        private_key = self._find(key_id)
        try:
            return SUITE.decrypt(sealed, private_key, info)
        except (InvalidTag, ValueError):
            raise CannotOpen(key_id) from None

    async def public_key(self, key_id: str) -> PublicKey:
        """See :class:`Keyring`."""
        return PublicKey(key_id, self._find(key_id).public_key().public_bytes_raw())

    def _find(self, key_id: str) -> X25519PrivateKey:
        if key_id not in self._private_keys:
            self._private_keys = _private_keys(self._read())
        try:
            return self._private_keys[key_id]
        except KeyError:
            raise UnknownKey(key_id) from None


def is_inline(setting: str) -> bool:
    """Whether a keyring setting is the document itself and not the path of a file."""
    return setting.lstrip().startswith("{")


def keyring_file(setting: str) -> KeyringFile:
    """Return the file that a keyring setting names; raises KeyringError when it names none."""
    if not setting.strip():
        raise KeyringError("WASL_KEYRING is not set: it names the file that keeps the private keys")
    if is_inline(setting):
        raise KeyringError("WASL_KEYRING holds the keyring itself: to change keys, let it name a file")
    return KeyringFile(Path(setting).expanduser())


def _private_keys(document: KeyringDocument) -> dict[str, X25519PrivateKey]:
    return {entry.id: private_key for entry in document.keys if (private_key := entry.load()) is not None}
