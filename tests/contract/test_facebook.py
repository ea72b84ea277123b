"""Facebook's connector and its twin against Meta's own documents of Page, PagePost, Comment, AdVideo and Lead, of April
2026.

There is none of User, so of whoever signed in (``/me…``), nor of tokens and of the host that films are brought to.
"""

from collections.abc import Awaitable
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.contract.claims import assert_claimed
from tests.contract.meta import Documents, Recording
from tests.providers.builders import now
from tests.providers.social.meta.builders import (
    AT,
    FILM,
    MISSING,
    PAGE,
    PICTURE,
    POST,
    Wire,
    a_comment,
    a_page,
    a_post,
    existing,
    existing_comment,
    facebook,
)
from tests.sandbox.social.meta_bench import Bench, bench
from workers.providers.errors import ProviderError
from workers.providers.oauth import CodeExchange
from workers.providers.social.facebook.manifest import MANIFEST
from workers.providers.social.models import PostEdit

KINDS = {PAGE: "Page", POST: "PagePost", "900": "AdVideo", "2002_77": "Comment", "7": "Lead"}
REEL = {"video": "900", "upload": "/video-upload/v25.0/900", "uploaded": "1"}
FULL: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"link": {"url": "https://shop.example"}}, {}),
    ({"media": [{**PICTURE, "alt_text": "A mug"}]}, {}),
    ({"media": [PICTURE, PICTURE]}, {"photos": "11,12"}),
    ({"media": [FILM]}, {}),
    ({"media": [FILM], "format": "reel"}, REEL),
]


@pytest.fixture(scope="module")
def published(specs: Path) -> Documents:
    return Documents(specs / "meta", KINDS.get)


@pytest.fixture(scope="module")
async def requests() -> list[httpx.Request]:
    """Every request that the connector can make."""
    made: list[httpx.Request] = []
    connector_calls: list[Any] = [
        lambda c: c.list_accounts(),
        *(lambda c, f=f, p=p: c.publish_post(a_post(**f), p) for f, p in FULL),
        *(lambda c, f=f, p=p: c.find_post(a_post(**f), p, attempted_at=now(), known=[]) for f, p in FULL),
        *(lambda c, f=f, p=p: c.prepare_post(a_post(**f), p) for f, _ in FULL for p in ({}, REEL)),
        lambda c: c.prepare_post(a_post(**FULL[4][0]), {"video": "900", "upload": "/video-upload/v25.0/900"}),
        *(lambda c, p=p: c.get_post(existing(p)) for p in (POST, "900")),
        *(lambda c, p=p: c.edit_post(PostEdit(post=existing(p), text="x")) for p in (POST, "900")),
        *(lambda c, p=p: c.delete_post(existing(p)) for p in (POST, "900")),
        lambda c: c.list_posts(a_page(), since=now(), cursor="c"),
        *(lambda c, p=p: c.measure_posts([existing(p)]) for p in (POST, "900")),
        lambda c: c.measure_account(a_page(), date(2026, 1, 1)),
        lambda c: c.list_comments(existing(), cursor="c"),
        lambda c: c.create_comment(a_comment()),
        lambda c: c.create_comment(a_comment(parent_id="2002_77")),
        lambda c: c.find_comment(a_comment(), attempted_at=now()),
        lambda c: c.hide_comment(existing_comment(), hidden=True),
        lambda c: c.delete_comment(existing_comment()),
        lambda c: c.get_lead("7"),
        lambda c: c.exchange_code(CodeExchange("c", "https://hub.example/back")),
        lambda c: c.check_health(),
    ]
    for call in connector_calls:
        for answer in (MISSING, {"id": PAGE, "post_id": POST, "data": [], POST: {}, "created_time": AT}):
            wire = Wire({"access_token": "page-token"}, *[answer] * 9, page_token=None)
            await _let_fail(call(facebook(wire)))
            made += wire.requests
    return made


async def _let_fail(call: Awaitable[Any]) -> None:
    try:
        await call
    except ProviderError:
        return


def test_every_request_is_described(published: Documents, requests: list[httpx.Request]) -> None:
    checked = [request for request in requests if published.describes(request)]
    excepted = [request for request in requests if not published.describes(request)]
    assert {f"{each.method} {each.url}": said for each in checked if (said := published.faults(each))} == {}
    assert {each.url.path.split("/")[-1] for each in excepted} <= {
        "me",
        "accounts",
        "access_token",
        "permissions",
        "900",
    }
    assert_claimed("facebook", checked, excepted)


def test_a_wrong_request_is_found(published: Documents) -> None:
    for method, path, wrong in (
        ("GET", f"/v25.0/{POST}?fields=id,impressions", "PagePost.impressions"),
        ("GET", f"/v25.0/{POST}/comments?order=by_mood", "order: by_mood"),
        ("GET", f"/v25.0/{PAGE}/published_posts?colour=red", "Page/published_posts: colour"),
        ("GET", f"/v25.0/{PAGE}/thoughts", "Page has no GET thoughts"),
        ("POST", f"/v25.0/{PAGE}/video_reels?video_id=1", "Page/video_reels lacks upload_phase"),
    ):
        assert published.faults(httpx.Request(method, f"https://graph.facebook.com{path}")) == [wrong]


def test_webhook_fields_and_enumerations_are_metas(published: Documents) -> None:
    assert MANIFEST.webhook is not None
    assert set(MANIFEST.webhook.events) <= set(published._enums["pagesubscribed_apps_subscribed_fields_enum_param"])


async def test_the_twins_answers_have_only_names_that_are_described(specs: Path) -> None:
    async with bench("facebook", "100000000000001", "page") as twin:
        answers: list[tuple[httpx.Request, Any]] = []
        twin.transport = Recording(twin.transport, answers)
        await _use(twin)
        kinds = {"100000000000001": "Page"}
        names = {"posts": "PagePost", "videos": "AdVideo", "comments": "Comment", "leads": "Lead", "photos": "Photo"}
        for group, nodes in (await twin.state()).items():
            kinds |= {node["id"]: names[group] for node in nodes}
        documents = Documents(specs / "meta", kinds.get)
        assert len([each for each, _ in answers if documents.describes(each)]) > 15
        for request, body in answers:
            assert documents.faults_of_answer(request, body) == [], str(request.url)
            assert not documents.describes(request) or documents.faults(request) == []
        odd = next(each for each, _ in answers if each.url.path.endswith("/comments") and each.method == "GET")
        assert documents.faults_of_answer(odd, {"data": [{"id": "1", "mood": "x"}]}) == ["Comment.mood"]


async def _use(twin: Bench) -> None:
    connector = twin.connect()
    await connector.list_accounts()
    posts = [await twin.publish(connector, **fields) for fields, _ in FULL]
    await connector.create_comment(twin.comment(posts[0]))
    await connector.list_comments(twin.existing(posts[0]), cursor=None)
    await connector.list_posts(twin.account, since=None, cursor=None)
    await connector.measure_posts([twin.existing(post) for post in posts])
    await connector.measure_account(twin.account, now().date())
    for fields, _ in FULL[3:]:
        await connector.find_post(twin.post_request(**fields), {}, attempted_at=now().replace(year=2025), known=[])
    lead = await twin.control("pages/100000000000001/leads", {"field_data": [{"name": "email", "values": ["a@b.ae"]}]})
    await connector.get_lead(lead["id"])
