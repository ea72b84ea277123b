"""Posts that are there already: changed, called off, published again, deleted, and resolved by a person."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.callers import Caller, Refusal
from tests.support.newsroom import PICTURE, Newsroom, Row
from tests.support.probe_networks import BOARD

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)
LATER = TOMORROW + timedelta(days=1)
NOT_FOUND = Refusal(404, "post_not_found", "post_id")


async def made(newsroom: Newsroom, **arguments: Any) -> Row:
    """A post that a client has asked for, scheduled by default."""
    defaults = {"account_ids": newsroom.accounts, "text": "Hi", "scheduled_at": TOMORROW.isoformat()}
    [post] = await newsroom.owner.call("publish_post", **defaults | arguments)
    return dict(post)


def job_of(newsroom: Newsroom, post: Row) -> Row:
    """The newest operation's job that publishes a post."""
    return newsroom.row("private.jobs", str(newsroom.operations(post["id"], "post.publish")[-1]["id"]))


async def failed(newsroom: Newsroom) -> Row:
    """A post that its network has refused."""
    post = await made(newsroom, scheduled_at=None)
    [operation] = newsroom.operations(post["id"], "post.publish")
    newsroom.database.execute("delete from private.jobs where id = %s", [operation["id"]])
    newsroom.database.execute(
        "update public.operations set status = 'failed', finished_at = now() where id = %s", [operation["id"]]
    )
    newsroom.tell(post["id"], status="failed", failure={"code": "invalid_request", "message": "No"})
    return post


async def unresolved(newsroom: Newsroom) -> Row:
    """A post of which nobody knows whether its network has it."""
    post = await made(newsroom, scheduled_at=None)
    newsroom.give_up(newsroom.operations(post["id"], "post.publish")[0], "outcome_unknown")
    return post


# Changes.


@pytest.mark.parametrize("draft", [True, False])
async def test_what_is_left_out_stays(newsroom: Newsroom, draft: bool) -> None:
    post = await made(newsroom, draft=draft, link={"url": "https://shop.example"}, first_comment="First!")

    changed = await newsroom.owner.call("update_post", post_id=post["id"], text="Hello")

    same = ("link", "first_comment", "scheduled_at", "time_zone", "status", "media", "format")
    assert (changed["text"], [changed[each] for each in same]) == ("Hello", [post[each] for each in same])


async def test_an_empty_link_or_comment_is_taken_away(newsroom: Newsroom) -> None:
    post = await made(newsroom, link={"url": "https://shop.example"}, first_comment="First!")
    changed = await newsroom.owner.call(
        "update_post", post_id=post["id"], link={}, first_comment="", media=[{"url": PICTURE["url"]}]
    )
    assert (changed["link"], changed["first_comment"], changed["media"]) == (None, None, [PICTURE])
    assert len(newsroom.jobs("post.check", post_id=post["id"])) == 1


async def test_another_time_moves_the_job(newsroom: Newsroom) -> None:
    post = await made(newsroom)
    changed = await newsroom.owner.call("update_post", post_id=post["id"], scheduled_at=LATER.isoformat())
    assert (datetime.fromisoformat(changed["scheduled_at"]), job_of(newsroom, post)["run_at"]) == (LATER, LATER)

    now = await newsroom.owner.call("update_post", post_id=post["id"], scheduled_at=datetime.now(UTC).isoformat())
    assert (now["status"], job_of(newsroom, post)["run_at"] <= datetime.now(UTC)) == ("publishing", True)


async def test_a_local_time_is_in_the_posts_zone(newsroom: Newsroom) -> None:
    post = await made(newsroom, time_zone="Europe/Berlin")
    changed = await newsroom.owner.call(
        "update_post", post_id=post["id"], scheduled_at=f"{LATER:%Y-%m-%dT%H:%M}", time_zone="UTC"
    )
    assert datetime.fromisoformat(changed["scheduled_at"]) == LATER.replace(second=0)
    assert changed["time_zone"] == "UTC"


