"""The vault's side of the database: sealed credentials, their rotation, and the public keys clients seal to."""

from collections.abc import Collection, Sequence
from typing import Any, LiteralString
from uuid import UUID

from psycopg.errors import ForeignKeyViolation, UniqueViolation
from wasl.sealing import PublicKey, encode_base64url

from workers.store.pool import Connection, Pool
from workers.store.queries import load_queries
from workers.vault.credentials import SealedConnection, SealedValue
from workers.vault.errors import KeyChangeRefused
from workers.vault.keyring_document import KeyState
from workers.vault.keys import RegisteredKey
from workers.vault.rotation import ResealedCredential, StaleCredential

QUERIES = load_queries("credentials")


class PostgresCredentials:
    """Implements what the vault asks for: `CredentialSource`, `RotationStore` and `KeyRegistry`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def sealed_connection(self, connection_id: UUID) -> SealedConnection | None:
        """See `CredentialSource`."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                QUERIES["sealed_connection"], {"connection_id": connection_id}, binary=True
            )
            rows = await cursor.fetchall()
        if not rows:
            return None
        organization_id, version = rows[0][:2]
        values = [SealedValue(name, key_id, sealed) for _, _, name, key_id, sealed in rows if name is not None]
        return SealedConnection(connection_id, organization_id, version, values)

    async def record_use(self, connection_ids: Collection[UUID]) -> None:
        """See `CredentialSource`."""
        async with self._pool.connection() as connection:
            await connection.execute(QUERIES["record_use"], {"connection_ids": list(connection_ids)})

    async def active_key_id(self, organization_id: UUID) -> str | None:
        """See `CredentialSource`."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES["active_key_id"], {"organization_id": organization_id})
            row = await cursor.fetchone()
        return None if row is None else str(row[0])

    async def count_stale(self) -> int:
        """See `RotationStore`."""
        async with self._pool.connection() as connection:
            return await _count(connection, QUERIES["count_stale"])

    async def stale_batch(self, after: UUID | None, limit: int) -> Sequence[StaleCredential]:
        """See `RotationStore`."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES["stale_batch"], {"after": after, "limit": limit}, binary=True)
            return [StaleCredential(*row) for row in await cursor.fetchall()]

    async def replace(self, batch: Sequence[ResealedCredential]) -> int:
        """See `RotationStore`."""
        parameters: dict[str, Any] = {
            "credential_ids": [item.stale.credential_id for item in batch],
            "versions": [item.stale.version for item in batch],
            "old_key_ids": [item.stale.key_id for item in batch],
            "key_ids": [item.stale.target_key_id for item in batch],
            "ciphertexts": [item.ciphertext for item in batch],
            "fingerprints": [item.fingerprint for item in batch],
        }
        async with self._pool.connection() as connection, connection.transaction():
            cursor = await connection.execute(QUERIES["replace_ciphertexts"], parameters)
            ((public_parts, private_parts),) = await cursor.fetchall()
            if public_parts != private_parts:
                raise RuntimeError("a credential and its ciphertext name different keys: nothing was replaced")
            return int(private_parts)

    async def registered_keys(self) -> Sequence[RegisteredKey]:
        """See `KeyRegistry`."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES["registered_keys"])
            rows = await cursor.fetchall()
        return [RegisteredKey(id, owner, data, KeyState(state), *rest) for id, owner, data, state, *rest in rows]

    async def register_key(self, key: PublicKey, organization_id: UUID | None) -> None:
        """See `KeyRegistry`."""
        row = {
            "id": key.id,
            "organization_id": organization_id,
            "algorithm": key.algorithm,
            "public_key": encode_base64url(key.data),
        }
        try:
            async with self._pool.connection() as connection, connection.transaction():
                await connection.execute(QUERIES["replace_active_key"], {"organization_id": organization_id})
                await connection.execute(QUERIES["insert_active_key"], row)
        except UniqueViolation:
            raise KeyChangeRefused("another key became active at the same moment: look at `wasl keys list`") from None
        except ForeignKeyViolation:
            raise KeyChangeRefused(f"there is no organization {organization_id}") from None

    async def retire_key(self, key_id: str) -> None:
        """See `KeyRegistry`."""
        async with self._pool.connection() as connection, connection.transaction():
            cursor = await connection.execute(QUERIES["lock_key"], {"id": key_id})
            row = await cursor.fetchone()
            if row is None:
                raise KeyChangeRefused(f"there is no encryption key {key_id}")
            state = KeyState(row[0])
            if state is KeyState.ACTIVE:
                raise KeyChangeRefused(f"clients seal to {key_id}: make another key first, with `wasl keys new`")
            if count := await _count(connection, QUERIES["count_sealed_to"], {"id": key_id}):
                raise KeyChangeRefused(f"{count} credentials are still sealed to {key_id}: `wasl keys rotate` first")
            if state is not KeyState.RETIRED:
                await connection.execute(QUERIES["retire_key"], {"id": key_id})


async def _count(connection: Connection, query: LiteralString, parameters: dict[str, Any] | None = None) -> int:
    cursor = await connection.execute(query, parameters)
    ((count,),) = await cursor.fetchall()
    return int(count)
