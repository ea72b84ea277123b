"""One organization, backed up and restored into a hub that does not have it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row
from wasl.sealing import binding_info

from tests.compliance.backup.conftest import SECRET, Source
from tests.compliance.backup.test_hub import HELD, VERIFY, restored_into
from tests.support.callers import Database, add_providers
from tests.support.empty_hubs import EmptyHubs, Hub
from workers.compliance.backup.catalog import KEYS, Catalog, open_session, read_catalog
from workers.compliance.backup.create import create_backup
from workers.compliance.backup.errors import BackupError, DoesNotFit
from workers.compliance.backup.keys import RecoveryKey
from workers.compliance.backup.restore import Restored
from workers.compliance.backup.resume import resume
from workers.compliance.backup.store import BackupStore
from workers.store.pool import Connection
from workers.vault.keyring import LocalKeyring

CHANGED = {
    "private.jobs": HELD,
    "public.integration_connections": ("status",),
    "public.api_keys": ("created_by",),
}
"""What restoring an organization changes: jobs are held, connections paused, users forgotten who are no members."""


async def belonging(url: str, organization_id: UUID) -> dict[str, list[str]]:
    """Every row of an organization in every table, as text, but for the hub's own."""
    async with await open_session(url) as connection:
        catalog = await read_catalog(connection)
        return {
            table: await _rows(connection, table, catalog, condition)
            for table, condition in catalog.belonging(organization_id).items()
            if table not in (KEYS, "private.restores")
        }


async def _rows(connection: Connection, table: str, catalog: Catalog, condition: sql.Composable) -> list[str]:
    columns = [sql.Identifier(name) for name, _ in catalog.tables[table] if name not in CHANGED.get(table, ())]
    query = sql.SQL("select row({})::text from {} where {} order by 1")
    cursor = await connection.execute(query.format(sql.SQL(", ").join(columns), sql.SQL(table), condition))
    return [row[0] for row in await cursor.fetchall()]


async def hub_with_providers(empty_hubs: EmptyHubs) -> Hub:
    """A hub whose catalog has the providers of the tests' own."""
    hub = await empty_hubs.new()
    async with await psycopg.AsyncConnection.connect(hub.owner_url, autocommit=True, row_factory=dict_row) as owner:
        await add_providers(owner)
    return hub


async def back_up(source: Source, store: BackupStore, recovery: RecoveryKey, organization_id: str) -> str:
    async with await open_session(source.backup_url) as reader:
        return (await create_backup(reader, store, recovery.backup_key, organization_id=UUID(organization_id))).id


@dataclass(frozen=True)
class Moved:
    """The organization that has everything, in another hub."""

    hub: Hub
    restored: Restored
    before: dict[str, list[str]]


@pytest.fixture(scope="module")
async def moved(
    source: Source,
    database: Database,
    empty_hubs: EmptyHubs,
    recovery: RecoveryKey,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Moved]:
    store = BackupStore.open(str(tmp_path_factory.mktemp("backups")))
    await database.execute(
        "update public.api_keys set created_by = %s where organization_id = %s",
        [source.plain.owner.user_id, source.full.id],
    )
    before = await belonging(source.stack.database_url, UUID(source.full.id))
    backup_id = await back_up(source, store, recovery, source.full.id)
    hub = await hub_with_providers(empty_hubs)
    yield Moved(hub, await restored_into(hub, store, backup_id, recovery), before)


OF_STRANGERS = {"public.alert_reads"}
"""Tables whose one row here is of a user who is no member: it goes where that user goes."""


async def test_every_row_of_its_own_is_there_and_none_of_others(source: Source, moved: Moved) -> None:
    after = await belonging(moved.hub.owner_url, UUID(source.full.id))

    assert after == moved.before | {table: [] for table in OF_STRANGERS}
    assert {table for table, rows in after.items() if not rows and table.startswith("public.")} == OF_STRANGERS
    assert await moved.hub.all("select id::text from public.organizations") == [(source.full.id,)]
    [(users,)] = await moved.hub.all("select count(*) from auth.users")
    assert users == len(after["auth.users"])


async def test_its_tables_are_all_but_the_catalogs(source: Source) -> None:
    """A table that is added belongs to an organization, or is added here."""
    async with await open_session(source.stack.database_url) as connection:
        catalog = await read_catalog(connection)
    assert sorted(catalog.tables.keys() - catalog.belonging(uuid4()).keys()) == [
        "private.alert_metrics",
        "private.backup_plan",
        "private.backup_runs",
        "private.call_minutes",
        "private.currencies",
        "private.data_classes",
        "private.dropped_partitions",
        "private.hub",
        "private.jurisdictions",
        "private.partitioned_tables",
        "private.payment_transitions",
        "private.personal_data",
        "private.personal_tables",
        "private.quotas",
        "public.integration_providers",
        "public.provider_status",
    ]


