"""Rotation on a real database: nothing is lost, whoever writes at the same time, and wherever it is interrupted."""

import asyncio
import hashlib
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import dict_row
from wasl.sealing import decode_base64url, encode_base64url, seal_credential

from stack import Stack
from tests.vault.conftest import Clients, Connection, Database
from workers.store.credentials import PostgresCredentials
from workers.store.pool import Pool
from workers.vault.credentials import CredentialVault, SealedValue
from workers.vault.errors import CannotOpen
from workers.vault.keyring import LocalKeyring
from workers.vault.keyring_document import KeyringDocument, KeyringEntry
from workers.vault.keyring_file import KeyringFile
from workers.vault.keys import new_key
from workers.vault.rotation import ResealedCredential, RotationProgress, rotate

Connected = dict[Connection, dict[str, str]]


@pytest.fixture
async def keyring(keyring_file: KeyringFile, store: PostgresCredentials) -> LocalKeyring:
    """A keyring whose one key is the hub's active one."""
    await new_key(keyring_file, store)
    return LocalKeyring(keyring_file.read)


@pytest.fixture
async def connected(keyring: LocalKeyring, clients: Clients) -> Connected:
    """Five connections with two credentials each."""
    secrets = {
        await clients.connect(): {"secret_key": f"sk_{number}", "webhook_secret": f"whsec_{number}"}
        for number in range(5)
    }
    for connection, values in secrets.items():
        await clients.set(connection, **values)
    return secrets


async def run(keyring: LocalKeyring, store: PostgresCredentials, batch_size: int = 3) -> RotationProgress:
    return [step async for step in rotate(keyring, store, batch_size=batch_size, pause=_no_pause)][-1]


async def opened(keyring: LocalKeyring, store: PostgresCredentials, connections: Connected) -> Connected:
    vault = CredentialVault(keyring, store)
    return {connection: dict(await vault.open(connection.id)) for connection in connections}


async def _no_pause(_: float) -> None:
    await asyncio.sleep(0)


async def test_signing_secrets_of_subscriptions_are_sealed_anew_as_well(
    keyring: LocalKeyring, keyring_file: KeyringFile, store: PostgresCredentials, clients: Clients, database: Database
) -> None:
    organization_id = (await clients.connect()).organization_id
    (former,) = [row.id for row in await store.registered_keys()]
    subscription = await (
        await database.execute(
            "insert into public.webhook_subscriptions (organization_id, name, url, event_types)"
            " values (%s, 'S', 'https://example.com', '{*}') returning id",
            [organization_id],
        )
    ).fetchone()
    assert subscription is not None
    place = organization_id, subscription["id"]
    sealed = seal_credential(await keyring.public_key(former), *place, "signing_secret", "whsec_1")
    await database.execute(
        "insert into private.webhook_secrets (organization_id, subscription_id, key_id, ciphertext, created_by)"
        " values (%s, %s, %s, %s, 'service')",
        [*place, former, decode_base64url(sealed["ciphertext"])],
    )
    active = await new_key(keyring_file, store)
    result = await run(keyring, store)
    assert (result.total, result.resealed, result.remaining, result.failed) == (1, 1, 0, {})
    row = await (await database.execute("select key_id, ciphertext from private.webhook_secrets")).fetchone()
    assert row is not None
    assert row["key_id"] == active.id
    value = SealedValue("signing_secret", row["key_id"], row["ciphertext"])
    assert await CredentialVault(keyring, store).open_value(*place, value) == "whsec_1"
    await store.retire_key(former)
    with pytest.raises(CannotOpen):
        await CredentialVault(keyring, store).open_value(place[1], place[0], value)


