"""Figures of traffic: increments become hours and days, each counted once, however late it is committed."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.rows import DictRow

from stack import Stack
from tests.store.conftest import Connected, NewConnection
from workers.store.analytics import QUERIES, PostgresAnalytics
from workers.store.pool import Pool

Database = psycopg.AsyncConnection[DictRow]
HOUR = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)

ADD = """
    insert into private.analytics_increments (organization_id, connection_id, environment, provider_key, source,
        operation, hour, calls, errors, refusals, duration_ms_sum, duration_ms_max, latency, bytes_sent)
    values (%(organization)s, %(connection)s, 'sandbox', 'stripe', 'call', %(operation)s, %(hour)s, %(calls)s,
        %(errors)s, %(errors)s, %(ms)s * %(calls)s, %(ms)s, %(calls)s * private.latency_mark(%(ms)s), 10 * %(calls)s)
"""

Fold = Callable[[], Awaitable[int]]


async def add(database: Any, to: Connected, **facts: Any) -> None:
    """An increment, as the call log or a webhook makes it."""
    defaults = {"operation": "get_payment", "hour": HOUR, "calls": 1, "errors": 0, "ms": 20.0}
    await database.execute(ADD, {"organization": to.organization_id, "connection": to.id, **defaults, **facts})


async def hours(database: Database, connection_id: UUID) -> list[tuple[Any, ...]]:
    query = "select * from public.integration_analytics where connection_id = %s order by hour, operation"
    rows = await (await database.execute(query, [connection_id])).fetchall()
    return [(row["hour"], row["operation"], row["calls"], row["errors"]) for row in rows]


async def days(database: Database, organization_id: UUID) -> dict[date, int]:
    query = """
        select day, sum(calls)::integer as calls from public.integration_analytics_daily
        where organization_id = %s group by day
    """
    rows = await (await database.execute(query, [organization_id])).fetchall()
    return {row["day"]: row["calls"] for row in rows}


@pytest.fixture
def analytics(worker_pool: Pool) -> PostgresAnalytics:
    return PostgresAnalytics(worker_pool)


@pytest.fixture
async def shop(new_connection: NewConnection) -> Connected:
    """A connection of the test's own."""
    return await new_connection()


class TestFolding:
    async def test_increments_are_added_up_by_hour_and_operation(
        self, analytics: PostgresAnalytics, database: Database, shop: Connected
    ) -> None:
        for calls, errors in ((3, 1), (4, 0)):
            await add(database, shop, calls=calls, errors=errors)
            await analytics.fold_all()
        await add(database, shop, operation="create_payment")
        await add(database, shop, hour=HOUR - timedelta(hours=1), calls=2)
        await analytics.fold_all()

        assert await hours(database, shop.id) == [
            (HOUR - timedelta(hours=1), "get_payment", 2, 0),
            (HOUR, "create_payment", 1, 0),
            (HOUR, "get_payment", 7, 1),
        ]
        assert sum((await days(database, shop.organization_id)).values()) == 10

    async def test_a_transaction_that_commits_late_is_counted_all_the_same(
        self, analytics: PostgresAnalytics, database: Database, stack: Stack, shop: Connected
    ) -> None:
        async with await psycopg.AsyncConnection.connect(stack.worker_database_url) as late:
            await add(late, shop, calls=100)  # has the lowest number, and nobody sees it yet
            await add(database, shop, calls=1)
            await analytics.fold_all()
            assert [row[2] for row in await hours(database, shop.id)] == [1]
            await late.commit()

        await analytics.fold_all()
        assert [row[2] for row in await hours(database, shop.id)] == [101]

    async def test_a_fold_that_dies_half_way_has_counted_nothing(
        self, analytics: PostgresAnalytics, database: Database, stack: Stack, shop: Connected
    ) -> None:
        await add(database, shop, calls=5)
        async with await psycopg.AsyncConnection.connect(stack.worker_database_url) as dying:
            await dying.execute(QUERIES["fold"], {"limit": 1000})
            await dying.close()

        await analytics.fold_all()
        assert [row[2] for row in await hours(database, shop.id)] == [5]

    async def test_two_that_fold_at_once_count_nothing_twice(
        self, worker_pool: Pool, database: Database, shop: Connected
    ) -> None:
        for _ in range(40):
            await add(database, shop)
        small = PostgresAnalytics(worker_pool, bite=3)

        await asyncio.gather(*(small.fold_all() for _ in range(3)))
        await small.fold_all()

        assert [row[2] for row in await hours(database, shop.id)] == [40]

    async def test_what_was_counted_can_be_taken_back(
        self, analytics: PostgresAnalytics, database: Database, shop: Connected
    ) -> None:
        await add(database, shop, calls=3, ms=5.0)
        await add(database, shop, calls=-1, ms=5.0)
        await analytics.fold_all()
        query = """
            select calls, latency = 2 * private.latency_mark(5) as exact
            from public.integration_analytics where connection_id = %s
        """
        assert await (await database.execute(query, [shop.id])).fetchall() == [{"calls": 2, "exact": True}]

    async def test_figures_of_a_connection_that_is_gone_are_dropped(
        self, analytics: PostgresAnalytics, database: Database, shop: Connected
    ) -> None:
        gone = Connected(uuid4(), shop.organization_id)
        await add(database, gone)
        await add(database, shop)
        await analytics.fold_all()
        assert sum((await days(database, shop.organization_id)).values()) == 1

    async def test_figures_of_a_whole_organization_are_kept_until_it_is_gone(
        self, analytics: PostgresAnalytics, database: Database, shop: Connected
    ) -> None:
        gone = uuid4()
        for organization in (shop.organization_id, gone, shop.organization_id):
            await add(database, Connected(None, organization))
            await analytics.fold_all()

        assert await days(database, gone) == {}
        assert sum((await days(database, shop.organization_id)).values()) == 2
        await database.execute("delete from public.organizations where id = %s", [shop.organization_id])
        query = "select 1 from public.integration_analytics where organization_id = any(%s)"
        assert await (await database.execute(query, [[shop.organization_id, gone]])).fetchall() == []


