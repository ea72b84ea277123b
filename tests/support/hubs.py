"""Both colours of the client under the same tests: `done`, `elsewhere` and `collect` read either; `FakeHub` is the
other end."""

import asyncio
import inspect
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
from wasl import AsyncWasl, Wasl

T = TypeVar("T")
AnyHub = AsyncWasl | Wasl
Answer = httpx.Response | Exception


async def done(value: Awaitable[T] | T) -> T:
    """The result of a call, whichever colour it has."""
    return await value if inspect.isawaitable(value) else value  # type: ignore[return-value]


async def elsewhere(call: Callable[[], Awaitable[T] | T]) -> T:
    """The result of a call that waits for what runs in this process, which the synchronous one would hold up."""
    return await done(await asyncio.to_thread(call))


async def collect(rows: AsyncIterator[T] | Iterator[T]) -> list[T]:
    """The rows of a listing, whichever colour it has."""
    return [row async for row in rows] if isinstance(rows, AsyncIterator) else [*rows]


@dataclass
class FakeHub:
    """Answers requests in the order it was told, and keeps them. What is left over fails the test."""

    answers: list[Answer] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)

    def will(self, *answers: Answer) -> None:
        self.answers += answers

    def will_answer(self, body: Any, status: int = 200, **headers: str) -> None:
        self.will(httpx.Response(status, json=body, headers={k.replace("_", "-"): v for k, v in headers.items()}))

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        assert self.answers, f"nobody told the hub how to answer {request.method} {request.url}"
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        # A copy: an answer that was read in one colour cannot be read in the other.
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    async def handle_async(self, request: httpx.Request) -> httpx.Response:
        return self.handle(request)

    @property
    def last(self) -> httpx.Request:
        return self.requests[-1]

    @property
    def last_body(self) -> Any:
        return json.loads(self.last.content)
