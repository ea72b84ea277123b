"""The connector: what every provider's class derives from, and the one place where a call is made and judged.

A connector is pure translation plus one call at a time through the transport it was given; limits, breakers, retries,
redaction and recording live in that transport (`workers.transport`).
"""

from __future__ import annotations

import asyncio
import math
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from types import TracebackType
from typing import Any, ClassVar, Generic, Self, TypeVar

import httpx
import orjson
from pydantic import BaseModel, ConfigDict, SecretStr

from workers.providers.capabilities import HealthReport
from workers.providers.errors import (
    CallFacts,
    Declined,
    InvalidRequest,
    NotFound,
    NotSupported,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    RefusedForNow,
    Unavailable,
    error_class,
)
from workers.providers.events import ChallengeAnswer
from workers.providers.manifest import Environment, Manifest
from workers.providers.oauth import ConsentScheme

CONNECT_TIMEOUT_SECONDS = 10.0
SETTLING = timedelta(seconds=60)
"""For how long a request without an answer may still be at work at most providers."""
_SHORTEST_SECRET_CHARS = 6
_SETTLING = frozenset({"find_payment", "find_refund", "find_shipment", "find_post", "find_comment"})
"""The operations that settle unknown outcomes."""
_BUYING = frozenset({"create_shipment", "create_return"})
_MAY_BE_MADE = re.compile(
    # It broke down on the way ...
    r"internal (server )?(error|exception)|internal failure|unexpected error|server error|object reference|"
    r"time(d )?-?out|deadlock|(error|exception) (has )?occurr?ed|something went wrong|try again (later|in|after)|"
    # ... or there is one of this reference already, which can only be ours.
    r"duplicate|already (exist|used|created|booked|been (used|created|booked))|must be unique",
    re.IGNORECASE,
)
"""Refusals of a shipment after which it may be there all the same; many carriers tell them by words alone."""


class Credentials(BaseModel):
    """Base of a connector's credentials: immutable, no unknown fields, values never in an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)


class Settings(Credentials):
    """Base of a connector's settings: what configures a connection and is no secret."""


CredentialsT = TypeVar("CredentialsT", bound=Credentials)
SettingsT = TypeVar("SettingsT", bound=Settings)
CapabilityT = TypeVar("CapabilityT")
ParsedT = TypeVar("ParsedT")


@dataclass(frozen=True, slots=True)
class Answer:
    """A provider's answer.

    :param body: the decoded body; None when an error's body could not be decoded, or there is none.
    :param write: whether the call could have changed something.
    """

    operation: str
    status: int
    headers: httpx.Headers
    body: Any
    write: bool


