"""Alerting against the real stack: rules, channels with sealed URLs, maintenance, the inbox. No worker runs."""

from collections.abc import AsyncIterator
from datetime import time
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from wasl import AsyncWasl, Conflict, InvalidRequest, PermissionDenied, Wasl

from stack import Stack
from tests.support.hubs import AnyHub, collect, done


@pytest.fixture(params=[AsyncWasl, Wasl])
async def hub(
    request: pytest.FixtureRequest, stack: Stack, database: psycopg.AsyncConnection[Any]
) -> AsyncIterator[AnyHub]:
    """Somebody who owns one organization, with an encryption key."""
    user_id = str(uuid4())
    await database.execute("insert into auth.users (id, email) values (%s, %s)", [user_id, f"{user_id}@example.com"])
    token = stack.mint_jwt({"role": "authenticated", "aud": "authenticated", "sub": user_id})
    client = request.param(stack.url, stack.publishable_key, access_token=token)
    organization = await done(client.organizations.create("Wahat Trading"))
    key = f"key-{uuid4().hex[:12]}"
    # The base point of Curve25519: a point that can be sealed to.
    await database.execute(
        "insert into public.encryption_keys (id, organization_id, public_key) values (%s, %s, %s)",
        [key, organization.id, "CQ" + "A" * 41],
    )
    yield client
    await done(client.aclose() if isinstance(client, AsyncWasl) else client.close())


async def test_rules_are_made_changed_and_removed(hub: AnyHub) -> None:
    assert len(await collect(hub.alert_rules.list())) == 9
    rule = await done(hub.alert_rules.create("Very slow", "latency", threshold=9000, percentile=99))
    assert (rule.threshold, rule.recover_at, rule.window_minutes) == (9000, 7200, 10)
    with pytest.raises(InvalidRequest) as error:
        await done(hub.alert_rules.update(rule.id, percentile=100))
    assert error.value.field == "percentile"
    with pytest.raises(Conflict):
        await done(hub.alert_rules.create("Very slow", "latency"))
    assert not (await done(hub.alert_rules.update(rule.id, enabled=False))).enabled
    await done(hub.alert_rules.delete(rule.id))
    assert len(await collect(hub.alert_rules.list(metric="latency"))) == 1


async def test_channels_are_made_and_escalated_to(hub: AnyHub) -> None:
    url, kinds = "https://hooks.example/x", ["connection.*"]
    made = await done(hub.alert_channels.create("Ops", "webhook", url=url, kinds=kinds))
    assert (made.channel.target, made.channel.ready, made.channel.kinds) == ("hooks.example", True, kinds)
    assert await done(hub.alert_channels.rotate_signing_secret(made.channel.id)) != made.signing_secret
    await done(hub.alert_channels.add_escalation(made.channel.id, 30))
    assert [each.after_minutes for each in await done(hub.alert_channels.escalations())] == [30]
    assert (await done(hub.alert_channels.test(made.channel.id))).kind == "alert.test"
    with pytest.raises(InvalidRequest) as error:
        await done(hub.alert_channels.create("Mail", "email", target="nobody"))
    assert error.value.field == "target"
    await done(hub.alert_channels.delete(made.channel.id))
    assert [each.kind for each in await collect(hub.alert_channels.list())] == ["in_app"]


async def test_maintenance(hub: AnyHub) -> None:
    window = await done(hub.maintenance.create(name="Nights", weekdays=[5, 6], start_time=time(2), duration_minutes=90))
    assert (window.time_zone, window.start_time) == ("Asia/Dubai", time(2))
    assert not (await done(hub.maintenance.update(window.id, enabled=False))).enabled
    await done(hub.maintenance.delete(window.id))
    assert await collect(hub.maintenance.list()) == []


async def test_the_inbox_is_read_once(hub: AnyHub, database: psycopg.AsyncConnection[Any]) -> None:
    [organization] = await collect(hub.organizations.list())
    await database.execute(
        "select private.raise_alert(%s, null, 'connection.down', 'g', 'critical', 'Down', '{}')", [organization.id]
    )
    await database.execute("select private.tell_of_alerts()")
    [entry] = await collect(hub.alerts.inbox())
    assert (entry.read_at, entry.alerts.title, entry.transition) == (None, "Down", "opened")
    assert await done(hub.alerts.mark_read([entry.id])) == 1
    [entry] = await collect(hub.alerts.inbox())
    assert entry.read_at is not None
    assert (await done(hub.alerts.resolve(entry.alert_id))).status == "resolved"
    assert [each.type for each in await done(hub.alerts.history(entry.alert_id))] == ["opened", "resolved"]


async def test_an_api_key_has_no_inbox(hub: AnyHub, stack: Stack) -> None:
    key = await done(hub.api_keys.create("Key", ["*"]))
    claims = {"role": "authenticated", "aud": "authenticated", "sub": str(key.id), "api_key_id": str(key.id)}
    async with AsyncWasl(stack.url, stack.publishable_key, access_token=stack.mint_jwt(claims)) as machine:
        with pytest.raises(PermissionDenied):
            await machine.alerts.mark_read([uuid4()])
