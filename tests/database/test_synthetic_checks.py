"""Synthetic checks as clients set them: only what the provider offers, and what can be tried without effect."""

import pytest

from tests.support.callers import COURIER, TOOL, Row, Workspace
from workers.monitoring.synthetic import PROBES


async def add(workspace: Workspace, connection: Row, capability: str, **facts: object) -> tuple[int, str | None]:
    row = {"organization_id": workspace.id, "connection_id": connection["id"], "capability": capability, **facts}
    answer = await workspace.owner.request("POST", "synthetic_checks", json=row)
    return answer.status_code, None if answer.is_success else answer.json()["code"]


async def test_a_check_is_added_changed_and_removed(workspace: Workspace) -> None:
    tool = await workspace.connection(TOOL)
    assert await add(workspace, tool, "lists_audiences", interval_seconds=3600) == (201, None)
    answer = await workspace.owner.request(
        "PATCH", f"synthetic_checks?connection_id=eq.{tool['id']}", json={"enabled": False}
    )
    assert answer.status_code == 204
    [row] = await workspace.owner.rows("synthetic_checks")
    assert (row["enabled"], row["interval_seconds"], row["state"]) == (False, 3600, "unknown")
    await workspace.owner.request("DELETE", f"synthetic_checks?connection_id=eq.{tool['id']}")
    actions = await workspace.all(
        "select action from public.audit_log where organization_id = %s and target_type = 'synthetic_check' order by 1",
        [workspace.id],
    )
    assert [row["action"] for row in actions] == [f"synthetic_check.{what}" for what in ("added", "changed", "removed")]


async def test_a_capability_that_the_provider_lacks(workspace: Workspace) -> None:
    tool = await workspace.connection(TOOL)
    assert await add(workspace, tool, "lists_payments") == (409, "capability_not_offered")


@pytest.mark.parametrize(
    ("environment", "expected"), [("live", (409, "capability_not_offered")), ("sandbox", (201, None))]
)
async def test_prices_are_asked_for_in_the_sandbox_only(
    workspace: Workspace, environment: str, expected: tuple[int, str | None]
) -> None:
    await workspace.database.execute(
        "update public.integration_providers set capabilities = array_append(capabilities, 'quotes_rates')"
        " where key = %s and not 'quotes_rates' = any (capabilities)",
        [COURIER],
    )
    carrier = await workspace.connection(COURIER, environment=environment)
    assert await add(workspace, carrier, "quotes_rates") == expected


async def test_a_capability_with_an_effect(workspace: Workspace) -> None:
    tool = await workspace.connection(TOOL)
    assert await add(workspace, tool, "tracks_events") == (400, "23514")


async def test_no_more_often_than_once_a_minute(workspace: Workspace) -> None:
    tool = await workspace.connection(TOOL)
    assert await add(workspace, tool, "lists_audiences", interval_seconds=10) == (400, "23514")


async def test_there_is_a_probe_for_each_that_can_be_asked_for(workspace: Workspace) -> None:
    words = await workspace.one(
        "select pg_get_constraintdef(oid) from pg_constraint"
        " where conrelid = 'public.synthetic_checks'::regclass and conname = 'synthetic_checks_capability_check'"
    )
    assert set(words.split("'")[1::2]) == set(PROBES)
