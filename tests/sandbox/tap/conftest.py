"""Each test has an account of its own in Tap's twin."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.providers.payments.tap.builders import new_key, tap
from tests.sandbox.conftest import Inbox
from workers.providers.payments.tap import TapConnector


@dataclass
class Account:
    """An account as a test uses it: the connector on one side, the controls and the inbox on the other."""

    url: str
    key: str
    http: httpx.AsyncClient
    connector: TapConnector
    inbox: Inbox

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        """POST to the twin with the account's key."""
        answer = await self.raw(path, body)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def raw(self, path: str, body: Any) -> httpx.Response:
        """POST to the twin with the account's key, whatever comes of it."""
        headers = {"Authorization": f"Bearer {self.key}"}
        return await self.http.post(f"{self.url}/tap{path}", json=body, headers=headers)

    async def fault(self, kind: str, **details: Any) -> None:
        """Plan a fault for the twin's next request that matches."""
        planned = await self.http.post(f"{self.url}/_faults", json={"provider": "tap", "kind": kind, **details})
        assert planned.status_code == 201, planned.text

    async def state(self, payment_id: object) -> dict[str, Any]:
        """What the twin holds of one of our payments."""
        query = {"provider": "tap", "payment_id": str(payment_id)}
        found: dict[str, Any] = (await self.http.get(f"{self.url}/_state", params=query)).json()
        return found

    async def charges(self, payment_id: object) -> int:
        """How often the payer's money was reserved or taken for one of ours."""
        state = await self.state(payment_id)
        taken = [each for each in state["charges"] if each["status"] == "CAPTURED"]
        reserved = [each for each in state["authorizations"] if each["status"] in ("AUTHORIZED", "CAPTURED")]
        return len([each for each in taken if not each["source"]["id"].startswith("auth_")]) + len(reserved)

    async def arrived(self) -> list[httpx.Request]:
        """Every delivery since the last time."""
        await self.http.get(f"{self.url}/_deliveries", params={"wait": "true"}, timeout=30)
        arrived = list(self.inbox.requests)
        self.inbox.requests.clear()
        return arrived


@pytest.fixture
async def account(
    sandbox_url: str, http: httpx.AsyncClient, new_inbox: Callable[[], tuple[str, Inbox]]
) -> AsyncIterator[Account]:
    """A new account; faults that a test planned and did not use are forgotten after it."""
    key, (webhook_url, inbox) = new_key(), new_inbox()
    connector = tap(
        httpx.AsyncHTTPTransport(verify=False),
        credentials={"secret_key": key, "webhook_url": webhook_url},
        base_url=f"{sandbox_url}/tap",
    )
    async with connector:
        yield Account(sandbox_url, key, http, connector, inbox)
    await http.delete(f"{sandbox_url}/_faults")
