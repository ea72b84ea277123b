"""What a connector concludes from what the transport does: the difference between 'not done' and 'not known'."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.providers.builders import SECRET_KEY, a_payment, stripe
from workers.providers.base import Answer, require, retry_after_seconds
from workers.providers.capabilities import RefreshesTokens, TakesPayments
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    NotSupported,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Unavailable,
)
from workers.providers.payments.stripe import StripeConnector


class NotSent(httpx.ConnectError):
    """As the pipeline raises it."""

    def __init__(self, retry_after: float, throttled: bool) -> None:
        super().__init__("held back")
        self.retry_after = retry_after
        self.throttled = throttled


def failing_with(error: Exception) -> StripeConnector:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    return stripe(fail)


@pytest.mark.parametrize(
    ("failure", "on_write", "on_read"),
    [
        (httpx.ConnectError("refused"), Unavailable, Unavailable),
        (httpx.ConnectTimeout("no answer to SYN"), Unavailable, Unavailable),
        (httpx.PoolTimeout("pool full"), Unavailable, Unavailable),
        (NotSent(3.0, throttled=False), Unavailable, Unavailable),
        (NotSent(3.0, throttled=True), RateLimited, RateLimited),
        (httpx.ReadTimeout("too slow"), OutcomeUnknown, Unavailable),
        (httpx.ReadError("reset"), OutcomeUnknown, Unavailable),
        (httpx.WriteError("reset"), OutcomeUnknown, Unavailable),
        (httpx.WriteTimeout("stuck"), OutcomeUnknown, Unavailable),
        (httpx.RemoteProtocolError("hung up"), OutcomeUnknown, Unavailable),
        (httpx.DecodingError("not gzip"), OutcomeUnknown, Unavailable),
        (ConnectionResetError("reset"), OutcomeUnknown, Unavailable),
        (TimeoutError("too slow"), OutcomeUnknown, Unavailable),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value.__name__,
)
async def test_no_answer_is_judged_by_whether_the_request_left(
    failure: Exception, on_write: type[ProviderError], on_read: type[ProviderError]
) -> None:
    connector = failing_with(failure)
    with pytest.raises(ProviderError) as write:
        await connector.create_payment(a_payment())
    with pytest.raises(ProviderError) as read:
        await connector.get_payment("pi_1")
    assert (type(write.value), type(read.value)) == (on_write, on_read)
    assert (write.value.provider, write.value.operation) == ("stripe", "create_payment")


def answer_to(operation: str) -> Answer:
    """An answer that says nothing, to what may change something."""
    return Answer(operation, 200, httpx.Headers(), {}, write=True)


async def test_the_time_to_wait_is_handed_on() -> None:
    with pytest.raises(RateLimited) as limited:
        await failing_with(NotSent(3.0, throttled=True)).get_payment("pi_1")
    with pytest.raises(Unavailable) as broken:
        await failing_with(NotSent(7.5, throttled=False)).get_payment("pi_1")
    assert (limited.value.retry_after, broken.value.retry_after) == (3.0, 7.5)


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"id": "', b"[]", b"null", b'"text"', b"{}", b"\xff\xfe"])
async def test_an_unreadable_answer_to_a_write_leaves_its_outcome_unknown(body: bytes) -> None:
    connector = stripe(lambda _: httpx.Response(200, content=body))
    with pytest.raises(OutcomeUnknown):
        await connector.create_payment(a_payment())
    with pytest.raises(Unavailable):
        await connector.get_payment("pi_1")


async def test_an_endless_answer_is_not_read_to_its_end() -> None:
    chunks_sent = 0

    class Endless(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            nonlocal chunks_sent
            while True:
                chunks_sent += 1
                yield b" " * 65536

    connector = stripe(lambda _: httpx.Response(200, stream=Endless()))
    with pytest.raises(OutcomeUnknown):
        await connector.create_payment(a_payment())
    assert chunks_sent <= StripeConnector.response_limit_bytes // 65536 + 1


async def test_a_dripping_answer_ends_at_the_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    class Dripping(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            while True:
                yield b" "
                await asyncio.sleep(0.01)

    monkeypatch.setattr(StripeConnector, "timeout_seconds", 0.05)
    connector = stripe(lambda _: httpx.Response(200, stream=Dripping()))
    with pytest.raises(OutcomeUnknown):
        await connector.create_payment(a_payment())


@pytest.mark.parametrize(
    "words",
    [
        "Internal Server Error",
        "Object reference not set to an instance of an object",
        "Request timed out",
        "An error has occurred.",
        "Something went wrong, please try again later",
        "OrderNumber already exists",
        "Duplicate reference",
    ],
)
@pytest.mark.parametrize("operation", ["create_shipment", "create_return"])
async def test_a_shipment_refused_by_such_words_may_have_been_made(operation: str, words: str) -> None:
    with pytest.raises(OutcomeUnknown):
        raise stripe(lambda _: httpx.Response(500))._fail(InvalidRequest, words, answer_to(operation), field="service")


@pytest.mark.parametrize("words", ["City is not valid", "Internal reference is too long", "Try another service"])
async def test_other_words_refuse_it(words: str) -> None:
    with pytest.raises(InvalidRequest):
        raise stripe(lambda _: httpx.Response(500))._fail(InvalidRequest, words, answer_to("create_shipment"))


async def test_what_has_been_refused_for_such_a_reason_elsewhere_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        raise stripe(lambda _: httpx.Response(500))._fail(InvalidRequest, "duplicate", answer_to("create_payment"))


async def test_a_connection_can_have_less_time_than_its_provider_takes() -> None:
    connector = stripe(lambda _: httpx.Response(500))
    assert connector.call_seconds == connector.timeout_seconds
    connector.most_seconds = 3.0
    assert connector.call_seconds == 3.0
    assert connector._left(time.monotonic() - 1.0, 8.0) == pytest.approx(2.0, abs=0.2)
    assert connector._left(time.monotonic() - 60.0, 8.0) == 0.0


async def test_every_answer_is_closed() -> None:
    closed: list[bool] = []

    class Watched(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b"{"

        async def aclose(self) -> None:
            closed.append(True)

    connector = stripe(lambda _: httpx.Response(200, stream=Watched()))
    with pytest.raises(ProviderError):
        await connector.get_payment("pi_1")
    assert closed


async def test_the_transport_is_told_what_it_needs_to_know() -> None:
    seen: list[dict[str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(dict(request.extensions))
        return httpx.Response(404, json={})

    connector = stripe(answer)
    for call in (connector.get_payment("pi_1"), connector.create_payment(a_payment())):
        with pytest.raises(ProviderError):
            await call
    assert [facts["wasl"]["operation"] for facts in seen] == ["get_payment", "create_payment"]
    assert all(facts["wasl"]["retryable"] for facts in seen)
    assert all(facts["wasl"]["timeout_seconds"] == connector.timeout_seconds for facts in seen)
    assert all("client_secret" in facts["wasl"]["sensitive_fields"] for facts in seen)
    verdict = seen[0]["wasl"]["retry_verdict"]
    assert verdict(httpx.Response(500, headers={"Stripe-Should-Retry": "false"})) is False
    assert verdict(httpx.Response(500)) is None


async def test_a_secret_that_the_provider_echoes_is_blanked() -> None:
    body = {"error": {"type": "invalid_request_error", "message": f"Invalid API Key provided: {SECRET_KEY}"}}
    connector = stripe(lambda _: httpx.Response(401, json=body))
    with pytest.raises(AuthenticationFailed) as refused:
        await connector.get_payment("pi_1")
    assert SECRET_KEY not in f"{refused.value.as_dict()} {refused.value!r} {refused.value}"
    assert "****" in refused.value.message


async def test_slashes_between_base_url_and_path_do_not_double() -> None:
    paths: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        paths.append(request.url.path)
        return httpx.Response(404, json={})

    for base_url in ("http://127.0.0.1:1/stripe", "http://127.0.0.1:1/stripe/"):
        with pytest.raises(ProviderError):
            await stripe(answer, base_url=base_url).get_payment("pi_1")
    assert paths == ["/stripe/v1/payment_intents/pi_1"] * 2


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (httpx.Response(200, json={"object": "balance"}), "ok"),
        (httpx.Response(401, json={}), "authentication_failed"),
        (httpx.Response(429, json={}), "rate_limited"),
        (httpx.Response(500, json={}), "unavailable"),
        (httpx.Response(200, content=b"<html>"), "unavailable"),
    ],
)
async def test_health_tells_wrong_credentials_from_a_provider_that_is_down(answer: httpx.Response, code: str) -> None:
    report = await stripe(lambda _: answer).check_health()
    assert report.code == code
    assert report.ok is (code == "ok")
    assert report.latency_ms >= 0


async def test_a_capability_that_a_provider_lacks_is_refused_by_name() -> None:
    connector = stripe(lambda _: httpx.Response(500))
    assert require(connector, TakesPayments, "create_payment") is connector
    with pytest.raises(NotSupported, match="Stripe cannot refresh tokens"):
        require(connector, RefreshesTokens, "refresh_tokens")


@pytest.mark.parametrize(
    ("value", "expected"),
    [("5", 5.0), ("0.5", 0.5), ("Mon, 01 Jan 2001 00:00:00 GMT", 0.0), ("", None), ("soon", None), ("-5", None)],
)
def test_retry_after_is_read_in_both_forms(value: str, expected: float | None) -> None:
    assert retry_after_seconds(httpx.Headers({"Retry-After": value})) == expected
