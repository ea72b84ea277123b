"""The keyring's file: its mode, its durability, and its one writer at a time."""

import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from workers.vault.errors import KeyringError
from workers.vault.keyring_document import KeyringDocument, KeyringEntry
from workers.vault.keyring_file import KeyringFile

OLD = KeyringDocument(keys=(KeyringEntry.generate(datetime(2026, 1, 1, tzinfo=UTC)),))
NEW = OLD.with_entry(KeyringEntry.generate(datetime(2026, 2, 1, tzinfo=UTC)))


def names_in(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_it_is_made_for_its_owner_alone_whatever_the_umask(keyring_file: KeyringFile) -> None:
    before = os.umask(0)
    try:
        keyring_file.write(OLD)
    finally:
        os.umask(before)
    assert stat.S_IMODE(keyring_file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(keyring_file.path.parent.stat().st_mode) == 0o700
    assert keyring_file.read() == OLD


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601])
def test_a_file_that_others_may_read_is_refused(keyring_file: KeyringFile, mode: int) -> None:
    keyring_file.write(OLD)
    keyring_file.path.chmod(mode)
    with pytest.raises(KeyringError, match=rf"may be read by others \(mode {mode:04o}\): chmod 600 it"):
        keyring_file.read()


def test_a_directory_in_its_place_is_a_clear_error(keyring_file: KeyringFile) -> None:
    keyring_file.path.mkdir(parents=True)
    with pytest.raises(KeyringError, match=r"cannot read the keyring .*: Is a directory"):
        keyring_file.read()
    with pytest.raises(KeyringError, match=r"cannot write the keyring .*: Is a directory"):
        keyring_file.write(OLD)
    assert names_in(keyring_file.path.parent) == ["keyring.json"]


def test_no_file_is_an_empty_keyring_only_for_whoever_makes_one(keyring_file: KeyringFile) -> None:
    assert keyring_file.read_or_empty() == KeyringDocument()
    with pytest.raises(KeyringError):
        keyring_file.read()


@pytest.mark.parametrize("step", ["fsync", "fdopen"])
def test_a_write_that_fails_leaves_the_former_keyring_and_nothing_else(
    keyring_file: KeyringFile, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    keyring_file.write(OLD)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(KeyringError, match=r"cannot write the keyring .*: No space left on device"):
        keyring_file.write(NEW)
    monkeypatch.undo()
    assert keyring_file.read() == OLD
    assert names_in(keyring_file.path.parent) == ["keyring.json"]


def test_the_new_content_is_on_the_disk_before_it_takes_the_old_ones_place(
    keyring_file: KeyringFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring_file.write(OLD)
    steps: list[str] = []

    def noted(name: str, call: Callable[..., object]) -> Callable[..., object]:
        def note_and_call(*arguments: object) -> object:
            steps.append(name)
            return call(*arguments)

        return note_and_call

    monkeypatch.setattr(os, "fsync", noted("fsync", os.fsync))
    monkeypatch.setattr(Path, "replace", noted("replace", Path.replace))
    keyring_file.write(NEW)
    assert steps == ["fsync", "replace", "fsync"]


def test_a_symbolic_link_stays_one(keyring_file: KeyringFile, tmp_path: Path) -> None:
    keyring_file.write(OLD)
    link = tmp_path / "link.json"
    link.symlink_to(keyring_file.path)
    KeyringFile(link).write(NEW)
    assert link.is_symlink()
    assert keyring_file.read() == NEW


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_root_leaves_the_file_to_its_owner(keyring_file: KeyringFile) -> None:
    keyring_file.write(OLD)
    os.chown(keyring_file.path, 65534, 65534)
    keyring_file.write(NEW)
    assert (keyring_file.path.stat().st_uid, keyring_file.path.stat().st_gid) == (65534, 65534)


def test_a_second_writer_is_turned_away(keyring_file: KeyringFile) -> None:
    with (
        keyring_file.editing(),
        pytest.raises(KeyringError, match="another command is changing the keyring"),
        KeyringFile(keyring_file.path).editing(),
    ):
        pass
    with keyring_file.editing():
        pass
