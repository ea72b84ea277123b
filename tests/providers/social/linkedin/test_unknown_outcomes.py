"""An unknown outcome is settled by reading. Nothing is published twice."""

from typing import Any

import httpx
import pytest

from tests.providers.social.linkedin.builders import (
    A_MOMENT_AGO,
    A_WHILE_AGO,
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
    a_film,
    a_post,
    duplicate_of,
    linkedin,
    made,
    ms,
    now,
    page,
    refusal,
    said,
    shown,
)
from workers.providers.errors import AuthenticationFailed, InvalidRequest, OutcomeUnknown, ProviderError, Unavailable

LOST = httpx.ReadTimeout("no answer")
BEGUN = {"begun": str(ms(now()))}
IMAGES = {**BEGUN, "media.0": "urn:li:image:a", "media.1": "urn:li:image:b"}
TWO = [{"url": "https://media.example/1.png"}, {"url": "https://media.example/2.png"}]
SHOWN_TWO = {"multiImage": {"images": [{"id": "urn:li:image:a"}, {"id": "urn:li:image:b"}]}}


@pytest.mark.parametrize("answer", [LOST, httpx.ReadError("cut"), (201, None), made("urn:li:video:1"), (500, None)])
async def test_a_post_without_a_usable_answer_is_unknown_not_failed(answer: Any) -> None:
    with pytest.raises(OutcomeUnknown):
        await linkedin(Wire(answer)).publish_post(a_post(), BEGUN)


async def test_what_was_never_sent_is_refused_for_now() -> None:
    with pytest.raises(Unavailable):
        await linkedin(Wire(httpx.ConnectError("refused"))).publish_post(a_post(), BEGUN)


FILMED = {"content": {"media": {"id": "urn:li:video:V"}}, "lifecycleState": "PUBLISH_REQUESTED"}


@pytest.mark.parametrize(
    ("asked", "prepared", "changes"),
    [
        ({}, BEGUN, {}),
        ({"text": "Café  #دبي (open)"}, BEGUN, {"commentary": "Cafe\u0301 {hashtag|\\#|دبي} \\(open\\)"}),
        ({"link": {"url": "https://x.ae"}}, BEGUN, {"content": {"article": {"source": "https://lnkd.in/1"}}}),
        ({"media": TWO}, IMAGES, {"content": SHOWN_TWO}),
        ({"media": [a_film()]}, {**BEGUN, "media.0": "urn:li:video:V"}, FILMED),
    ],
    ids=["text", "accents", "link", "pictures", "film"],
)
async def test_a_lost_post_is_found_among_its_authors(
    asked: dict[str, Any], prepared: dict[str, str], changes: dict[str, Any]
) -> None:
    wire = Wire(page(shown("urn:li:share:9", commentary="Another"), shown(FILM, **changes)))
    found = await linkedin(wire).find_post(a_post(**asked), prepared, attempted_at=now() - A_MOMENT_AGO, known=())
    assert found is not None
    assert found.provider_post_id == FILM


@pytest.mark.parametrize(
    ("changes", "prepared"),
    [
        ({"commentary": "New branch in Dubai!"}, IMAGES),
        ({"content": {"multiImage": {"images": [{"id": "urn:li:image:a"}, {"id": "urn:li:image:other"}]}}}, IMAGES),
        ({"content": None}, IMAGES),
        ({"lifecycleState": "DRAFT"}, IMAGES),
        ({"createdAt": ms(now() - A_WHILE_AGO - A_WHILE_AGO)}, IMAGES),
        ({}, BEGUN),
    ],
    ids=["text", "files", "no files", "draft", "older", "never sent"],
)
async def test_what_is_not_there_may_be_published(changes: dict[str, Any], prepared: Any) -> None:
    there = shown(**{"content": SHOWN_TWO, **changes})
    wire = Wire(page(there), page(there))
    find = linkedin(wire).find_post
    assert await find(a_post(media=TWO), prepared, attempted_at=now() - A_WHILE_AGO, known=()) is None


async def test_another_post_of_the_hubs_that_says_the_same_is_not_it() -> None:
    wire = Wire(page(shown(), shown(FILM)), page(shown(FILM)))
    find = linkedin(wire).find_post
    found = await find(a_post(), BEGUN, attempted_at=now() - A_WHILE_AGO, known=[POST])
    assert found is not None
    assert found.provider_post_id == FILM
    wire.answers = [page(shown()), page(shown())]
    assert await find(a_post(), BEGUN, attempted_at=now() - A_WHILE_AGO, known=[POST]) is None


