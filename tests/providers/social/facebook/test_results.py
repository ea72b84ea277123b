"""Accounts, posts, comments, figures and leads of Facebook, as they are asked for and read."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.providers.builders import now
from tests.providers.social.meta.builders import (
    AT,
    MISSING,
    PAGE,
    POST,
    TOKEN,
    Wire,
    a_comment,
    a_page,
    existing,
    existing_comment,
    facebook,
    page_of,
    refusal,
)
from workers.providers.errors import InvalidRequest, OutcomeUnknown, Unavailable
from workers.providers.social.models import PostEdit

MOMENT = datetime(2026, 11, 29, 10, tzinfo=UTC)
BAD_METRIC = refusal(100, message="(#100) The value must be a valid insights metric")


def insight(name: str, value: Any, **more: Any) -> dict[str, Any]:
    """A metric with one value."""
    return {"name": name, "period": "lifetime", "values": [{"value": value, **more}]}


async def test_every_page_of_the_login_is_listed_over_all_pages_of_the_list() -> None:
    first = {"id": "1", "name": "One", "username": "one", "tasks": ["ANALYZE"], "followers_count": 3}
    second = {
        "id": "2",
        "name": "Two",
        "tasks": ["PROFILE_PLUS_CREATE_CONTENT"],
        "picture": {"data": {"url": "https://x"}},
    }
    wire = Wire(page_of(first, after="c1"), page_of(second, {"id": "3", "name": "Three"}))
    accounts = await facebook(wire).list_accounts()
    assert [(each.provider_account_id, each.handle, each.followers, each.can_publish) for each in accounts] == [
        ("1", "one", 3, False),
        ("2", None, None, True),
        ("3", None, None, True),
    ]
    assert accounts[1].picture_url == "https://x"
    assert (wire.query["after"], wire.requests[0].headers["authorization"]) == ("c1", f"Bearer {TOKEN}")


async def test_posts_come_in_pages_under_a_cursor() -> None:
    posts = [{"id": f"1_{number}", "message": "نص", "created_time": AT} for number in range(2)]
    wire = Wire(page_of(*posts, after="next-one"), page_of())
    connector = facebook(wire)
    page = await connector.list_posts(a_page(), since=MOMENT, cursor=None)
    assert ([each.provider_post_id for each in page.posts], page.next_cursor) == (["1_0", "1_1"], "next-one")
    assert (page.posts[0].published_at, wire.query["since"]) == (MOMENT, str(int(MOMENT.timestamp())))
    last = await connector.list_posts(a_page(), since=None, cursor=page.next_cursor)
    assert (last.posts, last.next_cursor, wire.query["after"]) == ((), None, "next-one")


async def test_a_text_is_changed_under_the_name_that_the_node_has_for_it() -> None:
    for post, name in ((POST, "message"), ("900", "description")):
        wire = Wire({"success": True})
        result = await facebook(wire).edit_post(PostEdit(post=existing(post), text="جديد"))
        assert (wire.lines, wire.form, result.text) == ([f"POST /{post}"], {name: "جديد"}, "جديد")


# Figures.


async def test_posts_are_measured_together_in_two_calls() -> None:
    counts = {
        POST: {
            "shares": {"count": 4},
            "reactions": {"summary": {"total_count": 9}},
            "comments": {"summary": {"total_count": 2}},
        },
        "1001_3": {"reactions": {"summary": {"total_count": 0}}, "comments": {}},
    }
    told = {
        POST: {
            "data": [
                insight("post_media_view", {"paid": 3, "organic": 4}),
                insight("post_total_media_view_unique", 5),
                insight("post_clicks", 1),
                insight("post_reactions_by_type_total", {"like": 8, "love": 1}),
                insight("post_video_views", 0),
            ]
        },
        "1001_3": {"data": []},
    }
    wire = Wire(counts, told)
    first, second = await facebook(wire).measure_posts([existing(), existing("1001_3")])
    assert wire.lines == ["GET /", "GET /insights"]
    assert wire.query["ids"] == f"{POST},1001_3"
    assert first.model_dump(exclude={"provider_post_id"}) == {
        "found": True,
        "views": 7,
        "reach": 5,
        "reactions": 9,
        "comments": 2,
        "shares": 4,
        "clicks": 1,
        "saves": None,
        "video_views": 0,
        "reactions_by_type": {"like": 8, "love": 1},
    }
    assert (second.views, second.reactions, second.comments, second.shares) == (None, 0, None, 0)


async def test_a_post_that_is_gone_does_not_spoil_the_others() -> None:
    counts: dict[str, Any] = {POST: {"reactions": {"summary": {"total_count": 1}}}}
    wire = Wire(MISSING, counts, {POST: {"data": []}}, MISSING)
    first, second = await facebook(wire).measure_posts([existing(), existing("1001_3")])
    assert (first.found, first.reactions) == (True, 1)
    assert (second.found, second.reactions, second.provider_post_id) == (False, None, "1001_3")


async def test_a_metric_that_is_gone_is_left_out_and_not_asked_for_again() -> None:
    def answer(request: Any) -> Any:
        if request.url.path.endswith("/insights"):
            names = request.url.params["metric"].split(",")
            if "post_clicks" in names:
                return BAD_METRIC
            return {POST: {"data": [insight(name, 6) for name in names if name == "post_media_view"]}}
        return {POST: {}}

    wire = Wire(*[answer] * 20)
    connector = facebook(wire)
    (engagement,) = await connector.measure_posts([existing()])
    assert (engagement.views, engagement.clicks) == (6, None)
    asked = len(wire.requests)
    await connector.measure_posts([existing()])
    assert (asked, len(wire.requests) - asked) == (7, 2)
    assert "post_clicks" not in wire.query["metric"]


async def test_a_film_is_measured_by_its_post_as_soon_as_it_has_one() -> None:
    wire = Wire(
        {"id": "900", "post_id": POST}, {POST: {"reactions": {"summary": {"total_count": 1}}}}, {POST: {"data": []}}
    )
    (engagement,) = await facebook(wire).measure_posts([existing("900")])
    assert (engagement.provider_post_id, engagement.reactions) == ("900", 1)
    (waiting,) = await facebook(Wire({"id": "900"})).measure_posts([existing("900")])
    assert (waiting.found, waiting.reactions) == (True, None)
    assert await facebook(Wire()).measure_posts([]) == ()


async def test_a_day_of_a_page_ends_at_midnight_of_the_pacific_coast() -> None:
    def values(name: str, *by_day: int) -> dict[str, Any]:
        ends = [f"2026-11-{29 + place}T08:00:00+0000" for place in range(len(by_day))]
        return {
            "name": name,
            "values": [{"value": each, "end_time": end} for each, end in zip(by_day, ends, strict=True)],
        }

    told = page_of(values("page_media_view", 1, 2), values("page_total_media_view_unique", 3, 4))
    wire = Wire({"id": PAGE, "followers_count": 12}, told)
    measured = await facebook(wire).measure_account(a_page(), date(2026, 11, 29))
    assert (measured.followers, measured.views, measured.reach, measured.engagements) == (12, 2, 4, None)
    assert (wire.query["period"], wire.query["since"]) == ("day", "1795910400")


# Comments.


async def test_comments_come_with_their_answers_and_say_which_are_ours() -> None:
    theirs = {"id": "2_1", "message": "كم؟", "created_time": AT, "from": {"id": "9", "name": "Omar"}, "like_count": 2}
    ours = {
        "id": "2_2",
        "message": "50",
        "created_time": AT,
        "from": {"id": PAGE, "name": "Us"},
        "parent": {"id": "2_1"},
    }
    unknown = {"id": "2_3", "message": "?", "created_time": AT, "is_hidden": True}
    wire = Wire(page_of(theirs, ours, unknown, after="c"))
    page = await facebook(wire).list_comments(existing(), cursor="b")
    assert [(each.author_name, each.parent_id, each.is_ours, each.is_hidden) for each in page.comments] == [
        ("Omar", None, False, False),
        ("Us", "2_1", True, False),
        (None, None, False, True),
    ]
    assert (page.next_cursor, page.comments[0].text, page.comments[0].likes) == ("c", "كم؟", 2)
    assert (wire.query["filter"], wire.query["order"], wire.query["after"]) == ("stream", "chronological", "b")


async def test_a_comment_goes_below_the_post_or_the_comment_it_answers() -> None:
    for parent, target in ((None, POST), ("2002_77", "2002_77")):
        wire = Wire({"id": "2002_99"})
        made = await facebook(wire).create_comment(a_comment(parent_id=parent))
        assert (wire.lines, wire.form) == ([f"POST /{target}/comments"], {"message": "شكرا"})
        assert (made.provider_comment_id, made.parent_id, made.is_ours) == ("2002_99", parent, True)
        assert wire.requests[0].extensions["wasl"]["retryable"] is False


async def test_a_lost_comment_is_found_by_its_text_among_our_own() -> None:
    def said(**changes: Any) -> dict[str, Any]:
        given = {"id": "2_5", "message": "شكرا", "created_time": now().isoformat(), "from": {"id": PAGE}}
        return {**given, **changes}

    attempted_at = now() - timedelta(minutes=5)
    found = await facebook(Wire(page_of(said()))).find_comment(a_comment(), attempted_at=attempted_at)
    assert found is not None
    for other in (
        said(**{"from": {"id": "9"}}),
        said(message="another"),
        said(parent={"id": "2_1"}),
        said(created_time=AT),
    ):
        assert await facebook(Wire(page_of(other))).find_comment(a_comment(), attempted_at=attempted_at) is None
    with pytest.raises(OutcomeUnknown, match="too soon"):
        await facebook(Wire(page_of())).find_comment(a_comment(), attempted_at=now())
    with pytest.raises(Unavailable):
        await facebook(Wire(refusal(100))).find_comment(a_comment(), attempted_at=attempted_at)


async def test_comments_are_hidden_shown_and_taken_away() -> None:
    wire = Wire({"success": True}, {"success": True}, {"success": True}, MISSING)
    connector = facebook(wire)
    for hidden in (True, False):
        await connector.hide_comment(existing_comment(), hidden=hidden)
        assert wire.form == {"is_hidden": "true" if hidden else "false"}
    for _ in range(2):
        await connector.delete_comment(existing_comment())
    assert wire.lines == ["POST /2002_77", "POST /2002_77", "DELETE /2002_77", "DELETE /2002_77"]


@pytest.mark.parametrize("wrong", ["me", "1001_2002_3", "../feed", "1001,2"])
async def test_an_id_that_is_none_goes_into_no_path(wrong: str) -> None:
    wire = Wire()
    post = existing().model_copy(update={"provider_post_id": wrong})
    connector = facebook(wire)
    for call in (
        connector.get_post(post),
        connector.delete_post(post),
        connector.measure_posts([post]),
        connector.list_comments(post, cursor=None),
        connector.create_comment(a_comment(post)),
        connector.hide_comment(existing_comment(wrong.replace("/", "")), hidden=True),
        connector.get_lead(wrong),
    ):
        with pytest.raises(InvalidRequest):
            await call
    assert not wire.requests


# Lead ads.


async def test_a_lead_has_the_forms_answers() -> None:
    answers = [
        {"name": "full_name", "values": ["فاطمة"]},
        {"name": "size", "values": ["S", "M"]},
        {"name": "note", "values": []},
    ]
    wire = Wire({"id": "7", "form_id": 5, "created_time": AT, "field_data": answers})
    lead = await facebook(wire).get_lead("7")
    assert (lead.provider_lead_id, lead.form_id, lead.created_at) == ("7", "5", MOMENT)
    assert lead.answers == {"full_name": "فاطمة", "size": "S, M", "note": ""}
    assert wire.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert "field_data" in wire.requests[0].extensions["wasl"]["sensitive_fields"]
