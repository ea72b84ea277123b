"""Clients of both colours for every test, and the other end of their wire."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest
from wasl import AsyncWasl, Wasl

from tests.support.hubs import AnyHub, FakeHub, done

URL = "https://hub.example"
PUBLISHABLE_KEY = "sb_publishable_x"


@pytest.fixture
def server() -> Iterator[FakeHub]:
    """The other end of the wire."""
    fake = FakeHub()
    yield fake
    assert not fake.answers, "some answers were never asked for"


@pytest.fixture(params=["async", "sync"])
async def new_client(
    request: pytest.FixtureRequest, server: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Callable[..., AnyHub]]:
    """Makes clients of one colour that talk to `server` and, when they wait, do not."""
    clients: list[AnyHub] = []
    pauses: list[float] = []

    async def no_pause(seconds: float) -> None:
        pauses.append(seconds)

    for module in ("api", "operations"):
        monkeypatch.setattr(f"wasl._async.{module}.sleep", no_pause)
        monkeypatch.setattr(f"wasl._sync.{module}.sleep", pauses.append)

    def make(**options: Any) -> AnyHub:
        client: AnyHub
        if request.param == "async":
            client = AsyncWasl(URL, PUBLISHABLE_KEY, transport=httpx.MockTransport(server.handle_async), **options)
        else:
            client = Wasl(URL, PUBLISHABLE_KEY, transport=httpx.MockTransport(server.handle), **options)
        client.pauses = pauses  # type: ignore[union-attr]
        clients.append(client)
        return client

    yield make
    for client in clients:
        await done(client.aclose() if isinstance(client, AsyncWasl) else client.close())


@pytest.fixture
def hub(new_client: Callable[..., AnyHub]) -> AnyHub:
    """A client with a token that was given to it."""
    return new_client(access_token="token-1")
