"""Who is told what of an alert, and when nobody is; the inbox and what each member has read of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.callers import Refusal, Row
from tests.support.watches import Watch, insert

OPENED = [("in_app", "opened")]


async def test_each_channel_is_told_once_and_of_its_end_too(watch: Watch) -> None:
    await watch.channel()
    alert_id = await watch.raise_alert(group="g")

    assert await watch.tell(alert_id) == [("in_app", "opened"), ("email", "opened")]
    await watch.raise_alert(group="g")
    assert len(await watch.tell(alert_id)) == 2, "another sighting is no news"
    await watch.workspace.owner.call("acknowledge_alert", alert_id=alert_id)
    await watch.tell(alert_id)
    await watch.workspace.owner.call("resolve_alert", alert_id=alert_id)
    told = await watch.tell(alert_id)

    assert [each for each in told if each[0] == "email"] == [
        ("email", "opened"),
        ("email", "acknowledged"),
        ("email", "resolved"),
    ]


async def test_what_a_channel_is_told_waits_in_its_outbox_with_a_job_that_exists_once(watch: Watch) -> None:
    channel_id = await watch.channel()
    for _ in range(3):
        await watch.tell(await watch.raise_alert())

    jobs = await watch.workspace.all("select * from private.jobs where payload ->> 'channel_id' = %s", [channel_id])
    waiting = await watch.workspace.owner.rows(f"alert_notifications?channel_id=eq.{channel_id}&status=eq.pending")

    assert ([job["kind"] for job in jobs], len(waiting)) == (["alert.send"], 3)
    await watch.workspace.database.execute("delete from private.jobs where id = %s", [jobs[0]["id"]])
    await watch.worker.execute("select private.tell_of_alerts()")
    again = await watch.workspace.all("select id from private.jobs where payload ->> 'channel_id' = %s", [channel_id])
    assert [job["id"] for job in again] == [jobs[0]["id"]], "whatever became of the job, there is another one"


@pytest.mark.parametrize(
    ("columns", "is_told"),
    [
        ({"minimum_severity": "critical"}, False),
        ({"minimum_severity": "warning"}, True),
        ({"kinds": ["operation.*"]}, True),
        ({"kinds": ["operation.dead"]}, True),
        ({"kinds": ["connection.*", "post.failed"]}, False),
        ({"enabled": False}, False),
        ({"only_escalations": True}, False),
        ({"kind": "slack"}, False),
    ],
)
async def test_a_channel_gets_what_it_wants(watch: Watch, columns: Row, is_told: bool) -> None:
    await watch.channel(**columns)
    alert_id = await watch.raise_alert(severity="warning")

    told = await watch.tell(alert_id)

    assert (len(told) == 2) is is_told


async def test_a_channel_of_one_connection_hears_of_no_other(watch: Watch) -> None:
    await watch.channel(connection_id=watch.connection["id"])

    assert await watch.tell(await watch.raise_alert()) == OPENED
    assert len(await watch.tell(await watch.raise_alert(connection_id=watch.connection["id"]))) == 2


async def test_a_rule_can_be_named(watch: Watch) -> None:
    rule_id = await watch.rule("error_rate", for_seconds=0)
    await watch.channel(kinds=[rule_id])
    await watch.calls(40, failures=40)
    [alert] = await watch.evaluate()

    assert len(await watch.tell(str(alert["id"]))) == 2


async def test_what_gets_worse_is_told_again_and_to_those_who_did_not_care_before(watch: Watch) -> None:
    await watch.channel(minimum_severity="critical")
    alert_id = await watch.raise_alert(group="g", severity="warning")
    await watch.tell(alert_id)
    await watch.raise_alert(group="g", severity="critical")

    assert sorted(await watch.tell(alert_id)) == [
        ("email", "opened"),
        ("in_app", "opened"),
        ("in_app", "worsened.critical"),
    ]


async def test_it_is_reminded_of_until_somebody_acknowledges(watch: Watch) -> None:
    await watch.channel(repeat_minutes=30)
    alert_id = await watch.raise_alert()
    await watch.tell(alert_id)
    await watch.later(alert_id, 29)
    assert len(await watch.tell(alert_id)) == 2
    await watch.later(alert_id, 1)
    assert ("email", "reminded.1") in await watch.tell(alert_id)
    await watch.later(alert_id, 30)
    assert ("email", "reminded.2") in await watch.tell(alert_id)
    await watch.workspace.owner.call("acknowledge_alert", alert_id=alert_id)
    await watch.tell(alert_id)
    await watch.later(alert_id, 30)

    assert ("email", "reminded.3") not in await watch.tell(alert_id)


async def escalation(watch: Watch, channel_id: str, minutes: int, **columns: Any) -> None:
    row = {"organization_id": watch.workspace.id, "channel_id": channel_id, "after_minutes": minutes}
    await insert(watch.workspace, "alert_escalations", row | columns)


async def test_what_nobody_acknowledges_goes_further_up(watch: Watch) -> None:
    boss = await watch.channel(only_escalations=True)
    await escalation(watch, boss, 15)
    await escalation(watch, boss, 60)
    alert_id = await watch.raise_alert()
    await watch.tell(alert_id)
    await watch.later(alert_id, 14)
    assert await watch.tell(alert_id) == OPENED
    await watch.later(alert_id, 1)
    assert [each[0] for each in await watch.tell(alert_id)] == ["in_app", "email"]
    await watch.later(alert_id, 45)
    assert [each[0] for each in await watch.tell(alert_id)] == ["in_app", "email", "email"]
    assert (await watch.history(alert_id)).count("escalated") == 2


async def test_what_is_acknowledged_in_time_or_not_bad_enough_is_not_escalated(watch: Watch) -> None:
    await escalation(watch, await watch.channel(only_escalations=True), 15)
    taken, mild = await watch.raise_alert(), await watch.raise_alert(severity="warning")
    for alert_id in (taken, mild):
        await watch.tell(alert_id)
    await watch.workspace.owner.call("acknowledge_alert", alert_id=taken)
    for alert_id in (taken, mild):
        await watch.later(alert_id, 60)

        assert "email" not in [kind for kind, _ in await watch.tell(alert_id)]


async def test_a_snoozed_alert_is_quiet_until_it_wakes(watch: Watch) -> None:
    await watch.channel(repeat_minutes=10)
    alert_id = await watch.raise_alert()
    await watch.tell(alert_id)
    until = (datetime.now(UTC) + timedelta(minutes=60)).isoformat()
    await watch.workspace.owner.call("snooze_alert", alert_id=alert_id, until=until)
    await watch.tell(alert_id)
    await watch.later(alert_id, 30)
    assert len(await watch.tell(alert_id)) == 2
    await watch.later(alert_id, 31)

    assert ("email", "reminded.1") in await watch.tell(alert_id)
    assert (await watch.history(alert_id))[-2:] == ["woken", "unmuted"]


async def test_in_maintenance_nobody_is_told_and_afterwards_of_what_has_not_ended(watch: Watch) -> None:
    now = datetime.now(UTC)
    window = {
        "organization_id": watch.workspace.id,
        "name": "Release",
        "starts_at": (now - timedelta(hours=1)).isoformat(),
        "ends_at": (now + timedelta(hours=1)).isoformat(),
    }
    [made] = await insert(watch.workspace, "maintenance_windows", window)
    lasting, brief = await watch.raise_alert(), await watch.raise_alert(group="brief")
    assert (await watch.tell(lasting), await watch.tell(brief)) == ([], [])
    [alert] = await watch.workspace.owner.rows(f"alerts?id=eq.{lasting}&select=muted_by,told_at")
    assert alert == {"muted_by": "maintenance", "told_at": None}
    await watch.worker.execute("select private.end_alert(%s, 'brief')", [watch.workspace.id])
    await watch.workspace.owner.request("PATCH", f"maintenance_windows?id=eq.{made['id']}", json={"enabled": False})
    for alert_id in (lasting, brief):
        await watch.later(alert_id, 1)

    assert (await watch.tell(lasting), await watch.tell(brief)) == (OPENED, [])


async def test_a_connection_that_is_down_silences_what_follows_from_it(watch: Watch) -> None:
    down = await watch.raise_alert("connection.down", group="down", connection_id=watch.connection["id"])
    assert await watch.tell(down) == OPENED
    follows = await watch.raise_alert("rule.error_rate", "warning", connection_id=watch.connection["id"])
    elsewhere = await watch.raise_alert("rule.error_rate", "warning")
    assert await watch.tell(follows) == []
    assert await watch.tell(elsewhere) == OPENED
    [alert] = await watch.workspace.owner.rows(f"alerts?id=eq.{follows}&select=muted_by,cause_id")
    assert alert == {"muted_by": "cause", "cause_id": down}
    await watch.worker.execute("select private.end_alert(%s, 'down')", [watch.workspace.id])
    await watch.later(follows, 1)

    assert await watch.tell(follows) == OPENED, "what lasts longer than its cause is told"


async def test_the_inbox_is_marked_by_each_member_alone(watch: Watch) -> None:
    owner, member = watch.workspace.owner, await watch.workspace.member("viewer")
    await watch.tell(await watch.raise_alert())
    unread = "alert_notifications?select=id,alert_reads(read_at),alert_channels!inner(kind)"
    unread += "&alert_channels.kind=eq.in_app&alert_reads=is.null"
    [notification] = await owner.rows(unread)

    assert await owner.call("read_alert_notifications", notification_ids=[notification["id"]]) == 1
    assert await owner.call("read_alert_notifications", notification_ids=[notification["id"]]) == 0

    assert (len(await owner.rows(unread)), len(await member.rows(unread))) == (0, 1)
    key = await watch.workspace.api_key("*")
    assert await key.refused("read_alert_notifications", notification_ids=[notification["id"]]) == Refusal(
        403, "forbidden", None
    )


async def test_a_channel_that_fails_is_told_to_the_others(watch: Watch) -> None:
    channel_id = await watch.channel()
    note = "select private.note_channel(%s, %s, %s)"
    await watch.worker.execute(note, [channel_id, '{"code": "unreachable"}', True])
    alert_id = await watch.workspace.one("select id from alerts where group_key = %s", [f"alert_channel:{channel_id}"])
    assert await watch.tell(str(alert_id)) == OPENED
    [channel] = await watch.workspace.owner.rows(f"alert_channels?id=eq.{channel_id}")
    assert (channel["failing_since"] is not None, channel["last_error"]) == (True, {"code": "unreachable"})
    await watch.worker.execute(note, [channel_id, None, False])

    [channel] = await watch.workspace.owner.rows(f"alert_channels?id=eq.{channel_id}")
    assert (channel["failing_since"], channel["last_error"]) == (None, None)
    assert await watch.tell(str(alert_id)) == [*OPENED, ("in_app", "resolved")]


@pytest.mark.parametrize(
    ("field", "columns"),
    [
        ("target", {"kind": "email", "target": "nobody"}),
        ("target", {"kind": "email"}),
        ("target", {"kind": "email", "target": ",".join(f"a{n}@example.ae" for n in range(11))}),
        ("target", {"kind": "slack", "target": "https://hooks.slack.example/services/secret"}),
        ("kinds", {"kind": "in_app", "kinds": []}),
        ("kinds", {"kind": "in_app", "kinds": ["Connection"]}),
        ("repeat_minutes", {"kind": "slack", "repeat_minutes": 4}),
        ("repeat_minutes", {"kind": "in_app", "repeat_minutes": 60}),
    ],
)
async def test_a_channel_that_cannot_be_right_names_the_field(tower: Watch, field: str, columns: Row) -> None:
    row = {"organization_id": tower.workspace.id, "name": "Mine", **columns}

    answer = await tower.workspace.owner.request("POST", "alert_channels", json=row)

    assert (answer.status_code, answer.json()["details"]) == (400, field), answer.text


async def test_a_url_is_sealed_and_shown_to_nobody(watch: Watch) -> None:
    owner, channel_id = watch.workspace.owner, await watch.channel(kind="webhook")
    key = await watch.workspace.encryption_key()
    url = {"name": "url", "ciphertext": "A" * 64, "key_id": key, "hint": "hooks.example"}
    assert await owner.refused("test_alert_channel", channel_id=channel_id) == Refusal(
        409, "channel_not_ready", "channel_id"
    )

    channel = await owner.call("set_alert_channel_secrets", channel_id=channel_id, credentials=[url])
    assert (channel["target"], channel["ready"]) == ("hooks.example", False), "a webhook has to be signed"
    signing = url | {"name": "signing_secret", "hint": None}
    channel = await owner.call("set_alert_channel_secrets", channel_id=channel_id, credentials=[signing])

    assert channel["ready"]
    assert "A" * 64 not in str(await owner.rows("alert_channels"))
    developer = await watch.workspace.member("developer")
    refused = await developer.refused("set_alert_channel_secrets", channel_id=channel_id, credentials=[url])
    assert refused == Refusal(404, "channel_not_found", "channel_id")


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("credentials.hint", {"hint": "https://hooks.example/services/secret"}),
        ("credentials.ciphertext", {"ciphertext": "https://hooks.example"}),
        ("credentials.key_id", {"key_id": "unknown"}),
        ("credentials.name", {"name": "signing_secret"}),
    ],
)
async def test_a_secret_that_is_not_sealed_is_not_taken(tower: Watch, field: str, change: Row) -> None:
    channel_id = await tower.channel(kind="slack")
    key = await tower.workspace.encryption_key()
    url = {"name": "url", "ciphertext": "A" * 64, "key_id": key, "hint": "hooks.example"} | change

    refused = await tower.workspace.owner.refused("set_alert_channel_secrets", channel_id=channel_id, credentials=[url])

    assert refused.field == field
