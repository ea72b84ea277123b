"""Each test has an account of its own in J&T's twin, reached in-process."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest

from sandbox.app import create_app
from tests.providers.shipping.jt.builders import jt, new_credentials
from workers.providers.shipping.jt import JTConnector

URL = "http://sandbox/jt"


@dataclass
class Account:
    """An account as a test uses it: the connector on one side, the controls on the other."""

    credentials: dict[str, str]
    http: httpx.AsyncClient
    connector: JTConnector

    async def advance(self, number: str, to: str | None = None) -> None:
        """Move a parcel on."""
        answer = await self.http.post(f"{URL}/_test/shipments/{number}/advance", json={"to": to})
        assert answer.status_code == 200, answer.text

    def stranger(self, credentials: dict[str, str]) -> JTConnector:
        """Another account of the same twin."""
        return jt(self.http._transport, credentials=credentials, base_url=URL)


@pytest.fixture
async def account() -> AsyncIterator[Account]:
    """A new sandbox, and an account in it."""
    transport = httpx.ASGITransport(create_app())
    credentials = new_credentials()
    async with httpx.AsyncClient(transport=transport) as http:
        yield Account(credentials, http, jt(transport, credentials=credentials, base_url=URL))
