"""The whole way of a call: what is sent again and what never is, what is learned, what is recorded."""

import asyncio
import contextlib
import time
from uuid import uuid4

import httpx
import pytest

from tests.transport.conftest import QUICK_RETRIES, Bench, Clock, raw_server, read_request
from workers.transport import (
    BreakerOpen,
    BreakerPolicy,
    CallContext,
    DeadlineExceeded,
    InMemoryBuckets,
    NotSent,
    PipelinePolicy,
    ResponseTooLarge,
    StateUnavailable,
    Throttled,
    open_aiohttp_transport,
)
from workers.transport.circuit import CircuitState
from workers.transport.rate_limit import Grant

OK = httpx.Response(200, json={"status": "succeeded"}, headers={"Request-Id": "req_1"})


class Provider:
    """Answers in order, and counts; the last answer is repeated."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self._answers = answers
        self.asked = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        answer = self._answers[min(self.asked, len(self._answers) - 1)]
        self.asked += 1
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


def answers(status: int, **headers: str) -> httpx.Response:
    return httpx.Response(status, headers={name.replace("_", "-"): value for name, value in headers.items()})


async def test_an_answer_comes_through_whole() -> None:
    bench = Bench(Provider(OK))
    response = await bench.call(content=b"amount=9900")
    assert response.json() == {"status": "succeeded"}
    assert response.headers["request-id"] == "req_1"
    assert response.request.url.host == "api.example.com"


async def test_every_attempt_is_recorded_with_whose_it_is() -> None:
    bench = Bench(Provider(answers(429, Retry_After="0"), OK))
    await bench.call(content=b"amount=9900", headers={"Authorization": "Bearer sk_test_4eC39HqLyjWDarjtT1zdp7dc"})
    first, second = bench.recorder.rows
    assert (first["attempt"], first["status"], first["outcome"]) == (1, 429, "retryable")
    assert (second["attempt"], second["status"], second["outcome"]) == (2, 200, "ok")
    for row in (first, second):
        assert row["organization_id"] == bench.context.organization_id
        assert row["connection_id"] == bench.context.connection_id
        assert row["operation_id"] == bench.context.operation_id
        assert (row["provider_key"], row["operation"], row["trace_id"]) == ("stripe", "create_payment", "trace-1")
        assert (row["method"], row["url"]) == ("POST", "https://api.example.com/v1/payments")
        assert (row["request_body"], row["request_bytes"]) == ("amount=9900", 11)
        assert row["duration_ms"] >= 0
        assert "sk_test" not in str(row)


# What is sent again.

REFUSED_FOR_NOW = [
    answers(429, Retry_After="0"),
    httpx.ConnectError("refused"),
    httpx.ConnectTimeout("slow"),
    httpx.PoolTimeout("full"),
]
PERHAPS_DONE = [
    answers(500),
    answers(502),
    answers(503),  # a proxy's word as well, when it lost the server after it had been given the request
    answers(504),
    answers(599),
    httpx.ReadTimeout("no answer"),
    httpx.ReadError("reset"),
    httpx.WriteError("reset"),
    httpx.RemoteProtocolError("dropped"),
]
FINAL = [answers(status) for status in (200, 201, 302, 400, 401, 402, 403, 404, 409, 422, 501, 505)]


def end_of(answer: httpx.Response | Exception) -> str:
    return str(answer.status_code) if isinstance(answer, httpx.Response) else type(answer).__name__


@pytest.mark.parametrize("answer", REFUSED_FOR_NOW, ids=end_of)
async def test_what_certainly_did_nothing_is_sent_again_whatever_it_is(answer: httpx.Response | Exception) -> None:
    provider = Provider(answer, OK)
    bench = Bench(provider)
    assert (await bench.call(retryable=False)).status_code == 200
    assert provider.asked == 2
    assert bench.outcomes() == ["retryable", "ok"]


@pytest.mark.parametrize("answer", PERHAPS_DONE, ids=end_of)
async def test_a_write_that_may_have_been_done_is_never_sent_again_blindly(answer: httpx.Response | Exception) -> None:
    provider = Provider(answer, OK)
    bench = Bench(provider)
    if isinstance(answer, Exception):
        with pytest.raises(type(answer)):
            await bench.call(retryable=False)
    else:
        assert (await bench.call(retryable=False)).status_code == answer.status_code
    assert provider.asked == 1
    assert bench.outcomes() == ["unknown"]


@pytest.mark.parametrize("answer", PERHAPS_DONE, ids=end_of)
async def test_it_is_sent_again_when_the_connector_says_that_it_can_be(answer: httpx.Response | Exception) -> None:
    bench = Bench(Provider(answer, OK))
    assert (await bench.call(retryable=True)).status_code == 200
    assert bench.outcomes() == ["unknown", "ok"]


@pytest.mark.parametrize("later", [*REFUSED_FOR_NOW, answers(401), answers(409)], ids=end_of)
async def test_a_write_that_may_have_been_done_is_not_undone_by_a_later_refusal(
    later: httpx.Response | Exception,
) -> None:
    bench = Bench(Provider(httpx.ReadTimeout("no answer"), later))
    with pytest.raises(httpx.ReadTimeout):
        await bench.call(retryable=True)
    assert len(bench.recorder.rows) > 1


@pytest.mark.parametrize("status", [200, 402, 404])
async def test_a_later_answer_about_the_same_write_counts(status: int) -> None:
    bench = Bench(Provider(httpx.ReadTimeout("no answer"), answers(status)))
    assert (await bench.call(retryable=True)).status_code == status


async def test_a_repetition_held_back_by_the_limit_leaves_the_outcome_unknown() -> None:
    buckets = InMemoryBuckets(capacity=1, refill_per_second=0.1)
    with pytest.raises(httpx.ReadTimeout):
        await Bench(Provider(httpx.ReadTimeout("no answer"), OK), buckets=buckets).call(retryable=True)


@pytest.mark.parametrize("answer", PERHAPS_DONE, ids=end_of)
async def test_a_read_without_an_answer_did_nothing(answer: httpx.Response | Exception) -> None:
    bench = Bench(Provider(answer, OK))
    await bench.call("GET", retryable=True)
    assert bench.outcomes() == ["retryable", "ok"]


@pytest.mark.parametrize("answer", FINAL, ids=end_of)
async def test_a_final_answer_is_not_asked_for_again(answer: httpx.Response) -> None:
    provider = Provider(answer)
    assert (await Bench(provider).call(retryable=True)).status_code == answer.status_code
    assert provider.asked == 1


async def test_the_last_answer_is_given_when_all_attempts_are_used_up() -> None:
    provider = Provider(answers(503))
    assert (await Bench(provider).call(retryable=True)).status_code == 503
    assert provider.asked == 3


async def test_the_last_error_is_raised_as_it_was() -> None:
    error = httpx.ConnectError("refused")
    with pytest.raises(httpx.ConnectError) as caught:
        await Bench(Provider(error)).call()
    assert caught.value is error


@pytest.mark.parametrize(
    ("status", "verdict", "retryable", "asked"),
    [
        (503, False, True, 1),  # the provider knows better
        (409, True, True, 2),
        (500, True, False, 1),  # but cannot make an unsafe repetition safe
        (500, None, True, 2),
        (200, True, True, 1),
    ],
)
async def test_the_provider_s_own_word_on_repeating_counts(
    status: int, verdict: bool | None, retryable: bool, asked: int
) -> None:
    provider = Provider(answers(status), OK)
    await Bench(provider).call(retryable=retryable, retry_verdict=lambda response: verdict)
    assert provider.asked == asked


async def test_a_short_retry_after_is_waited_for_and_a_long_one_handed_back() -> None:
    patient = Bench(Provider(answers(429, Retry_After="0.03"), OK))
    started = time.monotonic()
    assert (await patient.call()).status_code == 200
    assert time.monotonic() - started >= 0.03
    provider = Provider(answers(429, Retry_After="60"), OK)
    assert (await Bench(provider).call()).status_code == 429
    assert provider.asked == 1


# Deadlines and sizes.


async def test_a_provider_that_drips_is_left_at_the_deadline() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:  # each byte would restart a timeout that is per read
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.01)

    async with raw_server(drip) as url, open_aiohttp_transport() as inner:
        bench = Bench(Provider(OK), inner=inner)
        started = time.monotonic()
        with pytest.raises(DeadlineExceeded, match=r"0\.2 s"):
            await bench.call(url=url, timeout_seconds=0.2, retryable=True)
        assert time.monotonic() - started < 2
    assert bench.outcomes() == ["unknown"]
    assert bench.recorder.rows[0]["error_code"] == "deadline_exceeded"


async def test_a_provider_that_never_answers_is_left_at_the_deadline() -> None:
    async def silence(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(60)
        return OK

    bench = Bench(silence)
    with pytest.raises(httpx.ReadTimeout):
        await bench.call(timeout_seconds=0.05, retryable=True)
    assert len(bench.recorder.rows) == 1


async def test_the_deadline_holds_for_all_attempts_together() -> None:
    provider = Provider(answers(503, Retry_After="0.04"))
    started = time.monotonic()
    assert (await Bench(provider).call(timeout_seconds=0.02)).status_code == 503
    assert time.monotonic() - started < 1
    assert provider.asked == 1


async def test_an_answer_beyond_the_size_limit_may_have_been_done() -> None:
    provider = Provider(httpx.Response(200, content=bytes(2000)))
    bench = Bench(provider, PipelinePolicy(response_limit_bytes=1000, retry=QUICK_RETRIES))
    with pytest.raises(ResponseTooLarge):
        await bench.call(retryable=True)
    assert provider.asked == 1  # it would be as large the next time
    assert bench.outcomes() == ["unknown"]


# The limit.


async def test_a_call_beyond_the_limit_is_put_off_and_not_sent() -> None:
    provider = Provider(OK)
    bench = Bench(provider, buckets=InMemoryBuckets(capacity=1, refill_per_second=0.1))
    await bench.call()
    with pytest.raises(Throttled) as caught:
        await bench.call()
    assert caught.value.throttled
    assert caught.value.retry_after == pytest.approx(10, abs=0.5)
    assert provider.asked == 1
    assert bench.outcomes() == ["ok", "not_sent"]
    assert bench.recorder.rows[1]["error_code"] == "throttled"


async def test_a_429_empties_the_bucket_until_the_provider_takes_calls_again() -> None:
    provider = Provider(answers(429, Retry_After="60"), OK)
    bench = Bench(provider)
    assert (await bench.call()).status_code == 429
    with pytest.raises(Throttled) as caught:
        await bench.call()
    assert 55 < (caught.value.retry_after or 0) <= 60
    assert provider.asked == 1


async def test_an_exhausted_limit_is_learned_before_the_provider_has_to_refuse() -> None:
    bench = Bench(Provider(answers(200, X_RateLimit_Remaining="0", X_RateLimit_Reset="30")))
    assert (await bench.call()).status_code == 200
    with pytest.raises(Throttled):
        await bench.call()


async def test_a_call_held_back_on_its_second_way_ends_with_what_the_provider_said() -> None:
    bench = Bench(Provider(answers(503), OK), buckets=InMemoryBuckets(capacity=1, refill_per_second=0.1))
    assert (await bench.call(retryable=True)).status_code == 503
    assert bench.outcomes() == ["unknown", "not_sent"]


async def test_nothing_is_sent_while_the_shared_state_is_away() -> None:
    class Away(InMemoryBuckets):
        async def take(self, connection_id: object, wanted: int) -> Grant:
            raise StateUnavailable("the database is away", retry_after=1.0)

    provider = Provider(OK)
    with pytest.raises(NotSent):
        await Bench(provider, buckets=Away()).call()
    assert provider.asked == 0


# The breaker.


def sensitive(provider: Provider, clock: Clock) -> Bench:
    """A pipeline that loses patience after three failures."""
    return Bench(provider, breaker_policy=BreakerPolicy(consecutive_failures=3, open_seconds=10), clock=clock)


@pytest.mark.parametrize("answer", [*PERHAPS_DONE, answers(503), httpx.ConnectError("refused")], ids=end_of)
async def test_a_provider_that_keeps_failing_is_left_in_peace(answer: httpx.Response | Exception, clock: Clock) -> None:
    provider = Provider(answer)
    bench = sensitive(provider, clock)
    for _ in range(3):
        with contextlib.suppress(httpx.TransportError):
            await bench.call()
    await bench.breakers.exchange()
    asked = provider.asked
    with pytest.raises(BreakerOpen) as caught:
        await bench.call()
    assert caught.value.retry_after == pytest.approx(10)
    assert provider.asked == asked
    assert bench.outcomes()[-1] == "not_sent"
    assert bench.recorder.rows[-1]["error_code"] == "breaker_open"


@pytest.mark.parametrize("answer", [*FINAL, answers(429, Retry_After="0")], ids=end_of)
async def test_a_provider_that_refuses_is_in_order(answer: httpx.Response, clock: Clock) -> None:
    bench = sensitive(Provider(answer), clock)
    for _ in range(6):
        await bench.call()
    await bench.breakers.exchange()
    assert (await bench.call()).status_code == answer.status_code


async def test_the_probe_of_an_open_breaker_is_one_call_and_closes_it(clock: Clock) -> None:
    provider = Provider(answers(500), answers(500), answers(500), OK)
    bench = sensitive(provider, clock)
    for _ in range(3):
        await bench.call()
    await bench.breakers.exchange()
    clock.now += 10
    results = await asyncio.gather(*(bench.call() for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(result, httpx.Response) for result in results) == 1
    assert sum(isinstance(result, BreakerOpen) for result in results) == 4
    await bench.breakers.exchange()
    assert (await bench.call()).status_code == 200


async def test_a_probe_that_finds_no_token_is_handed_back(clock: Clock) -> None:
    bench = sensitive(Provider(answers(500), answers(500), answers(500), OK), clock)
    for _ in range(3):
        await bench.call()
    await bench.breakers.exchange()
    clock.now += 10
    await bench.budget.block(bench.connection_id, 60)
    with pytest.raises(Throttled):
        await bench.call()
    await bench.breakers.exchange()
    circuits, _ = await bench.circuits.read([bench.connection_id])
    assert circuits[bench.connection_id].state is CircuitState.OPEN


# Cancellation.


async def test_a_cancelled_call_is_recorded_as_unknown_and_blames_nobody() -> None:
    sent = asyncio.Event()

    async def silence(request: httpx.Request) -> httpx.Response:
        sent.set()
        await asyncio.sleep(60)
        return OK

    bench = Bench(silence)
    calling = asyncio.create_task(bench.call())
    await sent.wait()
    calling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await calling
    assert bench.outcomes() == ["unknown"]
    assert bench.recorder.rows[0]["error_code"] == "cancelled"
    await bench.breakers.exchange()
    assert not (await bench.circuits.read([bench.connection_id]))[0]


async def test_a_call_cancelled_before_it_was_sent_leaves_no_trace() -> None:
    bench = Bench(Provider(OK), buckets=InMemoryBuckets(capacity=1, refill_per_second=5))
    await bench.call()
    calling = asyncio.create_task(bench.call())
    await asyncio.sleep(0.01)  # it waits for a token
    calling.cancel()
    await asyncio.gather(calling, return_exceptions=True)
    assert bench.outcomes() == ["ok"]


# What a connector leaves out.


async def test_a_request_that_says_nothing_of_itself_is_treated_carefully() -> None:
    provider = Provider(answers(500), OK)
    bench = Bench(provider)
    post = httpx.Request("POST", "https://api.example.com/x")
    assert (await bench.transport.handle_async_request(post)).status_code == 500
    assert bench.recorder.rows[0]["operation"] == "post_request"
    get = httpx.Request("GET", "https://api.example.com/x")
    assert (await bench.transport.handle_async_request(get)).status_code == 200


async def test_it_is_an_httpx_transport_like_any_other() -> None:
    bench = Bench(Provider(OK))
    async with httpx.AsyncClient(transport=bench.transport) as client:
        response = await client.post("https://api.example.com/v1", json={"a": 1})
        async with client.stream("GET", "https://api.example.com/v1") as streamed:
            assert await streamed.aread() == OK.content
    assert response.json() == {"status": "succeeded"}


async def test_connections_do_not_share_anything_but_the_pipeline() -> None:
    bench = Bench(Provider(OK), buckets=InMemoryBuckets(capacity=1, refill_per_second=0.1))
    await bench.call()
    other = bench.pipeline.transport_for(CallContext(uuid4(), uuid4(), "tap"))
    request = httpx.Request("GET", "https://api.example.com/x")
    assert (await other.handle_async_request(request)).status_code == 200
