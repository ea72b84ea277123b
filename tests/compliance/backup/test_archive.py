"""The format of backups: keys, seals, and that no change of a single byte goes unseen. No database is needed."""

import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from workers.compliance.backup.archive import MAGIC, Contents, Manifest, Seals, Table
from workers.compliance.backup.errors import BackupError, Damaged, WrongKey
from workers.compliance.backup.keys import BackupKey, RecoveryKey
from workers.compliance.backup.read import Archive, verify
from workers.compliance.backup.store import BackupStore

ID = "20261123T120000Z-hub-abc123"
BLOCKS = (b"1\tone\n2\ttwo\n", b"3\tthree\n")


@pytest.fixture(scope="module")
def recovery() -> RecoveryKey:
    return RecoveryKey.generate()


async def write(store: BackupStore, key: BackupKey) -> Path:
    """A small backup in a folder of its own."""
    manifest = await write_anywhere(store, key)
    assert store.folder is not None
    return store.folder / manifest.id


async def write_anywhere(store: BackupStore, key: BackupKey) -> Manifest:
    """A small backup."""
    seals, sealed_key = Seals.new(key, ID)

    async def frames() -> AsyncIterator[bytes]:
        yield MAGIC
        for number, block in enumerate(BLOCKS):
            yield seals.seal_block(number, block)

    text = b"".join(BLOCKS)
    table = Table(
        name="public.numbers",
        columns=(("id", "integer"), ("name", "text")),
        rows=3,
        size=len(text),
        sha256=hashlib.sha256(text).hexdigest(),
        blocks=2,
    )
    length = await store.write(ID, frames())
    manifest = Manifest(
        id=ID, taken_at=datetime(2026, 11, 23, 12, tzinfo=UTC), key_id=key.id, sealed_key=sealed_key, data_bytes=length
    )
    contents = Contents(migrations=("1",), partitions=(), tables=(table,))
    finished = manifest.with_contents(contents, seals)
    await store.finish(finished)
    return finished


async def check(store: BackupStore, recovery: RecoveryKey) -> None:
    await verify(await Archive.open(store, ID, recovery))


async def test_what_was_written_is_read(store: BackupStore, recovery: RecoveryKey) -> None:
    await write(store, recovery.backup_key)

    archive = await Archive.open(store, ID, recovery)

    (table,) = archive.contents.tables
    assert [block async for block in archive.rows(table)] == list(BLOCKS)
    await archive.finish()


@pytest.mark.parametrize("name", ["data.wasl", "manifest.json"])
async def test_any_changed_byte_is_found(store: BackupStore, recovery: RecoveryKey, name: str) -> None:
    file = await write(store, recovery.backup_key) / name
    data = file.read_bytes()

    for position in range(len(data)):
        file.write_bytes(data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :])
        with pytest.raises(BackupError):
            await check(store, recovery)
    file.write_bytes(data)
    await check(store, recovery)


async def test_a_file_that_was_cut_or_lengthened_is_found(store: BackupStore, recovery: RecoveryKey) -> None:
    file = await write(store, recovery.backup_key) / "data.wasl"
    data = file.read_bytes()

    for length in range(len(data)):
        file.write_bytes(data[:length])
        with pytest.raises(Damaged, match="ends too early"):
            await check(store, recovery)
    file.write_bytes(data + b"\0")
    with pytest.raises(Damaged, match="goes on where it should end"):
        await check(store, recovery)
    file.unlink()
    with pytest.raises(Damaged, match="is missing"):
        await check(store, recovery)


async def test_blocks_that_changed_places_are_found(store: BackupStore, recovery: RecoveryKey) -> None:
    file = await write(store, recovery.backup_key) / "data.wasl"
    data = file.read_bytes()
    first = 4 + int.from_bytes(data[8:12], "big")
    file.write_bytes(data[:8] + data[8 + first :] + data[8 : 8 + first])

    with pytest.raises(Damaged, match="Block 0"):
        await check(store, recovery)


async def test_another_recovery_key_is_told_from_damage(store: BackupStore, recovery: RecoveryKey) -> None:
    await write(store, recovery.backup_key)
    other = RecoveryKey.generate()

    with pytest.raises(WrongKey, match=f"sealed to key {recovery.backup_key.id}; the recovery key given is"):
        await check(store, other)


async def test_who_has_the_public_half_alone_cannot_forge_a_backup(store: BackupStore, recovery: RecoveryKey) -> None:
    await write(store, BackupKey(recovery.backup_key.public_key, bytes(32)))

    with pytest.raises(Damaged, match="did not have the backup key"):
        await check(store, recovery)


async def test_a_backup_under_another_name_is_none(store: BackupStore, recovery: RecoveryKey) -> None:
    folder = await write(store, recovery.backup_key)
    folder.rename(folder.with_name("20261124T120000Z-hub-abc123"))

    with pytest.raises(Damaged, match=f"is that of {ID}"):
        await Archive.open(store, "20261124T120000Z-hub-abc123", recovery)


def test_keys_are_read_as_they_were_written(recovery: RecoveryKey) -> None:
    assert RecoveryKey.parse(recovery.dump() + "\n") == recovery
    assert BackupKey.parse(recovery.backup_key.dump()) == recovery.backup_key


@pytest.mark.parametrize("text", ["", "wasl-backup-key-1.", "wasl-backup-key-1.AAAA", "secret!", "AAAA" * 21])
def test_what_is_no_key_is_not_repeated(text: str) -> None:
    with pytest.raises(WrongKey, match="That is no backup key") as refused:
        BackupKey.parse(text)
    with pytest.raises(WrongKey, match="That is no recovery key"):
        RecoveryKey.parse(text)
    assert not text or text not in str(refused.value).replace("wasl-backup-key-1.", "")


def test_keys_show_no_secret(recovery: RecoveryKey) -> None:
    shown = repr(recovery) + repr(recovery.backup_key)

    assert repr(recovery.private_key) not in shown
    assert repr(recovery.authenticator) not in shown
