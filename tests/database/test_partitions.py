"""Tables cut by time: partitions are there before they are needed, in UTC, and go when they are old."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from stack import Stack
from tests.support.callers import Database, Row

Transaction = psycopg.AsyncConnection[Any]

BOUNDS = """
    select child.relname as name, pg_get_expr(child.relpartbound, child.oid) as bounds, child.relrowsecurity as secured,
        n.nspname as schema, (select count(*) from pg_index i where i.indrelid = child.oid) as indexes
    from pg_inherits i join pg_class child on child.oid = i.inhrelid join pg_namespace n on n.oid = child.relnamespace
    where i.inhparent = %s::regclass order by 1
"""


@pytest.fixture
async def undone(stack: Stack) -> Any:
    """A transaction as `postgres` that is rolled back."""
    async with await psycopg.AsyncConnection.connect(stack.database_url) as connection:
        await connection.execute("set timezone to 'Asia/Dubai'")
        yield connection
        await connection.rollback()


async def partitions(connection: psycopg.AsyncConnection[Any], table: str) -> list[Row]:
    async with connection.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        await cursor.execute(BOUNDS, [f"public.{table}"])
        return await cursor.fetchall()


async def made_today(transaction: Transaction) -> datetime:
    """Today in UTC, once its partitions are there: the hub under test may have been set up before midnight."""
    await transaction.execute("select private.make_partitions('7 days')")
    today = await (await transaction.execute("select now()")).fetchone()
    assert today is not None
    return datetime.astimezone(today[0], UTC)


@pytest.mark.parametrize("table", ["integration_logs", "webhook_events"])
async def test_daily_partitions_lie_ahead_for_a_week(undone: Transaction, table: str) -> None:
    today = await made_today(undone)
    names = [row["name"] for row in await partitions(undone, table)]

    assert names[-9:] == [f"{table}_{today + timedelta(days=day):%Y%m%d}" for day in range(-1, 8)]


async def test_monthly_partitions_lie_ahead(undone: Transaction) -> None:
    today = await made_today(undone)
    names = [row["name"] for row in await partitions(undone, "integration_health")]
    soon = today + timedelta(days=7)

    assert f"integration_health_{today:%Y%m}01" in names[1:]
    assert f"integration_health_{soon:%Y%m}01" in names


@pytest.mark.parametrize("table", ["integration_logs", "webhook_events", "integration_health"])
async def test_partitions_are_hidden_secured_and_indexed(database: Database, table: str) -> None:
    cursor = await database.execute("select count(*) from pg_index where indrelid = %s::regclass", [f"public.{table}"])
    row = await cursor.fetchone()
    assert row is not None

    for partition in await partitions(database, table):
        assert (partition["schema"], partition["secured"], partition["indexes"]) == ("private", True, row["count"])


async def test_partitions_join_without_gap_over_the_ends_of_months(undone: Transaction) -> None:
    made = await (await undone.execute("select private.make_partitions('70 days')")).fetchone()
    again = await (await undone.execute("select private.make_partitions('70 days')")).fetchone()

    assert made is not None
    assert made[0] > 120
    assert again == (0,)
    for table in ("webhook_events", "integration_health"):
        bounds = [row["bounds"] for row in await partitions(undone, table)][-72:]  # other tests have older rows
        ends = [bound.split(" TO ")[1] for bound in bounds]
        starts = [bound.split(" TO ")[0].removeprefix("FOR VALUES FROM ") for bound in bounds]
        assert starts[1:] == ends[:-1]


async def test_a_row_at_the_edge_of_a_day_lies_in_its_utc_day(undone: Transaction) -> None:
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    for moment in (midnight - timedelta(microseconds=1), midnight):
        await undone.execute(
            "insert into webhook_events (id, received_at, organization_id, connection_id, endpoint_id, provider_key,"
            " verified, headers, body) values (private.uuid_v7(), %(at)s, %(id)s, %(id)s, %(id)s, 'x', true, '{}', '')",
            {"at": moment, "id": "00000000-0000-0000-0000-000000000001"},
        )

    cursor = await undone.execute(
        "select tableoid::regclass::text from webhook_events where provider_key = 'x' order by received_at"
    )
    tables = [row[0] for row in await cursor.fetchall()]

    assert tables == [
        f"private.webhook_events_{midnight - timedelta(days=1):%Y%m%d}",
        f"private.webhook_events_{midnight:%Y%m%d}",
    ]


@pytest.mark.parametrize(("table", "keep"), [("integration_logs", 30), ("webhook_events", 90)])
async def test_partitions_go_when_their_last_row_is_too_old(undone: Transaction, table: str, keep: int) -> None:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    days = [today - timedelta(days=keep + age) for age in (0, 1, 2, 5)]
    for day in days:
        await undone.execute("select private.make_partition(%s, %s, %s)", (table, day, day + timedelta(days=1)))

    dropped = [row[0] for row in await (await undone.execute("select private.drop_old_partitions()")).fetchall()]

    assert sorted(dropped) == sorted(f"{table}_{day:%Y%m%d}" for day in days[1:])
    names = [row["name"] for row in await partitions(undone, table)]
    assert f"{table}_{days[0]:%Y%m%d}" in names


async def test_several_workers_may_make_them_at_once(stack: Stack, worker: psycopg.AsyncConnection[Row]) -> None:
    async def make() -> int:
        async with await psycopg.AsyncConnection.connect(stack.worker_database_url, autocommit=True) as connection:
            row = await (await connection.execute("select private.make_partitions('9 days')")).fetchone()
            return int(row[0]) if row else 0

    made = await asyncio.gather(*(make() for _ in range(4)))

    assert sorted(made)[:3] == [0, 0, 0]
    for name in ("integration_logs", "webhook_events"):
        for day in (8, 9):
            partition = f"{name}_{datetime.now(UTC) + timedelta(days=day):%Y%m%d}"
            async with await psycopg.AsyncConnection.connect(stack.database_url, autocommit=True) as owner:
                await owner.execute(f"drop table private.{partition}")


async def test_making_one_ahead_waits_for_no_reader(stack: Stack) -> None:
    async with await psycopg.AsyncConnection.connect(stack.database_url) as reader:
        await reader.execute("select count(*) from webhook_events")
        async with await psycopg.AsyncConnection.connect(stack.database_url) as maker:
            await maker.execute("set local lock_timeout = '100ms'")
            await maker.execute(
                "select private.make_partition('webhook_events', '2090-01-01T00:00Z', '2090-01-02T00:00Z')"
            )
            await maker.rollback()
