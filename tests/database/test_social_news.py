"""Where the news leaves a post, and what follows from it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.newsroom import Newsroom, Row

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = 60, 3600, 86400


def state(newsroom: Newsroom, post: str) -> Row:
    """The post's row."""
    return newsroom.row("public.social_posts", post)


def test_a_post_goes_its_usual_way(newsroom: Newsroom) -> None:
    post = newsroom.post(newsroom.accounts[0], status="scheduled", first_comment="First!", text="مرحبا")
    newsroom.as_worker("select private.keep_preparation(%s, %s)", post, {"container": "1"})
    newsroom.as_worker("select private.keep_preparation(%s, %s)", post, {"container": "2"})
    query = "select data, changed_at < clock_timestamp() as begun from private.post_preparations where post_id = %s"
    assert newsroom.as_worker(query, post) == {"data": {"container": "2"}, "begun": True}
    assert newsroom.tell(post, status="publishing") == "applied"

    published = datetime.now(UTC)
    news = {"provider_post_id": f"p{post}", "permalink": "https://n.example/p", "published_at": published.isoformat()}
    assert newsroom.tell(post, status="published", **news) == "applied"
    assert newsroom.tell(post, status="published", **news) == "unchanged"

    now = state(newsroom, post)
    assert (now["status"], now["provider_post_id"], now["permalink"]) == (
        "published",
        f"p{post}",
        "https://n.example/p",
    )
    assert now["published_at"] == published
    assert newsroom.rows("select 1 from private.post_preparations where post_id = %s", post) == []
    assert newsroom.due_in(post) == pytest.approx(15 * MINUTE, abs=20)
    [event] = newsroom.events(post)
    assert (event["type"], event["subject_type"], event["environment"]) == ("post.published", "post", "sandbox")
    assert event["occurred_at"] == published
    told = {name: event["data"][name] for name in ("account", "provider", "text", "permalink", "format", "told_by")}
    assert told == {
        "account": "Shop",
        "provider": "probe_network",
        "text": "مرحبا",
        "permalink": "https://n.example/p",
        "format": "post",
        "told_by": "operation",
    }


def test_the_first_comment_is_made_once_it_is_published(newsroom: Newsroom) -> None:
    post = newsroom.published(newsroom.accounts[0], first_comment="First!", created_by="user:7")
    [comment] = newsroom.rows("select * from public.social_comments where post_id = %s", post)
    assert (comment["text"], comment["is_first"], comment["is_ours"], comment["status"]) == (
        "First!",
        True,
        True,
        "pending",
    )
    assert comment["created_by"] == "user:7"
    [operation] = newsroom.operations(str(comment["id"]), "comment.create")
    assert (operation["subject_type"], str(operation["connection_id"])) == ("social_comment", newsroom.connection_id)


def test_a_post_that_fails_is_told_until_it_is_published(newsroom: Newsroom) -> None:
    post = newsroom.post(newsroom.accounts[0])
    failure = {"code": "invalid_request", "message": "Too long"}

    assert newsroom.tell(post, status="failed", failure=failure) == "applied"

    assert (state(newsroom, post)["status"], state(newsroom, post)["failure"]) == ("failed", failure)
    query = "select title, severity::text, kind, detail ->> 'post_id' as post from public.alerts where group_key = %s"
    assert newsroom.rows(query, f"post:{post}:failed") == [
        {"title": "A post on Shop failed: Too long", "severity": "warning", "kind": "post.failed", "post": post}
    ]
    [event] = newsroom.events(post)
    assert (event["type"], event["data"]["failure"]) == ("post.failed", failure)

    newsroom.tell(post, status="published", provider_post_id=f"p{post}")
    assert (state(newsroom, post)["failure"], newsroom.alerts(f"post:{post}:failed")) == (None, ["resolved"])


@pytest.mark.parametrize(
    ("before", "told", "after"),
    [
        ("draft", "published", "published"),
        ("draft", "failed", "draft"),
        ("scheduled", "cancelled", "cancelled"),
        ("publishing", "cancelled", "cancelled"),
        ("cancelled", "failed", "cancelled"),
        ("cancelled", "published", "published"),
        ("published", "failed", "published"),
        ("published", "publishing", "published"),
        ("published", "cancelled", "published"),
        ("published", "deleted", "deleted"),
        ("publishing", "deleted", "publishing"),
        ("deleted", "published", "deleted"),
    ],
)
def test_what_is_published_stays_so_until_it_is_deleted(newsroom: Newsroom, before: str, told: str, after: str) -> None:
    post = newsroom.post(
        newsroom.accounts[0], status=before, published_at=NOON.isoformat(), deleted_at=NOON.isoformat()
    )
    newsroom.tell(post, status=told)
    assert state(newsroom, post)["status"] == after


def test_news_of_a_post_nobody_knows_changes_nothing(newsroom: Newsroom) -> None:
    assert newsroom.tell(newsroom.connection_id, status="published") == "unknown"


