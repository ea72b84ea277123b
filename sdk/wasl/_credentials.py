"""Sealing secrets of connections and subscriptions."""

from collections.abc import Mapping
from uuid import UUID

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


def sealed_signing_secret(
    key: EncryptionKey, organization_id: UUID, subscription_id: UUID, secret: str
) -> dict[str, str]:
    """Return the secret that signs a subscription's deliveries, sealed for it alone: ``{ciphertext, key_id}``."""
    public_key = PublicKey.from_base64url(key.id, key.public_key, key.algorithm)
    sealed_one = seal_credential(public_key, organization_id, subscription_id, "signing_secret", secret)
    return {"ciphertext": sealed_one["ciphertext"], "key_id": sealed_one["key_id"]}
