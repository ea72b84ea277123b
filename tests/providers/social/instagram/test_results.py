"""Both logins, accounts, comments and figures of Instagram, as they are asked for and read."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.providers.builders import now
from tests.providers.social.meta.builders import (
    ACCOUNT,
    APP,
    AT,
    MEDIA,
    MISSING,
    SECRET,
    Wire,
    a_comment,
    an_account,
    existing,
    existing_comment,
    instagram,
    page_of,
    refusal,
)
from workers.providers.errors import AuthenticationFailed, InvalidRequest, NotSupported, OutcomeUnknown
from workers.providers.oauth import CodeExchange, ConsentRequest
from workers.transport.redaction import redact_body, redact_url

OWN = {"login": "instagram"}
POST = existing(MEDIA, an_account())
BACK = "https://hub.example/oauth/back"
GRAPH = "https://graph.instagram.com"


def figures(**values: int) -> dict[str, Any]:
    """Insights of a post."""
    return page_of(*({"name": name, "values": [{"value": value}]} for name, value in values.items()))


# Instagram's own login.


def test_the_consent_page_is_instagrams() -> None:
    url = httpx.URL(instagram(Wire(), settings=OWN).consent_url(ConsentRequest("s-1", BACK)))
    assert (url.host, url.path, url.params["state"]) == ("www.instagram.com", "/oauth/authorize", "s-1")
    assert "instagram_business_content_publish" in url.params["scope"].split(",")


@pytest.mark.parametrize("nested", [True, False])
async def test_a_code_becomes_a_long_token_at_instagrams_own_addresses(nested: bool) -> None:
    short = {"access_token": "short-token", "user_id": 17841400000000001, "permissions": ["b_scope", "a_scope"]}
    long = {"access_token": "long-token", "token_type": "bearer", "expires_in": 5183944}
    wire = Wire({"data": [short]} if nested else short, long, {"user_id": ACCOUNT, "username": "dubaicoffee"})
    credentials = {"client_id": APP, "client_secret": SECRET}
    grant = await instagram(wire, settings=OWN, credentials=credentials).exchange_code(CodeExchange("the-code-1", BACK))
    assert [str(each.url.copy_with(query=None)) for each in wire.requests] == [
        "https://api.instagram.com/oauth/access_token",
        f"{GRAPH}/access_token",
        f"{GRAPH}/v25.0/me",
    ]
    assert (grant.credentials, grant.refreshable) == ({"access_token": "long-token"}, True)
    assert (grant.facts.scopes, grant.facts.subject_id, grant.facts.subject_name) == (
        ("a_scope", "b_scope"),
        ACCOUNT,
        "dubaicoffee",
    )
    assert grant.facts.expires_at is not None
    for request in wire.requests:
        hidden = request.extensions["wasl"]["sensitive_fields"]
        kept = redact_url(str(request.url), hidden) + (
            redact_body(request.content, request.headers.get("content-type", ""), hidden) or ""
        )
        assert not any(secret in kept for secret in ("the-code-1", SECRET, "short-token", "long-token"))


async def test_a_code_that_is_not_good_is_the_callers() -> None:
    answer = (400, {"error_type": "OAuthException", "code": 400, "error_message": "Invalid authorization code"})
    with pytest.raises(InvalidRequest, match="Invalid authorization code") as refused:
        await instagram(Wire(answer), settings=OWN).exchange_code(CodeExchange("c", BACK))
    assert refused.value.field == "code"
    answer = (400, {"error_type": "OAuthException", "code": 400, "error_message": "Invalid platform app"})
    with pytest.raises(AuthenticationFailed):
        await instagram(Wire(answer), settings=OWN).exchange_code(CodeExchange("c", BACK))


async def test_access_is_renewed_with_instagrams_login_only() -> None:
    wire = Wire({"access_token": "newer", "expires_in": 5183944, "permissions": "a,b"})
    grant = await instagram(wire, settings=OWN).refresh_tokens()
    assert wire.requests[0].url.copy_with(query=None) == f"{GRAPH}/refresh_access_token"
    assert wire.requests[0].extensions["wasl"]["retryable"] is True
    assert (grant.credentials, grant.refreshable, grant.facts.scopes) == ({"access_token": "newer"}, True, ("a", "b"))
    assert grant.facts.expires_at is not None
    with pytest.raises(AuthenticationFailed):
        await instagram(Wire(refusal(190, 463)), settings=OWN).refresh_tokens()
    with pytest.raises(NotSupported, match="connect again"):
        await instagram(wire := Wire()).refresh_tokens()
    assert not wire.requests


async def test_with_instagrams_login_calls_go_to_its_own_graph_without_a_proof() -> None:
    wire = Wire({"user_id": ACCOUNT, "username": "dubaicoffee", "name": "Coffee", "followers_count": 8})
    connector = instagram(wire, settings=OWN)
    (account,) = await connector.list_accounts()
    assert (account.provider_account_id, account.handle, account.followers) == (ACCOUNT, "dubaicoffee", 8)
    assert (wire.requests[0].url.host, "appsecret_proof" in wire.requests[0].url.params) == (
        "graph.instagram.com",
        False,
    )
    wire.answers = [{"user_id": ACCOUNT, "username": "dubaicoffee"}] * 2
    facts = await connector.inspect_token()
    assert (facts.subject_id, facts.subject_name, facts.scopes) == (ACCOUNT, "dubaicoffee", None)
    assert (await connector.check_health()).ok
    with pytest.raises(NotSupported):
        await connector.delete_post(POST)


async def test_with_facebooks_login_accounts_are_those_that_pages_are_linked_with() -> None:
    linked = {"id": ACCOUNT, "username": "dubaicoffee", "followers_count": 8}
    wire = Wire(page_of({"id": "1"}, {"id": "2", "instagram_business_account": linked}))
    (account,) = await instagram(wire).list_accounts()
    assert (account.provider_account_id, account.name, account.kind) == (ACCOUNT, "dubaicoffee", "business")
    assert wire.requests[0].url.host == "graph.facebook.com"


# Posts and figures.


async def test_posts_come_in_pages_and_are_taken_back() -> None:
    wire = Wire(page_of({"id": MEDIA, "caption": "نص", "timestamp": AT}, after="c"), {"success": True}, MISSING)
    connector = instagram(wire)
    page = await connector.list_posts(an_account(), since=datetime(2026, 1, 1, tzinfo=UTC), cursor="b")
    assert (page.posts[0].text, page.next_cursor, wire.query["after"], wire.query["since"]) == (
        "نص",
        "c",
        "b",
        "1767225600",
    )
    for _ in range(2):
        await connector.delete_post(POST)
    assert wire.lines[1:] == [f"DELETE /{MEDIA}"] * 2


@pytest.mark.parametrize(
    ("product", "metrics"),
    [
        ("FEED", "views,reach,saved,shares,total_interactions"),
        ("REELS", "views,reach,saved,shares,total_interactions"),
        ("STORY", "views,reach,shares,replies"),
        ("SOMETHING_NEW", "views,reach,saved,shares,total_interactions"),
    ],
)
async def test_each_kind_of_media_is_asked_for_its_own_figures(product: str, metrics: str) -> None:
    counts = {"id": MEDIA, "media_product_type": product, "like_count": 5, "comments_count": 2}
    wire = Wire(counts, figures(views=9, reach=7, saved=1, shares=3))
    (engagement,) = await instagram(wire).measure_posts([POST])
    assert (wire.lines, wire.query["metric"]) == ([f"GET /{MEDIA}", f"GET /{MEDIA}/insights"], metrics)
    assert (engagement.views, engagement.reach, engagement.reactions, engagement.comments) == (9, 7, 5, 2)
    assert (engagement.saves, engagement.shares, engagement.clicks) == (1, 3, None)
    assert engagement.video_views == (9 if product == "REELS" else None)


@pytest.mark.parametrize(
    "answer", [refusal(10, message="(#10) Not enough viewers for the media"), refusal(100, 2108006), page_of()]
)
async def test_figures_that_are_not_told_are_none(answer: Any) -> None:
    (engagement,) = await instagram(Wire({"id": MEDIA, "like_count": 5}, answer)).measure_posts([POST])
    assert (engagement.found, engagement.reactions, engagement.views, engagement.saves) == (True, 5, None, None)


async def test_a_post_that_is_gone_does_not_spoil_the_others_and_a_missing_scope_is_told() -> None:
    wire = Wire(MISSING, {"id": "4", "like_count": 1}, figures(views=2))
    first, second = await instagram(wire).measure_posts([POST, existing("4", an_account())])
    assert (first.found, second.found, second.views) == (False, True, 2)
    with pytest.raises(AuthenticationFailed, match="instagram_manage_insights"):
        await instagram(Wire({"id": MEDIA}, refusal(10))).measure_posts([POST])


async def test_an_account_is_measured_for_a_day() -> None:
    told = page_of({"name": "reach", "total_value": {"value": 4}}, {"name": "views", "total_value": {"value": 6}})
    wire = Wire({"id": ACCOUNT, "followers_count": 8}, told)
    measured = await instagram(wire).measure_account(an_account(), date(2026, 1, 1))
    assert (measured.followers, measured.reach, measured.views, measured.engagements) == (8, 4, 6, None)
    assert (wire.query["since"], wire.query["until"], wire.query["metric_type"]) == (
        "1767225600",
        "1767312000",
        "total_value",
    )


# Comments.


def said(comment: str, **more: Any) -> dict[str, Any]:
    """A comment."""
    return {"id": comment, "text": "شكرا", "timestamp": AT, "username": "omar", **more}


async def test_comments_come_with_all_their_answers() -> None:
    ours = said("2", user={"id": ACCOUNT}, hidden=False, like_count=3)
    few = said("1", replies=page_of(ours))
    many = said("5", replies=page_of(said("6"), after="c"))
    wire = Wire(
        page_of(few, many, said("9", hidden=True), after="next"), page_of(said("6"), after="d"), page_of(said("7"))
    )
    page = await instagram(wire).list_comments(POST, cursor=None)
    assert [(each.provider_comment_id, each.parent_id, each.is_ours, each.is_hidden) for each in page.comments] == [
        ("1", None, False, False),
        ("2", "1", True, False),
        ("5", None, False, False),
        ("6", "5", False, False),
        ("7", "5", False, False),
        ("9", None, False, True),
    ]
    assert (page.next_cursor, page.comments[1].likes, page.comments[0].author_name) == ("next", 3, "omar")
    assert wire.lines == [f"GET /{MEDIA}/comments", "GET /5/replies", "GET /5/replies"]


async def test_a_comment_goes_below_the_post_or_is_an_answer() -> None:
    for parent, path in ((None, f"/{MEDIA}/comments"), ("77", "/77/replies")):
        wire = Wire({"id": "99"})
        made = await instagram(wire).create_comment(a_comment(POST, parent_id=parent))
        assert (wire.lines, wire.form, made.provider_comment_id) == ([f"POST {path}"], {"message": "شكرا"}, "99")
        assert wire.requests[0].extensions["wasl"]["retryable"] is False


async def test_a_lost_comment_is_found_by_its_text_among_our_own() -> None:
    ours = said("9", user={"id": ACCOUNT}, timestamp=now().isoformat())
    attempted_at = now() - timedelta(minutes=5)
    for parent, path in ((None, f"/{MEDIA}/comments"), ("77", "/77/replies")):
        wire = Wire(page_of(ours))
        found = await instagram(wire).find_comment(a_comment(POST, parent_id=parent), attempted_at=attempted_at)
        assert found is not None
        assert (found.provider_comment_id, wire.lines) == ("9", [f"GET {path}"])
    for other in (said("9", timestamp=now().isoformat()), {**ours, "text": "another"}, {**ours, "timestamp": AT}):
        assert await instagram(Wire(page_of(other))).find_comment(a_comment(POST), attempted_at=attempted_at) is None
    with pytest.raises(OutcomeUnknown, match="too soon"):
        await instagram(Wire(page_of())).find_comment(a_comment(POST), attempted_at=now())


async def test_comments_are_hidden_and_taken_away() -> None:
    wire = Wire({"success": True}, {"success": True}, MISSING)
    connector, comment = instagram(wire), existing_comment("77", POST)
    await connector.hide_comment(comment, hidden=True)
    assert wire.form == {"hide": "true"}
    for _ in range(2):
        await connector.delete_comment(comment)
    assert wire.lines == ["POST /77", "DELETE /77", "DELETE /77"]


async def test_what_instagram_would_refuse_is_not_sent() -> None:
    wire = Wire()
    connector = instagram(wire)
    wrong = POST.model_copy(update={"provider_post_id": "me"})
    for call in (
        connector.create_comment(a_comment(POST, text="x" * 2201)),
        connector.get_post(wrong),
        connector.delete_post(wrong),
        connector.measure_posts([wrong]),
        connector.list_comments(wrong, cursor=None),
        connector.list_posts(an_account().model_copy(update={"id": "me"}), since=None, cursor=None),
    ):
        with pytest.raises(InvalidRequest):
            await call
    assert not wire.requests