class Connector(Generic[CredentialsT, SettingsT]):
    """One connection to one provider. Subclasses implement the protocols in `capabilities`.

    :param credentials: validated credentials.
    :param settings: validated settings.
    :param base_url: where the provider answers; its own address, the sandbox, or a test server.
    :param transport: sends requests; the pipeline in production. Whoever made it closes it.
    :param environment: sandbox or live.
    """

    manifest: ClassVar[Manifest]
    credentials_model: ClassVar[type[Credentials]] = Credentials
    settings_model: ClassVar[type[Settings]] = Settings
    timeout_seconds: ClassVar[float] = 30.0
    response_limit_bytes: ClassVar[int] = 2 * 1024 * 1024
    """The largest answer that means something; more for carriers that answer with files."""
    idempotency_header: ClassVar[str | None] = None
    sensitive_fields: ClassVar[frozenset[str]] = frozenset()
    """Field names beyond the usual that the recorder has to blank out for this provider."""

    def __init__(
        self,
        credentials: CredentialsT,
        settings: SettingsT,
        *,
        base_url: str,
        transport: httpx.AsyncBaseTransport,
        environment: Environment,
    ) -> None:
        self.credentials = credentials
        self.settings = settings
        self.environment = environment
        self.base_url = base_url.rstrip("/")
        self.most_seconds = math.inf
        """How long one call may take in all, if that is less than `timeout_seconds`."""
        self._transport = transport
        self._secrets = tuple(_secret_values(credentials))

    def host(self, name: str) -> str:
        """One of the provider's further addresses (`Manifest.hosts`), without a slash at the end. Where another base
        URL was chosen, such as a sandbox, it lies below that, under its name."""
        if self.base_url == self.manifest.base_url(self.environment).rstrip("/"):
            return self.manifest.hosts[name].rstrip("/")
        return f"{self.base_url}/{name}"

    @property
    def consent(self) -> ConsentScheme | None:
        """How somebody consents to the connection, by its settings; None where nobody has to."""
        return self.manifest.consent

    @property
    def call_seconds(self) -> float:
        """How long one call may take in all."""
        return min(self.timeout_seconds, self.most_seconds)

    def with_access(self, credentials: Mapping[str, str], settings: Mapping[str, str]) -> Self:
        """The same connection with credentials and settings that have just been granted, laid over its own."""
        known = {name: getattr(self.credentials, name) for name in type(self.credentials).model_fields}
        opened = type(self)(
            self.credentials_model.model_validate({**known, **credentials}),  # type: ignore[arg-type]
            self.settings_model.model_validate({**self.settings.model_dump(), **settings}),  # type: ignore[arg-type]
            base_url=self.base_url,
            transport=self._transport,
            environment=self.environment,
        )
        opened.most_seconds = self.most_seconds
        return opened

    async def aclose(self) -> None:
        """Close the transport; for whoever let `registry.open_connector` make one."""
        await self._transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    @classmethod
    def answer_challenge(
        cls, method: str, query: Mapping[str, str], headers: Mapping[str, str], secrets: Sequence[str]
    ) -> ChallengeAnswer | None:
        """Most providers check nothing before they send webhooks."""
        return None

    # What a subclass says of its provider's manners.

    async def _auth_headers(self) -> Mapping[str, str]:
        """The headers that authenticate a call; a token exchange happens here."""
        return {}

    def _decode(self, raw: bytes) -> Any:
        """The body as data; ValueError when it is not in the provider's format."""
        return orjson.loads(raw) if raw else None

    def _error(self, answer: Answer) -> ProviderError:
        """The error an answer outside 2xx stands for; by default what its HTTP status says."""
        kind = error_class(answer.status, write=answer.write)
        return self._fail(kind, f"{self.manifest.name} answered {answer.status}", answer)

    def _retry_verdict(self, response: httpx.Response) -> bool | None:
        """Whether the provider itself says that sending again is worth it; None when it does not say."""
        return None

    # The call.

    async def _call(
        self,
        operation: str,
        method: str,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        content: bytes = b"",
        content_type: str | None = None,
        headers: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
        write: bool | None = None,
        opens_page: bool = False,
        base: str | None = None,
    ) -> Answer:
        """Send one request and return the answer, if it is a good one.

        :param operation: the unified operation this call serves; for errors and records.
        :param path: begins with a slash; joined to the base URL, or to ``base`` if given (see `host`).
        :param idempotency_key: makes a write safe to send again.
        :param write: whether it can change something; by default whatever is neither GET nor HEAD.
        :param opens_page: whether all it does is to open a page to pay on. A 503 refuses it for now: should it have
            been opened all the same, nobody was told where, and nobody can pay on it.
        :raises ProviderError: whatever else happened, judged by what can be known of its effect.
        """
        write = method not in ("GET", "HEAD") if write is None else write
        sent_headers = {"Accept": "application/json", **await self._auth_headers(), **(headers or {})}
        if content_type:
            sent_headers["Content-Type"] = content_type
        if idempotency_key and self.idempotency_header:
            sent_headers[self.idempotency_header] = idempotency_key
        facts = self._call_facts(operation, retryable=not write or bool(idempotency_key))
        request = _request(method, (base or self.base_url) + path, query, sent_headers, content, facts)
        status, answer_headers, raw = await self._send(request, operation, write)
        try:
            return self._judge(operation, status, answer_headers, raw, write)
        except OutcomeUnknown as error:
            # A connector's own kind of unknown says more, and has its own way on.
            if opens_page and status == 503 and type(error) is OutcomeUnknown:
                raise self._refused_for_now(error, retry_after_seconds(answer_headers)) from error
            raise

    def _call_facts(self, operation: str, *, retryable: bool) -> dict[str, Any]:
        limit = self.call_seconds
        return {
            "timeout": {"connect": CONNECT_TIMEOUT_SECONDS, "read": limit, "write": limit, "pool": limit},
            "wasl": {
                "provider": self.manifest.key,
                "operation": operation,
                "retryable": retryable,
                "timeout_seconds": limit,
                "sensitive_fields": self.sensitive_fields,
                "retry_verdict": self._retry_verdict,
            },
        }

    async def _send(self, request: httpx.Request, operation: str, write: bool) -> tuple[int, httpx.Headers, bytes]:
        response: httpx.Response | None = None
        try:
            response = await self._transport.handle_async_request(request)
            async with asyncio.timeout(self.call_seconds):
                body = await _read(response, self.response_limit_bytes)
            return response.status_code, response.headers, body
        except (httpx.RequestError, OSError, _TooLarge) as failure:
            raise self._transport_failure(failure, operation, write) from failure
        finally:
            if response is not None:
                await response.aclose()

    def _transport_failure(self, failure: Exception, operation: str, write: bool) -> ProviderError:
        name, where = self.manifest.name, CallFacts(provider=self.manifest.key, operation=operation)
        retry_after = getattr(failure, "retry_after", None)
        if getattr(failure, "throttled", False):
            return RateLimited(f"the call budget for {name} is used up", retry_after=retry_after, **where)
        if never_sent(failure):
            return Unavailable(f"{name} could not be reached", retry_after=retry_after, **where)
        if write:
            return OutcomeUnknown(f"no usable answer from {name}; the request may have taken effect", **where)
        return Unavailable(f"no usable answer from {name}", **where)

    def _judge(self, operation: str, status: int, headers: httpx.Headers, raw: bytes, write: bool) -> Answer:
        good = 200 <= status < 300
        try:
            body = self._decode(raw)
        except ValueError:
            body = None
            if good:
                raise self._unreadable(Answer(operation, status, headers, None, write)) from None
        answer = Answer(operation, status, headers, body, write)
        if not good:
            raise self._error(answer)
        return answer

    # Helpers for subclasses.

    def _parse(self, answer: Answer, parse: Callable[[Any], ParsedT]) -> ParsedT:
        """Translate a good answer. One that does not have the promised shape is no usable answer."""
        try:
            return parse(answer.body)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError):
            raise self._unreadable(answer) from None

    def _unreadable(self, answer: Answer) -> ProviderError:
        kind = OutcomeUnknown if answer.write else Unavailable
        return self._fail(kind, f"{self.manifest.name} answered in an unknown format", answer)

    def _fail(
        self,
        kind: type[ProviderError],
        message: str,
        answer: Answer,
        *,
        provider_code: str | None = None,
        request_id: str | None = None,
        field: str | None = None,
        **details: Any,
    ) -> ProviderError:
        """An error of a kind, with everything an answer says; secrets that a provider echoes are blanked.

        :param field: the input field at fault, for an error that names one.

        A question that is refused says nothing of what it was to find out: asked to settle an unknown outcome, that
        must not be taken for a refusal of what was sent. Nor is a shipment refused by words that say that it may have
        been made.
        """
        if not answer.write and answer.operation in _SETTLING and _settles_nothing(kind, answer):
            kind, details = Unavailable, {}
        if answer.write and answer.operation in _BUYING and kind is InvalidRequest and _MAY_BE_MADE.search(message):
            kind, details = OutcomeUnknown, {}
        if issubclass(kind, InvalidRequest):
            details["field"] = field
        elif issubclass(kind, RefusedForNow):
            details["retry_after"] = retry_after_seconds(answer.headers)
        return kind(
            self._without_secrets(message),
            provider=self.manifest.key,
            operation=answer.operation,
            http_status=answer.status,
            provider_code=self._blanked(provider_code),
            request_id=self._blanked(request_id),
            **{name: self._blanked(value) for name, value in details.items()},
        )

    def _refused_for_now(self, error: ProviderError, retry_after: float | None) -> Unavailable:
        """The same error as one after which anybody may try again."""
        return Unavailable(
            error.message,
            retry_after=retry_after,
            provider=error.provider,
            operation=error.operation,
            http_status=error.http_status,
            provider_code=error.provider_code,
            request_id=error.request_id,
        )

    def _refuse(self, operation: str, field: str, message: str) -> InvalidRequest:
        """The error for an input that the provider would refuse, so that no call is made."""
        return InvalidRequest(f"{field}: {message}", field=field, provider=self.manifest.key, operation=operation)

    def _unknown(self, operation: str, message: str) -> OutcomeUnknown:
        """The error for what cannot be told from what the provider shows, whatever it answered."""
        return OutcomeUnknown(message, provider=self.manifest.key, operation=operation)

    def _left(self, since: float, most: float) -> float:
        """How many seconds what comes after a call may take, so that both together take no longer than one call may.

        :param since: when the call was begun, by ``time.monotonic()``.
        """
        return max(0.0, min(most, self.call_seconds - (time.monotonic() - since)))

    def _require_settled(self, operation: str, attempted_at: datetime, within: timedelta = SETTLING) -> None:
        """Let absence prove something, once the attempt is old enough.

        :param within: for how long what was attempted may still be at work.
        :raises OutcomeUnknown: it is too soon.
        """
        if datetime.now(UTC) - attempted_at < within:
            raise self._unknown(operation, "not there yet, but too soon after the attempt to be sure")

    def _without_secrets(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "****")
        return text

    def _blanked(self, word: Any) -> Any:
        """A provider's word likewise, if it is one: no number, no member of an enumeration."""
        return self._without_secrets(word) if type(word) is str else word

    async def _probe(self, method: str, path: str) -> HealthReport:
        """A health report from one cheap call."""
        return await self._report(self._call("check_health", method, path, write=False))

    async def _report(self, check: Awaitable[object]) -> HealthReport:
        """A health report from whatever shows that the credentials work."""
        started = time.perf_counter()
        try:
            await check
        except ProviderError as error:
            return HealthReport(False, error.code, _milliseconds_since(started), error.message)
        return HealthReport(True, "ok", _milliseconds_since(started), f"{self.manifest.name} answers")


