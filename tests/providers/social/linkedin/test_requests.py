"""What is asked of LinkedIn, byte by byte where it matters."""

from datetime import date
from typing import Any

import httpx
import pytest

from tests.providers.social.linkedin.builders import (
    COMMENT,
    EMPTY,
    FILM,
    GONE,
    MEMBER,
    PAGE,
    POST,
    TOKEN,
    Reader,
    Wire,
    a_comment,
    a_film,
    a_post,
    existing,
    linkedin,
    made,
    shown,
)
from workers.providers.errors import AuthenticationFailed, InvalidRequest, Unavailable
from workers.providers.social.models import ExistingComment, PostEdit

ENC = "urn%3Ali%3Ashare%3A7100000000000000001"
PAGE_ENC = "urn%3Ali%3Aorganization%3A5005"
IMAGE = {"value": {"uploadUrl": "https://www.linkedin.com/dms-uploads/x/0?m=AQ&ut=1", "image": "urn:li:image:C4E"}}


async def test_a_post_of_text() -> None:
    wire = Wire(made())
    post = await linkedin(wire).publish_post(a_post(text="مرحبا (دبي)"), {})
    (request,) = wire.requests
    assert str(request.url) == "https://api.linkedin.com/rest/posts"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.headers["linkedin-version"] == "202607"
    assert request.headers["x-restli-protocol-version"] == "2.0.0"
    assert wire.body == {
        "author": "urn:li:organization:5005",
        "commentary": r"مرحبا \(دبي\)",
        "visibility": "PUBLIC",
        "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
    }
    assert (post.provider_post_id, post.permalink) == (POST, f"https://www.linkedin.com/feed/update/{POST}")


@pytest.mark.parametrize(
    ("link", "article"),
    [
        (
            {"url": "https://example.ae/dxb", "title": "Opening", "description": "On Sunday"},
            {"source": "https://example.ae/dxb", "title": "Opening", "description": "On Sunday"},
        ),
        ({"url": "https://example.ae/dxb"}, {"source": "https://example.ae/dxb", "title": "example.ae"}),
    ],
)
async def test_a_link_has_a_title_always(link: dict[str, str], article: dict[str, str]) -> None:
    wire = Wire(made())
    await linkedin(wire).publish_post(a_post(link=link), {})
    assert wire.body["content"] == {"article": article}


async def test_one_picture_is_media_and_several_are_a_multi_image() -> None:
    wire = Wire(made(), made())
    one = {"url": "https://media.example/1.png", "alt_text": "A shop"}
    two = {"url": "https://media.example/2.png"}
    await linkedin(wire).publish_post(a_post(media=[one]), {"media.0": "urn:li:image:a"})
    assert wire.body["content"] == {"media": {"id": "urn:li:image:a", "altText": "A shop"}}
    prepared = {"media.0": "urn:li:image:a", "media.1": "urn:li:image:b"}
    await linkedin(wire).publish_post(a_post(media=[one, two]), prepared)
    images = [{"id": "urn:li:image:a", "altText": "A shop"}, {"id": "urn:li:image:b"}]
    assert wire.body["content"] == {"multiImage": {"images": images}}


async def test_pictures_are_brought_one_in_each_step_and_without_credentials() -> None:
    second = {"value": {"uploadUrl": "https://api.linkedin.com/mediaUpload/y", "image": "urn:li:image:D4E"}}
    wire = Wire(IMAGE, (201, None), second, (201, None))
    connector, reader = linkedin(wire), Reader()
    connector.media_reader = reader
    request = a_post(media=[{"url": "https://media.example/1.png"}, {"url": "https://media.example/2.png"}])
    first = await connector.prepare_post(request, {})
    assert (first.ready, first.data["media.0"]) == (False, "urn:li:image:C4E")
    done = await connector.prepare_post(request, first.data)
    assert (done.ready, done.data["media.1"], done.data["begun"]) == (True, "urn:li:image:D4E", first.data["begun"])
    assert wire.lines == [
        "POST /rest/images?action=initializeUpload",
        "PUT /dms-uploads/x/0?m=AQ&ut=1",
        "POST /rest/images?action=initializeUpload",
        "PUT /mediaUpload/y",
    ]
    for upload in wire.requests[1::2]:
        assert "authorization" not in upload.headers
        assert "linkedin-version" not in upload.headers
        assert upload.content == b"\x89PNG"
    assert (await connector.prepare_post(request, done.data)).ready, "to repeat the last step does no harm"
    assert len(wire.requests) == 4


