"""How posts and accounts do: when they are counted, and what is kept of it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.newsroom import Newsroom, Row
from tests.support.probe_networks import BOARD

MINUTE, HOUR, DAY = 60, 3600, 86400
STEPS = [15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR]
STEPS += [each * DAY for each in (2, 3, 5, 7, 14, 30, 60, 90)]


@pytest.fixture
def account(newsroom: Newsroom) -> str:
    """An account without posts."""
    return newsroom.account()


@pytest.fixture(autouse=True)
def others_rest(newsroom: Newsroom) -> Iterator[None]:
    """Posts and accounts of other tests are out of the way of what goes by the clock."""
    newsroom.database.execute("delete from private.post_looks")
    newsroom.database.execute("update public.social_media_accounts set enabled = false where name <> 'Notice board'")
    yield


def history(newsroom: Newsroom, post: str) -> list[Row]:
    """What was kept of a post's figures."""
    return newsroom.rows("select * from public.social_engagement where post_id = %s order by taken_at", post)


def old(newsroom: Newsroom, post: str, age: timedelta) -> None:
    """Let a post have been published a while ago."""
    newsroom.database.execute("update public.social_posts set published_at = %s where id = %s", [ago(age), post])


def ago(age: timedelta) -> datetime:
    """A moment in the past."""
    return datetime.now(UTC) - age


@pytest.mark.parametrize(("after", "step"), [*zip([0, *STEPS], [*STEPS, None], strict=True)])
def test_a_post_is_counted_ever_more_rarely(newsroom: Newsroom, after: int, step: int | None) -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    query = "select private.next_post_look(%s, %s) as next"
    found = newsroom.one(newsroom.database, query, [at, at + timedelta(seconds=after)])["next"]
    assert found == (None if step is None else at + timedelta(seconds=step))


def test_figures_are_kept_when_they_change_and_once_a_day(newsroom: Newsroom, account: str) -> None:
    post = newsroom.published(account)

    assert newsroom.counted(post, views=10, reactions=2, reach=None, reactions_by_type={"like": 2}) == 1
    assert newsroom.counted(post, views=10, reactions=2) == 0
    assert newsroom.counted(post, views=None, reactions=3, reactions_by_type={}) == 1

    row = newsroom.row("public.social_posts", post)
    assert row["engagement"] == {"views": 10, "reactions": 3, "reactions_by_type": {"like": 2}}
    assert row["measured_at"] is not None
    assert [(each["views"], each["reactions"], each["reach"]) for each in history(newsroom, post)] == [
        (10, 2, None),
        (10, 3, None),
    ]
    newsroom.database.execute(
        "update public.social_engagement set taken_at = taken_at - interval '1 day' where post_id = %s", [post]
    )
    assert newsroom.counted(post, views=10) == 0
    assert len(history(newsroom, post)) == 3


def test_nothing_told_is_nothing_kept(newsroom: Newsroom, account: str) -> None:
    post = newsroom.published(account)
    assert newsroom.counted(post) == 0
    assert (history(newsroom, post), newsroom.row("public.social_posts", post)["engagement"]) == ([], {})


def test_a_post_that_is_gone_is_deleted(newsroom: Newsroom, account: str) -> None:
    gone, there = newsroom.published(account), newsroom.published(account)
    measures = [{"post_id": gone, "found": False}, {"post_id": there, "views": 1}]
    query = "select private.apply_engagement(%s) as changed"
    assert newsroom.as_worker(query, measures)["changed"] == 2
    assert newsroom.as_worker(query, measures)["changed"] == 0
    assert newsroom.row("public.social_posts", gone)["status"] == "deleted"
    assert [each["type"] for each in newsroom.events(gone)] == ["post.published", "post.deleted"]
    assert newsroom.row("public.social_posts", there)["status"] == "published"


def test_an_old_post_is_left_alone_after_its_last_look(newsroom: Newsroom, account: str) -> None:
    post = newsroom.published(account)
    old(newsroom, post, timedelta(days=6))
    newsroom.counted(post, views=1)
    assert newsroom.due_in(post) == pytest.approx(DAY, abs=20)
    old(newsroom, post, timedelta(days=91))
    newsroom.counted(post, views=2)
    assert newsroom.due_in(post) is None


# By the clock.


def strike(newsroom: Newsroom) -> int:
    """The clock has struck; says how many jobs are new."""
    return int(newsroom.as_worker("select private.enqueue_due_posts() as n")["n"])


def asked(newsroom: Newsroom, post: str) -> int:
    """How many jobs wait to have a post counted."""
    query = "select id from private.jobs where kind = 'post.measure' and payload -> 'post_ids' ? %s"
    return newsroom.database.execute(query, [post]).rowcount


def all_due(newsroom: Newsroom) -> None:
    """Every post is to be counted now."""
    newsroom.database.execute("update private.post_looks set due_at = now()")


