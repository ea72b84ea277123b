"""The keys of data subjects beside backups: one command restores what is said of people, and nothing of the erased."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg.types.json import Jsonb

from tests.compliance.backup.test_organization import hub_with_providers
from tests.support.empty_hubs import EmptyHubs, Hub
from tests.support.workplace import until
from workers.compliance.backup.catalog import open_session
from workers.compliance.backup.create import create_backup
from workers.compliance.backup.errors import BackupError, Damaged, WrongKey
from workers.compliance.backup.kept_keys import KeptKeys, keys_are_old, keys_name
from workers.compliance.backup.keys import RecoveryKey
from workers.compliance.backup.read import Archive
from workers.compliance.backup.restore import Restored, restore
from workers.compliance.backup.resume import resume
from workers.compliance.backup.retention import Keep
from workers.compliance.backup.schedule import BackupPlan, ScheduledBackups
from workers.compliance.backup.store import BackupStore
from workers.monitoring.metrics import Metrics

AS_SERVICE = """
    with caller as materialized (select set_config('request.jwt.claims', '{"role": "service_role"}', false))"""
KEEP = "select private.keep_personal(%s, 'payment', %s, %s, %s)"
CAPTURE = "select (public.upsert_lead(email => 'omar@example.ae', organization_id => %s)).id"
CONSENT = """
    select private.put_consent(l, 'news', 'given', 'form:a', evidence => '{"page": "https://a.example/"}')
    from public.leads l where l.id = %s"""


@dataclass(frozen=True)
class Home:
    """A hub with an organization. :param sara: a record about her; likewise of Omar, who is a lead as well."""

    hub: Hub
    organization_id: UUID
    sara: UUID
    omar: UUID
    lead: UUID

    async def erase(self, record: UUID) -> None:
        """As erasing does: the values go, and the key."""
        await value(self.hub, "select private.forget_personal(%s)", record)

    async def delete_lead(self) -> None:
        await value(self.hub, f"{AS_SERVICE} select (public.delete_lead(%s)).id from caller", self.lead)


async def value(hub: Hub, query: str, *parameters: object) -> Any:
    [(found,)] = await hub.all(query, *parameters)
    return found


async def said_of(hub: Hub, record: UUID) -> Any:
    return await value(hub, "select private.personal(%s)", record)


async def proof(hub: Hub, lead: UUID) -> Any:
    query = "select private.unseal(e.subject_id, e.sealed) from private.consent_evidence e where e.lead_id = %s"
    return await value(hub, query, lead)


async def index_of(hub: Hub, organization_id: UUID) -> Any:
    return await value(hub, "select private.blind_index(private.blind_key(%s), 'sara@example.ae')", organization_id)


async def new_home(empty_hubs: EmptyHubs) -> Home:
    hub = await hub_with_providers(empty_hubs)
    await hub.all("update private.hub set id = gen_random_uuid()")  # these hubs are copies of one
    named = "insert into public.organizations (name, slug) values ('Souk', %s) returning id"
    organization_id = await value(hub, named, f"o{uuid4().hex}")
    sara, omar = uuid4(), uuid4()
    await value(hub, KEEP, organization_id, sara, Jsonb({"name": "Sara"}), "sara@example.ae")
    await value(hub, KEEP, organization_id, omar, Jsonb({"name": "Omar"}), "omar@example.ae")
    lead = await value(hub, f"{AS_SERVICE} {CAPTURE} from caller", organization_id)
    await value(hub, CONSENT, lead)
    return Home(hub, organization_id, sara, omar, lead)


@pytest.fixture(scope="module")
async def home(empty_hubs: EmptyHubs) -> Home:
    """One for all tests that erase nobody of it."""
    return await new_home(empty_hubs)


@pytest.fixture
async def own_home(empty_hubs: EmptyHubs) -> Home:
    """One for a test alone."""
    return await new_home(empty_hubs)


async def back_up(home: Home, store: BackupStore, recovery: RecoveryKey, organization_id: UUID | None = None) -> str:
    async with await open_session(home.hub.owner_url) as connection:
        return (await create_backup(connection, store, recovery.backup_key, organization_id=organization_id)).id


async def restored_into(
    hub: Hub, store: BackupStore, backup_id: str, recovery: RecoveryKey, *, with_keys: bool = True
) -> Restored:
    archive = await Archive.open(store, backup_id, recovery)
    keys = await KeptKeys.open(store, archive.manifest.organization_id, recovery) if with_keys else None
    async with await open_session(hub.owner_url) as connection:
        return await restore(connection, archive, keys=keys)


async def verify_keys(store: BackupStore, recovery: RecoveryKey, organization_id: UUID | None = None) -> int:
    keys = await KeptKeys.open(store, organization_id, recovery)
    assert keys is not None
    await keys.verify()
    return keys.lines


async def test_a_hub_that_is_restored_can_read_what_is_said_of_people(
    home: Home, empty_hubs: EmptyHubs, any_store: BackupStore, recovery: RecoveryKey
) -> None:
    target = await empty_hubs.new()

    restored = await restored_into(target, any_store, await back_up(home, any_store, recovery), recovery)

    assert await said_of(target, home.sara) == {"name": "Sara"}
    assert await proof(target, home.lead) == {"page": "https://a.example/"}
    assert await index_of(target, home.organization_id) == await index_of(home.hub, home.organization_id)
    assert any(note.startswith("Keys of ") and "carry out anew: 0." in note for note in restored.notes)
    assert not any("cannot" in note or "Nobody can" in note for note in restored.notes)


@pytest.mark.parametrize("whose_keys", ["own", "hub"])
async def test_so_can_an_organization_by_its_own_keys_or_the_hubs(
    home: Home, empty_hubs: EmptyHubs, store: BackupStore, recovery: RecoveryKey, whose_keys: str
) -> None:
    backup_id = await back_up(home, store, recovery, home.organization_id)
    assert store.folder is not None
    if whose_keys == "hub":
        await back_up(home, store, recovery)
        (store.folder / keys_name(home.organization_id)).unlink()
    target = await hub_with_providers(empty_hubs)
    there = await value(target, "insert into public.organizations (name, slug) values ('X', 'x') returning id")
    await value(target, "select private.keep_personal(%s, 'payment', %s, '{\"name\": \"Noor\"}')", there, there)

    await restored_into(target, store, backup_id, recovery)

    assert await said_of(target, home.omar) == {"name": "Omar"}
    assert await proof(target, home.lead) == {"page": "https://a.example/"}
    assert await said_of(target, there) == {"name": "Noor"}, "keys of others stay"


async def test_whoever_was_erased_since_the_backup_stays_so(
    own_home: Home, empty_hubs: EmptyHubs, store: BackupStore, recovery: RecoveryKey
) -> None:
    home = own_home
    older = await back_up(home, store, recovery)
    await home.erase(home.sara)
    await home.delete_lead()
    tombstone = "insert into private.erased_subjects (organization_id, subject_index) values (%s, %s)"
    await home.hub.all(tombstone, home.organization_id, await index_of(home.hub, home.organization_id))
    await back_up(home, store, recovery)
    target = await empty_hubs.new()

    restored = await restored_into(target, store, older, recovery)

    assert await said_of(target, home.sara) == {}
    assert await said_of(target, home.omar) == {"name": "Omar"}
    assert await value(target, "select status::text from public.leads where id = %s", home.lead) == "deleted"
    held = "select lease_until = 'infinity' from private.jobs where kind = 'privacy.request'"
    assert await value(target, held) is True
    assert any("carry out anew: 1." in note for note in restored.notes)
    assert any(note.endswith("for want of their keys: 1 of the kind payment.") for note in restored.notes)


async def test_without_keys_it_is_told_what_nobody_can_read_and_no_backup_replaces_them_meanwhile(
    home: Home, empty_hubs: EmptyHubs, store: BackupStore, recovery: RecoveryKey
) -> None:
    backup_id, target = await back_up(home, store, recovery), await empty_hubs.new()
    lines = await verify_keys(store, recovery)

    restored = await restored_into(target, store, backup_id, recovery, with_keys=False)

    assert any("wasl privacy after-restore" in note for note in restored.notes)
    assert any("1 of the kind consent, 1 of the kind lead, 2 of the kind payment" in note for note in restored.notes)
    twin = Home(target, home.organization_id, home.sara, home.omar, home.lead)
    with pytest.raises(BackupError, match="is held"):
        await back_up(twin, store, recovery)
    assert await verify_keys(store, recovery) == lines
    async with await open_session(target.owner_url) as owner:
        await resume(owner)
    await back_up(twin, store, recovery)
    assert await verify_keys(store, recovery) < lines


async def test_another_hub_does_not_replace_them(
    home: Home, empty_hubs: EmptyHubs, store: BackupStore, recovery: RecoveryKey
) -> None:
    await back_up(home, store, recovery)
    before = await verify_keys(store, recovery)
    fresh = Home(await empty_hubs.new(), home.organization_id, home.sara, home.omar, home.lead)

    with pytest.raises(BackupError, match=r"keys\.wasl in that store has the keys of another hub"):
        await back_up(fresh, store, recovery)

    assert await verify_keys(store, recovery) == before
    assert len(await store.manifests()) == 1


async def test_a_key_that_was_destroyed_is_in_no_file_after_the_next_backup(
    home: Home, store: BackupStore, recovery: RecoveryKey
) -> None:
    noor = uuid4()
    await value(home.hub, KEEP, home.organization_id, noor, Jsonb({"name": "Noor"}), "noor@example.ae")
    await back_up(home, store, recovery, home.organization_id)
    before = await verify_keys(store, recovery, home.organization_id)
    await home.erase(noor)

    await back_up(home, store, recovery)

    assert await verify_keys(store, recovery, home.organization_id) == before - 1
    assert await verify_keys(store, recovery) == before - 1


async def test_the_leader_renews_them_once_a_key_was_destroyed(
    own_home: Home, store: BackupStore, recovery: RecoveryKey
) -> None:
    home, metrics = own_home, Metrics()
    plan = BackupPlan(home.hub.owner_url, str(store.folder), recovery.backup_key, "0 0 29 2 *", Keep())
    backups = ScheduledBackups(plan, metrics)

    def renewed() -> float:
        return metrics.registry.get_sample_value("wasl_backups_total", {"outcome": "keys_renewed"}) or 0

    await backups.renew_keys()
    before = await verify_keys(store, recovery)
    await backups.renew_keys()
    assert renewed() == 1, "nothing had changed"
    await home.erase(home.sara)
    async with await open_session(home.hub.owner_url) as connection:
        await until(lambda: keys_are_old(connection, store))  # the database counts a moment later

    await backups.renew_keys()

    assert renewed() == 2
    assert await verify_keys(store, recovery) == before - 1


async def test_that_they_cannot_be_renewed_is_counted(home: Home, recovery: RecoveryKey, tmp_path: Path) -> None:
    in_the_way, metrics = tmp_path / "file", Metrics()
    in_the_way.write_text("no folder")
    plan = BackupPlan(home.hub.owner_url, str(in_the_way), recovery.backup_key, "0 0 29 2 *", Keep())

    await ScheduledBackups(plan, metrics).renew_keys()

    assert metrics.registry.get_sample_value("wasl_backups_total", {"outcome": "keys_failed"}) == 1


async def test_any_changed_byte_is_found_and_nothing_is_restored(
    home: Home, empty_hubs: EmptyHubs, store: BackupStore, recovery: RecoveryKey
) -> None:
    backup_id, target = await back_up(home, store, recovery), await empty_hubs.new()
    assert store.folder is not None
    file = store.folder / keys_name(None)
    data = file.read_bytes()

    for position in range(len(data)):
        file.write_bytes(data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :])
        with pytest.raises(BackupError):
            await verify_keys(store, recovery)
    for other in (data[:-1], data[: len(data) // 2], data + b"\0"):
        file.write_bytes(other)
        with pytest.raises(Damaged):
            await verify_keys(store, recovery)

    file.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(Damaged):
        await restored_into(target, store, backup_id, recovery)
    assert await target.all("select from public.organizations") == []


async def test_those_of_others_and_of_other_keys_are_refused(
    home: Home, store: BackupStore, recovery: RecoveryKey
) -> None:
    await back_up(home, store, recovery)
    assert store.folder is not None
    with pytest.raises(WrongKey):
        await KeptKeys.open(store, None, RecoveryKey.generate())

    (store.folder / keys_name(None)).rename(store.folder / keys_name(home.organization_id))

    with pytest.raises(Damaged, match="has the keys of others"):
        await KeptKeys.open(store, home.organization_id, recovery)


async def test_who_dies_half_way_leaves_the_former_file(
    home: Home, any_store: BackupStore, recovery: RecoveryKey
) -> None:
    await back_up(home, any_store, recovery)
    before = await verify_keys(any_store, recovery)

    async def dies() -> AsyncIterator[bytes]:
        yield os.urandom(30 << 20)
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        await any_store.replace(keys_name(None), dies())
    assert await verify_keys(any_store, recovery) == before
    assert await any_store.keys_files() == [keys_name(None)]

    await any_store.remove_unfinished(datetime.now(UTC) + timedelta(days=3))
    assert await verify_keys(any_store, recovery) == before
    if any_store.folder is not None:
        assert [path.name for path in any_store.folder.iterdir() if path.is_file()] == [keys_name(None)]


async def test_whose_connection_ends_half_way_makes_no_backup_and_leaves_the_former_file(
    home: Home, store: BackupStore, recovery: RecoveryKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await back_up(home, store, recovery)
    before = await verify_keys(store, recovery)
    replace = BackupStore.replace

    async def without_a_database(own: BackupStore, name: str, frames: AsyncIterator[bytes]) -> None:
        await home.hub.all(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
            " where datname = current_database() and application_name = 'wasl backup'"
        )
        await replace(own, name, frames)

    monkeypatch.setattr(BackupStore, "replace", without_a_database)
    with pytest.raises(BackupError, match="The database: "):
        await back_up(home, store, recovery)

    assert await verify_keys(store, recovery) == before
    assert [manifest.id for manifest in await store.manifests()] == [first]


async def test_the_role_of_backups_reads_keys_in_no_other_way(home: Home) -> None:
    table = "select has_table_privilege('wasl_backup', %s, 'select')"
    function = "select has_function_privilege(%s, 'private.keys_to_keep(uuid)', 'execute')"

    assert not await value(home.hub, table, "private.subject_keys")
    assert not await value(home.hub, table, "private.blind_keys")
    assert await value(home.hub, function, "wasl_backup")
    for role in ("wasl_worker", "authenticated", "service_role", "anon"):
        assert not await value(home.hub, function, role)