def require(connector: Connector[Any, Any], capability: type[CapabilityT], operation: str) -> CapabilityT:
    """The connector as something that has the capability.

    :raises NotSupported: the provider has no such operation.
    """
    if isinstance(connector, capability):
        return connector
    raise NotSupported(
        f"{connector.manifest.name} cannot {operation.replace('_', ' ')}",
        provider=connector.manifest.key,
        operation=operation,
    )


def _request(
    method: str,
    url: str,
    query: Sequence[tuple[str, str]],
    headers: dict[str, str],
    content: bytes,
    facts: dict[str, Any],
) -> httpx.Request:
    """What `httpx.Request(content=...)` makes, but for a third of its cost (benchmarks/outbound_clients.py)."""
    parsed = httpx.URL(url, params=list(query)) if query else _parsed_url(url)
    headers["Host"] = parsed.netloc.decode("ascii")
    if content or method in ("POST", "PUT", "PATCH"):
        headers["Content-Length"] = str(len(content))
    return httpx.Request(method, parsed, headers=headers, stream=httpx.ByteStream(content), extensions=facts)


@lru_cache(maxsize=1024)
def _parsed_url(url: str) -> httpx.URL:
    return httpx.URL(url)


def _settles_nothing(kind: type[ProviderError], answer: Answer) -> bool:
    """Whether an error that answers a question would be mistaken for what became of a write.

    What a provider does not say in its own format is not its word: a proxy's 404 is no proof that there is nothing.
    """
    if issubclass(kind, NotFound):
        return answer.body is None
    return issubclass(kind, InvalidRequest) or (issubclass(kind, Declined) and answer.status >= 300)


def never_sent(failure: Exception) -> bool:
    """Whether it is certain that the request did not leave.

    This trusts the transport's classes. The `httpx-aiohttp` package cannot be trusted with that (it reports a
    connection that broke after sending as ConnectTimeout); `workers.transport` can.
    """
    return isinstance(
        failure,
        httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.ProxyError | httpx.UnsupportedProtocol,
    )


class _TooLarge(Exception):
    """The answer is larger than any that means something."""


async def _read(response: httpx.Response, limit_bytes: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.aiter_bytes():
        size += len(chunk)
        if size > limit_bytes:
            raise _TooLarge(f"answer larger than {limit_bytes} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


def _secret_values(credentials: Credentials) -> list[str]:
    values = (getattr(credentials, name) for name in type(credentials).model_fields)
    secrets = (value.get_secret_value() for value in values if isinstance(value, SecretStr))
    return [secret for secret in secrets if len(secret) >= _SHORTEST_SECRET_CHARS]


def _milliseconds_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 3)


def retry_after_seconds(headers: httpx.Headers) -> float | None:
    """What a ``Retry-After`` header says, in seconds from now; None when there is none that can be read."""
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
