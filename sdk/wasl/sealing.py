"""Sealing: a secret is encrypted on the client, so that the database and every wire carry only ciphertext.

HPKE (RFC 9180) in base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM; the wire form is the
encapsulated key followed by the ciphertext. Sealing needs a public key only: whoever seals cannot open.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Final, TypedDict
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

ALGORITHM: Final = "HPKE-X25519-HKDF-SHA256-AES-256-GCM"
SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
PUBLIC_KEY_BYTES: Final = 32
OVERHEAD_BYTES: Final = 48  # the encapsulated key (32) and the authentication tag (16)
MAX_SECRET_BYTES: Final = 65_536 - OVERHEAD_BYTES  # the database takes ciphertexts of up to 64 KiB

_NAME = re.compile(r"[a-z][a-z0-9_]{0,60}")
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")
_HINT_CHARACTERS = 4
_HINT_FROM_LENGTH = 16  # four of at least sixteen characters: what stays unknown is still beyond guessing


class SealedCredential(TypedDict):
    """One element of the ``credentials`` array that the RPC ``set_credentials`` takes."""

    name: str
    ciphertext: str
    key_id: str
    hint: str | None


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The public half of an encryption key, as the table ``encryption_keys`` shows it."""

    id: str
    data: bytes
    algorithm: str = ALGORITHM

    def __post_init__(self) -> None:
        if self.algorithm != ALGORITHM:
            raise ValueError(f"encryption key {self.id}: unknown algorithm {self.algorithm!r}, expected {ALGORITHM}")
        if len(self.data) != PUBLIC_KEY_BYTES:
            raise ValueError(f"encryption key {self.id}: {len(self.data)} bytes, expected {PUBLIC_KEY_BYTES}")

    @classmethod
    def from_base64url(cls, id: str, public_key: str, algorithm: str = ALGORITHM) -> "PublicKey":
        """Read a key from the columns of its row; raises ValueError when they are not such a key."""
        return cls(id=id, data=decode_base64url(public_key), algorithm=algorithm)


def binding_info(organization_id: UUID | str, connection_id: UUID | str, name: str) -> bytes:
    """Return the HPKE ``info`` that binds a ciphertext to its one place: moved elsewhere, it does not open.

    Raises:
        ValueError: an identifier is no UUID, or the name is not that of a credential field (snake_case).
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"not the name of a credential: {name!r}")
    place = f"wasl/credential/v1\n{_uuid(organization_id)}\n{_uuid(connection_id)}\n{name}"
    return place.encode()


def seal(public_key: bytes, plaintext: bytes | str, info: bytes) -> bytes:
    """Encrypt ``plaintext`` (text as UTF-8) to a raw X25519 public key; every call gives another ciphertext.

    Raises:
        ValueError: the key is not a usable X25519 key, or the plaintext is longer than `MAX_SECRET_BYTES`.
    """
    data = plaintext.encode() if isinstance(plaintext, str) else plaintext
    if len(data) > MAX_SECRET_BYTES:
        raise ValueError(f"a secret has at most {MAX_SECRET_BYTES} bytes, this one has {len(data)}")
    return SUITE.encrypt(data, X25519PublicKey.from_public_bytes(public_key), info)


def seal_credential(
    key: PublicKey, organization_id: UUID | str, connection_id: UUID | str, name: str, secret: str
) -> SealedCredential:
    """Seal one credential of one connection, ready for the RPC ``set_credentials``.

    Raises:
        ValueError: as :func:`binding_info` and :func:`seal` do.
    """
    ciphertext = seal(key.data, secret, binding_info(organization_id, connection_id, name))
    return SealedCredential(name=name, ciphertext=encode_base64url(ciphertext), key_id=key.id, hint=hint(secret))


def hint(secret: str) -> str | None:
    """Return the last four characters of a secret long enough to spare them, else None."""
    if len(secret) < _HINT_FROM_LENGTH:
        return None
    shown = secret[-_HINT_CHARACTERS:]
    return shown if shown.isascii() and shown.isalnum() else None  # not the end of a PEM block or a JSON document


def encode_base64url(data: bytes) -> str:
    """Encode without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode_base64url(text: str) -> bytes:
    """Decode what :func:`encode_base64url` made; raises ValueError, without quoting it, for anything else."""
    if not _BASE64URL.fullmatch(text):
        raise ValueError("not base64url without padding")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise ValueError("not base64url without padding") from None
    if encode_base64url(data) != text:
        raise ValueError("not base64url in its one canonical form")
    return data


def _uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)
