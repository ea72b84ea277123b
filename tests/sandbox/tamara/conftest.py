"""Each test an account of its own in Tamara's twin."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.providers.payments.tamara.builders import a_pay_later, tamara
from workers.providers.payments.models import PaymentResult
from workers.providers.payments.tamara import TamaraConnector


@dataclass
class Account:
    """An account as a test uses it: the connector on one side, the controls on the other."""

    url: str
    token: str
    http: httpx.AsyncClient
    connector: TamaraConnector

    def connection(self, transport: httpx.AsyncBaseTransport, **connection: Any) -> TamaraConnector:
        """Another connection to the same account."""
        credentials = {"api_token": self.token, **connection.pop("credentials", {})}
        return tamara(transport, credentials=credentials, base_url=f"{self.url}/tamara", **connection)

    async def call(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        """A call with the account's token."""
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = await self.http.request(method, f"{self.url}/tamara{path}", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    async def test(self, path: str, **body: Any) -> dict[str, Any]:
        """What people and time do."""
        return await self.call("POST", f"/_test{path}", **body)

    async def agreed(self, **changes: Any) -> PaymentResult:
        """A payment that the payer has agreed to; nothing has been authorised yet."""
        opened = await self.connector.create_payment(a_pay_later(**changes))
        await self.test(f"/orders/{opened.provider_payment_id}/pay")
        return opened

    async def fault(self, kind: str, **details: Any) -> None:
        """Plan a fault for the twin's next request that matches."""
        planned = await self.http.post(f"{self.url}/_faults", json={"provider": "tamara", "kind": kind, **details})
        assert planned.status_code == 201, planned.text

    async def state(self, payment_id: object) -> dict[str, Any]:
        """What the twin holds of a payment of Wasl's."""
        query = {"provider": "tamara", "payment_id": str(payment_id)}
        held: dict[str, Any] = (await self.http.get(f"{self.url}/_state", params=query)).json()
        return held


@pytest.fixture
async def account(sandbox_url: str, http: httpx.AsyncClient) -> AsyncIterator[Account]:
    """A new account; faults that a test planned and did not use are forgotten after it."""
    token = f"sandbox-token-{uuid.uuid4().hex}"
    transport = httpx.AsyncHTTPTransport(verify=False)
    opened = tamara(transport, credentials={"api_token": token}, base_url=f"{sandbox_url}/tamara")
    async with opened:
        yield Account(sandbox_url, token, http, opened)
    await http.delete(f"{sandbox_url}/_faults")