async def test_what_was_found_out_about_files_stays_with_them(newsroom: Newsroom) -> None:
    post = await made(newsroom, media=[PICTURE])
    known = [PICTURE | {"content_type": "image/jpeg", "bytes": 7}]
    newsroom.as_worker("select private.keep_media(%s, %s)", post["id"], known)
    newsroom.tell(post["id"], problems=[{"field": "media.0", "code": "media_ratio", "message": "Odd"}])

    changed = await newsroom.owner.call("update_post", post_id=post["id"], text="Hello")
    assert (changed["media"], changed["problems"]) == (known, [])

    other = PICTURE | {"url": "https://cdn.example/b.jpg"}
    await newsroom.owner.call("update_post", post_id=post["id"], media=[other])
    newsroom.as_worker("select private.keep_media(%s, %s)", post["id"], known)
    assert newsroom.row("public.social_posts", post["id"])["media"] == [other]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"text": "x" * 301}, Refusal(400, "text_too_long", "text")),
        ({"text": ""}, Refusal(400, "empty_post", "text")),
        ({"format": "reel"}, Refusal(400, "media_needed", "media")),
        ({"scheduled_at": "soon"}, Refusal(400, "invalid_scheduled_at", "scheduled_at")),
        ({"time_zone": "Mars"}, Refusal(400, "invalid_time_zone", "time_zone")),
        ({"first_comment": "4242 4242 4242 4242"}, Refusal(400, "card_number_refused", "first_comment")),
    ],
)
async def test_changes_are_checked_like_the_post(newsroom: Newsroom, changes: Row, refusal: Refusal) -> None:
    post = await made(newsroom)
    assert await newsroom.owner.refused("update_post", post_id=post["id"], **changes) == refusal


async def test_what_a_worker_has_in_hand_is_not_changed(newsroom: Newsroom) -> None:
    post = await made(newsroom)
    newsroom.claim(newsroom.operations(post["id"], "post.publish")[0])
    refusal = await newsroom.owner.refused("update_post", post_id=post["id"], text="Hello")
    assert refusal == Refusal(409, "post_not_editable", "post_id")
    published = newsroom.published(newsroom.accounts[0])
    refusal = await newsroom.owner.refused("update_post", post_id=published, text="Hello")
    assert refusal == Refusal(409, "post_not_editable", "post_id")


async def test_changed_posts_are_prepared_anew(newsroom: Newsroom) -> None:
    post = await made(newsroom)
    newsroom.as_worker("select private.keep_preparation(%s, %s)", post["id"], {"container": "1"})
    await newsroom.owner.call("update_post", post_id=post["id"], text="Hello")
    assert newsroom.rows("select 1 from private.post_preparations where post_id = %s", post["id"]) == []


# Drafts.


async def test_a_draft_is_published_at_once_or_at_a_time(newsroom: Newsroom) -> None:
    at_once, at_a_time, at_its_own = [await made(newsroom, draft=True, scheduled_at=None) for _ in range(3)]
    await newsroom.owner.call("update_post", post_id=at_its_own["id"], scheduled_at=LATER.isoformat())

    now = await newsroom.owner.call("publish_draft", post_id=at_once["id"])
    then = await newsroom.owner.call("publish_draft", post_id=at_a_time["id"], scheduled_at=TOMORROW.isoformat())
    own = await newsroom.owner.call("publish_draft", post_id=at_its_own["id"])

    assert (now["status"], then["status"], own["status"]) == ("publishing", "scheduled", "scheduled")
    assert (job_of(newsroom, then)["run_at"], job_of(newsroom, own)["run_at"]) == (TOMORROW, LATER)
    refusal = await newsroom.owner.refused("publish_draft", post_id=then["id"])
    assert refusal == Refusal(409, "post_not_draft", "post_id")


async def test_a_draft_whose_time_has_passed_needs_another(newsroom: Newsroom) -> None:
    draft = await made(newsroom, draft=True)
    newsroom.database.execute(
        "update public.social_posts set scheduled_at = now() - interval '1 hour' where id = %s", [draft["id"]]
    )
    refusal = await newsroom.owner.refused("publish_draft", post_id=draft["id"])
    assert refusal == Refusal(400, "invalid_scheduled_at", "scheduled_at")


async def test_a_draft_is_checked_again(newsroom: Newsroom) -> None:
    account = newsroom.account()
    draft = await made(newsroom, draft=True, account_ids=[account])
    newsroom.database.execute("update public.social_media_accounts set enabled = false where id = %s", [account])
    for rpc in ("publish_draft", "update_post"):
        refusal = await newsroom.owner.refused(rpc, post_id=draft["id"])
        assert refusal == Refusal(409, "account_not_enabled", "post_id")


# Cancelling.


async def test_a_draft_or_scheduled_post_is_called_off_at_once(newsroom: Newsroom) -> None:
    draft, scheduled = await made(newsroom, draft=True), await made(newsroom, media=[PICTURE])
    for post in (draft, scheduled):
        assert (await newsroom.owner.call("cancel_post", post_id=post["id"]))["status"] == "cancelled"
        assert (await newsroom.owner.call("cancel_post", post_id=post["id"]))["status"] == "cancelled"
    [operation] = newsroom.operations(scheduled["id"], "post.publish")
    assert (operation["status"], newsroom.jobs("post.check", post_id=scheduled["id"])) == ("cancelled", [])


