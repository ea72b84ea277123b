"""Each test has an account of its own in Jeebly's twin, reached in-process."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest

from sandbox.app import create_app
from tests.providers.shipping.jeebly.builders import jeebly, new_keys
from workers.providers.shipping.jeebly import JeeblyConnector

URL = "http://sandbox/jeebly"


@dataclass
class Account:
    """An account as a test uses it: the connector on one side, the controls on the other."""

    keys: dict[str, str]
    http: httpx.AsyncClient
    connector: JeeblyConnector

    async def advance(self, number: str, to: str | None = None) -> None:
        """Move a parcel on."""
        answer = await self.http.post(f"{URL}/_test/shipments/{number}/advance", json={"to": to})
        assert answer.status_code == 200, answer.text

    def stranger(self, keys: dict[str, str]) -> JeeblyConnector:
        """Another account of the same twin."""
        return jeebly(self.http._transport, credentials=keys, base_url=URL)


@pytest.fixture
async def account() -> AsyncIterator[Account]:
    """A new sandbox, and an account in it."""
    transport = httpx.ASGITransport(create_app())
    keys = new_keys()
    async with httpx.AsyncClient(transport=transport) as http:
        yield Account(keys, http, jeebly(transport, credentials=keys, base_url=URL))
