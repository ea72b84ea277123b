"""Both colours against the real hub, with a worker at work and the gateway's twin behind it: traffic and health."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from wasl import AsyncWasl, Conflict, Connection, InvalidRequest, NotFound, Wasl

from tests.support.hubs import AnyHub, collect, done, elsewhere
from tests.support.workplace import Workplace, until

YESTERDAY = datetime.now(UTC) - timedelta(days=1)


@pytest.fixture(params=[AsyncWasl, Wasl])
async def hub(request: pytest.FixtureRequest, workplace: Workplace) -> AsyncIterator[AnyHub]:
    """A client of an admin of an organization, whose gateway is in use."""
    organization_id, user_id = await workplace.organization(), str(uuid4())
    await workplace.connect_stripe(organization_id)
    await workplace.database.execute(
        "insert into auth.users (id, email) values (%s, %s)", [user_id, f"{user_id}@example.com"]
    )
    await workplace.database.execute(
        "insert into public.organization_members (organization_id, user_id, role) values (%s, %s, 'admin')",
        [organization_id, user_id],
    )
    token = workplace.stack.mint_jwt({"role": "authenticated", "aud": "authenticated", "sub": user_id})
    client = request.param(workplace.stack.url, workplace.stack.publishable_key, access_token=token)
    yield client
    await done(client.aclose() if isinstance(client, AsyncWasl) else client.close())


async def gateway(hub: AnyHub) -> Connection:
    [connection] = await collect(hub.connections.list())
    return connection


async def test_checks_become_figures_uptime_and_history(workplace: Workplace, hub: AnyHub) -> None:
    connection = await gateway(hub)
    await done(hub.health.checks.add(connection.id, "lists_payments"))
    async with workplace.working():

        async def counted() -> Any:
            usage = await elsewhere(lambda: hub.analytics.usage(YESTERDAY, breakdown=["operation"]))
            return usage if {each.operation for each in usage} >= {"check_health", "list_payments"} else None

        usage = await until(counted)

    assert {(each.environment, each.errors) for each in usage} == {("sandbox", 0)}
    [latency] = await done(hub.analytics.latency(YESTERDAY, operation="list_payments", connection_id=connection.id))
    assert 0 < latency.p50_ms <= latency.p99_ms <= latency.longest_ms
    assert await done(hub.analytics.errors(YESTERDAY)) == []
    history = await done(hub.health.history(connection.id, YESTERDAY))
    assert {each.capability for each in history} == {None, "lists_payments"}
    uptime = await done(hub.health.uptime(YESTERDAY, connection_id=connection.id))
    assert [each.uptime for each in uptime] == [1]
    [check] = await done(hub.health.checks.list(connection.id))
    assert (check.state, check.last_error) == ("up", None)


async def test_an_incident_is_told_from_its_opening_to_its_end(workplace: Workplace, hub: AnyHub) -> None:
    connection = await gateway(hub)
    for state in ("down", "up"):
        await workplace.database.execute(
            "update public.integration_connections"
            " set health_state = %s::public.health_state, health_checked_at = now() where id = %s",
            [state, connection.id],
        )
    [incident] = await collect(hub.health.incidents(connection_id=connection.id))
    assert (incident.worst_state, incident.closed_at is None) == ("down", False)
    assert [entry.kind for entry in await done(hub.health.timeline(incident.id))] == ["opened", "closed"]


async def test_a_check_is_changed_and_removed_and_what_cannot_be_tried_is_refused(hub: AnyHub) -> None:
    connection = await gateway(hub)
    checks = hub.health.checks
    await done(checks.add(connection.id, "lists_payments"))
    assert (await done(checks.set(connection.id, "lists_payments", enabled=False, interval_seconds=60))).streak == 0
    with pytest.raises(Conflict):
        await done(checks.add(connection.id, "lists_payments"))
    with pytest.raises(Conflict) as refused:
        await done(checks.add(connection.id, "lists_audiences"))
    assert refused.value.code == "capability_not_offered"
    with pytest.raises(InvalidRequest):
        await done(checks.set(connection.id, "lists_payments", interval_seconds=1))
    with pytest.raises(NotFound):
        await done(checks.add(uuid4(), "lists_payments"))
    await done(checks.remove(connection.id, "lists_payments"))
    assert await done(checks.list(connection.id)) == []


async def test_status_pages_and_costs_can_be_read(hub: AnyHub) -> None:
    assert all(page.description for page in await done(hub.health.status_pages()))
    assert await done(hub.analytics.cost(YESTERDAY)) == []
