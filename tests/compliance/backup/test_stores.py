"""Where backups are kept: a folder, and a server that speaks S3."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from stack.ports import free_ports
from tests.compliance.backup.conftest import Source
from tests.compliance.backup.test_archive import ID, check, write_anywhere
from workers.compliance.backup.catalog import open_session
from workers.compliance.backup.create import create_backup
from workers.compliance.backup.errors import BackupError, Damaged
from workers.compliance.backup.keys import RecoveryKey
from workers.compliance.backup.progress import Step
from workers.compliance.backup.read import Archive, verify
from workers.compliance.backup.store import BackupStore


async def test_a_backup_is_written_listed_read_and_removed(any_store: BackupStore, recovery: RecoveryKey) -> None:
    assert await any_store.manifests() == []

    manifest = await write_anywhere(any_store, recovery.backup_key)
    assert await any_store.manifests() == [manifest]
    await check(any_store, recovery)

    await any_store.remove(ID)
    assert await any_store.manifests() == []
    with pytest.raises(BackupError, match=f"There is no backup {ID}"):
        await any_store.manifest(ID)


async def test_a_whole_hub_goes_there_and_comes_back(
    any_store: BackupStore, source: Source, recovery: RecoveryKey
) -> None:
    async with await open_session(source.backup_url) as reader:
        manifest = await create_backup(reader, any_store, recovery.backup_key)

    await verify(await Archive.open(any_store, manifest.id, recovery))


async def test_large_data_files_go_in_parts(any_store: BackupStore) -> None:
    piece = os.urandom(1 << 20)

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield piece

    assert await any_store.write("large-one", pieces()) == 20 << 20
    assert b"".join([part async for part in any_store.read("large-one")]) == piece * 20


async def test_what_was_not_finished_is_no_backup_and_goes_after_two_days(
    any_store: BackupStore, recovery: RecoveryKey
) -> None:
    async def dies(size: int) -> AsyncIterator[bytes]:
        yield os.urandom(size)
        raise RuntimeError("killed")

    async def lives() -> AsyncIterator[bytes]:
        yield b"all of it, but no manifest"

    for name, size in (("died-early", 10), ("died-late", 30 << 20)):
        with pytest.raises(RuntimeError):
            await any_store.write(name, dies(size))
    await any_store.write("without-manifest", lives())
    await write_anywhere(any_store, recovery.backup_key)

    now = datetime.now(UTC)
    assert [each.id for each in await any_store.manifests()] == [ID]
    assert await any_store.remove_unfinished(now) == []
    assert await any_store.remove_unfinished(now + timedelta(days=3)) == ["without-manifest"]
    await check(any_store, recovery)
    if any_store.folder is not None:
        left = [path for path in any_store.folder.rglob("*") if path.is_file() and ID not in str(path)]
        assert left == []


async def test_a_process_that_is_killed_half_way_leaves_no_backup(
    source: Source, recovery: RecoveryKey, store: BackupStore
) -> None:
    begun = asyncio.Event()

    def report(step: Step) -> None:
        if step.done > 10:
            begun.set()

    async with await open_session(source.backup_url) as reader:
        task = asyncio.create_task(create_backup(reader, store, recovery.backup_key, report=report))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert await store.manifests() == []


async def test_a_store_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch, recovery: RecoveryKey) -> None:
    (port,) = free_ports(1)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "an-id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret-of-the-store")
    with pytest.raises(BackupError, match="The store of backups: ") as failed:
        await BackupStore.open("s3://nowhere/x").manifests()
    assert "a-secret" not in str(failed.value)


@pytest.mark.parametrize("url", ["", "https://example.com/x", "gs://bucket", "s3:///prefix"])
def test_what_is_no_store(url: str) -> None:
    with pytest.raises(BackupError, match="a folder's path or s3://bucket/prefix"):
        BackupStore.open(url)


def test_a_folder_is_for_its_owner_alone(store: BackupStore) -> None:
    assert store.folder is not None
    assert store.folder.stat().st_mode & 0o777 == 0o700


async def test_a_damaged_manifest_is_passed_over_in_lists(store: BackupStore, recovery: RecoveryKey) -> None:
    await write_anywhere(store, recovery.backup_key)
    assert store.folder is not None
    (store.folder / ID / "manifest.json").write_bytes(b"{}")

    assert await store.manifests() == []
    with pytest.raises(Damaged, match="no manifest of a backup"):
        await store.manifest(ID)
