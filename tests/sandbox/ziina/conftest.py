"""Each test has an account of its own in Ziina's twin."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.providers.builders import a_checkout
from tests.providers.payments.ziina.builders import new_token, ziina
from tests.support.gateways.ziina import charges
from workers.providers.payments.models import PaymentResult
from workers.providers.payments.ziina import ZiinaConnector


@dataclass
class Account:
    """An account as a test uses it: the connector on one side, the controls on the other."""

    url: str
    token: str
    http: httpx.AsyncClient
    connector: ZiinaConnector

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        """POST to the twin with the account's token."""
        answer = await self.http.post(f"{self.url}/ziina{path}", json=body, headers=self.headers)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def move(self, payment: PaymentResult, move: str, **body: Any) -> dict[str, Any]:
        """What the payer, their bank or time does with a payment."""
        return await self.post(f"/_test/payment_intent/{payment.provider_payment_id}/{move}", **body)

    async def paid(self, **changes: Any) -> PaymentResult:
        """A payment that somebody has paid."""
        opened = await self.connector.create_payment(a_checkout(**changes))
        await self.move(opened, "pay")
        return opened

    async def fault(self, kind: str, **details: Any) -> None:
        """Plan a fault for the twin's next request that matches."""
        planned = await self.http.post(f"{self.url}/_faults", json={"provider": "ziina", "kind": kind, **details})
        assert planned.status_code == 201, planned.text

    async def state(self, payment_id: object) -> dict[str, Any]:
        """What the twin holds of one of our payments."""
        query = {"provider": "ziina", "payment_id": str(payment_id)}
        found: dict[str, Any] = (await self.http.get(f"{self.url}/_state", params=query)).json()
        return found

    async def charges(self, payment_id: object) -> int:
        """How often the payer has paid for one of our payments."""
        return charges(await self.state(payment_id))

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@pytest.fixture
async def account(sandbox_url: str, http: httpx.AsyncClient) -> AsyncIterator[Account]:
    """A new account; faults that a test planned and did not use are forgotten after it."""
    token = new_token()
    transport = httpx.AsyncHTTPTransport(verify=False)
    async with ziina(transport, credentials={"access_token": token}, base_url=f"{sandbox_url}/ziina") as connector:
        yield Account(sandbox_url, token, http, connector)
    await http.delete(f"{sandbox_url}/_faults")
