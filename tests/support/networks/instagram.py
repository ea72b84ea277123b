"""Instagram's twin, for the suites that run over every network."""

from typing import Any

from tests.support.networks import meta
from tests.support.networks.base import Login, Network, State

ACCOUNT = "17841400000000001"


def published(state: State) -> list[str]:
    """What people read."""
    return meta.texts(state["posts"], "caption")


def files(state: State, text: str) -> list[str]:
    """The containers that an album has come of."""
    (album,) = [each for each in state["containers"] if each["caption"] == text and each["status"] == "PUBLISHED"]
    return list(album["children"])


def said(state: State) -> list[str]:
    """What is said below posts."""
    return meta.texts(state["comments"], "text")


def hidden(state: State, text: str) -> bool:
    """Whether a comment is hidden."""
    return any(each["hidden"] for each in state["comments"] if each["text"] == text)


async def comment(login: Login, post_id: str, text: str) -> None:
    """Somebody comments."""
    await login.control(f"media/{post_id}/comments", text=text)


async def grow(login: Login, post_id: str) -> dict[str, Any]:
    """People see a post, and like it."""
    await login.control(f"media/{post_id}/figures", views=40, reach=30, saved=1, shares=2, likes=3)
    return {"views": 40, "reach": 30, "saves": 1, "shares": 2, "reactions": 3}


async def listen(login: Login, url: str, app_id: str, secret: str) -> None:
    """The app and the account have their news sent there."""
    await meta.hear(login, url, app_id, secret, about="instagram", fields="comments,mentions")
    path = f"/{meta.VERSION}/{ACCOUNT}/subscribed_apps"
    await login.call(path, login.token, {"subscribed_fields": "comments"})


NETWORK = Network(
    key="instagram",
    account=meta.account,
    publish_call="POST /v*/*/media_publish",
    file_call="POST /v*/*/media",
    published=published,
    files=files,
    said=said,
    hidden=hidden,
    account_id=ACCOUNT,
    account_kind="business",
    accounts=frozenset({ACCOUNT, "17841400000000002"}),
    comment=comment,
    grow=grow,
    remove=meta.remove,
    end=meta.end,
    throttle=meta.throttle,
    listen=listen,
    edits=False,
    needs_media=True,
    comment_call="POST /v*/*/comments",
)
