"""Each test has a LinkedIn of its own, in its own process: nothing is shared, and nothing is slow."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from sandbox.app import create_app
from tests.providers.social.linkedin.builders import Reader, a_post, linkedin
from tests.support.networks.linkedin import NETWORK, published
from workers.providers.social.linkedin import LinkedInConnector
from workers.providers.social.models import Account, ExistingPost, PostRequest, PostResult

URL = "http://127.0.0.1"
APP = {"client_id": "an-app", "client_secret": "unit-test-secret"}
BACK = "https://hub.example/back"


@dataclass
class Login:
    """A login as a test uses it: the connector on one side, the controls on the other."""

    transport: httpx.AsyncBaseTransport
    http: httpx.AsyncClient
    token: str
    connector: LinkedInConnector
    webhooks: list[httpx.Request] = field(default_factory=list)

    def connection(self, **given: Any) -> LinkedInConnector:
        """Another connection to the same LinkedIn."""
        return linkedin(self.transport, base_url=f"{URL}/linkedin", **given)

    async def control(self, what: str, /, **body: Any) -> dict[str, Any]:
        """What people, time and LinkedIn do."""
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = await self.http.post(f"/linkedin/_test/{what}", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def fault(self, kind: str, **details: Any) -> None:
        """Plan a fault for the twin's next request that matches."""
        planned = await self.http.post("/_faults", json={"provider": "linkedin", "kind": kind, **details})
        assert planned.status_code == 201, planned.text

    async def texts(self) -> list[str]:
        """What people read."""
        return published((await self.http.get("/_state", params={"provider": "linkedin"})).json())

    async def prepared(self, request: PostRequest) -> dict[str, str]:
        """A post whose files are all there."""
        data: dict[str, str] = {}
        for _ in range(30):
            step = await self.connector.prepare_post(request, data)
            data = step.data
            if step.ready:
                return data
        raise AssertionError("it never gets ready")

    async def posted(self, **changes: Any) -> tuple[ExistingPost, PostResult]:
        """A post that is published."""
        request = a_post(**changes)
        made = await self.connector.publish_post(request, await self.prepared(request))
        return ExistingPost(account=request.account, provider_post_id=made.provider_post_id), made

    async def account(self, kind: str = "organization") -> Account:
        """One of the login's accounts."""
        found = next(each for each in await self.connector.list_accounts() if each.kind == kind)
        return Account(id=found.provider_account_id, kind=found.kind)


@pytest.fixture
async def login() -> AsyncIterator[Login]:
    """A new login, by a pasted token."""
    webhooks: list[httpx.Request] = []

    def receive(request: httpx.Request) -> httpx.Response:
        webhooks.append(request)
        return httpx.Response(200)

    transport = httpx.ASGITransport(create_app(httpx.MockTransport(receive), (0.01,)))
    token = NETWORK.account()["access_token"]
    connector = linkedin(transport, credentials={"access_token": token}, base_url=f"{URL}/linkedin")
    connector.media_reader = Reader()
    async with httpx.AsyncClient(transport=transport, base_url=URL) as http:
        yield Login(transport, http, token, connector, webhooks)


def unique(text: str = "فرع جديد (دبي)") -> str:
    """A text that nobody else posts."""
    return f"{text} {uuid.uuid4()}"


def a_while_ago() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=5)
