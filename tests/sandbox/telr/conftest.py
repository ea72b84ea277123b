"""Each test a Telr store of its own in the sandbox."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from workers.providers.payments.models import PaymentResult
from workers.providers.payments.telr import TelrConnector
from workers.providers.registry import open_connector


@dataclass
class Account:
    """A store as a test uses it: the connector on one side, the controls on the other."""

    url: str
    store: str
    http: httpx.AsyncClient
    connector: TelrConnector

    def connection(self, *interfaces: str, transport: httpx.AsyncBaseTransport | None = None) -> TelrConnector:
        """Another connection to the same store, with the keys of some of the interfaces."""
        return connect(self.url, self.store, *interfaces, transport=transport)

    async def test(self, path: str, **body: Any) -> dict[str, Any]:
        """What people and time do."""
        answer = await self.http.post(f"{self.url}/telr/_test/{self.store}{path}", json=body)
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    async def pay(self, payment: PaymentResult, outcome: str = "approve", **more: Any) -> dict[str, Any]:
        """The payer pays."""
        return await self.test(f"/orders/{payment.provider_payment_id}/pay", outcome=outcome, **more)

    async def fault(self, kind: str, **details: Any) -> None:
        """Plan a fault for the twin's next request that matches."""
        planned = await self.http.post(f"{self.url}/_faults", json={"provider": "telr", "kind": kind, **details})
        assert planned.status_code == 201, planned.text

    async def state(self, payment_id: object) -> dict[str, Any]:
        """What the twin holds of a payment of Wasl's."""
        query = {"provider": "telr", "payment_id": str(payment_id)}
        held: dict[str, Any] = (await self.http.get(f"{self.url}/_state", params=query)).json()
        return held


def connect(url: str, store: str, *interfaces: str, transport: httpx.AsyncBaseTransport | None = None) -> TelrConnector:
    """A connection to a store of the sandbox."""
    opened = open_connector(
        "telr",
        credentials={
            "auth_key": f"page#{store}",
            **{f"{interface}_key": f"{interface}#{store}" for interface in interfaces},
        },
        settings={"store_id": store},
        base_url=f"{url}/telr",
        transport=transport or httpx.AsyncHTTPTransport(verify=False),
    )
    assert isinstance(opened, TelrConnector)
    return opened


@pytest.fixture
async def telr(sandbox_url: str, http: httpx.AsyncClient) -> AsyncIterator[Account]:
    """A new store; faults that a test planned and did not use are forgotten after it."""
    store = str(uuid.uuid4().int % 10**9 + 10**9)
    async with connect(sandbox_url, store, "remote", "service") as opened:
        yield Account(sandbox_url, store, http, opened)
    await http.delete(f"{sandbox_url}/_faults")
