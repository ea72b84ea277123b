"""Calls about traffic and health: what goes out for what is given, what is refused before anything goes out, what comes
back."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from uuid import uuid4

import pytest
from wasl import (
    CheckHistory,
    Connection,
    Cost,
    Incident,
    IncidentEntry,
    InvalidRequest,
    Latency,
    NotFound,
    StatusPage,
    SyntheticCheck,
    TrafficErrors,
    Uptime,
    Usage,
)

from tests.support.hubs import AnyHub, FakeHub, collect, done
from tests.support.sdk_rows import row

NOON = datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=4)))
SAID_NOON = "2026-11-23T12:00:00+04:00"
CONNECTION = uuid4()


async def test_usage_says_what_is_asked_and_no_more(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer([row(Usage, calls=7, environment="live")])
    [usage] = await done(hub.analytics.usage(NOON))
    assert server.last.url.path == "/rest/v1/rpc/usage"
    assert server.last_body == {"since": SAID_NOON, "zoom": "day", "breakdown": [], "source": "call"}
    assert (usage.calls, usage.environment, usage.provider_key) == (7, "live", None)


@pytest.mark.parametrize(
    ("call", "function", "model"),
    [("usage", "usage", Usage), ("latency", "latency", Latency), ("errors", "traffic_errors", TrafficErrors)],
)
async def test_everything_that_figures_can_be_narrowed_by_goes_out(
    hub: AnyHub, server: FakeHub, call: str, function: str, model: type[Usage]
) -> None:
    server.will_answer([row(model)])
    organization_id = uuid4()
    await done(
        getattr(hub.analytics, call)(
            NOON,
            NOON + timedelta(hours=1),
            zoom="hour",
            breakdown=("provider", "operation"),
            source="webhook",
            environment="sandbox",
            provider="stripe",
            connection_id=CONNECTION,
            operation="charge.paid",
            organization_id=organization_id,
        )
    )
    assert server.last.url.path == f"/rest/v1/rpc/{function}"
    assert server.last_body == {
        **{"since": SAID_NOON, "until": "2026-11-23T13:00:00+04:00", "zoom": "hour"},
        **{"breakdown": ["provider", "operation"], "source": "webhook", "environment": "sandbox"},
        **{"provider_key": "stripe", "connection_id": str(CONNECTION), "operation": "charge.paid"},
        "organization_id": str(organization_id),
    }


async def test_costs_are_decimals(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer([row(Cost, told="3.50", estimated="6.80", currency="AED")])
    [cost] = await done(hub.analytics.cost(NOON, provider="stripe"))
    assert server.last_body == {"since": SAID_NOON, "zoom": "month", "provider_key": "stripe"}
    assert (cost.told, cost.estimated) == (Decimal("3.50"), Decimal("6.80"))


async def test_a_time_without_a_zone_is_refused_before_it_goes_out(hub: AnyHub) -> None:
    with pytest.raises(InvalidRequest) as error:
        await done(hub.analytics.usage(datetime(2026, 11, 23)))
    assert error.value.field == "since"


async def test_uptime_and_history(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer([row(Uptime, uptime=None, seconds_up=0.0)])
    [uptime] = await done(hub.health.uptime(NOON, zoom="month", connection_id=CONNECTION))
    assert server.last_body == {"since": SAID_NOON, "zoom": "month", "connection_id": str(CONNECTION)}
    assert uptime.uptime is None
    server.will_answer([row(CheckHistory, capability="lists_payments", checks=4)])
    [history] = await done(hub.health.history(CONNECTION, NOON))
    assert server.last.url.path == "/rest/v1/rpc/health_history"
    assert (history.capability, history.checks, history.p99_ms) == ("lists_payments", 4, None)


async def test_incidents_and_their_timelines(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer([row(Incident, source="checks")])
    [incident] = await collect(hub.health.incidents(provider="stripe", opened_after=NOON))
    assert server.last.url.params["provider_key"] == "eq.stripe"
    assert server.last.url.params["opened_at"] == f"gt.{SAID_NOON}"
    server.will_answer([row(IncidentEntry, kind="opened"), row(IncidentEntry, kind="closed")])
    timeline = await done(hub.health.timeline(incident.id))
    assert server.last.url.params["incident_id"] == f"eq.{incident.id}"
    assert [entry.kind for entry in timeline] == ["opened", "closed"]


async def test_status_pages(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer([row(StatusPage, indicator="major", incidents=[{"name": "API errors", "id": "p1"}])])
    [page] = await done(hub.health.status_pages())
    assert (page.indicator, page.incidents[0].name) == ("major", "API errors")


async def test_a_capability_is_tried_until_it_is_removed(hub: AnyHub, server: FakeHub) -> None:
    connection = row(Connection, id=str(CONNECTION))
    server.will_answer([connection])
    server.will_answer([row(SyntheticCheck, state="unknown")], status=201)
    check = await done(hub.health.checks.add(CONNECTION, "lists_payments", interval_seconds=600))
    assert server.last_body == {
        "organization_id": connection["organization_id"],
        "connection_id": str(CONNECTION),
        "capability": "lists_payments",
        "interval_seconds": 600,
    }
    assert check.state == "unknown"
    server.will_answer([row(SyntheticCheck, enabled=False)])
    assert not (await done(hub.health.checks.set(CONNECTION, "lists_payments", enabled=False))).enabled
    assert (server.last.method, server.last_body) == ("PATCH", {"enabled": False})
    server.will_answer([row(SyntheticCheck)])
    assert len(await done(hub.health.checks.list(CONNECTION))) == 1
    server.will_answer([])
    await done(hub.health.checks.remove(CONNECTION, "lists_payments"))
    assert server.last.method == "DELETE"
    assert server.last.url.params["capability"] == "eq.lists_payments"


async def test_a_check_that_is_not_there_cannot_be_changed(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer([])
    with pytest.raises(NotFound):
        await done(hub.health.checks.set(CONNECTION, "lists_payments", enabled=True))
