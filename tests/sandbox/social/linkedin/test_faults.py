"""Faults on demand, seen from the connector: one post at most, and the truth where LinkedIn shows it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.providers.social.linkedin.builders import Reader, a_comment, a_film, a_post
from tests.sandbox.social.linkedin.conftest import Login, a_while_ago, unique
from workers.providers.errors import InvalidRequest, OutcomeUnknown, ProviderError, RateLimited, Unavailable
from workers.providers.social.models import PostEdit

PUBLISH = {"method": "POST", "path": "/rest/posts"}
COMMENT = {"method": "POST", "path": "/rest/socialActions/*/comments"}


@pytest.mark.parametrize(
    ("fault", "error", "made"),
    [
        ({"kind": "rate_limited", "retry_after": "7"}, RateLimited, 0),
        ({"kind": "server_error", "status": 500}, OutcomeUnknown, 0),
        ({"kind": "server_error", "status": 503}, OutcomeUnknown, 0),
        ({"kind": "drop_before"}, OutcomeUnknown, 0),
        ({"kind": "drop_after"}, OutcomeUnknown, 1),
        ({"kind": "malformed"}, OutcomeUnknown, 1),
        ({"kind": "wrong_content_type"}, OutcomeUnknown, 1),
    ],
    ids=lambda value: f"{value['kind']}-{value.get('status', '')}" if isinstance(value, dict) else None,
)
async def test_each_fault_is_told_for_what_it_is(
    login: Login, fault: dict[str, Any], error: type[ProviderError], made: int
) -> None:
    request, began = a_post(text=unique()), datetime.now(UTC)
    prepared = await login.prepared(request)
    await login.fault(match=PUBLISH, **fault)
    with pytest.raises(ProviderError) as raised:
        await login.connector.publish_post(request, prepared)
    assert type(raised.value) is error
    assert len(await login.texts()) == made
    if made:
        found = await login.connector.find_post(request, prepared, attempted_at=began, known=())
        assert found is not None
        assert found.text == request.text
    else:
        with pytest.raises(OutcomeUnknown):
            await login.connector.find_post(request, prepared, attempted_at=began, known=())
        assert await login.connector.find_post(request, prepared, attempted_at=a_while_ago(), known=()) is None


async def test_a_post_that_is_sent_again_after_all_is_there_once(login: Login) -> None:
    request = a_post(text=unique())
    prepared = await login.prepared(request)
    await login.fault("drop_after", match=PUBLISH)
    await login.control("lists", lag=True)
    with pytest.raises(OutcomeUnknown):
        await login.connector.publish_post(request, prepared)
    assert await login.connector.find_post(request, prepared, attempted_at=a_while_ago(), known=()) is None
    adopted = await login.connector.publish_post(request, prepared)
    assert await login.texts() == [request.text]
    await login.control("lists", lag=False)
    found = await login.connector.find_post(request, prepared, attempted_at=a_while_ago(), known=())
    assert found is not None
    assert found.provider_post_id == adopted.provider_post_id


async def test_a_text_that_was_posted_before_is_refused(login: Login) -> None:
    request = a_post(text=unique())
    await login.connector.publish_post(request, {})
    with pytest.raises(InvalidRequest, match="has this post already") as refused:
        await login.connector.publish_post(request, {})
    assert refused.value.field == "text"


async def test_a_film_that_is_lost_on_its_way_is_brought_again(login: Login) -> None:
    login.connector.media_reader = Reader(b"0123456789")
    request = a_post(text=unique(), media=[a_film(10)])
    for match in ({"path": "/rest/videos"}, {"path": "/www/dms-uploads/*"}, {"path": "/rest/videos/*"}):
        await login.fault("drop_after", match=match)
        with pytest.raises(Unavailable):
            await login.prepared(request)
    await login.connector.publish_post(request, await login.prepared(request))
    assert await login.texts() == [request.text]


async def test_a_lost_comment_is_found_and_one_that_never_came_is_not(login: Login) -> None:
    post, _ = await login.posted(text=unique())
    for kind, there in (("drop_before", False), ("drop_after", True)):
        request = a_comment(post=post, text=unique())
        await login.fault(kind, match=COMMENT)
        with pytest.raises(OutcomeUnknown):
            await login.connector.create_comment(request)
        found = await login.connector.find_comment(request, attempted_at=a_while_ago())
        assert (found is not None) is there


@pytest.mark.parametrize("call", ["edit", "delete"])
async def test_what_may_be_repeated_is_settled_by_repeating_it(login: Login, call: str) -> None:
    post, _ = await login.posted(text=unique())
    again = unique()

    async def act() -> None:
        if call == "edit":
            await login.connector.edit_post(PostEdit(post=post, text=again))
        else:
            await login.connector.delete_post(post)

    await login.fault("drop_after", match={"path": "/rest/posts/*"})
    with pytest.raises(OutcomeUnknown):
        await act()
    await act()
    assert await login.texts() == ([again] if call == "edit" else [])


@pytest.mark.parametrize("kind", ["drop_after", "malformed", "wrong_content_type", "server_error"])
async def test_a_question_that_was_lost_is_only_unavailable(login: Login, kind: str) -> None:
    post, _ = await login.posted(text=unique())
    await login.fault(kind, match={"method": "GET", "path": "/rest/posts/*"})
    with pytest.raises(Unavailable):
        await login.connector.get_post(post)
