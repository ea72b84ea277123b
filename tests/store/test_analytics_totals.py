"""The sums that are kept of figures: what they say is what their parts add up to, however late these come."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.rows import DictRow

from stack import Stack
from tests.store.conftest import Connected, NewConnection
from workers.store.analytics import QUERIES, PostgresAnalytics
from workers.store.pool import Pool

Database = psycopg.AsyncConnection[DictRow]
HOUR = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)

ANOTHER_CONNECTION = """
    insert into public.integration_connections (organization_id, provider_key, name, environment, status)
    values (%s, 'mailchimp', 'Mailchimp', 'live', 'active') returning id
"""

ADD = """
    insert into private.analytics_increments (organization_id, connection_id, environment, provider_key, source,
        operation, hour, calls, errors, refusals, throttled, retried, unknown, duration_ms_sum, duration_ms_max,
        latency, bytes_sent, bytes_received)
    values (%(organization)s, %(connection)s, %(environment)s, %(provider)s, %(source)s, %(operation)s, %(hour)s,
        %(calls)s, 2, 2, 3, 4, 5, %(ms)s::float8 * %(calls)s, greatest(%(ms)s * sign(%(calls)s), 0),
        %(calls)s * private.latency_mark(%(ms)s), 10 * %(calls)s, 20 * %(calls)s)
"""

DISAGREEING = """
    with parts as (
        select k.kind, case k.kind when 'connection_day' then a.connection_id end as connection_id, a.environment,
            a.provider_key, a.source, case k.kind when 'hour' then a.hour
                else date_trunc('day', a.hour at time zone z.time_zone) at time zone 'UTC' end as period,
            sum(a.calls) as calls, sum(a.errors), sum(a.refusals), sum(a.throttled), sum(a.retried), sum(a.unknown),
            sum(a.duration_ms_sum), max(a.duration_ms_max), sum(a.latency), sum(a.bytes_sent), sum(a.bytes_received)
        from public.integration_analytics a
        join private.analytics_zones z using (organization_id)
        cross join (values ('hour'), ('day'), ('connection_day')) k (kind)
        where a.organization_id = %(organization)s
        group by 1, 2, 3, 4, 5, 6
    ), kept as (
        select kind, connection_id, environment, provider_key, source, period, calls, errors, refusals, throttled,
            retried, unknown, duration_ms_sum, duration_ms_max, latency, bytes_sent, bytes_received
        from private.analytics_totals where organization_id = %(organization)s
    )
    select 'parts' as only_in, p.kind, p.period, p.calls from (table parts except all table kept) p
    union all
    select 'kept', k.kind, k.period, k.calls from (table kept except all table parts) k
"""


async def disagreeing(database: Database, organization_id: UUID) -> list[DictRow]:
    """Totals that their parts do not add up to, and parts that are in no total."""
    return await (await database.execute(DISAGREEING, {"organization": organization_id})).fetchall()


async def calls(database: Database, organization_id: UUID) -> dict[str, int]:
    """How many calls all totals of a kind say there were."""
    query = """
        select kind, sum(calls)::integer as calls from private.analytics_totals where organization_id = %s group by kind
    """
    rows = await (await database.execute(query, [organization_id])).fetchall()
    return {row["kind"]: row["calls"] for row in rows}


def increments(rng: random.Random, shop: Connected, other: UUID, number: int) -> Iterator[dict[str, Any]]:
    """Of two connections and of deliveries, within the last weeks, some of them taking back what was counted."""
    kinds: list[tuple[UUID | None, str, str, str]] = [
        (shop.id, "sandbox", "stripe", "call"),
        (shop.id, "sandbox", "stripe", "webhook"),
        (other, "live", "mailchimp", "call"),
        (None, "live", "wasl", "delivery"),
    ]
    for _ in range(number):
        connection, environment, provider, source = rng.choice(kinds)
        yield {
            "organization": shop.organization_id,
            "connection": connection,
            "environment": environment,
            "provider": provider,
            "source": source,
            "operation": rng.choice(["a", "b", "c"]),
            "hour": HOUR - timedelta(hours=rng.choice([0, 0, rng.randrange(600)])),
            "calls": rng.choice([-1, 1, 1, 7, 30]),
            "ms": rng.choice([1, 20, 400, 70_000]),
        }


@pytest.fixture
async def shop(new_connection: NewConnection) -> Connected:
    """A connection of the test's own."""
    return await new_connection()


