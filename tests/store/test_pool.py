"""The workers' pool against a real server: how its connections are set up, and how it gets over lost ones."""

from decimal import Decimal
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb
from psycopg_pool import PoolTimeout

from stack import Stack
from workers.store.pool import Connection, SessionLimits, connect, open_pool

LIMITS = SessionLimits(statement_seconds=1.5, lock_seconds=0.25, idle_in_transaction_seconds=0)
SHOW = "select current_setting(%s)"


async def setting(connection: Connection, name: str) -> str:
    row = await (await connection.execute(SHOW, [name])).fetchone()
    assert row is not None
    return str(row[0])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("application_name", "pool test"),
        ("statement_timeout", "1500ms"),
        ("lock_timeout", "250ms"),
        ("idle_in_transaction_session_timeout", "0"),
    ],
)
async def test_a_pooled_and_a_single_connection_are_set_up_alike(stack: Stack, name: str, value: str) -> None:
    async with (
        open_pool(stack.worker_database_url, application_name="pool test", limits=LIMITS) as pool,
        pool.connection() as pooled,
        await connect(stack.worker_database_url, application_name="pool test", limits=LIMITS) as single,
    ):
        assert await setting(pooled, name) == await setting(single, name) == value
        assert pooled.autocommit and single.autocommit


async def test_the_address_may_override_how_a_dead_peer_is_noticed(stack: Stack) -> None:
    url = stack.worker_database_url
    address = f"{url}{'&' if '?' in url else '?'}keepalives_idle=77"
    async with await connect(address, application_name="pool test") as connection:
        parameters = connection.info.get_parameters()
    assert (parameters["keepalives_idle"], parameters["keepalives_count"]) == ("77", "3")


async def test_json_keeps_decimals_exact_and_knows_dates_and_identifiers(stack: Stack) -> None:
    value = {"amount": Decimal("99.00"), "tiny": Decimal("1E-7"), "id": UUID(int=7), "text": "وصل"}
    async with await connect(stack.worker_database_url, application_name="pool test") as connection:
        row = await (await connection.execute("select %s::jsonb", [Jsonb(value)])).fetchone()
        assert row == ({"amount": "99.00", "tiny": "0.0000001", "id": str(UUID(int=7)), "text": "وصل"},)
        with pytest.raises(TypeError, match="not JSON serializable: object"):
            await connection.execute("select %s::jsonb", [Jsonb({"no": object()})])


async def test_a_statement_that_takes_too_long_is_ended(stack: Stack) -> None:
    limits = SessionLimits(statement_seconds=0.05)
    async with await connect(stack.worker_database_url, application_name="pool test", limits=limits) as connection:
        with pytest.raises(psycopg.errors.QueryCanceled):
            await connection.execute("select pg_sleep(10)")


async def test_connections_that_the_server_has_closed_are_not_handed_out(stack: Stack) -> None:
    async with open_pool(stack.worker_database_url, application_name="pool test", min_size=3, max_size=3) as pool:
        async with pool.connection() as one, pool.connection() as two, pool.connection() as three:
            pids = [each.info.backend_pid for each in (one, two, three)]
        async with await connect(stack.admin_database_url, application_name="operator") as operator:
            for pid in pids:
                await operator.execute("select pg_terminate_backend(%s, 5000)", [pid])
        for _ in range(5):
            async with pool.connection() as connection:
                assert connection.info.backend_pid not in pids
                await connection.execute("select 1")


async def test_a_server_that_cannot_be_reached_is_not_waited_for_longer_than_asked() -> None:
    nowhere = "postgresql://wasl_worker@127.0.0.1:1/postgres"
    with pytest.raises(PoolTimeout):
        async with open_pool(nowhere, application_name="pool test", wait_seconds=0.2):
            pass
    with pytest.raises(psycopg.OperationalError, match=r"127\.0\.0\.1"):
        await connect(nowhere, application_name="pool test")
