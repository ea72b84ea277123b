"""The life of a key: the private half comes first, the former key stays until nothing needs it, nothing is lost."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.rows import dict_row
from wasl.sealing import PublicKey, encode_base64url

from stack import Stack
from tests.vault.conftest import Clients, Database
from workers.store.credentials import PostgresCredentials
from workers.vault.credentials import CredentialVault
from workers.vault.errors import CannotOpen, KeyChangeRefused, KeyringError
from workers.vault.keyring import LocalKeyring
from workers.vault.keyring_document import KeyringEntry, KeyState
from workers.vault.keyring_file import KeyringFile
from workers.vault.keys import RegisteredKey, list_keys, new_key, retire_key
from workers.vault.rotation import rotate


class Registry:
    """A registry that looks into the keyring's file when a public key arrives, and can be made to fail."""

    def __init__(self, file: KeyringFile, failure: Exception | None = None) -> None:
        self.file = file
        self.failure = failure
        self.keys: list[RegisteredKey] = []

    async def registered_keys(self) -> Sequence[RegisteredKey]:
        return self.keys

    async def register_key(self, key: PublicKey, organization_id: UUID | None) -> None:
        entry = self.file.read().find(key.id)
        assert entry is not None and entry.public_key() == key, "registered before it was in the keyring"
        if self.failure:
            raise self.failure
        now = datetime.now(UTC)
        text = encode_base64url(key.data)
        self.keys.append(RegisteredKey(key.id, organization_id, text, KeyState.ACTIVE, now, None, 0))

    async def retire_key(self, key_id: str) -> None:
        raise NotImplementedError


async def states(store: PostgresCredentials) -> dict[str, KeyState]:
    return {key.id: key.state for key in await store.registered_keys()}


def keyring_states(file: KeyringFile) -> dict[str, KeyState]:
    return {entry.id: entry.state for entry in file.read().keys}


async def test_the_first_key_is_registered_and_active(keyring_file: KeyringFile, store: PostgresCredentials) -> None:
    key = await new_key(keyring_file, store)
    assert await states(store) == keyring_states(keyring_file) == {key.id: KeyState.ACTIVE}


async def test_the_next_key_makes_the_former_one_retiring(
    keyring_file: KeyringFile, store: PostgresCredentials
) -> None:
    first, second = await new_key(keyring_file, store), await new_key(keyring_file, store)
    expected = {first.id: KeyState.RETIRING, second.id: KeyState.ACTIVE}
    assert await states(store) == keyring_states(keyring_file) == expected


async def test_an_organization_has_keys_of_its_own(
    keyring_file: KeyringFile, store: PostgresCredentials, clients: Clients
) -> None:
    organization = (await clients.connect()).organization_id
    hub, own = await new_key(keyring_file, store), await new_key(keyring_file, store, organization_id=organization)
    assert await states(store) == {hub.id: KeyState.ACTIVE, own.id: KeyState.ACTIVE}
    assert (await clients.active_key(organization)).id == own.id


async def test_a_key_of_no_organization_is_refused(keyring_file: KeyringFile, store: PostgresCredentials) -> None:
    nobody = uuid4()
    with pytest.raises(KeyChangeRefused, match=f"there is no organization {nobody}"):
        await new_key(keyring_file, store, organization_id=nobody)


async def test_the_private_half_is_in_the_keyring_before_the_public_half_is_registered(
    keyring_file: KeyringFile,
) -> None:
    key = await new_key(keyring_file, Registry(keyring_file))  # the registry looks
    assert keyring_states(keyring_file) == {key.id: KeyState.ACTIVE}


async def test_a_key_left_unregistered_by_a_crash_is_taken_up_again(keyring_file: KeyringFile) -> None:
    with pytest.raises(ConnectionError):
        await new_key(keyring_file, Registry(keyring_file, ConnectionError()))
    (left,) = keyring_file.read().keys
    assert left.state is KeyState.CREATED
    assert (await new_key(keyring_file, Registry(keyring_file))).id == left.id


