"""Figures of traffic, as clients ask for them: ranges, zoom, breakdown, webhooks and costs."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from stack import Stack
from tests.rls.samples import insert
from tests.support.callers import GATEWAY, Refusal, Row, Workspace
from workers.store.analytics import PostgresAnalytics
from workers.store.pool import open_pool

NOON = datetime.now(ZoneInfo("Asia/Dubai")).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=7)
"""Of a day that is over, whenever the tests run, and of which everything in them is."""
DAY = NOON - timedelta(hours=12)
DAY_BEFORE = DAY - timedelta(days=1)
RECEIVED = datetime.now(UTC)
"""When webhooks came in: they are partitioned by it, so it is near."""
AROUND_RECEIVED = {
    "since": (RECEIVED - timedelta(hours=1)).isoformat(),
    "until": (RECEIVED + timedelta(hours=1)).isoformat(),
    "source": "webhook",
}
RANGE = {"since": (DAY - timedelta(days=5)).isoformat(), "until": (DAY + timedelta(days=1)).isoformat()}

ADD = """
    insert into private.analytics_increments (organization_id, connection_id, environment, provider_key, source,
        operation, hour, calls, errors, refusals, duration_ms_sum, duration_ms_max, latency, bytes_sent)
    select organization_id, id, environment, provider_key, 'call', %(operation)s, %(hour)s, %(calls)s, %(errors)s,
        %(errors)s, %(ms)s::float8 * %(calls)s, %(ms)s, %(calls)s * private.latency_mark(%(ms)s), 100 * %(calls)s
    from public.integration_connections where id = %(connection)s