def initialized(*ranges: tuple[int, int], host: str = "https://www.linkedin.com") -> dict[str, Any]:
    parts = [{"uploadUrl": f"{host}/dms-uploads/{a}", "firstByte": a, "lastByte": b} for a, b in ranges]
    return {"value": {"video": "urn:li:video:V1", "uploadToken": "t0", "uploadInstructions": parts}}


def tagged(tag: str) -> httpx.Response:
    return httpx.Response(201, headers={"etag": tag})


async def test_a_film_goes_up_in_the_parts_that_linkedin_names() -> None:
    wire = Wire(initialized((6, 9), (0, 5)), tagged("one"), tagged('"two"'), (200, None), {"status": "PROCESSING"})
    connector, reader = linkedin(wire), Reader(b"0123456789")
    connector.media_reader = reader
    request = a_post(media=[a_film()])
    step = await connector.prepare_post(request, {})
    assert (step.ready, step.wait_seconds) == (False, 5.0)
    assert step.data.keys() == {"begun", "media.0"}, "nothing that is secret is kept"
    assert reader.asked == [(0, 5), (6, 9)]
    assert [each.content for each in wire.requests[1:3]] == [b"012345", b"6789"]
    assert b'"uploadedPartIds":["one","two"]' in wire.requests[3].content
    assert wire.lines[3:] == [
        "POST /rest/videos?action=finalizeUpload",
        "GET /rest/videos/urn%3Ali%3Avideo%3AV1",
    ]
    wire.answers = [{"status": "AVAILABLE"}]
    assert (await connector.prepare_post(request, step.data)).ready


async def test_a_film_that_cannot_be_looked_at_is_not_waited_for() -> None:
    wire = Wire((403, {"message": "no"}))
    assert (await linkedin(wire).prepare_post(a_post(media=[a_film()]), {"media.0": "urn:li:video:V1"})).ready


async def test_a_film_that_linkedin_cannot_process_is_refused() -> None:
    with pytest.raises(InvalidRequest) as refused:
        prepared = {"media.0": "urn:li:video:V1"}
        await linkedin(Wire({"status": "PROCESSING_FAILED"})).prepare_post(a_post(media=[a_film()]), prepared)
    assert refused.value.field == "media.0"


@pytest.mark.parametrize(
    "begun",
    [
        initialized((0, 9), host="https://evil.example"),
        initialized((0, 9), host="https://www.linkedin.com.evil.example"),
        initialized((0, 9), host="https://user@www.linkedin.com"),
        initialized((0, 9), host="http://www.linkedin.com"),
        initialized((0, 4), (6, 9)),
        initialized((0, 8)),
        initialized((0, 5), (5, 9)),
        {"value": {}},
    ],
)
async def test_nothing_is_uploaded_to_strangers_or_in_parts_that_do_not_fit(begun: dict[str, Any]) -> None:
    wire = Wire(begun)
    connector = linkedin(wire)
    connector.media_reader = Reader(b"0123456789")
    with pytest.raises(Unavailable):
        await connector.prepare_post(a_post(media=[a_film()]), {})
    assert not any(line.startswith("PUT") for line in wire.lines)


