"""Pages from consent to figures, and what goes wrong on the way, seen through the real connector."""

from datetime import timedelta
from typing import Any

import pytest

from tests.providers.builders import now
from tests.sandbox.social.meta_bench import APP, FILM, PICTURE, URL, Bench
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Unavailable,
)
from workers.providers.events import WebhookRequest
from workers.providers.social.facebook import FacebookConnector
from workers.providers.social.models import ExistingComment, PostEdit

A_WHILE = timedelta(minutes=5)
KINDS: list[dict[str, Any]] = [
    {},
    {"link": {"url": "https://shop.example/sale"}},
    {"media": [PICTURE]},
    {"media": [PICTURE, PICTURE]},
    {"media": [FILM]},
    {"media": [FILM], "format": "reel"},
]
NAMES = ["text", "link", "photo", "photos", "film", "reel"]


@pytest.mark.parametrize("changes", KINDS, ids=NAMES)
async def test_each_kind_of_post_comes_out_once_is_read_back_and_taken_back(
    twin: Bench, changes: dict[str, Any]
) -> None:
    connector = twin.connect()
    post = await twin.publish(connector, **changes)
    assert post.permalink
    (held,) = (await twin.state())["posts"]
    assert (held["id"], held["message"]) == (post.provider_post_id, post.text)
    (listed,) = (await connector.list_posts(twin.account, since=None, cursor=None)).posts
    assert listed.provider_post_id == post.provider_post_id
    await connector.edit_post(PostEdit(post=twin.existing(post), text="نص جديد"))
    assert (await connector.get_post(twin.existing(post))).text == "نص جديد"
    for _ in range(2):
        await connector.delete_post(twin.existing(post))
    with pytest.raises(NotFound):
        await connector.get_post(twin.existing(post))


@pytest.mark.parametrize("changes", KINDS, ids=NAMES)
async def test_a_post_whose_answer_was_lost_is_found_and_one_that_never_came_is_not(
    twin: Bench, changes: dict[str, Any]
) -> None:
    connector = twin.connect()
    for kind, made in (("drop_before", 0), ("drop_after", 1)):
        request = twin.post_request(**changes)
        prepared = await twin.prepared(connector, request)
        known = [each["id"] for each in (await twin.state())["posts"]]
        await twin.fault(kind, "/v25.0/*/*")
        with pytest.raises(OutcomeUnknown):
            await connector.publish_post(request, prepared)
        assert len((await twin.state())["posts"]) == made
        found = await connector.find_post(request, prepared, attempted_at=now() - A_WHILE, known=known)
        assert (found is not None) == bool(made)


async def test_a_film_that_is_worked_on_is_known_by_its_own_id_until_it_comes_out(twin: Bench) -> None:
    connector = twin.connect()
    await twin.control("films", {"slow": True})
    post = await twin.publish(connector, media=[FILM])
    existing = twin.existing(post)
    assert "_" not in post.provider_post_id
    assert (await connector.measure_posts([existing]))[0].reactions is None
    await twin.control(f"videos/{post.provider_post_id}/finish")
    assert (await connector.measure_posts([existing]))[0].reactions == 0
    request = twin.post_request(media=[FILM], format="reel")
    prepared = await twin.prepared(connector, request)
    reel = await connector.publish_post(request, prepared)
    with pytest.raises(OutcomeUnknown, match="coming out"):
        await connector.find_post(request, prepared, attempted_at=now() - A_WHILE, known=[])
    await twin.control(f"videos/{reel.provider_post_id}/finish")
    assert await connector.find_post(request, prepared, attempted_at=now(), known=[]) is not None


