"""Faults on demand: what can go wrong on the wire, planned through the control API and met by the next requests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from itertools import count
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FAULT_SCOPE_KEY = "sandbox.fault"
ABORT_SCOPE_KEY = "sandbox.abort"


class FaultKind(StrEnum):
    """What goes wrong."""

    LATENCY = "latency"
    """The request waits ``seconds`` before it is handled."""
    LATE_ANSWER = "late_answer"
    """The request is handled at once and answered ``seconds`` later."""
    RATE_LIMITED = "rate_limited"
    """429, with ``Retry-After: retry_after`` if given; nothing is done."""
    SERVER_ERROR = "server_error"
    """``status`` (500 by default) from in front of the provider: nothing is done and nothing is remembered."""
    KEPT_SERVER_ERROR = "kept_server_error"
    """500 from within the provider, kept under the idempotency key; done or not, as ``applied`` says."""
    SLOW_EXECUTION = "slow_execution"
    """The provider has begun, and takes ``seconds``; the idempotency key is in use meanwhile."""
    DROP_BEFORE = "drop_before"
    """The connection is cut before anything is done."""
    DROP_AFTER = "drop_after"
    """Everything is done, then the connection is cut without an answer."""
    TRUNCATED = "truncated"
    """Everything is done, and the connection is cut in the middle of the answer's body."""
    MALFORMED = "malformed"
    """Everything is done, and the answer's body is not JSON."""
    WRONG_CONTENT_TYPE = "wrong_content_type"
    """Everything is done, and the answer is a page of HTML with status 200."""
    PATCHED = "patched"
    """Everything is done, and the answer's JSON has ``patch`` laid over it: an unknown status, an unknown currency."""
    WEBHOOK_DUPLICATED = "webhook_duplicated"
    """The event is delivered twice."""
    WEBHOOK_LATE = "webhook_late"
    """The event is delivered ``seconds`` later."""
    WEBHOOK_REORDERED = "webhook_reordered"
    """The event is held back until the next one has been sent."""
    WEBHOOK_LOST = "webhook_lost"
    """The event is never delivered."""
    WEBHOOK_FORGED = "webhook_forged"
    """The event is delivered with a signature that is wrong."""


class Match(BaseModel):
    """Which requests or events a fault meets; ``path`` and ``event`` are shell patterns."""

    model_config = ConfigDict(extra="forbid")

    method: str = "*"
    path: str = "*"
    event: str = "*"


class Fault(BaseModel):
    """A planned fault.

    :param provider: the provider's key; the path is what follows it.
    :param times: how many requests or events it meets before it is spent.
    :param skip: how many it lets pass first.
    """

    model_config = ConfigDict(extra="forbid")

    provider: str
    kind: FaultKind
    match: Match = Match()
    times: int = Field(default=1, ge=1)
    skip: int = Field(default=0, ge=0)
    seconds: float = Field(default=0.0, ge=0, le=3600)
    status: int = Field(default=500, ge=300, le=599)
    retry_after: str | None = None
    applied: bool = False
    patch: dict[str, Any] = Field(default_factory=dict)
    headers: dict[str, str] = Field(default_factory=dict)

    @property
    def is_about_webhooks(self) -> bool:
        return self.kind.startswith("webhook_")


@dataclass
class FaultBook:
    """The faults that are planned and not yet spent."""

    faults: dict[int, Fault] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def plan(self, fault: Fault) -> int:
        """Add a fault; its number."""
        number = next(self._numbers)
        self.faults[number] = fault.model_copy()
        return number

    def clear(self) -> None:
        """Forget every fault."""
        self.faults.clear()

    def for_request(self, provider: str, method: str, path: str) -> Fault | None:
        """The fault that this request meets, if any; it is used up by one."""
        return self._take(
            lambda fault: (
                not fault.is_about_webhooks
                and fault.provider == provider
                and fnmatchcase(method, fault.match.method)
                and fnmatchcase(path, fault.match.path)
            )
        )

    def for_event(self, provider: str, event_type: str) -> Fault | None:
        """The fault that this event meets, if any; it is used up by one."""
        return self._take(
            lambda fault: (
                fault.is_about_webhooks and fault.provider == provider and fnmatchcase(event_type, fault.match.event)
            )
        )

    def _take(self, meets: Callable[[Fault], bool]) -> Fault | None:
        for number, fault in list(self.faults.items()):
            if not meets(fault):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.times -= 1
            if fault.times == 0:
                del self.faults[number]
            return fault
        return None


