"""Sealing a connection's secrets."""

from collections.abc import Mapping

from wasl.models import Connection, EncryptionKey
from wasl.sealing import PublicKey, SealedCredential, seal_credential

STALE_KEY = "encryption_key_not_active"


def sealed(key: EncryptionKey, connection: Connection, credentials: Mapping[str, str]) -> list[SealedCredential]:
    """Return secrets sealed for one connection; raises TypeError or ValueError, which never repeat a secret."""
    public_key = PublicKey.from_base64url(key.id, key.public_key, key.algorithm)
    for name, secret in credentials.items():
        if not isinstance(secret, str):
            raise TypeError(f"credentials.{name} must be a str, not {type(secret).__name__}")
    return [
        seal_credential(public_key, connection.organization_id, connection.id, name, secret)
        for name, secret in credentials.items()
    ]
