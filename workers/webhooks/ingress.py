"""The ingress: an ASGI application that takes webhooks in.

``POST /functions/v1/webhooks/{token}``: find the address, read the exact bytes, prove who sent them, keep the event
durably, and only then say so. Nothing of a delivery is believed or stored before its signature is proved.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final, TypeAlias

import structlog

from workers.deadlines import Deadlines
from workers.providers.certificates import Certificates, CertificateUnavailable
from workers.providers.errors import MalformedPayload, SignatureInvalid, WebhookRejected
from workers.providers.events import VerifiedWebhook, WebhookRequest
from workers.transport.errors import StateUnavailable
from workers.webhooks import answers, deliveries
from workers.webhooks.answers import Answer, AsgiMessage
from workers.webhooks.callers import Callers, is_within
from workers.webhooks.counters import EndpointCounters
from workers.webhooks.endpoints import Endpoint, Endpoints, LookupFailed
from workers.webhooks.keeping import EndpointGone, Keeper, NotKept
from workers.webhooks.metrics import IngressMetrics
from workers.webhooks.rates import EndpointRates
from workers.webhooks.requests import Arrival, RequestLog

_log = structlog.get_logger(__name__)
PATH_PREFIX: Final = "/functions/v1/webhooks/"
HEALTH_PATH: Final = "/health"
BODY_TIMEOUT_SECONDS: Final = 30.0
MOST_BYTES_IN_FLIGHT: Final = 256 * 1024 * 1024
MOST_IN_FLIGHT: Final = 10_000

Scope: TypeAlias = Mapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[AsgiMessage]]
Send: TypeAlias = Callable[[AsgiMessage], Awaitable[None]]


class Disconnected(Exception):
    """The sender went away in the middle of the body."""


class BodyTooLarge(Exception):
    """The body is longer than the endpoint takes."""


class Ingress:
    """The application.

    :param endpoints: finds addresses.
    :param keeper: keeps events.
    :param rates: how fast endpoints take deliveries.
    :param counters: counts deliveries per endpoint.
    :param requests: notes requests that become no event.
    :param callers: tells where requests come from.
    :param certificates: has those that some providers sign with.
    :param most_bytes_in_flight: of bodies, read or announced, that are not yet kept; beyond that senders are put off.
    :param most_in_flight: deliveries that are not yet answered; likewise.
    """

    def __init__(
        self,
        endpoints: Endpoints,
        keeper: Keeper,
        rates: EndpointRates,
        counters: EndpointCounters,
        requests: RequestLog,
        callers: Callers,
        certificates: Certificates,
        metrics: IngressMetrics,
        *,
        most_bytes_in_flight: int = MOST_BYTES_IN_FLIGHT,
        most_in_flight: int = MOST_IN_FLIGHT,
        body_timeout_seconds: float = BODY_TIMEOUT_SECONDS,
    ) -> None:
        self._endpoints = endpoints
        self._keeper = keeper
        self._rates = rates
        self._counters = counters
        self._requests = requests
        self._callers = callers
        self._certificates = certificates
        self._metrics = metrics
        self._most_bytes_in_flight = most_bytes_in_flight
        self._most_in_flight = most_in_flight
        self._body_timeout_seconds = body_timeout_seconds
        self._deadlines = Deadlines()
        self._bytes_in_flight = 0
        self._in_flight = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work for the length of an ``async with`` block; every delivery begun is kept and counted when it ends."""
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._counters.running())
            await stack.enter_async_context(self._requests.running())
            await stack.enter_async_context(self._rates.running())
            await stack.enter_async_context(self._keeper.running())
            await stack.enter_async_context(self._endpoints.running())
            yield

    async def flush_counts(self) -> None:
        """Write what has been counted and noted of the endpoints, without waiting for the next time."""
        await self._counters.flush()
        await self._requests.flush()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request (ASGI 3, HTTP only)."""
        try:
            answer = await self._answer(scope, receive)
        except Disconnected:
            return
        except (LookupFailed, CertificateUnavailable, NotKept, StateUnavailable):
            self._metrics.not_kept.inc()
            answer = answers.UNAVAILABLE
        except Exception as error:
            _log.exception("a webhook could not be handled", reason=type(error).__name__)
            self._metrics.not_kept.inc()
            answer = answers.FAILED
        await send(answer.start)
        await send(answer.body)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        path: str = scope["path"]
        if not path.startswith(PATH_PREFIX):
            return answers.HEALTHY if path == HEALTH_PATH else answers.NOT_FOUND
        method: str = scope["method"]
        if method == "OPTIONS":
            return answers.OPTIONS
        if method not in ("POST", "GET", "HEAD"):
            return answers.METHOD_NOT_ALLOWED
        endpoint = await self._endpoints.find(path[len(PATH_PREFIX) :])
        if endpoint is None:
            self._metrics.refused("unknown_address")
            self._counters.unknown()
            return answers.NOT_FOUND
        arrival = self._arrival(scope)
        if endpoint.networks and not is_within(arrival.caller, endpoint.networks):
            return self._refuse(endpoint, arrival, answers.NOT_ALLOWED, "address_not_allowed")
        if method == "POST":
            return await self._take(endpoint, arrival, receive)
        return _greet(endpoint, arrival)

    def _arrival(self, scope: Scope) -> Arrival:
        headers = deliveries.decode_headers(scope["headers"])
        peer = scope.get("client")
        caller = self._callers.address(peer[0] if peer else None, headers.get("x-forwarded-for"))
        return Arrival(scope["method"], headers, scope["query_string"].decode("latin-1"), caller)

    async def _take(self, endpoint: Endpoint, arrival: Arrival, receive: Receive) -> Answer:
        limit = endpoint.row.max_body_bytes
        size = _announced_size(arrival.headers) or limit
        if size > limit:
            return self._refuse(endpoint, arrival, answers.BODY_TOO_LARGE, "body_too_large", body_bytes=size)
        if endpoint.row.rate_limited and (wait_seconds := await self._rates.admit(endpoint.row.id)):
            return self._refuse(endpoint, arrival, answers.too_fast(wait_seconds), "rate_limited")
        if self._in_flight >= self._most_in_flight or self._bytes_in_flight + size > self._most_bytes_in_flight:
            self._metrics.not_kept.inc()
            return answers.UNAVAILABLE
        self._in_flight += 1
        self._bytes_in_flight += size
        try:
            with self._deadlines.until(time.monotonic() + self._body_timeout_seconds):
                body = await _read_body(receive, limit)
            return await self._keep(endpoint, arrival, body)
        except BodyTooLarge:
            return self._refuse(endpoint, arrival, answers.BODY_TOO_LARGE, "body_too_large")
        except TimeoutError:
            return self._refuse(endpoint, arrival, answers.BODY_INCOMPLETE, "body_incomplete")
        finally:
            self._in_flight -= 1
            self._bytes_in_flight -= size

    async def _keep(self, endpoint: Endpoint, arrival: Arrival, body: bytes) -> Answer:
        query = deliveries.decode_query(arrival.query)
        request = WebhookRequest(arrival.headers, body, deliveries.now(), query, endpoint.row.tolerance_seconds)
        try:
            endpoint, verified = await self._verify(endpoint, request)
        except MalformedPayload as rejection:
            return self._refuse(endpoint, arrival, answers.MALFORMED, rejection.code, body_bytes=len(body))
        except WebhookRejected as rejection:
            return self._refuse(
                endpoint, arrival, answers.UNAUTHORIZED, rejection.code, verified=False, body_bytes=len(body)
            )
        event = deliveries.new_event(endpoint.row, endpoint.secrets, request, arrival, verified)
        try:
            is_new = await self._keeper.keep(event)
        except EndpointGone:
            self._endpoints.forget(endpoint)
            self._metrics.refused("unknown_address")
            return answers.NOT_FOUND
        self._counters.received(endpoint.row.id, event.received_at)
        if is_new:
            self._metrics.accepted.inc()
            return answers.ACCEPTED
        self._metrics.duplicate.inc()
        self._requests.note(
            endpoint.row.id,
            arrival,
            event.received_at,
            "duplicate",
            answers.DUPLICATE.status,
            verified=True,
            body_bytes=len(body),
            provider_event_id=event.provider_event_id,
        )
        return answers.DUPLICATE

    async def _verify(self, endpoint: Endpoint, request: WebhookRequest) -> tuple[Endpoint, VerifiedWebhook]:
        """Prove who sent a delivery, by what is valid now.

        :raises WebhookRejected: it is not to be believed.
        """
        if endpoint.certified:
            request = await deliveries.with_certificate(
                request, endpoint.scheme, endpoint.row.environment, self._certificates
            )
        try:
            return endpoint, endpoint.verify(request)
        except SignatureInvalid:
            # The secret may have been changed since the endpoint was looked up.
            fresh = await self._endpoints.fresher(endpoint)
            if fresh is None or fresh.secrets == endpoint.secrets:
                raise
            return fresh, fresh.verify(request)

    def _refuse(
        self,
        endpoint: Endpoint,
        arrival: Arrival,
        answer: Answer,
        reason: str,
        *,
        verified: bool | None = None,
        body_bytes: int | None = None,
    ) -> Answer:
        at = deliveries.now()
        self._counters.refused(endpoint.row.id, at, reason)
        self._requests.note(
            endpoint.row.id, arrival, at, reason, answer.status, verified=verified, body_bytes=body_bytes
        )
        self._metrics.refused(reason)
        return answer


def _announced_size(headers: Mapping[str, str]) -> int | None:
    announced = headers.get("content-length", "")
    return int(announced) if announced.isdecimal() and len(announced) < 20 else None


def _greet(endpoint: Endpoint, arrival: Arrival) -> Answer:
    """The answer to GET and HEAD: some providers check an address before they send anything to it."""
    query = deliveries.decode_query(arrival.query)
    given = endpoint.scheme.answer_challenge(arrival.method, query, arrival.headers, endpoint.challenge_secrets)
    if given is not None:
        return answers.challenge(given)
    return answers.REACHED if arrival.method == "HEAD" else answers.METHOD_NOT_ALLOWED


async def _read_body(receive: Receive, limit: int) -> bytes:
    """The exact bytes of the body.

    :raises BodyTooLarge: there are more than ``limit``.
    :raises Disconnected: the sender went away.
    """
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise BodyTooLarge
        if not message.get("more_body", False):
            return b"".join(chunks) + chunk if chunks else chunk
        chunks.append(chunk)