async def test_a_text_that_just_came_out_is_refused_and_ours_is_looked_up(twin: Bench) -> None:
    connector = twin.connect()
    request = twin.post_request()
    await connector.publish_post(request, {})
    with pytest.raises(OutcomeUnknown, match="looked up"):
        await connector.publish_post(request, {})
    assert await connector.find_post(request, {}, attempted_at=now(), known=[]) is not None
    assert len((await twin.state())["posts"]) == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "rate_limited"}, RateLimited),
        ({"kind": "server_error", "status": 502}, OutcomeUnknown),
        ({"kind": "kept_server_error"}, OutcomeUnknown),
        ({"kind": "truncated"}, OutcomeUnknown),
        ({"kind": "malformed"}, OutcomeUnknown),
        ({"kind": "wrong_content_type"}, OutcomeUnknown),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else None,
)
async def test_what_goes_wrong_on_the_wire_says_what_is_certain(
    twin: Bench, fault: dict[str, Any], error: type[ProviderError]
) -> None:
    connector = twin.connect()
    await twin.fault(path="/v25.0/*/feed", **fault)
    with pytest.raises(ProviderError) as raised:
        await connector.publish_post(twin.post_request(), {})
    assert type(raised.value) is error
    await twin.fault(path="/v25.0/*/published_posts", method="GET", **fault)
    with pytest.raises(RateLimited if error is RateLimited else Unavailable):
        await connector.list_posts(twin.account, since=None, cursor=None)


async def test_a_limit_comes_as_400_with_the_minutes_to_wait(twin: Bench) -> None:
    await twin.control("throttle", {"code": 80001, "minutes": 7})
    with pytest.raises(RateLimited) as limited:
        await twin.connect().list_accounts()
    assert (limited.value.retry_after, limited.value.http_status, limited.value.provider_code) == (420, 400, "80001")
    assert len(await twin.connect().list_accounts()) == 2


async def test_a_version_that_is_no_longer_served_names_the_setting(twin: Bench) -> None:
    await twin.control("versions/v24.0/retire")
    for version in ("v24.0", "v19.0"):
        with pytest.raises(InvalidRequest) as refused:
            await twin.connect({"api_version": version}).list_accounts()
        assert refused.value.field == "settings.api_version"


# Access.


async def test_consent_brings_a_token_with_which_everything_works_and_it_ends(twin: Bench) -> None:
    grant = await twin.consent()
    connector = twin.connect(**grant.credentials)
    assert len(await connector.list_accounts()) == 2
    await twin.publish(connector)
    facts = await connector.inspect_token()
    assert facts.scopes == grant.facts.scopes
    assert facts.expires_at is not None
    assert timedelta(days=59) < facts.expires_at - now() < timedelta(days=61)
    await twin.control("tokens/expire")
    assert (await connector.check_health()).code == "authentication_failed"
    for call in (twin.connect(**grant.credentials).list_accounts(), connector.inspect_token()):
        with pytest.raises(AuthenticationFailed):
            await call


async def test_a_scope_that_was_not_granted_is_named(twin: Bench) -> None:
    grant = await twin.consent(scope=["pages_show_list", "pages_read_engagement"])
    assert grant.facts.scopes == ("pages_read_engagement", "pages_show_list")
    with pytest.raises(AuthenticationFailed, match="needs the scope pages_manage_posts"):
        await twin.publish(twin.connect(**grant.credentials))


async def test_a_code_serves_once(twin: Bench) -> None:
    await twin.consent()
    answer = await twin.http.post(
        f"{URL}/facebook/v25.0/oauth/access_token", data={**APP, "code": "used", "redirect_uri": "https://x.example"}
    )
    assert answer.json()["error"]["error_subcode"] == 36009


async def test_credentials_that_are_wrong_or_taken_back_are_refused(twin: Bench) -> None:
    good = twin.connect()
    await twin.publish(good)
    for connector in (twin.connect(access_token="sandbox_invalid"), twin.connect(access_token="unknown-token")):
        assert (await connector.check_health()).code == "authentication_failed"
    await twin.control("tokens/revoke")
    with pytest.raises(AuthenticationFailed):
        await twin.publish(good)


async def test_a_wrong_secret_proves_nothing(twin: Bench) -> None:
    grant = await twin.consent()
    with pytest.raises(AuthenticationFailed, match="appsecret_proof"):
        await twin.connect(client_secret="another-secret", **grant.credentials).list_accounts()


async def test_a_page_that_is_removed_from_the_login_says_so(twin: Bench) -> None:
    connector = twin.connect()
    await twin.publish(connector)
    await twin.control(f"accounts/{twin.account.id}/remove")
    assert len(await connector.list_accounts()) == 1
    with pytest.raises(AuthenticationFailed, match="not part of this login any more"):
        await twin.publish(connector)


