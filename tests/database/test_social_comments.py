"""What the accounts say below posts, and do about what others say there."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.callers import Caller, Refusal
from tests.support.newsroom import Newsroom, Row

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def post(newsroom: Newsroom) -> str:
    """A post that its network has."""
    return newsroom.published(newsroom.accounts[0])


def said(provider_comment_id: str, **facts: Any) -> Row:
    """A comment as a network lists it."""
    return {
        "provider_comment_id": provider_comment_id,
        "author_name": "Omar",
        "text": "Nice!",
        "created_at": AT.isoformat(),
    } | facts


def comments_of(newsroom: Newsroom, post: str) -> list[Row]:
    """What stands below a post."""
    return newsroom.rows("select * from public.social_comments where post_id = %s order by created_at, id", post)


def seen(newsroom: Newsroom, post: str) -> str:
    """A comment of somebody's."""
    newsroom.commented(post, said("c1"))
    return str(comments_of(newsroom, post)[0]["id"])


def tell(newsroom: Newsroom, comment_id: str, **news: Any) -> str:
    """News of a comment; says what became of it."""
    return str(newsroom.as_worker("select private.apply_comment_news(%s, %s) as said", comment_id, news)["said"])


async def test_an_account_comments_on_its_post(newsroom: Newsroom, post: str) -> None:
    key = f"comment-{post}"
    comment, again = [
        await newsroom.owner.call("comment_on_post", post_id=post, text="شكرا", idempotency_key=key) for _ in range(2)
    ]

    assert again == comment
    assert (comment["status"], comment["text"], comment["is_ours"], comment["parent_id"]) == (
        "pending",
        "شكرا",
        True,
        None,
    )
    assert (comment["author_name"], comment["created_by"]) == ("Shop", f"user:{newsroom.owner.user_id}")
    [operation] = newsroom.operations(comment["id"], "comment.create")
    assert operation["subject_type"] == "social_comment"

    assert tell(newsroom, comment["id"], status="published", provider_comment_id="c9") == "applied"
    assert tell(newsroom, comment["id"], status="published", provider_comment_id="c9") == "unchanged"
    assert newsroom.row("public.social_comments", comment["id"])["status"] == "published"


async def test_comments_are_answered(newsroom: Newsroom, post: str) -> None:
    comment = seen(newsroom, post)
    answer = await newsroom.owner.call("reply_to_comment", comment_id=comment, text="Thanks")
    assert (answer["parent_id"], answer["provider_parent_id"], answer["post_id"]) == (comment, "c1", post)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x" * 51, "comment_too_long"),
        (" ", "invalid_text"),
        (None, "invalid_text"),
        ("4242424242424242", "card_number_refused"),
    ],
)
async def test_what_is_said_is_checked(newsroom: Newsroom, post: str, text: str | None, code: str) -> None:
    refusal = Refusal(400, code, "text")
    assert await newsroom.owner.refused("comment_on_post", post_id=post, text=text) == refusal
    comment = seen(newsroom, post)
    assert await newsroom.owner.refused("reply_to_comment", comment_id=comment, text=text) == refusal


async def test_a_comment_that_is_not_there_is_not_answered(newsroom: Newsroom, post: str) -> None:
    pending = await newsroom.owner.call("comment_on_post", post_id=post, text="Hi")
    gone = seen(newsroom, post)
    tell(newsroom, gone, status="deleted")
    for comment in (pending["id"], gone):
        for rpc, arguments in (("reply_to_comment", {"text": "Hi"}), ("hide_comment", {"hidden": True})):
            refusal = await newsroom.owner.refused(rpc, comment_id=comment, **arguments)
            assert refusal == Refusal(409, "comment_not_published", "comment_id")


async def test_comments_are_hidden_and_shown_again(newsroom: Newsroom, post: str) -> None:
    comment = seen(newsroom, post)
    await newsroom.owner.call("hide_comment", comment_id=comment, hidden=True)
    [operation] = newsroom.operations(comment, "comment.hide")
    assert operation["input"] == {"comment_id": comment, "hidden": True}
    assert tell(newsroom, comment, is_hidden=True) == "applied"
    assert newsroom.row("public.social_comments", comment)["is_hidden"]
    refusal = await newsroom.owner.refused("hide_comment", comment_id=comment, hidden=None)
    assert refusal == Refusal(400, "invalid_hidden", "hidden")


