"""Each test has a HubSpot of its own, in process, and an account in it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from sandbox.app import create_app
from tests.providers.marketing.hubspot.builders import hubspot, new_token
from workers.providers.marketing.hubspot import HubSpotConnector

URL = "http://127.0.0.1/hubspot"


@dataclass
class Account:
    """An account as a test uses it: the connector on one side, the controls on the other."""

    token: str
    transport: httpx.AsyncBaseTransport
    http: httpx.AsyncClient
    inbox: list[httpx.Request]
    connector: HubSpotConnector

    def connect(self, **connection: Any) -> HubSpotConnector:
        """Another connection to the same sandbox; to the same account unless it has credentials of its own."""
        connection.setdefault("credentials", {"access_token": self.token})
        return hubspot(self.transport, base_url=URL, **connection)

    async def control(self, control: str, token: str | None = None, **body: Any) -> Any:
        """What people and time do."""
        headers = {"Authorization": f"Bearer {token or self.token}"}
        answer = await self.http.post(f"{URL}/_test/{control}", json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer.json()

    async def fault(self, kind: str, **details: Any) -> None:
        """Plan a fault for the twin's next request that matches."""
        planned = await self.http.post(
            "http://127.0.0.1/_faults", json={"provider": "hubspot", "kind": kind, **details}
        )
        assert planned.status_code == 201, planned.text

    async def state(self) -> dict[str, Any]:
        """What the twin holds of the one account."""
        found = (await self.http.get("http://127.0.0.1/_state", params={"provider": "hubspot"})).json()
        (portal,) = found["portals"].values()
        assert isinstance(portal, dict)
        return portal


@pytest.fixture
async def account() -> AsyncIterator[Account]:
    inbox: list[httpx.Request] = []

    def deliver(request: httpx.Request) -> httpx.Response:
        inbox.append(request)
        return httpx.Response(200)

    transport = httpx.ASGITransport(create_app(httpx.MockTransport(deliver), (0.01,)))
    token = new_token()
    async with httpx.AsyncClient(transport=transport) as http:
        connector = hubspot(transport, base_url=URL, credentials={"access_token": token})
        yield Account(token, transport, http, inbox, connector)
