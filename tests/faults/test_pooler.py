"""Workers behind a pooler in transaction mode, where every transaction meets another session of the database."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import psycopg
import pytest

from tests.support.transaction_pooler import pooling
from tests.support.workplace import Workplace, until
from workers.runtime import open_runtime, open_worker
from workers.store.pool import open_pool

PAYMENTS = 20


async def test_what_workers_do_is_done_once_and_whole(workplace: Workplace, organization: UUID) -> None:
    connection_id = await workplace.connect_stripe(organization)
    direct = workplace.stack.worker_database_url
    async with pooling(direct) as pooler:
        settings = workplace.settings(database_url=pooler.url, direct_database_url=direct, pool_size=4)
        async with open_runtime(settings) as runtime, open_worker(runtime) as worker:
            task = asyncio.create_task(worker.run())
            await until(_true(lambda: worker.leadership.leading))
            await until(_true(lambda: b"wasl_listening 1.0" in worker.metrics.render()))
            payments = [
                await workplace.payment(organization, connection_id=connection_id, reference=f"order-{number}")
                for number in range(PAYMENTS)
            ]
            done = [await workplace.finished(payment["id"]) for payment in payments]
            worker.executor.stop()
            await task
        assert pooler.transactions > PAYMENTS * 2
    assert {operation["status"] for operation in done} == {"succeeded"}
    for payment in payments:
        assert len((await workplace.at_stripe(payment["id"]))["payment_intents"]) == 1


async def test_the_pooler_is_one_that_a_session_does_not_pass(workplace: Workplace) -> None:
    """What a pool does for a direct connection fails here: else the test above would show nothing."""
    async with pooling(workplace.stack.worker_database_url, sessions=3) as pooler:
        with pytest.raises(psycopg.errors.InvalidSqlStatementName):
            async with open_pool(pooler.url, application_name="not pooled", min_size=1, max_size=1) as pool:
                for _ in range(10):
                    async with pool.connection() as connection:
                        await connection.execute("select 1 where %s::int = 1", [1])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("statement_timeout", "30s"),
        ("lock_timeout", "10s"),
        ("idle_in_transaction_session_timeout", "30s"),
        ("enable_seqscan", "off"),
        ("jit", "off"),
    ],
)
async def test_limits_hold_and_plans_go_by_index_everywhere(workplace: Workplace, name: str, value: str) -> None:
    async with (
        pooling(workplace.stack.worker_database_url, sessions=3) as pooler,
        open_pool(pooler.url, application_name="pooled", pooled=True) as pool,
    ):
        seen, pids = set(), set()
        for _ in range(6):
            async with pool.connection() as connection:
                cursor = await connection.execute("select current_setting(%s), pg_backend_pid()", [name])
                [(shown, pid)] = await cursor.fetchall()
                seen.add(shown)
                pids.add(pid)
    assert seen == {value}
    assert len(pids) == 3


async def test_a_transaction_stays_in_one_session(workplace: Workplace) -> None:
    async with (
        pooling(workplace.stack.worker_database_url, sessions=3) as pooler,
        open_pool(pooler.url, application_name="pooled", pooled=True) as pool,
        pool.connection() as connection,
        connection.transaction(),
    ):
        pids = [await (await connection.execute("select pg_backend_pid()")).fetchone() for _ in range(5)]
    assert len(set(pids)) == 1


def _true(condition: Callable[[], bool]) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return condition()

    return look
