"""Alerts are acknowledged once, by somebody of the organization."""

import uuid

from tests.support.callers import Caller, Refusal, Workspace

NOT_FOUND = Refusal(404, "alert_not_found", "alert_id")


async def new_alert(workspace: Workspace) -> str:
    return str(
        await workspace.one(
            "insert into alerts (organization_id, kind, group_key, severity, title)"
            " values (%s, 'connection.down', %s, 'critical', 'Down') returning id",
            [workspace.id, uuid.uuid4().hex],
        )
    )


async def test_an_alert_is_acknowledged_once(workspace: Workspace) -> None:
    alert_id = await new_alert(workspace)
    developer = await workspace.member("developer")

    alert = await developer.call("acknowledge_alert", alert_id=alert_id)

    assert (alert["status"], alert["acknowledged_by"]) == ("acknowledged", developer.user_id)
    assert await developer.refused("acknowledge_alert", alert_id=alert_id) == NOT_FOUND


async def test_alerts_of_others_are_not_there(workspace: Workspace, other: Caller, server: Caller) -> None:
    alert_id = await new_alert(workspace)
    viewer = await workspace.member("viewer")

    for caller in (other, viewer):
        assert await caller.refused("acknowledge_alert", alert_id=alert_id) == NOT_FOUND
    assert await server.refused("acknowledge_alert", alert_id=None) == NOT_FOUND
    assert (await server.call("acknowledge_alert", alert_id=alert_id))["acknowledged_by"] is None
