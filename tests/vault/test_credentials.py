"""Opening a connection's credentials: from the real database with the workers' own role, and from memory."""

import asyncio
import pickle
from collections.abc import Collection
from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg
import pytest
from wasl.sealing import binding_info, seal

from stack import Stack
from tests.vault.conftest import Clients, Database
from workers.store.credentials import PostgresCredentials
from workers.vault.credentials import CredentialVault, OpenedCredentials, SealedConnection, SealedValue
from workers.vault.errors import CannotOpen, UnknownConnection, UnknownKey
from workers.vault.keyring import LocalKeyring
from workers.vault.keyring_document import KeyringDocument, KeyringEntry
from workers.vault.keyring_file import KeyringFile
from workers.vault.keys import new_key

ENTRY = KeyringEntry.generate(datetime(2026, 1, 31, tzinfo=UTC))


class Source:
    """Sealed credentials in memory that count how often they are asked for."""

    def __init__(self) -> None:
        self.connections: dict[UUID, SealedConnection] = {}
        self.queries = 0
        self.uses: list[set[UUID]] = []

    def put(self, version: int = 1, connection_id: UUID | None = None, **secrets: str) -> UUID:
        organization_id, connection_id = uuid4(), connection_id or uuid4()
        public_key = ENTRY.public_key()
        assert public_key is not None
        values = [
            SealedValue(name, ENTRY.id, seal(public_key.data, text, binding_info(organization_id, connection_id, name)))
            for name, text in secrets.items()
        ]
        self.connections[connection_id] = SealedConnection(connection_id, organization_id, version, values)
        return connection_id

    async def sealed_connection(self, connection_id: UUID) -> SealedConnection | None:
        self.queries += 1
        return self.connections.get(connection_id)

    async def record_use(self, connection_ids: Collection[UUID]) -> None:
        self.uses.append(set(connection_ids))


