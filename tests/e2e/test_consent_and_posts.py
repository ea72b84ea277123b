"""From nothing to a published post: connected with the SDK, agreed to with a browser on each network's consent page,
brought back by the function `oauth`, and published at its time."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import httpx
import pytest
from wasl import AsyncWasl, NotFound, Post, SocialAccount

from tests.support.networks import NETWORKS
from tests.support.newsrooms import LOCAL, headline
from tests.support.workplace import Workplace, until
from workers.store.credentials import PostgresCredentials
from workers.vault.keyring_file import KeyringFile
from workers.vault.keys import new_key

BACK = "https://app.example.ae/connected?tab=social"


@dataclass
class Shop:
    """A business with a hub, and whoever manages its pages, with a browser."""

    workplace: Workplace
    hub: AsyncWasl
    manager: httpx.AsyncClient

    async def sent_away(self, network: str, **arguments: Any) -> tuple[Any, str]:
        """A connection to a network, and the page that the manager is sent to."""
        connection = await self.hub.connections.create(network, environment="sandbox")
        keys = {"client_id": f"1000{uuid4().int % 10**12}", "client_secret": uuid4().hex}
        await self.hub.connections.set_credentials(connection.id, keys)
        consent = await self.hub.connections.authorize(connection.id, return_url=BACK, **arguments)
        return connection.id, consent.authorization_url

    async def decides(self, page: str, decision: str) -> httpx.Response:
        """The answer of the hub to the browser that the network sends back there."""
        assert (await self.manager.get(page)).status_code == 200
        pressed = await self.manager.post(page, data={"decision": decision})
        assert pressed.status_code == 303
        callback = pressed.headers["location"]
        assert callback.startswith(f"{self.workplace.stack.url}/functions/v1/oauth/callback?")
        return await self.manager.get(callback)

    async def accounts(self, connection_id: Any) -> dict[str, SocialAccount]:
        """What a login reaches, by the network's ids."""
        listed = self.hub.accounts.list(connection_id=connection_id)
        return {account.provider_account_id: account async for account in listed}


@pytest.fixture
async def shop(workplace: Workplace) -> AsyncIterator[Shop]:
    """A business of the test's own, with a worker at work."""
    stack, user_id = workplace.stack, str(uuid4())
    await workplace.database.execute(
        "insert into auth.users (id, email) values (%s, %s)", [user_id, f"{user_id}@example.com"]
    )
    token = stack.mint_jwt({"role": "authenticated", "aud": "authenticated", "sub": user_id})
    async with (
        AsyncWasl(stack.url, stack.publishable_key, access_token=token) as hub,
        httpx.AsyncClient(timeout=30, headers={"user-agent": "Mozilla/5.0"}) as manager,
    ):
        organization = await hub.organizations.create("Dubai Coffee House")
        vault = PostgresCredentials(workplace.pool)
        await new_key(KeyringFile(workplace.keyring), vault, organization_id=organization.id)
        async with workplace.working(public_url=stack.url, allowed_networks=LOCAL):
            yield Shop(workplace, hub, manager)


def came_back(answer: httpx.Response) -> dict[str, str]:
    """What the browser is sent on with, to where the consent was begun."""
    assert answer.status_code == 303, answer.text
    address = urlsplit(answer.headers["location"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == BACK.partition("?")[0]
    return dict(parse_qsl(address.query))


async def test_every_network_is_connected_and_one_post_goes_to_all(shop: Shop) -> None:
    chosen = {}
    for key, network in NETWORKS.items():
        connection_id, page = await shop.sent_away(key)
        back = came_back(await shop.decides(page, "allow"))
        assert back == {"tab": "social", "connection_id": str(connection_id), "status": "connected"}
        grant = await shop.hub.connections.grant(connection_id)
        assert grant.scopes
        accounts = await shop.accounts(connection_id)
        assert network.accounts <= accounts.keys()
        assert not any(account.enabled for account in accounts.values())
        account = accounts[network.account_id]
        await shop.hub.accounts.choose(connection_id, [account.id])
        chosen[key] = account.id

    text, picture = headline(), f"{str(shop.workplace.sandbox.base_url).rstrip('/')}/_media/1080x1080.jpg"
    posts = await shop.hub.posts.publish(
        account_ids=list(chosen.values()),
        text=text,
        media=[{"url": picture, "alt_text": "The shop front"}],
        scheduled_at=datetime.now(UTC) + timedelta(seconds=2),
    )
    assert {post.status for post in posts} == {"scheduled"}

    async def out() -> list[Post] | None:
        now = [await shop.hub.posts.get(post.id) for post in posts]
        return now if all(post.status not in ("scheduled", "publishing") for post in now) else None

    for post in await until(out, seconds=30):
        assert (post.status, post.failure, post.problems) == ("published", None, [])
        assert post.permalink
    for key, network in NETWORKS.items():
        state = (await shop.workplace.sandbox.get("/_state", params={"provider": key})).json()
        assert network.published(state).count(text) == 1


async def test_somebody_who_declines_is_brought_back_and_nothing_is_connected(shop: Shop) -> None:
    connection_id, page = await shop.sent_away("linkedin")
    back = came_back(await shop.decides(page, "deny"))
    assert (back["status"], back["code"]) == ("failed", "consent_declined")
    with pytest.raises(NotFound):
        await shop.hub.connections.grant(connection_id)


async def test_the_way_back_is_good_once(shop: Shop) -> None:
    _, page = await shop.sent_away("facebook")
    assert (await shop.manager.get(page)).status_code == 200
    callback = (await shop.manager.post(page, data={"decision": "allow"})).headers["location"]
    assert came_back(await shop.manager.get(callback))["status"] == "connected"
    again = await shop.manager.get(callback)
    assert (again.status_code, "location" in again.headers) == (410, False)