# Comments, figures, leads, webhooks.


async def test_comments_are_answered_hidden_and_found_again(twin: Bench) -> None:
    connector = twin.connect()
    post = await twin.publish(connector)
    theirs = (await twin.control(f"posts/{post.provider_post_id}/comments", {"message": "كم السعر؟"}))["id"]
    request = twin.comment(post, parent_id=theirs)
    await twin.fault("drop_after", "/v25.0/*/comments")
    with pytest.raises(OutcomeUnknown):
        await connector.create_comment(request)
    found = await connector.find_comment(request, attempted_at=now())
    await connector.hide_comment(ExistingComment(post=twin.existing(post), provider_comment_id=theirs), hidden=True)
    first, second = (await connector.list_comments(twin.existing(post), cursor=None)).comments
    assert (first.provider_comment_id, first.is_hidden, first.is_ours) == (theirs, True, False)
    assert (second.provider_comment_id, second.parent_id, second.is_ours) == (found.provider_comment_id, theirs, True)
    ours = ExistingComment(post=twin.existing(post), provider_comment_id=second.provider_comment_id)
    for _ in range(2):
        await connector.delete_comment(ours)
    await twin.fault("drop_before", "/v25.0/*/comments")
    with pytest.raises(OutcomeUnknown):
        await connector.create_comment(request)
    assert await connector.find_comment(request, attempted_at=now() - A_WHILE) is None


async def test_every_post_is_read_once_while_new_ones_come_in_front(twin: Bench) -> None:
    connector = twin.connect()
    made = {(await twin.control(f"pages/{twin.account.id}/posts", {"message": f"{n}"}))["id"] for n in range(205)}
    seen: list[str] = []
    cursor = None
    for _ in range(5):
        page = await connector.list_posts(twin.account, since=None, cursor=cursor)
        seen += [each.provider_post_id for each in page.posts]
        cursor = page.next_cursor
        if cursor is None:
            break
        await twin.control(f"pages/{twin.account.id}/posts", {"message": "meanwhile"})
    assert (len(seen), set(seen)) == (205, made)


async def test_figures_grow_and_a_retired_metric_is_none(twin: Bench) -> None:
    connector = twin.connect()
    post = await twin.publish(connector)
    figures = {"views": {"paid": 2, "organic": 5}, "reach": 4, "reactions": {"like": 2, "love": 1}, "clicks": 1}
    await twin.control(f"posts/{post.provider_post_id}/figures", figures)
    await twin.control("metrics/post_clicks/retire")
    gone = twin.existing(post).model_copy(update={"provider_post_id": "1_2"})
    first, second = await connector.measure_posts([twin.existing(post), gone])
    assert (first.views, first.reach, first.reactions, first.clicks) == (7, 4, 3, None)
    assert (first.reactions_by_type, second.found) == ({"like": 2, "love": 1}, False)


async def test_a_lead_and_what_happens_on_a_page_are_told_by_signed_webhook(twin: Bench) -> None:
    connector = twin.connect(**(await twin.consent()).credentials)
    await twin.subscribe("page", "feed,leadgen", await connector._page_token("test", twin.account.id))
    post = await twin.publish(connector)
    await connector.create_comment(twin.comment(post, text="مرحبا @all 100% <b>/"))
    headers = {"Authorization": f"Bearer {connector.credentials.access_token.get_secret_value()}"}
    form = {"field_data": [{"name": "email", "values": ["sara@example.com"]}]}
    path = f"{URL}/facebook/_test/pages/{twin.account.id}/leads"
    lead = (await twin.http.post(path, json=form, headers=headers)).json()["id"]
    events = []
    for request in await twin.told():
        assert request.content.isascii()
        delivery = WebhookRequest(headers=dict(request.headers), body=request.content, received_at=now())
        FacebookConnector.verify_webhook(delivery, [APP["client_secret"]])
        events += FacebookConnector.parse_webhook(request.content)
    assert sorted((event.type, event.provider_post_id or event.provider_lead_id) for event in events) == [
        ("lead.captured", lead),
        ("social.comment_created", post.provider_post_id),
        ("social.post_changed", post.provider_post_id),
    ]
    assert (await connector.get_lead(lead)).answers == {"email": "sara@example.com"}
