"""A clock that tests move by hand, calls to make, and raw servers that misbehave on purpose."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import httpx
import pytest

from workers.transport import (
    BreakerPolicy,
    CallContext,
    InMemoryBuckets,
    InMemoryCircuits,
    InMemoryRecorder,
    LeasedBudget,
    OutboundPipeline,
    PipelinePolicy,
    RetryPolicy,
    SharedBreakers,
)

Handler = Callable[[httpx.Request], httpx.Response] | Callable[[httpx.Request], Coroutine[None, None, httpx.Response]]
QUICK_RETRIES = RetryPolicy(attempts=3, base_seconds=0.001, longest_seconds=0.05)


class Clock:
    """Seconds that pass only when told to."""

    def __init__(self, now: float = 1_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let the time pass, and others run."""
        self.now += seconds
        await asyncio.sleep(0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@dataclass
class Bench:
    """A pipeline on stores in memory, over a provider played by a function."""

    provider: Handler
    policy: PipelinePolicy = field(default_factory=lambda: PipelinePolicy(retry=QUICK_RETRIES))
    buckets: InMemoryBuckets = field(default_factory=lambda: InMemoryBuckets(capacity=1000, refill_per_second=1000))
    breaker_policy: BreakerPolicy = field(default_factory=lambda: BreakerPolicy(consecutive_failures=1000))
    clock: Callable[[], float] = time.monotonic
    recorder: InMemoryRecorder = field(default_factory=InMemoryRecorder)
    context: CallContext = field(default_factory=lambda: CallContext(uuid4(), uuid4(), "stripe", uuid4(), "trace-1"))
    inner: httpx.AsyncBaseTransport | None = None

    def __post_init__(self) -> None:
        self.budget = LeasedBudget(self.buckets)
        self.circuits = InMemoryCircuits(self.clock)
        self.breakers = SharedBreakers(self.circuits, self.breaker_policy, clock=self.clock)
        self.pipeline = OutboundPipeline(
            self.inner or httpx.MockTransport(self.provider), self.budget, self.breakers, self.recorder, self.policy
        )
        self.transport = self.pipeline.transport_for(self.context)

    @property
    def connection_id(self) -> UUID:
        return self.context.connection_id

    async def call(
        self, method: str = "POST", url: str = "https://api.example.com/v1/payments", *, retryable: bool = False,
        timeout_seconds: float = 5.0, content: bytes = b"", headers: dict[str, str] | None = None, **said: object,
    ) -> httpx.Response:  # fmt: skip
        """Make one call."""
        facts = {"operation": "create_payment", "retryable": retryable, "timeout_seconds": timeout_seconds, **said}
        request = httpx.Request(method, url, content=content, headers=headers, extensions={"wasl": facts})
        return await self.transport.handle_async_request(request)

    def outcomes(self) -> list[str]:
        """The outcome of each recorded attempt, in order."""
        return [row["outcome"] for row in self.recorder.rows]


Play = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def raw_server(play: Play, host: str = "127.0.0.1") -> AsyncIterator[str]:
    """A TCP server that does with each connection what it is told; yields its URL."""
    tasks: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await play(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(accept, host, 0)
    try:
        yield f"http://{host}:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def read_request(reader: asyncio.StreamReader) -> bytes:
    """Read one request, head and body."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0
    )
    return head + await reader.readexactly(length)
