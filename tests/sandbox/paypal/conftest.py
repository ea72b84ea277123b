"""A PayPal account in the sandbox, new for each test."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.providers.payments.paypal.builders import a_completion, a_hosted
from workers.providers.payments.models import PaymentResult
from workers.providers.payments.paypal import PayPalConnector
from workers.providers.registry import open_connector


@dataclass
class PayPalAccount:
    """The connector on one side, the controls on the other."""

    url: str
    client_id: str
    http: httpx.AsyncClient
    connector: PayPalConnector

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        """POST to the twin with a token of the account."""
        answer = await self.http.post(f"{self.url}/paypal{path}", json=body, headers=await self.headers())
        assert answer.status_code in (200, 201), answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def headers(self) -> dict[str, str]:
        answer = await self.http.post(
            f"{self.url}/paypal/v1/oauth2/token",
            auth=(self.client_id, "EGn-sandbox-secret"),
            data={"grant_type": "client_credentials"},
        )
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    async def fault(self, kind: str, **details: Any) -> None:
        """Plan a fault for the twin's next request that matches."""
        planned = await self.http.post(f"{self.url}/_faults", json={"provider": "paypal", "kind": kind, **details})
        assert planned.status_code == 201, planned.text

    async def approved(self, funding: str = "ok", **changes: Any) -> PaymentResult:
        """A hosted payment that the payer has agreed to."""
        made = await self.connector.create_payment(a_hosted(**changes))
        await self.post(f"/_test/orders/{made.provider_payment_id}/approve", funding=funding)
        return await self.connector.get_payment(made.provider_payment_id)

    async def completed(self, funding: str = "ok", **changes: Any) -> PaymentResult:
        """A hosted payment that the hub has completed."""
        approved = await self.approved(funding, **changes)
        request = a_completion(approved.provider_payment_id, provider_data=approved.provider_data)
        return await self.connector.complete_payment(request)

    async def state(self, payment_id: uuid.UUID) -> dict[str, list[dict[str, Any]]]:
        """What the twin holds of a payment."""
        query = {"provider": "paypal", "payment_id": str(payment_id)}
        found: dict[str, list[dict[str, Any]]] = (await self.http.get(f"{self.url}/_state", params=query)).json()
        return found


@pytest.fixture
async def paypal_account(sandbox_url: str, http: httpx.AsyncClient) -> AsyncIterator[PayPalAccount]:
    """A new account; faults that a test planned and did not use are forgotten after it."""
    client_id = f"AXy9-{uuid.uuid4().hex}"
    connector = open_connector(
        "paypal",
        credentials={"client_id": client_id, "client_secret": "EGn-sandbox-secret"},
        settings={"settlement_currency": "USD"},
        base_url=f"{sandbox_url}/paypal",
        transport=httpx.AsyncHTTPTransport(verify=False),
    )
    assert isinstance(connector, PayPalConnector)
    async with connector:
        yield PayPalAccount(sandbox_url, client_id, http, connector)
    await http.delete(f"{sandbox_url}/_faults")
