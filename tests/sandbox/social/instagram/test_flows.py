"""Accounts from either consent to figures, and what goes wrong on the way, seen through the real connector."""

from datetime import timedelta
from typing import Any

import pytest

from tests.providers.builders import now
from tests.sandbox.social.meta_bench import APP, FILM, PICTURE, URL, Bench
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    NotSupported,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Unavailable,
)
from workers.providers.events import WebhookRequest
from workers.providers.social.instagram import InstagramConnector
from workers.providers.social.models import ExistingComment

A_WHILE = timedelta(minutes=5)
OWN = {"login": "instagram"}
KINDS: list[dict[str, Any]] = [
    {"media": [PICTURE]},
    {"media": [FILM]},
    {"media": [PICTURE, FILM, PICTURE]},
    {"media": [FILM], "format": "reel"},
    {"text": "", "media": [PICTURE], "format": "story"},
]
NAMES = ["picture", "film", "album", "reel", "story"]


@pytest.mark.parametrize("settings", [None, OWN], ids=["facebook-login", "instagram-login"])
@pytest.mark.parametrize("changes", KINDS, ids=NAMES)
async def test_each_kind_of_post_comes_out_once_and_is_read_back(
    twin: Bench, changes: dict[str, Any], settings: Any
) -> None:
    connector = twin.connect(settings)
    post = await twin.publish(connector, **changes)
    assert post.permalink
    (held,) = (await twin.state())["posts"]
    assert (held["id"], held["caption"]) == (post.provider_post_id, post.text or "")
    assert (await connector.get_post(twin.existing(post))).text == post.text
    listed = (await connector.list_posts(twin.account, since=None, cursor=None)).posts
    assert len(listed) == (changes.get("format") != "story")


async def test_a_post_is_taken_back_with_facebooks_login(twin: Bench) -> None:
    connector = twin.connect()
    post = await twin.publish(connector, media=[PICTURE])
    for _ in range(2):
        await connector.delete_post(twin.existing(post))
    assert (await twin.state())["posts"] == []


@pytest.mark.parametrize("changes", KINDS, ids=NAMES)
async def test_a_post_whose_answer_was_lost_is_found_and_one_that_never_came_is_not(
    twin: Bench, changes: dict[str, Any]
) -> None:
    connector = twin.connect()
    for kind, made in (("drop_before", 0), ("drop_after", 1)):
        request = twin.post_request(**changes)
        prepared = await twin.prepared(connector, request)
        await twin.fault(kind, "/v25.0/*/media_publish")
        with pytest.raises(OutcomeUnknown):
            await connector.publish_post(request, prepared)
        assert len((await twin.state())["posts"]) == made
        found = await connector.find_post(request, prepared, attempted_at=now() - A_WHILE, known=[])
        assert (found is not None) == bool(made)
    with pytest.raises(OutcomeUnknown, match="come out already"):
        await connector.publish_post(request, prepared)
    assert len((await twin.state())["posts"]) == 1


async def test_a_container_that_ran_out_is_made_anew(twin: Bench) -> None:
    connector = twin.connect()
    request = twin.post_request(media=[PICTURE])
    prepared = await twin.prepared(connector, request)
    await twin.control(f"containers/{prepared['container']}/age")
    with pytest.raises(Unavailable, match="made anew"):
        await connector.publish_post(request, prepared)
    assert await connector.find_post(request, prepared, attempted_at=now(), known=[]) is None
    again = await connector.prepare_post(request, prepared)
    assert (again.ready, again.data) == (False, {})
    await connector.publish_post(request, await twin.prepared(connector, request))
    assert len((await twin.state())["posts"]) == 1


async def test_a_file_that_cannot_be_fetched_is_the_callers(twin: Bench) -> None:
    connector = twin.connect()
    with pytest.raises(InvalidRequest, match="could not be fetched") as refused:
        await twin.prepared(connector, twin.post_request(media=[{"url": "https://unreachable.example/a.jpg"}]))
    assert refused.value.field == "media"
    film = {"url": "https://unreachable.example/a.mp4", "kind": "video"}
    with pytest.raises(InvalidRequest, match="its address has to be public") as refused:
        await twin.prepared(connector, twin.post_request(media=[PICTURE, film]))
    assert refused.value.field == "media.1"


