"""Every social network against everything that can go wrong on the wire, through the whole hub: asked for by RPC,
published by a worker. In every case the post is there exactly once in the end; or it certainly is not, and then it has
failed with a reason.

Each test lets all networks meet its fault at the same time, and tells of each by name.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from stack.ports import free_ports
from tests.faults.shop import Line, open_line
from tests.support.networks import NETWORKS
from tests.support.networks.base import Network
from tests.support.newsrooms import LOCAL, Newsroom
from tests.support.workplace import Row, Workplace, until
from workers.operations.social import posts
from workers.providers.capabilities import PublishesPosts
from workers.providers.manifest import Category
from workers.providers.registry import CONNECTORS

pytestmark = pytest.mark.usefixtures("no_faults")

CALL_SECONDS = 2.0
HOLD = "3"
"""For how long a network refuses to be called, in seconds: longer than a call may take, so that the post is put off."""
QUICK: dict[str, Any] = {
    "call_timeout_seconds": CALL_SECONDS,
    "poll_seconds": 0.05,
    "retry_base_seconds": 0.01,
    "allowed_networks": LOCAL,
}

# No network's publishing call is repeated by itself once it may have been received.
PUBLISHED_UNHEARD: dict[str, dict[str, Any]] = {
    "cut after it was published": {"kind": "drop_after"},
    "malformed": {"kind": "malformed"},
    "truncated": {"kind": "truncated"},
    "wrong content type": {"kind": "wrong_content_type"},
    "answered too late": {"kind": "late_answer", "seconds": CALL_SECONDS * 1.5},
}
NOT_PUBLISHED: dict[str, dict[str, Any]] = {
    "500": {"kind": "server_error", "status": 500},
    "503": {"kind": "server_error", "status": 503},
    "cut before it was published": {"kind": "drop_before"},
    "429 with Retry-After": {"kind": "rate_limited", "retry_after": "1", "times": 2},
    "429 without Retry-After": {"kind": "rate_limited", "times": 3},
    "slow": {"kind": "latency", "seconds": CALL_SECONDS / 8},
}
UNPREPARED: dict[str, dict[str, Any]] = {
    "cut after it was done": {"kind": "drop_after"},
    "500": {"kind": "server_error", "status": 500},
}

LEASES_RUN_OUT = "update private.jobs set lease_until = now() where claim_id is not null and created_at >= %s"

Story = Callable[[Newsroom], Awaitable[None]]
AtEach = Callable[[Mapping[str, Network], Story], Awaitable[None]]


@pytest.fixture(scope="module")
async def line(workplace: Workplace) -> AsyncIterator[Line]:
    (port,) = free_ports(1)
    async with open_line(workplace, port) as line:
        yield line


@pytest.fixture
async def worker(workplace: Workplace, line: Line) -> AsyncIterator[None]:
    await workplace.organization()  # whose key is the first in the keyring
    async with workplace.working(sandbox_url=line.url, **QUICK):
        yield


@pytest.fixture(scope="module")
async def places(workplace: Workplace) -> AsyncIterator[dict[str, Workplace]]:
    """The workplace once for each network, with a connection of its own."""
    async with AsyncExitStack() as life:
        yield {key: await life.enter_async_context(workplace.another()) for key in NETWORKS}


@pytest.fixture
def at_each(workplace: Workplace, places: dict[str, Workplace], subtests: pytest.Subtests) -> AtEach:
    """A function that lets the same happen at several networks at the same time, each by its name."""

    async def tell(networks: Mapping[str, Network], story: Story) -> None:
        async def happen(network: Network) -> None:
            await story(await Newsroom.open(places[network.key], network, organization_id=organizations[network.key]))

        organizations = {key: await workplace.organization() for key in networks}
        ends = await asyncio.gather(*map(happen, networks.values()), return_exceptions=True)
        for key, end in zip(networks, ends, strict=True):
            with subtests.test(key):
                if end is not None:
                    raise end

    return tell


def test_every_network_is_among_them() -> None:
    social = {key: kind for key, kind in CONNECTORS.items() if kind.manifest.category is Category.SOCIAL}
    assert NETWORKS.keys() == {key for key, kind in social.items() if issubclass(kind, PublishesPosts)}


async def is_there_once(room: Newsroom, post: Row) -> None:
    """The post is at the network, once, and its row has it."""
    row = await room.now(post)
    assert (row["status"], row["failure"], await room.copies(post)) == ("published", None, 1)
    assert row["provider_post_id"]
    assert await room.alerts(f"post:{post['id']}:failed") == []
    assert len(await room.events("post.published", post)) == 1


async def is_not_there(room: Newsroom, post: Row, code: str) -> Row:
    """The post is not at the network, and has failed with a reason of that code; the reason."""
    row = await room.now(post)
    assert (row["status"], await room.copies(post)) == ("failed", 0)
    assert row["failure"]["code"] == code
    assert len(await room.alerts(f"post:{post['id']}:failed")) == 1
    failure: Row = row["failure"]
    return failure


async def album(room: Newsroom, **arguments: Any) -> Row:
    """A post of two pictures, just asked for: both are brought to the network first."""
    return await room.post(media=[room.picture(), room.picture(1000, 1000)], **arguments)


class TestTheCallThatPublishes:
    @pytest.mark.parametrize("fault", PUBLISHED_UNHEARD)
    @pytest.mark.usefixtures("worker")
    async def test_an_answer_that_is_lost(self, at_each: AtEach, fault: str) -> None:
        async def story(room: Newsroom) -> None:
            number = await room.fault(call=room.first.network.publish_call, **PUBLISHED_UNHEARD[fault])
            post = await room.post()
            operation = await room.settled(post)
            assert operation["status"] == "succeeded", operation["error"]
            await is_there_once(room, post)
            assert not await room.unmet(number)

        await at_each(NETWORKS, story)

    @pytest.mark.parametrize("fault", NOT_PUBLISHED)
    @pytest.mark.usefixtures("worker")
    async def test_a_post_that_may_have_been_published_and_has_not(self, at_each: AtEach, fault: str) -> None:
        async def story(room: Newsroom) -> None:
            number = await room.fault(call=room.first.network.publish_call, **NOT_PUBLISHED[fault])
            post = await room.post()
            operation = await room.settled(post)
            assert operation["status"] == "succeeded", operation["error"]
            await is_there_once(room, post)
            assert not await room.unmet(number)

        await at_each(NETWORKS, story)

    @pytest.mark.usefixtures("worker")
    async def test_a_post_that_looks_like_one_before_is_not_taken_for_it(self, at_each: AtEach) -> None:
        """The same words, published a while ago: networks take them again then, and the hub finds the right one."""

        async def story(room: Newsroom) -> None:
            before = await room.published()
            await room.fault("drop_before", room.first.network.publish_call)
            post = await room.post(text=before["text"], media=[room.picture(1000, 1000)])
            await room.settled(post)
            row = await room.now(post)
            assert row["provider_post_id"] != before["provider_post_id"]
            assert (row["status"], await room.copies(post)) in (("published", 2), ("failed", 1))

        await at_each(NETWORKS, story)

    @pytest.mark.usefixtures("worker")
    async def test_connections_that_are_refused(self, at_each: AtEach, line: Line) -> None:
        refused = asyncio.Barrier(len(NETWORKS) + 1)

        async def story(room: Newsroom) -> None:
            post = await room.post()

            async def noticed() -> bool:
                error = (await room.hub.operation(post["id"], "post.publish"))["error"]
                return error is not None and error["code"] == "unavailable"

            try:
                await until(noticed)
            finally:
                await refused.wait()
            await room.settled(post)
            await is_there_once(room, post)

        async def repair() -> None:
            await refused.wait()
            await line.join()

        await line.cut()
        await asyncio.gather(repair(), at_each(NETWORKS, story))


class TestTheStepsBefore:
    @pytest.mark.parametrize("fault", UNPREPARED)
    @pytest.mark.usefixtures("worker")
    async def test_a_picture_that_does_not_get_there_is_brought_again(self, at_each: AtEach, fault: str) -> None:
        async def story(room: Newsroom) -> None:
            number = await room.fault(call=room.first.network.file_call, skip=1, **UNPREPARED[fault])
            post = await album(room)
            operation = await room.settled(post)
            assert operation["status"] == "succeeded", operation["error"]
            await is_there_once(room, post)
            assert not await room.unmet(number)

        await at_each(NETWORKS, story)


async def preparation(room: Newsroom, post: Row) -> dict[str, str]:
    """How far the publishing of a post has come."""
    kept = "select data from private.post_preparations where post_id = %s"
    data: dict[str, str] = (await room.hub.one(kept, post["id"]))["data"]
    return data


async def new_login(room: Newsroom) -> None:
    """Somebody has pasted another token."""
    outlet = room.first
    given = outlet.network.account()
    outlet.login = room.login(outlet.network, given["access_token"])
    async with room.hub.database.transaction():
        await room.hub.set_credentials(room.organization_id, outlet.connection_id, given)
        await room.leave_alone(outlet.connection_id)


async def test_a_worker_that_is_killed(workplace: Workplace, at_each: AtEach, tmp_path: Path) -> None:
    """After it has sent one post, and while it brings another's second picture to the network."""
    killed = Killing(workplace, tmp_path)

    async def story(room: Newsroom) -> None:
        network = room.first.network
        await room.fault("late_answer", network.publish_call, seconds=20)
        sent = await room.post()
        async with killed.once():
            await until(lambda: room.copies(sent), seconds=60)  # a process begins
            second = await room.fault("latency", network.file_call, seconds=20, skip=1)
            begun = await album(room)
            await until(lambda: met(room, second), seconds=60)
            kept = await preparation(room, begun)
        for post in (sent, begun):
            await room.settled(post)
            await is_there_once(room, post)
        first, _ = network.files(await room.at(network), begun["text"])
        assert first in kept.values(), "what is there already is not brought again"

    await killed.amid(at_each(NETWORKS, story))


