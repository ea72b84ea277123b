"""The two keys of backups: the workers' one, which can only write them, and the recovery key, which opens them."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from wasl.sealing import SUITE, decode_base64url, encode_base64url

from workers.compliance.backup.errors import WrongKey

_BACKUP_PREFIX: Final = "wasl-backup-key-1."
_RECOVERY_PREFIX: Final = "wasl-recovery-key-1."
_HALF_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class BackupKey:
    """What backups are sealed to.

    :param public_key: the recovery key's X25519 public half, 32 bytes.
    :param authenticator: 32 bytes that go into every key derivation: who does not know them can read the public half
        anywhere and still make no backup that opens.
    """

    public_key: bytes
    authenticator: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """Tells keys apart; in every manifest."""
        return hashlib.sha256(self.public_key).hexdigest()[:16]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``WASL_BACKUP_KEY``; raises WrongKey, which quotes nothing of it."""
        return cls(*_halves(text, _BACKUP_PREFIX, "backup key"))

    def dump(self) -> str:
        """The key as text, for the setting."""
        return _BACKUP_PREFIX + encode_base64url(self.public_key + self.authenticator)

    def seal(self, file_key: bytes, info: bytes) -> bytes:
        """Seal the key of one backup (HPKE, as credentials are)."""
        return SUITE.encrypt(file_key, X25519PublicKey.from_public_bytes(self.public_key), info)


@dataclass(frozen=True, slots=True)
class RecoveryKey:
    """What opens backups. It is kept away from the hub, on paper or in a safe."""

    private_key: bytes = field(repr=False)
    authenticator: bytes = field(repr=False)

    @classmethod
    def generate(cls) -> Self:
        """A new key."""
        return cls(X25519PrivateKey.generate().private_bytes_raw(), secrets.token_bytes(_HALF_BYTES))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a recovery key; raises WrongKey, which quotes nothing of it."""
        return cls(*_halves(text, _RECOVERY_PREFIX, "recovery key"))

    def dump(self) -> str:
        """The key as text: to be shown once and stored nowhere."""
        return _RECOVERY_PREFIX + encode_base64url(self.private_key + self.authenticator)

    @property
    def backup_key(self) -> BackupKey:
        """Its other half, for the workers."""
        public_key = X25519PrivateKey.from_private_bytes(self.private_key).public_key().public_bytes_raw()
        return BackupKey(public_key, self.authenticator)

    def open(self, sealed: bytes, info: bytes) -> bytes:
        """Open the key of one backup; raises WrongKey."""
        try:
            return SUITE.decrypt(sealed, X25519PrivateKey.from_private_bytes(self.private_key), info)
        except (InvalidTag, ValueError):
            raise WrongKey("The recovery key does not open this backup.") from None


def _halves(text: str, prefix: str, name: str) -> tuple[bytes, bytes]:
    text = text.strip()
    try:
        both = decode_base64url(text.removeprefix(prefix))
    except ValueError:
        both = b""
    if not text.startswith(prefix) or len(both) != 2 * _HALF_BYTES:
        raise WrongKey(f"That is no {name}: it begins with {prefix} and `wasl backup new-key` makes it.")
    return both[:_HALF_BYTES], both[_HALF_BYTES:]