async def test_to_cancel_the_operation_is_to_cancel_the_post(newsroom: Newsroom) -> None:
    post = await made(newsroom)
    [operation] = newsroom.operations(post["id"], "post.publish")
    await newsroom.owner.call("cancel_operation", operation_id=str(operation["id"]))
    assert newsroom.row("public.social_posts", post["id"])["status"] == "cancelled"


async def test_the_worker_that_has_a_post_in_hand_is_asked(newsroom: Newsroom) -> None:
    post = await made(newsroom, scheduled_at=None)
    newsroom.claim(newsroom.operations(post["id"], "post.publish")[0])
    assert (await newsroom.owner.call("cancel_post", post_id=post["id"]))["status"] == "publishing"
    assert job_of(newsroom, post)["cancel_requested"]
    assert newsroom.tell(post["id"], status="cancelled") == "applied"


async def test_a_post_that_was_given_up_is_called_off_unless_it_may_be_there(newsroom: Newsroom) -> None:
    known = await made(newsroom, scheduled_at=None)
    newsroom.give_up(newsroom.operations(known["id"], "post.publish")[0], "unavailable")
    assert (await newsroom.owner.call("cancel_post", post_id=known["id"]))["status"] == "cancelled"
    for post in (await unresolved(newsroom), {"id": newsroom.published(newsroom.accounts[0])}):
        refusal = await newsroom.owner.refused("cancel_post", post_id=post["id"])
        assert refusal == Refusal(409, "post_not_cancellable", "post_id")


# Editing and deleting what is published.


async def test_a_published_post_is_edited_by_a_worker(newsroom: Newsroom) -> None:
    post = newsroom.published(newsroom.accounts[0])
    for _ in range(2):
        await newsroom.owner.call("edit_post", post_id=post, text="Hello", idempotency_key=f"edit-{post}")
    [operation] = newsroom.operations(post, "post.edit")
    assert operation["input"] == {"post_id": post, "text": "Hello"}
    assert newsroom.row("public.social_posts", post)["text"] == "Hi"

    assert newsroom.tell(post, text="Hello", edited_at=TOMORROW.isoformat()) == "applied"
    now = newsroom.row("public.social_posts", post)
    assert (now["text"], now["edited_at"], now["status"]) == ("Hello", TOMORROW, "published")


@pytest.mark.parametrize(
    ("text", "code"),
    [("x" * 301, "text_too_long"), (" ", "invalid_text"), (None, "invalid_text"), ("cvv 123", "security_code_refused")],
)
async def test_an_edit_is_checked(newsroom: Newsroom, text: str | None, code: str) -> None:
    post = newsroom.published(newsroom.accounts[0])
    assert await newsroom.owner.refused("edit_post", post_id=post, text=text) == Refusal(400, code, "text")


async def test_what_the_network_cannot_do_is_not_tried(newsroom: Newsroom) -> None:
    connection = await newsroom.workspace.network(BOARD)
    post = newsroom.published(newsroom.account(connection["id"]))
    for rpc, arguments in (
        ("edit_post", {"text": "Hello"}),
        ("delete_post", {}),
        ("measure_post", {}),
        ("comment_on_post", {"text": "Hello"}),
    ):
        refusal = await newsroom.owner.refused(rpc, post_id=post, **arguments)
        assert refusal == Refusal(409, "not_supported", "post_id"), rpc


async def test_what_is_not_published_is_not_edited_or_measured(newsroom: Newsroom) -> None:
    post = await made(newsroom)
    for rpc, arguments in (("edit_post", {"text": "Hello"}), ("measure_post", {}), ("comment_on_post", {"text": "Hi"})):
        refusal = await newsroom.owner.refused(rpc, post_id=post["id"], **arguments)
        assert refusal == Refusal(409, "post_not_published", "post_id"), rpc


async def test_a_published_post_is_deleted_by_a_worker_once(newsroom: Newsroom) -> None:
    post = newsroom.published(newsroom.accounts[0])
    for _ in range(2):
        assert (await newsroom.owner.call("delete_post", post_id=post))["status"] == "published"
    assert len(newsroom.operations(post, "post.delete")) == 1

    newsroom.tell(post, status="deleted")
    assert (await newsroom.owner.call("delete_post", post_id=post))["status"] == "deleted"


