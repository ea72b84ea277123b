"""Health checks: what a single one sees, and when a connection's state follows."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from tests.support.workplace import Row, Workplace, until
from workers.monitoring.health import HealthChecks, check
from workers.monitoring.metrics import Metrics
from workers.providers.capabilities import HealthReport
from workers.providers.errors import AuthenticationFailed
from workers.store.connections import ConnectionRow, PostgresConnections
from workers.store.health import CheckResult, PostgresHealth

UP = CheckResult("up", 12.0, None, "answers")
SLOW = CheckResult("degraded", 4000.0, None, "answers")
DOWN = CheckResult("down", None, "unavailable", "could not be reached")
REFUSED = CheckResult("down", 15.0, "authentication_failed", "Invalid API Key")
ROW = ConnectionRow(UUID(int=1), UUID(int=2), "stripe", "sandbox", "active", {}, 1)


@dataclass
class Connectors:
    """Opens connectors that report what the test says."""

    answer: HealthReport | Exception

    async def open(self, row: ConnectionRow, operation_id: UUID | None = None) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self

    async def check_health(self) -> HealthReport:
        assert isinstance(self.answer, HealthReport)
        return self.answer


class TestOneCheck:
    @pytest.mark.parametrize(
        ("report", "seen", "code"),
        [
            (HealthReport(True, "ok", 15.0, "answers"), "up", None),
            (HealthReport(True, "ok", 2500.0, "answers"), "degraded", None),
            (HealthReport(False, "rate_limited", 15.0, "too many"), "degraded", "rate_limited"),
            (HealthReport(False, "unavailable", 15.0, "no"), "down", "unavailable"),
            (HealthReport(False, "authentication_failed", 15.0, "no"), "down", "authentication_failed"),
        ],
    )
    async def test_what_it_sees(self, report: HealthReport, seen: str, code: str | None) -> None:
        result = await check(Connectors(report), ROW, slow_after_ms=2000.0)
        assert (result.seen, result.error_code, result.latency_ms) == (seen, code, report.latency_ms)

    async def test_credentials_that_cannot_be_used(self) -> None:
        result = await check(Connectors(AuthenticationFailed("none are set")), ROW, slow_after_ms=2000.0)
        assert (result.seen, result.error) == ("down", {"code": "authentication_failed", "message": "none are set"})


Record = Callable[..., Awaitable[Row]]


class TestDamping:
    @pytest.fixture
    async def connection_id(self, workplace: Workplace, organization: UUID) -> UUID:
        return await workplace.connect_stripe(organization)

    @pytest.fixture
    def record(self, workplace: Workplace, connection_id: UUID) -> Record:
        """A function that records checks one after the other and returns the connection."""

        async def write(*results: CheckResult) -> Row:
            row = await PostgresConnections(workplace.pool).load(connection_id)
            assert row is not None
            for result in results:
                await PostgresHealth(workplace.pool).record(row, result)
            return await workplace.one("select * from public.integration_connections where id = %s", connection_id)

        return write

    async def alerts(self, workplace: Workplace, connection_id: UUID) -> list[tuple[str, str]]:
        rows = await workplace.all(
            "select kind, status from public.alerts where connection_id = %s order by first_seen_at, id", connection_id
        )
        return [(row["kind"], row["status"]) for row in rows]

    async def test_the_first_check_decides(self, record: Record) -> None:
        assert (await record(UP))["health_state"] == "up"

    async def test_one_bad_check_changes_nothing(self, record: Record) -> None:
        row = await record(UP, DOWN, DOWN)
        assert (row["health_state"], row["health_streak"], row["last_error"]["code"]) == ("up", 2, "unavailable")

    async def test_the_third_bad_check_in_a_row_means_down(self, record: Record) -> None:
        row = await record(UP, DOWN, DOWN, DOWN)
        assert (row["health_state"], row["health_streak"]) == ("down", 0)

    async def test_a_good_check_between_starts_the_count_again(self, record: Record) -> None:
        assert (await record(UP, DOWN, DOWN, UP, DOWN, DOWN))["health_state"] == "up"

    async def test_two_good_checks_in_a_row_mean_up_again(self, record: Record) -> None:
        assert (await record(DOWN, UP))["health_state"] == "down"
        assert (await record(UP))["health_state"] == "up"

    async def test_a_slow_connection_is_degraded(self, record: Record) -> None:
        assert (await record(UP, SLOW, SLOW, SLOW))["health_state"] == "degraded"

    async def test_a_connection_that_flaps_does_not_flap_here(
        self, workplace: Workplace, connection_id: UUID, record: Record
    ) -> None:
        await record(UP, *[DOWN, UP] * 10)
        assert await self.alerts(workplace, connection_id) == []

    async def test_every_check_is_kept(self, workplace: Workplace, connection_id: UUID, record: Record) -> None:
        await record(UP, DOWN)
        rows = await workplace.all(
            "select state, latency_ms, error_code, detail from public.integration_health where connection_id = %s"
            " order by checked_at",
            connection_id,
        )
        assert [tuple(row.values()) for row in rows] == [
            ("up", 12.0, None, "answers"),
            ("down", None, "unavailable", "could not be reached"),
        ]

    async def test_going_down_opens_an_alert_and_coming_back_resolves_it(
        self, workplace: Workplace, connection_id: UUID, record: Record
    ) -> None:
        await record(UP, DOWN, DOWN, DOWN, DOWN)
        assert await self.alerts(workplace, connection_id) == [("connection.down", "open")]
        await record(UP, UP)
        assert await self.alerts(workplace, connection_id) == [("connection.down", "resolved")]

    async def test_the_alert_follows_the_state(self, workplace: Workplace, connection_id: UUID, record: Record) -> None:
        await record(UP, SLOW, SLOW, SLOW)
        assert await self.alerts(workplace, connection_id) == [("connection.degraded", "open")]
        await record(DOWN, DOWN, DOWN)
        assert await self.alerts(workplace, connection_id) == [("connection.down", "open")]

    async def test_refused_credentials_ask_for_attention_at_once(
        self, workplace: Workplace, connection_id: UUID, record: Record
    ) -> None:
        assert (await record(UP, REFUSED))["status"] == "needs_attention"
        assert await self.alerts(workplace, connection_id) == [("connection.needs_attention", "open")]
        assert (await record(UP))["status"] == "active"
        assert await self.alerts(workplace, connection_id) == [("connection.needs_attention", "resolved")]

    async def test_a_paused_connection_is_not_woken_by_a_check(
        self, workplace: Workplace, connection_id: UUID, record: Record
    ) -> None:
        await workplace.call("update_connection", connection_id=connection_id, paused=True)
        assert (await record(REFUSED))["status"] == "paused"
        assert (await record(UP))["status"] == "paused"


class TestDueChecks:
    @pytest.fixture(autouse=True)
    async def nothing_else_is_due(self, workplace: Workplace) -> None:
        await workplace.database.execute(
            "update public.integration_connections set next_health_check_at = now() + interval '1 hour'"
        )

    async def test_each_is_given_to_one_worker_and_set_for_its_own_interval(
        self, workplace: Workplace, organization: UUID
    ) -> None:
        ids = [await workplace.connect_stripe(organization) for _ in range(6)]
        await workplace.call("update_connection", connection_id=ids[0], health_interval_seconds=600)
        health = PostgresHealth(workplace.pool)

        claimed = [row.id for batch in await asyncio.gather(*(health.claim_due(4) for _ in range(4))) for row in batch]

        assert sorted(claimed) == sorted(ids)
        rows = await workplace.all(
            "select id, extract(epoch from next_health_check_at - now())::float8 as seconds"
            " from public.integration_connections where organization_id = %s",
            organization,
        )
        assert all(
            (530 if row["id"] == ids[0] else 53) < row["seconds"] < (670 if row["id"] == ids[0] else 67) for row in rows
        )

    async def test_paused_and_disconnected_connections_are_left_alone(
        self, workplace: Workplace, organization: UUID
    ) -> None:
        paused, disconnected = [await workplace.connect_stripe(organization) for _ in range(2)]
        await workplace.call("update_connection", connection_id=paused, paused=True)
        await workplace.call("disconnect_connection", connection_id=disconnected)
        assert await PostgresHealth(workplace.pool).claim_due(10) == []

    async def test_no_more_checks_run_at_a_time_than_allowed(self, workplace: Workplace, organization: UUID) -> None:
        for _ in range(5):
            await workplace.connect_stripe(organization)
        report = HealthReport(True, "ok", 5.0, "answers")
        checks = HealthChecks(
            PostgresHealth(workplace.pool), Connectors(report), Metrics().health_checks, concurrency=2
        )
        async with checks:
            assert [await checks.begin_due(), await checks.begin_due()] == [2, 0]
            await checks.settle()
            assert await checks.begin_due() == 2
            await checks.settle()

    async def test_the_leader_checks_a_new_connection_by_itself(self, workplace: Workplace, organization: UUID) -> None:
        async with workplace.working():
            gateway = await workplace.connect_stripe(organization)

            async def checked() -> bool:
                row = await workplace.one("select * from public.integration_connections where id = %s", gateway)
                return bool(row["health_state"] == "up")

            await until(checked)
