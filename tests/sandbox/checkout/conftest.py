"""Each test has an account of its own in Checkout.com's twin."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.providers.payments.checkout.builders import checkout, new_key
from workers.providers.payments.checkout import CheckoutConnector


@dataclass
class Account:
    """An account as a test uses it: the connector on one side, the controls on the other."""

    url: str
    key: str
    http: httpx.AsyncClient
    connector: CheckoutConnector

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        """POST to the twin with the account's key."""
        answer = await self.http.post(f"{self.url}/checkout{path}", json=body, headers=self.headers)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def fault(self, kind: str, **details: Any) -> None:
        """Plan a fault for the twin's next request that matches."""
        planned = await self.http.post(f"{self.url}/_faults", json={"provider": "checkout", "kind": kind, **details})
        assert planned.status_code == 201, planned.text

    async def state(self, payment_id: object) -> dict[str, Any]:
        """What the twin holds of one of our payments."""
        query = {"provider": "checkout", "payment_id": str(payment_id)}
        found: dict[str, Any] = (await self.http.get(f"{self.url}/_state", params=query)).json()
        return found

    async def charges(self, payment_id: object) -> int:
        """How many payments of the issuer were reserved or taken for one of ours."""
        return sum(each["balances"]["total_authorized"] > 0 for each in (await self.state(payment_id))["payments"])

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


@pytest.fixture
async def account(sandbox_url: str, http: httpx.AsyncClient) -> AsyncIterator[Account]:
    """A new account; faults that a test planned and did not use are forgotten after it."""
    key = new_key()
    connector = checkout(
        httpx.AsyncHTTPTransport(verify=False), credentials={"secret_key": key}, base_url=f"{sandbox_url}/checkout"
    )
    async with connector:
        yield Account(sandbox_url, key, http, connector)
    await http.delete(f"{sandbox_url}/_faults")