async def test_what_was_never_published_is_deleted_at_once(newsroom: Newsroom) -> None:
    post = await failed(newsroom)
    deleted = await newsroom.owner.call("delete_post", post_id=post["id"])
    assert (deleted["status"], deleted["deleted_at"] is not None) == ("deleted", True)
    assert newsroom.alerts(f"post:{post['id']}:failed") == ["resolved"]
    refusal = await newsroom.owner.refused("delete_post", post_id=(await made(newsroom))["id"])
    assert refusal == Refusal(409, "post_not_deletable", "post_id")


# Retrying and resolving.


async def test_a_post_that_failed_is_published_anew(newsroom: Newsroom) -> None:
    post = await failed(newsroom)
    newsroom.as_worker("select private.keep_preparation(%s, %s)", post["id"], {"container": "1"})

    again = await newsroom.owner.call("retry_post", post_id=post["id"])

    assert (again["status"], again["failure"]) == ("publishing", None)
    statuses = [each["status"] for each in newsroom.operations(post["id"], "post.publish")]
    assert statuses == ["failed", "pending"]
    assert newsroom.alerts(f"post:{post['id']}:failed") == ["resolved"]
    assert newsroom.rows("select 1 from private.post_preparations where post_id = %s", post["id"]) == []
    refusal = await newsroom.owner.refused("retry_post", post_id=post["id"])
    assert refusal == Refusal(409, "post_not_failed", "post_id")


async def test_what_is_retried_is_not_retried_twice(newsroom: Newsroom) -> None:
    post = await made(newsroom, scheduled_at=None)
    [operation] = newsroom.operations(post["id"], "post.publish")
    newsroom.give_up(operation, "unavailable")
    newsroom.tell(post["id"], status="failed", failure={"code": "unavailable", "message": "Down"})
    await newsroom.owner.call("retry_post", post_id=post["id"])
    refusal = await newsroom.owner.refused("retry_operation", operation_id=str(operation["id"]))
    assert refusal == Refusal(409, "operation_not_dead", "operation_id")


async def test_what_may_be_there_is_not_retried(newsroom: Newsroom) -> None:
    post = await unresolved(newsroom)
    newsroom.tell(post["id"], status="failed")
    refusal = await newsroom.owner.refused("retry_post", post_id=post["id"])
    assert refusal == Refusal(409, "post_not_resolved", "post_id")


@pytest.mark.parametrize(("provider_post_id", "status"), [("page_1", "published"), (None, "failed")])
async def test_a_person_says_how_a_post_ended(newsroom: Newsroom, provider_post_id: str | None, status: str) -> None:
    post = await unresolved(newsroom)
    provider_post_id = provider_post_id and f"{provider_post_id}_{post['id']}"

    resolved = await newsroom.owner.call("resolve_post", post_id=post["id"], provider_post_id=provider_post_id)

    assert (resolved["status"], resolved["provider_post_id"]) == (status, provider_post_id)
    [operation] = newsroom.operations(post["id"], "post.publish")
    assert operation["status"] == ("succeeded" if provider_post_id else "failed")
    assert newsroom.rows("select 1 from private.dead_jobs where id = %s", operation["id"]) == []
    query = "select detail from public.audit_log where action = 'post.resolved' and target_id = %s"
    assert newsroom.rows(query, post["id"]) == [{"detail": {"was_published": bool(provider_post_id)}}]
    refusal = await newsroom.owner.refused("resolve_post", post_id=post["id"])
    assert refusal == Refusal(409, "post_not_unresolved", "post_id")


async def test_only_an_admin_says_so_and_only_of_what_nobody_knows(newsroom: Newsroom) -> None:
    post = await unresolved(newsroom)
    developer = await newsroom.workspace.member("developer")
    assert await developer.refused("resolve_post", post_id=post["id"]) == NOT_FOUND
    refusal = await newsroom.owner.refused("resolve_post", post_id=post["id"], provider_post_id="a/b")
    assert refusal == Refusal(400, "invalid_provider_post_id", "provider_post_id")
    refusal = await newsroom.owner.refused("resolve_post", post_id=(await made(newsroom))["id"])
    assert refusal == Refusal(409, "post_not_unresolved", "post_id")


@pytest.mark.parametrize(
    ("rpc", "arguments"),
    [
        ("update_post", {}),
        ("publish_draft", {}),
        ("cancel_post", {}),
        ("edit_post", {"text": "Hello"}),
        ("delete_post", {}),
        ("retry_post", {}),
        ("resolve_post", {}),
        ("measure_post", {}),
        ("comment_on_post", {"text": "Hello"}),
    ],
)
async def test_posts_of_others_are_not_there(newsroom: Newsroom, other: Caller, rpc: str, arguments: Row) -> None:
    post = newsroom.published(newsroom.accounts[0])
    assert await other.refused(rpc, post_id=post, **arguments) == NOT_FOUND