async def test_a_quota_is_read_before_the_post_comes_out(twin: Bench) -> None:
    connector = twin.connect()
    await twin.control(f"accounts/{twin.account.id}/quota", {"total": 1})
    await twin.publish(connector, media=[PICTURE])
    with pytest.raises(RateLimited, match="1 of 1"):
        await twin.publish(connector, media=[PICTURE])
    assert len((await twin.state())["posts"]) == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "rate_limited"}, RateLimited),
        ({"kind": "server_error", "status": 502}, OutcomeUnknown),
        ({"kind": "kept_server_error", "applied": True}, OutcomeUnknown),
        ({"kind": "truncated"}, OutcomeUnknown),
        ({"kind": "malformed"}, OutcomeUnknown),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else None,
)
async def test_what_goes_wrong_on_the_wire_says_what_is_certain(
    twin: Bench, fault: dict[str, Any], error: type[ProviderError]
) -> None:
    connector = twin.connect()
    request = twin.post_request(media=[PICTURE])
    prepared = await twin.prepared(connector, request)
    await twin.fault(path="/v25.0/*/media_publish", **fault)
    with pytest.raises(ProviderError) as raised:
        await connector.publish_post(request, prepared)
    assert type(raised.value) is error


async def test_what_the_twin_refuses_instagram_refuses(twin: Bench) -> None:
    headers = {"Authorization": f"Bearer {twin.token}"}
    for form, subcode in (
        ({"image_url": PICTURE["url"], "caption": "x" * 2201}, 2207010),
        ({"media_type": "CAROUSEL", "children": "1"}, 2207028),
        ({"media_type": "POEM", "image_url": PICTURE["url"]}, 2207023),
        ({"media_type": "VIDEO", "video_url": FILM["url"]}, None),
        ({}, None),
    ):
        answer = await twin.http.post(f"{URL}/instagram/v25.0/{twin.account.id}/media", data=form, headers=headers)
        assert (answer.status_code, answer.json()["error"].get("error_subcode")) == (400, subcode)
    early = await twin.http.post(
        f"{URL}/instagram/v25.0/{twin.account.id}/media", data={"image_url": PICTURE["url"]}, headers=headers
    )
    answer = await twin.http.post(
        f"{URL}/instagram/v25.0/{twin.account.id}/media_publish",
        data={"creation_id": early.json()["id"]},
        headers=headers,
    )
    assert (answer.json()["error"]["code"], answer.json()["error"]["error_subcode"]) == (9007, 2207027)


# Access.


@pytest.mark.parametrize("settings", [None, OWN], ids=["facebook-login", "instagram-login"])
async def test_consent_brings_a_token_with_which_everything_works_and_it_ends(twin: Bench, settings: Any) -> None:
    grant = await twin.consent(settings)
    connector = twin.connect(settings, **grant.credentials)
    assert twin.account.id in [each.provider_account_id for each in await connector.list_accounts()]
    await twin.publish(connector, media=[PICTURE])
    assert (await connector.check_health()).ok
    await twin.control("tokens/expire")
    assert (await connector.check_health()).code == "authentication_failed"
    with pytest.raises(AuthenticationFailed):
        await twin.publish(connector, media=[PICTURE])


async def test_instagrams_access_is_renewed_when_it_is_a_day_old(twin: Bench) -> None:
    grant = await twin.consent(OWN)
    connector = twin.connect(OWN, **grant.credentials)
    with pytest.raises(InvalidRequest, match="younger than 24 hours"):
        await connector.refresh_tokens()
    await twin.control("tokens/age")
    renewed = await connector.refresh_tokens()
    for credentials in (grant.credentials, renewed.credentials):
        assert await twin.connect(OWN, **credentials).list_accounts()
    with pytest.raises(NotSupported):
        await twin.connect().refresh_tokens()


