"""LinkedIn's connector against its twin: from consent to a post that people read, and what they say to it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.providers.social.linkedin.builders import Reader, a_comment, a_film, a_post
from tests.sandbox.social.linkedin.conftest import APP, BACK, Login, unique
from workers.providers.errors import AuthenticationFailed, InvalidRequest, NotFound
from workers.providers.oauth import CodeExchange, ConsentRequest, TokenGrant
from workers.providers.social.models import Account, AccountKind, CommentResult, ExistingComment, ExistingPost, PostEdit

HOSTILE = r"مرحبا (بكم) في \دبي\ #رمضان_كريم <b> [x] {y} ~z~ *w* @you a_b | https://x.ae/a_b#c #1"


async def agree(login: Login, app: dict[str, str], **form: Any) -> httpx.URL:
    """Somebody opens the page and agrees; where they come back to."""
    address = login.connection(credentials=app).consent_url(ConsentRequest(state="s-1", redirect_uri=BACK))
    assert "Allow" in (await login.http.get(address)).text
    back = await login.http.post(address, data={"decision": "allow", "login": "mariam", **form})
    return httpx.URL(back.headers["location"])


async def consented(login: Login, app: dict[str, str], **form: Any) -> TokenGrant:
    """Access by consent."""
    came_back = await agree(login, app, **form)
    assert came_back.params["state"] == "s-1"
    code = CodeExchange(code=came_back.params["code"], redirect_uri=BACK)
    return await login.connection(credentials=app).exchange_code(code)


async def test_from_consent_to_a_post(login: Login) -> None:
    grant = await consented(login, APP)
    connector = login.connection(credentials={**APP, **grant.credentials})
    facts = await connector.inspect_token()
    assert (facts.scopes, facts.subject_name) == (grant.facts.scopes, "Mariam Al Mansoori")
    member, first, second = await connector.list_accounts()
    assert (member.kind, first.provider_account_id, first.name) == ("member", "urn:li:organization:5005",
                                                                   "Desert Bloom Trading")  # fmt: skip
    assert second.can_publish
    assert (await connector.check_health()).ok
    for account in (member, first):
        request = a_post(account={"id": account.provider_account_id, "kind": account.kind}, text=unique())
        await connector.publish_post(request, {})
    assert len(await login.texts()) == 2


async def test_a_code_is_good_once_and_for_one_address(login: Login) -> None:
    code = (await agree(login, APP)).params["code"]
    connector = login.connection(credentials=APP)
    for redirect in ("https://elsewhere.example", BACK):
        with pytest.raises(InvalidRequest) as refused:
            await connector.exchange_code(CodeExchange(code=code, redirect_uri=redirect))
        assert refused.value.field in {"code", "redirect_uri"}


async def test_only_partners_renew_their_access(login: Login) -> None:
    assert not (await consented(login, APP)).refreshable
    partner = {**APP, "client_id": "a-partner"}
    grant = await consented(login, partner)
    connector = login.connection(credentials={**partner, **grant.credentials})
    first, second = await connector.refresh_tokens(), await connector.refresh_tokens()
    assert first.credentials["refresh_token"] == second.credentials["refresh_token"]
    ends = (first.facts.refresh_expires_at, second.facts.refresh_expires_at)
    assert ends[0] is not None
    assert ends[0] <= datetime.now(UTC) + timedelta(days=365), "it is not prolonged"
    assert (await login.connection(credentials=dict(first.credentials)).check_health()).ok


async def test_scopes_that_were_left_out_are_missed_by_name(login: Login) -> None:
    grant = await consented(login, APP, scope=["openid", "profile", "w_member_social"])
    connector = login.connection(credentials={**APP, **grant.credentials})
    (member,) = await connector.list_accounts()
    person = Account(id=member.provider_account_id, kind=member.kind)
    made = await connector.publish_post(a_post(account=person, text=unique()), {})
    with pytest.raises(AuthenticationFailed, match="w_organization_social"):
        await connector.publish_post(a_post(), {})
    with pytest.raises(AuthenticationFailed, match="r_member_social"):
        await connector.list_posts(person, since=None, cursor=None)
    with pytest.raises(AuthenticationFailed, match="w_member_social_feed"):
        post = ExistingPost(account=person, provider_post_id=made.provider_post_id)
        await connector.create_comment(a_comment(post=post))
    (measured,) = await connector.measure_posts([post])
    assert (measured.found, measured.views, measured.reactions) == (True, None, None)


async def test_access_ends(login: Login) -> None:
    inspecting = login.connection(credentials={**APP, "access_token": login.token})
    assert (await inspecting.inspect_token()).expires_at is not None
    await login.control("token", do="expire")
    with pytest.raises(AuthenticationFailed, match="connect it again"):
        await login.connector.publish_post(a_post(), {})
    with pytest.raises(AuthenticationFailed, match="expired"):
        await inspecting.inspect_token()
    assert (await login.connector.check_health()).code == "authentication_failed"
    stranger = login.connection(credentials={"access_token": "nobody-issued-this"})
    assert (await stranger.check_health()).code == "authentication_failed"


async def test_what_people_read_is_what_was_written(login: Login) -> None:
    post, _ = await login.posted(text=HOSTILE, link={"url": "https://example.ae", "description": "وصف (قصير)"})
    assert await login.texts() == [HOSTILE]
    assert (await login.connector.get_post(post)).text == HOSTILE
    await login.connector.edit_post(PostEdit(post=post, text=HOSTILE[::-1]))
    assert await login.texts() == [HOSTILE[::-1]]


async def test_a_text_that_is_not_escaped_would_be_cut_off(login: Login) -> None:
    headers = {"Authorization": f"Bearer {login.token}", "LinkedIn-Version": "202607",
               "X-Restli-Protocol-Version": "2.0.0"}  # fmt: skip
    body = {"author": "urn:li:organization:5005", "commentary": "Open (now)", "visibility": "PUBLIC",
            "distribution": {"feedDistribution": "MAIN_FEED"}, "lifecycleState": "PUBLISHED"}  # fmt: skip
    made = await login.http.post("/linkedin/rest/posts", json=body, headers=headers)
    assert (made.status_code, made.content) == (201, b"")
    assert await login.texts() == ["Open "]


async def test_pictures_and_films(login: Login) -> None:
    pictures = [{"url": f"https://media.example/{n}.png", "alt_text": "A shop"} for n in range(3)]
    await login.posted(text=unique(), media=pictures)
    await login.posted(text=unique(), media=pictures[:1])
    await login.control("videos", part_bytes=1000, looks=2)
    login.connector.media_reader = reader = Reader(bytes(range(250)) * 10)
    film, _ = await login.posted(text=unique(), media=[a_film(2500)])
    assert reader.asked == [(0, 999), (1000, 1999), (2000, 2499)]
    assert film.provider_post_id.startswith("urn:li:ugcPost:")
    state = (await login.http.get("/_state", params={"provider": "linkedin"})).json()
    assert [list(post["content"]) for post in state["posts"]] == [["multiImage"], ["media"], ["media"]]


async def test_a_film_that_fails_and_an_address_that_is_not_linkedins(login: Login) -> None:
    login.connector.media_reader = Reader(b"0123456789")
    await login.control("videos", fails=True)
    with pytest.raises(InvalidRequest, match="could not process"):
        await login.posted(text=unique(), media=[a_film(10)])
    await login.control("videos", upload_host="https://evil.example")
    with pytest.raises(Exception, match="unknown format"):
        await login.posted(text=unique(), media=[a_film(10)])


async def test_posts_are_listed_to_the_last_while_they_change(login: Login) -> None:
    made = [(await login.posted(text=unique()))[0] for _ in range(60)]
    account, cursor, read = made[0].account, None, set[str]()
    for turn in range(20):
        page = await login.connector.list_posts(account, since=None, cursor=cursor)
        read |= {post.provider_post_id for post in page.posts}
        if turn == 0:
            for gone in made[-3:]:
                await login.connector.delete_post(gone)
            await login.connector.edit_post(PostEdit(post=made[0], text=unique()))
        cursor = page.next_cursor
        if cursor is None:
            break
    assert cursor is None
    assert {post.provider_post_id for post in made[:-3]} <= read
    recent = await login.connector.list_posts(account, since=datetime.now(UTC) + timedelta(hours=1), cursor=None)
    assert (recent.posts, recent.next_cursor) == ((), None)


async def test_a_post_that_is_taken_back_is_gone(login: Login) -> None:
    post, _ = await login.posted(text=unique())
    await login.connector.delete_post(post)
    await login.connector.delete_post(post)
    with pytest.raises(NotFound):
        await login.connector.get_post(post)
    assert await login.texts() == []


async def test_people_comment_and_are_answered(login: Login) -> None:
    post, _ = await login.posted(text=unique())
    said = await login.control("comment", post=post.provider_post_id, text="كم السعر؟ (درهم)")
    answered = await login.connector.create_comment(a_comment(post=post, parent_id=said["commentUrn"]))
    own = await login.connector.create_comment(a_comment(post=post, text="Welcome"))
    with pytest.raises(InvalidRequest):
        await login.connector.create_comment(a_comment(post=post, parent_id=answered.provider_comment_id))
    found: list[CommentResult] = []
    cursor = None
    while True:
        page = await login.connector.list_comments(post, cursor=cursor)
        found += page.comments
        cursor = page.next_cursor
        if cursor is None:
            break
    assert [(each.text, each.is_ours, each.parent_id) for each in found] == [
        ("كم السعر؟ (درهم)", False, None),
        ("Welcome", True, None),
        ("شكراً (جداً)", True, said["commentUrn"]),
    ]
    for comment in (own.provider_comment_id, own.provider_comment_id, said["commentUrn"]):
        await login.connector.delete_comment(ExistingComment(post=post, provider_comment_id=comment))
    assert (await login.connector.list_comments(post, cursor=None)).comments == ()


@pytest.mark.parametrize("kind", [AccountKind.ORGANIZATION, AccountKind.MEMBER])
async def test_figures_grow(login: Login, kind: AccountKind) -> None:
    account = await login.account(kind)
    post, _ = await login.posted(text=unique(), account=account)
    other, _ = await login.posted(text=unique(), account=account)
    grown = {"impressions": 90, "uniques": 60, "clicks": 4, "shares": 2, "reactions": {"LIKE": 3, "PRAISE": 1}}
    await login.control("grow", post=post.provider_post_id, **grown)
    await login.control("comment", post=post.provider_post_id, text="Great")
    await login.connector.delete_post(other)
    first, gone = await login.connector.measure_posts([post, other])
    assert (first.views, first.reach, first.reactions, first.comments, first.shares) == (90, 60, 4, 1, 2)
    assert (first.reactions_by_type, gone.found) == ({"LIKE": 3, "PRAISE": 1}, False)


async def test_an_audience(login: Login) -> None:
    page = await login.account()
    await login.control("followers", organization=page.id, followers=1234, page_views=56)
    metrics = await login.connector.measure_account(page, datetime.now(UTC).date())
    assert (metrics.followers, metrics.views, metrics.engagements) == (1234, 56, 0)
    member = await login.connector.measure_account(await login.account("member"), datetime.now(UTC).date())
    assert (member.followers, member.views) == (961, None)


async def test_roles_decide(login: Login) -> None:
    await login.control("organization", id=5007, name="Analysed", role="ANALYST")
    analysed = (await login.connector.list_accounts())[-1]
    assert (analysed.name, analysed.can_publish) == ("Analysed", False)
    with pytest.raises(AuthenticationFailed, match="a role on the page"):
        await login.posted(account={"id": analysed.provider_account_id, "kind": analysed.kind})
    await login.control("organization", id=5008, name="Left", role="ADMINISTRATOR", state="REVOKED")
    owned = [each.provider_account_id for each in await login.connector.list_accounts()]
    assert owned[1:] == ["urn:li:organization:5005"], "one role that was taken away hides all but administrators'"
    await login.control("organization", id=5005, remove=True)
    with pytest.raises(AuthenticationFailed):
        await login.posted(text=unique())


async def test_a_version_is_retired(login: Login) -> None:
    await login.control("versions", retire="202607")
    with pytest.raises(InvalidRequest) as refused:
        await login.connector.publish_post(a_post(), {})
    assert refused.value.field == "settings.api_version"
    newer = login.connection(credentials={"access_token": login.token}, settings={"api_version": "202609"})
    await newer.publish_post(a_post(), {})


async def test_apps_in_the_development_tier_measure_but_do_not_post(login: Login) -> None:
    post, _ = await login.posted(text=unique())
    await login.control("tier", development=True)
    (measured,) = await login.connector.measure_posts([post])
    assert (measured.found, measured.comments) == (True, 0)
    with pytest.raises(AuthenticationFailed, match=r"partnerApiPostsExternal\.CREATE"):
        await login.posted(text=unique())
