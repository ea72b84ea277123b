"""How posts and accounts do: asked for by the clock and by webhooks, and kept as history."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.networks import NETWORKS
from tests.support.newsrooms import LOCAL, Newsroom, headline
from tests.support.shops import HUB, SECRET, Street, open_street
from tests.support.workplace import Row, Workplace, until
from workers.store.social import PostgresSocial

pytestmark = pytest.mark.usefixtures("no_faults", "worker")
LOOKS = [
    *(timedelta(minutes=15), timedelta(hours=1), timedelta(hours=3), timedelta(hours=6), timedelta(hours=12)),
    *(timedelta(days=days) for days in (1, 2, 3, 5, 7, 14, 30, 60, 90)),
]


@pytest.fixture(scope="module")
async def street(workplace: Workplace) -> AsyncIterator[Street]:
    """The sandbox with a way for its webhooks to come in."""
    async with open_street(workplace) as street:
        yield street


@pytest.fixture(scope="module")
async def worker(street: Street) -> AsyncIterator[None]:
    async with street.hub.working(allowed_networks=LOCAL, poll_seconds=0.05):
        yield


async def open_newsroom(street: Street, key: str) -> Newsroom:
    return await Newsroom.open(street.hub, NETWORKS[key])


async def history(room: Newsroom, post: Row) -> list[Row]:
    """What was counted of a post, the oldest first."""
    return await room.hub.all("select * from public.social_engagement where post_id = %s order by taken_at", post["id"])


async def next_look(room: Newsroom, post: Row) -> datetime | None:
    """When a post is counted next."""
    rows = await room.hub.all("select due_at from private.post_looks where post_id = %s", post["id"])
    return rows[0]["due_at"] if rows else None


async def ages(room: Newsroom, post: Row, age: timedelta) -> Row:
    """A post of that age."""
    query = "update public.social_posts set published_at = now() - %s where id = %s returning *"
    return await room.hub.one(query, age, post["id"])


@pytest.mark.parametrize("key", NETWORKS)
async def test_figures_become_history_when_they_change(street: Street, key: str) -> None:
    room = await open_newsroom(street, key)
    post = await room.published()
    await room.clock_strikes(post)
    told = await room.first.network.grow(room.first.login, post["provider_post_id"])
    await room.clock_strikes(post)
    await room.clock_strikes(post)  # nothing has happened since
    row, lines = await room.now(post), await history(room, post)
    assert told.items() <= row["engagement"].items()
    assert told.items() <= lines[-1].items()
    assert len(lines) == 2
    assert abs(row["measured_at"] - datetime.now(UTC)) < timedelta(minutes=1)


async def test_a_post_is_looked_at_ever_more_rarely(street: Street) -> None:
    room = await open_newsroom(street, "facebook")
    post = await room.published()
    due = await next_look(room, post)
    assert due == post["published_at"] + LOOKS[0]
    for age, following in zip(LOOKS, [*LOOKS[1:], None], strict=True):
        post = await ages(room, post, age + timedelta(minutes=1))
        await room.clock_strikes(post)
        due = await next_look(room, post)
        assert due == (None if following is None else post["published_at"] + following), age


async def test_posts_of_an_account_are_asked_about_together(street: Street) -> None:
    room = await open_newsroom(street, "linkedin")
    posts = [await room.published() for _ in range(3)]
    query = "update private.post_looks set due_at = now() where post_id = any (%s)"
    async with street.hub.database.transaction():
        await street.hub.database.execute(query, [[each["id"] for each in posts]])
        row = await street.hub.one("select private.enqueue_due_posts() as jobs")
    assert row["jobs"] == 1
    await room.jobs_done("post.measure")
    assert all([(await room.now(each))["measured_at"] for each in posts])


@pytest.mark.parametrize("key", NETWORKS)
async def test_a_post_that_is_gone_there_is_deleted_here(street: Street, key: str) -> None:
    room = await open_newsroom(street, key)
    post, other = await room.published(), await room.published()
    elsewhere = await Newsroom.open(street.hub)  # another hub works with the same login
    await elsewhere.connect(NETWORKS[key], {"access_token": room.first.login.token})
    copy = (
        "update public.social_posts set status = 'published', published_at = now(), provider_post_id = %s where id = %s"
    )
    twin = await elsewhere.post(draft=True)
    await street.hub.database.execute(copy, [post["provider_post_id"], twin["id"]])
    await street.hub.call("delete_post", post_id=twin["id"])
    assert (await elsewhere.ended(twin, "post.delete"))["status"] == "succeeded"

    await room.clock_strikes(post, other)
    assert [(await room.now(each))["status"] for each in (post, other)] == ["deleted", "published"]
    assert len(await room.events("post.deleted", post)) == 1
    assert await next_look(room, post) is None


@pytest.mark.parametrize("key", NETWORKS)
async def test_an_account_is_counted_once_a_day(street: Street, key: str) -> None:
    room = await open_newsroom(street, key)
    outlet = room.first
    await street.hub.database.execute("delete from private.account_looks where account_id = %s", [outlet.account_id])
    await PostgresSocial(street.hub.pool, safe_seconds=1).enqueue_due()
    await room.jobs_done("account.measure")
    query = "select * from public.social_account_metrics where account_id = %s"
    (figures,) = await street.hub.all(query, outlet.account_id)
    assert figures["day"] == (datetime.now(UTC) - timedelta(days=1)).date()
    assert figures["followers"] > 0
    account = await room.account(outlet.connection_id, outlet.network.account_id)
    assert account["followers"] == figures["followers"]
    await PostgresSocial(street.hub.pool, safe_seconds=1).enqueue_due()
    due = "select due_at from private.account_looks where account_id = %s"
    assert (await street.hub.one(due, outlet.account_id))["due_at"] > datetime.now(UTC) + timedelta(hours=23)


@pytest.mark.parametrize("key", NETWORKS)
async def test_access_that_is_lost_is_noticed(street: Street, key: str) -> None:
    room = await open_newsroom(street, key)
    post = await room.published()
    await room.first.network.end(room.first.login, "revoke")
    await room.clock_strikes(post)
    assert await room.status(room.first) == "needs_attention"
    assert len(await room.alerts(f"connection.needs_attention:{room.first.connection_id}")) == 1
    assert (await room.now(post))["status"] == "published"


async def test_figures_are_not_lost_because_comments_may_not_be_read(street: Street) -> None:
    """LinkedIn gives no new app the scope to read what is said below people's own posts."""
    room = await open_newsroom(street, "linkedin")
    post = await room.published()
    told = await room.first.network.grow(room.first.login, post["provider_post_id"])
    await room.first.network.comment(room.first.login, post["provider_post_id"], headline())
    await room.fault("server_error", "GET /rest/socialActions/*", status=403)
    await room.clock_strikes(post)
    row = await room.now(post)
    assert told.items() <= row["engagement"].items()
    assert (await room.comments(post), await room.status(room.first)) == ([], "active")