async def test_a_scope_that_was_not_granted_is_named(twin: Bench) -> None:
    for settings, scopes in (
        (None, ["instagram_basic", "pages_show_list"]),
        (OWN, ["instagram_business_basic"]),
    ):
        grant = await twin.consent(settings, scope=scopes)
        assert grant.facts.scopes == tuple(scopes)
        with pytest.raises(AuthenticationFailed, match="instagram_business_content_publish"):
            await twin.publish(twin.connect(settings, **grant.credentials), media=[PICTURE])


async def test_an_account_that_is_removed_from_the_login_is_gone(twin: Bench) -> None:
    connector = twin.connect()
    await twin.control(f"accounts/{twin.account.id}/remove")
    assert [each.handle for each in await connector.list_accounts()] == ["marinaflorist"]
    with pytest.raises(ProviderError):
        await twin.publish(connector, media=[PICTURE])


# Comments, figures, webhooks.


async def test_comments_are_answered_hidden_and_found_again(twin: Bench) -> None:
    connector = twin.connect()
    post = await twin.publish(connector, media=[PICTURE])
    theirs = (await twin.control(f"media/{post.provider_post_id}/comments", {"text": "كم السعر؟"}))["id"]
    request = twin.comment(post, parent_id=theirs)
    await twin.fault("drop_after", "/v25.0/*/replies")
    with pytest.raises(OutcomeUnknown):
        await connector.create_comment(request)
    found = await connector.find_comment(request, attempted_at=now())
    for number in range(60):
        await twin.control(f"media/{post.provider_post_id}/comments", {"text": f"{number}", "parent": theirs})
    comment = ExistingComment(post=twin.existing(post), provider_comment_id=theirs)
    await connector.hide_comment(comment, hidden=True)
    comments = (await connector.list_comments(twin.existing(post), cursor=None)).comments
    assert (len(comments), comments[0].is_hidden, comments[0].is_ours) == (62, True, False)
    assert (comments[1].provider_comment_id, comments[1].parent_id, comments[1].is_ours) == (
        found.provider_comment_id,
        theirs,
        True,
    )
    await connector.delete_comment(comment)
    assert (await connector.list_comments(twin.existing(post), cursor=None)).comments == ()


async def test_figures_are_those_of_the_kind_of_media(twin: Bench) -> None:
    connector = twin.connect()
    posts = [await twin.publish(connector, **changes) for changes in KINDS]
    for post in posts:
        figures = {"views": 9, "reach": 7, "likes": 5, "shares": 2, "saved": 1, "replies": 3}
        await twin.control(f"media/{post.provider_post_id}/figures", figures)
    measured = await connector.measure_posts([twin.existing(post) for post in posts])
    assert [(each.views, each.reactions, each.saves, each.comments) for each in measured] == [
        *[(9, 5, 1, 0)] * 4,
        (9, 5, None, 3),
    ]
    await twin.control(f"media/{posts[4].provider_post_id}/figures", {"too_few": True})
    assert (await connector.measure_posts([twin.existing(posts[4])]))[0].views is None
    day = await connector.measure_account(twin.account, now().date())
    assert (day.followers, day.reach, day.views) == (800, 35, 45)


async def test_what_happens_on_an_account_is_told_by_signed_webhook(twin: Bench) -> None:
    connector = twin.connect()
    await twin.subscribe("instagram", "comments,mentions,story_insights", twin.token)
    post = await twin.publish(connector, media=[PICTURE])
    await twin.control(f"media/{post.provider_post_id}/comments", {"text": "مرحبا"})
    await twin.control(f"media/{post.provider_post_id}/mention")
    await twin.control(f"media/{post.provider_post_id}/story_end")
    events = []
    for request in await twin.told():
        delivery = WebhookRequest(headers=dict(request.headers), body=request.content, received_at=now())
        InstagramConnector.verify_webhook(delivery, [APP["client_secret"]])
        events += InstagramConnector.parse_webhook(request.content)
    assert sorted((event.provider_type, event.type) for event in events) == [
        ("comments", "social.comment_created"),
        ("mentions", "social.post_changed"),
        ("story_insights", "social.post_changed"),
    ]
    assert {event.provider_post_id for event in events} == {post.provider_post_id}
