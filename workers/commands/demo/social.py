"""The step of the demo in which three networks are connected by consent, and one post goes to all of them."""

import secrets
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

import httpx
from wasl import Connection
from wasl.social_models import Post, SocialAccount

from workers.commands.demo.scenario import Facts, expect
from workers.commands.demo.waiting import WAIT_SECONDS, until
from workers.commands.demo.world import World

NETWORKS: Final = ("facebook", "instagram", "linkedin")
AHEAD: Final = timedelta(seconds=2)
BROWSER: Final = {"user-agent": "Mozilla/5.0"}


async def publish(world: World) -> Facts:
    """Three networks are connected through their consent pages; one scheduled post goes to all, and is counted."""
    connections: list[Connection] = []
    try:
        for network in NETWORKS:
            connections.append(await _connect(world, network))
        accounts = [await _choose(world, connection) for connection in connections]
        posts = await world.hub.posts.publish(
            account_ids=[account.id for account in accounts],
            text=f"Our new branch in Dubai Marina opens on Monday. {secrets.token_hex(3)}",
            media=[{"url": f"{world.settings.sandbox_url}/_media/1080x1080.jpg", "alt_text": "The shop front"}],
            first_comment="Open from 10 to 22.",
            variants={"linkedin": {"text": f"We are opening our fourth branch (Dubai Marina). {secrets.token_hex(3)}"}},
            scheduled_at=datetime.now(UTC) + AHEAD,
        )
        expect(all(post.status == "scheduled" for post in posts), "The posts are not scheduled.")
        published = [await until(partial(_published, world, post), "a post") for post in posts]
        for post in published:
            await world.hub.posts.measure(post.id)
        figures = [await until(partial(_figures, world, post), "figures of a post") for post in published]
    finally:
        for connection in connections:
            await world.hub.connections.disconnect(connection.id)
    return {
        **{network: f"{account.name}" for network, account in zip(NETWORKS, accounts, strict=True)},
        "published": f"{len(published)} of {len(NETWORKS)}",
        "late": f"{max(_late(post) for post in published):.1f} s",
        "figures": ", ".join(figures),
    }


async def _connect(world: World, network: str) -> Connection:
    """A connection to which somebody has consented on the network's own page."""
    world.hidden[f"{network} secret"] = secret = secrets.token_hex(16)
    connection = await world.hub.connections.create(network, name=f"Demo {secrets.token_hex(4)}")
    credentials = {"client_id": f"app-{secrets.token_hex(6)}", "client_secret": secret}
    await world.hub.connections.set_credentials(connection.id, credentials)
    consent = await world.hub.connections.authorize(connection.id, wait=WAIT_SECONDS)
    async with httpx.AsyncClient(
        trust_env=False, timeout=WAIT_SECONDS, headers={"user-agent": "Mozilla/5.0"}
    ) as browser:
        page = await browser.get(consent.authorization_url)
        expect(page.status_code == httpx.codes.OK, f"{network}'s consent page answers {page.status_code}.")
        back = await browser.post(page.url, data={"decision": "allow"}, follow_redirects=True)
    expect(back.is_success, f"Coming back from {network} answers {back.status_code}: {back.text[:200]}")
    connection = await world.hub.connections.get(connection.id)
    expect(connection.status == "active", f"The connection to {network} is {connection.status}.")
    return connection


async def _choose(world: World, connection: Connection) -> SocialAccount:
    """The first account that the consent reaches, to be posted to."""
    found = [account async for account in world.hub.accounts.list(connection_id=connection.id)]
    expect(bool(found), f"{connection.provider_key} lists no accounts.")
    account = min((each for each in found if each.can_publish), key=lambda each: (each.kind == "member", each.name))
    return (await world.hub.accounts.choose(connection.id, [account.id]))[0]


async def _published(world: World, post: Post) -> Post | None:
    found = await world.hub.posts.get(post.id)
    expect(found.status != "failed", f"A post failed: {found.failure}")
    return found if found.status == "published" else None


async def _figures(world: World, post: Post) -> str | None:
    """How the post does, once the network has told."""
    found = await world.hub.posts.get(post.id)
    if found.measured_at is None:
        return None
    expect(bool(await world.hub.posts.engagement(post.id)), "There is no history of the figures.")
    return ", ".join(f"{name} {found.engagement[name]}" for name in ("views", "comments") if name in found.engagement)


def _late(post: Post) -> float:
    if post.published_at is None or post.scheduled_at is None:
        return 0.0
    return max(0.0, (post.published_at - post.scheduled_at).total_seconds())
