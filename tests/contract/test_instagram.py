"""Instagram's connector and its twin against Meta's own documents of IGUser, IGMedia, IGComment, the container, and of
Instagram Login's account, media and tokens (April 2026).

There is none of Facebook's User, nor of codes; and of Instagram Login's comments none but their edge.
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
    ACCOUNT,
    AT,
    FILM,
    MEDIA,
    MISSING,
    PICTURE,
    Wire,
    a_comment,
    a_picture,
    an_account,
    existing,
    existing_comment,
    instagram,
)
from tests.sandbox.social.meta_bench import bench
from workers.providers.errors import ProviderError
from workers.providers.oauth import CodeExchange
from workers.providers.social.instagram.requests import METRICS

KINDS = {ACCOUNT: "IGUser", MEDIA: "IGMedia", "500": "ShadowIGMediaBuilder", "77": "IGComment"}
OWN_KINDS = {"me": "IGUserForIGOnlyAPI", ACCOUNT: "IGUserForIGOnlyAPI", MEDIA: "IGMediaForIGOnlyAPI"}
POST, PREPARED = existing(MEDIA, an_account()), {"container": "500"}
FULL: list[dict[str, Any]] = [
    {"media": [{**PICTURE, "alt_text": "A mug"}]},
    {"media": [FILM]},
    {"media": [PICTURE, FILM]},
    {"media": [FILM], "format": "reel"},
    {"text": "", "media": [PICTURE], "format": "story"},
]


def _calls() -> list[Any]:
    return [
        lambda c: c.list_accounts(),
        *(lambda c, f=f: c.prepare_post(a_picture(**f), {}) for f in FULL),
        lambda c: c.prepare_post(a_picture(**FULL[2]), {"children": "500,500"}),
        lambda c: c.publish_post(a_picture(), PREPARED),
        *(
            lambda c, f=f: c.find_post(a_picture(**f), PREPARED, attempted_at=now(), known=[])
            for f in (FULL[0], FULL[4])
        ),
        lambda c: c.get_post(POST),
        lambda c: c.delete_post(POST),
        lambda c: c.list_posts(an_account(), since=now(), cursor="c"),
        lambda c: c.measure_posts([POST]),
        lambda c: c.measure_account(an_account(), date(2026, 1, 1)),
        lambda c: c.list_comments(POST, cursor="c"),
        *(lambda c, p=p: c.create_comment(a_comment(POST, parent_id=p)) for p in (None, "77")),
        *(lambda c, p=p: c.find_comment(a_comment(POST, parent_id=p), attempted_at=now()) for p in (None, "77")),
        lambda c: c.hide_comment(existing_comment("77", POST), hidden=True),
        lambda c: c.delete_comment(existing_comment("77", POST)),
        lambda c: c.exchange_code(CodeExchange("c", "https://hub.example/back")),
        lambda c: c.refresh_tokens(),
        lambda c: c.check_health(),
    ]


async def _requests(login: str) -> list[httpx.Request]:
    """Every request that the connector can make with a login."""
    made: list[httpx.Request] = []
    good = {
        "id": MEDIA,
        "status_code": "FINISHED",
        "data": [],
        "timestamp": AT,
        "access_token": "t",
        "user_id": ACCOUNT,
    }
    for call in _calls():
        for answer in (MISSING, good, {"access_token": "t", "user_id": ACCOUNT}):
            wire = Wire(*[answer] * 9)
            await _let_fail(call(instagram(wire, settings={"login": login})))
            made += wire.requests
    return made


async def _let_fail(call: Awaitable[Any]) -> None:
    try:
        await call
    except ProviderError:
        return


async def test_every_request_is_described(specs: Path) -> None:
    checked, excepted = [], []
    for login, kinds in (("facebook", KINDS), ("instagram", OWN_KINDS)):
        published = Documents(specs / "meta", kinds.get)
        for request in await _requests(login):
            (checked if published.describes(request) else excepted).append(request)
            if published.describes(request):
                assert published.faults(request) == [], str(request.url)
    ends = {"me", "accounts", "access_token", "permissions", "500", "77", "replies"}
    assert {each.url.path.split("/")[-1] for each in excepted} <= ends
    assert_claimed("instagram", checked, excepted)


def test_a_wrong_request_is_found(specs: Path) -> None:
    published = Documents(specs / "meta", KINDS.get)
    for method, path, wrong in (
        ("GET", f"/v25.0/{MEDIA}?fields=id,mood", "IGMedia.mood"),
        ("GET", f"/v25.0/{MEDIA}/comments?fields=replies{{mood}}", "IGComment.mood"),
        ("GET", f"/v25.0/{MEDIA}/insights?metric=views,mood", "metric: views,mood"),
        ("POST", f"/v25.0/{ACCOUNT}/media_publish", "IGUser/media_publish lacks creation_id"),
        ("POST", f"/v25.0/{ACCOUNT}/media?picture=x", "IGUser/media: picture"),
    ):
        assert published.faults(httpx.Request(method, f"https://graph.facebook.com{path}")) == [wrong]


def test_metrics_are_metas(specs: Path) -> None:
    known = Documents(specs / "meta", KINDS.get)._enums["shadowigmediainsights_metric_enum_param"]
    assert all(set(names) <= set(known) for names in METRICS.values())


@pytest.mark.parametrize("settings", [None, {"login": "instagram"}], ids=["facebook", "instagram"])
async def test_the_twins_answers_have_only_names_that_are_described(specs: Path, settings: Any) -> None:
    async with bench("instagram", ACCOUNT, "business") as twin:
        answers: list[tuple[httpx.Request, Any]] = []
        twin.transport = Recording(twin.transport, answers)
        connector = twin.connect(settings)
        await connector.list_accounts()
        posts = [await twin.publish(connector, **fields) for fields in FULL]
        await connector.create_comment(twin.comment(posts[0]))
        await connector.list_comments(twin.existing(posts[0]), cursor=None)
        await connector.list_posts(twin.account, since=None, cursor=None)
        await connector.measure_posts([twin.existing(post) for post in posts])
        await connector.measure_account(twin.account, now().date())
        own = settings is not None
        kinds = {ACCOUNT: "IGUserForIGOnlyAPI" if own else "IGUser"} | ({"me": "IGUserForIGOnlyAPI"} if own else {})
        names = {"posts": "IGMediaForIGOnlyAPI" if own else "IGMedia", "containers": "ShadowIGMediaBuilder"}
        for group, nodes in (await twin.state()).items():
            kinds |= {node["id"]: names.get(group, "IGComment") for node in nodes}
        documents = Documents(specs / "meta", kinds.get)
        assert len([each for each, _ in answers if documents.describes(each)]) > 20
        for request, body in answers:
            assert documents.faults_of_answer(request, body) == [], str(request.url)
