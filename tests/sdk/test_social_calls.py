"""Calls about posts: what goes out for what is given, what is refused before anything goes out, what comes back."""

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
from wasl import (
    AccountFigures,
    Comment,
    Conflict,
    InvalidRequest,
    NotFound,
    OperationFailed,
    Post,
    PostEngagement,
    PostVariant,
    SocialAccount,
    WaitTimeout,
)

from tests.support.hubs import AnyHub, FakeHub, collect, done
from tests.support.sdk_rows import MOMENT, operation_row, row, will_be_carried_out

PAGE, PROFILE = UUID(int=1), UUID(int=2)  # the same in every process, since tests are named by them
NOON_IN_DUBAI = datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=4)))
SHORTER: PostVariant = {"text": "Monday!", "link": None, "media": [{"url": "https://cdn.example/1.jpg"}]}


def post_row(**given: Any) -> dict[str, Any]:
    """A post that a worker has."""
    plain = {"status": "publishing", "media": [], "problems": [], "format": "post", "origin": "hub"}
    return row(Post, **{**plain, **given})


def comment_row(**given: Any) -> dict[str, Any]:
    """A comment of our own that a worker has."""
    return row(Comment, **{"status": "pending", "is_ours": True, **given})


# Publishing.


async def test_a_post_says_what_is_asked_and_no_more(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer([post_row()])
    [post] = await done(hub.posts.publish(account_ids=[PAGE], text="We open on Monday."))
    assert server.last.url.path == "/rest/v1/rpc/publish_post"
    key = server.last_body["idempotency_key"]
    assert server.last_body == {"account_ids": [str(PAGE)], "text": "We open on Monday.", "idempotency_key": key}
    assert (post.status, post.failure, post.engagement) == ("publishing", None, {})


async def test_everything_that_a_post_is_made_of_goes_out(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer([post_row(), post_row()])
    await done(
        hub.posts.publish(
            account_ids=(PAGE, PROFILE),
            text="We open on Monday.",
            media=[{"url": "https://cdn.example/1.jpg", "alt_text": None}, {"url": "https://cdn.example/2.mp4"}],
            link={"url": "https://shop.example", "title": "The shop", "description": None},
            format="reel",
            first_comment="From 10 to 22.",
            variants={"linkedin": SHORTER, str(PAGE): {"first_comment": None, "format": "post"}},
            scheduled_at=NOON_IN_DUBAI,
            draft=True,
            idempotency_key="mine",
        )
    )
    assert server.last_body == {
        "account_ids": [str(PAGE), str(PROFILE)],
        "text": "We open on Monday.",
        "media": [{"url": "https://cdn.example/1.jpg"}, {"url": "https://cdn.example/2.mp4"}],
        "link": {"url": "https://shop.example", "title": "The shop"},
        "format": "reel",
        "first_comment": "From 10 to 22.",
        "variants": {
            "linkedin": {"text": "Monday!", "link": None, "media": [{"url": "https://cdn.example/1.jpg"}]},
            str(PAGE): {"first_comment": None, "format": "post"},
        },
        "scheduled_at": "2026-11-23T12:00:00+04:00",
        "draft": True,
        "idempotency_key": "mine",
    }


@pytest.mark.parametrize("moment", ["2026-12-01T09:00", datetime(2026, 12, 1, 9)])
async def test_a_time_without_a_zone_is_what_a_clock_shows(hub: AnyHub, server: FakeHub, moment: Any) -> None:
    server.will_answer([post_row(status="scheduled", scheduled_at=MOMENT)])
    [post] = await done(hub.posts.publish(account_ids=[PAGE], text="Soon", scheduled_at=moment, time_zone="Asia/Dubai"))
    assert server.last_body["scheduled_at"][:16] == "2026-12-01T09:00"
    assert server.last_body["time_zone"] == "Asia/Dubai"
    assert post.scheduled_at is not None and post.scheduled_at.utcoffset() == timedelta(0)


async def test_posts_that_are_waited_for_come_back_as_they_became_also_those_that_failed(
    hub: AnyHub, server: FakeHub
) -> None:
    page, profile, later = post_row(), post_row(), post_row(status="scheduled")
    refusal = {"code": "invalid_request", "message": "Too many hashtags.", "field": "text"}
    server.will_answer([page, profile, later])
    server.will_answer([operation_row(kind="post.publish", status="succeeded")])
    server.will_answer([page | {"status": "published", "permalink": "https://facebook.example/1"}])
    server.will_answer([operation_row(kind="post.publish", status="failed", error=refusal)])
    server.will_answer([profile | {"status": "failed", "failure": refusal}])
    published, failed, scheduled = await done(hub.posts.publish(account_ids=[PAGE, PROFILE], text="Hello", wait=5))
    assert (published.status, published.permalink) == ("published", "https://facebook.example/1")
    assert (failed.status, failed.failure and failed.failure.message) == ("failed", "Too many hashtags.")
    assert scheduled.status == "scheduled"
    looked = server.requests[1].url.params
    assert (looked["subject_id"], looked["kind"]) == (f"eq.{page['id']}", "eq.post.publish")


async def test_all_networks_together_are_waited_for_no_longer_than_asked(
    hub: AnyHub, server: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(0, 1000, 4))
    for colour in ("_async", "_sync"):
        monkeypatch.setattr(f"wasl.{colour}.posts.monotonic", lambda: next(clock))
        monkeypatch.setattr(f"wasl.{colour}.operations.monotonic", lambda: next(clock))
    server.will_answer([post_row(), post_row()])
    server.will_answer([operation_row(status="pending")])
    with pytest.raises(WaitTimeout):
        await done(hub.posts.publish(account_ids=[PAGE, PROFILE], text="Hello", wait=5))
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("argument", "value", "complaint"),
    [
        ("account_ids", str(PAGE), "account_ids must be a list, not str"),
        ("text", 5, "text must be a str, not int"),
        ("first_comment", ["Hi"], "first_comment must be a str, not list"),
        ("media", {"url": "https://cdn.example/1.jpg"}, "media must be a list, not dict"),
        ("media", "https://cdn.example/1.jpg", "media must be a list, not str"),
        ("media", ["https://cdn.example/1.jpg"], r"media\.0 must be a dict, not str"),
        ("link", "https://shop.example", "link must be a dict, not str"),
        ("variants", [SHORTER], "variants must be a dict, not list"),
        ("variants", {"linkedin": "Monday!"}, r"variants\.linkedin must be a dict, not str"),
        ("variants", {"linkedin": {"text": 5}}, r"variants\.linkedin\.text must be a str, not int"),
        ("variants", {"linkedin": {"link": "x"}}, r"variants\.linkedin\.link must be a dict, not str"),
        ("variants", {"linkedin": {"media": ["x"]}}, r"variants\.linkedin\.media\.0 must be a dict, not str"),
        ("scheduled_at", date(2026, 12, 1), "scheduled_at must be a datetime or a str, not date"),
    ],
)
async def test_what_is_of_another_type_is_refused_by_name(
    hub: AnyHub, argument: str, value: Any, complaint: str
) -> None:
    with pytest.raises(TypeError, match=f"^{complaint}"):
        await done(hub.posts.publish(**{"account_ids": [PAGE], "text": "Hello", argument: value}))


@pytest.mark.parametrize(
    ("field", "call"),
    [
        ("account_ids", lambda hub: hub.posts.publish(account_ids=["page"], text="Hello")),
        ("post_id", lambda hub: hub.posts.get("post-1")),
        ("post_id", lambda hub: hub.posts.update("post-1", text="Hello")),
        ("post_id", lambda hub: hub.posts.publish_draft("post-1")),
        ("post_id", lambda hub: hub.posts.cancel("post-1")),
        ("post_id", lambda hub: hub.posts.edit("post-1", "Hello")),
        ("post_id", lambda hub: hub.posts.delete("post-1")),
        ("post_id", lambda hub: hub.posts.retry("post-1")),
        ("post_id", lambda hub: hub.posts.resolve("post-1")),
        ("post_id", lambda hub: hub.posts.measure("post-1")),
        ("post_id", lambda hub: hub.posts.engagement("post-1")),
        ("post_id", lambda hub: hub.posts.comments.create("post-1", "Hello")),
        ("post_id", lambda hub: collect(hub.posts.comments.list(post_id="post-1"))),
        ("comment_id", lambda hub: hub.posts.comments.reply("comment-1", "Hello")),
        ("comment_id", lambda hub: hub.posts.comments.hide("comment-1")),
        ("comment_id", lambda hub: hub.posts.comments.delete("comment-1")),
        ("account_id", lambda hub: hub.accounts.get("page")),
        ("account_id", lambda hub: hub.accounts.figures("page")),
        ("connection_id", lambda hub: hub.accounts.choose("facebook", [PAGE])),
        ("account_ids", lambda hub: hub.accounts.choose(uuid4(), ["page"])),
        ("connection_id", lambda hub: hub.accounts.refresh("facebook")),
    ],
)
async def test_an_identifier_that_is_no_uuid_is_refused_by_name(
    hub: AnyHub, field: str, call: Callable[[AnyHub], Any]
) -> None:
    with pytest.raises(InvalidRequest, match=f"^{field} must be a UUID") as error:
        await done(call(hub))
    assert error.value.field == field


async def test_what_a_network_does_not_take_names_the_field(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer(
        {"code": "text_too_long", "message": "LinkedIn takes 3000.", "details": "variants.linkedin.text"}, 400
    )
    with pytest.raises(InvalidRequest) as error:
        await done(hub.posts.publish(account_ids=[PAGE], variants={"linkedin": {"text": "x" * 3001}}))
    assert (error.value.code, error.value.field) == ("text_too_long", "variants.linkedin.text")


# What becomes of posts.


async def test_what_is_left_out_of_a_change_stays(hub: AnyHub, server: FakeHub) -> None:
    post_id = uuid4()
    server.will_answer(post_row(status="draft"))
    await done(hub.posts.update(post_id, link={}, first_comment=""))
    assert server.last.url.path == "/rest/v1/rpc/update_post"
    assert server.last_body == {"post_id": str(post_id), "link": {}, "first_comment": ""}


@pytest.mark.parametrize(
    ("call", "function", "arguments"),
    [
        (lambda hub, post_id: hub.posts.publish_draft(post_id, scheduled_at="2026-12-01T09:00"), "publish_draft", 1),
        (lambda hub, post_id: hub.posts.cancel(post_id), "cancel_post", 0),
        (lambda hub, post_id: hub.posts.retry(post_id), "retry_post", 0),
        (lambda hub, post_id: hub.posts.resolve(post_id), "resolve_post", 0),
        (lambda hub, post_id: hub.posts.resolve(post_id, provider_post_id="urn:li:share:1"), "resolve_post", 1),
        (lambda hub, post_id: hub.posts.measure(post_id), "measure_post", 0),
        (lambda hub, post_id: hub.posts.delete(post_id), "delete_post", 1),
        (lambda hub, post_id: hub.posts.edit(post_id, "Hello"), "edit_post", 2),
    ],
)
async def test_a_post_is_changed_by_its_id(
    hub: AnyHub, server: FakeHub, call: Callable[[AnyHub, UUID], Any], function: str, arguments: int
) -> None:
    post_id = uuid4()
    server.will_answer(post_row(id=str(post_id)))
    assert (await done(call(hub, post_id))).id == post_id
    assert server.last.url.path == f"/rest/v1/rpc/{function}"
    assert server.last_body["post_id"] == str(post_id)
    assert len(server.last_body) == 1 + arguments


async def test_an_edit_that_is_waited_for_comes_back_as_it_became(hub: AnyHub, server: FakeHub) -> None:
    found = post_row(status="published")
    server.will_answer(found)
    server.will_answer([operation_row(kind="post.edit", status="succeeded")])
    server.will_answer([found | {"text": "Tuesday", "edited_at": MOMENT}])
    post = await done(hub.posts.edit(found["id"], "Tuesday", idempotency_key="mine", wait=5))
    assert (post.text, post.edited_at is not None) == ("Tuesday", True)
    assert server.requests[1].url.params["idempotency_key"] == "eq.mine"


async def test_what_a_network_cannot_do_is_a_conflict(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer({"code": "not_supported", "message": "Not on Instagram.", "details": "post_id"}, 409)
    with pytest.raises(Conflict) as error:
        await done(hub.posts.edit(uuid4(), "Tuesday"))
    assert error.value.code == "not_supported"


async def test_a_draft_that_is_dropped_is_not_waited_for(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer(post_row(status="deleted"))
    assert (await done(hub.posts.delete(uuid4(), wait=5))).status == "deleted"


async def test_posts_are_filtered(hub: AnyHub, server: FakeHub) -> None:
    group_id = uuid4()
    problem = {"field": "media.0", "code": "file_too_large", "message": "It has 12 MB; Instagram takes 8."}
    server.will_answer([post_row(status="scheduled", problems=[problem])])
    [post] = await collect(
        hub.posts.list(
            status=["scheduled", "draft"], account_id=PAGE, group_id=group_id, created_after=NOON_IN_DUBAI, limit=5
        )
    )
    assert (post.problems[0].field, post.problems[0].code) == ("media.0", "file_too_large")
    assert server.last.url.path == "/rest/v1/social_posts"
    wanted = server.last.url.params
    assert (wanted["status"], wanted["account_id"]) == ("in.(scheduled,draft)", f"eq.{PAGE}")
    assert (wanted["group_id"], wanted["created_at"]) == (f"eq.{group_id}", "gt.2026-11-23T12:00:00+04:00")


async def test_figures_come_in_their_order_and_what_is_not_told_is_none(hub: AnyHub, server: FakeHub) -> None:
    post_id = uuid4()
    server.will_answer([row(PostEngagement, views=10), row(PostEngagement, views=25, reactions=0)])
    first, second = await done(hub.posts.engagement(post_id))
    assert (first.views, first.reactions, second.views, second.reactions) == (10, None, 25, 0)
    assert server.last.url.path == "/rest/v1/social_engagement"
    assert (server.last.url.params["post_id"], server.last.url.params["order"]) == (f"eq.{post_id}", "taken_at.asc")


# Comments.


async def test_a_comment_is_written_and_answered(hub: AnyHub, server: FakeHub) -> None:
    post_id = uuid4()
    mine = comment_row(text="Welcome!")
    server.will_answer(mine)
    server.will_answer([operation_row(kind="comment.create", status="succeeded")])
    server.will_answer([mine | {"status": "published"}])
    comment = await done(hub.posts.comments.create(post_id, "Welcome!", wait=5))
    assert comment.status == "published"
    asked = server.requests[0]
    assert asked.url.path == "/rest/v1/rpc/comment_on_post"
    assert f'"post_id":"{post_id}"' in asked.content.decode()
    server.will_answer(comment_row(parent_id=mine["id"]))
    await done(hub.posts.comments.reply(comment.id, "Thank you", idempotency_key="mine"))
    assert server.last.url.path == "/rest/v1/rpc/reply_to_comment"
    assert server.last_body == {"comment_id": str(comment.id), "text": "Thank you", "idempotency_key": "mine"}


async def test_a_comment_that_a_network_refuses_is_an_error_for_who_waits(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer(comment_row())
    server.will_answer([operation_row(status="failed", error={"code": "declined", "message": "Comments are off."})])
    with pytest.raises(OperationFailed, match="Comments are off"):
        await done(hub.posts.comments.create(uuid4(), "Welcome!", wait=5))


@pytest.mark.parametrize("hidden", [True, False])
async def test_a_comment_is_hidden_and_shown_again(hub: AnyHub, server: FakeHub, hidden: bool) -> None:
    comment_id = uuid4()
    server.will_answer(comment_row())
    await done(hub.posts.comments.hide(comment_id, hidden=hidden))
    assert server.last.url.path == "/rest/v1/rpc/hide_comment"
    assert server.last_body == {"comment_id": str(comment_id), "hidden": hidden}


async def test_comments_are_filtered(hub: AnyHub, server: FakeHub) -> None:
    post_id = uuid4()
    server.will_answer([comment_row(status="seen", is_ours=False, author_name="Noor")])
    [comment] = await collect(hub.posts.comments.list(post_id=post_id, status="seen"))
    assert (comment.author_name, comment.is_ours) == ("Noor", False)
    assert server.last.url.params["post_id"] == f"eq.{post_id}"


# Accounts.


async def test_accounts_are_listed_and_chosen(hub: AnyHub, server: FakeHub) -> None:
    connection_id = uuid4()
    account = row(SocialAccount, id=str(PAGE), kind="page", name="Wahat")
    server.will_answer([account])
    [found] = await collect(hub.accounts.list(connection_id=connection_id, enabled=False))
    assert (found.name, found.enabled) == ("Wahat", False)
    assert server.last.url.params["enabled"] == "eq.false"
    server.will_answer([account | {"enabled": True}])
    [chosen] = await done(hub.accounts.choose(connection_id, [found.id]))
    assert chosen.enabled
    assert server.last.url.path == "/rest/v1/rpc/choose_accounts"
    assert server.last_body == {"connection_id": str(connection_id), "account_ids": [str(PAGE)]}


async def test_a_login_is_looked_at_again(hub: AnyHub, server: FakeHub) -> None:
    connection_id = uuid4()
    will_be_carried_out(server, kind="account.list")
    assert (await done(hub.accounts.refresh(connection_id))).status == "succeeded"
    assert server.requests[0].url.path == "/rest/v1/rpc/refresh_accounts"


async def test_an_accounts_figures_come_day_by_day(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer([row(AccountFigures, followers=1200)])
    [figures] = await done(hub.accounts.figures(PAGE, since=date(2026, 11, 1)))
    assert (figures.day, figures.followers, figures.reach) == (date(2026, 11, 23), 1200, None)
    wanted = server.last.url.params
    assert (wanted["account_id"], wanted["day"], wanted["order"]) == (f"eq.{PAGE}", "gte.2026-11-01", "day.asc")


@pytest.mark.parametrize("resource", ["posts", "posts.comments", "accounts"])
async def test_one_that_is_not_there_is_not_found(hub: AnyHub, server: FakeHub, resource: str) -> None:
    server.will_answer([])
    where: Any = hub
    for name in resource.split("."):
        where = getattr(where, name)
    with pytest.raises(NotFound):
        await done(where.get(uuid4()))