@pytest.fixture
async def other(database: Database, shop: Connected) -> UUID:
    """A second connection of its organization, live and to another provider."""
    row = await (await database.execute(ANOTHER_CONNECTION, [shop.organization_id])).fetchone()
    assert row is not None
    found: UUID = row["id"]
    return found


@pytest.fixture
def analytics(worker_pool: Pool) -> PostgresAnalytics:
    return PostgresAnalytics(worker_pool, bite=17)


async def add(database: Database, rows: list[dict[str, Any]]) -> int:
    """Insert increments. Returns how many calls they are."""
    async with database.cursor() as cursor:
        await cursor.executemany(ADD, rows)
    return sum(row["calls"] for row in rows)


class TestTotals:
    @pytest.mark.parametrize("seed", [1, 2, 3])
    async def test_they_are_the_sums_of_their_parts_after_late_arrivals_and_moves(
        self, analytics: PostgresAnalytics, database: Database, shop: Connected, other: UUID, seed: int
    ) -> None:
        rng = random.Random(seed)
        added = 0
        for zone in (None, "America/New_York", None, "Asia/Kolkata", None):
            added += await add(database, list(increments(rng, shop, other, 60)))
            await analytics.fold_all()
            if zone:
                await database.execute(
                    "update public.organizations set time_zone = %s where id = %s", [zone, shop.organization_id]
                )
                added += await add(database, list(increments(rng, shop, other, 20)))
                await analytics.fold_all()  # into days by the zone before
                await analytics.cut_days_anew()

        assert await disagreeing(database, shop.organization_id) == []
        assert await calls(database, shop.organization_id) == dict.fromkeys(("hour", "day", "connection_day"), added)

    async def test_a_fold_that_is_killed_has_added_nothing(
        self, analytics: PostgresAnalytics, database: Database, stack: Stack, shop: Connected, other: UUID
    ) -> None:
        rng = random.Random(4)
        added = await add(database, list(increments(rng, shop, other, 30)))
        await analytics.fold_all()
        added += await add(database, list(increments(rng, shop, other, 30)))
        dying = await psycopg.AsyncConnection.connect(stack.worker_database_url)
        await dying.execute(QUERIES["alone"])
        await dying.execute(QUERIES["fold"], {"limit": 1000})
        await database.execute("select pg_terminate_backend(%s, 10000)", [dying.info.backend_pid])
        await dying.close()

        assert await disagreeing(database, shop.organization_id) == []
        await analytics.fold_all()
        assert await disagreeing(database, shop.organization_id) == []
        assert await calls(database, shop.organization_id) == dict.fromkeys(("hour", "day", "connection_day"), added)

    async def test_those_of_a_deleted_connection_go_and_the_organizations_stay(
        self, analytics: PostgresAnalytics, database: Database, shop: Connected, other: UUID
    ) -> None:
        rows = list(increments(random.Random(5), shop, other, 80))
        added = await add(database, rows)
        await analytics.fold_all()
        await database.execute("delete from public.integration_connections where id = %s", [other])

        left = added - sum(row["calls"] for row in rows if row["connection"] == other)
        expected = {"hour": added, "day": added, "connection_day": left}
        assert await calls(database, shop.organization_id) == expected

    async def test_they_expire_with_their_hours_but_for_days_of_all_connections(
        self, analytics: PostgresAnalytics, database: Database, shop: Connected
    ) -> None:
        oldest = "date_trunc('month', now() - interval '13 months', 'UTC')"
        await database.execute(
            f"""
            insert into private.analytics_totals (organization_id, kind, connection_id, environment, provider_key,
                source, period, calls)
            select %(organization)s, k.kind, case k.kind when 'connection_day' then %(connection)s::uuid end, 'sandbox',
                'stripe', 'call', {oldest} - make_interval(hours => n), n
            from (values ('hour'), ('day'), ('connection_day')) k (kind), generate_series(0, 30) n
            """,
            {"organization": shop.organization_id, "connection": shop.id},
        )
        await analytics.expire_totals()
        query = "select kind, count(*) from private.analytics_totals where organization_id = %s group by kind"
        rows = await (await database.execute(query, [shop.organization_id])).fetchall()
        assert {row["kind"]: row["count"] for row in rows} == {"hour": 1, "day": 31, "connection_day": 1}