async def met(room: Newsroom, fault: int) -> bool:
    """Whether a fault has been met."""
    return fault not in [each["id"] for each in (await room.hub.sandbox.get("/_faults")).json()]


class Killing:
    """Kills a worker when every network's story is where it should happen, and starts another."""

    def __init__(self, workplace: Workplace, directory: Path) -> None:
        self._workplace = workplace
        self._directory = directory
        self._there = asyncio.Barrier(len(NETWORKS) + 1)
        self._replaced = asyncio.Event()
        self._over = asyncio.Event()

    @asynccontextmanager
    async def once(self) -> AsyncIterator[None]:
        """What is waited for in the block happens, the worker is killed, and the other is at work."""
        try:
            yield
        finally:
            await self._there.wait()
        await self._replaced.wait()

    async def amid(self, stories: Awaitable[None]) -> None:
        """Kill the worker in the middle of them."""
        await self._workplace.organization()  # whose key is the first in the keyring
        await asyncio.gather(self._kill(), self._tell(stories))

    async def _kill(self) -> None:
        patient = {**QUICK, "call_timeout_seconds": 20, "lease_seconds": 60}
        async with self._workplace.worker_process(self._directory, **patient) as first:
            await self._there.wait()
            first.kill()
            await first.process.wait()
        await self._workplace.database.execute(LEASES_RUN_OUT, [self._workplace.opened_at])
        async with self._workplace.working(**QUICK):
            self._replaced.set()
            await self._over.wait()

    async def _tell(self, stories: Awaitable[None]) -> None:
        try:
            await stories
        finally:
            self._over.set()