async def test_everything_is_sealed_to_the_active_key_and_opens_as_before(
    keyring: LocalKeyring, keyring_file: KeyringFile, store: PostgresCredentials, clients: Clients, connected: Connected
) -> None:
    before = {connection: await clients.current(connection) for connection in connected}
    active = await new_key(keyring_file, store)
    result = await run(keyring, store)
    assert (result.total, result.resealed, result.remaining, result.failed) == (10, 10, 0, {})
    assert await opened(keyring, store, connected) == connected
    for connection in connected:
        for name, row in (await clients.current(connection)).items():
            former = before[connection][name]
            assert row["key_id"] == row["sealed_to"] == active.id
            assert row["ciphertext"] != former["ciphertext"]
            assert row["fingerprint"] == hashlib.sha256(row["ciphertext"]).hexdigest()
            assert (row["version"], row["updated_at"], row["hint"]) == (
                former["version"],
                former["updated_at"],
                former["hint"],
            )


async def test_workers_that_remember_a_credential_need_not_open_it_again(
    keyring: LocalKeyring, keyring_file: KeyringFile, store: PostgresCredentials, clients: Clients, connected: Connected
) -> None:
    connection = next(iter(connected))
    vault = CredentialVault(keyring, store)
    first = await vault.open(connection.id, 1)
    await new_key(keyring_file, store)
    await run(keyring, store)
    assert await vault.open(connection.id, 1) is first


async def test_nothing_to_do_is_done_at_once(
    keyring: LocalKeyring, store: PostgresCredentials, connected: Connected
) -> None:
    assert await run(keyring, store) == RotationProgress(total=0, resealed=0, remaining=0, failed={})


async def test_progress_is_told_after_every_batch(
    keyring: LocalKeyring, keyring_file: KeyringFile, store: PostgresCredentials, connected: Connected
) -> None:
    await new_key(keyring_file, store)
    told = [(step.resealed, step.remaining) async for step in rotate(keyring, store, batch_size=4, pause=_no_pause)]
    assert told == [(0, 10), (4, 6), (8, 2), (10, 0), (10, 0)]


async def test_an_organizations_own_key_goes_to_its_own_next_one(
    keyring: LocalKeyring, keyring_file: KeyringFile, store: PostgresCredentials, clients: Clients
) -> None:
    own, other = await clients.connect(), await clients.connect()
    await new_key(keyring_file, store, organization_id=own.organization_id)
    await clients.set(own, secret_key="sk_own")
    await clients.set(other, secret_key="sk_other")
    hub_key = (await clients.current(other))["secret_key"]["key_id"]
    active = await new_key(keyring_file, store, organization_id=own.organization_id)
    assert (await run(keyring, store)).resealed == 1
    assert (await clients.current(own))["secret_key"]["sealed_to"] == active.id
    assert (await clients.current(other))["secret_key"]["sealed_to"] == hub_key
    assert await opened(keyring, store, {own: {}, other: {}}) == {
        own: {"secret_key": "sk_own"},
        other: {"secret_key": "sk_other"},
    }


async def test_stopped_after_a_batch_it_is_simply_begun_again(
    keyring: LocalKeyring, keyring_file: KeyringFile, store: PostgresCredentials, connected: Connected
) -> None:
    await new_key(keyring_file, store)
    steps = rotate(keyring, store, batch_size=3)
    assert (await anext(steps)).resealed == 0
    assert (await anext(steps)).resealed == 3
    await steps.aclose()  # type: ignore[attr-defined]
    assert await opened(keyring, store, connected) == connected
    result = await run(keyring, store)
    assert (result.total, result.resealed, result.remaining) == (7, 7, 0)
    assert await opened(keyring, store, connected) == connected


