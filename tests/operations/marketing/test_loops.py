"""Automations that lead to themselves, to each other, too far, or too often."""

import asyncio

import pytest

from tests.operations.marketing.conftest import EMAIL, keep
from tests.support.offices import Office
from tests.support.workplace import Row, until

pytestmark = pytest.mark.usefixtures("worker", "no_faults")

TOO_OFTEN = 20
BEGIN_RUN = "select private.begin_run(%(automation_id)s, 1, %(id)s, %(created_at)s, null, '[]')"
WAITS_FOR_A_TURN = "select 1 from pg_locks where locktype = 'advisory' and not granted"


async def settled_runs(office: Office) -> list[Row]:
    """All runs, once nothing more follows."""
    query = "select * from public.automation_runs where organization_id = %s order by started_at, id"
    await office.jobs_done("event.route", "automation.step")
    return await office.hub.all(query, office.organization_id)


async def test_an_automation_is_not_led_by_what_it_led_to(office: Office) -> None:
    automation = await office.automate(keep(attributes={"n": "{{ id }}"}), events=["lead.*"])
    await office.lead(email=EMAIL)
    await office.ran(automation, 2)
    runs = await settled_runs(office)
    assert [(each["status"], each["reason"]) for each in runs] == [("finished", None), ("skipped", "loop")]


async def test_two_that_lead_to_each_other_come_to_an_end(office: Office) -> None:
    await office.automate(keep(attributes={"a": "{{ id }}"}), events=["lead.*"])
    await office.automate(keep(attributes={"b": "{{ id }}"}), events=["lead.*"])
    await office.lead(email=EMAIL)
    runs = await settled_runs(office)
    assert {each["reason"] for each in runs} == {None, "loop"}
    assert len([each for each in runs if each["reason"] is None]) <= 4  # each by itself, and each by the other
    assert all(each["status"] in ("finished", "skipped") for each in runs)


async def test_nothing_goes_further_than_five_automations_deep(office: Office) -> None:
    chain = [
        await office.automate({"kind": "event.track", "with": {"name": f"s{place + 1}"}}, events=[f"track.s{place}"])
        for place in range(8)
    ]
    await office.track("s0")
    runs = await settled_runs(office)
    by_place = {each["automation_id"]: each["reason"] for each in runs}
    assert [by_place.get(each["id"], "never") for each in chain] == [None] * 6 + ["too_deep", "never"]


async def test_one_that_runs_too_often_about_the_same_is_held_back(office: Office) -> None:
    automation = await office.automate({"kind": "event.track", "with": {"name": "done"}}, events=["track.go"])
    lead = await office.lead(email=EMAIL)
    for _ in range(TOO_OFTEN + 2):
        await office.track(lead_id=lead["id"])
    another = await office.lead(email="another@example.ae")
    await office.track(lead_id=another["id"])
    runs = await office.ran(automation, TOO_OFTEN + 3)
    reasons = [each["reason"] for each in runs if each["subject_id"] == lead["id"]]
    assert sorted(reasons, key=str) == [None] * TOO_OFTEN + ["too_often"] * 2
    assert [each["reason"] for each in runs if each["subject_id"] == another["id"]] == [None]
    (alert,) = await office.alerts("automation.too_often")
    assert alert["detail"]["automation_id"] == str(automation["id"])


async def test_runs_that_begin_at_once_count_each_other(office: Office) -> None:
    automation = await office.automate({"kind": "event.track", "with": {"name": "done"}}, events=["track.go"])
    lead = await office.lead(email=EMAIL)
    for _ in range(TOO_OFTEN - 1):
        await office.track(lead_id=lead["id"])
    await office.ran(automation, TOO_OFTEN - 1)
    for _ in range(2):
        await office.track("unheard", lead_id=lead["id"])
    query = "select id, created_at from public.events where subject_id = %s and type = 'track.unheard'"
    first, second = await office.hub.all(query, lead["id"])

    async with office.hub.pool.connection() as one, office.hub.pool.connection() as other:
        async with one.transaction():
            await one.execute(BEGIN_RUN, {**first, "automation_id": automation["id"]})
            waits = asyncio.create_task(other.execute(BEGIN_RUN, {**second, "automation_id": automation["id"]}))
            await until(lambda: office.hub.all(WAITS_FOR_A_TURN))
        await waits
    runs = {each["event_id"]: each["reason"] for each in await office.ran(automation, TOO_OFTEN + 1)}
    assert (runs[first["id"]], runs[second["id"]]) == (None, "too_often")