async def test_a_comment_that_the_network_has_is_deleted_by_a_worker_once(newsroom: Newsroom, post: str) -> None:
    comment = seen(newsroom, post)
    for _ in range(2):
        assert (await newsroom.owner.call("delete_comment", comment_id=comment))["status"] == "seen"
    assert len(newsroom.operations(comment, "comment.delete")) == 1
    tell(newsroom, comment, status="deleted")
    assert (await newsroom.owner.call("delete_comment", comment_id=comment))["status"] == "deleted"


async def test_a_comment_that_was_not_sent_is_called_off(newsroom: Newsroom, post: str) -> None:
    pending, unsure, refused = [await newsroom.owner.call("comment_on_post", post_id=post, text="Hi") for _ in range(3)]
    assert (await newsroom.owner.call("delete_comment", comment_id=pending["id"]))["status"] == "deleted"
    assert newsroom.operations(pending["id"], "comment.create")[0]["status"] == "cancelled"

    newsroom.give_up(newsroom.operations(unsure["id"], "comment.create")[0], "outcome_unknown")
    refusal = await newsroom.owner.refused("delete_comment", comment_id=unsure["id"])
    assert refusal == Refusal(409, "comment_not_deletable", "comment_id")

    failure = {"code": "invalid_request", "message": "No"}
    assert tell(newsroom, refused["id"], status="failed", failure=failure) == "applied"
    assert newsroom.row("public.social_comments", refused["id"])["failure"] == failure
    assert (await newsroom.owner.call("delete_comment", comment_id=refused["id"]))["status"] == "deleted"


async def test_comments_of_others_are_not_there(newsroom: Newsroom, post: str, other: Caller) -> None:
    comment = seen(newsroom, post)
    for rpc, arguments in (
        ("reply_to_comment", {"text": "Hi"}),
        ("hide_comment", {"hidden": True}),
        ("delete_comment", {}),
    ):
        refusal = await other.refused(rpc, comment_id=comment, **arguments)
        assert refusal == Refusal(404, "comment_not_found", "comment_id")


# What networks list.


def test_new_comments_of_others_are_told(newsroom: Newsroom, post: str) -> None:
    listed = [said("c1", author_id="7"), said("c2", parent_id="c1", text="Oh"), said("c3", is_ours=True)]
    assert newsroom.commented(post, *reversed(listed)) == 3
    assert newsroom.commented(post, *listed) == 0

    rows = {row["provider_comment_id"]: row for row in comments_of(newsroom, post)}
    assert {key: row["status"] for key, row in rows.items()} == {"c1": "seen", "c2": "seen", "c3": "published"}
    assert (rows["c2"]["parent_id"], rows["c1"]["commented_at"]) == (rows["c1"]["id"], AT)
    assert newsroom.events(str(rows["c3"]["id"])) == []
    [event] = newsroom.events(str(rows["c1"]["id"]))
    assert (event["type"], event["subject_type"], event["environment"]) == ("comment.created", "comment", "sandbox")
    told = {
        name: event["data"][name] for name in ("text", "author_name", "author_id", "post_id", "account", "provider")
    }
    assert told == {
        "text": "Nice!",
        "author_name": "Omar",
        "author_id": "7",
        "post_id": post,
        "account": "Shop",
        "provider": "probe_network",
    }


def test_comments_are_brought_up_to_date(newsroom: Newsroom, post: str) -> None:
    newsroom.commented(post, said("c1", likes=1))
    assert newsroom.commented(post, said("c1", text="Nicer!", likes=2, is_hidden=True)) == 0
    [row] = comments_of(newsroom, post)
    assert (row["text"], row["likes"], row["is_hidden"]) == ("Nicer!", 2, True)
    newsroom.commented(post, said("c1", text="Nicer!", likes=None))
    assert comments_of(newsroom, post)[0]["likes"] == 2


async def test_a_comment_of_ours_that_was_listed_before_its_answer_came_is_one(newsroom: Newsroom, post: str) -> None:
    ours = await newsroom.owner.call("comment_on_post", post_id=post, text="Hi")
    newsroom.commented(post, said("c1", text="Hi", is_ours=True), said("c2", parent_id="c1"))

    assert tell(newsroom, ours["id"], status="published", provider_comment_id="c1") == "applied"

    rows = {row["provider_comment_id"]: row for row in comments_of(newsroom, post)}
    assert (len(rows), str(rows["c1"]["id"]), str(rows["c2"]["parent_id"])) == (2, ours["id"], ours["id"])


def test_comments_of_a_post_that_nobody_knows_are_nothing(newsroom: Newsroom) -> None:
    assert newsroom.commented(newsroom.connection_id, said("c1")) == 0
    assert tell(newsroom, newsroom.connection_id, status="published") == "unknown"
