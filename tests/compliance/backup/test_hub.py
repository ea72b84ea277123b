"""A whole hub, backed up and restored into an empty one."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo
from wasl.sealing import binding_info

from stack.toolchain import ROOT
from tests.compliance.backup.conftest import SECRET, Source
from tests.support.empty_hubs import EmptyHubs, Hub
from workers.compliance.backup.catalog import Catalog, open_session, read_catalog
from workers.compliance.backup.create import create_backup
from workers.compliance.backup.errors import BackupError, Damaged, DoesNotFit
from workers.compliance.backup.keys import RecoveryKey
from workers.compliance.backup.read import Archive
from workers.compliance.backup.restore import Restored, restore
from workers.compliance.backup.resume import resume
from workers.compliance.backup.store import BackupStore
from workers.store.jobs import PostgresQueue
from workers.store.pool import Connection, open_pool
from workers.store.restores import HubHeld, refuse_if_held
from workers.vault.keyring import LocalKeyring

HELD = ("claim_id", "lease_until")
"""Columns of a job that say that it is held."""


async def everything(url: str) -> dict[str, list[str]]:
    """Every row of every table, as text; but for what holds jobs, and for the list of restores."""
    async with await open_session(url) as connection:
        catalog = await read_catalog(connection)
        return {
            table: await _rows(connection, table, catalog) for table in catalog.tables if table != "private.restores"
        }


async def _rows(connection: Connection, table: str, catalog: Catalog) -> list[str]:
    held = HELD if table == "private.jobs" else ()
    columns = [sql.Identifier(name) for name, _ in catalog.tables[table] if name not in held]
    query = sql.SQL("select row({})::text from {} order by 1").format(sql.SQL(", ").join(columns), sql.SQL(table))
    return [row[0] for row in await (await connection.execute(query)).fetchall()]


async def restored_into(hub: Hub, store: BackupStore, backup_id: str, recovery: RecoveryKey) -> Restored:
    archive = await Archive.open(store, backup_id, recovery)
    async with await open_session(hub.owner_url) as connection:
        return await restore(connection, archive)


@dataclass(frozen=True)
class Twin:
    """What was restored, the backup it was restored from, and what the source held then."""

    hub: Hub
    restored: Restored
    before: dict[str, list[str]]
    store: BackupStore


VERIFY = """
    with caller as materialized (select set_config('request.jwt.claims', '{"role": "service_role"}', false))
    select private.verify_audit_log(%s) from caller"""


@pytest.fixture(scope="module")
async def twin(
    source: Source, empty_hubs: EmptyHubs, recovery: RecoveryKey, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Twin]:
    store = BackupStore.open(str(tmp_path_factory.mktemp("backups")))
    before = await everything(source.stack.database_url)
    async with await open_session(source.backup_url) as reader:
        manifest = await create_backup(reader, store, recovery.backup_key)
    hub = await empty_hubs.new()
    yield Twin(hub, await restored_into(hub, store, manifest.id, recovery), before, store)


async def test_every_row_of_every_table_is_there_again(twin: Twin) -> None:
    after = await everything(twin.hub.owner_url)

    assert after == twin.before
    assert twin.restored.rows >= sum(map(len, after.values()))


async def test_the_hub_that_was_compared_had_rows_in_every_table_of_clients(twin: Twin) -> None:
    assert [table for table, rows in twin.before.items() if table.startswith("public.") and not rows] == []


async def test_audit_logs_verify_and_go_on(source: Source, twin: Twin) -> None:
    [(told,)] = await twin.hub.all(VERIFY, source.plain.id)

    assert isinstance(told, dict)
    assert told["intact"] and told["lines"] > 1


async def test_sealed_credentials_open_with_the_same_keyring(source: Source, twin: Twin) -> None:
    [(key_id, sealed)] = await twin.hub.all(
        "select s.key_id, s.ciphertext from private.sealed_credentials s"
        " join public.api_credentials c on c.id = s.credential_id where c.connection_id = %s",
        source.connection_id,
    )

    keyring = LocalKeyring(lambda: source.keyring)
    info = binding_info(source.plain.id, source.connection_id, "secret_key")
    assert await keyring.open(str(key_id), bytes(sealed), info) == SECRET.encode()  # type: ignore[arg-type]


async def test_no_byte_of_a_row_is_readable_in_the_store(source: Source, twin: Twin) -> None:
    folder = twin.store.folder
    assert folder is not None
    stored = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())

    assert source.plain.id.encode() not in stored
    assert b"payments" not in stored


async def test_a_worker_refuses_a_restored_hub_until_it_is_resumed_and_asks_before_it_sends(
    source: Source, empty_hubs: EmptyHubs, recovery: RecoveryKey, store: BackupStore, reader: Connection
) -> None:
    hub = await empty_hubs.new()
    manifest = await create_backup(reader, store, recovery.backup_key)
    await restored_into(hub, store, manifest.id, recovery)
    kinds = ["payment.create"]

    async with open_pool(hub.worker_url, application_name="restored") as pool:
        queue = PostgresQueue(pool)
        with pytest.raises(HubHeld, match=manifest.id):
            await refuse_if_held(pool)
        assert await queue.release_expired(kinds) == 0
        assert await queue.claim(source.connection_id, kinds, 1000, 60) == []

        async with await open_session(hub.owner_url) as owner:
            resumed = await resume(owner)
            with pytest.raises(BackupError, match="goes on already"):
                await resume(owner)

        await refuse_if_held(pool)
        [(waiting,)] = await hub.all("select count(*) from private.jobs")
        assert resumed.jobs == waiting != 0
        assert await queue.release_expired(kinds) == waiting
        claimed = await queue.claim(source.connection_id, kinds, 1000, 60)
        assert claimed and all(job.outcome_unknown for job in claimed)
    [(lines,)] = await hub.all("select count(*) from public.audit_log where action = 'organization.restored'")
    assert lines == len(await hub.all("select from public.organizations"))


async def test_the_workers_command_says_what_to_do_in_a_hub_that_is_held(twin: Twin) -> None:
    environment = os.environ | {"WASL_DATABASE_URL": twin.hub.worker_url, "WASL_KEYRING": '{"version": 1, "keys": []}'}
    command = [sys.executable, "-m", "workers.cli", "worker"]
    done = await asyncio.to_thread(
        subprocess.run, command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 3
    assert f"restored from {twin.restored.backup_id} and is held" in done.stderr


async def test_a_hub_that_is_not_empty_is_left_alone(twin: Twin, empty_hubs: EmptyHubs, recovery: RecoveryKey) -> None:
    hub = await empty_hubs.new()
    await hub.all("insert into public.organizations (name, slug) values ('Here', 'here')")

    with pytest.raises(DoesNotFit, match=r"not empty: public\.\w+ has rows"):
        await restored_into(hub, twin.store, twin.restored.backup_id, recovery)
    assert await hub.all("select slug from public.organizations") == [("here",)]


async def test_a_hub_with_workers_is_left_alone(twin: Twin, empty_hubs: EmptyHubs, recovery: RecoveryKey) -> None:
    hub = await empty_hubs.new()
    async with open_pool(hub.worker_url, application_name="at work"):
        with pytest.raises(DoesNotFit, match="Workers are connected"):
            await restored_into(hub, twin.store, twin.restored.backup_id, recovery)


async def test_another_schema_is_named(twin: Twin, empty_hubs: EmptyHubs, recovery: RecoveryKey) -> None:
    hub = await empty_hubs.new()
    await hub.all("alter table public.payouts add column later text")

    with pytest.raises(DoesNotFit, match=r"another schema than this hub: public\.payouts differs.*migration 2026"):
        await restored_into(hub, twin.store, twin.restored.backup_id, recovery)


async def test_only_the_owner_restores(twin: Twin, empty_hubs: EmptyHubs, recovery: RecoveryKey) -> None:
    hub = await empty_hubs.new()
    archive = await Archive.open(twin.store, twin.restored.backup_id, recovery)

    async with await open_session(hub.worker_url) as connection:
        with pytest.raises(BackupError, match="takes the owner of the hub: permission denied"):
            await restore(connection, archive)


async def test_a_backup_that_is_damaged_near_its_end_leaves_the_hub_empty(
    twin: Twin, empty_hubs: EmptyHubs, recovery: RecoveryKey, tmp_path: Path
) -> None:
    hub = await empty_hubs.new()
    assert twin.store.folder is not None
    copy = BackupStore.open(str(tmp_path))
    folder = tmp_path / twin.restored.backup_id
    folder.mkdir()
    for file in (twin.store.folder / twin.restored.backup_id).iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    data = bytearray((folder / "data.wasl").read_bytes())
    data[-1] ^= 1
    (folder / "data.wasl").write_bytes(data)
    empty = await everything(hub.owner_url)

    with pytest.raises(Damaged):
        await restored_into(hub, copy, twin.restored.backup_id, recovery)

    assert await everything(hub.owner_url) == empty


async def test_a_restore_that_is_killed_leaves_the_hub_empty(
    twin: Twin, empty_hubs: EmptyHubs, recovery: RecoveryKey
) -> None:
    hub = await empty_hubs.new()
    empty = await everything(hub.owner_url)
    archive = await Archive.open(twin.store, twin.restored.backup_id, recovery)
    async with await open_session(hub.owner_url) as connection:
        pid = connection.info.backend_pid
        stopped = asyncio.Event()

        def kill_at_payments(step: object) -> None:
            if getattr(step, "table", "") == "public.payments" and not stopped.is_set():
                stopped.set()
                with psycopg.connect(make_conninfo(hub.owner_url, dbname="postgres"), autocommit=True) as operator:
                    operator.execute("select pg_terminate_backend(%s, 5000)", [pid])

        with pytest.raises(BackupError, match="The database: "):
            await restore(connection, archive, kill_at_payments)

    assert stopped.is_set()
    assert await everything(hub.owner_url) == empty


async def test_backups_are_read_by_a_role_that_cannot_write(source: Source, reader: Connection) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await reader.execute("update public.organizations set name = 'x'")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await reader.execute("select from auth.sessions")