class TestDays:
    MIDNIGHT = HOUR.replace(hour=20)  # in Dubai
    LATE = MIDNIGHT - timedelta(days=1, hours=1)

    async def test_days_are_cut_in_the_organizations_time_zone(
        self, analytics: PostgresAnalytics, database: Database, shop: Connected
    ) -> None:
        await add(database, shop, hour=self.LATE, calls=2)
        await add(database, shop, hour=self.LATE + timedelta(hours=1), calls=3)
        await analytics.fold_all()
        day = self.LATE.date()
        assert await days(database, shop.organization_id) == {day: 2, day + timedelta(days=1): 3}

    async def test_they_are_cut_anew_when_it_moves(
        self, analytics: PostgresAnalytics, database: Database, shop: Connected
    ) -> None:
        await add(database, shop, hour=self.LATE, calls=2)
        await add(database, shop, hour=self.LATE + timedelta(hours=1), calls=3)
        await analytics.fold_all()
        await database.execute(
            "update public.organizations set time_zone = 'Europe/London' where id = %s", [shop.organization_id]
        )
        await add(database, shop, hour=self.LATE, calls=1)
        await analytics.fold_all()  # still by the zone in which the days are cut

        await analytics.cut_days_anew()
        assert await days(database, shop.organization_id) == {self.LATE.date(): 6}
        assert await analytics.cut_days_anew() == 0
        await add(database, shop, hour=self.LATE, calls=1)
        await analytics.fold_all()
        assert await days(database, shop.organization_id) == {self.LATE.date(): 7}


class TestPercentiles:
    """A histogram is a number; percentiles read from it are within 7 % of the true ones."""

    async def percentiles(self, database: Database, durations: list[float]) -> list[float]:
        query = "select private.latency_percentiles(sum(private.latency_mark(ms))) as ms from unnest(%s::float8[]) ms"
        row = await (await database.execute(query, [durations])).fetchone()
        assert row is not None
        found: list[float] = row["ms"]
        return found

    @pytest.mark.parametrize("share", [1, 3, 50, 700])
    async def test_they_are_near_the_true_ones(self, database: Database, share: int) -> None:
        durations = [1 + ((number * 7919) % 10_007) ** 1.5 / share for number in range(1, 2001)]
        true = sorted(durations)
        found = await self.percentiles(database, durations)
        assert found == pytest.approx([true[999], true[1899], true[1979]], rel=0.0694)

    @pytest.mark.parametrize("ms", [0.0, 0.4, 1.0])
    async def test_up_to_a_millisecond_is_one(self, database: Database, ms: float) -> None:
        assert await self.percentiles(database, [ms]) == [1, 1, 1]

    @pytest.mark.parametrize("ms", [2.0**0.2, 1.01, 2.0, 4.0, 1024.0, 300_000.0, 900_000.0])
    async def test_edges_of_buckets(self, database: Database, ms: float) -> None:
        assert await self.percentiles(database, [ms]) == pytest.approx([ms] * 3, rel=0.0694)

    async def test_what_is_longer_than_the_last_bucket(self, database: Database) -> None:
        [longest, _, _] = await self.percentiles(database, [10_000_000.0])
        assert longest > 900_000

    async def test_there_are_none_of_nothing(self, database: Database) -> None:
        row = await (await database.execute("select private.latency_percentiles(0) as ms")).fetchone()
        assert row == {"ms": [None, None, None]}