async def test_users_who_are_no_members_are_forgotten(source: Source, moved: Moved) -> None:
    assert await moved.hub.all("select from public.api_keys where created_by is not null") == []
    assert any("public.api_keys named users (created_by) who did not come" in note for note in moved.restored.notes)


async def test_its_connections_wait_until_it_is_resumed(source: Source, moved: Moved) -> None:
    statuses = "select status::text from public.integration_connections where status in ('active', 'paused')"
    held = "select count(*) from private.jobs where lease_until = 'infinity'"
    assert {status for (status,) in await moved.hub.all(statuses)} == {"paused"}
    [(waiting,)] = await moved.hub.all(held)

    async with await open_session(moved.hub.owner_url) as owner:
        with pytest.raises(BackupError, match="This hub has not been restored"):
            await resume(owner)
        resumed = await resume(owner, UUID(source.full.id))

    assert resumed.jobs == waiting != 0
    assert await moved.hub.all(held) == [(0,)]
    assert [status for (status,) in await moved.hub.all(statuses)] == ["active"] * resumed.connections != []


async def test_its_secrets_open_in_the_other_hub_with_the_first_ones_keyring(
    source: Source, empty_hubs: EmptyHubs, recovery: RecoveryKey, store: BackupStore
) -> None:
    hub = await hub_with_providers(empty_hubs)
    await hub.all("insert into public.encryption_keys (id, public_key) values ('this-hubs', %s)", "B" * 43)
    await restored_into(hub, store, await back_up(source, store, recovery, source.plain.id), recovery)

    (entry,) = source.keyring.keys
    [(key_id, sealed)] = await hub.all("select key_id, ciphertext from private.sealed_credentials")
    info = binding_info(source.plain.id, source.connection_id, "secret_key")
    assert await LocalKeyring(lambda: source.keyring).open(str(key_id), sealed, info) == SECRET.encode()  # type: ignore[arg-type]
    assert await hub.all("select id, state::text from public.encryption_keys order by state") == [
        ("this-hubs", "active"),
        (entry.id, "retiring"),
    ]
    [(told,)] = await hub.all(VERIFY, source.plain.id)
    assert isinstance(told, dict) and told["intact"]


async def test_an_organization_that_is_there_already_is_left_alone(
    source: Source, moved: Moved, recovery: RecoveryKey, store: BackupStore
) -> None:
    backup_id = await back_up(source, store, recovery, source.full.id)

    with pytest.raises(DoesNotFit, match=f"{source.full.id} is in this hub already"):
        await restored_into(moved.hub, store, backup_id, recovery)


async def test_a_name_that_is_taken_is_told(
    source: Source, empty_hubs: EmptyHubs, recovery: RecoveryKey, store: BackupStore
) -> None:
    hub = await hub_with_providers(empty_hubs)
    slug = await source.plain.one("select slug from public.organizations where id = %s", [source.plain.id])
    await hub.all("insert into public.organizations (name, slug) values ('Other', %s)", slug)

    with pytest.raises(DoesNotFit, match=r"public\.organizations \(organizations_slug_key\)") as refused:
        await restored_into(hub, store, await back_up(source, store, recovery, source.plain.id), recovery)
    assert slug not in str(refused.value)


async def test_an_account_with_the_same_address_is_told(
    source: Source, empty_hubs: EmptyHubs, recovery: RecoveryKey, store: BackupStore
) -> None:
    hub = await hub_with_providers(empty_hubs)
    await hub.all("insert into auth.users (id, email) values (%s, %s)", uuid4(), source.plain.owner.email)

    with pytest.raises(DoesNotFit, match=r"rows of auth\.users could not be added"):
        await restored_into(hub, store, await back_up(source, store, recovery, source.plain.id), recovery)
    assert await hub.all("select from public.organizations") == []


async def test_a_provider_that_the_hub_does_not_have_is_told(
    source: Source, empty_hubs: EmptyHubs, recovery: RecoveryKey, store: BackupStore
) -> None:
    hub = await empty_hubs.new()

    with pytest.raises(DoesNotFit, match=r"refer to rows of public\.integration_providers"):
        await restored_into(hub, store, await back_up(source, store, recovery, source.plain.id), recovery)


async def test_an_organization_that_is_nowhere(source: Source, recovery: RecoveryKey, store: BackupStore) -> None:
    with pytest.raises(BackupError, match="There is no organization"):
        await back_up(source, store, recovery, str(uuid4()))
    assert await store.manifests() == []
