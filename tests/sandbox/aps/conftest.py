"""Each test an account of its own at Amazon Payment Services in the sandbox."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from workers.providers.payments.aps import APSConnector
from workers.providers.payments.models import PaymentResult
from workers.providers.registry import open_connector


def new_credentials() -> dict[str, str]:
    """A new account; its phrases are those that the twin makes of an access code."""
    access_code = uuid.uuid4().hex[:20]
    return {
        "merchant_identifier": uuid.uuid4().hex[:8],
        "access_code": access_code,
        "request_phrase": f"IN{access_code}",
        "response_phrase": f"OUT{access_code}",
    }


@dataclass
class Account:
    """An account as a test uses it: the connector on one side, the controls on the other."""

    url: str
    credentials: dict[str, str]
    http: httpx.AsyncClient
    connector: APSConnector

    def connection(self, credentials: dict[str, str] | None = None, **settings: Any) -> APSConnector:
        """Another connection to the same account."""
        opened = open_connector(
            "aps",
            credentials={**self.credentials, **(credentials or {})},
            settings=settings,
            base_url=f"{self.url}/aps",
            transport=httpx.AsyncHTTPTransport(verify=False),
        )
        assert isinstance(opened, APSConnector)
        return opened

    async def test(self, path: str, **body: Any) -> dict[str, Any]:
        """What people and time do."""
        headers = {"Authorization": f"Bearer {self.credentials['access_code']}"}
        answer = await self.http.post(f"{self.url}/aps/_test{path}", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    async def pay(self, payment: PaymentResult, outcome: str = "approve", **more: str) -> None:
        """The payer does something on the page of a link."""
        await self.test(f"/links/{reference_of(payment)}/pay", outcome=outcome, **more)

    async def fault(self, kind: str, **details: Any) -> None:
        """Plan a fault for the twin's next request that matches."""
        planned = await self.http.post(f"{self.url}/_faults", json={"provider": "aps", "kind": kind, **details})
        assert planned.status_code == 201, planned.text

    async def state(self, payment_id: object) -> dict[str, Any]:
        """What the twin holds of a payment of Wasl's."""
        query = {"provider": "aps", "payment_id": str(payment_id)}
        held: dict[str, Any] = (await self.http.get(f"{self.url}/_state", params=query)).json()
        return held


def reference_of(payment: PaymentResult) -> str:
    """The merchant's reference of a payment."""
    return payment.provider_payment_id.partition("/")[0]


@pytest.fixture
async def aps(sandbox_url: str, http: httpx.AsyncClient) -> AsyncIterator[Account]:
    """A new account; faults that a test planned and did not use are forgotten after it."""
    credentials = new_credentials()
    opened = open_connector(
        "aps",
        credentials=credentials,
        base_url=f"{sandbox_url}/aps",
        transport=httpx.AsyncHTTPTransport(verify=False),
    )
    assert isinstance(opened, APSConnector)
    async with opened:
        yield Account(sandbox_url, credentials, http, opened)
    await http.delete(f"{sandbox_url}/_faults")