async def test_killed_half_way_it_has_lost_nothing(
    keyring: LocalKeyring,
    keyring_file: KeyringFile,
    store: PostgresCredentials,
    connected: Connected,
    vault_stack: Stack,
) -> None:
    await new_key(keyring_file, store)
    async with await psycopg.AsyncConnection.connect(vault_stack.database_url) as client:
        # One credential stays locked, so that the command cannot come to its end before it is killed.
        await client.execute("select from public.api_credentials order by id desc limit 1 for update")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "workers.cli", "keys", "rotate", "--batch-size", "1"),
            env={"WASL_DATABASE_URL": vault_stack.worker_database_url, "WASL_KEYRING": str(keyring_file.path)},
            cwd=Path(__file__).parents[2],
            stderr=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
        )
        async with asyncio.timeout(60):
            while await store.count_stale() > 5:
                await asyncio.sleep(0.002)
        process.kill()
        await process.wait()
    assert 1 <= await store.count_stale() <= 5
    assert await opened(keyring, store, connected) == connected
    assert (await run(keyring, store)).remaining == 0
    assert await opened(keyring, store, connected) == connected


class Interrupted(PostgresCredentials):
    """A store in which something happens once, between the opening of the first batch and its replacement."""

    def __init__(self, pool: Pool, meanwhile: Callable[[], Awaitable[None]]) -> None:
        super().__init__(pool)
        self._meanwhile: Callable[[], Awaitable[None]] | None = meanwhile

    async def replace(self, batch: Sequence[ResealedCredential]) -> int:
        if self._meanwhile is not None:
            meanwhile, self._meanwhile = self._meanwhile, None
            await meanwhile()
        return await super().replace(batch)


async def test_a_value_that_a_client_sets_meanwhile_wins(
    keyring: LocalKeyring, keyring_file: KeyringFile, pool: Pool, clients: Clients, connected: Connected
) -> None:
    changed, removed = list(connected)[:2]
    expected = {**connected, changed: {**connected[changed], "secret_key": "sk_changed"}, removed: {}}

    async def meanwhile() -> None:
        await clients.set(changed, secret_key="sk_changed")
        await clients.database.execute("delete from public.api_credentials where connection_id = %s", [removed.id])

    store = Interrupted(pool, meanwhile)
    active = await new_key(keyring_file, store)
    result = await run(keyring, store, batch_size=100)
    assert (result.total, result.resealed, result.remaining, result.failed) == (10, 7, 0, {})
    assert await opened(keyring, store, connected) == expected
    assert (await clients.current(changed))["secret_key"]["version"] == 2
    assert {row["sealed_to"] for row in (await clients.current(changed)).values()} == {active.id}


async def test_two_rotations_at_once_do_the_work_once(
    keyring: LocalKeyring, keyring_file: KeyringFile, store: PostgresCredentials, connected: Connected
) -> None:
    await new_key(keyring_file, store)
    first, second = await asyncio.gather(run(keyring, store), run(keyring, store))
    assert first.resealed + second.resealed == 10
    assert first.remaining == second.remaining == 0
    assert await opened(keyring, store, connected) == connected