class TestAccess:
    @pytest.mark.usefixtures("worker")
    async def test_that_ends_in_mid_publishing(self, at_each: AtEach) -> None:
        """Nobody can renew a pasted token; the post is published after somebody has given another. What was brought
        to the network before may be gone by then, and is brought again."""

        async def story(room: Newsroom) -> None:
            network = room.first.network
            await room.fault("rate_limited", network.file_call, retry_after=HOLD, skip=1)
            post = await album(room)
            await room.waiting(post, "rate_limited")
            kept = await preparation(room, post)
            await network.end(room.first.login, "expire")
            await room.settled(post)
            await is_not_there(room, post, "authentication_failed")
            assert await room.status(room.first) == "needs_attention"

            await new_login(room)
            assert await room.status(room.first) == "active"
            await room.hub.call("retry_post", post_id=post["id"])
            await room.settled(post)
            await is_there_once(room, post)
            used = network.files(await room.at(network), post["text"])
            assert set(used).isdisjoint(kept.values())

        await at_each(NETWORKS, story)

    @pytest.mark.usefixtures("worker")
    async def test_that_ends_before_it_is_known_what_became_of_a_post(self, at_each: AtEach) -> None:
        """It cannot be asked: it is neither published again nor given up, until somebody has given another token."""

        async def story(room: Newsroom) -> None:
            outlet = room.first
            await room.fault("late_answer", outlet.network.publish_call, seconds=CALL_SECONDS * 1.1)
            post = await room.post()
            await until(lambda: room.copies(post))
            await outlet.network.end(outlet.login, "expire")
            await room.waiting(post, "authentication_failed")
            row = await room.now(post)
            assert (row["status"], await room.copies(post)) == ("publishing", 1)
            assert await room.status(outlet) == "needs_attention"

        await at_each(NETWORKS, story)

    @pytest.mark.usefixtures("worker")
    async def test_to_the_page_alone(self, at_each: AtEach) -> None:
        """Somebody takes the page out of the login while a post waits to be published there."""

        async def story(room: Newsroom) -> None:
            outlet = room.first
            await outlet.network.throttle(outlet.login)
            post = await room.post()
            await room.waiting(post, "rate_limited")
            await outlet.network.remove(outlet.login, outlet.network.account_id)
            operation = await room.settled(post)
            assert operation["status"] == "failed"
            row = await room.now(post)
            assert (row["status"], await room.copies(post)) == ("failed", 0)
            assert row["failure"]["code"] in ("authentication_failed", "not_found")
            assert len(await room.alerts(f"post:{post['id']}:failed")) == 1

        await at_each(NETWORKS, story)


