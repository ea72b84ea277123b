"""The life of an alert: acknowledged once, snoozed, resolved, and each step in its history."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.callers import Caller, Refusal
from tests.support.watches import Watch

NOT_FOUND = Refusal(404, "alert_not_found", "alert_id")


async def test_an_alert_is_acknowledged_once(watch: Watch) -> None:
    alert_id = await watch.raise_alert()
    developer = await watch.workspace.member("developer")

    alert = await developer.call("acknowledge_alert", alert_id=alert_id)

    assert (alert["status"], alert["acknowledged_by"]) == ("acknowledged", developer.user_id)
    assert await developer.refused("acknowledge_alert", alert_id=alert_id) == NOT_FOUND


async def test_alerts_of_others_are_not_there(watch: Watch, other: Caller, server: Caller) -> None:
    alert_id = await watch.raise_alert()
    viewer = await watch.workspace.member("viewer")

    for caller in (other, viewer):
        assert await caller.refused("acknowledge_alert", alert_id=alert_id) == NOT_FOUND
        assert await caller.refused("resolve_alert", alert_id=alert_id) == NOT_FOUND
        assert await caller.refused("snooze_alert", alert_id=alert_id, until=None) == NOT_FOUND
    assert await server.refused("acknowledge_alert", alert_id=None) == NOT_FOUND
    assert (await server.call("acknowledge_alert", alert_id=alert_id))["acknowledged_by"] is None


async def test_what_is_resolved_by_hand_is_over_and_another_sighting_is_a_new_alert(watch: Watch) -> None:
    alert_id = await watch.raise_alert(group="trouble")

    alert = await watch.workspace.owner.call("resolve_alert", alert_id=alert_id)

    assert (alert["status"], alert["resolved_at"] is not None) == ("resolved", True)
    assert await watch.workspace.owner.refused("resolve_alert", alert_id=alert_id) == NOT_FOUND
    assert await watch.raise_alert(group="trouble") != alert_id


@pytest.mark.parametrize("days", [-1, 31])
async def test_it_is_snoozed_for_a_while_that_lies_ahead(watch: Watch, days: int) -> None:
    alert_id = await watch.raise_alert()
    until = (datetime.now(UTC) + timedelta(days=days)).isoformat()

    refused = await watch.workspace.owner.refused("snooze_alert", alert_id=alert_id, until=until)

    assert refused == Refusal(400, "invalid_until", "until")


async def test_its_history_tells_who_did_what(watch: Watch) -> None:
    owner, alert_id = watch.workspace.owner, await watch.raise_alert(group="g", severity="warning")
    await watch.raise_alert(group="g", severity="critical")
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    await owner.call("snooze_alert", alert_id=alert_id, until=until)
    await owner.call("snooze_alert", alert_id=alert_id, until=None)
    await owner.call("acknowledge_alert", alert_id=alert_id)
    await watch.worker.execute("select private.end_alert(%s, 'g')", [watch.workspace.id])

    rows = await owner.rows(f"alert_events?alert_id=eq.{alert_id}&order=occurred_at,id")

    me = f"user:{owner.user_id}"
    assert [(row["type"], row["actor"]) for row in rows] == [
        ("opened", "worker"),
        ("worsened", "worker"),
        ("snoozed", me),
        ("woken", me),
        ("acknowledged", me),
        ("resolved", "worker"),
    ]
    assert rows[1]["detail"] == {"severity": "critical"}


async def test_what_has_been_over_for_long_is_forgotten(watch: Watch) -> None:
    old, kept, still_open = [await watch.raise_alert() for _ in range(3)]
    for alert_id, days in ((old, 401), (kept, 399)):
        await watch.workspace.database.execute(
            "update alerts set status = 'resolved', resolved_at = now() - make_interval(days => %s) where id = %s",
            [days, alert_id],
        )

    await watch.worker.execute("select private.forget_old_alerts()")

    assert [str(row["id"]) for row in await watch.alerts()] == [kept, still_open]
