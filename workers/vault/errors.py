"""What can go wrong in the vault. No message holds a secret, a ciphertext or a part of either."""

from uuid import UUID


class VaultError(Exception):
    """Base of all errors of the vault."""


class KeyringError(VaultError):
    """The keyring cannot be read or written: missing, malformed, readable by others, or being changed."""


class UnknownKey(VaultError):
    """The keyring has no private key of that id, even after it has been read again."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"the keyring has no private key {key_id}")
        self.key_id = key_id


class CannotOpen(VaultError):
    """A ciphertext does not open: altered, moved from another place, or sealed to another key."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"a ciphertext does not open with key {key_id}: altered, moved, or sealed to another key")
        self.key_id = key_id


class UnknownConnection(VaultError):
    """There is no connection of that id."""

    def __init__(self, connection_id: UUID) -> None:
        super().__init__(f"there is no connection {connection_id}")
        self.connection_id = connection_id


class KeyChangeRefused(VaultError):
    """A change of the encryption keys that would lose a credential or leave clients without a key."""
