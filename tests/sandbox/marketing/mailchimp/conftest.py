"""Each test has an account of its own in Mailchimp's twin."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.providers.marketing.mailchimp.builders import AUDIENCE, mailchimp, new_key
from tests.sandbox.conftest import Inbox
from workers.providers.marketing.mailchimp import MailchimpConnector


@dataclass
class Account:
    """An account as a test uses it: the connector on one side, the controls on the other."""

    url: str
    key: str
    http: httpx.AsyncClient
    connector: MailchimpConnector

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        """POST to the twin with the account's key."""
        answer = await self.http.post(f"{self.url}/mailchimp{path}", json=body, auth=("any", self.key))
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def member(self, move: str, email: str, **body: Any) -> None:
        """What somebody does, or an admin with them."""
        await self.post(f"/_test/members/{AUDIENCE}/{move}", email=email, **body)

    async def fault(self, kind: str, **details: Any) -> None:
        """Plan a fault for the twin's next request that matches."""
        planned = await self.http.post(f"{self.url}/_faults", json={"provider": "mailchimp", "kind": kind, **details})
        assert planned.status_code == 201, planned.text

    async def held(self, email: str) -> dict[str, Any] | None:
        """What the twin holds of an address, in any account."""
        query = {"provider": "mailchimp", "payment_id": email}
        found = (await self.http.get(f"{self.url}/_state", params=query)).json()
        contact: dict[str, Any] | None = next(iter(found["contacts"].values()), None)
        return contact


@pytest.fixture
async def account(sandbox_url: str, http: httpx.AsyncClient) -> AsyncIterator[Account]:
    """A new account; faults that a test planned and did not use are forgotten after it."""
    key = new_key()
    transport = httpx.AsyncHTTPTransport(verify=False)
    url = f"{sandbox_url}/mailchimp"
    async with mailchimp(transport, credentials={"access_token": key}, base_url=url) as connector:
        yield Account(sandbox_url, key, http, connector)
    await http.delete(f"{sandbox_url}/_faults")


@pytest.fixture
def new_webhook(account: Account, new_inbox: Callable[[], tuple[str, Inbox]]) -> Any:
    """A function that registers a webhook for everything but the API's own changes; its secret, and what arrives."""

    async def make() -> tuple[str | None, Inbox]:
        url, inbox = new_inbox()
        kinds = ("subscribe", "unsubscribe", "profile", "cleaned", "upemail", "campaign")
        made = await account.post(
            f"/lists/{AUDIENCE}/webhooks",
            url=url,
            events=dict.fromkeys(kinds, True),
            sources={"user": True, "admin": True, "api": False},
        )
        return made.get("signing_secret"), inbox

    return make
