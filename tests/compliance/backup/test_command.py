"""`wasl backup`, as an operator types it."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.compliance.backup.conftest import Source
from tests.support.empty_hubs import EmptyHubs
from workers.commands.backup import app
from workers.compliance.backup.keys import RecoveryKey


async def type_in(*line: str, **environment: str) -> Any:
    """In a thread of its own: the command runs a loop."""
    return await asyncio.to_thread(CliRunner(env=environment).invoke, app, line)


async def told(*line: str, **environment: str) -> Any:
    result = await type_in(*line, "--json", **environment)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


async def test_from_the_key_to_the_restored_hub(source: Source, empty_hubs: EmptyHubs, tmp_path: Path) -> None:
    keys = await told("new-key")
    where = {"WASL_BACKUP_URL": str(tmp_path)}
    backup = {"WASL_BACKUP_KEY": keys["WASL_BACKUP_KEY"], "WASL_BACKUP_DATABASE_URL": source.backup_url}
    recovery = {"WASL_RECOVERY_KEY": keys["recovery_key"]}
    hub = await empty_hubs.new()
    owner = {"WASL_ADMIN_DATABASE_URL": hub.owner_url}

    created = await told("create", **where, **backup)
    assert await told("list", **where) == [created]
    assert created["keys_taken_at"] > created["taken_at"]
    verified = await told("verify", "latest", **where, **recovery)
    restored = await told("restore", created["id"], **where, **recovery, **owner)
    resumed = await told("resume", **owner)

    assert verified["keys"]["taken_at"] == created["keys_taken_at"]
    assert any(note.startswith("Keys of ") for note in restored["notes"])
    assert verified["intact"] and verified["tables"]["public.organizations"] >= 2
    assert restored["rows"] == verified["rows"]
    assert resumed["jobs"] == verified["tables"]["private.jobs"]
    assert await told("prune", **where) == {"removed": [], "dry_run": False}
    [(organizations,)] = await hub.all("select count(*) from public.organizations")
    assert organizations == verified["tables"]["public.organizations"]


async def test_people_are_told_in_words(source: Source, recovery: RecoveryKey, tmp_path: Path) -> None:
    where = {"WASL_BACKUP_URL": str(tmp_path)}
    backup = {"WASL_BACKUP_KEY": recovery.backup_key.dump(), "WASL_BACKUP_DATABASE_URL": source.backup_url}

    created = await type_in("create", "--organization", source.plain.id, **where, **backup)
    assert f"organization-{source.plain.id}" in created.stdout
    backup_id = created.stdout.partition(":")[0]
    listed = (await type_in("list", **where)).stdout
    assert backup_id in listed
    assert f"keys-{source.plain.id}.wasl  of 20" in listed
    verified = await type_in("verify", backup_id, **where, WASL_RECOVERY_KEY=recovery.dump())
    assert f"{backup_id} is intact: " in verified.stdout
    assert "So are the keys of 20" in verified.stdout


async def test_keys_that_are_missing_or_sealed_to_another_key(
    source: Source, recovery: RecoveryKey, tmp_path: Path
) -> None:
    where, newer = {"WASL_BACKUP_URL": str(tmp_path)}, RecoveryKey.generate()
    for key in (recovery, newer):
        created = await told(
            "create", **where, WASL_BACKUP_KEY=key.backup_key.dump(), WASL_BACKUP_DATABASE_URL=source.backup_url
        )
    older = (await told("list", **where))[1]["id"]
    opening = {"WASL_RECOVERY_KEY": recovery.dump()}

    refused = await type_in("verify", older, **where, **opening)
    assert refused.exit_code == 1
    assert "--keys-recovery-key takes that of the keys" in refused.stderr
    told_all = await told("verify", older, **where, **opening, WASL_KEYS_RECOVERY_KEY=newer.dump())
    assert told_all["keys"]["taken_at"] == created["keys_taken_at"]

    (tmp_path / "keys.wasl").unlink()
    verified = await type_in("verify", older, **where, **opening)
    assert "There is no keys.wasl beside it: nothing opens what its records say of people." in verified.stdout
    assert (await told("list", **where))[0]["keys_taken_at"] is None


@pytest.mark.parametrize(
    ("line", "environment", "message"),
    [
        (["verify", "latest"], {}, "There is no backup of the hub in that store."),
        (["verify", "20261123T120000Z-hub-abc123"], {}, "There is no backup 20261123T120000Z-hub-abc123"),
        (["verify", "latest"], {"WASL_RECOVERY_KEY": "wasl-backup-key-1.hunter2"}, "That is no recovery key"),
        (["list"], {"WASL_BACKUP_URL": "ftp://x"}, "WASL_BACKUP_URL is a folder's path or s3://bucket/prefix."),
        (
            ["resume"],
            {"WASL_ADMIN_DATABASE_URL": "postgresql://postgres:hunter2@127.0.0.1:1/postgres"},
            "The database: connection failed",
        ),
    ],
)
async def test_what_is_wrong_is_said_in_one_line(
    recovery: RecoveryKey, tmp_path: Path, line: list[str], environment: dict[str, str], message: str
) -> None:
    given = {"WASL_BACKUP_URL": str(tmp_path), "WASL_RECOVERY_KEY": recovery.dump()} | environment

    result = await type_in(*line, **given)

    assert result.exit_code == 1
    assert message in result.stderr
    assert "hunter2" not in result.output
