"""Both colours against the real hub, with a worker at work and the networks' twins behind it: a post's whole way."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from wasl import AsyncWasl, Conflict, InvalidRequest, NotFound, SocialAccount, Wasl

from tests.support.hubs import AnyHub, collect, done, elsewhere
from tests.support.networks.base import Network
from tests.support.networks.facebook import NETWORK as FACEBOOK
from tests.support.networks.instagram import NETWORK as INSTAGRAM
from tests.support.networks.linkedin import NETWORK as LINKEDIN
from tests.support.workplace import Workplace, until

NETWORKS = {network.key: network for network in (FACEBOOK, INSTAGRAM, LINKEDIN)}


@pytest.fixture(scope="module", autouse=True)
async def worker(workplace: Workplace) -> AsyncIterator[None]:
    """A worker at work all the while, who may fetch the sandbox's pictures."""
    await workplace.organization()  # whose key is the first in the keyring
    async with workplace.working(allowed_networks="127.0.0.0/8"):
        yield


@pytest.fixture(params=[AsyncWasl, Wasl])
async def hub(request: pytest.FixtureRequest, workplace: Workplace) -> AsyncIterator[AnyHub]:
    """A client of an admin of an organization."""
    organization_id, user_id = await workplace.organization(), str(uuid4())
    await workplace.database.execute(
        "insert into auth.users (id, email) values (%s, %s)", [user_id, f"{user_id}@example.com"]
    )
    await workplace.database.execute(
        "insert into public.organization_members (organization_id, user_id, role) values (%s, %s, 'admin')",
        [organization_id, user_id],
    )
    token = workplace.stack.mint_jwt({"role": "authenticated", "aud": "authenticated", "sub": user_id})
    client = request.param(workplace.stack.url, workplace.stack.publishable_key, access_token=token)
    yield client
    await workplace.sandbox.delete("/_faults")
    await done(client.aclose() if isinstance(client, AsyncWasl) else client.close())


@pytest.fixture
async def picture(workplace: Workplace) -> dict[str, Any]:
    """A picture that every network takes."""
    base_url = str(workplace.sandbox.base_url).rstrip("/")
    return {"url": f"{base_url}/_media/1080x1080.jpg", "alt_text": "The shop front"}


async def account_on(hub: AnyHub, network: Network, credentials: Mapping[str, str] | None = None) -> SocialAccount:
    """An account that posts may go to, by a pasted token: a new login's unless it is given."""
    connection = await done(hub.connections.create(network.key, settings=dict(network.settings)))
    await done(hub.connections.set_credentials(connection.id, credentials or network.account()))
    await elsewhere(lambda: hub.accounts.refresh(connection.id))
    accounts = await collect(hub.accounts.list(connection_id=connection.id))
    [account] = [each for each in accounts if each.provider_account_id == network.account_id]
    [chosen] = await done(hub.accounts.choose(connection.id, [account.id]))
    assert (chosen.id, chosen.enabled, chosen.kind) == (account.id, True, network.account_kind)
    return chosen


def words(text: str) -> str:
    """A text that no network has heard yet: Facebook refuses one that it has heard a moment ago."""
    return f"{text} {uuid4().hex[:8]}"


async def at_facebook(workplace: Workplace, login: Mapping[str, str], path: str, **body: Any) -> None:
    """What somebody else does at Facebook, in the world of a login."""
    headers = {"Authorization": f"Bearer {login['access_token']}"}
    answer = await workplace.sandbox.post(f"/facebook/_test/{path}", headers=headers, json=body)
    assert answer.is_success, answer.text


