"""Synthetic checks: what trying a capability sees, and how its state, its history and its alert follow."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from tests.support.carriers.emx import CARRIER as EMX
from tests.support.workplace import Row, Workplace, until
from workers.monitoring.synthetic import PROBES, try_capability
from workers.providers.capabilities import CAPABILITIES
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    NotFound,
    ProviderError,
    RateLimited,
    Unavailable,
)
from workers.providers.registry import CONNECTORS
from workers.store.connections import ConnectionRow
from workers.store.health import CheckResult, PostgresHealth, SyntheticRow

CONNECTION = ConnectionRow(UUID(int=1), UUID(int=2), "stripe", "sandbox", "active", {}, 1)


class ListsAccountsAnswering:
    """A connector that answers as the test says."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error

    async def open(self, row: ConnectionRow, operation_id: UUID | None = None) -> Any:
        return self

    async def list_accounts(self) -> tuple[()]:
        if self.error is not None:
            raise self.error
        return ()


class TestTrying:
    @pytest.mark.parametrize(
        ("error", "seen", "code"),
        [
            (None, "up", None),
            (InvalidRequest("no such place"), "up", None),
            (NotFound("nothing there"), "up", None),
            (Unavailable("no answer"), "down", "unavailable"),
            (AuthenticationFailed("wrong key"), "down", "authentication_failed"),
            (RateLimited("too many", http_status=429), "degraded", "rate_limited"),
        ],
        ids=lambda value: type(value).__name__ if isinstance(value, ProviderError) else None,
    )
    async def test_what_it_sees(self, error: Exception | None, seen: str, code: str | None) -> None:
        row = SyntheticRow(UUID(int=3), "lists_accounts", CONNECTION)
        result = await try_capability(ListsAccountsAnswering(error), row, slow_after_ms=2000)
        assert result is not None
        assert (result.seen, result.error_code) == (seen, code)

    async def test_our_own_rate_limit_says_nothing_of_the_provider(self) -> None:
        row = SyntheticRow(UUID(int=3), "lists_accounts", CONNECTION)
        held_back = ListsAccountsAnswering(RateLimited("our own limit is spent"))
        assert await try_capability(held_back, row, slow_after_ms=2000) is None

    async def test_what_the_connector_does_not_do(self) -> None:
        row = SyntheticRow(UUID(int=3), "lists_payments", CONNECTION)
        result = await try_capability(ListsAccountsAnswering(None), row, slow_after_ms=2000)
        assert result is not None
        assert result.error_code == "not_supported"

    def test_every_probe_is_of_a_capability_that_some_connector_has(self) -> None:
        for capability in PROBES:
            assert any(issubclass(each, CAPABILITIES[capability]) for each in CONNECTORS.values())


async def add(workplace: Workplace, organization: UUID, connection_id: UUID, capability: str) -> UUID:
    row = await workplace.one(
        "insert into public.synthetic_checks (organization_id, connection_id, capability) values (%s, %s, %s)"
        " returning id",
        organization,
        connection_id,
        capability,
    )
    check_id: UUID = row["id"]
    return check_id


async def standing(workplace: Workplace, check_id: UUID) -> Row:
    return await workplace.one("select * from public.synthetic_checks where id = %s", check_id)


class TestRecording:
    @pytest.fixture
    async def check_id(self, workplace: Workplace, organization: UUID) -> UUID:
        connection_id = await workplace.connect_stripe(organization)
        return await add(workplace, organization, connection_id, "lists_payments")

    async def test_the_state_is_damped_and_an_alert_follows(
        self, workplace: Workplace, organization: UUID, check_id: UUID
    ) -> None:
        health = PostgresHealth(workplace.pool)
        up, down = CheckResult("up", 12.0, None, "answers"), CheckResult("down", 20.0, "unavailable", "no")

        async def alerts() -> list[tuple[str, str]]:
            rows = await workplace.all(
                "select kind, status from public.alerts where organization_id = %s order by 1", organization
            )
            return [(row["kind"], row["status"]) for row in rows]

        seen = []
        for result in (up, down, down, down, up, up):
            await health.record_synthetic(check_id, result)
            seen.append(((await standing(workplace, check_id))["state"], await alerts()))
        opened, resolved = [("capability.down", "open")], [("capability.down", "resolved")]
        assert seen == [
            ("up", []),
            ("up", []),
            ("up", []),
            ("down", opened),
            ("down", opened),
            ("up", resolved),
        ]
        rows = await workplace.all(
            "select capability, state from public.integration_health where organization_id = %s order by checked_at",
            organization,
        )
        expected = ["up", "down", "down", "down", "up", "up"]
        assert [tuple(row.values()) for row in rows] == [("lists_payments", state) for state in expected]

    async def test_a_check_that_is_gone_is_no_error(self, workplace: Workplace) -> None:
        await PostgresHealth(workplace.pool).record_synthetic(UUID(int=9), CheckResult("up", 1.0, None, ""))

    async def test_each_is_given_to_one_caller_and_set_for_its_interval(
        self, workplace: Workplace, check_id: UUID
    ) -> None:
        health = PostgresHealth(workplace.pool)
        claimed = [
            row for batch in await asyncio.gather(*(health.claim_synthetic(50) for _ in range(4))) for row in batch
        ]
        [row] = [row for row in claimed if row.check_id == check_id]
        assert (row.capability, row.connection.provider_key) == ("lists_payments", "stripe")
        waits = await workplace.one(
            "select extract(epoch from next_check_at - now())::float8 as seconds from public.synthetic_checks"
            " where id = %s",
            check_id,
        )
        assert 800 < waits["seconds"] < 1000

    async def test_switched_off_and_paused_ones_are_left_alone(
        self, workplace: Workplace, organization: UUID, check_id: UUID
    ) -> None:
        paused = await workplace.connect_stripe(organization)
        await add(workplace, organization, paused, "lists_payments")
        await workplace.call("update_connection", connection_id=paused, paused=True)
        await workplace.database.execute("update public.synthetic_checks set enabled = false where id = %s", [check_id])
        claimed = await PostgresHealth(workplace.pool).claim_synthetic(50)
        assert [row for row in claimed if row.connection.organization_id == organization] == []


async def test_the_leader_tries_them_and_figures_follow(workplace: Workplace, organization: UUID) -> None:
    gateway = await workplace.connect_stripe(organization)
    carrier = await workplace.connect(organization, EMX)
    checks = [
        await add(workplace, organization, gateway, "lists_payments"),
        await add(workplace, organization, carrier, "quotes_rates"),
    ]
    async with workplace.working():

        async def tried() -> bool:
            return all([(await standing(workplace, check_id))["state"] == "up" for check_id in checks])

        async def counted() -> list[Row]:
            return await workplace.all(
                "select * from public.integration_analytics_daily where organization_id = %s and operation = %s",
                organization,
                "list_payments",
            )

        await until(tried)
        [figures] = await until(counted)
    assert (figures["calls"], figures["provider_key"], figures["environment"]) == (1, "stripe", "sandbox")
