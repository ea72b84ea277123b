"""Backups by the clock: taken when due, by one worker at a time, told when they fail, and let go when old."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from tests.compliance.backup.conftest import Source
from workers.compliance.backup.catalog import QUERIES, open_session
from workers.compliance.backup.keys import RecoveryKey
from workers.compliance.backup.read import Archive, verify
from workers.compliance.backup.retention import Keep
from workers.compliance.backup.schedule import BackupPlan, ScheduledBackups
from workers.compliance.backup.store import BackupStore
from workers.config import Settings, SettingsError
from workers.monitoring.metrics import Metrics
from workers.runtime import make_backups
from workers.store.backup_notes import BackupNotes
from workers.store.pool import open_pool


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


def scheduled(
    source: Source, recovery: RecoveryKey, folder: Path, clock: Clock, *, schedule: str = "* * * * *"
) -> tuple[ScheduledBackups, Metrics]:
    metrics = Metrics()
    plan = BackupPlan(source.backup_url, str(folder), recovery.backup_key, schedule, Keep(1, 0, 0))
    return ScheduledBackups(plan, metrics, clock), metrics


def shown(metrics: Metrics, name: str) -> float:
    """A metric's value."""
    (line,) = [line for line in metrics.render().decode().splitlines() if line.startswith(name + " ")]
    return float(line.rpartition(" ")[2])


async def test_one_is_taken_when_due_and_the_old_one_goes(
    source: Source, recovery: RecoveryKey, tmp_path: Path
) -> None:
    clock = Clock()
    backups, metrics = scheduled(source, recovery, tmp_path, clock)
    first = await backups.take_if_due()
    assert first is not None
    await verify(await Archive.open(BackupStore.open(str(tmp_path)), first.id, recovery))

    clock.now = first.taken_at
    assert await backups.take_if_due() is None
    assert shown(metrics, "wasl_backup_due_seconds") == 0

    clock.now += timedelta(minutes=2)
    second = await backups.take_if_due()
    assert second is not None
    assert await BackupStore.open(str(tmp_path)).manifests() == [second]
    assert shown(metrics, 'wasl_backups_total{outcome="taken"}') == 2
    assert shown(metrics, "wasl_backup_taken_timestamp_seconds") == pytest.approx(second.taken_at.timestamp())


async def test_a_new_leader_knows_from_the_store_what_was_taken(
    source: Source, recovery: RecoveryKey, tmp_path: Path
) -> None:
    clock = Clock()
    first, _ = scheduled(source, recovery, tmp_path, clock, schedule="0 0 1 1 *")
    second, metrics = scheduled(source, recovery, tmp_path, clock, schedule="0 0 1 1 *")

    assert await first.take_if_due() is not None
    assert await second.take_if_due() is None
    assert shown(metrics, "wasl_backup_taken_timestamp_seconds") > 0


async def test_while_another_takes_it_nothing_is_done(source: Source, recovery: RecoveryKey, tmp_path: Path) -> None:
    backups, metrics = scheduled(source, recovery, tmp_path, Clock())
    async with await open_session(source.backup_url) as other:
        await other.execute(QUERIES["try_alone"])
        assert await backups.take_if_due() is None
    assert await backups.take_if_due() is not None
    assert shown(metrics, 'wasl_backups_total{outcome="taken"}') == 1


async def test_a_failure_is_told_and_tried_again_after_a_while(
    source: Source, recovery: RecoveryKey, tmp_path: Path
) -> None:
    clock = Clock()
    in_the_way = tmp_path / "in the way"
    in_the_way.write_text("a file, no folder")
    backups, metrics = scheduled(source, recovery, in_the_way, clock, schedule="0 0 29 2 *")

    assert await backups.take_if_due() is None
    clock.now += timedelta(minutes=14)
    assert await backups.take_if_due() is None
    assert shown(metrics, 'wasl_backups_total{outcome="failed"}') == 1
    assert shown(metrics, "wasl_backup_due_seconds") == 14 * 60

    in_the_way.unlink()
    clock.now += timedelta(minutes=1)
    assert await backups.take_if_due() is not None
    assert shown(metrics, "wasl_backup_due_seconds") == 0


async def test_how_it_goes_is_noted_for_those_who_use_the_hub(
    source: Source, recovery: RecoveryKey, tmp_path: Path
) -> None:
    clock = Clock()
    in_the_way = tmp_path / "in the way"
    in_the_way.write_text("a file, no folder")
    plan = BackupPlan(source.backup_url, str(in_the_way), recovery.backup_key, "0 0 29 2 *", Keep(1, 0, 0))
    async with open_pool(source.stack.worker_database_url, application_name="backup notes under test") as pool:
        backups = ScheduledBackups(plan, Metrics(), clock, BackupNotes(pool))
        assert await backups.take_if_due() is None
        in_the_way.unlink()
        clock.now += timedelta(minutes=15)
        taken = await backups.take_if_due()
        assert taken is not None
        assert await backups.take_if_due() is None

    owner, organization = source.plain.owner, source.plain.id
    status = await owner.call("backup_status", organization_id=organization)
    assert status["plan"]["schedule"] == "0 0 29 2 *"
    assert datetime.fromisoformat(status["plan"]["newest_at"]) == taken.taken_at
    assert datetime.fromisoformat(status["plan"]["due_at"]) > taken.taken_at
    assert [(run["backup_id"], run["data_bytes"]) for run in status["runs"]] == [
        (taken.id, taken.data_bytes),
        (None, None),
    ]
    assert status["restores"] == []


class NotesLost(BackupNotes):
    """A database that takes no notes."""

    def __init__(self) -> None: ...

    async def planned(self, *_: object) -> None:
        raise psycopg.OperationalError("the connection is lost")

    taken = failed = planned


async def test_a_backup_does_not_depend_on_what_is_noted_of_it(
    source: Source, recovery: RecoveryKey, tmp_path: Path
) -> None:
    plan = BackupPlan(source.backup_url, str(tmp_path), recovery.backup_key, "* * * * *", Keep(1, 0, 0))
    taken = await ScheduledBackups(plan, Metrics(), Clock(), NotesLost()).take_if_due()
    assert await BackupStore.open(str(tmp_path)).manifests() == [taken]


def settings(**given: object) -> Settings:
    return Settings.read(database_url="postgresql://nowhere", **given)


def test_the_leader_takes_none_without_a_schedule() -> None:
    assert make_backups(settings(), Metrics()) is None


def test_a_schedule_takes_all_that_a_backup_needs(recovery: RecoveryKey) -> None:
    whole = {
        "backup_url": "/backups",
        "backup_key": recovery.backup_key.dump(),
        "backup_database_url": "postgresql://x",
    }

    assert make_backups(settings(backup_schedule="30 1 * * *", **whole), Metrics()) is not None
    for name in whole:
        with pytest.raises(SettingsError, match="WASL_BACKUP_SCHEDULE takes"):
            settings(backup_schedule="30 1 * * *", **{key: value for key, value in whole.items() if key != name})


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("backup_schedule", "every night", "WASL_BACKUP_SCHEDULE: must be five cron fields"),
        ("backup_key", "wasl-recovery-key-1.secret", "WASL_BACKUP_KEY: That is no backup key"),
        ("backup_keep_daily", 0, "WASL_BACKUP_KEEP_DAILY"),
    ],
)
def test_a_setting_that_cannot_be_right_is_named(name: str, value: object, told: str) -> None:
    with pytest.raises(SettingsError, match=told) as refused:
        settings(**{name: value})
    assert "secret" not in str(refused.value)
