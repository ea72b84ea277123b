"""The shared token buckets in Postgres: exact under contention, and on the database's clock."""

import asyncio
import time
from uuid import uuid4

import psycopg
import pytest
from psycopg.rows import DictRow

from stack import Stack
from tests.store.conftest import NewConnection
from workers.store.pool import Pool, open_pool
from workers.store.rate_limits import PostgresBuckets
from workers.transport import LeasedBudget, NotSent, StateUnavailable


async def test_a_full_bucket_gives_a_lease_at_most_a_share(worker_pool: Pool, new_connection: NewConnection) -> None:
    buckets, connection = PostgresBuckets(worker_pool), await new_connection(capacity=100, rate=40)
    grant = await buckets.take(connection.id, 1000)
    assert (grant.tokens, grant.wait_seconds, grant.refill_per_second) == (10, 0, 40)
    assert (await buckets.take(connection.id, 3)).tokens == 3


async def test_a_small_bucket_gives_one_at_a_time(worker_pool: Pool, new_connection: NewConnection) -> None:
    buckets, connection = PostgresBuckets(worker_pool), await new_connection(capacity=2, rate=0.5)
    assert [(await buckets.take(connection.id, 5)).tokens for _ in range(3)] == [1, 1, 0]


async def test_an_empty_bucket_tells_how_long_until_a_token(worker_pool: Pool, new_connection: NewConnection) -> None:
    buckets, connection = PostgresBuckets(worker_pool), await new_connection(capacity=1, rate=0.5)
    await buckets.take(connection.id, 1)
    grant = await buckets.take(connection.id, 1)
    assert grant.tokens == 0
    assert 1.5 < grant.wait_seconds <= 2


async def test_tokens_come_back_with_time_up_to_the_capacity(
    worker_pool: Pool, new_connection: NewConnection, database: psycopg.AsyncConnection[DictRow]
) -> None:
    buckets, connection = PostgresBuckets(worker_pool), await new_connection(capacity=4, rate=2)
    for _ in range(4):
        await buckets.take(connection.id, 1)
    await database.execute(
        "update public.rate_limits set refilled_at = refilled_at - interval '1 hour' where connection_id = %s",
        [connection.id],
    )
    assert [(await buckets.take(connection.id, 1)).tokens for _ in range(5)] == [1, 1, 1, 1, 0]


async def test_workers_together_never_get_more_than_the_bucket_gives(
    worker_pool: Pool, new_connection: NewConnection
) -> None:
    connection = await new_connection(capacity=40, rate=50)
    budgets = [LeasedBudget(PostgresBuckets(worker_pool)) for _ in range(4)]
    started = time.monotonic()
    got = 0

    async def work(budget: LeasedBudget) -> None:
        nonlocal got
        while time.monotonic() - started < 0.6:
            wait = await budget.acquire(connection.id, 0.05)
            if wait:
                await asyncio.sleep(min(wait, 0.05))
            else:
                got += 1

    await asyncio.gather(*(work(budget) for budget in budgets for _ in range(5)))
    allowed = 40 + 50 * (time.monotonic() - started)
    assert got <= allowed + 1
    assert got >= 40  # and they do get what there is


async def test_a_block_empties_the_bucket_for_everyone(worker_pool: Pool, new_connection: NewConnection) -> None:
    buckets, connection = PostgresBuckets(worker_pool), await new_connection()
    await buckets.block(connection.id, 30)
    await buckets.block(connection.id, 1)
    grant = await buckets.take(connection.id, 1)
    assert grant.tokens == 0
    assert 29 < grant.wait_seconds <= 30


async def test_a_bucket_is_empty_when_its_block_ends(worker_pool: Pool, new_connection: NewConnection) -> None:
    buckets, connection = PostgresBuckets(worker_pool), await new_connection(capacity=100, rate=1)
    await buckets.block(connection.id, 0.05)
    await asyncio.sleep(0.06)
    grant = await buckets.take(connection.id, 1)
    assert grant.tokens == 0
    assert 0.5 < grant.wait_seconds <= 1


async def test_a_changed_limit_holds_at_the_next_lease(
    worker_pool: Pool, new_connection: NewConnection, database: psycopg.AsyncConnection[DictRow]
) -> None:
    buckets, connection = PostgresBuckets(worker_pool), await new_connection(capacity=100, rate=100)
    await database.execute(
        "update public.rate_limits set capacity = 8, refill_per_second = 4 where connection_id = %s", [connection.id]
    )
    grant = await buckets.take(connection.id, 1000)
    assert (grant.tokens, grant.refill_per_second) == (1, 4)


async def test_a_connection_that_is_gone_sends_nothing(worker_pool: Pool) -> None:
    with pytest.raises(NotSent, match="gone"):
        await PostgresBuckets(worker_pool).take(uuid4(), 1)


async def test_a_database_that_is_away_is_told_as_such(stack: Stack) -> None:
    async with open_pool(stack.worker_database_url, application_name="store tests", max_size=1) as pool:
        pass
    with pytest.raises(StateUnavailable):
        await PostgresBuckets(pool).take(uuid4(), 1)
    with pytest.raises(StateUnavailable):
        await PostgresBuckets(pool).block(uuid4(), 1)
