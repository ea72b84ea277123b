"""Each test has an account of its own at a twin of its own."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from sandbox.app import create_app
from tests.support.tools.google_analytics import TOOL, key_file
from workers.providers.marketing.google_analytics import GoogleAnalyticsConnector
from workers.providers.registry import open_connector

EMAIL = "reports@souk-online.iam.gserviceaccount.com"


@dataclass
class Account:
    """The connector on one side, the twin's controls on the other."""

    http: httpx.AsyncClient
    transport: httpx.ASGITransport
    credentials: dict[str, str]

    def connect(self, credentials: dict[str, str] | None = None, **settings: Any) -> GoogleAnalyticsConnector:
        """A connection to the twin."""
        connector = open_connector(
            "google_analytics",
            credentials=self.credentials if credentials is None else credentials,
            settings={**TOOL.settings, **settings},
            base_url="http://sandbox.test/google_analytics",
            transport=self.transport,
        )
        assert isinstance(connector, GoogleAnalyticsConnector)
        return connector

    async def control(self, name: str, **body: Any) -> Any:
        """What people and time do."""
        answer = await self.http.post(f"/google_analytics/_test/{name}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def fault(self, kind: str, path: str, **details: Any) -> None:
        """Plan a fault for the twin's next call of a path."""
        body = {"provider": "google_analytics", "kind": kind, "match": {"path": path}, **details}
        assert (await self.http.post("/_faults", json=body)).status_code == 201

    async def state(self, subject_id: str | None = None) -> dict[str, Any]:
        """What the twin holds."""
        query = {"provider": "google_analytics", **({"payment_id": subject_id} if subject_id else {})}
        found: dict[str, Any] = (await self.http.get("/_state", params=query)).json()
        return found


@pytest.fixture
async def account() -> AsyncIterator[Account]:
    transport = httpx.ASGITransport(create_app(httpx.MockTransport(lambda _: httpx.Response(200))))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox.test") as http:
        key = key_file(client_email=EMAIL)
        yield Account(http, transport, {"service_account_key": key, "api_secret": "secret-of-the-stream"})
