"""A stack of the vault's own, because keys and rotation concern the whole database, and clients that seal into it."""

import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from wasl.sealing import PublicKey, SealedCredential, seal_credential

from stack import Stack
from tests.support.stacks import migrated_stack
from workers.store.credentials import PostgresCredentials
from workers.store.pool import Pool, open_pool
from workers.vault.keyring_file import KeyringFile

Database = psycopg.AsyncConnection[dict[str, Any]]

PROVIDER = """
    insert into public.integration_providers (key, name, category, description, countries, currencies, capabilities,
        auth_scheme, credential_fields, settings_fields, rate_limits,
        sandbox_base_url, live_base_url, documentation_url)
    values ('vault_example', 'Example', 'marketing', 'For the vault''s tests', '{}', '{}', '{}', 'bearer',
        '[{"name": "secret_key"}, {"name": "webhook_secret"}]', '[]',
        '{"sandbox": {"capacity": 1, "refill_per_second": 1}, "live": {"capacity": 1, "refill_per_second": 1}}',
        'https://sandbox.example', 'https://live.example', 'https://docs.example')
    on conflict do nothing
"""
FORGET_EVERYTHING = """
    truncate private.sealed_credentials, public.api_credentials, public.encryption_keys, public.organizations cascade
"""


@dataclass(frozen=True)
class Connection:
    """A connection of an organization of its own."""

    organization_id: UUID
    id: UUID


class Clients:
    """What clients of the hub do: connect, fetch the key that is active, seal to it, and set credentials."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def connect(self) -> Connection:
        """Create an organization and a connection of it."""
        organization = await self._one(
            "insert into public.organizations (name, slug) values ('Test', %s) returning id", [f"o{uuid.uuid4().hex}"]
        )
        connection = await self._one(
            "insert into public.integration_connections (organization_id, provider_key, name, environment) "
            "values (%s, 'vault_example', 'Test', 'sandbox') returning id",
            [organization],
        )
        return Connection(organization, connection)

    async def active_key(self, organization_id: UUID | None = None) -> PublicKey:
        """Fetch the key that clients seal to: the organization's own, else the hub's."""
        cursor = await self.database.execute(
            "select id, public_key from public.encryption_keys where state = 'active' "
            "and (organization_id is null or organization_id = %s) order by organization_id nulls last limit 1",
            [organization_id],
        )
        row = await cursor.fetchone()
        assert row is not None
        return PublicKey.from_base64url(row["id"], row["public_key"])

    async def seal(self, connection: Connection, **secrets: str) -> list[SealedCredential]:
        """Seal secrets by name for a connection."""
        key = await self.active_key(connection.organization_id)
        return [seal_credential(key, connection.organization_id, connection.id, *item) for item in secrets.items()]

    async def set(self, connection: Connection, **secrets: str) -> list[dict[str, Any]]:
        """Seal secrets and hand them over through the RPC; returns the rows it answers with."""
        return await self.send(connection, await self.seal(connection, **secrets))

    async def send(self, connection: Connection, sealed: list[SealedCredential]) -> list[dict[str, Any]]:
        """Hand over what has been sealed."""
        async with self.database.transaction():
            await self.database.execute("""select set_config('request.jwt.claims', '{"role": "service_role"}', true)""")
            cursor = await self.database.execute(
                "select * from public.set_credentials(%s, %s)", [connection.id, Jsonb(list(sealed))]
            )
            return await cursor.fetchall()

    async def current(self, connection: Connection) -> dict[str, dict[str, Any]]:
        """Return what the database holds of a connection's credentials, by name."""
        cursor = await self.database.execute(
            "select c.*, s.ciphertext, s.key_id as sealed_to from public.api_credentials c "
            "join private.sealed_credentials s on s.credential_id = c.id and s.superseded_at is null "
            "where c.connection_id = %s",
            [connection.id],
        )
        return {row["name"]: row for row in await cursor.fetchall()}

    async def _one(self, query: str, parameters: list[Any]) -> UUID:
        cursor = await self.database.execute(query, parameters)
        row = await cursor.fetchone()
        assert row is not None
        return UUID(str(row["id"]))


@pytest.fixture(scope="session")
async def vault_stack() -> AsyncIterator[Stack]:
    async with migrated_stack(only_database=True) as stack:
        yield stack


@pytest.fixture(scope="session")
async def pool(vault_stack: Stack) -> AsyncIterator[Pool]:
    """The workers' pool."""
    async with open_pool(vault_stack.worker_database_url, application_name="vault tests", max_size=4) as pool:
        yield pool


@pytest.fixture
async def database(vault_stack: Stack) -> AsyncIterator[Database]:
    """The database as its owner, without any key, organization or credential."""
    async with await psycopg.AsyncConnection.connect(
        vault_stack.database_url, autocommit=True, row_factory=dict_row
    ) as connection:
        await connection.execute(FORGET_EVERYTHING)
        await connection.execute(PROVIDER)
        yield connection


@pytest.fixture
def clients(database: Database) -> Clients:
    return Clients(database)


@pytest.fixture
def store(pool: Pool, database: Database) -> PostgresCredentials:
    return PostgresCredentials(pool)


@pytest.fixture
def keyring_file(keyring_directory: Path) -> KeyringFile:
    """The file of a keyring that does not exist yet."""
    return KeyringFile(keyring_directory / "keyring.json")


@pytest.fixture
def keyring_directory(tmp_path: Path) -> Iterator[Path]:
    directory = tmp_path / "keyring"
    yield directory
    rmtree(directory, ignore_errors=True)
