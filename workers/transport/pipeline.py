"""The way of every request to a provider: breaker, rate limit, send, judge, learn, record, and perhaps again.

An `OutboundPipeline` is built once per process. It makes, for each connection, an `OutboundTransport`: an
`httpx.AsyncBaseTransport` like any other, so a connector neither knows nor cares what happens in it. It raises httpx's
exceptions only, and those of errors.py, which are httpx's too.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

import httpx

from workers.deadlines import Deadlines
from workers.tracing import Tracing
from workers.transport.body import ReadResponse, read_response, request_body
from workers.transport.breaker import BreakerState, Permit
from workers.transport.calls import CallContext, CallInfo, Outcome
from workers.transport.circuit import Verdict
from workers.transport.errors import DeadlineExceeded, NotSent, Throttled, error_code
from workers.transport.judgement import Judgement, judge_error, judge_response
from workers.transport.limit_headers import blocked_for, mentions_a_limit, retry_after
from workers.transport.rate_limit import RateBudget
from workers.transport.recording import CallRecord, CallRecorder
from workers.transport.retry import RetryPolicy

_REFUSED_FOR_NOW = frozenset({429, 503})
_SAYS_NOTHING_OF_ANOTHER = frozenset({401, 403, 409})


@dataclass(frozen=True, slots=True)
class PipelinePolicy:
    """The pipeline's own limits.

    :param response_limit_bytes: the largest answer accepted, also after decompression.
    :param patience_seconds: the longest wait for a rate-limit token; beyond it the call is put off.
    """

    response_limit_bytes: int = 16 * 1024 * 1024
    patience_seconds: float = 0.25
    retry: RetryPolicy = field(default_factory=RetryPolicy)


@dataclass(frozen=True, slots=True)
class OutboundPipeline:
    """What all connections' transports share.

    :param inner: sends one request; owned by whoever opened it.
    """

    inner: httpx.AsyncBaseTransport
    budget: RateBudget
    breaker: BreakerState
    recorder: CallRecorder
    policy: PipelinePolicy = field(default_factory=PipelinePolicy)
    deadlines: Deadlines = field(default_factory=Deadlines)
    tracing: Tracing = field(default_factory=Tracing)

    def transport_for(self, context: CallContext) -> OutboundTransport:
        """Return the transport of one connection's calls; costs nothing, needs no closing."""
        return OutboundTransport(self, context)


@dataclass(slots=True)
class _Attempt:
    """How one attempt ended: with an answer or an error."""

    may_repeat: bool
    outcome: Outcome
    retry_after: float | None = None
    response: httpx.Response | None = None
    error: Exception | None = None


