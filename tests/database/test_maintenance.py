"""Maintenance windows: once, or weekly by the clock of a place."""

from typing import Any

import pytest

from tests.support.callers import Refusal, Row
from tests.support.watches import Watch, insert

WEEKLY: Row = {"weekdays": [6], "start_time": "02:00", "duration_minutes": 120}
"""Saturday night."""


async def holds(watch: Watch, moment: str, connection_id: str | None = None) -> bool:
    query = "select private.in_maintenance(%s, %s, %s)"
    return bool(await watch.workspace.one(query, [watch.workspace.id, connection_id, moment]))


async def window(watch: Watch, **columns: Any) -> None:
    await insert(
        watch.workspace, "maintenance_windows", {"organization_id": watch.workspace.id, "name": "W", **columns}
    )


@pytest.mark.parametrize(
    ("zone", "moment", "expected"),
    [
        ("Asia/Dubai", "2026-11-27T22:00:00Z", True),  # Saturday, 2 o'clock in Dubai
        ("Asia/Dubai", "2026-11-27T21:59:59Z", False),
        ("Asia/Dubai", "2026-11-27T23:59:59Z", True),
        ("Asia/Dubai", "2026-11-28T00:00:00Z", False),
        ("UTC", "2026-11-28T02:00:00Z", True),
        ("UTC", "2026-11-29T02:00:00Z", False),
        ("Europe/London", "2026-10-24T01:00:00Z", True),  # summer time there
        ("Europe/London", "2026-10-24T00:59:59Z", False),
    ],
)
async def test_a_weekly_window_goes_by_its_places_clock(watch: Watch, zone: str, moment: str, expected: bool) -> None:
    await window(watch, **WEEKLY, time_zone=zone)

    assert await holds(watch, moment) is expected


async def test_a_window_may_last_over_midnight(watch: Watch) -> None:
    await window(watch, weekdays=[5], start_time="23:00", duration_minutes=180, time_zone="UTC")

    assert [await holds(watch, f"2026-11-28T{hour}:00Z") for hour in ("01:59", "02:00")] == [True, False]


async def test_without_a_time_zone_it_is_the_organizations(watch: Watch) -> None:
    await window(watch, **WEEKLY)

    [made] = await watch.workspace.owner.rows("maintenance_windows")

    assert made["time_zone"] == "Asia/Dubai"


async def test_a_window_of_one_connection_holds_for_no_other(watch: Watch) -> None:
    await window(
        watch,
        starts_at="2026-11-23T12:00:00Z",
        ends_at="2026-11-23T13:00:00Z",
        connection_id=watch.connection["id"],
    )

    assert await holds(watch, "2026-11-23T12:30:00Z", watch.connection["id"])
    assert not await holds(watch, "2026-11-23T13:00:00Z", watch.connection["id"])
    assert not await holds(watch, "2026-11-23T12:30:00Z")


@pytest.mark.parametrize(
    ("field", "columns"),
    [
        ("starts_at", {}),
        ("starts_at", {**WEEKLY, "starts_at": "2026-11-23T12:00:00Z"}),
        ("ends_at", {"starts_at": "2026-11-23T12:00:00Z"}),
        ("ends_at", {"starts_at": "2026-11-23T12:00:00Z", "ends_at": "2026-11-23T12:00:00Z"}),
        ("ends_at", {"starts_at": "2026-11-23T12:00:00Z", "ends_at": "2027-11-23T12:00:00Z"}),
        ("start_time", {"starts_at": "2026-11-23T12:00:00Z", "ends_at": "2026-11-23T13:00:00Z", "start_time": "02:00"}),
        ("weekdays", {**WEEKLY, "weekdays": [0]}),
        ("start_time", {**WEEKLY, "start_time": None}),
        ("duration_minutes", {**WEEKLY, "duration_minutes": 1441}),
        ("ends_at", {**WEEKLY, "ends_at": "2026-11-23T12:00:00Z"}),
        ("time_zone", {**WEEKLY, "time_zone": "Dubai"}),
    ],
)
async def test_a_window_that_cannot_be_right_names_the_field(tower: Watch, field: str, columns: Row) -> None:
    row = {"organization_id": tower.workspace.id, "name": "W", **columns}

    answer = await tower.workspace.owner.request("POST", "maintenance_windows", json=row)

    body = answer.json()
    assert Refusal(answer.status_code, body["code"], body["details"]) == Refusal(400, f"invalid_{field}", field)
