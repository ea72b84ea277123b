"""Calls about alerts, rules, channels and maintenance: what goes out, what is refused before, what comes back."""

from collections.abc import Callable
from datetime import datetime, time, timedelta, timezone
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from wasl import (
    Alert,
    AlertChannel,
    AlertEscalation,
    AlertEvent,
    AlertNotification,
    AlertRule,
    InboxEntry,
    InvalidRequest,
    MaintenanceWindow,
    NotFound,
)
from wasl.models import EncryptionKey
from wasl.sealing import SUITE, binding_info, decode_base64url, encode_base64url

from tests.support.hubs import AnyHub, FakeHub, collect, done
from tests.support.sdk_rows import MOMENT, row

ORGANIZATION, THING = str(uuid4()), str(uuid4())
NOON_IN_DUBAI = datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=4)))


async def test_an_alert_is_snoozed_and_resolved(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer(row(Alert, detail={}))
    await done(hub.alerts.snooze(THING, NOON_IN_DUBAI))
    assert server.last.url.path == "/rest/v1/rpc/snooze_alert"
    assert server.last_body == {"alert_id": THING, "until": "2026-11-23T12:00:00+04:00"}
    server.will_answer(row(Alert, detail={}))
    await done(hub.alerts.snooze(THING, None))
    assert server.last_body == {"alert_id": THING, "until": None}
    server.will_answer(row(Alert, status="resolved", detail={}))
    assert (await done(hub.alerts.resolve(THING))).status == "resolved"
    assert (server.last.url.path, server.last_body) == ("/rest/v1/rpc/resolve_alert", {"alert_id": THING})


async def test_its_history_and_who_was_told(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer([row(AlertEvent, type="opened", detail={"severity": "info"})])
    [event] = await done(hub.alerts.history(THING))
    assert (event.type, event.detail) == ("opened", {"severity": "info"})
    assert server.last.url.params["order"] == "occurred_at.asc,id.asc"
    server.will_answer([row(AlertNotification, status="failed", last_error={"code": "unreachable"})])
    [told] = await collect(hub.alerts.notifications(alert_id=THING, status=["pending", "failed"]))
    assert told.last_error and told.last_error.code == "unreachable"
    assert server.last.url.params["status"] == "in.(pending,failed)"


async def test_the_inbox_tells_what_is_read(hub: AnyHub, server: FakeHub) -> None:
    entry = {"alerts": {"title": "Down", "kind": "connection.down", "status": "open"}}
    read = row(InboxEntry, **entry, alert_reads=[{"read_at": MOMENT}])
    server.will_answer([read, row(InboxEntry, **entry, alert_reads=[])])
    first, second = await collect(hub.alerts.inbox())
    assert (first.read_at is None, second.read_at, second.alerts.title) == (False, None, "Down")
    assert server.last.url.params["alert_channels.kind"] == "eq.in_app"
    server.will_answer(1)
    assert await done(hub.alerts.mark_read([second.id])) == 1
    assert server.last_body == {"notification_ids": [str(second.id)]}


async def test_a_rule_is_made_of_what_is_given(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer([row(AlertRule, metric="latency", threshold=2000)])
    rule = await done(
        hub.alert_rules.create("Slow", "latency", threshold=2000, connection_id=THING, organization_id=ORGANIZATION)
    )
    assert (rule.metric, rule.threshold) == ("latency", 2000)
    assert (server.last.method, server.last.url.path) == ("POST", "/rest/v1/alert_rules")
    assert server.last_body == {
        "name": "Slow",
        "metric": "latency",
        "threshold": "2000",
        "connection_id": THING,
        "organization_id": ORGANIZATION,
    }


async def test_the_callers_only_organization_need_not_be_named(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer([{"id": ORGANIZATION}])
    server.will_answer([row(AlertRule)])
    await done(hub.alert_rules.create("Slow", "latency"))
    assert server.last_body["organization_id"] == ORGANIZATION
    server.will_answer([{"id": ORGANIZATION}, {"id": THING}])
    with pytest.raises(InvalidRequest) as error:
        await done(hub.alert_rules.create("Slow", "latency"))
    assert error.value.field == "organization_id"


async def test_what_is_left_out_of_a_change_stays_and_none_takes_away(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer([row(AlertRule)])
    await done(hub.alert_rules.update(THING, enabled=False, connection_id=None))
    assert (server.last.method, server.last.url.params["id"]) == ("PATCH", f"eq.{THING}")
    assert server.last_body == {"enabled": False, "connection_id": None}
    with pytest.raises(TypeError, match="treshold"):
        await done(hub.alert_rules.update(THING, treshold=1))  # type: ignore[call-arg]


async def test_a_channels_url_is_sealed_here_and_its_signing_secret_shown_once(hub: AnyHub, server: FakeHub) -> None:
    private = X25519PrivateKey.generate()
    public = encode_base64url(private.public_key().public_bytes_raw())
    channel = row(AlertChannel, id=THING, organization_id=ORGANIZATION, kind="webhook")
    server.will_answer([channel])
    server.will_answer([row(EncryptionKey, public_key=public, algorithm="HPKE-X25519-HKDF-SHA256-AES-256-GCM")])
    server.will_answer(channel | {"ready": True})
    url = "https://hooks.example/services/secret"

    made = await done(hub.alert_channels.create("Ops", "webhook", url=url, organization_id=ORGANIZATION))

    assert (made.channel.ready, made.signing_secret and made.signing_secret[:6]) == (True, "whsec_")
    assert "whsec_" not in repr(made)
    assert not any(b"services/secret" in request.content for request in server.requests)
    sealed = {each["name"]: each for each in server.last_body["credentials"]}
    assert (sealed["url"]["hint"], sealed["signing_secret"]["hint"]) == ("hooks.example", None)
    for name, secret in (("url", url), ("signing_secret", made.signing_secret)):
        info = binding_info(ORGANIZATION, THING, name)
        assert SUITE.decrypt(decode_base64url(sealed[name]["ciphertext"]), private, info).decode() == secret


async def test_a_channel_whose_url_is_none_is_not_left_behind(hub: AnyHub, server: FakeHub) -> None:
    public = encode_base64url(X25519PrivateKey.generate().public_key().public_bytes_raw())
    server.will_answer([row(AlertChannel, id=THING, organization_id=ORGANIZATION, kind="slack")])
    server.will_answer([row(EncryptionKey, public_key=public, algorithm="HPKE-X25519-HKDF-SHA256-AES-256-GCM")])
    server.will_answer([{"id": THING}])

    with pytest.raises(InvalidRequest) as error:
        await done(hub.alert_channels.create("Ops", "slack", url="hooks/secret", organization_id=ORGANIZATION))

    assert (error.value.field, "secret" in str(error.value)) == ("url", False)
    assert server.last.method == "DELETE"


@pytest.mark.parametrize(("kind", "url"), [("slack", None), ("email", "https://hooks.example")])
async def test_who_has_a_url(hub: AnyHub, kind: Any, url: str | None) -> None:
    with pytest.raises(InvalidRequest) as error:
        await done(hub.alert_channels.create("Ops", kind, url=url, organization_id=ORGANIZATION))
    assert error.value.field == "url"


async def test_escalations(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer([row(AlertChannel, id=THING, organization_id=ORGANIZATION)])
    server.will_answer([row(AlertEscalation, after_minutes=15)])
    await done(hub.alert_channels.add_escalation(THING, 15))
    assert server.last_body == {
        "organization_id": ORGANIZATION,
        "channel_id": THING,
        "after_minutes": 15,
        "minimum_severity": "critical",
    }
    server.will_answer([row(AlertEscalation, after_minutes=15)])
    [escalation] = await done(hub.alert_channels.escalations(THING))
    server.will_answer([{"id": str(escalation.id)}])
    await done(hub.alert_channels.remove_escalation(escalation.id))
    assert (server.last.method, server.last.url.path) == ("DELETE", "/rest/v1/alert_escalations")


async def test_maintenance_is_once_or_weekly(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer([row(MaintenanceWindow)])
    await done(hub.maintenance.create(name="R", starts_at=NOON_IN_DUBAI, ends_at=NOON_IN_DUBAI, organization_id=THING))
    assert server.last_body["starts_at"] == "2026-11-23T12:00:00+04:00"
    server.will_answer([row(MaintenanceWindow, weekdays=[6], start_time="02:00:00")])
    window = await done(
        hub.maintenance.create(
            name="R", weekdays=(6,), start_time=time(2), duration_minutes=60, organization_id=ORGANIZATION
        )
    )
    assert window.start_time == time(2)
    assert (server.last_body["weekdays"], server.last_body["start_time"]) == ([6], "02:00:00")


@pytest.mark.parametrize(
    "call",
    [
        lambda hub: hub.alert_rules.get(uuid4()),
        lambda hub: hub.alert_rules.update(uuid4(), enabled=True),
        lambda hub: hub.alert_rules.delete(uuid4()),
        lambda hub: hub.alert_channels.get(uuid4()),
        lambda hub: hub.alert_channels.delete(uuid4()),
        lambda hub: hub.maintenance.get(uuid4()),
        lambda hub: hub.maintenance.delete(uuid4()),
    ],
    ids=["get rule", "update rule", "delete rule", "get channel", "delete channel", "get window", "delete window"],
)
async def test_one_that_is_not_there_is_not_found(hub: AnyHub, server: FakeHub, call: Callable[[AnyHub], Any]) -> None:
    server.will_answer([])
    with pytest.raises(NotFound):
        await done(call(hub))