class OutboundTransport(httpx.AsyncBaseTransport):
    """The transport of one connection's calls."""

    __slots__ = ("_context", "_pipeline")

    def __init__(self, pipeline: OutboundPipeline, context: CallContext) -> None:
        self._pipeline = pipeline
        self._context = context

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send ``request``, described by ``request.extensions["wasl"]``, and return its answer, read and decoded.

        :raises NotSent: the breaker is open, or the limit spent: try later or elsewhere, after ``retry_after``.
        :raises httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout: it was certainly not sent.
        :raises httpx.TransportError: any other kind: it may have been done.
        """
        call = _Call(self._pipeline, self._context, request)
        attempt = call.conclusion(await self._pipeline.policy.retry.run(call.attempt, deadline=call.deadline))
        if attempt.response is not None:
            return attempt.response
        assert attempt.error is not None
        raise attempt.error


class _Call:
    """One request on its way, through as many attempts as it takes."""

    __slots__ = (
        "_answer",
        "_attempts",
        "_context",
        "_info",
        "_pipeline",
        "_previous",
        "_request",
        "_sent_at",
        "_unanswered",
        "deadline",
    )

    def __init__(self, pipeline: OutboundPipeline, context: CallContext, request: httpx.Request) -> None:
        self._pipeline = pipeline
        self._context = context
        self._request = request
        self._info = CallInfo.of(request)
        self._attempts = 0
        self._previous: _Attempt | None = None
        self._unanswered: _Attempt | None = None
        self.deadline = time.monotonic() + self._info.timeout_seconds

    async def attempt(self) -> _Attempt:
        """Make one attempt, and tell the recorder, the breaker and the budget of it."""
        pipeline, connection_id = self._pipeline, self._context.connection_id
        self._attempts += 1
        self._sent_at: float | None = None
        self._answer: ReadResponse | None = None
        permit: Permit | None = None
        verdict = Verdict.NOTHING
        try:
            permit = await pipeline.breaker.check(connection_id)
            wait = await pipeline.budget.acquire(connection_id, pipeline.policy.patience_seconds)
            if wait > 0:
                raise Throttled("the connection's rate limit is spent", retry_after=wait, request=self._request)
            with pipeline.tracing.span(f"{self._context.provider_key} {self._info.operation}"):
                answer = self._answer = await self._send()
            judgement = judge_response(answer, self._info)
            verdict = judgement.verdict
            self._record(judgement.outcome, None)
        except httpx.TransportError as error:
            judgement = judge_error(error, self._request, self._info)
            verdict = judgement.verdict
            self._record(judgement.outcome, error_code(error))
            return self._after_error(error, judgement)
        except asyncio.CancelledError:
            if self._sent_at is not None:
                self._record(Outcome.UNKNOWN, "cancelled")
            raise
        finally:
            if permit is not None:
                pipeline.breaker.report(permit, verdict)
        attempt = self._remember(_Attempt(judgement.may_repeat, judgement.outcome, response=answer))
        if answer.status_code in _REFUSED_FOR_NOW or mentions_a_limit(answer.headers):
            await self._learn(attempt, answer)
        return attempt

    async def _send(self) -> ReadResponse:
        """Send the request and read the answer to its end, all before the deadline and within the size limit."""
        self._sent_at = time.monotonic()
        try:
            with self._pipeline.deadlines.until(self.deadline):
                answer = await self._pipeline.inner.handle_async_request(self._request)
                if isinstance(answer, ReadResponse):
                    return answer
                return await read_response(answer, self._request, self._pipeline.policy.response_limit_bytes)
        except TimeoutError:
            raise DeadlineExceeded(
                f"no complete answer within {self._info.timeout_seconds:g} s", request=self._request
            ) from None

    async def _learn(self, attempt: _Attempt, answer: httpx.Response) -> None:
        """Take from an answer what it says of the provider's limit."""
        attempt.retry_after = retry_after(answer.status_code, answer.headers)
        blocked = blocked_for(answer.status_code, answer.headers)
        if blocked is not None:
            await self._pipeline.budget.block(self._context.connection_id, blocked)

    def _after_error(self, error: Exception, judgement: Judgement) -> _Attempt:
        if isinstance(error, NotSent) and self._previous is not None:
            # Held back on its second way: what the provider said on the first tells the connector more.
            self._previous.may_repeat = False
            return self._previous
        return self._remember(_Attempt(judgement.may_repeat, judgement.outcome, error=error))

    def _remember(self, attempt: _Attempt) -> _Attempt:
        self._previous = attempt
        if attempt.outcome is Outcome.UNKNOWN:
            self._unanswered = attempt
        return attempt

    def conclusion(self, last: _Attempt) -> _Attempt:
        """What the whole call comes to.

        A write that may have been done at one attempt is not undone by a later one that was refused: for now, before
        the provider looked at it, or because the first is still being worked on.
        """
        if self._unanswered is None or last is self._unanswered:
            return last
        status = None if last.response is None else last.response.status_code
        if last.outcome in (Outcome.RETRYABLE, Outcome.NOT_SENT) or status in _SAYS_NOTHING_OF_ANOTHER:
            return self._unanswered
        return last

    def _record(self, outcome: Outcome, code: str | None) -> None:
        answer, sent_at = self._answer, self._sent_at
        elapsed = 0.0 if sent_at is None else time.monotonic() - sent_at
        self._pipeline.recorder.record(
            CallRecord(
                context=self._context,
                info=self._info,
                attempt=self._attempts,
                occurred_at=time.time() - elapsed,
                duration_ms=elapsed * 1000,
                outcome=outcome,
                request=self._request,
                request_body=request_body(self._request),
                status=None if answer is None else answer.status_code,
                response_headers=None if answer is None else answer.headers,
                response_body=b"" if answer is None else answer.content,
                error_code=code,
            )
        )