async def test_a_file_that_is_another_than_it_was_is_refused() -> None:
    connector = linkedin(Wire(initialized((0, 9))))
    connector.media_reader = Reader(b"short")
    with pytest.raises(InvalidRequest) as refused:
        await connector.prepare_post(a_post(media=[a_film()]), {})
    assert refused.value.field == "media.0"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": "x" * 3001}, "text"),
        ({"format": "reel"}, "format"),
        ({"media": [a_film(), a_film()]}, "media"),
        ({"media": [a_film(), {"url": "https://media.example/1.png"}]}, "media"),
        ({"media": [a_film(bytes=None)]}, "media.0"),
        ({"media": [a_film(seconds=2)]}, "media.0"),
        ({"media": [{"url": "https://media.example/1.webp", "content_type": "image/webp"}]}, "media.0"),
        ({"media": [{"url": "https://media.example/1.png", "width": 7000, "height": 6000}]}, "media.0"),
        ({"media": [a_film()], "link": {"url": "https://example.ae"}}, "link"),
        ({"account": {"id": "urn:li:person:AbC", "kind": "organization"}}, "account.id"),
        ({"account": {"id": "12345", "kind": "page"}}, "account.id"),
        ({"media": [{"url": "https://media.example/1.png"}]}, "media.0"),
    ],
)
async def test_what_linkedin_would_refuse_is_not_sent(changes: dict[str, Any], field: str) -> None:
    wire, request = Wire(), a_post(**changes)
    for call in ("prepare_post", "publish_post"):
        with pytest.raises(InvalidRequest) as refused:
            await getattr(linkedin(wire), call)(request, {})
        assert (refused.value.field, refused.value.operation) == (field, call)
    assert not wire.requests


async def test_nothing_is_sent_without_access() -> None:
    wire = Wire()
    connector = linkedin(wire, credentials={})
    calls = (
        connector.list_accounts(),
        connector.prepare_post(a_post(), {}),
        connector.publish_post(a_post(), {}),
        connector.measure_posts([existing()]),
        connector.measure_account(PAGE, date(2026, 11, 1)),
        connector.inspect_token(),
        connector.create_comment(a_comment()),
    )
    for call in calls:
        with pytest.raises(AuthenticationFailed, match="LinkedIn has no access yet: connect it first"):
            await call
    assert (await connector.check_health()).code == "authentication_failed"
    assert not wire.requests


async def test_posts_are_read_changed_and_taken_back() -> None:
    wire = Wire(shown(), (204, None), (204, None), GONE, shown(FILM))
    connector = linkedin(wire)
    assert (await connector.get_post(existing())).text == "New branch in Dubai"
    edited = await connector.edit_post(PostEdit(post=existing(), text="Now (open)"))
    assert (edited.text, wire.body) == ("Now (open)", {"patch": {"$set": {"commentary": r"Now \(open\)"}}})
    await connector.delete_post(existing())
    await connector.delete_post(existing())
    await connector.get_post(existing(FILM))
    assert wire.lines == [
        f"GET /rest/posts/{ENC}?viewContext=AUTHOR",
        f"POST /rest/posts/{ENC}",
        f"DELETE /rest/posts/{ENC}",
        f"DELETE /rest/posts/{ENC}",
        "GET /rest/posts/urn%3Ali%3AugcPost%3A7100000000000000002?viewContext=AUTHOR",
    ]
    methods = [request.headers.get("x-restli-method") for request in wire.requests]
    assert methods == [None, "PARTIAL_UPDATE", "DELETE", "DELETE", None]


async def test_lists_are_asked_for_in_restlis_writing() -> None:
    wire = Wire(EMPTY, EMPTY)
    await linkedin(wire).list_posts(PAGE, since=None, cursor=None)
    await linkedin(wire).list_comments(existing(), cursor=None)
    assert wire.lines == [
        f"GET /rest/posts?author={PAGE_ENC}&q=author&start=0&count=25&sortBy=LAST_MODIFIED&viewContext=AUTHOR",
        f"GET /rest/socialActions/{ENC}/comments?start=0&count=25",
    ]
    assert wire.requests[0].headers["x-restli-method"] == "FINDER"