async def test_one_post_on_every_network_each_in_its_own_words(
    hub: AnyHub, workplace: Workplace, picture: dict[str, Any]
) -> None:
    accounts = {key: await account_on(hub, network) for key, network in NETWORKS.items()}
    common, other = words("We open on Monday."), words("Our fourth branch opens.")
    posts = await elsewhere(
        lambda: hub.posts.publish(
            account_ids=[account.id for account in accounts.values()],
            text=common,
            media=[picture],
            first_comment="Open from 10 to 22.",
            variants={"linkedin": {"text": other}},
            wait=30,
        )
    )
    assert [(post.status, post.failure) for post in posts] == [("published", None)] * len(NETWORKS)
    assert len({post.group_id for post in posts}) == 1
    for (key, network), post in zip(NETWORKS.items(), posts, strict=True):
        text = other if key == "linkedin" else common
        assert (post.account_id, post.text) == (accounts[key].id, text)
        assert post.provider_post_id and post.permalink and post.published_at
        state = (await workplace.sandbox.get("/_state", params={"provider": key})).json()
        assert network.published(state).count(text) == 1
        first = await until(lambda post=post: first_comment(hub, post.id))
        assert (first.text, first.is_first, first.is_ours) == ("Open from 10 to 22.", True, True)
    events = await collect(hub.events.list(type="post.published"))
    assert {each.subject_id for each in events} == {post.id for post in posts}


async def first_comment(hub: AnyHub, post_id: Any) -> Any:
    """A post's first comment, once the network has it."""
    return next(iter(await collect(hub.posts.comments.list(post_id=post_id, status="published"))), None)


async def test_a_post_is_talked_about_counted_edited_and_taken_back(hub: AnyHub, workplace: Workplace) -> None:
    login = FACEBOOK.account()
    account = await account_on(hub, FACEBOOK, login)
    text = words("What do you think?")
    [post] = await elsewhere(lambda: hub.posts.publish(account_ids=[account.id], text=text, wait=20))
    comment = await elsewhere(lambda: hub.posts.comments.create(post.id, "Tell us!", wait=20))
    assert (comment.status, comment.is_ours) == ("published", True)
    reply = await elsewhere(lambda: hub.posts.comments.reply(comment.id, "Please do.", wait=20))
    assert reply.parent_id == comment.id

    at_the_post = f"posts/{post.provider_post_id}"
    await at_facebook(workplace, login, f"{at_the_post}/comments", message="Nice", name="Noor")
    await at_facebook(workplace, login, f"{at_the_post}/figures", views=40, reactions={"like": 3}, shares=1)
    await done(hub.posts.measure(post.id))
    counted = await until(lambda: measured(hub, post.id))
    assert (counted.engagement["views"], counted.engagement["reactions"]) == (40, 3)
    history = await done(hub.posts.engagement(post.id))
    assert (history[-1].views, history[-1].saves) == (40, None)
    [theirs] = await collect(hub.posts.comments.list(post_id=post.id, status="seen"))
    assert (theirs.text, theirs.author_name, theirs.is_ours) == ("Nice", "Noor", False)
    await done(hub.posts.comments.hide(theirs.id))
    await until(lambda: is_hidden(hub, theirs.id))

    edited = await elsewhere(lambda: hub.posts.edit(post.id, text + "?", wait=20))
    assert (edited.text, edited.edited_at is not None) == (text + "?", True)
    assert (await elsewhere(lambda: hub.posts.delete(post.id, wait=20))).status == "deleted"
    assert (await done(hub.posts.delete(post.id, wait=5))).status == "deleted"


async def measured(hub: AnyHub, post_id: Any) -> Any:
    """The post, once it has been counted."""
    post = await done(hub.posts.get(post_id))
    return post if post.engagement.get("views") else None


async def is_hidden(hub: AnyHub, comment_id: Any) -> bool:
    """Whether nobody else sees a comment."""
    return (await done(hub.posts.comments.get(comment_id))).is_hidden