class ConnectionDropped(ConnectionResetError):
    """What an in-process caller sees where a socket would be cut."""


class FaultMiddleware:
    """Lets every request to a provider meet the fault that is planned for it."""

    def __init__(self, app: ASGIApp, book: FaultBook) -> None:
        self.app = app
        self.book = book

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        _, provider, *rest = scope["path"].split("/", 2)
        fault = self.book.for_request(provider, scope["method"], "/" + "".join(rest))
        if fault is None:
            await self.app(scope, receive, send)
        else:
            await self._meet(fault, scope, receive, send)

    async def _meet(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        match fault.kind:
            case FaultKind.LATENCY:
                await asyncio.sleep(fault.seconds)
                await self.app(scope, receive, send)
            case FaultKind.RATE_LIMITED:
                retry_after = {"retry-after": fault.retry_after} if fault.retry_after is not None else {}
                await _answer(send, 429, {**retry_after, **fault.headers}, b'{"error":{"message":"Too many requests"}}')
            case FaultKind.SERVER_ERROR:
                await _answer(send, fault.status, fault.headers, b"<html><body>Server Error</body></html>", "text/html")
            case FaultKind.KEPT_SERVER_ERROR | FaultKind.SLOW_EXECUTION:
                await self.app({**scope, FAULT_SCOPE_KEY: fault}, receive, send)
            case FaultKind.DROP_BEFORE:
                await _read_whole(receive)
                await _drop(scope)
            case _:
                await self._spoil(fault, scope, receive, send)

    async def _spoil(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle the request in full, then spoil its answer."""
        answer = _Collected()
        await self.app(scope, receive, answer.collect)
        match fault.kind:
            case FaultKind.LATE_ANSWER:
                await asyncio.sleep(fault.seconds)
                await answer.send_on(send)
            case FaultKind.DROP_AFTER:
                await _drop(scope)
            case FaultKind.TRUNCATED:
                await send({**answer.start})
                await send(
                    {"type": "http.response.body", "body": answer.body[: len(answer.body) // 2], "more_body": True}
                )
                await asyncio.sleep(0.01)  # lets the half reach the wire before it is cut
                await _drop(scope)
            case FaultKind.MALFORMED:
                await _answer(send, 200, {}, b'{"id": "', "application/json")
            case FaultKind.WRONG_CONTENT_TYPE:
                await _answer(send, 200, {}, b"<html><body>We will be right back.</body></html>", "text/html")
            case FaultKind.PATCHED:
                patched = orjson.dumps({**orjson.loads(answer.body), **fault.patch})
                await _answer(send, answer.start["status"], {}, patched)


@dataclass
class _Collected:
    start: Message = field(default_factory=dict)
    body: bytes = b""

    async def collect(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        else:
            self.body += message.get("body", b"")

    async def send_on(self, send: Send) -> None:
        await send(self.start)
        await send({"type": "http.response.body", "body": self.body})


async def _answer(
    send: Send, status: int, headers: dict[str, str], body: bytes, content_type: str = "application/json"
) -> None:
    all_headers = {"content-type": content_type, "content-length": str(len(body)), **headers}
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in all_headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


async def _read_whole(receive: Receive) -> None:
    more = True
    while more:
        message = await receive()
        more = message["type"] == "http.request" and message.get("more_body", False)


async def _drop(scope: Scope) -> None:
    """Cut the connection. The server's protocol class puts the means into the scope."""
    abort: Callable[[], None] | None = scope.get(ABORT_SCOPE_KEY)
    if abort is None:
        raise ConnectionDropped("the connection was cut by a fault")
    abort()
    await asyncio.sleep(0.01)  # the server has to notice the loss before the application returns
