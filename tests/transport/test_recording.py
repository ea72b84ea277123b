"""Records are redacted, written in batches, and not lost."""

import asyncio
import contextlib
from collections.abc import Sequence
from uuid import uuid4

import httpx
import pytest

from workers.transport import BatchRecorder, CallContext, CallInfo, CallRecord, InMemoryRecorder, Outcome
from workers.transport.recording import Row, redacted_row

SECRET = "sk_test_4eC39HqLyjWDarjtT1zdp7dc"


def record(number: int = 0, body: bytes = b"{}") -> CallRecord:
    content = b"amount=9900&card[number]=4242424242424242"
    return CallRecord(
        context=CallContext(uuid4(), uuid4(), "stripe", uuid4(), "trace-1"),
        info=CallInfo("create_payment", True, 30.0),
        attempt=number,
        occurred_at=1_795_456_800.25,
        duration_ms=12.5,
        outcome=Outcome.OK,
        request=httpx.Request(
            "POST",
            f"https://api.example.com/v1?key={SECRET}",
            headers={"Authorization": f"Bearer {SECRET}", "Content-Type": "application/x-www-form-urlencoded"},
            content=content,
        ),
        request_body=content,
        status=200,
        response_headers=httpx.Headers({"Request-Id": "req_1", "Content-Type": "application/json"}),
        response_body=body,
    )


class Sink:
    """Keeps what is written; can be told to fail."""

    def __init__(self) -> None:
        self.batches: list[list[Row]] = []
        self.failing = False
        self.attempts = 0

    async def write(self, rows: Sequence[Row]) -> None:
        self.attempts += 1
        await asyncio.sleep(0)
        if self.failing:
            raise OSError("the database is away")
        self.batches.append(list(rows))

    @property
    def numbers(self) -> list[int]:
        return [row["attempt"] for batch in self.batches for row in batch]


def test_a_row_says_what_happened_and_no_secret() -> None:
    given = record(1, b'{"error": "no such key: %b", "client_secret": "x"}' % SECRET.encode())
    row = redacted_row(given)
    assert SECRET not in str(row)
    assert "4242424242424242" not in str(row)
    assert row["url"] == "https://api.example.com/v1?key=[redacted]"
    assert row["request_headers"]["authorization"] == "[redacted]"
    assert row["request_body"] == "amount=9900&card[number]=[redacted]"
    assert row["response_body"] == '{"error":"no such key: [redacted]","client_secret":"[redacted]"}'
    assert row["occurred_at"].isoformat() == "2026-11-23T18:00:00.250000+00:00"
    assert (row["status"], row["outcome"], row["attempt"], row["duration_ms"]) == (200, "ok", 1, 12.5)
    assert (row["provider_request_id"], row["trace_id"], row["provider_key"]) == ("req_1", "trace-1", "stripe")
    assert (row["request_bytes"], row["response_bytes"]) == (41, len(given.response_body))


def test_an_id_tells_when_the_call_was() -> None:
    given = record()
    row = redacted_row(given)
    assert row["id"].version == 7
    assert row["id"].int >> 80 == int(given.occurred_at * 1000)
    assert redacted_row(given)["id"] != row["id"]


def test_what_the_answer_echoes_is_taken_out_under_any_name() -> None:
    given = record(0, b'{"message": "bad: hunter2-Xq7-zz"}')
    given.request.headers["X-Api-Key"] = "hunter2-Xq7-zz"
    given.response_headers = httpx.Headers({"X-Echo": "hunter2-Xq7-zz"})
    assert "hunter2" not in str(redacted_row(given))


def test_an_attempt_without_an_answer_has_none() -> None:
    given = record()
    given.status, given.response_headers, given.response_body, given.error_code = None, None, b"", "read_timeout"
    row = redacted_row(given)
    assert (row["status"], row["response_headers"], row["response_body"]) == (None, {}, None)
    assert row["error_code"] == "read_timeout"


def test_a_record_does_not_print_what_it_holds() -> None:
    assert SECRET not in repr(record())


async def test_full_batches_are_written_at_once() -> None:
    sink = Sink()
    async with BatchRecorder(sink, batch_size=5, flush_seconds=60) as recorder:
        for number in range(5):
            recorder.record(record(number))
        async with asyncio.timeout(5):
            while not sink.batches:
                await asyncio.sleep(0.005)
    assert sink.numbers == [0, 1, 2, 3, 4]


async def test_the_rest_is_written_soon() -> None:
    sink = Sink()
    async with BatchRecorder(sink, batch_size=500, flush_seconds=0.01) as recorder:
        recorder.record(record(7))
        async with asyncio.timeout(5):
            while not sink.batches:
                await asyncio.sleep(0.005)
    assert sink.numbers == [7]


async def test_nothing_is_lost_at_shutdown() -> None:
    sink = Sink()
    async with BatchRecorder(sink, batch_size=30, flush_seconds=60) as recorder:
        for number in range(1000):
            recorder.record(record(number))
            if number % 100 == 0:
                await asyncio.sleep(0)  # so that some batches are under way when it ends
    assert sink.numbers == list(range(1000))
    assert max(map(len, sink.batches)) <= 30


async def test_nothing_is_lost_while_the_sink_is_away() -> None:
    sink = Sink()
    sink.failing = True
    async with BatchRecorder(sink, batch_size=10, flush_seconds=0.005) as recorder:
        for number in range(25):
            recorder.record(record(number))
        async with asyncio.timeout(5):
            while sink.attempts < 3:
                await asyncio.sleep(0.005)
        sink.failing = False
    assert sink.numbers == list(range(25))


async def test_a_sink_that_stays_away_does_not_hold_up_the_end() -> None:
    sink = Sink()
    sink.failing = True
    async with asyncio.timeout(5), BatchRecorder(sink, flush_seconds=0.005, shutdown_seconds=0.05) as recorder:
        recorder.record(record())
    assert sink.numbers == []


async def test_a_full_queue_drops_the_newest_and_counts_them(capsys: pytest.CaptureFixture[str]) -> None:
    sink = Sink()
    async with BatchRecorder(sink, queue_limit=10, flush_seconds=0.01) as recorder:
        for number in range(25):
            recorder.record(record(number))
        assert recorder.dropped == 15
        async with asyncio.timeout(5):
            while len(sink.numbers) < 10:
                await asyncio.sleep(0.005)
        await asyncio.sleep(0.02)
    assert sink.numbers == list(range(10))
    assert "call records dropped" in capsys.readouterr().out


async def test_the_queue_is_bounded_in_bytes_too() -> None:
    recorder = BatchRecorder(Sink(), queue_limit_bytes=1_000_000)
    for _ in range(10):
        recorder.record(record(body=bytes(200_000)))
    assert recorder.dropped == 6
    with contextlib.suppress(asyncio.CancelledError):
        await recorder.flush()
    recorder.record(record(body=bytes(200_000)))
    assert recorder.dropped == 6


async def test_redaction_lets_others_run() -> None:
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    recorder = BatchRecorder(Sink(), batch_size=200)
    for number in range(200):
        recorder.record(record(number))
    running = asyncio.create_task(others())
    await recorder.flush()
    running.cancel()
    assert turns >= 8


def test_the_recorder_of_a_single_command_keeps_the_latest() -> None:
    recorder = InMemoryRecorder(limit=2)
    for number in range(3):
        recorder.record(record(number))
    assert [row["attempt"] for row in recorder.rows] == [1, 2]
