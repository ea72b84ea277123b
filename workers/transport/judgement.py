"""What an answer, or the lack of one, means: for the record, for the breaker, and for another attempt."""

from __future__ import annotations

from typing import NamedTuple

import httpx

from workers.transport.calls import SAFE_METHODS, CallInfo, Outcome
from workers.transport.circuit import Verdict
from workers.transport.errors import (
    NEVER_SENT,
    DeadlineExceeded,
    NotSent,
    ResponseTooLarge,
    ResponseUndecodable,
)


class Judgement(NamedTuple):
    """The three conclusions drawn from one attempt."""

    outcome: Outcome
    verdict: Verdict
    may_repeat: bool


_FINE = Judgement(Outcome.OK, Verdict.HEALTHY, may_repeat=False)
_REFUSED = Judgement(Outcome.REFUSED, Verdict.HEALTHY, may_repeat=False)
_HELD_BACK = Judgement(Outcome.NOT_SENT, Verdict.NOTHING, may_repeat=False)
_SLOW_DOWN = Judgement(Outcome.RETRYABLE, Verdict.HEALTHY, may_repeat=True)
_OUT_OF_ORDER = Judgement(Outcome.RETRYABLE, Verdict.FAILING, may_repeat=True)

_NEVER_WILL = frozenset({501, 505})
_NOT_YET = frozenset({408, 425})
_FUTILE = (DeadlineExceeded, ResponseTooLarge, ResponseUndecodable)


def judge_response(response: httpx.Response, call: CallInfo) -> Judgement:
    """Judge an answer.

    429 says that nothing happened, so anyone may try again. After a 5xx a write may have been done (after 503 as well:
    a proxy answers it also when it lost the server on the way), and is repeated only when the connector said that it
    can be. What the provider itself says of repeating goes first, but never makes an unsafe repetition safe.
    """
    judgement = _judge_status(response.status_code, response.request.method, call)
    if judgement is _FINE or call.retry_verdict is None:
        return judgement
    said = call.retry_verdict(response)
    if said is None:
        return judgement
    safe = call.retryable or judgement.outcome is not Outcome.UNKNOWN
    return judgement._replace(may_repeat=said and safe)


def _judge_status(status: int, method: str, call: CallInfo) -> Judgement:
    if status < 400:
        return _FINE
    if status == 429:
        return _SLOW_DOWN
    if status in _NOT_YET:
        return Judgement(Outcome.RETRYABLE, Verdict.HEALTHY, call.retryable)
    if status < 500 or status in _NEVER_WILL:
        return _REFUSED
    return Judgement(_unanswered(method), Verdict.FAILING, call.retryable)


def judge_error(error: Exception, request: httpx.Request, call: CallInfo) -> Judgement:
    """Judge an attempt without a usable answer."""
    if isinstance(error, NotSent):
        return _HELD_BACK
    if isinstance(error, NEVER_SENT):
        return _OUT_OF_ORDER
    return Judgement(_unanswered(request.method), Verdict.FAILING, call.retryable and not isinstance(error, _FUTILE))


def _unanswered(method: str) -> Outcome:
    """A read without an answer did nothing; a write may have."""
    return Outcome.RETRYABLE if method in SAFE_METHODS else Outcome.UNKNOWN