"""


async def fold(stack: Stack) -> None:
    """As the leader does."""
    async with open_pool(stack.worker_database_url, application_name="analytics tests") as pool:
        await PostgresAnalytics(pool).fold_all()


async def count(workspace: Workspace, connection: Row, hour: datetime, **facts: Any) -> None:
    """Calls of a connection in an hour, not yet folded."""
    defaults = {"operation": "get_payment", "calls": 1, "errors": 0, "ms": 20.0}
    await workspace.database.execute(
        ADD, {"connection": connection["id"], "hour": hour.astimezone(UTC), **defaults, **facts}
    )


@pytest.fixture(scope="module")
async def busy(shop: Workspace, stack: Stack) -> tuple[Workspace, Row, Row]:
    """An organization with traffic on two connections, sandbox and live, on two days."""
    live = await shop.connection(environment="live")
    sandbox = await shop.connection()
    await count(shop, live, DAY_BEFORE, calls=10, errors=2, ms=50.0)
    await count(shop, live, DAY_BEFORE + timedelta(hours=23), calls=5, operation="create_payment", ms=400.0)
    await count(shop, live, DAY, calls=1)
    await count(shop, sandbox, DAY, calls=7)
    await fold(stack)
    return shop, live, sandbox


class TestUsage:
    async def test_days_are_the_organizations_and_environments_stay_apart(
        self, busy: tuple[Workspace, Row, Row]
    ) -> None:
        rows = await busy[0].owner.call("usage", **RANGE)
        assert [(row["starts_at"], row["environment"], row["calls"], row["errors"]) for row in rows] == [
            (at(DAY_BEFORE), "live", 15, 2),
            (at(DAY), "sandbox", 7, 0),
            (at(DAY), "live", 1, 0),
        ]
        assert rows[0]["bytes_sent"] == 1500

    async def test_hours(self, busy: tuple[Workspace, Row, Row]) -> None:
        rows = await busy[0].owner.call("usage", **RANGE, zoom="hour", environment="live")
        assert [(row["starts_at"], row["calls"]) for row in rows] == [
            (at(DAY_BEFORE), 10),
            (at(DAY_BEFORE + timedelta(hours=23)), 5),
            (at(DAY), 1),
        ]

    async def test_a_period_that_the_range_touches_is_told_whole(self, busy: tuple[Workspace, Row, Row]) -> None:
        noon = DAY_BEFORE + timedelta(hours=12)
        asked = {"since": noon.isoformat(), "until": (noon + timedelta(minutes=1)).isoformat(), "environment": "live"}
        for connection in (None, busy[1]["id"]):
            rows = await busy[0].owner.call("usage", **asked, connection_id=connection)
            assert [(row["starts_at"], row["calls"]) for row in rows] == [(at(DAY_BEFORE), 15)]

    @pytest.mark.parametrize(
        ("breakdown", "expected"),
        [
            (["operation"], [("create_payment", 5), ("get_payment", 11)]),
            (["provider", "operation"], [("create_payment", 5), ("get_payment", 11)]),
            (["connection", "operation"], [("create_payment", 5), ("get_payment", 11)]),
            ([], [(None, 16)]),
        ],
    )
    async def test_breakdowns_of_a_month_add_up(
        self, busy: tuple[Workspace, Row, Row], breakdown: list[str], expected: list[tuple[str | None, int]]
    ) -> None:
        asked = {**RANGE, "zoom": "month", "environment": "live", "breakdown": breakdown}
        totals: dict[str | None, int] = {}
        for row in await busy[0].owner.call("usage", **asked):
            assert (row["connection_id"] == busy[1]["id"]) is ("connection" in breakdown)
            assert (row["provider_key"] == GATEWAY) is ("provider" in breakdown)
            totals[row["operation"]] = totals.get(row["operation"], 0) + row["calls"]
        assert sorted(totals.items(), key=str) == sorted(expected, key=str)

    @pytest.mark.parametrize("zoom", ["hour", "day", "month"])
    @pytest.mark.parametrize("breakdown", [[], ["provider"], ["connection"]], ids=["all", "provider", "connection"])
    @pytest.mark.parametrize("only", [None, 1, 2], ids=["both", "live", "sandbox"])
    async def test_operations_add_up_to_what_is_told_without_them(
        self, busy: tuple[Workspace, Row, Row], zoom: str, breakdown: list[str], only: int | None
    ) -> None:
        connection: Any = busy[only] if only else {"id": None}
        asked = {**RANGE, "zoom": zoom, "connection_id": connection["id"]}
        whole = await busy[0].owner.call("usage", **asked, breakdown=breakdown)
        parts = await busy[0].owner.call("usage", **asked, breakdown=[*breakdown, "operation"])
        assert added_up(parts) == added_up(whole)
        assert len(added_up(whole)) == len(whole) > 0

    @pytest.mark.parametrize(
        ("wrong", "code", "field"),
        [
            ({"zoom": "week"}, "invalid_zoom", "zoom"),
            ({"breakdown": ["colour"]}, "invalid_breakdown", "breakdown"),
            ({"since": RANGE["until"], "until": RANGE["since"]}, "invalid_range", "since"),
            (
                {"since": "2026-01-01T00:00:00Z", "until": "2026-03-01T00:00:00Z", "zoom": "hour"},
                "invalid_range",
                "since",
            ),
            ({"since": "2006-01-01T00:00:00Z", "until": "2026-03-01T00:00:00Z"}, "invalid_range", "since"),
        ],
    )
    async def test_what_cannot_be_asked(
        self, busy: tuple[Workspace, Row, Row], wrong: Row, code: str, field: str
    ) -> None:
        assert await busy[0].owner.refused("usage", **{**RANGE, **wrong}) == Refusal(400, code, field)


class TestLatencyAndErrors:
    async def test_percentiles_of_a_day_are_those_of_its_hours_together(self, busy: tuple[Workspace, Row, Row]) -> None:
        rows = await busy[0].owner.call("latency", **RANGE, environment="live")
        day = rows[0]
        assert (day["calls"], day["longest_ms"]) == (15, 400)
        assert day["mean_ms"] == pytest.approx((10 * 50 + 5 * 400) / 15)
        assert [day["p50_ms"], day["p95_ms"], day["p99_ms"]] == pytest.approx([50, 400, 400], rel=0.07)

    async def test_errors_are_told_by_class(self, busy: tuple[Workspace, Row, Row]) -> None:
        [row] = await busy[0].owner.call("traffic_errors", **RANGE)
        assert (row["starts_at"], row["errors"], row["refusals"], row["unanswered"]) == (at(DAY_BEFORE), 2, 2, 0)


class TestWebhooks:
    async def told(self, workspace: Workspace, connection: Row, status: str, **facts: Any) -> str:
        event_id = str(uuid.uuid4())
        row = {
            "id": event_id,
            "received_at": RECEIVED,
            "organization_id": workspace.id,
            "connection_id": connection["id"],
            "endpoint_id": str(uuid.uuid4()),
            "provider_key": GATEWAY,
            "verified": True,
            "headers": {},
            "body": "12345",
            "status": status,
            **facts,
        }
        await insert(workspace.database, "webhook_events", row)
        return event_id

    async def figures(self, workspace: Workspace, stack: Stack) -> list[tuple[Any, ...]]:
        await fold(stack)
        rows = await workspace.owner.call("traffic_errors", **AROUND_RECEIVED, breakdown=["operation"])
        failed = {row["operation"]: (row["refusals"], row["failures"]) for row in rows}
        rows = await workspace.owner.call("usage", **AROUND_RECEIVED, breakdown=["operation"])
        return sorted(
            (row["operation"], row["calls"], row["bytes_received"], *failed.get(row["operation"], (0, 0)))
            for row in rows
        )

    async def test_a_webhook_counts_when_its_processing_has_ended(self, workspace: Workspace, stack: Stack) -> None:
        gateway = await workspace.connection()
        event = await self.told(workspace, gateway, "received")
        assert await self.figures(workspace, stack) == []
        await workspace.database.execute(
            "update public.webhook_events set status = 'processed', event_type = 'charge.paid',"
            " processed_at = received_at + interval '250 ms' where id = %s",
            [event],
        )
        assert await self.figures(workspace, stack) == [("charge.paid", 1, 5, 0, 0)]
        [row] = await workspace.owner.call("latency", **AROUND_RECEIVED)
        assert row["p50_ms"] == pytest.approx(250, rel=0.07)

    async def test_one_that_failed_and_then_succeeded_is_no_failure(self, workspace: Workspace, stack: Stack) -> None:
        gateway = await workspace.connection()
        event = await self.told(workspace, gateway, "failed")
        assert await self.figures(workspace, stack) == [("webhook", 1, 5, 0, 1)]
        await workspace.database.execute(
            "update public.webhook_events set status = 'processed', processed_at = now() where id = %s", [event]
        )
        assert await self.figures(workspace, stack) == [("webhook", 1, 5, 0, 0)]

    async def test_one_that_is_replayed_counts_once(self, workspace: Workspace, stack: Stack) -> None:
        gateway = await workspace.connection()
        now = datetime.now(UTC)
        event = await self.told(workspace, gateway, "processed", processed_at=now, event_type="a")
        refused = await self.told(workspace, gateway, "refused", event_type="b")
        await workspace.owner.call("replay_webhook_events", event_ids=[event])
        assert await self.figures(workspace, stack) == [("b", 1, 5, 1, 0)]
        await workspace.database.execute(
            "update public.webhook_events set status = 'processed', processed_at = now() where id = any(%s::uuid[])",
            [[event, refused]],
        )
        assert await self.figures(workspace, stack) == [("a", 1, 5, 0, 0), ("b", 1, 5, 0, 0)]


class TestCosts:
    async def paid(self, workspace: Workspace, connection: Row, amount: str, fee: str | None, **facts: Any) -> None:
        payment = await workspace.payment(amount, connection_id=connection["id"], **facts)
        await workspace.database.execute(
            "update public.payments set connection_id = %s, status = 'captured', amount_captured = amount, fee = %s,"
            " created_at = %s where id = %s",
            (connection["id"], fee, NOON, payment["id"]),
        )

    async def test_fees_that_are_told_and_fees_by_the_model(self, workspace: Workspace) -> None:
        gateway = await workspace.connection()
        await workspace.database.execute(
            "update public.payment_providers set fee_percent = 2.9, fee_fixed = 1, fee_currency = 'AED'"
            " where connection_id = %s",
            [gateway["id"]],
        )
        await self.paid(workspace, gateway, "100.00", "3.50")
        await self.paid(workspace, gateway, "200.00", None)
        await self.paid(workspace, gateway, "10.000", None, currency="KWD")  # the model is for dirhams

        rows = await workspace.owner.call("costs", **RANGE, zoom="day")

        columns = ("category", "currency", "items", "told", "estimated", "without_cost")
        assert [tuple(row[column] for column in columns) for row in rows] == [
            ("payments", "AED", 2, "3.50", "6.80", 0),
            ("payments", "KWD", 1, "0.000", "0.000", 1),
        ]
        assert {(row["starts_at"], row["environment"], row["connection_id"]) for row in rows} == {
            (at(DAY), "sandbox", gateway["id"])
        }

    async def test_what_carriers_charge(self, depot: Workspace) -> None:
        shipment = await depot.shipment()
        [carrier] = await depot.owner.rows("integration_connections?select=id")
        await depot.database.execute(
            "update public.shipments set connection_id = %s, cost = 25, cost_currency = 'AED', status = 'created',"
            " created_at = %s where id = %s",
            (carrier["id"], NOON, shipment["id"]),
        )
        [row] = await depot.owner.call("costs", **RANGE, zoom="month")
        assert (row["category"], row["told"], row["items"]) == ("shipping", "25.00", 1)


def added_up(rows: list[Row]) -> dict[tuple[Any, ...], list[int]]:
    """Usage over the operations."""
    sums: dict[tuple[Any, ...], list[int]] = {}
    for row in rows:
        key = tuple(row[name] for name in ("starts_at", "environment", "provider_key", "connection_id"))
        figures = [row[name] for name in ("calls", "errors", "bytes_sent")]
        sums[key] = [a + b for a, b in zip(sums.get(key, [0, 0, 0]), figures, strict=True)]
    return sums


def at(time: datetime) -> str:
    """As PostgREST writes it."""
    return time.astimezone(UTC).isoformat()