class TestLimits:
    @pytest.mark.usefixtures("worker")
    async def test_in_the_networks_own_disguise_put_a_post_off_and_are_not_counted(self, at_each: AtEach) -> None:
        async def story(room: Newsroom) -> None:
            await room.first.network.throttle(room.first.login)
            post = await room.post()
            job = await room.waiting(post, "rate_limited")
            assert job["attempt"] == 0
            assert not job["outcome_unknown"]
            assert job["run_at"] > datetime.now(UTC) + timedelta(seconds=1)
            operation = await room.settled(post)
            assert (operation["status"], operation["attempts"]) == ("succeeded", 1)
            await is_there_once(room, post)

        await at_each(NETWORKS, story)

    @pytest.mark.usefixtures("worker")
    async def test_instagrams_quota_of_a_day(self, at_each: AtEach) -> None:
        async def story(room: Newsroom) -> None:
            account = room.first.network.account_id
            await room.first.login.control(f"accounts/{account}/quota", total=0)
            post = await room.post()
            job = await later_than(room, post, timedelta(minutes=50))
            assert (job["attempt"], await room.copies(post)) == (0, 0)
            await room.first.login.control(f"accounts/{account}/quota", total=25)
            await room.settled(post)
            await is_there_once(room, post)

        await at_each({"instagram": NETWORKS["instagram"]}, story)


async def later_than(room: Newsroom, post: Row, ahead: timedelta) -> Row:
    """The job that publishes a post, once it has been put off for a limit for so long; shorter waits pass."""

    async def put_off() -> Row | None:
        job = await room.waiting(post, "rate_limited")
        return job if job["run_at"] > datetime.now(UTC) + ahead else None

    job: Row = await until(put_off)
    return job


class TestFilesThatNeverGetReady:
    @pytest.mark.usefixtures("worker")
    async def test_instagrams_container(self, at_each: AtEach, monkeypatch: pytest.MonkeyPatch) -> None:
        """The hub gives up when its patience has ended, and says why."""

        async def story(room: Newsroom) -> None:
            status = {"status_code": "IN_PROGRESS", "status": "In Progress: Media is still being processed."}
            await room.fault("patched", "GET /v*/12*", patch=status, times=500)
            post = await room.post()
            await until(lambda: prepared(room, post))
            monkeypatch.setattr(posts, "_PATIENCE", timedelta(0))
            operation = await room.settled(post)
            failure = await is_not_there(room, post, "invalid_request")
            assert failure["field"] == "media"
            assert "did not make the post's files ready" in failure["message"]
            assert operation["error"] == failure

        await at_each({"instagram": NETWORKS["instagram"]}, story)

    @pytest.mark.usefixtures("worker")
    async def test_instagrams_container_that_fails(self, at_each: AtEach) -> None:
        async def story(room: Newsroom) -> None:
            told = "Error: The aspect ratio is not supported. 2207009"
            await room.fault("patched", "GET /v*/12*", patch={"status_code": "ERROR", "status": told})
            post = await room.post()
            await room.settled(post)
            failure = await is_not_there(room, post, "invalid_request")
            assert "aspect ratio" in failure["message"]

        await at_each({"instagram": NETWORKS["instagram"]}, story)

    @pytest.mark.usefixtures("worker")
    async def test_instagrams_container_that_has_run_out_is_made_anew(self, at_each: AtEach) -> None:
        async def story(room: Newsroom) -> None:
            await room.fault("rate_limited", room.first.network.publish_call, retry_after=HOLD)
            post = await room.post()
            await room.waiting(post, "rate_limited")
            (container,) = (await preparation(room, post)).values()
            await room.first.login.control(f"containers/{container}/age")
            long_ago = "update private.post_preparations set changed_at = now() - interval '1 day' where post_id = %s"
            await room.hub.database.execute(long_ago, [post["id"]])
            await room.settled(post)
            await is_there_once(room, post)

        await at_each({"instagram": NETWORKS["instagram"]}, story)


async def prepared(room: Newsroom, post: Row) -> bool:
    """Whether something of a post has been brought to the network."""
    return bool(await room.hub.all("select 1 from private.post_preparations where post_id = %s", post["id"]))