async def test_it_never_waits_for_a_client_and_comes_back_for_what_was_locked(
    keyring: LocalKeyring,
    keyring_file: KeyringFile,
    store: PostgresCredentials,
    clients: Clients,
    connected: Connected,
    vault_stack: Stack,
) -> None:
    await new_key(keyring_file, store)
    slow = next(iter(connected))
    pauses: list[float] = []
    async with await psycopg.AsyncConnection.connect(vault_stack.database_url, row_factory=dict_row) as client:
        await Clients(client).database.execute(
            "select from public.api_credentials where connection_id = %s for update", [slow.id]
        )

        async def pause(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 2:
                await client.rollback()

        steps = [step async for step in rotate(keyring, store, batch_size=100, pause=pause)]
    assert [step.remaining for step in steps if step.remaining][-1] == 2
    assert (steps[-1].resealed, steps[-1].remaining) == (10, 0)
    assert len(pauses) == 2


async def test_what_stays_locked_is_left_and_told(
    keyring: LocalKeyring,
    keyring_file: KeyringFile,
    store: PostgresCredentials,
    connected: Connected,
    vault_stack: Stack,
) -> None:
    await new_key(keyring_file, store)
    async with await psycopg.AsyncConnection.connect(vault_stack.database_url) as client:
        await client.execute("select from public.api_credentials limit 4 for update")
        result = await run(keyring, store, batch_size=100)
    assert (result.resealed, result.remaining, result.failed) == (6, 4, {})


async def test_clients_that_write_all_the_time_lose_nothing(
    keyring: LocalKeyring,
    keyring_file: KeyringFile,
    store: PostgresCredentials,
    clients: Clients,
    connected: Connected,
    vault_stack: Stack,
) -> None:
    written: Connected = {connection: dict(values) for connection, values in connected.items()}
    stop = asyncio.Event()

    async def write_all_the_time() -> None:
        async with await psycopg.AsyncConnection.connect(
            vault_stack.database_url, autocommit=True, row_factory=dict_row
        ) as own:
            client, number = Clients(own), 0
            while not stop.is_set():
                for connection in written:
                    number += 1
                    values = {"webhook_secret": f"whsec_new_{number}", "secret_key": f"sk_new_{number}"}
                    try:
                        await client.set(connection, **values)
                        written[connection] = values
                    except psycopg.DatabaseError as error:
                        if "encryption_key_not_active" not in str(error):  # fetched just before the new key
                            raise

    async with asyncio.TaskGroup() as group:
        group.create_task(write_all_the_time())
        for _ in range(5):
            active = await new_key(keyring_file, store)
            assert (await run(keyring, store, batch_size=2)).failed == {}
        stop.set()
    assert (await run(keyring, store)).remaining == 0
    assert await opened(keyring, store, written) == written
    for connection in written:
        assert {row["sealed_to"] for row in (await clients.current(connection)).values()} == {active.id}


async def test_what_cannot_be_opened_is_told_and_the_rest_goes_on(
    keyring: LocalKeyring,
    keyring_file: KeyringFile,
    store: PostgresCredentials,
    clients: Clients,
    connected: Connected,
    database: Database,
) -> None:
    broken = (await clients.current(next(iter(connected))))["secret_key"]
    await database.execute(
        "update private.sealed_credentials set ciphertext = set_byte(ciphertext, 40, get_byte(ciphertext, 40) # 1) "
        "where credential_id = %s",
        [broken["id"]],
    )
    await new_key(keyring_file, store)
    result = await run(keyring, store)
    assert (result.resealed, result.remaining, list(result.failed)) == (9, 1, [broken["id"]])
    assert f"does not open with key {broken['key_id']}" in result.failed[broken["id"]]
    assert (await clients.current(next(iter(connected))))["secret_key"]["sealed_to"] == broken["key_id"]


async def test_without_the_new_private_key_nothing_is_replaced(
    keyring: LocalKeyring, keyring_file: KeyringFile, store: PostgresCredentials, connected: Connected
) -> None:
    await new_key(KeyringFile(keyring_file.path.with_name("other.json")), store)
    result = await run(keyring, store)
    assert (result.resealed, result.remaining, len(result.failed)) == (0, 10, 10)
    assert await opened(keyring, store, connected) == connected


async def test_a_public_key_forged_in_the_database_gets_nothing(
    keyring: LocalKeyring,
    keyring_file: KeyringFile,
    store: PostgresCredentials,
    database: Database,
    connected: Connected,
) -> None:
    active = await new_key(keyring_file, store)
    foreign = KeyringEntry.generate(datetime.now(UTC))
    foreign_public_key = foreign.public_key()
    assert foreign_public_key is not None
    await database.execute(
        "update public.encryption_keys set public_key = %s where id = %s",
        [encode_base64url(foreign_public_key.data), active.id],
    )
    assert (await run(keyring, store)).resealed == 10
    true_keyring = LocalKeyring(lambda: KeyringDocument(keys=keyring_file.read().keys))
    assert await opened(true_keyring, store, connected) == connected