def test_posts_of_an_account_are_counted_in_as_few_calls_as_the_network_takes(newsroom: Newsroom, account: str) -> None:
    posts = [newsroom.published(account) for _ in range(3)]
    another = newsroom.published(newsroom.account())
    assert strike(newsroom) == 0
    all_due(newsroom)

    assert [strike(newsroom), strike(newsroom)] == [3, 0]

    jobs = newsroom.jobs("post.measure", account_id=account)
    assert sorted(len(job["payload"]["post_ids"]) for job in jobs) == [1, 2]
    assert sorted(each for job in jobs for each in job["payload"]["post_ids"]) == sorted(posts)
    assert {job["payload"]["connection_id"] for job in jobs} == {newsroom.connection_id}
    assert {(job["priority"], job["max_attempts"]) for job in jobs} == {(5, 3)}
    assert newsroom.due_in(posts[0]) == pytest.approx(15 * MINUTE, abs=20)
    query = "select looks from private.post_looks where post_id = %s"
    assert newsroom.rows(query, another) == [{"looks": 1}]


async def test_nobody_is_asked_through_a_paused_connection(newsroom: Newsroom) -> None:
    connection = await newsroom.workspace.network()
    newsroom.published(newsroom.account(connection["id"]))
    await newsroom.owner.call("update_connection", connection_id=connection["id"], paused=True)
    all_due(newsroom)
    assert strike(newsroom) == 0


async def test_networks_that_tell_nothing_are_not_asked(newsroom: Newsroom) -> None:
    connection = await newsroom.workspace.network(BOARD)
    post = newsroom.published(newsroom.account(connection["id"]))
    assert newsroom.due_in(post) is None


def test_a_last_look_that_nobody_answered_is_not_waited_for(newsroom: Newsroom, account: str) -> None:
    post = newsroom.published(account)
    for days, jobs, due in ((91, 1, True), (94, 0, False)):
        old(newsroom, post, timedelta(days=days))
        all_due(newsroom)
        assert strike(newsroom) == jobs
        assert (newsroom.due_in(post) is not None) is due


async def test_a_client_has_a_post_counted_once_a_minute(newsroom: Newsroom, account: str) -> None:
    post = newsroom.published(account)
    old(newsroom, post, timedelta(days=200))
    newsroom.counted(post, views=1)
    assert newsroom.due_in(post) is None

    for _ in range(2):
        await newsroom.owner.call("measure_post", post_id=post)
        assert asked(newsroom, post) == 1
    newsroom.database.execute("update private.post_looks set asked_at = now() - interval '1 minute'")
    await newsroom.owner.call("measure_post", post_id=post)
    assert asked(newsroom, post) == 2
    assert strike(newsroom) == 0


# Accounts.


def measure_accounts(newsroom: Newsroom) -> int:
    """The clock has struck; says how many jobs are new."""
    return int(newsroom.as_worker("select private.enqueue_due_accounts() as n")["n"])


async def test_each_account_in_use_is_measured_once_a_day(newsroom: Newsroom, account: str) -> None:
    board = await newsroom.workspace.network(BOARD)
    newsroom.account(board["id"], name="Notice board")
    newsroom.account(enabled=False)
    newsroom.database.execute("update public.social_media_accounts set enabled = true where id = %s", [account])

    assert [measure_accounts(newsroom), measure_accounts(newsroom)] == [1, 0]

    [job] = newsroom.jobs("account.measure", account_id=account)
    assert (job["payload"]["connection_id"], job["priority"]) == (newsroom.connection_id, 5)
    assert job["id"] == newsroom.as_worker("select private.derived_id(%s, 'measure') as id", account)["id"]
    newsroom.database.execute("update private.account_looks set due_at = now()")
    assert measure_accounts(newsroom) == 0, "it is in the queue already"


def measured(newsroom: Newsroom, account: str, **figures: Any) -> None:
    """An account's figures of a day."""
    newsroom.as_worker("select private.apply_account_metrics(%s, %s)", account, {"day": "2026-11-22"} | figures)


def test_an_accounts_figures_are_a_line_a_day(newsroom: Newsroom, account: str) -> None:
    measured(newsroom, account, followers=100, reach=7, views=None)
    measured(newsroom, account, followers=101, reach=None, views=9)
    measured(newsroom, account, day="2026-11-23", engagements=1)

    query = "select day::text, followers, reach, views, engagements from public.social_account_metrics"
    assert newsroom.rows(f"{query} where account_id = %s order by day", account) == [
        {"day": "2026-11-22", "followers": 101, "reach": 7, "views": 9, "engagements": None},
        {"day": "2026-11-23", "followers": None, "reach": None, "views": None, "engagements": 1},
    ]
    assert newsroom.row("public.social_media_accounts", account)["followers"] == 101