async def test_absence_proves_nothing_at_once() -> None:
    with pytest.raises(OutcomeUnknown):
        await linkedin(Wire(EMPTY)).find_post(a_post(), BEGUN, attempted_at=now() - A_MOMENT_AGO, known=())
    assert await linkedin(Wire(EMPTY)).find_post(a_post(), BEGUN, attempted_at=now() - A_WHILE_AGO, known=()) is None


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (FORBIDDEN, AuthenticationFailed),
        (refusal(426, "not active", code="NONEXISTENT_VERSION"), Unavailable),
        (refusal(400, "No."), Unavailable),
        ((404, None), Unavailable),
        (LOST, Unavailable),
    ],
)
async def test_a_question_that_is_refused_settles_nothing(answer: Any, error: type[ProviderError]) -> None:
    person = a_post(account=MEMBER)
    with pytest.raises(ProviderError) as raised:
        await linkedin(Wire(answer)).find_post(person, BEGUN, attempted_at=now() - A_WHILE_AGO, known=())
    assert type(raised.value) is error
    assert not isinstance(raised.value, InvalidRequest)


async def test_a_duplicate_that_is_this_post_is_adopted() -> None:
    wire = Wire(duplicate_of(POST), shown())
    adopted = await linkedin(wire).publish_post(a_post(), BEGUN)
    assert adopted.provider_post_id == POST
    assert wire.lines[1] == "GET /rest/posts/urn%3Ali%3Ashare%3A7100000000000000001?viewContext=AUTHOR"
    old = shown(content=SHOWN_TWO, createdAt=ms(now() - A_WHILE_AGO))
    pictures = await linkedin(Wire(duplicate_of(POST), old)).publish_post(a_post(media=TWO), IMAGES)
    assert pictures.provider_post_id == POST, "its files prove it, however old it is"


@pytest.mark.parametrize(
    ("answer", "prepared"),
    [
        (GONE, BEGUN),
        (FORBIDDEN, BEGUN),
        (shown(createdAt=ms(now() - A_WHILE_AGO)), BEGUN),
        (shown(), {}),
        (shown(author="urn:li:organization:5006"), BEGUN),
        (shown(content={"media": {"id": "urn:li:image:z"}}), BEGUN),
        (shown(lifecycleState="DRAFT"), BEGUN),
    ],
    ids=["gone", "not to be read", "older", "begun before", "of another page", "with other files", "draft"],
)
async def test_a_duplicate_of_something_else_is_refused(answer: Any, prepared: dict[str, str]) -> None:
    with pytest.raises(InvalidRequest, match="has this post already") as refused:
        await linkedin(Wire(duplicate_of(POST), answer)).publish_post(a_post(), prepared)
    assert (refused.value.field, refused.value.provider_code) == ("text", "DUPLICATE_POST")


async def test_a_duplicate_that_cannot_be_read_now_leaves_it_unknown() -> None:
    for answer in (LOST, (503, None), refusal(429, "throttle limit")):
        with pytest.raises(OutcomeUnknown):
            await linkedin(Wire(duplicate_of(POST), answer)).publish_post(a_post(), BEGUN)


async def test_a_lost_comment_is_found_by_what_it_says() -> None:
    mine = said(actor=PAGE.id, message={"text": "شكراً (جداً)"})
    theirs = said(COMMENT.replace("0004", "0005"), message={"text": "شكراً (جداً)"})
    with pytest.raises(OutcomeUnknown):
        await linkedin(Wire(LOST)).create_comment(a_comment())
    found = await linkedin(Wire(page(theirs, mine))).find_comment(a_comment(), attempted_at=now() - A_MOMENT_AGO)
    assert found is not None
    assert found.provider_comment_id == COMMENT
    wire = Wire(page(mine))
    answer = await linkedin(wire).find_comment(a_comment(parent_id=COMMENT), attempted_at=now() - A_MOMENT_AGO)
    assert answer is not None
    assert wire.lines[0].startswith("GET /rest/socialActions/urn%3Ali%3Acomment%3A")


async def test_the_same_comment_of_long_ago_is_not_it() -> None:
    old = said(actor=PAGE.id, message={"text": "شكراً (جداً)"}, created={"time": ms(now() - 3 * A_WHILE_AGO)})
    wire = Wire(page(old), page(old))
    assert await linkedin(wire).find_comment(a_comment(), attempted_at=now() - A_WHILE_AGO) is None


async def test_a_comment_that_is_not_there_may_be_written() -> None:
    theirs = said(message={"text": "شكراً (جداً)"})
    wire = Wire(page(theirs), page(theirs))
    assert await linkedin(wire).find_comment(a_comment(), attempted_at=now() - A_WHILE_AGO) is None
    with pytest.raises(OutcomeUnknown):
        await linkedin(Wire(EMPTY)).find_comment(a_comment(), attempted_at=now() - A_MOMENT_AGO)
    with pytest.raises(AuthenticationFailed):
        await linkedin(Wire(FORBIDDEN)).find_comment(a_comment(), attempted_at=now() - A_WHILE_AGO)