class Clock:
    """Seconds that pass only when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def vault(source: Source, clock: Clock) -> CredentialVault:
    keyring = LocalKeyring(lambda: KeyringDocument(keys=(ENTRY,)))
    return CredentialVault(keyring, source, remember=3, remember_seconds=60, clock=clock)


async def test_credentials_come_by_name(vault: CredentialVault, source: Source) -> None:
    connection = source.put(secret_key="sk_one", webhook_secret="سرّ")
    opened = await vault.open(connection)
    assert opened == {"secret_key": "sk_one", "webhook_secret": "سرّ"}
    assert (opened["secret_key"], list(opened), len(opened)) == ("sk_one", ["secret_key", "webhook_secret"], 2)


async def test_a_connection_without_credentials_has_none(vault: CredentialVault, source: Source) -> None:
    assert await vault.open(source.put()) == {}


async def test_an_unknown_connection_is_named(vault: CredentialVault) -> None:
    nobody = uuid4()
    with pytest.raises(UnknownConnection, match=f"there is no connection {nobody}"):
        await vault.open(nobody)


def test_opened_credentials_show_their_names_only() -> None:
    opened = OpenedCredentials({"secret_key": "sk_one", "webhook_secret": "whsec_one"})
    assert repr(opened) == str(opened) == f"{opened}" == "<OpenedCredentials secret_key, webhook_secret>"


def test_opened_credentials_do_not_leave_the_process() -> None:
    with pytest.raises(TypeError, match="stay in this process"):
        pickle.dumps(OpenedCredentials({"secret_key": "sk_one"}))


async def test_a_known_version_spares_the_query(vault: CredentialVault, source: Source) -> None:
    connection = source.put(version=4, secret_key="sk_one")
    first = await vault.open(connection, 4)
    assert await vault.open(connection, 4) is first
    assert source.queries == 1


async def test_without_a_version_the_database_is_asked(vault: CredentialVault, source: Source) -> None:
    connection = source.put(secret_key="sk_one")
    await vault.open(connection)
    source.put(version=2, connection_id=connection, secret_key="sk_two")
    assert await vault.open(connection) == {"secret_key": "sk_two"}
    assert source.queries == 2


async def test_a_newer_version_is_fetched_at_once(vault: CredentialVault, source: Source) -> None:
    connection = source.put(version=1, secret_key="sk_one")
    await vault.open(connection, 1)
    source.put(version=2, connection_id=connection, secret_key="sk_two")
    assert await vault.open(connection, 2) == {"secret_key": "sk_two"}


async def test_a_caller_that_is_behind_gets_the_newer_value(vault: CredentialVault, source: Source) -> None:
    connection = source.put(version=2, secret_key="sk_two")
    await vault.open(connection, 2)
    assert await vault.open(connection, 1) == {"secret_key": "sk_two"}
    assert source.queries == 1


async def test_nothing_is_remembered_for_long(vault: CredentialVault, source: Source, clock: Clock) -> None:
    connection = source.put(secret_key="sk_one")
    await vault.open(connection, 1)
    clock.now += 59.9
    await vault.open(connection, 1)
    assert source.queries == 1
    clock.now += 0.1
    await vault.open(connection, 1)
    assert source.queries == 2


async def test_only_the_last_used_few_are_remembered(vault: CredentialVault, source: Source) -> None:
    first, second, third, fourth = [source.put(secret_key=f"sk_{number}") for number in range(4)]
    for connection in (first, second, third, first, fourth):  # `second` has waited longest when `fourth` comes
        await vault.open(connection, 1)
    assert source.queries == 4
    for connection in (first, third, fourth):
        await vault.open(connection, 1)
    assert source.queries == 4
    await vault.open(second, 1)
    assert source.queries == 5


async def test_an_answer_that_was_overtaken_does_not_replace_a_newer_one(
    vault: CredentialVault, source: Source
) -> None:
    connection = source.put(version=1, secret_key="sk_one")
    held = asyncio.Event()
    asked = source.sealed_connection

    async def slow(connection_id: UUID) -> SealedConnection | None:
        answer = await asked(connection_id)
        await held.wait()
        return answer

    source.sealed_connection = slow  # type: ignore[method-assign]
    late = asyncio.create_task(vault.open(connection, 1))
    await asyncio.sleep(0)
    source.sealed_connection = asked  # type: ignore[method-assign]
    source.put(version=2, connection_id=connection, secret_key="sk_two")
    await vault.open(connection, 2)
    held.set()
    await late
    assert await vault.open(connection, 2) == {"secret_key": "sk_two"}
    assert source.queries == 2


async def test_forgetting_empties_the_memory(vault: CredentialVault, source: Source) -> None:
    connection = source.put(secret_key="sk_one")
    await vault.open(connection, 1)
    vault.forget()
    await vault.open(connection, 1)
    assert source.queries == 2


async def test_use_is_written_down_once_for_many_uses(vault: CredentialVault, source: Source) -> None:
    first, second = source.put(secret_key="sk_one"), source.put(secret_key="sk_two")
    for connection in (first, second, first, first):
        await vault.open(connection, 1)
    await vault.flush_use()
    await vault.flush_use()
    assert source.uses == [{first, second}]


# The same with the real database, as the workers' role.


@pytest.fixture
async def real_vault(keyring_file: KeyringFile, store: PostgresCredentials) -> CredentialVault:
    await new_key(keyring_file, store)
    return CredentialVault(LocalKeyring.from_setting(str(keyring_file.path)), store)


async def test_what_a_client_set_opens_in_the_worker(real_vault: CredentialVault, clients: Clients) -> None:
    connection = await clients.connect()
    assert await real_vault.open(connection.id) == {}
    await clients.set(connection, secret_key="sk_one", webhook_secret="whsec_one")
    assert await real_vault.open(connection.id) == {"secret_key": "sk_one", "webhook_secret": "whsec_one"}
    await clients.set(connection, secret_key="sk_two")
    assert await real_vault.open(connection.id, 2) == {"secret_key": "sk_two", "webhook_secret": "whsec_one"}


async def test_a_connection_that_does_not_exist_is_named_by_the_database_too(real_vault: CredentialVault) -> None:
    with pytest.raises(UnknownConnection):
        await real_vault.open(uuid4())


async def test_a_replaced_ciphertext_is_gone_and_its_line_stays(
    real_vault: CredentialVault, clients: Clients, database: Database
) -> None:
    connection = await clients.connect()
    (row,) = await clients.set(connection, secret_key="sk_one")
    await clients.set(connection, secret_key="sk_two")
    cursor = await database.execute(
        "select version, ciphertext is null as erased, superseded_at is null as current "
        "from private.sealed_credentials where credential_id = %s order by version",
        [row["id"]],
    )
    assert await cursor.fetchall() == [
        {"version": 1, "erased": True, "current": False},
        {"version": 2, "erased": False, "current": True},
    ]


async def test_a_ciphertext_moved_to_another_row_does_not_open(
    real_vault: CredentialVault, clients: Clients, database: Database
) -> None:
    mine, theirs = await clients.connect(), await clients.connect()
    await clients.set(mine, secret_key="sk_mine")
    await clients.set(theirs, secret_key="sk_theirs")
    stolen = (await clients.current(mine))["secret_key"]["ciphertext"]
    await database.execute(
        "update private.sealed_credentials set ciphertext = %s where credential_id = %s",
        [stolen, (await clients.current(theirs))["secret_key"]["id"]],
    )
    with pytest.raises(CannotOpen):
        await real_vault.open(theirs.id)


async def test_a_key_that_the_keyring_lacks_is_named(
    real_vault: CredentialVault, clients: Clients, store: PostgresCredentials, keyring_file: KeyringFile
) -> None:
    elsewhere = await new_key(KeyringFile(keyring_file.path.with_name("other.json")), store)
    connection = await clients.connect()
    await clients.set(connection, secret_key="sk_one")
    with pytest.raises(UnknownKey, match=elsewhere.id):
        await real_vault.open(connection.id)


async def test_a_running_worker_learns_of_a_new_key(
    real_vault: CredentialVault, clients: Clients, store: PostgresCredentials, keyring_file: KeyringFile
) -> None:
    connection = await clients.connect()
    await new_key(keyring_file, store)
    await clients.set(connection, secret_key="sk_one")
    assert await real_vault.open(connection.id) == {"secret_key": "sk_one"}


async def test_use_shows_on_the_credential_and_rarely_costs_a_write(
    real_vault: CredentialVault, clients: Clients
) -> None:
    connection = await clients.connect()
    await clients.set(connection, secret_key="sk_one")
    assert (await clients.current(connection))["secret_key"]["last_used_at"] is None
    await real_vault.open(connection.id)
    await real_vault.flush_use()
    first = (await clients.current(connection))["secret_key"]["last_used_at"]
    assert first is not None
    await real_vault.open(connection.id)
    await real_vault.flush_use()
    assert (await clients.current(connection))["secret_key"]["last_used_at"] == first


@pytest.mark.parametrize(
    "statement",
    [
        "insert into private.sealed_credentials (credential_id, version, key_id) values (gen_random_uuid(), 1, 'k')",
        "delete from private.sealed_credentials",
        "update private.sealed_credentials set version = 2",
        "update public.api_credentials set name = 'other'",
        "delete from public.encryption_keys",
    ],
)
async def test_the_workers_role_may_do_no_more_than_it_needs(vault_stack: Stack, statement: str) -> None:
    async with await psycopg.AsyncConnection.connect(vault_stack.worker_database_url) as worker:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await worker.execute(statement)