async def test_a_staged_key_waits_for_its_registration(keyring_file: KeyringFile, store: PostgresCredentials) -> None:
    active = await new_key(keyring_file, store)
    staged = await new_key(keyring_file, store, stage=True)
    assert await states(store) == {active.id: KeyState.ACTIVE}
    assert keyring_states(keyring_file) == {active.id: KeyState.ACTIVE, staged.id: KeyState.CREATED}
    assert (await new_key(keyring_file, store)).id == staged.id
    assert await states(store) == {active.id: KeyState.RETIRING, staged.id: KeyState.ACTIVE}


async def test_ensuring_a_key_makes_one_only_once(keyring_file: KeyringFile, store: PostgresCredentials) -> None:
    made = await new_key(keyring_file, store, only_if_missing=True)
    assert (await new_key(keyring_file, store, only_if_missing=True)).id == made.id
    assert len(await store.registered_keys()) == 1


async def test_ensuring_refuses_a_keyring_that_lacks_the_active_key(
    keyring_file: KeyringFile, store: PostgresCredentials
) -> None:
    lost = await new_key(keyring_file, store)
    keyring_file.path.unlink()
    with pytest.raises(KeyringError, match=f"the active key {lost.id} is not in the keyring"):
        await new_key(keyring_file, store, only_if_missing=True)


async def test_of_two_that_make_a_key_at_once_one_is_active_in_the_end(
    keyring_file: KeyringFile, store: PostgresCredentials
) -> None:
    other = KeyringFile(keyring_file.path.with_name("other.json"))
    await new_key(keyring_file, store)
    results = await asyncio.gather(new_key(keyring_file, store), new_key(other, store), return_exceptions=True)
    made = [result.id for result in results if isinstance(result, KeyringEntry)]
    refused = [result for result in results if not isinstance(result, KeyringEntry)]
    assert made
    assert all(isinstance(refusal, KeyChangeRefused) for refusal in refused)
    active = [id for id, state in (await states(store)).items() if state is KeyState.ACTIVE]
    assert len(active) == 1
    assert active[0] in made


async def test_a_key_in_use_is_not_retired(
    keyring_file: KeyringFile, store: PostgresCredentials, clients: Clients
) -> None:
    key = await new_key(keyring_file, store)
    await clients.set(await clients.connect(), secret_key="sk_one", webhook_secret="whsec_one")
    with pytest.raises(KeyChangeRefused, match=f"clients seal to {key.id}: make another key first"):
        await retire_key(keyring_file, store, key.id)
    await new_key(keyring_file, store)
    with pytest.raises(KeyChangeRefused, match=f"2 credentials are still sealed to {key.id}: `wasl keys rotate` first"):
        await retire_key(keyring_file, store, key.id)
    assert (await states(store))[key.id] is KeyState.RETIRING


async def test_an_unknown_key_is_not_retired(keyring_file: KeyringFile, store: PostgresCredentials) -> None:
    await new_key(keyring_file, store)
    with pytest.raises(KeyChangeRefused, match="there is no encryption key 20200101-nobody"):
        await retire_key(keyring_file, store, "20200101-nobody")


async def test_a_key_that_was_rotated_away_is_retired(
    keyring_file: KeyringFile, store: PostgresCredentials, clients: Clients
) -> None:
    old = await new_key(keyring_file, store)
    connection = await clients.connect()
    await clients.set(connection, secret_key="sk_one")
    await new_key(keyring_file, store)
    keyring = LocalKeyring(keyring_file.read)
    async for _ in rotate(keyring, store):
        pass
    await retire_key(keyring_file, store, old.id)
    await retire_key(keyring_file, store, old.id)  # again, as after a crash in between
    assert (await states(store))[old.id] is keyring_states(keyring_file)[old.id] is KeyState.RETIRED
    (row,) = [key for key in await store.registered_keys() if key.id == old.id]
    assert row.retired_at is not None and row.credentials == 0
    assert await CredentialVault(keyring, store).open(connection.id) == {"secret_key": "sk_one"}


