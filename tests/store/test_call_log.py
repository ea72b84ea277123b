"""The call log in Postgres and its figures, which are written together."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from psycopg.rows import DictRow

from tests.store.conftest import Connected, NewConnection
from workers.store.call_log import PostgresCallLog
from workers.store.pool import Pool
from workers.transport import BatchRecorder, CallContext, CallInfo, CallRecord, Outcome
from workers.transport.recording import Row, redacted_row

NOW = datetime.now(UTC).replace(minute=30, second=0, microsecond=0)
Database = psycopg.AsyncConnection[DictRow]


def call(connection: Connected, **facts: Any) -> Row:
    """A row as the recorder makes it."""
    request = httpx.Request("POST", "https://api.example.com/v1", headers={"Authorization": "Bearer sk_test_x"})
    record = CallRecord(
        context=CallContext(connection.organization_id, connection.id, "stripe", uuid4(), "trace-1"),
        info=CallInfo("create_payment", True, 30.0),
        attempt=1,
        occurred_at=NOW.timestamp(),
        duration_ms=12.0,
        outcome=Outcome.OK,
        request=request,
        request_body=b"amount=9900",
        status=200,
        response_headers=httpx.Headers({"Request-Id": "req_1", "Content-Type": "application/json"}),
        response_body=b'{"status": "succeeded"}',
    )
    return redacted_row(record) | facts


async def logged(database: Database, connection_id: UUID) -> list[DictRow]:
    query = "select * from public.integration_logs where connection_id = %s order by occurred_at, attempt"
    return await (await database.execute(query, [connection_id])).fetchall()


async def counted(database: Database, connection_id: UUID) -> list[DictRow]:
    query = """
        select organization_id, connection_id, environment, provider_key, source, operation, hour,
            sum(calls)::integer as calls, sum(errors)::integer as errors, sum(throttled)::integer as throttled,
            sum(retried)::integer as retried, sum(unknown)::integer as unknown,
            array[sum(authentication_errors), sum(rate_limit_errors), sum(refusals), sum(provider_errors),
                sum(unanswered)]::integer[] as classes,
            sum(duration_ms_sum) as duration_ms_sum, max(duration_ms_max) as duration_ms_max,
            private.latency_percentiles(sum(latency)) as percentiles, sum(bytes_sent)::integer as bytes_sent,
            sum(bytes_received)::integer as bytes_received
        from private.analytics_increments where connection_id = %s
        group by 1, 2, 3, 4, 5, 6, 7 order by operation, hour
    """
    return await (await database.execute(query, [connection_id])).fetchall()


async def test_a_call_is_stored_as_it_was_recorded(
    worker_pool: Pool, new_connection: NewConnection, database: Database
) -> None:
    connection = await new_connection()
    row = call(connection)
    await PostgresCallLog(worker_pool).write([row])
    [stored] = await logged(database, connection.id)
    assert {name: stored[name] for name in row} == row
    assert stored["request_headers"]["authorization"] == "[redacted]"


async def test_calls_are_counted_by_the_hour(
    worker_pool: Pool, new_connection: NewConnection, database: Database
) -> None:
    connection, log = await new_connection(), PostgresCallLog(worker_pool)
    rows = [
        call(connection, duration_ms=5.0),
        call(connection, duration_ms=5.1, attempt=2),
        call(connection, duration_ms=10_000.0, status=402, outcome="refused"),
        call(connection, duration_ms=10_001.0, status=None, outcome="unknown", error_code="read_timeout"),
        call(connection, duration_ms=30.0, status=429, outcome="retryable"),
        call(connection, duration_ms=20.0, status=401, outcome="refused"),
        call(connection, duration_ms=20.0, status=503, outcome="retryable"),
        call(connection, duration_ms=0.0, status=None, outcome="not_sent", error_code="throttled"),
        call(connection, duration_ms=0.0, status=None, outcome="not_sent", error_code="breaker_open"),
        call(connection, occurred_at=NOW - timedelta(hours=1)),
        call(connection, operation="get_payment"),
    ]
    await log.write(rows[:4])
    await log.write(rows[4:])
    earlier, hour, other = await counted(database, connection.id)
    assert (earlier["calls"], other["calls"], other["operation"]) == (1, 1, "get_payment")
    assert (hour["hour"], hour["environment"], hour["source"]) == (NOW.replace(minute=0), "sandbox", "call")
    assert hour["organization_id"] == connection.organization_id
    counts = ("calls", "errors", "throttled", "retried", "unknown")
    assert {name: hour[name] for name in counts} == dict(zip(counts, (7, 5, 2, 1, 1), strict=True))
    assert hour["classes"] == [1, 1, 1, 1, 1]
    assert hour["percentiles"] == pytest.approx([20, 10_001, 10_001], rel=0.07)
    assert hour["duration_ms_sum"] == pytest.approx(20_081.1, abs=0.01)
    assert hour["duration_ms_max"] == 10_001
    assert (hour["bytes_sent"], hour["bytes_received"]) == (77, 23 * 9)


async def test_a_batch_that_is_offered_again_is_kept_and_counted_once(
    worker_pool: Pool, new_connection: NewConnection, database: Database
) -> None:
    connection, log = await new_connection(), PostgresCallLog(worker_pool)
    rows = [call(connection) for _ in range(3)]
    await log.write(rows)
    await log.write([*rows, call(connection)])
    assert len(await logged(database, connection.id)) == 4
    assert [row["calls"] for row in await counted(database, connection.id)] == [4]


async def test_two_workers_that_write_at_once_lose_no_count(
    worker_pool: Pool, new_connection: NewConnection, database: Database
) -> None:
    connections = [await new_connection() for _ in range(4)]
    log = PostgresCallLog(worker_pool)

    def batch(order: int) -> list[Row]:
        return [call(connection) for connection in connections[::order] for _ in range(5)]

    await asyncio.gather(*(log.write(batch(order)) for _ in range(5) for order in (1, -1)))
    for connection in connections:
        assert (await counted(database, connection.id))[0]["calls"] == 50
        assert len(await logged(database, connection.id)) == 50


async def test_a_call_that_cannot_be_stored_does_not_hold_up_the_others(
    worker_pool: Pool, new_connection: NewConnection, database: Database
) -> None:
    connection = await new_connection()
    rows = [call(connection, attempt=number) for number in range(10)]
    rows[3] |= {"outcome": "nonsense"}
    rows[7] |= {"occurred_at": datetime(1999, 1, 1, tzinfo=UTC)}  # no partition is that old
    await PostgresCallLog(worker_pool).write(rows)
    assert [row["attempt"] for row in await logged(database, connection.id)] == [0, 1, 2, 4, 5, 6, 8, 9]
    assert (await counted(database, connection.id))[0]["calls"] == 8


async def test_a_connection_that_is_gone_keeps_its_log(worker_pool: Pool, database: Database) -> None:
    gone = Connected(uuid4(), uuid4())
    await PostgresCallLog(worker_pool).write([call(gone)])
    assert len(await logged(database, gone.id)) == 1
    assert await counted(database, gone.id) == []


@pytest.mark.parametrize("text", ["\ufffd", "\\u0000", "قهوة", '"quoted"', "\x01\x1e", "🪙"])
async def test_every_text_is_kept(
    worker_pool: Pool, new_connection: NewConnection, database: Database, text: str
) -> None:
    connection = await new_connection()
    await PostgresCallLog(worker_pool).write([call(connection, response_body=text, request_headers={"x": text})])
    [stored] = await logged(database, connection.id)
    assert stored["response_body"] == stored["request_headers"]["x"] == text


async def test_nothing_means_nothing(worker_pool: Pool) -> None:
    await PostgresCallLog(worker_pool).write([])


async def test_the_recorder_leaves_nothing_behind(
    worker_pool: Pool, new_connection: NewConnection, database: Database
) -> None:
    connection = await new_connection()
    request = httpx.Request("GET", "https://api.example.com/v1")
    async with BatchRecorder(PostgresCallLog(worker_pool), batch_size=50, flush_seconds=60) as recorder:
        for number in range(333):
            recorder.record(
                CallRecord(
                    CallContext(connection.organization_id, connection.id, "stripe"),
                    CallInfo("get_payment", True, 30.0),
                    number,
                    NOW.timestamp(),
                    1.0,
                    Outcome.OK,
                    request,
                    b"",
                    200,
                    httpx.Headers({"X": "\x00"}),
                    b"\x00not json\x00",
                )
            )
    assert len(await logged(database, connection.id)) == 333
    assert (await counted(database, connection.id))[0]["calls"] == 333
