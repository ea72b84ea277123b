"""Health over time: changes of state, uptime counted from them, and the incidents they make."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest

from stack import Stack
from tests.support.callers import GATEWAY, Refusal, Row, Workspace

FIRST_DAY = datetime.now(ZoneInfo("Asia/Dubai")).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=7)
"""It and the next one are over, whenever the tests run."""


async def check(workspace: Workspace, connection_id: str, state: str, *, ago: str = "0") -> None:
    """A check that moves the connection's state, as `record_check` writes it."""
    await workspace.database.execute(
        "update public.integration_connections c set health_state = %(state)s::public.health_state,"
        " health_changed_at = case when c.health_state <> %(state)s::public.health_state then now() - %(ago)s::interval"
        " else c.health_changed_at end, health_checked_at = now() where id = %(id)s",
        {"state": state, "ago": ago, "id": connection_id},
    )


async def changes(workspace: Workspace, connection_id: str) -> list[str]:
    query = "select state from public.health_changes where connection_id = %s order by began_at, id"
    return [row["state"] for row in await workspace.all(query, [connection_id])]


async def incidents(workspace: Workspace, connection_id: str) -> list[Row]:
    path = f"health_incidents?connection_id=eq.{connection_id}&order=opened_at,id"
    return await workspace.owner.rows(path)


async def timeline(workspace: Workspace, connection_id: str) -> list[tuple[str, str]]:
    rows = await workspace.all(
        "select e.kind, e.state from public.health_incident_entries e"
        " join public.health_incidents i on i.id = e.incident_id where i.connection_id = %s order by e.id",
        [connection_id],
    )
    return [(row["kind"], row["state"]) for row in rows]


@pytest.fixture
async def gateway_id(workspace: Workspace) -> str:
    """A live connection."""
    row = await workspace.connection(environment="live")
    connection_id: str = row["id"]
    return connection_id


class TestChanges:
    async def test_a_change_is_kept_and_a_check_that_says_the_same_is_not(
        self, workspace: Workspace, gateway_id: str
    ) -> None:
        for state in ("up", "up", "down", "down", "up"):
            await check(workspace, gateway_id, state)
        assert await changes(workspace, gateway_id) == ["up", "down", "up"]

    async def test_a_paused_connection_is_unknown(self, workspace: Workspace, gateway_id: str) -> None:
        await check(workspace, gateway_id, "up")
        await workspace.owner.call("update_connection", connection_id=gateway_id, paused=True)
        await workspace.owner.call("update_connection", connection_id=gateway_id, paused=False)
        assert await changes(workspace, gateway_id) == ["up", "unknown", "up"]

    async def test_a_time_without_checks_is_unknown(self, workspace: Workspace, gateway_id: str) -> None:
        await check(workspace, gateway_id, "up")
        await workspace.database.execute(
            "update public.health_changes set began_at = began_at - interval '2 hours' where connection_id = %s",
            [gateway_id],
        )
        await workspace.database.execute(
            "update public.integration_connections set health_checked_at = now() - interval '1 hour' where id = %s",
            [gateway_id],
        )
        await check(workspace, gateway_id, "up")
        rows = await workspace.all(
            "select state, extract(epoch from now() - began_at)::integer as ago from public.health_changes"
            " where connection_id = %s order by began_at",
            [gateway_id],
        )
        assert [row["state"] for row in rows] == ["up", "unknown", "up"]
        assert rows[1]["ago"] == pytest.approx(3600 - 240, abs=30)  # a check every minute holds for four


class TestUptime:
    async def happened(self, workspace: Workspace, connection_id: str, told: Sequence[tuple[str, datetime]]) -> None:
        """Write the history; the last check was just now."""
        for state, began_at in told:
            await workspace.database.execute(
                "insert into public.health_changes (organization_id, connection_id, state, began_at)"
                " values (%s, %s, %s, %s)",
                (workspace.id, connection_id, state, began_at),
            )
        await workspace.database.execute(
            "alter table public.integration_connections disable trigger integration_connections_follow_health"
        )
        await workspace.database.execute(
            "update public.integration_connections set health_checked_at = now() where id = %s", [connection_id]
        )
        await workspace.database.execute(
            "alter table public.integration_connections enable trigger integration_connections_follow_health"
        )

    async def uptime(self, workspace: Workspace, **asked: Any) -> list[Row]:
        since = {"since": FIRST_DAY.isoformat(), "until": (FIRST_DAY + timedelta(days=2)).isoformat()}
        rows: list[Row] = await workspace.owner.call("uptime", **{**since, **asked})
        return rows

    async def test_seconds_in_each_state_by_the_organizations_days(self, workspace: Workspace, gateway_id: str) -> None:
        hour = timedelta(hours=1)
        await self.happened(
            workspace,
            gateway_id,
            [
                ("up", FIRST_DAY + 6 * hour),
                ("down", FIRST_DAY + 23 * hour),
                ("degraded", FIRST_DAY + 25 * hour),
                ("unknown", FIRST_DAY + 30 * hour),
                ("up", FIRST_DAY + 36 * hour),
            ],
        )
        first, second = await self.uptime(workspace)
        columns = ("seconds_up", "seconds_degraded", "seconds_down", "seconds_unknown")
        assert [first[column] / 3600 for column in columns] == [17, 0, 1, 6]
        assert [second[column] / 3600 for column in columns] == [12, 5, 1, 6]
        assert (first["uptime"], second["uptime"]) == (pytest.approx(17 / 18), pytest.approx(17 / 18))
        assert datetime.fromisoformat(first["starts_at"]) == FIRST_DAY

    async def test_what_goes_on_holds_as_long_as_the_last_check(self, workspace: Workspace, gateway_id: str) -> None:
        now = datetime.now(UTC)
        await self.happened(workspace, gateway_id, [("up", now - timedelta(minutes=50))])
        asked = {"since": (now - timedelta(hours=1)).isoformat(), "until": now.isoformat(), "zoom": "hour"}
        rows = await self.uptime(workspace, **asked)
        assert sum(row["seconds_up"] for row in rows) == pytest.approx(3000, abs=20)
        await workspace.database.execute(
            "update public.integration_connections set health_interval_seconds = 600,"
            " health_checked_at = now() - interval '40 minutes' where id = %s",
            [gateway_id],
        )  # held for 31 minutes
        rows = await self.uptime(workspace, **asked)
        assert sum(row["seconds_up"] for row in rows) < 2700

    async def test_of_one_connection(self, workspace: Workspace, gateway_id: str) -> None:
        other = await workspace.connection()
        for connection_id in (gateway_id, other["id"]):
            await self.happened(workspace, connection_id, [("up", FIRST_DAY)])
        assert {row["connection_id"] for row in await self.uptime(workspace)} == {gateway_id, other["id"]}
        rows = await self.uptime(workspace, connection_id=gateway_id)
        assert [(row["connection_id"], row["uptime"]) for row in rows] == [(gateway_id, 1)] * 2


