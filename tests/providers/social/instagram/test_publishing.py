"""Containers, and what becomes of one whose publication was not answered."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.providers.builders import now
from tests.providers.social.meta.builders import (
    ACCOUNT,
    AT,
    FILM,
    MEDIA,
    MISSING,
    PICTURE,
    TOKEN,
    Wire,
    a_picture,
    an_account,
    existing,
    instagram,
    page_of,
    refusal,
)
from workers.providers.errors import (
    InvalidRequest,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Unavailable,
)

LOST = httpx.ReadTimeout("no answer")
A_WHILE = timedelta(minutes=5)
PREPARED = {"container": "500"}
QUOTA = {"data": [{"quota_usage": 3, "config": {"quota_total": 50, "quota_duration": 86400}}]}
SHOWN = {"id": MEDIA, "caption": "مرحبا & welcome", "timestamp": AT, "permalink": "https://www.instagram.com/p/x/"}


def container(status: str, told: str = "") -> dict[str, Any]:
    """A container as it is asked about."""
    return {"id": "500", "status_code": status, "status": told or status.title()}


def listed(media: str = MEDIA, text: str | None = "مرحبا & welcome", age: timedelta = timedelta(0)) -> dict[str, Any]:
    """A post as the account lists it."""
    return {"id": media, "caption": text, "timestamp": (now() - age).isoformat()}


@pytest.mark.parametrize(
    ("changes", "form"),
    [
        ({"media": [{**PICTURE, "alt_text": "A mug"}]},
         {"image_url": PICTURE["url"], "alt_text": "A mug", "caption": "مرحبا & welcome"}),
        ({"text": ""}, {"image_url": PICTURE["url"]}),
        ({"media": [FILM]},
         {"media_type": "REELS", "video_url": FILM["url"], "caption": "مرحبا & welcome", "share_to_feed": "true"}),
        ({"media": [FILM], "format": "reel"},
         {"media_type": "REELS", "video_url": FILM["url"], "caption": "مرحبا & welcome"}),
        ({"text": "", "format": "story"}, {"media_type": "STORIES", "image_url": PICTURE["url"]}),
        ({"text": "", "media": [FILM], "format": "story"}, {"media_type": "STORIES", "video_url": FILM["url"]}),
    ],
)  # fmt: skip
async def test_each_kind_of_post_has_a_container_of_its_own(changes: dict[str, Any], form: dict[str, str]) -> None:
    wire = Wire({"id": "500"}, container("IN_PROGRESS"), container("FINISHED"))
    connector, request = instagram(wire), a_picture(**changes)
    first = await connector.prepare_post(request, {})
    assert (wire.lines, wire.form, first.ready, first.data) == ([f"POST /{ACCOUNT}/media"], form, False, PREPARED)
    assert wire.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    waiting = await connector.prepare_post(request, first.data)
    assert (waiting.ready, waiting.data, waiting.wait_seconds > 0) == (False, PREPARED, True)
    assert (await connector.prepare_post(request, waiting.data)).ready


async def test_an_album_is_made_part_by_part_and_joined_when_all_are_finished() -> None:
    wire = Wire(
        *({"id": "501"}, {"id": "502"}),
        *(container("FINISHED"), container("IN_PROGRESS")),
        *(container("FINISHED"), container("FINISHED"), {"id": "500"}),
        container("FINISHED"),
    )
    connector, request = instagram(wire), a_picture(media=[PICTURE, FILM])
    prepared: dict[str, str] = {}
    kept = []
    for _ in range(5):
        step = await connector.prepare_post(request, prepared)
        prepared = step.data
        kept.append((step.ready, dict(prepared)))
    whole = {"children": "501,502", "container": "500"}
    assert kept == [
        (False, {"children": "501"}),
        (False, {"children": "501,502"}),
        (False, {"children": "501,502"}),
        (False, whole),
        (True, whole),
    ]
    forms = [each for each in wire.requests if each.method == "POST"]
    assert b"is_carousel_item=true" in forms[0].content
    assert b"media_type=VIDEO" in forms[1].content
    assert b"media_type=CAROUSEL&children=501%2C502&caption=" in forms[2].content


async def test_a_container_or_part_that_ran_out_is_made_anew() -> None:
    again = await instagram(Wire(container("EXPIRED"))).prepare_post(a_picture(), PREPARED)
    assert (again.ready, again.data) == (False, {})
    parts = {"children": "501,502"}
    again = await instagram(Wire(container("EXPIRED"))).prepare_post(a_picture(media=[PICTURE] * 2), parts)
    assert (again.ready, again.data) == (False, {})


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("Error: media 2207052", "its address has to be public"),
        ("Error: 2207026 Unsupported", "does not take this kind of film"),
        ("Error: something new", "something new"),
    ],
)
async def test_a_container_that_failed_says_why_in_words(told: str, words: str) -> None:
    for answer in (container("ERROR", told), {"id": "500", "status": told}):
        with pytest.raises(InvalidRequest, match=words) as refused:
            await instagram(Wire(answer)).prepare_post(a_picture(), PREPARED)
        assert refused.value.field == "media"
    with pytest.raises(InvalidRequest, match=words) as refused:
        prepared = {"children": "501,502"}
        answers = container("FINISHED"), container("ERROR", told)
        await instagram(Wire(*answers)).prepare_post(a_picture(media=[PICTURE] * 2), prepared)
    assert refused.value.field == "media.1"


async def test_steps_that_nobody_sees_may_be_repeated_and_the_last_may_not() -> None:
    wire = Wire(LOST)
    with pytest.raises(Unavailable):
        await instagram(wire).prepare_post(a_picture(), {})
    assert wire.requests[0].extensions["wasl"]["retryable"] is True
    wire = Wire(container("FINISHED"), QUOTA, {"id": MEDIA}, SHOWN)
    await instagram(wire).publish_post(a_picture(), PREPARED)
    assert wire.requests[2].extensions["wasl"]["retryable"] is False


async def test_the_last_step_looks_at_container_and_quota_and_lets_it_appear() -> None:
    wire = Wire(container("FINISHED"), QUOTA, {"id": MEDIA}, SHOWN)
    result = await instagram(wire).publish_post(a_picture(), PREPARED)
    assert wire.lines == [
        "GET /500",
        f"GET /{ACCOUNT}/content_publishing_limit",
        f"POST /{ACCOUNT}/media_publish",
        f"GET /{MEDIA}",
    ]
    assert wire.requests[2].content == b"creation_id=500"
    assert (result.provider_post_id, result.permalink) == (MEDIA, SHOWN["permalink"])


@pytest.mark.parametrize("answer", [LOST, MISSING, (500, None), refusal(190), {"id": MEDIA}])
async def test_a_permalink_that_cannot_be_had_fails_nothing(answer: Any) -> None:
    wire = Wire(container("FINISHED"), QUOTA, {"id": MEDIA}, answer)
    result = await instagram(wire).publish_post(a_picture(), PREPARED)
    assert (result.provider_post_id, result.permalink) == (MEDIA, None)


async def test_a_quota_that_is_used_up_is_told_before_and_one_that_cannot_be_read_is_none() -> None:
    used = {"data": [{"quota_usage": 50, "config": {"quota_total": 50}}]}
    wire = Wire(container("FINISHED"), used)
    with pytest.raises(RateLimited, match="50 of 50") as limited:
        await instagram(wire).publish_post(a_picture(), PREPARED)
    assert (limited.value.retry_after, len(wire.requests)) == (3600, 2)
    for answer in (refusal(100), {"data": []}, {"data": [{"quota_usage": 1}]}):
        wire = Wire(container("FINISHED"), answer, {"id": MEDIA}, SHOWN)
        assert (await instagram(wire).publish_post(a_picture(), PREPARED)).provider_post_id == MEDIA


async def test_a_container_that_came_out_or_ran_out_is_not_published() -> None:
    for status, kind in (("PUBLISHED", OutcomeUnknown), ("EXPIRED", Unavailable)):
        wire = Wire(container(status))
        with pytest.raises(kind):
            await instagram(wire).publish_post(a_picture(), PREPARED)
        assert wire.lines == ["GET /500"]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (LOST, OutcomeUnknown),
        ((200, {}), OutcomeUnknown),
        ((502, None), OutcomeUnknown),
        (refusal(-1, 2207001), OutcomeUnknown),
        (refusal(24, 2207008), OutcomeUnknown),
        (refusal(9007, 2207027), Unavailable),
        (httpx.ConnectError("refused"), Unavailable),
        (refusal(9, 2207042, status=403), RateLimited),
        (refusal(36003, 2207009), InvalidRequest),
    ],
)
async def test_what_a_refusal_of_the_last_step_leaves_certain(answer: Any, kind: type[ProviderError]) -> None:
    with pytest.raises(ProviderError) as raised:
        await instagram(Wire(container("FINISHED"), QUOTA, answer)).publish_post(a_picture(), PREPARED)
    assert type(raised.value) is kind


# Finding.


async def test_a_container_that_came_out_is_found_in_the_list_by_caption_and_time() -> None:
    attempted_at = now() - A_WHILE
    media = page_of(listed("9", "another"), listed("8"), listed("7"), listed("6", age=timedelta(hours=1)))
    wire = Wire(container("PUBLISHED"), media)
    found = await instagram(wire).find_post(a_picture(), PREPARED, attempted_at=attempted_at, known=["7"])
    assert found is not None
    assert found.provider_post_id == "8"
    assert wire.lines == ["GET /500", f"GET /{ACCOUNT}/media"]


async def test_a_story_is_found_by_its_time() -> None:
    wire = Wire(container("PUBLISHED"), page_of(listed("9", None), listed("8", None)))
    request = a_picture(text="", format="story")
    found = await instagram(wire).find_post(request, PREPARED, attempted_at=now(), known=["8"])
    assert found is not None
    assert (found.provider_post_id, wire.lines[1]) == ("9", f"GET /{ACCOUNT}/stories")


@pytest.mark.parametrize("first", [container("PUBLISHED"), MISSING])
async def test_what_came_out_but_is_not_listed_stays_unknown(first: Any) -> None:
    for posts in ([], [listed(text="another")]):
        with pytest.raises(OutcomeUnknown):
            await instagram(Wire(first, page_of(*posts))).find_post(
                a_picture(), PREPARED, attempted_at=now() - A_WHILE, known=[]
            )


async def test_a_container_that_is_not_shown_does_not_hide_the_post() -> None:
    wire = Wire(MISSING, page_of(listed()))
    found = await instagram(wire).find_post(a_picture(), PREPARED, attempted_at=now(), known=[])
    assert found is not None
    assert found.provider_post_id == MEDIA


async def test_a_container_that_did_not_come_out_may_be_published() -> None:
    for status in ("FINISHED", "IN_PROGRESS"):
        with pytest.raises(OutcomeUnknown, match="too soon"):
            await instagram(Wire(container(status))).find_post(a_picture(), PREPARED, attempted_at=now(), known=[])
        late = instagram(Wire(container(status)))
        assert await late.find_post(a_picture(), PREPARED, attempted_at=now() - A_WHILE, known=[]) is None
    expired = instagram(Wire(container("EXPIRED")))
    assert await expired.find_post(a_picture(), PREPARED, attempted_at=now(), known=[]) is None
    assert await instagram(Wire()).find_post(a_picture(), {}, attempted_at=now(), known=[]) is None
    with pytest.raises(InvalidRequest, match="public"):
        failed = instagram(Wire(container("ERROR", "Error 2207052")))
        await failed.find_post(a_picture(), PREPARED, attempted_at=now(), known=[])


@pytest.mark.parametrize(
    ("answer", "kind"), [(LOST, Unavailable), (refusal(100), Unavailable), ((200, []), Unavailable)]
)
async def test_while_it_cannot_be_asked_about_a_post_stays_unknown(answer: Any, kind: type[ProviderError]) -> None:
    with pytest.raises(kind):
        await instagram(Wire(answer)).find_post(a_picture(), PREPARED, attempted_at=now() - A_WHILE, known=[])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": "x" * 2201}, "text"),
        ({"text": "#a " * 31}, "text"),
        ({"media": []}, "media"),
        ({"media": [PICTURE] * 11}, "media"),
        ({"media": [PICTURE] * 6 + [FILM] * 5}, "media"),
        ({"media": [{**PICTURE, "content_type": "image/png"}]}, "media.0"),
        ({"media": [{**PICTURE, "width": 400, "height": 1000}]}, "media.0"),
        ({"media": [{**FILM, "seconds": 2}], "format": "reel"}, "media.0"),
        ({"format": "reel"}, "media"),
        ({"text": "words", "format": "story"}, "text"),
        ({"link": {"url": "https://shop.example"}}, "link"),
        ({"account": {"id": "me", "kind": "business"}}, "account.id"),
    ],
)
async def test_what_instagram_would_refuse_is_not_sent(changes: dict[str, Any], field: str) -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest) as refused:
        await instagram(wire).prepare_post(a_picture(**changes), {})
    assert (refused.value.field, wire.requests) == (field, [])


async def test_what_is_not_prepared_is_not_published() -> None:
    with pytest.raises(InvalidRequest) as refused:
        await instagram(Wire()).publish_post(a_picture(), {})
    assert refused.value.field == "prepared"


async def test_a_post_is_read_with_its_permalink_where_there_is_one() -> None:
    post = existing(MEDIA, an_account())
    assert (await instagram(Wire(SHOWN)).get_post(post)).permalink == SHOWN["permalink"]
    assert (await instagram(Wire({"id": MEDIA})).get_post(post)).permalink is None
