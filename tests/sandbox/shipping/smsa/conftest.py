"""Each test has an account of its own in SMSA's twin, reached in-process."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest

from sandbox.app import create_app
from tests.providers.shipping.smsa.builders import new_key, smsa
from workers.providers.shipping.smsa import SMSAConnector

URL = "http://sandbox/smsa"


@dataclass
class Account:
    """An account as a test uses it: the connector on one side, the controls on the other."""

    key: str
    http: httpx.AsyncClient
    connector: SMSAConnector

    async def advance(self, number: str, to: str | None = None) -> None:
        """Move a parcel on."""
        answer = await self.http.post(f"{URL}/_test/shipments/{number}/advance", json={"to": to})
        assert answer.status_code == 200, answer.text

    def stranger(self, key: str) -> SMSAConnector:
        """Another account of the same twin."""
        return smsa(self.http._transport, credentials={"api_key": key}, base_url=URL)


@pytest.fixture
async def account() -> AsyncIterator[Account]:
    """A new sandbox, and an account in it."""
    transport = httpx.ASGITransport(create_app())
    key = new_key()
    async with httpx.AsyncClient(transport=transport) as http:
        yield Account(key, http, smsa(transport, credentials={"api_key": key}, base_url=URL))
