"""Each test has an account of its own in Tabby's twin."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.providers.payments.tabby.wire import a_completion, an_instalment_payment, tabby
from workers.providers.payments.models import PaymentResult
from workers.providers.payments.tabby import TabbyConnector


@dataclass
class Account:
    """An account as a test uses it: the connector on one side, the controls on the other."""

    url: str
    key: str
    http: httpx.AsyncClient
    connector: TabbyConnector

    async def call(self, method: str, path: str, expect: int = 200, **body: Any) -> Any:
        """A call to the twin with the account's key."""
        headers = {"Authorization": f"Bearer {self.key}", "X-Merchant-Code": "AE"}
        answer = await self.http.request(method, f"{self.url}/tabby{path}", json=body, headers=headers)
        assert answer.status_code == expect, answer.text
        return answer.json()

    async def test(self, path: str, **body: Any) -> Any:
        """What people and time do."""
        return await self.call("POST", f"/_test{path}", **body)

    async def pay(self, payment: PaymentResult, outcome: str = "approve") -> Any:
        """The payer decides."""
        return await self.test(f"/payments/{payment.provider_payment_id}/pay", outcome=outcome)

    async def fault(self, kind: str, **details: Any) -> None:
        """Plan a fault for the twin's next request that matches."""
        planned = await self.http.post(f"{self.url}/_faults", json={"provider": "tabby", "kind": kind, **details})
        assert planned.status_code == 201, planned.text

    async def state(self, payment_id: object) -> dict[str, Any]:
        """What the twin holds of one of our payments."""
        query = {"provider": "tabby", "payment_id": str(payment_id)}
        found: dict[str, Any] = (await self.http.get(f"{self.url}/_state", params=query)).json()
        return found

    async def opened(self, **changes: Any) -> PaymentResult:
        """A payment that waits for its payer."""
        return await self.connector.create_payment(an_instalment_payment(**changes))

    async def agreed(self, **changes: Any) -> PaymentResult:
        """A payment that the payer has agreed to."""
        payment = await self.opened(**changes)
        await self.pay(payment)
        return await self.connector.get_payment(payment.provider_payment_id)

    async def taken(self, **changes: Any) -> PaymentResult:
        """A payment that was captured in full."""
        payment = await self.agreed(**changes)
        return await self.connector.complete_payment(a_completion(payment.provider_payment_id))


@pytest.fixture
async def account(sandbox_url: str, http: httpx.AsyncClient) -> AsyncIterator[Account]:
    """A new account; faults that a test planned and did not use are forgotten after it."""
    key = f"sk_test_{uuid.uuid4()}"
    transport = httpx.AsyncHTTPTransport(verify=False)
    connector = tabby(transport, credentials={"secret_key": key}, base_url=f"{sandbox_url}/tabby")
    async with connector:
        yield Account(sandbox_url, key, http, connector)
    await http.delete(f"{sandbox_url}/_faults")
