"""Each test an account of its own in PayTabs' twin."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.providers.builders import a_checkout
from workers.providers.payments.models import PaymentResult, SavedMethod
from workers.providers.payments.paytabs import PayTabsConnector
from workers.providers.registry import open_connector

PROFILE = 47170


def new_key() -> str:
    """A server key that no other test uses."""
    return "-".join(secrets.token_hex(5).upper() for _ in range(3))


@dataclass
class Account:
    """An account as a test uses it: the connector on one side, the controls on the other."""

    url: str
    key: str
    http: httpx.AsyncClient
    connector: PayTabsConnector

    def connection(self, **credentials: str) -> PayTabsConnector:
        """Another connection to the same account."""
        opened = open_connector(
            "paytabs",
            credentials={"server_key": self.key, **credentials},
            settings={"profile_id": PROFILE},
            base_url=f"{self.url}/paytabs",
            transport=httpx.AsyncHTTPTransport(verify=False),
        )
        assert isinstance(opened, PayTabsConnector)
        return opened

    async def post(self, path: str, **body: Any) -> httpx.Response:
        """POST to the twin with the account's key."""
        return await self.http.post(f"{self.url}/paytabs{path}", json=body, headers={"Authorization": self.key})

    async def test(self, path: str, **body: Any) -> dict[str, Any]:
        """What people and time do."""
        answer = await self.post(f"/_test{path}", **body)
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    async def pay(self, payment: PaymentResult, outcome: str = "approve", **more: str) -> dict[str, Any]:
        """The payer is done on the page."""
        return await self.test(f"/transactions/{payment.provider_payment_id}/pay", outcome=outcome, **more)

    async def save_a_card(self) -> SavedMethod:
        """A payer pays on the page, and has the card kept."""
        opened = await self.connector.create_payment(a_checkout(save_payment_method=True))
        await self.pay(opened)
        saved = (await self.connector.get_payment(opened.provider_payment_id)).saved_method
        assert saved is not None
        return saved

    async def fault(self, kind: str, **details: Any) -> None:
        """Plan a fault for the twin's next request that matches."""
        planned = await self.http.post(f"{self.url}/_faults", json={"provider": "paytabs", "kind": kind, **details})
        assert planned.status_code == 201, planned.text

    async def state(self, payment_id: object) -> dict[str, Any]:
        """What the twin holds of a payment of Wasl's."""
        query = {"provider": "paytabs", "payment_id": str(payment_id)}
        held: dict[str, Any] = (await self.http.get(f"{self.url}/_state", params=query)).json()
        return held


@pytest.fixture
async def account(sandbox_url: str, http: httpx.AsyncClient) -> AsyncIterator[Account]:
    """A new account; faults that a test planned and did not use are forgotten after it."""
    key = new_key()
    opened = open_connector(
        "paytabs",
        credentials={"server_key": key},
        settings={"profile_id": PROFILE},
        base_url=f"{sandbox_url}/paytabs",
        transport=httpx.AsyncHTTPTransport(verify=False),
    )
    assert isinstance(opened, PayTabsConnector)
    async with opened:
        yield Account(sandbox_url, key, http, opened)
    await http.delete(f"{sandbox_url}/_faults")