class TestWebhooks:
    async def listens(self, street: Street, key: str) -> Newsroom:
        """A newsroom whose network tells it what happens, signed with the app's secret."""
        room = Newsroom(street.hub, await street.hub.organization())
        outlet = await room.connect(NETWORKS[key], {"client_id": "1000042", "client_secret": SECRET})
        made = await street.hub.call("create_webhook_endpoint", connection_id=outlet.connection_id)
        url = f"{HUB}{made['create_webhook_endpoint']['path']}"
        await outlet.network.listen(outlet.login, url, "1000042", SECRET)
        return room

    async def all_is_heard(self, room: Newsroom, post: Row) -> None:
        """The news that the post itself was has come in; after that it is not due for long."""
        await room.hub.sandbox.get("/_deliveries", params={"wait": "true"})
        await room.jobs_done("webhook.process")
        query = "update private.post_looks set due_at = now() + interval '1 hour' where post_id = %s"
        await room.hub.database.execute(query, [post["id"]])

    async def becomes_due(self, room: Newsroom, post: Row) -> bool:
        """Whether a post is to be counted within two minutes."""
        due = await next_look(room, post)
        return due is not None and due < datetime.now(UTC) + timedelta(minutes=2)

    @pytest.mark.parametrize("key", NETWORKS)
    async def test_signed_news_of_a_post_makes_it_due(self, street: Street, key: str) -> None:
        room = await self.listens(street, key)
        post, words = await room.published(), headline()
        await self.all_is_heard(room, post)
        await room.first.network.comment(room.first.login, post["provider_post_id"], words)
        await until(lambda: self.becomes_due(room, post))
        await room.clock_strikes(post)
        assert [each["text"] for each in await room.comments(post)] == [words]

    @pytest.mark.parametrize("key", NETWORKS)
    async def test_forged_news_changes_nothing(self, street: Street, key: str) -> None:
        room = await self.listens(street, key)
        post = await room.published()
        await self.all_is_heard(room, post)
        await street.hub.plan_fault("webhook_forged", provider=key, times=9)
        await room.first.network.comment(room.first.login, post["provider_post_id"], headline())

        async def refused() -> int:
            query = "select refused_count from public.webhook_endpoints where connection_id = %s"
            return int((await street.hub.one(query, room.first.connection_id))["refused_count"])

        await until(refused)
        await room.jobs_done("webhook.process")
        assert not await self.becomes_due(room, post)