async def test_destroying_a_key_erases_its_private_half(keyring_file: KeyringFile, store: PostgresCredentials) -> None:
    old = await new_key(keyring_file, store)
    new = await new_key(keyring_file, store)
    assert old.private_key is not None
    await retire_key(keyring_file, store, old.id, destroy=True)
    assert old.private_key.get_secret_value() not in keyring_file.path.read_text()
    words = {status.id: status.keyring for status in await list_keys(keyring_file.read(), store)}
    assert words == {old.id: "destroyed", new.id: "present"}
    await new_key(keyring_file, store)
    assert keyring_states(keyring_file)[old.id] is KeyState.RETIRED


async def test_retiring_waits_for_a_client_that_is_writing_with_the_key(
    keyring_file: KeyringFile, store: PostgresCredentials, clients: Clients, vault_stack: Stack, database: Database
) -> None:
    old = await new_key(keyring_file, store)
    connection = await clients.connect()
    sealed = await clients.seal(connection, secret_key="sk_one")
    async with await psycopg.AsyncConnection.connect(vault_stack.database_url, row_factory=dict_row) as slow:
        async with slow.transaction():
            await Clients(slow).send(connection, sealed)
            await new_key(keyring_file, store)
            retiring = asyncio.create_task(retire_key(keyring_file, store, old.id))
            await _until_somebody_waits_for_a_lock(database)
        with pytest.raises(KeyChangeRefused, match="1 credentials are still sealed"):
            await retiring


async def test_a_client_that_comes_with_a_former_key_is_sent_for_the_active_one(
    keyring_file: KeyringFile, store: PostgresCredentials, clients: Clients
) -> None:
    await new_key(keyring_file, store)
    connection = await clients.connect()
    sealed = await clients.seal(connection, secret_key="sk_one")
    await new_key(keyring_file, store)
    with pytest.raises(psycopg.DatabaseError, match="encryption_key_not_active"):
        await clients.send(connection, sealed)


async def test_the_list_tells_what_the_keyring_can_open(
    keyring_file: KeyringFile, store: PostgresCredentials, clients: Clients, database: Database
) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    forged = await new_key(keyring_file, store, now=start)
    await clients.set(await clients.connect(), secret_key="sk_one")
    other = KeyringFile(keyring_file.path.with_name("other.json"))
    missing = await new_key(other, store, now=start + timedelta(days=1))
    staged = await new_key(keyring_file, store, now=start + timedelta(days=2000), stage=True)
    foreign = KeyringEntry.generate(start).public_key()
    assert foreign is not None
    await database.execute(
        "update public.encryption_keys set public_key = %s where id = %s", [encode_base64url(foreign.data), forged.id]
    )
    listed = [
        (status.id, status.state, status.credentials, status.keyring)
        for status in await list_keys(keyring_file.read(), store)
    ]
    assert listed == [
        (forged.id, KeyState.RETIRING, 1, "forged"),
        (missing.id, KeyState.ACTIVE, 0, "missing"),
        (staged.id, KeyState.CREATED, 0, "present"),
    ]


async def test_what_is_sealed_to_a_forged_key_does_not_open_instead_of_passing_unseen(
    keyring_file: KeyringFile, store: PostgresCredentials, clients: Clients, database: Database
) -> None:
    await new_key(keyring_file, store)
    foreign = KeyringEntry.generate(datetime.now(UTC)).public_key()
    assert foreign is not None
    await database.execute("update public.encryption_keys set public_key = %s", [encode_base64url(foreign.data)])
    connection = await clients.connect()
    await clients.set(connection, secret_key="sk_one")
    with pytest.raises(CannotOpen):
        await CredentialVault(LocalKeyring(keyring_file.read), store).open(connection.id)


async def _until_somebody_waits_for_a_lock(database: Database) -> None:
    async with asyncio.timeout(10):
        while True:
            cursor = await database.execute("select 1 from pg_locks where not granted")
            if await cursor.fetchone():
                return
            await asyncio.sleep(0.01)
