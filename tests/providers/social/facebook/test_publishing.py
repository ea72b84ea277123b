"""Bringing posts out on a page, and what becomes of a call whose answer was lost."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.providers.builders import now
from tests.providers.social.meta.builders import (
    AT,
    FILM,
    MISSING,
    PAGE,
    PAGE_TOKEN,
    PICTURE,
    POST,
    TOKEN,
    Wire,
    a_post,
    existing,
    facebook,
    page_of,
    refusal,
)
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Unavailable,
)

LOST = httpx.ReadTimeout("no answer")
A_WHILE = timedelta(minutes=5)
SHOWN = {"id": POST, "message": "مرحبا & welcome", "created_time": AT, "permalink_url": "https://www.facebook.com/p/1"}
REEL = {"video": "900", "upload": "/video-upload/v25.0/900", "uploaded": "1"}


def listed(post: str = POST, text: str | None = "مرحبا & welcome", age: timedelta = timedelta(0)) -> dict[str, Any]:
    """A post as the page lists it."""
    return {"id": post, "message": text, "created_time": (now() - age).isoformat()}


@pytest.mark.parametrize(
    ("changes", "edge", "form"),
    [
        ({}, "feed", {"message": "مرحبا & welcome"}),
        ({"link": {"url": "https://shop.example/?a=1&b=2"}}, "feed",
         {"message": "مرحبا & welcome", "link": "https://shop.example/?a=1&b=2"}),
        ({"text": "", "link": {"url": "https://shop.example"}}, "feed", {"link": "https://shop.example"}),
        ({"media": [{**PICTURE, "alt_text": "A mug"}]}, "photos",
         {"url": PICTURE["url"], "published": "true", "alt_text_custom": "A mug", "caption": "مرحبا & welcome"}),
        ({"media": [FILM]}, "videos",
         {"file_url": FILM["url"], "published": "true", "description": "مرحبا & welcome"}),
    ],
)  # fmt: skip
async def test_each_kind_of_post_goes_to_its_edge(changes: dict[str, Any], edge: str, form: dict[str, str]) -> None:
    request = a_post(**changes)
    wire = Wire()
    assert (await facebook(wire).prepare_post(request, {})).ready
    assert not wire.requests
    wire.answers = [{"id": POST, "post_id": POST}, SHOWN]
    result = await facebook(wire).publish_post(request, {})
    assert wire.lines == [f"POST /{PAGE}/{edge}", f"GET /{POST}"]
    wire.requests.pop()
    assert wire.form == form
    assert wire.requests[0].headers["authorization"] == f"Bearer {PAGE_TOKEN}"
    assert wire.requests[0].extensions["wasl"]["retryable"] is False
    assert (result.provider_post_id, result.permalink) == (POST, SHOWN["permalink_url"])


async def test_several_photos_are_brought_unseen_one_a_step_and_attached() -> None:
    request = a_post(media=[PICTURE, PICTURE, PICTURE])
    wire = Wire({"id": "11"}, {"id": "12"}, {"id": "13"}, {"id": POST}, SHOWN)
    connector = facebook(wire)
    prepared: dict[str, str] = {}
    for ready in (False, False, True):
        step = await connector.prepare_post(request, prepared)
        assert (step.ready, wire.form) == (ready, {"url": PICTURE["url"], "published": "false"})
        prepared = step.data
    assert prepared == {"photos": "11,12,13"}
    assert (await connector.prepare_post(request, prepared)).ready
    await connector.publish_post(request, prepared)
    wire.requests.pop()
    assert json.loads(wire.form["attached_media"]) == [{"media_fbid": "11"}, {"media_fbid": "12"}, {"media_fbid": "13"}]


async def test_a_reel_goes_through_its_phases_and_waits_for_the_film() -> None:
    request = a_post(media=[FILM], format="reel")
    address = "https://rupload.facebook.com/video-upload/v25.0/900"
    waiting = {"status": {"video_status": "processing", "uploading_phase": {"status": "in_progress"}}}
    there = {"status": {"video_status": "processing", "uploading_phase": {"status": "complete"}}}
    wire = Wire({"video_id": "900", "upload_url": address}, {"success": True}, waiting, there)
    connector = facebook(wire)
    prepared: dict[str, str] = {}
    waits: list[float] = []
    for _ in range(4):
        step = await connector.prepare_post(request, prepared)
        prepared, waits = step.data, [*waits, step.wait_seconds]
    assert (step.ready, prepared, waits) == (True, REEL, [0.0, 10.0, 10.0, 0.0])
    upload = wire.requests[1]
    assert str(upload.url) == address
    assert (upload.headers["authorization"], upload.headers["file_url"]) == (f"OAuth {PAGE_TOKEN}", FILM["url"])
    wire.answers = [{"success": True}, {"id": "900", "post_id": POST, "created_time": AT}]
    assert (await connector.publish_post(request, prepared)).provider_post_id == POST
    wire.requests.pop()
    form = {"upload_phase": "FINISH", "video_id": "900", "video_state": "PUBLISHED", "description": request.text}
    assert wire.form == form


async def test_a_film_that_facebook_cannot_take_is_the_callers() -> None:
    phase = {"status": "error", "error": {"message": "The video could not be downloaded"}}
    wire = Wire({"status": {"video_status": "error", "uploading_phase": phase}})
    with pytest.raises(InvalidRequest, match="could not be downloaded") as refused:
        await facebook(wire).prepare_post(a_post(media=[FILM], format="reel"), REEL)
    assert refused.value.field == "media.0"


async def test_a_step_that_nobody_sees_may_be_repeated() -> None:
    for request, prepared in ((a_post(media=[PICTURE] * 2), {}), (a_post(media=[FILM], format="reel"), {})):
        wire = Wire(LOST)
        with pytest.raises(Unavailable):
            await facebook(wire).prepare_post(request, prepared)
        assert wire.requests[0].extensions["wasl"]["retryable"] is True


async def test_a_film_stands_under_its_own_id_until_its_post_is_known() -> None:
    request = a_post(media=[FILM])
    for second, expected in (
        ({"id": "900", "post_id": POST}, POST),
        ({"id": "900"}, "900"),
        (LOST, "900"),
        (MISSING, "900"),
    ):
        assert (await facebook(Wire({"id": "900"}, second)).publish_post(request, {})).provider_post_id == expected


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": "x" * 63_207}, "text"),
        ({"media": [PICTURE, FILM]}, "media"),
        ({"media": [FILM, FILM]}, "media"),
        ({"media": [PICTURE], "link": {"url": "https://shop.example"}}, "link"),
        ({"media": [{**PICTURE, "content_type": "image/gif"}]}, "media.0"),
        ({"media": [{**PICTURE, "bytes": 5_000_000}]}, "media.0"),
        ({"format": "reel"}, "media"),
        ({"format": "reel", "media": [{**FILM, "seconds": 91}]}, "media.0"),
        ({"format": "story", "media": [PICTURE]}, "format"),
        ({"account": {"id": "me", "kind": "page"}}, "account.id"),
    ],
)
async def test_what_facebook_would_refuse_is_not_sent(changes: dict[str, Any], field: str) -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest) as refused:
        await facebook(wire).publish_post(a_post(**changes), {})
    assert (refused.value.field, wire.requests) == (field, [])


async def test_what_is_not_prepared_is_not_published() -> None:
    for request in (a_post(media=[PICTURE] * 2), a_post(media=[FILM], format="reel")):
        with pytest.raises(InvalidRequest) as refused:
            await facebook(wire := Wire()).publish_post(request, {})
        assert (refused.value.field, wire.requests) == ("prepared", [])


# A page's own token.


async def test_a_pages_token_is_asked_for_once() -> None:
    wire = Wire({"access_token": PAGE_TOKEN}, {"id": POST}, SHOWN, {"id": POST}, SHOWN, page_token=None)
    connector = facebook(wire)
    for _ in range(2):
        await connector.publish_post(a_post(), {})
    assert wire.lines == [f"GET /{PAGE}", f"POST /{PAGE}/feed", f"GET /{POST}", f"POST /{PAGE}/feed", f"GET /{POST}"]
    assert wire.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert wire.requests[0].url.params["appsecret_proof"] != wire.requests[1].url.params["appsecret_proof"]


async def test_a_page_token_that_died_is_asked_for_anew_once() -> None:
    dead = refusal(190, 460, status=401)
    wire = Wire(
        {"access_token": "old-token"}, dead, {"access_token": "new-token"}, {"id": POST}, SHOWN, page_token=None
    )
    assert (await facebook(wire).publish_post(a_post(), {})).provider_post_id == POST
    assert [each.headers["authorization"] for each in wire.requests[1::2]] == ["Bearer old-token", "Bearer new-token"]
    wire = Wire({"access_token": "old-token"}, dead, {"access_token": "new-token"}, dead, page_token=None)
    with pytest.raises(AuthenticationFailed, match="password was changed"):
        await facebook(wire).publish_post(a_post(), {})
    assert len(wire.requests) == 4


async def test_a_page_token_that_died_while_posts_were_read_is_asked_for_anew_the_next_time() -> None:
    wire = Wire(
        {"access_token": "old-token"},
        refusal(190, 460),
        {"access_token": "new-token"},
        page_of(listed()),
        page_token=None,
    )
    connector = facebook(wire)
    with pytest.raises(AuthenticationFailed):
        await connector.find_post(a_post(), {}, attempted_at=now(), known=[])
    assert await connector.find_post(a_post(), {}, attempted_at=now(), known=[]) is not None
    assert wire.requests[-1].headers["authorization"] == "Bearer new-token"


@pytest.mark.parametrize("answer", [MISSING, {"id": PAGE}, {"id": PAGE, "access_token": None}])
async def test_a_page_that_left_the_login_says_so(answer: Any) -> None:
    wire = Wire(answer, page_token=None)
    with pytest.raises(AuthenticationFailed, match="page 1001 is not part of this login any more"):
        await facebook(wire).publish_post(a_post(), {})


# Lost answers.


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (LOST, OutcomeUnknown),
        (httpx.ReadError("cut"), OutcomeUnknown),
        ((200, []), OutcomeUnknown),
        ((200, {}), OutcomeUnknown),
        (httpx.Response(200, text="<html>"), OutcomeUnknown),
        ((502, None), OutcomeUnknown),
        (refusal(1, status=500), OutcomeUnknown),
        (httpx.ConnectError("refused"), Unavailable),
        (refusal(32), RateLimited),
        (refusal(100), InvalidRequest),
    ],
)
async def test_a_post_without_a_usable_answer_is_unknown(answer: Any, kind: type[ProviderError]) -> None:
    wire = Wire(answer)
    with pytest.raises(ProviderError) as raised:
        await facebook(wire).publish_post(a_post(), {})
    assert type(raised.value) is kind
    assert wire.lines == [f"POST /{PAGE}/feed"]


async def test_a_lost_post_is_found_by_its_text_among_those_since_and_no_other_of_ours_is_taken() -> None:
    request, attempted_at = a_post(), now() - A_WHILE
    older = [listed("1001_5", age=timedelta(hours=1))]
    wire = Wire(page_of(listed("1001_9", "another"), listed("1001_8"), after="c"), page_of(listed("1001_7"), *older))
    found = await facebook(wire).find_post(request, {}, attempted_at=attempted_at, known=["1001_7"])
    assert found is not None
    assert found.provider_post_id == "1001_8"
    since = int((attempted_at - timedelta(minutes=2)).timestamp())
    assert wire.query == {
        "fields": "id,message,created_time,permalink_url",
        "limit": "100",
        "since": str(since),
        "after": "c",
    }


@pytest.mark.parametrize("text", ["مرحبا & welcome", " مرحبا  & welcome\n", "مرحبا\r\n& welcome"])
async def test_a_text_is_the_same_to_a_reader_however_its_spaces_were_changed(text: str) -> None:
    found = await facebook(Wire(page_of(listed(text=text)))).find_post(a_post(), {}, attempted_at=now(), known=[])
    assert found is not None


@pytest.mark.parametrize(
    ("posts", "known"),
    [([], []), ([listed(text="another")], []), ([listed()], [POST]), ([listed(text=None)], [])],
)
async def test_what_is_not_there_after_a_minute_was_not_published(posts: list[Any], known: list[str]) -> None:
    with pytest.raises(OutcomeUnknown, match="too soon"):
        await facebook(Wire(page_of(*posts))).find_post(a_post(), {}, attempted_at=now(), known=known)
    connector = facebook(Wire(page_of(*posts)))
    assert await connector.find_post(a_post(), {}, attempted_at=now() - A_WHILE, known=known) is None


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (LOST, Unavailable),
        ((500, None), Unavailable),
        (refusal(100), Unavailable),
        (refusal(190), AuthenticationFailed),
        (refusal(4), RateLimited),
        ({"data": [{"id": "x"}]}, Unavailable),
    ],
)
async def test_while_it_cannot_be_asked_about_a_post_stays_unknown(answer: Any, kind: type[ProviderError]) -> None:
    with pytest.raises(ProviderError) as raised:
        await facebook(Wire(answer)).find_post(a_post(), {}, attempted_at=now() - A_WHILE, known=[])
    assert type(raised.value) is kind


async def test_a_lost_film_is_found_among_the_pages_films_by_either_id() -> None:
    film = {"id": "900", "description": "مرحبا & welcome", "created_time": now().isoformat(), "post_id": POST}
    for known, expected in (([], POST), ([POST], None), (["900"], None)):
        wire = Wire(page_of(film))
        found = await facebook(wire).find_post(a_post(media=[FILM]), {}, attempted_at=now() - A_WHILE, known=known)
        assert (found and found.provider_post_id) == expected
        assert (wire.lines, wire.query["type"]) == ([f"GET /{PAGE}/videos"], "UPLOADED")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({"publishing_phase": {"status": "complete"}}, POST),
        ({"publishing_phase": {"status": "not_started"}}, None),
        ({}, None),
        ({"publishing_phase": {"status": "in_progress"}}, OutcomeUnknown),
        ({"publishing_phase": {"status": "error"}}, InvalidRequest),
        ({"video_status": "error"}, InvalidRequest),
    ],
)
async def test_a_lost_reel_is_told_by_its_film(status: dict[str, Any], expected: Any) -> None:
    post = {"post_id": POST} if expected == POST else {}
    wire = Wire({"id": "900", "created_time": AT, "status": status, **post})
    search = facebook(wire).find_post(a_post(media=[FILM], format="reel"), REEL, attempted_at=now() - A_WHILE, known=[])
    if isinstance(expected, type):
        with pytest.raises(expected):
            await search
    else:
        found = await search
        assert (found and found.provider_post_id) == expected


async def test_a_reel_that_was_never_begun_is_not_there() -> None:
    request = a_post(media=[FILM], format="reel")
    assert await facebook(Wire()).find_post(request, {}, attempted_at=now() - A_WHILE, known=[]) is None


async def test_a_duplicate_is_unknown_if_ours_may_have_just_come_out_else_the_callers() -> None:
    duplicate = refusal(506, message="Duplicate status message")
    for answer in (page_of(listed()), LOST):
        with pytest.raises(OutcomeUnknown, match="has this post already"):
            await facebook(Wire(duplicate, answer)).publish_post(a_post(), {})
    for posts in ([], [listed(age=timedelta(hours=1))]):
        with pytest.raises(InvalidRequest, match="Duplicate") as refused:
            await facebook(Wire(duplicate, page_of(*posts))).publish_post(a_post(), {})
        assert (refused.value.field, refused.value.provider_code) == ("text", "506")


async def test_what_came_out_is_read_and_what_is_gone_is_taken_back_already() -> None:
    shown = await facebook(Wire(SHOWN)).get_post(existing())
    assert (shown.text, shown.permalink) == ("مرحبا & welcome", SHOWN["permalink_url"])
    film = await facebook(Wire({"id": "900", "description": "x", "permalink_url": "/1/videos/900/"})).get_post(
        existing("900")
    )
    assert (film.text, film.permalink) == ("x", "https://www.facebook.com/1/videos/900/")
    await facebook(Wire(MISSING)).delete_post(existing())
