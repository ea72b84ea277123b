"""What LinkedIn answers, in Wasl's words. What it does not tell is None, never 0."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.providers.social.linkedin.builders import (
    COMMENT,
    EMPTY,
    FILM,
    FORBIDDEN,
    GONE,
    MEMBER,
    PAGE,
    POST,
    Wire,
    a_comment,
    existing,
    linkedin,
    ms,
    page,
    refusal,
    said,
    shown,
)
from workers.providers.errors import AuthenticationFailed, NotFound, Unavailable
from workers.providers.social.models import CommentResult

WHO = {"sub": "AbC_12", "name": "مريم", "picture": "https://media.licdn.com/1.jpg"}
ROLES = page(
    {"organization": "urn:li:organization:5005", "role": "ADMINISTRATOR", "state": "APPROVED"},
    {"organization": "urn:li:organizationBrand:7", "role": "ADMINISTRATOR", "state": "APPROVED"},
    {"organization": "urn:li:organization:5006", "role": "ANALYST", "state": "APPROVED"},
    {"organizationTarget": "urn:li:organization:5005", "role": "RECRUITING_POSTER", "state": "APPROVED"},
)
LAST_ROLE = page(ROLES["elements"][-1])
NAMED = {"id": 5005, "localizedName": "Desert Bloom", "vanityName": "desert-bloom"}


async def test_a_login_has_its_profile_and_its_pages() -> None:
    wire = Wire(WHO, ROLES, LAST_ROLE, NAMED, FORBIDDEN)
    member, owned, analysed = await linkedin(wire).list_accounts()
    assert (member.provider_account_id, member.kind, member.name) == ("urn:li:person:AbC_12", "member", "مريم")
    assert (owned.provider_account_id, owned.name, owned.handle) == (PAGE.id, "Desert Bloom", "desert-bloom")
    assert (owned.can_publish, analysed.can_publish, analysed.name) == (True, False, "Page 5006")


async def test_one_role_that_was_taken_away_does_not_hide_the_others() -> None:
    wire = Wire(WHO, FORBIDDEN, ROLES, LAST_ROLE, NAMED, NAMED)
    assert len(await linkedin(wire).list_accounts()) == 3
    assert "&role=ADMINISTRATOR&" in wire.lines[2]


@pytest.mark.parametrize(("answers", "kinds"), [([WHO, FORBIDDEN, FORBIDDEN], ["member"]), ([FORBIDDEN, EMPTY], [])])
async def test_scopes_decide_which_accounts_there_are(answers: list[Any], kinds: list[str]) -> None:
    assert [each.kind for each in await linkedin(Wire(*answers)).list_accounts()] == kinds


async def test_a_login_that_may_list_nothing_is_told_which_scopes_it_lacks() -> None:
    with pytest.raises(AuthenticationFailed, match="rw_organization_admin"):
        await linkedin(Wire(FORBIDDEN, FORBIDDEN, FORBIDDEN)).list_accounts()


async def test_a_post_is_read_as_people_see_it() -> None:
    post = shown(commentary=r"Opening \(soon\) {hashtag|\#|دبي}", createdAt=1795600000000, publishedAt=1795608000000)
    read = await linkedin(Wire(post)).get_post(existing())
    assert (read.text, read.published_at) == ("Opening (soon) #دبي", datetime(2026, 11, 25, 12, 0, tzinfo=UTC))


async def test_a_post_that_is_gone_is_not_found() -> None:
    with pytest.raises(NotFound):
        await linkedin(Wire(GONE)).get_post(existing())


async def test_drafts_and_failures_are_not_listed() -> None:
    posts = [
        shown(POST),
        shown(FILM, lifecycleState="PUBLISH_REQUESTED"),
        shown("urn:li:share:3", lifecycleState="DRAFT"),
        shown("urn:li:share:4", lifecycleState="PUBLISH_FAILED"),
        shown("urn:li:groupPost:5"),
    ]
    listed = await linkedin(Wire(page(*posts))).list_posts(PAGE, since=None, cursor=None)
    assert [each.provider_post_id for each in listed.posts] == [POST, FILM]
    assert listed.next_cursor is not None
    wire = Wire(page(posts[-1]))
    end = await linkedin(wire).list_posts(PAGE, since=None, cursor=listed.next_cursor)
    assert (end.posts, "start=4&" in wire.lines[0]) == ((), True)


async def test_older_posts_are_not_asked_for() -> None:
    since = datetime(2026, 11, 1, tzinfo=UTC)
    posts = [shown(), shown(FILM, lastModifiedAt=ms(since) - 1)]
    listed = await linkedin(Wire(page(*posts))).list_posts(PAGE, since=since, cursor=None)
    assert ([each.provider_post_id for each in listed.posts], listed.next_cursor) == ([POST], None)


async def test_answers_follow_the_comments_they_belong_to() -> None:
    first = said(commentsSummary={"aggregatedTotalComments": 1}, likesSummary={"totalLikes": 2})
    second = said(COMMENT.replace("0004", "0005"), actor=PAGE.id)
    answer = said(COMMENT.replace("0004", "0006"), message={"text": "شكراً"}, parentComment=COMMENT)
    wire = Wire(page(first, second), page(answer), page(answer), page(second))
    connector, cursor = linkedin(wire), None
    found: list[CommentResult] = []
    while True:
        listed = await connector.list_comments(existing(), cursor=cursor)
        found += listed.comments
        cursor = listed.next_cursor
        if cursor is None:
            break
    assert [(each.text, each.parent_id, each.is_ours, each.likes) for each in found] == [
        ("Great!", None, False, 2),
        ("Great!", None, True, None),
        ("شكراً", COMMENT, False, None),
    ]
    assert [each.author_name for each in found] == [None] * 3
    assert wire.lines[1].startswith("GET /rest/socialActions/urn%3Ali%3Acomment%3A%28")


@pytest.mark.parametrize(
    ("answers", "urn"),
    [
        ([(201, {"commentUrn": COMMENT})], COMMENT),
        ([(201, {"id": "7100000000000000004"}), said(actor=PAGE.id, message={"text": "شكراً (جداً)"})], COMMENT),
        ([(201, {"id": "77"}), FORBIDDEN], f"urn:li:comment:({POST},77)"),
    ],
)
async def test_a_comments_urn_is_found_out_one_way_or_another(answers: list[Any], urn: str) -> None:
    created = await linkedin(Wire(*answers)).create_comment(a_comment())
    assert (created.provider_comment_id, created.is_ours, created.text) == (urn, True, "شكراً (جداً)")


SOCIAL = {
    "entity": "urn:li:activity:1",
    "reactionSummaries": {"LIKE": {"reactionType": "LIKE", "count": 3}, "PRAISE": {"count": 1}},
    "commentSummary": {"count": 5, "topLevelCount": 4},
}
FIGURES = {"impressionCount": 90, "uniqueImpressionsCount": 60, "clickCount": 4, "shareCount": 2, "likeCount": -1}
STATISTICS = page({"share": POST, "totalShareStatistics": FIGURES})


async def test_how_posts_of_a_page_do() -> None:
    batch = {"results": {POST: SOCIAL}, "statuses": {POST: 200, FILM: 404}, "errors": {FILM: {"status": 404}}}
    there, gone = await linkedin(Wire(batch, STATISTICS)).measure_posts([existing(), existing(FILM)])
    assert (there.views, there.reach, there.reactions, there.comments, there.shares) == (90, 60, 4, 5, 2)
    assert (there.clicks, there.saves, there.video_views) == (4, None, None)
    assert there.reactions_by_type == {"LIKE": 3, "PRAISE": 1}
    assert (gone.found, gone.views, gone.reactions) == (False, None, None)


async def test_answers_that_are_keyed_otherwise_are_asked_for_one_by_one() -> None:
    wire = Wire({"results": {"urn:li:activity:1": SOCIAL}}, SOCIAL, GONE, STATISTICS)
    there, gone = await linkedin(wire).measure_posts([existing(), existing(FILM)])
    assert (there.reactions, there.views, gone.found) == (4, 90, False)


async def test_apps_in_the_development_tier_are_answered_one_by_one() -> None:
    (measured,) = await linkedin(Wire(FORBIDDEN, SOCIAL, FORBIDDEN)).measure_posts([existing()])
    assert (measured.reactions, measured.views) == (4, None)


async def test_figures_of_a_page_that_may_not_be_read_at_all_name_the_scope() -> None:
    with pytest.raises(AuthenticationFailed, match="rw_organization_admin"):
        await linkedin(Wire(FORBIDDEN, FORBIDDEN, FORBIDDEN)).measure_posts([existing()])
    with pytest.raises(AuthenticationFailed, match="rw_organization_admin"):
        await linkedin(Wire(FORBIDDEN, FORBIDDEN, FORBIDDEN)).measure_account(PAGE, date(2026, 11, 1))


async def test_a_person_whose_figures_may_not_be_read_has_none() -> None:
    wire = Wire(FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN)
    (measured,) = await linkedin(wire).measure_posts([existing(account=MEMBER)])
    assert (measured.found, measured.views, measured.reactions) == (True, None, None)
    assert (await linkedin(wire).measure_account(MEMBER, date(2026, 11, 1))).followers is None
    counted = Wire(page({"memberFollowersCount": 961}))
    assert (await linkedin(counted).measure_account(MEMBER, date(2026, 11, 1))).followers == 961


async def test_figures_are_not_empty_for_want_of_access() -> None:
    for connector in (linkedin(Wire(), credentials={}), linkedin(Wire(*[refusal(401, "Expired")] * 2))):
        with pytest.raises(AuthenticationFailed):
            await connector.measure_posts([existing(account=MEMBER)])
        with pytest.raises(AuthenticationFailed):
            await connector.measure_account(MEMBER, date(2026, 11, 1))


async def test_nothing_measured_is_nothing_asked() -> None:
    wire = Wire()
    assert await linkedin(wire).measure_posts([]) == ()
    assert not wire.requests


@pytest.mark.parametrize("views", [{"pageViews": 40, "uniquePageViews": 30}, 40])
async def test_an_audience(views: Any) -> None:
    day = page({"totalShareStatistics": {**FIGURES, "commentCount": 1}})
    pages = page({"totalPageStatistics": {"views": {"allPageViews": views}}})
    metrics = await linkedin(Wire({"firstDegreeSize": 120}, day, pages)).measure_account(PAGE, date(2026, 11, 1))
    assert (metrics.followers, metrics.reach, metrics.views, metrics.engagements) == (120, 60, 40, 7)
    silent = await linkedin(Wire({"firstDegreeSize": 120}, EMPTY, FORBIDDEN)).measure_account(PAGE, date(2026, 11, 1))
    assert (silent.followers, silent.reach, silent.views, silent.engagements) == (120, None, None, None)


@pytest.mark.parametrize("answer", [{}, [], {"elements": [{"id": POST, "createdAt": "soon"}]}, {"elements": [{}]}])
async def test_an_answer_of_another_shape_is_none(answer: Any) -> None:
    with pytest.raises(Unavailable):
        await linkedin(Wire(answer)).list_posts(PAGE, since=None, cursor=None)