class TestIncidents:
    async def test_going_down_opens_one_and_coming_back_closes_it(self, workspace: Workspace, gateway_id: str) -> None:
        for state in ("up", "down", "down", "degraded", "up", "up"):
            await check(workspace, gateway_id, state)
        [incident] = await incidents(workspace, gateway_id)
        assert (incident["source"], incident["worst_state"], incident["closed_at"] is None) == ("checks", "down", False)
        expected = [("opened", "down"), ("changed", "degraded"), ("closed", "up")]
        assert await timeline(workspace, gateway_id) == expected

    async def test_degraded_counts_after_ten_minutes(self, workspace: Workspace, gateway_id: str) -> None:
        await check(workspace, gateway_id, "up")
        await check(workspace, gateway_id, "degraded")
        assert await incidents(workspace, gateway_id) == []
        await workspace.database.execute(
            "update public.integration_connections set health_changed_at = now() - interval '11 minutes' where id = %s",
            [gateway_id],
        )
        await check(workspace, gateway_id, "degraded")
        assert await timeline(workspace, gateway_id) == [("opened", "degraded")]

    async def test_the_next_trouble_is_another_incident(self, workspace: Workspace, gateway_id: str) -> None:
        for state in ("down", "up", "down"):
            await check(workspace, gateway_id, state)
        assert [row["closed_at"] is None for row in await incidents(workspace, gateway_id)] == [False, True]

    async def test_it_is_over_when_the_connection_is_not_used_any_more(
        self, workspace: Workspace, gateway_id: str
    ) -> None:
        await check(workspace, gateway_id, "down")
        await workspace.owner.call("update_connection", connection_id=gateway_id, paused=True)
        assert (await timeline(workspace, gateway_id))[-1] == ("closed", "down")

    async def test_two_that_see_it_at_once_open_one(self, workspace: Workspace, stack: Stack, gateway_id: str) -> None:
        await check(workspace, gateway_id, "up")
        follow = "select private.follow_status_page(%s)"
        async with await psycopg.AsyncConnection.connect(stack.worker_database_url) as other:
            await check(workspace, gateway_id, "down")
            for _ in range(2):
                await other.execute(follow, [GATEWAY])
                await other.commit()
        assert len(await timeline(workspace, gateway_id)) == 1

    async def test_the_timeline_is_not_rewritten(self, workspace: Workspace, gateway_id: str) -> None:
        await check(workspace, gateway_id, "down")
        with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
            await workspace.database.execute("update public.health_incident_entries set message = 'nothing happened'")


class TestHistory:
    async def test_checks_of_a_day_and_their_percentiles(self, workspace: Workspace, gateway_id: str) -> None:
        now = datetime.now(UTC)
        for number in range(1, 101):
            await workspace.database.execute(
                "insert into public.integration_health (organization_id, connection_id, state, latency_ms, capability,"
                " checked_at) values (%s, %s, %s, %s, %s, %s)",
                (workspace.id, gateway_id, "down" if number > 98 else "up", number, None, now),
            )
        await workspace.database.execute(
            "insert into public.integration_health (organization_id, connection_id, state, latency_ms, capability)"
            " values (%s, %s, 'degraded', 7, 'lists_payments')",
            (workspace.id, gateway_id),
        )
        own, tried = await workspace.owner.call(
            "health_history", connection_id=gateway_id, since=(now - timedelta(minutes=1)).isoformat()
        )
        columns = ("capability", "checks", "checks_degraded", "checks_down", "p50_ms", "p95_ms", "p99_ms")
        assert [own[column] for column in columns] == [None, 100, 0, 2, 50, 95, 99]
        assert [tried[column] for column in columns] == ["lists_payments", 1, 1, 0, 7, 7, 7]

    async def test_of_a_connection_of_others(self, workspace: Workspace, shop: Workspace) -> None:
        other = await shop.connection()
        refusal = await workspace.owner.refused(
            "health_history", connection_id=other["id"], since=FIRST_DAY.isoformat()
        )
        assert refusal == Refusal(404, "connection_not_found", "connection_id")
