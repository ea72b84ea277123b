"""A sandbox on a real socket, and each test an account of its own in it."""

import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from sandbox.app import create_app
from sandbox.server import serving
from workers.providers.payments.stripe import StripeConnector
from workers.providers.registry import open_connector


@dataclass
class Account:
    """A Stripe account in the sandbox, as a test uses it: the connector on one side, the controls on the other."""

    url: str
    key: str
    http: httpx.AsyncClient
    connector: StripeConnector

    async def post(self, path: str, **form: str) -> dict[str, Any]:
        """POST to the twin with the account's key."""
        answer = await self.http.post(f"{self.url}/stripe{path}", data=form, headers=self.headers)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def get(self, path: str) -> dict[str, Any]:
        """GET from the twin with the account's key."""
        answer = await self.http.get(f"{self.url}/stripe{path}", headers=self.headers)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def fault(self, kind: str, **details: Any) -> None:
        """Plan a fault for the twin's next request that matches."""
        planned = await self.http.post(f"{self.url}/_faults", json={"provider": "stripe", "kind": kind, **details})
        assert planned.status_code == 201, planned.text

    async def charges(self) -> list[dict[str, Any]]:
        """Every charge that succeeded."""
        listed = await self.get("/v1/charges?limit=100")
        return [charge for charge in listed["data"] if charge["status"] == "succeeded"]

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


@dataclass
class Inbox:
    """A webhook endpoint that keeps what it gets, and answers as it is told."""

    requests: list[httpx.Request] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(self.answers.pop(0) if self.answers else 200)


@pytest.fixture(scope="session")
def inboxes() -> dict[str, Inbox]:
    """The endpoints, by host name."""
    return {}


@pytest.fixture(scope="session")
async def sandbox_url(inboxes: dict[str, Inbox]) -> AsyncIterator[str]:
    """The sandbox's URL. Its webhooks go to `inboxes` instead of the network."""

    def deliver(request: httpx.Request) -> httpx.Response:
        return inboxes[request.url.host](request)

    app = create_app(webhook_transport=httpx.MockTransport(deliver), retry_pauses_seconds=(0.01, 0.02))
    async with serving(app) as url:
        yield url


@pytest.fixture(scope="session")
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """One client for the controls of all tests."""
    async with httpx.AsyncClient(verify=False) as client:
        yield client


@pytest.fixture
async def account(sandbox_url: str, http: httpx.AsyncClient) -> AsyncIterator[Account]:
    """A new account; faults that a test planned and did not use are forgotten after it."""
    key = f"sk_test_{uuid.uuid4().hex}"
    connector = open_connector(
        "stripe",
        credentials={"secret_key": key},
        base_url=f"{sandbox_url}/stripe",
        transport=httpx.AsyncHTTPTransport(verify=False),
    )
    assert isinstance(connector, StripeConnector)
    async with connector:
        yield Account(sandbox_url, key, http, connector)
    await http.delete(f"{sandbox_url}/_faults")


@pytest.fixture
def new_inbox(inboxes: dict[str, Inbox]) -> Callable[[], tuple[str, Inbox]]:
    """A function that opens a new webhook endpoint: its URL, and what arrives there."""

    def make() -> tuple[str, Inbox]:
        host = f"{uuid.uuid4().hex}.example"
        inboxes[host] = Inbox()
        return f"https://{host}/functions/v1/webhooks/token", inboxes[host]

    return make