def test_problems_are_noted_before_its_time(newsroom: Newsroom) -> None:
    post = newsroom.post(newsroom.accounts[0], status="scheduled")
    problems = [{"field": "media.0", "code": "media_ratio", "message": "Odd"}]
    assert newsroom.tell(post, problems=problems) == "applied"
    assert newsroom.tell(post, problems=problems) == "unchanged"
    assert (state(newsroom, post)["problems"], state(newsroom, post)["status"]) == (problems, "scheduled")


def test_a_deleted_post_is_counted_no_more(newsroom: Newsroom) -> None:
    post = newsroom.published(newsroom.accounts[0])
    assert newsroom.tell(post, "webhook", status="deleted") == "applied"
    assert newsroom.due_in(post) is None
    assert state(newsroom, post)["deleted_at"] is not None
    assert [each["type"] for each in newsroom.events(post)] == ["post.published", "post.deleted"]


# Posts that networks list.


def listed(newsroom: Newsroom, account: str, *posts: Row) -> int:
    """What an account has published; says how many are new or have changed."""
    query = "select private.apply_listed_posts(%s, %s) as n"
    return int(newsroom.as_worker(query, account, list(posts))["n"])


def told(provider_post_id: str, *, days_ago: float = 0, **facts: Any) -> Row:
    """A post as a network lists it."""
    at = datetime.now(UTC) - timedelta(days=days_ago)
    return {"provider_post_id": provider_post_id, "text": "There", "published_at": at.isoformat()} | facts


def test_posts_made_elsewhere_are_found(newsroom: Newsroom) -> None:
    account = newsroom.account()
    ours = newsroom.published(account)

    assert (
        listed(newsroom, account, told("n1"), told("n2", days_ago=100), told(f"p-{ours}", permalink="https://n/1")) == 3
    )

    posts = {
        row["provider_post_id"]: row
        for row in newsroom.rows("select * from public.social_posts where account_id = %s", account)
    }
    assert len(posts) == 3
    assert (posts["n1"]["status"], posts["n1"]["origin"], posts["n1"]["created_by"]) == (
        "published",
        "network",
        "worker",
    )
    assert (posts[f"p-{ours}"]["text"], posts[f"p-{ours}"]["permalink"]) == ("Hi", "https://n/1")
    due = newsroom.due_in(str(posts["n1"]["id"]))
    assert due is not None and due <= 0
    assert newsroom.due_in(str(posts["n2"]["id"])) is None
    assert newsroom.events(str(posts["n1"]["id"])) == []
    assert newsroom.row("public.social_media_accounts", account)["posts_synced_at"] is not None


def test_posts_made_elsewhere_are_brought_up_to_date(newsroom: Newsroom) -> None:
    account = newsroom.account()
    assert listed(newsroom, account, told("n1")) == 1
    assert listed(newsroom, account, told("n1")) == 0
    assert listed(newsroom, account, told("n1", text="Edited")) == 1
    [row] = newsroom.rows("select text from public.social_posts where account_id = %s", account)
    assert row["text"] == "Edited"
    assert listed(newsroom, newsroom.connection_id, told("n1")) == 0


def test_a_post_of_ours_that_was_listed_before_its_answer_came_is_one(newsroom: Newsroom) -> None:
    account = newsroom.account()
    ours = newsroom.post(account)
    listed(newsroom, account, told("n1"))
    [found] = newsroom.rows("select id from public.social_posts where account_id = %s and origin = 'network'", account)
    newsroom.commented(str(found["id"]), {"provider_comment_id": "c", "text": "Oh", "created_at": NOON.isoformat()})
    newsroom.counted(str(found["id"]), views=3)

    assert newsroom.tell(ours, status="published", provider_post_id="n1") == "applied"

    assert newsroom.rows("select id from public.social_posts where account_id = %s", account) == [
        {"id": state(newsroom, ours)["id"]}
    ]
    for table in ("social_comments", "social_engagement"):
        assert len(newsroom.rows(f"select 1 from public.{table} where post_id = %s", ours)) == 1


# Webhooks' hints.


def has_news(newsroom: Newsroom, account: str | None, provider_post_id: str) -> bool:
    """What a webhook says."""
    query = "select private.post_has_news(%s, %s, %s) as ours"
    return bool(newsroom.as_worker(query, newsroom.connection_id, account, provider_post_id)["ours"])


def test_a_hint_has_our_post_counted_soon(newsroom: Newsroom) -> None:
    account = newsroom.account()
    post = newsroom.published(account)
    provider_account_id = newsroom.row("public.social_media_accounts", account)["provider_account_id"]

    assert not has_news(newsroom, provider_account_id, "another")
    assert not has_news(newsroom, "another", f"p-{post}")
    assert newsroom.due_in(post) == pytest.approx(15 * MINUTE, abs=20)
    assert has_news(newsroom, provider_account_id, f"p-{post}")
    due = newsroom.due_in(post)
    assert due is not None and due <= 0

    newsroom.counted(post, views=1)
    assert has_news(newsroom, None, f"p-{post}")
    assert newsroom.due_in(post) == pytest.approx(MINUTE, abs=5), "at most once a minute"

    newsroom.tell(post, status="deleted")
    assert not has_news(newsroom, None, f"p-{post}")
