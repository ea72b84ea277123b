"""Each test an N-Genius account of its own in the sandbox."""

import base64
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from workers.providers.payments.models import PaymentResult
from workers.providers.payments.ngenius import NGeniusConnector
from workers.providers.registry import open_connector


@dataclass
class Account:
    """An account as a test uses it: the connector on one side, the controls on the other."""

    url: str
    key: str
    outlet: str
    http: httpx.AsyncClient
    connector: NGeniusConnector

    def connection(self, **settings: str) -> NGeniusConnector:
        """Another connection to the same account."""
        opened = open_connector(
            "ngenius",
            credentials={"api_key": self.key},
            settings={"outlets": self.outlet, **settings},
            base_url=f"{self.url}/ngenius",
            transport=httpx.AsyncHTTPTransport(verify=False),
        )
        assert isinstance(opened, NGeniusConnector)
        return opened

    async def test(self, path: str, **body: Any) -> dict[str, Any]:
        """What people and time do."""
        headers = {"Authorization": f"Basic {self.key}"}
        answer = await self.http.post(f"{self.url}/ngenius/_test{path}", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    async def pay(self, payment: PaymentResult, outcome: str = "approve", **more: str) -> dict[str, Any]:
        """The payer pays."""
        return await self.test(f"/orders/{order_of(payment)}/pay", outcome=outcome, **more)

    async def fault(self, kind: str, **details: Any) -> None:
        """Plan a fault for the twin's next request that matches."""
        planned = await self.http.post(f"{self.url}/_faults", json={"provider": "ngenius", "kind": kind, **details})
        assert planned.status_code == 201, planned.text

    async def state(self, payment_id: object) -> dict[str, Any]:
        """What the twin holds of a payment of Wasl's."""
        query = {"provider": "ngenius", "payment_id": str(payment_id)}
        held: dict[str, Any] = (await self.http.get(f"{self.url}/_state", params=query)).json()
        return held


def order_of(payment: PaymentResult) -> str:
    """The order's own reference."""
    return payment.provider_payment_id.partition("/")[2]


@pytest.fixture
async def ngenius(sandbox_url: str, http: httpx.AsyncClient) -> AsyncIterator[Account]:
    """A new account; faults that a test planned and did not use are forgotten after it."""
    key = base64.b64encode(f"{uuid.uuid4()}:{uuid.uuid4()}".encode()).decode()
    outlet = str(uuid.uuid4())
    opened = open_connector(
        "ngenius",
        credentials={"api_key": key},
        settings={"outlets": outlet},
        base_url=f"{sandbox_url}/ngenius",
        transport=httpx.AsyncHTTPTransport(verify=False),
    )
    assert isinstance(opened, NGeniusConnector)
    async with opened:
        yield Account(sandbox_url, key, outlet, http, opened)
    await http.delete(f"{sandbox_url}/_faults")
