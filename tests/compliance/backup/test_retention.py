"""Which backups are kept, and when the next one is due."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from workers.compliance.backup.archive import Manifest
from workers.compliance.backup.retention import Keep, expired
from workers.compliance.backup.schedule import due_at

START = datetime(2026, 1, 1, 1, 30, tzinfo=UTC)  # a Thursday


def manifest(at: datetime, organization_id: UUID | None = None) -> Manifest:
    name = f"{at:%Y%m%dT%H%M%SZ}-{'hub' if organization_id is None else organization_id}"
    return Manifest(id=name, taken_at=at, organization_id=organization_id, key_id="k", sealed_key="s", data_bytes=1)


def kept(number: int, keep: Keep, step: timedelta = timedelta(days=1)) -> list[str]:
    """The days that are left of so many backups, one after the other."""
    backups = [manifest(START + step * index) for index in range(number)]
    gone = {each.id for each in expired(backups, keep)}
    return [f"{each.taken_at:%m-%d}" for each in backups if each.id not in gone]


def test_the_newest_of_each_of_the_last_days() -> None:
    assert kept(10, Keep(3, 0, 0)) == ["01-08", "01-09", "01-10"]
    assert kept(24, Keep(2, 0, 0), timedelta(hours=6)) == ["01-05", "01-06"]


def test_weeks_end_on_sundays_and_months_on_their_last_day() -> None:
    assert kept(30, Keep(1, 3, 0)) == ["01-18", "01-25", "01-30"]
    assert kept(70, Keep(1, 0, 3)) == ["01-31", "02-28", "03-11"]


def test_days_without_a_backup_are_not_counted() -> None:
    assert kept(4, Keep(3, 0, 0), timedelta(days=10)) == ["01-11", "01-21", "01-31"]


def test_the_only_backup_and_those_of_organizations_stay() -> None:
    organization = manifest(START, UUID(int=1))

    assert expired([manifest(START)], Keep(1, 0, 0)) == []
    assert expired([organization, manifest(START + timedelta(days=9))], Keep(1, 0, 0)) == []


def test_what_is_kept_today_is_a_part_of_what_was_kept_yesterday() -> None:
    keep, backups = Keep(7, 5, 12), list[Manifest]()
    for day in range(500):
        backups.append(manifest(START + timedelta(days=day)))
        gone = {each.id for each in expired(backups, keep)}
        backups = [each for each in backups if each.id not in gone]

    assert len(backups) in range(20, 25)
    assert f"{backups[0].taken_at:%Y-%m-%d}" == "2026-06-30"


@pytest.mark.parametrize(
    ("newest", "due"),
    [("2026-11-23T01:30:04", "2026-11-24T01:30:00"), ("2026-11-23T01:29:59", "2026-11-23T01:30:00")],
)
def test_a_backup_is_due_at_the_first_time_after_the_newest(newest: str, due: str) -> None:
    at = datetime.fromisoformat(newest).replace(tzinfo=UTC)

    assert due_at("30 1 * * *", at, at) == datetime.fromisoformat(due).replace(tzinfo=UTC)


def test_the_first_backup_is_due_at_once() -> None:
    assert due_at("30 1 * * *", None, START) == START