async def test_drafts_and_scheduled_posts_can_be_changed_until_they_go_out(
    hub: AnyHub, picture: dict[str, Any]
) -> None:
    account = await account_on(hub, LINKEDIN)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    [draft] = await done(hub.posts.publish(account_ids=[account.id], text="A draft", draft=True))
    assert (draft.status, draft.scheduled_at) == ("draft", None)
    changed = await done(hub.posts.update(draft.id, text=words("A better one"), media=[picture]))
    assert (changed.text, changed.media[0]["alt_text"]) == (changed.text, "The shop front")
    scheduled = await done(hub.posts.publish_draft(draft.id, scheduled_at=tomorrow))
    assert (scheduled.status, scheduled.scheduled_at) == ("scheduled", tomorrow)
    local = await done(
        hub.posts.update(draft.id, scheduled_at=f"{tomorrow:%Y-%m-%d}T09:00", time_zone="Asia/Dubai", link={})
    )
    assert local.scheduled_at == tomorrow.replace(hour=5, minute=0, second=0, microsecond=0)
    assert (await done(hub.posts.cancel(draft.id))).status == "cancelled"
    assert (await done(hub.posts.delete(draft.id, wait=5))).status == "deleted"
    [again] = await collect(hub.posts.list(account_id=account.id, group_id=draft.group_id))
    assert again.id == draft.id


async def test_what_a_network_does_not_take_is_refused_before_anything_is_sent(hub: AnyHub) -> None:
    page, company = await account_on(hub, FACEBOOK), await account_on(hub, LINKEDIN)
    with pytest.raises(InvalidRequest) as error:
        await done(
            hub.posts.publish(
                account_ids=[page.id, company.id], text="Hello", variants={"linkedin": {"text": "x" * 3001}}
            )
        )
    assert (error.value.code, error.value.field) == ("text_too_long", "variants.linkedin.text")
    with pytest.raises(InvalidRequest) as error:
        await done(hub.posts.publish(account_ids=[page.id], text="Hello", variants={"instagram": {"text": "Hi"}}))
    assert error.value.field == "variants.instagram"
    with pytest.raises(NotFound) as missing:
        await done(hub.posts.publish(account_ids=[page.id, uuid4()], text="Hello"))
    assert missing.value.field == "account_ids.1"
    await done(hub.accounts.choose(page.connection_id, []))
    with pytest.raises(Conflict) as conflict:
        await done(hub.posts.publish(account_ids=[page.id], text="Hello"))
    assert conflict.value.code == "account_not_enabled"
    assert not await collect(hub.posts.list())


async def test_a_post_that_failed_says_why_and_is_tried_again(hub: AnyHub, picture: dict[str, Any]) -> None:
    account = await account_on(hub, FACEBOOK)
    nothing = picture["url"].replace("1080x1080", "0x0")
    [failed] = await elsewhere(
        lambda: hub.posts.publish(account_ids=[account.id], text=words("Look"), media=[{"url": nothing}], wait=20)
    )
    assert failed.status == "failed" and failed.failure is not None
    [alert] = await collect(hub.alerts.list(kind="post.failed", status="open"))
    assert (await done(hub.alerts.acknowledge(alert.id))).status == "acknowledged"
    assert (await done(hub.posts.retry(failed.id))).status == "publishing"


async def test_nothing_is_published_through_a_connection_that_was_cut_off(hub: AnyHub) -> None:
    account = await account_on(hub, FACEBOOK)
    await done(hub.connections.disconnect(account.connection_id))
    assert not await collect(hub.accounts.list(enabled=True))
    with pytest.raises(Conflict) as error:
        await done(hub.posts.publish(account_ids=[account.id], text="Hello"))
    assert error.value.code == "account_not_enabled"


async def test_the_same_key_publishes_once(hub: AnyHub) -> None:
    account = await account_on(hub, LINKEDIN)
    key, text = uuid4().hex, words("Once")
    first, second = [
        await elsewhere(lambda: hub.posts.publish(account_ids=[account.id], text=text, idempotency_key=key, wait=20))
        for _ in range(2)
    ]
    assert [post.id for post in first] == [post.id for post in second]
    with pytest.raises(Conflict):
        await done(hub.posts.publish(account_ids=[account.id], text="Twice", idempotency_key=key))