async def test_comments_and_answers() -> None:
    created = {"commentUrn": COMMENT, "created": {"time": 1795608000000}}
    wire = Wire((201, created), (201, created), (204, None), GONE)
    connector = linkedin(wire)
    await connector.create_comment(a_comment())
    assert wire.body == {"actor": PAGE.id, "object": POST, "message": {"text": "شكراً (جداً)"}}
    answer = await connector.create_comment(a_comment(parent_id=COMMENT))
    assert (wire.body["parentComment"], answer.parent_id) == (COMMENT, COMMENT)
    one = ExistingComment(post=existing(), provider_comment_id=COMMENT)
    await connector.delete_comment(one)
    await connector.delete_comment(one)
    parent = "urn%3Ali%3Acomment%3A%28urn%3Ali%3Aactivity%3A7100000000000000003%2C7100000000000000004%29"
    delete = f"DELETE /rest/socialActions/{ENC}/comments/7100000000000000004?actor={PAGE_ENC}"
    assert wire.lines == [
        f"POST /rest/socialActions/{ENC}/comments",
        f"POST /rest/socialActions/{parent}/comments",
        delete,
        delete,
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": "x" * 1251}, "text"),
        ({"parent_id": "12"}, "parent_id"),
        ({"post": existing("12")}, "provider_post_id"),
    ],
)
async def test_comments_that_linkedin_would_refuse_are_not_sent(changes: dict[str, Any], field: str) -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest) as refused:
        await linkedin(wire).create_comment(a_comment(**changes))
    assert refused.value.field == field
    assert not wire.requests


async def test_figures_are_asked_for_in_batches() -> None:
    wire = Wire({"results": {POST: {}, FILM: {}}, "statuses": {}}, EMPTY, EMPTY)
    await linkedin(wire).measure_posts([existing(), existing(FILM)])
    film = "urn%3Ali%3AugcPost%3A7100000000000000002"
    statistics = f"GET /rest/organizationalEntityShareStatistics?q=organizationalEntity&organizationalEntity={PAGE_ENC}"
    assert wire.lines == [
        f"GET /rest/socialMetadata?ids=List({ENC},{film})",
        f"{statistics}&shares=List({ENC})&count=1",
        f"{statistics}&ugcPosts=List({film})&count=1",
    ]
    assert wire.requests[0].headers["x-restli-method"] == "BATCH_GET"


async def test_an_audience_is_asked_for_by_the_day() -> None:
    wire = Wire({"firstDegreeSize": 7}, EMPTY, EMPTY)
    await linkedin(wire).measure_account(PAGE, date(2026, 11, 1))
    within = "timeIntervals=(timeRange:(start:1793491200000,end:1793577600000),timeGranularityType:DAY)"
    statistics = "GET /rest/organizationalEntityShareStatistics?q=organizationalEntity"
    assert wire.lines == [
        f"GET /rest/networkSizes/{PAGE_ENC}?edgeType=COMPANY_FOLLOWED_BY_MEMBER",
        f"{statistics}&organizationalEntity={PAGE_ENC}&{within}",
        f"GET /rest/organizationPageStatistics?q=organization&organization={PAGE_ENC}&{within}",
    ]


async def test_a_persons_figures_are_asked_for_one_by_one() -> None:
    wire = Wire({"results": {FILM: {}}}, *[{"elements": [{"count": number}]} for number in (50, 40, 3, 2, 1)])
    (measured,) = await linkedin(wire).measure_posts([existing(FILM, MEMBER)])
    assert (measured.views, measured.reach, measured.reactions, measured.shares) == (50, 40, 3, 1)
    entity = "(ugc:urn%3Ali%3AugcPost%3A7100000000000000002)"
    asked = f"GET /rest/memberCreatorPostAnalytics?q=entity&entity={entity}&queryType=IMPRESSION&aggregation=TOTAL"
    assert wire.lines[1] == asked
